//! The credit market: firms whose wages exceed their funds ask banks, the soundest first.

use super::luck::{self, Luck};
use super::{BANK, Borrower, Economy, Loan, law, nearest, runs};
use yaosu::books::AuditError;

impl Economy {
    /// Rates, as many rounds as a firm has applications, and dismissals where funds do not suffice.
    pub(super) fn credit(&mut self) -> Result<(), AuditError> {
        self.words
            .open(luck::CREDIT, self.tick, self.banks.len() + self.shops.len() / 2);
        for bank in &mut self.banks {
            bank.supply = ((bank.equity as f64 / law::V) as i64).max(0);
            bank.shock = law::H_PHI * self.words.uniform();
        }
        self.find_borrowers();
        if self.find_banks() {
            (0..law::H).for_each(|round| self.lend(round));
        }
        self.dismiss_unpaid();
        self.audit("credit")
    }

    /// Who needs credit.
    fn find_borrowers(&mut self) {
        self.borrowers.clear();
        let firms = self.employers.iter().zip(&self.funds).zip(&self.accounts).enumerate();
        for (firm, ((employer, funds), account)) in firms {
            let demand = employer.bill - funds;
            if demand > 0 {
                self.borrowers.push(Borrower {
                    firm: firm as u32,
                    demand,
                    cap: (law::LOAN_CAP * account.worth.max(0) as f64) as i64,
                    fragility: match account.worth {
                        ..=0 => law::MAX_LEVERAGE,
                        worth => demand as f64 / worth as f64,
                    },
                    ..Borrower::default()
                });
            }
        }
    }

    /// Borrowers draw the banks that they ask, the cheapest first; false if there are not enough that can lend.
    fn find_banks(&mut self) -> bool {
        const { assert!(law::H == 2) };
        let lenders: Vec<u32> = (0..self.banks.len() as u32)
            .filter(|&b| self.banks[b as usize].supply > 0)
            .collect();
        let n = lenders.len() as u32;
        if lenders.len() < law::H {
            return false;
        }
        for borrower in &mut self.borrowers {
            let one = self.words.below(n);
            let [a, b] = [one, self.words.other(one, n)].map(|k| lenders[k as usize]);
            let dear = self.banks[b as usize].shock < self.banks[a as usize].shock;
            borrower.banks = if dear { [b, a] } else { [a, b] };
        }
        true
    }

    /// One round: every bank serves who asks it in the order of fragility, while it has supply. Where it has enough for all, the
    /// order does not matter.
    fn lend(&mut self, round: usize) {
        for b in &self.borrowers {
            self.banks[b.banks[round] as usize].asked += b.wish();
        }
        let mut queue = Vec::new();
        for k in 0..self.borrowers.len() {
            let b = &self.borrowers[k];
            let bank = &self.banks[b.banks[round] as usize];
            if bank.asked <= bank.supply {
                self.serve(k, round);
            } else {
                queue.push((b.banks[round], b.fragility, k));
            }
        }
        queue.sort_unstable_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)).then(a.2.cmp(&b.2)));
        queue.into_iter().for_each(|(_, _, k)| self.serve(k, round));
    }

    /// Serves the `k`-th borrower as far as supply goes.
    fn serve(&mut self, k: usize, round: usize) {
        let b = &mut self.borrowers[k];
        let bank = &mut self.banks[b.banks[round] as usize];
        bank.asked -= b.wish();
        let principal = b.wish().min(bank.supply);
        if principal == 0 {
            return;
        }
        let rate = law::R_BAR * (1.0 + bank.shock * b.fragility.min(law::MAX_LEVERAGE));
        b.loans[round] = Loan {
            principal,
            interest: nearest(principal as f64 * rate),
        };
        self.tally
            .lend(BANK, &mut self.funds[b.firm as usize], &mut bank.loans, principal);
        bank.supply -= principal;
        b.demand -= principal;
    }

    /// Firms that still cannot pay dismiss by lot until they can.
    fn dismiss_unpaid(&mut self) {
        self.marked.fill(false);
        let mut all_paid = true;
        for b in self.borrowers.iter().filter(|b| b.demand > 0) {
            self.marked[b.firm as usize] = true;
            all_paid = false;
        }
        if all_paid {
            return;
        }
        self.words.open(luck::LACK_OF_FUNDS, self.tick, self.borrowers.len());
        // firm, lot and household as one number
        let mut lots: Vec<u128> = Vec::new();
        for run in runs(self.employer.len()) {
            for household in self.staff_of_marked(run.clone()).iter().map(|k| run.start + k) {
                let (firm, lot) = (self.employer[household], self.words.word());
                lots.push(u128::from(firm) << 64 | u128::from(lot) << 32 | household as u128);
            }
        }
        lots.sort_unstable();
        for lot in lots {
            let (firm, household) = ((lot >> 64) as u32, lot as u32);
            if self.employers[firm as usize].bill > self.funds[firm as usize] {
                self.dismiss(household);
            }
        }
        debug_assert!(self.employers.iter().zip(&self.funds).all(|(e, f)| e.bill <= *f));
    }
}

impl Borrower {
    /// The loan that it asks a bank for.
    fn wish(&self) -> i64 {
        self.demand.min(self.cap)
    }
}
