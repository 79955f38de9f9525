//! `yaosu calibrate`: keys of a scenario from targets.

use super::sweep::explain;
use super::{FAILED, INTERRUPTED, finish, progress};
use crate::base::problem::{Problem, Problems};
use crate::experiment::calibrate::Work;
use crate::experiment::job::JobError;
use crate::report::calibration;
use crate::scenario::Known;
use crate::scenario::experiment::calibration::load_calibration;
use anyhow::Context;
use clap::Args;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

/// What a person asks of a calibration.
#[derive(Debug, Clone, Args)]
pub(super) struct CalibrateArgs {
    /// Path of a calibration, or the name of a built-in one
    experiment: String,
    /// Let the model make the targets at the scenario's own values, and find them again
    #[arg(long)]
    recover: bool,
    /// Folder for results [default: outputs]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Use the runs of this folder of a calibration, and go on in it
    #[arg(long, value_name = "DIR", conflicts_with = "out")]
    resume: Option<PathBuf>,
    /// Threads [default: all]
    #[arg(long, value_name = "N")]
    threads: Option<std::num::NonZeroUsize>,
    /// Print nothing but errors
    #[arg(long)]
    quiet: bool,
}

/// Searches, draws, tells; exit code 1 if the targets were not met within the tolerance.
pub(super) fn calibrate(args: &CalibrateArgs, known: &Known) -> anyhow::Result<ExitCode> {
    let mut asked = load_calibration(&args.experiment, known)?;
    if args.recover {
        asked.plant_own(known)?;
    }
    if let Some(folder) = args.resume.as_ref().filter(|f| !f.is_dir()) {
        let message = format!("{} is not a folder", folder.display());
        return Err(Problems::from(Problem::placeless("--resume", message)).into());
    }
    if let Some(threads) = args.threads {
        rayon::ThreadPoolBuilder::new()
            .num_threads(threads.get())
            .build_global()?;
    }
    let out = args.out.clone().unwrap_or_else(|| "outputs".into());
    let work = Work::plan(&asked, known, &out, args.resume.as_deref())?;
    let watch = progress::Progress::new(args.quiet);
    work.open().map_err(explain)?;
    watch.listen()?;
    let folder = work.folder.display();
    watch.note(&format!(
        "{}: {} keys, {} targets, at most {} evaluations of {} seeds: {folder}",
        asked.name,
        asked.axes.len(),
        asked.targets.len(),
        asked.evaluations,
        asked.replicates
    ));
    let outcome = match work.run(&watch) {
        Err(error) if matches!(error.downcast_ref(), Some(JobError::Interrupted)) => {
            watch.end();
            watch.note(&format!("runs are kept; the same command goes on in {folder}"));
            return Ok(ExitCode::from(INTERRUPTED));
        }
        done => done?,
    };
    watch.end();
    let code = if outcome.converged { 0 } else { FAILED };
    let drawn = calibration::draw(&work.folder);
    drawn.with_context(|| format!("the results are complete in {folder}, but drawing failed"))?;
    if args.quiet {
        return Ok(ExitCode::from(code));
    }
    let text = format!(
        "{}{} evaluations, {} runs were there already, {:.0} s\nresults: {folder}\n",
        calibration::terminal(&work.folder)?,
        outcome.evaluations,
        outcome.reused,
        outcome.seconds
    );
    Ok(finish(
        io::stdout().lock().write_all(text.as_bytes()),
        ExitCode::from(code),
    ))
}
