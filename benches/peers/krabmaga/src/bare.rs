//! A plain loop: no engine, no audit, luck from one shared generator; what the rule costs where nothing is done to make it fast.

use peers_common::wealth::Society;
use rand::rngs::SmallRng;
use rand::{RngExt, SeedableRng};

/// Wealth and a generator.
pub struct Loop {
    wealth: Vec<i64>,
    rng: SmallRng,
}

impl Loop {
    /// All have one unit.
    pub fn new(agents: usize, seed: u64) -> Self {
        Self {
            wealth: vec![1; agents],
            rng: SmallRng::seed_from_u64(seed),
        }
    }
}

impl Society for Loop {
    fn step(&mut self) -> i64 {
        let n = self.wealth.len();
        let mut gave = 0;
        for giver in 0..n {
            if self.wealth[giver] > 0 {
                self.wealth[giver] -= 1;
                self.wealth[self.rng.random_range(0..n)] += 1;
                gave += 1;
            }
        }
        gave
    }

    fn total(&self) -> i64 {
        self.wealth.iter().sum()
    }
}
