//! What is counted while households are settled.

use super::kinds::{KINDS, Kind, WORK};
use crate::agents::workers::{GROUPS, OWNED, Status};
use crate::books::Till;
use crate::world::COHORTS;
use crate::world::census;

/// Sum of log wages and number by cohort [log fen, agents].
pub(super) type Cohorts = [[f64; 2]; COHORTS];

/// Whole sums of households whose account is in one region; they add up the same in any order.
#[derive(Clone)]
pub(super) struct Place {
    /// What was paid.
    pub till: Till,
    /// Income of residents: urban, rural [fen].
    pub income: [i64; 2],
    /// Wages by group [fen].
    pub wages: [i64; GROUPS],
    /// Residents by kind [agents].
    pub heads: [u32; KINDS],
}

impl Default for Place {
    fn default() -> Self {
        Place {
            till: Till::default(),
            income: [0; 2],
            wages: [0; GROUPS],
            heads: [0; KINDS],
        }
    }
}

impl Place {
    /// Counts a resident household with its income of the quarter.
    #[inline]
    pub fn count(&mut self, kind: Kind, income: i64) {
        self.income[kind.rural()] += income;
        self.heads[kind.place()] += 1;
    }

    /// Residents of the kinds that are `meant` [agents].
    pub fn heads_of(&self, meant: impl Fn(Kind) -> bool) -> u32 {
        Kind::all().filter(|&k| meant(k)).map(|k| self.heads[k.place()]).sum()
    }

    /// Wage earners by group [agents].
    pub fn earners(&self) -> [u32; GROUPS] {
        std::array::from_fn(|g| self.heads_of(|k| k.does(Status::Employed) && k.group() == g))
    }

    /// Adds the sums of others.
    pub fn merge(&mut self, o: &Place) {
        self.till.merge(&o.till);
        (0..2).for_each(|k| self.income[k] += o.income[k]);
        (0..GROUPS).for_each(|g| self.wages[g] += o.wages[g]);
        self.heads.iter_mut().zip(o.heads).for_each(|(a, x)| *a += x);
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
    pub fn add(&mut self, kind: Kind, y: f64, persons: f64) {
        self.income[kind.work()] += y;
        self.homes[kind.rural()] += y;
        self.people[usize::from(kind.local())] += persons;
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
        let heads = |work: usize| f64::from(place.heads_of(|k| k.work() == work));
        census::Residents {
            income: std::array::from_fn(|g| self.income[g]),
            heads: std::array::from_fn(heads),
            farm_income: self.income[GROUPS],
            farmers: heads(GROUPS),
            town_income: self.homes[0],
            owners: f64::from(place.heads_of(|k| k.dwelling() == OWNED)),
            locals: self.people[1],
            others: self.people[0],
        }
    }
}
