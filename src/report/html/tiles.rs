//! The districts as equal tiles, coloured by the effect.

use std::fmt::Write as _;

use super::Language;
use super::brief::{Brief, Place, sure};
use super::marks::{css, esc, figure, section};
use crate::report::stats::Interval;
use crate::report::style::{STYLE, blend, on};
use crate::report::units::signed;

const SIDE: f64 = 60.0;

/// The section with the map of the first arm at the last horizon, or nothing without districts.
pub fn place(brief: &Brief) -> String {
    let found = ["income_per_head", "wage_mean", "gdp_real"]
        .into_iter()
        .find_map(|metric| {
            let values = values(brief, metric);
            (!values.is_empty()).then_some((metric, values))
        });
    let Some((metric, values)) = found else {
        return String::new();
    };
    let Some(measure) = brief.measure(metric).map(|m| &brief.measures[m]) else {
        return String::new();
    };
    let most = values.iter().map(|v| v.1.mean.abs()).fold(0.0, f64::max);
    let digits = super::amounts::digits(most).min(2);
    let years = brief.years(brief.last().1);
    let title = brief.lang.pick(
        format!(
            "{}: effect on {} by district after {years} ({})",
            brief.main().title,
            super::names::inside(brief.lang, &measure.label),
            measure.shown.unit
        ),
        format!(
            "{}：{years}后对各区县{}的效应（{}）",
            brief.main().title,
            measure.label,
            measure.shown.unit
        ),
    );
    let note = brief.lang.pick(
        "Every district is one tile, placed roughly where it lies. ",
        "每个区县为一格，位置大致对应其地理方位。",
    );
    let note = note.to_owned()
        + brief.intervals(
            "In brackets: the 95% interval holds zero.",
            "括号内数值的95%置信区间含零。",
        );
    let body = format!(
        "{}{}{}",
        map(brief, &values, most, digits),
        legend(brief.lang, most, digits, &measure.shown.unit),
        listing(brief, &values, digits)
    );
    section(
        "where",
        brief.lang.pick("Where", "空间分布"),
        &figure("map", &title, &body, &note),
    )
}

fn values<'a>(brief: &'a Brief, metric: &str) -> Vec<(&'a Place, Interval)> {
    let (last, _) = brief.last();
    let tiles = brief.places.iter().filter(|p| p.tile.0 >= 0 && p.tile.1 >= 0);
    tiles
        .filter_map(|p| Some((p, brief.effect(0, metric, &p.id, last)?)))
        .collect()
}

fn map(brief: &Brief, values: &[(&Place, Interval)], most: f64, digits: usize) -> String {
    let rows = values.iter().map(|v| v.0.tile.0);
    let columns = values.iter().map(|v| v.0.tile.1);
    let (top, left) = (rows.clone().min().unwrap_or(0), columns.clone().min().unwrap_or(0));
    let (high, wide) = (rows.max().unwrap_or(0) - top + 1, columns.max().unwrap_or(0) - left + 1);
    let mut out = format!(
        "<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"{}\"><svg class=\"tiles\" viewBox=\"0 0 {} {}\" role=\"img\" aria-label=\"{}\">",
        brief.lang.pick("Map of districts", "区县方格图"),
        SIDE * f64::from(wide),
        SIDE * f64::from(high),
        brief.lang.pick("Map of districts", "区县方格图")
    );
    for (place, i) in values {
        let (x, y) = (
            SIDE * f64::from(place.tile.1 - left),
            SIDE * f64::from(place.tile.0 - top),
        );
        let ink = blend(&STYLE.diverging, 0.5 + 0.5 * i.mean / most.max(f64::MIN_POSITIVE));
        let number = signed(i.mean, digits);
        let text = if sure(i) { number } else { format!("({number})") };
        let name = short(brief.lang, &place.name);
        let size = if brief.lang == Language::Zh {
            14.0
        } else {
            (1.75 * 56.0 / name.chars().count() as f64).clamp(9.0, 11.5)
        };
        let _ = write!(
            out,
            "<g fill=\"{}\"><title>{}: {}</title><rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"3\" fill=\"{}\"/>\
             <text x=\"{}\" y=\"{}\" font-size=\"{size:.1}\">{}</text><text x=\"{}\" y=\"{}\" font-size=\"12.5\">{text}</text></g>",
            css(on(ink)),
            esc(&place.name),
            super::marks::with_interval(i, digits),
            x + 1.0,
            y + 1.0,
            SIDE - 2.0,
            SIDE - 2.0,
            css(ink),
            x + SIDE / 2.0,
            y + 25.0,
            esc(&name),
            x + SIDE / 2.0,
            y + 44.0
        );
    }
    out + "</svg></div>"
}

/// A district's name without what all of them have.
fn short(lang: Language, name: &str) -> String {
    match lang {
        Language::En => name.split_whitespace().next().unwrap_or(name).to_owned(),
        Language::Zh => {
            let letters: Vec<char> = name.chars().collect();
            letters
                .iter()
                .take(if letters.len() > 4 { 2 } else { letters.len().max(3) - 1 })
                .collect()
        }
    }
}

fn legend(lang: Language, most: f64, digits: usize, unit: &str) -> String {
    let stops: Vec<String> = STYLE.diverging.iter().map(|i| css(*i)).collect();
    format!(
        "<p class=\"legend\"><span>{}</span><span class=\"bar\" style=\"background:linear-gradient(90deg,{})\"></span><span>{}</span></p>",
        signed(-most, digits),
        stops.join(","),
        esc(&super::amounts::with_unit(lang, most, digits, unit))
    )
}

/// The same numbers as a list, for small screens and screen readers.
fn listing(brief: &Brief, values: &[(&Place, Interval)], digits: usize) -> String {
    let mut sorted: Vec<_> = values.iter().collect();
    sorted.sort_by(|a, b| b.1.mean.total_cmp(&a.1.mean));
    let rows: String = sorted
        .iter()
        .map(|(p, i)| {
            format!(
                "<tr><th scope=\"row\">{}</th><td>{}</td></tr>",
                esc(&p.name),
                super::marks::with_interval(i, digits)
            )
        })
        .collect();
    format!(
        "<details><summary>{}</summary><table><tbody>{rows}</tbody></table></details>",
        brief.lang.pick("The same numbers as a list", "以列表显示上述数值")
    )
}
