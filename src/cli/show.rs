//! Texts of the commands that only tell something.

use std::fmt::Write;

use comfy_table::presets::UTF8_FULL_CONDENSED;
use comfy_table::{ContentArrangement, Table};

use super::Language;
use crate::base::spanned::float;
use crate::experiment::memory;
use crate::experiment::run::Summary;
use crate::metrics::Metric;
use crate::policy::{Bilingual, Law, Lever, chapter_of};
use crate::scenario::Scenario;
use crate::step::{MEASURES, Stage};
use crate::world::birth::Target;

/// The text that is asked for.
fn told(text: &Bilingual, zh: bool) -> &str {
    if zh { &text.zh } else { &text.en }
}

/// Units of rules in Chinese.
const UNITS: &[(&str, &str)] = &[
    ("share", "（比例）"),
    ("share of rent", "（占租金比例）"),
    ("share of the median loan", "（占贷款中位数比例）"),
    ("share of mean load", "（占平均负荷比例）"),
    ("ratio", "（比值）"),
    ("variance ratio", "（方差比）"),
    ("log points", "（对数点）"),
    ("years", "年"),
    ("1/year", "（每年）"),
    ("1/quarter", "（每季度）"),
    ("yuan per kWh", "元/千瓦时"),
    ("yuan per m2", "元/平方米"),
    ("m2 per person", "平方米/人"),
];

/// A unit behind a number, in Chinese if it is known.
fn unit(unit: &str, zh: bool) -> String {
    let known = UNITS.iter().find(|(en, _)| zh && *en == unit);
    known.map_or_else(|| format!(" {unit}"), |(_, zh)| (*zh).to_owned())
}

/// Rules that a lever moves, one a line: name, status quo, target, unit.
fn moves(lever: &Lever, law: &Law, zh: bool) -> String {
    let mut lines = lever.moves.iter().filter_map(|mv| {
        let rule = law.keys().get(mv.rule)?;
        let line = format!(
            "{}  {} → {}{}",
            mv.key,
            float(rule.value),
            float(mv.target),
            unit(&rule.limits.unit, zh)
        );
        Some(line.trim_end().to_owned())
    });
    let first = lines.next().unwrap_or_else(|| none(zh));
    lines.fold(first, |text, line| text + "\n" + &line)
}

fn none(zh: bool) -> String {
    if zh { "无" } else { "none" }.to_owned()
}

/// Grade and note.
fn evidence(lever: &Lever, zh: bool) -> String {
    let (grade, note) = (lever.evidence.grade.as_str(), told(&lever.evidence.note, zh));
    match (grade, zh) {
        ("ASSUMPTION", true) => format!("假设。{note}"),
        (grade, true) => format!("{grade}级。{note}"),
        (grade, false) => format!("{grade}: {note}"),
    }
}

fn margin(lever: &Lever, zh: bool) -> String {
    let show = |margin: &crate::policy::Margin| format!("{} ({}) {}", margin.metric, margin.group, margin.sign);
    lever.margin.as_ref().map_or_else(|| none(zh), show)
}

/// Levers by chapter of the plan: how each works, what it moves, where it must be felt, what is known of its size.
pub(super) fn catalogue(levers: &[Lever], law: &Law, lang: Language) -> String {
    let zh = lang == Language::Zh;
    let mut text = String::new();
    let mut sorted: Vec<&Lever> = levers.iter().collect();
    sorted.sort_by(|a, b| (a.article, &a.id).cmp(&(b.article, &b.id)));
    for group in sorted.chunk_by(|a, b| chapter_of(a.article) == chapter_of(b.article)) {
        let (chapter_zh, chapter_en) = group.first().map_or(("", ""), |lever| chapter_of(lever.article));
        let _ = writeln!(text, "{}\n", if zh { chapter_zh } else { chapter_en });
        group.iter().for_each(|lever| entry(&mut text, lever, law, zh));
    }
    text
}

/// One lever of the catalogue.
fn entry(text: &mut String, lever: &Lever, law: &Law, zh: bool) {
    let (words, colon, between) = if zh {
        (["机制", "调整的规则", "直接作用指标", "证据"], "：", "；")
    } else {
        (["mechanism", "rules moved", "felt in", "evidence"], ": ", "; ")
    };
    let title = told(&lever.title, zh);
    let article = match (lever.article, zh) {
        (0, _) => String::new(),
        (n, true) => format!("  第{n}条"),
        (n, false) => format!("  article {n}"),
    };
    let _ = writeln!(text, "  {}{article}\n    {title}", lever.id);
    let lines = [
        told(&lever.mechanism, zh).to_owned(),
        moves(lever, law, zh).replace('\n', between),
        margin(lever, zh),
        evidence(lever, zh),
    ];
    for (word, line) in words.iter().zip(lines) {
        let _ = writeln!(text, "    {word}{colon}{line}");
    }
    text.push('\n');
}

/// All about one lever; in English with both titles.
pub(super) fn one_lever(lever: &Lever, law: &Law, lang: Language) -> String {
    let zh = lang == Language::Zh;
    let [moved, felt, known, paid, after] = if zh {
        ["调整的规则", "直接作用指标", "证据", "成本承担", "后于下列措施生效"]
    } else {
        ["Moves", "Felt in", "Evidence", "Paid by", "Acts after"]
    };
    let (id, title) = (&lever.id, &lever.title);
    let mut parts = vec![
        match (lever.article, zh) {
            (0, true) => format!("{id}\n{}\n", title.zh),
            (n, true) => format!("{id}  第{n}条\n{}\n", title.zh),
            (n, false) => format!("{id}  (article {n})\n{}\n{}\n", title.zh, title.en),
        },
        format!("{}\n", told(&lever.mechanism, zh)),
        format!("{moved}\n  {}", moves(lever, law, zh).replace('\n', "\n  ")),
        format!("{felt}\n  {}", margin(lever, zh)),
        format!("{known}\n  {}", evidence(lever, zh)),
    ];
    if !lever.evidence.source.is_empty() {
        parts.push(format!("  {}", lever.evidence.source));
    }
    parts.push(format!("{paid}\n  {}", told(&lever.pays, zh)));
    if !lever.after.is_empty() {
        parts.push(format!("{after}\n  {}", lever.after.join(if zh { "、" } else { ", " })));
    }
    parts.join("\n") + "\n"
}

/// The stages of a quarter, numbered.
pub(super) fn timeline(stages: &[Stage]) -> String {
    let lines = stages.iter().map(|s| (s.name, s.what)).chain([MEASURES]);
    let width = lines.clone().map(|(name, _)| name.chars().count()).max().unwrap_or(0);
    let line = |(k, (name, what))| format!("{:>2}  {name:width$}  {what}\n", k + 1);
    lines.enumerate().map(line).collect()
}

/// What is left of a run that was stopped.
pub(super) fn stopped(scenario: &Scenario, s: &Summary) -> String {
    let (done, all) = (s.seeds, scenario.seeds.len());
    format!("stopped: {done} of {all} seeds are complete; the same command runs all of them again")
}

/// What a run did, before its table of effects.
pub(super) fn summary(scenario: &Scenario, s: &Summary, birth: bool) -> String {
    let seeds = match scenario.seeds.len() {
        all if all > s.seeds => format!("{} of {all}", s.seeds),
        all => all.to_string(),
    };
    let memory = memory::peak().map(|bytes| format!(", {:.2} GB of memory at most", bytes as f64 / 1e9));
    let memory = memory.unwrap_or_default();
    let mut text = format!(
        "{}: {seeds} seeds, {} quarters after {} of burn-in, scale {}; {:.1} s with births and measures, {:.2} m agent-quarters a second{memory}\n\
         {} stages audited, every residual zero\n",
        scenario.name,
        scenario.quarters,
        scenario.burn_in,
        scenario.scale,
        s.seconds,
        s.agent_quarters_per_second / 1e6,
        s.audits,
    );
    let binding: Vec<_> = s.targets.iter().filter(|t| t.binding).collect();
    let worst = binding.iter().map(|t| t.distance().abs()).fold(0.0, f64::max);
    if !binding.is_empty() {
        let far = |t: &&Target| !t.binding && t.distance().abs() > 0.03;
        text += &format!(
            "birth: {} targets from data met, worst distance {:.2} %; {} more inform, {} of them miss by over 3 %; all in birth.csv\n",
            binding.len(),
            100.0 * worst,
            s.targets.len() - binding.len(),
            s.targets.iter().filter(far).count(),
        );
    }
    if birth {
        let total: f64 = s.stage_seconds.iter().map(|x| x.1).sum();
        text += &format!(
            "stepping alone: {:.2} m agent-quarters a second and job\n",
            s.stepping_per_job / 1e6
        );
        for (name, seconds) in &s.stage_seconds {
            text += &format!("{name:>16} {:5.1} %\n", 100.0 * seconds / total.max(1e-9));
        }
    }
    // all targets on demand; else those that the start misses by most
    let told: Vec<&Target> = if birth {
        s.targets.iter().collect()
    } else {
        let mut by_distance: Vec<&Target> = s.targets.iter().collect();
        by_distance.sort_by(|a, b| b.distance().abs().total_cmp(&a.distance().abs()));
        by_distance.into_iter().take(MISSED).collect()
    };
    if !told.is_empty() {
        text += &format!("{}\n", targets(&told));
    }
    text
}

/// Targets of birth that are told unless all are asked for.
const MISSED: usize = 8;

/// What the data say, what the world starts with, how far apart they are; rows that do not bind inform.
fn targets(told: &[&Target]) -> Table {
    let mut t = table(&["target of birth", "region", "data", "start", "unit", "distance"]);
    for x in told {
        let informs = if x.binding { "" } else { " (informs)" };
        t.add_row([
            x.name.clone(),
            x.region.clone(),
            number(x.data),
            number(x.start),
            x.unit.to_owned(),
            format!("{:+.2} %{informs}", 100.0 * x.distance()),
        ]);
    }
    t
}

fn number(x: f64) -> String {
    if x.abs() >= 1e6 {
        format!("{x:.4e}")
    } else {
        format!("{x:.4}")
    }
}

/// A table of metrics.
pub(super) fn metrics(metrics: &[Metric]) -> String {
    let mut table = table(&["metric", "unit", "meaning"]);
    for metric in metrics {
        table.add_row([metric.name, metric.unit, metric.meaning]);
    }
    format!("{table}\n")
}

fn table(head: &[&str]) -> Table {
    let mut table = Table::new();
    table
        .load_style(UTF8_FULL_CONDENSED)
        .set_content_arrangement(ContentArrangement::Dynamic);
    table.set_header(head.iter().copied());
    table
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::{self, Known};

    #[test]
    fn levers_are_told_in_both_languages() {
        let law = scenario::baseline().expect("built in").law();
        let all = scenario::levers(&Known::default()).unwrap_or_else(|p| panic!("{p}"));
        for (lang, words) in [(Language::Zh, "三、人力资源要素"), (Language::En, "3. People")] {
            let text = catalogue(&all, &law, lang);
            assert!(
                text.contains(words) && text.contains("hukou_mutual_recognition"),
                "{text}"
            );
        }
        for lever in &all {
            let (zh, en) = (
                one_lever(lever, &law, Language::Zh),
                one_lever(lever, &law, Language::En),
            );
            for text in [&lever.mechanism, &lever.pays, &lever.evidence.note] {
                assert!(zh.contains(&text.zh) && en.contains(&text.en), "{zh}{en}");
            }
            for mv in &lever.moves {
                let unit = &law.keys()[mv.rule].limits.unit;
                assert!(UNITS.iter().any(|(en, _)| en == unit), "{unit} has no Chinese name");
            }
        }
    }
}
