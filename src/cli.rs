//! Commands: what a person types and reads. The only file that prints.

mod arguments;
mod calibrate;
mod compare;
mod docs;
mod facts;
mod progress;
mod run;
mod show;
mod sweep;

use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand, ValueEnum};

pub use arguments::ScenarioArgs;
pub use run::RunArgs;

use crate::base::problem::{Problem, Problems};
use crate::experiment::job::JobError;
use crate::metrics::{self, METRICS};
use crate::policy::Measured;
use crate::report::html;
use crate::scenario::seed::SeedEconomy;
use crate::scenario::{self, Known, KnownWorld};
use crate::step::TIMELINE;

/// Exit code of a run that failed.
pub const FAILED: u8 = 1;
/// Exit code of wrong input.
pub const WRONG_INPUT: u8 = 2;
/// Exit code after Ctrl-C.
pub const INTERRUPTED: u8 = 130;

/// Simulates how factors of production move, and what reforms of their markets do.
#[derive(Debug, Parser)]
#[command(name = "yaosu", version, arg_required_else_help = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run one scenario with one or many seeds
    Run(RunArgs),
    /// Hold a world against its stylised facts
    Facts(facts::FactsArgs),
    /// Compare each lever and the package with the baseline, paired on common seeds
    Compare(compare::CompareArgs),
    /// Run a design over keys and levers times seeds, and merge its outcomes
    Sweep(sweep::SweepArgs),
    /// Say which inputs of a one-at-a-time, Morris or Saltelli design matter; runs what is missing
    Sensitivity(sweep::SensitivityArgs),
    /// Find parameters from targets by simulated moments; says what is not identified and when it did not converge
    Calibrate(calibrate::CalibrateArgs),
    /// Draw figures and tables of a folder again, from its files alone
    Report {
        /// A folder of `run`, `compare` or `calibrate`
        folder: PathBuf,
        /// Language of the page: report.html, and for Chinese report.zh.html beside it
        #[arg(long, value_enum, default_value_t = Language::En)]
        lang: Language,
    },
    /// Check scenarios, lever files, experiments and worlds
    Check {
        /// Files, folders of worlds, or names of built-in scenarios and experiments
        #[arg(required = true)]
        files: Vec<String>,
    },
    /// List the levers, or tell all about one
    Levers {
        /// Name of a lever
        id: Option<String>,
        /// Language of labels and texts
        #[arg(long, value_enum, default_value_t = Language::En)]
        lang: Language,
    },
    /// Print the stages of a quarter
    Timeline,
    /// Print the metrics with their units
    Metrics,
    /// Print the JSON Schema of scenarios, for editors
    Schema,
    /// Write the generated pages of the documentation
    #[command(hide = true)]
    Docs {
        /// Folder of the pages
        folder: PathBuf,
    },
    /// Print a completion script
    Completions {
        /// For which shell
        shell: clap_complete::Shell,
    },
}

/// A language to tell things in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Language {
    /// Chinese
    Zh,
    /// English
    En,
}

/// Reads the command line, does what it says, and gives the exit code.
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(message) => {
            let code = u8::try_from(message.exit_code()).unwrap_or(WRONG_INPUT);
            return finish(message.print(), ExitCode::from(code));
        }
    };
    let mut out = io::stdout().lock();
    let result = match cli.command {
        Command::Run(args) => {
            drop(out);
            return run::run(&args).unwrap_or_else(|error| tell(&error));
        }
        Command::Facts(args) => {
            drop(out);
            return facts::run(&args).unwrap_or_else(|error| tell(&error));
        }
        Command::Compare(args) => {
            drop(out);
            return compare::compare(&args, &known()).unwrap_or_else(|error| tell(&error));
        }
        Command::Sweep(args) => {
            drop(out);
            return sweep::sweep(&args, &known()).unwrap_or_else(|error| tell(&error));
        }
        Command::Sensitivity(args) => {
            drop(out);
            return sweep::sensitivity(&args, &known()).unwrap_or_else(|error| tell(&error));
        }
        Command::Calibrate(args) => {
            drop(out);
            return calibrate::calibrate(&args, &known()).unwrap_or_else(|error| tell(&error));
        }
        Command::Report { folder, lang } => {
            drop(out);
            return redraw(&folder, lang).unwrap_or_else(|error| tell(&error));
        }
        Command::Check { files } => return check(&files, &known(), &mut out),
        Command::Levers { id, lang } => {
            return levers(id.as_deref(), lang, &known(), &mut out);
        }
        Command::Timeline => write!(out, "{}", show::timeline(TIMELINE)),
        Command::Metrics => write!(out, "{}", show::metrics(METRICS)),
        Command::Schema => match scenario::schema(&known()) {
            Ok(text) => out.write_all(text.as_bytes()),
            Err(problems) => return refuse(&problems),
        },
        Command::Docs { folder } => {
            drop(out);
            return write_docs(&folder).unwrap_or_else(|error| tell(&error));
        }
        Command::Completions { shell } => completions(shell, &mut out),
    };
    finish(result, ExitCode::SUCCESS)
}

/// Names that scenarios may use: worlds with their regions, metrics with their groups.
pub fn known() -> Known {
    let mut known = Known {
        measured: Measured {
            metrics: METRICS.iter().map(|m| m.name.to_owned()).collect(),
            groups: metrics::groups().iter().map(|g| (*g).to_owned()).collect(),
            series: METRICS.iter().map(metrics::series_of).collect(),
        },
        ..Known::default()
    };
    for name in SeedEconomy::builtin_names() {
        if let Some(Ok(data)) = SeedEconomy::builtin(name) {
            known.worlds.push(KnownWorld::new(name, &data));
        }
    }
    known
}

/// `yaosu report`: figures, tables and the page of a folder, from its files.
fn redraw(folder: &std::path::Path, lang: Language) -> anyhow::Result<ExitCode> {
    if folder.join(crate::experiment::calibrate::PARAMETERS).is_file() {
        let files = crate::report::calibration::draw(folder)?;
        let told = crate::report::calibration::terminal(folder)?;
        let written = writeln!(io::stdout(), "{told}{} files drawn: {}", files.len(), folder.display());
        return Ok(finish(written, ExitCode::SUCCESS));
    }
    if !folder.join("series.parquet").is_file() {
        let message = format!("{} has no series.parquet", folder.display());
        let problem =
            Problem::placeless("report", message).advice("name a folder that `run`, `compare` or `calibrate` wrote");
        return Ok(refuse(&problem.into()));
    }
    let mut err = io::stderr().lock();
    let mut files = crate::report::draw_all(folder, &mut |text| {
        let _ = writeln!(err, "{text}");
    })?;
    if lang == Language::Zh && html::comparable(folder) {
        files.push(html::html(folder, html::Language::Zh)?);
    }
    let mut out = io::stdout().lock();
    let table = crate::report::summary_table(folder)?;
    let written = write!(out, "{table}\n{} files drawn: {}\n", files.len(), folder.display());
    Ok(finish(written, ExitCode::SUCCESS))
}

/// `yaosu docs`: the generated pages of the documentation.
fn write_docs(folder: &std::path::Path) -> anyhow::Result<ExitCode> {
    let pages = docs::write(folder, &known())?;
    let written = writeln!(io::stdout(), "{}: {}", folder.display(), pages.join(", "));
    Ok(finish(written, ExitCode::SUCCESS))
}

/// `code`, unless the output could not be written; a reader that has gone away is no failure.
fn finish(result: io::Result<()>, code: ExitCode) -> ExitCode {
    match result {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            let _ = writeln!(io::stderr(), "error: cannot write: {error}");
            ExitCode::from(FAILED)
        }
        _ => code,
    }
}

/// Prints why nothing came of it.
fn tell(error: &anyhow::Error) -> ExitCode {
    let (text, code) = match error.downcast_ref::<Problems>() {
        Some(problems) => (problems.render(in_colour()), WRONG_INPUT),
        None => {
            let code = match error.downcast_ref() {
                Some(JobError::Interrupted) => INTERRUPTED,
                Some(JobError::Over { .. }) => WRONG_INPUT,
                _ => FAILED,
            };
            (format!("error: {}\n", causes(error)), code)
        }
    };
    finish(write!(io::stderr(), "{text}"), ExitCode::from(code))
}

/// The error with its causes; one that its effect already told is not repeated.
fn causes(error: &anyhow::Error) -> String {
    let told = error.chain().map(ToString::to_string);
    told.reduce(|text, cause| {
        if text.ends_with(&cause) {
            text
        } else {
            format!("{text}: {cause}")
        }
    })
    .unwrap_or_default()
}

fn refuse(problems: &Problems) -> ExitCode {
    finish(
        write!(io::stderr(), "{}", problems.render(in_colour())),
        ExitCode::from(WRONG_INPUT),
    )
}

fn in_colour() -> bool {
    io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none()
}

fn check(files: &[String], known: &Known, out: &mut impl Write) -> ExitCode {
    let mut code = ExitCode::SUCCESS;
    for file in files {
        match scenario::check_file(file, known) {
            Ok(what) => {
                if let Err(error) = writeln!(out, "ok: {file}: {what}") {
                    return finish(Err(error), code);
                }
            }
            Err(problems) => code = refuse(&problems),
        }
    }
    code
}

fn levers(id: Option<&str>, lang: Language, known: &Known, out: &mut impl Write) -> ExitCode {
    let all = scenario::baseline().and_then(|all| Ok((all.law(), scenario::levers(known)?)));
    let (law, levers) = match all {
        Ok(all) => all,
        Err(problems) => return refuse(&problems),
    };
    let Some(id) = id else {
        return finish(
            write!(out, "{}", show::catalogue(&levers, &law, lang)),
            ExitCode::SUCCESS,
        );
    };
    match levers.iter().find(|lever| lever.id == id) {
        Some(lever) => finish(write!(out, "{}", show::one_lever(lever, &law, lang)), ExitCode::SUCCESS),
        None => {
            let names = levers.iter().map(|lever| lever.id.as_str());
            let problem = Problem::placeless(id, format!("`{id}` is not a known lever"));
            refuse(&problem.advice("`yaosu levers` lists them all").near(id, names).into())
        }
    }
}

/// The script is made in memory first, so that a reader that goes away is no failure.
fn completions(shell: clap_complete::Shell, out: &mut impl Write) -> io::Result<()> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "yaosu", &mut script);
    out.write_all(&script)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        Cli::command().debug_assert();
    }

    #[test]
    fn options_of_their_own_become_overrides() {
        let line = [
            "yaosu",
            "run",
            "tiny",
            "--set",
            "scale=9",
            "--seeds",
            "1",
            "--quarters",
            "3",
            "--scale",
            "8",
        ];
        let Ok(Cli {
            command: Command::Run(args),
        }) = Cli::try_parse_from(line)
        else {
            panic!("valid")
        };
        let mut known = Known::default();
        let regions = ["wanzhou".to_owned()].to_vec();
        let groups = vec![("central_urban".to_owned(), vec![0])];
        known.worlds.push(scenario::KnownWorld {
            name: "chongqing".to_owned(),
            regions,
            groups,
            ..scenario::KnownWorld::default()
        });
        let args = args.common;
        let read = scenario::load(&args.scenario, &args.overrides(), &known).unwrap_or_else(|p| panic!("{p}"));
        assert_eq!(
            (read.seeds.as_slice(), read.quarters, read.scale),
            ([1].as_slice(), 3, 8)
        );
        let wrong = ScenarioArgs {
            quarters: Some(0),
            ..args
        };
        let problems = scenario::load("tiny", &wrong.overrides(), &known).expect_err("no quarters");
        assert!(
            problems
                .to_string()
                .contains("--quarters:1:10: `quarters` is 0, but must lie in [1, 2000]"),
            "{problems}"
        );
    }
}
