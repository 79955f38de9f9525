//! The files of a comparison; `docs/compare.md` says what each column means.

use super::paired::{Bootstrap, Estimate};
use super::results;
use super::seed::{SeedData, Task};
use super::tables::Tables;
use super::{Options, long, manifest};
use crate::experiment::folder::write_regions;
use crate::experiment::frames;
use crate::experiment::run::Watch;
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
pub fn write(task: &Task, done: &Done, folder: &Path, watch: &dyn Watch) -> anyhow::Result<()> {
    let seeds = done.seeds;
    std::fs::write(folder.join("resolved.toml"), task.scenario.resolved_toml())?;
    std::fs::write(folder.join("manifest.toml"), manifest::text(task, done))?;
    write_regions(task.data, folder)?;
    let bootstrap = Bootstrap::new(seeds.len());
    let tables = Tables {
        task,
        seeds,
        bootstrap: &bootstrap,
    };
    let arms = (task.plan.arms.len() - 1) as u64;
    watch.begin(seeds.len() as u64 + arms + tables.steps(), "parts of the tables");
    long::series(&tables, folder, done.options.stata, watch)?;
    long::effects(&tables, folder, done.options.stata, watch)?;
    decomposition(task, seeds, &bootstrap, folder)?;
    distributions(task, seeds, folder)?;
    tables.channels(&folder.join("channels.csv"), watch)?;
    tables.misallocation(&folder.join("misallocation.csv"), watch)?;
    tables.gains(&folder.join("gains.csv"), watch)?;
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

/// `shapley.csv` and `interactions.csv`.
fn decomposition(task: &Task, seeds: &[SeedData], bootstrap: &Bootstrap, folder: &Path) -> anyhow::Result<()> {
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
    for t in results::together(task, seeds, bootstrap) {
        let years = task.horizons[t.horizon].years.to_string();
        let [value, se, low, high] = numbers(&t.value);
        pairs.write_record([
            &t.metric, &years, "package", "singles", &value, &se, &low, &high, t.unit,
        ])?;
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
    for d in results::decompositions(task, seeds, bootstrap) {
        let years = task.horizons[d.horizon].years.to_string();
        let named = players.iter().chain([&"package"]).zip(d.players.iter().zip(&d.drawn));
        for (player, (e, drawn)) in named {
            let ([value, se, low, high], drawn) = (numbers(e), text(*drawn));
            values.write_record([
                d.metric.as_str(),
                &years,
                player,
                &value,
                &se,
                &drawn,
                &low,
                &high,
                d.unit,
            ])?;
        }
        for (i, j, e) in &d.pairs {
            let [value, se, low, high] = numbers(e);
            let (a, b) = (players[*i], players[*j]);
            pairs.write_record([&d.metric, &years, a, b, &value, &se, &low, &high, d.unit])?;
        }
    }
    values.flush()?;
    Ok(pairs.flush()?)
}
