//! `yaosu sweep`: from the command line to a merged table.

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, ValueEnum};

use super::{FAILED, INTERRUPTED, finish, progress};
use crate::base::problem::{Problem, Problems};
use crate::experiment::sensitivity::{analysable, analyse};
use crate::experiment::sweep::{Found, Incomplete, Shard, Sweep, Unfit, data_of, queue, slurm};
use crate::scenario::Known;
use crate::scenario::experiment::load_experiment;

/// What a person asks of a sweep.
#[derive(Debug, Clone, Args)]
pub struct SweepArgs {
    /// Path of an experiment, or the name of a built-in one
    pub experiment: String,
    /// Folder for results [default: outputs]
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Go on in this folder of a sweep
    #[arg(long, value_name = "DIR", conflicts_with = "out")]
    pub resume: Option<PathBuf>,
    /// Run this share of the parts only, such as 3/8, and do not merge
    #[arg(long, value_name = "I/N", conflicts_with = "shards")]
    shard: Option<String>,
    /// Run one of N shares; an array engine's variable, such as SLURM_ARRAY_TASK_ID, tells which
    #[arg(long, value_name = "N")]
    shards: Option<std::num::NonZeroUsize>,
    /// Merge what is there and say what is missing
    #[arg(long, conflicts_with_all = ["shard", "shards", "engine"])]
    merge: bool,
    /// Tell how far it is, from its folder and the scheduler, and do nothing
    #[arg(long, conflicts_with_all = ["shard", "shards", "merge", "dry_run"])]
    status: bool,
    /// What runs the jobs
    #[arg(long, value_enum, default_value_t = Engine::Local)]
    engine: Engine,
    /// Tell what would be run, and do nothing
    #[arg(long)]
    dry_run: bool,
    /// Wait until Slurm has merged
    #[arg(long)]
    wait: bool,
    /// Threads [default: all]
    #[arg(long, visible_alias = "jobs", value_name = "N")]
    threads: Option<std::num::NonZeroUsize>,
    /// Print nothing but errors
    #[arg(long)]
    pub quiet: bool,
}

/// What runs the jobs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Engine {
    /// Threads of this machine
    Local,
    /// A Slurm array
    Slurm,
}

impl SweepArgs {
    /// Refuses options that do not go together.
    fn consistent(&self) -> Result<(), Problems> {
        let slurm = self.engine == Engine::Slurm;
        let (key, message, advice) = if slurm && !self.whole() {
            let message = "`--engine slurm` cuts the sweep itself: no `--shard` or `--shards` beside it";
            ("--engine", message, "leave one of them out")
        } else if self.wait && !slurm {
            let message = "`--wait` waits for Slurm, but nothing is submitted";
            ("--wait", message, "add `--engine slurm`, or leave it out")
        } else {
            return Ok(());
        };
        Err(Problem::placeless(key, message).advice(advice).into())
    }

    /// The share that was asked for; all if none was.
    fn share(&self) -> Result<Shard, Problems> {
        if let Some(text) = &self.shard {
            let parts = text
                .split_once('/')
                .and_then(|(i, n)| Some((i.parse::<usize>().ok()?, n.parse::<usize>().ok()?)));
            return match parts {
                Some((i, count)) if (1..=count).contains(&i) => Ok(Shard { index: i - 1, count }),
                _ => {
                    let message = format!("`--shard` is `{text}`, but must be I/N with I from 1 to N, such as 3/8");
                    Err(Problem::placeless("--shard", message).into())
                }
            };
        }
        let Some(count) = self.shards else {
            return Ok(Shard::ALL);
        };
        let found = slurm::shard_of(count.get(), |name| std::env::var(name).ok());
        match found.map_err(|message| Problems::from(Problem::placeless("--shards", message)))? {
            Some(shard) => Ok(shard),
            None => {
                let names: Vec<&str> = slurm::INDEX.iter().map(|i| i.0).collect();
                let message = format!(
                    "`--shards` needs an index, but none of these is set: {}",
                    names.join(", ")
                );
                Err(Problem::placeless("--shards", message)
                    .advice("say which with `--shard I/N`")
                    .into())
            }
        }
    }

    fn whole(&self) -> bool {
        self.shard.is_none() && self.shards.is_none()
    }
}

/// A folder that was made for something else is wrong input.
pub(super) fn explain(error: anyhow::Error) -> anyhow::Error {
    match error.downcast_ref::<Unfit>() {
        Some(unfit) => {
            let problem = Problem::placeless(unfit.key(), unfit.to_string());
            Problems::from(problem.advice(unfit.advice())).into()
        }
        None => error,
    }
}

/// Plans, runs, merges, and tells what came out.
pub(super) fn sweep(args: &SweepArgs, known: &Known) -> anyhow::Result<ExitCode> {
    args.consistent()?;
    let share = args.share()?;
    let experiment = load_experiment(&args.experiment, known)?;
    if let Some(folder) = args.resume.as_ref().filter(|f| !f.is_dir()) {
        let message = format!("{} is not a folder", folder.display());
        return Err(Problems::from(Problem::placeless("--resume", message)).into());
    }
    if let Some(threads) = args.threads {
        rayon::ThreadPoolBuilder::new()
            .num_threads(threads.get())
            .build_global()?;
    }
    let data = data_of(&experiment, known)?;
    let out = args.out.clone().unwrap_or_else(|| "outputs".into());
    let sweep = Sweep::plan(&experiment, known, &data, &out, args.resume.as_deref())?;
    if args.status || args.dry_run || args.merge {
        return look(args, &sweep, share);
    }
    sweep.open().map_err(explain)?;
    let found = sweep.found(share);
    if args.engine == Engine::Slurm {
        return submit(args, &sweep, &found);
    }
    let watch = progress::Progress::new(args.quiet);
    watch.listen()?;
    watch.note(&tell(&sweep, share, &found));
    let done = sweep.run(&found, &watch)?;
    watch.end();
    watch.note(&format!(
        "{} parts run, {} kept, {:.1} s",
        done.ran, done.kept, done.seconds
    ));
    if done.interrupted {
        watch.note(&format!("go on with: {}", again(args, &sweep)));
        return Ok(ExitCode::from(INTERRUPTED));
    }
    if args.whole() {
        merge(args, &sweep)
    } else {
        Ok(ExitCode::SUCCESS)
    }
}

/// What makes no folder: a status, a dry run, a merge.
fn look(args: &SweepArgs, sweep: &Sweep, share: Shard) -> anyhow::Result<ExitCode> {
    let begun = sweep.begun().map_err(explain)?;
    let folder = sweep.folder.display();
    if args.merge {
        if begun {
            return merge(args, sweep);
        }
        let problem = Problem::placeless(
            "--merge",
            format!("nothing was run in {folder}: there is nothing to merge"),
        );
        let advice = format!("run it first: yaosu sweep {}", args.experiment);
        return Err(Problems::from(problem.advice(advice)).into());
    }
    let text = if args.dry_run {
        dry_run(args, sweep, share)?
    } else if begun {
        format!("{}: {folder}\n{}", what(sweep), sweep.status()?)
    } else {
        format!("{}: {folder}\nnothing was run yet\n", what(sweep))
    };
    Ok(finish(
        io::stdout().lock().write_all(text.as_bytes()),
        ExitCode::SUCCESS,
    ))
}

/// The size of a sweep.
fn what(sweep: &Sweep) -> String {
    let e = sweep.task.experiment;
    format!(
        "{}: {} of {} points, {} replicates, {} jobs in {} parts",
        e.name,
        e.design.name(),
        sweep.task.points.len(),
        e.replicates,
        sweep.plan.jobs,
        sweep.plan.parts()
    )
}

fn tell(sweep: &Sweep, share: Shard, found: &Found) -> String {
    let of = match share.count {
        1 => String::new(),
        n => format!(" of the {} of share {}/{n}", found.all, share.index + 1),
    };
    format!(
        "{}; {} missing{of}: {}",
        what(sweep),
        found.todo().len(),
        sweep.folder.display()
    )
}

/// The command that goes on in the folder, with the engine that began it.
fn again(args: &SweepArgs, sweep: &Sweep) -> String {
    let submitted = sweep.folder.join(queue::SUBMITTED).exists();
    let engine = if submitted { " --engine slurm" } else { "" };
    let folder = sweep.folder.display();
    format!("yaosu sweep {} --resume {folder}{engine}", args.experiment)
}

fn dry_run(args: &SweepArgs, sweep: &Sweep, share: Shard) -> anyhow::Result<String> {
    let found = sweep.found(share);
    let mut text = tell(sweep, share, &found) + "\n";
    for line in found.damage() {
        text += &format!("  {line}\n");
    }
    if args.engine == Engine::Slurm && found.todo().is_empty() {
        text += "all parts are complete: nothing to submit\n";
    } else if args.engine == Engine::Slurm {
        let largest = slurm::largest_array();
        text += &slurm::submission(sweep, &args.experiment, &found.todo(), largest)?.show();
    }
    Ok(text)
}

/// Submits what is missing; if nothing is, merges here.
fn submit(args: &SweepArgs, sweep: &Sweep, found: &Found) -> anyhow::Result<ExitCode> {
    let todo = found.todo();
    if todo.is_empty() {
        return merge(args, sweep);
    }
    let submission = slurm::submission(sweep, &args.experiment, &todo, slurm::largest_array())?;
    let (array, last) = submission.submit(&sweep.folder, args.wait)?;
    let folder = sweep.folder.display();
    let mut text = format!("array {array} of {} tasks, merge {last}: {folder}\n", submission.tasks);
    if args.wait {
        text += &std::fs::read_to_string(sweep.folder.join(slurm::MERGE_LOG)).unwrap_or_default();
    }
    Ok(finish(
        io::stdout().lock().write_all(text.as_bytes()),
        ExitCode::SUCCESS,
    ))
}

/// Merges; says what is missing or damaged and how to run it.
pub(super) fn merge(args: &SweepArgs, sweep: &Sweep) -> anyhow::Result<ExitCode> {
    let merged = match sweep.merge() {
        Err(error) if error.is::<Incomplete>() => {
            let text = format!("{error}\nrun them with: {}\n", again(args, sweep));
            return Ok(finish(write!(io::stderr(), "{text}"), ExitCode::from(FAILED)));
        }
        merged => merged?,
    };
    if args.quiet {
        return Ok(ExitCode::SUCCESS);
    }
    let mut text = format!(
        "complete: {} jobs, {} rows, sha256 {}\n",
        sweep.plan.jobs, merged.rows, merged.sha256
    );
    if let Some((count, first)) = &merged.failed {
        text += &format!("{count} jobs failed (rows with `error`); the first: {first}\n");
    }
    text += &format!("results: {}\n", sweep.folder.display());
    Ok(finish(
        io::stdout().lock().write_all(text.as_bytes()),
        ExitCode::SUCCESS,
    ))
}

/// What a person asks of a sensitivity analysis.
#[derive(Debug, Clone, Args)]
pub struct SensitivityArgs {
    /// Path of an experiment, or the name of a built-in one
    experiment: String,
    /// Folder for results [default: outputs]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Go on in this folder of a sweep
    #[arg(long, value_name = "DIR", conflicts_with = "out")]
    resume: Option<PathBuf>,
    /// Threads [default: all]
    #[arg(long, value_name = "N")]
    threads: Option<std::num::NonZeroUsize>,
    /// Print nothing but errors
    #[arg(long)]
    quiet: bool,
}

/// Runs what is missing of the sweep, analyses, draws.
pub(super) fn sensitivity(args: &SensitivityArgs, known: &Known) -> anyhow::Result<ExitCode> {
    let experiment = load_experiment(&args.experiment, known)?;
    if !analysable(experiment.design) {
        let message = format!(
            "the design `{}` tells nothing of single inputs",
            experiment.design.name()
        );
        let advice = "use kind = \"one_at_a_time\", \"screening\", \"morris\" or \"saltelli\"";
        return Err(Problems::from(Problem::placeless("design.kind", message).advice(advice)).into());
    }
    let whole = SweepArgs {
        experiment: args.experiment.clone(),
        out: args.out.clone(),
        resume: args.resume.clone(),
        shard: None,
        shards: None,
        merge: false,
        status: false,
        engine: Engine::Local,
        dry_run: false,
        wait: false,
        threads: args.threads,
        quiet: args.quiet,
    };
    let code = sweep(&whole, known)?;
    if code != ExitCode::SUCCESS {
        return Ok(code);
    }
    let data = data_of(&experiment, known)?;
    let out = args.out.clone().unwrap_or_else(|| "outputs".into());
    let sweep = Sweep::plan(&experiment, known, &data, &out, args.resume.as_deref())?;
    let table = analyse(&sweep)?;
    let stamp = format!(
        "{}: {} points, {} jobs, {} a point, base seed {}; yaosu {}",
        experiment.name,
        sweep.task.points.len(),
        sweep.plan.jobs,
        experiment.replicates,
        experiment.base_seed,
        env!("CARGO_PKG_VERSION")
    );
    let mut drawn = crate::report::sensitivity::draw(&table, &stamp)?;
    let program = crate::experiment::sweep::program_hash()?;
    let command = format!("yaosu sensitivity {}", experiment.name);
    let stamp = format!("{stamp}, program {program}");
    drawn.extend(crate::report::sensitivity::write_page(&table, &stamp, &command)?);
    if args.quiet {
        return Ok(ExitCode::SUCCESS);
    }
    let mut text = crate::report::sensitivity::terminal(&table)?;
    for path in std::iter::once(&table).chain(&drawn) {
        text += &format!("{}\n", path.display());
    }
    Ok(finish(
        io::stdout().lock().write_all(text.as_bytes()),
        ExitCode::SUCCESS,
    ))
}
