//! Figures of distributions at the end of the run: Lorenz curves and densities.

use super::Skip;
use super::data::{Curve, Run, Side};
use super::page::{Axis, Entry, Page, Panel, Swatch};
use super::scene::{Frame, Scene, text_width};
use super::spec::FigureSpec;
use super::stats::{Interval, at, density_sd, gini, interval};
use super::style::{Ink, STYLE};

const POINTS: usize = 101;
const GAP: f64 = 44.0;
const ABOVE: f64 = 38.0;

/// A named statistic of a curve, e.g. its Gini coefficient.
type Statistic = fn(&Curve) -> f64;

/// The mean curve of one scenario and the interval of a statistic of the seeds' curves.
struct Mean {
    name: String,
    ink: Ink,
    dashed: bool,
    curve: Vec<(f64, Interval)>,
    statistic: Interval,
}

/// The mean across seeds on a common grid.
fn mean(run: &Run, side: Side, name: &str, statistic: Statistic) -> Option<Mean> {
    let (_, curves) = run.curves(side, name)?;
    let low = curves
        .values()
        .filter_map(|c| c.first())
        .fold(f64::INFINITY, |m, p| m.min(p.0));
    let high = curves
        .values()
        .filter_map(|c| c.last())
        .fold(f64::NEG_INFINITY, |m, p| m.max(p.0));
    let grid = (0..POINTS).map(|k| low + (high - low) * k as f64 / (POINTS - 1) as f64);
    let curve = grid
        .filter_map(|x| Some((x, interval(curves.values().map(|c| at(c, x)))?)))
        .collect();
    let statistic = interval(curves.values().map(|c| statistic(c)))?;
    let (name, ink, dashed) = match side {
        Side::Baseline => (run.baseline.clone(), STYLE.baseline, true),
        Side::Reform => (run.reform.clone()?, STYLE.reform, false),
    };
    Some(Mean {
        name,
        ink,
        dashed,
        curve,
        statistic,
    })
}

fn both(run: &Run, name: &str, statistic: Statistic) -> Vec<Mean> {
    [Side::Baseline, Side::Reform]
        .into_iter()
        .filter_map(|side| mean(run, side, name, statistic))
        .collect()
}

/// How many years the run had lasted when the distribution was taken.
fn years(run: &Run, name: &str) -> String {
    let tick = run.curves(Side::Baseline, name).map_or(run.last, |c| c.0);
    super::page::years_text(f64::from(tick + 1) / 4.0)
}

/// Entries in the panel's upper left corner, one per scenario with its statistic.
fn corner(scene: &mut Scene, panel: &Panel, means: &[Mean], what: &str, digits: usize) {
    let text = |m: &Mean| format!("{}: {what} {:.*}", m.name, digits, m.statistic.mean);
    let size = STYLE.label + 0.5;
    let wide = means
        .iter()
        .map(|m| text_width(&text(m), size, false))
        .fold(0.0, f64::max);
    let (x, top) = (panel.frame.x + 12.0, panel.frame.y + 5.0);
    let back = Frame::new(x - 4.0, top, wide + 32.0, 15.0 * means.len() as f64 + 2.0);
    scene.rect(back, STYLE.paper);
    for (k, m) in means.iter().enumerate() {
        let swatch = if m.dashed { Swatch::Dashes } else { Swatch::Line };
        let at = (x, top + 11.0 + 15.0 * k as f64);
        Entry::new(text(m), m.ink, swatch).draw(scene, at, size);
    }
}

/// The scenarios' bands and curves, both axes times `factor`, within the panel's range of x.
fn draw_means(scene: &mut Scene, panel: &Panel, means: &[Mean], factor: f64) {
    let (low, high) = (panel.x.low - 1e-9, panel.x.high + 1e-9);
    let inside = |m: &Mean| -> Vec<(f64, Interval)> {
        let scaled = m.curve.iter().map(|(x, i)| (factor * x, *i));
        scaled.filter(|p| (low..=high).contains(&p.0)).collect()
    };
    for m in means {
        let edge = |(x, i): &(f64, Interval)| (*x, factor * i.band().0, factor * i.band().1);
        panel.band(scene, &inside(m).iter().map(edge).collect::<Vec<_>>(), m.ink);
    }
    for m in means {
        let curve = inside(m).into_iter().map(|(x, i)| (x, factor * i.mean));
        panel.curve(scene, curve, m.ink, m.dashed);
    }
}

/// Lorenz curves side by side, and under each the shift of the curve that the reform brings.
pub fn lorenz(run: &Run, spec: &FigureSpec, names: &[(&str, &str)]) -> Result<Scene, Skip> {
    const MAIN: f64 = 358.0;
    const SHIFT: f64 = 158.0;
    let panels: Vec<_> = names
        .iter()
        .map(|(n, l)| (*n, *l, both(run, n, gini)))
        .filter(|p| !p.2.is_empty())
        .collect();
    let Some(first) = panels.first() else {
        return Err(Skip::missing(names.iter().map(|n| n.0)));
    };
    let shifts = run.reform.is_some();
    let height = MAIN + if shifts { SHIFT } else { 0.0 } + 8.0;
    let subtitle = format!(
        "After {}; {}{}; both axes in %",
        years(run, first.0),
        run.of_seeds("mean across seeds"),
        run.bands()
    );
    let mut page = Page::new(run, spec, &subtitle, height, &[]);
    let width = (page.body.w - GAP * (panels.len() - 1) as f64) / panels.len().max(2) as f64;
    for (i, (name, label, means)) in panels.iter().enumerate() {
        let left = page.body.x + i as f64 * (width + GAP);
        let frame = Frame::new(left + 34.0, page.body.y + ABOVE, width - 34.0, MAIN - ABOVE - 30.0);
        let lows = means.iter().flat_map(|m| &m.curve).map(|p| 100.0 * p.1.mean);
        let low = lows.fold(0.0, f64::min);
        let panel = Panel {
            frame,
            x: Axis::exact(0.0, 100.0, 5),
            y: Axis::exact(low * 1.05, 100.0, 6),
        };
        panel.draw(&mut page.scene, |v| format!("{v:.0}"));
        let unit = format!(
            "share of {} held (%) against share of people, poorest first (%)",
            label.to_lowercase()
        );
        panel.title(&mut page.scene, left, label, &unit);
        panel.curve(&mut page.scene, [(0.0, 0.0), (100.0, 100.0)], STYLE.grid, false);
        draw_means(&mut page.scene, &panel, means, 100.0);
        corner(&mut page.scene, &panel, means, "Gini", 3);
        if shifts {
            let y = page.body.y + MAIN + ABOVE;
            let frame = Frame::new(left + 34.0, y, width - 34.0, SHIFT - ABOVE - 22.0);
            shift(run, &mut page.scene, name, frame, left);
        }
    }
    Ok(page.scene)
}

/// The reform's curve minus the baseline's, paired by seed.
fn shift(run: &Run, scene: &mut Scene, name: &str, frame: Frame, left: f64) {
    let (Some((_, base)), Some((_, reform))) = (run.curves(Side::Baseline, name), run.curves(Side::Reform, name))
    else {
        return;
    };
    let grid = (0..POINTS).map(|k| k as f64 / (POINTS - 1) as f64);
    let gap = |x: f64| {
        let paired = reform
            .iter()
            .filter_map(|(seed, c)| Some(100.0 * (at(c, x) - at(base.get(seed)?, x))));
        Some((100.0 * x, interval(paired)?))
    };
    let curve: Vec<(f64, Interval)> = grid.filter_map(gap).collect();
    let ends = curve.iter().map(|p| p.1.band());
    let y = Axis::around(ends.flat_map(|b| [b.0, b.1, 0.0]), 4);
    let panel = Panel {
        frame,
        x: Axis::exact(0.0, 100.0, 5),
        y,
    };
    panel.draw(scene, |v| format!("{v:.0}"));
    panel.zero(scene);
    panel.title(
        scene,
        left,
        "Shift of the curve",
        "reform minus baseline, percentage points; above zero: more equal",
    );
    let band: Vec<_> = curve.iter().map(|(x, i)| (*x, i.band().0, i.band().1)).collect();
    panel.band(scene, &band, STYLE.reform);
    panel.curve(scene, curve.iter().map(|(x, i)| (*x, i.mean)), STYLE.reform, false);
}

/// Densities, one panel per distribution, on common axes.
pub fn densities(run: &Run, spec: &FigureSpec, names: &[(&str, &str)], x_title: &str) -> Result<Scene, Skip> {
    const HEIGHT: f64 = 320.0;
    let panels: Vec<_> = names.iter().map(|(n, l)| (*n, *l, both(run, n, density_sd))).collect();
    let panels: Vec<_> = panels.into_iter().filter(|p| !p.2.is_empty()).collect();
    let Some(first) = panels.first() else {
        return Err(Skip::missing(names.iter().map(|n| n.0)));
    };
    let (after, bands) = (years(run, first.0), run.bands());
    let subtitle = format!("Densities after {after}; {}{bands}", run.of_seeds("mean across seeds"));
    let mut page = Page::new(run, spec, &subtitle, HEIGHT, &[]);
    let all = || panels.iter().flat_map(|p| &p.2).flat_map(|m| &m.curve);
    let top = all().map(|p| p.1.mean).fold(0.0, f64::max);
    // The tails that hold no mass are left out.
    let seen = || all().filter(|p| p.1.mean > 0.002 * top).map(|p| p.0);
    let (low, high) = (
        seen().fold(f64::INFINITY, f64::min),
        seen().fold(f64::NEG_INFINITY, f64::max),
    );
    let width = (page.body.w - GAP * (panels.len() - 1) as f64) / panels.len().max(2) as f64;
    for (i, (_, label, means)) in panels.iter().enumerate() {
        let left = page.body.x + i as f64 * (width + GAP);
        let frame = Frame::new(left + 34.0, page.body.y + ABOVE, width - 34.0, HEIGHT - ABOVE - 24.0);
        // Air above for the legend.
        let panel = Panel {
            frame,
            x: Axis::exact(low, high, 8),
            y: Axis::exact(0.0, top * 1.32, 5),
        };
        panel.draw(&mut page.scene, |v| panel.x.label(v));
        panel.title(&mut page.scene, left, label, &format!("density against {x_title}"));
        draw_means(&mut page.scene, &panel, means, 1.0);
        corner(&mut page.scene, &panel, means, "SD", 3);
    }
    Ok(page.scene)
}
