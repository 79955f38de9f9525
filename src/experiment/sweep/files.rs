//! Files of a sweep: one Parquet a part, and the merged table.

use super::design::seed_of;
use super::job::{Row, Task};
use super::plan::Plan;
use crate::experiment::frames::{self, FrameError};
use anyhow::Context;
use polars::prelude::*;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

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

/// File of a part.
pub fn part_file(folder: &Path, part: usize) -> PathBuf {
    folder.join("parts").join(format!("part-{part:05}.parquet"))
}

/// Writes a text under another name and renames it.
///
/// # Errors
/// If it cannot be written.
pub fn write_text(path: &Path, text: &str) -> anyhow::Result<()> {
    let temporary = frames::temporary(path);
    let written = std::fs::write(&temporary, text).and_then(|()| std::fs::rename(&temporary, path));
    if written.is_err() {
        let _ = std::fs::remove_file(&temporary);
    }
    written.with_context(|| format!("write {}", path.display()))
}

/// Writes a text that stays as the first of several processes writes it.
///
/// # Errors
/// If it cannot be written.
pub fn write_first(path: &Path, text: &str) -> anyhow::Result<()> {
    let temporary = frames::temporary(path);
    let written = std::fs::write(&temporary, text).and_then(|()| match std::fs::hard_link(&temporary, path) {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => std::fs::rename(&temporary, path), // a disk without links
        _ => Ok(()),
    });
    let _ = std::fs::remove_file(&temporary);
    written.with_context(|| format!("write {}", path.display()))
}

/// Writes the rows of a part.
///
/// # Errors
/// If it cannot be written.
pub fn write_part(task: &Task, path: &Path, rows: &[Row]) -> anyhow::Result<()> {
    Ok(frames::write_parquet(&mut frame(task, rows)?, path)?)
}

/// `point, replicate, seed, INPUTS..., arm, outcome, unit, horizon, value, error`. An input is a number if all its
/// values are; it is null where the scenario's own value is no parameter.
fn frame(task: &Task, rows: &[Row]) -> Result<DataFrame, FrameError> {
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

/// Parts that have no file yet.
pub fn missing(plan: &Plan, folder: &Path) -> Vec<usize> {
    (0..plan.parts()).filter(|p| !part_file(folder, *p).is_file()).collect()
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

/// Stacks all parts in the order of their jobs into `results.parquet`.
///
/// # Errors
/// If a part is missing or unreadable, or the table cannot be written.
pub fn merge(plan: &Plan, folder: &Path) -> anyhow::Result<Merged> {
    let read = |part: usize| {
        let path = part_file(folder, part);
        frames::read_parquet(&path, None).with_context(|| format!("remove {} and run again", path.display()))
    };
    let parts = (0..plan.parts()).map(read).collect::<anyhow::Result<Vec<_>>>()?;
    let mut whole = frames::stack(parts)?;
    // one chunk: row groups must not remember the parts
    whole.rechunk_mut();
    let path = folder.join(RESULTS);
    frames::write_parquet(&mut whole, &path)?;
    let errors = frames::text(&whole, "error")?;
    let outcomes = frames::text(&whole, "outcome")?;
    let failed: Vec<&str> = errors
        .iter()
        .zip(outcomes)
        .filter(|(e, o)| !e.is_empty() && o.is_empty())
        .map(|(e, _)| *e)
        .collect();
    let bytes = std::fs::read(&path).with_context(|| format!("read {}", path.display()))?;
    Ok(Merged {
        rows: whole.height(),
        failed: failed.first().map(|first| (failed.len(), (*first).to_owned())),
        sha256: super::plan::hash(&bytes, 64),
    })
}
