//! The key table, and effects over time and by horizon.

use super::brief::{Brief, sure};
use super::marks::{self, Mark, Strip, css, esc, figure, horizon_ink, section};
use crate::report::page::Axis;
use crate::report::spec::FOREST;
use crate::report::stats::Interval;
use crate::report::style::{Ink, STYLE};

/// Outcomes of the key table.
const OUTCOMES: &[&str] = &[
    "gdp_real",
    "income_per_head",
    "wage_mean",
    "unemployment_rate",
    "urban_rural_ratio",
    "gini_income",
    "population",
];

/// Levers by headline outcomes at the horizons.
pub fn key_table(brief: &Brief) -> String {
    let (lang, arms) = (brief.lang, brief.shown_arms());
    let heads: String = brief
        .horizons
        .iter()
        .map(|h| format!("<th scope=\"col\">{}</th>", esc(&after(brief, *h))))
        .collect();
    let mut body = String::new();
    for measure in OUTCOMES.iter().filter_map(|m| brief.measure(m)) {
        let m = &brief.measures[measure];
        let unit = if m.shown.unit.is_empty() {
            lang.pick("change", "变化量").to_owned()
        } else {
            m.shown.unit.clone()
        };
        body += &format!(
            "<tbody><tr class=\"outcome\"><th scope=\"colgroup\" colspan=\"{}\">{} <span class=\"unit\">{}</span></th></tr>",
            brief.horizons.len() + 1,
            esc(&m.label),
            esc(&lang.pick(format!("({unit})"), format!("（{unit}）")))
        );
        for &arm in &arms {
            let class = if brief.arms[arm].package {
                " class=\"package\""
            } else {
                ""
            };
            body += &format!("<tr{class}><th scope=\"row\">{}</th>", esc(&brief.arms[arm].title));
            for h in 0..brief.horizons.len() {
                body += &table_cell(brief.effect(arm, &m.id, "total", h), m.shown.digits);
            }
            body += "</tr>";
        }
        body += "</tbody>";
    }
    let note = [
        lang.pick("Reform minus baseline. ", "数值为改革情景减去基准情景。"),
        brief.intervals(
            "Beneath it the 95% interval across seeds; bold: the interval does not hold zero.",
            "下方为各随机种子间的95%置信区间，加粗表示区间不含零。",
        ),
        lang.pick(
            " Quantities and incomes are measured against the trend.",
            "数量和收入均相对于趋势计量。",
        ),
    ]
    .concat();
    let span = match brief.about.compared {
        true => lang.pick(
            "“After 10 years” is the mean of the year that ends then.",
            "“10年后”指截至该时点的一年均值。",
        ),
        false => lang.pick(
            "“After 10 years” is the quarter that ends then.",
            "“10年后”指截至该时点的当季值。",
        ),
    };
    let table = format!(
        "<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"{}\"><table class=\"main\" style=\"--n:{}\"><thead><tr><th scope=\"col\">{}</th>{heads}</tr></thead>{body}</table></div><p class=\"note\">{note} {span}</p>",
        lang.pick("Key table", "主要结果表"),
        brief.horizons.len(),
        lang.pick("Outcome and reform", "结果与改革措施"),
    );
    section("table", lang.pick("Main results", "主要结果"), &table)
}

fn after(brief: &Brief, years: f64) -> String {
    let text = brief.years(years);
    brief.lang.pick(format!("after {text}"), format!("{text}后"))
}

fn table_cell(effect: Option<Interval>, digits: usize) -> String {
    let Some(i) = effect else {
        return "<td>–</td>".to_owned();
    };
    let mean = crate::report::units::signed(i.mean, digits);
    let mean = if sure(&i) {
        format!("<strong>{mean}</strong>")
    } else {
        mean
    };
    if i.n < 2 {
        return format!("<td>{mean}</td>");
    }
    let text = crate::report::units::signed;
    format!(
        "<td>{mean}<br><span class=\"ci\">[{}, {}]</span></td>",
        text(i.low, digits),
        text(i.high, digits)
    )
}

/// Effect on GDP over time, one panel a reform, on one scale.
pub fn over_time(brief: &Brief) -> Option<String> {
    let metric = ["gdp_real", "income_per_head", "wage_mean"]
        .into_iter()
        .find(|m| brief.measure(m).is_some())?;
    let measure = brief.measure(metric)?;
    let arms: Vec<usize> = brief.shown_arms();
    let paths: Vec<_> = arms
        .iter()
        .filter_map(|&a| Some((a, brief.path(a, metric, "total", "all")?)))
        .collect();
    let ends = paths
        .iter()
        .flat_map(|(_, p)| p.iter().flat_map(|(_, i)| [i.low, i.high]));
    let axis = Axis::around(ends.chain([0.0]), 5);
    let panels: String = paths
        .iter()
        .map(|(a, path)| {
            let ink = marks::line_ink(*a);
            marks::panel(brief, path, &brief.arms[*a].title, &axis, ink)
        })
        .collect();
    let m = &brief.measures[measure];
    let title = brief.lang.pick(
        format!("{}: reform minus baseline over time ({})", m.label, m.shown.unit),
        format!("{}：改革情景减基准情景的逐季差异（{}）", m.label, m.shown.unit),
    );
    let note = [
        brief.intervals(
            "Line: mean over seeds. Band: 95% interval.",
            "曲线为各种子平均值，阴影为95%置信区间。",
        ),
        brief.lang.pick(" All panels have one scale.", "各图使用同一坐标。"),
    ]
    .concat();
    (!panels.is_empty()).then(|| {
        figure(
            "over-time",
            &title,
            &format!("<div class=\"panels\">{panels}</div>"),
            &note,
        )
    })
}

/// Effects of the first arm on many outcomes at the horizons.
pub fn forest(brief: &Brief) -> Option<String> {
    let lang = brief.lang;
    let relative: Vec<usize> = FOREST.iter().filter_map(|i| brief.measure(i.metric)).collect();
    let percent = strips(
        brief,
        relative
            .iter()
            .copied()
            .filter(|&m| brief.measures[m].shown.percent)
            .collect(),
    );
    let is_points = |m: &usize| brief.measures[*m].shown.unit == lang.pick("percentage points", "个百分点");
    let points = strips(brief, relative.iter().copied().filter(is_points).collect());
    if percent.is_none() && points.is_none() {
        return None;
    }
    let part = |title: &str, rows: Option<String>| match rows {
        Some(rows) => format!("<h3>{title}</h3>{rows}"),
        None => String::new(),
    };
    let entries: Vec<(Ink, String)> = brief
        .horizons
        .iter()
        .enumerate()
        .map(|(h, years)| (horizon_ink(h, brief.horizons.len()), after(brief, *years)))
        .collect();
    let body = format!(
        "{}{}{}",
        marks::key(&entries),
        part(lang.pick("Per cent of baseline", "相对基准的百分比变化"), percent),
        part(lang.pick("Percentage points", "百分点变化"), points)
    );
    let title = lang.pick(
        format!("{}: effects by horizon", brief.main().title),
        format!("{}：不同时间跨度的效应", brief.main().title),
    );
    let note = [
        brief.intervals(
            "Dots: mean; lines: 95% interval; hollow: the interval holds zero.",
            "圆点为均值，横线为95%置信区间；空心圆表示区间含零。",
        ),
        lang.pick(
            " An arrow marks an effect beyond the scale. Numbers: the last horizon.",
            "箭头表示超出坐标范围。右侧数字为最长时间跨度的结果。",
        ),
    ]
    .concat();
    Some(figure("forest", &title, &body, &note))
}

fn strips(brief: &Brief, measures: Vec<usize>) -> Option<String> {
    let count = brief.horizons.len();
    let effects: Vec<(usize, Vec<Option<Interval>>)> = measures
        .into_iter()
        .map(|m| {
            (
                m,
                (0..count)
                    .map(|h| brief.effect(0, &brief.measures[m].id, "total", h))
                    .collect(),
            )
        })
        .filter(|(_, e): &(usize, Vec<Option<Interval>>)| e.iter().any(Option::is_some))
        .collect();
    if effects.is_empty() {
        return None;
    }
    let most = |e: &[Option<Interval>]| {
        let ends = e.iter().flatten().flat_map(|i| [i.low.abs(), i.high.abs()]);
        ends.fold(0.0, f64::max)
    };
    // an effect four times the median one would flatten all others: it gets an arrow
    let mut sizes: Vec<f64> = effects.iter().map(|e| most(&e.1)).collect();
    sizes.sort_by(f64::total_cmp);
    let limit = 4.0 * sizes[sizes.len() / 2];
    let kept = effects
        .iter()
        .flat_map(|e| e.1.iter().flatten())
        .flat_map(|i| [i.low, i.high]);
    let strip = Strip::around(kept.filter(|v| v.abs() <= limit).collect::<Vec<_>>());
    let mut rows = String::new();
    for (m, values) in &effects {
        let measure = &brief.measures[*m];
        let drawn: Vec<Mark> = values
            .iter()
            .enumerate()
            .filter_map(|(h, i)| Some(Mark::Whisker((*i)?, horizon_ink(h, count))))
            .collect();
        let last = values.last().copied().flatten();
        let text = last
            .map(|i| marks::with_interval(&i, measure.shown.digits))
            .unwrap_or_default();
        rows += &marks::row(
            &measure.label,
            &strip.draw(&drawn, &format!("{}: {text}", measure.label)),
            &text,
            "",
        );
    }
    Some(format!("<div class=\"rows\">{rows}{}</div>", strip.scale("")))
}

/// The colour that stands for a sign, for figures that colour bars by it.
pub fn sign_ink(value: f64) -> Ink {
    if value < 0.0 {
        STYLE.diverging[0]
    } else {
        STYLE.diverging[4]
    }
}

/// A square of colour as a CSS background, dark text or light.
pub fn ground(ink: Ink) -> String {
    format!("background:{};color:{}", css(ink), css(crate::report::style::on(ink)))
}
