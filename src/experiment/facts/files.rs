//! The files of a folder of stylised facts.

use super::{Judged, NEAR, SeedFacts};
use crate::experiment::folder::{origin, took};
use crate::experiment::frames::{self, DistributionBuilder, DistributionRow};
use crate::experiment::run::files::distribute;
use crate::metrics::estimators::ESTIMATORS;
use crate::scenario::Scenario;
use anyhow::Context;
use polars::prelude::{Column, DataFrame};
use std::path::Path;

/// Values, curves, scenario and manifest.
pub(super) fn write(
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
    let program = crate::experiment::sweep::program_hash()?;
    let manifest = manifest(scenario, done, seconds, program);
    std::fs::write(folder.join("manifest.toml"), manifest).context("write manifest.toml")?;
    Ok(())
}

/// What came of the facts under the scenario to show beside it, named in `before.toml`.
pub(super) fn write_before(scenario: &Scenario, folder: &Path, judged: &[Judged]) -> anyhow::Result<()> {
    frames::write_parquet(&mut table(judged)?, &folder.join("before.parquet"))?;
    std::fs::write(folder.join("before.toml"), scenario.resolved_toml()).context("write before.toml")
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
        text("role", &|j| j.fact.role.name().to_owned()),
        text("parameters", &|j| j.fact.parameters.join(" ")),
        text("because", &|j| j.fact.because.clone()),
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

fn manifest(scenario: &Scenario, done: &[SeedFacts], seconds: f64, program: String) -> String {
    let mut m = origin(scenario);
    took(&mut m, seconds);
    let mut set = |k: &str, v: toml::Value| {
        m.insert(k.to_owned(), v);
    };
    set("program", program.into());
    set("scale", i64::from(scenario.scale).into());
    set("quarters", i64::from(scenario.quarters).into());
    set("burn_in", i64::from(scenario.burn_in).into());
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
