//! On krABMaga: one boxed agent a person in the schedule; wealth stands in the state, where the others can reach it.

use krabmaga::engine::agent::Agent;
use krabmaga::engine::schedule::Schedule;
use krabmaga::engine::state::State;
use peers_common::wealth::Society;
use rand::rngs::SmallRng;
use rand::{RngExt, SeedableRng};
use std::any::Any;

/// What agents share.
struct Shared {
    wealth: Vec<i64>,
    rng: SmallRng,
    gave: i64,
}

/// A person.
#[derive(Clone)]
struct Person {
    id: usize,
}

impl Agent for Person {
    fn step(&mut self, state: &mut dyn State) {
        let Some(shared) = state.as_any_mut().downcast_mut::<Shared>() else {
            unreachable!("the only state of this program")
        };
        let n = shared.wealth.len();
        if shared.wealth[self.id] > 0 {
            shared.wealth[self.id] -= 1;
            shared.wealth[shared.rng.random_range(0..n)] += 1;
            shared.gave += 1;
        }
    }
}

impl State for Shared {
    fn init(&mut self, schedule: &mut Schedule) {
        for id in 0..self.wealth.len() {
            schedule.schedule_repeating(Box::new(Person { id }), 0.0, 0);
        }
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
pub struct Krabmaga {
    shared: Shared,
    schedule: Schedule,
}

impl Krabmaga {
    /// All have one unit.
    pub fn new(agents: usize, seed: u64) -> Self {
        let mut shared = Shared {
            wealth: vec![1; agents],
            rng: SmallRng::seed_from_u64(seed),
            gave: 0,
        };
        let mut schedule = Schedule::new();
        shared.init(&mut schedule);
        Self { shared, schedule }
    }
}

impl Society for Krabmaga {
    fn step(&mut self) -> i64 {
        self.shared.gave = 0;
        self.schedule.step(&mut self.shared);
        self.shared.gave
    }

    fn total(&self) -> i64 {
        self.shared.wealth.iter().sum()
    }
}
