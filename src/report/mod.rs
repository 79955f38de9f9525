//! Tables and figures from the files of a run folder, and from nothing else.
//!
//! | file | what |
//! |---|---|
//! | `spec` | the list of figures: to add one, add an entry |
//! | `style` | colours and sizes |
//! | `data` | reads the folder; pairs baseline and reform by seed |
//! | `stats`, `units` | intervals; readable units and numbers |
//! | `scene`, `render` | marks on a page; PNG and SVG |
//! | `page` | title, notes, stamp, axes, legend |
//! | `paths`, `map`, `curves`, `forest` | one kind of plot each |
//! | `tables` | terminal, Markdown, CSV |
//! | `html` | the page: a policy brief in one file |

mod curves;
mod data;
mod forest;
pub mod html;
mod map;
mod page;
mod paths;
mod render;
mod scene;
pub mod spec;
pub mod stats;
pub mod style;
mod tables;
pub mod units;

use std::fs;
use std::path::{Path, PathBuf};

use crate::experiment::frames::FrameError;
use data::Run;
use scene::Scene;
pub use spec::{FIGURES, FigureSpec, Plot};

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
    if !run.ignored.is_empty() {
        progress(&format!("scenarios without a figure: {}", run.ignored.join(", ")));
    }
    let folder = |name: &str| {
        let path = run_dir.join(name);
        fs::create_dir_all(&path)
            .map(|()| path.clone())
            .map_err(|e| ReportError::io(&path, e))
    };
    let mut files = tables::write(&run, &folder("tables")?)?;
    progress("tables");
    let figures = folder("figures")?;
    for spec in FIGURES {
        match draw(&run, spec) {
            Ok(scene) => {
                files.extend(render::write(&scene, &figures.join(spec.id))?);
                progress(spec.id);
            }
            Err(Skip(why)) => progress(&format!("{} skipped: {why}", spec.id)),
        }
    }
    Ok(files)
}

/// Key metrics of a run: levels in the last year, effects after 2, 5 and 10 years with 95% intervals.
pub fn summary_table(run_dir: &Path) -> Result<comfy_table::Table, ReportError> {
    Ok(tables::terminal(&load(run_dir)?))
}

fn load(run_dir: &Path) -> Result<Run, ReportError> {
    let figures = FIGURES.iter().flat_map(|f| f.plot.metrics());
    let metrics: Vec<&str> = figures.chain(spec::KEY.iter().map(|i| i.metric)).collect();
    Run::load(run_dir, &metrics)
}

fn draw(run: &Run, spec: &FigureSpec) -> Result<Scene, Skip> {
    match &spec.plot {
        Plot::Paths(items) => paths::levels(run, spec, items),
        Plot::Effects(items) => paths::effects(run, spec, items),
        Plot::Map(item, of) => map::draw(run, spec, item, *of),
        Plot::Lorenz(names) => curves::lorenz(run, spec, names),
        Plot::Densities(names, x_title) => curves::densities(run, spec, names, x_title),
        Plot::Forest(items) => forest::draw(run, spec, items),
        Plot::Bars(item, groups) => forest::bars(run, spec, item, groups),
    }
}
