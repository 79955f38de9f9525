//! Kinds of resident households: what a household gets and owes as all of its kind do, and as what it is counted.

use super::columns::Columns;
use crate::agents::workers::{GAVE_UP, GROUPS, Status, flag};
use crate::base::blocks::RUN;

/// Number of kinds.
pub(super) const KINDS: usize = 128;

/// Work by which residents are counted: the groups off the farm, then farmers.
pub(super) const WORK: usize = GROUPS + 1;

/// A kind as bits of a number: the dwelling ([`crate::agents::workers::dwelling_of`]) in two, the group
/// ([`crate::agents::workers::group_of`]) in two, what the worker does in three: its [`Status`], and in the place after
/// them unemployed since it gave up own-account work.
#[derive(Clone, Copy, Default)]
pub(super) struct Kind(u8);

// the flags stand in a row
const _: () = assert!(flag::HIGH_SKILL == 2 && flag::VILLAGE_HOME == 4 && flag::TENANT == 8);

impl Kind {
    /// What who gave up own-account work does.
    const GAVE_UP: u8 = 7;

    /// Kinds of a run of households, found without a branch. Who lives outside or nowhere has one too.
    pub fn of(c: &Columns) -> [Kind; RUN] {
        let mut kinds = [Kind::default(); RUN];
        for (k, kind) in kinds.iter_mut().enumerate().take(c.status.len()) {
            let gave_up = u8::from(c.employer[k] == GAVE_UP) * (Kind::GAVE_UP - Status::Unemployed as u8);
            let does = (c.status[k] as u8 + gave_up) % 8;
            let elsewhere = u8::from(c.hukou[k] != c.region[k]);
            let (skill, dwelling) = (c.flags[k] & flag::HIGH_SKILL, c.flags[k] >> 2 & 3);
            *kind = Kind(does << 4 | elsewhere << 3 | skill << 1 | dwelling);
        }
        kinds
    }

    /// All kinds, in the order of their places.
    pub fn all() -> impl Iterator<Item = Kind> {
        (0..KINDS as u8).map(Kind)
    }

    /// Place among all kinds.
    #[inline]
    pub fn place(self) -> usize {
        self.0 as usize % KINDS
    }

    /// Whether the worker does this.
    #[inline]
    pub fn does(self, status: Status) -> bool {
        self.0 >> 4 == status as u8 || (self.gave_up() && status == Status::Unemployed)
    }

    /// Whether the worker is unemployed since it gave up own-account work.
    #[inline]
    pub fn gave_up(self) -> bool {
        self.0 >> 4 == Kind::GAVE_UP
    }

    /// Whether the worker has high skill.
    pub fn high_skill(self) -> bool {
        self.group() % 2 == 1
    }

    /// Group of the worker.
    #[inline]
    pub fn group(self) -> usize {
        usize::from(self.0 >> 2 & 3)
    }

    /// Group of the worker off the farm, or the place after the groups.
    #[inline]
    pub fn work(self) -> usize {
        if self.0 >> 4 == Status::Farm as u8 {
            GROUPS
        } else {
            self.group()
        }
    }

    /// Dwelling.
    #[inline]
    pub fn dwelling(self) -> usize {
        usize::from(self.0 & 3)
    }

    /// Whether it lives in a village: 1, in town: 0.
    #[inline]
    pub fn rural(self) -> usize {
        usize::from(self.0 & 1)
    }

    /// Whether the hukou is local.
    #[inline]
    pub fn local(self) -> bool {
        self.0 & 8 == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agents::workers::{NOBODY, Worker, Workers, dwelling_of, group_of};

    #[test]
    fn a_kind_tells_what_its_households_are() {
        let mut workers = Workers::default();
        let statuses = [
            Status::Farm,
            Status::Employed,
            Status::OwnAccount,
            Status::Unemployed,
            Status::Post,
        ];
        for flags in 0..=u8::MAX {
            let status = statuses[flags as usize % 5];
            workers.push(Worker {
                flags,
                status,
                region: 3,
                hukou: 3 + flags / 7 % 2,
                ..Worker::empty()
            });
            workers.employer[flags as usize] = if status == Status::Unemployed && flags % 2 == 0 {
                GAVE_UP
            } else {
                NOBODY
            };
        }
        let c = Columns::of(&workers, 0, workers.len());
        for (k, kind) in Kind::of(&c).into_iter().enumerate() {
            let (status, flags) = (workers.status[k], workers.flags[k]);
            assert!(statuses.into_iter().all(|s| kind.does(s) == (s == status)));
            assert_eq!(kind.gave_up(), workers.employer[k] == GAVE_UP);
            assert_eq!(kind.group(), group_of(flags, workers.hukou[k], workers.region[k]));
            assert_eq!(kind.high_skill(), flags & flag::HIGH_SKILL != 0);
            assert_eq!(kind.work() == GROUPS, status == Status::Farm);
            assert_eq!(
                (kind.dwelling(), kind.rural()),
                (dwelling_of(flags), dwelling_of(flags) % 2)
            );
            assert_eq!(kind.local(), workers.hukou[k] == workers.region[k]);
            assert_eq!(Kind::all().nth(kind.place()).map(|other| other.0), Some(kind.0));
        }
    }
}
