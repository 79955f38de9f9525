//! The files of a run's folder.

use super::SeedResult;
use crate::books::{FlowMatrix, Sector};
use crate::experiment::folder::{PARTS, origin, scopes_of, took, wanted_metric, wanted_scopes, write_regions};
use crate::experiment::frames::{self, DistributionBuilder, DistributionRow, FrameError, Row, SeriesBuilder};
use crate::experiment::job::ArmResult;
use crate::metrics::{METRICS, Snapshot};
use crate::scenario::Scenario;
use crate::scenario::seed::SeedEconomy;
use anyhow::Context;
use std::fs::File;
use std::path::Path;

/// The scenario in full.
const RESOLVED: &str = "resolved.toml";

/// Writes the series of one seed, and what is needed to repeat it.
pub(super) fn part(
    scenario: &Scenario,
    data: &SeedEconomy,
    folder: &Path,
    seed: u64,
    arms: &[ArmResult],
) -> Result<(), FrameError> {
    let parts = folder.join(PARTS);
    let io = |path: &Path| {
        let path = path.to_owned();
        move |source| FrameError::Io { path, source }
    };
    std::fs::create_dir_all(&parts).map_err(io(&parts))?;
    let resolved = folder.join(RESOLVED);
    std::fs::write(&resolved, scenario.resolved_toml()).map_err(io(&resolved))?;
    let series = series(scenario, data, arms.iter());
    frames::write_parquet(&mut series.finish()?, &parts.join(format!("series-{seed}.parquet")))
}

/// Values of arms as rows.
fn series<'a>(scenario: &Scenario, data: &SeedEconomy, arms: impl Iterator<Item = &'a ArmResult>) -> SeriesBuilder {
    let scopes = wanted_scopes(scenario, &scopes_of(data));
    let mut series = SeriesBuilder::new(scenario.start.year() as i32, scenario.start.of_year() as i32);
    for arm in arms {
        let values = arm
            .quarters
            .iter()
            .flat_map(|q| q.values.iter().map(move |v| (q.tick, v)));
        for (tick, v) in values {
            let m = &METRICS[v.metric as usize];
            if wanted_metric(scenario, m.name) {
                series.push(Row {
                    scenario: &arm.arm,
                    seed: arm.seed as i64,
                    tick: tick as i32,
                    region: &scopes[v.scope as usize].name,
                    group: v.group,
                    metric: m.name,
                    value: v.value,
                    unit: m.unit,
                });
            }
        }
    }
    series
}

/// Writes every file of a run but its pictures; then the parts are not needed any more.
pub(super) fn files(
    scenario: &Scenario,
    data: &SeedEconomy,
    folder: &Path,
    results: &[SeedResult],
    seconds: f64,
) -> anyhow::Result<()> {
    std::fs::write(folder.join(RESOLVED), scenario.resolved_toml())?;
    let arms = || results.iter().flat_map(|(arms, _)| arms);
    let mut distributions = DistributionBuilder::default();
    for arm in arms() {
        if let Some(last) = &arm.last {
            let at = (arm.arm.as_str(), arm.seed as i64, scenario.quarters as i32 - 1);
            distribute(last, at, &mut distributions);
        }
    }
    // what matters most comes first, should the disk be full
    let series = series(scenario, data, arms());
    frames::write_parquet(&mut series.finish()?, &folder.join("series.parquet"))?;
    frames::write_parquet(&mut distributions.finish()?, &folder.join("distributions.parquet"))?;
    write_regions(data, folder)?;
    write_matrix(folder, "flows.csv", "flow", results, |arm| &arm.flows)?;
    write_matrix(folder, "balance_sheets.csv", "item", results, |arm| &arm.sheets)?;
    write_targets(folder, results)?;
    std::fs::write(folder.join("manifest.toml"), manifest(scenario, results, seconds))?;
    let _ = std::fs::remove_dir_all(folder.join(PARTS));
    Ok(())
}

/// Lorenz curves and densities of log MRPK of a snapshot, for a scenario, seed and quarter.
pub(in crate::experiment) fn distribute(
    s: &Snapshot,
    (scenario, seed, tick): (&str, i64, i32),
    out: &mut DistributionBuilder,
) {
    let mut push = |name: &str, x: f64, y: f64| {
        out.push(DistributionRow {
            scenario,
            seed,
            tick,
            distribution: name,
            group: "all",
            x,
            y,
        });
    };
    for (name, histogram) in [("lorenz_income", &s.income), ("lorenz_wealth", &s.wealth)] {
        let curve = crate::metrics::lorenz(histogram);
        // a hundred points show the curve
        let mut next = 0.0;
        for (x, y) in &curve {
            if *x >= next || *x >= 1.0 {
                push(name, *x, *y);
                next = x + 0.01;
            }
        }
    }
    for (name, state) in [("log_mrpk_private", false), ("log_mrpk_state", true)] {
        let values: Vec<(f64, f64)> = s.city_products().map(|p| (p.k, p.weight)).collect();
        let mean = crate::base::stats::mean_sd(values.iter().copied()).map_or(0.0, |m| m.0);
        let mut bins = [0.0; 80];
        for p in s.city_products().filter(|p| p.state == state) {
            let at = ((p.k - mean + 4.0) * 10.0).clamp(0.0, 79.0) as usize;
            bins[at] += p.weight;
        }
        let total: f64 = bins.iter().sum();
        for (k, b) in bins.iter().enumerate() {
            if total > 0.0 {
                push(name, -3.95 + 0.1 * k as f64, b / total * 10.0);
            }
        }
    }
}

/// Matrices of every quarter, one record a row and sector, zeros left out.
fn write_matrix(
    folder: &Path,
    file: &str,
    row: &str,
    results: &[SeedResult],
    of: fn(&ArmResult) -> &[(i64, FlowMatrix)],
) -> anyhow::Result<()> {
    table(&folder.join(file), |out| {
        out.write_record(["scenario", "seed", "tick", row, "sector", "fen"])?;
        for arm in results.iter().flat_map(|(arms, _)| arms) {
            let seed = arm.seed.to_string();
            for (tick, rows) in of(arm) {
                for (name, values) in rows {
                    for (sector, fen) in Sector::ALL.iter().zip(values).filter(|(_, fen)| **fen != 0) {
                        let (tick, fen) = (tick.to_string(), fen.to_string());
                        out.write_record([arm.arm.as_str(), &seed, &tick, name, sector.name(), &fen])?;
                    }
                }
            }
        }
        Ok(())
    })
}

/// Writes a CSV file under another name and renames it, so that no half of one is ever found.
fn table(path: &Path, write: impl FnOnce(&mut csv::Writer<File>) -> csv::Result<()>) -> anyhow::Result<()> {
    let temporary = path.with_extension("tmp");
    let work = || -> anyhow::Result<()> {
        let mut out = csv::Writer::from_path(&temporary)?;
        write(&mut out)?;
        out.flush()?;
        std::fs::rename(&temporary, path)?;
        Ok(())
    };
    let written = work();
    if written.is_err() {
        let _ = std::fs::remove_file(&temporary);
    }
    written.with_context(|| path.display().to_string())
}

fn write_targets(folder: &Path, results: &[SeedResult]) -> anyhow::Result<()> {
    table(&folder.join("birth.csv"), |out| {
        out.write_record([
            "seed", "target", "region", "data", "start", "unit", "distance", "binding",
        ])?;
        for (arms, targets) in results {
            let seed = arms.first().map_or(0, |a| a.seed);
            for t in targets {
                out.write_record([
                    seed.to_string(),
                    t.name.clone(),
                    t.region.clone(),
                    t.data.to_string(),
                    t.start.to_string(),
                    t.unit.to_owned(),
                    format!("{:.6}", t.distance()),
                    t.binding.to_string(),
                ])?;
            }
        }
        Ok(())
    })
}

fn manifest(scenario: &Scenario, results: &[SeedResult], seconds: f64) -> String {
    let mut m = origin(scenario);
    took(&mut m, seconds);
    let mut set = |k: &str, v: toml::Value| {
        m.insert(k.to_owned(), v);
    };
    set("scale", i64::from(scenario.scale).into());
    set("quarters", i64::from(scenario.quarters).into());
    set("burn_in", i64::from(scenario.burn_in).into());
    let seeds: Vec<toml::Value> = results
        .iter()
        .filter_map(|r| r.0.first())
        .map(|a| (a.seed as i64).into())
        .collect();
    set("seeds", seeds.into());
    set("seeds_asked", (scenario.seeds.len() as i64).into());
    let audits: u64 = results.iter().flat_map(|r| &r.0).map(|a| a.audits).sum();
    set("audited_stages", (audits as i64).into());
    set(
        "audit",
        "passed after every stage: a residual would have ended the run".into(),
    );
    let mut hashes = toml::Table::new();
    for a in results.iter().flat_map(|r| &r.0) {
        hashes.insert(format!("{}/{}", a.arm, a.seed), a.world_hash.clone().into());
    }
    set("final_world", hashes.into());
    toml::to_string(&m).unwrap_or_default()
}
