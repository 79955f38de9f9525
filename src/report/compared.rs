//! The tables of a comparison, as the plots need them.

use std::path::Path;

use serde::de::DeserializeOwned;

use super::ReportError;
use super::moves::Moves;
use super::spec::Item;
use super::stats::{Interval, of_seeds};
use super::units;
use crate::experiment::compare::FEW;
use crate::policy::CHAPTERS;

/// A value with its interval, as it stands in every table.
#[derive(Debug, Clone, Copy, serde::Deserialize)]
pub struct Value {
    // inside a flattened row an empty field is a text, which is no number
    #[serde(deserialize_with = "csv::invalid_option")]
    value: Option<f64>,
    #[serde(deserialize_with = "csv::invalid_option")]
    low: Option<f64>,
    #[serde(deserialize_with = "csv::invalid_option")]
    high: Option<f64>,
    #[serde(deserialize_with = "csv::invalid_option")]
    se: Option<f64>,
}

impl Value {
    /// The interval, times `factor`; `None` without a value.
    pub fn interval(&self, factor: f64) -> Option<Interval> {
        let mean = self.value? * factor;
        Some(Interval {
            mean,
            low: self.low.map_or(mean, |x| x * factor),
            high: self.high.map_or(mean, |x| x * factor),
            // one seed has no standard error, and its interval is not shown
            n: if self.se.is_some() { 2 } else { 1 },
        })
    }
}

/// One row of a table of which the first columns name what it is; not every table has all of them.
#[derive(Debug, Clone, serde::Deserialize)]
pub struct Row {
    /// Years of the horizon.
    pub horizon_years: f64,
    /// Arm.
    #[serde(default)]
    pub lever: String,
    /// Metric.
    #[serde(default)]
    pub metric: String,
    /// Player.
    #[serde(default)]
    pub player: String,
    /// First of a pair.
    #[serde(default)]
    pub a: String,
    /// Second of a pair.
    #[serde(default)]
    pub b: String,
    /// Channel.
    #[serde(default)]
    pub channel: String,
    /// Kind of group.
    #[serde(default)]
    pub kind: String,
    /// Group.
    #[serde(default)]
    pub group: String,
    /// Unit.
    #[serde(default)]
    pub unit: String,
    /// Share of people who lose more than 1 %.
    #[serde(default, deserialize_with = "csv::invalid_option")]
    pub lose_1pct: Option<f64>,
    /// Share of people who gain more than 1 %.
    #[serde(default, deserialize_with = "csv::invalid_option")]
    pub gain_1pct: Option<f64>,
    /// Share of people in cells that surely lose.
    #[serde(default, deserialize_with = "csv::invalid_option")]
    pub sure_losers: Option<f64>,
    /// Value, interval and standard error.
    #[serde(flatten)]
    pub value: Value,
}

/// A row of `horizons.csv`.
#[derive(Debug, Clone, serde::Deserialize)]
pub struct EffectRow {
    /// Arm.
    pub lever: String,
    /// Metric.
    pub metric: String,
    /// Region.
    pub region: String,
    /// Group.
    pub group: String,
    /// Years of the horizon.
    pub horizon_years: f64,
    /// Unit.
    pub unit: String,
    /// Effect in the unit.
    pub effect: f64,
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
    /// Effect in per cent.
    pub effect_pct: Option<f64>,
    /// Lower end.
    pub pct_low: Option<f64>,
    /// Upper end.
    pub pct_high: Option<f64>,
    /// Seeds.
    pub n_seeds: usize,
    /// How many times more seeds unpaired runs would need.
    #[serde(default, deserialize_with = "csv::invalid_option")]
    pub variance_reduction: Option<f64>,
    /// Lower end of its interval.
    #[serde(default, deserialize_with = "csv::invalid_option")]
    pub reduction_low: Option<f64>,
    /// Upper end.
    #[serde(default, deserialize_with = "csv::invalid_option")]
    pub reduction_high: Option<f64>,
}

/// A row of `estimates.csv`.
#[derive(Debug, Clone, serde::Deserialize)]
pub struct Estimate {
    /// Arm.
    pub lever: String,
    /// Metric.
    pub outcome: String,
    /// What it is.
    pub term: String,
    /// Quarters since the reform.
    #[serde(deserialize_with = "csv::invalid_option")]
    pub event_time: Option<f64>,
    /// Unit.
    pub unit: String,
    /// Standard error that one world tells.
    #[serde(default, deserialize_with = "csv::invalid_option")]
    pub se_clustered: Option<f64>,
    /// Whether it agrees with what is published.
    #[serde(default)]
    pub verdict: String,
    /// Value, interval and standard error.
    #[serde(flatten)]
    pub value: Value,
}

/// What a comparison's folder holds beyond a run's.
#[derive(Debug)]
pub struct Compared {
    /// Levers or chapters.
    pub players: Vec<String>,
    /// Name of the package.
    pub package: String,
    /// Horizons in years.
    pub horizons: Vec<f64>,
    /// `shapley.csv`; empty without a decomposition.
    pub shapley: Vec<Row>,
    /// `interactions.csv`; empty without a decomposition.
    pub interactions: Vec<Row>,
    /// `channels.csv`.
    pub channels: Vec<Row>,
    /// `gains.csv`.
    pub gains: Vec<Row>,
    /// `estimates.csv`; empty if nothing was estimated.
    pub estimates: Vec<Estimate>,
    /// `flows_migration.parquet`, if it is there.
    pub moves: Option<Moves>,
    /// `horizons.csv`, the total alone.
    pub effects: Vec<EffectRow>,
}

impl Compared {
    /// Reads the tables of a folder; `None` if it is no comparison.
    pub fn load(dir: &Path) -> Result<Option<Self>, ReportError> {
        let path = dir.join("manifest.toml");
        let Ok(text) = std::fs::read_to_string(&path) else {
            return Ok(None);
        };
        let manifest: toml::Table = text
            .parse()
            .map_err(|e: toml::de::Error| ReportError::Manifest(e.to_string()))?;
        if manifest.get("kind").and_then(toml::Value::as_str) != Some("compare") {
            return Ok(None);
        }
        let players = manifest.get("players").and_then(toml::Value::as_array);
        let names = players.into_iter().flatten().filter_map(toml::Value::as_str);
        let package = manifest.get("package").and_then(toml::Value::as_str);
        let effects = read_where(&dir.join("horizons.csv"), |e: &EffectRow| e.region == "total")?;
        let channels = read::<Row>(&dir.join("channels.csv"))?;
        let mut horizons: Vec<f64> = channels.iter().map(|r| r.horizon_years).collect();
        horizons.sort_by(f64::total_cmp);
        horizons.dedup();
        Ok(Some(Self {
            players: names.map(str::to_owned).collect(),
            package: package.unwrap_or_default().to_owned(),
            horizons,
            shapley: read(&dir.join("shapley.csv"))?,
            interactions: read(&dir.join("interactions.csv"))?,
            channels,
            gains: read(&dir.join("gains.csv"))?,
            estimates: read(&dir.join("estimates.csv"))?,
            moves: Moves::load(dir, package.unwrap_or_default())?,
            effects,
        }))
    }

    /// Effects of an arm on an item at the horizons, by the number of the horizon, and their unit, which is the same for
    /// all arms.
    pub fn effects_on(&self, item: &Item, arm: &str) -> Option<(String, Vec<(usize, Interval)>)> {
        let mine = |e: &&EffectRow| e.metric == item.metric && e.group == item.group;
        let rows: Vec<&EffectRow> = self.effects.iter().filter(mine).collect();
        let unit = rows.first()?.unit.as_str();
        let effect = item.effect.resolve(unit);
        let largest = rows.iter().fold(0.0, |m: f64, e| m.max(e.effect.abs()));
        let shown = match item.shown {
            Some((factor, unit)) if effect == units::Effect::Change => units::Shown {
                factor,
                unit: unit.to_owned(),
            },
            _ => units::effect(effect, unit, largest),
        };
        let point = |e: &&EffectRow| {
            let [mean, low, high] = match effect {
                units::Effect::Percent => [e.effect_pct?, e.pct_low?, e.pct_high?],
                _ => [e.effect, e.low, e.high].map(|x| x * shown.factor),
            };
            let n = e.n_seeds;
            Some((self.place(e.horizon_years)?, Interval { mean, low, high, n }))
        };
        let mut points: Vec<(usize, Interval)> = rows.iter().filter(|e| e.lever == arm).filter_map(point).collect();
        points.sort_by_key(|p| p.0);
        let unit = if shown.unit.is_empty() { "index" } else { &shown.unit };
        (!points.is_empty()).then(|| (unit.to_owned(), points))
    }

    /// Seeds.
    pub fn seeds(&self) -> usize {
        self.effects.iter().map(|e| e.n_seeds).max().unwrap_or(0)
    }

    /// Arms reported in full: the players, then the package.
    pub fn arms(&self) -> Vec<&str> {
        let mut arms: Vec<&str> = self.players.iter().map(String::as_str).collect();
        if !arms.contains(&self.package.as_str()) {
            arms.push(&self.package);
        }
        arms
    }

    /// Number of a horizon's marker and colour: the longest is always the last.
    pub fn place(&self, years: f64) -> Option<usize> {
        let at = self.horizons.iter().position(|h| *h == years)?;
        (at + 3).checked_sub(self.horizons.len())
    }

    /// The longest horizon in years.
    pub fn longest(&self) -> f64 {
        self.horizons.last().copied().unwrap_or(0.0)
    }
}

/// Rows of a table; none if the file is not there.
pub fn read<T: DeserializeOwned>(path: &Path) -> Result<Vec<T>, ReportError> {
    read_where(path, |_| true)
}

/// The rows of a table that are wanted; none if the file is not there.
pub fn read_where<T: DeserializeOwned>(path: &Path, wanted: impl Fn(&T) -> bool) -> Result<Vec<T>, ReportError> {
    if !path.is_file() {
        return Ok(Vec::new());
    }
    let mut reader = csv::Reader::from_path(path)?;
    let rows = reader.deserialize().filter(|row| row.as_ref().map_or(true, &wanted));
    rows.map(|row| Ok(row?)).collect()
}

/// How intervals over seeds are made.
pub fn method(seeds: usize) -> &'static str {
    match seeds {
        n if n < FEW => "Student's t over seeds",
        _ => "paired bootstrap over seeds",
    }
}

/// What a subtitle says of estimates.
pub fn estimate(seeds: usize) -> String {
    of_seeds(seeds, &format!("mean and 95% interval ({})", method(seeds))).to_owned()
}

/// A name of the files as people read it: `hukou_mutual_recognition` becomes "Hukou mutual recognition", and
/// `chapter_land` the name of that chapter of the plan.
pub fn readable(name: &str) -> String {
    let chapter = name.strip_prefix("chapter_");
    if let Some(chapter) = chapter.and_then(|id| CHAPTERS.iter().find(|c| c.id == id)) {
        return chapter.en.to_owned();
    }
    let text = name.replace(['_', '-'], " ");
    let mut letters = text.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => text,
    }
}

/// Factor and unit in which differences of a metric with this unit are shown.
pub fn shown(unit: &str, largest: f64) -> units::Shown {
    match unit {
        "per cent" => units::Shown {
            factor: 1.0,
            unit: "%".to_owned(),
        },
        _ => match units::Effect::Auto.resolve(unit) {
            units::Effect::Points => units::effect(units::Effect::Points, unit, largest),
            _ => units::level(unit, largest),
        },
    }
}
