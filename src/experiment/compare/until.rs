//! How many seeds are enough: a sequential rule that looks at fixed numbers of seeds.
//!
//! Seeds are added until the 95 % interval of the effect on the target is narrow enough for every single player and
//! the package, at every horizon (Chow and Robbins 1965). The looks are at [`FIRST`] seeds and every [`STEP`] after, so
//! that the answer does not depend on threads.

use super::paired::variance;
use super::panel::Horizon;
use super::results::{per_cent, window};
use super::seed::{SeedData, Task};
use crate::base::stats::t975;

/// Seeds of the first look: fewer may agree by luck.
const FIRST: usize = 8;
/// Seeds between looks.
const STEP: usize = 4;

/// A precision to reach.
#[derive(Clone, Debug, PartialEq)]
pub struct Until {
    /// Metric of the total, group `all`.
    pub metric: String,
    /// Half-width of the interval: per cent of the baseline, or the metric's own unit.
    pub half_width: f64,
    /// Whether it is per cent of the baseline.
    pub per_cent: bool,
}

impl Until {
    /// Seeds of the next look.
    pub fn next(&self, done: usize, cap: usize) -> usize {
        let goal = if done < FIRST { FIRST } else { done + STEP };
        goal.min(cap)
    }

    /// Whether a half-width is narrow enough.
    pub fn reached(&self, width: f64) -> bool {
        width <= self.half_width
    }

    /// The widest half-width over players, package and horizons; infinite if it cannot be told.
    pub(super) fn width(&self, task: &Task, seeds: &[SeedData]) -> f64 {
        let Some(series) = task.layout.find(&self.metric, crate::metrics::ALL) else {
            return f64::INFINITY;
        };
        let full = task.plan.arms.iter().enumerate().filter(|(_, c)| task.plan.full(**c));
        let arms = full.skip(1).map(|(k, _)| k);
        let mut widest: f64 = 0.0;
        for arm in arms {
            for h in &task.horizons {
                widest = widest.max(self.one(task, seeds, (arm, series), h));
            }
        }
        widest
    }

    fn one(&self, task: &Task, seeds: &[SeedData], (arm, series): (usize, usize), h: &Horizon) -> f64 {
        let effect = |s: &SeedData| {
            let [base, now] = [0, arm].map(|a| window(task, s, a, series, h));
            if self.per_cent { per_cent(base, now) } else { now - base }
        };
        let effects: Vec<f64> = seeds.iter().map(effect).collect();
        let n = effects.len();
        if n < 2 || effects.iter().any(|e| !e.is_finite()) {
            return f64::INFINITY;
        }
        t975(n - 1) * (variance(&effects) / n as f64).sqrt()
    }
}
