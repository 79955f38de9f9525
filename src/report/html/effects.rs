//! The effects of a comparison: `effects.parquet` part by part and `horizons.csv` line by line, so that of a long table
//! only what the page shows is kept.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use std::path::Path;

use polars::prelude::DataFrame;

use super::amounts::Shown;
use super::brief::{Arm, Brief, Cell};
use super::names;
use super::pack::{self, Names};
use super::read::{cut_horizons, measure, rank};
use super::sheet::{Line, Sheet, interval};
use crate::experiment::frames::{Parts, floats, integers, text};
use crate::report::ReportError;
use crate::report::stats::Interval;

/// Columns of an effect and its ends, in the unit of the metric and in per cent.
const VALUES: [&str; 6] = ["effect", "low", "high", "effect_pct", "pct_low", "pct_high"];

/// Columns that name a series.
const KEYS: [&str; 4] = ["lever", "metric", "region", "group"];

/// Reads `effects.parquet` and `horizons.csv`.
///
/// # Errors
/// If a file cannot be read, or has no rows.
pub fn read(dir: &Path, brief: &mut Brief) -> Result<(), ReportError> {
    let path = dir.join("effects.parquet");
    let parts = Parts::open(&path)?;
    let mut seen = Seen::default();
    for part in 0..parts.count() {
        seen.add(&parts.read(part, &SEEN)?)?;
    }
    if seen.levers.is_empty() {
        return Err(ReportError::Empty(path));
    }
    brief.start = seen.start;
    brief.about.seeds = seen.seeds;
    brief.arms = arms(brief, &seen.levers);
    let measures = seen
        .metrics
        .iter()
        .map(|((_, m), (unit, largest))| measure(brief.lang, m, unit, *largest));
    brief.measures = measures.collect();
    paths(&parts, brief, false)?;
    let told = horizons(dir, brief)?;
    // districts take the most memory, and are kept if the page has room for some
    if !told || pack::room(brief) {
        paths(&parts, brief, true)?;
    }
    brief.paths.values_mut().for_each(|p| p.sort_by_key(|x| x.0));
    if !told {
        cut_horizons(brief);
    }
    Ok(())
}

/// Rows of one series after another, by what names them.
fn runs<'a>(keys: &'a [Vec<&'a str>; 4]) -> impl Iterator<Item = Range<usize>> + 'a {
    let mut from = 0;
    std::iter::from_fn(move || {
        let rows = keys[0].len();
        (from < rows).then(|| {
            let next = (from + 1..rows).find(|&k| keys.iter().any(|column| column[k] != column[from]));
            let run = from..next.unwrap_or(rows);
            from = run.end;
            run
        })
    })
}

fn keys(df: &DataFrame) -> Result<[Vec<&str>; 4], ReportError> {
    let [lever, metric, region, group] = KEYS.map(|c| text(df, c));
    Ok([lever?, metric?, region?, group?])
}

/// Columns that [`Seen`] looks at.
const SEEN: [&str; 9] = [
    "lever", "metric", "region", "group", "unit", "tick", "n_seeds", "quarter", "effect",
];

/// What there is in the file.
#[derive(Default)]
struct Seen {
    levers: Vec<String>,
    /// Unit and largest effect on the total, by place and name of the metric.
    metrics: BTreeMap<(usize, String), (String, f64)>,
    seeds: usize,
    /// Calendar year at which tick 0 begins.
    start: f64,
}

impl Seen {
    fn add(&mut self, df: &DataFrame) -> Result<(), ReportError> {
        let keys = keys(df)?;
        let (unit, effect) = (text(df, "unit")?, floats(df, "effect")?);
        let (tick, day) = (integers(df, "tick")?, integers(df, "quarter")?);
        for run in runs(&keys) {
            let [lever, metric, region, _] = [0, 1, 2, 3].map(|c| keys[c][run.start]);
            if self.levers.is_empty() {
                self.start = ((day[0] as f64 / 365.2425 + 1970.0) * 4.0).round() / 4.0 - 0.25 * tick[0] as f64;
            }
            if !self.levers.iter().any(|l| l == lever) {
                self.levers.push(lever.to_owned());
            }
            let first = || (unit[run.start].to_owned(), 0.0);
            let (_, largest) = self
                .metrics
                .entry((rank(metric), metric.to_owned()))
                .or_insert_with(first);
            if region == "total" {
                let finite = effect[run.clone()].iter().filter(|x| x.is_finite());
                *largest = finite.fold(*largest, |m: f64, x| m.max(x.abs()));
            }
        }
        let most = integers(df, "n_seeds")?.into_iter().max().unwrap_or(0);
        self.seeds = self.seeds.max(most.max(0) as usize);
        Ok(())
    }
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

/// Reads the paths of the city and of region groups, and which districts have one; or those of the districts.
fn paths(parts: &Parts, brief: &mut Brief, districts: bool) -> Result<(), ReportError> {
    let place = |ids: Vec<&str>| -> HashMap<String, usize> {
        let named = ids.into_iter().enumerate();
        named.map(|(k, id)| (id.to_owned(), k)).collect()
    };
    let arms = place(brief.arms.iter().map(|a| a.id.as_str()).collect());
    let measures = place(brief.measures.iter().map(|m| m.id.as_str()).collect());
    let columns: Vec<&str> = KEYS.iter().chain(&VALUES).copied().chain(["tick", "n_seeds"]).collect();
    for part in 0..parts.count() {
        let df = parts.read(part, &columns)?;
        let keys = keys(&df)?;
        let (tick, seeds) = (integers(&df, "tick")?, integers(&df, "n_seeds")?);
        let values: Vec<Vec<f64>> = VALUES.iter().map(|c| floats(&df, c)).collect::<Result<_, _>>()?;
        for run in runs(&keys) {
            let [lever, metric, region, group] = [0, 1, 2, 3].map(|c| keys[c][run.start]);
            let district = Names::kind(brief, region) == 2;
            if districts && !district {
                continue;
            }
            let cell = Cell {
                arm: arms[lever],
                measure: measures[metric],
                region: region.to_owned(),
                group: group.to_owned(),
            };
            let shown = &brief.measures[cell.measure].shown;
            let at = |k: usize| {
                let row: Vec<f64> = values.iter().map(|v| v[k]).collect();
                point(shown, &row, seeds[k].max(1) as usize).map(|i| (tick[k] as i32, i))
            };
            let mut found = run.filter_map(at).peekable();
            if found.peek().is_some() {
                let kept = found.filter(|_| districts || !district).collect::<Vec<_>>();
                brief.paths.entry(cell).or_default().extend(kept);
            }
        }
    }
    Ok(())
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

/// Reads `horizons.csv`; whether it is there.
fn horizons(dir: &Path, brief: &mut Brief) -> Result<bool, ReportError> {
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
    let path = dir.join("horizons.csv");
    let mut years: Vec<f64> = Vec::new();
    let told = Sheet::open_where(&path, &needed, |line| {
        let of = line.number("horizon_years");
        if of.is_finite() && !years.contains(&of) {
            years.push(of);
        }
        false
    })?;
    if told.is_none() {
        return Ok(false);
    }
    years.sort_by(f64::total_cmp);
    brief.horizons = years;
    brief.table = Sheet::open_where(&path, &needed, |line| {
        at_horizon(brief, line);
        line.text("region") == "total"
    })?;
    brief.levels.retain(|_, level| level.is_finite());
    Ok(true)
}

/// Adds a line of `horizons.csv`.
fn at_horizon(brief: &mut Brief, line: &Line) {
    let arm = brief.arms.iter().position(|a| a.id == line.text("lever"));
    let (Some(arm), Some(measure)) = (arm, brief.measure(line.text("metric"))) else {
        return;
    };
    let Some(h) = brief.horizons.iter().position(|y| line.of_years(*y)) else {
        return;
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
    let point = point(&brief.measures[measure].shown, &row, n.max(1));
    brief.at.entry(cell).or_insert_with(|| vec![None; count])[h] = point;
}
