//! Figures: a block of bars for each arm, a figure for each outcome and horizon.

use super::{Kind, Row, blocks, doubts, figure_name, kind, label, number, read, shown, title, told};
use crate::report::ReportError;
use crate::report::page::{Axis, Entry, Page, Panel, Swatch};
use crate::report::render;
use crate::report::scene::{Align, Frame, Scene, text_width};
use crate::report::style::{Ink, STYLE, fade};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

const ROW: f64 = 24.0;
const ABOVE: f64 = 30.0;
const WARNING: f64 = 14.0;
const BELOW: f64 = 28.0;

/// Inputs of a block that are drawn.
const MOST: usize = 10;

/// Shares of a variance are drawn between these; the numbers beside tell those beyond.
const SHARES: (f64, f64) = (-0.5, 1.5);

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

fn inks() -> [Ink; 2] {
    [STYLE.horizons[0], STYLE.reform]
}

/// Widths of the names and of the numbers, the same for every block of a page.
struct Columns {
    names: f64,
    numbers: f64,
}

impl Columns {
    fn of(kind: &Kind, blocks: &[&[&Row]]) -> Self {
        let widest = |texts: &mut dyn Iterator<Item = String>| {
            texts.map(|t| text_width(&t, STYLE.label, false)).fold(0.0, f64::max)
        };
        let rows = || blocks.iter().flat_map(|b| b.iter().map(move |r| (r, *b)));
        let names = widest(&mut rows().map(|(r, _)| label(r)));
        let numbers = widest(&mut rows().map(|(r, b)| told(r, kind, &shown(b, kind))));
        Self {
            names: (names + 20.0).clamp(120.0, 0.45 * STYLE.width),
            numbers: numbers.max(text_width(kind.head, STYLE.label, true)) + 14.0,
        }
    }
}

/// Room above the bars of a block.
fn above(rows: &[&Row]) -> f64 {
    if doubts(rows).is_empty() {
        ABOVE
    } else {
        ABOVE + WARNING
    }
}

fn page(kind: &Kind, blocks: &[Vec<&Row>], stamp: &str) -> Scene {
    let blocks: Vec<&[&Row]> = blocks.iter().map(|b| &b[..b.len().min(MOST)]).collect();
    let height = blocks.iter().map(|b| above(b) + ROW * b.len() as f64 + BELOW).sum();
    let mut page = Page::plain((kind.title, kind.subtitle), height, kind.note, stamp);
    let entries = kind.bars.iter().zip(inks());
    let entries: Vec<Entry> = entries
        .map(|(bar, ink)| Entry::new(bar.1, ink, Swatch::Block))
        .collect();
    page.legend(&entries);
    let columns = Columns::of(kind, &blocks);
    let mut y = page.body.y;
    for block in blocks {
        y = draw_block(&mut page, kind, y, block, &columns);
    }
    page.scene
}

/// The axis of a block's bars: shares of a variance no further than they mean something.
fn axis(kind: &Kind, rows: &[&Row], factor: f64) -> Axis {
    let ends = rows
        .iter()
        .flat_map(|r| kind.bars.iter().flat_map(|b| b.0.map(|c| factor * number(r, c))));
    match kind.unit {
        Some(_) => Axis::around(ends.chain([0.0, 1.0]).map(|v| v.clamp(SHARES.0, SHARES.1)), 6),
        None => Axis::around(ends.chain([0.0]), 6),
    }
}

/// One block from `top` down; returns where the next begins.
fn draw_block(page: &mut Page, kind: &Kind, top: f64, rows: &[&Row], columns: &Columns) -> f64 {
    let (body, scene) = (page.body, &mut page.scene);
    let form = shown(rows, kind);
    let f = Frame::new(
        body.x + columns.names,
        top + above(rows),
        body.w - columns.names - columns.numbers,
        ROW * rows.len() as f64,
    );
    let panel = Panel {
        frame: f,
        x: axis(kind, rows, form.factor),
        y: Axis::exact(0.0, 1.0, 1),
    };
    let head = top + ABOVE - 9.0;
    let name = title(rows[0], &form.unit);
    scene.bold((body.x, head), name, STYLE.panel, Align::Left, STYLE.text);
    scene.bold((body.right(), head), kind.head, STYLE.label, Align::Right, STYLE.quiet);
    let doubts = doubts(rows);
    if !doubts.is_empty() {
        let warning = format!("Warning: {}.", doubts.join("; "));
        let at = (body.x, head + WARNING);
        scene.text(at, warning, STYLE.label, Align::Left, STYLE.parts[5]);
    }
    ground(scene, &panel, body.x, body.right(), rows.len());
    for (k, row) in rows.iter().enumerate() {
        let middle = f.y + ROW * (k as f64 + 0.5);
        let baseline = middle + 0.36 * STYLE.label;
        let at = (body.x + 4.0, baseline);
        scene.text(at, label(row), STYLE.label, Align::Left, STYLE.text);
        for (b, (ends, _)) in kind.bars.iter().enumerate() {
            let y = middle + (b as f64 - 0.5 * (kind.bars.len() - 1) as f64) * 9.0;
            let ends = ends.map(|c| form.factor * number(row, c));
            bar(scene, &panel, y, ends, inks()[b]);
        }
        let at = (body.right() - 4.0, baseline);
        scene.text(at, told(row, kind, &form), STYLE.label, Align::Right, STYLE.text);
    }
    f.bottom() + BELOW
}

/// A bar from zero with its interval, as far as the axis goes.
fn bar(scene: &mut Scene, panel: &Panel, y: f64, [value, low, high]: [f64; 3], ink: Ink) {
    if !value.is_finite() {
        return;
    }
    let x = |v: f64| panel.at(v.clamp(panel.x.low, panel.x.high), 0.0).0;
    let (left, right) = (x(value.min(0.0)), x(value.max(0.0)));
    if value != 0.0 {
        scene.rect(Frame::new(left, y - 4.0, (right - left).max(0.5), 8.0), ink);
    }
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
