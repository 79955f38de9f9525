//! Debts, dividends, bankruptcies, entry.

use super::{Account, BANK, Bank, Borrower, Economy, Employer, NONE, Seeker, Shop, law, luck, money, picked};
use yaosu::books::{AuditError, CENTRAL, Flow, Sector, Tally, Till};

/// Values that show, about, where the lowest and the highest tenth of many begin.
const SAMPLE: usize = 64;

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
            // nothing of those who close
            let stays = self.marked.iter().map(|&closes| i64::from(!closes));
            let worths = self.accounts.iter().zip(stays.clone());
            let worths: Vec<i64> = worths.map(|(a, stays)| stays * a.worth).collect();
            let outputs = self.shops.iter().zip(stays);
            let outputs: Vec<i64> = outputs.map(|(s, stays)| stays * money(s.made)).collect();
            assert!(self.marked[..n].contains(&false), "the economy has collapsed");
            let worth = (law::ENTRANT * trimmed_mean(&worths)) as i64;
            let shop = Shop {
                price: self.average_price() * law::ENTRANT_PRICE,
                made: law::ENTRANT * trimmed_mean(&outputs) / super::UNIT,
            };
            let employer = Employer {
                offer: ((law::ENTRANT * trimmed_mean(&self.wages)) as i64).max(self.min_wage),
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
        self.words.open(luck::NEW_BANKS, self.tick, failed.len());
        for &b in &failed {
            let model = sound[self.words.below(sound.len() as u32) as usize];
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

/// Mean of what is above zero, without the lowest and the highest values: what is left of the sum of all.
fn trimmed_mean(x: &[i64]) -> f64 {
    let count = x.iter().filter(|&&x| x > 0).count();
    let cut = (law::TRIM * count as f64).round() as usize;
    let mut sum: i64 = x.iter().sum();
    for sign in [1, -1] {
        let mut tail = lowest(x, sign, cut);
        if cut > 0 {
            tail.select_nth_unstable(cut - 1);
        }
        sum -= sign * tail[..cut].iter().sum::<i64>();
    }
    sum as f64 / (count - 2 * cut).max(1) as f64
}

/// Values above zero, times `sign`, at least the `cut` lowest: of many those below what a tenth of a sample is below, if they
/// suffice.
fn lowest(x: &[i64], sign: i64, cut: usize) -> Vec<i64> {
    let above_zero = |x: &&i64| **x > 0;
    if x.len() >= 4 * SAMPLE {
        let sample = x.iter().step_by(x.len() / SAMPLE).filter(above_zero);
        let mut sample: Vec<i64> = sample.map(|x| sign * x).collect();
        let tenth = (2.0 * law::TRIM * sample.len() as f64) as usize;
        if tenth > 0 {
            let bound = *sample.select_nth_unstable(tenth).1;
            let tail = picked(x, |&x| (x > 0) & (sign * x <= bound));
            if tail.len() >= cut {
                return tail.into_iter().map(|k| sign * x[k as usize]).collect();
            }
        }
    }
    let mut all = Vec::with_capacity(x.len());
    all.extend(x.iter().filter(above_zero).map(|x| sign * x));
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trimmed_mean_leaves_the_lowest_and_the_highest_out() {
        for n in [3, 9, 10, 11, 100, 420, 10_007] {
            let x: Vec<i64> = (0..n).map(|k| (k * 7919 % n) * (k % 3) + k % 2).collect();
            let mut sorted: Vec<i64> = x.iter().copied().filter(|&x| x > 0).collect();
            sorted.sort_unstable();
            let cut = (law::TRIM * sorted.len() as f64).round() as usize;
            let kept = &sorted[cut..sorted.len() - cut];
            let mean = kept.iter().sum::<i64>() as f64 / kept.len().max(1) as f64;
            assert_eq!(trimmed_mean(&x), mean);
        }
    }
}
