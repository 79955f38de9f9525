//! Wages, production and the goods market.

use super::luck::{self, Luck, Ready};
use super::{BANK, Basket, Economy, NONE, Seeker, Shop, TOGETHER, UNIT, law, money, nearest};
use std::hint::select_unpredictable;
use yaosu::books::{AuditError, Flow};

impl Economy {
    /// Firms pay and make; households decide what to spend and where, and shop one after another in an order of luck.
    pub(super) fn goods(&mut self) -> Result<(), AuditError> {
        self.produce();
        self.decide();
        self.end_contracts();
        self.shop();
        self.take_sales();
        self.audit("goods")
    }

    /// Wages leave the firms, goods come to the shelves, and the average price is taken, weighted by output.
    fn produce(&mut self) {
        let (mut value, mut output) = (0.0, 0.0);
        let firms = self.employers.iter().zip(&mut self.shops).zip(&mut self.shelves);
        let firms = firms.zip(self.funds.iter_mut().zip(&mut self.accounts));
        for (((employer, shop), shelf), (funds, account)) in firms {
            self.tally.pay_out(Flow::Wages, BANK, funds, employer.bill);
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

    /// Households receive wages, budgets are set and shops chosen; who comes when is drawn as they decide.
    fn decide(&mut self) {
        self.words.open(luck::SHOPPING, self.tick, law::Z * self.savings.len());
        let mean = (self.saved as f64 / self.savings.len() as f64).max(law::EPS * UNIT);
        let per_mean = 1.0 / mean;
        let mut received = 0;
        self.queue.resize(self.savings.len(), 0);
        let (shops, queue, mut comers) = (&self.shops[..], &mut self.queue[..], 0);
        let columns = self.savings.chunks_mut(TOGETHER).zip(self.wages.chunks(TOGETHER));
        let columns = columns.zip(
            self.favourite
                .chunks_mut(TOGETHER)
                .zip(self.baskets.chunks_mut(TOGETHER)),
        );
        for (k, ((savings, wages), (favourites, baskets))) in columns.enumerate() {
            for ((savings, &wage), basket) in savings.iter_mut().zip(wages).zip(baskets.iter_mut()) {
                let share = self.propensity.of(*savings as f64 * per_mean);
                let with_wage = *savings + wage;
                received += wage;
                basket.money = nearest(with_wage as f64 * share);
                *savings = with_wage - basket.money;
            }
            let households = ((k * TOGETHER) as u32..).zip(favourites.iter_mut().zip(baskets));
            self.words.ahead(3 * TOGETHER, |luck| {
                for (i, (favourite, basket)) in households.filter(|(_, (_, basket))| basket.money > 0) {
                    basket.shops = choose(favourite, shops, luck);
                    // every place in the queue so far, or the end, is as likely; who had it goes to the end
                    let place = luck.below(comers as u32 + 1) as usize;
                    queue[comers] = queue[place];
                    queue[place] = i;
                    comers += 1;
                }
            });
        }
        self.queue.truncate(comers);
        self.tally.pay_in(Flow::Wages, BANK, &mut 0, received);
    }

    /// Contracts that households still have run out when their time is over; they will ask their firms first.
    fn end_contracts(&mut self) {
        let hired = &mut self.hired[(self.tick % law::THETA) as usize];
        for (first, bits) in (0..).step_by(64).zip(hired) {
            let mut rest = std::mem::take(bits);
            while rest != 0 {
                let i = first + rest.trailing_zeros() as usize;
                rest &= rest - 1;
                if self.employer[i] == NONE || self.ends[i] != self.tick {
                    continue;
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
        }
    }

    /// Every household visits its shops while it has money; a shop sells until its shelf is empty.
    fn shop(&mut self) {
        let mut spent = 0;
        for &i in &self.queue {
            let Basket { shops, money } = &mut self.baskets[i as usize];
            let mut left = *money;
            for &shop in shops.iter() {
                let shelf = &mut self.shelves[shop as usize];
                let paid = left.min(*shelf);
                *shelf -= paid;
                left -= paid;
            }
            spent += *money - left;
            *money = left;
        }
        self.tally.pay_out(Flow::Consumption, BANK, &mut 0, spent);
        // change
        for (savings, basket) in self.savings.iter_mut().zip(&mut self.baskets) {
            *savings += std::mem::take(&mut basket.money);
        }
    }

    /// Firms receive what their shops took.
    fn take_sales(&mut self) {
        let mut clearing = self.tally.paid(Flow::Consumption);
        self.tally.pay_in(Flow::Consumption, BANK, &mut 0, clearing);
        let firms = self.shops.iter().zip(&self.shelves);
        for ((shop, left), (funds, account)) in firms.zip(self.funds.iter_mut().zip(&mut self.accounts)) {
            let sold = shop.full() - left;
            account.profit = sold - account.cost;
            self.tally.pay_out(Flow::Sales, BANK, &mut clearing, sold);
            self.tally.pay_in(Flow::Sales, BANK, funds, sold);
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
fn choose(favourite: &mut u32, shops: &[Shop], luck: &mut Ready) -> [u32; law::Z] {
    const { assert!(law::Z == 2) };
    let n = shops.len() as u32;
    let a = if *favourite == NONE { luck.below(n) } else { *favourite };
    let b = luck.other(a, n);
    let (at_a, at_b) = (&shops[a as usize], &shops[b as usize]);
    let b_first = at_b.price < at_a.price;
    let (first, second) = select_unpredictable(b_first, (b, a), (a, b));
    let second_larger = select_unpredictable(b_first, at_a.made > at_b.made, at_b.made > at_a.made);
    *favourite = select_unpredictable(second_larger, second, first);
    [first, second]
}
