//! Builder of `effects.parquet`.

use polars::prelude::*;

use super::FrameError;
use super::build::{Codes, first_day};

/// One row of `effects.parquet`.
#[derive(Debug, Clone, Copy)]
pub struct EffectRow<'a> {
    /// Name of the arm: a lever, the package, or levers joined by `+`.
    pub lever: &'a str,
    /// Name of the metric.
    pub metric: &'a str,
    /// Region identifier, or `total`.
    pub region: &'a str,
    /// Group of people or firms, or `all`.
    pub group: &'a str,
    /// Quarter since the first measured one.
    pub tick: i32,
    /// Years from the reform date to the end of the quarter; negative before.
    pub horizon: f64,
    /// Unit of the effect.
    pub unit: &'a str,
    /// effect, se, low, high, effect_pct, pct_low, pct_high, level_base.
    pub numbers: [f64; NUMBERS.len()],
    /// Seeds.
    pub seeds: i32,
    /// (var base + var arm) / var of the difference.
    pub variance_reduction: f64,
}

/// Names of the numbers of an [`EffectRow`].
pub const NUMBERS: [&str; 8] = [
    "effect",
    "se",
    "low",
    "high",
    "effect_pct",
    "pct_low",
    "pct_high",
    "level_base",
];

/// Builds `effects.parquet`: push rows, then finish.
#[derive(Debug, Clone)]
pub struct EffectsBuilder {
    first_quarter: i32,
    texts: [Codes; 5],
    tick: Vec<i32>,
    horizon: Vec<f64>,
    numbers: [Vec<f64>; NUMBERS.len()],
    seeds: Vec<i32>,
    variance_reduction: Vec<f64>,
}

impl EffectsBuilder {
    /// An empty table whose tick 0 is quarter `quarter` (1 to 4) of `year`.
    pub fn new(year: i32, quarter: i32) -> Self {
        Self {
            first_quarter: 4 * year + quarter - 1,
            texts: Default::default(),
            tick: Vec::new(),
            horizon: Vec::new(),
            numbers: Default::default(),
            seeds: Vec::new(),
            variance_reduction: Vec::new(),
        }
    }

    /// Adds one row.
    pub fn push(&mut self, row: EffectRow<'_>) {
        let texts = [row.lever, row.metric, row.region, row.group, row.unit];
        self.texts
            .iter_mut()
            .zip(texts)
            .for_each(|(codes, text)| codes.push(text));
        self.tick.push(row.tick);
        self.horizon.push(row.horizon);
        self.numbers
            .iter_mut()
            .zip(row.numbers)
            .for_each(|(list, x)| list.push(x));
        self.seeds.push(row.seeds);
        self.variance_reduction.push(row.variance_reduction);
    }

    /// The frame: `lever, metric, region, group, quarter, tick, horizon, unit, effect, se, low, high, effect_pct,
    /// pct_low, pct_high, level_base, n_seeds, variance_reduction`.
    pub fn finish(self) -> Result<DataFrame, FrameError> {
        let days = self.tick.iter().map(|t| first_day(self.first_quarter + t));
        let days = Int32Chunked::from_iter_values("quarter".into(), days).into_date();
        let [lever, metric, region, group, unit] = &self.texts;
        let mut columns = vec![
            lever.column("lever"),
            metric.column("metric"),
            region.column("region"),
            group.column("group"),
            days.into_column(),
            Column::new("tick".into(), self.tick),
            Column::new("horizon".into(), self.horizon),
            unit.column("unit"),
        ];
        for (name, values) in NUMBERS.iter().zip(self.numbers) {
            columns.push(Column::new((*name).into(), values));
        }
        columns.push(Column::new("n_seeds".into(), self.seeds));
        columns.push(Column::new("variance_reduction".into(), self.variance_reduction));
        Ok(DataFrame::new_infer_height(columns)?)
    }
}
