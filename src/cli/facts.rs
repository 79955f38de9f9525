//! `yaosu facts`: the baseline held against stylised facts.

use super::{FAILED, INTERRUPTED, finish, known, progress};
use crate::experiment::facts::{self, Verdict};
use crate::scenario::{self, Overrides, facts::HOLDOUT};
use clap::Args;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

/// Seeds unless said otherwise.
const SEEDS: u64 = 50;

/// What a person asks of `yaosu facts`.
#[derive(Debug, Clone, Args)]
pub(super) struct FactsArgs {
    /// Path of a scenario, or the name of a built-in one
    scenario: String,
    /// Folder for results [default: outputs]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Change a key of the scenario, such as labour.separation=0.15
    #[arg(long, value_name = "KEY=VALUE")]
    set: Vec<String>,
    /// Run this one random seed
    #[arg(long, value_name = "S", conflicts_with_all = ["seeds", "holdout"])]
    seed: Option<u64>,
    /// Run this many random seeds of seeds/replications.txt [default: 50]
    #[arg(long, value_name = "N")]
    seeds: Option<u64>,
    /// Take the random seeds that nothing else may read
    #[arg(long)]
    holdout: bool,
    /// Measured quarters
    #[arg(long, value_name = "N")]
    quarters: Option<u64>,
    /// People whom one agent stands for
    #[arg(long, value_name = "N")]
    scale: Option<u64>,
    /// Threads [default: all]
    #[arg(long, value_name = "N")]
    threads: Option<std::num::NonZeroUsize>,
    /// Exit with code 1 if a fact fails
    #[arg(long)]
    strict: bool,
    /// Print nothing but errors
    #[arg(long)]
    quiet: bool,
}

impl FactsArgs {
    fn overrides(&self) -> Overrides {
        let mut overrides = Overrides::default();
        self.set.iter().for_each(|text| overrides.set(text));
        let count = self.seeds.unwrap_or(SEEDS);
        if let Some(seed) = self.seed {
            overrides.option("--seed", "seeds", format!("[{seed}]"));
        } else if self.holdout {
            let seeds: Vec<&str> = HOLDOUT.lines().filter(|l| !l.starts_with('#')).collect();
            overrides.option("--holdout", "seeds", format!("[{}]", seeds.join(", ")));
            overrides.option("--seeds", "seeds.count", count);
        } else {
            overrides.option("--seeds", "seeds", r#"{ file = "seeds/replications.txt" }"#);
            overrides.option("--seeds", "seeds.count", count);
        }
        for (option, key, value) in [
            ("--quarters", "quarters", self.quarters),
            ("--scale", "scale", self.scale),
        ] {
            if let Some(value) = value {
                overrides.option(option, key, value);
            }
        }
        overrides
    }
}

/// Runs, draws, publishes, tells. A failed fact is a result, not a failure, unless `--strict`.
pub(super) fn run(args: &FactsArgs) -> anyhow::Result<ExitCode> {
    let scenario = scenario::load(&args.scenario, &args.overrides(), &known())?;
    if let Some(threads) = args.threads {
        rayon::ThreadPoolBuilder::new()
            .num_threads(threads.get())
            .build_global()?;
    }
    let out = args.out.clone().unwrap_or_else(|| "outputs".into());
    let watch = progress::Progress::new(args.quiet);
    watch.listen()?;
    let summary = facts::run(&scenario, args.holdout, &out, &watch)?;
    watch.end();
    crate::report::draw_facts(&summary.partial, &mut |text| watch.note(text))?;
    crate::experiment::run::publish(&summary.partial, &summary.folder)?;
    let failed = summary.judged.iter().any(|j| j.verdict == Verdict::Fail);
    let code = match (summary.interrupted, args.strict && failed) {
        (true, _) => ExitCode::from(INTERRUPTED),
        (_, true) => ExitCode::from(FAILED),
        _ => ExitCode::SUCCESS,
    };
    if args.quiet {
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
