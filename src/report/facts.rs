//! Tables of the stylised facts: terminal and Markdown, from `facts.parquet` alone.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use comfy_table::{CellAlignment, ContentArrangement, Table, presets};

use super::ReportError;
use super::data::Run;
use super::units;
use crate::experiment::frames::{floats, integers, read_parquet, text};
use crate::scenario::facts::Role;

/// A fact as the file tells it.
#[derive(Debug, Clone)]
pub struct FactRow {
    /// Number.
    pub id: String,
    /// Names: English, Chinese.
    pub name: [String; 2],
    /// What is said.
    pub statement: String,
    /// Value in the data.
    pub data: String,
    /// Unit.
    pub unit: String,
    /// Band.
    pub band: [f64; 2],
    /// Grade, source, address.
    pub evidence: [String; 3],
    /// Definition of the estimator, or why there is none.
    pub definition: String,
    /// What it is to the model, and what says so.
    pub role: [String; 2],
    /// Mean, standard deviation, 5 % and 95 % quantile over seeds, share of seeds in the widened band.
    pub model: [f64; 5],
    /// Seeds.
    pub seeds: i64,
    /// What came of it.
    pub result: String,
}

/// Columns of text in `facts.parquet`.
const TEXTS: &[&str] = &[
    "fact",
    "name_en",
    "name_zh",
    "statement",
    "data",
    "unit",
    "grade",
    "source",
    "address",
    "definition",
    "role",
    "parameters",
    "because",
    "not_modelled",
    "result",
];

/// Columns of numbers.
const NUMBERS: &[&str] = &["low", "high", "mean", "sd", "p05", "p95", "near_share"];

/// Reads the facts of a folder.
///
/// # Errors
/// If `facts.parquet` is not there or lacks a column.
pub fn load(dir: &Path) -> Result<Vec<FactRow>, ReportError> {
    read(&dir.join("facts.parquet"))
}

/// The facts under the scenario shown beside, if there is one.
pub(super) fn load_before(dir: &Path) -> Result<Option<Vec<FactRow>>, ReportError> {
    let file = dir.join("before.parquet");
    file.is_file().then(|| read(&file)).transpose()
}

fn read(file: &Path) -> Result<Vec<FactRow>, ReportError> {
    let df = read_parquet(file, None)?;
    let seeds = integers(&df, "seeds")?;
    let mut texts = BTreeMap::new();
    for name in TEXTS {
        texts.insert(*name, text(&df, name)?);
    }
    let mut numbers = BTreeMap::new();
    for name in NUMBERS {
        numbers.insert(*name, floats(&df, name)?);
    }
    let row = |i: usize| {
        let text = |name: &str| texts.get(name).map_or(String::new(), |c| c[i].to_owned());
        let number = |name: &str| numbers.get(name).map_or(f64::NAN, |c| c[i]);
        let none = text("not_modelled");
        FactRow {
            id: text("fact"),
            name: [text("name_en"), text("name_zh")],
            statement: text("statement"),
            data: text("data"),
            unit: text("unit"),
            band: [number("low"), number("high")],
            evidence: [text("grade"), text("source"), text("address")],
            definition: match (none.is_empty(), text("definition")) {
                (true, definition) => definition,
                (false, definition) if definition.is_empty() => format!("not modelled: {none}"),
                (false, definition) => format!("{definition}; not modelled: {none}"),
            },
            role: [text("role"), why(&text("parameters"), &text("because"))],
            model: ["mean", "sd", "p05", "p95", "near_share"].map(number),
            seeds: seeds[i],
            result: text("result"),
        }
    };
    Ok((0..seeds.len()).map(row).collect())
}

/// Parameters in code and other reasons, in a cell.
fn why(parameters: &str, because: &str) -> String {
    let mut all: Vec<String> = parameters.split_whitespace().map(|p| format!("`{p}`")).collect();
    all.extend((!because.is_empty()).then(|| because.to_owned()));
    all.join(", ")
}

/// How many facts passed, failed, and are not modelled, by role: a table in Markdown.
fn by_role(rows: &[FactRow]) -> String {
    let mut t =
        String::from("| role | the fact was | pass | FAIL | not modelled or measured |\n|---|---|---|---|---|\n");
    for role in Role::ALL {
        let of = |result: &[&str]| {
            let same = |r: &&FactRow| r.role[0] == role.name() && result.contains(&r.result.as_str());
            rows.iter().filter(same).count()
        };
        let none = of(&["not modelled", "not measured"]);
        let _ = writeln!(
            t,
            "| {} | {} | {} | {} | {none} |",
            role.name(),
            meaning(role),
            of(&["pass"]),
            of(&["FAIL"])
        );
    }
    t
}

fn meaning(role: Role) -> &'static str {
    match role {
        Role::Input => "stated by a parameter or a law of motion: it can only fail by mistake",
        Role::Birth => "data that the world is born from: it tests whether the start holds",
        Role::Tuned => "in view when parameters were chosen: a pass is a fit",
        Role::Free => "not used: only these test the model",
    }
}

/// A number with three digits that count.
fn short(value: f64) -> String {
    if !value.is_finite() {
        return String::new();
    }
    let digits = if value == 0.0 {
        0
    } else {
        (2 - value.abs().log10().floor() as i32).clamp(0, 5)
    };
    units::number(value, digits as usize)
}

/// The band as text: `[1, 2]`, `above 1`.
pub fn band_text([low, high]: [f64; 2]) -> String {
    match (low.is_finite(), high.is_finite()) {
        (true, true) => format!("{low} to {high}"),
        (true, false) => format!("above {low}"),
        _ => format!("below {high}"),
    }
}

/// How many facts passed, failed, and are not modelled or measured.
pub fn count(rows: &[FactRow]) -> String {
    let of = |result: &str| rows.iter().filter(|r| r.result == result).count();
    let missing = of("not measured");
    let mut text = format!(
        "{} pass, {} FAIL, {} not modelled",
        of("pass"),
        of("FAIL"),
        of("not modelled")
    );
    if missing > 0 {
        let _ = write!(text, ", {missing} not measured");
    }
    text
}

fn cells(r: &FactRow) -> [String; 9] {
    let [mean, _, low, high, near] = r.model;
    let measured = r.seeds > 0;
    let of = |text: String| if measured { text } else { String::new() };
    [
        r.id.clone(),
        r.name[0].clone(),
        r.role[0].clone(),
        r.data.clone(),
        of(short(mean)),
        of(format!("{} to {}", short(low), short(high))),
        band_text(r.band),
        of(format!("{:.0} %", 100.0 * near)),
        r.result.clone(),
    ]
}

const HEAD: [&str; 9] = [
    "",
    "fact",
    "role",
    "data",
    "model",
    "5 to 95 % of seeds",
    "band",
    "seeds near",
    "result",
];

/// The table for a terminal, with the count under it.
pub fn terminal(rows: &[FactRow]) -> String {
    let mut table = Table::new();
    table
        .load_style(presets::UTF8_FULL_CONDENSED)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_header(HEAD);
    rows.iter().for_each(|r| {
        table.add_row(cells(r));
    });
    for column in [4, 5, 6, 7] {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    format!("{table}\n{}", count(rows))
}

/// Where facts of the cycle are measured, if they are not here.
fn shocked(rows: &[FactRow]) -> &'static str {
    let unshocked = |r: &FactRow| r.result == "not modelled" && r.definition.contains("no aggregate shock");
    if rows.iter().any(unshocked) {
        " Without a shock to all a cycle is the luck of agents: the numbers and figures of such facts say nothing here; \
         `yaosu facts cycle` measures them."
    } else {
        ""
    }
}

/// The page `facts.md`: table, evidence, definitions, figures (name and title).
pub(super) fn page(
    [rows, before]: [&[FactRow]; 2],
    run: &Run,
    program: &str,
    figures: &[(&str, &str, &str)],
) -> String {
    let mut t = format!(
        "# Stylised facts\n\n\
         Made by `yaosu facts {}`; do not edit. {} seeds, {} quarters, run {}, program {program}.\n\n\
         The model without reforms is held against facts. A fact passes if the mean over seeds lies in the band of the \
         evidence and at least 80 % of the seeds lie in the band widened by half. Bands are not tuned to the model, and a \
         fact that fails is shown as failed. Most facts were used to build the model; what each was used for is its \
         role.\n\n**{}.**{}\n\n",
        run.name,
        run.seeds,
        run.last + 1,
        run.hash,
        count(rows),
        shocked(rows)
    );
    t += &by_role(rows);
    t += "\n| | fact | role | data | model mean (sd over seeds) | 5 to 95 % of seeds | band | seeds near | result |\n";
    t += "|---|---|---|---|---|---|---|---|---|\n";
    for r in rows {
        t += &result_row(r);
    }
    t += &before_and_after(before, rows);
    t += &evidence(rows);
    if !figures.is_empty() {
        t += "\n## Figures\n";
    }
    for (id, title, note) in figures {
        let _ = write!(t, "\n![{title}](figures/{id}.png)\n\n{title}. {note}\n");
    }
    t
}

fn clean(text: &str) -> String {
    text.replace('|', "\\|")
}

/// A line of the table of results.
fn result_row(r: &FactRow) -> String {
    let [id, name, role, data, mean, range, band, near, result] = cells(r).map(|c| clean(&c));
    let mean = if r.seeds > 1 {
        format!("{mean} ({})", short(r.model[1]))
    } else {
        mean
    };
    let result = if result == "FAIL" {
        "**FAIL**".to_owned()
    } else {
        result
    };
    format!("| {id} | {name} | {role} | {data} | {mean} | {range} | {band} | {near} | {result} |\n")
}

/// Facts before and after calibration, both by this program; nothing without a scenario beside.
fn before_and_after(before: &[FactRow], after: &[FactRow]) -> String {
    if before.is_empty() {
        return String::new();
    }
    let mut t = format!(
        "\n## Before and after calibration\n\nBoth columns come from this program, its estimators and the same seeds; only \
         parameters differ (`scenarios/before-calibration.toml`), so no gain is one of estimators. Before: {}. After: \
         {}.\n\n| | fact | role | before | after | band |\n|---|---|---|---|---|---|\n",
        count(before),
        count(after)
    );
    let told = |r: &FactRow| match r.seeds {
        0 => r.result.clone(),
        _ => format!("{} {}", short(r.model[0]), r.result),
    };
    for (b, a) in before.iter().zip(after).filter(|(b, a)| b.seeds + a.seeds > 0) {
        let (id, name, role) = (&a.id, clean(&a.name[0]), &a.role[0]);
        let moved = if b.result == a.result { "" } else { "**" };
        let band = band_text(a.band);
        let _ = writeln!(
            t,
            "| {id}: | {name} | {role} | {} | {moved}{}{moved} | {band} |",
            told(b),
            told(a)
        );
    }
    t
}

/// What is measured, how, and where the evidence is.
fn evidence(rows: &[FactRow]) -> String {
    let mut t = String::from(
        "\n## What is measured\n\nGrades of facts: VERIFIED the number was read at the address, often in an excerpt; DERIVED \
         arithmetic on such numbers; MEMORY recalled and not checked; OFFICIAL from the seed data, with tolerance and band set \
         by this project (ASSUMPTION). They say how a number was read; grades of parameters and data (A official figure, B, C, \
         ASSUMPTION: [parameters](parameters.md)) say what it is.\n\n",
    );
    t += "| | 中文 | statement | unit | estimator | role | grade | source | address |\n|---|---|---|---|---|---|---|---|---|\n";
    for r in rows {
        let [grade, source, address] = r.evidence.each_ref().map(|e| clean(e));
        let (zh, statement, definition) = (clean(&r.name[1]), clean(&r.statement), clean(&r.definition));
        let role = r.role.join(" ").trim().to_owned();
        let _ = writeln!(
            t,
            "| {} | {zh} | {statement} | {} | {definition} | {} | {grade} | {source} | {address} |",
            r.id,
            r.unit,
            clean(&role)
        );
    }
    t
}

/// Hash of the program that made a folder, from its manifest.
pub(super) fn program(dir: &Path) -> String {
    let text = fs::read_to_string(dir.join("manifest.toml")).unwrap_or_default();
    let manifest: toml::Table = text.parse().unwrap_or_default();
    let program = manifest.get("program").and_then(toml::Value::as_str);
    program.unwrap_or("unknown").to_owned()
}

/// Writes the page.
pub fn write_page(dir: &Path, text: &str) -> Result<PathBuf, ReportError> {
    let path = dir.join("facts.md");
    fs::write(&path, text).map_err(|e| ReportError::io(&path, e))?;
    Ok(path)
}
