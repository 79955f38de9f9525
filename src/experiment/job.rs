//! One job: birth, burn-in, measured quarters of every arm.

use crate::books::AuditError;
use crate::metrics::{self, Scope, Snapshot, Value};
use crate::policy::Schedule;
use crate::rules::Rules;
use crate::scenario::Scenario;
use crate::scenario::seed::{SeedEconomy, SeedError};
use crate::world::birth::{self, BirthError, Target};
use crate::world::checkpoint::{CheckpointError, Identity};
use crate::world::{World, checkpoint};
use std::path::Path;
use thiserror::Error;

/// Why a job failed.
#[derive(Debug, Error)]
pub enum JobError {
    /// The seed economy.
    #[error(transparent)]
    Seed(#[from] SeedError),
    /// The birth.
    #[error(transparent)]
    Birth(#[from] BirthError),
    /// An account does not add up.
    #[error(transparent)]
    Audit(#[from] AuditError),
    /// A checkpoint.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// The law does not fit the rules.
    #[error("rules: {0}")]
    Law(String),
    /// A checkpoint that has nothing left to run.
    #[error("the checkpoint stands at quarter {tick}, but `quarters` is {quarters}: nothing is left to run")]
    Over {
        /// Quarter of the checkpoint.
        tick: i64,
        /// Quarters of the scenario.
        quarters: u32,
    },
    /// A file of results.
    #[error(transparent)]
    File(#[from] super::frames::FrameError),
    /// The user stopped the run.
    #[error("stopped by the user")]
    Interrupted,
}

/// What is measured in one quarter of one arm.
pub struct Measured {
    /// Quarter.
    pub tick: i64,
    /// Values.
    pub values: Vec<Value>,
}

/// Result of one arm of a job.
pub struct ArmResult {
    /// Name of the arm.
    pub arm: String,
    /// Seed.
    pub seed: u64,
    /// Quarters.
    pub quarters: Vec<Measured>,
    /// Snapshot of the last quarter, for distributions.
    pub last: Option<Snapshot>,
    /// Transaction-flow matrices: quarter and rows.
    pub flows: Vec<(i64, crate::books::FlowMatrix)>,
    /// Balance-sheet matrices: quarter and rows.
    pub sheets: Vec<(i64, crate::books::FlowMatrix)>,
    /// Stages audited; those of the burn-in count once, in the first arm.
    pub audits: u64,
    /// Workers stepped, summed over measured quarters.
    pub agent_quarters: u64,
    /// The same of the burn-in, counted once, in the first arm.
    pub burn_in_agent_quarters: u64,
    /// Time by stage.
    pub timers: crate::step::Timers,
    /// Seconds spent stepping.
    pub step_seconds: f64,
    /// Hash of the final world.
    pub world_hash: String,
}

/// An arm: a name and a law.
pub struct Arm<'a> {
    /// Name.
    pub name: String,
    /// Law of every quarter and region.
    pub schedule: &'a Schedule,
}

/// Snapshots of agents: how often, and where to.
#[derive(Clone, Debug, Default)]
pub struct Micro {
    /// Quarters between snapshots; 0 for none.
    pub every: u32,
    /// Folder.
    pub folder: std::path::PathBuf,
}

/// The seed economy of a scenario: built in, or a folder.
///
/// # Errors
/// If it is neither, or its files are not sound.
pub fn seed_economy(name: &str) -> Result<SeedEconomy, JobError> {
    match SeedEconomy::builtin(name) {
        Some(built_in) => Ok(built_in?),
        None => Ok(SeedEconomy::load(Path::new(name))?),
    }
}

/// Rules by inside region at a tick.
///
/// # Errors
/// If the law of the schedule does not fit [`Rules`].
pub fn rules_at(schedule: &Schedule, tick: i64, inside: usize) -> Result<Vec<Rules>, JobError> {
    (0..inside)
        .map(|r| {
            schedule
                .rules_at::<Rules>(tick, r)
                .map_err(|e| JobError::Law(e.to_string()))
        })
        .collect()
}

/// What a checkpoint of this scenario and seed must agree on.
pub fn identity(scenario: &Scenario, seed: u64) -> Identity {
    Identity {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        world: scenario.world_name().to_owned(),
        scale: scenario.scale,
        seed,
        data: scenario.data.clone(),
        economy: scenario.economy_hash8(),
    }
}

/// Births the world of a seed and runs the burn-in under the status quo.
///
/// # Errors
/// If birth or an audit fails, or the user stops.
pub fn burn_in(
    scenario: &Scenario,
    data: &SeedEconomy,
    seed: u64,
    stop: &dyn Fn() -> bool,
    tick: &mut dyn FnMut(),
) -> Result<(World, Vec<Target>), JobError> {
    let status_quo = scenario.schedule.status_quo();
    let rules = rules_at(&status_quo, 0, data.regions.len())?;
    let first = -i64::from(scenario.burn_in);
    let (mut w, targets) = birth::birth(data, &scenario.behaviour, &rules, scenario.scale, seed, first)?;
    while w.tick < 0 {
        if stop() {
            return Err(JobError::Interrupted);
        }
        crate::step::step(&mut w, &rules)?;
        w.adapt();
        tick();
    }
    w.freeze_cohorts();
    Ok((w, targets))
}

/// Runs one arm from a world at the start of a quarter.
///
/// # Errors
/// If an audit fails, or the user stops.
pub fn run_arm(
    mut w: World,
    scenario: &Scenario,
    arm: &Arm,
    scopes: &[Scope],
    micro: &Micro,
    stop: &dyn Fn() -> bool,
    tick: &mut dyn FnMut(),
) -> Result<(ArmResult, World), JobError> {
    let inside = w.geography.inside;
    let mut out = ArmResult {
        arm: arm.name.clone(),
        seed: w.seed,
        quarters: Vec::new(),
        last: None,
        flows: Vec::new(),
        sheets: Vec::new(),
        audits: 0,
        agent_quarters: 0,
        burn_in_agent_quarters: 0,
        step_seconds: 0.0,
        timers: crate::step::Timers::default(),
        world_hash: String::new(),
    };
    let audits = w.books.audits();
    let mut rules = rules_at(arm.schedule, w.tick, inside)?;
    while w.tick < i64::from(scenario.quarters) {
        if stop() {
            return Err(JobError::Interrupted);
        }
        if arm.schedule.changes_at(w.tick) {
            rules = rules_at(arm.schedule, w.tick, inside)?;
        }
        let now = w.tick;
        out.agent_quarters += (w.workers.len() - w.free.len()) as u64;
        let started = std::time::Instant::now();
        crate::step::step_timed(&mut w, &rules, &mut out.timers)?;
        out.step_seconds += started.elapsed().as_secs_f64();
        let snapshot = metrics::snapshot(&w);
        out.quarters.push(Measured {
            tick: now,
            values: metrics::measure(&snapshot, scopes),
        });
        out.flows.push((now, w.books.flow_matrix()));
        out.sheets.push((now, crate::world::balance_sheet(&w)));
        if micro.every > 0 && now % i64::from(micro.every) == 0 {
            super::micro::write(&w, &micro.folder, &arm.name, now)?;
        }
        out.last = Some(snapshot);
        tick();
    }
    out.audits = w.books.audits() - audits;
    out.world_hash = checkpoint::hash(&w);
    Ok((out, w))
}
