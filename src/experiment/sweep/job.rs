//! One job: a point and a seed to named outcomes.

use super::design::Point;
use crate::experiment::compare::panel::{Horizon, Layout};
use crate::experiment::folder::scopes_of;
use crate::experiment::job::{self, JobError};
use crate::metrics::{self, METRICS, Scope};
use crate::policy::Schedule;
use crate::scenario::experiment::Experiment;
use crate::scenario::seed::SeedEconomy;
use crate::scenario::{Known, Scenario};
use crate::world::World;

/// What all jobs share.
pub struct Task<'a> {
    /// The experiment.
    pub experiment: &'a Experiment,
    /// Names that scenarios may use.
    pub known: &'a Known,
    /// Seed economy.
    pub data: &'a SeedEconomy,
    /// Points.
    pub points: Vec<Point>,
    /// Years over which outcomes are averaged.
    pub horizons: Vec<Horizon>,
    scopes: Vec<Scope>,
    layout: Layout,
    /// Place of each outcome in the layout.
    series: Vec<usize>,
}

/// One row of results.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// Place of the job: point times replicates plus replicate.
    pub job: usize,
    /// Lever whose effect it is, or empty for a level.
    pub arm: String,
    /// Outcome, or empty where the job failed.
    pub outcome: String,
    /// Unit.
    pub unit: String,
    /// End of the year [years since the start]; NaN where the job failed.
    pub horizon: f64,
    /// Value; NaN where there is none.
    pub value: f64,
    /// Why there is no value.
    pub error: String,
}

/// What an outcome cannot be.
#[derive(Debug, thiserror::Error)]
#[error("the outcome `{0}` does not exist: the metric has no such group, or is not measured there")]
pub struct NoSeries(String);

impl<'a> Task<'a> {
    /// Jobs of an experiment.
    ///
    /// # Errors
    /// If an outcome does not exist.
    pub fn new(experiment: &'a Experiment, known: &'a Known, data: &'a SeedEconomy) -> Result<Self, NoSeries> {
        let wanted = |s: &Scope| s.name == "total" || experiment.outcomes.iter().any(|o| o.region == s.name);
        let scopes: Vec<Scope> = scopes_of(data).into_iter().filter(wanted).collect();
        let most = experiment.ends.iter().copied().max().unwrap_or(4) as usize;
        let layout = Layout::new(&scopes, most, &|_| true);
        let series = experiment.outcomes.iter().map(|o| {
            let found = layout.series(&o.region, &o.metric, &o.group);
            found.ok_or_else(|| NoSeries(o.name.clone()))
        });
        let horizon = |end: &u32| Horizon {
            years: f64::from(*end) / 4.0,
            from: *end as usize - 4,
            to: *end as usize - 1,
        };
        Ok(Self {
            series: series.collect::<Result<_, _>>()?,
            points: super::design::points(experiment),
            horizons: experiment.ends.iter().map(horizon).collect(),
            experiment,
            known,
            data,
            scopes,
            layout,
        })
    }

    /// Number of jobs.
    pub fn jobs(&self) -> usize {
        self.points.len() * self.experiment.replicates as usize
    }

    /// Point and replicate of a job.
    pub fn place(&self, job: usize) -> (usize, usize) {
        let replicates = self.experiment.replicates as usize;
        (job / replicates, job % replicates)
    }

    /// Quarters that a job steps.
    pub fn quarters(&self, burn_in: u32) -> u64 {
        let arms = match self.experiment.effect_of.len() {
            0 => 1,
            n => n + 1,
        };
        u64::from(burn_in) + (arms * self.layout.quarters) as u64
    }

    /// Runs a job. A failure becomes a row; only the user's stop is an error.
    ///
    /// # Errors
    /// If the user stops.
    pub fn run(&self, job: usize, stop: &dyn Fn() -> bool, tick: &mut dyn FnMut()) -> Result<Vec<Row>, JobError> {
        let attempt = std::panic::AssertUnwindSafe(|| self.attempt(job, stop, tick));
        // a bug at one point must not lose the others
        let error = match std::panic::catch_unwind(attempt) {
            Ok(Ok(rows)) => return Ok(rows),
            Ok(Err(Failure::Job(JobError::Interrupted))) => return Err(JobError::Interrupted),
            Ok(Err(failure)) => failure.to_string(),
            Err(_) => "the program panicked at this point".to_owned(),
        };
        Ok(vec![Row {
            job,
            arm: String::new(),
            outcome: String::new(),
            unit: String::new(),
            horizon: f64::NAN,
            value: f64::NAN,
            error,
        }])
    }

    fn attempt(&self, job: usize, stop: &dyn Fn() -> bool, tick: &mut dyn FnMut()) -> Result<Vec<Row>, Failure> {
        let (point, replicate) = self.place(job);
        let scenario = self.experiment.scenario_at(&self.points[point], self.known);
        let scenario = scenario.map_err(|p| Failure::Input(p.to_string().replace('\n', "; ")))?;
        let seed = super::design::seed_of(self.experiment.base_seed, replicate);
        let (start, _) = job::burn_in(&scenario, self.data, seed, stop, tick)?;
        let mut rows = Vec::new();
        if self.experiment.effect_of.is_empty() {
            let values = self.arm(start, &scenario.schedule, stop, tick)?;
            self.rows(job, "", |o, h| values[o][h], &mut rows);
            return Ok(rows);
        }
        let base = self.arm(start.clone(), &scenario.schedule.status_quo(), stop, tick)?;
        for name in &self.experiment.effect_of {
            let now = self.arm(start.clone(), &alone(&scenario, name), stop, tick)?;
            let effect = |o: usize, h: usize| {
                let (before, after): (f64, f64) = (base[o][h], now[o][h]);
                match self.experiment.per_cent {
                    true => 100.0 * (after - before) / before.abs(),
                    false => after - before,
                }
            };
            self.rows(job, name, effect, &mut rows);
        }
        Ok(rows)
    }

    /// Mean of every outcome over every horizon.
    fn arm(
        &self,
        mut w: World,
        schedule: &Schedule,
        stop: &dyn Fn() -> bool,
        tick: &mut dyn FnMut(),
    ) -> Result<Vec<Vec<f64>>, JobError> {
        let inside = w.geography.inside;
        let mut sums = vec![vec![0.0; self.horizons.len()]; self.series.len()];
        let mut row = vec![f64::NAN; self.layout.keys.len()];
        let mut rules = job::rules_at(schedule, w.tick, inside)?;
        while w.tick < self.layout.quarters as i64 {
            if stop() {
                return Err(JobError::Interrupted);
            }
            if schedule.changes_at(w.tick) {
                rules = job::rules_at(schedule, w.tick, inside)?;
            }
            let now = w.tick;
            crate::step::step(&mut w, &rules)?;
            if self.horizons.iter().any(|h| h.holds(now)) {
                row.fill(f64::NAN);
                let measured = metrics::measure(&metrics::snapshot(&w), &self.scopes);
                self.layout.fill(&measured, &mut row);
                for (sum, &series) in sums.iter_mut().zip(&self.series) {
                    for (sum, h) in sum.iter_mut().zip(&self.horizons).filter(|(_, h)| h.holds(now)) {
                        *sum += row[series] / h.length() as f64;
                    }
                }
            }
            tick();
        }
        Ok(sums)
    }

    fn rows(&self, job: usize, arm: &str, value: impl Fn(usize, usize) -> f64, out: &mut Vec<Row>) {
        for (o, outcome) in self.experiment.outcomes.iter().enumerate() {
            let unit = METRICS[self.layout.keys[self.series[o]].metric as usize].unit;
            let per_cent = self.experiment.per_cent && !arm.is_empty();
            for (h, horizon) in self.horizons.iter().enumerate() {
                let value = value(o, h);
                let missing = if value.is_finite() {
                    ""
                } else {
                    "not measured in every quarter of the year"
                };
                out.push(Row {
                    job,
                    arm: arm.to_owned(),
                    outcome: outcome.name.clone(),
                    unit: if per_cent { "% of baseline" } else { unit }.to_owned(),
                    horizon: horizon.years,
                    value,
                    error: missing.to_owned(),
                });
            }
        }
    }
}

#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error("{0}")]
    Input(String),
    #[error(transparent)]
    Job(#[from] JobError),
}

/// The schedule of a scenario with one of its levers, or all (`package`).
fn alone(scenario: &Scenario, name: &str) -> Schedule {
    let switches = scenario.schedule.switches().iter();
    let on = switches.filter(|s| name == "package" || s.lever.id == name).cloned();
    Schedule::new(scenario.schedule.law().clone(), on.collect())
}
