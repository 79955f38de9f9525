//! `yaosu facts`: a scenario's world held against its stylised facts, over many seeds.

use super::folder::{named, open_partial, rescue};
use super::job::{self, JobError};
use super::replications;
use super::run::{QUARTERS, Watch};
use crate::metrics::estimators::ESTIMATORS;
use crate::metrics::moments::FactMoments;
use crate::metrics::{self, Snapshot, scopes};
use crate::scenario::Scenario;
use crate::scenario::facts::{Fact, NO_SHOCK, facts};
use crate::scenario::seed::SeedEconomy;
use anyhow::anyhow;
use std::path::{Path, PathBuf};
use std::time::Instant;

mod curves;
mod files;

/// Least share of seeds in the widened band.
const NEAR: f64 = 0.8;

/// What came of a fact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The mean lies in the band and enough seeds near it.
    Pass,
    /// It does not.
    Fail,
    /// The model cannot produce it.
    NotModelled,
    /// The run is too short or lacks what the estimator needs.
    NotMeasured,
}

impl Verdict {
    /// As tables show it.
    pub fn name(self) -> &'static str {
        match self {
            Verdict::Pass => "pass",
            Verdict::Fail => "FAIL",
            Verdict::NotModelled => "not modelled",
            Verdict::NotMeasured => "not measured",
        }
    }
}

/// A fact and what the model gives.
#[derive(Clone, Debug)]
pub struct Judged {
    /// The fact.
    pub fact: Fact,
    /// Seed and value.
    pub values: Vec<(u64, f64)>,
    /// Mean over seeds.
    pub mean: f64,
    /// Standard deviation over seeds.
    pub sd: f64,
    /// 5 % and 95 % quantiles over seeds.
    pub range: [f64; 2],
    /// Share of seeds in the band widened by half.
    pub near: f64,
    /// What came of it.
    pub verdict: Verdict,
}

/// Judges a fact by the values of the seeds.
pub fn judge(fact: Fact, values: Vec<(u64, f64)>) -> Judged {
    let mut sorted: Vec<f64> = values.iter().map(|v| v.1).collect();
    sorted.sort_by(f64::total_cmp);
    let n = sorted.len() as f64;
    let mean = sorted.iter().sum::<f64>() / n;
    let sd = (sorted.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (n - 1.0)).sqrt();
    let quantile = |p: f64| {
        let at = p * (n - 1.0);
        let (low, high) = (sorted[at.floor() as usize], sorted[at.ceil() as usize]);
        low + (at - at.floor()) * (high - low)
    };
    let range = if sorted.is_empty() {
        [f64::NAN; 2]
    } else {
        [quantile(0.05), quantile(0.95)]
    };
    let near = sorted.iter().filter(|x| fact.nearly_holds(**x)).count() as f64 / n;
    let verdict = match (&fact.estimator, sorted.is_empty()) {
        (None, _) => Verdict::NotModelled,
        _ if fact.not_modelled.is_some() => Verdict::NotModelled,
        (_, true) => Verdict::NotMeasured,
        _ if fact.holds(mean) && near >= NEAR => Verdict::Pass,
        _ => Verdict::Fail,
    };
    Judged {
        fact,
        values,
        mean,
        sd,
        range,
        near,
        verdict,
    }
}

/// A fact of the cycle is not modelled where nothing shocks the economy: cycles are then the luck of single agents, and
/// shrink with their number.
fn unless_shocked(mut fact: Fact, scenario: &Scenario) -> Fact {
    if fact.needs_shocks && scenario.behaviour.goods.outside_sd == 0.0 {
        fact.not_modelled.get_or_insert_with(|| NO_SHOCK.to_owned());
    }
    fact
}

/// What the command did.
pub struct FactsSummary {
    /// Folder that the results get when published.
    pub folder: PathBuf,
    /// Folder that they stand in until then.
    pub partial: PathBuf,
    /// Every fact.
    pub judged: Vec<Judged>,
    /// Seeds that finished.
    pub seeds: usize,
    /// Seconds.
    pub seconds: f64,
    /// Whether the user stopped it.
    pub interrupted: bool,
}

/// Points of a named curve of one seed.
type Curve = (&'static str, Vec<(f64, f64)>);

struct SeedFacts {
    seed: u64,
    values: Vec<Option<f64>>,
    curves: Vec<Curve>,
    last: Snapshot,
    audits: u64,
}

/// Runs every seed of the scenario, and of one to show beside it, and writes values, curves and manifest into a folder not yet published.
///
/// # Errors
/// If the world has no facts, or a job or a file fails.
pub fn run(
    (scenario, before): (&Scenario, Option<&Scenario>),
    held_out: bool,
    out: &Path,
    watch: &dyn Watch,
) -> anyhow::Result<FactsSummary> {
    let list =
        facts(&scenario.world).ok_or_else(|| anyhow!("the world `{}` has no stylised facts", scenario.world))??;
    let data = job::seed_economy(&scenario.world)?;
    let what = if held_out { "facts-holdout" } else { "facts" };
    let folder = format!("{}-{what}-{}", scenario.name, scenario.hash8());
    let existed = out.exists();
    let partial = open_partial(out, &folder)?;
    let whole = out.join(folder);
    match run_in((scenario, before), &data, list, watch, &partial) {
        Ok(summary) => Ok(FactsSummary {
            folder: named(&whole, !summary.interrupted),
            ..summary
        }),
        Err(error) => Err(rescue(&partial, &whole, existed, error)),
    }
}

fn run_in(
    (scenario, before): (&Scenario, Option<&Scenario>),
    data: &SeedEconomy,
    list: Vec<Fact>,
    watch: &dyn Watch,
    partial: &Path,
) -> anyhow::Result<FactsSummary> {
    let started = Instant::now();
    let quarters = |s: &Scenario| u64::from(s.burn_in + s.quarters) * s.seeds.len() as u64;
    watch.begin(quarters(scenario) + before.map_or(0, quarters), QUARTERS);
    let (judged, done) = held_against(scenario, data, &list, watch)?;
    if done.is_empty() {
        return Err(JobError::Interrupted.into());
    }
    files::write(scenario, partial, &judged, &done, started.elapsed().as_secs_f64())?;
    let mut interrupted = done.len() < scenario.seeds.len();
    if let Some(before) = before {
        let (beside, seeds) = held_against(before, data, &list, watch)?;
        interrupted |= seeds.len() < before.seeds.len();
        files::write_before(before, partial, &beside)?;
    }
    Ok(FactsSummary {
        folder: PathBuf::new(),
        partial: partial.to_owned(),
        judged,
        seeds: done.len(),
        seconds: started.elapsed().as_secs_f64(),
        interrupted,
    })
}

/// Runs the seeds of a scenario and judges every fact; also what came of the seeds that finished.
fn held_against(
    scenario: &Scenario,
    data: &SeedEconomy,
    list: &[Fact],
    watch: &dyn Watch,
) -> anyhow::Result<(Vec<Judged>, Vec<SeedFacts>)> {
    let one = |seed| seed_job(scenario, data, seed, watch);
    let (done, failure) = replications::finished(scenario.scale, &scenario.seeds, || watch.stop(), one);
    if let Some(failure) = failure {
        return Err(failure.into());
    }
    let judged = list.iter().cloned().map(|fact| {
        let at = ESTIMATORS
            .iter()
            .position(|e| Some(e.name) == fact.estimator.as_deref());
        let value = |d: &SeedFacts| Some((d.seed, d.values[at?]?)).filter(|v| v.1.is_finite());
        let values = done.iter().filter_map(value).collect();
        judge(unless_shocked(fact, scenario), values)
    });
    let judged = judged.collect();
    Ok((judged, done))
}

/// One seed: birth, burn-in, measured quarters with the moments gathered as they go.
fn seed_job(scenario: &Scenario, data: &SeedEconomy, seed: u64, watch: &dyn Watch) -> Result<SeedFacts, JobError> {
    let (moments, last, audits) = moments(scenario, data, seed, &|| watch.stop(), &mut || watch.tick())?;
    Ok(SeedFacts {
        seed,
        values: ESTIMATORS.iter().map(|e| (e.value)(&moments, data)).collect(),
        curves: curves::curves(&moments),
        last,
        audits,
    })
}

/// Moments of one seed over the scenario's measured quarters, the last snapshot, and the number of audited stages.
///
/// # Errors
/// If birth or an audit fails, or the user stops.
pub fn moments(
    scenario: &Scenario,
    data: &SeedEconomy,
    seed: u64,
    stop: &dyn Fn() -> bool,
    tick: &mut dyn FnMut(),
) -> Result<(FactMoments, Snapshot, u64), JobError> {
    observe(scenario, data, seed, stop, &mut |_, _, _| tick())
}

/// Sees a quarter that has ended: its number, the moments so far, its snapshot.
type Each<'a> = dyn FnMut(Option<i64>, &FactMoments, Option<&Snapshot>) + 'a;

/// As [`moments`]; `each` sees every quarter that has ended, of the burn-in without anything, of the measured ones with its
/// number, the moments gathered so far and the snapshot.
///
/// # Errors
/// If birth or an audit fails, or the user stops.
pub fn observe(
    scenario: &Scenario,
    data: &SeedEconomy,
    seed: u64,
    stop: &dyn Fn() -> bool,
    each: &mut Each,
) -> Result<(FactMoments, Snapshot, u64), JobError> {
    let mut moments = FactMoments::default();
    let (mut w, _) = job::burn_in(scenario, data, seed, stop, &mut || each(None, &moments, None))?;
    let city = &scopes(&w.geography)[..1];
    let inside = w.geography.inside;
    let mut rules = job::rules_at(&scenario.schedule, w.tick, inside)?;
    let mut last = metrics::snapshot(&w);
    while w.tick < i64::from(scenario.quarters) {
        if stop() {
            return Err(JobError::Interrupted);
        }
        if scenario.schedule.changes_at(w.tick) {
            rules = job::rules_at(&scenario.schedule, w.tick, inside)?;
        }
        let now = w.tick;
        crate::step::step(&mut w, &rules)?;
        last = metrics::snapshot(&w);
        moments.observe(&w, &last, &metrics::measure(&last, city));
        each(Some(now), &moments, Some(&last));
    }
    Ok((moments, last, w.books.audits()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fact_needs_its_mean_in_the_band_and_most_seeds_near_it() {
        let mut fact = facts("chongqing").expect("a world").expect("sound").remove(0);
        fact.band = [2.0, 4.0];
        let of = |values: &[f64]| {
            let j = judge(
                fact.clone(),
                values.iter().enumerate().map(|(k, v)| (k as u64, *v)).collect(),
            );
            (j.verdict, j.near)
        };
        assert_eq!(of(&[2.5, 3.5, 3.0, 3.0, 1.0]), (Verdict::Pass, 0.8));
        assert_eq!(of(&[2.5, 3.5, 3.0, 5.0, 1.0]), (Verdict::Fail, 0.6));
        assert_eq!(of(&[1.9, 1.8, 1.9]), (Verdict::Fail, 1.0));
        assert_eq!(of(&[]).0, Verdict::NotMeasured);
        fact.estimator = None;
        assert_eq!(judge(fact, Vec::new()).verdict, Verdict::NotModelled);
    }
}
