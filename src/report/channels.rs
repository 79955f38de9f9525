//! Channels of the effect on output: parts stacked from zero, gains to the right and losses to the left.

use super::Skip;
use super::compared::{Compared, Row, readable};
use super::data::Run;
use super::page::{Axis, Entry, Page, Panel, Swatch, marker, years_text};
use super::scene::{Align, Frame, Scene};
use super::spec::FigureSpec;
use super::stats::of_seeds;
use super::style::STYLE;
use super::units;

const ROW: f64 = 26.0;
const NAMES: f64 = 170.0;
const NUMBERS: f64 = 70.0;
const ABOVE: f64 = 26.0;
const BELOW: f64 = 28.0;
const LEGEND: f64 = 56.0;

/// One panel a horizon, one row an arm.
pub fn draw(run: &Run, tables: &Compared, spec: &FigureSpec) -> Result<Scene, Skip> {
    let mut names: Vec<&str> = Vec::new();
    for row in &tables.channels {
        if !names.contains(&row.channel.as_str()) {
            names.push(&row.channel);
        }
    }
    let arms = tables.arms();
    if names.is_empty() || arms.is_empty() {
        return Err(Skip("no channels in this folder".to_owned()));
    }
    let tall = ABOVE + ROW * arms.len() as f64 + BELOW;
    let height = LEGEND + tall * tables.horizons.len() as f64;
    let subtitle = format!(
        "Parts of the effect on real GDP [% of baseline], {}",
        of_seeds(
            tables.seeds(),
            "mean of the seeds; intervals in channels.csv and tables"
        )
    );
    let mut page = Page::new(run, spec, &subtitle, height, &[]);
    legend(&mut page, &names);
    let ends = tables.horizons.iter().flat_map(|&years| {
        let arms = arms.iter();
        arms.flat_map(move |arm| {
            let parts = parts(tables, arm, years, &[]);
            [
                parts.iter().filter(|v| **v < 0.0).sum::<f64>(),
                parts.iter().filter(|v| **v > 0.0).sum(),
            ]
        })
    });
    let x = Axis::around(ends.chain([0.0]), 8);
    for (h, &years) in tables.horizons.iter().enumerate() {
        let top = page.body.y + LEGEND + tall * h as f64;
        let frame = Frame::new(
            page.body.x + NAMES,
            top + ABOVE,
            page.body.w - NAMES - NUMBERS,
            ROW * arms.len() as f64,
        );
        let panel = Panel {
            frame,
            x: x.clone(),
            y: Axis::exact(0.0, 1.0, 1),
        };
        let title = format!("After {}", years_text(years));
        let at = (page.body.x, top + ABOVE - 8.0);
        page.scene.bold(at, title, STYLE.panel, Align::Left, STYLE.text);
        ground(&mut page.scene, &panel);
        for (k, arm) in arms.iter().enumerate() {
            let middle = frame.y + ROW * (k as f64 + 0.5);
            row(
                &mut page,
                &panel,
                middle,
                &readable(arm),
                &parts(tables, arm, years, &names),
            );
        }
    }
    Ok(page.scene)
}

/// Values of an arm's channels at a horizon: in the order of `names`, or of the file.
fn parts(tables: &Compared, arm: &str, years: f64, names: &[&str]) -> Vec<f64> {
    let here = |r: &&Row| r.lever == arm && r.horizon_years == years;
    let rows = tables.channels.iter().filter(here);
    let mean = |r: &Row| r.value.interval(1.0).map_or(0.0, |i| i.mean);
    if names.is_empty() {
        return rows.map(mean).collect();
    }
    let of = |name: &&str| rows.clone().find(|r| r.channel == *name).map_or(0.0, mean);
    names.iter().map(of).collect()
}

/// One arm: its parts, and their sum as a diamond and a number.
fn row(page: &mut Page, panel: &Panel, middle: f64, name: &str, parts: &[f64]) {
    let (body, scene) = (page.body, &mut page.scene);
    let baseline = middle + 0.36 * STYLE.label;
    scene.text(
        (body.x + 4.0, baseline),
        name,
        STYLE.label + 0.8,
        Align::Left,
        STYLE.text,
    );
    let (mut low, mut high) = (0.0, 0.0);
    for (k, &value) in parts.iter().enumerate() {
        let from = if value < 0.0 { &mut low } else { &mut high };
        let to = *from + value;
        let (a, b) = (panel.at(*from, 0.0).0, panel.at(to, 0.0).0);
        let bar = Frame::new(a.min(b), middle - 7.5, (b - a).abs(), 15.0);
        scene.rect(bar, STYLE.parts[k % STYLE.parts.len()]);
        *from = to;
    }
    let sum: f64 = parts.iter().sum();
    marker(scene, (panel.at(sum, 0.0).0, middle), 2, STYLE.text);
    let text = units::signed(sum, 3);
    scene.text((body.right(), baseline), text, STYLE.label, Align::Right, STYLE.text);
}

/// Grid, zero and numbers of the horizontal axis.
fn ground(scene: &mut Scene, panel: &Panel) {
    let f = panel.frame;
    for tick in panel.x.ticks() {
        let x = panel.at(tick, 0.0).0;
        let zero = tick.abs() < 1e-9 * panel.x.step;
        let (ink, width) = if zero { (STYLE.axis, 1.6) } else { (STYLE.grid, 1.0) };
        scene.line(vec![(x, f.y), (x, f.bottom())], ink, width * STYLE.hair);
        let at = (x, f.bottom() + 5.0 + STYLE.label);
        scene.text(at, panel.x.label(tick), STYLE.label, Align::Center, STYLE.quiet);
    }
}

/// Names of the channels in two lines.
fn legend(page: &mut Page, names: &[&str]) {
    let wide = page.body.w / 4.0;
    for (k, name) in names.iter().enumerate() {
        let entry = Entry::new(readable(name), STYLE.parts[k % STYLE.parts.len()], Swatch::Block);
        let at = (
            page.body.x + wide * (k % 4) as f64,
            page.body.y + 10.0 + 16.0 * (k / 4) as f64,
        );
        entry.draw(&mut page.scene, at, STYLE.label + 0.5);
    }
}
