//! The files of a comparison; `docs/compare.md` says what each column means.

use super::paired::{Bootstrap, Estimate};
use super::panel::Horizon;
use super::results::{self, Effect};
use super::seed::{SeedData, Task};
use super::tables::Tables;
use super::{Options, manifest};
use crate::experiment::folder::{wanted_metric, write_regions};
use crate::experiment::frames::{self, EffectRow, EffectsBuilder, Row, SeriesBuilder, SeriesFile, StataFile};
use crate::metrics::METRICS;
use std::path::Path;

/// A table as text, row by row.
pub type Csv = csv::Writer<std::fs::File>;

/// A comparison that was run.
pub struct Done<'a> {
    /// Seeds that finished.
    pub seeds: &'a [SeedData],
    /// Hash of everything that decides the results.
    pub hash: &'a str,
    /// Seconds of the simulation.
    pub seconds: f64,
    /// Largest half-width when a precision was asked for, and whether it was reached.
    pub precision: Option<(f64, bool)>,
    /// What was asked.
    pub options: &'a Options,
}

/// Writes every file of a comparison but its pictures.
///
/// # Errors
/// If a file cannot be written.
pub fn write(task: &Task, done: &Done, folder: &Path) -> anyhow::Result<()> {
    let (seeds, stata) = (done.seeds, done.options.stata);
    std::fs::write(folder.join("resolved.toml"), task.scenario.resolved_toml())?;
    std::fs::write(folder.join("manifest.toml"), manifest::text(task, done))?;
    write_regions(task.data, folder)?;
    series(task, seeds, folder, stata)?;
    effects(task, seeds, folder, stata)?;
    decomposition(task, seeds, folder)?;
    distributions(task, seeds, folder)?;
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

/// `distributions.parquet` and `flows_migration.parquet`, of the baseline and the package.
fn distributions(task: &Task, seeds: &[SeedData], folder: &Path) -> anyhow::Result<()> {
    let arms = || {
        seeds
            .iter()
            .flat_map(|s| s.arms.iter().zip(&task.plan.arms).map(move |(arm, c)| (s.seed, arm, c)))
    };
    let curves = arms().filter_map(|(_, arm, _)| arm.distributions.clone());
    let parts: Vec<_> = curves.map(|c| c.finish()).collect::<Result<_, _>>()?;
    frames::write_parquet(&mut frames::stack(parts)?, &folder.join("distributions.parquet"))?;
    let mut rows = Vec::new();
    for (seed, arm, coalition) in arms() {
        let name = task.plan.name(*coalition);
        rows.extend(arm.moves.iter().map(|(origin, now, people)| frames::MoveRow {
            scenario: name.clone(),
            seed: seed as i64,
            origin: origin.clone(),
            destination: now.clone(),
            people: *people,
        }));
    }
    Ok(frames::write_parquet(
        &mut frames::moves_frame(&rows)?,
        &folder.join("flows_migration.parquet"),
    )?)
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
            horizon: 0.25 * (e.time as f64 + 1.0 - task.reform as f64),
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
        "reduction_low",
        "reduction_high",
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
        let [low, high] = e.reduction_ends.map(text);
        out.write_record(row.chain([e.seeds.to_string(), text(e.variance_reduction), low, high]))?;
    }
    Ok(out.flush()?)
}

/// `shapley.csv` and `interactions.csv`.
fn decomposition(task: &Task, seeds: &[SeedData], folder: &Path) -> anyhow::Result<()> {
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
    for t in results::together(task, seeds) {
        let years = task.horizons[t.horizon].years.to_string();
        let [value, se, low, high] = numbers(&t.value);
        pairs.write_record([t.metric, &years, "package", "singles", &value, &se, &low, &high, t.unit])?;
    }
    if !task.plan.decompose {
        return Ok(pairs.flush()?);
    }
    let header = [
        "metric",
        "horizon_years",
        "player",
        "value",
        "se",
        "se_draw",
        "low",
        "high",
        "unit",
    ];
    let mut values = open(&folder.join("shapley.csv"), &header)?;
    let players: Vec<&str> = task.plan.players.iter().map(|p| p.id.as_str()).collect();
    for d in results::decompositions(task, seeds) {
        let years = task.horizons[d.horizon].years.to_string();
        let named = players.iter().chain([&"package"]).zip(d.players.iter().zip(&d.drawn));
        for (player, (e, drawn)) in named {
            let ([value, se, low, high], drawn) = (numbers(e), text(*drawn));
            values.write_record([d.metric, &years, player, &value, &se, &drawn, &low, &high, d.unit])?;
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
