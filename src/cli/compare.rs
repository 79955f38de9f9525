//! `yaosu compare`: from the command line to a folder and a table.

use std::io::{self, Write};
use std::process::ExitCode;

use anyhow::Context;
use clap::{Args, ValueEnum};

use super::{INTERRUPTED, ScenarioArgs, finish, progress};
use crate::base::problem::{Problem, Problems};
use crate::experiment::compare::{self as experiment, Options, Summary, Until};
use crate::metrics::METRICS;
use crate::scenario::{self, Known, Overrides, Scenario};

/// What a person asks of a comparison.
#[derive(Debug, Clone, Args)]
pub struct CompareArgs {
    /// The scenario and how to work on it.
    #[command(flatten)]
    common: ScenarioArgs,
    /// Compare these levers; others are off [default: those that the scenario switches on]
    #[arg(long, value_name = "A,B,C", value_delimiter = ',')]
    levers: Vec<String>,
    /// What enters the decomposition as one
    #[arg(long, value_enum, value_name = "WHAT", default_value_t = By::Lever)]
    by: By,
    /// Run single levers and the package only
    #[arg(long)]
    no_decomposition: bool,
    /// Pairs of orders drawn for the decomposition of more than 7 levers
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u16).range(2..=1000))]
    permutations: u16,
    /// Add seeds until the half-width of the 95 % interval is this small: 0.1% of the baseline, or 0.1 units
    #[arg(long, value_name = "WIDTH", conflicts_with = "seed", conflicts_with = "seeds")]
    until: Option<String>,
    /// What --until looks at, such as gdp_real,population@wanzhou,log_wage_incumbent:low_native
    #[arg(
        long,
        value_name = "METRIC[:GROUP][@REGION],...",
        value_delimiter = ',',
        default_value = "gdp_real",
        requires = "until"
    )]
    target: Vec<String>,
    /// Write series and effects for another program as well
    #[arg(long, value_enum, value_name = "FORMAT")]
    format: Option<Format>,
    /// Most seeds that --until may use [default: all of the seed file]
    #[arg(long, value_name = "N", requires = "until")]
    cap: Option<u64>,
}

/// Formats of tables beside Parquet and CSV.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Stata, format 118
    Dta,
}

/// Players of the decomposition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum By {
    /// Each lever
    Lever,
    /// Levers of one chapter of the plan together
    Chapter,
}

/// Loads, runs with progress, draws, and tells what came out.
pub(super) fn compare(args: &CompareArgs, known: &Known) -> anyhow::Result<ExitCode> {
    let common = &args.common;
    let until = args.until()?;
    let scenario = args.load(known)?;
    common.start_threads()?;
    let options = Options {
        out: common.folder(),
        by_chapter: args.by == By::Chapter,
        decompose: !args.no_decomposition,
        permutations: usize::from(args.permutations),
        stata: args.format == Some(Format::Dta),
        until,
    };
    let watch = progress::Progress::new(common.quiet);
    watch.listen()?;
    let summary = experiment::compare(&scenario, &options, &watch)?;
    watch.end();
    let drawn = crate::report::draw_all(&summary.partial, &mut |text| watch.note(text));
    // what was computed is kept even if it cannot be drawn
    experiment::publish(&summary)?;
    drawn.with_context(|| format!("the results are in {}, but drawing failed", summary.folder.display()))?;
    let code = ExitCode::from(if summary.interrupted { INTERRUPTED } else { 0 });
    if common.quiet {
        return Ok(code);
    }
    let mut out = io::stdout().lock();
    let table = crate::report::summary_table(&summary.folder)?;
    let text = tell(&scenario, &summary);
    let written = write!(out, "{text}{table}\nresults: {}\n", summary.folder.display());
    Ok(finish(written, code))
}

impl CompareArgs {
    /// The scenario with exactly the levers that are compared.
    fn load(&self, known: &Known) -> Result<Scenario, Problems> {
        let mut overrides = self.common.overrides();
        if let Some(cap) = self.cap {
            overrides.option("--cap", "seeds.count", cap);
        }
        let mut scenario = scenario::load(&self.common.scenario, &overrides, known)?;
        if !self.levers.is_empty() {
            let on = |id: &str| scenario.levers.iter().any(|a| a.lever.id == id);
            for id in self.levers.iter().filter(|id| !on(id)) {
                overrides.option("--levers", &format!("levers.{id}"), "true");
            }
            for active in scenario.levers.iter().filter(|a| !self.levers.contains(&a.lever.id)) {
                overrides.option("--levers", &format!("levers.{}", active.lever.id), "false");
            }
            // other levers than the scenario's own are another package
            let own = scenario.levers.len() == self.levers.len() && self.levers.iter().all(|id| on(id));
            let named = self.common.set.iter().any(|text| text.trim_start().starts_with("name"));
            if self.levers.len() > 1 && !own && !named {
                overrides.option("--levers", "name", crate::base::spanned::quote("package"));
            }
            scenario = scenario::load(&self.common.scenario, &overrides, known)?;
        }
        let refuse =
            |message: &str, advice: &str| Err(Problem::placeless(&self.common.scenario, message).advice(advice).into());
        if scenario.levers.is_empty() {
            return refuse(
                "no lever is on, so there is nothing to compare",
                "name some with `--levers a,b`",
            );
        }
        if self.until.is_some() && self.cap.is_none() {
            scenario = self.all_seeds(scenario, &mut overrides, known);
        }
        let clash = scenario.levers.len() > 1 && scenario.levers.iter().any(|a| a.lever.id == scenario.name);
        if clash || scenario.name == "baseline" {
            return refuse(
                &format!("`name` is `{}`, which is the name of another arm", scenario.name),
                "give the package another name, such as `--set name=package`",
            );
        }
        if experiment::count_players(&scenario, self.by == By::Chapter) > experiment::MOST_PLAYERS {
            return refuse(
                &format!("more than {} levers are on", experiment::MOST_PLAYERS),
                "compare them `--by chapter`, or fewer with `--levers`",
            );
        }
        Ok(scenario)
    }

    /// The scenario with every seed of the file of replications, if its own seeds are the first of them.
    fn all_seeds(&self, scenario: Scenario, overrides: &mut Overrides, known: &Known) -> Scenario {
        overrides.option("--until", "seeds", r#"{ file = "seeds/replications.txt" }"#);
        match scenario::load(&self.common.scenario, overrides, known) {
            Ok(all) if all.seeds.starts_with(&scenario.seeds) => all,
            _ => scenario,
        }
    }

    /// The precision that was asked for.
    fn until(&self) -> Result<Option<Until>, Problems> {
        let Some(text) = &self.until else {
            return Ok(None);
        };
        for target in &self.target {
            let (metric, ..) = experiment::target_parts(target);
            if !METRICS.iter().any(|m| m.name == metric) {
                let problem = Problem::placeless("--target", format!("`{metric}` is not a metric"));
                return Err(problem.near(metric, METRICS.iter().map(|m| m.name)).into());
            }
        }
        let (number, per_cent) = match text.strip_suffix('%') {
            Some(number) => (number, true),
            None => (text.as_str(), false),
        };
        match number.trim().parse::<f64>() {
            Ok(half_width) if half_width > 0.0 && half_width.is_finite() => Ok(Some(Until {
                targets: self.target.clone(),
                half_width,
                per_cent,
            })),
            _ => {
                let message = format!("`--until` is `{text}`, but must be a width above 0 such as 0.1% or 0.002");
                Err(Problem::placeless("--until", message).into())
            }
        }
    }
}

/// What a comparison did, before its table of effects.
fn tell(scenario: &Scenario, s: &Summary) -> String {
    let mut text = format!(
        "{}: {} arms, {} seeds, {} quarters after {} of burn-in, scale {}; {:.1} s, and {:.1} s of estimates\n\
         {} stages audited, every residual zero\n\
         reform date {}: groups are frozen and horizons counted from there\n",
        scenario.name,
        s.arms,
        s.seeds,
        scenario.quarters,
        scenario.burn_in,
        scenario.scale,
        s.seconds,
        s.analysis_seconds,
        s.audits,
        s.reform,
    );
    if let Some((width, reached)) = s.precision {
        let told = if reached {
            "reached"
        } else {
            "not reached: no seeds are left"
        };
        text += &format!("precision {told}; widest half-width {width:.4}\n");
    }
    text
}
