//! A run with a reference: its two scenarios, paired by seed.

use std::path::Path;

use super::brief::{Arm, Brief, Cell};
use super::names;
use super::read::{cut_horizons, how, measure, rank};
use crate::metrics::{self, METRICS, Metric};
use crate::report::ReportError;
use crate::report::data::Run;
use crate::report::spec::Item;
use crate::report::stats::Interval;
use crate::report::units::Effect;

/// Pairs the two scenarios of a run by seed.
pub fn read(dir: &Path, brief: &mut Brief) -> Result<(), ReportError> {
    let all: Vec<&str> = METRICS.iter().map(|m| m.name).collect();
    let run = Run::load(dir, &all)?;
    let Some(reform) = run.reform.clone() else {
        return Ok(());
    };
    (brief.start, brief.about.seeds) = (run.start, run.seeds);
    brief.arms = vec![Arm {
        title: run_title(brief, &reform),
        id: reform,
        package: true,
    }];
    let mut scopes = vec!["total".to_owned()];
    for place in &brief.places {
        if !scopes.contains(&place.group) {
            scopes.push(place.group.clone());
        }
    }
    scopes.extend(brief.places.iter().map(|p| p.id.clone()));
    let mut order: Vec<usize> = (0..METRICS.len()).collect();
    order.sort_by_key(|&k| rank(METRICS[k].name));
    for m in order.into_iter().map(|k| &METRICS[k]) {
        add(&run, m, &scopes, brief);
    }
    cut_horizons(brief);
    Ok(())
}

/// Adds the effects on one metric, in all regions and groups that have it.
fn add(run: &Run, m: &Metric, scopes: &[String], brief: &mut Brief) {
    let (effect, _) = how(m.name, m.unit);
    // plain numbers first: one unit for all regions of a metric
    let mut item = Item::new(m.name, "").effect(effect).shown(1.0, "");
    let raw = if effect == Effect::Points { 0.01 } else { 1.0 };
    let mut largest: f64 = 0.0;
    let mut found = Vec::new();
    for region in scopes {
        for group in metrics::groups() {
            item.group = group;
            let Some(track) = run.effect(&item, region) else {
                continue;
            };
            if region == "total" {
                largest = track.points.iter().fold(largest, |l, p| l.max(raw * p.1.mean.abs()));
            }
            found.push((region.clone(), group.to_owned(), track.points));
        }
    }
    if found.is_empty() {
        return;
    }
    let measure = measure(brief.lang, m.name, m.unit, largest);
    let factor = if measure.shown.percent {
        1.0
    } else {
        raw * measure.shown.factor
    };
    brief.measures.push(measure);
    for (region, group, points) in found {
        let scaled = points.into_iter().map(|(tick, i)| (tick, times(i, factor)));
        let cell = Cell {
            arm: 0,
            measure: brief.measures.len() - 1,
            region,
            group,
        };
        brief.paths.insert(cell, scaled.collect());
    }
}

/// The title of a run's reform: that of its lever if it has but one.
fn run_title(brief: &Brief, reform: &str) -> String {
    let levers = names::active(&brief.about.resolved);
    match levers.as_slice() {
        [one] => names::arm_title(brief.lang, &brief.about, one),
        [] => reform.to_owned(),
        _ => brief.lang.pick("All together", "全部措施合计").to_owned(),
    }
}

fn times(i: Interval, factor: f64) -> Interval {
    Interval {
        mean: factor * i.mean,
        low: factor * i.low,
        high: factor * i.high,
        n: i.n,
    }
}
