//! What firms do by themselves: plans, production, the end of the period.

use super::Shared;
use peers_common::bam as law;
use rand::RngExt;

impl Shared {
    /// Quantity, price, dismissals by lot, offer.
    pub(super) fn plan(&mut self, id: usize) {
        let average = self.average();
        let (q, p) = (
            law::H_RHO * self.rng.random::<f64>(),
            law::H_ETA * self.rng.random::<f64>(),
        );
        let f = &mut self.firms[id];
        let (sold_out, cheap) = (f.stock == 0.0, f.price < average);
        let wanted = f.made
            * match (sold_out, cheap) {
                (true, false) => 1.0 + q,
                (false, true) => 1.0 - q,
                _ => 1.0,
            };
        let cost = (f.paid + f.interest) / wanted.max(law::EPS);
        match (sold_out, cheap) {
            (true, true) => f.price = (f.price * (1.0 + p)).max(cost),
            (false, false) => f.price = (f.price * (1.0 - p)).max(cost),
            _ => {}
        }
        f.desired = (wanted / law::PRODUCTIVITY).ceil() as usize;
        while self.firms[id].staff.len() > self.firms[id].desired {
            self.dismiss_one(id);
        }
        let f = &mut self.firms[id];
        if f.staff.len() < f.desired {
            f.offer *= 1.0 + law::H_XI * self.rng.random::<f64>();
        }
        f.offer = f.offer.max(self.min_wage);
    }

    /// Dismisses somebody of a firm by lot and returns the wage saved.
    pub(super) fn dismiss_one(&mut self, id: usize) -> f64 {
        let staff = &mut self.firms[id].staff;
        let who = staff.swap_remove(self.rng.random_range(0..staff.len()));
        let wage = self.households[who].wage;
        self.dismiss(who);
        wage
    }

    /// Dismisses by lot whom it cannot pay, pays the others, and makes goods.
    pub(super) fn produce(&mut self, id: usize) {
        while self.firms[id].paid - self.firms[id].funds > law::EPS && !self.firms[id].staff.is_empty() {
            self.firms[id].paid -= self.dismiss_one(id);
        }
        let f = &mut self.firms[id];
        f.funds -= f.paid;
        f.made = law::PRODUCTIVITY * f.staff.len() as f64;
        (f.stock, f.sold) = (f.made, 0.0);
        self.value += f.price * f.made;
        self.output += f.made;
    }

    /// Repays or defaults, pays a dividend, and takes stock.
    pub(super) fn settle(&mut self, id: usize) {
        let f = &mut self.firms[id];
        f.funds += f.sold;
        let principal: f64 = f.loans.iter().map(|l| l.principal).sum();
        f.interest = f.loans.iter().map(|l| l.interest).sum();
        let solvent = f.funds - principal - f.interest >= -law::EPS;
        for l in &f.loans {
            let bank = &mut self.banks[l.bank];
            if solvent {
                bank.equity += l.interest;
            } else {
                let recovered = (l.principal / principal * f.worth).clamp(0.0, l.principal);
                bank.equity -= l.principal - recovered;
            }
        }
        let profit = f.sold - f.paid - f.interest;
        let dividend = law::DELTA * profit.max(0.0);
        self.dividends += dividend;
        f.worth += profit - dividend;
        f.funds = f.worth.max(0.0);
    }
}
