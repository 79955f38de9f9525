//! Debts, dividends, bankruptcies, entry.

use super::{Account, BANK, Bank, Borrower, Economy, Employer, NONE, Seeker, Shop, Words, law, luck, money};
use yaosu::books::{AuditError, CENTRAL, Flow, Sector, Tally, Till};

impl Economy {
    /// Firms repay or default and pay dividends; households lose contracts with firms that close; firms and banks are replaced.
    pub(super) fn settle(&mut self) -> Result<(), AuditError> {
        let mut tally = Tally::default();
        for b in &self.borrowers {
            let firm = b.firm as usize;
            b.repay(
                &mut self.funds[firm],
                &mut self.accounts[firm],
                &mut self.banks,
                &mut tally,
            );
        }
        let mut total = 0;
        let firms = self.accounts.iter_mut().zip(&mut self.funds);
        for ((account, funds), (shop, closes)) in firms.zip(self.shops.iter().zip(&mut self.marked)) {
            let dividend = (law::DELTA * account.profit.max(0) as f64) as i64;
            account.worth += account.profit - dividend;
            tally.pay_out(Flow::Dividends, BANK, funds, dividend);
            total += dividend;
            // cash is net worth, or nothing; what differs is the loss of those who close
            let residual = *funds - account.worth.max(0);
            tally.pay_out(Flow::ExitResidual, BANK, funds, residual);
            tally.pay_in(Flow::ExitResidual, BANK, &mut self.fund, residual);
            *closes = account.worth <= 0 || shop.made <= law::EPS;
        }
        tally.pay_in(Flow::Dividends, BANK, &mut self.fund, total);
        self.share_out(total / self.savings.len() as i64, &mut tally);
        self.audit("settlement", &tally)?;
        self.enter()
    }

    /// Households take their dividends.
    fn share_out(&mut self, dividend: i64, tally: &mut Tally) {
        let mut till = Till::default();
        for savings in &mut self.savings {
            till.receive(Flow::FundDividend, savings, dividend);
        }
        tally.pay_out(Flow::FundDividend, BANK, &mut self.fund, till.moved(Flow::FundDividend));
        tally.enter(Sector::Households, BANK, &till);
    }

    /// Firms that close are replaced by smaller ones, banks without equity by copies of others.
    fn enter(&mut self) -> Result<(), AuditError> {
        let mut tally = Tally::default();
        let n = self.accounts.len();
        if self.marked.contains(&true) {
            for i in self.staff_of_marked() {
                (self.employer[i as usize], self.wages[i as usize]) = (NONE, 0);
                self.seekers.push(Seeker::without_contract(i));
            }
            let stays = |x: &dyn Fn(usize) -> i64| (0..n).filter(|&f| !self.marked[f]).map(x).collect::<Vec<i64>>();
            let mut worths = stays(&|f| self.accounts[f].worth);
            let mut outputs = stays(&|f| money(self.shops[f].made));
            let mut wages: Vec<i64> = self.wages.iter().copied().filter(|&wage| wage > 0).collect();
            assert!(!worths.is_empty(), "the economy has collapsed");
            let worth = (law::ENTRANT * trimmed_mean(&mut worths)) as i64;
            let shop = Shop {
                price: self.average_price() * law::ENTRANT_PRICE,
                made: law::ENTRANT * trimmed_mean(&mut outputs) / super::UNIT,
            };
            let employer = Employer {
                offer: ((law::ENTRANT * trimmed_mean(&mut wages)) as i64).max(self.min_wage),
                ..Employer::default()
            };
            for f in (0..n).filter(|&f| self.marked[f]) {
                let funds = &mut self.funds[f];
                tally.pay_out(Flow::ExitResidual, BANK, funds, self.accounts[f].worth.max(0));
                tally.pay_in(Flow::ExitResidual, BANK, &mut self.fund, self.accounts[f].worth.max(0));
                tally.pay_out(Flow::SeedCapital, BANK, &mut self.fund, worth);
                tally.pay_in(Flow::SeedCapital, BANK, funds, worth);
                (self.employers[f], self.shops[f], self.shelves[f]) = (employer.clone(), shop.clone(), 0);
                self.accounts[f] = Account {
                    worth,
                    ..Account::default()
                };
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
        let mut words = Words::of(&self.draws, luck::NEW_BANKS, self.tick, failed.len());
        for &b in &failed {
            let model = sound[words.below(sound.len() as u32) as usize];
            let capital = self.banks[model].equity - self.banks[b].equity;
            tally.pay_out(Flow::BankRescue, CENTRAL, &mut self.outer, capital);
            tally.pay_in(Flow::BankRescue, BANK, &mut self.banks[b].equity, capital);
        }
        for b in &self.borrowers {
            let loans = b.banks.iter().zip(&b.loans);
            let lost = loans.filter(|(bank, _)| failed.binary_search(&(**bank as usize)).is_ok());
            let cost = &mut self.accounts[b.firm as usize].cost;
            *cost = (*cost - lost.map(|(_, l)| l.interest).sum::<i64>()).max(0);
        }
    }
}

impl Borrower {
    /// Pays its debts, or leaves banks with a share of its former net worth.
    fn repay(&self, funds: &mut i64, account: &mut Account, banks: &mut [Bank], tally: &mut Tally) {
        let principal: i64 = self.loans.iter().map(|l| l.principal).sum();
        let interest: i64 = self.loans.iter().map(|l| l.interest).sum();
        account.cost += interest;
        account.profit -= interest;
        let solvent = *funds >= principal + interest;
        for (&bank, loan) in self.banks.iter().zip(&self.loans).filter(|l| l.1.principal > 0) {
            let bank = &mut banks[bank as usize];
            if solvent {
                tally.repay(BANK, funds, &mut bank.loans, loan.principal);
                tally.pay_out(Flow::LoanInterest, BANK, funds, loan.interest);
                tally.pay_in(Flow::LoanInterest, BANK, &mut bank.equity, loan.interest);
            } else {
                let share = loan.principal as f64 / principal as f64;
                let recovered = ((share * account.worth as f64) as i64).clamp(0, loan.principal);
                tally.repay(BANK, funds, &mut bank.loans, recovered);
                tally.write_off(BANK, &mut bank.loans, &mut bank.equity, loan.principal - recovered);
            }
        }
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
