//! Options that commands on a scenario share.

use clap::Args;
use std::path::PathBuf;

use crate::scenario::Overrides;

/// A scenario and how to work on it.
#[derive(Debug, Clone, Args)]
pub struct ScenarioArgs {
    /// Path of a scenario, or the name of a built-in one
    pub scenario: String,
    /// Folder for results [default: outputs]
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Change a key of the scenario, such as labour.separation=0.15
    #[arg(long, value_name = "KEY=VALUE")]
    pub set: Vec<String>,
    /// Run this one random seed
    #[arg(long, value_name = "S", conflicts_with = "seeds")]
    pub seed: Option<u64>,
    /// Run this many of the scenario's random seeds
    #[arg(long, value_name = "N")]
    pub seeds: Option<u64>,
    /// Measured quarters
    #[arg(long, value_name = "N")]
    pub quarters: Option<u64>,
    /// People whom one agent stands for
    #[arg(long, value_name = "N")]
    pub scale: Option<u64>,
    /// Threads [default: all]
    #[arg(long, value_name = "N")]
    pub threads: Option<std::num::NonZeroUsize>,
    /// Print nothing but errors
    #[arg(long, conflicts_with = "verbose")]
    pub quiet: bool,
    /// Print more; twice for still more
    #[arg(short = 'v', long, action = clap::ArgAction::Count)]
    pub verbose: u8,
}

impl ScenarioArgs {
    /// The changes to the scenario; options of their own come after `--set`.
    pub fn overrides(&self) -> Overrides {
        let mut overrides = Overrides::default();
        self.set.iter().for_each(|text| overrides.set(text));
        if let Some(seed) = self.seed {
            overrides.option("--seed", "seeds", format!("[{seed}]"));
        }
        let counts = [
            ("--seeds", "seeds.count", self.seeds),
            ("--quarters", "quarters", self.quarters),
            ("--scale", "scale", self.scale),
        ];
        for (option, key, value) in counts {
            if let Some(value) = value {
                overrides.option(option, key, value);
            }
        }
        overrides
    }

    /// Folder for results.
    pub fn folder(&self) -> PathBuf {
        self.out.clone().unwrap_or_else(|| "outputs".into())
    }

    /// Starts as many threads as were asked for.
    pub(super) fn start_threads(&self) -> Result<(), rayon::ThreadPoolBuildError> {
        match self.threads {
            Some(threads) => rayon::ThreadPoolBuilder::new()
                .num_threads(threads.get())
                .build_global(),
            None => Ok(()),
        }
    }
}
