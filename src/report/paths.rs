//! Small multiples over time: levels of both scenarios, or reform minus baseline.

use super::Skip;
use super::data::{Run, Side};
use super::page::{Axis, Entry, Page, Panel, Swatch, scenario_legend};
use super::scene::{Frame, Scene};
use super::spec::{FigureSpec, Item};
use super::stats::Interval;
use super::style::{Ink, STYLE};
use super::track::Track;

const COLUMNS: usize = 3;
const GAP: f64 = 22.0;
const ROW: f64 = 176.0;
const ABOVE: f64 = 37.0;
const BELOW: f64 = 22.0;
const AXIS: f64 = 40.0;

/// One small panel.
struct Small {
    title: &'static str,
    tracks: Vec<(Track, Ink, bool)>,
}

/// Levels over calendar time, mean and band across seeds.
pub fn levels(run: &Run, spec: &FigureSpec, items: &[Item]) -> Result<Scene, Skip> {
    let panel = |item: &Item| {
        let sides = [
            (Side::Baseline, STYLE.baseline, true),
            (Side::Reform, STYLE.reform, false),
        ];
        let track = |(side, ink, dashed)| Some((run.levels(side, item, item.region)?, ink, dashed));
        let tracks: Vec<_> = sides.into_iter().filter_map(track).collect();
        (!tracks.is_empty()).then_some(Small {
            title: item.label,
            tracks,
        })
    };
    let panels: Vec<Small> = items.iter().filter_map(panel).collect();
    let year = |tick: i32| run.start + 0.25 * f64::from(tick);
    let x = Axis::years(year(0), year(run.last));
    let missing = missing(items, &panels)?;
    let bands = match run.bands() {
        "" => "",
        _ => " with 95% band, cut where it leaves the panel",
    };
    let subtitle = &format!(
        "By quarter, {}{bands}; unit under each title",
        run.of_seeds("mean across seeds")
    );
    draw(
        run,
        spec,
        &panels,
        &x,
        subtitle,
        &missing,
        year,
        &scenario_legend(run),
        false,
    )
}

/// Reform minus baseline in event time, mean and band across paired seeds.
pub fn effects(run: &Run, spec: &FigureSpec, items: &[Item]) -> Result<Scene, Skip> {
    let Some(reform) = &run.reform else {
        return Err(Skip::one_scenario());
    };
    let panel = |item: &Item| {
        let track = run.effect(item, item.region)?;
        Some(Small {
            title: item.label,
            tracks: vec![(track, STYLE.reform, false)],
        })
    };
    let panels: Vec<Small> = items.iter().filter_map(panel).collect();
    let year = |tick: i32| 0.25 * f64::from(tick + 1);
    let x = Axis::years(0.0, year(run.last));
    let missing = missing(items, &panels)?;
    let subtitle = &format!(
        "Reform minus baseline by years since the start, {}{}",
        run.of_seeds("mean across seeds"),
        run.bands()
    );
    let legend = [Entry::new(
        format!("{reform} minus {}", run.baseline),
        STYLE.reform,
        Swatch::Line,
    )];
    draw(run, spec, &panels, &x, subtitle, &missing, year, &legend, true)
}

/// The note on metrics that are not in the run; an error if none is.
fn missing(items: &[Item], panels: &[Small]) -> Result<Vec<String>, Skip> {
    if panels.is_empty() {
        return Err(Skip::missing(items.iter().map(|i| i.metric)));
    }
    let absent = items.iter().filter(|i| panels.iter().all(|p| p.title != i.label));
    let names: Vec<&str> = absent.map(|i| i.metric).collect();
    Ok(if names.is_empty() {
        Vec::new()
    } else {
        vec![format!("Not measured in this run: {}.", names.join(", "))]
    })
}

#[expect(clippy::too_many_arguments, reason = "one call for both kinds of small multiples")]
fn draw(
    run: &Run,
    spec: &FigureSpec,
    panels: &[Small],
    x: &Axis,
    subtitle: &str,
    notes: &[String],
    year: impl Fn(i32) -> f64,
    legend: &[Entry],
    zero: bool,
) -> Result<Scene, Skip> {
    let rows = panels.len().div_ceil(COLUMNS);
    let mut page = Page::new(run, spec, subtitle, ROW * rows as f64, notes);
    page.legend(legend);
    let width = (page.body.w - GAP * (COLUMNS - 1) as f64) / COLUMNS as f64;
    for (i, small) in panels.iter().enumerate() {
        let left = page.body.x + (i % COLUMNS) as f64 * (width + GAP);
        let top = page.body.y + (i / COLUMNS) as f64 * ROW;
        let points = || small.tracks.iter().flat_map(|t| &t.0.points).map(|p| p.1);
        // how sure an effect is must be seen in full
        let y = match zero {
            true => Axis::around(points().map(|i| i.band()).flat_map(|b| [b.0, b.1, 0.0]), 5),
            false => Axis::of_means(points(), 5),
        };
        let frame = Frame::new(left + AXIS, top + ABOVE, width - AXIS, ROW - ABOVE - BELOW - 6.0);
        let panel = Panel { frame, x: x.clone(), y };
        panel.draw(&mut page.scene, |v| x.label(v).replace(',', ""));
        if zero {
            panel.zero(&mut page.scene);
        }
        let unit = small.tracks.first().map_or("", |t| t.0.unit.as_str());
        panel.title(&mut page.scene, left, small.title, unit);
        for (track, ink, _) in &small.tracks {
            let edge = |(t, i): &(i32, Interval)| (year(*t), i.band().0, i.band().1);
            let band: Vec<_> = track.points.iter().map(edge).collect();
            panel.band(&mut page.scene, &band, *ink);
        }
        for (track, ink, dashed) in &small.tracks {
            panel.curve(
                &mut page.scene,
                track.points.iter().map(|(t, i)| (year(*t), i.mean)),
                *ink,
                *dashed,
            );
        }
    }
    Ok(page.scene)
}
