//! `yaosu sweep`: a design times seeds; plan, run, merge.
//!
//! | file | what |
//! |---|---|
//! | `design` | points, and seeds of replicates |
//! | `job` | one point and seed to outcomes |
//! | `plan` | what a folder was made for |
//! | `files` | parts and the merged table |
//! | `slurm` | the same through a scheduler |
//!
//! Jobs are cut into parts of consecutive jobs, by the number of jobs alone. A part is one file, written under another
//! name and renamed, so that a killed process loses only parts in work, and two processes that run the same part
//! write the same bytes. Shard I of N runs the parts I, I + N, ...; merging reads all parts in order.

pub mod design;
pub(super) mod files;
mod job;
mod plan;
pub mod slurm;

pub use files::{Merged, OWN, RESULTS};
pub use plan::{Changed, Plan, hash, program_hash};

use super::job::{JobError, seed_economy};
use super::run::{QUARTERS, Watch};
use crate::scenario::experiment::Experiment;
use crate::scenario::seed::SeedEconomy;
use crate::scenario::{Known, ParamInfo};
use anyhow::{Context, anyhow};
pub use job::Task;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

/// A share of the work: shard `index` (from 0) of `count`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shard {
    /// Place, from 0.
    pub index: usize,
    /// Shards in all.
    pub count: usize,
}

/// A sweep that is ready to run.
pub struct Sweep<'a> {
    /// Its jobs.
    pub task: Task<'a>,
    /// What decides its results.
    pub plan: Plan,
    /// Its folder.
    pub folder: PathBuf,
}

/// What a run of parts did.
#[derive(Clone, Debug, PartialEq)]
pub struct Done {
    /// Parts run now.
    pub ran: usize,
    /// Parts that were there already.
    pub kept: usize,
    /// Seconds.
    pub seconds: f64,
    /// Whether the user stopped it.
    pub interrupted: bool,
}

impl Task<'_> {
    /// Value of each axis in the scenario itself, where it is a parameter.
    pub fn own_values(&self) -> Vec<Option<String>> {
        let own = vec![None; self.experiment.axes.len()];
        let params: Vec<ParamInfo> = self
            .experiment
            .scenario_at(&own, self.known)
            .map(|s| s.params)
            .unwrap_or_default();
        let value = |key: &str| params.iter().find(|p| p.key == key).map(|p| p.value.to_toml());
        self.experiment.axes.iter().map(|a| value(&a.key)).collect()
    }
}

/// The seed economy of an experiment.
///
/// # Errors
/// If the scenario or the data are not sound.
pub fn data_of(experiment: &Experiment, known: &Known) -> anyhow::Result<SeedEconomy> {
    let own = vec![None; experiment.axes.len()];
    Ok(seed_economy(&experiment.scenario_at(&own, known)?.world)?)
}

impl<'a> Sweep<'a> {
    /// Plans a sweep; its folder is `resume`, or stands in `out` under the experiment's name and hash. Nothing is written.
    ///
    /// # Errors
    /// If an outcome does not exist or the folder to go on from does not.
    pub fn plan(
        experiment: &'a Experiment,
        known: &'a Known,
        data: &'a SeedEconomy,
        out: &Path,
        resume: Option<&Path>,
    ) -> anyhow::Result<Self> {
        let task = Task::new(experiment, known, data)?;
        let plan = Plan::of(&task)?;
        let folder = match resume {
            Some(folder) => folder.to_owned(),
            None => out.join(format!("{}-sweep-{}", experiment.name, plan.hash8())),
        };
        Ok(Self { task, plan, folder })
    }

    /// Makes the folder, or checks that it was made for this very sweep.
    ///
    /// # Errors
    /// If it was made for something else ([`Changed`]), or cannot be written.
    pub fn open(&self) -> anyhow::Result<()> {
        std::fs::create_dir_all(self.folder.join("parts"))
            .with_context(|| format!("create {}", self.folder.display()))?;
        self.plan.settle(&self.folder)?;
        files::write_text(&self.folder.join("experiment.toml"), &self.task.experiment.text)
    }

    /// Parts that have no file yet.
    pub fn missing(&self) -> Vec<usize> {
        files::missing(&self.plan, &self.folder)
    }

    /// Runs the parts of a shard that have no file yet.
    ///
    /// # Errors
    /// If a file cannot be written.
    pub fn run(&self, shard: Shard, watch: &dyn Watch) -> anyhow::Result<Done> {
        let started = std::time::Instant::now();
        let mine = |p: &usize| p % shard.count == shard.index;
        let all = (0..self.plan.parts()).filter(mine).count();
        let todo: Vec<usize> = self.missing().into_iter().filter(mine).collect();
        let jobs: usize = todo.iter().map(|p| self.plan.jobs_of(*p).len()).sum();
        let own = vec![None; self.task.experiment.axes.len()];
        let burn_in = self.task.experiment.scenario_at(&own, self.task.known)?.burn_in;
        watch.begin(jobs as u64 * self.task.quarters(burn_in), QUARTERS);
        let ran = if todo.len() >= rayon::current_num_threads() {
            self.side_by_side(&todo, watch)?
        } else {
            // few parts: the threads share the agents of one
            let mut ran = 0;
            for part in &todo {
                ran += usize::from(self.part(*part, &|run| run(), watch)?);
            }
            ran
        };
        Ok(Done {
            ran,
            kept: all - todo.len(),
            seconds: started.elapsed().as_secs_f64(),
            interrupted: ran < todo.len(),
        })
    }

    /// Runs parts on as many threads as there are, each with a pool of its own for the agents of its job: a thread that
    /// waits must not begin another part, or a kill would lose more than the parts in work. Gives the number that finished.
    fn side_by_side(&self, todo: &[usize], watch: &dyn Watch) -> anyhow::Result<usize> {
        let next = AtomicUsize::new(0);
        let work = || -> anyhow::Result<usize> {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build()?;
            let mut ran = 0;
            while let Some(part) = todo.get(next.fetch_add(1, Ordering::Relaxed)) {
                ran += usize::from(self.part(*part, &|run| pool.install(run), watch)?);
            }
            Ok(ran)
        };
        std::thread::scope(|scope| {
            let threads: Vec<_> = (0..rayon::current_num_threads()).map(|_| scope.spawn(work)).collect();
            let joined = threads.into_iter().map(std::thread::ScopedJoinHandle::join);
            joined
                .map(|done| done.unwrap_or_else(|_| Err(anyhow!("a thread panicked"))))
                .sum()
        })
    }

    /// Runs a part inside `pool` and writes its file; false if the user stopped it.
    fn part(&self, part: usize, pool: &dyn Fn(&mut (dyn FnMut() + Send)), watch: &dyn Watch) -> anyhow::Result<bool> {
        let mut rows = Vec::new();
        for job in self.plan.jobs_of(part) {
            if watch.stop() {
                return Ok(false);
            }
            let mut found = Err(JobError::Interrupted);
            pool(&mut || found = self.task.run(job, &|| watch.stop(), &mut || watch.tick()));
            match found {
                Ok(found) => rows.extend(found),
                Err(JobError::Interrupted) => return Ok(false),
                Err(error) => return Err(error.into()),
            }
        }
        files::write_part(&self.task, &files::part_file(&self.folder, part), &rows)?;
        Ok(true)
    }

    /// Merges all parts into `results.parquet`.
    ///
    /// # Errors
    /// If a part is missing or a file fails.
    pub fn merge(&self) -> anyhow::Result<Merged> {
        files::merge(&self.plan, &self.folder)
    }
}
