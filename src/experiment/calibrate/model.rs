//! The economy as a function from parameters and a seed to moments.

use super::moments::{Failure, Model};
use super::store::{Run, Store, key};
use crate::experiment::compare::panel::{Horizon, Layout};
use crate::experiment::facts;
use crate::experiment::folder::scopes_of;
use crate::experiment::job::JobError;
use crate::experiment::run::Watch;
use crate::metrics::estimators::ESTIMATORS;
use crate::metrics::{self, METRICS, Scope};
use crate::scenario::experiment::calibration::{Calibration, Measure};
use crate::scenario::seed::SeedEconomy;
use crate::scenario::{Known, Scenario};

/// How one target is measured.
enum Place {
    /// Place in [`ESTIMATORS`], and the quarter after which it is taken.
    Fact(usize, i64),
    /// Place in the layout, and the year.
    Series(usize, Horizon),
}

/// The model of a calibration.
pub struct Economy<'a> {
    /// What is calibrated.
    pub calibration: &'a Calibration,
    /// Names that scenarios may use.
    pub known: &'a Known,
    /// Seed economy.
    pub data: &'a SeedEconomy,
    /// Runs that are done.
    pub store: &'a Store,
    /// Progress.
    pub watch: &'a dyn Watch,
    /// Seeds of the replicates.
    pub seeds: Vec<u64>,
    measures: &'a Measures,
}

/// Where the targets stand in what the economy measures.
pub struct Measures {
    places: Vec<Place>,
    scopes: Vec<Scope>,
    layout: Layout,
}

/// A target that the model does not measure.
#[derive(Debug, thiserror::Error)]
#[error("the target `{0}` does not exist: the metric has no such group, or is not measured there")]
pub struct NoSeries(String);

impl Measures {
    /// Finds every target.
    ///
    /// # Errors
    /// If one does not exist.
    pub fn new(calibration: &Calibration, data: &SeedEconomy) -> Result<Self, NoSeries> {
        let regions: Vec<&str> = calibration
            .targets
            .iter()
            .filter_map(|t| match &t.measure {
                Measure::Series(o) => Some(o.region.as_str()),
                Measure::Fact { .. } => None,
            })
            .collect();
        let wanted = |s: &Scope| s.name == "total" || regions.contains(&s.name.as_str());
        let scopes: Vec<Scope> = scopes_of(data).into_iter().filter(wanted).collect();
        let layout = Layout::new(&scopes, calibration.quarters() as usize, &|_| true);
        let place = |t: &crate::scenario::experiment::calibration::Target| {
            let missing = || NoSeries(t.name.clone());
            Ok(match &t.measure {
                Measure::Fact { estimator, .. } => {
                    let at = ESTIMATORS.iter().position(|e| e.name == estimator);
                    Place::Fact(at.ok_or_else(missing)?, i64::from(t.end) - 1)
                }
                Measure::Series(o) => {
                    let series = layout.series(&o.region, &o.metric, &o.group);
                    let year = Horizon {
                        years: f64::from(t.end) / 4.0,
                        from: t.end as usize - 4,
                        to: t.end as usize - 1,
                    };
                    Place::Series(series.ok_or_else(missing)?, year)
                }
            })
        };
        let places = calibration.targets.iter().map(place).collect::<Result<_, _>>()?;
        Ok(Self { places, scopes, layout })
    }

    /// Unit of every target; empty for facts, whose units are those of the facts.
    pub fn units(&self) -> Vec<&'static str> {
        let unit = |p: &Place| match p {
            Place::Fact(..) => "",
            Place::Series(at, _) => METRICS[self.layout.keys[*at].metric as usize].unit,
        };
        self.places.iter().map(unit).collect()
    }
}

impl<'a> Economy<'a> {
    /// A model with its seeds.
    pub fn new(
        (calibration, known, data, measures): (&'a Calibration, &'a Known, &'a SeedEconomy, &'a Measures),
        store: &'a Store,
        seeds: Vec<u64>,
        watch: &'a dyn Watch,
    ) -> Self {
        Self {
            calibration,
            known,
            data,
            store,
            watch,
            seeds,
            measures,
        }
    }

    /// Units of the targets.
    pub fn units(&self) -> Vec<&'static str> {
        self.measures.units()
    }

    /// Values of the keys at a point of the unit box, in TOML.
    pub fn values(&self, at: &[f64]) -> Vec<String> {
        self.calibration
            .axes
            .iter()
            .zip(at)
            .map(|(axis, u)| axis.at(*u))
            .collect()
    }

    /// Moments at values with a seed: those on the disk, or else of a run, which is kept.
    ///
    /// # Errors
    /// If the user stops, the model has no moments there, or they cannot be kept.
    pub fn at_seed(&self, values: &[String], seed: u64) -> Result<Vec<f64>, Failure> {
        let key = key(values, seed);
        let run = match self.store.find(&key) {
            Some(run) => run,
            None => {
                let run = self.run(values, seed)?;
                self.store.keep(&key, seed, values, &run)?;
                run
            }
        };
        run.map_err(Failure::Wrong)
    }

    /// Runs the economy; a failure that is no stop is a result.
    fn run(&self, values: &[String], seed: u64) -> Result<Run, Failure> {
        let attempt = std::panic::AssertUnwindSafe(|| {
            let scenario = self
                .calibration
                .scenario_at(values, self.known)
                .map_err(|p| Attempt::Wrong(p.to_string()))?;
            self.measure(&scenario, seed)
        });
        // a bug at one point must not lose the others
        Ok(match std::panic::catch_unwind(attempt) {
            Ok(Ok(moments)) => match moments.iter().position(|m| !m.is_finite()) {
                None => Ok(moments),
                Some(j) => Err(format!("`{}` is not measured", self.calibration.targets[j].name)),
            },
            Ok(Err(Attempt::Job(JobError::Interrupted))) => return Err(Failure::Stopped),
            Ok(Err(failure)) => Err(failure.to_string()),
            Err(_) => Err("the program panicked at this point".to_owned()),
        })
    }

    fn measure(&self, scenario: &Scenario, seed: u64) -> Result<Vec<f64>, Attempt> {
        let m = self.measures;
        let mut out = vec![f64::NAN; m.places.len()];
        let mut row = vec![f64::NAN; m.layout.keys.len()];
        let any = |now: i64| {
            m.places
                .iter()
                .any(|p| matches!(p, Place::Series(_, h) if h.holds(now)))
        };
        let stop = || self.watch.stop();
        facts::observe(scenario, self.data, seed, &stop, &mut |now, moments, snapshot| {
            self.watch.tick();
            let (Some(now), Some(snapshot)) = (now, snapshot) else {
                return;
            };
            if any(now) {
                row.fill(f64::NAN);
                m.layout.fill(&metrics::measure(snapshot, &m.scopes), &mut row);
            }
            for (slot, place) in out.iter_mut().zip(&m.places) {
                match place {
                    Place::Fact(at, last) if *last == now => {
                        *slot = (ESTIMATORS[*at].value)(moments, self.data).unwrap_or(f64::NAN);
                    }
                    Place::Series(at, year) if year.holds(now) => {
                        let before = if now == year.from as i64 { 0.0 } else { *slot };
                        *slot = before + row[*at] / year.length() as f64;
                    }
                    _ => {}
                }
            }
        })?;
        Ok(out)
    }
}

#[derive(Debug, thiserror::Error)]
enum Attempt {
    #[error("{0}")]
    Wrong(String),
    #[error(transparent)]
    Job(#[from] JobError),
}

impl Model for Economy<'_> {
    fn keys(&self) -> usize {
        self.calibration.axes.len()
    }

    fn replicates(&self) -> usize {
        self.seeds.len()
    }

    fn moments(&self, at: &[f64], replicate: usize) -> Result<Vec<f64>, Failure> {
        self.at_seed(&self.values(at), self.seeds[replicate])
    }
}
