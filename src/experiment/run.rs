//! `yaosu run`: one scenario, one or many seeds, with its reference.

pub(super) mod files;
mod seeds;

use super::folder;
use super::job::{self, Arm, ArmResult, JobError};
use crate::policy::Schedule;
use crate::scenario::{Reference, Scenario};
use crate::world::birth::Target;
use std::path::PathBuf;
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

/// The steps of a simulation.
pub const QUARTERS: &str = "quarters";

/// What a run tells while it works.
pub trait Watch: Sync {
    /// Steps of the work that begins, in all, and what a step is: [`QUARTERS`], or parts of tables.
    fn begin(&self, steps: u64, what: &'static str);
    /// One step done.
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

/// Runs a scenario and writes its folder; [`publish`] gives it its name.
///
/// A run that was stopped or failed never takes the name of a complete one ([`folder::unfinished`]).
///
/// # Errors
/// If a job or a file fails; seeds that were complete are kept, and the error says where.
pub fn run(scenario: &Scenario, options: &Options, watch: &dyn Watch) -> anyhow::Result<Summary> {
    let data = job::seed_economy(&scenario.world)?;
    let existed = options.out.exists();
    let partial = folder::open_partial(&options.out, &folder_name(scenario, options))?;
    let started = Instant::now();
    let quiet = scenario.schedule.status_quo();
    let task = seeds::Task {
        scenario,
        data: &data,
        options,
        watch,
        partial: &partial,
        arms: arms(scenario, &quiet),
    };
    let (results, failure) = task.run();
    let whole = options.out.join(folder_name(scenario, options));
    if results.is_empty() {
        let error = failure.unwrap_or(JobError::Interrupted).into();
        return Err(folder::rescue(&partial, &whole, existed, error));
    }
    let summary = summarise(scenario, options, partial, &results, started.elapsed().as_secs_f64());
    let written = files::files(scenario, &data, &summary.partial, &results, summary.seconds);
    let complete = format!("{} of {} seeds are complete", summary.seeds, scenario.seeds.len());
    if let Err(error) = written {
        return Err(folder::rescue(&summary.partial, &whole, existed, error).context(complete));
    }
    match failure {
        None => Ok(summary),
        Some(failure) => {
            publish(&summary)?;
            let kept = format!("{complete} and kept in {}", summary.folder.display());
            Err(anyhow::Error::from(failure).context(kept))
        }
    }
}

/// What runs from each burn-in: the reference, where one is asked for and differs, then the scenario.
fn arms<'a>(scenario: &'a Scenario, quiet: &'a Schedule) -> Vec<Arm<'a>> {
    let active = !scenario.schedule.switches().is_empty();
    let reference = (scenario.reference == Reference::Baseline && active).then(|| Arm {
        name: "baseline".into(),
        schedule: quiet,
    });
    let own = Arm {
        name: scenario.name.clone(),
        schedule: &scenario.schedule,
    };
    reference.into_iter().chain([own]).collect()
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

fn summarise(
    scenario: &Scenario,
    options: &Options,
    partial: PathBuf,
    results: &[SeedResult],
    seconds: f64,
) -> Summary {
    let arms = || results.iter().flat_map(|(arms, _)| arms);
    let measured: u64 = arms().map(|a| a.agent_quarters).sum();
    let steps = measured + arms().map(|a| a.burn_in_agent_quarters).sum::<u64>();
    let whole = options.out.join(folder_name(scenario, options));
    let interrupted = results.len() < scenario.seeds.len();
    Summary {
        folder: folder::named(&whole, !interrupted),
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
        interrupted,
    }
}
