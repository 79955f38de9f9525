//! Figures of the stylised facts: Lorenz curves and cycles, and what all figures of facts share.

use super::Skip;
use super::data::{Curve, Run, Side};
use super::page::{Axis, Entry, Page, Panel, Swatch};
use super::scene::{Frame, Scene};
use super::spec::FigureSpec;
use super::stats::{at, gini, interval};
use super::style::{Ink, STYLE, fade};
use super::units;

pub(super) const HEIGHT: f64 = 360.0;
const GAP: f64 = 44.0;
pub(super) const ABOVE: f64 = 38.0;
pub(super) const BELOW: f64 = 26.0;
pub(super) const AXIS: f64 = 38.0;

/// Panel frame `k` of two on a page, with its left edge.
pub(super) fn half(page: &Page, k: usize) -> (Frame, f64) {
    let width = (page.body.w - GAP) / 2.0;
    let left = page.body.x + k as f64 * (width + GAP);
    let frame = Frame::new(left + AXIS, page.body.y + ABOVE, width - AXIS, HEIGHT - ABOVE - BELOW);
    (frame, left)
}

pub(super) fn curves<'a>(run: &'a Run, name: &str) -> Vec<&'a Curve> {
    let found = run.curves(Side::Baseline, name);
    found.map_or(Vec::new(), |(_, by)| by.into_values().collect())
}

pub(super) fn needed<'a>(run: &'a Run, name: &str) -> Result<Vec<&'a Curve>, Skip> {
    let found = curves(run, name);
    if found.iter().all(|c| c.is_empty()) {
        return Err(Skip::missing([name]));
    }
    Ok(found)
}

/// Mean over seeds of a number of every curve.
pub(super) fn mean_of(curves: &[&Curve], of: impl Fn(&Curve) -> Option<f64>) -> f64 {
    interval(curves.iter().filter_map(|c| of(c))).map_or(f64::NAN, |i| i.mean)
}

/// The mean curve on the points of x of the first.
pub(super) fn mean_curve(curves: &[&Curve]) -> Vec<(f64, f64)> {
    let grid = curves.first().map_or(&[] as &Curve, |c| *c);
    grid.iter()
        .map(|p| (p.0, mean_of(curves, |c| Some(at(c, p.0)))))
        .collect()
}

/// Lowest and highest of a coordinate over all points.
pub(super) fn ends(curves: &[&Curve], of: impl Fn(&(f64, f64)) -> f64) -> (f64, f64) {
    let values = curves.iter().flat_map(|c| c.iter()).map(of).filter(|v| v.is_finite());
    values.fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), v| (a.min(v), b.max(v)))
}

/// One thin line a seed.
pub(super) fn threads(scene: &mut Scene, panel: &Panel, curves: &[&Curve], ink: Ink) {
    let opacity = (4.0 / curves.len() as f64).clamp(0.12, 1.0);
    for c in curves {
        let seen = c.iter().filter(|p| p.0 >= panel.x.low);
        let points = seen.map(|p| panel.at(p.0, p.1)).collect();
        scene.line(points, fade(ink, opacity), 1.0);
    }
}

/// A straight line through a point, cut at the panel's edges in x.
pub(super) fn straight(panel: &Panel, through: (f64, f64), slope: f64, low: f64, high: f64) -> Vec<(f64, f64)> {
    let y = |x: f64| through.1 + slope * (x - through.0);
    // also cut where it would leave the panel below or above
    let cut = |x: f64| {
        let v = y(x).clamp(panel.y.low, panel.y.high);
        if slope == 0.0 {
            (x, v)
        } else {
            (through.0 + (v - through.1) / slope, v)
        }
    };
    vec![cut(low), cut(high)]
}

/// Entries one under the other from the upper right or left corner inside a panel.
pub(super) fn inside_legend(scene: &mut Scene, panel: &Panel, entries: &[Entry], left: bool) {
    let size = STYLE.label + 0.5;
    let wide = entries
        .iter()
        .map(|e| 28.0 + super::scene::text_width(&e.text, size, false))
        .fold(0.0, f64::max);
    let x = if left {
        panel.frame.x + 12.0
    } else {
        panel.frame.right() - wide - 4.0
    };
    let top = panel.frame.y + 5.0;
    scene.rect(
        Frame::new(x - 4.0, top, wide + 4.0, 15.0 * entries.len() as f64 + 3.0),
        STYLE.paper,
    );
    for (k, e) in entries.iter().enumerate() {
        e.draw(scene, (x, top + 11.0 + 15.0 * k as f64), size);
    }
}

/// Lorenz curves of income, with the groups of the survey, and of wealth.
pub fn lorenz(run: &Run, spec: &FigureSpec) -> Result<Scene, Skip> {
    let sides = [("lorenz_income", "Income"), ("lorenz_wealth", "Wealth")];
    let subtitle = format!("Both axes in %; {}", run.of_seeds("mean of seeds"));
    let mut page = Page::new(run, spec, &subtitle, HEIGHT, &[]);
    for (k, (name, title)) in sides.into_iter().enumerate() {
        let all = needed(run, name)?;
        let data = curves(run, &format!("{name}_data"));
        let (frame, left) = half(&page, k);
        let panel = Panel {
            frame,
            x: Axis::exact(0.0, 100.0, 5),
            y: Axis::exact(0.0, 100.0, 5),
        };
        let scene = &mut page.scene;
        panel.draw(scene, |v| format!("{v:.0}"));
        panel.title(
            scene,
            left,
            title,
            "share held (%) against share of people, poorest first (%)",
        );
        panel.curve(scene, [(0.0, 0.0), (100.0, 100.0)], STYLE.axis, true);
        let grid = (0..=100).map(|x| f64::from(x) / 100.0);
        let mean = grid.map(|x| (100.0 * x, 100.0 * mean_of(&all, |c| Some(at(c, x)))));
        panel.curve(scene, mean, STYLE.reform, false);
        let model = mean_of(&all, |c| Some(gini(c)));
        let mut entries = vec![Entry::new(
            format!("model: Gini {model:.3}"),
            STYLE.reform,
            Swatch::Line,
        )];
        for points in &data {
            for p in *points {
                scene.disc(panel.at(100.0 * p.0, 100.0 * p.1), 4.0, STYLE.horizons[0]);
            }
            let whole: Vec<(f64, f64)> = std::iter::once((0.0, 0.0)).chain(points.iter().copied()).collect();
            let text = format!("survey 2022, five groups: Gini {:.3}", gini(&whole));
            entries.push(Entry::new(text, STYLE.horizons[0], Swatch::Marker(0)));
        }
        inside_legend(scene, &panel, &entries, true);
    }
    Ok(page.scene)
}

/// Points of all seeds with the mean line.
pub fn scatter(run: &Run, spec: &FigureSpec, name: &str, x_title: &str, y_title: &str) -> Result<Scene, Skip> {
    let all = needed(run, name)?;
    let fit = |c: &Curve| crate::base::fit::line(c.iter().map(|p| (p.0, p.1, 1.0))).map(|l| l.slope);
    let (slope, correlation) = (
        mean_of(&all, fit),
        mean_of(&all, |c| {
            let (x, y): (Vec<f64>, Vec<f64>) = c.iter().copied().unzip();
            crate::base::fit::correlation(&x, &y)
        }),
    );
    let subtitle = format!(
        "Slope {}, correlation {}; {}",
        units::number(slope, 2),
        units::number(correlation, 2),
        run.of_seeds("means of seeds")
    );
    let mut page = Page::new(run, spec, &subtitle, HEIGHT, &[]);
    let (x, y) = (ends(&all, |p| p.0), ends(&all, |p| p.1));
    let body = page.body;
    let panel = Panel {
        frame: Frame::new(body.x + AXIS, body.y + ABOVE, body.w - AXIS, HEIGHT - ABOVE - BELOW),
        x: Axis::around([x.0, x.1], 8),
        y: Axis::around([y.0, y.1], 6),
    };
    let scene = &mut page.scene;
    panel.draw(scene, |v| panel.x.label(v));
    panel.title(
        scene,
        body.x,
        &format!("{y_title} against {x_title}"),
        "deviations from trend, one point a quarter and seed",
    );
    let opacity = (30.0 / all.len() as f64).clamp(0.25, 0.9);
    for p in all.iter().flat_map(|c| c.iter()) {
        scene.disc(panel.at(p.0, p.1), 2.0, fade(STYLE.baseline, opacity));
    }
    panel.zero(scene);
    panel.curve(
        scene,
        straight(&panel, (0.0, 0.0), slope, x.0, x.1),
        STYLE.reform,
        false,
    );
    inside_legend(
        scene,
        &panel,
        &[Entry::new(
            format!("mean slope {}", units::number(slope, 2)),
            STYLE.reform,
            Swatch::Line,
        )],
        false,
    );
    Ok(page.scene)
}
