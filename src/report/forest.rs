//! Effects at the horizons with their intervals: a forest plot over metrics, bars over groups.

use super::Skip;
use super::compared::{Compared, estimate, readable};
use super::data::Run;
use super::page::{Axis, Page, Panel, Swatch, horizon_legend, marker};
use super::scene::{Align, Frame, Scene};
use super::spec::{FigureSpec, Item};
use super::stats::Interval;
use super::style::{STYLE, fade};
use super::track::Track;
use super::units;

const ROW: f64 = 31.0;
const NAMES: f64 = 190.0;
const NUMBERS: f64 = 170.0;
const ABOVE: f64 = 30.0;
const BELOW: f64 = 26.0;

/// One row: its label, and intervals with the number of their horizon.
pub struct Line {
    /// What the row is.
    pub label: String,
    /// Number of the horizon (0 to 2) and interval.
    pub points: Vec<(usize, Interval)>,
}

/// How a block shows intervals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Show {
    /// A marker on a line.
    Dots,
    /// A bar from zero with a whisker.
    Bars,
}

/// Height of a block with a number of rows, title and numbers of the axis included.
pub fn block_height(rows: usize) -> f64 {
    ABOVE + ROW * rows as f64 + BELOW
}

/// A forest plot: one block per unit, so that every block has one honest axis. A comparison shows its own estimates of
/// the package.
pub fn draw(run: &Run, tables: Option<&Compared>, spec: &FigureSpec, items: &[Item]) -> Result<Scene, Skip> {
    if run.reform.is_none() {
        return Err(Skip::one_scenario());
    }
    let mut blocks: Vec<(String, Vec<Line>)> = Vec::new();
    for item in items {
        let found = match tables {
            Some(tables) => tables.effects_on(item, &tables.package),
            None => run
                .effect(item, item.region)
                .map(|track| (track.unit.clone(), at_horizons(run, &track))),
        };
        let Some((unit, points)) = found else { continue };
        let line = Line {
            label: item.label.to_owned(),
            points,
        };
        match blocks.iter_mut().find(|b| b.0 == unit) {
            Some(block) => block.1.push(line),
            None => blocks.push((unit, vec![line])),
        }
    }
    if blocks.is_empty() {
        return Err(Skip::missing(items.iter().map(|i| i.metric)));
    }
    // Units shared by many metrics first.
    blocks.sort_by_key(|b| std::cmp::Reverse(b.1.len()));
    let height = blocks.iter().map(|b| block_height(b.1.len())).sum();
    let longest = run.horizons().last().map_or(0.0, |h| h.0);
    let subtitle = format!(
        "Reform minus baseline, {}; one block per unit",
        run.of_seeds("mean and 95% interval across seeds")
    );
    let mut page = Page::new(run, spec, &subtitle, height, &[]);
    page.legend(&horizon_legend(run, Swatch::Marker));
    let mut y = page.body.y;
    for (k, (unit, lines)) in blocks.iter().enumerate() {
        let title = match unit.as_str() {
            "" | "index" => "units of the index",
            "ratio" => "units of the ratio",
            unit => unit,
        };
        let head = (k == 0).then_some(longest);
        y = block(&mut page, y, &format!("Effect in {title}"), lines, Show::Dots, head);
    }
    Ok(page.scene)
}

/// The effect at each horizon, with the number of its marker and colour.
fn at_horizons(run: &Run, track: &Track) -> Vec<(usize, Interval)> {
    let horizons = run.horizons();
    let first = 3 - horizons.len();
    let at = |(k, h): (usize, &(f64, i32))| Some((first + k, track.at(h.1)?));
    horizons.iter().enumerate().filter_map(at).collect()
}

/// Rows on one axis from `top` down; returns where the next block begins. `head` names the numbers at the right: those
/// of the longest horizon.
pub fn block(page: &mut Page, top: f64, title: &str, lines: &[Line], show: Show, head: Option<f64>) -> f64 {
    let (body, scene) = (page.body, &mut page.scene);
    let f = Frame {
        x: body.x + NAMES,
        y: top + ABOVE,
        w: body.w - NAMES - NUMBERS,
        h: ROW * lines.len() as f64,
    };
    let ends = lines.iter().flat_map(|l| &l.points).flat_map(|(_, i)| [i.low, i.high]);
    let panel = Panel {
        frame: f,
        x: Axis::around(ends.chain([0.0]), 8),
        y: Axis::exact(0.0, 1.0, 1),
    };
    ground(scene, &panel, lines.len());
    // short runs have the last horizons only
    let first = lines.iter().flat_map(|l| &l.points).map(|p| p.0).min();
    let centre = 0.5 * (first.unwrap_or(0) as f64 + 2.0);
    scene.bold((body.x, f.y - 9.0), title, STYLE.panel, Align::Left, STYLE.text);
    if let Some(years) = head {
        let head = format!("After {}", super::page::years_text(years));
        scene.bold((body.right(), f.y - 9.0), head, STYLE.label, Align::Right, STYLE.quiet);
    }
    for (row, line) in lines.iter().enumerate() {
        let middle = f.y + ROW * (row as f64 + 0.5);
        let baseline = middle + 0.36 * STYLE.label;
        let at = (body.x + 4.0, baseline);
        scene.text(at, line.label.clone(), STYLE.label + 0.8, Align::Left, STYLE.text);
        for (k, i) in &line.points {
            let y = middle + (*k as f64 - centre) * 8.0;
            mark(scene, &panel, y, *k, i, show);
        }
        if let Some((_, i)) = line.points.last() {
            let at = (body.right(), baseline);
            scene.text(at, effect_text(i), STYLE.label, Align::Right, STYLE.text);
        }
    }
    f.bottom() + BELOW
}

/// One interval of a block.
fn mark(scene: &mut Scene, panel: &Panel, y: f64, horizon: usize, i: &Interval, show: Show) {
    let x = |value: f64| panel.at(value, 0.0).0;
    let ink = STYLE.horizons[horizon];
    let whisker = vec![(x(i.low), y), (x(i.high), y)];
    match show {
        Show::Dots => {
            scene.line(whisker, ink, STYLE.line);
            marker(scene, (x(i.mean), y), horizon, ink);
        }
        Show::Bars => {
            let (left, right) = (x(i.mean.min(0.0)), x(i.mean.max(0.0)));
            scene.rect(Frame::new(left, y - 3.5, (right - left).max(0.5), 7.0), ink);
            scene.line(whisker, STYLE.text, STYLE.hair * 1.5);
        }
    }
}

/// Stripes, vertical grid, zero line and numbers of a block.
fn ground(scene: &mut Scene, panel: &Panel, rows: usize) {
    let f = panel.frame;
    for row in (1..rows).step_by(2) {
        let top = f.y + ROW * row as f64;
        let stripe = Frame::new(f.x - NAMES, top, NAMES + f.w + NUMBERS, ROW);
        scene.rect(stripe, fade(STYLE.grid, 0.35));
    }
    for tick in panel.x.ticks() {
        let x = panel.at(tick, 0.0).0;
        let zero = tick.abs() < 1e-9 * panel.x.step;
        let (ink, width) = if zero { (STYLE.axis, 1.6) } else { (STYLE.grid, 1.0) };
        scene.line(vec![(x, f.y), (x, f.bottom())], ink, width * STYLE.hair);
        let at = (x, f.bottom() + 5.0 + STYLE.label);
        scene.text(at, panel.x.label(tick), STYLE.label, Align::Center, STYLE.quiet);
    }
    let ends = vec![(f.x, f.bottom()), (f.right(), f.bottom())];
    scene.line(ends, STYLE.axis, STYLE.hair);
}

/// "+1.23 [+0.98, +1.48]"
pub fn effect_text(i: &Interval) -> String {
    let digits = units::decimals(i.mean.abs().max((i.high - i.low) / 2.0)).min(3);
    let mean = units::signed(i.mean, digits);
    if i.n < 2 {
        return mean;
    }
    format!(
        "{mean} [{}, {}]",
        units::signed(i.low, digits),
        units::signed(i.high, digits)
    )
}

/// Bars by group, one per horizon, with whiskers.
pub fn bars(run: &Run, spec: &FigureSpec, item: &Item, groups: &[(&'static str, &str)]) -> Result<Scene, Skip> {
    const HEIGHT: f64 = 330.0;
    if run.reform.is_none() {
        return Err(Skip::one_scenario());
    }
    let effect = |(group, label): &(&'static str, &str)| {
        Some(((*label).to_owned(), run.effect(&item.group(group), item.region)?))
    };
    let tracks: Vec<(String, Track)> = groups.iter().filter_map(effect).collect();
    let Some(unit) = tracks.first().map(|t| t.1.unit.clone()) else {
        return Err(Skip::missing([item.metric]));
    };
    let ends = tracks
        .iter()
        .flat_map(|t| at_horizons(run, &t.1))
        .flat_map(|(_, i)| [i.low, i.high]);
    let y = Axis::around(ends.chain([0.0]), 6);
    let subtitle = format!("{}: reform minus baseline, {unit}", item.label);
    let mut page = Page::new(run, spec, &subtitle, HEIGHT, &[]);
    page.legend(&horizon_legend(run, |_| Swatch::Block));
    let frame = Frame::new(page.body.x + 40.0, page.body.y + 8.0, page.body.w - 40.0, HEIGHT - 34.0);
    let panel = Panel {
        frame,
        x: Axis::exact(0.0, tracks.len() as f64, 1),
        y,
    };
    panel.grid(&mut page.scene);
    let count = run.horizons().len();
    let wide = 0.66 / count as f64;
    for (g, (label, track)) in tracks.iter().enumerate() {
        for (k, i) in at_horizons(run, track) {
            let left = g as f64 + 0.17 + wide * (k + count - 3) as f64;
            bar(&mut page.scene, &panel, (left, left + wide * 0.92), k, &i);
        }
        let at = (panel.at(g as f64 + 0.5, 0.0).0, frame.bottom() + 16.0);
        page.scene
            .text(at, label.clone(), STYLE.label + 0.8, Align::Center, STYLE.text);
    }
    panel.zero(&mut page.scene);
    Ok(page.scene)
}

/// One bar from zero to the mean, with a whisker.
fn bar(scene: &mut Scene, panel: &Panel, (left, right): (f64, f64), k: usize, i: &Interval) {
    let (x0, y0) = panel.at(left, i.mean.max(0.0));
    let (x1, y1) = panel.at(right, i.mean.min(0.0));
    scene.rect(Frame::new(x0, y0, x1 - x0, (y1 - y0).max(0.5)), STYLE.horizons[k]);
    if i.n < 2 {
        return;
    }
    let x = (x0 + x1) / 2.0;
    let (top, low) = (panel.at(0.0, i.high).1, panel.at(0.0, i.low).1);
    let strokes = [
        [(x, top), (x, low)],
        [(x - 4.0, top), (x + 4.0, top)],
        [(x - 4.0, low), (x + 4.0, low)],
    ];
    for stroke in strokes {
        scene.line(stroke.to_vec(), STYLE.text, STYLE.hair * 1.5);
    }
}

/// Effects of every lever and the package, a block a metric.
pub fn levers(run: &Run, tables: &Compared, spec: &FigureSpec, items: &[Item]) -> Result<Scene, Skip> {
    let mut blocks: Vec<(String, Vec<Line>)> = Vec::new();
    for item in items {
        let mut title = None;
        let mut lines = Vec::new();
        for arm in tables.arms() {
            let Some((unit, points)) = tables.effects_on(item, arm) else {
                continue;
            };
            title.get_or_insert(format!("{} ({unit})", item.label));
            lines.push(Line {
                label: readable(arm),
                points,
            });
        }
        blocks.extend(title.map(|title| (title, lines)));
    }
    if blocks.is_empty() {
        return Err(Skip::missing(items.iter().map(|i| i.metric)));
    }
    let height = blocks.iter().map(|b| block_height(b.1.len())).sum();
    let subtitle = format!("Each alone against the baseline, {}", estimate(tables.seeds()));
    let mut page = Page::new(run, spec, &subtitle, height, &[]);
    page.legend(&horizon_legend(run, Swatch::Marker));
    let mut y = page.body.y;
    for (k, (title, lines)) in blocks.iter().enumerate() {
        let head = (k == 0).then(|| tables.longest());
        y = block(&mut page, y, title, lines, Show::Dots, head);
    }
    Ok(page.scene)
}
