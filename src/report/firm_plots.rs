//! Figures of facts about firms: ranks of sizes, growth rates, marginal products of capital.

use super::Skip;
use super::data::{Curve, Run};
use super::fact_plots::{
    ABOVE, AXIS, BELOW, HEIGHT, curves, ends, half, inside_legend, mean_curve, mean_of, needed, straight, threads,
};
use super::page::{Axis, Entry, Page, Panel, Swatch};
use super::scene::{Align, Frame, Scene};
use super::spec::FigureSpec;
use super::stats::density_sd;
use super::style::STYLE;
use super::units;

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
    let subtitle = format!(
        "Share of firms at least as large against heads; tail exponent {zeta:.2}, {}",
        run.of_seeds("mean of seeds")
    );
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
    let subtitle = format!(
        "Shape of the Subbotin density b = {b:.2}, {}",
        run.of_seeds("mean of seeds")
    );
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
        Entry::new("firms", STYLE.baseline, Swatch::Marker(0)),
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
    let subtitle = format!(
        "Standard deviation of log MRPK {sd:.2}, {}",
        run.of_seeds("mean of seeds and years")
    );
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
