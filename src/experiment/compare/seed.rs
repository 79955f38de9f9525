//! One seed: the burn-in, then every arm from the same world, reduced to what the files need.

use super::panel::{Horizon, Layout};
use super::players::Plan;
use crate::books::Flow;
use crate::experiment::job::{self, JobError};
use crate::metrics::accounts::{self, Accounts, CHANNELS, FACTORS};
use crate::metrics::welfare::Frozen;
use crate::metrics::{self, Scope};
use crate::policy::Schedule;
use crate::scenario::Scenario;
use crate::scenario::seed::SeedEconomy;
use crate::step::Timers;
use crate::world::{World, checkpoint};

/// Governments whose revenue is compared: the city's districts together, the municipality, the centre.
pub const GOVERNMENTS: [&str; 3] = ["districts", "municipality", "centre"];

/// What one arm of one seed leaves behind.
#[derive(Clone, Debug, Default)]
pub struct ArmData {
    /// Values by quarter and series ([`Layout::width`] in a row); NaN where nothing was measured.
    pub values: Vec<f64>,
    /// What is kept of arms that are reported in full, by horizon.
    pub horizons: Vec<AtHorizon>,
    /// Stages audited.
    pub audits: u64,
    /// Hash of the final world.
    pub world_hash: String,
}

/// Analysis of an arm over the year that ends at a horizon.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AtHorizon {
    /// Difference of output to the baseline by channel [per cent of the baseline's output].
    pub channels: [f64; CHANNELS.len()],
    /// Log gain of output from equalising marginal revenue products within cells, by factor.
    pub misallocation: [f64; FACTORS.len()],
    /// Welfare change and share of losers against the baseline, by group.
    pub gains: Vec<[f64; 2]>,
    /// Revenue of governments [fen per quarter].
    pub revenue: [f64; GOVERNMENTS.len()],
}

/// One seed's arms, in the order of the plan.
#[derive(Clone, Debug)]
pub struct SeedData {
    /// Seed.
    pub seed: u64,
    /// Arms.
    pub arms: Vec<ArmData>,
    /// Kind, name and people of the frozen groups.
    pub groups: Vec<(&'static str, String, f64)>,
    /// Workers by skill and nativity.
    pub workers: [f64; 4],
}

/// What a job is given besides its seed.
pub struct Task<'a> {
    /// Scenario.
    pub scenario: &'a Scenario,
    /// Seed economy.
    pub data: &'a SeedEconomy,
    /// Arms.
    pub plan: &'a Plan,
    /// Law of every arm.
    pub schedules: Vec<Schedule>,
    /// Scopes that are measured.
    pub scopes: &'a [Scope],
    /// Series.
    pub layout: &'a Layout,
    /// Horizons.
    pub horizons: Vec<Horizon>,
}

/// What is recorded of an arm, quarter by quarter, before it is compared.
struct Record {
    accounts: Vec<Vec<Accounts>>,
    values: Vec<Vec<f64>>,
    revenue: Vec<[f64; GOVERNMENTS.len()]>,
}

impl Task<'_> {
    /// Runs a seed. At most two worlds live at a time: the start and the arm that runs.
    ///
    /// # Errors
    /// If birth or an audit fails, or the user stops.
    pub fn run(&self, seed: u64, stop: &dyn Fn() -> bool, tick: &mut dyn FnMut()) -> Result<SeedData, JobError> {
        let (start, _) = job::burn_in(self.scenario, self.data, seed, stop, tick)?;
        let audits = start.books.audits();
        let frozen = Frozen::of(&start);
        let mut start = Some(start);
        let mut baseline: Option<Record> = None;
        let mut arms = Vec::with_capacity(self.plan.arms.len());
        for (k, coalition) in self.plan.arms.iter().enumerate() {
            let last = k + 1 == self.plan.arms.len();
            let Some(w) = (if last { start.take() } else { start.clone() }) else {
                break;
            };
            let frozen = self.plan.full(*coalition).then_some(&frozen);
            let (mut arm, record) = self.arm(w, &self.schedules[k], frozen, stop, tick)?;
            if let Some(frozen) = frozen {
                arm.horizons = self.compare(frozen, baseline.as_ref().unwrap_or(&record), &record);
            }
            if k == 0 {
                arm.audits += audits;
                baseline = Some(record);
            }
            arms.push(arm);
        }
        let people = frozen.group_people();
        let groups = frozen.names.into_iter().zip(people);
        Ok(SeedData {
            seed,
            arms,
            groups: groups.map(|((kind, name), n)| (kind, name, n)).collect(),
            workers: frozen.workers,
        })
    }

    fn arm(
        &self,
        mut w: World,
        schedule: &Schedule,
        frozen: Option<&Frozen>,
        stop: &dyn Fn() -> bool,
        tick: &mut dyn FnMut(),
    ) -> Result<(ArmData, Record), JobError> {
        let (inside, width) = (w.geography.inside, self.layout.width(frozen.is_some()));
        let mut values = vec![f64::NAN; width * self.layout.quarters];
        let people = frozen.map_or(0, |f| f.slots.len());
        let mut record = Record {
            accounts: vec![Vec::new(); self.horizons.len()],
            values: vec![vec![0.0; people]; self.horizons.len()],
            revenue: vec![[0.0; GOVERNMENTS.len()]; self.horizons.len()],
        };
        let audits = w.books.audits();
        let scopes = if frozen.is_some() {
            self.scopes
        } else {
            &self.scopes[..1]
        };
        let mut rules = job::rules_at(schedule, w.tick, inside)?;
        while w.tick < i64::from(self.scenario.quarters) {
            if stop() {
                return Err(JobError::Interrupted);
            }
            if schedule.changes_at(w.tick) {
                rules = job::rules_at(schedule, w.tick, inside)?;
            }
            let now = w.tick;
            let watched = frozen.is_some() && self.horizons.iter().any(|h| h.holds(now));
            let mut made = None;
            let mut look = |stage: &'static str, w: &World| {
                if watched && stage == "production" {
                    made = Some(Accounts::of(w));
                }
            };
            crate::step::step_watched(&mut w, &rules, &mut Timers::default(), &mut look)?;
            let row = &mut values[now as usize * width..][..width];
            self.layout.fill(&metrics::measure(&metrics::snapshot(&w), scopes), row);
            if let (Some(made), Some(frozen)) = (made, frozen) {
                record.add(&self.horizons, &w, now, made, frozen);
            }
            tick();
        }
        let data = ArmData {
            values,
            horizons: Vec::new(),
            audits: w.books.audits() - audits,
            world_hash: checkpoint::hash(&w),
        };
        Ok((data, record))
    }

    fn compare(&self, frozen: &Frozen, before: &Record, after: &Record) -> Vec<AtHorizon> {
        let at = |h: usize| {
            let quarters = self.horizons[h].length() as f64;
            let whole: f64 = before.accounts[h].iter().map(Accounts::output).sum();
            let mut found = AtHorizon {
                gains: frozen.gains(&before.values[h], &after.values[h], quarters),
                revenue: after.revenue[h].map(|x| x / quarters),
                ..AtHorizon::default()
            };
            for (a, b) in before.accounts[h].iter().zip(&after.accounts[h]) {
                let parts = accounts::difference(a, b);
                found
                    .channels
                    .iter_mut()
                    .zip(parts)
                    .for_each(|(x, p)| *x += 100.0 * p / whole);
                found
                    .misallocation
                    .iter_mut()
                    .zip(b.gains())
                    .for_each(|(x, g)| *x += g / quarters);
            }
            found
        };
        (0..self.horizons.len()).map(at).collect()
    }
}

impl Record {
    /// Adds a quarter to the horizons that it belongs to.
    fn add(&mut self, horizons: &[Horizon], w: &World, now: i64, made: Accounts, frozen: &Frozen) {
        let city = (0..w.geography.inside).filter(|&r| w.geography.in_city[r]);
        let districts: i64 = city.map(|r| w.governments.last_revenue[r]).sum();
        let municipality = w.governments.last_revenue[w.municipality()];
        let centre = w.books.flow(Flow::CentralTax);
        for (h, horizon) in horizons.iter().enumerate().filter(|(_, h)| h.holds(now)) {
            debug_assert!(horizon.length() > self.accounts[h].len());
            self.accounts[h].push(made.clone());
            frozen.add_values(w, &mut self.values[h]);
            for (sum, x) in self.revenue[h].iter_mut().zip([districts, municipality, centre]) {
                *sum += x as f64;
            }
        }
    }
}
