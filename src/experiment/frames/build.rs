//! Builders of the tidy tables.
//!
//! They are columnar: text columns are kept as codes into a small list of distinct names, so that ten million rows cost
//! some 50 bytes each until [`SeriesBuilder::finish`].

use std::collections::HashMap;

use polars::prelude::*;

use super::FrameError;

/// One row of `series.parquet`.
#[derive(Debug, Clone, Copy)]
pub struct Row<'a> {
    /// Name of the scenario.
    pub scenario: &'a str,
    /// Random seed of the job.
    pub seed: i64,
    /// Quarter since the first measured one, which is 0.
    pub tick: i32,
    /// Region identifier, or `total`.
    pub region: &'a str,
    /// Group of people or firms, or `all`.
    pub group: &'a str,
    /// Name of the metric.
    pub metric: &'a str,
    /// Value, in `unit`.
    pub value: f64,
    /// Unit of the value, e.g. `yuan per quarter`.
    pub unit: &'a str,
}

/// One row of `distributions.parquet`.
#[derive(Debug, Clone, Copy)]
pub struct DistributionRow<'a> {
    /// Name of the scenario.
    pub scenario: &'a str,
    /// Random seed of the job.
    pub seed: i64,
    /// Quarter since the first measured one.
    pub tick: i32,
    /// Name of the distribution, e.g. `lorenz_income`.
    pub distribution: &'a str,
    /// Group of people or firms, or `all`.
    pub group: &'a str,
    /// Abscissa.
    pub x: f64,
    /// Ordinate.
    pub y: f64,
}

/// One row of `regions.parquet`.
#[derive(Debug, Clone)]
pub struct RegionRow {
    /// Identifier used in `series.parquet`.
    pub region: String,
    /// English name.
    pub name_en: String,
    /// Chinese name.
    pub name_zh: String,
    /// Group of regions it belongs to.
    pub group: String,
    /// Row on the tile map, from the top; negative when it has no tile.
    pub tile_row: i32,
    /// Column on the tile map, from the left; negative when it has no tile.
    pub tile_col: i32,
}

/// A text column kept as codes.
#[derive(Debug, Default, Clone)]
pub(super) struct Codes {
    names: Vec<String>,
    index: HashMap<String, u32>,
    last: u32,
    codes: Vec<u32>,
}

impl Codes {
    pub(super) fn push(&mut self, name: &str) {
        if self.names.get(self.last as usize).is_none_or(|n| n != name) {
            self.last = match self.index.get(name) {
                Some(&code) => code,
                None => {
                    let code = self.names.len() as u32;
                    self.names.push(name.to_owned());
                    self.index.insert(name.to_owned(), code);
                    code
                }
            };
        }
        self.codes.push(self.last);
    }

    pub(super) fn column(&self, name: &str) -> Column {
        let text = self.codes.iter().map(|&c| self.names[c as usize].as_str());
        StringChunked::from_iter_values(name.into(), text).into_column()
    }
}

/// Builds `series.parquet`: push rows, then finish.
#[derive(Debug, Clone)]
pub struct SeriesBuilder {
    first_quarter: i32,
    inputs: Vec<(String, f64, Vec<f64>)>,
    scenario: Codes,
    seed: Vec<i64>,
    tick: Vec<i32>,
    region: Codes,
    group: Codes,
    metric: Codes,
    value: Vec<f64>,
    unit: Codes,
}

impl SeriesBuilder {
    /// An empty table whose tick 0 is quarter `quarter` (1 to 4) of `year`.
    pub fn new(year: i32, quarter: i32) -> Self {
        Self {
            first_quarter: 4 * year + quarter - 1,
            inputs: Vec::new(),
            scenario: Codes::default(),
            seed: Vec::new(),
            tick: Vec::new(),
            region: Codes::default(),
            group: Codes::default(),
            metric: Codes::default(),
            value: Vec::new(),
            unit: Codes::default(),
        }
    }

    /// Adds a column for a swept input; call it before the first row. Rows before the first [`Self::set_input`] hold NaN.
    #[must_use]
    pub fn with_input(mut self, name: &str) -> Self {
        let past = vec![f64::NAN; self.value.len()];
        self.inputs.push((name.to_owned(), f64::NAN, past));
        self
    }

    /// Sets the value of a swept input for the rows that follow; an unknown name is ignored.
    pub fn set_input(&mut self, name: &str, value: f64) {
        for input in self.inputs.iter_mut().filter(|i| i.0 == name) {
            input.1 = value;
        }
    }

    /// Adds one row.
    pub fn push(&mut self, row: Row<'_>) {
        self.scenario.push(row.scenario);
        self.seed.push(row.seed);
        self.tick.push(row.tick);
        self.region.push(row.region);
        self.group.push(row.group);
        self.metric.push(row.metric);
        self.value.push(row.value);
        self.unit.push(row.unit);
        for (_, now, column) in &mut self.inputs {
            column.push(*now);
        }
    }

    /// Number of rows so far.
    pub fn len(&self) -> usize {
        self.value.len()
    }

    /// Whether no row was pushed.
    pub fn is_empty(&self) -> bool {
        self.value.is_empty()
    }

    /// The frame: `scenario, seed, <inputs>, quarter, tick, region, group, metric, value, unit`.
    pub fn finish(self) -> Result<DataFrame, FrameError> {
        let days = self.tick.iter().map(|t| first_day(self.first_quarter + t));
        let days = Int32Chunked::from_iter_values("quarter".into(), days).into_date();
        let mut columns = vec![self.scenario.column("scenario"), Column::new("seed".into(), self.seed)];
        for (name, _, values) in self.inputs {
            columns.push(Column::new(name.into(), values));
        }
        columns.push(days.into_column());
        columns.push(Column::new("tick".into(), self.tick));
        columns.push(self.region.column("region"));
        columns.push(self.group.column("group"));
        columns.push(self.metric.column("metric"));
        columns.push(Column::new("value".into(), self.value));
        columns.push(self.unit.column("unit"));
        Ok(DataFrame::new_infer_height(columns)?)
    }
}

/// Builds `distributions.parquet`: push rows, then finish.
#[derive(Debug, Default, Clone)]
pub struct DistributionBuilder {
    scenario: Codes,
    seed: Vec<i64>,
    tick: Vec<i32>,
    distribution: Codes,
    group: Codes,
    x: Vec<f64>,
    y: Vec<f64>,
}

impl DistributionBuilder {
    /// Adds one row.
    pub fn push(&mut self, row: DistributionRow<'_>) {
        self.scenario.push(row.scenario);
        self.seed.push(row.seed);
        self.tick.push(row.tick);
        self.distribution.push(row.distribution);
        self.group.push(row.group);
        self.x.push(row.x);
        self.y.push(row.y);
    }

    /// The frame: `scenario, seed, tick, distribution, group, x, y`.
    pub fn finish(self) -> Result<DataFrame, FrameError> {
        Ok(DataFrame::new_infer_height(vec![
            self.scenario.column("scenario"),
            Column::new("seed".into(), self.seed),
            Column::new("tick".into(), self.tick),
            self.distribution.column("distribution"),
            self.group.column("group"),
            Column::new("x".into(), self.x),
            Column::new("y".into(), self.y),
        ])?)
    }
}

/// The frame of `regions.parquet`.
pub fn regions_frame(rows: &[RegionRow]) -> Result<DataFrame, FrameError> {
    let text = |name: &str, get: fn(&RegionRow) -> &str| {
        StringChunked::from_iter_values(name.into(), rows.iter().map(get)).into_column()
    };
    let number = |name: &str, get: fn(&RegionRow) -> i32| {
        Int32Chunked::from_iter_values(name.into(), rows.iter().map(get)).into_column()
    };
    Ok(DataFrame::new_infer_height(vec![
        text("region", |r| &r.region),
        text("name_en", |r| &r.name_en),
        text("name_zh", |r| &r.name_zh),
        text("group", |r| &r.group),
        number("tile_row", |r| r.tile_row),
        number("tile_col", |r| r.tile_col),
    ])?)
}

/// Days from 1970-01-01 to the first day of a quarter counted as `4 * year + quarter - 1`.
pub fn first_day(quarter: i32) -> i32 {
    let (year, month) = (quarter.div_euclid(4), 3 * quarter.rem_euclid(4) + 1);
    // Years counted from March, so that a leap day ends the year.
    let (y, m) = if month > 2 {
        (year, month - 3)
    } else {
        (year - 1, month + 9)
    };
    let (era, of_era) = (y.div_euclid(400), y.rem_euclid(400));
    let of_year = (153 * m + 2) / 5;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_days_of_quarters() {
        assert_eq!(first_day(4 * 1970), 0);
        assert_eq!(first_day(4 * 2026), 20_454);
        assert_eq!(first_day(4 * 2024 + 1), 19_814);
        assert_eq!(first_day(4 * 1969 + 3), -92);
    }
}
