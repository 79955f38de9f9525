//! Tables of a comparison: key effects of every lever and the package as CSV, Markdown and LaTeX (booktabs).

use std::fs;
use std::path::{Path, PathBuf};

use comfy_table::{CellAlignment, ContentArrangement, Table, presets};

use super::ReportError;
use super::compared::{Compared, readable};
use super::forest::effect_text;
use super::page::years_text;
use super::spec::{Item, KEY};
use super::stats::Interval;

/// One metric: its label and unit, and a cell an arm and horizon.
struct Line {
    label: String,
    unit: String,
    cells: Vec<String>,
}

/// Writes `effects.csv`, `effects.md` and `effects.tex`.
pub fn write(tables: &Compared, dir: &Path) -> Result<Vec<PathBuf>, ReportError> {
    let arms = tables.arms();
    let lines = lines(tables, &arms);
    let seeds = tables.effects.iter().map(|e| e.n_seeds).max().unwrap_or(0);
    let files = [
        ("effects.csv", csv_text(tables, &arms, &lines)?),
        ("effects.md", markdown(tables, &arms, &lines, seeds)),
        ("effects.tex", latex(tables, &arms, &lines, seeds)),
    ];
    let mut written = Vec::new();
    for (name, content) in files {
        let (part, path) = (dir.join(format!("{name}.part")), dir.join(name));
        fs::write(&part, content).map_err(|e| ReportError::io(&part, e))?;
        fs::rename(&part, &path).map_err(|e| ReportError::io(&path, e))?;
        written.push(path);
    }
    Ok(written)
}

fn lines(tables: &Compared, arms: &[&str]) -> Vec<Line> {
    let line = |item: &Item| {
        let found: Vec<_> = arms.iter().map(|arm| tables.effects_on(item, arm)).collect();
        let unit = found.iter().flatten().next()?.0.clone();
        let first = 3 - tables.horizons.len();
        let cell = |points: &[(usize, Interval)], h: usize| {
            let point = points.iter().find(|p| p.0 == first + h);
            point.map_or("n.a.".to_owned(), |p| effect_text(&p.1))
        };
        let of_arm = |found: &Option<(String, Vec<(usize, Interval)>)>| -> Vec<String> {
            let points = found.as_ref().map_or(&[][..], |f| &f.1);
            (0..tables.horizons.len()).map(|h| cell(points, h)).collect()
        };
        Some(Line {
            label: item.label.to_owned(),
            unit,
            cells: found.iter().flat_map(of_arm).collect(),
        })
    };
    KEY.iter().filter_map(line).collect()
}

/// Effects of every arm at the longest horizon, ready for a terminal.
pub fn terminal(tables: &Compared) -> Table {
    let arms = tables.arms();
    let mut table = Table::new();
    table.load_style(presets::UTF8_FULL_CONDENSED);
    table.set_content_arrangement(ContentArrangement::Dynamic);
    let after = format!("after {} [95%]", years_text(tables.longest()));
    let head = [after, "unit".to_owned()].into_iter();
    table.set_header(head.chain(arms.iter().map(|a| (*a).to_owned())));
    let count = tables.horizons.len();
    for line in lines(tables, &arms) {
        let last = line.cells.chunks(count).filter_map(|c| c.last().cloned());
        table.add_row([line.label, line.unit].into_iter().chain(last));
    }
    for column in table.column_iter_mut().skip(2) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}

fn csv_text(tables: &Compared, arms: &[&str], lines: &[Line]) -> Result<String, ReportError> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(["lever", "horizon_years", "metric", "unit", "effect"])?;
    for (a, arm) in arms.iter().enumerate() {
        for (h, years) in tables.horizons.iter().enumerate() {
            for line in lines {
                let cell = line.cells[a * tables.horizons.len() + h].replace('\u{2212}', "-");
                writer.write_record([arm, years.to_string().as_str(), &line.label, &line.unit, &cell])?;
            }
        }
    }
    let bytes = writer.into_inner().map_err(|e| ReportError::Draw(e.to_string()))?;
    String::from_utf8(bytes).map_err(|e| ReportError::Draw(e.to_string()))
}

fn note(seeds: usize) -> String {
    format!(
        "Arm minus baseline, paired by seed ({seeds} seeds), mean of the year that ends at the horizon; 95 % paired bootstrap intervals in brackets."
    )
}

fn markdown(tables: &Compared, arms: &[&str], lines: &[Line], seeds: usize) -> String {
    let mut text = format!("# Effects\n\n{}\n", note(seeds));
    for (a, arm) in arms.iter().enumerate() {
        text += &format!("\n## {}\n\n| metric | unit |", readable(arm));
        tables
            .horizons
            .iter()
            .for_each(|h| text += &format!(" after {} |", years_text(*h)));
        text += "\n|---|---|";
        text += &"---:|".repeat(tables.horizons.len());
        for line in lines {
            let from = a * tables.horizons.len();
            let cells = line.cells[from..from + tables.horizons.len()].join(" | ");
            text += &format!("\n| {} | {} | {cells} |", line.label, line.unit);
        }
        text += "\n";
    }
    text
}

/// A table to `\input`; needs `booktabs`. One row a metric and two lines a cell: effect, and interval below it.
fn latex(tables: &Compared, arms: &[&str], lines: &[Line], seeds: usize) -> String {
    let years = tables.longest();
    let last = tables.horizons.len().saturating_sub(1);
    let mut text = format!(
        "% Needs \\usepackage{{booktabs}}.\n\\begin{{tabular}}{{ll{}}}\n\\toprule\n",
        "r".repeat(arms.len())
    );
    let heads: Vec<String> = arms.iter().map(|a| escape(&readable(a))).collect();
    text += &format!(" & & {} \\\\\n\\midrule\n", heads.join(" & "));
    for line in lines {
        let cells = (0..arms.len()).map(|a| line.cells[a * tables.horizons.len() + last].as_str());
        let split: Vec<(&str, &str)> = cells.map(|c| c.split_once(' ').unwrap_or((c, ""))).collect();
        let means: Vec<String> = split.iter().map(|c| math(c.0)).collect();
        let ranges: Vec<String> = split.iter().map(|c| math(c.1)).collect();
        text += &format!(
            "{} & {} & {} \\\\\n",
            escape(&line.label),
            escape(&line.unit),
            means.join(" & ")
        );
        text += &format!(" & & {} \\\\\n", ranges.join(" & "));
    }
    let note = escape(&note(seeds));
    let after = years_text(years);
    text + &format!("\\bottomrule\n\\end{{tabular}}\n\n% After {after}. {note}\n")
}

/// A number for LaTeX: a true minus in mathematics.
fn math(cell: &str) -> String {
    if cell.is_empty() {
        return String::new();
    }
    format!(
        "${}$",
        cell.replace('\u{2212}', "-")
            .replace(',', "{,}")
            .replace("{,} ", ",\\,")
    )
}

fn escape(text: &str) -> String {
    text.replace('%', "\\%").replace('_', "\\_").replace('&', "\\&")
}
