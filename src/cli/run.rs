//! `yaosu run`: from the command line to a folder and a table.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use clap::Args;

use super::{INTERRUPTED, ScenarioArgs, finish, known, progress, show};
use crate::base::problem::{Problem, Problems};
use crate::experiment::job;
use crate::experiment::run::{self as experiment, Options};
use crate::scenario::{self, Scenario};
use crate::world::checkpoint;

/// What a person asks of a run.
#[derive(Debug, Clone, Args)]
pub struct RunArgs {
    /// The scenario and how to work on it.
    #[command(flatten)]
    pub common: ScenarioArgs,
    /// Go on from a checkpoint instead of a new world
    #[arg(long, value_name = "CHECKPOINT")]
    pub from: Option<PathBuf>,
    /// Save the world at the end of the run
    #[arg(long, value_name = "FILE")]
    pub save_checkpoint: Option<PathBuf>,
    /// Print one line of JSON with named outcomes of the last year, and draw nothing
    #[arg(long)]
    pub json: bool,
}

impl RunArgs {
    /// Refuses what the options about checkpoints cannot mean, before any work.
    fn check(&self, scenario: &Scenario) -> Result<(), Problems> {
        let [seed] = scenario.seeds[..] else {
            if self.from.is_none() && self.save_checkpoint.is_none() {
                return Ok(());
            }
            let message = format!("a checkpoint holds one seed, but this run has {}", scenario.seeds.len());
            let problem = Problem::placeless("checkpoint", message);
            return Err(problem.advice("choose one with `--seed`").into());
        };
        let Some(path) = &self.from else { return Ok(()) };
        checkpoint::check(path, &job::identity(scenario, seed)).map_err(|error| {
            let advice = "name a file that `--save-checkpoint` wrote for this scenario, scale and seed";
            Problem::placeless("--from", error.to_string()).advice(advice).into()
        })
    }
}

/// `yaosu run`: loads, runs with progress, draws, and tells what came out.
pub(super) fn run(args: &RunArgs) -> anyhow::Result<ExitCode> {
    let common = &args.common;
    let scenario = scenario::load(&common.scenario, &common.overrides(), &known())?;
    args.check(&scenario)?;
    common.start_threads()?;
    let options = Options {
        out: common.folder(),
        from: args.from.clone(),
        save: args.save_checkpoint.clone(),
    };
    let watch = progress::Progress::new(common.quiet);
    watch.listen()?;
    let summary = experiment::run(&scenario, &options, &watch)?;
    watch.end();
    // what was computed stands under its name before anything is drawn from it
    experiment::publish(&summary)?;
    let code = ExitCode::from(if summary.interrupted { INTERRUPTED } else { 0 });
    if summary.interrupted {
        watch.note(&show::stopped(&scenario, &summary));
    }
    if args.json {
        let line = crate::report::outcomes::json(&summary.folder, &scenario.name)?;
        return Ok(finish(writeln!(io::stdout().lock(), "{line}"), code));
    }
    let drawn = crate::report::draw_all(&summary.folder, &mut |text| watch.note(text));
    drawn.with_context(|| undrawn(&summary.folder))?;
    if common.quiet {
        return Ok(code);
    }
    let mut out = io::stdout().lock();
    let text = show::summary(&scenario, &summary, common.verbose > 0);
    let table = crate::report::summary_table(&summary.folder)?;
    let written = write!(out, "{text}{table}\nresults: {}\n", summary.folder.display());
    Ok(finish(written, code))
}

/// What to say when a figure fails.
fn undrawn(folder: &Path) -> String {
    let folder = folder.display();
    format!("the results are complete in {folder}, but drawing failed; `yaosu report {folder}` draws again")
}
