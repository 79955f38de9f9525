//! The long tables of a comparison, written part by part: series seed by seed and arm by arm, effects arm by arm. What is
//! in memory beside the panel is one part.

use super::effects::{self, Effect, Values};
use super::files::{Csv, numbers, open, text};
use super::panel::Horizon;
use super::seed::{SeedData, Task};
use super::tables::Tables;
use crate::experiment::folder::wanted_metric;
use crate::experiment::frames::{EffectRow, EffectsBuilder, FrameError, NUMBERS, Row, SeriesBuilder, TableFile};
use crate::experiment::run::Watch;
use crate::metrics::METRICS;
use crate::scenario::Scenario;
use polars::prelude::DataFrame;
use rayon::prelude::*;
use std::path::Path;

/// Values from which on a part of the series is full: short arms share a part.
const PART: usize = 1 << 17;

/// Metrics that a scenario writes, with their units.
fn units(scenario: &Scenario) -> Vec<(&'static str, &'static str)> {
    let wanted = METRICS.iter().filter(|m| wanted_metric(scenario, m.name));
    wanted.map(|m| (m.name, m.unit)).collect()
}

/// `series.parquet`, and `series.dta` if it is wanted.
///
/// # Errors
/// If a file cannot be written.
pub fn series(tables: &Tables, folder: &Path, stata: bool, watch: &dyn Watch) -> anyhow::Result<()> {
    let task = tables.task;
    let mut file = TableFile::new(&folder.join("series.parquet"), &units(task.scenario), stata);
    let parts = parts(task, tables.seeds.len());
    // as many parts at a time as there are threads; in order, so that the file does not depend on their number
    for some in parts.chunks(rayon::current_num_threads()) {
        let frames: Vec<DataFrame> = some.par_iter().map(|p| part(tables, p)).collect::<Result<_, _>>()?;
        for frame in &frames {
            file.push(frame)?;
        }
        let seeds = some.iter().flatten().filter(|(_, arm)| *arm == 0).count();
        (0..seeds).for_each(|_| watch.tick());
    }
    Ok(file.finish()?)
}

/// Places of seeds and arms, in order, so many together that a part is full.
fn parts(task: &Task, seeds: usize) -> Vec<Vec<(usize, usize)>> {
    let mut parts: Vec<Vec<(usize, usize)>> = Vec::new();
    let mut room = 0;
    for seed in 0..seeds {
        for (arm, coalition) in task.plan.arms.iter().enumerate() {
            let values = task.layout.width(task.plan.full(*coalition)) * task.layout.quarters;
            match parts.last_mut() {
                Some(part) if room > 0 => part.push((seed, arm)),
                _ => {
                    parts.push(vec![(seed, arm)]);
                    room = PART;
                }
            }
            room = room.saturating_sub(values);
        }
    }
    parts
}

/// The rows of a part.
fn part(tables: &Tables, arms: &[(usize, usize)]) -> Result<DataFrame, FrameError> {
    let start = tables.task.scenario.start;
    let mut part = SeriesBuilder::new(start.year() as i32, start.of_year() as i32);
    for (seed, arm) in arms {
        rows(tables.task, &tables.seeds[*seed], *arm, &mut part)?;
    }
    part.finish()
}

/// Adds the values of one arm of a seed.
fn rows(task: &Task, seed: &SeedData, arm: usize, part: &mut SeriesBuilder) -> Result<(), FrameError> {
    let coalition = task.plan.arms[arm];
    let name = task.plan.name(coalition);
    let width = task.layout.width(task.plan.full(coalition));
    let wanted: Vec<bool> = METRICS.iter().map(|m| wanted_metric(task.scenario, m.name)).collect();
    for (tick, row) in seed.arms[arm].values.all()?.chunks(width).enumerate() {
        for (key, &value) in task.layout.keys.iter().zip(row) {
            let metric = &METRICS[key.metric as usize];
            if value.is_finite() && wanted[key.metric as usize] {
                part.push(Row {
                    scenario: &name,
                    seed: seed.seed as i64,
                    tick: tick as i32,
                    region: &task.layout.scopes[key.scope as usize],
                    group: key.group,
                    metric: metric.name,
                    value,
                    unit: metric.unit,
                });
            }
        }
    }
    Ok(())
}

/// `effects.parquet` by quarter, `effects.dta` if it is wanted, and `horizons.csv`.
///
/// # Errors
/// If a file cannot be written.
pub fn effects(tables: &Tables, folder: &Path, stata: bool, watch: &dyn Watch) -> anyhow::Result<()> {
    let task = tables.task;
    let quarter = |t: usize| Horizon {
        years: 0.0,
        from: t,
        to: t,
    };
    let quarters: Vec<Horizon> = (0..task.layout.quarters).map(quarter).collect();
    let mut file = TableFile::new(&folder.join("effects.parquet"), &units(task.scenario), stata);
    let mut csv = open(&folder.join("horizons.csv"), &horizons())?;
    let start = task.scenario.start;
    let baseline = Values::of(task, tables.seeds, 0)?;
    for arm in 1..task.plan.arms.len() {
        let values = Values::of(task, tables.seeds, arm)?;
        let of = |times: &[Horizon], reduction: bool| {
            effects::effects(task, tables.bootstrap, [&baseline, &values], times, reduction)
        };
        let name = task.plan.name(task.plan.arms[arm]);
        let mut part = EffectsBuilder::new(start.year() as i32, start.of_year() as i32);
        for e in of(&quarters, false) {
            part.push(row(task, &name, &e));
        }
        file.push(&part.finish()?)?;
        for e in of(&task.horizons, true) {
            record(task, &name, &e, &mut csv)?;
        }
        watch.tick();
    }
    csv.flush()?;
    Ok(file.finish()?)
}

/// An effect of a quarter as a row of `effects.parquet`.
fn row<'a>(task: &'a Task, name: &'a str, e: &Effect) -> EffectRow<'a> {
    let metric = &METRICS[e.key.metric as usize];
    let (x, p) = (e.effect, e.per_cent);
    EffectRow {
        lever: name,
        metric: metric.name,
        region: &task.layout.scopes[e.key.scope as usize],
        group: e.key.group,
        tick: e.time as i32,
        horizon: 0.25 * (e.time as f64 + 1.0 - task.reform as f64),
        unit: metric.unit,
        numbers: [x.mean, x.se, x.low, x.high, p.mean, p.low, p.high, e.level],
        seeds: e.seeds as i32,
        variance_reduction: e.variance_reduction,
    }
}

/// Columns of `horizons.csv`.
fn horizons() -> Vec<&'static str> {
    let mut names = vec!["lever", "metric", "region", "group", "horizon_years", "unit"];
    names.extend(NUMBERS);
    names.extend(["n_seeds", "variance_reduction", "reduction_low", "reduction_high"]);
    names
}

/// Writes an effect at a horizon into `horizons.csv`.
fn record(task: &Task, name: &str, e: &Effect, csv: &mut Csv) -> anyhow::Result<()> {
    let metric = &METRICS[e.key.metric as usize];
    let names = [
        name,
        metric.name,
        &task.layout.scopes[e.key.scope as usize],
        e.key.group,
    ];
    let years = task.horizons[e.time].years.to_string();
    let p = e.per_cent;
    let rest = [p.mean, p.low, p.high, e.level].map(text);
    let row = names
        .map(str::to_owned)
        .into_iter()
        .chain([years, metric.unit.to_owned()]);
    let row = row.chain(numbers(&e.effect)).chain(rest);
    let [low, high] = e.reduction_ends.map(text);
    csv.write_record(row.chain([e.seeds.to_string(), text(e.variance_reduction), low, high]))?;
    Ok(())
}
