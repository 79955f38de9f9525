//! A folder of results: written under another name, published when complete; what every kind of folder holds.

use super::frames::{self, RegionRow};
use super::memory;
use super::temporary;
use crate::metrics::{Scope, scopes};
use crate::scenario::seed::SeedEconomy;
use crate::scenario::{Metrics, Regions, Scenario};
use anyhow::Context;
use std::path::{Path, PathBuf};

/// A new folder `.NAME.partial-NUMBER`, of a number that nobody else draws, in `out` to write into; fails before any work if it cannot be made.
///
/// # Errors
/// If it cannot be made.
pub fn open_partial(out: &Path, name: &str) -> anyhow::Result<PathBuf> {
    let partial = out.join(format!(".{name}.partial-{:016x}", temporary::luck()));
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

/// Where results are published: `folder` itself if they are whole.
pub fn named(folder: &Path, whole: bool) -> PathBuf {
    if whole { folder.to_owned() } else { unfinished(folder) }
}

/// Where work that was stopped or failed is kept: `NAME-partial` beside `folder`, with a number where that is taken, so
/// that it never replaces a complete result or another part.
pub fn unfinished(folder: &Path) -> PathBuf {
    let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let first = folder.with_file_name(format!("{name}-partial"));
    let more = (2..).map(|k| folder.with_file_name(format!("{name}-partial-{k}")));
    let mut all = std::iter::once(first.clone()).chain(more);
    all.find(|path| !path.exists()).unwrap_or(first)
}

/// Folder of the series of single seeds while a run goes on.
pub const PARTS: &str = "parts";

/// After a failure: tables that are whole are kept beside `folder`, and the error says where. A folder without any goes,
/// and the one around it if this work made it (`existed` is false) and nothing else stands in it by now.
pub fn rescue(partial: &Path, folder: &Path, existed: bool, error: anyhow::Error) -> anyhow::Error {
    let tables = [partial.to_owned(), partial.join(PARTS)]
        .into_iter()
        .filter_map(|dir| std::fs::read_dir(dir).ok());
    let whole = |path: PathBuf| path.extension().is_some_and(|ending| ending == "parquet");
    if tables.flatten().flatten().any(|entry| whole(entry.path())) {
        let kept = unfinished(folder);
        return match publish(partial, &kept) {
            Ok(()) => error.context(format!("what could be written is kept in {}", kept.display())),
            Err(_) => error.context(format!("what could be written is kept in {}", partial.display())),
        };
    }
    let _ = std::fs::remove_dir_all(partial);
    if let (false, Some(out)) = (existed, folder.parent()) {
        let _ = std::fs::remove_dir(out);
    }
    error
}

/// The commit that the program was built from, where it was built in a checkout; `-changed` if files differed from it.
pub fn commit() -> Option<&'static str> {
    option_env!("YAOSU_COMMIT").filter(|commit| !commit.is_empty())
}

/// What every manifest says of the origin of its numbers: scenario, program and data.
pub fn origin(scenario: &Scenario) -> toml::Table {
    let mut table = toml::Table::new();
    let mut set = |key: &str, value: &str| table.insert(key.to_owned(), value.into());
    set("name", &scenario.name);
    set("hash", &scenario.hash8());
    set("version", env!("CARGO_PKG_VERSION"));
    if let Some(commit) = commit() {
        set("commit", commit);
    }
    set("world", &scenario.world);
    set("data", &scenario.data);
    table
}

/// What manifests of runs, comparisons, facts and calibrations say of what they took: threads, seconds, largest memory of the process.
pub fn took(table: &mut toml::Table, seconds: f64) {
    let mut set = |key: &str, value: toml::Value| table.insert(key.to_owned(), value);
    set("threads", (rayon::current_num_threads() as i64).into());
    set("wall_seconds", seconds.into());
    if let Some(peak) = memory::peak() {
        set("peak_memory_bytes", (peak as i64).into());
    }
}

/// Scopes that a scenario writes.
pub fn wanted_scopes(scenario: &Scenario, all: &[Scope]) -> Vec<Scope> {
    let wanted = |s: &Scope| match &scenario.output.regions {
        Regions::All => true,
        Regions::Total => s.name == "total",
        Regions::Only(names) => s.name == "total" || names.contains(&s.name),
    };
    all.iter().filter(|s| wanted(s)).cloned().collect()
}

/// Whether a scenario writes a metric.
pub fn wanted_metric(scenario: &Scenario, name: &str) -> bool {
    match &scenario.output.metrics {
        Metrics::All => true,
        Metrics::Only(names) => names.iter().any(|n| n == name),
    }
}

/// All scopes of a seed economy.
pub fn scopes_of(data: &SeedEconomy) -> Vec<Scope> {
    scopes(&crate::world::birth::geography(data))
}

/// Writes `regions.parquet`: names, groups and map tiles of the inside regions.
///
/// # Errors
/// If it cannot be written.
pub fn write_regions(data: &SeedEconomy, folder: &Path) -> Result<(), frames::FrameError> {
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
    frames::write_parquet(&mut frames::regions_frame(&rows)?, &folder.join("regions.parquet"))
}
