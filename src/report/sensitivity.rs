//! Which inputs matter: tornado figures and bars of indices, from the table of `yaosu sensitivity`.

mod figure;
mod text;

use super::ReportError;
use super::units::{self, Shown};
use std::collections::BTreeMap;
use std::path::Path;

pub use figure::draw;
pub use text::write_page;

/// Level of significance of screening designs.
const LEVEL: f64 = 0.05;
/// Fewer rows than this are few for shares of a variance.
const FEW_ROWS: f64 = 64.0;
/// How far an interval may lie outside 0 to 1.
const FAR: f64 = 0.1;
/// What is told as 0.
const NOTHING: f64 = 1e-9;
/// Share of luck in the variance between points from which indices are doubtful.
const LOUD: f64 = 0.1;

/// One row of the table, by column.
pub(super) type Row = BTreeMap<String, String>;

/// How a kind of analysis is shown.
struct Kind {
    title: &'static str,
    subtitle: &'static str,
    note: &'static str,
    /// Columns of value, lower and upper end, and what the legend says.
    bars: &'static [([&'static str; 3], &'static str)],
    /// What the number at the right is: value, lower and upper end.
    told: [&'static str; 3],
    head: &'static str,
    /// Unit of the numbers; that of the outcome if there is none.
    unit: Option<&'static str>,
}

const TORNADO: Kind = Kind {
    title: "Which assumptions matter",
    subtitle: "Change of the outcome when one input alone moves",
    note: "Bars: mean change against the scenario itself over common random seeds; whiskers: 95% intervals (Student's t). \
           At the right: outcome at the high value minus outcome at the low value, with its 95% interval. The inputs with \
           the largest swings of each block are shown; among many, some are large by chance.",
    bars: &[
        (["at_first", "at_first_low", "at_first_high"], "low value"),
        (["at_last", "at_last_low", "at_last_high"], "high value"),
    ],
    told: ["swing", "swing_low", "swing_high"],
    head: "Swing",
    unit: None,
};

const SCREENING: Kind = Kind {
    title: "Which assumptions matter",
    subtitle: "Change of the outcome between the low and the high value of an input, all inputs moving at once",
    note: "Main effects of a two-level design by least squares, seeds as blocks; whiskers and brackets: 95% intervals (Student's \
           t). A star: p below 5% after Holm's correction for the number of inputs. The inputs with the largest swings are shown.",
    bars: &[(["swing", "swing_low", "swing_high"], "swing")],
    told: ["swing", "swing_low", "swing_high"],
    head: "Swing",
    unit: None,
};

const MORRIS: Kind = Kind {
    title: "Elementary effects",
    subtitle: "Morris screening: change of the outcome per width of the input's range",
    note: "Mean absolute effect with its 95% bootstrap interval over trajectories, and the standard deviation of effects: \
           large where the input interacts with others or acts in a curve.",
    bars: &[
        (["mu_star", "mu_star_low", "mu_star_high"], "mean absolute effect"),
        (["sigma", "", ""], "standard deviation"),
    ],
    told: ["mu_star", "mu_star_low", "mu_star_high"],
    head: "Mean absolute effect",
    unit: None,
};

const SOBOL: Kind = Kind {
    title: "Sobol indices",
    subtitle: "Share of the outcome's variance over the design",
    note: "First index: the input alone. Total index: with all its interactions. Whiskers: 95% bootstrap intervals over rows \
           of the design. Luck counts as an interaction when replicates are few.",
    bars: &[
        (["first", "first_low", "first_high"], "first"),
        (["total", "total_low", "total_high"], "total"),
    ],
    told: ["total", "total_low", "total_high"],
    head: "Total index",
    unit: Some("share of variance"),
};

fn kind(table: &Path) -> &'static Kind {
    match table.file_stem().and_then(|s| s.to_str()) {
        Some("morris") => &MORRIS,
        Some("screening") => &SCREENING,
        Some("sobol") => &SOBOL,
        _ => &TORNADO,
    }
}

/// Every row of a table.
pub(super) fn read(table: &Path) -> Result<Vec<Row>, ReportError> {
    let mut reader = csv::Reader::from_path(table)?;
    Ok(reader.deserialize().collect::<Result<Vec<Row>, _>>()?)
}

/// A number of a row; not a number where there is none.
pub(super) fn number(row: &Row, column: &str) -> f64 {
    row.get(column).and_then(|t| t.parse().ok()).unwrap_or(f64::NAN)
}

/// A text of a row; empty where there is none.
pub(super) fn text<'a>(row: &'a Row, column: &str) -> &'a str {
    row.get(column).map_or("", String::as_str)
}

/// Rows of each arm, outcome and horizon, the largest first, in the order of the file.
fn blocks<'a>(rows: &'a [Row], kind: &Kind) -> Vec<Vec<&'a Row>> {
    let id = |r: &Row| ["arm", "outcome", "horizon"].map(|c| text(r, c).to_owned());
    let mut all: Vec<Vec<&Row>> = Vec::new();
    for row in rows {
        match all.iter_mut().find(|b| id(b[0]) == id(row)) {
            Some(block) => block.push(row),
            None => all.push(vec![row]),
        }
    }
    for block in &mut all {
        block.sort_by(|a, b| number(b, kind.told[0]).abs().total_cmp(&number(a, kind.told[0]).abs()));
    }
    all
}

/// "Effect of land leasing on gdp_real, year 5 [% of baseline]"
fn title(row: &Row, unit: &str) -> String {
    let arm = match text(row, "arm") {
        "" => String::new(),
        arm => format!("Effect of {} on ", arm.replace('_', " ")),
    };
    format!("{arm}{}, year {} [{unit}]", text(row, "outcome"), text(row, "horizon"))
}

/// How the numbers of a block are shown.
fn shown(block: &[&Row], kind: &Kind) -> Shown {
    let ends = block.iter().flat_map(|r| kind.told.map(|c| number(r, c).abs()));
    let largest = ends.filter(|v| v.is_finite()).fold(0.0, f64::max);
    match (kind.unit, block.first()) {
        (None, Some(row)) => units::change(text(row, "unit"), largest),
        (unit, _) => Shown {
            factor: 1.0,
            unit: unit.unwrap_or_default().to_owned(),
        },
    }
}

/// The input, and of two-level designs the values it was moved to; of a list that moves as a whole the input alone.
fn label(row: &Row) -> String {
    let input = text(row, "input");
    let own = text(row, "own");
    let end = |column: &str| match (text(row, column), own) {
        ("", "") => "own".to_owned(),
        ("", value) | (value, _) => match value.parse::<f64>() {
            Ok(number) => units::plain(number),
            Err(_) => value.trim_matches('"').to_owned(),
        },
    };
    let ends = [end("first"), end("last")];
    if !row.contains_key("own") || ends.iter().any(|e| e.starts_with('[')) {
        return input.to_owned();
    }
    format!("{input}  ({} to {})", ends[0], ends[1])
}

/// "+0.12 [+0.08, +0.16]"; without signs where no number is a change, and a plain 0 where nothing moves.
fn told(row: &Row, kind: &Kind, shown: &Shown) -> String {
    let [value, low, high] = kind.told.map(|c| shown.factor * number(row, c));
    let largest = [value, low, high].map(f64::abs).into_iter().fold(0.0, f64::max);
    let digits = match largest {
        NOTHING.. => units::decimals(value.abs().max((high - low) / 2.0)).min(3),
        _ => 0,
    };
    let form = |v: f64| match kind.told[0] {
        "swing" => units::signed(v, digits),
        _ => units::number(v, digits),
    };
    if !low.is_finite() {
        return form(value);
    }
    let [value, low, high] = [value, low, high].map(form);
    let star = if number(row, "p_holm") < LEVEL { " *" } else { "" };
    format!("{value} [{low}, {high}]{star}")
}

/// What makes the numbers of a block doubtful; empty if nothing does.
fn doubts(block: &[&Row]) -> Vec<String> {
    let mut found = Vec::new();
    let Some(row) = block.first().filter(|r| r.contains_key("noise_share")) else {
        return found;
    };
    let rows = number(row, "rows");
    if rows < FEW_ROWS {
        found.push(format!("{rows} rows are few: add points"));
    }
    let far = |column: &str| block.iter().any(|r| (number(r, column) - 0.5).abs() > 0.5 + FAR);
    if rows.is_finite()
        && ["first_low", "first_high", "total_low", "total_high"]
            .into_iter()
            .any(far)
    {
        found.push("intervals go far beyond shares of 0 to 1: add points".to_owned());
    }
    let noise = number(row, "noise_share");
    if noise.is_nan() {
        found.push("luck is not told apart: add replicates".to_owned());
    } else if noise > LOUD {
        found.push(format!(
            "noise_share is {}: add replicates",
            units::number(noise, units::decimals(noise).min(2))
        ));
    }
    found
}

/// The five largest inputs of every block, for a terminal, and what makes them doubtful.
///
/// # Errors
/// If the table cannot be read.
pub fn terminal(table: &Path) -> Result<String, ReportError> {
    let (rows, kind) = (read(table)?, kind(table));
    let mut out = String::new();
    for block in blocks(&rows, kind) {
        let shown = shown(&block, kind);
        out += &format!("{}: {}\n", title(block[0], &shown.unit), kind.head.to_lowercase());
        for row in block.iter().take(5) {
            out += &format!("  {:<52} {}\n", label(row), told(row, kind, &shown));
        }
        let doubts = doubts(&block);
        if !doubts.is_empty() {
            out += &format!("  warning: {}\n", doubts.join("; "));
        }
    }
    Ok(out)
}

/// Part of a figure's file name: outcome and horizon.
fn figure_name(row: &Row) -> String {
    let plain = |t: &str| t.replace(|c: char| !c.is_alphanumeric() && c != '_', "-");
    format!("{}-{}", plain(text(row, "outcome")), plain(text(row, "horizon")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(fields: &[(&str, &str)]) -> Row {
        let owned = fields.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned()));
        owned.collect()
    }

    #[test]
    fn ends_of_an_input_are_named_whatever_they_are() {
        let of = |own: &str, first: &str, last: &str| {
            label(&row(&[("input", "a"), ("own", own), ("first", first), ("last", last)]))
        };
        assert_eq!(of("", "\"2026Q1\"", "\"2026Q3\""), "a  (2026Q1 to 2026Q3)");
        assert_eq!(of("", "\"2026Q2\"", ""), "a  (2026Q2 to own)");
        assert_eq!(of("\"2026Q3\"", "\"2026Q2\"", ""), "a  (2026Q2 to 2026Q3)");
        assert_eq!(of("0.12", "0.05", ""), "a  (0.05 to 0.12)");
        assert_eq!(of("[1.0, 2.0]", "[0.5, 1.0]", ""), "a");
        assert_eq!(label(&row(&[("input", "a")])), "a");
    }

    #[test]
    fn yuan_are_told_in_billions_and_indices_as_shares() {
        let swing = row(&[
            ("outcome", "gdp_real"),
            ("horizon", "1"),
            ("unit", "yuan per quarter"),
            ("swing", "7118434602"),
            ("swing_low", "7118430028"),
            ("swing_high", "7118439176"),
        ]);
        let form = shown(&[&swing], &TORNADO);
        assert_eq!(title(&swing, &form.unit), "gdp_real, year 1 [bn yuan per quarter]");
        assert_eq!(told(&swing, &TORNADO, &form), "+7.12 [+7.12, +7.12]");
        assert_eq!(shown(&[&swing], &SOBOL).unit, "share of variance");
        let of = |value: &str| {
            let fields = [
                ("total", value),
                ("total_low", "0"),
                ("total_high", value),
                ("swing", value),
            ];
            row(&fields)
        };
        let form = shown(&[&of("0.727")], &SOBOL);
        assert_eq!(told(&of("0.727"), &SOBOL, &form), "0.727 [0.000, 0.727]");
        assert_eq!(told(&of("0"), &SOBOL, &form), "0 [0, 0]");
        assert_eq!(told(&of("0"), &TORNADO, &form), "0");
    }

    #[test]
    fn doubtful_indices_are_flagged_and_good_ones_are_not() {
        let of = |low: &str, high: &str, noise: &str, rows: &str| {
            let fields = [
                ("first_low", low),
                ("first_high", "0.3"),
                ("total_low", "0.2"),
                ("total_high", high),
                ("noise_share", noise),
                ("rows", rows),
            ];
            doubts(&[&row(&fields)])
        };
        assert_eq!(of("-0.05", "1.05", "0.02", "256"), Vec::<String>::new());
        assert_eq!(of("-0.05", "4.78", "0.02", "256").len(), 1);
        assert_eq!(of("-0.3", "1.0", "0.02", "256").len(), 1);
        assert_eq!(of("0.0", "1.0", "", "256"), ["luck is not told apart: add replicates"]);
        let all = of("-0.4", "4.78", "2.75", "4");
        assert!(all.len() == 3 && all[0].starts_with("4 rows are few"), "{all:?}");
        assert_eq!(all[2], "noise_share is 2.75: add replicates");
    }
}
