//! Debts, dividends, bankruptcies, entry.

use super::luck::{self, Luck};
use super::{Account, BANK, Bank, Borrower, Economy, Employer, NONE, Picked, RUN, Seeker, Shop, law, money, runs};
use std::hint::select_unpredictable;
use yaosu::books::{AuditError, CENTRAL, Flow, Tally};

/// Of values too many, these many or fewer are taken out one by one.
const FEW: usize = 12;

impl Economy {
    /// Firms repay or default and pay dividends.
    pub(super) fn settle(&mut self) -> Result<(), AuditError> {
        for b in &self.borrowers {
            let firm = b.firm as usize;
            b.repay(
                &mut self.funds[firm],
                &mut self.accounts[firm],
                &mut self.banks,
                &mut self.tally,
            );
        }
        let mut total = 0;
        let firms = self.accounts.iter_mut().zip(&mut self.funds);
        for ((account, funds), (shop, closes)) in firms.zip(self.shops.iter().zip(&mut self.marked)) {
            let dividend = (law::DELTA * account.profit.max(0) as f64) as i64;
            account.worth += account.profit - dividend;
            self.tally.pay_out(Flow::Dividends, BANK, funds, dividend);
            total += dividend;
            // cash is net worth, or nothing; what differs is the loss of those who close
            let residual = *funds - account.worth.max(0);
            self.tally.pay_out(Flow::ExitResidual, BANK, funds, residual);
            self.tally.pay_in(Flow::ExitResidual, BANK, &mut self.fund, residual);
            *closes = account.worth <= 0 || shop.made <= law::EPS;
        }
        self.tally.pay_in(Flow::Dividends, BANK, &mut self.fund, total);
        self.share_out(total / self.savings.len() as i64);
        self.audit("settlement")
    }

    /// Households take their dividends.
    fn share_out(&mut self, dividend: i64) {
        let mut received = 0;
        for savings in &mut self.savings {
            *savings += dividend;
            received += dividend;
        }
        self.tally.pay_in(Flow::FundDividend, BANK, &mut 0, received);
        self.tally.pay_out(Flow::FundDividend, BANK, &mut self.fund, received);
    }

    /// Households lose contracts with firms that close; these are replaced by smaller ones, banks without equity by copies of
    /// others.
    pub(super) fn enter(&mut self) -> Result<(), AuditError> {
        let n = self.accounts.len();
        if self.marked.contains(&true) {
            for run in runs(self.employer.len()) {
                for i in self.staff_of_marked(run.clone()).iter().map(|k| run.start + k) {
                    (self.employer[i], self.wages[i]) = (NONE, 0);
                    self.seekers.push(Seeker::without_contract(i as u32));
                }
            }
            // nothing of those who close
            let stays = self.marked.iter().map(|&closes| i64::from(!closes));
            let worths = self.accounts.iter().zip(stays.clone());
            let worths: Vec<i64> = worths.map(|(a, stays)| stays * a.worth).collect();
            let outputs = self.shops.iter().zip(stays);
            let outputs: Vec<i64> = outputs.map(|(s, stays)| stays * money(s.made)).collect();
            assert!(self.marked[..n].contains(&false), "the economy has collapsed");
            let worth = (law::ENTRANT * trimmed_mean(&worths, &mut self.tails.worths)) as i64;
            let shop = Shop {
                price: self.average_price() * law::ENTRANT_PRICE,
                made: law::ENTRANT * trimmed_mean(&outputs, &mut self.tails.outputs) / super::UNIT,
            };
            let employer = Employer {
                offer: ((law::ENTRANT * trimmed_mean(&self.wages, &mut self.tails.wages)) as i64).max(self.min_wage),
                ..Employer::default()
            };
            for f in (0..n).filter(|&f| self.marked[f]) {
                let funds = &mut self.funds[f];
                self.tally
                    .pay_out(Flow::ExitResidual, BANK, funds, self.accounts[f].worth.max(0));
                self.tally
                    .pay_in(Flow::ExitResidual, BANK, &mut self.fund, self.accounts[f].worth.max(0));
                self.tally.pay_out(Flow::SeedCapital, BANK, &mut self.fund, worth);
                self.tally.pay_in(Flow::SeedCapital, BANK, funds, worth);
                (self.employers[f], self.shops[f], self.shelves[f]) = (employer.clone(), shop.clone(), 0);
                self.accounts[f] = Account {
                    worth,
                    ..Account::default()
                };
            }
        }
        self.replace_banks();
        self.audit("entry")
    }

    /// A bank without equity becomes a copy of one that has some; its loans are forgotten.
    fn replace_banks(&mut self) {
        if self.banks.iter().all(|bank| bank.equity > 0) {
            return;
        }
        let (sound, failed): (Vec<usize>, Vec<usize>) = (0..self.banks.len()).partition(|&b| self.banks[b].equity > 0);
        assert!(!sound.is_empty(), "all banks have failed");
        self.words.open(luck::NEW_BANKS, self.tick, failed.len());
        for &b in &failed {
            let model = sound[self.words.below(sound.len() as u32) as usize];
            let capital = self.banks[model].equity - self.banks[b].equity;
            self.tally.pay_out(Flow::BankRescue, CENTRAL, &mut self.outer, capital);
            self.tally
                .pay_in(Flow::BankRescue, BANK, &mut self.banks[b].equity, capital);
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

// where nothing is found below a bound, as at first, all values are searched
const _: () = assert!(law::TRIM < 1.0 / 3.0);

/// Tails that trimmed means leave out, lowest and highest.
#[derive(Default)]
pub struct Tails {
    worths: [Tail; 2],
    outputs: [Tail; 2],
    wages: [Tail; 2],
}

/// Where the lowest of many values are looked for: below a bound that is kept while it serves.
#[derive(Default)]
struct Tail {
    bound: i64,
}

impl Tail {
    /// Sum of the `cut` lowest, at least one, of what is above zero, times `sign`.
    fn sum(&mut self, x: &[i64], sign: i64, cut: usize) -> i64 {
        // how far above `from` a value may be: one comparison for both ends
        let (from, span) = match sign {
            1 => (1, self.bound - 1),
            _ => (-self.bound, i64::MAX),
        };
        let mut lowest = Vec::with_capacity(x.len() / 4);
        for run in x.chunks(RUN) {
            let picked = Picked::of(run, |&x| x.wrapping_sub(from) as u64 <= span as u64);
            lowest.extend(picked.iter().map(|k| sign * run[k]));
        }
        if !(cut..=3 * cut).contains(&lowest.len()) {
            lowest.clear();
            lowest.extend(x.iter().filter(|&&x| x > 0).map(|x| sign * x));
            let wide = (3 * cut / 2 + 1).min(lowest.len() - 1);
            self.bound = *lowest.select_nth_unstable(wide).1;
            lowest.truncate(wide + 1);
        }
        if lowest.len() > cut + FEW {
            lowest.select_nth_unstable(cut - 1);
            lowest.truncate(cut);
        }
        // of few too many, the highest go one by one
        while lowest.len() > cut {
            let mut highest = (lowest[0], 0);
            for (k, &x) in lowest.iter().enumerate() {
                highest = select_unpredictable(x > highest.0, (x, k), highest);
            }
            lowest.swap_remove(highest.1);
        }
        lowest.iter().sum()
    }
}

/// Mean of what is above zero, without the lowest and the highest values: what is left of the sum of all.
fn trimmed_mean(x: &[i64], [low, high]: &mut [Tail; 2]) -> f64 {
    let count = x.iter().filter(|&&x| x > 0).count();
    let cut = (law::TRIM * count as f64).round() as usize;
    let mut sum: i64 = x.iter().sum();
    if cut > 0 {
        sum -= low.sum(x, 1, cut) - high.sum(x, -1, cut);
    }
    sum as f64 / (count - 2 * cut).max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trimmed_mean_leaves_the_lowest_and_the_highest_out() {
        let mut tails = Tails::default();
        for n in [3, 9, 10, 11, 100, 420, 430, 420, 10_007] {
            let x: Vec<i64> = (0..n).map(|k| (k * 7919 % n) * (k % 3) + k % 2).collect();
            let mut sorted: Vec<i64> = x.iter().copied().filter(|&x| x > 0).collect();
            sorted.sort_unstable();
            let cut = (law::TRIM * sorted.len() as f64).round() as usize;
            let kept = &sorted[cut..sorted.len() - cut];
            let mean = kept.iter().sum::<i64>() as f64 / kept.len().max(1) as f64;
            assert_eq!(trimmed_mean(&x, &mut tails.worths), mean);
        }
    }
}
