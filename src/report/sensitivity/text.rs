//! The page of a screening design.

use super::{LEVEL, Row, blocks, figure_name, kind, label, number, read, shown, text, title};
use crate::report::ReportError;
use crate::report::units::{self, Shown};
use std::path::{Path, PathBuf};

/// Rows of a block of the page.
const LISTED: usize = 12;

/// Writes `sensitivity.md` beside the table of a screening design: every outcome of every arm, the largest swings first, and how
/// many stand after Holm's correction. Gives its path; none for other designs.
///
/// # Errors
/// If the table cannot be read or the page not be written.
pub fn write_page(table: &Path, stamp: &str, command: &str) -> Result<Option<PathBuf>, ReportError> {
    let (rows, kind) = (read(table)?, kind(table));
    if !rows.iter().any(|r| r.contains_key("p_holm")) {
        return Ok(None);
    }
    let mut t = format!(
        "# Which assumptions matter\n\nMade by `{command}`; do not edit. {stamp}.\n\nAll inputs move at once between a low and a \
         high value, in a Hadamard matrix and its mirror image, with the same seeds at every point. A swing is the outcome at \
         the high value less the outcome at the low value, the mean over all others, by least squares with the seeds as blocks; \
         every run tells of every input. Interactions of two inputs widen the standard errors and do not enter the swings. Of \
         many swings some are large by chance: p-values are after Holm's correction for the number of inputs of an outcome, and \
         only those under {LEVEL} are established.\n"
    );
    let all = blocks(&rows, kind);
    let mut figures: Vec<String> = Vec::new();
    for name in all
        .iter()
        .map(|b| format!("figures/screening-{}.png", figure_name(b[0])))
    {
        if !figures.contains(&name) {
            figures.push(name);
        }
    }
    if let Some((first, others)) = figures.split_first() {
        t += &format!("\n![Swings]({first})\n");
        if !others.is_empty() {
            t += &format!("\nFigures of the other outcomes: `{}`.\n", others.join("`, `"));
        }
    }
    t += "\n| outcome | mean over the design | established inputs, the largest swing first |\n|---|---|---|\n";
    all.iter().for_each(|block| t += &overview(block, &shown(block, kind)));
    t += "\nTables follow where an input is established.\n";
    let told = all.iter().filter(|b| established(b).next().is_some());
    told.for_each(|block| t += &block_text(block, &shown(block, kind)));
    let path = table.with_file_name("sensitivity.md");
    std::fs::write(&path, t).map_err(|e| ReportError::io(&path, e))?;
    Ok(Some(path))
}

/// Rows of a block that stand after Holm's correction, the largest swing first.
fn established<'a>(block: &'a [&'a Row]) -> impl Iterator<Item = &'a &'a Row> {
    block.iter().filter(|r| number(r, "p_holm") < LEVEL)
}

/// One line of the table of outcomes.
fn overview(block: &[&Row], form: &Shown) -> String {
    let base = form.factor * number(block[0], "base");
    let digits = units::decimals(base.abs()).min(4);
    let one = |r: &&Row| {
        let swing = form.factor * number(r, "swing");
        format!(
            "`{}` {}",
            text(r, "input"),
            units::signed(swing, units::decimals(swing.abs()).min(4))
        )
    };
    let sure: Vec<String> = established(block).take(5).map(one).collect();
    let more = established(block).count().saturating_sub(5);
    let told = match (sure.is_empty(), more) {
        (true, _) => "none".to_owned(),
        (false, 0) => sure.join(", "),
        (false, n) => format!("{}, and {n} more", sure.join(", ")),
    };
    format!(
        "| {} | {} | {told} |\n",
        title(block[0], &form.unit),
        units::signed(base, digits)
    )
}

/// A heading, what is established, and the largest swings of a block.
fn block_text(block: &[&Row], form: &Shown) -> String {
    let sure = established(block).count();
    let of = |row: &Row, column: &str| form.factor * number(row, column);
    let mut errors: Vec<f64> = block.iter().map(|r| of(r, "swing_se")).collect();
    errors.sort_by(f64::total_cmp);
    let middle = errors.get(errors.len() / 2).copied().unwrap_or(f64::NAN);
    let digits = units::decimals(middle).min(4);
    let shown = |r: &Row, column: &str| units::signed(of(r, column), digits);
    let mut t = format!(
        "\n## {}\n\nMean over the design {}; {sure} of {} inputs established; median standard error of a swing {}; {} \
         runs.\n\n| input | low to high | swing | standard error | p after Holm |\n|---|---|---|---|---|\n",
        title(block[0], &form.unit),
        units::signed(of(block[0], "base"), digits),
        block.len(),
        units::number(middle, digits),
        text(block[0], "runs"),
    );
    for row in block.iter().take(LISTED.max(sure)) {
        let p = number(row, "p_holm");
        let p = if p < 0.001 {
            "< .001".to_owned()
        } else {
            units::number(p, 3)
        };
        let name = label(row);
        let (input, ends) = name.split_once("  (").unwrap_or((&name, ""));
        let ends = match ends.trim_end_matches(')') {
            // a list moves as a whole
            "" => "all its numbers",
            ends => ends,
        };
        let error = units::number(of(row, "swing_se"), digits);
        t += &format!("| `{input}` | {ends} | {} | {error} | {p} |\n", shown(row, "swing"));
    }
    t
}
