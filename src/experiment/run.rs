//! `yaosu run`: one scenario, one or many seeds, with its reference.

pub(super) mod files;

use super::folder::{self, wanted_scopes};
use super::job::{self, Arm, ArmResult, JobError};
use crate::metrics::scopes;
use crate::scenario::seed::SeedEconomy;
use crate::scenario::{Reference, Scenario};
use crate::world::birth::Target;
use crate::world::checkpoint;
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::Instant;

/// What a run is asked beyond its scenario.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Folder for results.
    pub out: PathBuf,
    /// Go on from this checkpoint (one seed).
    pub from: Option<PathBuf>,
    /// Save the world at the end (one seed).
    pub save: Option<PathBuf>,
}

/// What a run tells while it works.
pub trait Watch: Sync {
    /// Quarters to step in all.
    fn begin(&self, quarters: u64);
    /// One quarter stepped.
    fn tick(&self);
    /// Whether the user wants to stop.
    fn stop(&self) -> bool;
    /// A message.
    fn say(&self, text: &str);
}

/// What a run did.
#[derive(Debug)]
pub struct Summary {
    /// Folder that the results get when published.
    pub folder: PathBuf,
    /// Folder that they stand in until then.
    pub partial: PathBuf,
    /// Seeds that finished.
    pub seeds: usize,
    /// Seconds from birth to the last quarter.
    pub seconds: f64,
    /// Workers stepped by a quarter per second of wall time: births, burn-in, measures, all threads.
    pub agent_quarters_per_second: f64,
    /// Workers stepped by a measured quarter per second that a job spent stepping.
    pub stepping_per_job: f64,
    /// Stages audited.
    pub audits: u64,
    /// Seconds by stage, then of audits, summed over jobs.
    pub stage_seconds: Vec<(&'static str, f64)>,
    /// Targets of birth of the first seed.
    pub targets: Vec<Target>,
    /// Whether the user stopped it.
    pub interrupted: bool,
}

/// Arms of a seed, and the targets of its birth.
type SeedResult = (Vec<ArmResult>, Vec<Target>);

/// Runs a scenario and writes its folder.
///
/// # Errors
/// If a job or a file fails; what was complete is kept.
pub fn run(scenario: &Scenario, options: &Options, watch: &dyn Watch) -> anyhow::Result<Summary> {
    let data = job::seed_economy(&scenario.world)?;
    let existed = options.out.exists();
    let partial = folder::open_partial(&options.out, &folder_name(scenario, options))?;
    let finished = run_in(scenario, &data, options, watch, &partial);
    if finished.is_err() {
        let _ = std::fs::remove_dir_all(&partial);
        if !existed {
            // only if nothing else stands in it by now
            let _ = std::fs::remove_dir(&options.out);
        }
    }
    finished
}

fn run_in(
    scenario: &Scenario,
    data: &SeedEconomy,
    options: &Options,
    watch: &dyn Watch,
    partial: &Path,
) -> anyhow::Result<Summary> {
    let started = Instant::now();
    let quiet = scenario.schedule.status_quo();
    let active = !scenario.schedule.switches().is_empty();
    let mut arms = Vec::new();
    if scenario.reference == Reference::Baseline && active {
        arms.push(Arm {
            name: "baseline".into(),
            schedule: &quiet,
        });
    }
    arms.push(Arm {
        name: scenario.name.clone(),
        schedule: &scenario.schedule,
    });
    let per_seed = u64::from(scenario.burn_in) + arms.len() as u64 * u64::from(scenario.quarters);
    watch.begin(per_seed * scenario.seeds.len() as u64);
    let results: Mutex<BTreeMap<usize, SeedResult>> = Mutex::new(BTreeMap::new());
    let failure: Mutex<Option<JobError>> = Mutex::new(None);
    let one = |(k, &seed): (usize, &u64)| {
        if watch.stop() || failure.lock().is_ok_and(|f| f.is_some()) {
            return;
        }
        match seed_job(scenario, data, seed, &arms, options, watch, partial) {
            Ok(done) => {
                if let Ok(mut r) = results.lock() {
                    r.insert(k, done);
                }
            }
            Err(JobError::Interrupted) => {}
            Err(e) => {
                if let Ok(mut f) = failure.lock() {
                    f.get_or_insert(e);
                }
            }
        }
    };
    // jobs first; agents within a job when jobs are few
    if scenario.seeds.len() >= rayon::current_num_threads() {
        scenario.seeds.par_iter().enumerate().for_each(one);
    } else {
        scenario.seeds.iter().enumerate().for_each(one);
    }
    let seconds = started.elapsed().as_secs_f64();
    let failed = failure.into_inner().unwrap_or(None);
    let results: Vec<SeedResult> = results
        .into_inner()
        .map(|r| r.into_values().collect())
        .unwrap_or_default();
    if results.is_empty() {
        return Err(failed.unwrap_or(JobError::Interrupted).into());
    }
    let summary = write(scenario, data, options, partial.to_owned(), &results, seconds)?;
    if let Some(e) = failed {
        publish(&summary)?;
        let kept = format!(
            "a seed failed; {} complete seeds are in {}",
            summary.seeds,
            summary.folder.display()
        );
        return Err(anyhow::Error::from(e).context(kept));
    }
    Ok(Summary {
        interrupted: watch.stop() && summary.seeds < scenario.seeds.len(),
        ..summary
    })
}

fn seed_job(
    scenario: &Scenario,
    data: &SeedEconomy,
    seed: u64,
    arms: &[Arm],
    options: &Options,
    watch: &dyn Watch,
    partial: &Path,
) -> Result<SeedResult, JobError> {
    let identity = job::identity(scenario, seed);
    let stop = || watch.stop();
    let mut tick = || watch.tick();
    let (start, targets) = match &options.from {
        Some(path) => (checkpoint::load(path, &identity)?, Vec::new()),
        None => job::burn_in(scenario, data, seed, &stop, &mut tick)?,
    };
    if start.tick >= i64::from(scenario.quarters) {
        return Err(JobError::Over {
            tick: start.tick,
            quarters: scenario.quarters,
        });
    }
    let before = start.books.audits();
    let burnt_in = if options.from.is_none() {
        u64::from(scenario.burn_in) * (start.workers.len() - start.free.len()) as u64
    } else {
        0
    };
    let scopes = wanted_scopes(scenario, &scopes(&start.geography));
    let micro = job::Micro {
        every: scenario.output.micro_every,
        folder: partial.join("agents"),
    };
    let mut out: Vec<ArmResult> = Vec::new();
    let mut start = Some(start);
    for (k, arm) in arms.iter().enumerate() {
        let last = k + 1 == arms.len();
        let Some(w) = (if last { start.take() } else { start.clone() }) else {
            break;
        };
        let (result, end) = job::run_arm(w, scenario, arm, &scopes, &micro, &stop, &mut tick)?;
        if let (true, Some(path)) = (last, &options.save) {
            checkpoint::save(path, &identity, &end)?;
        }
        out.push(result);
    }
    if let Some(first) = out.first_mut() {
        first.audits += before;
        first.burn_in_agent_quarters = burnt_in;
    }
    Ok((out, targets))
}

/// Folder of a run: name, hash of everything that decides its results, and what it went on from.
fn folder_name(scenario: &Scenario, options: &Options) -> String {
    let from = if options.from.is_some() { "-resumed" } else { "" };
    format!("{}-{}{from}", scenario.name, scenario.hash8())
}

/// Gives the folder of a finished run its name.
///
/// # Errors
/// If a folder cannot be renamed.
pub fn publish(summary: &Summary) -> anyhow::Result<()> {
    folder::publish(&summary.partial, &summary.folder)
}

fn write(
    scenario: &Scenario,
    data: &SeedEconomy,
    options: &Options,
    partial: PathBuf,
    results: &[SeedResult],
    seconds: f64,
) -> anyhow::Result<Summary> {
    files::files(scenario, data, &partial, &scenario.hash8(), results, seconds)?;
    let arms = || results.iter().flat_map(|(arms, _)| arms);
    let measured: u64 = arms().map(|a| a.agent_quarters).sum();
    let steps = measured + arms().map(|a| a.burn_in_agent_quarters).sum::<u64>();
    Ok(Summary {
        folder: options.out.join(folder_name(scenario, options)),
        partial,
        seeds: results.len(),
        seconds,
        agent_quarters_per_second: steps as f64 / seconds.max(1e-9),
        stepping_per_job: measured as f64 / arms().map(|a| a.step_seconds).sum::<f64>().max(1e-9),
        audits: arms().map(|a| a.audits).sum(),
        stage_seconds: crate::step::TIMELINE
            .iter()
            .enumerate()
            .map(|(k, s)| (s.name, arms().map(|a| a.timers.stages[k]).sum()))
            .chain([("audits", arms().map(|a| a.timers.audits).sum())])
            .collect(),
        targets: results.first().map(|r| r.1.clone()).unwrap_or_default(),
        interrupted: false,
    })
}
