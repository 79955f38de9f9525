//! Wages, production and the goods market.

use super::{BANK, Basket, Economy, NONE, Seeker, Shop, UNIT, Words, law, luck, money, nearest, picked};
use std::hint::select_unpredictable;
use yaosu::books::{AuditError, Flow, Tally};

impl Economy {
    /// Firms pay and make; households decide what to spend and where, and shop one after another in an order of luck.
    pub(super) fn goods(&mut self) -> Result<(), AuditError> {
        let mut tally = Tally::default();
        self.produce(&mut tally);
        self.decide(&mut tally);
        self.shop(&mut tally);
        self.take_sales(&mut tally);
        self.audit("goods", &tally)
    }

    /// Wages leave the firms, goods come to the shelves, and the average price is taken, weighted by output.
    fn produce(&mut self, tally: &mut Tally) {
        let (mut value, mut output) = (0.0, 0.0);
        let firms = self.employers.iter().zip(&mut self.shops).zip(&mut self.shelves);
        let firms = firms.zip(self.funds.iter_mut().zip(&mut self.accounts));
        for (((employer, shop), shelf), (funds, account)) in firms {
            tally.pay_out(Flow::Wages, BANK, funds, employer.bill);
            account.cost = employer.bill;
            shop.made = law::PRODUCTIVITY * f64::from(employer.staff);
            *shelf = shop.full();
            value += shop.price * shop.made;
            output += shop.made;
        }
        let average = if output > 0.0 {
            value / output
        } else {
            self.average_price()
        };
        self.prices.push(average);
    }

    /// Households receive wages, contracts run down, budgets are set and shops chosen; who comes when is drawn as they decide.
    fn decide(&mut self, tally: &mut Tally) {
        self.words.open(luck::SHOPPING, self.tick, law::Z * self.savings.len());
        let mean = (self.saved as f64 / self.savings.len() as f64).max(law::EPS * UNIT);
        let per_mean = 1.0 / mean;
        self.queue.clear();
        let households = self.savings.iter_mut().zip(&self.wages);
        let households = households.zip(self.favourite.iter_mut().zip(&mut self.baskets));
        for (i, ((savings, &wage), (favourite, basket))) in (0..).zip(households) {
            let share = self.propensity.of(*savings as f64 * per_mean);
            tally.pay_in(Flow::Wages, BANK, savings, wage);
            basket.money = nearest(*savings as f64 * share);
            *savings -= basket.money;
            if basket.money > 0 {
                basket.shops = choose(favourite, &self.shops, &mut self.words);
                // every place in the queue so far, or the end, is as likely; who had it goes to the end
                let end = self.queue.len();
                let place = self.words.below(end as u32 + 1) as usize;
                self.queue.push(i);
                self.queue.swap(place, end);
            }
        }
        for i in picked(&self.ends, |&end| end == self.tick) {
            self.end_contract(i as usize);
        }
    }

    /// A contract, if the household still has it, runs out; the household will ask its firm first.
    fn end_contract(&mut self, i: usize) {
        if self.employer[i] == NONE {
            return;
        }
        let firm = &mut self.employers[self.employer[i] as usize];
        firm.staff -= 1;
        firm.bill -= self.wages[i];
        self.seekers.push(Seeker {
            last: self.employer[i],
            ..Seeker::without_contract(i as u32)
        });
        (self.employer[i], self.wages[i]) = (NONE, 0);
    }

    /// Every household visits its shops while it has money; a shop sells until its shelf is empty.
    fn shop(&mut self, tally: &mut Tally) {
        for &i in &self.queue {
            let Basket { shops, money } = &mut self.baskets[i as usize];
            let mut left = *money;
            for &shop in shops.iter() {
                let shelf = &mut self.shelves[shop as usize];
                let paid = left.min(*shelf);
                *shelf -= paid;
                left -= paid;
            }
            let spent = *money - left;
            tally.pay_out(Flow::Consumption, BANK, money, spent);
        }
        // change
        for (savings, basket) in self.savings.iter_mut().zip(&mut self.baskets) {
            *savings += std::mem::take(&mut basket.money);
        }
    }

    /// Firms receive what their shops took.
    fn take_sales(&mut self, tally: &mut Tally) {
        let mut clearing = tally.paid(Flow::Consumption);
        tally.pay_in(Flow::Consumption, BANK, &mut 0, clearing);
        let firms = self.shops.iter().zip(&self.shelves);
        for ((shop, left), (funds, account)) in firms.zip(self.funds.iter_mut().zip(&mut self.accounts)) {
            let sold = shop.full() - left;
            account.profit = sold - account.cost;
            tally.pay_out(Flow::Sales, BANK, &mut clearing, sold);
            tally.pay_in(Flow::Sales, BANK, funds, sold);
        }
        debug_assert_eq!(clearing, 0);
    }
}

impl Shop {
    /// All that was made, at the shop's price.
    fn full(&self) -> i64 {
        money(self.price * self.made)
    }
}

/// The largest shop that a household knows and another; the cheaper is visited first, the larger is remembered, and of equal ones
/// the cheaper.
#[inline]
fn choose(favourite: &mut u32, shops: &[Shop], words: &mut Words) -> [u32; law::Z] {
    const { assert!(law::Z == 2) };
    let n = shops.len() as u32;
    let a = if *favourite == NONE { words.below(n) } else { *favourite };
    let b = words.other(a, n);
    let (at_a, at_b) = (&shops[a as usize], &shops[b as usize]);
    let b_first = at_b.price < at_a.price;
    let (first, second) = select_unpredictable(b_first, (b, a), (a, b));
    let second_larger = select_unpredictable(b_first, at_a.made > at_b.made, at_b.made > at_a.made);
    *favourite = select_unpredictable(second_larger, second, first);
    [first, second]
}
