//! The only door from TOML to types.
//!
//! A scenario is laid over the baseline, which holds every parameter with its unit, range and source; what comes out
//! is typed, complete and checked. All mistakes are found before anything runs, and reported together.

pub mod behaviour;
mod catalogue;
mod check;
mod estimate;
pub mod experiment;
pub mod facts;
mod files;
mod load;
mod merge;
mod quarter;
mod resolved;
mod run_keys;
mod schema;
pub mod seed;
mod switches;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_files;
mod worlds;

pub use behaviour::Behaviour;
pub use catalogue::{Catalogue, ParamInfo, ParamValue};
pub use check::check_file;
pub use estimate::{Estimate, Published};
pub use load::{BUILT_IN, Library, Overrides, baseline, levers, load, load_from, load_text};
pub use quarter::Quarter;
pub use schema::schema;

use std::sync::Arc;

use crate::policy::{Lever, Measured, Schedule};
use crate::rules::Rules;

/// What one run needs to know.
#[derive(Debug, Clone, PartialEq)]
pub struct Scenario {
    /// Name of the run.
    pub name: String,
    /// Seed economy: the name of one that comes with the program, or the path of a folder.
    pub world: String,
    /// Digest of the files of the seed economy.
    pub data: String,
    /// First measured quarter, tick 0.
    pub start: Quarter,
    /// Measured quarters.
    pub quarters: u32,
    /// Quarters before the first measured one.
    pub burn_in: u32,
    /// People whom one agent stands for.
    pub scale: u32,
    /// Whether to run without levers as well.
    pub reference: Reference,
    /// Random seeds, all different.
    pub seeds: Vec<u64>,
    /// What to write.
    pub output: Output,
    /// What is estimated inside the model, if anything.
    pub estimate: Option<Estimate>,
    /// How agents behave.
    pub behaviour: Behaviour,
    /// The law before any lever.
    pub status_quo: Rules,
    /// The law of every quarter and region.
    pub schedule: Schedule,
    /// Levers that are on, in the order in which they act.
    pub levers: Vec<ActiveLever>,
    /// Levers that came with the scenario, on or off.
    pub user_levers: Vec<Arc<Lever>>,
    /// Every parameter with value, default, unit, range and source.
    pub params: Vec<ParamInfo>,
    /// What is allowed but probably not meant.
    pub notes: Vec<String>,
}

/// A lever that is on, as a person reads it.
#[derive(Debug, Clone, PartialEq)]
pub struct ActiveLever {
    /// The measure.
    pub lever: Arc<Lever>,
    /// First quarter in which it is on.
    pub from: Quarter,
    /// First quarter in which it is off again.
    pub until: Option<Quarter>,
    /// Quarters until full strength.
    pub phase_in: u32,
    /// Regions and groups of regions; empty for everywhere.
    pub regions: Vec<String>,
    /// Share of the way to full strength.
    pub intensity: f64,
    /// Whether it came with the scenario and not with the program.
    pub user: bool,
}

/// What a run is compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reference {
    /// Nothing.
    None,
    /// The same run with every lever off, from the same burn-in.
    Baseline,
}

/// What a run writes.
#[derive(Debug, Clone, PartialEq)]
pub struct Output {
    /// For which regions.
    pub regions: Regions,
    /// Which metrics.
    pub metrics: Metrics,
    /// Quarters between snapshots of agents; 0 for none.
    pub micro_every: u32,
}

/// Regions that are written.
#[derive(Debug, Clone, PartialEq)]
pub enum Regions {
    /// Each region, each group of regions, and the total.
    All,
    /// The total only.
    Total,
    /// These regions and groups of regions, and the total.
    Only(Vec<String>),
}

/// Metrics that are written.
#[derive(Debug, Clone, PartialEq)]
pub enum Metrics {
    /// Every one.
    All,
    /// These.
    Only(Vec<String>),
}

/// Names that a scenario may use, given by the seed economies and the list of metrics.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Known {
    /// Seed economies.
    pub worlds: Vec<KnownWorld>,
    /// Metrics and their groups; an empty list is not checked.
    pub measured: Measured,
}

/// The regions of one seed economy.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct KnownWorld {
    /// Name, as in `world = "chongqing"`, or the path of its folder.
    pub name: String,
    /// Regions, in the order of the world.
    pub regions: Vec<String>,
    /// Named groups of regions, each by the places of its regions.
    pub groups: Vec<(String, Vec<usize>)>,
    /// Digest of its files.
    pub digest: String,
}

impl KnownWorld {
    /// The places of a region or of a group of regions.
    pub fn find(&self, name: &str) -> Option<Vec<usize>> {
        let region = self
            .regions
            .iter()
            .position(|region| region == name)
            .map(|place| vec![place]);
        region.or_else(|| {
            let group = self.groups.iter().find(|(group, _)| group == name);
            group.map(|(_, places)| places.clone())
        })
    }

    /// All names that [`find`](Self::find) knows.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let groups = self.groups.iter().map(|(name, _)| name.as_str());
        groups.chain(self.regions.iter().map(String::as_str))
    }
}
