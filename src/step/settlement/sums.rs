//! What is counted while households are settled.

use super::columns::Columns;
use super::measures::Measures;
use crate::agents::workers::{DWELLINGS, GROUPS, OWNED, Status, dwelling_of};
use crate::books::Till;
use crate::world::COHORTS;
use crate::world::census;

/// Work by which residents are counted: the groups off the farm, then farmers.
const WORK: usize = GROUPS + 1;

/// Sum of log wages and number by cohort [log fen, agents].
pub(super) type Cohorts = [[f64; 2]; COHORTS];

/// As what a resident household is counted.
pub(super) struct Kind {
    /// Group of the worker off the farm, or the place after the groups.
    work: usize,
    /// See [`dwelling_of`].
    dwelling: usize,
    /// Whether the hukou is local.
    local: bool,
}

impl Kind {
    /// Kind of household `k`, whose worker is of `group`.
    #[inline]
    pub fn of(c: &Columns, k: usize, group: usize) -> Self {
        let farm = c.status[k] == Status::Farm;
        Kind {
            work: if farm { GROUPS } else { group },
            dwelling: dwelling_of(c.flags[k]),
            local: c.hukou[k] == c.region[k],
        }
    }

    /// Whether it lives in a village: 1, in town: 0.
    #[inline]
    fn rural(&self) -> usize {
        self.dwelling % 2
    }
}

/// Whole sums of households whose account is in one region; they add up the same in any order.
#[derive(Clone, Default)]
pub(super) struct Place {
    /// What was paid.
    pub till: Till,
    /// Income of residents: urban, rural [fen].
    pub income: [i64; 2],
    /// Wages by group [fen].
    pub wages: [i64; GROUPS],
    /// Wage earners by group [agents].
    pub earners: [u32; GROUPS],
    /// Residents by work and dwelling [agents].
    residents: [[u32; DWELLINGS]; WORK],
    /// Posts and insurance.
    pub measures: Measures,
}

impl Place {
    /// Counts a resident household with its income of the quarter.
    #[inline]
    pub fn count(&mut self, kind: &Kind, income: i64) {
        self.income[kind.rural()] += income;
        self.residents[kind.work][kind.dwelling] += 1;
    }

    /// Residents with this work [agents].
    fn heads(&self, work: usize) -> f64 {
        self.residents[work].iter().map(|&x| f64::from(x)).sum()
    }

    /// Adds the sums of others.
    pub fn merge(&mut self, o: &Place) {
        self.till.merge(&o.till);
        (0..2).for_each(|k| self.income[k] += o.income[k]);
        (0..GROUPS).for_each(|g| self.wages[g] += o.wages[g]);
        (0..GROUPS).for_each(|g| self.earners[g] += o.earners[g]);
        let residents = self.residents.as_flattened_mut().iter_mut();
        residents.zip(o.residents.as_flattened()).for_each(|(a, x)| *a += x);
        self.measures.merge(&o.measures);
    }
}

/// Sums over resident households of one inside region that have fractions: their order matters, so a block has its own.
#[derive(Clone, Copy, Default)]
pub(super) struct Residents {
    /// Permanent income by work [fen per quarter].
    income: [f64; WORK],
    /// Permanent income: town, villages [fen per quarter].
    homes: [f64; 2],
    /// People: without local hukou, with [persons a person of scale].
    people: [f64; 2],
    /// People: urban, rural [agents x persons].
    pub persons: [f64; 2],
}

impl Residents {
    /// Adds a household of `persons` with permanent income `y`.
    #[inline]
    pub fn add(&mut self, kind: &Kind, y: f64, persons: f64) {
        self.income[kind.work] += y;
        self.homes[kind.rural()] += y;
        self.people[usize::from(kind.local)] += persons;
        self.persons[kind.rural()] += persons;
    }

    /// Adds another block's sums.
    pub fn merge(&mut self, o: &Residents) {
        (0..WORK).for_each(|k| self.income[k] += o.income[k]);
        for k in 0..2 {
            self.homes[k] += o.homes[k];
            self.people[k] += o.people[k];
            self.persons[k] += o.persons[k];
        }
    }

    /// The census of a region, with those whom `place` counted.
    pub fn census(&self, place: &Place) -> census::Residents {
        census::Residents {
            income: std::array::from_fn(|g| self.income[g]),
            heads: std::array::from_fn(|g| place.heads(g)),
            farm_income: self.income[GROUPS],
            farmers: place.heads(GROUPS),
            town_income: self.homes[0],
            owners: place
                .residents
                .iter()
                .map(|by_dwelling| f64::from(by_dwelling[OWNED]))
                .sum(),
            locals: self.people[1],
            others: self.people[0],
        }
    }
}
