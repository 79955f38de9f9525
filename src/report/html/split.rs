//! Why: Shapley values, interactions, channels, misallocation.

use super::amounts;
use super::brief::{Brief, sure};
use super::marks::{self, Mark, Strip, esc, figure, part_ink, section};
use super::names;
use super::sheet::{Line, Sheet};
use super::tables::{ground, sign_ink};
use crate::report::stats::Interval;
use crate::report::style::{STYLE, blend};
use crate::report::units;

/// The unit that lines of a metric are told in: factor, unit, decimals.
fn told(brief: &Brief, unit: &str, largest: f64) -> (f64, String, usize) {
    let (factor, unit) = amounts::level(brief.lang, unit, largest);
    (factor, unit, amounts::digits(factor * largest))
}

fn largest<'a>(lines: impl IntoIterator<Item = Line<'a>>) -> f64 {
    let sizes = lines.into_iter().map(|l| l.number("value").abs());
    sizes.filter(|v| v.is_finite()).fold(0.0, f64::max)
}

/// The metric of the decomposition: GDP, or the first there is.
pub fn metric_of(sheet: &Sheet) -> String {
    let all = sheet.values("metric");
    let gdp = all.iter().find(|m| *m == "gdp_real");
    gdp.or(all.first()).cloned().unwrap_or_default()
}

/// The section, or nothing if none of the files is there.
pub fn why(brief: &Brief) -> String {
    let parts = [
        shapley(brief),
        together(brief),
        interactions(brief),
        channels(brief),
        misallocation(brief),
    ];
    let body: String = parts.into_iter().flatten().collect();
    if body.is_empty() {
        return body;
    }
    section(
        "why",
        brief.lang.pick("Which reform, and through what", "贡献分解与作用渠道"),
        &body,
    )
}

fn shapley(brief: &Brief) -> Option<String> {
    let sheet = brief.shapley.as_ref()?;
    let (metric, years) = (metric_of(sheet), sheet.last_horizon());
    let lines: Vec<Line> = sheet
        .lines()
        .filter(|l| l.text("metric") == metric && l.of_years(years))
        .collect();
    let unit = lines.first()?.text("unit");
    let (factor, unit, digits) = told(brief, unit, largest(lines.iter().copied()));
    let found: Vec<_> = lines
        .iter()
        .filter_map(|l| Some((l.text("player"), l.interval(factor)?)))
        .collect();
    if found.len() < 2 {
        return None;
    }
    let strip = Strip::around(found.iter().flat_map(|(_, i)| [i.low, i.high, i.mean]));
    let rows: String = found
        .iter()
        .map(|(player, i)| {
            let package = brief.is_package(player);
            let ink = if package { STYLE.baseline } else { sign_ink(i.mean) };
            let title = brief.title(player);
            let text = marks::with_interval(i, digits);
            let drawn = [
                Mark::Bar(0.0, i.mean, crate::report::style::fade(ink, 1.0), title.clone()),
                Mark::Whisker(*i, STYLE.text),
            ];
            marks::row(
                &title,
                &strip.draw(&drawn, &format!("{title}: {text}")),
                &text,
                if package { "package" } else { "" },
            )
        })
        .collect();
    let label = names::inside(brief.lang, &names::metric(brief.lang, &metric));
    let title = brief.lang.pick(
        format!(
            "Contribution of each reform to {label} after {} (Shapley value, {unit})",
            brief.years(years)
        ),
        format!("{}后各项措施对{label}的贡献（沙普利值，{unit}）", brief.years(years)),
    );
    let note = brief.lang.pick(
        "The Shapley value of a reform is its mean contribution over all orders in which the reforms could be added. \
         Values add up to the effect of all together.",
        "沙普利值是某项措施在所有可能的实施次序中边际贡献的平均值；各项之和等于全部措施的总效应。",
    );
    let body = format!("<div class=\"rows\">{rows}{}</div>", strip.scale(&unit));
    Some(figure("shapley", &title, &body, note))
}

/// What the package does beyond the sum of its parts, in a sentence.
fn together(brief: &Brief) -> Option<String> {
    let sheet = brief.interactions.as_ref()?;
    let (metric, years) = (metric_of(sheet), sheet.last_horizon());
    let mine = |l: &Line| l.text("metric") == metric && l.of_years(years) && l.text("a") == "package";
    let line = sheet.lines().find(mine)?;
    let (factor, unit, _) = told(brief, line.text("unit"), largest([line]));
    let i = line.interval(factor)?;
    let digits = amounts::digits(i.mean.abs().max(i.high - i.low));
    let value = amounts::with_unit(brief.lang, i.mean, digits, &unit);
    let ends = match i.n {
        1 => String::new(),
        _ => format!(" [{}, {}]", units::signed(i.low, digits), units::signed(i.high, digits)),
    };
    let label = names::inside(brief.lang, &names::metric(brief.lang, &metric));
    let text = brief.lang.pick(
        format!(
            "All together minus the sum of each alone, on {label} after {}: {value}{ends}.",
            brief.years(years)
        ),
        format!(
            "{}后全部措施合计对{label}的效应减去各项单独效应之和：{value}{ends}。",
            brief.years(years)
        ),
    );
    Some(format!("<p id=\"together\">{}</p>", esc(&text)))
}

fn interactions(brief: &Brief) -> Option<String> {
    let sheet = brief.interactions.as_ref()?;
    let (metric, years) = (metric_of(sheet), sheet.last_horizon());
    let lines: Vec<Line> = sheet
        .lines()
        .filter(|l| l.text("metric") == metric && l.of_years(years) && l.text("a") != "package")
        .collect();
    let (factor, unit, digits) = told(brief, lines.first()?.text("unit"), largest(lines.iter().copied()));
    let mut players: Vec<&str> = Vec::new();
    for l in &lines {
        for player in [l.text("a"), l.text("b")] {
            if !players.contains(&player) {
                players.push(player);
            }
        }
    }
    let most = factor * largest(lines.iter().copied());
    let cell = |a: &str, b: &str| {
        let pair = |l: &&Line| [(a, b), (b, a)].contains(&(l.text("a"), l.text("b")));
        match lines.iter().find(pair).and_then(|l| l.interval(factor)) {
            Some(i) => matrix_cell(&i, most, digits),
            None => "<td class=\"none\">–</td>".to_owned(),
        }
    };
    let head: String = players
        .iter()
        .map(|p| format!("<th scope=\"col\">{}</th>", esc(&brief.title(p))))
        .collect();
    let body: String = players
        .iter()
        .map(|a| {
            let cells: String = players.iter().map(|b| cell(a, b)).collect();
            format!("<tr><th scope=\"row\">{}</th>{cells}</tr>", esc(&brief.title(a)))
        })
        .collect();
    let table = format!(
        "<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"{}\"><table class=\"matrix\"><thead><tr><td></td>{head}</tr></thead><tbody>{body}</tbody></table></div>",
        brief.lang.pick("Interactions", "交互效应")
    );
    let label = names::inside(brief.lang, &names::metric(brief.lang, &metric));
    let title = brief.lang.pick(
        format!("Interactions on {label} after {} ({unit})", brief.years(years)),
        format!("{}后各项措施对{label}的交互效应（{unit}）", brief.years(years)),
    );
    let note = brief.lang.pick(
        "What two reforms do together beyond what they do one by one, averaged over the presence of the others (Shapley interaction index): above zero they help each other. ",
        "两项措施同时实施的效应超出各自单独效应之和的部分，对其他措施有无取平均（沙普利交互指数）：大于零表示相互促进，小于零表示相互抵消。",
    );
    let note = note.to_owned()
        + brief.intervals(
            "White and in brackets: the interval holds zero.",
            "白底并加括号表示区间含零。",
        );
    Some(figure("interactions", &title, &table, &note))
}

/// A tile of the matrix; white and in brackets where the interval holds zero.
fn matrix_cell(i: &Interval, most: f64, digits: usize) -> String {
    let weight = if sure(i) { 0.5 } else { 0.0 };
    let ink = blend(&STYLE.diverging, 0.5 + weight * i.mean / most.max(f64::MIN_POSITIVE));
    let (mean, low, high) = (
        units::signed(i.mean, digits),
        units::signed(i.low, digits),
        units::signed(i.high, digits),
    );
    let ends = match i.n {
        1 => String::new(),
        _ => format!("<br><span class=\"ci\">[{low}, {high}]</span>"),
    };
    if sure(i) {
        return format!("<td style=\"{}\">{mean}{ends}</td>", ground(ink));
    }
    format!("<td>({mean}){ends}</td>")
}

/// Arm, years, and the value of every channel by its place in `names`.
type Stacked<'a> = (&'a str, f64, Vec<(usize, f64)>);

fn stacked<'a>(brief: &'a Brief, sheet: &Sheet, names: &[String], factor: f64) -> Vec<Stacked<'a>> {
    let mut groups = Vec::new();
    for id in brief.shown_arms().into_iter().map(|a| brief.arms[a].id.as_str()) {
        for years in &brief.horizons {
            let lines = sheet.lines().filter(|l| l.text("lever") == id && l.of_years(*years));
            let part = |l: Line| {
                Some((
                    names.iter().position(|c| c == l.text("channel"))?,
                    factor * l.number("value"),
                ))
            };
            let parts: Vec<(usize, f64)> = lines.filter_map(part).filter(|p| p.1.is_finite()).collect();
            if !parts.is_empty() {
                groups.push((id, *years, parts));
            }
        }
    }
    groups
}

fn channels(brief: &Brief) -> Option<String> {
    let sheet = brief.channels.as_ref()?;
    let names = sheet.values("channel");
    let unit = sheet.lines().next()?.text("unit");
    let (factor, unit, digits) = told(brief, unit, largest(sheet.lines()));
    let groups = stacked(brief, sheet, &names, factor);
    let side = |parts: &[(usize, f64)], up: bool| parts.iter().map(|p| p.1).filter(|v| (*v > 0.0) == up).sum::<f64>();
    let ends = groups.iter().flat_map(|(_, _, p)| [side(p, true), side(p, false)]);
    let strip = Strip::around(ends.collect::<Vec<_>>());
    let mut rows = String::new();
    let mut before = "";
    for (id, years, parts) in &groups {
        if *id != before {
            rows += &format!("<h3>{}</h3>", esc(&brief.title(id)));
            before = id;
        }
        rows += &stack(brief, &strip, &names, *years, parts, digits);
    }
    let entries: Vec<_> = names
        .iter()
        .enumerate()
        .map(|(k, c)| (part_ink(k), names::word(brief.lang, c)))
        .collect();
    let title = brief.lang.pick(
        format!("Through which channels output changes ({unit})"),
        format!("产出变化的渠道分解（{unit}）"),
    );
    let note = brief.lang.pick(
        "Exact log-mean decomposition over cells of district and sector, and over the farms of districts. Upright line and number: the sum.",
        "按区县与行业单元以及各区县农户进行的对数均值精确分解；竖线和右侧数字为各渠道之和。",
    );
    let body = format!(
        "{}<div class=\"rows\">{rows}{}</div>{}",
        marks::key(&entries),
        strip.scale(&unit),
        channel_table(brief, sheet, &names, factor, digits)
    );
    Some(figure("channels", &title, &body, note))
}

/// Every channel of every reform at the last horizon with its interval, folded away.
fn channel_table(brief: &Brief, sheet: &Sheet, channels: &[String], factor: f64, digits: usize) -> String {
    let (arms, years) = (brief.shown_arms(), brief.last().1);
    let head: String = arms
        .iter()
        .map(|&a| format!("<th scope=\"col\">{}</th>", esc(&brief.arms[a].title)))
        .collect();
    let cell = |arm: usize, channel: &str| {
        let id = &brief.arms[arm].id;
        let mine = |l: &Line| l.text("lever") == id && l.text("channel") == channel && l.of_years(years);
        let text = sheet.lines().find(mine).and_then(|l| l.interval(factor));
        format!(
            "<td>{}</td>",
            text.map_or("–".to_owned(), |i| marks::with_interval(&i, digits))
        )
    };
    let row = |channel: &String| {
        let cells: String = arms.iter().map(|&a| cell(a, channel)).collect();
        format!(
            "<tr><th scope=\"row\">{}</th>{cells}</tr>",
            esc(&names::word(brief.lang, channel))
        )
    };
    let body: String = channels.iter().map(row).collect();
    let title = brief.lang.pick(
        format!("In numbers, after {}", brief.years(years)),
        format!("{}后各渠道的数值", brief.years(years)),
    );
    format!(
        "<details><summary>{}</summary><div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"{}\"><table><thead><tr><td></td>{head}</tr></thead><tbody>{body}</tbody></table></div></details>",
        esc(&title),
        esc(&title)
    )
}

/// One stacked bar: what adds to the right of zero, what takes away to the left.
fn stack(brief: &Brief, strip: &Strip, names: &[String], years: f64, parts: &[(usize, f64)], digits: usize) -> String {
    let (mut up, mut down) = (0.0, 0.0);
    let mut drawn: Vec<Mark> = Vec::new();
    for (k, v) in parts {
        let end = if *v > 0.0 { &mut up } else { &mut down };
        let what = format!("{}: {}", names::word(brief.lang, &names[*k]), units::signed(*v, digits));
        drawn.push(Mark::Bar(*end, *end + v, part_ink(*k), what));
        *end += v;
    }
    let sum = units::signed(up + down, digits);
    drawn.push(Mark::Sum(up + down));
    let label = brief.lang.pick(
        format!("after {}", brief.years(years)),
        format!("{}后", brief.years(years)),
    );
    marks::row(&label, &strip.draw(&drawn, &format!("{label}: {sum}")), &sum, "")
}

fn misallocation(brief: &Brief) -> Option<String> {
    let sheet = brief.misallocation.as_ref()?;
    let years = sheet.last_horizon();
    let digits = amounts::digits(100.0 * largest(sheet.lines()));
    let mut body = String::new();
    for arm in brief.shown_arms() {
        let id = &brief.arms[arm].id;
        body += &format!(
            "<tr class=\"outcome\"><th scope=\"colgroup\" colspan=\"4\">{}</th></tr>",
            esc(&brief.title(id))
        );
        for l in sheet.lines().filter(|l| l.text("lever") == id && l.of_years(years)) {
            let change = l.interval(100.0)?;
            let plain = |c: &str| units::number(100.0 * l.number(c), digits.max(2));
            body += &format!(
                "<tr><th scope=\"row\">{}</th><td>{}</td><td>{}</td><td>{}</td></tr>",
                esc(&names::word(brief.lang, l.text("factor"))),
                plain("before"),
                plain("after"),
                marks::with_interval(&change, digits)
            );
        }
    }
    let heads = match brief.lang {
        super::Language::En => ["Factor", "Baseline", "Reform", "Change"],
        super::Language::Zh => ["要素", "基准", "改革", "变化"],
    };
    let [factor, baseline, reform, change] = heads;
    let change = brief.with_intervals(change);
    let heads = [factor, baseline, reform, &change];
    let head: String = heads.iter().map(|h| format!("<th scope=\"col\">{h}</th>")).collect();
    let title = brief.lang.pick(
        format!(
            "Output lost to misallocation by factor after {} (%)",
            brief.years(years)
        ),
        format!("{}后各要素错配造成的产出损失（%）", brief.years(years)),
    );
    let table = format!(
        "<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"{}\"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>",
        esc(&title)
    );
    let note = brief
        .lang
        .pick("What equal marginal revenue products across firms of a cell would add to output. A negative change is less misallocation.", "同一单元内各企业边际收益产品相等时产出可增加的幅度；变化为负表示错配减轻。");
    (!body.is_empty()).then(|| figure("misallocation", &title, &table, note))
}
