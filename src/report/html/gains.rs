//! Who gains and who loses.

use super::amounts;
use super::brief::{Brief, sure};
use super::marks::{self, Mark, Strip, esc, figure, section};
use super::names;
use super::sheet::{Line, Sheet};
use super::tables::sign_ink;
use crate::report::stats::Interval;
use crate::report::units::number;

/// A group with its gain.
pub struct Gain {
    /// Kind of group.
    pub kind: String,
    /// What the reader sees.
    pub name: String,
    /// Gain, in the unit shown.
    pub gain: Interval,
    /// Share of the group that loses; not a number if it is not told.
    pub losers: f64,
    /// Size of the group.
    pub people: f64,
}

/// Gains of an arm at the last horizon, with their unit and decimals; the lines of one kind have one unit.
pub fn of(brief: &Brief, sheet: &Sheet, arm: &str, kind: &str, years: f64) -> (Vec<Gain>, String, usize) {
    let of = |l: &Line| l.text("lever") == arm && l.text("kind") == kind && l.of_years(years);
    let lines: Vec<Line> = sheet.lines().filter(of).collect();
    let largest = lines
        .iter()
        .map(|l| l.number("value").abs())
        .filter(|v| v.is_finite())
        .fold(0.0, f64::max);
    let unit = lines.first().map_or("", |l| l.text("unit"));
    let (factor, unit) = amounts::level(brief.lang, unit, largest);
    let gain = |l: &Line| {
        let id = l.text("group");
        let name = match kind {
            "district" => brief.place_name(id),
            _ => names::word(brief.lang, id),
        };
        Some(Gain {
            kind: kind.to_owned(),
            name,
            gain: l.interval(factor)?,
            losers: l.number("losers"),
            people: l.number("people"),
        })
    };
    let gains = lines.iter().filter_map(gain).collect();
    (gains, unit, amounts::digits(factor * largest))
}

/// The section, or nothing without the file.
pub fn who(brief: &Brief) -> String {
    let Some(sheet) = &brief.gains else {
        return by_metric(brief);
    };
    let arm = brief.main().id.clone();
    let mut body = String::new();
    for kind in sheet.values("kind") {
        let (mut gains, unit, digits) = of(brief, sheet, &arm, &kind, sheet.last_horizon());
        if gains.is_empty() {
            continue;
        }
        if kind == "district" {
            gains.sort_by(|a, b| b.gain.mean.total_cmp(&a.gain.mean));
        }
        body += &block(brief, &gains, &unit, digits);
    }
    if body.is_empty() {
        return body;
    }
    let years = brief.years(sheet.last_horizon());
    let title = brief.lang.pick(
        format!("{}: gain by group after {years}", brief.main().title),
        format!("{}：{years}后各群体的得失", brief.main().title),
    );
    let note = brief.lang.pick(
        "Groups are frozen at the date of the reform: the same people with and without it. Dots: mean gain; lines: 95% \
         interval; hollow: the interval holds zero. Losers: share of the group that is worse off; whoever others deal with differently also has other luck, so that even without any effect up to half would be. \
         Gains in %: value of income, prices, rent and public services, as a change of income.",
        "群体在改革当日固定，比较的是同一批人在有无改革两种情景下的差异。圆点为平均得失，横线为95%置信区间，空心圆表示区间含零；“受损”为群体中境况变差者的比例；由于他人行为的改变也会改变个人的际遇，即使改革毫无效应，该比例也可达约一半。以%表示的得失为收入、物价、租金和公共服务的综合价值，折合为收入变化。",
    );
    section(
        "gains",
        brief.lang.pick("Who gains, who loses", "谁受益、谁受损"),
        &figure("gains-figure", &title, &body, note),
    )
}

/// One kind of group: rows of intervals; long lists fold.
fn block(brief: &Brief, gains: &[Gain], unit: &str, digits: usize) -> String {
    let strip = Strip::around(gains.iter().flat_map(|g| [g.gain.low, g.gain.high]));
    let rows: String = gains
        .iter()
        .map(|g| {
            let mut text = marks::with_interval(&g.gain, digits);
            if g.losers.is_finite() {
                let share = number(100.0 * g.losers, 0);
                text += &brief
                    .lang
                    .pick(format!(" · losers {share}%"), format!(" · 受损{share}%"));
            }
            let drawn = [Mark::Whisker(g.gain, sign_ink(g.gain.mean))];
            marks::row(
                &g.name,
                &strip.draw(&drawn, &format!("{}: {text}", g.name)),
                &text,
                "gain",
            )
        })
        .collect();
    let kind = match gains[0].kind.as_str() {
        "all" => brief.lang.pick("All residents", "全体居民").to_owned(),
        kind => names::word(brief.lang, kind),
    };
    let head = if unit.is_empty() {
        kind
    } else {
        brief.lang.pick(format!("{kind} ({unit})"), format!("{kind}（{unit}）"))
    };
    let rows = format!("<div class=\"rows\">{rows}{}</div>", strip.scale(""));
    if gains.len() > 12 {
        return format!("<details><summary>{}</summary>{rows}</details>", esc(&head));
    }
    format!("<h3>{}</h3>{rows}", esc(&head))
}

/// Without the file: effects by groups of metrics that are about people.
fn by_metric(brief: &Brief) -> String {
    let (h, years) = brief.last();
    let mut body = String::new();
    for metric in ["log_wage_incumbent", "income_place"] {
        let Some(m) = brief.measure(metric) else { continue };
        let mut cells: Vec<_> = brief
            .at
            .iter()
            .filter(|(c, _)| c.arm == 0 && c.measure == m && c.region == "total")
            .filter_map(|(c, v)| Some((c.group.clone(), v.get(h).copied().flatten()?)))
            .collect();
        cells.sort_by(|a, b| a.0.cmp(&b.0));
        let shown = &brief.measures[m].shown;
        let strip = Strip::around(cells.iter().flat_map(|(_, i)| [i.low, i.high]));
        let rows: String = cells
            .iter()
            .map(|(group, i)| {
                let text = marks::with_interval(i, shown.digits);
                let drawn = [Mark::Whisker(*i, sign_ink(i.mean))];
                marks::row(
                    &names::word(brief.lang, group),
                    &strip.draw(&drawn, &text),
                    &text,
                    "gain",
                )
            })
            .collect();
        if !rows.is_empty() {
            let head = brief.lang.pick(
                format!("{} ({})", brief.measures[m].label, shown.unit),
                format!("{}（{}）", brief.measures[m].label, shown.unit),
            );
            body += &format!(
                "<h3>{}</h3><div class=\"rows\">{rows}{}</div>",
                esc(&head),
                strip.scale("")
            );
        }
    }
    if body.is_empty() {
        return body;
    }
    let years = brief.years(years);
    let title = brief.lang.pick(
        format!("{}: effect by group after {years}", brief.main().title),
        format!("{}：{years}后对各群体的效应", brief.main().title),
    );
    let note = brief.lang.pick(
        "Hollow: the interval holds zero. Membership of a group follows the metric's definition.",
        "空心圆表示区间含零。群体划分按指标定义。",
    );
    section(
        "gains",
        brief.lang.pick("Who gains, who loses", "谁受益、谁受损"),
        &figure("gains-figure", &title, &body, note),
    )
}

/// Share of people that lose, over the groups of a kind; `None` where it is not told.
pub fn losers(gains: &[Gain]) -> Option<f64> {
    let known: Vec<&Gain> = gains
        .iter()
        .filter(|g| g.losers.is_finite() && g.people > 0.0)
        .collect();
    let people: f64 = known.iter().map(|g| g.people).sum();
    (people > 0.0).then(|| known.iter().map(|g| g.losers * g.people).sum::<f64>() / people)
}

/// The greatest sure gain and the greatest sure loss.
pub fn extremes(gains: &[Gain]) -> (Option<&Gain>, Option<&Gain>) {
    let sure = || gains.iter().filter(|g| sure(&g.gain));
    let best = sure()
        .filter(|g| g.gain.mean > 0.0)
        .max_by(|a, b| a.gain.mean.total_cmp(&b.gain.mean));
    let worst = sure()
        .filter(|g| g.gain.mean < 0.0)
        .min_by(|a, b| a.gain.mean.total_cmp(&b.gain.mean));
    (best, worst)
}
