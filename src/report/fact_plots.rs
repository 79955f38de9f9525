//! Figures of the stylised facts: ranks of firm sizes, growth rates, marginal products, Lorenz curves, cycles.

use super::Skip;
use super::data::{Curve, Run, Side};
use super::page::{Axis, Entry, Page, Panel, Swatch};
use super::scene::{Align, Frame, Scene};
use super::spec::FigureSpec;
use super::stats::{at, density_sd, gini, interval};
use super::style::{Ink, STYLE, fade};
use super::units;

const HEIGHT: f64 = 360.0;
const GAP: f64 = 44.0;
const ABOVE: f64 = 38.0;
const BELOW: f64 = 26.0;
const AXIS: f64 = 38.0;

/// Panel frame `k` of two on a page, with its left edge.
fn half(page: &Page, k: usize) -> (Frame, f64) {
    let width = (page.body.w - GAP) / 2.0;
    let left = page.body.x + k as f64 * (width + GAP);
    let frame = Frame::new(left + AXIS, page.body.y + ABOVE, width - AXIS, HEIGHT - ABOVE - BELOW);
    (frame, left)
}

fn curves<'a>(run: &'a Run, name: &str) -> Vec<&'a Curve> {
    let found = run.curves(Side::Baseline, name);
    found.map_or(Vec::new(), |(_, by)| by.into_values().collect())
}

fn needed<'a>(run: &'a Run, name: &str) -> Result<Vec<&'a Curve>, Skip> {
    let found = curves(run, name);
    if found.iter().all(|c| c.is_empty()) {
        return Err(Skip::missing([name]));
    }
    Ok(found)
}

/// Mean over seeds of a number of every curve.
fn mean_of(curves: &[&Curve], of: impl Fn(&Curve) -> Option<f64>) -> f64 {
    interval(curves.iter().filter_map(|c| of(c))).map_or(f64::NAN, |i| i.mean)
}

/// The mean curve on the points of x of the first.
fn mean_curve(curves: &[&Curve]) -> Vec<(f64, f64)> {
    let grid = curves.first().map_or(&[] as &Curve, |c| *c);
    grid.iter()
        .map(|p| (p.0, mean_of(curves, |c| Some(at(c, p.0)))))
        .collect()
}

/// Lowest and highest of a coordinate over all points.
fn ends(curves: &[&Curve], of: impl Fn(&(f64, f64)) -> f64) -> (f64, f64) {
    let values = curves.iter().flat_map(|c| c.iter()).map(of).filter(|v| v.is_finite());
    values.fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), v| (a.min(v), b.max(v)))
}

/// One thin line a seed.
fn threads(scene: &mut Scene, panel: &Panel, curves: &[&Curve], ink: Ink) {
    let opacity = (4.0 / curves.len() as f64).clamp(0.12, 1.0);
    for c in curves {
        let seen = c.iter().filter(|p| p.0 >= panel.x.low);
        let points = seen.map(|p| panel.at(p.0, p.1)).collect();
        scene.line(points, fade(ink, opacity), 1.0);
    }
}

/// A straight line through a point, cut at the panel's edges in x.
fn straight(panel: &Panel, through: (f64, f64), slope: f64, low: f64, high: f64) -> Vec<(f64, f64)> {
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
fn inside_legend(scene: &mut Scene, panel: &Panel, entries: &[Entry], left: bool) {
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

/// A power of ten as a plain number.
fn power(v: f64) -> String {
    units::number(10f64.powf(v), if v < 0.0 { (-v).ceil() as usize } else { 0 })
}

/// Share of firms at least as large against size, both in logs, with the fitted tail and Zipf's law.
pub fn zipf(run: &Run, spec: &FigureSpec) -> Result<Scene, Skip> {
    let (sizes, fits) = (needed(run, "zipf")?, needed(run, "zipf_fit")?);
    let slope = |c: &Curve| Some((c.last()?.1 - c.first()?.1) / (c.last()?.0 - c.first()?.0));
    let zeta = -mean_of(&fits, slope);
    let start = (
        mean_of(&fits, |c| Some(c.first()?.0)),
        mean_of(&fits, |c| Some(c.first()?.1)),
    );
    let subtitle = format!("Share of firms at least as large against heads; tail exponent {zeta:.2}, mean of seeds");
    let mut page = Page::new(run, spec, &subtitle, HEIGHT, &[]);
    let (x, y) = (ends(&sizes, |p| p.0), ends(&sizes, |p| p.1));
    let body = page.body;
    let panel = Panel {
        frame: Frame::new(body.x + AXIS, body.y + ABOVE, body.w - AXIS, HEIGHT - ABOVE - BELOW),
        x: Axis {
            low: 0.0,
            high: x.1 + 0.1,
            step: 1.0,
        },
        y: Axis {
            low: y.0.floor(),
            high: 0.0,
            step: 1.0,
        },
    };
    let scene = &mut page.scene;
    panel.draw(scene, power);
    panel.title(
        scene,
        body.x,
        "Complementary distribution of sizes",
        "log10 of the share of firms; heads a firm, log scale",
    );
    threads(scene, &panel, &sizes, STYLE.baseline);
    panel.curve(
        scene,
        straight(&panel, start, -1.0, start.0, x.1),
        STYLE.horizons[0],
        true,
    );
    panel.curve(scene, straight(&panel, start, -zeta, start.0, x.1), STYLE.reform, false);
    let entries = [
        Entry::new("seeds", STYLE.baseline, Swatch::Line),
        Entry::new(
            format!("fit above the 90th percentile: exponent {zeta:.2}"),
            STYLE.reform,
            Swatch::Line,
        ),
        Entry::new("Zipf's law: exponent 1", STYLE.horizons[0], Swatch::Dashes),
    ];
    inside_legend(scene, &panel, &entries, false);
    Ok(page.scene)
}

/// Density of growth rates on a log scale with fits; standard deviation by size.
pub fn growth(run: &Run, spec: &FigureSpec) -> Result<Scene, Skip> {
    let (bins, shape) = (needed(run, "growth")?, needed(run, "growth_shape")?);
    let b = mean_of(&shape, |c| Some(c.first()?.1));
    let subtitle = format!("Shape of the Subbotin density b = {b:.2}, mean of seeds");
    let mut page = Page::new(run, spec, &subtitle, HEIGHT, &[]);
    let density = mean_curve(&bins);
    let log = |c: Vec<(f64, f64)>| {
        c.into_iter()
            .filter(|p| p.1 > 0.0)
            .map(|p| (p.0, p.1.log10()))
            .collect::<Vec<_>>()
    };
    let points = log(density);
    let (frame, left) = half(&page, 0);
    let seen: Vec<(f64, f64)> = points.iter().copied().filter(|p| p.1 > -3.0).collect();
    let reach = seen.iter().map(|p| p.0.abs()).fold(0.5, f64::max);
    let top = seen.iter().map(|p| p.1).fold(0.0, f64::max) + 0.9;
    let panel = Panel {
        frame,
        x: Axis::exact(-reach - 0.05, reach + 0.05, 6),
        y: Axis {
            low: -3.0,
            high: top,
            step: 1.0,
        },
    };
    let scene = &mut page.scene;
    panel.draw(scene, |v| panel.x.label(v));
    panel.title(
        scene,
        left,
        "Density of yearly growth rates",
        "log10 of density against log growth",
    );
    for (name, ink, dashed) in [
        ("growth_laplace", STYLE.horizons[0], true),
        ("growth_subbotin", STYLE.reform, false),
    ] {
        let fit = log(mean_curve(&curves(run, name)));
        let inside = fit.into_iter().filter(|p| p.1 >= -3.0 && p.0.abs() <= reach);
        panel.curve(scene, inside, ink, dashed);
    }
    for p in &seen {
        scene.disc(panel.at(p.0, p.1), 2.4, STYLE.baseline);
    }
    let entries = [
        Entry::new("firms, mean of seeds", STYLE.baseline, Swatch::Marker(0)),
        Entry::new(format!("Subbotin, b = {b:.2}"), STYLE.reform, Swatch::Line),
        Entry::new("Laplace, b = 1", STYLE.horizons[0], Swatch::Dashes),
    ];
    inside_legend(scene, &panel, &entries, true);
    spread(run, &mut page);
    Ok(page.scene)
}

/// Standard deviation of growth by size, both in logs.
fn spread(run: &Run, page: &mut Page) {
    let raw = curves(run, "growth_spread");
    let logs: Vec<Vec<(f64, f64)>> = raw
        .iter()
        .map(|c| c.iter().map(|p| (p.0, p.1.log10())).collect())
        .collect();
    let logs: Vec<&Curve> = logs.iter().map(Vec::as_slice).collect();
    let fit = |c: &Curve| crate::base::fit::line(c.iter().map(|p| (p.0, p.1, 1.0)));
    let slope = mean_of(&logs, |c| fit(c).map(|l| l.slope));
    let level = mean_of(&logs, |c| fit(c).map(|l| l.intercept));
    if !slope.is_finite() {
        return;
    }
    let (x, y) = (ends(&logs, |p| p.0), ends(&logs, |p| p.1));
    let (frame, left) = half(page, 1);
    let panel = Panel {
        frame,
        x: Axis {
            low: x.0.floor(),
            high: x.1 + 0.1,
            step: 1.0,
        },
        y: Axis::exact(y.0 - 0.1, y.1 + 0.35, 5),
    };
    let scene = &mut page.scene;
    panel.draw(scene, power);
    panel.title(
        scene,
        left,
        "Spread of growth by size",
        "log10 of the standard deviation; heads a firm, log scale",
    );
    threads(scene, &panel, &logs, STYLE.baseline);
    let middle = 0.5 * (x.0 + x.1);
    let through = (middle, level + slope * middle);
    panel.curve(
        scene,
        straight(&panel, through, -0.17, x.0, x.1),
        STYLE.horizons[0],
        true,
    );
    panel.curve(scene, straight(&panel, through, slope, x.0, x.1), STYLE.reform, false);
    let entries = [
        Entry::new("seeds", STYLE.baseline, Swatch::Line),
        Entry::new(
            format!("fit: slope {}", units::number(slope, 3)),
            STYLE.reform,
            Swatch::Line,
        ),
        Entry::new("data: slope −0.17", STYLE.horizons[0], Swatch::Dashes),
    ];
    inside_legend(scene, &panel, &entries, false);
}

/// Densities of log MRPK by ownership, and shares of their variance.
pub fn wedges(run: &Run, spec: &FigureSpec) -> Result<Scene, Skip> {
    let sides = [
        ("Private firms", needed(run, "log_mrpk_private")?, STYLE.reform, false),
        ("State firms", needed(run, "log_mrpk_state")?, STYLE.horizons[0], true),
    ];
    let (parts, variance) = (needed(run, "mrpk_parts")?, needed(run, "mrpk_variance")?);
    let sd = mean_of(&variance, |c| Some(c.first()?.1)).sqrt();
    let subtitle = format!("Standard deviation of log MRPK {sd:.2}, mean of seeds and years");
    let mut page = Page::new(run, spec, &subtitle, HEIGHT, &[]);
    let (frame, left) = half(&page, 0);
    let means: Vec<Vec<(f64, f64)>> = sides.iter().map(|s| mean_curve(&s.1)).collect();
    let top = means.iter().flatten().map(|p| p.1).fold(0.0, f64::max);
    let seen = || means.iter().flatten().filter(|p| p.1 > 0.004 * top).map(|p| p.0);
    let (low, high) = seen().fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), v| (a.min(v), b.max(v)));
    let panel = Panel {
        frame,
        x: Axis::exact(low, high, 7),
        y: Axis::exact(0.0, 1.3 * top, 5),
    };
    let scene = &mut page.scene;
    panel.draw(scene, |v| panel.x.label(v));
    panel.title(
        scene,
        left,
        "Density by ownership",
        "density against log MRPK relative to the mean",
    );
    let mut entries = Vec::new();
    for ((name, curves, ink, dashed), mean) in sides.iter().zip(&means) {
        let inside = mean.iter().copied().filter(|p| (low..=high).contains(&p.0));
        panel.curve(scene, inside, *ink, *dashed);
        let swatch = if *dashed { Swatch::Dashes } else { Swatch::Line };
        let sd = mean_of(curves, |c| Some(density_sd(c)));
        entries.push(Entry::new(format!("{name}: SD {sd:.2}"), *ink, swatch));
    }
    inside_legend(scene, &panel, &entries, true);
    bars(&mut page, &parts);
    Ok(page.scene)
}

/// Shares of the variance of log MRPK as bars.
fn bars(page: &mut Page, parts: &[&Curve]) {
    const NAMES: [&str; 3] = ["finance rate", "unexplained wedge", "adjustment, shocks, prices"];
    let (frame, left) = half(page, 1);
    let shares: [f64; 3] = std::array::from_fn(|j| mean_of(parts, |c| c.get(j).map(|p| 100.0 * p.1)));
    let panel = Panel {
        frame,
        x: Axis::exact(shares.iter().copied().fold(0.0, f64::min), 100.0, 5),
        y: Axis {
            low: 0.0,
            high: 3.0,
            step: f64::INFINITY,
        },
    };
    let scene = &mut page.scene;
    panel.draw(scene, |v| panel.x.label(v));
    panel.title(
        scene,
        left,
        "Where the spread comes from",
        "share of the variance of log MRPK (%)",
    );
    for (j, share) in shares.iter().enumerate() {
        let top = 2.7 - j as f64;
        let (zero, end) = (panel.at(0.0, top), panel.at(*share, top - 0.4));
        let (x, w) = (zero.0.min(end.0), (end.0 - zero.0).abs());
        scene.rect(Frame::new(x, zero.1, w, end.1 - zero.1), STYLE.reform);
        let text = format!("{}: {} %", NAMES[j], units::number(*share, 0));
        let over = (panel.at(0.0, top).0 + 2.0, zero.1 - 5.0);
        scene.text(over, text, STYLE.label + 1.0, Align::Left, STYLE.text);
    }
}

/// Lorenz curves of income, with the groups of the survey, and of wealth.
pub fn lorenz(run: &Run, spec: &FigureSpec) -> Result<Scene, Skip> {
    let sides = [("lorenz_income", "Income"), ("lorenz_wealth", "Wealth")];
    let mut page = Page::new(run, spec, "Mean of seeds; both axes in %", HEIGHT, &[]);
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
        "Slope {}, correlation {}; means of seeds",
        units::number(slope, 2),
        units::number(correlation, 2)
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
