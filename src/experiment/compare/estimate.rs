//! Event study and difference in differences inside the model, next to the effect that they are meant to find.
//!
//! ```text
//! D_r = mean of y over post - mean of y over pre,    did = mean D of treated - mean D of control
//! se of one world: sqrt( s2_treated/n_treated + s2_control/n_control )
//! event_t = mean of (y_t - y_last pre) of treated - the same of control
//! true = mean over treated regions and post quarters of y_arm - y_baseline
//! ```
//!
//! With regions as clusters and windows collapsed to two means, this is two-way fixed effects with errors clustered by
//! region (Bertrand, Duflo, Mullainathan 2004), and the variance is Neyman's. `did` uses one economy only, as an
//! econometrician would; `true` compares the same regions in two economies with the same luck. Where nothing happens
//! before the reform,
//!
//! ```text
//! did = did_baseline + true_treated - true_control
//! ```
//!
//! exactly: `did_baseline` is the same comparison in the economy without the reform (trends that are not parallel), and
//! what the reform does to the controls through trade and migration (`true_control`) is taken out of `did`.

use super::paired::{Bootstrap, Estimate as Estimated, variance};
use super::panel::Layout;
use super::results::over_seeds;
use super::seed::{SeedData, Task};
use crate::base::problem::{Problem, Problems};
use crate::scenario::seed::SeedEconomy;
use crate::scenario::{Estimate, Scenario};

/// One line of `estimates.csv`.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// Place of the arm.
    pub arm: usize,
    /// What it is: `did`, `did_baseline`, `true_treated`, `true_control`, `did_minus_true`, `event`, `event_true`.
    pub term: &'static str,
    /// Quarters since the first of the post window, for events.
    pub event_time: Option<i64>,
    /// Mean and interval over seeds.
    pub value: Estimated,
    /// Standard error that one world tells, clustered by region: mean over seeds.
    pub se_clustered: f64,
}

/// A difference in differences: its value and the standard error that one world tells.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Did {
    /// Coefficient.
    pub value: f64,
    /// Standard error clustered by region; NaN with a single region on a side.
    pub se: f64,
}

/// The difference in differences of changes of the outcome by region.
pub fn did(treated: &[f64], control: &[f64]) -> Did {
    let mean = |x: &[f64]| x.iter().sum::<f64>() / x.len() as f64;
    let part = |x: &[f64]| variance(x) / x.len() as f64;
    let se = if treated.len() > 1 && control.len() > 1 {
        (part(treated) + part(control)).sqrt()
    } else {
        f64::NAN
    };
    Did {
        value: mean(treated) - mean(control),
        se,
    }
}

/// The series of the outcome by region, and the windows in quarters.
pub struct Study {
    treated: Vec<usize>,
    control: Vec<usize>,
    pre: [i64; 2],
    post: [i64; 2],
    log: bool,
}

impl Study {
    /// The study of a scenario, if it asks for one.
    ///
    /// # Errors
    /// If the outcome is not measured by region, or not written for these regions.
    pub fn of(scenario: &Scenario, data: &SeedEconomy, layout: &Layout) -> Result<Option<Self>, Problems> {
        let Some(asked) = &scenario.estimate else {
            return Ok(None);
        };
        let ids: Vec<&str> = data.regions.iter().map(|r| r.id.as_str()).collect();
        let find = |places: &[usize]| -> Result<Vec<usize>, Problems> {
            let series = |&r: &usize| layout.series(ids[r], &asked.outcome, &asked.group);
            let series: Option<Vec<usize>> = places.iter().map(series).collect();
            series.ok_or_else(|| unmeasured(asked))
        };
        let since = |w: [crate::scenario::Quarter; 2]| w.map(|q| q.since(scenario.start));
        Ok(Some(Self {
            treated: find(&asked.treated_places)?,
            control: find(&asked.control_places)?,
            pre: since(asked.pre),
            post: since(asked.post),
            log: asked.log,
        }))
    }

    /// Series of the outcome.
    pub fn series(&self) -> Vec<usize> {
        self.treated.iter().chain(&self.control).copied().collect()
    }

    /// Every line of the study, arm by arm.
    pub fn lines(&self, task: &Task, seeds: &[SeedData], bootstrap: &Bootstrap) -> Vec<Line> {
        let plan = task.plan;
        let full = plan.arms.iter().enumerate().skip(1).filter(|(_, c)| plan.full(**c));
        full.flat_map(|(arm, _)| self.arm(task, seeds, bootstrap, arm))
            .collect()
    }

    fn arm(&self, task: &Task, seeds: &[SeedData], bootstrap: &Bootstrap, arm: usize) -> Vec<Line> {
        let in_arm = |s: &SeedData, arm: usize| self.did(task, s, arm);
        let one = |s: &SeedData| in_arm(s, arm);
        let truth = |s: &SeedData, group: &[usize], window: [i64; 2]| {
            let effect = |r: &usize| self.mean(task, s, arm, *r, window) - self.mean(task, s, 0, *r, window);
            group.iter().map(effect).sum::<f64>() / group.len() as f64
        };
        let line = |term, event_time, value, se_clustered| Line {
            arm,
            term,
            event_time,
            value,
            se_clustered,
        };
        let over = |f: &dyn Fn(&SeedData) -> f64| over_seeds(bootstrap, seeds, f);
        let clustered = over(&|s| one(s).se).mean;
        let mut out = vec![
            line("did", None, over(&|s| one(s).value), clustered),
            line(
                "did_baseline",
                None,
                over(&|s| in_arm(s, 0).value),
                over(&|s| in_arm(s, 0).se).mean,
            ),
            line(
                "true_treated",
                None,
                over(&|s| truth(s, &self.treated, self.post)),
                f64::NAN,
            ),
            line(
                "true_control",
                None,
                over(&|s| truth(s, &self.control, self.post)),
                f64::NAN,
            ),
            line(
                "did_minus_true",
                None,
                over(&|s| one(s).value - truth(s, &self.treated, self.post)),
                f64::NAN,
            ),
        ];
        for t in self.pre[0]..=self.post[1] {
            let event = |s: &SeedData| {
                let last = [self.pre[1]; 2];
                let change = |r: &usize| self.mean(task, s, arm, *r, [t; 2]) - self.mean(task, s, arm, *r, last);
                let [a, b] = [&self.treated, &self.control].map(|g| g.iter().map(change).collect::<Vec<_>>());
                did(&a, &b)
            };
            let time = Some(t - self.post[0]);
            let se = over(&|s| event(s).se).mean;
            out.push(line("event", time, over(&|s| event(s).value), se));
            let truth = over(&|s| truth(s, &self.treated, [t; 2]));
            out.push(line("event_true", time, truth, f64::NAN));
        }
        out
    }

    /// The difference in differences of one economy.
    fn did(&self, task: &Task, seed: &SeedData, arm: usize) -> Did {
        let mean = |r: usize, window| self.mean(task, seed, arm, r, window);
        let change = |r: &usize| mean(*r, self.post) - mean(*r, self.pre);
        let [treated, control] = [&self.treated, &self.control].map(|g| g.iter().map(change).collect::<Vec<_>>());
        did(&treated, &control)
    }

    /// Mean of the outcome (or its log) of a region's series over a window.
    fn mean(&self, task: &Task, seed: &SeedData, arm: usize, series: usize, [from, to]: [i64; 2]) -> f64 {
        let values = &seed.arms[arm].values;
        let value = |t: i64| {
            let value = values.value(task.layout, series, t as usize);
            if self.log { value.ln() } else { value }
        };
        (from..=to).map(value).sum::<f64>() / (to - from + 1) as f64
    }
}

fn unmeasured(asked: &Estimate) -> Problems {
    let (outcome, group) = (&asked.outcome, &asked.group);
    let message = format!("`{outcome}` of group `{group}` is not measured for each of these regions");
    let advice = "choose a metric that is measured by region, with its group, and `output.regions = \"all\"`";
    Problem::placeless("estimate.outcome", message).advice(advice).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::draws::{Draws, Stage};

    #[test]
    fn a_planted_effect_is_found_within_its_interval() {
        // regions with their own level and luck, common quarters, one planted effect: the interval of the standard
        // error covers it as often as it should
        let stream = Draws::new(1).stream(Stage::Analysis, 8, 200);
        let (planted, trials) = (0.7, 400);
        let mut covered = 0;
        for trial in 0..trials {
            let mut luck = stream.at(trial);
            let mut changes = |effect: f64| -> Vec<f64> {
                let region = |_| {
                    let (level, common) = (10.0 * luck.uniform(), 3.0);
                    let (before, after) = (level + 0.3 * luck.normal(), level + common + 0.3 * luck.normal());
                    after + effect - before
                };
                (0..15).map(region).collect()
            };
            let found = did(&changes(planted), &changes(0.0));
            covered += usize::from((found.value - planted).abs() < 2.05 * found.se);
        }
        let share = covered as f64 / trials as f64;
        assert!((0.91..0.985).contains(&share), "{share}");
    }

    #[test]
    fn without_luck_it_is_exact() {
        let found = did(&[1.5, 1.5], &[1.0, 1.0, 1.0]);
        assert_eq!(found, Did { value: 0.5, se: 0.0 });
        assert!(did(&[1.5], &[1.0, 1.0]).se.is_nan());
    }
}
