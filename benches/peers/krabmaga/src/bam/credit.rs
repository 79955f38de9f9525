//! The credit market: banks set their rates, firms ask, banks lend.

use super::{Loan, Shared, distinct};
use peers_common::bam as law;
use rand::RngExt;

impl Shared {
    pub(super) fn rate(&mut self, id: usize) {
        let shock = law::H_PHI * self.rng.random::<f64>();
        let bank = &mut self.banks[id];
        bank.supply = (bank.equity / law::V).max(0.0);
        bank.shock = shock;
    }

    /// Asks the bank of this round, the cheaper first.
    pub(super) fn ask(&mut self, id: usize, round: usize) {
        let staff = &self.firms[id].staff;
        if round == 0 {
            let bill: f64 = staff.iter().map(|&w| self.households[w].wage).sum();
            let mut banks: [usize; law::H] = distinct(&mut self.rng, self.banks.len());
            banks.sort_by(|&a, &b| self.banks[a].shock.total_cmp(&self.banks[b].shock));
            let f = &mut self.firms[id];
            (f.paid, f.demand, f.banks) = (bill, (bill - f.funds).max(0.0), banks);
            f.loans.clear();
        }
        let f = &self.firms[id];
        if f.demand > 0.0 {
            let fragility = if f.worth > 0.0 {
                (f.paid - f.worth) / f.worth
            } else {
                law::MAX_LEVERAGE
            };
            self.banks[f.banks[round]].asked.push((fragility, id));
        }
    }

    /// Serves the soundest first.
    pub(super) fn lend(&mut self, id: usize) {
        let bank = &mut self.banks[id];
        bank.asked
            .sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        for (fragility, firm) in bank.asked.drain(..) {
            let f = &mut self.firms[firm];
            let principal = f.demand.min(law::LOAN_CAP * f.worth).min(bank.supply);
            if principal > law::EPS {
                let rate = law::R_BAR * (1.0 + bank.shock * fragility.min(law::MAX_LEVERAGE));
                f.loans.push(Loan {
                    bank: id,
                    principal,
                    interest: principal * rate,
                });
                f.funds += principal;
                f.demand -= principal;
                bank.supply -= principal;
            }
        }
    }
}
