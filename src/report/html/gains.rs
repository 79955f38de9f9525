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
    /// Shares that lose and gain more than 1 %, and share in cells that surely lose, if they are told.
    pub over: Option<[f64; 3]>,
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
            kind if LONG.contains(&kind) => brief.place_name(id),
            _ => names::word(brief.lang, id),
        };
        Some(Gain {
            kind: kind.to_owned(),
            name,
            gain: l.interval(factor)?,
            losers: l.number("losers"),
            over: Some(["lose_1pct", "gain_1pct", "sure_losers"].map(|c| l.number(c)))
                .filter(|o| o.iter().all(|x| x.is_finite())),
        })
    };
    let gains = lines.iter().filter_map(gain).collect();
    (gains, unit, amounts::digits(factor * largest))
}

/// Kinds that are shown for the main arm at the last horizon only: lists of districts are long.
const LONG: [&str; 3] = ["district", "district_revenue", "district_transfer"];

/// The section, or nothing without the file: one block an arm and horizon, of which the reader chooses one.
pub fn who(brief: &Brief) -> String {
    let Some(sheet) = &brief.gains else {
        return by_metric(brief);
    };
    let (main, last) = (brief.main().id.clone(), sheet.last_horizon());
    let mut body = String::new();
    let mut arms = Vec::new();
    for arm in brief.shown_arms() {
        let before = body.len();
        for (h, years) in brief.horizons.iter().enumerate() {
            let first = brief.arms[arm].id == main && *years == last;
            let blocks = blocks(brief, sheet, arm, *years, first);
            if blocks.is_empty() {
                continue;
            }
            let hidden = if first { "" } else { " hidden" };
            body += &format!("<div class=\"pick\" data-arm=\"{arm}\" data-horizon=\"{h}\"{hidden}>{blocks}</div>");
        }
        if body.len() > before {
            arms.push(arm);
        }
    }
    if body.is_empty() {
        return body;
    }
    let body = choices(brief, &arms) + &body;
    let title = brief.lang.pick(
        "Gains and losses by group, at the mean of the year that ends at the horizon",
        "各群体的得失（各时间跨度末年均值）",
    );
    let frozen = brief.lang.pick(
        "Groups are frozen at the date of the reform: the same people with and without it. ",
        "群体在改革当日固定，比较的是同一批人在有无改革两种情景下的差异。",
    );
    let marks = brief.intervals(
        "Dots: mean gain; lines: 95% interval; hollow: the interval holds zero. ",
        "圆点为平均得失，横线为95%置信区间，空心圆表示区间含零。",
    );
    let meaning = brief.lang.pick(
        "Gains in %: value of income, prices, rent and public services, as a change of income, \
         with expected income that follows earnings over about two years. “Lose” and “gain” count people whose own value falls or rises by more than 1%: \
         whoever others deal with differently also has other luck, so both are large even for a reform without effect. \
         “Surely lose” counts people in cells of district, hukou, skill and fifth of income whose mean loss is distinguishable from zero over seeds; by chance about 2.5% would. \
         Own revenue leaves transfers between governments out.",
        "以%表示的得失为收入、物价、租金和公共服务的综合价值，折合为收入变化；其中收入为预期收入，约两年内跟上实际收入。“受损”“受益”为个人价值下降或上升超过1%的人口比例：由于他人行为的改变也会改变个人的际遇，即使改革毫无效应，两者也会较大。“确定受损”为所在群组（区县、户籍、技能、收入五等分交叉）平均损失在各种子间显著异于零的人口比例，仅因随机性约为2.5%。自有收入不含政府间转移支付。",
    );
    let note = [frozen, marks, meaning].concat();
    section(
        "gains",
        brief.lang.pick("Who gains, who loses", "谁受益、谁受损"),
        &figure("gains-figure", title, &body, &note),
    )
}

/// The blocks of an arm at a horizon; `whole` says whether long lists are shown.
fn blocks(brief: &Brief, sheet: &Sheet, arm: usize, years: f64, whole: bool) -> String {
    let mut body = String::new();
    for kind in sheet
        .values("kind")
        .iter()
        .filter(|k| whole || !LONG.contains(&k.as_str()))
    {
        let (mut gains, unit, digits) = of(brief, sheet, &brief.arms[arm].id, kind, years);
        if gains.is_empty() {
            continue;
        }
        if LONG.contains(&kind.as_str()) {
            gains.sort_by(|a, b| b.gain.mean.total_cmp(&a.gain.mean));
        }
        body += &block(brief, &gains, &unit, digits);
    }
    body
}

/// The choice of reform and horizon, which the script obeys.
fn choices(brief: &Brief, arms: &[usize]) -> String {
    let option = |value: usize, text: &str, chosen: bool| {
        let chosen = if chosen { " selected" } else { "" };
        format!("<option value=\"{value}\"{chosen}>{}</option>", esc(text))
    };
    let levers: String = arms.iter().map(|&a| option(a, &brief.arms[a].title, a == 0)).collect();
    let last = brief.last().0;
    let years = brief.horizons.iter().enumerate();
    let horizons: String = years.map(|(h, y)| option(h, &brief.years(*y), h == last)).collect();
    let one = |id: &str, label: &str, options: &str| {
        format!("<label for=\"{id}\"><span>{label}</span><select id=\"{id}\">{options}</select></label>")
    };
    format!(
        "<div class=\"choices\">{}{}</div>",
        one("gain-lever", brief.lang.pick("Reform", "改革措施"), &levers),
        one("gain-horizon", brief.lang.pick("Horizon", "时间跨度"), &horizons)
    )
}

/// One kind of group: rows of intervals; long lists fold.
fn block(brief: &Brief, gains: &[Gain], unit: &str, digits: usize) -> String {
    let strip = Strip::around(gains.iter().flat_map(|g| [g.gain.low, g.gain.high]));
    let rows: String = gains
        .iter()
        .map(|g| {
            let mut text = marks::with_interval(&g.gain, digits);
            text += &shares(brief, g);
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

/// Who loses and gains more than one per cent, and who surely loses, in words; nothing where it is not told.
fn shares(brief: &Brief, g: &Gain) -> String {
    let per_cent = |x: f64| format!("{}%", number(100.0 * x, 0));
    match g.over {
        Some([lose, gain, sure]) => {
            let (lose, gain, sure) = (per_cent(lose), per_cent(gain), per_cent(sure));
            brief.lang.pick(
                format!(" · lose {lose}, gain {gain}; surely lose {sure}"),
                format!(" · 受损{lose}，受益{gain}；确定受损{sure}"),
            )
        }
        None if g.losers.is_finite() => {
            let share = per_cent(g.losers);
            brief.lang.pick(format!(" · losers {share}"), format!(" · 受损{share}"))
        }
        None => String::new(),
    }
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
    let note = [
        brief.intervals("Hollow: the interval holds zero.", "空心圆表示区间含零。"),
        brief.lang.pick(
            " Membership of a group follows the metric's definition.",
            "群体划分按指标定义。",
        ),
    ]
    .concat();
    section(
        "gains",
        brief.lang.pick("Who gains, who loses", "谁受益、谁受损"),
        &figure("gains-figure", &title, &body, &note),
    )
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
