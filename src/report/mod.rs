//! Tables and figures from the files of a run folder, and from nothing else.
//!
//! | file | what |
//! |---|---|
//! | `spec` | the list of figures: to add one, add an entry |
//! | `style` | colours and sizes |
//! | `data`, `identity`, `track`, `effects` | reads the folder; pairs baseline and reform by seed, or takes a comparison's own effects |
//! | `stats`, `units` | intervals; readable units and numbers |
//! | `scene`, `render` | marks on a page; PNG and SVG |
//! | `page` | title, notes, stamp, axes, legend |
//! | `paths`, `map`, `curves`, `forest` | one kind of plot each |
//! | `tables` | terminal, Markdown, CSV |
//! | `facts`, `fact_plots`, `firm_plots` | tables and plots of the stylised facts |
//! | `compared` | reads the tables of a comparison |
//! | `shapley`, `channels`, `gains`, `moves`, `events` | plots of a comparison |
//! | `tables`, `effect_tables`, `grids` | terminal, Markdown, CSV; effects of a comparison and its other tables, LaTeX too |
//! | `outcomes` | named outcomes on one line of JSON |
//! | `sensitivity` | tornado figures and bars of indices |
//! | `calibration` | estimates in their ranges, fit of the targets, the page of a calibration |
//! | `html` | the page: a policy brief in one file |

pub mod calibration;
mod channels;
mod compared;
mod curves;
mod data;
mod effect_tables;
mod effects;
mod events;
mod fact_plots;
pub mod facts;
mod firm_plots;
mod forest;
mod gains;
mod grids;
pub mod html;
mod identity;
mod map;
mod moves;
pub mod outcomes;
mod page;
mod paths;
mod render;
mod scene;
pub mod sensitivity;
mod shapley;
pub mod spec;
pub mod stats;
pub mod style;
mod tables;
mod track;
pub mod units;

use std::fs;
use std::path::{Path, PathBuf};

use crate::experiment::frames::FrameError;
use compared::Compared;
use data::Run;
use scene::Scene;
pub use spec::{COMPARED, FIGURES, FigureSpec, Plot};

/// Why a report could not be made.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// A frame could not be read.
    #[error(transparent)]
    Frame(#[from] FrameError),
    /// A file could not be written.
    #[error("{path}: {source}")]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The manifest is not TOML.
    #[error("manifest.toml: {0}")]
    Manifest(String),
    /// There is nothing to report on.
    #[error("{}: no rows", .0.display())]
    Empty(PathBuf),
    /// A folder holds one scenario only.
    #[error("{}: nothing to compare: no effects.parquet, and one scenario in series.parquet", .0.display())]
    NoReference(PathBuf),
    /// A CSV file lacks a column.
    #[error("{path}: no column `{column}`")]
    Column {
        /// The file.
        path: PathBuf,
        /// The column.
        column: String,
    },
    /// A picture could not be drawn.
    #[error("drawing: {0}")]
    Draw(String),
    /// A table could not be written.
    #[error(transparent)]
    Csv(#[from] csv::Error),
}

impl ReportError {
    fn io(path: &Path, source: std::io::Error) -> Self {
        Self::Io {
            path: path.to_owned(),
            source,
        }
    }
}

/// Why a figure was left out.
struct Skip(String);

impl Skip {
    fn one_scenario() -> Self {
        Self("needs two scenarios".to_owned())
    }

    fn missing<'a>(names: impl IntoIterator<Item = &'a str>) -> Self {
        Self(format!(
            "not in this run: {}",
            names.into_iter().collect::<Vec<_>>().join(", ")
        ))
    }
}

/// Draws every figure of [`FIGURES`] as PNG and SVG into `figures/`, writes the tables into `tables/`, and the page
/// `report.html` if the folder compares two things. A folder without `series.parquet` has the page only.
///
/// Figures whose metrics the run lacks, or that compare two scenarios when there is one, are skipped and `progress` says
/// so. Returns the files written.
pub fn draw_all(run_dir: &Path, progress: &mut dyn FnMut(&str)) -> Result<Vec<PathBuf>, ReportError> {
    let page = html::comparable(run_dir);
    let mut files = match run_dir.join("series.parquet").is_file() {
        true => draw_figures(run_dir, progress)?,
        false if page => Vec::new(),
        false => return Err(ReportError::Empty(run_dir.to_owned())),
    };
    if page {
        files.push(html::html(run_dir, html::Language::En)?);
        progress("report.html");
    }
    Ok(files)
}

fn draw_figures(run_dir: &Path, progress: &mut dyn FnMut(&str)) -> Result<Vec<PathBuf>, ReportError> {
    let run = load(run_dir)?;
    let compared = Compared::load(run_dir)?;
    if !run.ignored.is_empty() && compared.is_none() {
        progress(&format!("scenarios without a figure: {}", run.ignored.join(", ")));
    }
    let folder = |name: &str| {
        let path = run_dir.join(name);
        fs::create_dir_all(&path)
            .map(|()| path.clone())
            .map_err(|e| ReportError::io(&path, e))
    };
    let mut files = tables::write(&run, &folder("tables")?, compared.is_none())?;
    progress("tables");
    if let Some(compared) = &compared {
        files.extend(effect_tables::write(compared, &folder("tables")?)?);
        files.extend(grids::write(compared, &folder("tables")?)?);
    }
    let figures = folder("figures")?;
    let more = compared.iter().flat_map(|_| COMPARED);
    for spec in FIGURES.iter().chain(more) {
        match draw(&run, compared.as_ref(), spec) {
            Ok(scene) => {
                files.extend(render::write(&scene, &figures.join(spec.id))?);
                progress(spec.id);
            }
            Err(Skip(why)) => progress(&format!("{} skipped: {why}", spec.id)),
        }
    }
    Ok(files)
}

/// Key metrics of a run: levels in the last year, effects after 2, 5 and 10 years with 95% intervals. Of a comparison:
/// effects of every lever and the package at the longest horizon.
pub fn summary_table(run_dir: &Path) -> Result<comfy_table::Table, ReportError> {
    Ok(match Compared::load(run_dir)? {
        Some(compared) => effect_tables::terminal(&compared),
        None => tables::terminal(&load(run_dir)?),
    })
}

/// Draws the figures of a folder of stylised facts and writes its page.
pub fn draw_facts(dir: &Path, progress: &mut dyn FnMut(&str)) -> Result<(), ReportError> {
    let rows = facts::load(dir)?;
    let run = Run::of_distributions(dir)?;
    let figures = dir.join("figures");
    fs::create_dir_all(&figures).map_err(|e| ReportError::io(&figures, e))?;
    let mut drawn = Vec::new();
    for spec in spec::FACT_FIGURES {
        match draw(&run, None, spec) {
            Ok(scene) => {
                render::write(&scene, &figures.join(spec.id))?;
                drawn.push((spec.id, spec.title, spec.note));
            }
            Err(Skip(why)) => progress(&format!("{} skipped: {why}", spec.id)),
        }
    }
    let before = facts::load_before(dir)?.unwrap_or_default();
    let program = facts::program(dir);
    facts::write_page(dir, &facts::page([&rows, &before], &run, &program, &drawn))?;
    Ok(())
}

/// The table of a folder of stylised facts, for a terminal.
pub fn facts_table(dir: &Path) -> Result<String, ReportError> {
    Ok(facts::terminal(&facts::load(dir)?))
}

fn load(run_dir: &Path) -> Result<Run, ReportError> {
    let figures = FIGURES.iter().flat_map(|f| f.plot.metrics());
    let metrics: Vec<&str> = figures.chain(spec::KEY.iter().map(|i| i.metric)).collect();
    Run::load(run_dir, &metrics)
}

fn draw(run: &Run, compared: Option<&Compared>, spec: &FigureSpec) -> Result<Scene, Skip> {
    let tables = || compared.ok_or_else(|| Skip("needs a comparison".to_owned()));
    match &spec.plot {
        Plot::Paths(items) => paths::levels(run, spec, items),
        Plot::Effects(items) => paths::effects(run, spec, items),
        Plot::Map(item, of) => map::draw(run, spec, item, *of),
        Plot::Lorenz(names) => curves::lorenz(run, spec, names),
        Plot::Densities(names, x_title) => curves::densities(run, spec, names, x_title),
        Plot::Forest(items) => forest::draw(run, compared, spec, items),
        Plot::Bars(item, groups) => forest::bars(run, spec, item, groups),
        Plot::Zipf => firm_plots::zipf(run, spec),
        Plot::Growth => firm_plots::growth(run, spec),
        Plot::Wedges => firm_plots::wedges(run, spec),
        Plot::LorenzData => fact_plots::lorenz(run, spec),
        Plot::Scatter(name, x, y) => fact_plots::scatter(run, spec, name, x, y),
        Plot::Levers(items) => forest::levers(run, tables()?, spec, items),
        Plot::EventStudy => events::draw(run, tables()?, spec),
        Plot::Shapley(items) => shapley::bars(run, tables()?, spec, items),
        Plot::Interactions(item) => shapley::matrix(run, tables()?, spec, item),
        Plot::Channels => channels::draw(run, tables()?, spec),
        Plot::Gains => gains::draw(run, tables()?, spec),
        Plot::Moves => moves::draw(run, tables()?, spec),
    }
}
