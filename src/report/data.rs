//! What the figures need of a run folder, read once into memory.

mod read;

use std::collections::{BTreeMap, HashMap};

use super::spec::Item;
use super::stats::{Interval, LEAST, interval};
use super::units::{self, Shown};

/// A scenario's role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Side {
    /// The reference.
    Baseline,
    /// What is compared with it.
    Reform,
}

/// One value of one seed.
#[derive(Debug, Clone, Copy)]
struct Obs {
    tick: i32,
    seed: i64,
    value: f64,
}

/// A distribution of one seed at one tick, by x.
type Curves = BTreeMap<(i32, i64), Vec<(f64, f64)>>;

/// A curve: points in order of x.
pub type Curve = [(f64, f64)];

/// One curve per seed.
pub type BySeed<'a> = BTreeMap<i64, &'a Curve>;

type Key = (Side, u32, u32, u32);

/// A district as the map needs it.
#[derive(Debug, Clone)]
pub struct Region {
    /// Identifier.
    pub id: String,
    /// English name.
    pub name: String,
    /// Row and column of its tile.
    pub tile: (i32, i32),
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
    /// The interval of the mean of the year that ends at a tick: what a horizon means everywhere.
    pub fn at(&self, tick: i32) -> Option<Interval> {
        self.years.iter().find(|p| p.0 == tick).map(|p| p.1)
    }
}

/// A run folder's content.
#[derive(Debug)]
pub struct Run {
    /// Name of the run.
    pub name: String,
    /// Hash of the run.
    pub hash: String,
    /// Name of the reference scenario.
    pub baseline: String,
    /// Name of the reform scenario, if there are two.
    pub reform: Option<String>,
    /// Scenarios that are in the files but in no figure.
    pub ignored: Vec<String>,
    /// Number of seeds.
    pub seeds: usize,
    /// Calendar year (with fraction) at which tick 0 begins.
    pub start: f64,
    /// Last tick.
    pub last: i32,
    /// Districts with a tile.
    pub regions: Vec<Region>,
    names: HashMap<String, u32>,
    units: HashMap<u32, String>,
    cells: HashMap<Key, Vec<Obs>>,
    curves: HashMap<(Side, String), Curves>,
}

impl Run {
    fn cell(&self, side: Side, item: &Item, region: &str) -> Option<&[Obs]> {
        let code = |name: &str| self.names.get(name).copied();
        let key = (side, code(item.metric)?, code(region)?, code(item.group)?);
        self.cells.get(&key).map(Vec::as_slice)
    }

    fn unit(&self, item: &Item) -> &str {
        self.names
            .get(item.metric)
            .and_then(|m| self.units.get(m))
            .map_or("", String::as_str)
    }

    /// The unit in which levels of an item are shown, the same for both scenarios.
    pub fn shown(&self, item: &Item, region: &str) -> Shown {
        if let Some((factor, unit)) = item.shown {
            return Shown {
                factor,
                unit: unit.to_owned(),
            };
        }
        let cells = [Side::Baseline, Side::Reform].map(|side| self.cell(side, item, region).unwrap_or_default());
        let finite = cells
            .into_iter()
            .flatten()
            .map(|o| o.value.abs())
            .filter(|v| v.is_finite());
        units::level(self.unit(item), finite.fold(0.0, f64::max))
    }

    /// Levels in time of one scenario, in the unit of [`Self::shown`].
    pub fn levels(&self, side: Side, item: &Item, region: &str) -> Option<Track> {
        let Shown { factor, unit } = self.shown(item, region);
        let cell = self.cell(side, item, region)?;
        let value = |o: &Obs| factor * o.value;
        let (points, years) = (by_tick(cell, value), by_year(cell, value));
        (!points.is_empty()).then_some(Track { unit, points, years })
    }

    /// Reform minus baseline in time, paired by seed.
    pub fn effect(&self, item: &Item, region: &str) -> Option<Track> {
        let (base, reform) = (
            self.cell(Side::Baseline, item, region)?,
            self.cell(Side::Reform, item, region)?,
        );
        let unit = self.unit(item);
        let effect = item.effect.resolve(unit);
        let base: HashMap<(i32, i64), f64> = base.iter().map(|o| ((o.tick, o.seed), o.value)).collect();
        let paired = reform.iter().filter_map(|o| {
            let value = effect.of(*base.get(&(o.tick, o.seed))?, o.value);
            Some(Obs { value, ..*o })
        });
        let paired: Vec<Obs> = paired.filter(|o| o.value.is_finite()).collect();
        let largest = paired.iter().fold(0.0, |m: f64, o| m.max(o.value.abs()));
        let shown = match item.shown {
            Some((factor, unit)) if effect == units::Effect::Change => Shown {
                factor,
                unit: unit.to_owned(),
            },
            _ => units::effect(effect, unit, largest),
        };
        let value = |o: &Obs| shown.factor * o.value;
        let (points, years) = (by_tick(&paired, value), by_year(&paired, value));
        (!points.is_empty()).then_some(Track {
            unit: shown.unit,
            points,
            years,
        })
    }

    /// The curves of a distribution at its last tick, one per seed.
    pub fn curves(&self, side: Side, name: &str) -> Option<(i32, BySeed<'_>)> {
        let all = self.curves.get(&(side, name.to_owned()))?;
        let last = all.keys().map(|k| k.0).max()?;
        let at_last = all.iter().filter(|(k, _)| k.0 == last);
        Some((last, at_last.map(|(k, v)| (k.1, v.as_slice())).collect()))
    }

    /// The horizons of tables and figures: 2, 5 and 10 years, cut at the end of the run, as years and ticks.
    pub fn horizons(&self) -> Vec<(f64, i32)> {
        let mut ticks: Vec<i32> = [7, 19, 39].iter().map(|t| self.last.min(*t)).collect();
        ticks.dedup();
        ticks.into_iter().map(|t| (f64::from(t + 1) / 4.0, t)).collect()
    }

    /// What a subtitle says of bands.
    pub fn bands(&self) -> &'static str {
        if self.seeds < LEAST { "" } else { " with 95% band" }
    }

    /// The line printed small under every figure.
    pub fn stamp(&self) -> String {
        let scenarios = match &self.reform {
            Some(reform) => format!("{} against {}", reform, self.baseline),
            None => self.baseline.clone(),
        };
        let seeds = match self.seeds {
            1 => "1 seed, no intervals".to_owned(),
            n if self.cells.is_empty() => format!("{n} seeds"),
            n if n < LEAST => {
                format!("{n} seeds, too few for bands · intervals: 95% confidence for the mean across seeds")
            }
            n => format!("{n} seeds · bands, intervals: 95% confidence for the mean across seeds"),
        };
        format!("{} · run {} · {scenarios} · {seeds}", self.name, self.hash)
    }
}

/// Intervals across seeds, tick by tick; observations must be in order.
fn by_tick(cell: &[Obs], value: impl Fn(&Obs) -> f64) -> Vec<(i32, Interval)> {
    let groups = cell.chunk_by(|a, b| a.tick == b.tick);
    groups
        .filter_map(|g| Some((g.first()?.tick, interval(g.iter().map(&value))?)))
        .collect()
}

/// As [`by_tick`] for the mean of the year that ends at every tick, or of what there is of it.
fn by_year(cell: &[Obs], value: impl Fn(&Obs) -> f64) -> Vec<(i32, Interval)> {
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
