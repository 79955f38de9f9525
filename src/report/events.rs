//! The event study of a comparison: what an econometrician would see, and what is true.

use super::Skip;
use super::compared::{Compared, Estimate, readable, shown};
use super::data::Run;
use super::page::{Axis, Entry, Page, Panel, Swatch};
use super::scene::{Frame, Scene};
use super::spec::FigureSpec;
use super::stats::Interval;
use super::style::STYLE;

const HEIGHT: f64 = 300.0;

/// The package's estimates and true effects by quarter since the reform.
pub fn draw(run: &Run, tables: &Compared, spec: &FigureSpec) -> Result<Scene, Skip> {
    let mine = |term: &'static str| {
        let rows = tables.estimates.iter();
        rows.filter(move |e| e.lever == tables.package && e.term == term && e.event_time.is_some())
    };
    let Some(first) = mine("event").next() else {
        return Err(Skip("the scenario has no `[estimate]`".to_owned()));
    };
    let largest = mine("event").filter_map(|e| e.value.interval(1.0));
    let shown = shown(&first.unit, largest.fold(0.0, |m: f64, i| m.max(i.mean.abs())));
    let point = |e: &Estimate| Some((0.25 * e.event_time?, e.value.interval(shown.factor)?));
    let estimate: Vec<(f64, Interval)> = mine("event").filter_map(point).collect();
    let truth: Vec<(f64, Interval)> = mine("event_true").filter_map(point).collect();
    let unit = if shown.unit.is_empty() { "units" } else { &shown.unit };
    let subtitle = format!("{}, {unit}, by years since the reform", readable(&first.outcome));
    let notes = notes(tables, shown.factor);
    let mut page = Page::new(run, spec, &subtitle, HEIGHT, &notes);
    page.legend(&[
        Entry::new("estimate", STYLE.reform, Swatch::Line),
        Entry::new("true effect on the treated", STYLE.baseline, Swatch::Dashes),
    ]);
    let ends = estimate.iter().chain(&truth).flat_map(|(_, i)| [i.low, i.high]);
    let times = || estimate.iter().map(|p| p.0);
    let panel = Panel {
        frame: Frame::new(page.body.x + 50.0, page.body.y + 8.0, page.body.w - 50.0, HEIGHT - 34.0),
        x: Axis::years(times().fold(0.0, f64::min), times().fold(0.25, f64::max)),
        y: Axis::around(ends.chain([0.0]), 6),
    };
    panel.draw(&mut page.scene, |v| panel.x.label(v));
    panel.zero(&mut page.scene);
    let reform = vec![panel.at(-0.125, panel.y.low), panel.at(-0.125, panel.y.high)];
    page.scene.dashed(&reform, STYLE.axis, STYLE.hair);
    let band: Vec<_> = estimate.iter().map(|(t, i)| (*t, i.low, i.high)).collect();
    panel.band(&mut page.scene, &band, STYLE.reform);
    panel.curve(
        &mut page.scene,
        estimate.iter().map(|(t, i)| (*t, i.mean)),
        STYLE.reform,
        false,
    );
    panel.curve(
        &mut page.scene,
        truth.iter().map(|(t, i)| (*t, i.mean)),
        STYLE.baseline,
        true,
    );
    Ok(page.scene)
}

/// The difference in differences, its parts, and whether it agrees with what is published.
fn notes(tables: &Compared, factor: f64) -> Vec<String> {
    let told = |term: &str| {
        let line = tables
            .estimates
            .iter()
            .find(|e| e.lever == tables.package && e.term == term)?;
        let text = super::forest::effect_text(&line.value.interval(factor)?);
        let se = line.se_clustered.filter(|se| se.is_finite());
        let se = se.map_or_else(String::new, |se| format!(", clustered error {:.2}", se * factor));
        Some(format!("{text}{se}"))
    };
    let note = |name: &str, term: &str| told(term).map(|text| format!("{name}: {text}."));
    let verdict = tables
        .estimates
        .iter()
        .find(|e| e.term == "did" && !e.verdict.is_empty());
    let band = (tables.seeds() > 1).then(|| "Band: 95% interval over seeds.".to_owned());
    [
        band,
        note("Difference in differences", "did"),
        note("The same without the reform", "did_baseline"),
        note("True effect on the treated", "true_treated"),
        note("True effect on the controls", "true_control"),
        verdict.map(|e| format!("Against the published estimate: {}.", e.verdict)),
    ]
    .into_iter()
    .flatten()
    .collect()
}
