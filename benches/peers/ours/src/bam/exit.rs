//! Debts, dividends, bankruptcies, entry.

use super::{BANK, Bank, Economy, Firm, Loan, NONE, below, law, luck, money};
use yaosu::base::blocks;
use yaosu::books::{AuditError, CENTRAL, Flow, Tally};

impl Economy {
    /// Firms repay or default and pay dividends; households put back what they did not spend and lose contracts with firms that
    /// close; firms and banks are replaced.
    pub(super) fn settle(&mut self) -> Result<(), AuditError> {
        let mut tally = Tally::default();
        let mut total = 0;
        for (firm, loans) in self.firms.iter_mut().zip(&self.loans) {
            let dividend = firm.repay(loans, &mut self.banks, &mut tally);
            tally.pay_out(Flow::Dividends, BANK, &mut firm.funds, dividend);
            total += dividend;
            // cash is net worth, or nothing; what differs is the loss of those who close
            let residual = firm.funds - firm.worth.max(0);
            tally.pay_out(Flow::ExitResidual, BANK, &mut firm.funds, residual);
            tally.pay_in(Flow::ExitResidual, BANK, &mut self.fund, residual);
        }
        tally.pay_in(Flow::Dividends, BANK, &mut self.fund, total);
        let each = total / self.households.len() as i64;
        let shared = each * self.households.len() as i64;
        tally.pay_out(Flow::FundDividend, BANK, &mut self.fund, shared);
        let closed: Vec<bool> = self.firms.iter().map(Firm::closes).collect();
        let wages = self.households_after(each, &closed, &mut tally);
        self.audit("settlement", &tally)?;
        self.enter(&closed, wages)
    }

    /// Households take their dividends and their change; returns the wages of those still employed.
    fn households_after(&mut self, dividend: i64, closed: &[bool], tally: &mut Tally) -> Vec<i64> {
        let any = closed.contains(&true);
        let parts = blocks::map_mut2(&mut self.households, &mut self.baskets, |_, households, baskets| {
            let (mut tally, mut wages) = (Tally::default(), Vec::new());
            for (h, basket) in households.iter_mut().zip(baskets) {
                h.savings += std::mem::take(&mut basket.money);
                tally.pay_in(Flow::FundDividend, BANK, &mut h.savings, dividend);
                if any && h.employer != NONE {
                    if closed[h.employer as usize] {
                        (h.employer, h.last, h.wage, h.left) = (NONE, NONE, 0, 0);
                    } else {
                        wages.push(h.wage);
                    }
                }
            }
            (tally, wages)
        });
        let mut wages = Vec::new();
        for (part, of_block) in parts {
            tally.merge(&part);
            wages.extend(of_block);
        }
        wages
    }

    /// Firms that close are replaced by smaller ones, banks without equity by copies of others.
    fn enter(&mut self, closed: &[bool], mut wages: Vec<i64>) -> Result<(), AuditError> {
        let mut tally = Tally::default();
        if closed.contains(&true) {
            let stays = |x: fn(&Firm) -> i64| {
                let firms = self.firms.iter().zip(closed).filter(|f| !f.1);
                firms.map(|f| x(f.0)).collect::<Vec<i64>>()
            };
            let (mut worths, mut outputs) = (stays(|f| f.worth), stays(|f| money(f.made)));
            assert!(!worths.is_empty(), "the economy has collapsed");
            let worth = (law::ENTRANT * trimmed_mean(&mut worths)) as i64;
            let entrant = Firm {
                price: self.average_price() * law::ENTRANT_PRICE,
                made: law::ENTRANT * trimmed_mean(&mut outputs) / super::UNIT,
                offer: ((law::ENTRANT * trimmed_mean(&mut wages)) as i64).max(self.min_wage),
                worth,
                ..Firm::default()
            };
            for (firm, _) in self.firms.iter_mut().zip(closed).filter(|f| *f.1) {
                tally.pay_out(Flow::ExitResidual, BANK, &mut firm.funds, firm.worth.max(0));
                tally.pay_in(Flow::ExitResidual, BANK, &mut self.fund, firm.worth.max(0));
                *firm = entrant.clone();
                tally.pay_out(Flow::SeedCapital, BANK, &mut self.fund, worth);
                tally.pay_in(Flow::SeedCapital, BANK, &mut firm.funds, worth);
            }
        }
        self.replace_banks(&mut tally);
        self.audit("entry", &tally)
    }

    /// A bank without equity becomes a copy of one that has some; its loans are forgotten.
    fn replace_banks(&mut self, tally: &mut Tally) {
        let (sound, failed): (Vec<usize>, Vec<usize>) = (0..self.banks.len()).partition(|&b| self.banks[b].equity > 0);
        if failed.is_empty() {
            return;
        }
        assert!(!sound.is_empty(), "all banks have failed");
        let words = self.draws.stream(luck::NEW_BANKS, self.tick, 1);
        for &b in &failed {
            let model = sound[below(words.at(b).word(), sound.len()) as usize];
            let capital = self.banks[model].equity - self.banks[b].equity;
            tally.pay_out(Flow::BankRescue, CENTRAL, &mut self.outer, capital);
            tally.pay_in(Flow::BankRescue, BANK, &mut self.banks[b].equity, capital);
        }
        for (firm, loans) in self.firms.iter_mut().zip(&self.loans) {
            let lost = loans
                .iter()
                .filter(|l| failed.binary_search(&(l.bank as usize)).is_ok());
            firm.interest = (firm.interest - lost.map(|l| l.interest).sum::<i64>()).max(0);
        }
    }
}

impl Firm {
    /// Pays its debts, or leaves banks with a share of its former net worth; returns the dividend.
    fn repay(&mut self, loans: &[Loan], banks: &mut [Bank], tally: &mut Tally) -> i64 {
        let principal: i64 = loans.iter().map(|l| l.principal).sum();
        let interest = loans.iter().map(|l| l.interest).sum();
        self.interest = interest;
        let solvent = self.funds >= principal + interest;
        for loan in loans.iter().filter(|l| l.principal > 0) {
            let bank = &mut banks[loan.bank as usize];
            if solvent {
                tally.repay(BANK, &mut self.funds, &mut bank.loans, loan.principal);
                tally.pay_out(Flow::LoanInterest, BANK, &mut self.funds, loan.interest);
                tally.pay_in(Flow::LoanInterest, BANK, &mut bank.equity, loan.interest);
            } else {
                let share = loan.principal as f64 / principal as f64;
                let recovered = ((share * self.worth as f64) as i64).clamp(0, loan.principal);
                tally.repay(BANK, &mut self.funds, &mut bank.loans, recovered);
                tally.write_off(BANK, &mut bank.loans, &mut bank.equity, loan.principal - recovered);
            }
        }
        let profit = self.sold - self.paid - interest;
        let dividend = (law::DELTA * profit.max(0) as f64) as i64;
        self.worth += profit - dividend;
        dividend
    }

    /// Whether it is bankrupt, or made nothing.
    fn closes(&self) -> bool {
        self.worth <= 0 || self.made <= law::EPS
    }
}

/// Mean without the lowest and the highest values.
fn trimmed_mean(x: &mut [i64]) -> f64 {
    let cut = (law::TRIM * x.len() as f64).round() as usize;
    let (n, mut kept) = (x.len(), x);
    if cut > 0 {
        kept = kept.select_nth_unstable(cut - 1).2;
        let len = n - 2 * cut;
        kept = &mut *kept.select_nth_unstable(len).0;
    }
    kept.iter().sum::<i64>() as f64 / kept.len().max(1) as f64
}
