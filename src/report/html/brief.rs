//! What the page needs to know, whatever the folder it was read from.

use std::collections::HashMap;

use super::Language;
use super::amounts::Shown;
use super::names;
use super::sheet::Sheet;
use crate::report::stats::Interval;

/// Who made the folder, how and when it starts.
#[derive(Debug, Default)]
pub struct About {
    /// Keys of the manifest.
    pub manifest: toml::Table,
    /// Text of the resolved scenario; empty if it is not there.
    pub resolved: String,
    /// Names of the files of the folder.
    pub files: Vec<String>,
    /// Seeds over which effects are averaged.
    pub seeds: usize,
    /// Whether the folder is of `compare`; else of `run`.
    pub compared: bool,
}

impl About {
    /// A key of the manifest as text; empty if it is not there.
    pub fn field(&self, key: &str) -> String {
        match self.manifest.get(key) {
            Some(toml::Value::String(text)) => text.clone(),
            Some(value) => value.to_string(),
            None => String::new(),
        }
    }

    /// Tick of the reform date.
    pub fn reform_tick(&self) -> i32 {
        let tick = self.manifest.get("reform_tick").and_then(toml::Value::as_integer);
        tick.map_or(0, |t| t as i32)
    }

    /// Levers of a player: itself, unless it stands for several.
    pub fn members(&self, player: &str) -> Vec<String> {
        let members = self.manifest.get("members").and_then(|m| m.get(player)?.as_array());
        match members {
            Some(list) => list.iter().filter_map(|v| v.as_str()).map(str::to_owned).collect(),
            None => vec![player.to_owned()],
        }
    }

    /// Whether levers of a chapter entered as one.
    pub fn by_chapter(&self) -> bool {
        self.field("by") == "chapter"
    }
}

/// A reform, alone or with others.
#[derive(Debug, Clone)]
pub struct Arm {
    /// Name in the files.
    pub id: String,
    /// What the reader sees.
    pub title: String,
    /// Whether it is the package of all levers.
    pub package: bool,
}

/// A district.
#[derive(Debug, Clone)]
pub struct Place {
    /// Name in the files.
    pub id: String,
    /// What the reader sees.
    pub name: String,
    /// Region group.
    pub group: String,
    /// Row and column of its tile; negative outside the map.
    pub tile: (i32, i32),
}

/// A metric with the unit in which its effects are shown.
#[derive(Debug, Clone)]
pub struct Measure {
    /// Name in the files.
    pub id: String,
    /// What the reader sees.
    pub label: String,
    /// Unit in the files.
    pub unit: String,
    /// Unit of effects.
    pub shown: Shown,
}

/// Lever, metric, region and group of an effect.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Cell {
    /// Place in [`Brief::arms`].
    pub arm: usize,
    /// Place in [`Brief::measures`].
    pub measure: usize,
    /// `total`, a region group, or a region.
    pub region: String,
    /// Group of the metric.
    pub group: String,
}

/// Effects over time: tick and interval, in order of ticks.
pub type Path = Vec<(i32, Interval)>;

/// Everything the page shows.
#[derive(Debug)]
pub struct Brief {
    /// Language of the page.
    pub lang: Language,
    /// The folder.
    pub about: About,
    /// Calendar year, with fraction, at which tick 0 begins.
    pub start: f64,
    /// Arms, the package first.
    pub arms: Vec<Arm>,
    /// Metrics in order of the page.
    pub measures: Vec<Measure>,
    /// Districts.
    pub places: Vec<Place>,
    /// Effects by quarter, in the units of the measures.
    pub paths: HashMap<Cell, Path>,
    /// Years after which effects are told.
    pub horizons: Vec<f64>,
    /// Effects at the horizons, in the same units; one entry a horizon.
    pub at: HashMap<Cell, Vec<Option<Interval>>>,
    /// `shapley.csv`.
    pub shapley: Option<Sheet>,
    /// `interactions.csv`.
    pub interactions: Option<Sheet>,
    /// `channels.csv`.
    pub channels: Option<Sheet>,
    /// `misallocation.csv`.
    pub misallocation: Option<Sheet>,
    /// `gains.csv`.
    pub gains: Option<Sheet>,
    /// `estimates.csv`.
    pub estimates: Option<Sheet>,
    /// `horizons.csv`.
    pub table: Option<Sheet>,
    /// Level of the baseline at the last horizon, for the total, by metric and group, in the unit of the files.
    pub levels: HashMap<(String, String), f64>,
}

impl Brief {
    /// What is said of intervals: the text of the page's language, or that one seed has none.
    pub fn intervals<'a>(&self, en: &'a str, zh: &'a str) -> &'a str {
        match self.about.seeds {
            1 => self.lang.pick("One seed, no intervals.", "仅一个种子，无置信区间。"),
            _ => self.lang.pick(en, zh),
        }
    }

    /// The head of a column of numbers with their intervals.
    pub fn with_intervals(&self, head: &str) -> String {
        match self.about.seeds {
            1 => head.to_owned(),
            _ => format!("{head}{}", self.lang.pick(" [95%]", "［95%区间］")),
        }
    }

    /// The arm that stands first: the package, or the only one.
    pub fn main(&self) -> &Arm {
        &self.arms[0]
    }

    /// Arms that are single levers or the package: no subsets.
    pub fn shown_arms(&self) -> Vec<usize> {
        (0..self.arms.len())
            .filter(|&k| self.arms[k].package || !self.arms[k].id.contains('+'))
            .collect()
    }

    /// The measure of a name.
    pub fn measure(&self, id: &str) -> Option<usize> {
        self.measures.iter().position(|m| m.id == id)
    }

    fn cell(&self, arm: usize, metric: &str, region: &str, group: &str) -> Option<Cell> {
        Some(Cell {
            arm,
            measure: self.measure(metric)?,
            region: region.to_owned(),
            group: group.to_owned(),
        })
    }

    /// The path of an effect.
    pub fn path(&self, arm: usize, metric: &str, region: &str, group: &str) -> Option<&Path> {
        self.paths.get(&self.cell(arm, metric, region, group)?)
    }

    /// The effect at a horizon, given by its place in [`Self::horizons`].
    pub fn effect(&self, arm: usize, metric: &str, region: &str, horizon: usize) -> Option<Interval> {
        let cell = self.cell(arm, metric, region, "all")?;
        self.at.get(&cell)?.get(horizon).copied().flatten()
    }

    /// The same for the total and a group.
    pub fn group_effect(&self, arm: usize, metric: &str, group: &str, horizon: usize) -> Option<Interval> {
        let cell = self.cell(arm, metric, "total", group)?;
        self.at.get(&cell)?.get(horizon).copied().flatten()
    }

    /// The last horizon: its place and its years.
    pub fn last(&self) -> (usize, f64) {
        let place = self.horizons.len().saturating_sub(1);
        (place, self.horizons.get(place).copied().unwrap_or_default())
    }

    /// The tick in which a horizon ends, counted from the reform date.
    pub fn tick(&self, years: f64) -> i32 {
        self.about.reform_tick() + (years * 4.0).round() as i32 - 1
    }

    /// The title of an arm or player.
    pub fn title(&self, id: &str) -> String {
        match self.arms.iter().find(|a| a.id == id) {
            Some(arm) => arm.title.clone(),
            None if id == "package" => self.lang.pick("All together", "全部措施合计").to_owned(),
            None => names::arm_title(self.lang, &self.about, id),
        }
    }

    /// Whether a name of the files is the package.
    pub fn is_package(&self, id: &str) -> bool {
        id == "package" || self.arms.iter().any(|a| a.package && a.id == id)
    }

    /// A district's or region group's name.
    pub fn place_name(&self, id: &str) -> String {
        let place = self.places.iter().find(|p| p.id == id);
        place.map_or_else(|| names::word(self.lang, id), |p| p.name.clone())
    }

    /// A number of years in words.
    pub fn years(&self, years: f64) -> String {
        let plain = years.to_string();
        match self.lang {
            Language::En if years == 1.0 => "1 year".to_owned(),
            Language::En => format!("{plain} years"),
            Language::Zh => format!("{plain}年"),
        }
    }

    /// A quarter in words.
    pub fn quarter(&self, tick: i32) -> String {
        let quarters = (self.start * 4.0).round() as i32 + tick;
        let (year, of) = (quarters.div_euclid(4), quarters.rem_euclid(4) + 1);
        match self.lang {
            Language::En => format!("{year}Q{of}"),
            Language::Zh => format!("{year}年第{of}季度"),
        }
    }
}

/// Whether an interval lies wholly on one side of zero; one seed says nothing.
pub fn sure(i: &Interval) -> bool {
    i.n > 1 && (i.low > 0.0 || i.high < 0.0)
}
