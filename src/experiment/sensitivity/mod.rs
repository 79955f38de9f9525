//! `yaosu sensitivity`: which inputs matter, from the merged table of a sweep.
//!
//! | design | file | method |
//! |---|---|---|
//! | `one_at_a_time` | `tornado.csv` | swings paired by seed |
//! | `screening` | `screening.csv` | main effects by least squares, seeds as blocks, p-values after Holm |
//! | `morris` | `morris.csv` | elementary effects |
//! | `saltelli` | `sobol.csv` | first and total Sobol indices |

pub mod indices;
pub mod screening;
pub mod tornado;

use super::frames;
use super::sweep::{RESULTS, Sweep, design};
use crate::experiment::temporary;
use crate::scenario::experiment::Design;
use anyhow::Context;
use indices::Bounded;
use std::path::{Path, PathBuf};
use tornado::Mean;

/// Values of one outcome of one arm at one horizon.
struct Series {
    arm: String,
    outcome: String,
    unit: String,
    horizon: f64,
    /// By point and replicate; NaN where there is none.
    values: Vec<Vec<f64>>,
}

impl Series {
    /// Mean over replicates of every point; NaN if one is missing.
    fn means(&self) -> Vec<f64> {
        self.values
            .iter()
            .map(|v| v.iter().sum::<f64>() / v.len() as f64)
            .collect()
    }

    /// Variance of the mean over replicates, averaged over points, over the variance of these means: how much of what
    /// the analysis sees is luck. NaN for one replicate.
    fn noise(&self) -> f64 {
        let means = self.means();
        let n = means.len() as f64;
        let centre = means.iter().sum::<f64>() / n;
        let spread = means.iter().map(|m| (m - centre).powi(2)).sum::<f64>() / (n - 1.0);
        let own = |v: &Vec<f64>, m: f64| {
            let r = v.len() as f64;
            v.iter().map(|x| (x - m).powi(2)).sum::<f64>() / (r - 1.0) / r
        };
        self.values.iter().zip(&means).map(|(v, m)| own(v, *m)).sum::<f64>() / n / spread
    }
}

/// Why there is nothing to analyse.
#[derive(Debug, thiserror::Error)]
pub enum Nothing {
    /// Jobs failed, or outcomes were not measured.
    #[error("nothing can be analysed: too few jobs have an outcome; the first error: {0}")]
    Failed(String),
    /// All outcomes are there.
    #[error("nothing can be analysed: no outcome varies over the design")]
    Constant,
}

/// Whether a design can be analysed.
pub fn analysable(design: Design) -> bool {
    matches!(
        design,
        Design::OneAtATime | Design::Screening | Design::Morris { .. } | Design::Saltelli { .. }
    )
}

/// Analyses the merged table of a sweep and writes one CSV into its folder; gives its path.
///
/// # Errors
/// If the table cannot be read, no outcome can be analysed ([`Nothing`]), or the file not be written; no file is left then.
pub fn analyse(sweep: &Sweep) -> anyhow::Result<PathBuf> {
    let (series, error) = read(sweep)?;
    let e = sweep.task.experiment;
    let (name, head, rows) = match e.design {
        Design::OneAtATime => ("tornado.csv", TORNADO, tornado_rows(sweep, &series)),
        Design::Screening => ("screening.csv", SCREENING, screening_rows(sweep, &series)),
        Design::Morris { .. } => ("morris.csv", MORRIS, morris_rows(sweep, &series)),
        _ => ("sobol.csv", SOBOL, sobol_rows(sweep, &series)),
    };
    if rows.is_empty() {
        return Err(error.map_or(Nothing::Constant, Nothing::Failed).into());
    }
    let path = sweep.folder.join(name);
    write(&path, head, &rows).with_context(|| format!("write {}", path.display()))?;
    Ok(path)
}

const TORNADO: &[&str] = &[
    "arm",
    "outcome",
    "unit",
    "horizon",
    "input",
    "own",
    "first",
    "last",
    "base",
    "at_first",
    "at_first_low",
    "at_first_high",
    "at_last",
    "at_last_low",
    "at_last_high",
    "swing",
    "swing_se",
    "swing_low",
    "swing_high",
    "seeds",
];
const SCREENING: &[&str] = &[
    "arm",
    "outcome",
    "unit",
    "horizon",
    "input",
    "own",
    "first",
    "last",
    "base",
    "swing",
    "swing_se",
    "swing_low",
    "swing_high",
    "p",
    "p_holm",
    "runs",
];
const MORRIS: &[&str] = &[
    "arm",
    "outcome",
    "unit",
    "horizon",
    "input",
    "mu",
    "mu_star",
    "mu_star_low",
    "mu_star_high",
    "sigma",
    "noise_share",
];
const SOBOL: &[&str] = &[
    "arm",
    "outcome",
    "unit",
    "horizon",
    "input",
    "first",
    "first_low",
    "first_high",
    "total",
    "total_low",
    "total_high",
    "noise_share",
    "rows",
];

fn write(path: &Path, head: &[&str], rows: &[Vec<String>]) -> anyhow::Result<()> {
    let mut out = csv::Writer::from_writer(Vec::new());
    out.write_record(head)?;
    for row in rows {
        out.write_record(row)?;
    }
    Ok(temporary::replace(path, &out.into_inner()?)?)
}

/// The merged table by series, and the first error in it.
fn read(sweep: &Sweep) -> anyhow::Result<(Vec<Series>, Option<String>)> {
    let columns = [
        "point",
        "replicate",
        "arm",
        "outcome",
        "unit",
        "horizon",
        "value",
        "error",
    ];
    let table = frames::read_parquet(&sweep.folder.join(RESULTS), Some(&columns))?;
    let [points, replicates] = ["point", "replicate"].map(|c| frames::integers(&table, c));
    let [arms, outcomes, units] = ["arm", "outcome", "unit"].map(|c| frames::text(&table, c));
    let [horizons, values] = ["horizon", "value"].map(|c| frames::floats(&table, c));
    let (points, replicates, arms, outcomes, units) = (points?, replicates?, arms?, outcomes?, units?);
    let (horizons, values) = (horizons?, values?);
    let errors = frames::text(&table, "error")?;
    let error = errors.into_iter().find(|e| !e.is_empty()).map(str::to_owned);
    let empty = vec![vec![f64::NAN; sweep.task.experiment.replicates as usize]; sweep.task.points.len()];
    let mut all: Vec<Series> = Vec::new();
    for r in 0..values.len() {
        if outcomes[r].is_empty() {
            continue;
        }
        let same = |s: &&mut Series| s.arm == arms[r] && s.outcome == outcomes[r] && s.horizon == horizons[r];
        let slot = (points[r] as usize, replicates[r] as usize);
        if let Some(series) = all.iter_mut().find(same) {
            series.values[slot.0][slot.1] = values[r];
            continue;
        }
        let mut values_of = empty.clone();
        values_of[slot.0][slot.1] = values[r];
        all.push(Series {
            arm: arms[r].to_owned(),
            outcome: outcomes[r].to_owned(),
            unit: units[r].to_owned(),
            horizon: horizons[r],
            values: values_of,
        });
    }
    Ok((all, error))
}

fn head(s: &Series, input: &str) -> Vec<String> {
    vec![
        s.arm.clone(),
        s.outcome.clone(),
        s.unit.clone(),
        s.horizon.to_string(),
        input.to_owned(),
    ]
}

/// Numbers for a file; empty where there is none.
fn numbers(values: &[f64]) -> impl Iterator<Item = String> {
    values
        .iter()
        .map(|v| if v.is_finite() { v.to_string() } else { String::new() })
}

fn tornado_rows(sweep: &Sweep, series: &[Series]) -> Vec<Vec<String>> {
    let axes = &sweep.task.experiment.axes;
    let own = sweep.task.own_values();
    let mut rows = Vec::new();
    for s in series {
        let base = s.means().first().copied().unwrap_or(f64::NAN);
        for found in tornado::swings(axes, &own, &s.values) {
            let mut row = head(s, &axes[found.axis].key);
            row.push(own[found.axis].clone().unwrap_or_default());
            row.extend(found.ends.clone());
            let three = |m: &Mean| [m.value, m.low, m.high];
            row.extend(numbers(&[base]));
            found.moved.iter().for_each(|m| row.extend(numbers(&three(m))));
            let swing = &found.swing;
            row.extend(numbers(&[swing.value, swing.se, swing.low, swing.high]));
            row.push(found.seeds.to_string());
            rows.push(row);
        }
    }
    rows
}

fn screening_rows(sweep: &Sweep, series: &[Series]) -> Vec<Vec<String>> {
    let axes = &sweep.task.experiment.axes;
    let own = sweep.task.own_values();
    let high = design::screening(axes.len());
    let mut rows = Vec::new();
    for s in series {
        let Some(found) = screening::effects(&high, &s.values) else {
            continue;
        };
        for e in &found.effects {
            let ends = axes[e.axis].ends();
            let mut row = head(s, &axes[e.axis].key);
            row.push(own[e.axis].clone().unwrap_or_default());
            let first = (ends.len() > 1).then(|| ends.first().cloned()).flatten();
            row.extend([first, ends.last().cloned()].map(Option::unwrap_or_default));
            let swing = e.swing;
            row.extend(numbers(&[
                found.mean,
                swing.value,
                swing.se,
                swing.low,
                swing.high,
                e.p,
                e.p_holm,
            ]));
            row.push(found.runs.to_string());
            rows.push(row);
        }
    }
    rows
}

fn three(b: Bounded) -> [f64; 3] {
    [b.value, b.low, b.high]
}

fn morris_rows(sweep: &Sweep, series: &[Series]) -> Vec<Vec<String>> {
    let unit = design::unit(sweep.task.experiment);
    let mut rows = Vec::new();
    for s in series {
        for (axis, e) in sweep
            .task
            .experiment
            .axes
            .iter()
            .zip(indices::morris(&unit, &s.means()).unwrap_or_default())
        {
            let mut row = head(s, &axis.key);
            row.extend(numbers(&[e.mu]));
            row.extend(numbers(&three(e.mu_star)));
            row.extend(numbers(&[e.sigma, s.noise()]));
            rows.push(row);
        }
    }
    rows
}

fn sobol_rows(sweep: &Sweep, series: &[Series]) -> Vec<Vec<String>> {
    let axes = &sweep.task.experiment.axes;
    let mut rows = Vec::new();
    for s in series {
        let means = s.means();
        let whole = |row: &&[f64]| row.iter().all(|v| v.is_finite());
        let complete = means.chunks_exact(axes.len() + 2).filter(whole).count();
        for (axis, i) in axes.iter().zip(indices::sobol(axes.len(), &means).unwrap_or_default()) {
            let mut row = head(s, &axis.key);
            row.extend(numbers(&three(i.first)));
            row.extend(numbers(&three(i.total)));
            row.extend(numbers(&[s.noise(), complete as f64]));
            rows.push(row);
        }
    }
    rows
}
