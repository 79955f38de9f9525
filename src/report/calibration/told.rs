//! A calibration in words and tables: for a terminal, and as a page.

use super::super::ReportError;
use super::super::sensitivity::{Row, number, text};
use super::super::units;
use super::{Calibrated, digits, estimate, named, sides, standing};
use comfy_table::{ContentArrangement, Table, presets};
use std::path::Path;

/// What the targets do not tell apart, a sentence each.
fn flat(c: &Calibrated) -> Vec<String> {
    let flat = c.directions.iter().filter(|d| text(d, "flat") == "true");
    flat.map(|d| {
        format!(
            "flat direction: {} (the targets move {} standard errors across the box; luck alone would make {})",
            text(d, "words"),
            units::number(number(d, "strength"), 1),
            units::number(number(d, "noise"), 1)
        )
    })
    .collect()
}

fn planted(row: &Row) -> String {
    let planted = number(row, "planted");
    if !planted.is_finite() {
        return String::new();
    }
    let inside = match text(row, "planted_inside") {
        "true" => ", inside",
        "false" => ", OUTSIDE",
        _ => "",
    };
    format!("{}{inside}", units::number(planted, digits(row)))
}

const HEAD: [&str; 5] = ["key", "range", "estimate [95 %]", "known", "planted"];

fn cells(c: &Calibrated, row: &Row) -> Vec<String> {
    let shown = |column: &str| units::number(number(row, column), digits(row));
    let range = format!("{} to {}", shown("low"), shown("high"));
    let mut cells = vec![
        text(row, "key").to_owned(),
        range,
        estimate(row),
        standing(row).to_owned(),
    ];
    if c.flag("recovery") {
        cells.push(planted(row));
    }
    cells
}

const FIT: [&str; 7] = ["target", "years", "unit", "value (se)", "model (se)", "error", "source"];

fn fit_cells(row: &Row) -> Vec<String> {
    let (value, model) = sides(row);
    let small = |column: &str| {
        let v = number(row, column);
        units::number(v, units::decimals(v).max(1))
    };
    vec![
        named(row),
        text(row, "years").to_owned(),
        text(row, "unit").to_owned(),
        format!("{value} ({})", small("se")),
        format!("{model} ({})", small("simulation_se")),
        units::signed(number(row, "error"), 2),
        text(row, "source").to_owned(),
    ]
}

/// Verdict, estimates, fit and flat directions, for a terminal.
///
/// # Errors
/// If a table cannot be read.
pub fn terminal(folder: &Path) -> Result<String, ReportError> {
    let c = Calibrated::load(folder)?;
    let table = |head: &[&str], rows: Vec<Vec<String>>| {
        let mut table = Table::new();
        table
            .load_style(presets::UTF8_FULL_CONDENSED)
            .set_content_arrangement(ContentArrangement::Dynamic)
            .set_header(head);
        rows.into_iter().for_each(|row| {
            table.add_row(row);
        });
        table
    };
    let columns = if c.flag("recovery") { 5 } else { 4 };
    let estimates = table(&HEAD[..columns], c.parameters.iter().map(|r| cells(&c, r)).collect());
    let fits = c.targets.iter().map(|r| fit_cells(r)[..6].to_vec()).collect();
    let mut out = format!("{estimates}\n{}\n", table(&FIT[..6], fits));
    for line in flat(&c) {
        out += &format!("{line}\n");
    }
    if !c.flag("derivatives") {
        out += "no derivatives: the model failed beside the optimum, so that nothing is known of errors\n";
    }
    out += &format!("{}\n", settled(&c));
    out += &format!("{}: {}\n", c.said("name"), c.verdict());
    Ok(out)
}

/// Whether the search had ended, and where derivatives are from.
fn settled(c: &Calibrated) -> String {
    let ended = match c.flag("search_settled") {
        true => "The search settled.",
        false => "The search was still moving when the evaluations were used up.",
    };
    let beside = match c.flag("derivatives_beside_best") {
        true => " Derivatives are of a point beside the best one, at most a tenth of a range away.",
        false => "",
    };
    format!("{ended}{beside}")
}

fn rows_of(head: &[&str], rows: impl Iterator<Item = Vec<String>>) -> String {
    let line = |cells: &[String]| format!("| {} |\n", cells.join(" | "));
    let head: Vec<String> = head.iter().map(|h| (*h).to_owned()).collect();
    let mut out = line(&head) + &format!("|{}\n", "---|".repeat(head.len()));
    rows.for_each(|row| out += &line(&row));
    out
}

/// The page of a calibration.
pub(super) fn markdown(c: &Calibrated) -> String {
    let columns = if c.flag("recovery") { 5 } else { 4 };
    let mut out = format!(
        "# Calibration `{}`\n\nMade by `yaosu calibrate`; do not edit. {}.\n\n**{}.** {}\n\n## Estimates\n\n![Estimates]\
         (figures/estimates.png)\n\n",
        c.said("name"),
        c.stamp(),
        c.verdict(),
        settled(c)
    );
    out += &rows_of(&HEAD[..columns], c.parameters.iter().map(|r| cells(c, r)));
    out += "\n## Fit\n\n![Fit](figures/fit.png)\n\n";
    out += &rows_of(&FIT, c.targets.iter().map(fit_cells));
    out += &format!(
        "\n## What the targets tell apart\n\nCondition number {}. Strength: standard errors that the targets move over the width \
         of the box along the direction. A direction is flat if, luck taken off, a move across one standard deviation of the \
         ranges is less than one standard error.\n\n",
        units::number(c.float("condition_number"), 1)
    );
    out += &rows_of(
        &["direction", "strength", "luck", "flat", "parameters"],
        c.directions.iter().map(|d| {
            let shown = |column: &str| units::number(number(d, column), 1);
            let flat = if text(d, "flat") == "true" { "**flat**" } else { "" };
            vec![
                text(d, "direction").to_owned(),
                shown("strength"),
                shown("noise"),
                flat.to_owned(),
                text(d, "words").to_owned(),
            ]
        }),
    );
    out
}
