//! The goods market: households take their wages, decide what to spend, and shop.

use super::{NONE, Shared, distinct};
use peers_common::bam as law;
use rand::RngExt;

impl Shared {
    /// Takes its wage, counts its contract down, decides what to spend, and visits its shops.
    pub(super) fn shop(&mut self, id: usize) {
        let h = &mut self.households[id];
        let t = (h.savings / self.mean_savings).tanh();
        let wealth = h.savings + h.wage;
        let mut money = wealth / (1.0 + t.powf(law::BETA));
        h.savings = wealth - money;
        if h.employer != NONE {
            h.left -= 1;
            if h.left == 0 {
                let staff = &mut self.firms[h.employer].staff;
                if let Some(at) = staff.iter().position(|&w| w == id) {
                    staff.swap_remove(at);
                }
                (h.last, h.employer, h.wage) = (h.employer, NONE, 0.0);
            }
        }
        let n = self.firms.len();
        let [mut a, mut b] = if h.shop == NONE {
            distinct(&mut self.rng, n)
        } else {
            let other = self.rng.random_range(0..n - 1);
            [h.shop, other + usize::from(other >= h.shop)]
        };
        if self.firms[b].price < self.firms[a].price {
            (a, b) = (b, a);
        }
        h.shop = if self.firms[b].made > self.firms[a].made { b } else { a };
        for shop in [a, b] {
            let f = &mut self.firms[shop];
            if money <= law::EPS {
                break;
            }
            if f.stock <= law::EPS {
                continue;
            }
            let goods = (money / f.price).min(f.stock);
            f.stock -= goods;
            f.sold += goods * f.price;
            money -= goods * f.price;
        }
        h.savings += money;
    }
}
