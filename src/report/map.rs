//! A map of the districts as equal tiles: an effect on a diverging scale or a level on a sequential one.

use super::Skip;
use super::data::{Region, Run, Side};
use super::page::{Axis, Page, years_text};
use super::scene::{Align, Frame, Scene, text_width};
use super::spec::{FigureSpec, Item, MapOf};
use super::stats::{Interval, brackets};
use super::style::{Ink, STYLE, blend, on};
use super::units;

const BAR: f64 = 58.0;

/// The colours of a map and the range they span.
struct Scale {
    stops: &'static [Ink],
    low: f64,
    high: f64,
}

impl Scale {
    fn new(of: MapOf, values: &[(&Region, Interval)]) -> Self {
        let means = values.iter().map(|v| v.1.mean);
        let (low, high) = means.fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), v| (a.min(v), b.max(v)));
        match of {
            MapOf::Effect => {
                let largest = low.abs().max(high.abs()).max(1e-9);
                Self {
                    stops: &STYLE.diverging,
                    low: -largest,
                    high: largest,
                }
            }
            MapOf::Level => Self {
                stops: &STYLE.sequential,
                low,
                high: high.max(low + 1e-9 * low.abs().max(1e-9)),
            },
        }
    }

    fn ink(&self, value: f64) -> Ink {
        blend(self.stops, (value - self.low) / (self.high - self.low))
    }
}

/// Draws the map at the longest horizon.
pub fn draw(run: &Run, spec: &FigureSpec, item: &Item, of: MapOf) -> Result<Scene, Skip> {
    if of == MapOf::Effect && run.reform.is_none() {
        return Err(Skip::one_scenario());
    }
    let Some(&(years, tick)) = run.horizons().last() else {
        return Err(Skip("the run is empty".into()));
    };
    let (unit, values) = collect(run, item, of, tick);
    if values.is_empty() {
        return Err(Skip(format!("no district has `{}` at tick {tick}", item.metric)));
    }
    let scale = Scale::new(of, &values);
    let rows = run.regions.iter().map(|r| r.tile.0).max().unwrap_or(0) + 1;
    let columns = run.regions.iter().map(|r| r.tile.1).max().unwrap_or(0) + 1;
    let side = ((STYLE.width - 2.0 * STYLE.margin) / f64::from(columns)).min(76.0);
    let (what, notes) = match of {
        MapOf::Effect => (
            "Reform minus baseline",
            vec![format!("In brackets: {}.", brackets(run.seeds))],
        ),
        MapOf::Level => ("Baseline level", Vec::new()),
    };
    let after = years_text(years);
    let subtitle = format!(
        "{what} after {after}, {}; unit: {}",
        run.of_seeds("mean across seeds"),
        unit_name(&unit)
    );
    let mut page = Page::new(run, spec, &subtitle, side * f64::from(rows) + BAR, &notes);
    let left = page.body.x + (page.body.w - side * f64::from(columns)) / 2.0;
    let top = page.body.y;
    let digits = units::decimals(values.iter().fold(0.0, |m: f64, v| m.max(v.1.mean.abs()))).min(2);
    for region in &run.regions {
        let (x, y) = (
            left + side * f64::from(region.tile.1),
            top + side * f64::from(region.tile.0),
        );
        let frame = Frame::new(x + 1.5, y + 1.5, side - 3.0, side - 3.0);
        let value = values.iter().find(|v| v.0.id == region.id).map(|v| v.1);
        tile(&mut page.scene, frame, &region.name, value, of, &scale, digits);
    }
    let bar = Frame::new(
        page.body.x + page.body.w / 2.0 - 170.0,
        page.body.bottom() - 40.0,
        340.0,
        11.0,
    );
    legend(&mut page.scene, bar, &scale, of, &unit);
    Ok(page.scene)
}

fn unit_name(unit: &str) -> &str {
    if unit.is_empty() { "index" } else { unit }
}

/// The districts' values at a tick, all in one unit: that of the largest value.
fn collect<'a>(run: &'a Run, item: &Item, of: MapOf, tick: i32) -> (String, Vec<(&'a Region, Interval)>) {
    let mut item = *item;
    let track = |item: &Item, region: &Region| match of {
        MapOf::Effect => run.effect(item, &region.id),
        MapOf::Level => run.levels(Side::Baseline, item, &region.id),
    };
    let all: Vec<_> = run.regions.iter().filter_map(|r| Some((r, track(&item, r)?))).collect();
    let units: Vec<String> = all.iter().map(|(_, t)| t.unit.clone()).collect();
    let same = units.windows(2).all(|u| u[0] == u[1]);
    if same || item.shown.is_some() {
        let values = all.iter().filter_map(|(r, t)| Some((*r, t.at(tick)?))).collect();
        return (units.into_iter().next().unwrap_or_default(), values);
    }
    // Districts of very different size: the unit of the smallest factor serves all.
    let shown = run
        .regions
        .iter()
        .map(|r| run.shown(&item, &r.id))
        .min_by(|a, b| a.factor.total_cmp(&b.factor));
    let Some(shown) = shown else {
        return (String::new(), Vec::new());
    };
    item.shown = Some((shown.factor, ""));
    let values = run
        .regions
        .iter()
        .filter_map(|r| Some((r, track(&item, r)?.at(tick)?)))
        .collect();
    (shown.unit, values)
}

fn tile(scene: &mut Scene, f: Frame, name: &str, value: Option<Interval>, of: MapOf, scale: &Scale, digits: usize) {
    let ground = value.map_or(STYLE.grid, |v| scale.ink(v.mean));
    let ink = on(ground);
    scene.rect(f, ground);
    scene.outline(f, STYLE.grid, STYLE.hair);
    let middle = f.x + f.w / 2.0;
    let (lines, size) = fit(&short(name), f.w - 5.0);
    let mut y = f.y + f.h * 0.36 - (lines.len() - 1) as f64 * 0.5 * (size + 1.0);
    for line in &lines {
        scene.text((middle, y), line.clone(), size, Align::Center, ink);
        y += size + 1.0;
    }
    let text = match (value, of) {
        (None, _) => "n.a.".to_owned(),
        (Some(v), MapOf::Level) => units::number(v.mean, digits),
        (Some(v), MapOf::Effect) if v.holds_zero() => {
            format!("({})", units::signed(v.mean, digits))
        }
        (Some(v), MapOf::Effect) => units::signed(v.mean, digits),
    };
    let mut size = STYLE.panel;
    while size > 7.0 && text_width(&text, size, true) > f.w - 5.0 {
        size -= 0.5;
    }
    scene.bold((middle, f.y + f.h * 0.76), text, size, Align::Center, ink);
}

/// A district's name without the words that all of them have.
fn short(name: &str) -> String {
    let common = [
        "District",
        "County",
        "City",
        "Autonomous",
        "New",
        "Area",
        "Tujia",
        "Miao",
        "and",
        "&",
        "Municipality",
    ];
    let words: Vec<&str> = name.split_whitespace().filter(|w| !common.contains(w)).collect();
    if words.is_empty() {
        name.to_owned()
    } else {
        words.join(" ")
    }
}

/// The name in one line, or two, at the largest size that fits.
fn fit(name: &str, width: f64) -> (Vec<String>, f64) {
    let mut size = STYLE.label + 0.5;
    while size > 7.0 {
        if text_width(name, size, false) <= width {
            return (vec![name.to_owned()], size);
        }
        size -= 0.5;
    }
    match name.rsplit_once(' ') {
        Some((a, b)) => (vec![a.to_owned(), b.to_owned()], 7.5),
        None => (vec![name.to_owned()], 7.0),
    }
}

fn legend(scene: &mut Scene, f: Frame, scale: &Scale, of: MapOf, unit: &str) {
    const STEPS: usize = 85;
    let width = f.w / STEPS as f64;
    for k in 0..STEPS {
        let ink = blend(scale.stops, (k as f64 + 0.5) / STEPS as f64);
        scene.rect(Frame::new(f.x + k as f64 * width, f.y, width + 0.3, f.h), ink);
    }
    scene.outline(f, STYLE.axis, STYLE.hair);
    let axis = Axis::exact(scale.low, scale.high, 6);
    for value in axis.ticks() {
        let digits = units::step_decimals(axis.step);
        let text = if of == MapOf::Effect {
            units::signed(value, digits)
        } else {
            units::number(value, digits)
        };
        let x = f.x + f.w * (value - scale.low) / (scale.high - scale.low);
        scene.line(vec![(x, f.bottom()), (x, f.bottom() + 3.0)], STYLE.axis, STYLE.hair);
        let at = (x, f.bottom() + 5.0 + STYLE.label);
        scene.text(at, text, STYLE.label, Align::Center, STYLE.quiet);
    }
    let at = (f.right() + 24.0, f.bottom() - 2.0);
    scene.text(at, unit_name(unit), STYLE.label, Align::Left, STYLE.text);
}
