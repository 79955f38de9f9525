//! A folder of results: written under another name, published when complete; what every kind of folder holds.

use super::frames::{self, RegionRow};
use crate::metrics::{Scope, scopes};
use crate::scenario::seed::SeedEconomy;
use crate::scenario::{Metrics, Regions, Scenario};
use anyhow::Context;
use std::path::{Path, PathBuf};

/// A new folder `.NAME.partial-PID` in `out` to write into; fails before any work if it cannot be made.
///
/// # Errors
/// If it cannot be made.
pub fn open_partial(out: &Path, name: &str) -> anyhow::Result<PathBuf> {
    let partial = out.join(format!(".{name}.partial-{}", std::process::id()));
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
