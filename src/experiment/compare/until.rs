//! How many seeds are enough: a sequential rule that looks at fixed numbers of seeds.
//!
//! Seeds are added until the 95 % interval of the effect on the target is narrow enough for every single player and
//! the package, at every horizon (Chow and Robbins 1965). The looks are at [`FIRST`] seeds and every [`STEP`] after, so
//! that the answer does not depend on threads. Stopping when the spread happens to look small makes the last intervals
//! cover somewhat less than they say (by 1 to 3 points of 95 with these looks): ask for a narrower width than needed.

use super::paired::variance;
use super::panel::{Horizon, Layout};
use super::results::{per_cent, window};
use super::seed::{SeedData, Task};
use crate::base::problem::{Problem, Problems};
use crate::base::stats::t975;
use crate::metrics::METRICS;

/// Seeds of the first look: fewer may agree by luck.
const FIRST: usize = 8;
/// Seeds between looks.
const STEP: usize = 4;

/// A precision to reach.
#[derive(Clone, Debug, PartialEq)]
pub struct Until {
    /// Series: `metric`, `metric:group`, `metric@region` or `metric:group@region`.
    pub targets: Vec<String>,
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

    /// The half-width as it was asked for.
    pub fn asked(&self) -> String {
        format!("{}{}", self.half_width, if self.per_cent { "%" } else { "" })
    }

    /// The series of the targets.
    ///
    /// # Errors
    /// If a target is not measured.
    pub(super) fn series(&self, layout: &Layout) -> Result<Vec<usize>, Problems> {
        let mut problems = Problems::default();
        for target in self.targets.iter().filter(|t| find(layout, t).is_none()) {
            let (metric, group, region) = parts(target);
            let message = format!("`{target}` is not measured: metric `{metric}`, group `{group}`, region `{region}`");
            let groups = layout.keys.iter().filter(|k| METRICS[k.metric as usize].name == metric);
            let mut names: Vec<&str> = groups.map(|k| k.group).collect();
            names.sort_unstable();
            names.dedup();
            let advice = match names.is_empty() {
                true => "write metric, metric:group or metric:group@region".to_owned(),
                false => format!(
                    "`{metric}` has the groups {}; regions must be written",
                    names.join(", ")
                ),
            };
            problems.push(Problem::placeless("--target", message).advice(&advice));
        }
        problems.or(self.targets.iter().filter_map(|t| find(layout, t)).collect())
    }

    /// The widest half-width over targets, players, package and horizons; infinite if it cannot be told.
    pub(super) fn width(&self, task: &Task, seeds: &[SeedData]) -> f64 {
        let full = task.plan.arms.iter().enumerate().filter(|(_, c)| task.plan.full(**c));
        let arms: Vec<usize> = full.skip(1).map(|(k, _)| k).collect();
        let mut widest: f64 = 0.0;
        for target in &self.targets {
            let Some(series) = find(task.layout, target) else {
                return f64::INFINITY;
            };
            for &arm in &arms {
                for h in &task.horizons {
                    widest = widest.max(self.one(task, seeds, (arm, series), h));
                }
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

/// Metric, group and region of a target.
pub fn parts(target: &str) -> (&str, &str, &str) {
    let (series, region) = target.split_once('@').unwrap_or((target, "total"));
    let (metric, group) = series.split_once(':').unwrap_or((series, crate::metrics::ALL));
    (metric, group, region)
}

fn find(layout: &Layout, target: &str) -> Option<usize> {
    let (metric, group, region) = parts(target);
    layout.series(region, metric, group)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_have_a_group_and_a_region() {
        assert_eq!(parts("gdp_real"), ("gdp_real", "all", "total"));
        assert_eq!(
            parts("log_wage_incumbent:low_native"),
            ("log_wage_incumbent", "low_native", "total")
        );
        assert_eq!(parts("population@wanzhou"), ("population", "all", "wanzhou"));
        assert_eq!(parts("a:b@c"), ("a", "b", "c"));
    }

    #[test]
    fn a_target_without_a_series_is_refused_with_the_groups_there_are() {
        let layout = Layout::new(&[], 4, &|_| true);
        let until = |target: &str| Until {
            targets: vec![target.to_owned()],
            half_width: 0.1,
            per_cent: true,
        };
        let told = until("log_wage_incumbent")
            .series(&layout)
            .expect_err("no scope at all");
        assert!(told.to_string().contains("log_wage_incumbent"), "{told}");
    }
}
