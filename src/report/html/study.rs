//! The estimate inside the model: difference in differences and event study, beside the true effect and what is published.

use super::Language;
use super::amounts;
use super::brief::{Brief, Path};
use super::marks::{self, esc, figure, section};
use super::names;
use super::sheet::{Line, Sheet};
use crate::report::page::Axis;
use crate::report::stats::Interval;
use crate::report::style::STYLE;
use crate::report::units::{number, signed};

/// Terms of the table in their order.
const TERMS: &[(&str, &str, &str)] = &[
    (
        "did",
        "Difference in differences, as an econometrician would see it",
        "双重差分估计（计量经济学者所见）",
    ),
    (
        "did_baseline",
        "… of which trends that differ without any reform",
        "……其中：无改革时的趋势差异",
    ),
    (
        "true_treated",
        "… of which true effect on the treated",
        "……其中：对处理组的真实效应",
    ),
    (
        "true_control",
        "… less true effect on the controls (spillovers)",
        "……减去：对对照组的真实效应（溢出）",
    ),
];

/// The section, or nothing without the file.
pub fn estimate(brief: &Brief) -> String {
    let Some(sheet) = &brief.estimates else {
        return String::new();
    };
    let arm = brief.main().id.clone();
    let lines = || sheet.lines().filter(|l| l.text("lever") == arm);
    let Some(first) = lines().next() else {
        return String::new();
    };
    let largest = lines()
        .map(|l| l.number("value").abs())
        .filter(|v| v.is_finite())
        .fold(0.0, f64::max);
    let (factor, unit) = amounts::level(brief.lang, first.text("unit"), largest);
    let digits = amounts::digits(factor * largest);
    let outcome = names::metric(brief.lang, first.text("outcome"));
    let (treated, control) = (first.text("treated"), first.text("control"));
    let title = brief.lang.pick(
        format!("{outcome}: {treated} treated regions against {control} controls ({unit})"),
        format!("{outcome}：{treated}个处理地区与{control}个对照地区（{unit}）"),
    );
    let note = brief.lang.pick(
        "The first line equals the second plus the third less the fourth. Clustered error: what one world tells, regions as clusters; interval: over random seeds.",
        "第一行等于第二行加第三行减第四行。聚类标准误为单一模拟世界按地区聚类所得；区间为各随机种子之间的区间。",
    );
    let body = format!(
        "{}{}",
        table(brief, sheet, &arm, factor, digits),
        events(brief, sheet, &arm, factor)
    );
    let verdict = verdict(brief, sheet, &arm, factor, &unit, digits);
    section(
        "estimate",
        brief
            .lang
            .pick("Held against published estimates", "与已发表估计的对照"),
        &format!("{verdict}{}", figure("did", &title, &body, note)),
    )
}

fn table(brief: &Brief, sheet: &Sheet, arm: &str, factor: f64, digits: usize) -> String {
    let heads = brief
        .lang
        .pick(["Term", "Value", "Clustered error"], ["项目", "数值", "聚类标准误"]);
    let value = brief.with_intervals(heads[1]);
    let heads = [heads[0], &value, heads[2]];
    let head: String = heads.iter().map(|h| format!("<th scope=\"col\">{h}</th>")).collect();
    let row = |(term, en, zh): &(&str, &str, &str)| {
        let line = sheet
            .lines()
            .find(|l| l.text("lever") == arm && l.text("term") == *term)?;
        let value = marks::with_interval(&line.interval(factor)?, digits);
        let se = factor * line.number("se_clustered");
        let se = if se.is_finite() {
            number(se, digits)
        } else {
            "–".to_owned()
        };
        let name = brief.lang.pick(*en, *zh);
        Some(format!(
            "<tr><th scope=\"row\">{name}</th><td>{value}</td><td>{se}</td></tr>"
        ))
    };
    let body: String = TERMS.iter().filter_map(row).collect();
    format!(
        "<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"{}\"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>",
        heads[0]
    )
}

/// Estimate and truth by quarter since the reform, side by side on one scale.
fn events(brief: &Brief, sheet: &Sheet, arm: &str, factor: f64) -> String {
    let path = |term: &str| -> Path {
        let mine = |l: &Line| l.text("lever") == arm && l.text("term") == term;
        let point = |l: Line| Some((l.number("event_time") as i32, l.interval(factor)?));
        sheet.lines().filter(mine).filter_map(point).collect()
    };
    let parts = [
        (path("event"), brief.lang.pick("Event study", "事件研究"), STYLE.reform),
        (
            path("event_true"),
            brief.lang.pick("True effect on the treated", "对处理组的真实效应"),
            STYLE.baseline,
        ),
    ];
    let all = parts
        .iter()
        .flat_map(|(p, ..)| p.iter().flat_map(|(_, i)| [i.low, i.high]));
    let axis = Axis::around(all.chain([0.0]), 5);
    let panels: String = parts
        .iter()
        .filter(|(p, ..)| !p.is_empty())
        .map(|(p, title, ink)| marks::event_panel(p, title, &axis, *ink))
        .collect();
    let under = brief.lang.pick(
        "Quarters since the reform; 0 is the first of the later window.",
        "横轴为改革后的季度数，0为后一时间窗的首季。",
    );
    format!(
        "<div class=\"panels\">{panels}</div><p class=\"note\">{}</p>",
        esc(under)
    )
}

/// What is published, and whether the model agrees.
fn verdict(brief: &Brief, sheet: &Sheet, arm: &str, factor: f64, unit: &str, digits: usize) -> String {
    let told = |l: &Line| l.text("lever") == arm && l.text("term") == "did" && !l.text("verdict").is_empty();
    let Some(line) = sheet.lines().find(told) else {
        return String::new();
    };
    let value = amounts::with_unit(brief.lang, factor * line.number("published"), digits, unit);
    let (low, high) = (
        factor * line.number("published_low"),
        factor * line.number("published_high"),
    );
    let range = match low.is_finite() && high.is_finite() {
        true => format!(" [{}, {}]", signed(low, digits), signed(high, digits)),
        false => String::new(),
    };
    let here = line
        .interval(factor)
        .map_or_else(String::new, |i: Interval| marks::with_interval(&i, digits));
    let verdict = match (brief.lang, line.text("verdict")) {
        (Language::En, "agrees") => "the two agree",
        (Language::En, "above") => "the model’s is larger",
        (Language::En, _) => "the model’s is smaller",
        (Language::Zh, "agrees") => "两者一致",
        (Language::Zh, "above") => "模型估计偏大",
        (Language::Zh, _) => "模型估计偏小",
    };
    let source = line.text("source");
    let text = brief.lang.pick(
        format!("Published: {value}{range} ({source}). The same comparison inside the model: {here}; {verdict}."),
        format!("已发表的估计：{value}{range}（{source}）。在模型内作同样比较：{here}；{verdict}。"),
    );
    format!("<p>{}</p>", esc(&text))
}
