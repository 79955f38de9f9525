//! What a calibration found: estimates in their ranges, fit of the targets, a page, and a summary for a terminal.

use super::ReportError;
use super::page::{Axis, Entry, Page, Panel, Swatch, marker};
use super::render;
use super::scene::{Align, Frame, Scene};
use super::sensitivity::{Row, number, read, text};
use super::style::{Ink, STYLE, fade};
use super::units;
use std::path::{Path, PathBuf};

const ROW: f64 = 30.0;
const NAMES: f64 = 262.0;
const NUMBERS: f64 = 232.0;
const ABOVE: f64 = 28.0;
const BELOW: f64 = 42.0;
/// Errors beyond this are drawn at the edge `[standard errors]`.
const FAR: f64 = 8.0;

mod told;

pub use told::terminal;

/// A folder of a calibration.
pub struct Calibrated {
    folder: PathBuf,
    parameters: Vec<Row>,
    targets: Vec<Row>,
    directions: Vec<Row>,
    manifest: toml::Table,
}

impl Calibrated {
    /// Reads the tables of a folder.
    ///
    /// # Errors
    /// If one cannot be read.
    pub fn load(folder: &Path) -> Result<Self, ReportError> {
        let path = folder.join("manifest.toml");
        let text = std::fs::read_to_string(&path).map_err(|e| ReportError::io(&path, e))?;
        Ok(Self {
            folder: folder.to_owned(),
            parameters: read(&folder.join("parameters.csv"))?,
            targets: read(&folder.join("targets.csv"))?,
            directions: read(&folder.join("directions.csv"))?,
            manifest: text
                .parse()
                .map_err(|e: toml::de::Error| ReportError::Manifest(e.to_string()))?,
        })
    }

    fn said(&self, key: &str) -> String {
        match self.manifest.get(key) {
            Some(toml::Value::String(text)) => text.clone(),
            Some(value) => value.to_string(),
            None => String::new(),
        }
    }

    fn float(&self, key: &str) -> f64 {
        self.manifest
            .get(key)
            .and_then(toml::Value::as_float)
            .unwrap_or(f64::NAN)
    }

    fn flag(&self, key: &str) -> bool {
        self.manifest.get(key).and_then(toml::Value::as_bool) == Some(true)
    }

    /// Number of seeds of an evaluation.
    fn seeds(&self) -> usize {
        let seeds = self.manifest.get("seeds").and_then(toml::Value::as_array);
        seeds.map_or(0, Vec::len)
    }

    /// "recovery: 118 evaluations of 4 seeds, scale 5000; yaosu 0.1.0, program 0123456789abcdef"
    fn stamp(&self) -> String {
        format!(
            "{}: {} evaluations of {} seeds, scale {}, run {}; yaosu {}, program {}",
            self.said("name"),
            self.said("evaluations"),
            self.seeds(),
            self.said("scale"),
            self.said("hash"),
            self.said("version"),
            self.said("program")
        )
    }

    /// "converged: distance 0.91 standard errors, tolerance 1"
    fn verdict(&self) -> String {
        format!(
            "{}: distance {} standard errors, tolerance {}",
            self.said("result"),
            units::number(self.float("distance"), 2),
            self.float("tolerance")
        )
    }
}

/// Digits that tell a value from others of its range.
fn digits(row: &Row) -> usize {
    let width = number(row, "high") - number(row, "low");
    (2.0 - width.log10()).ceil().clamp(0.0, 6.0) as usize
}

/// "0.131 [0.120, 0.142]"
fn estimate(row: &Row) -> String {
    let shown = |c: &str| units::number(number(row, c), digits(row));
    match number(row, "se").is_finite() {
        true => format!(
            "{} [{}, {}]",
            shown("estimate"),
            shown("interval_low"),
            shown("interval_high")
        ),
        false => format!("{} [no end]", shown("estimate")),
    }
}

/// What may be said of an estimate: "identified", "not identified", "at a bound".
fn standing(row: &Row) -> &'static str {
    match (text(row, "identified"), text(row, "at_bound")) {
        ("", _) => "no derivatives",
        (_, "true") => "at a bound",
        ("true", _) => "identified",
        _ => "not identified",
    }
}

fn ink(row: &Row) -> Ink {
    if standing(row) == "identified" {
        STYLE.reform
    } else {
        STYLE.horizons[0]
    }
}

/// Draws both figures into `figures/` and writes `calibration.md`.
///
/// # Errors
/// If a table cannot be read or a file not be written.
pub fn draw(folder: &Path) -> Result<Vec<PathBuf>, ReportError> {
    let c = Calibrated::load(folder)?;
    let figures = c.folder.join("figures");
    std::fs::create_dir_all(&figures).map_err(|e| ReportError::io(&figures, e))?;
    let mut files = render::write(&estimates(&c), &figures.join("estimates"))?.to_vec();
    files.extend(render::write(&fit(&c), &figures.join("fit"))?);
    let page = c.folder.join("calibration.md");
    std::fs::write(&page, told::markdown(&c)).map_err(|e| ReportError::io(&page, e))?;
    files.push(page);
    Ok(files)
}

/// Rows of a block, with names at the left and room for numbers at the right.
fn frame(page: &Page, rows: usize) -> Frame {
    let body = page.body;
    Frame::new(
        body.x + NAMES,
        body.y + ABOVE,
        body.w - NAMES - NUMBERS,
        ROW * rows as f64,
    )
}

fn stripes(scene: &mut Scene, f: Frame, rows: usize) {
    for row in (1..rows).step_by(2) {
        let stripe = Frame::new(f.x - NAMES, f.y + ROW * row as f64, NAMES + f.w + NUMBERS, ROW);
        scene.rect(stripe, fade(STYLE.grid, 0.35));
    }
}

/// Vertical lines and numbers of an axis, and what it measures.
fn across(scene: &mut Scene, panel: &Panel, what: &str) {
    let f = panel.frame;
    for tick in panel.x.ticks() {
        let x = panel.at(tick, 0.0).0;
        scene.line(vec![(x, f.y), (x, f.bottom())], STYLE.grid, STYLE.hair);
        let at = (x, f.bottom() + 5.0 + STYLE.label);
        scene.text(at, panel.x.label(tick), STYLE.label, Align::Center, STYLE.quiet);
    }
    scene.line(vec![(f.x, f.bottom()), (f.right(), f.bottom())], STYLE.axis, STYLE.hair);
    let at = (f.x + 0.5 * f.w, f.bottom() + 10.0 + 2.0 * STYLE.label);
    scene.text(at, what, STYLE.label, Align::Center, STYLE.quiet);
}

/// The name of a row and two texts at its right.
fn labelled(scene: &mut Scene, f: Frame, row: usize, (name, first, second): (&str, &str, &str)) -> f64 {
    let middle = f.y + ROW * (row as f64 + 0.5);
    let baseline = middle + 0.36 * STYLE.label;
    let left = f.x - NAMES + 4.0;
    scene.text((left, baseline), name, STYLE.label + 0.5, Align::Left, STYLE.text);
    let at = (f.right() + 14.0, baseline);
    scene.text(at, first, STYLE.label, Align::Left, STYLE.text);
    let at = (f.right() + NUMBERS, baseline);
    scene.text(at, second, STYLE.label, Align::Right, STYLE.quiet);
    middle
}

fn heads(scene: &mut Scene, f: Frame, (name, first, second): (&str, &str, &str)) {
    let y = f.y - 9.0;
    scene.bold((f.x - NAMES, y), name, STYLE.panel, Align::Left, STYLE.text);
    scene.bold((f.right() + 14.0, y), first, STYLE.label, Align::Left, STYLE.quiet);
    scene.bold((f.right() + NUMBERS, y), second, STYLE.label, Align::Right, STYLE.quiet);
}

/// Estimates with intervals inside their ranges, and planted values where there are any.
fn estimates(c: &Calibrated) -> Scene {
    let made = c.flag("recovery");
    let note = "Each row has its own range. Dot: estimate; line: 95% interval by the sandwich formula, cut at the ends of the \
                range. Orange: the targets tell no more of the parameter than its range does, or it stands at a bound, where \
                an interval means little.";
    let title = if made {
        "Planted and found parameters"
    } else {
        "Estimated parameters"
    };
    let height = ABOVE + ROW * c.parameters.len() as f64 + BELOW;
    let mut page = Page::plain((title, &c.verdict()), height, note, &c.stamp());
    let mut entries = vec![
        Entry::new("identified", STYLE.reform, Swatch::Marker(0)),
        Entry::new("not, or at a bound", STYLE.horizons[0], Swatch::Marker(0)),
    ];
    if made {
        entries.push(Entry::new("planted", STYLE.text, Swatch::Marker(2)));
    }
    page.legend(&entries);
    let f = frame(&page, c.parameters.len());
    let panel = Panel {
        frame: f,
        x: Axis::exact(-0.03, 1.03, 5),
        y: Axis::exact(0.0, 1.0, 1),
    };
    let scene = &mut page.scene;
    stripes(scene, f, c.parameters.len());
    heads(scene, f, ("Parameter", "Estimate [95%]", "Range"));
    across(scene, &panel, "Share of the way from the lower to the upper end");
    for (k, row) in c.parameters.iter().enumerate() {
        let (low, high) = (number(row, "low"), number(row, "high"));
        let shown = |v: f64| units::number(v, digits(row));
        let range = format!("{} to {}", shown(low), shown(high));
        let y = labelled(scene, f, k, (text(row, "key"), &estimate(row), &range));
        let x = |v: f64| panel.at(((v - low) / (high - low)).clamp(0.0, 1.0), 0.0).0;
        scene.line(vec![(x(low), y), (x(high), y)], STYLE.grid, 5.0);
        let ink = ink(row);
        let ends = ["interval_low", "interval_high"].map(|e| number(row, e));
        let ends = if ends[0].is_finite() { ends } else { [low, high] };
        scene.line(vec![(x(ends[0]), y), (x(ends[1]), y)], ink, STYLE.line + 0.6);
        scene.disc((x(number(row, "estimate")), y), 4.2, ink);
        let planted = number(row, "planted");
        if planted.is_finite() {
            marker(scene, (x(planted), y), 2, fade(STYLE.text, 0.75));
        }
    }
    page.scene
}

/// Name of a target: fact with its words, or metric.
fn named(row: &Row) -> String {
    match text(row, "words") {
        "" => text(row, "target").to_owned(),
        words => format!("{} {words}", text(row, "target")),
    }
}

/// Target and model of a row.
fn sides(row: &Row) -> (String, String) {
    let (value, model) = (number(row, "value"), number(row, "model"));
    let least = [value.abs(), model.abs()].into_iter().fold(f64::INFINITY, f64::min);
    let digits = units::decimals(least).max(units::decimals((value - model).abs().max(1e-3)).min(4));
    let digits = if least >= 1000.0 { 0 } else { digits };
    (units::number(value, digits), units::number(model, digits))
}

/// Errors of the targets in standard errors.
fn fit(c: &Calibrated) -> Scene {
    let note = "Model at the estimates less target, over the root of the target's variance and that of the simulated mean. \
                Shaded: two to each side. A hollow end: farther than the axis.";
    let height = ABOVE + ROW * c.targets.len() as f64 + BELOW;
    let mut page = Page::plain(("Fit of the targets", &c.verdict()), height, note, &c.stamp());
    let f = frame(&page, c.targets.len());
    let most = c.targets.iter().map(|r| number(r, "error").abs()).fold(3.0, f64::max);
    let reach = (1.08 * most).min(FAR);
    let panel = Panel {
        frame: f,
        x: Axis::exact(-reach, reach, 8),
        y: Axis::exact(0.0, 1.0, 1),
    };
    let scene = &mut page.scene;
    stripes(scene, f, c.targets.len());
    let x = |v: f64| panel.at(v.clamp(-reach, reach), 0.0).0;
    scene.rect(
        Frame::new(x(-2.0), f.y, x(2.0) - x(-2.0), f.h),
        fade(STYLE.reform, 0.08),
    );
    heads(scene, f, ("Target", "Target, model", "Error"));
    across(scene, &panel, "Standard errors");
    scene.line(vec![(x(0.0), f.y), (x(0.0), f.bottom())], STYLE.axis, 1.6 * STYLE.hair);
    for (k, row) in c.targets.iter().enumerate() {
        let error = number(row, "error");
        let (value, model) = sides(row);
        let told = format!("{value}, {model}");
        let y = labelled(scene, f, k, (&named(row), &told, &units::signed(error, 2)));
        let ink = if error.abs() <= 2.0 {
            STYLE.reform
        } else {
            STYLE.horizons[0]
        };
        scene.line(vec![(x(0.0), y), (x(error), y)], ink, STYLE.line);
        scene.disc((x(error), y), 4.2, ink);
        if error.abs() > reach {
            scene.disc((x(error), y), 2.0, STYLE.paper);
        }
    }
    page.scene
}
