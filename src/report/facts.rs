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
    let df = read_parquet(&dir.join("facts.parquet"), None)?;
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
            definition: if none.is_empty() {
                text("definition")
            } else {
                format!("not modelled: {none}")
            },
            model: ["mean", "sd", "p05", "p95", "near_share"].map(number),
            seeds: seeds[i],
            result: text("result"),
        }
    };
    Ok((0..seeds.len()).map(row).collect())
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

fn cells(r: &FactRow) -> [String; 8] {
    let [mean, _, low, high, near] = r.model;
    let measured = r.seeds > 0;
    let of = |text: String| if measured { text } else { String::new() };
    [
        r.id.clone(),
        r.name[0].clone(),
        r.data.clone(),
        of(short(mean)),
        of(format!("{} to {}", short(low), short(high))),
        band_text(r.band),
        of(format!("{:.0} %", 100.0 * near)),
        r.result.clone(),
    ]
}

const HEAD: [&str; 8] = [
    "",
    "fact",
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
    for column in [3, 4, 5, 6] {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    format!("{table}\n{}", count(rows))
}

/// The page `facts.md`: table, evidence, definitions, figures (name and title).
pub(super) fn page(rows: &[FactRow], run: &Run, figures: &[(&str, &str, &str)]) -> String {
    let clean = |s: &str| s.replace('|', "\\|");
    let mut t = format!(
        "# Stylised facts\n\n\
         Made by `yaosu facts {}`; do not edit. {} seeds, {} quarters, run {}.\n\n\
         The model without reforms is held against facts it was not built from one by one. A fact passes if the mean over \
         seeds lies in the band of the evidence and at least 80 % of the seeds lie in the band widened by half. Bands are not \
         tuned to the model, and a fact that fails is shown as failed.\n\n**{}.**\n\n",
        run.name,
        run.seeds,
        run.last + 1,
        run.hash,
        count(rows)
    );
    t += "| | fact | data | model mean (sd over seeds) | 5 to 95 % of seeds | band | seeds near | result |\n";
    t += "|---|---|---|---|---|---|---|---|\n";
    for r in rows {
        let [id, name, data, mean, range, band, near, result] = cells(r).map(|c| clean(&c));
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
        let _ = writeln!(
            t,
            "| {id} | {name} | {data} | {mean} | {range} | {band} | {near} | {result} |"
        );
    }
    t += "\n## What is measured\n\nGrades: VERIFIED the number was read at the address, often in an excerpt; DERIVED arithmetic \
          on such numbers; MEMORY recalled and not checked; OFFICIAL from the seed data, with tolerance and band set by this \
          project (ASSUMPTION).\n\n";
    t += "| | 中文 | statement | unit | estimator | grade | source | address |\n|---|---|---|---|---|---|---|---|\n";
    for r in rows {
        let [grade, source, address] = r.evidence.each_ref().map(|e| clean(e));
        let (zh, statement, definition) = (clean(&r.name[1]), clean(&r.statement), clean(&r.definition));
        let _ = writeln!(
            t,
            "| {} | {zh} | {statement} | {} | {definition} | {grade} | {source} | {address} |",
            r.id, r.unit
        );
    }
    if !figures.is_empty() {
        t += "\n## Figures\n";
    }
    for (id, title, note) in figures {
        let _ = write!(t, "\n![{title}](figures/{id}.png)\n\n{title}. {note}\n");
    }
    t
}

/// Writes the page.
pub fn write_page(dir: &Path, text: &str) -> Result<PathBuf, ReportError> {
    let path = dir.join("facts.md");
    fs::write(&path, text).map_err(|e| ReportError::io(&path, e))?;
    Ok(path)
}
