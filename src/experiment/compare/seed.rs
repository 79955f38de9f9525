//! One seed: the burn-in, then every arm from the same world, reduced to what the files need.

use super::fiscal;
use super::panel::{Horizon, Layout};
use super::players::Plan;
use super::scratch::{Kept, Scratch};
use crate::experiment::frames::DistributionBuilder;
use crate::experiment::job::{self, JobError};
use crate::experiment::run::files::distribute;
use crate::metrics::accounts::{self, Accounts, CHANNELS, FACTORS};
use crate::metrics::welfare::{Frozen, Gains};
use crate::metrics::{self, Scope};
use crate::policy::Schedule;
use crate::scenario::Scenario;
use crate::scenario::seed::SeedEconomy;
use crate::step::Timers;
use crate::world::{World, checkpoint};
use std::path::Path;
use std::sync::Arc;

/// Where people are who have retired, died or left the model.
const GONE: &str = "gone";

/// What one arm of one seed leaves behind.
#[derive(Clone, Debug)]
pub struct ArmData {
    /// Values by quarter and series ([`Layout::width`] in a row); NaN where nothing was measured.
    pub values: Kept,
    /// What is kept of arms that are reported in full, by horizon.
    pub horizons: Vec<AtHorizon>,
    /// Distributions of the last quarter, of the baseline and the package.
    pub distributions: Option<DistributionBuilder>,
    /// Where people of the reform date live at the end, of the baseline and the package: origin, region now, people.
    pub moves: Vec<(String, String, f64)>,
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
    /// Welfare against the baseline, by group and cell.
    pub gains: Gains,
    /// Money of governments, in the order of [`SeedData::fiscal`] [fen per quarter].
    pub fiscal: Vec<f64>,
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
    /// Kind and group of what is recorded of governments.
    pub fiscal: Vec<(&'static str, String)>,
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
    /// The reform date: the first quarter in which a lever acts.
    pub reform: usize,
    /// Folder for values that wait for the estimates.
    pub scratch: &'a Path,
}

/// What is recorded of an arm, quarter by quarter, before it is compared.
struct Record {
    accounts: Vec<Vec<Accounts>>,
    values: Vec<Vec<f64>>,
    fiscal: Vec<Vec<f64>>,
}

impl Task<'_> {
    /// Runs a seed. At most two worlds live at a time: the start and the arm that runs.
    ///
    /// # Errors
    /// If birth or an audit fails, a file cannot be written, or the user stops.
    pub fn run(&self, seed: u64, stop: &dyn Fn() -> bool, tick: &mut dyn FnMut()) -> Result<SeedData, JobError> {
        let (mut start, _) = job::burn_in(self.scenario, self.data, seed, stop, tick)?;
        let before = self.before(&mut start, stop, tick)?;
        let audits = start.books.audits();
        let frozen = Frozen::of(&start);
        let fiscal = fiscal::lines(&start).into_iter().map(|(kind, group, _)| (kind, group));
        let fiscal = fiscal.collect();
        let scratch = Scratch::new(&self.scratch.join(format!("values-{seed}.tmp")))?;
        let mut start = Some(start);
        let mut baseline: Option<Record> = None;
        let mut arms = Vec::with_capacity(self.plan.arms.len());
        for (k, coalition) in self.plan.arms.iter().enumerate() {
            let last = k + 1 == self.plan.arms.len();
            let Some(w) = (if last { start.take() } else { start.clone() }) else {
                break;
            };
            let frozen = self.plan.full(*coalition).then_some(&frozen);
            let (mut arm, record, end) = self.arm((w, &before, &scratch), &self.schedules[k], frozen, stop, tick)?;
            if let (true, Some(frozen)) = ([0, self.plan.package_arm()].contains(coalition), frozen) {
                self.end_of(&mut arm, &end, frozen, (&self.plan.name(*coalition), seed));
            }
            drop(end);
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
            fiscal,
        })
    }

    /// The quarters before the reform date, which all arms share: their values, a row a quarter.
    fn before(&self, w: &mut World, stop: &dyn Fn() -> bool, tick: &mut dyn FnMut()) -> Result<Vec<f64>, JobError> {
        let width = self.layout.width(true);
        let mut values = vec![f64::NAN; width * self.reform];
        if self.reform == 0 {
            return Ok(values);
        }
        let rules = job::rules_at(&self.scenario.schedule.status_quo(), w.tick, w.geography.inside)?;
        for row in values.chunks_mut(width) {
            if stop() {
                return Err(JobError::Interrupted);
            }
            crate::step::step_watched(w, &rules, &mut Timers::default(), &mut |_, _| ())?;
            self.layout
                .fill(&metrics::measure(&metrics::snapshot(w), self.scopes), row);
            tick();
        }
        Ok(values)
    }

    fn arm(
        &self,
        (mut w, before, scratch): (World, &[f64], &Arc<Scratch>),
        schedule: &Schedule,
        frozen: Option<&Frozen>,
        stop: &dyn Fn() -> bool,
        tick: &mut dyn FnMut(),
    ) -> Result<(ArmData, Record, World), JobError> {
        let (inside, width) = (w.geography.inside, self.layout.width(frozen.is_some()));
        let mut values = vec![f64::NAN; width * self.layout.quarters];
        let shared = before.chunks(self.layout.width(true));
        for (row, shared) in values.chunks_mut(width).zip(shared) {
            row.copy_from_slice(&shared[..width]);
        }
        let people = frozen.map_or(0, |f| f.slots.len());
        let mut record = Record {
            accounts: vec![Vec::new(); self.horizons.len()],
            values: vec![vec![0.0; people]; self.horizons.len()],
            fiscal: vec![Vec::new(); self.horizons.len()],
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
            values: scratch.keep(self.layout, frozen.is_some(), &values)?,
            horizons: Vec::new(),
            distributions: None,
            moves: Vec::new(),
            audits: w.books.audits() - audits,
            world_hash: checkpoint::hash(&w),
        };
        Ok((data, record, w))
    }

    /// Distributions of the last quarter, and where people of the reform date live by then.
    fn end_of(&self, arm: &mut ArmData, w: &World, frozen: &Frozen, (name, seed): (&str, u64)) {
        let mut curves = DistributionBuilder::default();
        let at = (name, seed as i64, w.tick as i32 - 1);
        distribute(&metrics::snapshot(w), at, &mut curves);
        arm.distributions = Some(curves);
        let districts = frozen.districts();
        let place = |now: Option<usize>| match now.and_then(|r| w.geography.ids.get(r)) {
            Some(id) => id.clone(),
            None => GONE.to_owned(),
        };
        let moves = frozen.moves(w).into_iter();
        let named = moves.map(|((origin, now), n)| (districts[origin].to_owned(), place(now), n));
        arm.moves = named.collect();
    }

    fn compare(&self, frozen: &Frozen, before: &Record, after: &Record) -> Vec<AtHorizon> {
        let at = |h: usize| {
            let quarters = self.horizons[h].length() as f64;
            let whole: f64 = before.accounts[h].iter().map(Accounts::output).sum();
            let mut found = AtHorizon {
                gains: frozen.gains(&before.values[h], &after.values[h], quarters),
                fiscal: after.fiscal[h].iter().map(|x| x / quarters).collect(),
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
        let money = fiscal::lines(w);
        for (h, horizon) in horizons.iter().enumerate().filter(|(_, h)| h.holds(now)) {
            debug_assert!(horizon.length() > self.accounts[h].len());
            self.accounts[h].push(made.clone());
            frozen.add_values(w, &mut self.values[h]);
            self.fiscal[h].resize(money.len(), 0.0);
            for (sum, (.., x)) in self.fiscal[h].iter_mut().zip(&money) {
                *sum += *x as f64;
            }
        }
    }
}
