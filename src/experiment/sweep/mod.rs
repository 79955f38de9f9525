//! `yaosu sweep`: a design times seeds; plan, run, merge.
//!
//! | file | what |
//! |---|---|
//! | `design` | points, and seeds of replicates |
//! | `job` | one point and seed to outcomes |
//! | `plan` | what a folder was made for |
//! | `files` | rows and the merged table |
//! | `parts` | files of parts with their seals |
//! | `status` | how far it is |
//! | `slurm` | the same through a scheduler |
//! | `queue` | what was submitted, and what became of it |
//!
//! Jobs are cut into parts of consecutive jobs, by the number of jobs alone. A part is one file, written under another
//! name and renamed, so that a killed process loses only parts in work, and two processes that run the same part
//! write the same bytes. A part counts only as long as its bytes are those of its seal. Shard I of N runs the parts I, I + N, ...; merging reads all parts in order.

pub mod design;
pub(super) mod files;
mod job;
mod parts;
mod plan;
pub mod queue;
pub mod slurm;
mod status;

pub use files::{Merged, OWN, RESULTS};
pub use parts::{Damage, Found, Incomplete};
pub use plan::{PLAN, Plan, Unfit, hash, program_hash};
pub use status::Status;

use super::job::{JobError, seed_economy};
use super::replications;
use super::run::{QUARTERS, Watch};
use crate::scenario::Known;
use crate::scenario::experiment::Experiment;
use crate::scenario::seed::SeedEconomy;
use anyhow::{Context, anyhow};
pub use job::Task;
use parts::PARTS;
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

impl Shard {
    /// The whole work.
    pub const ALL: Self = Self { index: 0, count: 1 };

    /// Whether it runs a part.
    pub fn holds(self, part: usize) -> bool {
        part % self.count == self.index
    }
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
    /// Value of each axis in the scenario itself as TOML, where it is a parameter or a setting of a lever that is on.
    pub fn own_values(&self) -> Vec<Option<String>> {
        let own = vec![None; self.experiment.axes.len()];
        let Ok(scenario) = self.experiment.scenario_at(&own, self.known) else {
            return own;
        };
        let value = |key: &str| {
            let param = scenario.params.iter().find(|p| p.key == key);
            param.map(|p| p.value.to_toml()).or_else(|| scenario.lever_setting(key))
        };
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

    /// Whether the folder was begun, for this very sweep; nothing is written.
    ///
    /// # Errors
    /// If it was made for something else, or holds what is no sweep ([`Unfit`]); if its plan cannot be read.
    pub fn begun(&self) -> anyhow::Result<bool> {
        // the plan is written before all else: what was there before a look for the plan must have one
        let names = names(&self.folder);
        let parts = files_of_parts(&self.folder);
        if self.plan.stands(&self.folder)? {
            return Ok(true);
        }
        let folder = self.folder.display().to_string();
        if parts > 0 {
            return Err(Unfit::Orphans { folder, parts }.into());
        }
        let ours = |n: &String| n.starts_with('.') || n.starts_with("plan.") || n == PARTS || n == "lost+found";
        match names.into_iter().find(|n| !ours(n)) {
            Some(name) => Err(Unfit::Foreign { folder, name }.into()),
            None => Ok(false),
        }
    }

    /// Makes the folder, or checks that it was made for this very sweep.
    ///
    /// # Errors
    /// As [`Sweep::begun`], or if it cannot be written.
    pub fn open(&self) -> anyhow::Result<()> {
        let begun = self.begun()?;
        std::fs::create_dir_all(self.folder.join(PARTS))
            .with_context(|| format!("create {}", self.folder.display()))?;
        if !begun {
            self.plan.settle(&self.folder)?;
        }
        let (path, text) = (self.folder.join("experiment.toml"), &self.task.experiment.text);
        match std::fs::read(&path) {
            Ok(there) if there == text.as_bytes() => Ok(()),
            _ => files::write_text(&path, text),
        }
    }

    /// Parts of a shard that have no file, or a damaged one.
    pub fn found(&self, shard: Shard) -> Found {
        parts::look(self, shard, Some(&["point", "replicate"]), |_, _| ())
    }

    /// How far it is; nothing is written.
    ///
    /// # Errors
    /// If a file that is there cannot be read.
    pub fn status(&self) -> anyhow::Result<Status> {
        status::status(self)
    }

    /// Runs the parts that were found missing or damaged.
    ///
    /// # Errors
    /// If a file cannot be written.
    pub fn run(&self, found: &Found, watch: &dyn Watch) -> anyhow::Result<Done> {
        let started = std::time::Instant::now();
        let todo = found.todo();
        let damaged = found.damaged.len();
        if damaged > 0 {
            let (were, are) = if damaged == 1 {
                ("part was", "is")
            } else {
                ("parts were", "are")
            };
            let each = found.damage().join("; ");
            watch.say(&format!("{damaged} {were} damaged and {are} run again: {each}"));
        }
        let jobs: usize = todo.iter().map(|p| self.plan.jobs_of(*p).len()).sum();
        let own = vec![None; self.task.experiment.axes.len()];
        let scenario = self.task.experiment.scenario_at(&own, self.task.known)?;
        watch.begin(jobs as u64 * self.task.quarters(scenario.burn_in), QUARTERS);
        let workers = if todo.len() < rayon::current_num_threads() {
            // few parts: all threads share the agents of one
            1
        } else {
            replications::at_once(self.finest(scenario.scale))
        };
        let ran = self.side_by_side(&todo, workers, watch)?;
        Ok(Done {
            ran,
            kept: found.all - todo.len(),
            seconds: started.elapsed().as_secs_f64(),
            interrupted: ran < todo.len(),
        })
    }

    /// The fewest people an agent of all points, where the scenario's own are `own`: the largest worlds decide how many live at once.
    fn finest(&self, own: u32) -> u32 {
        let Some(axis) = self.task.experiment.axes.iter().position(|axis| axis.key == "scale") else {
            return own;
        };
        let of_point = |point: &design::Point| point[axis].as_ref().map_or(Some(own), |value| value.parse().ok());
        self.task.points.iter().filter_map(of_point).min().unwrap_or(own)
    }

    /// Runs parts by `workers` side by side, each with a pool of its own, a share of the threads, for the agents of its job: a
    /// thread that waits must not begin another part, or a kill would lose more than the parts in work. Gives the number that finished.
    fn side_by_side(&self, todo: &[usize], workers: usize, watch: &dyn Watch) -> anyhow::Result<usize> {
        let next = AtomicUsize::new(0);
        let threads = rayon::current_num_threads();
        let work = |worker: usize| -> anyhow::Result<usize> {
            let share = threads / workers + usize::from(worker < threads % workers);
            let pool = rayon::ThreadPoolBuilder::new().num_threads(share).build()?;
            let mut ran = 0;
            while let Some(part) = todo.get(next.fetch_add(1, Ordering::Relaxed)) {
                ran += usize::from(self.part(*part, &|run| pool.install(run), watch)?);
            }
            Ok(ran)
        };
        std::thread::scope(|scope| {
            let threads: Vec<_> = (0..workers).map(|k| scope.spawn(move || work(k))).collect();
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
        let mut rows = files::frame(&self.task, &rows)?;
        parts::write(&self.plan, part, &mut rows, &parts::part_file(&self.folder, part))?;
        Ok(true)
    }

    /// Merges all parts into `results.parquet`.
    ///
    /// # Errors
    /// If parts are missing or damaged ([`Incomplete`] names all), or a file fails.
    pub fn merge(&self) -> anyhow::Result<Merged> {
        files::merge(self)
    }
}

/// Names in a folder; none if it cannot be listed.
fn names(folder: &Path) -> Vec<String> {
    let names = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut names: Vec<String> = names.map(|n| n.file_name().to_string_lossy().into_owned()).collect();
    names.sort_unstable();
    names
}

/// Number of files of parts.
fn files_of_parts(folder: &Path) -> usize {
    let part = |n: &String| n.starts_with("part-") && n.ends_with(".parquet");
    names(&folder.join(PARTS)).iter().filter(|n| part(n)).count()
}
