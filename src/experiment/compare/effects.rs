//! Effects of an arm on every series: estimates of many series at a time.

use super::paired::{Bootstrap, Estimate, variance_of};
use super::panel::{Horizon, Key};
use super::results::{NOTHING, per_cent};
use super::seed::{SeedData, Task};
use crate::base::stats::t975;
use crate::experiment::folder::wanted_metric;
use crate::experiment::frames::FrameError;
use crate::metrics::METRICS;
use rayon::prelude::*;

/// An estimated effect.
#[derive(Clone, Copy, Debug)]
pub struct Effect {
    /// Series.
    pub key: Key,
    /// Place in time: a quarter or a horizon.
    pub time: usize,
    /// Effect in the metric's unit.
    pub effect: Estimate,
    /// Effect in per cent of the baseline; NaN where the baseline is zero.
    pub per_cent: Estimate,
    /// Mean of the baseline.
    pub level: f64,
    /// Seeds.
    pub seeds: usize,
    /// (var base + var arm) / var of the difference: how many times more seeds unpaired runs would need.
    pub variance_reduction: f64,
    /// Its 95 % interval, from the jackknife of its log; NaN where it has none or none was wanted.
    pub reduction_ends: [f64; 2],
}

/// Series whose effects one task estimates.
const BLOCK: usize = 16;

/// All values of an arm, seed by seed.
pub struct Values {
    seeds: Vec<Vec<f64>>,
    /// Series in a quarter.
    width: usize,
}

impl Values {
    /// The values of an arm.
    ///
    /// # Errors
    /// If they cannot be read.
    pub fn of(task: &Task, seeds: &[SeedData], arm: usize) -> Result<Self, FrameError> {
        let all = seeds.par_iter().map(|s| s.arms[arm].values.all());
        Ok(Self {
            seeds: all.collect::<Result<_, _>>()?,
            width: task.layout.width(task.plan.full(task.plan.arms[arm])),
        })
    }

    /// Means of some series over spans of time: by series, span and seed.
    fn windows(&self, block: &[usize], times: &[Horizon]) -> Vec<f64> {
        let mut out = vec![0.0; block.len() * times.len() * self.seeds.len()];
        for (s, values) in self.seeds.iter().enumerate() {
            for (t, h) in times.iter().enumerate() {
                for (k, series) in block.iter().enumerate() {
                    let sum: f64 = (h.from..=h.to).map(|t| values[t * self.width + series]).sum();
                    out[(k * times.len() + t) * self.seeds.len() + s] = sum / h.length() as f64;
                }
            }
        }
        out
    }
}

/// Effects of one arm on every series that the scenario writes, over every span of time: series by series, in time. The
/// interval of the variance reduction takes long and is made only if it is wanted.
pub fn effects(
    task: &Task,
    bootstrap: &Bootstrap,
    [baseline, arm]: [&Values; 2],
    times: &[Horizon],
    reduction: bool,
) -> Vec<Effect> {
    let wanted = |key: &Key| wanted_metric(task.scenario, METRICS[key.metric as usize].name);
    let series: Vec<usize> = (0..arm.width).filter(|k| wanted(&task.layout.keys[*k])).collect();
    let of = |block: &[usize]| -> Vec<Effect> {
        let sides = [baseline, arm].map(|a| a.windows(block, times));
        let found = estimates(bootstrap, arm.seeds.len(), &sides, reduction);
        let placed = found.into_iter().enumerate().filter_map(|(at, effect)| {
            let (k, time) = (block[at / times.len()], at % times.len());
            let key = task.layout.keys[k];
            effect.map(|e| Effect { key, time, ..e })
        });
        placed.collect()
    };
    let parts: Vec<Vec<Effect>> = series.par_chunks(BLOCK).map(of).collect();
    parts.into_iter().flatten().collect()
}

/// Effects from the values of baseline and arm, seed by seed for each; `None` where no seed has both.
fn estimates(bootstrap: &Bootstrap, seeds: usize, sides: &[Vec<f64>; 2], reduction: bool) -> Vec<Option<Effect>> {
    let pairs = || sides[0].iter().zip(&sides[1]).map(|(a, b)| (*a, *b));
    let differences: Vec<f64> = pairs().map(|(a, b)| b - a).collect();
    let shares: Vec<f64> = pairs().map(|(a, b)| per_cent(a, b)).collect();
    let (effects, shares) = (bootstrap.estimates(&differences), bootstrap.estimates(&shares));
    let mut there: Vec<[f64; 2]> = Vec::with_capacity(seeds);
    let mut out = Vec::with_capacity(effects.len());
    for (at, (effect, share)) in effects.into_iter().zip(shares).enumerate() {
        let Some(effect) = effect else {
            out.push(None);
            continue;
        };
        there.clear();
        there.extend(
            (at * seeds..(at + 1) * seeds)
                .map(|k| [sides[0][k], sides[1][k]])
                .filter(|[a, b]| (b - a).is_finite()),
        );
        out.push(Some(Effect {
            key: Key {
                metric: 0,
                scope: 0,
                group: "",
            },
            time: 0,
            effect,
            per_cent: share.unwrap_or(NOTHING),
            level: there.iter().map(|p| p[0]).sum::<f64>() / there.len() as f64,
            seeds: there.len(),
            // no variance at all: nothing to reduce
            variance_reduction: times_the_seeds(there.iter()),
            reduction_ends: if reduction {
                reduction_ends(&there)
            } else {
                [f64::NAN; 2]
            },
        }));
    }
    out
}

/// How many times more seeds unpaired runs would need, from pairs (baseline, arm).
fn times_the_seeds<'a>(pairs: impl Iterator<Item = &'a [f64; 2]> + Clone) -> f64 {
    let side = |of: fn(&[f64; 2]) -> f64| variance_of(pairs.clone().map(of));
    (side(|p| p[0]) + side(|p| p[1])) / side(|p| p[1] - p[0])
}

/// 95 % interval of the variance reduction: ratios of variances are skewed, so the jackknife is taken of the log.
fn reduction_ends(pairs: &[[f64; 2]]) -> [f64; 2] {
    let n = pairs.len();
    if n < 4 {
        return [f64::NAN; 2];
    }
    let without = |k: usize| {
        let (before, after) = (&pairs[..k], &pairs[k + 1..]);
        times_the_seeds(before.iter().chain(after)).ln()
    };
    let whole = times_the_seeds(pairs.iter()).ln();
    let left: Vec<f64> = (0..n).map(without).collect();
    let mean = left.iter().sum::<f64>() / n as f64;
    let spread: f64 = left.iter().map(|x| (x - mean).powi(2)).sum();
    let half = t975(n - 1) * (spread * (n - 1) as f64 / n as f64).sqrt();
    let ends = [(whole - half).exp(), (whole + half).exp()];
    if ends.iter().all(|x| x.is_finite()) {
        ends
    } else {
        [f64::NAN; 2]
    }
}
