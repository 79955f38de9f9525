//! From the panel of values to estimates.

use super::paired::{self, Bootstrap, Estimate, variance};
use super::panel::Horizon;
use super::players::Coalition;
use super::seed::{SeedData, Task};
use super::shapley;
use crate::base::stats::t975;
use crate::metrics::{ALL, METRICS};
use crate::scenario::Scenario;

/// Metrics of the decomposition, beside the margins of the levers: the first in per cent of the baseline, the others in
/// their own unit.
pub const DECOMPOSED: &[&str] = &[
    "gdp_real",
    "income_per_head",
    "wage_mean",
    "unemployment_rate",
    "urban_rural_ratio",
    "gini_income",
    "population",
    "housing_rent",
    "firms",
    "first_loans",
    "lease_share",
    "farm_productivity",
    "mrpk_sd",
    "loan_application_rate",
    "hukou_conversions",
];

/// Name of the mean change of the value of life of people frozen at the reform date ([`crate::metrics::welfare`]).
const GAINS: &str = "gains";

/// Kinds of groups whose gains are decomposed.
const GAINING: [&str; 2] = ["all", "hukou_status"];

/// What is decomposed.
#[derive(Clone, Copy)]
enum Of {
    /// A series of the total, in per cent of the baseline.
    Relative(usize),
    /// A series of the total, in its own unit.
    Plain(usize),
    /// The mean gain of a group of people: `ln(1 + mean)`, which adds up over people.
    Gain(usize),
}

/// An outcome that is decomposed.
struct Decomposed {
    /// `metric`, or `metric:group` of a group.
    name: String,
    /// Unit of its values.
    unit: &'static str,
    of: Of,
}

impl Decomposed {
    /// Effect of an arm against the baseline of the same seed.
    fn effect(&self, task: &Task, seed: &SeedData, h: usize, arm: usize) -> f64 {
        let level = |arm: usize, series: usize| window(task, seed, arm, series, &task.horizons[h]);
        match self.of {
            Of::Relative(series) => per_cent(level(0, series), level(arm, series)),
            Of::Plain(series) => level(arm, series) - level(0, series),
            Of::Gain(_) if arm == 0 => 0.0,
            Of::Gain(group) => 100.0 * seed.arms[arm].horizons[h].gains.groups[group].mean.ln_1p(),
        }
    }
}

/// Metrics of which a comparison needs the total, whether or not the scenario writes them: those of [`DECOMPOSED`] and
/// the margins of the levers.
pub fn decomposed_metrics(scenario: &Scenario) -> impl Iterator<Item = &str> {
    let margins = scenario.levers.iter().filter_map(|a| a.lever.margin.as_ref());
    DECOMPOSED.iter().copied().chain(margins.map(|m| m.metric.as_str()))
}

/// What is decomposed: the metrics of [`DECOMPOSED`], the margins of the levers, each once, then the gains of people.
fn decomposed(task: &Task, seeds: &[SeedData]) -> Vec<Decomposed> {
    let margins = task.scenario.levers.iter().filter_map(|a| a.lever.margin.as_ref());
    let margins = margins.map(|m| (m.metric.as_str(), m.group.as_str()));
    let all = DECOMPOSED.iter().map(|metric| (*metric, ALL)).chain(margins);
    let mut found: Vec<Decomposed> = Vec::new();
    for (metric, group) in all {
        let name = if group == ALL {
            metric.to_owned()
        } else {
            format!("{metric}:{group}")
        };
        let known = found.iter().any(|d| d.name == name);
        if let (false, Some(series)) = (known, task.layout.find(metric, group)) {
            let unit = METRICS[task.layout.keys[series].metric as usize].unit;
            let (unit, of) = match name == DECOMPOSED[0] {
                true => ("per cent", Of::Relative(series)),
                false => (unit, Of::Plain(series)),
            };
            found.push(Decomposed { name, unit, of });
        }
    }
    let groups = seeds.first().map_or(&[][..], |s| &s.groups).iter().enumerate();
    let people = groups.filter(|(_, (kind, _, _))| GAINING.contains(kind));
    found.extend(people.map(|(g, (_, group, _))| Decomposed {
        name: format!("{GAINS}:{group}"),
        unit: "per cent",
        of: Of::Gain(g),
    }));
    found
}

/// The estimate of what no seed has measured.
pub const NOTHING: Estimate = Estimate {
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

/// Mean over a span of a series that is near ([`Layout::near`]).
///
/// [`Layout::near`]: super::panel::Layout::near
pub fn window(task: &Task, seed: &SeedData, arm: usize, series: usize, h: &Horizon) -> f64 {
    seed.arms[arm].values.window(task.layout, series, h)
}

/// Shapley values and interactions of one metric at one horizon.
pub struct Decomposition {
    /// Metric, or `metric:group`.
    pub metric: String,
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

/// Decompositions of every outcome at every horizon; of gains only where people are followed in every arm, which they are
/// for up to two players.
pub fn decompositions(task: &Task, seeds: &[SeedData], bootstrap: &Bootstrap) -> Vec<Decomposition> {
    let mut out = Vec::new();
    if !task.plan.decompose {
        return out;
    }
    let followed = task.plan.arms.iter().all(|arm| task.plan.full(*arm));
    let told = |d: &Decomposed| followed || !matches!(d.of, Of::Gain(_));
    for d in decomposed(task, seeds).into_iter().filter(told) {
        let horizons = 0..task.horizons.len();
        out.extend(horizons.map(|h| decompose(task, seeds, bootstrap, &d, h)));
    }
    out
}

fn decompose(
    task: &Task,
    seeds: &[SeedData],
    bootstrap: &Bootstrap,
    outcome: &Decomposed,
    horizon: usize,
) -> Decomposition {
    let plan = task.plan;
    let worth = |s: &SeedData| {
        let arms = 0..plan.arms.len();
        let effects: Vec<f64> = arms.map(|arm| outcome.effect(task, s, horizon, arm)).collect();
        move |c: Coalition| plan.place(c).map_or(f64::NAN, |arm| effects[arm])
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
        metric: outcome.name.clone(),
        unit: outcome.unit,
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
    /// Metric, or `metric:group`.
    pub metric: String,
    /// Unit.
    pub unit: &'static str,
    /// Place of the horizon.
    pub horizon: usize,
    /// Package minus sum of single players.
    pub value: Estimate,
}

/// Package minus the sum of single players, for any number of players from two on.
pub fn together(task: &Task, seeds: &[SeedData], bootstrap: &Bootstrap) -> Vec<Together> {
    let plan = task.plan;
    let mut out = Vec::new();
    let Some(package) = plan.place(plan.package_arm()).filter(|_| plan.players.len() > 1) else {
        return out;
    };
    let singles: Vec<usize> = (0..plan.players.len()).filter_map(|k| plan.place(1 << k)).collect();
    for d in decomposed(task, seeds) {
        for horizon in 0..task.horizons.len() {
            let value = over_seeds(bootstrap, seeds, |s| {
                let effect = |arm: usize| d.effect(task, s, horizon, arm);
                effect(package) - singles.iter().map(|arm| effect(*arm)).sum::<f64>()
            });
            out.push(Together {
                metric: d.name.clone(),
                unit: d.unit,
                horizon,
                value,
            });
        }
    }
    out
}

/// The mean of a value per seed; NaN if no seed has one.
pub fn mean_over_seeds(seeds: &[SeedData], value: impl Fn(&SeedData) -> f64) -> f64 {
    let values: Vec<f64> = seeds.iter().map(value).collect();
    paired::mean(&values).unwrap_or(f64::NAN)
}

/// The estimate of a value per seed.
pub fn over_seeds(bootstrap: &Bootstrap, seeds: &[SeedData], value: impl Fn(&SeedData) -> f64) -> Estimate {
    let values: Vec<f64> = seeds.iter().map(value).collect();
    bootstrap.estimate(&values).unwrap_or(NOTHING)
}
