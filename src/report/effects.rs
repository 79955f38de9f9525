//! Effects of a comparison's package as the figures of a run need them: from `effects.parquet` and `horizons.csv`, so that
//! every figure, table and page shows the same numbers.

use std::collections::HashMap;
use std::path::Path;

use super::ReportError;
use super::compared;
use super::spec::Item;
use super::stats::Interval;
use super::track::Track;
use super::units::{self, Effect};
use crate::experiment::frames::{Parts, floats, integers, text};
use polars::prelude::DataFrame;

/// Columns of `effects.parquet` that the figures need.
const COLUMNS: [&str; 13] = [
    "lever",
    "metric",
    "region",
    "group",
    "unit",
    "tick",
    "n_seeds",
    "effect",
    "low",
    "high",
    "effect_pct",
    "pct_low",
    "pct_high",
];

/// One estimate: tick, change with its ends, per cent with its ends, seeds.
#[derive(Debug, Clone, Copy)]
struct Row {
    tick: i32,
    change: [f64; 3],
    per_cent: [f64; 3],
    n: usize,
}

/// Estimates of one series.
#[derive(Debug, Clone, Default)]
struct Cell {
    unit: String,
    quarters: Vec<Row>,
    years: Vec<Row>,
}

/// Estimates of the package by metric, region and group.
#[derive(Debug, Clone, Default)]
pub struct Effects {
    cells: HashMap<(String, String, String), Cell>,
}

impl Effects {
    /// Reads the effects of an arm on some metrics; `date` is the tick of the reform date.
    ///
    /// # Errors
    /// If a file cannot be read.
    pub fn load(dir: &Path, arm: &str, metrics: &[&str], date: i32) -> Result<Self, ReportError> {
        let mut found = Self::default();
        let parts = Parts::open(&dir.join("effects.parquet"))?;
        for part in 0..parts.count() {
            found.add(&parts.read(part, &COLUMNS)?, arm, metrics)?;
        }
        let nan = |x: Option<f64>| x.unwrap_or(f64::NAN);
        let wanted = |e: &compared::EffectRow| e.lever == arm && metrics.contains(&e.metric.as_str());
        for e in compared::read_where(&dir.join("horizons.csv"), wanted)? {
            let row = Row {
                tick: date + (4.0 * e.horizon_years).round() as i32 - 1,
                change: [e.effect, e.low, e.high],
                per_cent: [nan(e.effect_pct), nan(e.pct_low), nan(e.pct_high)],
                n: e.n_seeds.max(1),
            };
            found.cell(&e.metric, &e.region, &e.group, &e.unit).years.push(row);
        }
        for cell in found.cells.values_mut() {
            cell.quarters.sort_by_key(|r| r.tick);
        }
        Ok(found)
    }

    /// Adds the effects of an arm on some metrics that a part of the file holds.
    fn add(&mut self, df: &DataFrame, arm: &str, metrics: &[&str]) -> Result<(), ReportError> {
        let lever = text(df, "lever")?;
        if !lever.contains(&arm) {
            return Ok(());
        }
        let (metric, unit) = (text(df, "metric")?, text(df, "unit")?);
        let (region, group) = (text(df, "region")?, text(df, "group")?);
        let (tick, seeds) = (integers(df, "tick")?, integers(df, "n_seeds")?);
        let column = |names: [&str; 3]| -> Result<Vec<Vec<f64>>, ReportError> {
            names.iter().map(|c| Ok(floats(df, c)?)).collect()
        };
        let change = column(["effect", "low", "high"])?;
        let per_cent = column(["effect_pct", "pct_low", "pct_high"])?;
        for k in (0..tick.len()).filter(|&k| lever[k] == arm && metrics.contains(&metric[k])) {
            let row = Row {
                tick: tick[k] as i32,
                change: [change[0][k], change[1][k], change[2][k]],
                per_cent: [per_cent[0][k], per_cent[1][k], per_cent[2][k]],
                n: seeds[k].max(1) as usize,
            };
            self.cell(metric[k], region[k], group[k], unit[k]).quarters.push(row);
        }
        Ok(())
    }

    fn cell(&mut self, metric: &str, region: &str, group: &str, unit: &str) -> &mut Cell {
        let key = (metric.to_owned(), region.to_owned(), group.to_owned());
        let cell = self.cells.entry(key).or_default();
        unit.clone_into(&mut cell.unit);
        cell
    }

    /// The effect on an item in time, in the unit that suits.
    pub fn track(&self, item: &Item, region: &str) -> Option<Track> {
        let key = (item.metric.to_owned(), region.to_owned(), item.group.to_owned());
        let cell = self.cells.get(&key)?;
        let effect = item.effect.resolve(&cell.unit);
        let largest = cell.quarters.iter().fold(0.0, |m: f64, r| m.max(r.change[0].abs()));
        let shown = match item.shown {
            Some((factor, unit)) if effect == Effect::Change => units::Shown {
                factor,
                unit: unit.to_owned(),
            },
            _ => units::effect(effect, &cell.unit, largest),
        };
        let point = |r: &Row| {
            let [mean, low, high] = match effect {
                Effect::Percent => r.per_cent,
                _ => r.change.map(|x| shown.factor * x),
            };
            mean.is_finite().then_some((
                r.tick,
                Interval {
                    mean,
                    low,
                    high,
                    n: r.n,
                },
            ))
        };
        let points: Vec<(i32, Interval)> = cell.quarters.iter().filter_map(point).collect();
        let years = cell.years.iter().filter_map(point).collect();
        (!points.is_empty()).then(|| Track::new(shown.unit, points, years))
    }
}
