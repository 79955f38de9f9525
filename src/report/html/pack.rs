//! Effects by quarter for the interactive part: one block of 16-bit numbers in base 64, and an index in JSON.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::brief::{Brief, Cell, Path};
use super::marks::css;
use super::names;
use crate::report::stats::Interval;
use crate::report::style::STYLE;

/// Bytes of packed numbers at most; what does not fit is left out, districts of the last metrics first.
const BUDGET: usize = 2_000_000;

/// What stands for a value that is not there.
const NONE: i16 = i16::MIN;

/// Text as JSON that may stand in a `script` element.
fn quote(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => {
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            c if c < ' ' => {
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out + "\""
}

fn list(items: impl IntoIterator<Item = String>) -> String {
    format!("[{}]", items.into_iter().collect::<Vec<_>>().join(","))
}

fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for part in bytes.chunks(3) {
        let word = part.iter().fold(0u32, |w, b| (w << 8) | u32::from(*b)) << (8 * (3 - part.len()));
        for k in 0..4 {
            let sextet = (word >> (18 - 6 * k)) & 63;
            out.push(if k > part.len() {
                '='
            } else {
                char::from(LETTERS[sextet as usize])
            });
        }
    }
    out
}

/// Numbers of a path as parts of the largest: mean, low and high of every tick in turn, then of every one of so many horizons,
/// also where `at` knows none: all paths are equally long. The scale, then the numbers.
fn quantise(path: &Path, ticks: &[i32], at: &[Option<Interval>], horizons: usize) -> (f64, Vec<i16>) {
    let all = path.iter().map(|(_, i)| i).chain(at.iter().flatten());
    let ends = all.flat_map(|i| [i.mean.abs(), i.low.abs(), i.high.abs()]);
    let most = ends.filter(|v| v.is_finite()).fold(0.0, f64::max);
    let scale = if most > 0.0 { most / 32_000.0 } else { 1.0 };
    let one = |v: f64| {
        if v.is_finite() {
            (v / scale).round() as i16
        } else {
            NONE
        }
    };
    let mut out = Vec::with_capacity(3 * ticks.len());
    for tick in ticks {
        match path.binary_search_by_key(tick, |p| p.0) {
            Ok(k) => out.extend([path[k].1.mean, path[k].1.low, path[k].1.high].map(one)),
            Err(_) => out.extend([NONE; 3]),
        }
    }
    for horizon in 0..horizons {
        let known = at.get(horizon).copied().flatten();
        out.extend(known.map_or([NONE; 3], |i| [i.mean, i.low, i.high].map(one)));
    }
    (scale, out)
}

/// Bytes of a path in all its quarters and horizons.
fn size(ticks: usize, horizons: usize) -> usize {
    6 * (ticks + horizons)
}

/// Ticks that have an effect.
fn ticks(brief: &Brief) -> Vec<i32> {
    let all = brief.paths.values().flat_map(|p| p.iter().map(|x| x.0));
    all.collect::<BTreeSet<i32>>().into_iter().collect()
}

/// Whether the city and the region groups leave room for a district.
pub fn room(brief: &Brief) -> bool {
    let arms = brief.shown_arms();
    let near = |c: &&Cell| arms.contains(&c.arm) && Names::kind(brief, &c.region) < 2;
    let (near, size) = (
        brief.paths.keys().filter(near).count(),
        size(ticks(brief).len(), brief.horizons.len()),
    );
    (near + 1) * size <= BUDGET
}

/// Names of the page's index: regions and groups in the order in which they are offered.
pub struct Names {
    regions: Vec<String>,
    groups: Vec<String>,
}

impl Names {
    fn of(brief: &Brief) -> Self {
        let mut regions = vec!["total".to_owned()];
        let mut groups = vec!["all".to_owned()];
        for group in brief.places.iter().map(|p| &p.group) {
            if !regions.contains(group) {
                regions.push(group.clone());
            }
        }
        for place in &brief.places {
            if !regions.contains(&place.id) {
                regions.push(place.id.clone());
            }
        }
        let mut found: Vec<&String> = brief.paths.keys().map(|c| &c.group).collect();
        found.sort();
        found.dedup();
        groups.extend(found.into_iter().filter(|g| *g != "all").cloned());
        Self { regions, groups }
    }

    /// 0 the city, 1 a region group, 2 a district.
    pub fn kind(brief: &Brief, region: &str) -> u8 {
        match region {
            "total" => 0,
            id if brief.places.iter().any(|p| p.id == id && p.tile.0 >= 0) => 2,
            _ => 1,
        }
    }
}

/// The data as JSON, and the labels of metrics whose districts did not fit.
pub fn json(brief: &Brief) -> (String, Vec<String>) {
    let names = Names::of(brief);
    let ticks = ticks(brief);
    let arms = brief.shown_arms();
    let mut cells: Vec<(&Cell, &Path, usize, usize)> = brief
        .paths
        .iter()
        .filter(|(c, _)| arms.contains(&c.arm))
        .filter_map(|(c, p)| {
            let region = names.regions.iter().position(|r| *r == c.region)?;
            Some((c, p, region, names.groups.iter().position(|g| *g == c.group)?))
        })
        .collect();
    // what must be there first: the city, region groups, then districts metric by metric
    cells.sort_by_key(|(c, _, region, group)| (Names::kind(brief, &c.region), c.measure, c.arm, *region, *group));
    let (mut bytes, mut index, mut scales, mut left) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for (cell, path, region, group) in cells {
        if bytes.len() + size(ticks.len(), brief.horizons.len()) > BUDGET {
            let label = &brief.measures[cell.measure].label;
            if !left.contains(label) {
                left.push(label.clone());
            }
            continue;
        }
        let at = brief.at.get(cell).map_or(&[][..], Vec::as_slice);
        let (scale, numbers) = quantise(path, &ticks, at, brief.horizons.len());
        bytes.extend(numbers.into_iter().flat_map(i16::to_le_bytes));
        index.extend([cell.arm, cell.measure, region, group].map(|k| k.to_string()));
        scales.push(format!("{scale:.5e}"));
    }
    let parts = [
        ("arms", list(brief.arms.iter().map(|a| quote(&a.title)))),
        ("shown", list(arms.iter().map(ToString::to_string))),
        ("metrics", metrics(brief)),
        ("regions", regions(brief, &names)),
        (
            "groups",
            list(names.groups.iter().map(|g| quote(&names::word(brief.lang, g)))),
        ),
        ("quarters", list(ticks.iter().map(|t| quote(&brief.quarter(*t))))),
        ("horizons", horizons(brief, &ticks)),
        ("colours", list(STYLE.diverging.iter().map(|i| quote(&css(*i))))),
        ("line", quote(&css(STYLE.reform))),
        ("seeds", brief.about.seeds.to_string()),
        ("words", words(brief)),
        ("index", list(index)),
        ("scales", list(scales)),
        ("block", quote(&base64(&bytes))),
    ];
    let body: Vec<String> = parts.iter().map(|(k, v)| format!("\"{k}\":{v}")).collect();
    (format!("{{{}}}", body.join(",")), left)
}

fn metrics(brief: &Brief) -> String {
    list(
        brief
            .measures
            .iter()
            .map(|m| list([quote(&m.id), quote(&m.label), quote(&m.shown.unit)])),
    )
}

/// Name, kind, row and column of every region.
fn regions(brief: &Brief, names: &Names) -> String {
    list(names.regions.iter().map(|id| {
        let tile = brief.places.iter().find(|p| p.id == *id).map_or((-1, -1), |p| p.tile);
        let kind = Names::kind(brief, id).to_string();
        list([
            quote(&brief.place_name(id)),
            kind,
            tile.0.to_string(),
            tile.1.to_string(),
        ])
    }))
}

/// Label of every horizon, and the places among the ticks of the first and last quarter that it stands for.
fn horizons(brief: &Brief, ticks: &[i32]) -> String {
    list(brief.horizons.iter().map(|h| {
        let last = brief.tick(*h);
        let end = ticks.iter().position(|t| *t == last).unwrap_or(0);
        let year = if brief.about.compared { 3 } else { 0 };
        let from = (last - year).max(brief.about.reform_tick());
        let from = ticks.iter().position(|t| *t == from).unwrap_or(end);
        list([quote(&brief.years(*h)), from.to_string(), end.to_string()])
    }))
}

fn words(brief: &Brief) -> String {
    let words = [
        ("none", "No such data in this folder.", "此文件夹中没有该数据。"),
        ("effect", "Effect", "效应"),
        ("interval", "95% interval", "95%区间"),
        ("zero", "interval holds zero", "区间含零"),
        ("index", "change", "变化量"),
        ("year", "mean of the year", "全年均值"),
        ("after", "after ", ""),
        ("later", "", "后"),
        ("lang", "en", "zh"),
    ];
    let entries = words
        .iter()
        .map(|(k, en, zh)| format!("{}:{}", quote(k), quote(brief.lang.pick(en, zh))));
    format!("{{{}}}", entries.collect::<Vec<_>>().join(","))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_of_known_words() {
        assert_eq!(base64(b"Man"), "TWFu");
        assert_eq!(base64(b"Ma"), "TWE=");
        assert_eq!(base64(b"M"), "TQ==");
    }

    #[test]
    fn json_text_cannot_end_the_script() {
        assert_eq!(quote("</script>\"\n"), "\"\\u003c/script\\u003e\\\"\\u000a\"");
    }

    #[test]
    fn quantised_numbers_come_back() {
        let i = |mean: f64| Interval {
            mean,
            low: mean - 0.5,
            high: mean + 0.5,
            n: 4,
        };
        let path = vec![(0, i(0.1)), (2, i(-3.0))];
        assert_eq!(
            quantise(&path, &[0, 1, 2], &[], 2).1.len(),
            15,
            "horizons without numbers have places too"
        );
        let (scale, numbers) = quantise(&path, &[0, 1, 2], &[Some(i(1.0)), None], 2);
        let back: Vec<f64> = numbers.iter().map(|v| f64::from(*v) * scale).collect();
        assert!((back[0] - 0.1).abs() < 1e-4 && (back[6] + 3.0).abs() < 1e-4 && (back[7] + 3.5).abs() < 1e-4);
        assert_eq!(numbers[3], NONE);
        assert!(
            (back[9] - 1.0).abs() < 1e-4 && numbers[12] == NONE,
            "horizons follow the quarters"
        );
    }
}
