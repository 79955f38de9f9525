//! Reads a results folder: of `compare` from its own files, of `run` by pairing its two scenarios.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::path::Path;

use super::Language;
use super::amounts::{self, Shown};
use super::brief::{About, Arm, Brief, Cell, Measure, Place};
use super::names;
use super::paired;
use super::sheet::{Sheet, interval};
use crate::experiment::frames::{floats, integers, read_parquet, text};
use crate::report::ReportError;
use crate::report::spec::KEY;
use crate::report::stats::Interval;
use crate::report::units::Effect;

/// Horizons in years, where the folder does not say its own.
const HORIZONS: [f64; 3] = [2.0, 5.0, 10.0];

/// Reads a folder.
///
/// # Errors
/// If a file is there but cannot be read, or if there is nothing to compare.
pub fn load(dir: &Path, lang: Language) -> Result<Brief, ReportError> {
    let about = about(dir)?;
    let places = places(&dir.join("regions.parquet"), lang)?;
    let mut brief = Brief {
        lang,
        about,
        start: 0.0,
        arms: Vec::new(),
        measures: Vec::new(),
        places,
        paths: HashMap::new(),
        horizons: Vec::new(),
        at: HashMap::new(),
        shapley: Sheet::open(
            &dir.join("shapley.csv"),
            &["metric", "horizon_years", "player", "value"],
        )?,
        interactions: Sheet::open(
            &dir.join("interactions.csv"),
            &["metric", "horizon_years", "a", "b", "value"],
        )?,
        channels: Sheet::open(
            &dir.join("channels.csv"),
            &["lever", "horizon_years", "channel", "value"],
        )?,
        misallocation: Sheet::open(
            &dir.join("misallocation.csv"),
            &["lever", "horizon_years", "factor", "before", "after", "value"],
        )?,
        gains: Sheet::open(
            &dir.join("gains.csv"),
            &["lever", "horizon_years", "kind", "group", "value"],
        )?,
        estimates: Sheet::open(&dir.join("estimates.csv"), &["lever", "outcome", "term", "value"])?,
        table: None,
        levels: HashMap::new(),
    };
    if brief.about.compared {
        compared(dir, &mut brief)?;
    } else {
        paired::read(dir, &mut brief)?;
    }
    if brief.arms.is_empty() || brief.paths.is_empty() {
        return Err(ReportError::NoReference(dir.to_owned()));
    }
    settle_digits(&mut brief);
    Ok(brief)
}

fn about(dir: &Path) -> Result<About, ReportError> {
    let read = |name: &str| {
        let path = dir.join(name);
        match path.is_file() {
            true => fs::read_to_string(&path).map_err(|e| ReportError::io(&path, e)),
            false => Ok(String::new()),
        }
    };
    let manifest: toml::Table = read("manifest.toml")?
        .parse()
        .map_err(|e: toml::de::Error| ReportError::Manifest(e.to_string()))?;
    let entries = fs::read_dir(dir).map_err(|e| ReportError::io(dir, e))?;
    let mut files: Vec<String> = entries
        .flatten()
        .filter(|e| e.path().is_file())
        .map(|e| e.file_name().to_string_lossy().into_owned())
        .filter(|name| !name.starts_with("report.") && !name.starts_with('.'))
        .collect();
    files.sort();
    Ok(About {
        manifest,
        resolved: read("resolved.toml")?,
        files,
        seeds: 0,
        compared: dir.join("effects.parquet").is_file(),
    })
}

fn places(path: &Path, lang: Language) -> Result<Vec<Place>, ReportError> {
    if !path.is_file() {
        return Ok(Vec::new());
    }
    let df = read_parquet(path, None)?;
    let (id, group) = (text(&df, "region")?, text(&df, "group")?);
    let name = text(&df, lang.pick("name_en", "name_zh"))?;
    let (row, col) = (integers(&df, "tile_row")?, integers(&df, "tile_col")?);
    let place = |k: usize| Place {
        id: id[k].to_owned(),
        name: name[k].to_owned(),
        group: group[k].to_owned(),
        tile: (row[k] as i32, col[k] as i32),
    };
    Ok((0..id.len()).map(place).collect())
}

/// How effects on a metric are told, with a fixed factor and unit where the figures have one.
pub(super) fn how(metric: &str, unit: &str) -> (Effect, Option<(f64, &'static str)>) {
    let item = KEY.iter().find(|i| i.metric == metric);
    let effect = item.map_or(Effect::Auto, |i| i.effect).resolve(unit);
    (effect, item.and_then(|i| i.shown).filter(|_| effect == Effect::Change))
}

/// A metric as the page shows it; `largest` is the greatest effect in the metric's own unit.
pub(super) fn measure(lang: Language, metric: &str, unit: &str, largest: f64) -> Measure {
    let (effect, fixed) = how(metric, unit);
    let shown = match fixed {
        Some((factor, unit)) => Shown {
            factor,
            unit: amounts::named(lang, unit),
            digits: 2,
            percent: false,
        },
        None => amounts::shown(lang, effect, unit, largest),
    };
    Measure {
        id: metric.to_owned(),
        label: names::metric(lang, metric),
        unit: unit.to_owned(),
        shown,
    }
}

/// Place of a metric in the order of the page.
pub(super) fn rank(metric: &str) -> usize {
    let known = names::METRICS.iter().position(|m| m.0 == metric);
    known.unwrap_or(names::METRICS.len())
}

/// Arms of a comparison: the package first, single levers, subsets.
fn arms(brief: &Brief, found: &[String]) -> Vec<Arm> {
    let name = [brief.about.field("package"), brief.about.field("name")];
    let mut arms: Vec<Arm> = found
        .iter()
        .map(|id| {
            let package = found.len() > 1 && (name.contains(id) || id == "package");
            Arm {
                id: id.clone(),
                title: match package {
                    true => brief.lang.pick("All together", "全部措施合计").to_owned(),
                    false => names::arm_title(brief.lang, &brief.about, id),
                },
                package,
            }
        })
        .collect();
    let article = |id: &str| names::lever(brief.lang, &brief.about.resolved, id).map_or(0, |l| l.number);
    let first = |a: &Arm| brief.about.members(&a.id).iter().map(|m| article(m)).min();
    arms.sort_by_cached_key(|a| (!a.package, a.id.contains('+'), first(a)));
    arms
}

const VALUES: [&str; 6] = ["effect", "low", "high", "effect_pct", "pct_low", "pct_high"];

/// Reads `effects.parquet` and `horizons.csv`.
fn compared(dir: &Path, brief: &mut Brief) -> Result<(), ReportError> {
    let path = dir.join("effects.parquet");
    let df = read_parquet(&path, None)?;
    let words = ["lever", "metric", "region", "group", "unit"].map(|c| text(&df, c));
    let [lever, metric, region, group, unit] = words;
    let (lever, metric, region, group, unit) = (lever?, metric?, region?, group?, unit?);
    let (tick, seeds, day) = (
        integers(&df, "tick")?,
        integers(&df, "n_seeds")?,
        integers(&df, "quarter")?,
    );
    let values: Vec<Vec<f64>> = VALUES.iter().map(|c| floats(&df, c)).collect::<Result<_, _>>()?;
    if tick.is_empty() {
        return Err(ReportError::Empty(path));
    }
    brief.start = ((day[0] as f64 / 365.2425 + 1970.0) * 4.0).round() / 4.0 - 0.25 * tick[0] as f64;
    let mut found: Vec<String> = Vec::new();
    let mut units: BTreeMap<(usize, &str), (&str, f64)> = BTreeMap::new();
    for k in 0..tick.len() {
        if !found.iter().any(|f| f == lever[k]) {
            found.push(lever[k].to_owned());
        }
        let entry = units.entry((rank(metric[k]), metric[k])).or_insert((unit[k], 0.0));
        if region[k] == "total" && values[0][k].is_finite() {
            entry.1 = entry.1.max(values[0][k].abs());
        }
        brief.about.seeds = brief.about.seeds.max(seeds[k].max(0) as usize);
    }
    brief.arms = arms(brief, &found);
    let measures = units
        .iter()
        .map(|((_, m), (unit, largest))| measure(brief.lang, m, unit, *largest));
    brief.measures = measures.collect();
    let place_of = |ids: Vec<&str>| {
        ids.into_iter()
            .zip(0..)
            .map(|(id, k)| (id.to_owned(), k))
            .collect::<HashMap<_, _>>()
    };
    let arm_of: HashMap<String, usize> = place_of(brief.arms.iter().map(|a| a.id.as_str()).collect());
    let measure_of: HashMap<String, usize> = place_of(brief.measures.iter().map(|m| m.id.as_str()).collect());
    let mut paths: HashMap<Cell, Vec<(i32, Interval)>> = HashMap::new();
    for k in 0..tick.len() {
        let cell = Cell {
            arm: arm_of[lever[k]],
            measure: measure_of[metric[k]],
            region: region[k].to_owned(),
            group: group[k].to_owned(),
        };
        let row: Vec<f64> = values.iter().map(|v| v[k]).collect();
        let n = seeds[k].max(1) as usize;
        if let Some(i) = point(&brief.measures[cell.measure].shown, &row, n) {
            paths.entry(cell).or_default().push((tick[k] as i32, i));
        }
    }
    paths.values_mut().for_each(|p| p.sort_by_key(|x| x.0));
    brief.paths = paths;
    read_horizons(dir, brief)
}

/// An effect in the unit shown, from change and per cent with their ends.
fn point(shown: &Shown, row: &[f64], n: usize) -> Option<Interval> {
    let (factor, v) = if shown.percent {
        (1.0, &row[3..6])
    } else {
        (shown.factor, &row[..3])
    };
    let mut found = interval(factor, v[0], v[1], v[2], 0.0)?;
    found.n = found.n.min(n).max(if found.n > 1 { n } else { 1 });
    Some(found)
}

fn read_horizons(dir: &Path, brief: &mut Brief) -> Result<(), ReportError> {
    let needed = [
        "lever",
        "metric",
        "region",
        "group",
        "horizon_years",
        "effect",
        "low",
        "high",
        "effect_pct",
    ];
    let Some(sheet) = Sheet::open(&dir.join("horizons.csv"), &needed)? else {
        cut_horizons(brief);
        return Ok(());
    };
    let mut years: Vec<f64> = sheet
        .lines()
        .map(|l| l.number("horizon_years"))
        .filter(|h| h.is_finite())
        .collect();
    years.sort_by(f64::total_cmp);
    years.dedup();
    brief.horizons = years;
    for line in sheet.lines() {
        let arm = brief.arms.iter().position(|a| a.id == line.text("lever"));
        let (Some(arm), Some(measure)) = (arm, brief.measure(line.text("metric"))) else {
            continue;
        };
        let Some(h) = brief.horizons.iter().position(|y| line.of_years(*y)) else {
            continue;
        };
        let row = VALUES.map(|c| line.number(c));
        let n = line.number("n_seeds");
        let n = if n.is_finite() { n as usize } else { brief.about.seeds };
        let cell = Cell {
            arm,
            measure,
            region: line.text("region").to_owned(),
            group: line.text("group").to_owned(),
        };
        if cell.region == "total" && h + 1 == brief.horizons.len() {
            let key = (line.text("metric").to_owned(), cell.group.clone());
            brief.levels.insert(key, line.number("level_base"));
        }
        let count = brief.horizons.len();
        brief.at.entry(cell).or_insert_with(|| vec![None; count])[h] =
            point(&brief.measures[measure].shown, &row, n.max(1));
    }
    brief.levels.retain(|_, level| level.is_finite());
    brief.table = Some(sheet);
    Ok(())
}

/// Horizons from the paths: 2, 5 and 10 years, or the end of a shorter run.
pub(super) fn cut_horizons(brief: &mut Brief) {
    let ticks = brief.paths.values().filter_map(|p| p.last()).map(|p| p.0);
    let longest = f64::from(ticks.max().unwrap_or_default() + 1 - brief.about.reform_tick()) / 4.0;
    brief.horizons = HORIZONS.iter().map(|h| h.min(longest)).collect();
    brief.horizons.dedup();
    for (cell, path) in &brief.paths {
        let at = |years: &f64| path.iter().find(|p| p.0 == brief.tick(*years)).map(|p| p.1);
        brief.at.insert(cell.clone(), brief.horizons.iter().map(at).collect());
    }
}

/// Decimals from what the key table shows.
fn settle_digits(brief: &mut Brief) {
    let mut largest = vec![0.0_f64; brief.measures.len()];
    for (cell, values) in &brief.at {
        if cell.region == "total" {
            let most = values.iter().flatten().map(|i| i.mean.abs()).fold(0.0, f64::max);
            largest[cell.measure] = largest[cell.measure].max(most);
        }
    }
    for (m, largest) in brief.measures.iter_mut().zip(largest) {
        m.shown.digits = amounts::digits(largest);
    }
}
