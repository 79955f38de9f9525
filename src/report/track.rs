//! Curves in time with intervals across seeds.

use std::collections::BTreeMap;

use super::stats::{Interval, interval};

/// One value of one seed.
#[derive(Debug, Clone, Copy)]
pub struct Obs {
    /// Quarter.
    pub tick: i32,
    /// Seed.
    pub seed: i64,
    /// Value.
    pub value: f64,
}

/// A curve in time with its unit.
#[derive(Debug, Clone)]
pub struct Track {
    /// Unit of the values.
    pub unit: String,
    /// Tick and interval across seeds, in order.
    pub points: Vec<(i32, Interval)>,
    /// The same for the mean of the year that ends at a tick, by seed first.
    years: Vec<(i32, Interval)>,
}

impl Track {
    /// A curve from its points by tick, and from the years that end at ticks.
    pub fn new(unit: String, points: Vec<(i32, Interval)>, years: Vec<(i32, Interval)>) -> Self {
        Self { unit, points, years }
    }

    /// The interval of the mean of the year that ends at a tick: what a horizon means everywhere.
    pub fn at(&self, tick: i32) -> Option<Interval> {
        self.years.iter().find(|p| p.0 == tick).map(|p| p.1)
    }
}

/// Intervals across seeds, tick by tick; observations must be in order.
pub fn by_tick(cell: &[Obs], value: impl Fn(&Obs) -> f64) -> Vec<(i32, Interval)> {
    let groups = cell.chunk_by(|a, b| a.tick == b.tick);
    groups
        .filter_map(|g| Some((g.first()?.tick, interval(g.iter().map(&value))?)))
        .collect()
}

/// As [`by_tick`] for the mean of the year that ends at every tick, or of what there is of it.
pub fn by_year(cell: &[Obs], value: impl Fn(&Obs) -> f64) -> Vec<(i32, Interval)> {
    let quarters: Vec<&[Obs]> = cell.chunk_by(|a, b| a.tick == b.tick).collect();
    let year = |k: usize| {
        let mut by_seed: BTreeMap<i64, (f64, f64)> = BTreeMap::new();
        for o in quarters[k.saturating_sub(3)..=k].iter().flat_map(|q| q.iter()) {
            let sum = by_seed.entry(o.seed).or_default();
            *sum = (sum.0 + value(o), sum.1 + 1.0);
        }
        let means = by_seed.into_values().map(|(sum, n)| sum / n);
        Some((quarters[k].first()?.tick, interval(means)?))
    };
    (0..quarters.len()).filter_map(year).collect()
}
