//! Experiment files: a design over keys of a scenario, times seeds, and the outcomes that are kept.
//!
//! ```toml
//! scenario = "three-reforms"    # a built-in one, or a file beside this one
//! base_seed = 1                 # seeds of replicates are drawn from it
//! replicates = 4
//! set = { scale = 2000 }        # changes of the scenario at every point
//!
//! [design]
//! kind = "latin_hypercube"      # list, grid, latin_hypercube, sobol, one_at_a_time, screening, morris, saltelli
//! points = 64
//! keys."labour.separation" = { low = 0.05, high = 0.2 }
//! keys."levers.land_leasing.from" = { values = ["2026Q1", "2027Q1"] }
//!
//! [outcomes]
//! metrics = ["gdp_real", "wage_mean@central_urban"]
//! years = [2, 5]                # mean of the year that ends there
//! effect_of = ["land_leasing"]  # paired effects instead of levels
//! ```

mod axes;
pub mod calibration;
mod design;
mod kept;
mod place;
mod read;

use super::{Known, Overrides, Scenario, load};
use crate::base::draws::{Draws, Stage};
use crate::base::problem::Problems;

pub use read::{BUILT_IN, load as load_experiment};

/// Use of [`Stage::Analysis`] by the seeds of replicates.
const REPLICATES: u32 = 2;

/// The random seed of a replicate: a function of base seed and replicate alone.
pub fn seed_of(base_seed: u64, replicate: usize) -> u64 {
    let mut luck = Draws::new(base_seed)
        .stream(Stage::Analysis, REPLICATES, 2)
        .at(replicate);
    // 53 bits, so that every program can hold it
    (u64::from(luck.word()) << 21) | u64::from(luck.word() >> 11)
}

/// A sweep, read and checked.
#[derive(Debug, Clone, PartialEq)]
pub struct Experiment {
    /// Name, which becomes that of a folder.
    pub name: String,
    /// Its text.
    pub text: String,
    /// Scenario: a built-in name or a path.
    pub scenario: String,
    /// Keys that are changed at every point, with their values in TOML.
    pub set: Vec<(String, String)>,
    /// Seed from which the seeds of the replicates are drawn.
    pub base_seed: u64,
    /// Replicates of every point.
    pub replicates: u32,
    /// How points are chosen.
    pub design: Design,
    /// What varies.
    pub axes: Vec<Axis>,
    /// Points of a [`Design::List`]: one value an axis, or none for that of the scenario.
    pub list: Vec<Vec<Option<String>>>,
    /// What is kept.
    pub outcomes: Vec<Outcome>,
    /// Ends of the years over which outcomes are averaged `[quarters since the start]`.
    pub ends: Vec<u32>,
    /// Levers whose paired effects are kept, or `package`; empty for levels.
    pub effect_of: Vec<String>,
    /// Whether effects are in per cent of the baseline and not in the metric's unit.
    pub per_cent: bool,
    /// Settings of a cluster.
    pub cluster: Cluster,
}

/// How the points of a design are chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Design {
    /// Points one by one.
    List,
    /// Every combination of values.
    Grid,
    /// Latin hypercube (McKay, Beckman and Conover 1979).
    LatinHypercube {
        /// Number of points.
        points: u32,
    },
    /// Sobol sequence with Owen scrambling (Burley 2020).
    Sobol {
        /// Number of points.
        points: u32,
    },
    /// The scenario itself, then every value of every key alone.
    OneAtATime,
    /// Both values of every key in a Hadamard matrix and its fold-over (Plackett and Burman 1946; Box and Wilson 1951).
    Screening,
    /// Trajectories of Morris (1991).
    Morris {
        /// Number of trajectories.
        trajectories: u32,
        /// Levels of the grid, an even number.
        levels: u32,
    },
    /// Two Sobol samples and their crossings (Saltelli et al. 2010).
    Saltelli {
        /// Rows of each sample.
        points: u32,
    },
}

impl Design {
    /// As experiment files call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::List => "list",
            Self::Grid => "grid",
            Self::LatinHypercube { .. } => "latin_hypercube",
            Self::Sobol { .. } => "sobol",
            Self::OneAtATime => "one_at_a_time",
            Self::Screening => "screening",
            Self::Morris { .. } => "morris",
            Self::Saltelli { .. } => "saltelli",
        }
    }
}

/// A key that varies.
#[derive(Debug, Clone, PartialEq)]
pub struct Axis {
    /// Dotted key of the scenario.
    pub key: String,
    /// What it may be.
    pub levels: Levels,
}

/// Values of an axis.
#[derive(Debug, Clone, PartialEq)]
pub enum Levels {
    /// Every number between two.
    Range {
        /// Least value.
        low: f64,
        /// Greatest value.
        high: f64,
        /// Whether only whole numbers are meant.
        whole: bool,
    },
    /// These, as TOML.
    Values(Vec<String>),
}

impl Axis {
    /// The value at `u` of [0, 1] as TOML; of a list each value has the same share.
    pub fn at(&self, u: f64) -> String {
        match &self.levels {
            Levels::Range { low, high, whole: true } => {
                // the ends get as much room as every other whole number
                let (low, high) = (low.ceil(), high.floor());
                let value = (low + (u * (high - low + 1.0)).floor()).min(high);
                format!("{}", value as i64)
            }
            Levels::Range { low, high, .. } => crate::base::spanned::float((low + u * (high - low)).clamp(*low, *high)),
            Levels::Values(values) => {
                let place = ((u * values.len() as f64) as usize).min(values.len().saturating_sub(1));
                values.get(place).cloned().unwrap_or_default()
            }
        }
    }

    /// All values of a list; the ends of a range.
    pub fn ends(&self) -> Vec<String> {
        match &self.levels {
            Levels::Range { .. } => vec![self.at(0.0), self.at(1.0)],
            Levels::Values(values) => values.clone(),
        }
    }
}

/// A series of which the mean over a year is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// As the file names it: `metric`, `metric:group`, `metric@region`, `metric:group@region`.
    pub name: String,
    /// Metric.
    pub metric: String,
    /// Group, or `all`.
    pub group: String,
    /// Region, group of regions, or `total`.
    pub region: String,
}

/// Settings of a cluster.
#[derive(Debug, Clone, PartialEq)]
pub struct Cluster {
    /// Partition, if not the site's default.
    pub partition: Option<String>,
    /// Account, if the site asks for one.
    pub account: Option<String>,
    /// Minutes of work that one task should have.
    pub minutes: f64,
    /// Seconds that one job takes, as measured.
    pub seconds_per_job: f64,
    /// Cores of a task.
    pub cores: u32,
    /// Memory of a task, as the scheduler reads it.
    pub memory: Option<String>,
    /// Longest time of a task, as the scheduler reads it.
    pub time: Option<String>,
    /// Tasks at once, if fewer than the site allows.
    pub at_once: Option<u32>,
    /// Most tasks of an array, if the scheduler should not be asked.
    pub largest_array: Option<u32>,
}

impl Experiment {
    /// The changes of the scenario at a point: one value an axis, or none for that of the scenario.
    pub fn overrides(&self, point: &[Option<String>]) -> Overrides {
        let mut all = Overrides::default();
        for (key, value) in &self.set {
            all.option("experiment set", key, value);
        }
        if let Some(end) = self.ends.iter().max() {
            all.option("experiment years", "quarters", end);
        }
        for (axis, value) in self.axes.iter().zip(point) {
            if let Some(value) = value {
                all.option("experiment design", &axis.key, value);
            }
        }
        all
    }

    /// The scenario at a point.
    ///
    /// # Errors
    /// If its values do not go together.
    pub fn scenario_at(&self, point: &[Option<String>], known: &Known) -> Result<Scenario, Problems> {
        load(&self.scenario, &self.overrides(point), known)
    }
}
