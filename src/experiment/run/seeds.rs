//! The seeds of a run: each from its birth to its last quarter, with its series on disk as soon as it is complete.

use super::{Options, QUARTERS, SeedResult, Watch, files};
use crate::experiment::folder::wanted_scopes;
use crate::experiment::job::{self, Arm, ArmResult, JobError};
use crate::experiment::replications;
use crate::metrics::scopes;
use crate::scenario::Scenario;
use crate::scenario::seed::SeedEconomy;
use crate::world::World;
use crate::world::birth::Target;
use crate::world::checkpoint;
use std::path::Path;

/// What all seeds share.
pub(super) struct Task<'a> {
    pub(super) scenario: &'a Scenario,
    pub(super) data: &'a SeedEconomy,
    pub(super) options: &'a Options,
    pub(super) watch: &'a dyn Watch,
    pub(super) partial: &'a Path,
    pub(super) arms: Vec<Arm<'a>>,
}

impl Task<'_> {
    /// The seeds that finished, in order, and the first failure that is no interruption.
    pub(super) fn run(&self) -> (Vec<SeedResult>, Option<JobError>) {
        let scenario = self.scenario;
        let per_seed = u64::from(scenario.burn_in) + self.arms.len() as u64 * u64::from(scenario.quarters);
        self.watch.begin(per_seed * scenario.seeds.len() as u64, QUARTERS);
        let stop = || self.watch.stop();
        replications::finished(scenario.scale, &scenario.seeds, stop, |seed| {
            self.seed(seed).and_then(|done| self.keep(seed, done))
        })
    }

    /// Puts the series of a complete seed on the disk, so that nothing that happens later can lose it.
    fn keep(&self, seed: u64, done: SeedResult) -> Result<SeedResult, JobError> {
        if self.scenario.seeds.len() > 1 {
            files::part(self.scenario, self.data, self.partial, seed, &done.0)?;
        }
        Ok(done)
    }

    fn seed(&self, seed: u64) -> Result<SeedResult, JobError> {
        let (scenario, options) = (self.scenario, self.options);
        let identity = job::identity(scenario, seed);
        let stop = || self.watch.stop();
        let mut tick = || self.watch.tick();
        let (start, targets) = self.start(seed)?;
        let before = start.books.audits();
        let burnt_in = if options.from.is_none() {
            u64::from(scenario.burn_in) * (start.workers.len() - start.free.len()) as u64
        } else {
            0
        };
        let scopes = wanted_scopes(scenario, &scopes(&start.geography));
        let micro = job::Micro {
            every: scenario.output.micro_every,
            folder: self.partial.join("agents"),
        };
        let mut out: Vec<ArmResult> = Vec::new();
        let mut start = Some(start);
        for (k, arm) in self.arms.iter().enumerate() {
            let last = k + 1 == self.arms.len();
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

    /// The world from which every arm of a seed goes on: from a checkpoint, or born and burnt in.
    fn start(&self, seed: u64) -> Result<(World, Vec<Target>), JobError> {
        let (scenario, watch) = (self.scenario, self.watch);
        let Some(path) = &self.options.from else {
            return job::burn_in(scenario, self.data, seed, &|| watch.stop(), &mut || watch.tick());
        };
        let start = checkpoint::load(path, &job::identity(scenario, seed))?;
        if start.tick >= i64::from(scenario.quarters) {
            return Err(JobError::Over {
                tick: start.tick,
                quarters: scenario.quarters,
            });
        }
        Ok((start, Vec::new()))
    }
}
