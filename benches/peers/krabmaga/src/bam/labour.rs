//! The labour market: who has no job applies.

use super::{NONE, Shared, distinct};
use peers_common::bam as law;

impl Shared {
    pub(super) fn dismiss(&mut self, household: usize) {
        let h = &mut self.households[household];
        (h.employer, h.last, h.wage, h.left) = (NONE, NONE, 0.0, 0);
    }

    /// Applies to firms, best offer first; whose contract ran out asks its last firm first.
    pub(super) fn seek(&mut self, id: usize) {
        if self.households[id].employer != NONE {
            return;
        }
        let mut firms: [usize; law::M] = distinct(&mut self.rng, self.firms.len());
        firms.sort_by(|&a, &b| self.firms[b].offer.total_cmp(&self.firms[a].offer));
        let h = &mut self.households[id];
        let last = std::mem::replace(&mut h.last, NONE);
        if last != NONE {
            let at = firms.iter().position(|&f| f == last).unwrap_or(law::M - 1);
            firms[..=at].rotate_right(1);
            firms[0] = last;
        }
        for firm in firms {
            let f = &mut self.firms[firm];
            if f.staff.len() < f.desired {
                f.staff.push(id);
                (h.employer, h.wage, h.left) = (firm, f.offer, law::THETA);
                break;
            }
        }
    }
}
