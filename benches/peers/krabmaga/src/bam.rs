//! The bottom-up economy (see `peers_common::bam`) on krABMaga: an agent for every part that a firm, a bank or a household has in
//! a period, in the order of the schedule; what others must reach stands in the state. Money is floating point.
//!
//! Agents act one after another in the order of the schedule's heap. So a job seeker makes all its applications before the next
//! one makes any, and no order is drawn anew in every period; bamengine and yaosu draw those of seekers and of shoppers.

mod credit;
mod exit;
mod firms;
mod goods;
mod labour;

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
        shared.act(self.part, self.id);
    }
}

impl Shared {
    /// `times` the smallest economy, at its start.
    fn new(times: usize, seed: u64) -> Self {
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
        Self {
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
        }
    }

    fn average(&self) -> f64 {
        self.prices[self.prices.len() - 1]
    }

    fn act(&mut self, part: Part, id: usize) {
        match part {
            Part::Plan => self.plan(id),
            Part::Seek => self.seek(id),
            Part::Rate => self.rate(id),
            Part::Ask(round) => self.ask(id, round),
            Part::Lend => self.lend(id),
            Part::Produce => self.produce(id),
            Part::Shop => self.shop(id),
            Part::Settle => self.settle(id),
        }
    }

    /// The parts of a period in their order, each with who has it, in an order that is drawn once.
    fn turns(&mut self) -> Vec<(Part, Vec<usize>)> {
        let (firms, banks, households) = (self.firms.len(), self.banks.len(), self.households.len());
        let mut parts = vec![(Part::Plan, firms), (Part::Seek, households), (Part::Rate, banks)];
        for round in 0..law::H {
            parts.extend([(Part::Ask(round), firms), (Part::Lend, banks)]);
        }
        parts.extend([(Part::Produce, firms), (Part::Shop, households), (Part::Settle, firms)]);
        let mut drawn = |n: usize| {
            let mut ids: Vec<usize> = (0..n).collect();
            ids.shuffle(&mut self.rng);
            ids
        };
        parts.into_iter().map(|(part, n)| (part, drawn(n))).collect()
    }

    /// Before all parts: the minimum wage and the mean of savings, which all will see.
    fn open(&mut self) {
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

    /// After all parts: the average price, dividends to all alike, entry.
    fn close(&mut self) {
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

    fn seen(&self) -> law::Seen {
        let employed = self.households.iter().filter(|h| h.employer != NONE);
        let (count, wages) = employed.fold((0.0, 0.0), |(n, w), h| (n + 1.0, w + h.wage));
        let n = self.households.len() as f64;
        law::Seen {
            unemployment: 1.0 - count / n,
            price: self.average(),
            wage: wages / count,
            output: self.firms.iter().map(|f| f.made).sum::<f64>() / n,
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

impl State for Shared {
    fn init(&mut self, schedule: &mut Schedule) {
        for (order, (part, ids)) in self.turns().into_iter().enumerate() {
            for id in ids {
                schedule.schedule_repeating(Box::new(Actor { id, part }), 0.0, order as i32);
            }
        }
    }

    fn before_step(&mut self, _schedule: &mut Schedule) {
        self.open();
    }

    fn after_step(&mut self, _schedule: &mut Schedule) {
        self.close();
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
        let mut shared = Shared::new(times, seed);
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
        self.shared.seen()
    }
}

/// The same state and parts, in orders drawn once, without the engine: a loop over all who have a part.
pub struct Bare {
    shared: Shared,
    turns: Vec<(Part, Vec<usize>)>,
}

impl Bare {
    /// `times` the smallest economy, at its start.
    pub fn new(times: usize, seed: u64) -> Self {
        let mut shared = Shared::new(times, seed);
        let turns = shared.turns();
        Self { shared, turns }
    }
}

impl law::Economy for Bare {
    fn period(&mut self) {
        self.shared.open();
        for (part, ids) in &self.turns {
            for &id in ids {
                self.shared.act(*part, id);
            }
        }
        self.shared.close();
    }

    fn seen(&self) -> law::Seen {
        self.shared.seen()
    }
}
