//! `yaosu facts`: a scenario's world held against its stylised facts, over many seeds.

use super::frames::{self, DistributionBuilder, DistributionRow};
use super::job::{self, JobError};
use super::run::{Watch, distribute, open_partial};
use crate::base::fit::Subbotin;
use crate::metrics::estimators::{ESTIMATORS, growth_fit, spread_by_size};
use crate::metrics::moments::FactMoments;
use crate::metrics::{self, Snapshot, scopes};
use crate::scenario::Scenario;
use crate::scenario::facts::{Fact, facts};
use crate::scenario::seed::SeedEconomy;
use anyhow::{Context, anyhow};
use polars::prelude::{Column, DataFrame};
use rayon::prelude::*;
use std::path::{Path, PathBuf};
use std::time::Instant;

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

/// Runs every seed of the scenario and writes values, curves and manifest into a folder not yet published.
///
/// # Errors
/// If the world has no facts, or a job or a file fails.
pub fn run(scenario: &Scenario, held_out: bool, out: &Path, watch: &dyn Watch) -> anyhow::Result<FactsSummary> {
    let list =
        facts(&scenario.world).ok_or_else(|| anyhow!("the world `{}` has no stylised facts", scenario.world))??;
    let data = job::seed_economy(&scenario.world)?;
    let what = if held_out { "facts-holdout" } else { "facts" };
    let folder = format!("{}-{what}-{}", scenario.name, scenario.hash8());
    let existed = out.exists();
    let partial = open_partial(out, &folder)?;
    let done = run_in(scenario, &data, list, watch, &partial);
    match done {
        Ok(summary) => Ok(FactsSummary {
            folder: out.join(folder),
            ..summary
        }),
        Err(error) => {
            let _ = std::fs::remove_dir_all(&partial);
            if !existed {
                // only if nothing else stands in it by now
                let _ = std::fs::remove_dir(out);
            }
            Err(error)
        }
    }
}

fn run_in(
    scenario: &Scenario,
    data: &SeedEconomy,
    list: Vec<Fact>,
    watch: &dyn Watch,
    partial: &Path,
) -> anyhow::Result<FactsSummary> {
    let started = Instant::now();
    let quarters = u64::from(scenario.burn_in + scenario.quarters);
    watch.begin(quarters * scenario.seeds.len() as u64);
    let jobs: Vec<Result<SeedFacts, JobError>> = if scenario.seeds.len() >= rayon::current_num_threads() {
        scenario
            .seeds
            .par_iter()
            .map(|&s| seed_job(scenario, data, s, watch))
            .collect()
    } else {
        scenario
            .seeds
            .iter()
            .map(|&s| seed_job(scenario, data, s, watch))
            .collect()
    };
    let mut done = Vec::new();
    for job in jobs {
        match job {
            Ok(d) => done.push(d),
            Err(JobError::Interrupted) => {}
            Err(e) => return Err(e.into()),
        }
    }
    if done.is_empty() {
        return Err(JobError::Interrupted.into());
    }
    let judged: Vec<Judged> = list
        .into_iter()
        .map(|fact| {
            let at = ESTIMATORS
                .iter()
                .position(|e| Some(e.name) == fact.estimator.as_deref());
            let value = |d: &SeedFacts| Some((d.seed, d.values[at?]?)).filter(|v| v.1.is_finite());
            let values = done.iter().filter_map(value).collect();
            judge(fact, values)
        })
        .collect();
    let seconds = started.elapsed().as_secs_f64();
    write(scenario, partial, &judged, &done, seconds)?;
    Ok(FactsSummary {
        folder: PathBuf::new(),
        partial: partial.to_owned(),
        judged,
        seeds: done.len(),
        seconds,
        interrupted: done.len() < scenario.seeds.len(),
    })
}

/// One seed: birth, burn-in, measured quarters with the moments gathered as they go.
fn seed_job(scenario: &Scenario, data: &SeedEconomy, seed: u64, watch: &dyn Watch) -> Result<SeedFacts, JobError> {
    let (moments, last, audits) = moments(scenario, data, seed, &|| watch.stop(), &mut || watch.tick())?;
    Ok(SeedFacts {
        seed,
        values: ESTIMATORS.iter().map(|e| (e.value)(&moments, data)).collect(),
        curves: curves(&moments),
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
    let (mut w, _) = job::burn_in(scenario, data, seed, stop, tick)?;
    let city = &scopes(&w.geography)[..1];
    let inside = w.geography.inside;
    let mut moments = FactMoments::default();
    let mut rules = job::rules_at(&scenario.schedule, w.tick, inside)?;
    let mut last = metrics::snapshot(&w);
    while w.tick < i64::from(scenario.quarters) {
        if stop() {
            return Err(JobError::Interrupted);
        }
        if scenario.schedule.changes_at(w.tick) {
            rules = job::rules_at(&scenario.schedule, w.tick, inside)?;
        }
        crate::step::step(&mut w, &rules)?;
        last = metrics::snapshot(&w);
        moments.observe(&w, &last, &metrics::measure(&last, city));
        tick();
    }
    Ok((moments, last, w.books.audits()))
}

/// Curves of the distributional facts, as figures show them.
fn curves(m: &FactMoments) -> Vec<Curve> {
    let mut out = Vec::new();
    let total: f64 = m.sizes.iter().map(|s| s.1).sum();
    if let (Some((line, _)), Some(floor)) = (m.tails.last(), crate::base::fit::top_floor(&m.sizes, 0.1)) {
        let share = |ln_rank: f64| (ln_rank - total.ln()) / std::f64::consts::LN_10;
        let (mut above, mut next, mut zipf) = (0.0, f64::INFINITY, Vec::new());
        for &(size, weight) in &m.sizes {
            above += weight;
            // a point each twentieth of a decade shows the curve
            if size.log10() <= next {
                zipf.push((size.log10(), share((above - 0.5 * weight).ln())));
                next = size.log10() - 0.05;
            }
        }
        out.push(("zipf", zipf));
        let top = m.sizes.first().map_or(floor, |s| s.0);
        let at = |size: f64| (size.log10(), share(line.intercept + line.slope * size.ln()));
        out.push(("zipf_fit", vec![at(floor), at(top)]));
    }
    if let Some(fit) = growth_fit(&m.growth) {
        let (step, half) = (0.05, 40);
        let weight: f64 = m.growth.iter().map(|g| g.weight).sum();
        let mut bins = vec![0.0; 2 * half + 1];
        for g in &m.growth {
            let at = (g.rate / step).round() + half as f64;
            if (0.0..=2.0 * half as f64).contains(&at) {
                bins[at as usize] += g.weight / weight / step;
            }
        }
        let laplace = Subbotin {
            b: 1.0,
            a: m.growth.iter().map(|g| g.weight * (g.rate - fit.m).abs()).sum::<f64>() / weight,
            m: fit.m,
        };
        let x = |k: usize| (k as f64 - half as f64) * step;
        let of = |f: &dyn Fn(usize) -> f64| (0..bins.len()).map(|k| (x(k), f(k))).collect();
        out.push(("growth_shape", vec![(fit.a, fit.b)]));
        out.push(("growth", of(&|k| bins[k])));
        out.push(("growth_subbotin", of(&|k| fit.density(x(k)))));
        out.push(("growth_laplace", of(&|k| laplace.density(x(k)))));
        let spread = spread_by_size(&m.growth);
        out.push((
            "growth_spread",
            spread
                .iter()
                .map(|(s, sd)| (s / std::f64::consts::LN_10, sd.exp()))
                .collect(),
        ));
    }
    let pairs = |x: Option<Vec<f64>>, y: Option<Vec<f64>>| -> Vec<(f64, f64)> {
        x.into_iter()
            .flatten()
            .zip(y.into_iter().flatten())
            .map(|(x, y)| (100.0 * x, 100.0 * y))
            .collect()
    };
    let unemployment = || m.cycle("unemployment_all", false);
    out.push(("beveridge", pairs(unemployment(), m.cycle("vacancies_all", false))));
    out.push(("okun", pairs(m.cycle("output_all", true), unemployment())));
    let years = m.wedges.len().max(1) as f64;
    let mean = |f: &dyn Fn(&metrics::moments::WedgeShares) -> f64| m.wedges.iter().map(f).sum::<f64>() / years;
    out.push((
        "mrpk_parts",
        (0..3).map(|j| (j as f64, mean(&|w| w.share[j]))).collect(),
    ));
    out.push(("mrpk_variance", vec![(0.0, mean(&|w| w.variance))]));
    out
}

fn write(
    scenario: &Scenario,
    folder: &Path,
    judged: &[Judged],
    done: &[SeedFacts],
    seconds: f64,
) -> anyhow::Result<()> {
    std::fs::write(folder.join("resolved.toml"), scenario.resolved_toml()).context("write resolved.toml")?;
    frames::write_parquet(&mut table(judged)?, &folder.join("facts.parquet"))?;
    frames::write_parquet(&mut seeds(judged)?, &folder.join("fact_seeds.parquet"))?;
    let mut curves = DistributionBuilder::default();
    let tick = scenario.quarters as i32 - 1;
    for d in done {
        let at = (scenario.name.as_str(), d.seed as i64, tick);
        distribute(&d.last, at, &mut curves);
        for (distribution, points) in &d.curves {
            for &(x, y) in points {
                curves.push(DistributionRow {
                    scenario: at.0,
                    seed: at.1,
                    tick,
                    distribution,
                    group: "all",
                    x,
                    y,
                });
            }
        }
    }
    let fifths = judged.iter().find(|j| j.fact.points.len() == 5);
    if let (Some(j), Some(d)) = (fifths, done.first()) {
        let all: f64 = j.fact.points.iter().sum();
        let mut below = 0.0;
        for (k, mean) in j.fact.points.iter().enumerate() {
            below += mean / all;
            curves.push(DistributionRow {
                scenario: &scenario.name,
                seed: d.seed as i64,
                tick,
                distribution: "lorenz_income_data",
                group: "all",
                x: 0.2 * (k + 1) as f64,
                y: below,
            });
        }
    }
    frames::write_parquet(&mut curves.finish()?, &folder.join("distributions.parquet"))?;
    std::fs::write(folder.join("manifest.toml"), manifest(scenario, done, seconds)).context("write manifest.toml")?;
    Ok(())
}

/// One row a fact: what is said, what is measured, what came of it.
fn table(judged: &[Judged]) -> Result<DataFrame, frames::FrameError> {
    let text = |name: &str, of: &dyn Fn(&Judged) -> String| {
        Column::new(name.into(), judged.iter().map(of).collect::<Vec<String>>())
    };
    let number =
        |name: &str, of: &dyn Fn(&Judged) -> f64| Column::new(name.into(), judged.iter().map(of).collect::<Vec<f64>>());
    let definition = |j: &Judged| {
        let at = ESTIMATORS.iter().find(|e| Some(e.name) == j.fact.estimator.as_deref());
        at.map_or(String::new(), |e| e.definition.to_owned())
    };
    let points = |j: &Judged| j.fact.points.iter().map(f64::to_string).collect::<Vec<_>>().join(" ");
    let columns = vec![
        text("fact", &|j| j.fact.id.clone()),
        text("name_en", &|j| j.fact.name.en.clone()),
        text("name_zh", &|j| j.fact.name.zh.clone()),
        text("statement", &|j| j.fact.statement.clone()),
        text("data", &|j| j.fact.data.clone()),
        text("points", &points),
        text("unit", &|j| j.fact.unit.clone()),
        number("low", &|j| j.fact.band[0]),
        number("high", &|j| j.fact.band[1]),
        text("grade", &|j| j.fact.grade.clone()),
        text("source", &|j| j.fact.source.clone()),
        text("address", &|j| j.fact.address.clone()),
        text("definition", &definition),
        text("not_modelled", &|j| j.fact.not_modelled.clone().unwrap_or_default()),
        number("mean", &|j| j.mean),
        number("sd", &|j| j.sd),
        number("p05", &|j| j.range[0]),
        number("p95", &|j| j.range[1]),
        number("near_share", &|j| j.near),
        Column::new(
            "seeds".into(),
            judged.iter().map(|j| j.values.len() as i64).collect::<Vec<_>>(),
        ),
        text("result", &|j| j.verdict.name().to_owned()),
    ];
    Ok(DataFrame::new_infer_height(columns)?)
}

fn seeds(judged: &[Judged]) -> Result<DataFrame, frames::FrameError> {
    let rows = || judged.iter().flat_map(|j| j.values.iter().map(move |v| (j, v)));
    Ok(DataFrame::new_infer_height(vec![
        Column::new(
            "fact".into(),
            rows().map(|(j, _)| j.fact.id.as_str()).collect::<Vec<_>>(),
        ),
        Column::new("seed".into(), rows().map(|(_, v)| v.0 as i64).collect::<Vec<_>>()),
        Column::new("value".into(), rows().map(|(_, v)| v.1).collect::<Vec<_>>()),
    ])?)
}

fn manifest(scenario: &Scenario, done: &[SeedFacts], seconds: f64) -> String {
    let mut m = toml::Table::new();
    let mut set = |k: &str, v: toml::Value| {
        m.insert(k.to_owned(), v);
    };
    set("name", scenario.name.clone().into());
    set("hash", scenario.hash8().into());
    set("version", env!("CARGO_PKG_VERSION").into());
    set("world", scenario.world.clone().into());
    set("scale", i64::from(scenario.scale).into());
    set("quarters", i64::from(scenario.quarters).into());
    set("burn_in", i64::from(scenario.burn_in).into());
    set("threads", (rayon::current_num_threads() as i64).into());
    set("wall_seconds", seconds.into());
    let seeds: Vec<toml::Value> = done.iter().map(|d| (d.seed as i64).into()).collect();
    set("seeds", seeds.into());
    set(
        "audited_stages",
        (done.iter().map(|d| d.audits).sum::<u64>() as i64).into(),
    );
    set(
        "rule",
        format!("mean in the band, {NEAR} of the seeds in the band widened by half").into(),
    );
    toml::to_string(&m).unwrap_or_default()
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
