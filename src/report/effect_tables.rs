//! Tables of a comparison: key effects of every lever and the package as CSV, Markdown and LaTeX (booktabs).

use std::fs;
use std::path::{Path, PathBuf};

use super::ReportError;
use super::compared::{Compared, EffectRow, readable};
use super::forest::effect_text;
use super::page::years_text;
use super::spec::KEY;
use super::stats::Interval;
use super::units::{self, Effect};

/// One metric: its label and unit, and a cell an arm and horizon.
struct Line {
    label: String,
    unit: String,
    cells: Vec<String>,
}

/// Writes `effects.csv`, `effects.md` and `effects.tex`.
pub fn write(tables: &Compared, dir: &Path) -> Result<Vec<PathBuf>, ReportError> {
    let arms = tables.arms();
    let lines: Vec<Line> = KEY.iter().filter_map(|item| line(tables, &arms, item)).collect();
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

fn line(tables: &Compared, arms: &[&str], item: &super::spec::Item) -> Option<Line> {
    let mine = |e: &&EffectRow| e.metric == item.metric && e.group == item.group;
    let rows: Vec<&EffectRow> = tables.effects.iter().filter(mine).collect();
    let unit = rows.first()?.unit.as_str();
    let effect = item.effect.resolve(unit);
    let largest = rows.iter().fold(0.0, |m: f64, e| m.max(e.effect.abs()));
    let shown = match item.shown {
        Some((factor, unit)) if effect == Effect::Change => units::Shown {
            factor,
            unit: unit.to_owned(),
        },
        _ => units::effect(effect, unit, largest),
    };
    let cell = |(arm, years): (&str, f64)| {
        let row = rows.iter().find(|e| e.lever == arm && e.horizon_years == years);
        let interval = row.and_then(|e| {
            let [mean, low, high] = match effect {
                Effect::Percent => [e.effect_pct?, e.pct_low?, e.pct_high?],
                _ => [e.effect, e.low, e.high].map(|x| x * shown.factor),
            };
            let n = e.n_seeds;
            Some(Interval { mean, low, high, n })
        });
        interval.map_or("n.a.".to_owned(), |i| effect_text(&i))
    };
    let cells = arms
        .iter()
        .flat_map(|&arm| tables.horizons.iter().map(move |&h| (arm, h)));
    let cells = cells.map(cell).collect();
    let unit = if shown.unit.is_empty() { "index" } else { &shown.unit };
    Some(Line {
        label: item.label.to_owned(),
        unit: unit.to_owned(),
        cells,
    })
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
