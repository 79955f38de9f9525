//! `yaosu run`: one scenario, one or many seeds, with its reference.

use super::frames::{self, DistributionBuilder, DistributionRow, RegionRow, Row, SeriesBuilder};
use super::job::{self, Arm, ArmResult, JobError};
use crate::books::{FlowMatrix, Sector};
use crate::metrics::{METRICS, Scope, Snapshot, scopes};
use crate::scenario::seed::SeedEconomy;
use crate::scenario::{Metrics, Reference, Regions, Scenario};
use crate::world::birth::Target;
use crate::world::checkpoint;
use anyhow::Context;
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::Instant;

/// What a run is asked beyond its scenario.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Folder for results.
    pub out: PathBuf,
    /// Go on from this checkpoint (one seed).
    pub from: Option<PathBuf>,
    /// Save the world at the end (one seed).
    pub save: Option<PathBuf>,
}

/// What a run tells while it works.
pub trait Watch: Sync {
    /// Quarters to step in all.
    fn begin(&self, quarters: u64);
    /// One quarter stepped.
    fn tick(&self);
    /// Whether the user wants to stop.
    fn stop(&self) -> bool;
    /// A message.
    fn say(&self, text: &str);
}

/// What a run did.
#[derive(Debug)]
pub struct Summary {
    /// Folder that the results get when published.
    pub folder: PathBuf,
    /// Folder that they stand in until then.
    pub partial: PathBuf,
    /// Seeds that finished.
    pub seeds: usize,
    /// Seconds from birth to the last quarter.
    pub seconds: f64,
    /// Worker slots stepped per second of stepping, all threads together.
    pub agent_quarters_per_second: f64,
    /// Stages audited.
    pub audits: u64,
    /// Seconds by stage, then of audits, summed over jobs.
    pub stage_seconds: Vec<(&'static str, f64)>,
    /// Targets of birth of the first seed.
    pub targets: Vec<Target>,
    /// Whether the user stopped it.
    pub interrupted: bool,
}

/// Arms of a seed, and the targets of its birth.
type SeedResult = (Vec<ArmResult>, Vec<Target>);

/// Runs a scenario and writes its folder.
///
/// # Errors
/// If a job or a file fails; what was complete is kept.
pub fn run(scenario: &Scenario, options: &Options, watch: &dyn Watch) -> anyhow::Result<Summary> {
    let data = job::seed_economy(&scenario.world)?;
    let existed = options.out.exists();
    let partial = open_partial(&options.out, &folder_name(scenario, options))?;
    let finished = run_in(scenario, &data, options, watch, &partial);
    if finished.is_err() {
        let _ = std::fs::remove_dir_all(&partial);
        if !existed {
            // only if nothing else stands in it by now
            let _ = std::fs::remove_dir(&options.out);
        }
    }
    finished
}

fn run_in(
    scenario: &Scenario,
    data: &SeedEconomy,
    options: &Options,
    watch: &dyn Watch,
    partial: &Path,
) -> anyhow::Result<Summary> {
    let started = Instant::now();
    let quiet = scenario.schedule.status_quo();
    let active = !scenario.schedule.switches().is_empty();
    let mut arms = Vec::new();
    if scenario.reference == Reference::Baseline && active {
        arms.push(Arm {
            name: "baseline".into(),
            schedule: &quiet,
        });
    }
    arms.push(Arm {
        name: scenario.name.clone(),
        schedule: &scenario.schedule,
    });
    let per_seed = u64::from(scenario.burn_in) + arms.len() as u64 * u64::from(scenario.quarters);
    watch.begin(per_seed * scenario.seeds.len() as u64);
    let results: Mutex<BTreeMap<usize, SeedResult>> = Mutex::new(BTreeMap::new());
    let failure: Mutex<Option<JobError>> = Mutex::new(None);
    let one = |(k, &seed): (usize, &u64)| {
        if watch.stop() || failure.lock().is_ok_and(|f| f.is_some()) {
            return;
        }
        match seed_job(scenario, data, seed, &arms, options, watch, partial) {
            Ok(done) => {
                if let Ok(mut r) = results.lock() {
                    r.insert(k, done);
                }
            }
            Err(JobError::Interrupted) => {}
            Err(e) => {
                if let Ok(mut f) = failure.lock() {
                    f.get_or_insert(e);
                }
            }
        }
    };
    // jobs first; agents within a job when jobs are few
    if scenario.seeds.len() >= rayon::current_num_threads() {
        scenario.seeds.par_iter().enumerate().for_each(one);
    } else {
        scenario.seeds.iter().enumerate().for_each(one);
    }
    let seconds = started.elapsed().as_secs_f64();
    let failed = failure.into_inner().unwrap_or(None);
    let results: Vec<SeedResult> = results
        .into_inner()
        .map(|r| r.into_values().collect())
        .unwrap_or_default();
    if results.is_empty() {
        return Err(failed.unwrap_or(JobError::Interrupted).into());
    }
    let summary = write(scenario, data, options, partial.to_owned(), &results, seconds)?;
    if let Some(e) = failed {
        publish(&summary.partial, &summary.folder)?;
        let kept = format!(
            "a seed failed; {} complete seeds are in {}",
            summary.seeds,
            summary.folder.display()
        );
        return Err(anyhow::Error::from(e).context(kept));
    }
    Ok(Summary {
        interrupted: watch.stop() && summary.seeds < scenario.seeds.len(),
        ..summary
    })
}

fn seed_job(
    scenario: &Scenario,
    data: &SeedEconomy,
    seed: u64,
    arms: &[Arm],
    options: &Options,
    watch: &dyn Watch,
    partial: &Path,
) -> Result<SeedResult, JobError> {
    let identity = job::identity(scenario, seed);
    let stop = || watch.stop();
    let mut tick = || watch.tick();
    let (start, targets) = match &options.from {
        Some(path) => (checkpoint::load(path, &identity)?, Vec::new()),
        None => job::burn_in(scenario, data, seed, &stop, &mut tick)?,
    };
    if start.tick >= i64::from(scenario.quarters) {
        return Err(JobError::Over {
            tick: start.tick,
            quarters: scenario.quarters,
        });
    }
    let before = start.books.audits();
    let scopes = wanted_scopes(scenario, &scopes(&start.geography));
    let micro = job::Micro {
        every: scenario.output.micro_every,
        folder: partial.join("agents"),
    };
    let mut out: Vec<ArmResult> = Vec::new();
    let mut start = Some(start);
    for (k, arm) in arms.iter().enumerate() {
        let last = k + 1 == arms.len();
        let Some(w) = (if last { start.take() } else { start.clone() }) else {
            break;
        };
        let (result, end) = job::run_arm(w, scenario, arm, &scopes, &micro, &stop, &mut tick)?;
        if let (true, Some(path)) = (last, &options.save) {
            checkpoint::save(path, &identity, &end)?;
        }
        out.push(result);
    }
    if let Some(first) = out.first_mut() {
        first.audits += before;
    }
    Ok((out, targets))
}

fn wanted_scopes(scenario: &Scenario, all: &[Scope]) -> Vec<Scope> {
    let wanted = |s: &Scope| match &scenario.output.regions {
        Regions::All => true,
        Regions::Total => s.name == "total",
        Regions::Only(names) => s.name == "total" || names.contains(&s.name),
    };
    all.iter().filter(|s| wanted(s)).cloned().collect()
}

/// Folder of a run: name, hash of everything that decides its results, and what it went on from.
fn folder_name(scenario: &Scenario, options: &Options) -> String {
    let from = if options.from.is_some() { "-resumed" } else { "" };
    format!("{}-{}{from}", scenario.name, scenario.hash8())
}

/// A new folder to write into; fails before any work if it cannot be made.
pub(super) fn open_partial(out: &Path, folder: &str) -> anyhow::Result<PathBuf> {
    let partial = out.join(format!(".{folder}.partial-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&partial);
    std::fs::create_dir_all(&partial).with_context(|| format!("create {}", partial.display()))?;
    Ok(partial)
}

/// Gives a finished folder its name; an older one of that name is put aside until the new one stands.
///
/// # Errors
/// If a folder cannot be renamed.
pub fn publish(partial: &Path, folder: &Path) -> anyhow::Result<()> {
    let aside = partial.with_extension("old");
    let had = folder.exists();
    if had {
        std::fs::rename(folder, &aside).with_context(|| format!("put {} aside", folder.display()))?;
    }
    std::fs::rename(partial, folder).with_context(|| format!("rename to {}", folder.display()))?;
    if had {
        std::fs::remove_dir_all(&aside).with_context(|| format!("remove {}", aside.display()))?;
    }
    Ok(())
}

fn write(
    scenario: &Scenario,
    data: &SeedEconomy,
    options: &Options,
    partial: PathBuf,
    results: &[SeedResult],
    seconds: f64,
) -> anyhow::Result<Summary> {
    files(scenario, data, &partial, &scenario.hash8(), results, seconds)?;
    let arms = || results.iter().flat_map(|(arms, _)| arms);
    let steps: u64 = arms().map(|a| a.agent_quarters).sum();
    Ok(Summary {
        folder: options.out.join(folder_name(scenario, options)),
        partial,
        seeds: results.len(),
        seconds,
        agent_quarters_per_second: steps as f64 / arms().map(|a| a.step_seconds).sum::<f64>().max(1e-9)
            * jobs_at_once(scenario),
        audits: arms().map(|a| a.audits).sum(),
        stage_seconds: crate::step::TIMELINE
            .iter()
            .enumerate()
            .map(|(k, s)| (s.name, arms().map(|a| a.timers.stages[k]).sum()))
            .chain([("audits", arms().map(|a| a.timers.audits).sum())])
            .collect(),
        targets: results.first().map(|r| r.1.clone()).unwrap_or_default(),
        interrupted: false,
    })
}

fn files(
    scenario: &Scenario,
    data: &SeedEconomy,
    folder: &Path,
    hash: &str,
    results: &[SeedResult],
    seconds: f64,
) -> anyhow::Result<()> {
    std::fs::write(folder.join("resolved.toml"), scenario.resolved_toml())?;
    let scopes = wanted_scopes(scenario, &scopes_of(data));
    let mut series = SeriesBuilder::new(scenario.start.year() as i32, scenario.start.of_year() as i32);
    let mut distributions = DistributionBuilder::default();
    for arm in results.iter().flat_map(|(arms, _)| arms) {
        for q in &arm.quarters {
            for v in &q.values {
                let m = &METRICS[v.metric as usize];
                let keep = match &scenario.output.metrics {
                    Metrics::All => true,
                    Metrics::Only(names) => names.iter().any(|n| n == m.name),
                };
                if keep {
                    series.push(Row {
                        scenario: &arm.arm,
                        seed: arm.seed as i64,
                        tick: q.tick as i32,
                        region: &scopes[v.scope as usize].name,
                        group: v.group,
                        metric: m.name,
                        value: v.value,
                        unit: m.unit,
                    });
                }
            }
        }
        if let Some(last) = &arm.last {
            let at = (arm.arm.as_str(), arm.seed as i64, scenario.quarters as i32 - 1);
            distribute(last, at, &mut distributions);
        }
    }
    write_matrix(folder, "flows.csv", "flow", results, |arm| &arm.flows)?;
    write_matrix(folder, "balance_sheets.csv", "item", results, |arm| &arm.sheets)?;
    frames::write_parquet(&mut series.finish()?, &folder.join("series.parquet"))?;
    frames::write_parquet(&mut distributions.finish()?, &folder.join("distributions.parquet"))?;
    let rows: Vec<RegionRow> = data
        .regions
        .iter()
        .map(|r| RegionRow {
            region: r.id.clone(),
            name_en: r.name_en.clone(),
            name_zh: r.name_zh.clone(),
            group: r.group.clone(),
            tile_row: r.tile_row,
            tile_col: r.tile_col,
        })
        .collect();
    frames::write_parquet(&mut frames::regions_frame(&rows)?, &folder.join("regions.parquet"))?;
    write_targets(folder, results)?;
    std::fs::write(folder.join("manifest.toml"), manifest(scenario, hash, results, seconds))?;
    Ok(())
}

/// Jobs that run side by side: their seconds overlap.
fn jobs_at_once(scenario: &Scenario) -> f64 {
    let threads = rayon::current_num_threads();
    if scenario.seeds.len() >= threads {
        threads as f64
    } else {
        1.0
    }
}

fn scopes_of(data: &SeedEconomy) -> Vec<Scope> {
    scopes(&crate::world::birth::geography(data))
}

/// Lorenz curves and densities of log MRPK of a snapshot, for a scenario, seed and quarter.
pub(super) fn distribute(s: &Snapshot, (scenario, seed, tick): (&str, i64, i32), out: &mut DistributionBuilder) {
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
        let values: Vec<(f64, f64)> = s
            .products
            .iter()
            .filter(|p| s.in_city[p.region as usize])
            .map(|p| (p.k, p.weight))
            .collect();
        let mean = crate::base::stats::mean_sd(values.iter().copied()).map_or(0.0, |m| m.0);
        let mut bins = [0.0; 80];
        for p in s
            .products
            .iter()
            .filter(|p| p.state == state && s.in_city[p.region as usize])
        {
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
    let mut out = csv::Writer::from_path(folder.join(file))?;
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
    out.flush()?;
    Ok(())
}

fn write_targets(folder: &Path, results: &[SeedResult]) -> anyhow::Result<()> {
    let mut out = csv::Writer::from_path(folder.join("birth.csv"))?;
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
    out.flush()?;
    Ok(())
}

fn manifest(scenario: &Scenario, hash: &str, results: &[SeedResult], seconds: f64) -> String {
    let mut m = toml::Table::new();
    let mut set = |k: &str, v: toml::Value| {
        m.insert(k.to_owned(), v);
    };
    set("name", scenario.name.clone().into());
    set("hash", hash.into());
    set("version", env!("CARGO_PKG_VERSION").into());
    set("world", scenario.world.clone().into());
    set("scale", i64::from(scenario.scale).into());
    set("quarters", i64::from(scenario.quarters).into());
    set("burn_in", i64::from(scenario.burn_in).into());
    set("threads", (rayon::current_num_threads() as i64).into());
    set("wall_seconds", seconds.into());
    let seeds: Vec<toml::Value> = results
        .iter()
        .filter_map(|r| r.0.first())
        .map(|a| (a.seed as i64).into())
        .collect();
    set("seeds", seeds.into());
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
