//! Which inputs matter: tornado figures and bars of indices, from the table of `yaosu sensitivity`.

use super::ReportError;
use super::page::{Axis, Entry, Page, Panel, Swatch};
use super::render;
use super::scene::{Align, Frame, Scene};
use super::style::{Ink, STYLE, fade};
use super::units;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

const ROW: f64 = 24.0;
const NAMES: f64 = 300.0;
const NUMBERS: f64 = 130.0;
const ABOVE: f64 = 30.0;
const BELOW: f64 = 28.0;

/// Inputs of a block that are drawn.
const MOST: usize = 10;

/// Level of significance of screening designs.
const LEVEL: f64 = 0.05;

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
};

const SCREENING: Kind = Kind {
    title: "Which assumptions matter",
    subtitle: "Change of the outcome between the low and the high value of an input, all inputs moving at once",
    note: "Main effects of a two-level design by least squares, seeds as blocks; whiskers and brackets: 95% intervals (Student's \
           t). A star: p below 5% after Holm's correction for the number of inputs. The inputs with the largest swings are shown.",
    bars: &[(["swing", "swing_low", "swing_high"], "swing")],
    told: ["swing", "swing_low", "swing_high"],
    head: "Swing",
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
fn title(row: &Row) -> String {
    let arm = match text(row, "arm") {
        "" => String::new(),
        arm => format!("Effect of {} on ", arm.replace('_', " ")),
    };
    let what = format!("{arm}{}, year {}", text(row, "outcome"), text(row, "horizon"));
    format!("{what} [{}]", text(row, "unit"))
}

/// Draws a figure for each outcome and horizon, with a block for each arm, into `figures/` beside the table.
///
/// # Errors
/// If the table cannot be read or a picture not be written.
pub fn draw(table: &Path, stamp: &str) -> Result<Vec<PathBuf>, ReportError> {
    let (rows, kind) = (read(table)?, kind(table));
    let folder = table.parent().unwrap_or(Path::new(".")).join("figures");
    std::fs::create_dir_all(&folder).map_err(|e| ReportError::io(&folder, e))?;
    let mut figures: BTreeMap<String, Vec<Vec<&Row>>> = BTreeMap::new();
    for block in blocks(&rows, kind) {
        let name = figure_name(block[0]);
        figures.entry(name).or_default().push(block);
    }
    let stem = table.file_stem().and_then(|s| s.to_str()).unwrap_or("sensitivity");
    let mut files = Vec::new();
    for (name, blocks) in figures {
        files.extend(render::write(
            &page(kind, &blocks, stamp),
            &folder.join(format!("{stem}-{name}")),
        )?);
    }
    Ok(files)
}

/// Part of a figure's file name: outcome and horizon.
fn figure_name(row: &Row) -> String {
    let plain = |t: &str| t.replace(|c: char| !c.is_alphanumeric() && c != '_', "-");
    format!("{}-{}", plain(text(row, "outcome")), plain(text(row, "horizon")))
}

fn inks() -> [Ink; 2] {
    [STYLE.horizons[0], STYLE.reform]
}

fn page(kind: &Kind, blocks: &[Vec<&Row>], stamp: &str) -> Scene {
    let height = blocks
        .iter()
        .map(|b| ABOVE + ROW * b.len().min(MOST) as f64 + BELOW)
        .sum();
    let mut page = Page::plain((kind.title, kind.subtitle), height, kind.note, stamp);
    let entries = kind.bars.iter().zip(inks());
    let entries: Vec<Entry> = entries
        .map(|(bar, ink)| Entry::new(bar.1, ink, Swatch::Block))
        .collect();
    page.legend(&entries);
    let mut y = page.body.y;
    for block in blocks {
        y = draw_block(&mut page, kind, y, &block[..block.len().min(MOST)]);
    }
    page.scene
}

/// One block from `top` down; returns where the next begins.
fn draw_block(page: &mut Page, kind: &Kind, top: f64, rows: &[&Row]) -> f64 {
    let (body, scene) = (page.body, &mut page.scene);
    let f = Frame::new(
        body.x + NAMES,
        top + ABOVE,
        body.w - NAMES - NUMBERS,
        ROW * rows.len() as f64,
    );
    let ends = rows
        .iter()
        .flat_map(|r| kind.bars.iter().flat_map(|b| b.0.map(|c| number(r, c))));
    let panel = Panel {
        frame: f,
        x: Axis::around(ends.chain([0.0]), 6),
        y: Axis::exact(0.0, 1.0, 1),
    };
    scene.bold(
        (body.x, f.y - 9.0),
        title(rows[0]),
        STYLE.panel,
        Align::Left,
        STYLE.text,
    );
    scene.bold(
        (body.right(), f.y - 9.0),
        kind.head,
        STYLE.label,
        Align::Right,
        STYLE.quiet,
    );
    ground(scene, &panel, body.x, body.right(), rows.len());
    for (k, row) in rows.iter().enumerate() {
        let middle = f.y + ROW * (k as f64 + 0.5);
        let baseline = middle + 0.36 * STYLE.label;
        scene.text(
            (body.x + 4.0, baseline),
            label(row),
            STYLE.label,
            Align::Left,
            STYLE.text,
        );
        for (b, (columns, _)) in kind.bars.iter().enumerate() {
            bar(
                scene,
                &panel,
                middle + (b as f64 - 0.5 * (kind.bars.len() - 1) as f64) * 9.0,
                columns.map(|c| number(row, c)),
                inks()[b],
            );
        }
        scene.text(
            (body.right(), baseline),
            told(row, kind),
            STYLE.label,
            Align::Right,
            STYLE.text,
        );
    }
    f.bottom() + BELOW
}

/// The input, and of a one-at-a-time design the values it was moved to.
fn label(row: &Row) -> String {
    let input = text(row, "input");
    let short = |t: &str| match t.parse::<f64>() {
        Ok(v) => units::number(v, units::decimals(v.abs()).min(4)),
        Err(_) => "list".to_owned(),
    };
    if !row.contains_key("own") || text(row, "own").starts_with('[') {
        return input.to_owned();
    }
    let own = text(row, "own");
    let end = |c: &str| if text(row, c).is_empty() { own } else { text(row, c) };
    format!("{input}  ({} to {})", short(end("first")), short(end("last")))
}

/// "+0.12 [+0.08, +0.16]"
fn told(row: &Row, kind: &Kind) -> String {
    let [value, low, high] = kind.told.map(|c| number(row, c));
    let digits = units::decimals(value.abs().max((high - low) / 2.0)).min(3);
    if !low.is_finite() {
        return units::signed(value, digits);
    }
    let [value, low, high] = [value, low, high].map(|v| units::signed(v, digits));
    let star = if number(row, "p_holm") < LEVEL { " *" } else { "" };
    format!("{value} [{low}, {high}]{star}")
}

fn bar(scene: &mut Scene, panel: &Panel, y: f64, [value, low, high]: [f64; 3], ink: Ink) {
    if !value.is_finite() {
        return;
    }
    let x = |v: f64| panel.at(v, 0.0).0;
    let (left, right) = (x(value.min(0.0)), x(value.max(0.0)));
    scene.rect(Frame::new(left, y - 4.0, (right - left).max(0.5), 8.0), ink);
    if low.is_finite() && high.is_finite() {
        scene.line(vec![(x(low), y), (x(high), y)], STYLE.text, STYLE.hair * 1.4);
    }
}

/// Stripes, grid, zero line and numbers.
fn ground(scene: &mut Scene, panel: &Panel, left: f64, right: f64, rows: usize) {
    let f = panel.frame;
    for row in (1..rows).step_by(2) {
        scene.rect(
            Frame::new(left, f.y + ROW * row as f64, right - left, ROW),
            fade(STYLE.grid, 0.35),
        );
    }
    for tick in panel.x.ticks() {
        let x = panel.at(tick, 0.0).0;
        let zero = tick.abs() < 1e-9 * panel.x.step;
        let (ink, width) = if zero { (STYLE.axis, 1.6) } else { (STYLE.grid, 1.0) };
        scene.line(vec![(x, f.y), (x, f.bottom())], ink, width * STYLE.hair);
        let at = (x, f.bottom() + 5.0 + STYLE.label);
        scene.text(at, panel.x.label(tick), STYLE.label, Align::Center, STYLE.quiet);
    }
}

/// The five largest inputs of every block, for a terminal.
///
/// # Errors
/// If the table cannot be read.
pub fn terminal(table: &Path) -> Result<String, ReportError> {
    let (rows, kind) = (read(table)?, kind(table));
    let mut out = String::new();
    for block in blocks(&rows, kind) {
        out += &format!("{}: {}\n", title(block[0]), kind.head.to_lowercase());
        for row in block.iter().take(5) {
            out += &format!("  {:<52} {}\n", label(row), told(row, kind));
        }
    }
    Ok(out)
}

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
    all.iter().for_each(|block| t += &overview(block));
    t += "\nTables follow where an input is established.\n";
    let told = all.iter().filter(|b| established(b).next().is_some());
    told.for_each(|block| t += &block_text(block));
    let path = table.with_file_name("sensitivity.md");
    std::fs::write(&path, t).map_err(|e| ReportError::io(&path, e))?;
    Ok(Some(path))
}

/// Rows of a block that stand after Holm's correction, the largest swing first.
fn established<'a>(block: &'a [&'a Row]) -> impl Iterator<Item = &'a &'a Row> {
    block.iter().filter(|r| number(r, "p_holm") < LEVEL)
}

/// One line of the table of outcomes.
fn overview(block: &[&Row]) -> String {
    let base = number(block[0], "base");
    let digits = units::decimals(base.abs()).min(4);
    let one = |r: &&Row| {
        let swing = number(r, "swing");
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
    format!("| {} | {} | {told} |\n", title(block[0]), units::signed(base, digits))
}

/// A heading, what is established, and the largest swings of a block.
fn block_text(block: &[&Row]) -> String {
    let sure = established(block).count();
    let mut errors: Vec<f64> = block.iter().map(|r| number(r, "swing_se")).collect();
    errors.sort_by(f64::total_cmp);
    let middle = errors.get(errors.len() / 2).copied().unwrap_or(f64::NAN);
    let digits = units::decimals(middle).min(4);
    let shown = |r: &Row, column: &str| units::signed(number(r, column), digits);
    let mut t = format!(
        "\n## {}\n\nMean over the design {}; {sure} of {} inputs established; median standard error of a swing {}; {} \
         runs.\n\n| input | low to high | swing | standard error | p after Holm |\n|---|---|---|---|---|\n",
        title(block[0]),
        units::signed(number(block[0], "base"), digits),
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
        let error = units::number(number(row, "swing_se"), digits);
        t += &format!("| `{input}` | {ends} | {} | {error} | {p} |\n", shown(row, "swing"));
    }
    t
}
