//! Snapshots of agents as Parquet: one file of workers and one of firms for an arm, a seed and a quarter.

use super::frames::{FrameError, SeriesFile};
use crate::agents::workers::Status;
use crate::world::World;
use polars::prelude::{Column, DataFrame, NamedFrom, Series};
use std::ops::Range;
use std::path::Path;

fn column<T, S: AsRef<[T]>>(name: &str, values: S) -> Column
where
    Series: NamedFrom<S, [T]>,
{
    Series::new(name.into(), values).into()
}

/// Writes `workers-ARM-SEED-TICK.parquet` and `firms-ARM-SEED-TICK.parquet` into `folder`. Money is in fen and,
/// like land in m2, a total over the `scale` people or `weight` firms that an agent stands for.
///
/// # Errors
/// If a file cannot be written.
pub fn write(w: &World, folder: &Path, arm: &str, tick: i64) -> Result<(), FrameError> {
    write_in_parts(w, folder, arm, tick, PART)
}

/// As [`write`], with at most `part` agents in memory at a time.
///
/// # Errors
/// As [`write`].
pub fn write_in_parts(w: &World, folder: &Path, arm: &str, tick: i64, part: usize) -> Result<(), FrameError> {
    std::fs::create_dir_all(folder).map_err(|source| FrameError::Io {
        path: folder.to_owned(),
        source,
    })?;
    let path = |kind: &str| folder.join(format!("{kind}-{arm}-{}-{tick}.parquet", w.seed));
    stream(w, w.workers.len(), &path("workers"), part, workers)?;
    stream(w, w.firms.len(), &path("firms"), part, firms)
}

/// Agents in memory at a time.
const PART: usize = 1 << 20;

/// Writes a table of `n` agents, `part` of them after another.
fn stream(
    w: &World,
    n: usize,
    path: &Path,
    part: usize,
    table: fn(&World, Range<usize>, &Path) -> Result<DataFrame, FrameError>,
) -> Result<(), FrameError> {
    let mut file = SeriesFile::new(path, &[]);
    for start in (0..n).step_by(part) {
        file.push(&table(w, start..(start + part).min(n), path)?)?;
    }
    file.finish()
}

/// A part of the table of workers.
fn workers(w: &World, slots: Range<usize>, path: &Path) -> Result<DataFrame, FrameError> {
    let p = &w.workers;
    let live: Vec<usize> = slots.filter(|&i| p.status[i] != Status::Free).collect();
    let bytes = |c: &[u8]| live.iter().map(|&i| u32::from(c[i])).collect::<Vec<u32>>();
    let id = |c: &[u8]| {
        live.iter()
            .map(|&i| w.geography.ids[c[i] as usize].as_str())
            .collect::<Vec<&str>>()
    };
    let status: Vec<&str> = live.iter().map(|&i| p.status[i].name()).collect();
    let columns = vec![
        column("worker", live.iter().map(|&i| i as u32).collect::<Vec<u32>>()),
        column(
            "generation",
            live.iter().map(|&i| u32::from(p.generation[i])).collect::<Vec<u32>>(),
        ),
        column("region", id(&p.region)),
        column("hukou", id(&p.hukou)),
        column("status", status),
        column("flags", bytes(&p.flags)),
        column("cohort", bytes(&p.cohort)),
        column(
            "efficiency",
            live.iter().map(|&i| p.efficiency[i]).collect::<Vec<f32>>(),
        ),
        column(
            "deposits_fen",
            live.iter().map(|&i| p.deposits[i]).collect::<Vec<i64>>(),
        ),
        column(
            "permanent_income_fen",
            live.iter().map(|&i| p.permanent_income[i]).collect::<Vec<f32>>(),
        ),
        column("units", live.iter().map(|&i| p.units[i]).collect::<Vec<u32>>()),
        column("plot_m2", live.iter().map(|&i| p.plot_m2[i]).collect::<Vec<u32>>()),
        column(
            "operated_m2",
            live.iter().map(|&i| p.operated_m2[i]).collect::<Vec<u32>>(),
        ),
        column("village", live.iter().map(|&i| p.village[i]).collect::<Vec<u32>>()),
        column("persons", live.iter().map(|&i| p.persons(i)).collect::<Vec<f64>>()),
    ];
    frame(columns, live.len(), path)
}

/// A part of the table of firms.
fn firms(w: &World, lumps: Range<usize>, path: &Path) -> Result<DataFrame, FrameError> {
    let f = &w.firms;
    let sector = lumps
        .clone()
        .map(|i| crate::agents::firms::SECTOR_NAMES[f.sector(i)])
        .collect::<Vec<&str>>();
    let region = lumps
        .clone()
        .map(|i| w.geography.ids[f.region(i)].as_str())
        .collect::<Vec<&str>>();
    let some = || lumps.clone();
    let columns = vec![
        column("firm", some().map(|i| i as u32).collect::<Vec<u32>>()),
        column("generation", &f.generation[some()]),
        column("region", region),
        column("sector", sector),
        column("state", &f.state[some()]),
        column("weight", &f.weight[some()]),
        column("heads", &f.heads[some()]),
        column("capital", &f.capital[some()]),
        column("land_m2", &f.land_m2[some()]),
        column("deposits_fen", &f.deposits[some()]),
        column("debt_fen", &f.debt[some()]),
        column("loan_rate", &f.loan_rate[some()]),
        column("wage_fen", &f.wage[some()]),
        column("output", &f.output[some()]),
        column("revenue_fen", &f.revenue[some()]),
    ];
    frame(columns, lumps.len(), path)
}

fn frame(columns: Vec<Column>, height: usize, path: &Path) -> Result<DataFrame, FrameError> {
    DataFrame::new(height, columns).map_err(|source| FrameError::Parquet {
        path: path.to_owned(),
        source,
    })
}
