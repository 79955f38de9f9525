//! What is known of the residents of every region: taken in the settlement pass, used by land, migration and budgets.

use super::World;
use crate::agents::workers::{GROUPS, Status, flag};
use crate::base::blocks;
use serde::{Deserialize, Serialize};

/// Residents of one inside region.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Residents {
    /// Permanent income of non-farm workers by group [fen per quarter].
    pub income: [f64; GROUPS],
    /// Non-farm workers by group [agents].
    pub heads: [f64; GROUPS],
    /// Permanent income of farmers [fen per quarter].
    pub farm_income: f64,
    /// Farmers [agents].
    pub farmers: f64,
    /// Permanent income of townspeople [fen per quarter].
    pub town_income: f64,
    /// Households in town that own their dwelling [agents].
    pub owners: f64,
    /// People with local hukou [persons a person of scale].
    pub locals: f64,
    /// People without.
    pub others: f64,
}

impl Residents {
    /// Adds worker `i`, resident here, with permanent income `y`.
    #[inline]
    pub fn add(&mut self, w: &World, i: usize, y: f64) {
        let flags = w.workers.flags[i];
        if w.workers.status[i] == Status::Farm {
            self.farm_income += y;
            self.farmers += 1.0;
        } else {
            let g = w.workers.group(i);
            self.income[g] += y;
            self.heads[g] += 1.0;
        }
        if flags & flag::VILLAGE_HOME == 0 {
            self.town_income += y;
            self.owners += f64::from(u8::from(flags & flag::TENANT == 0));
        }
        let persons = w.workers.persons(i);
        if w.workers.hukou[i] == w.workers.region[i] {
            self.locals += persons
        } else {
            self.others += persons
        }
    }

    /// Adds another block's sums.
    pub fn merge(&mut self, o: &Residents) {
        for g in 0..GROUPS {
            self.income[g] += o.income[g];
            self.heads[g] += o.heads[g];
        }
        self.farm_income += o.farm_income;
        self.farmers += o.farmers;
        self.town_income += o.town_income;
        self.owners += o.owners;
        self.locals += o.locals;
        self.others += o.others;
    }
}

/// The census of all inside regions in a pass of its own (birth).
pub fn census(w: &World) -> Vec<Residents> {
    let inside = w.geography.inside;
    let parts = blocks::map(w.workers.len(), |range| {
        let mut sums = vec![Residents::default(); inside];
        for i in range {
            let r = w.workers.region[i] as usize;
            if r < inside && w.workers.status[i] != Status::Free {
                sums[r].add(w, i, f64::from(w.workers.permanent_income[i]));
            }
        }
        sums
    });
    merge(inside, parts)
}

/// Adds the blocks' sums in order.
pub fn merge(inside: usize, parts: impl IntoIterator<Item = Vec<Residents>>) -> Vec<Residents> {
    let mut all = vec![Residents::default(); inside];
    for part in parts {
        for (a, p) in all.iter_mut().zip(&part) {
            a.merge(p);
        }
    }
    all
}
