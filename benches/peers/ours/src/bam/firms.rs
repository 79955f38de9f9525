//! Plans of firms: how much, at what price, with how many, at what wage.

use super::luck::{self, Luck};
use super::{Economy, TOGETHER, UNIT, law, nearest, up};
use std::hint::select_unpredictable;

/// Which way quantity and price go, by whether the firm sold out and by whether it was cheap: who sold out makes more, or asks
/// more if it was cheap; who was left with goods makes less, or asks less if it was dear.
const QUANTITY: [[f64; 2]; 2] = [[0.0, -1.0], [1.0, 0.0]];
const PRICE: [[f64; 2]; 2] = [[-1.0, 0.0], [0.0, 1.0]];
/// Whether the unit cost is a floor to the price, which moves.
const FLOOR: [[f64; 2]; 2] = [[1.0, 0.0], [0.0, 1.0]];

impl Economy {
    /// Firms plan; no price that moves falls below the unit cost of the last period. Firms that need more staff offer more, and
    /// nobody offers less than the minimum wage.
    pub(super) fn plan(&mut self) {
        self.words.open(luck::PLANS, self.tick, 3 * self.shops.len());
        let (n, average, min_wage) = (self.shops.len(), self.average_price(), self.min_wage);
        let firms = self.employers.iter_mut().zip(&mut self.shops).zip(&self.shelves);
        let mut firms = firms.zip(self.accounts.iter().zip(&mut self.marked));
        for _ in 0..n.div_ceil(TOGETHER) {
            self.words.ahead(3 * TOGETHER, |luck| {
                for (((employer, shop), &left), (account, in_excess)) in firms.by_ref().take(TOGETHER) {
                    let [quantity, price, growth] =
                        [law::H_RHO, law::H_ETA, law::H_XI].map(|most| most * luck.uniform());
                    let (sold_out, cheap) = (usize::from(left == 0), usize::from(shop.price < average));
                    let wanted = shop.made * (1.0 + QUANTITY[sold_out][cheap] * quantity);
                    let cost = account.cost as f64 / (UNIT * wanted.max(law::EPS));
                    let moved = shop.price * (1.0 + PRICE[sold_out][cheap] * price);
                    shop.price = moved.max(FLOOR[sold_out][cheap] * cost);

                    employer.vacancies = up(wanted / law::PRODUCTIVITY) - employer.staff;
                    let growth = f64::from(u8::from(employer.vacancies > 0)) * growth;
                    employer.offer = nearest(employer.offer as f64 * (1.0 + growth)).max(min_wage);
                    *in_excess = employer.vacancies < 0;
                    employer.waiting = select_unpredictable(*in_excess, employer.staff as u32, 0);
                }
            });
        }
    }
}
