//! What the figures need of a run folder, read once into memory.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::path::Path;

use super::ReportError;
use super::effects::Effects;
use super::identity::{Identity, identity};
use super::spec::Item;
use super::stats::{LEAST, of_seeds};
use super::track::{Obs, Track, by_tick, by_year};
use super::units::{self, Shown};
use crate::experiment::frames::{Parts, floats, integers, read_parquet, text};
use polars::prelude::DataFrame;

/// A scenario's role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Side {
    /// The reference.
    Baseline,
    /// What is compared with it.
    Reform,
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

/// A run folder's content.
#[derive(Debug)]
pub struct Run {
    /// Name of the run.
    pub name: String,
    /// Hash of the run.
    pub hash: String,
    /// Name of a comparison's package; empty for a run.
    package: String,
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
    /// Tick of the reform date, from which horizons are counted.
    pub date: i32,
    /// Districts with a tile.
    pub regions: Vec<Region>,
    names: HashMap<String, u32>,
    units: HashMap<u32, String>,
    cells: HashMap<Key, Vec<Obs>>,
    curves: HashMap<(Side, String), Curves>,
    effects: Option<Effects>,
}

impl Run {
    /// Reads a run folder, keeping the metrics named.
    pub fn load(dir: &Path, metrics: &[&str]) -> Result<Self, ReportError> {
        let mut run = Self::empty(dir)?;
        run.load_series(&dir.join("series.parquet"), metrics)?;
        if let (Some(reform), true) = (&run.reform, dir.join("effects.parquet").is_file()) {
            run.effects = Some(Effects::load(dir, reform, metrics, run.date)?);
        }
        let regions = dir.join("regions.parquet");
        if regions.is_file() {
            run.load_regions(&regions)?;
        }
        let distributions = dir.join("distributions.parquet");
        if distributions.is_file() {
            run.load_distributions(&distributions)?;
        }
        Ok(run)
    }

    /// Reads a folder that holds the distributions of one scenario and no series.
    pub fn of_distributions(dir: &Path) -> Result<Self, ReportError> {
        let mut run = Self::empty(dir)?;
        run.baseline.clone_from(&run.name);
        run.load_distributions(&dir.join("distributions.parquet"))?;
        run.seeds = run.curves.values().map(BTreeMap::len).max().unwrap_or(0);
        run.last = run
            .curves
            .values()
            .flat_map(BTreeMap::keys)
            .map(|k| k.0)
            .max()
            .unwrap_or(0);
        Ok(run)
    }

    fn empty(dir: &Path) -> Result<Self, ReportError> {
        let Identity {
            name,
            hash,
            package,
            date,
        } = identity(dir)?;
        Ok(Self {
            name,
            package,
            hash,
            baseline: String::new(),
            reform: None,
            ignored: Vec::new(),
            seeds: 0,
            start: 0.0,
            last: 0,
            date,
            regions: Vec::new(),
            names: HashMap::new(),
            units: HashMap::new(),
            cells: HashMap::new(),
            curves: HashMap::new(),
            effects: None,
        })
    }

    fn load_series(&mut self, path: &Path, metrics: &[&str]) -> Result<(), ReportError> {
        let columns = [
            "scenario", "seed", "quarter", "tick", "region", "group", "metric", "value", "unit",
        ];
        let parts = Parts::open(path)?;
        let mut scenarios: Vec<String> = Vec::new();
        // scenarios of every part: most arms of a comparison are in no figure
        let mut held: Vec<BTreeSet<usize>> = vec![BTreeSet::new(); parts.count()];
        for (part, held) in held.iter_mut().enumerate() {
            let df = parts.read(part, &["scenario"])?;
            let mut names = text(&df, "scenario")?;
            names.dedup();
            for name in names {
                held.insert(scenarios.iter().position(|s| s == name).unwrap_or_else(|| {
                    scenarios.push(name.to_owned());
                    scenarios.len() - 1
                }));
            }
        }
        if scenarios.is_empty() {
            return Err(ReportError::Empty(path.to_owned()));
        }
        self.choose(scenarios.clone());
        let wanted: HashSet<&str> = metrics.iter().copied().collect();
        let mut seeds = HashSet::new();
        for (part, held) in held.iter().enumerate() {
            if held.iter().any(|k| self.side(&scenarios[*k]).is_some()) {
                self.add_part(&parts.read(part, &columns)?, &wanted, &mut seeds)?;
            }
        }
        for cell in self.cells.values_mut() {
            cell.sort_by_key(|o| (o.tick, o.seed));
        }
        self.seeds = seeds.len();
        Ok(())
    }

    fn add_part(
        &mut self,
        df: &DataFrame,
        wanted: &HashSet<&str>,
        seeds: &mut HashSet<i64>,
    ) -> Result<(), ReportError> {
        let (scenario, metric) = (text(df, "scenario")?, text(df, "metric")?);
        let (region, group, unit) = (text(df, "region")?, text(df, "group")?, text(df, "unit")?);
        let (seed, tick, value) = (integers(df, "seed")?, integers(df, "tick")?, floats(df, "value")?);
        let day = integers(df, "quarter")?;
        for i in 0..value.len() {
            let Some(side) = self.side(scenario[i]) else {
                continue;
            };
            self.start = ((day[i] as f64 / 365.2425 + 1970.0) * 4.0).round() / 4.0 - 0.25 * tick[i] as f64;
            seeds.insert(seed[i]);
            self.last = self.last.max(tick[i] as i32);
            if !wanted.contains(metric[i]) {
                continue;
            }
            let m = self.intern(metric[i]);
            self.units.entry(m).or_insert_with(|| unit[i].to_owned());
            let key = (side, m, self.intern(region[i]), self.intern(group[i]));
            let obs = Obs {
                tick: tick[i] as i32,
                seed: seed[i],
                value: value[i],
            };
            self.cells.entry(key).or_default().push(obs);
        }
        Ok(())
    }

    /// Picks the two scenarios to draw: `baseline` (else the first) and the one the run is named after (else the next).
    fn choose(&mut self, mut found: Vec<String>) {
        let baseline = found.iter().position(|s| s == "baseline").unwrap_or(0);
        self.baseline = found.remove(baseline);
        if !found.is_empty() {
            let named = |name: &str| found.iter().position(|s| s == name);
            let reform = named(&self.package).or(named(&self.name)).unwrap_or(0);
            self.reform = Some(found.remove(reform));
        }
        self.ignored = found;
    }

    fn side(&self, scenario: &str) -> Option<Side> {
        if scenario == self.baseline {
            Some(Side::Baseline)
        } else if self.reform.as_deref() == Some(scenario) {
            Some(Side::Reform)
        } else {
            None
        }
    }

    fn intern(&mut self, name: &str) -> u32 {
        if let Some(&code) = self.names.get(name) {
            return code;
        }
        let code = self.names.len() as u32;
        self.names.insert(name.to_owned(), code);
        code
    }

    fn load_regions(&mut self, path: &Path) -> Result<(), ReportError> {
        let df = read_parquet(path, None)?;
        let (id, name) = (text(&df, "region")?, text(&df, "name_en")?);
        let (row, col) = (integers(&df, "tile_row")?, integers(&df, "tile_col")?);
        for i in 0..id.len() {
            if row[i] >= 0 && col[i] >= 0 {
                let tile = (row[i] as i32, col[i] as i32);
                self.regions.push(Region {
                    id: id[i].to_owned(),
                    name: name[i].to_owned(),
                    tile,
                });
            }
        }
        Ok(())
    }

    fn load_distributions(&mut self, path: &Path) -> Result<(), ReportError> {
        let df = read_parquet(path, None)?;
        let (scenario, name, group) = (text(&df, "scenario")?, text(&df, "distribution")?, text(&df, "group")?);
        let (seed, tick) = (integers(&df, "seed")?, integers(&df, "tick")?);
        let (x, y) = (floats(&df, "x")?, floats(&df, "y")?);
        for i in 0..x.len() {
            let Some(side) = self.side(scenario[i]).filter(|_| group[i] == "all") else {
                continue;
            };
            let curves = self.curves.entry((side, name[i].to_owned())).or_default();
            curves.entry((tick[i] as i32, seed[i])).or_default().push((x[i], y[i]));
        }
        for curve in self.curves.values_mut().flat_map(BTreeMap::values_mut) {
            curve.sort_by(|a, b| a.0.total_cmp(&b.0));
        }
        Ok(())
    }

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
        (!points.is_empty()).then(|| Track::new(unit, points, years))
    }

    /// Reform minus baseline in time, paired by seed: of a comparison its own estimates.
    pub fn effect(&self, item: &Item, region: &str) -> Option<Track> {
        if let Some(effects) = &self.effects {
            return effects.track(item, region);
        }
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
        (!points.is_empty()).then(|| Track::new(shown.unit, points, years))
    }

    /// The curves of a distribution at its last tick, one per seed.
    pub fn curves(&self, side: Side, name: &str) -> Option<(i32, BySeed<'_>)> {
        let all = self.curves.get(&(side, name.to_owned()))?;
        let last = all.keys().map(|k| k.0).max()?;
        let at_last = all.iter().filter(|(k, _)| k.0 == last);
        Some((last, at_last.map(|(k, v)| (k.1, v.as_slice())).collect()))
    }

    /// The horizons of tables and figures: 2, 5 and 10 years after the reform date, cut at the end of the run, as years
    /// and ticks.
    pub fn horizons(&self) -> Vec<(f64, i32)> {
        let mut ticks: Vec<i32> = [7, 19, 39].iter().map(|t| self.last.min(self.date + t)).collect();
        ticks.dedup();
        let years = |t: i32| f64::from(t - self.date + 1) / 4.0;
        ticks.into_iter().map(|t| (years(t), t)).collect()
    }

    /// What a subtitle says of bands.
    pub fn bands(&self) -> &'static str {
        if self.seeds < LEAST { "" } else { " with 95% band" }
    }

    /// What a subtitle says of numbers that are `many` of several seeds, such as their mean.
    pub fn of_seeds(&self, many: &'static str) -> &'static str {
        of_seeds(self.seeds, many)
    }

    /// The line printed small under every figure.
    pub fn stamp(&self) -> String {
        let scenarios = match &self.reform {
            Some(reform) => format!("{} against {}", reform, self.baseline),
            None => self.baseline.clone(),
        };
        let seeds = match self.seeds {
            1 => of_seeds(1, "").to_owned(),
            n if self.cells.is_empty() => format!("{n} seeds"),
            n if n < LEAST => {
                format!("{n} seeds, too few for bands · intervals: 95% confidence for the mean across seeds")
            }
            n => format!("{n} seeds · bands, intervals: 95% confidence for the mean across seeds"),
        };
        format!("{} · run {} · {scenarios} · {seeds}", self.name, self.hash)
    }
}
