//! Tables of a sweep: the rows of a part, and the merged table.

use super::design::seed_of;
use super::job::{Row, Task};
use super::parts::{self, Incomplete, PARTS};
use super::{Shard, Sweep};
use crate::experiment::frames::{self, FrameError};
use crate::experiment::temporary;
use anyhow::Context;
use polars::prelude::*;
use std::path::Path;

/// The merged table.
pub const RESULTS: &str = "results.parquet";

/// Columns that are no inputs.
pub const OWN: &[&str] = &[
    "point",
    "replicate",
    "seed",
    "arm",
    "outcome",
    "unit",
    "horizon",
    "value",
    "error",
];

/// Writes a text under another name and renames it.
///
/// # Errors
/// If it cannot be written.
pub fn write_text(path: &Path, text: &str) -> anyhow::Result<()> {
    temporary::replace(path, text.as_bytes()).with_context(|| format!("write {}", path.display()))
}

/// Writes a text that stays as the first of several processes writes it.
///
/// # Errors
/// If it cannot be written.
pub fn write_first(path: &Path, text: &str) -> anyhow::Result<()> {
    temporary::first(path, text.as_bytes()).with_context(|| format!("write {}", path.display()))
}

/// `point, replicate, seed, INPUTS..., arm, outcome, unit, horizon, value, error`. An input is a number if all its
/// values are; it is null where the scenario has no value of its own.
pub fn frame(task: &Task, rows: &[Row]) -> Result<DataFrame, FrameError> {
    let place = |r: &Row| task.place(r.job);
    let mut columns = vec![
        Column::new(
            "point".into(),
            rows.iter().map(|r| place(r).0 as i32).collect::<Vec<i32>>(),
        ),
        Column::new(
            "replicate".into(),
            rows.iter().map(|r| place(r).1 as i32).collect::<Vec<i32>>(),
        ),
        Column::new(
            "seed".into(),
            rows.iter()
                .map(|r| seed_of(task.experiment.base_seed, place(r).1) as i64)
                .collect::<Vec<i64>>(),
        ),
    ];
    let base = task.own_values();
    for (k, axis) in task.experiment.axes.iter().enumerate() {
        let text = |point: usize| task.points[point][k].clone().or_else(|| base[k].clone());
        let number = |text: &Option<String>| text.as_ref().map(|t| t.parse::<f64>());
        let every = (0..task.points.len())
            .map(text)
            .all(|t| number(&t).is_none_or(|n| n.is_ok()));
        let values = rows.iter().map(|r| text(place(r).0));
        columns.push(if every {
            let numbers: Vec<Option<f64>> = values.map(|t| number(&t).and_then(Result::ok)).collect();
            Column::new(axis.key.as_str().into(), numbers)
        } else {
            let texts: Vec<Option<String>> = values.map(|t| t.map(|t| t.trim_matches('"').to_owned())).collect();
            Column::new(axis.key.as_str().into(), texts)
        });
    }
    let words = |of: fn(&Row) -> &str| {
        rows.iter()
            .map(|r| Some(of(r)).filter(|t| !t.is_empty()))
            .collect::<Vec<_>>()
    };
    let number = |of: fn(&Row) -> f64| {
        rows.iter()
            .map(|r| Some(of(r)).filter(|v| v.is_finite()))
            .collect::<Vec<_>>()
    };
    columns.extend([
        Column::new("arm".into(), words(|r| &r.arm)),
        Column::new("outcome".into(), words(|r| &r.outcome)),
        Column::new("unit".into(), words(|r| &r.unit)),
        Column::new("horizon".into(), number(|r| r.horizon)),
        Column::new("value".into(), number(|r| r.value)),
        Column::new("error".into(), words(|r| &r.error)),
    ]);
    Ok(DataFrame::new_infer_height(columns)?)
}

/// What a merge found.
#[derive(Clone, Debug, PartialEq)]
pub struct Merged {
    /// Rows.
    pub rows: usize,
    /// Jobs that failed, with the message of the first.
    pub failed: Option<(usize, String)>,
    /// SHA-256 of `results.parquet`.
    pub sha256: String,
}

/// Messages of the jobs of a table that failed.
///
/// # Errors
/// If it has no columns `error` and `outcome`.
pub fn failures(rows: &DataFrame) -> Result<Vec<&str>, FrameError> {
    let errors = frames::text(rows, "error")?.into_iter();
    let both = errors.zip(frames::text(rows, "outcome")?);
    Ok(both
        .filter(|(e, o)| !e.is_empty() && o.is_empty())
        .map(|(e, _)| e)
        .collect())
}

/// Stacks all parts in the order of their jobs into `results.parquet`, and clears old temporary files.
///
/// # Errors
/// If parts are missing or damaged ([`Incomplete`] names all), or the table cannot be written.
pub fn merge(sweep: &Sweep) -> anyhow::Result<Merged> {
    let mut whole = Vec::new();
    let found = parts::look(sweep, Shard::ALL, None, |_, rows| whole.push(rows));
    if !found.todo().is_empty() {
        return Err(Incomplete(found).into());
    }
    let mut whole = frames::stack(whole)?;
    // one chunk: row groups must not remember the parts
    whole.rechunk_mut();
    let path = sweep.folder.join(RESULTS);
    frames::write_parquet(&mut whole, &path)?;
    let failed = failures(&whole)?;
    temporary::clear(&sweep.folder);
    temporary::clear(&sweep.folder.join(PARTS));
    Ok(Merged {
        rows: whole.height(),
        failed: failed.first().map(|first| (failed.len(), (*first).to_owned())),
        sha256: super::plan::hash_file(&path, 64)?,
    })
}
