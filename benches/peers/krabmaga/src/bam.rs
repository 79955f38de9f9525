//! The bottom-up economy (see `peers_common::bam`) on krABMaga: an agent for every part that a firm, a bank or a household has in
//! a period, in the order of the schedule; what others must reach stands in the state. Money is floating point.
//!
//! Agents act one after another in the fixed order of the schedule. So a job seeker makes all its applications before the next
//! one makes any, and shoppers come in the same order in every period; bamengine and yaosu draw both orders.

use krabmaga::engine::agent::Agent;
use krabmaga::engine::schedule::Schedule;
use krabmaga::engine::state::State;
use peers_common::bam as law;
use rand::rngs::SmallRng;
use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};
use std::any::Any;

const NONE: usize = usize::MAX;

#[derive(Clone, Default)]
struct Firm {
    price: f64,
    made: f64,
    stock: f64,
    desired: usize,
    offer: f64,
    paid: f64,
    interest: f64,
    sold: f64,
    worth: f64,
    funds: f64,
    demand: f64,
    banks: [usize; law::H],
    loans: Vec<Loan>,
    staff: Vec<usize>,
}

#[derive(Clone)]
struct Loan {
    bank: usize,
    principal: f64,
    interest: f64,
}

#[derive(Clone, Default)]
struct Bank {
    equity: f64,
    supply: f64,
    shock: f64,
    /// Who asks in this round: fragility, firm.
    asked: Vec<(f64, usize)>,
}

#[derive(Clone)]
struct Household {
    savings: f64,
    wage: f64,
    employer: usize,
    last: usize,
    shop: usize,
    left: u32,
}

/// What agents share.
struct Shared {
    firms: Vec<Firm>,
    banks: Vec<Bank>,
    households: Vec<Household>,
    prices: Vec<f64>,
    min_wage: f64,
    mean_savings: f64,
    /// Dividends of the period, shared out when it ends.
    dividends: f64,
    /// Value and quantity of output so far.
    value: f64,
    output: f64,
    rng: SmallRng,
}

/// Parts in a period, in their order.
#[derive(Clone, Copy)]
enum Part {
    Plan,
    Seek,
    Rate,
    Ask(usize),
    Lend,
    Produce,
    Shop,
    Settle,
}

/// Somebody in one of its parts.
#[derive(Clone)]
struct Actor {
    id: usize,
    part: Part,
}

impl Agent for Actor {
    fn step(&mut self, state: &mut dyn State) {
        let Some(shared) = state.as_any_mut().downcast_mut::<Shared>() else {
            unreachable!("the only state of this rule")
        };
        match self.part {
            Part::Plan => shared.plan(self.id),
            Part::Seek => shared.seek(self.id),
            Part::Rate => shared.rate(self.id),
            Part::Ask(round) => shared.ask(self.id, round),
            Part::Lend => shared.lend(self.id),
            Part::Produce => shared.produce(self.id),
            Part::Shop => shared.shop(self.id),
            Part::Settle => shared.settle(self.id),
        }
    }
}

impl Shared {
    fn average(&self) -> f64 {
        self.prices[self.prices.len() - 1]
    }

    fn dismiss(&mut self, household: usize) {
        let h = &mut self.households[household];
        (h.employer, h.last, h.wage, h.left) = (NONE, NONE, 0.0, 0);
    }

    /// Quantity, price, dismissals by lot, offer.
    fn plan(&mut self, id: usize) {
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
    fn dismiss_one(&mut self, id: usize) -> f64 {
        let staff = &mut self.firms[id].staff;
        let who = staff.swap_remove(self.rng.random_range(0..staff.len()));
        let wage = self.households[who].wage;
        self.dismiss(who);
        wage
    }

    /// Applies to firms, best offer first; whose contract ran out asks its last firm first.
    fn seek(&mut self, id: usize) {
        if self.households[id].employer != NONE {
            return;
        }
        let mut firms: [usize; law::M] = distinct(&mut self.rng, self.firms.len());
        firms.sort_by(|&a, &b| self.firms[b].offer.total_cmp(&self.firms[a].offer));
        let h = &mut self.households[id];
        let last = std::mem::replace(&mut h.last, NONE);
        if last != NONE {
            let at = firms.iter().position(|&f| f == last).unwrap_or(law::M - 1);
            firms[..=at].rotate_right(1);
            firms[0] = last;
        }
        for firm in firms {
            let f = &mut self.firms[firm];
            if f.staff.len() < f.desired {
                f.staff.push(id);
                (h.employer, h.wage, h.left) = (firm, f.offer, law::THETA);
                break;
            }
        }
    }

    fn rate(&mut self, id: usize) {
        let shock = law::H_PHI * self.rng.random::<f64>();
        let bank = &mut self.banks[id];
        bank.supply = (bank.equity / law::V).max(0.0);
        bank.shock = shock;
    }

    /// Asks the bank of this round, the cheaper first.
    fn ask(&mut self, id: usize, round: usize) {
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
    fn lend(&mut self, id: usize) {
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

    /// Dismisses by lot whom it cannot pay, pays the others, and makes goods.
    fn produce(&mut self, id: usize) {
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

    /// Takes its wage, counts its contract down, decides what to spend, and visits its shops.
    fn shop(&mut self, id: usize) {
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

    /// Repays or defaults, pays a dividend, and takes stock.
    fn settle(&mut self, id: usize) {
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

    /// Replaces firms that are bankrupt or made nothing.
    fn enter(&mut self) {
        let closes = |f: &Firm| f.worth < law::EPS || f.made <= law::EPS;
        let closed: Vec<usize> = (0..self.firms.len()).filter(|&i| closes(&self.firms[i])).collect();
        if closed.is_empty() {
            return;
        }
        for &i in &closed {
            for worker in std::mem::take(&mut self.firms[i].staff) {
                self.dismiss(worker);
            }
        }
        let stays = |x: fn(&Firm) -> f64| self.firms.iter().filter(|f| !closes(f)).map(x).collect::<Vec<f64>>();
        let (mut worths, mut outputs) = (stays(|f| f.worth), stays(|f| f.made));
        assert!(!worths.is_empty(), "the economy has collapsed");
        let employed = self.households.iter().filter(|h| h.employer != NONE);
        let mut wages: Vec<f64> = employed.map(|h| h.wage).collect();
        let worth = law::ENTRANT * trimmed_mean(&mut worths);
        let entrant = Firm {
            price: self.average() * law::ENTRANT_PRICE,
            made: law::ENTRANT * trimmed_mean(&mut outputs),
            offer: (law::ENTRANT * trimmed_mean(&mut wages)).max(self.min_wage),
            worth,
            funds: worth,
            ..Firm::default()
        };
        for i in closed {
            self.firms[i] = entrant.clone();
        }
    }

    /// Banks without equity become copies of others.
    fn replace_banks(&mut self) {
        let (sound, failed): (Vec<usize>, Vec<usize>) =
            (0..self.banks.len()).partition(|&b| self.banks[b].equity >= law::EPS);
        assert!(!sound.is_empty(), "all banks have failed");
        for b in failed {
            self.banks[b].equity = self.banks[sound[self.rng.random_range(0..sound.len())]].equity;
            for f in self.firms.iter_mut() {
                let lost = f.loans.iter().filter(|l| l.bank == b).map(|l| l.interest);
                f.interest -= lost.sum::<f64>();
            }
        }
    }
}

/// `K` different numbers below `n`.
fn distinct<const K: usize>(rng: &mut SmallRng, n: usize) -> [usize; K] {
    let mut drawn = [NONE; K];
    for k in 0..K {
        drawn[k] = loop {
            let x = rng.random_range(0..n);
            if !drawn[..k].contains(&x) {
                break x;
            }
        };
    }
    drawn
}

/// Mean without the lowest and the highest values.
fn trimmed_mean(x: &mut [f64]) -> f64 {
    let (n, cut) = (x.len(), (law::TRIM * x.len() as f64).round() as usize);
    let mut kept = x;
    if cut > 0 {
        kept = kept.select_nth_unstable_by(cut - 1, f64::total_cmp).2;
        kept = &mut *kept.select_nth_unstable_by(n - 2 * cut, f64::total_cmp).0;
    }
    kept.iter().sum::<f64>() / kept.len().max(1) as f64
}

impl State for Shared {
    fn init(&mut self, schedule: &mut Schedule) {
        let (firms, banks, households) = (self.firms.len(), self.banks.len(), self.households.len());
        let mut parts = vec![(Part::Plan, firms), (Part::Seek, households), (Part::Rate, banks)];
        for round in 0..law::H {
            parts.extend([(Part::Ask(round), firms), (Part::Lend, banks)]);
        }
        parts.extend([(Part::Produce, firms), (Part::Shop, households), (Part::Settle, firms)]);
        for (order, (part, n)) in parts.into_iter().enumerate() {
            let mut ids: Vec<usize> = (0..n).collect();
            ids.shuffle(&mut self.rng);
            for id in ids {
                schedule.schedule_repeating(Box::new(Actor { id, part }), 0.0, order as i32);
            }
        }
    }

    /// The minimum wage and the mean of savings, which all will see.
    fn before_step(&mut self, _schedule: &mut Schedule) {
        let t = self.prices.len() - 1;
        if t >= law::REVISION && t.is_multiple_of(law::REVISION) {
            self.min_wage *= self.prices[t] / self.prices[t - 4];
            for h in self.households.iter_mut().filter(|h| h.employer != NONE) {
                h.wage = h.wage.max(self.min_wage);
            }
        }
        let saved: f64 = self.households.iter().map(|h| h.savings).sum();
        self.mean_savings = (saved / self.households.len() as f64).max(law::EPS);
        (self.value, self.output, self.dividends) = (0.0, 0.0, 0.0);
    }

    /// The average price, dividends to all alike, entry.
    fn after_step(&mut self, _schedule: &mut Schedule) {
        let average = if self.output > 0.0 {
            self.value / self.output
        } else {
            self.average()
        };
        self.prices.push(average);
        let each = self.dividends / self.households.len() as f64;
        for h in &mut self.households {
            h.savings += each;
        }
        self.enter();
        self.replace_banks();
    }

    fn as_any_mut(&mut self) -> &mut dyn Any {
        self
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn as_state_mut(&mut self) -> &mut dyn State {
        self
    }

    fn as_state(&self) -> &dyn State {
        self
    }

    fn reset(&mut self) {}

    fn update(&mut self, _step: u64) {}
}

/// The state and its schedule.
pub struct Economy {
    shared: Shared,
    schedule: Schedule,
}

impl Economy {
    /// `times` the smallest economy, at its start.
    pub fn new(times: usize, seed: u64) -> Self {
        let made = law::HOUSEHOLDS as f64 * law::PRODUCTIVITY / law::FIRMS as f64;
        let worth = made * law::PRICE * law::NET_WORTH_RATIO;
        let firm = Firm {
            price: law::PRICE,
            made,
            offer: law::WAGE,
            worth,
            funds: worth,
            ..Firm::default()
        };
        let bank = Bank {
            equity: law::EQUITY,
            ..Bank::default()
        };
        let household = Household {
            savings: law::SAVINGS,
            wage: 0.0,
            employer: NONE,
            last: NONE,
            shop: NONE,
            left: 0,
        };
        let mut shared = Shared {
            firms: vec![firm; times * law::FIRMS],
            banks: vec![bank; times * law::BANKS],
            households: vec![household; times * law::HOUSEHOLDS],
            prices: vec![law::PRICE],
            min_wage: law::MIN_WAGE,
            mean_savings: law::SAVINGS,
            dividends: 0.0,
            value: 0.0,
            output: 0.0,
            rng: SmallRng::seed_from_u64(seed),
        };
        let mut schedule = Schedule::new();
        shared.init(&mut schedule);
        Self { shared, schedule }
    }
}

impl law::Economy for Economy {
    fn period(&mut self) {
        self.schedule.step(&mut self.shared);
    }

    fn seen(&self) -> law::Seen {
        let s = &self.shared;
        let employed = s.households.iter().filter(|h| h.employer != NONE);
        let (count, wages) = employed.fold((0.0, 0.0), |(n, w), h| (n + 1.0, w + h.wage));
        let n = s.households.len() as f64;
        law::Seen {
            unemployment: 1.0 - count / n,
            price: s.average(),
            wage: wages / count,
            output: s.firms.iter().map(|f| f.made).sum::<f64>() / n,
        }
    }
}
