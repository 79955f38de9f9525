//! `yaosu facts`: the baseline held against stylised facts.

use super::arguments::ScenarioArgs;
use super::{FAILED, INTERRUPTED, finish, known, progress};
use crate::base::problem::{Problem, Problems};
use crate::experiment::facts::{self, Verdict};
use crate::scenario::{self, Overrides, facts::HOLDOUT};
use clap::Args;
use std::io::{self, Write};
use std::process::ExitCode;

/// Seeds unless said otherwise.
const SEEDS: u64 = 50;

/// What a person asks of `yaosu facts`.
#[derive(Debug, Clone, Args)]
pub(super) struct FactsArgs {
    #[command(flatten)]
    common: ScenarioArgs,
    /// Take the random seeds that nothing else may read
    #[arg(long, conflicts_with = "seed")]
    holdout: bool,
    /// Also hold this scenario against the facts, and show both: path or name of a built-in one
    #[arg(long, value_name = "SCENARIO")]
    before: Option<String>,
    /// Exit with code 1 if a fact fails
    #[arg(long)]
    strict: bool,
}

impl FactsArgs {
    /// The changes to the scenario: unless one seed is asked for, the listed seeds, fifty if no number is given.
    fn overrides(&self) -> Overrides {
        let mut common = self.common.clone();
        if common.seed.is_none() {
            let listed: Vec<&str> = HOLDOUT.lines().filter(|l| !l.starts_with('#')).collect();
            common.set.push(if self.holdout {
                format!("seeds=[{}]", listed.join(", "))
            } else {
                r#"seeds={ file = "seeds/replications.txt" }"#.to_owned()
            });
            common.seeds.get_or_insert(SEEDS);
        }
        Overrides {
            holdout: self.holdout,
            ..common.overrides()
        }
    }
}

/// Runs, draws, publishes, tells. A failed fact is a result, not a failure, unless `--strict`.
pub(super) fn run(args: &FactsArgs) -> anyhow::Result<ExitCode> {
    let scenario = scenario::load(&args.common.scenario, &args.overrides(), &known())?;
    if scenario::facts::facts(&scenario.world).is_none() {
        let message = format!("`world` is `{}`, which has no stylised facts", scenario.world);
        let problem = Problem::placeless("world", message).advice("facts are of the worlds that come with the program");
        return Err(Problems::from(problem).into());
    }
    args.common.start_threads()?;
    let watch = progress::Progress::new(args.common.quiet);
    watch.listen()?;
    let before = args
        .before
        .as_ref()
        .map(|name| scenario::load(name, &args.overrides(), &known()));
    let before = before.transpose()?;
    let summary = facts::run(
        (&scenario, before.as_ref()),
        args.holdout,
        &args.common.folder(),
        &watch,
    )?;
    watch.end();
    crate::report::draw_facts(&summary.partial, &mut |text| watch.note(text))?;
    crate::experiment::folder::publish(&summary.partial, &summary.folder)?;
    let failed = summary.judged.iter().any(|j| j.verdict == Verdict::Fail);
    let code = match (summary.interrupted, args.strict && failed) {
        (true, _) => ExitCode::from(INTERRUPTED),
        (_, true) => ExitCode::from(FAILED),
        _ => ExitCode::SUCCESS,
    };
    if args.common.quiet {
        return Ok(code);
    }
    let mut out = io::stdout().lock();
    let table = crate::report::facts_table(&summary.folder)?;
    let told = writeln!(
        out,
        "{table}\n{} seeds, {:.0} s; results: {}",
        summary.seeds,
        summary.seconds,
        summary.folder.display()
    );
    Ok(finish(told, code))
}
