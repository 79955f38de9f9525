//! Calibrations: which keys of a scenario are to be found from which targets.
//!
//! ```toml
//! scenario = "baseline"         # a built-in one, or a file beside this one
//! set = { scale = 2000 }        # changes of the scenario at every evaluation
//!
//! [calibrate]
//! replicates = 4                # the first seeds of the scenario, common to all evaluations
//! evaluations = 120             # cap
//! tolerance = 1.0               # distance that counts as a fit [standard errors, root of the mean square over targets]
//! keys."labour.separation" = { low = 0.05, high = 0.2 }
//! targets = [
//!   { fact = "S18a", years = 2, value = 0.054, se = 0.002 },
//!   { metric = "gdp_real@wanzhou", years = 1, value = 2.9e10, se = 1e9, source = "..." },
//! ]
//!
//! [calibrate.recover]           # the model makes the targets at these values, with other seeds
//! planted."labour.separation" = 0.13
//! ```

mod read;
mod targets;

use super::{Axis, Levels, Outcome};
use crate::base::problem::{Problem, Problems};
use crate::scenario::{Known, Overrides, ParamValue, Scenario, load};

pub use read::{BUILT_IN, load_calibration};

/// A calibration, read and checked.
#[derive(Debug, Clone, PartialEq)]
pub struct Calibration {
    /// Name, which becomes that of a folder.
    pub name: String,
    /// Its text.
    pub text: String,
    /// Scenario: a built-in name or a path.
    pub scenario: String,
    /// Keys that are changed at every evaluation, with their values in TOML.
    pub set: Vec<(String, String)>,
    /// Keys to find, each with its range.
    pub axes: Vec<Axis>,
    /// What the model is held to.
    pub targets: Vec<Target>,
    /// Seeds of every evaluation: the first of the scenario.
    pub replicates: u32,
    /// Most evaluations, each of all seeds.
    pub evaluations: u32,
    /// Distance that counts as a fit: root of the mean squared error over targets `[standard errors]`.
    pub tolerance: f64,
    /// Points of the global search.
    pub points: u32,
    /// Local searches.
    pub starts: u32,
    /// Whether the model makes the targets itself.
    pub recover: Option<Recover>,
}

/// A number that the model is to give.
#[derive(Debug, Clone, PartialEq)]
pub struct Target {
    /// As the file names it.
    pub name: String,
    /// How it is measured.
    pub measure: Measure,
    /// End of what it is measured over `[quarters since the start]`.
    pub end: u32,
    /// What is known of it; none where the model makes the targets.
    pub evidence: Option<Evidence>,
}

/// How a target is measured in the model.
#[derive(Debug, Clone, PartialEq)]
pub enum Measure {
    /// By the estimator of a stylised fact, over the quarters from the start to the horizon.
    Fact {
        /// Number of the fact.
        id: String,
        /// Name of its estimator.
        estimator: String,
    },
    /// The mean of a series over the year that ends at the horizon.
    Series(Outcome),
}

/// A number from data.
#[derive(Debug, Clone, PartialEq)]
pub struct Evidence {
    /// Value, in the unit of the metric or fact.
    pub value: f64,
    /// Standard error, in the same unit; above 0.
    pub se: f64,
    /// Where it is from.
    pub source: String,
}

/// Targets that the model makes itself.
#[derive(Debug, Clone, PartialEq)]
pub struct Recover {
    /// Value of each key, in the order of the axes.
    pub planted: Vec<f64>,
    /// Seeds of the targets: those of the scenario that follow the replicates.
    pub replicates: u32,
}

impl Calibration {
    /// Quarters that an evaluation measures.
    pub fn quarters(&self) -> u32 {
        self.targets.iter().map(|t| t.end).max().unwrap_or(4)
    }

    /// Ends of the range of each key.
    pub fn ranges(&self) -> Vec<(f64, f64)> {
        let ends = |axis: &Axis| match axis.levels {
            Levels::Range { low, high, .. } => (low, high),
            Levels::Values(_) => (f64::NAN, f64::NAN),
        };
        self.axes.iter().map(ends).collect()
    }

    /// The scenario with values of the keys in TOML; its own where there are none.
    ///
    /// # Errors
    /// If its values do not go together.
    pub fn scenario_at(&self, values: &[String], known: &Known) -> Result<Scenario, Problems> {
        let keys = self.axes.iter().map(|axis| axis.key.as_str());
        self.scenario_with(keys.zip(values.iter().map(String::as_str)), known)
    }

    /// The scenario with values of some keys in TOML.
    ///
    /// # Errors
    /// If its values do not go together.
    pub(super) fn scenario_with<'a>(
        &self,
        keys: impl IntoIterator<Item = (&'a str, &'a str)>,
        known: &Known,
    ) -> Result<Scenario, Problems> {
        let mut all = Overrides::default();
        for (key, value) in &self.set {
            all.option("experiment set", key, value);
        }
        all.option("experiment years", "quarters", self.quarters());
        let others = self.recover.as_ref().map_or(0, |r| r.replicates);
        all.option("experiment replicates", "seeds.count", self.replicates + others);
        for (key, value) in keys {
            all.option("experiment keys", key, value);
        }
        load(&self.scenario, &all, known)
    }

    /// The scenario's own value of each key where it is a number inside the range.
    ///
    /// # Errors
    /// If the scenario cannot be read.
    pub fn own_values(&self, known: &Known) -> Result<Vec<Option<f64>>, Problems> {
        let base = self.scenario_at(&[], known)?;
        let own = |axis: &Axis| {
            let info = base.params.iter().find(|p| p.key == axis.key)?;
            match info.value {
                ParamValue::Float(value) => Some(value),
                _ => None,
            }
        };
        let inside = |(value, (low, high)): (Option<f64>, (f64, f64))| value.filter(|v| (low..=high).contains(v));
        Ok(self.axes.iter().map(own).zip(self.ranges()).map(inside).collect())
    }

    /// Plants the scenario's own values, so that the model makes the targets; they keep their names and horizons.
    ///
    /// # Errors
    /// If a value is no number inside its range.
    pub fn plant_own(&mut self, known: &Known) -> Result<(), Problems> {
        if self.recover.is_none() {
            let mut problems = Problems::default();
            let mut planted = Vec::new();
            for (axis, own) in self.axes.iter().zip(self.own_values(known)?) {
                planted.extend(own);
                if own.is_none() {
                    let message = format!(
                        "`--recover` plants the scenario's own values, but that of `{}` is no number inside its range",
                        axis.key
                    );
                    let advice = "state values to plant under [calibrate.recover]";
                    problems.push(Problem::placeless(&axis.key, message).advice(advice));
                }
            }
            problems.or(())?;
            self.recover = Some(Recover {
                planted,
                replicates: self.replicates,
            });
            // asks for enough seeds
            self.scenario_at(&[], known)?;
        }
        self.targets.iter_mut().for_each(|t| t.evidence = None);
        Ok(())
    }
}
