//! Small CSV files by the names of their columns.

use std::collections::HashMap;
use std::path::Path;

use crate::report::ReportError;
use crate::report::stats::Interval;

/// A CSV file.
#[derive(Debug, Clone)]
pub struct Sheet {
    columns: HashMap<String, usize>,
    rows: Vec<csv::StringRecord>,
}

/// One line of a [`Sheet`].
#[derive(Debug, Clone, Copy)]
pub struct Line<'a> {
    columns: &'a HashMap<String, usize>,
    row: &'a csv::StringRecord,
}

impl Sheet {
    /// Reads a file; `None` if it is not there or has no lines.
    ///
    /// # Errors
    /// If it cannot be read, or lacks one of `needed`.
    pub fn open(path: &Path, needed: &[&str]) -> Result<Option<Self>, ReportError> {
        Self::open_where(path, needed, |_| true)
    }

    /// The same, with the lines that are to be kept.
    ///
    /// # Errors
    /// As for [`Self::open`].
    pub fn open_where(
        path: &Path,
        needed: &[&str],
        mut kept: impl FnMut(&Line) -> bool,
    ) -> Result<Option<Self>, ReportError> {
        if !path.is_file() {
            return Ok(None);
        }
        let mut reader = csv::Reader::from_path(path)?;
        let header = reader.headers()?.clone();
        let columns: HashMap<String, usize> = header.iter().enumerate().map(|(k, c)| (c.to_owned(), k)).collect();
        if let Some(column) = needed.iter().find(|c| !columns.contains_key(**c)) {
            return Err(ReportError::Column {
                path: path.to_owned(),
                column: (*column).to_owned(),
            });
        }
        let (mut rows, mut some) = (Vec::new(), false);
        for row in reader.records() {
            let row = row?;
            some = true;
            if kept(&Line {
                columns: &columns,
                row: &row,
            }) {
                rows.push(row);
            }
        }
        Ok(some.then_some(Self { columns, rows }))
    }

    /// The lines, in order of the file.
    pub fn lines(&self) -> impl Iterator<Item = Line<'_>> {
        let columns = &self.columns;
        self.rows.iter().map(move |row| Line { columns, row })
    }

    /// Different values of a column, in order of the file.
    pub fn values(&self, column: &str) -> Vec<String> {
        let mut found: Vec<String> = Vec::new();
        for line in self.lines() {
            let value = line.text(column);
            if !found.iter().any(|f| f == value) {
                found.push(value.to_owned());
            }
        }
        found
    }

    /// The horizons of the file, in years, in their order.
    pub fn horizons(&self) -> Vec<f64> {
        let found = self.values("horizon_years");
        found.iter().filter_map(|h| h.trim().parse().ok()).collect()
    }

    /// The greatest horizon of the file, in years.
    pub fn last_horizon(&self) -> f64 {
        let years = self.lines().map(|l| l.number("horizon_years"));
        years.filter(|h| h.is_finite()).fold(0.0, f64::max)
    }
}

impl<'a> Line<'a> {
    /// A field as text; empty if there is none.
    pub fn text(&self, column: &str) -> &'a str {
        let place = self.columns.get(column);
        place.and_then(|k| self.row.get(*k)).unwrap_or_default()
    }

    /// A field as a number; not a number if it is none.
    pub fn number(&self, column: &str) -> f64 {
        self.text(column).trim().parse().unwrap_or(f64::NAN)
    }

    /// `value` with `low` and `high`, times `factor`; `None` without a value.
    pub fn interval(&self, factor: f64) -> Option<Interval> {
        interval(
            factor,
            self.number("value"),
            self.number("low"),
            self.number("high"),
            self.number("se"),
        )
    }

    /// Whether the line is of a horizon.
    pub fn of_years(&self, years: f64) -> bool {
        (self.number("horizon_years") - years).abs() < 1e-6
    }
}

/// An estimate read from a file; without ends it counts as one of a single seed, of which nothing is sure.
pub fn interval(factor: f64, mean: f64, low: f64, high: f64, se: f64) -> Option<Interval> {
    let known = low.is_finite() && high.is_finite() && !se.is_nan();
    mean.is_finite().then_some(Interval {
        mean: factor * mean,
        low: factor * if known { low } else { mean },
        high: factor * if known { high } else { mean },
        n: if known { 2 } else { 1 },
    })
}
