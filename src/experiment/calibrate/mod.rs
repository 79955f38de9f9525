//! `yaosu calibrate`: the simulated method of moments on named targets.
//!
//! | file | what |
//! |---|---|
//! | `moments` | a model as a function to moments; evaluations; the criterion |
//! | `model` | the economy as such a model |
//! | `store` | runs on the disk, each made once |
//! | `search` | Sobol points, local searches, steps of Gauss and Newton |
//! | `jacobian` | central differences with a step that stands out of luck |
//! | `estimate` | standard errors, directions, what is not identified |
//! | `files` | what is left behind |
//!
//! The seeds are common to all evaluations. Runs are kept as they finish, so work that was stopped goes on where it was.

mod estimate;
mod files;
mod jacobian;
mod model;
mod moments;
mod search;
mod store;
#[cfg(test)]
mod tests;

use super::job::{JobError, seed_economy};
use super::run::{QUARTERS, Watch};
use super::sweep::files::write_text;
use super::sweep::{Plan, hash, program_hash};
use crate::base::problem::{Problem, Problems};
use crate::base::spanned::float;
use crate::scenario::experiment::calibration::Calibration;
use crate::scenario::seed::SeedEconomy;
use crate::scenario::{Known, Scenario};
use anyhow::{Context, anyhow};
use estimate::Estimates;
pub use files::{PARAMETERS, TARGETS};
use model::{Economy, Measures};
use moments::{Aim, Evaluation, Failure, Model, Objective, Stage, covariance_of_mean, evaluate};
use rayon::prelude::*;
use search::{Budget, Found, search};
use std::path::{Path, PathBuf};
use std::time::Instant;
use store::Store;

/// A calibration that is ready to run.
pub struct Work<'a> {
    calibration: &'a Calibration,
    known: &'a Known,
    data: SeedEconomy,
    base: Scenario,
    measures: Measures,
    plan: Plan,
    /// Its folder.
    pub folder: PathBuf,
}

/// What came of a calibration.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// Whether the distance is within the tolerance.
    pub converged: bool,
    /// Root of the mean squared error over targets `[standard errors]`.
    pub distance: f64,
    /// Evaluations.
    pub evaluations: usize,
    /// Runs that were on the disk already.
    pub reused: usize,
    /// Seconds.
    pub seconds: f64,
}

/// All that the files tell.
struct Results<'a> {
    economy: &'a Economy<'a>,
    base: &'a Scenario,
    objective: Objective,
    found: Found,
    /// None if the model failed beside the optimum.
    estimates: Option<Estimates>,
    outcome: Outcome,
}

impl<'a> Work<'a> {
    /// Plans a calibration; its folder is `resume`, or stands in `out` under its name and hash. Nothing is written.
    ///
    /// # Errors
    /// If the scenario or its data are not sound, or the model does not measure a target.
    pub fn plan(
        calibration: &'a Calibration,
        known: &'a Known,
        out: &Path,
        resume: Option<&Path>,
    ) -> anyhow::Result<Self> {
        let base = calibration.scenario_at(&[], known)?;
        let data = seed_economy(&base.world)?;
        let measures = Measures::new(calibration, &data)
            .map_err(|missing| Problems::from(Problem::placeless("calibrate.targets", missing.to_string())))?;
        let plan = plan(calibration, &base, &data)?;
        let folder = match resume {
            Some(folder) => folder.to_owned(),
            None => {
                let mut asked = calibration.clone();
                asked.text.clear();
                let asked = format!("{asked:?} {:?}", &plan.fields[1..]);
                out.join(format!("{}-calibrate-{}", calibration.name, hash(asked.as_bytes(), 8)))
            }
        };
        Ok(Self {
            calibration,
            known,
            data,
            base,
            measures,
            plan,
            folder,
        })
    }

    /// Makes the folder, or checks that its runs are of this economy and these targets.
    ///
    /// # Errors
    /// If they are of something else ([`super::sweep::Unfit`]), or the folder cannot be written.
    pub fn open(&self) -> anyhow::Result<()> {
        std::fs::create_dir_all(&self.folder).with_context(|| format!("create {}", self.folder.display()))?;
        self.plan.settle(&self.folder)?;
        write_text(&self.folder.join("experiment.toml"), &self.calibration.text)
    }

    /// Searches, takes derivatives, and writes what came of it.
    ///
    /// # Errors
    /// If the user stops, the model has no moments where the search begins or targets are planted, or a file cannot be
    /// written. Runs that were made are kept.
    pub fn run(&self, watch: &dyn Watch) -> anyhow::Result<Outcome> {
        let started = Instant::now();
        let c = self.calibration;
        let keys: Vec<&str> = c.axes.iter().map(|a| a.key.as_str()).collect();
        let names = names(c);
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let store = Store::open(&self.folder, &keys, &names)?;
        let (own, others) = self.base.seeds.split_at(c.replicates as usize);
        let model = (c, self.known, &self.data, &self.measures);
        let economy = Economy::new(model, &store, own.to_vec(), watch);
        let each = u64::from(self.base.burn_in + c.quarters());
        let runs = u64::from(c.evaluations) * own.len() as u64 + others.len() as u64;
        watch.begin(each * runs, QUARTERS);
        let aim = targets(&economy, others)?;
        let start = evaluate(&economy, &[self.start()?], Stage::Start).map_err(told)?;
        let start = start
            .into_iter()
            .next()
            .ok_or_else(|| anyhow!("nothing was evaluated"))?;
        if !start.error.is_empty() {
            let at = economy.values(&start.at).join(", ");
            return Err(anyhow!(
                "the model has no moments where the search begins ({at}): {}",
                start.error
            ));
        }
        let objective = Objective::new(aim, &start);
        let budget = Budget {
            evaluations: c.evaluations as usize,
            points: c.points as usize,
            starts: c.starts as usize,
        };
        let found = search(&economy, &objective, start, &budget, &|text| watch.say(text)).map_err(told)?;
        let best = &found.all[found.best];
        let distance = objective.distance(best);
        let estimates = found.jacobian.as_ref().map(|g| estimate::estimate(&objective, best, g));
        let outcome = Outcome {
            converged: distance <= c.tolerance,
            distance,
            evaluations: found.all.len(),
            reused: store.reused(),
            seconds: started.elapsed().as_secs_f64(),
        };
        let results = Results {
            economy: &economy,
            base: &self.base,
            objective,
            found,
            estimates,
            outcome: outcome.clone(),
        };
        store.sort(&order(&economy, &results.found.all, others))?;
        files::write(&self.folder, &results)?;
        Ok(outcome)
    }

    /// Where the search begins: the scenario's own values, or the middle of a range where there is none in it, or where the
    /// model makes the targets, which must not tell the search where they are from.
    fn start(&self) -> anyhow::Result<Vec<f64>> {
        let own = self.calibration.own_values(self.known)?;
        let made = self.calibration.recover.is_some();
        let place = |(own, (low, high)): (Option<f64>, (f64, f64))| match own {
            Some(value) if !made => (value - low) / (high - low),
            _ => 0.5,
        };
        Ok(own.into_iter().zip(self.calibration.ranges()).map(place).collect())
    }
}

/// Names of the targets with their horizons: a fact may be a target at several.
fn names(calibration: &Calibration) -> Vec<String> {
    let name =
        |t: &crate::scenario::experiment::calibration::Target| format!("{}, year {}", t.name, f64::from(t.end) / 4.0);
    calibration.targets.iter().map(name).collect()
}

/// What decides the moments of a run; a folder with other ones is refused.
fn plan(c: &Calibration, base: &Scenario, data: &SeedEconomy) -> anyhow::Result<Plan> {
    let short = |text: String| hash(text.as_bytes(), 16);
    let keys: Vec<&str> = c.axes.iter().map(|a| a.key.as_str()).collect();
    let measures: Vec<_> = c.targets.iter().map(|t| (&t.measure, t.end)).collect();
    Ok(Plan {
        fields: vec![
            ("program", format!("{} {}", env!("CARGO_PKG_VERSION"), program_hash()?)),
            (
                "scenario",
                short(format!("{} {} {:?}", base.economy_hash8(), base.start, c.set)),
            ),
            ("levers", short(format!("{:?}", base.levers))),
            ("data", short(format!("{data:?}"))),
            ("keys", short(format!("{keys:?}"))),
            ("targets", short(format!("{measures:?}"))),
        ],
        jobs: 0,
        jobs_per_part: 1,
    })
}

/// Targets and the covariance of their errors: of the file, or of the model at planted values with seeds of their own.
fn targets(economy: &Economy, seeds: &[u64]) -> anyhow::Result<Aim> {
    let c = economy.calibration;
    if let Some(recover) = &c.recover {
        let values: Vec<String> = recover.planted.iter().map(|v| float(*v)).collect();
        let mut draws = Vec::with_capacity(seeds.len());
        for batch in seeds.chunks(rayon::current_num_threads().max(1)) {
            let done: Vec<_> = batch.par_iter().map(|seed| economy.at_seed(&values, *seed)).collect();
            for run in done {
                draws.push(run.map_err(told).context("at the planted values")?);
            }
        }
        let made = Evaluation {
            stage: Stage::Start,
            at: Vec::new(),
            draws,
            error: String::new(),
        };
        let sampling = covariance_of_mean(&made.draws);
        if let Some(j) = (0..sampling.len()).find(|&j| !(sampling[j][j] > 0.0)) {
            let name = &c.targets[j].name;
            return Err(anyhow!(
                "the target `{name}` is the same for every seed, so that it has no weight"
            ));
        }
        return Ok((made.mean(c.targets.len()), sampling, seeds.len()));
    }
    let evidence: Vec<(f64, f64)> = c
        .targets
        .iter()
        .filter_map(|t| t.evidence.as_ref().map(|e| (e.value, e.se)))
        .collect();
    let n = evidence.len();
    let entry = |i: usize, j: usize| if i == j { evidence[i].1.powi(2) } else { 0.0 };
    let sampling = (0..n).map(|i| (0..n).map(|j| entry(i, j)).collect()).collect();
    Ok((evidence.iter().map(|e| e.0).collect(), sampling, 0))
}

/// Keys of runs in the order in which they were asked for.
fn order(economy: &Economy, all: &[Evaluation], others: &[u64]) -> Vec<String> {
    let mut keys = Vec::new();
    if let Some(recover) = &economy.calibration.recover {
        let values: Vec<String> = recover.planted.iter().map(|v| float(*v)).collect();
        keys.extend(others.iter().map(|seed| store::key(&values, *seed)));
    }
    for evaluation in all {
        let values = economy.values(&evaluation.at);
        keys.extend(economy.seeds.iter().map(|seed| store::key(&values, *seed)));
    }
    debug_assert!(economy.replicates() == economy.seeds.len());
    keys
}

fn told(failure: Failure) -> anyhow::Error {
    match failure {
        Failure::Stopped => JobError::Interrupted.into(),
        Failure::Wrong(why) | Failure::Broken(why) => anyhow!(why),
    }
}
