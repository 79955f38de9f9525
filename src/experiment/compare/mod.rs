//! `yaosu compare`: each lever and the package against the baseline, paired on common seeds.
//!
//! | file | what |
//! |---|---|
//! | `players` | levers or chapters as players, and the arms that the decomposition needs |
//! | `seed` | one seed: burn-in, every arm from the same world, reduced |
//! | `panel`, `scratch` | values of arms and seeds, densely packed; horizons; where the values are kept |
//! | `paired` | estimates over seeds, paired bootstrap |
//! | `shapley` | Shapley values and interactions |
//! | `estimate` | event study and difference in differences inside the model |
//! | `until` | how many seeds are enough |
//! | `effects`, `results` | estimates from the panel: effects on every series; decompositions |
//! | `fiscal`, `gains` | money of governments; who gains |
//! | `files`, `long`, `manifest`, `tables` | the folder |

mod effects;
mod estimate;
mod files;
mod fiscal;
mod gains;
mod long;
mod manifest;
mod paired;
pub(in crate::experiment) mod panel;
mod players;
mod results;
mod scratch;
mod seed;
mod shapley;
mod tables;
mod until;

pub use paired::{FEW, RESAMPLES};
pub use players::{MOST_EXACT, MOST_PLAYERS};
pub use until::{Until, parts as target_parts};

use super::folder;
use super::job::{self, JobError};
use super::replications;
use super::run::{QUARTERS, Watch};
use crate::scenario::{Quarter, Scenario};
use anyhow::Context;
use panel::{Horizon, Layout};
use players::Plan;
use seed::{SeedData, Task};
use std::path::PathBuf;
use std::time::Instant;

/// What a comparison is asked beyond its scenario.
#[derive(Clone, Debug)]
pub struct Options {
    /// Folder for results.
    pub out: PathBuf,
    /// Whether the players are chapters and not levers.
    pub by_chapter: bool,
    /// Whether the package is decomposed into its players.
    pub decompose: bool,
    /// Antithetic pairs of orders when there are too many players for all subsets.
    pub permutations: usize,
    /// Whether series and effects are written for Stata as well.
    pub stata: bool,
    /// Stop when effects are known well enough; else all seeds of the scenario are run.
    pub until: Option<Until>,
}

/// What a comparison did.
#[derive(Debug)]
pub struct Summary {
    /// Folder that the results get when published.
    pub folder: PathBuf,
    /// Folder that they stand in until then.
    pub partial: PathBuf,
    /// Seeds that finished.
    pub seeds: usize,
    /// Arms a seed.
    pub arms: usize,
    /// The reform date: the first quarter in which a lever acts.
    pub reform: Quarter,
    /// Seconds of the simulation.
    pub seconds: f64,
    /// Seconds of the estimates and files.
    pub analysis_seconds: f64,
    /// Stages audited.
    pub audits: u64,
    /// Largest half-width when a precision was asked for, and whether it was reached.
    pub precision: Option<(f64, bool)>,
    /// Whether the user stopped it.
    pub interrupted: bool,
}

/// Seeds that finished, in order, and why another did not.
#[derive(Default)]
struct Finished {
    seeds: Vec<SeedData>,
    failure: Option<JobError>,
    precision: Option<(f64, bool)>,
}

/// Runs a comparison and writes its folder.
///
/// # Errors
/// If a job or a file fails; complete seeds are kept.
pub fn compare(scenario: &Scenario, options: &Options, watch: &dyn Watch) -> anyhow::Result<Summary> {
    let data = job::seed_economy(&scenario.world)?;
    let players = players::players(scenario, options.by_chapter);
    let plan = Plan::new(players, &scenario.name, options.decompose, options.permutations);
    let all = folder::scopes_of(&data);
    let scopes = folder::wanted_scopes(scenario, &all);
    let quarters = scenario.quarters as usize;
    let reform = reform_date(scenario);
    let mut layout = Layout::new(&scopes, quarters, &|name| kept(scenario, options, name));
    // refused before any work
    let targets = options.until.as_ref().map_or(Ok(Vec::new()), |u| u.series(&layout))?;
    let study = estimate::Study::of(scenario, &data, &layout)?;
    layout.bring_near(&targets);
    layout.bring_near(&study.map_or(Vec::new(), |s| s.series()));
    let hash = hash(scenario, options, &plan);
    let name = format!("{}-compare-{hash}", scenario.name);
    let existed = options.out.exists();
    let partial = folder::open_partial(&options.out, &name)?;
    let task = Task {
        scenario,
        data: &data,
        plan: &plan,
        schedules: plan.arms.iter().map(|c| plan.schedule(scenario, *c)).collect(),
        scopes: &scopes,
        layout: &layout,
        horizons: Horizon::all(quarters, reform),
        reform,
        scratch: &partial,
    };
    let written = run_in(&task, options, watch, (&name, &hash));
    written.map_err(|error| folder::rescue(&partial, &options.out.join(&name), existed, error))
}

/// Whether a metric is kept: the scenario writes it, or a table of the comparison is made of it.
fn kept(scenario: &Scenario, options: &Options, name: &str) -> bool {
    let targets = options.until.iter().flat_map(|u| &u.targets).map(|t| until::parts(t).0);
    let outcome = scenario.estimate.iter().map(|e| e.outcome.as_str());
    let mut needed = results::decomposed_metrics(scenario).chain(targets).chain(outcome);
    folder::wanted_metric(scenario, name) || name == gains::WAGES || needed.any(|n| n == name)
}

fn run_in(task: &Task, options: &Options, watch: &dyn Watch, (name, hash): (&str, &str)) -> anyhow::Result<Summary> {
    let partial = task.scratch;
    let started = Instant::now();
    let shared = u64::from(task.scenario.burn_in) + task.reform as u64;
    let per_seed = shared + (task.plan.arms.len() * (task.layout.quarters - task.reform)) as u64;
    watch.begin(per_seed * task.scenario.seeds.len() as u64, QUARTERS);
    let finished = run_seeds(task, options, watch);
    let seconds = started.elapsed().as_secs_f64();
    if finished.seeds.is_empty() {
        return Err(finished.failure.unwrap_or(JobError::Interrupted).into());
    }
    let started = Instant::now();
    let done = files::Done {
        seeds: &finished.seeds,
        hash,
        seconds,
        precision: finished.precision,
        options,
    };
    files::write(task, &done, partial, watch).context("writing the comparison")?;
    let arms = || finished.seeds.iter().flat_map(|s| &s.arms);
    let enough = finished.precision.is_some_and(|p| p.1);
    let whole = finished.failure.is_none() && (enough || finished.seeds.len() == task.scenario.seeds.len());
    let summary = Summary {
        folder: folder::named(&options.out.join(name), whole),
        partial: partial.to_owned(),
        seeds: finished.seeds.len(),
        arms: task.plan.arms.len(),
        reform: task.scenario.start.plus(task.reform as i64),
        seconds,
        analysis_seconds: started.elapsed().as_secs_f64(),
        audits: arms().map(|a| a.audits).sum(),
        precision: finished.precision,
        interrupted: watch.stop() && !whole,
    };
    let Finished { seeds, failure, .. } = finished;
    // their values go before the folder gets its name
    drop(seeds);
    if let Some(failure) = failure {
        publish(&summary)?;
        let kept = format!(
            "a seed failed; {} complete seeds are in {}",
            summary.seeds,
            summary.folder.display()
        );
        return Err(anyhow::Error::from(failure).context(kept));
    }
    Ok(summary)
}

/// Number of players of a scenario: its levers, or the chapters that they belong to.
pub fn count_players(scenario: &Scenario, by_chapter: bool) -> usize {
    players::players(scenario, by_chapter).len()
}

/// The first quarter of the run in which a lever acts; the first of all if none does.
fn reform_date(scenario: &Scenario) -> usize {
    let first = scenario.schedule.first_change().map(|t| t.max(0));
    let inside = first.filter(|t| *t < i64::from(scenario.quarters));
    inside.map_or(0, |t| t as usize)
}

/// Gives the folder of a finished comparison its name.
///
/// # Errors
/// If a folder cannot be renamed.
pub fn publish(summary: &Summary) -> anyhow::Result<()> {
    folder::publish(&summary.partial, &summary.folder)
}

/// Hash of everything that decides the results.
fn hash(scenario: &Scenario, options: &Options, plan: &Plan) -> String {
    scenario.hash8_with(&format!("{:?} {:?} {:?}", plan.arms, options.until, options.by_chapter))
}

/// Runs seeds; each has two worlds at most. The order matters to nothing but the stopping rule, which looks at fixed numbers
/// of seeds.
fn run_seeds(task: &Task, options: &Options, watch: &dyn Watch) -> Finished {
    let mut done = Finished::default();
    let seeds = &task.scenario.seeds;
    while done.seeds.len() < seeds.len() {
        let from = done.seeds.len();
        let goal = options
            .until
            .as_ref()
            .map_or(seeds.len(), |u| u.next(from, seeds.len()));
        let stop = || watch.stop();
        let (found, failure) = replications::finished(task.scenario.scale, &seeds[from..goal], stop, |seed| {
            task.run(seed, &stop, &mut || watch.tick())
        });
        let complete = found.len() == goal - from;
        done.seeds.extend(found);
        if !complete {
            done.failure = failure;
            return done;
        }
        if let Some(until) = &options.until {
            let width = until.width(task, &done.seeds);
            done.precision = Some((width, until.reached(width)));
            if until.reached(width) {
                break;
            }
        }
    }
    done
}
