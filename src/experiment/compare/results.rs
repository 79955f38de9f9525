//! From the panel of values to estimates.

use super::paired::{Bootstrap, Estimate, variance};
use super::panel::{Horizon, Key};
use super::players::Coalition;
use super::seed::{SeedData, Task};
use super::shapley;
use crate::base::stats::t975;
use crate::metrics::METRICS;
use rayon::prelude::*;

/// Metrics of the decomposition: the first in per cent of the baseline, the others in their own unit.
pub const DECOMPOSED: &[&str] = &[
    "gdp_real",
    "income_per_head",
    "wage_mean",
    "unemployment_rate",
    "urban_rural_ratio",
    "gini_income",
    "population",
    "lease_share",
    "farm_productivity",
    "mrpk_sd",
    "loan_application_rate",
    "hukou_conversions",
];

/// An estimated effect.
#[derive(Clone, Copy, Debug)]
pub struct Effect {
    /// Place of the arm.
    pub arm: usize,
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
    /// Its 95 % interval, from the jackknife of its log; NaN where it has none.
    pub reduction_ends: [f64; 2],
}

const NOTHING: Estimate = Estimate {
    mean: f64::NAN,
    se: f64::NAN,
    low: f64::NAN,
    high: f64::NAN,
};

/// Difference in per cent of `base`.
pub fn per_cent(base: f64, now: f64) -> f64 {
    if base.abs() > 0.0 {
        100.0 * (now - base) / base.abs()
    } else {
        f64::NAN
    }
}

/// Mean of a series over a span.
pub fn window(task: &Task, seed: &SeedData, arm: usize, series: usize, h: &Horizon) -> f64 {
    let width = task.layout.width(task.plan.full(task.plan.arms[arm]));
    let values = &seed.arms[arm].values;
    let sum: f64 = (h.from..=h.to).map(|t| values[t * width + series]).sum();
    sum / h.length() as f64
}

/// Effects of every arm but the baseline on every series over every span of time.
pub fn effects(task: &Task, seeds: &[SeedData], times: &[Horizon]) -> Vec<Effect> {
    let bootstrap = Bootstrap::new(seeds.len());
    let mut out = Vec::new();
    for (arm, coalition) in task.plan.arms.iter().enumerate().skip(1) {
        let series = task.layout.width(task.plan.full(*coalition));
        let of = |at: usize| {
            let (series, time) = (at / times.len(), at % times.len());
            let pair = |s: &SeedData| [0, arm].map(|a| window(task, s, a, series, &times[time]));
            let pairs: Vec<[f64; 2]> = seeds.iter().map(pair).collect();
            let mut effect = estimate(&bootstrap, &pairs)?;
            (effect.arm, effect.time, effect.key) = (arm, time, task.layout.keys[series]);
            Some(effect)
        };
        out.par_extend((0..series * times.len()).into_par_iter().filter_map(of));
    }
    out
}

/// The effect from the values (baseline, arm) of every seed; `None` if no seed has both.
fn estimate(bootstrap: &Bootstrap, pairs: &[[f64; 2]]) -> Option<Effect> {
    let differences: Vec<f64> = pairs.iter().map(|[a, b]| b - a).collect();
    let shares: Vec<f64> = pairs.iter().map(|[a, b]| per_cent(*a, *b)).collect();
    let there: Vec<&[f64; 2]> = pairs.iter().filter(|[a, b]| (b - a).is_finite()).collect();
    let side = |k: usize| there.iter().map(|p| p[k]).collect::<Vec<f64>>();
    let finite: Vec<f64> = differences.iter().copied().filter(|d| d.is_finite()).collect();
    let variances = [variance(&side(0)), variance(&side(1)), variance(&finite)];
    let effect = bootstrap.estimate(&differences)?;
    Some(Effect {
        arm: 0,
        key: Key {
            metric: 0,
            scope: 0,
            group: "",
        },
        time: 0,
        effect,
        per_cent: bootstrap.estimate(&shares).unwrap_or(NOTHING),
        level: side(0).iter().sum::<f64>() / there.len() as f64,
        seeds: there.len(),
        // no variance at all: nothing to reduce
        variance_reduction: (variances[0] + variances[1]) / variances[2],
        reduction_ends: reduction_ends(&there),
    })
}

/// How many times more seeds unpaired runs would need, from pairs (baseline, arm).
fn reduction(pairs: &[&[f64; 2]]) -> f64 {
    let side = |of: &dyn Fn(&[f64; 2]) -> f64| variance(&pairs.iter().map(|p| of(p)).collect::<Vec<f64>>());
    (side(&|p| p[0]) + side(&|p| p[1])) / side(&|p| p[1] - p[0])
}

/// 95 % interval of the variance reduction: ratios of variances are skewed, so the jackknife is taken of the log.
fn reduction_ends(pairs: &[&[f64; 2]]) -> [f64; 2] {
    let n = pairs.len();
    if n < 4 {
        return [f64::NAN; 2];
    }
    let without = |k: usize| {
        let others: Vec<&[f64; 2]> = pairs
            .iter()
            .enumerate()
            .filter(|(j, _)| *j != k)
            .map(|(_, p)| *p)
            .collect();
        reduction(&others).ln()
    };
    let whole = reduction(pairs).ln();
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

/// Shapley values and interactions of one metric at one horizon.
pub struct Decomposition {
    /// Metric.
    pub metric: &'static str,
    /// Unit of the values.
    pub unit: &'static str,
    /// Place of the horizon.
    pub horizon: usize,
    /// Value of each player, then of the package.
    pub players: Vec<Estimate>,
    /// Standard error that the drawn orders add to each player; 0 where every subset was run.
    pub drawn: Vec<f64>,
    /// Pairs of players and their interaction.
    pub pairs: Vec<(usize, usize, Estimate)>,
}

/// Decompositions of every metric of [`DECOMPOSED`] that is measured, at every horizon.
pub fn decompositions(task: &Task, seeds: &[SeedData]) -> Vec<Decomposition> {
    let mut out = Vec::new();
    if !task.plan.decompose {
        return out;
    }
    let bootstrap = Bootstrap::new(seeds.len());
    for (k, name) in DECOMPOSED.iter().enumerate() {
        let Some(series) = task.layout.find(name, crate::metrics::ALL) else {
            continue;
        };
        let metric = &METRICS[task.layout.keys[series].metric as usize];
        for horizon in 0..task.horizons.len() {
            let mut found = decompose(task, seeds, &bootstrap, (series, horizon), k == 0);
            found.metric = metric.name;
            found.unit = if k == 0 { "per cent" } else { metric.unit };
            out.push(found);
        }
    }
    out
}

fn decompose(
    task: &Task,
    seeds: &[SeedData],
    bootstrap: &Bootstrap,
    (series, horizon): (usize, usize),
    relative: bool,
) -> Decomposition {
    let plan = task.plan;
    let h = &task.horizons[horizon];
    let worth = |s: &SeedData| {
        let levels: Vec<f64> = (0..plan.arms.len()).map(|a| window(task, s, a, series, h)).collect();
        move |c: Coalition| {
            let now = plan.place(c).map_or(f64::NAN, |a| levels[a]);
            if relative {
                per_cent(levels[0], now)
            } else {
                now - levels[0]
            }
        }
    };
    let mut players: Vec<Vec<f64>> = vec![Vec::new(); plan.players.len() + 1];
    let mut pairs: Vec<Vec<f64>> = Vec::new();
    let mut names = Vec::new();
    let mut gains: Vec<Vec<f64>> = vec![vec![0.0; plan.orders.len() / 2]; plan.players.len()];
    for seed in seeds {
        let v = worth(seed);
        let values = shapley::values(plan, &v);
        players.iter_mut().zip(&values).for_each(|(list, x)| list.push(*x));
        if let Some(list) = players.last_mut() {
            list.push(v(plan.package_arm()));
        }
        let found = shapley::interactions(plan, &v);
        names = found.iter().map(|(i, j, _)| (*i, *j)).collect();
        pairs.resize(found.len(), Vec::new());
        pairs.iter_mut().zip(&found).for_each(|(list, (_, _, x))| list.push(*x));
        for (k, order) in plan.orders.iter().enumerate() {
            let marginal = shapley::marginal(order, &v);
            let share = 0.5 / seeds.len() as f64;
            gains.iter_mut().zip(marginal).for_each(|(g, x)| g[k / 2] += share * x);
        }
    }
    let nothing = |values: &[f64]| bootstrap.estimate(values).unwrap_or(NOTHING);
    let mut estimates: Vec<Estimate> = players.iter().map(|v| nothing(v)).collect();
    let mut drawn = vec![0.0; estimates.len()];
    for ((estimate, gains), drawn) in estimates.iter_mut().zip(&gains).zip(&mut drawn) {
        *drawn = widen(estimate, gains);
    }
    let pairs = names.into_iter().zip(&pairs).map(|((i, j), v)| (i, j, nothing(v)));
    Decomposition {
        metric: "",
        unit: "",
        horizon,
        players: estimates,
        drawn,
        pairs: pairs.collect(),
    }
}

/// Adds the error of drawn orders, from the mean gains of antithetic pairs, to an estimate over seeds; nothing to add
/// when all subsets were run. The two are taken as independent. Returns the standard error of drawing.
fn widen(estimate: &mut Estimate, gains: &[f64]) -> f64 {
    if gains.len() < 2 {
        return 0.0;
    }
    let drawn = variance(gains) / gains.len() as f64;
    let seeds = if estimate.se.is_finite() { estimate.se } else { 0.0 };
    let se = (drawn + seeds * seeds).sqrt();
    let half = t975(gains.len() - 1) * drawn.sqrt();
    *estimate = Estimate {
        se,
        low: estimate.mean - (estimate.mean - estimate.low).hypot(half),
        high: estimate.mean + (estimate.high - estimate.mean).hypot(half),
        ..*estimate
    };
    drawn.sqrt()
}

/// What the package does beyond the sum of its players alone.
pub struct Together {
    /// Metric.
    pub metric: &'static str,
    /// Unit.
    pub unit: &'static str,
    /// Place of the horizon.
    pub horizon: usize,
    /// Package minus sum of single players.
    pub value: Estimate,
}

/// Package minus the sum of single players, for any number of players from two on.
pub fn together(task: &Task, seeds: &[SeedData]) -> Vec<Together> {
    let (plan, bootstrap) = (task.plan, Bootstrap::new(seeds.len()));
    let mut out = Vec::new();
    let Some(package) = plan.place(plan.package_arm()).filter(|_| plan.players.len() > 1) else {
        return out;
    };
    let singles: Vec<usize> = (0..plan.players.len()).filter_map(|k| plan.place(1 << k)).collect();
    for (k, name) in DECOMPOSED.iter().enumerate() {
        let Some(series) = task.layout.find(name, crate::metrics::ALL) else {
            continue;
        };
        let metric = &METRICS[task.layout.keys[series].metric as usize];
        for (horizon, h) in task.horizons.iter().enumerate() {
            let value = over_seeds(&bootstrap, seeds, |s| {
                let base = window(task, s, 0, series, h);
                let effect = |arm: usize| {
                    let now = window(task, s, arm, series, h);
                    if k == 0 { per_cent(base, now) } else { now - base }
                };
                effect(package) - singles.iter().map(|arm| effect(*arm)).sum::<f64>()
            });
            out.push(Together {
                metric: name,
                unit: if k == 0 { "per cent" } else { metric.unit },
                horizon,
                value,
            });
        }
    }
    out
}

/// The estimate of a value per seed.
pub fn over_seeds(bootstrap: &Bootstrap, seeds: &[SeedData], value: impl Fn(&SeedData) -> f64) -> Estimate {
    let values: Vec<f64> = seeds.iter().map(value).collect();
    bootstrap.estimate(&values).unwrap_or(NOTHING)
}
