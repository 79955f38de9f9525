//! The files of a comparison; `docs/compare.md` says what each column means.

use super::paired::{Bootstrap, Estimate, RESAMPLES};
use super::panel::Horizon;
use super::results::{self, Effect};
use super::seed::{SeedData, Task};
use super::tables::Tables;
use crate::experiment::folder::{wanted_metric, write_regions};
use crate::experiment::frames::{self, EffectRow, EffectsBuilder, Row, SeriesBuilder, SeriesFile, StataFile};
use crate::metrics::METRICS;
use std::path::Path;

/// A table as text, row by row.
pub type Csv = csv::Writer<std::fs::File>;

/// Writes every file of a comparison but its pictures.
///
/// # Errors
/// If a file cannot be written.
pub fn write(
    task: &Task,
    seeds: &[SeedData],
    folder: &Path,
    hash: &str,
    (seconds, stata): (f64, bool),
) -> anyhow::Result<()> {
    std::fs::write(folder.join("resolved.toml"), task.scenario.resolved_toml())?;
    std::fs::write(folder.join("manifest.toml"), manifest(task, seeds, hash, seconds))?;
    write_regions(task.data, folder)?;
    series(task, seeds, folder, stata)?;
    effects(task, seeds, folder, stata)?;
    decomposition(task, seeds, folder)?;
    let bootstrap = Bootstrap::new(seeds.len());
    let tables = Tables {
        task,
        seeds,
        bootstrap: &bootstrap,
    };
    tables.channels(&folder.join("channels.csv"))?;
    tables.misallocation(&folder.join("misallocation.csv"))?;
    tables.gains(&folder.join("gains.csv"))?;
    tables.estimates(&folder.join("estimates.csv"))?;
    Ok(())
}

/// A number as text; empty if there is none.
pub fn text(x: f64) -> String {
    if x.is_nan() { String::new() } else { x.to_string() }
}

/// Mean, standard error and interval as text.
pub fn numbers(e: &Estimate) -> [String; 4] {
    [text(e.mean), text(e.se), text(e.low), text(e.high)]
}

/// A table with its header.
pub fn open(path: &Path, header: &[&str]) -> anyhow::Result<Csv> {
    let mut out = csv::Writer::from_path(path)?;
    out.write_record(header)?;
    Ok(out)
}

fn series(task: &Task, seeds: &[SeedData], folder: &Path, stata: bool) -> anyhow::Result<()> {
    let units: Vec<(&str, &str)> = METRICS.iter().map(|m| (m.name, m.unit)).collect();
    let mut file = SeriesFile::new(&folder.join("series.parquet"), &units);
    let mut dta: Option<StataFile> = None;
    let start = task.scenario.start;
    for seed in seeds {
        let mut part = SeriesBuilder::new(start.year() as i32, start.of_year() as i32);
        for (arm, coalition) in seed.arms.iter().zip(&task.plan.arms) {
            let name = task.plan.name(*coalition);
            let width = task.layout.width(task.plan.full(*coalition));
            for (tick, row) in arm.values.chunks(width).enumerate() {
                for (key, &value) in task.layout.keys.iter().zip(row) {
                    let metric = &METRICS[key.metric as usize];
                    if value.is_finite() && wanted_metric(task.scenario, metric.name) {
                        part.push(Row {
                            scenario: &name,
                            seed: seed.seed as i64,
                            tick: tick as i32,
                            region: &task.layout.scopes[key.scope as usize],
                            group: key.group,
                            metric: metric.name,
                            value,
                            unit: metric.unit,
                        });
                    }
                }
            }
        }
        let part = part.finish()?;
        if stata && dta.is_none() {
            dta = Some(StataFile::new(&folder.join("series.dta"), &part)?);
        }
        if let Some(dta) = &mut dta {
            dta.push(&part)?;
        }
        file.push(&part)?;
    }
    if let Some(dta) = dta {
        dta.finish()?;
    }
    Ok(file.finish()?)
}

/// `effects.parquet` by quarter, and `horizons.csv`.
fn effects(task: &Task, seeds: &[SeedData], folder: &Path, stata: bool) -> anyhow::Result<()> {
    let quarter = |t: usize| Horizon {
        years: 0.0,
        from: t,
        to: t,
    };
    let quarters: Vec<Horizon> = (0..task.layout.quarters).map(quarter).collect();
    let start = task.scenario.start;
    let mut table = EffectsBuilder::new(start.year() as i32, start.of_year() as i32);
    let names: Vec<String> = task.plan.arms.iter().map(|c| task.plan.name(*c)).collect();
    let wanted = |e: &Effect| wanted_metric(task.scenario, METRICS[e.key.metric as usize].name);
    for e in results::effects(task, seeds, &quarters).iter().filter(|e| wanted(e)) {
        let metric = &METRICS[e.key.metric as usize];
        let (x, p) = (e.effect, e.per_cent);
        table.push(EffectRow {
            lever: &names[e.arm],
            metric: metric.name,
            region: &task.layout.scopes[e.key.scope as usize],
            group: e.key.group,
            tick: e.time as i32,
            unit: metric.unit,
            numbers: [x.mean, x.se, x.low, x.high, p.mean, p.low, p.high, e.level],
            seeds: e.seeds as i32,
            variance_reduction: e.variance_reduction,
        });
    }
    let mut table = table.finish()?;
    if stata {
        let mut dta = StataFile::new(&folder.join("effects.dta"), &table)?;
        dta.push(&table)?;
        dta.finish()?;
    }
    frames::write_parquet(&mut table, &folder.join("effects.parquet"))?;
    horizons(task, seeds, folder, &names)
}

/// `horizons.csv`.
fn horizons(task: &Task, seeds: &[SeedData], folder: &Path, names: &[String]) -> anyhow::Result<()> {
    let wanted = |e: &Effect| wanted_metric(task.scenario, METRICS[e.key.metric as usize].name);
    let header = [
        "lever",
        "metric",
        "region",
        "group",
        "horizon_years",
        "unit",
        "effect",
        "se",
        "low",
        "high",
        "effect_pct",
        "pct_low",
        "pct_high",
        "level_base",
        "n_seeds",
        "variance_reduction",
    ];
    let mut out = open(&folder.join("horizons.csv"), &header)?;
    for e in results::effects(task, seeds, &task.horizons)
        .iter()
        .filter(|e| wanted(e))
    {
        let metric = &METRICS[e.key.metric as usize];
        let names = [
            &names[e.arm],
            metric.name,
            &task.layout.scopes[e.key.scope as usize],
            e.key.group,
        ];
        let years = task.horizons[e.time].years.to_string();
        let p = e.per_cent;
        let rest = [p.mean, p.low, p.high, e.level].map(text);
        let row = names
            .map(str::to_owned)
            .into_iter()
            .chain([years, metric.unit.to_owned()]);
        let row = row.chain(numbers(&e.effect)).chain(rest);
        out.write_record(row.chain([e.seeds.to_string(), text(e.variance_reduction)]))?;
    }
    Ok(out.flush()?)
}

/// `shapley.csv` and `interactions.csv`.
fn decomposition(task: &Task, seeds: &[SeedData], folder: &Path) -> anyhow::Result<()> {
    if !task.plan.decompose {
        return Ok(());
    }
    let header = [
        "metric",
        "horizon_years",
        "player",
        "value",
        "se",
        "low",
        "high",
        "unit",
    ];
    let mut values = open(&folder.join("shapley.csv"), &header)?;
    let header = [
        "metric",
        "horizon_years",
        "a",
        "b",
        "value",
        "se",
        "low",
        "high",
        "unit",
    ];
    let mut pairs = open(&folder.join("interactions.csv"), &header)?;
    let players: Vec<&str> = task.plan.players.iter().map(|p| p.id.as_str()).collect();
    for d in results::decompositions(task, seeds) {
        let years = task.horizons[d.horizon].years.to_string();
        for (player, e) in players.iter().chain([&"package"]).zip(&d.players) {
            let [value, se, low, high] = numbers(e);
            values.write_record([d.metric, &years, player, &value, &se, &low, &high, d.unit])?;
        }
        for (i, j, e) in &d.pairs {
            let [value, se, low, high] = numbers(e);
            let (a, b) = (players[*i], players[*j]);
            pairs.write_record([d.metric, &years, a, b, &value, &se, &low, &high, d.unit])?;
        }
    }
    values.flush()?;
    Ok(pairs.flush()?)
}

fn manifest(task: &Task, seeds: &[SeedData], hash: &str, seconds: f64) -> String {
    let (scenario, plan) = (task.scenario, task.plan);
    let list = |items: Vec<String>| toml::Value::from(items);
    let mut m = toml::Table::new();
    let mut set = |k: &str, v: toml::Value| {
        m.insert(k.to_owned(), v);
    };
    set("kind", "compare".into());
    set("name", scenario.name.clone().into());
    set("hash", hash.into());
    set("version", env!("CARGO_PKG_VERSION").into());
    set("world", scenario.world.clone().into());
    set("scale", i64::from(scenario.scale).into());
    set("quarters", i64::from(scenario.quarters).into());
    set("burn_in", i64::from(scenario.burn_in).into());
    set("threads", (rayon::current_num_threads() as i64).into());
    set("wall_seconds", seconds.into());
    set("players", list(plan.players.iter().map(|p| p.id.clone()).collect()));
    set("package", plan.package.clone().into());
    set("arms", list(plan.arms.iter().map(|c| plan.name(*c)).collect()));
    set("seeds", seeds.iter().map(|s| s.seed as i64).collect::<Vec<_>>().into());
    set("bootstrap_resamples", (RESAMPLES as i64).into());
    set("permutations", (plan.orders.len() as i64).into());
    let audits: u64 = seeds.iter().flat_map(|s| &s.arms).map(|a| a.audits).sum();
    set("audited_stages", (audits as i64).into());
    let mut hashes = toml::Table::new();
    for s in seeds {
        for (arm, coalition) in s.arms.iter().zip(&plan.arms) {
            hashes.insert(
                format!("{}/{}", plan.name(*coalition), s.seed),
                arm.world_hash.clone().into(),
            );
        }
    }
    set("final_world", hashes.into());
    toml::to_string(&m).unwrap_or_default()
}
