//! Tables of a comparison: key effects of every lever and the package as CSV, Markdown and LaTeX (booktabs).

use std::fs;
use std::path::{Path, PathBuf};

use comfy_table::{CellAlignment, ContentArrangement, Table, presets};

use super::ReportError;
use super::compared::{Compared, method, readable};
use super::forest::effect_text;
use super::page::years_text;
use super::spec::{Item, KEY};
use super::stats::{Interval, of_seeds, with_intervals};

/// One metric: its label and unit, and an interval an arm and horizon.
struct Line {
    metric: &'static str,
    label: String,
    unit: String,
    cells: Vec<Option<Interval>>,
}

/// An interval in words.
fn words(cell: &Option<Interval>) -> String {
    cell.as_ref().map_or("n.a.".to_owned(), effect_text)
}

/// Writes `effects.csv`, `effects.md` and `effects.tex`.
pub fn write(tables: &Compared, dir: &Path) -> Result<Vec<PathBuf>, ReportError> {
    let arms = tables.arms();
    let lines = lines(tables, &arms);
    let seeds = tables.seeds();
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
            point.map(|p| p.1)
        };
        let of_arm = |found: &Option<(String, Vec<(usize, Interval)>)>| -> Vec<Option<Interval>> {
            let points = found.as_ref().map_or(&[][..], |f| &f.1);
            (0..tables.horizons.len()).map(|h| cell(points, h)).collect()
        };
        Some(Line {
            metric: item.metric,
            label: item.label.to_owned(),
            unit,
            cells: found.iter().flat_map(of_arm).collect(),
        })
    };
    KEY.iter().filter_map(line).collect()
}

/// Arms up to which a terminal shows a column for each.
const COLUMNS: usize = 6;
/// Metrics, the first ones, that it shows beside each of more arms.
const BESIDE: usize = 4;

/// Effects at the longest horizon, ready for a terminal: a column an arm, or a row where there are many.
pub fn terminal(tables: &Compared) -> Table {
    let arms = tables.arms();
    let lines = lines(tables, &arms);
    let last = |line: &Line, a: usize| words(&line.cells[(a + 1) * tables.horizons.len() - 1]);
    let after = with_intervals(&format!("after {}", years_text(tables.longest())), tables.seeds());
    let mut table = Table::new();
    table.load_style(presets::UTF8_FULL_CONDENSED);
    table.set_content_arrangement(ContentArrangement::Dynamic);
    let texts = if arms.len() <= COLUMNS {
        let arm = arms.iter().map(|a| (*a).to_owned());
        table.set_header([after, "unit".to_owned()].into_iter().chain(arm));
        for line in &lines {
            let cells = (0..arms.len()).map(|a| last(line, a));
            table.add_row([line.label.clone(), line.unit.clone()].into_iter().chain(cells));
        }
        2
    } else {
        let lines = &lines[..BESIDE.min(lines.len())];
        let head = lines.iter().map(|line| format!("{}, {}", line.label, line.unit));
        table.set_header([after].into_iter().chain(head));
        for (a, arm) in arms.iter().enumerate() {
            let cells = lines.iter().map(|line| last(line, a));
            table.add_row([(*arm).to_owned()].into_iter().chain(cells));
        }
        1
    };
    for column in table.column_iter_mut().skip(texts) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}

fn csv_text(tables: &Compared, arms: &[&str], lines: &[Line]) -> Result<String, ReportError> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let head = [
        "lever",
        "horizon_years",
        "metric",
        "label",
        "unit",
        "effect",
        "low",
        "high",
        "n_seeds",
    ];
    writer.write_record(head)?;
    for (a, arm) in arms.iter().enumerate() {
        for (h, years) in tables.horizons.iter().enumerate() {
            for line in lines {
                let Some(i) = line.cells[a * tables.horizons.len() + h] else {
                    continue;
                };
                let one = i.n < 2;
                let ends = [i.low, i.high].map(|x| if one { String::new() } else { x.to_string() });
                let [years, mean, seeds] = [years.to_string(), i.mean.to_string(), i.n.to_string()];
                writer.write_record([
                    *arm,
                    &years,
                    line.metric,
                    &line.label,
                    &line.unit,
                    &mean,
                    &ends[0],
                    &ends[1],
                    &seeds,
                ])?;
            }
        }
    }
    let bytes = writer.into_inner().map_err(|e| ReportError::Draw(e.to_string()))?;
    String::from_utf8(bytes).map_err(|e| ReportError::Draw(e.to_string()))
}

fn note(seeds: usize) -> String {
    let many = format!(
        "paired by seed ({seeds} seeds), 95% intervals ({}) in brackets",
        method(seeds)
    );
    let intervals = of_seeds(seeds, &many);
    format!("Arm minus baseline, mean of the year that ends at the horizon; {intervals}.")
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
            let cells: Vec<String> = line.cells[from..from + tables.horizons.len()]
                .iter()
                .map(words)
                .collect();
            let cells = cells.join(" | ");
            text += &format!("\n| {} | {} | {cells} |", line.label, line.unit);
        }
        text += "\n";
    }
    text
}

/// A table to `\input`; needs `booktabs`. A block a horizon, one row a metric and two lines a cell: effect, and interval
/// below it.
fn latex(tables: &Compared, arms: &[&str], lines: &[Line], seeds: usize) -> String {
    let columns = arms.len() + 2;
    let mut text = format!(
        "% Needs \\usepackage{{booktabs}}.\n\\begin{{tabular}}{{ll{}}}\n\\toprule\n",
        "r".repeat(arms.len())
    );
    let heads: Vec<String> = arms.iter().map(|a| escape(&readable(a))).collect();
    text += &format!(" & & {} \\\\\n", heads.join(" & "));
    for (h, years) in tables.horizons.iter().enumerate() {
        let after = years_text(*years);
        text += &format!("\\midrule\n\\multicolumn{{{columns}}}{{l}}{{\\emph{{After {after}}}}} \\\\\n");
        for line in lines {
            let cells = (0..arms.len()).map(|a| words(&line.cells[a * tables.horizons.len() + h]));
            let cells: Vec<String> = cells.collect();
            let split: Vec<(&str, &str)> = cells.iter().map(|c| c.split_once(' ').unwrap_or((c, ""))).collect();
            let means: Vec<String> = split.iter().map(|c| math(c.0)).collect();
            let ranges: Vec<String> = split.iter().map(|c| math(c.1)).collect();
            let (label, unit) = (escape(&line.label), escape(&line.unit));
            text += &format!(
                "{label} & {unit} & {} \\\\\n & & {} \\\\\n",
                means.join(" & "),
                ranges.join(" & ")
            );
        }
    }
    text + &format!("\\bottomrule\n\\end{{tabular}}\n\n% {}\n", escape(&note(seeds)))
}

/// A number for LaTeX: a true minus in mathematics.
pub fn math(cell: &str) -> String {
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

/// A text for LaTeX.
pub fn escape(text: &str) -> String {
    text.replace('%', "\\%").replace('_', "\\_").replace('&', "\\&")
}
