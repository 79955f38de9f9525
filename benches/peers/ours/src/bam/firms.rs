//! Plans of firms: how much, at what price, with how many.

use super::{Economy, Firm, UNIT, law, luck, up};
use yaosu::base::blocks;

impl Economy {
    /// Firms plan.
    pub(super) fn plan(&mut self) {
        let words = self.draws.stream(luck::PLANS, self.tick, 2);
        let average = self.average_price();
        blocks::map_mut(&mut self.firms, |first, firms| {
            let mut words = words.at(first);
            for firm in firms {
                let (quantity, price) = (words.uniform(), words.uniform());
                firm.plan(average, law::H_RHO * quantity, law::H_ETA * price);
            }
        });
    }
}

impl Firm {
    /// Who sold out makes more, or asks more if it was cheap; who was left with goods makes less, or asks less if it was dear.
    /// No price that moves falls below the unit cost of the last period.
    fn plan(&mut self, average: f64, quantity: f64, price: f64) {
        let (sold_out, cheap) = (self.stock == 0.0, self.price < average);
        self.wanted = self.made
            * match (sold_out, cheap) {
                (true, false) => 1.0 + quantity,
                (false, true) => 1.0 - quantity,
                _ => 1.0,
            };
        let cost = (self.paid + self.interest) as f64 / UNIT / self.wanted.max(law::EPS);
        match (sold_out, cheap) {
            (true, true) => self.price = (self.price * (1.0 + price)).max(cost),
            (false, false) => self.price = (self.price * (1.0 - price)).max(cost),
            _ => {}
        }
        self.desired = up(self.wanted / law::PRODUCTIVITY);
    }
}
