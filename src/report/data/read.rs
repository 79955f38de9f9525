//! Reads a run folder.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::Path;

use super::{Obs, Region, Run, Side};
use crate::experiment::frames::{floats, integers, read_parquet, read_parts, text};
use crate::report::ReportError;
use polars::prelude::DataFrame;

impl Run {
    /// Reads a run folder, keeping the metrics named.
    pub fn load(dir: &Path, metrics: &[&str]) -> Result<Self, ReportError> {
        let mut run = Self::empty(dir)?;
        run.load_series(&dir.join("series.parquet"), metrics)?;
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
        let (name, hash) = identity(dir)?;
        Ok(Self {
            name,
            hash,
            baseline: String::new(),
            reform: None,
            ignored: Vec::new(),
            seeds: 0,
            start: 0.0,
            last: 0,
            regions: Vec::new(),
            names: HashMap::new(),
            units: HashMap::new(),
            cells: HashMap::new(),
            curves: HashMap::new(),
        })
    }

    fn load_series(&mut self, path: &Path, metrics: &[&str]) -> Result<(), ReportError> {
        let columns = [
            "scenario", "seed", "quarter", "tick", "region", "group", "metric", "value", "unit",
        ];
        let mut scenarios: Vec<String> = Vec::new();
        read_parts::<ReportError>(path, &["scenario"], |df| {
            for name in text(df, "scenario")? {
                if scenarios.last().is_none_or(|last| last != name) && !scenarios.iter().any(|s| s == name) {
                    scenarios.push(name.to_owned());
                }
            }
            Ok(())
        })?;
        if scenarios.is_empty() {
            return Err(ReportError::Empty(path.to_owned()));
        }
        self.choose(scenarios);
        let wanted: HashSet<&str> = metrics.iter().copied().collect();
        let mut seeds = HashSet::new();
        read_parts::<ReportError>(path, &columns, |df| self.add_part(df, &wanted, &mut seeds))?;
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
            let reform = found.iter().position(|s| *s == self.name).unwrap_or(0);
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
}

/// Name and hash from `manifest.toml`, else from the folder's name.
fn identity(dir: &Path) -> Result<(String, String), ReportError> {
    let folder = dir
        .file_name()
        .map(|n| n.to_string_lossy().into_owned())
        .unwrap_or_default();
    let (mut name, mut hash) = match folder.rsplit_once('-') {
        Some((name, hash)) => (name.to_owned(), hash.to_owned()),
        None => (folder.clone(), "unknown".to_owned()),
    };
    let path = dir.join("manifest.toml");
    if path.is_file() {
        let source = std::fs::read_to_string(&path).map_err(|e| ReportError::io(&path, e))?;
        let table: toml::Table = source
            .parse()
            .map_err(|e: toml::de::Error| ReportError::Manifest(e.to_string()))?;
        let field = |key: &str| table.get(key).and_then(toml::Value::as_str).map(str::to_owned);
        name = field("name").unwrap_or(name);
        hash = field("hash").unwrap_or(hash);
    }
    hash.truncate(hash.char_indices().nth(12).map_or(hash.len(), |(i, _)| i));
    Ok((name, hash))
}
