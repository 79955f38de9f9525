//! Three sentences of findings, written from the numbers.

mod who;

use super::Language;
use super::amounts;
use super::brief::{Brief, sure};
use super::marks::esc;
use super::names;
use super::split::metric_of;
use super::words;
use crate::report::stats::Interval;
use crate::report::units::signed;

/// Reforms up to which all are named in a sentence.
const MOST_NAMED: usize = 4;

/// Seeds below which intervals are called rough.
const FEW: usize = 10;

/// The section.
pub fn section(brief: &Brief) -> String {
    let found = [size(brief), which(brief), who::who(brief)];
    let items: String = found
        .into_iter()
        .flatten()
        .map(|s| format!("<li>{}</li>", esc(&s)))
        .collect();
    let few = match brief.about.seeds {
        n if (2..FEW).contains(&n) => brief.lang.pick(
            format!("<p class=\"note\">Made with few seeds ({n}): take intervals as rough.</p>"),
            format!("<p class=\"note\">仅使用{n}个随机种子，置信区间仅供参考。</p>"),
        ),
        _ => String::new(),
    };
    let body = format!("<ol>{items}</ol>{few}");
    super::marks::section("findings", brief.lang.pick("Findings", "主要结论"), &body)
}

/// `+0.31% (95% interval +0.07 to +0.55)`.
fn told(lang: Language, i: &Interval, digits: usize, unit: &str) -> String {
    amounts::with_unit(lang, i.mean, digits, unit) + &ends(lang, i, digits)
}

/// The interval in brackets, in the unit just told.
fn ends(lang: Language, i: &Interval, digits: usize) -> String {
    if i.n < 2 {
        return lang
            .pick(" (one seed, no intervals)", "（仅一个种子，无置信区间）")
            .to_owned();
    }
    let (low, high) = (signed(i.low, digits), signed(i.high, digits));
    lang.pick(
        format!(" (95% interval {low} to {high})"),
        format!("（95%置信区间{low}至{high}）"),
    )
}

fn told_of(brief: &Brief, measure: usize, i: &Interval) -> String {
    let shown = &brief.measures[measure].shown;
    told(brief.lang, i, shown.digits, &shown.unit)
}

/// Size: the first arm on GDP at the last and the first horizon, or on the first metric there is.
fn size(brief: &Brief) -> Option<String> {
    let (last, years) = brief.last();
    let measure = brief.measure("gdp_real").unwrap_or(0);
    let metric = &brief.measures[measure];
    let i = brief.effect(0, &metric.id, "total", last)?;
    let (who, what, when) = (subject(brief), object(brief, measure), brief.years(years));
    if [i.mean, i.low, i.high] == [0.0; 3] {
        return Some(brief.lang.pick(
            format!("After {when}, {who} has changed {what} by exactly nothing, in every seed."),
            format!("{when}后，{who}对{what}的效应在每个种子中均恰好为零。"),
        ));
    }
    let effect = told_of(brief, measure, &i);
    let by = {
        let shown = &metric.shown;
        let size = amounts::plain(brief.lang, i.mean.abs(), shown.digits, &shown.unit);
        size + &ends(brief.lang, &i, shown.digits)
    };
    let late = match (brief.lang, sure(&i)) {
        (Language::En, true) => {
            format!(
                "After {when}, {who} {} {what} by {by}.",
                if i.mean > 0.0 { "raises" } else { "lowers" }
            )
        }
        (Language::En, false) => {
            format!("After {when}, no effect of {who} on {what} is distinguishable from zero: {effect}.")
        }
        (Language::Zh, true) => {
            format!(
                "{when}后，{who}使{what}{}{by}。",
                if i.mean > 0.0 { "上升" } else { "下降" }
            )
        }
        (Language::Zh, false) => format!("{when}后，{who}对{what}的效应在统计上与零无显著差异：{effect}。"),
    };
    let earlier: Vec<String> = (0..last)
        .filter_map(|h| {
            let e = brief.effect(0, &metric.id, "total", h)?;
            let (when, effect) = (brief.years(brief.horizons[h]), told_of(brief, measure, &e));
            let doubt = match sure(&e) {
                true => "",
                false => brief.lang.pick(", not distinguishable from zero", "，与零无显著差异"),
            };
            Some(brief.lang.pick(
                format!("{effect} after {when}{doubt}"),
                format!("{when}后为{effect}{doubt}"),
            ))
        })
        .collect();
    let early = match (earlier.is_empty(), brief.lang) {
        (true, _) => String::new(),
        (false, Language::En) => format!(" On the way: {}.", earlier.join("; ")),
        (false, Language::Zh) => format!("此前，{}。", earlier.join("；")),
    };
    Some(late + &early)
}

fn subject(brief: &Brief) -> String {
    let (count, chapters) = (words::lever_ids(brief).len(), words::chapters(brief));
    match (brief.main().package && count != 1, brief.lang, count) {
        (false, ..) => brief
            .lang
            .pick(format!("“{}”", brief.main().title), format!("“{}”", brief.main().title)),
        (true, Language::En, 0) => "the package of reforms".to_owned(),
        (true, Language::En, n) => format!("the package of {n} reforms{chapters}"),
        (true, Language::Zh, 0) => "改革组合".to_owned(),
        (true, Language::Zh, n) => format!("{n}项措施{chapters}合计"),
    }
}

fn object(brief: &Brief, measure: usize) -> String {
    names::inside(brief.lang, &brief.measures[measure].label)
}

/// Which: Shapley values, else single effects, else other outcomes.
fn which(brief: &Brief) -> Option<String> {
    if let Some(text) = shares(brief) {
        return Some(text);
    }
    let (last, years) = brief.last();
    let measure = brief.measure("gdp_real").unwrap_or(0);
    let id = &brief.measures[measure].id;
    let singles = brief.shown_arms().into_iter().filter(|&a| !brief.arms[a].package);
    let mut found: Vec<(String, Interval)> = singles
        .filter_map(|a| Some((brief.arms[a].title.clone(), brief.effect(a, id, "total", last)?)))
        .collect();
    if found.len() < 2 {
        return others(brief);
    }
    found.sort_by(|a, b| b.1.mean.abs().total_cmp(&a.1.mean.abs()));
    let shown = &brief.measures[measure].shown;
    let parts = listed(brief.lang, &found, shown.digits, &shown.unit);
    let (what, when) = (object(brief, measure), brief.years(years));
    Some(brief.lang.pick(
        format!("Taken one by one, the effects on {what} after {when} are: {parts}."),
        format!("分别单独实施时，{when}后对{what}的效应为：{parts}。"),
    ))
}

/// The sure ones with their numbers, then the others in one breath.
fn listed(lang: Language, found: &[(String, Interval)], digits: usize, unit: &str) -> String {
    let one = |(title, i): &(String, Interval)| {
        let effect = told(lang, i, digits, unit);
        lang.pick(format!("“{title}” {effect}"), format!("“{title}”{effect}"))
    };
    let (clear, unclear): (Vec<_>, Vec<_>) = found.iter().partition(|(_, i)| sure(i));
    let join = |list: &[&(String, Interval)]| {
        list.iter()
            .map(|x| one(x))
            .collect::<Vec<_>>()
            .join(lang.pick("; ", "；"))
    };
    // with many reforms only the sure ones are named
    let few = found.len() <= MOST_NAMED;
    let (not, n) = (
        lang.pick("not distinguishable from zero", "与零无显著差异"),
        unclear.len(),
    );
    match (clear.len(), n) {
        (_, 0) => join(&clear),
        (0, _) if few => lang.pick(
            format!("{not}: {}", join(&unclear)),
            format!("均{not}：{}", join(&unclear)),
        ),
        (0, _) => lang.pick(
            format!("none of the {n} is distinguishable from zero"),
            format!("{n}项均{not}"),
        ),
        _ if few => lang.pick(
            format!("{}; {not}: {}", join(&clear), join(&unclear)),
            format!("{}；{not}的有{}", join(&clear), join(&unclear)),
        ),
        _ => {
            let named = largest(&clear);
            let more = clear.len() - named.len();
            let all = found.len();
            lang.pick(
                format!(
                    "{}; {more} more are distinguishable from zero, the other {n} are not (of {all} intervals one in twenty leaves out zero by chance)",
                    join(&named)
                ),
                format!(
                    "{}；另有{more}项显著异于零，其余{n}项{not}（{all}个区间中约二十分之一会偶然不含零）",
                    join(&named)
                ),
            )
        }
    }
}

/// The three largest rises and the three largest falls, in the order of `found`.
fn largest<'a>(found: &[&'a (String, Interval)]) -> Vec<&'a (String, Interval)> {
    let (mut up, mut down) = (0, 0);
    let mut keep = |x: &&&(String, Interval)| {
        let count = if x.1.mean > 0.0 { &mut up } else { &mut down };
        *count += 1;
        *count <= 3
    };
    found.iter().filter(|x| keep(x)).copied().collect()
}

fn shares(brief: &Brief) -> Option<String> {
    let sheet = brief.shapley.as_ref()?;
    let (metric, years) = (metric_of(sheet), sheet.last_horizon());
    let lines = || {
        sheet
            .lines()
            .filter(|l| l.text("metric") == metric && l.of_years(years))
    };
    let largest = lines()
        .map(|l| l.number("value").abs())
        .filter(|v| v.is_finite())
        .fold(0.0, f64::max);
    let (factor, unit) = amounts::level(brief.lang, lines().next()?.text("unit"), largest);
    let digits = amounts::digits(factor * largest);
    let players = lines().filter(|l| !brief.is_package(l.text("player")));
    let mut found: Vec<(String, Interval)> = players
        .filter_map(|l| Some((brief.title(l.text("player")), l.interval(factor)?)))
        .collect();
    found.sort_by(|a, b| b.1.mean.abs().total_cmp(&a.1.mean.abs()));
    let parts = listed(brief.lang, &found, digits, &unit);
    let label = brief.measure(&metric).map_or(metric.clone(), |m| object(brief, m));
    let when = brief.years(years);
    (found.len() > 1).then(|| {
        brief.lang.pick(
            format!("Contributions to the effect on {label} after {when} (Shapley values): {parts}."),
            format!("{when}后对{label}的总效应按沙普利值分解为：{parts}。"),
        )
    })
}

/// With one reform only: what else it changes.
fn others(brief: &Brief) -> Option<String> {
    let (last, years) = brief.last();
    let parts: Vec<String> = ["income_per_head", "unemployment_rate", "urban_rural_ratio"]
        .iter()
        .filter_map(|m| {
            let measure = brief.measure(m)?;
            let i = brief.effect(0, m, "total", last)?;
            let label = &brief.measures[measure].label;
            Some(match brief.lang {
                Language::En if sure(&i) => {
                    format!("{} {}", names::inside(brief.lang, label), told_of(brief, measure, &i))
                }
                Language::En => format!(
                    "{} {}, not distinguishable from zero",
                    names::inside(brief.lang, label),
                    told_of(brief, measure, &i)
                ),
                Language::Zh if sure(&i) => format!("{label}{}", told_of(brief, measure, &i)),
                Language::Zh => format!("{label}{}，与零无显著差异", told_of(brief, measure, &i)),
            })
        })
        .collect();
    let when = brief.years(years);
    (!parts.is_empty()).then(|| {
        brief.lang.pick(
            format!("Other outcomes after {when}: {}.", parts.join("; ")),
            format!("{when}后其他主要结果：{}。", parts.join("；")),
        )
    })
}
