//! Reads a results folder: of `compare` from its own files, of `run` by pairing its two scenarios.

use std::collections::HashMap;
use std::fs;
use std::path::Path;

use super::Language;
use super::amounts::{self, Shown};
use super::brief::{About, Brief, Measure, Place};
use super::sheet::Sheet;
use super::{effects, names, paired};
use crate::experiment::frames::{integers, read_parquet, text};
use crate::report::ReportError;
use crate::report::spec::KEY;
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
        effects::read(dir, &mut brief)?;
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
