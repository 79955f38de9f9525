//! Wages, production and the goods market.

use super::{BANK, Basket, Economy, Household, NONE, UNIT, below, distinct, law, luck, nearest, shuffle};
use yaosu::base::blocks;
use yaosu::base::draws::Stream;
use yaosu::books::{AuditError, Flow, Tally};

/// What shoppers see of a firm.
struct Shelf {
    /// In units of money.
    price: f64,
    stock: f64,
    made: f64,
    sold: i64,
}

/// What a block of households did.
struct Decided {
    tally: Tally,
    /// Contracts that ran out: firm, wage.
    ended: Vec<(u32, i64)>,
}

impl Economy {
    /// Firms pay and make; households decide what to spend and where, and shop one after another in an order of luck.
    pub(super) fn goods(&mut self) -> Result<(), AuditError> {
        let mut tally = Tally::default();
        let mut shelves = self.produce(&mut tally);
        self.decide(&shelves, &mut tally);
        self.shop(&mut shelves, &mut tally);
        let mut clearing = tally.paid(Flow::Consumption);
        tally.pay_in(Flow::Consumption, BANK, &mut 0, clearing);
        for (firm, shelf) in self.firms.iter_mut().zip(&shelves) {
            (firm.stock, firm.sold) = (shelf.stock, shelf.sold);
            tally.pay_out(Flow::Sales, BANK, &mut clearing, shelf.sold);
            tally.pay_in(Flow::Sales, BANK, &mut firm.funds, shelf.sold);
        }
        debug_assert_eq!(clearing, 0);
        self.audit("goods", &tally)
    }

    /// Wages leave the firms, goods come to the shelves, and the average price is taken, weighted by output.
    fn produce(&mut self, tally: &mut Tally) -> Vec<Shelf> {
        let (mut value, mut output) = (0.0, 0.0);
        let shelves = self.firms.iter_mut().map(|f| {
            tally.pay_out(Flow::Wages, BANK, &mut f.funds, f.bill);
            f.paid = f.bill;
            f.made = law::PRODUCTIVITY * f64::from(f.staff);
            value += f.price * f.made;
            output += f.made;
            Shelf {
                price: f.price * UNIT,
                stock: f.made,
                made: f.made,
                sold: 0,
            }
        });
        let shelves = shelves.collect();
        let average = if output > 0.0 {
            value / output
        } else {
            self.average_price()
        };
        self.prices.push(average);
        shelves
    }

    /// Households receive wages, contracts run down, budgets are set and shops chosen.
    fn decide(&mut self, shelves: &[Shelf], tally: &mut Tally) {
        let words = self.draws.stream(luck::SHOPS, self.tick, 1);
        let first_shops = self.draws.stream(luck::FIRST_SHOP, self.tick, law::Z as u32);
        let mean = (self.saved as f64 / self.households.len() as f64).max(law::EPS * UNIT);
        let per_mean = 1.0 / mean;
        let decided = blocks::map_mut2(&mut self.households, &mut self.baskets, |first, households, baskets| {
            let mut words = words.at(first);
            let (mut tally, mut ended) = (Tally::default(), Vec::new());
            for (i, (h, basket)) in households.iter_mut().zip(baskets).enumerate() {
                let word = words.word();
                let share = propensity(h.savings as f64 * per_mean);
                tally.pay_in(Flow::Wages, BANK, &mut h.savings, h.wage);
                basket.money = nearest(h.savings as f64 * share);
                h.savings -= basket.money;
                if h.employer != NONE {
                    h.left -= 1;
                    if h.left == 0 {
                        ended.push((h.employer, h.wage));
                        (h.last, h.employer, h.wage) = (h.employer, NONE, 0);
                    }
                }
                if basket.money > 0 {
                    basket.shops = h.choose(word, shelves, &first_shops, first + i);
                }
            }
            Decided { tally, ended }
        });
        for block in decided {
            tally.merge(&block.tally);
            for (firm, wage) in block.ended {
                self.firms[firm as usize].staff -= 1;
                self.firms[firm as usize].bill -= wage;
            }
        }
    }

    /// Every household visits its shops while it has money; a shop sells until its shelf is empty.
    fn shop(&mut self, shelves: &mut [Shelf], tally: &mut Tally) {
        let mut queue: Vec<u32> = (0..self.households.len() as u32).collect();
        shuffle(&mut queue, &mut self.draws.stream(luck::QUEUE, self.tick, 1).at(0));
        for i in queue {
            let basket = &mut self.baskets[i as usize];
            let Basket { money: budget, shops } = *basket;
            let mut money = budget;
            for shop in shops {
                let shelf = &mut shelves[shop as usize];
                if money == 0 {
                    break;
                }
                if shelf.stock <= law::EPS {
                    continue;
                }
                let wanted = money as f64 / shelf.price;
                let paid = if wanted > shelf.stock {
                    let all = nearest(shelf.stock * shelf.price);
                    shelf.stock = 0.0;
                    all.min(money)
                } else {
                    shelf.stock -= wanted;
                    money
                };
                shelf.sold += paid;
                money -= paid;
            }
            tally.pay_out(Flow::Consumption, BANK, &mut basket.money, budget - money);
        }
    }
}

impl Household {
    /// The largest shop it knows and another; the cheaper is visited first, the larger is remembered.
    fn choose(&mut self, word: u32, shelves: &[Shelf], first_shops: &Stream, i: usize) -> [u32; law::Z] {
        let [mut a, mut b] = if self.shop == NONE {
            distinct(&mut first_shops.at(i), shelves.len())
        } else {
            let other = below(word, shelves.len() - 1);
            [self.shop, other + u32::from(other >= self.shop)]
        };
        let (mut at_a, mut at_b) = (&shelves[a as usize], &shelves[b as usize]);
        if at_b.price < at_a.price {
            (a, b, at_a, at_b) = (b, a, at_b, at_a);
        }
        self.shop = if at_b.made > at_a.made { b } else { a };
        [a, b]
    }
}

/// Propensity to consume `1 / (1 + tanh(x)^beta)` of who has `x` times the mean savings; beta is 5/2.
fn propensity(x: f64) -> f64 {
    const { assert!(law::BETA == 2.5) };
    let e = (2.0 * x.min(20.0)).exp();
    let t = (e - 1.0) / (e + 1.0);
    1.0 / (1.0 + t * t * t.sqrt())
}
