//! The credit market: firms whose wages exceed their funds ask banks, the soundest first.

use super::{BANK, Economy, Loan, NONE, distinct, law, luck, money, nearest};
use yaosu::base::blocks;
use yaosu::books::{AuditError, Tally};

/// A firm that asks.
struct Borrower {
    firm: usize,
    demand: i64,
    /// Demand over net worth.
    fragility: f64,
    banks: [u32; law::H],
}

impl Economy {
    /// Rates, as many rounds as a firm has applications, and dismissals where funds do not suffice.
    pub(super) fn credit(&mut self) -> Result<(), AuditError> {
        let mut tally = Tally::default();
        let mut words = self.draws.stream(luck::RATES, self.tick, 1).at(0);
        for bank in &mut self.banks {
            bank.supply = ((bank.equity as f64 / law::V) as i64).max(0);
            bank.shock = law::H_PHI * words.uniform();
        }
        let mut borrowers = self.borrowers();
        for round in 0..law::H {
            self.lend(round, &mut borrowers, &mut tally);
        }
        self.dismiss_unpaid();
        self.audit("credit", &tally)
    }

    /// Who needs credit, with the banks it asks, cheapest first.
    fn borrowers(&mut self) -> Vec<Borrower> {
        let lenders: Vec<u32> = (0..self.banks.len() as u32)
            .filter(|&b| self.banks[b as usize].supply > 0)
            .collect();
        let mut words = self.draws.stream(luck::LOANS, self.tick, law::H as u32).walk(0);
        let mut list = Vec::new();
        self.loans.fill(Default::default());
        for (firm, f) in self.firms.iter().enumerate() {
            let demand = f.bill - f.funds;
            if demand <= 0 || lenders.len() < law::H {
                continue;
            }
            let drawn: [u32; law::H] = distinct(words.to(firm, 0), lenders.len());
            let mut banks = drawn.map(|d| lenders[d as usize]);
            let shock = |b: &u32| self.banks[*b as usize].shock;
            banks.sort_by(|a, b| shock(a).total_cmp(&shock(b)));
            let fragility = match f.worth {
                ..=0 => law::MAX_LEVERAGE,
                worth => demand as f64 / worth as f64,
            };
            list.push(Borrower {
                firm,
                demand,
                fragility,
                banks,
            });
        }
        list
    }

    /// One round: every bank serves who asks it in the order of fragility, while it has supply.
    fn lend(&mut self, round: usize, borrowers: &mut [Borrower], tally: &mut Tally) {
        borrowers.sort_unstable_by(|a, b| {
            let of = |x: &Borrower| (x.banks[round], x.firm);
            a.banks[round]
                .cmp(&b.banks[round])
                .then(a.fragility.total_cmp(&b.fragility))
                .then(of(a).cmp(&of(b)))
        });
        for ask in borrowers.iter_mut() {
            let bank = &mut self.banks[ask.banks[round] as usize];
            let firm = &mut self.firms[ask.firm];
            let cap = (law::LOAN_CAP * firm.worth as f64) as i64;
            let principal = ask.demand.min(cap).min(bank.supply);
            if principal <= 0 {
                continue;
            }
            let rate = law::R_BAR * (1.0 + bank.shock * ask.fragility.min(law::MAX_LEVERAGE));
            self.loans[ask.firm][round] = Loan {
                bank: ask.banks[round],
                principal,
                interest: nearest(principal as f64 * rate),
            };
            tally.lend(BANK, &mut firm.funds, &mut bank.loans, principal);
            bank.supply -= principal;
            ask.demand -= principal;
        }
    }

    /// Firms that still cannot pay dismiss by lot until they can.
    fn dismiss_unpaid(&mut self) {
        let mut gap: Vec<i64> = self.firms.iter().map(|f| f.bill - f.funds).collect();
        if gap.iter().all(|&g| g <= 0) {
            return;
        }
        let words = self.draws.stream(luck::LACK_OF_FUNDS, self.tick, 1);
        let lists = blocks::map(self.households.len(), |range| {
            let mut words = words.walk(range.start);
            let mut staff = Vec::new();
            for i in range {
                let firm = self.households[i].employer;
                if firm != NONE && gap[firm as usize] > 0 {
                    staff.push((firm, words.to(i, 0).word(), i));
                }
            }
            staff
        });
        let mut staff: Vec<_> = lists.into_iter().flatten().collect();
        staff.sort_unstable();
        for (firm, _, i) in staff {
            if gap[firm as usize] > 0 {
                gap[firm as usize] -= self.households[i].wage;
                self.dismiss(i);
            }
        }
        debug_assert!(self.firms.iter().all(|f| f.bill <= f.funds + money(law::EPS)));
    }
}
