//! `yaosu docs`: the pages under `docs/` that the program writes of itself, so that they cannot go stale.

mod matrices;

use std::fmt::Write as _;
use std::path::Path;

use crate::metrics::{Define, METRICS};
use crate::policy::{CHAPTERS, Law, Lever, chapter_number};
use crate::scenario::{self, Catalogue, Known, ParamInfo};
use crate::step::{MEASURES, TIMELINE};

/// First line of every generated page.
const HEAD: &str = "<!-- Written by `yaosu docs docs`; do not edit. -->\n\n";

/// Writes every generated page into `folder` and returns their names.
pub(super) fn write(folder: &Path, known: &Known) -> anyhow::Result<Vec<&'static str>> {
    let baseline = scenario::baseline()?;
    let levers = scenario::levers(known)?;
    let pages = [
        ("parameters.md", parameters(&baseline)),
        ("metrics.md", metrics()),
        ("timeline.md", timeline()),
        ("lever-catalogue.md", catalogue(&levers, &baseline.law())),
        ("matrices.md", matrices::page(known)?),
    ];
    std::fs::create_dir_all(folder)?;
    for (name, text) in &pages {
        std::fs::write(folder.join(name), format!("{HEAD}{text}"))?;
    }
    Ok(pages.map(|(name, _)| name).to_vec())
}

/// `text` as one cell of a Markdown table.
fn cell(text: &str) -> String {
    text.trim().replace('|', "\\|").replace('\n', " ")
}

/// One row of a Markdown table.
fn row(out: &mut String, cells: &[&str]) {
    let cells: Vec<String> = cells.iter().map(|text| cell(text)).collect();
    let _ = writeln!(out, "| {} |", cells.join(" | "));
}

/// Head and rule of a Markdown table.
fn head(out: &mut String, cells: &[&str]) {
    row(out, cells);
    let _ = writeln!(out, "|{}", "---|".repeat(cells.len()));
}

/// File of `src` in which the numbers of a section of `baseline.toml` stand as a struct.
fn struct_of(section: &str) -> String {
    match section {
        "firms" | "government" | "laboratories" => format!("src/agents/{section}.rs::Params"),
        "migration" => "src/agents/places.rs::Params".to_owned(),
        "birth" => "src/scenario/behaviour.rs::Birth".to_owned(),
        _ => match section.strip_prefix("law.") {
            Some(law) => {
                let mut name = String::new();
                for word in law.split('_') {
                    name += &word[..1].to_uppercase();
                    name += &word[1..];
                }
                format!("src/rules/{}.rs::{name}Rules", theme_of(law))
            }
            None => format!("src/markets/{section}.rs::Params"),
        },
    }
}

/// File of `src/rules` that has a part of the law.
fn theme_of(law: &str) -> &'static str {
    match law {
        "hukou" | "labour" | "talent" | "posts" | "own_account" => "people",
        "farmland" | "rural_land" | "urban_land" => "land",
        "credit" | "village_credit" => "finance",
        "technology" | "data" | "public_data" | "computing" => "technology",
        "energy" | "permits" => "resources",
        _ => "economy",
    }
}

/// Every parameter and rule of the baseline, by section.
fn parameters(baseline: &Catalogue) -> String {
    let params: Vec<&ParamInfo> = baseline.params().collect();
    let mut out =
        "# Parameters and rules\n\nEvery number of `scenarios/baseline.toml`, by section: behaviour first, then \
                   the law (`law.*`), which levers move. A scenario changes any of them within its range. Rates are \
                   annual unless the unit says otherwise. `neutral` is the value at which a rule binds nobody.\n\n\
                   Grades: A official or published estimate, B copy of one or plain arithmetic, C derived, D weak, \
                   ASSUMPTION a judgement, to be swept.\n\n"
            .to_owned();
    head(&mut out, &["grade", "behaviour", "law"]);
    let mut grades: Vec<&str> = params.iter().map(|p| p.grade.as_str()).collect();
    grades.sort_by_key(|grade| (grade.len(), *grade));
    grades.dedup();
    for grade in grades {
        let count = |law: bool| params.iter().filter(|p| p.grade == grade && p.is_law() == law).count();
        row(&mut out, &[grade, &count(false).to_string(), &count(true).to_string()]);
    }
    let split = |p: &ParamInfo| p.key.rsplit_once('.').map_or(("", ""), |(a, _)| (a, "")).0.to_owned();
    for law in [false, true] {
        let kind: Vec<&ParamInfo> = params.iter().copied().filter(|p| p.is_law() == law).collect();
        for group in kind.chunk_by(|a, b| split(a) == split(b)) {
            let section = group.first().map_or(String::new(), |p| split(p));
            let _ = write!(out, "\n## {section}\n\n`{}`\n\n", struct_of(&section));
            let mut columns = vec!["key", "value", "unit", "range", "grade", "meaning", "source"];
            if law {
                columns.insert(4, "neutral");
            }
            head(&mut out, &columns);
            for p in group {
                parameter(&mut out, p);
            }
        }
    }
    out
}

fn parameter(out: &mut String, p: &ParamInfo) {
    let key = format!("`{}`", p.key.rsplit('.').next().unwrap_or(&p.key));
    let range = p.range.map_or(String::new(), |(low, high)| format!("{low} to {high}"));
    let neutral = p.neutral.map_or("none".to_owned(), |x| x.to_string());
    let value = p.value.to_toml();
    let mut cells = vec![key.as_str(), &value, &p.unit, &range];
    if p.is_law() {
        cells.push(&neutral);
    }
    cells.extend([p.grade.as_str(), &p.meaning, &p.source]);
    row(out, &cells);
}

/// The metric dictionary.
fn metrics() -> String {
    let mut out = format!(
        "# Metrics\n\n{} metrics, in the order of `src/metrics/list.rs::THEMES`; each is one series of \
         `series.parquet` by seed, quarter, region and group. Regions: `total` is the 38 districts and counties of \
         Chongqing; a metric of scope *region* is also given for every region group and every region, Chengdu \
         included. Groups: `all` unless named.\n\n",
        METRICS.len()
    );
    head(&mut out, &["metric", "unit", "meaning", "groups", "scope"]);
    for metric in METRICS {
        let (groups, scope) = match &metric.define {
            Define::Value(_) => ("all".to_owned(), "region"),
            Define::Groups(names, _) => (names.join(", "), "region"),
            Define::City(_) => ("all".to_owned(), "total only"),
        };
        let name = format!("`{}`", metric.name);
        row(&mut out, &[&name, metric.unit, metric.meaning, &groups, scope]);
    }
    out
}

/// The stages of a quarter.
fn timeline() -> String {
    let mut out =
        "# The timeline of a quarter\n\nThe stages of `src/step.rs::TIMELINE`, in order. After each, all money, \
                   land and people are audited (`src/books/audit.rs::close_stage`); after the last, the \
                   transaction-flow matrix of the quarter must close. What a stage computes: [model](model.md).\n\n"
            .to_owned();
    head(&mut out, &["", "stage", "does"]);
    let stages = TIMELINE.iter().map(|stage| (stage.name, stage.what)).chain([MEASURES]);
    for (k, (name, what)) in stages.enumerate() {
        row(&mut out, &[&(k + 1).to_string(), name, what]);
    }
    out
}

/// Every built-in lever, by chapter and article of the plan.
fn catalogue(levers: &[Lever], law: &Law) -> String {
    let mut out =
        "# Catalogue of levers\n\nThe levers in `scenarios/policies/`, by chapter and article of the plan. How a \
                   switch acts and what follows from the first of them: [levers](levers.md). On the terminal: `yaosu \
                   levers`. A scenario `chapter-NAME` switches on all levers of a chapter, `package` those of all \
                   chapters.\n\n"
            .to_owned();
    let mut sorted: Vec<&Lever> = levers.iter().collect();
    sorted.sort_by_key(|lever| (lever.article, &lever.id));
    head(&mut out, &["chapter", "articles", "scenario", "levers"]);
    for (k, chapter) in CHAPTERS.iter().enumerate().skip(1) {
        let inside = sorted.iter().filter(|lever| chapter_number(lever.article) == k);
        let articles = format!("{} to {}", CHAPTERS[k - 1].last + 1, chapter.last);
        let ids: Vec<String> = inside.map(|lever| format!("`{}`", lever.id)).collect();
        let (name, scenario) = (
            format!("{} {}", chapter.zh, chapter.en),
            format!("`chapter-{}`", chapter.id),
        );
        row(&mut out, &[&name, &articles, &scenario, &ids.join(", ")]);
    }
    for (k, chapter) in CHAPTERS.iter().enumerate() {
        let inside: Vec<&&Lever> = sorted
            .iter()
            .filter(|lever| chapter_number(lever.article) == k)
            .collect();
        if !inside.is_empty() {
            let _ = write!(out, "\n## {} · {}\n", chapter.zh, chapter.en);
        }
        inside.into_iter().for_each(|lever| one_lever(&mut out, lever, law));
    }
    out
}

/// One lever of the catalogue.
fn one_lever(out: &mut String, lever: &Lever, law: &Law) {
    let _ = write!(
        out,
        "\n### `{}`\n\n**{}** · {}\n\n",
        lever.id, lever.title.zh, lever.title.en
    );
    let article = match lever.article {
        0 => "none".to_owned(),
        n => n.to_string(),
    };
    let margin = lever.margin.as_ref().map_or("none".to_owned(), |m| {
        format!("`{}` {} (group {})", m.metric, m.sign, m.group)
    });
    let source = match lever.evidence.source.as_str() {
        "" => "none",
        source => source,
    };
    head(out, &["", ""]);
    row(out, &["article", &article]);
    row(out, &["mechanism", &lever.mechanism.en]);
    row(out, &["felt in", &margin]);
    row(
        out,
        &[
            "evidence",
            &format!("{}: {}", lever.evidence.grade, lever.evidence.note.en),
        ],
    );
    row(out, &["source", source]);
    row(out, &["paid by", &lever.pays.en]);
    if !lever.after.is_empty() {
        row(out, &["acts after", &lever.after.join(", ")]);
    }
    out.push('\n');
    head(out, &["rule", "from", "to", "unit", "meaning"]);
    for mv in &lever.moves {
        if let Some(rule) = law.keys().get(mv.rule) {
            let (from, to) = (rule.value.to_string(), mv.target.to_string());
            let key = format!("`{}`", mv.key);
            row(out, &[&key, &from, &to, &rule.limits.unit, &rule.meaning]);
        }
    }
}
