//! Whose turn it is to review where to live.

use super::relocation::Rows;
use crate::agents::workers::{Status, flag};
use crate::base::blocks::{Picked, RUN};
use crate::base::draws::{self, Below, Stage, Stream};
use crate::world::World;
use multiversion::multiversion;

/// Whose turn it is.
pub(super) struct Turns {
    when: Stream,
    /// Words that review, by [`World::is_young`].
    due: [Below; 2],
    /// Words that review of heirs of farms.
    heirs: Below,
    /// Quarter of birth of this quarter's new generation.
    newborn: i16,
    /// Chance that tastes are drawn anew.
    redraw: f64,
    /// Generations that enter from the first measured quarter on leave the farms: the slow drift of the data.
    first_entrant: f64,
}

impl Turns {
    pub(super) fn new(w: &World) -> Self {
        let p = &w.params.migration;
        Turns {
            when: w.draws().stream(Stage::Review, w.stream_tick(), 2),
            due: [p.review_old, p.review_young].map(Below::new),
            heirs: Below::new(p.succession),
            newborn: (w.tick as f64 - 4.0 * p.entry_age) as i16,
            redraw: p.redraw,
            first_entrant: -4.0 * p.entry_age,
        }
    }

    /// Those of a block of workers whose turn it is. For most it is not: whose it may be is looked up without branches.
    pub(super) fn reviewers(&self, w: &World, rows: &Rows) -> Vec<Reviewer> {
        let mut list = Vec::new();
        let mut words = [[0; 2]; RUN];
        let range = rows.range();
        for first in range.clone().step_by(RUN) {
            let run = first..(first + RUN).min(range.end);
            let words = &mut words[..run.len()];
            self.when.words(first, words.as_flattened_mut());
            let mut marks = [false; RUN];
            let born = &w.workers.born[run];
            mark_turns(&mut marks[..born.len()], words, born, self.due, self.newborn);
            let taking = Picked::marked(&marks);
            list.extend(
                taking
                    .iter()
                    .filter_map(|k| self.reviewer(w, rows, first + k, words[k])),
            );
        }
        list
    }

    /// Worker `i`, whose turn it may be.
    fn reviewer(&self, w: &World, rows: &Rows, i: usize, [turn, redraw]: [u32; 2]) -> Option<Reviewer> {
        let (born, k) = (w.workers.born[i], i - rows.first);
        let status = rows.status[k];
        let new = born == self.newborn && w.workers.generation[i] > 0;
        let heir = new && w.tick >= 0 && status == Status::Farm;
        let due = if heir {
            self.heirs
        } else {
            self.due[usize::from(w.is_young(i))]
        };
        if !due.has(turn) || status == Status::Free {
            return None;
        }
        let settled = rows.flags[k] & flag::SETTLED != 0;
        Some(Reviewer {
            i,
            redrawn: heir || !settled && draws::unit(redraw) < self.redraw,
            entrant: f64::from(born) >= self.first_entrant,
        })
    }
}

/// Marks those whose turn it may be.
#[multiversion(targets("x86_64+avx512f+avx512dq+avx512bw+avx512vl", "x86_64+avx2"))]
fn mark_turns(marks: &mut [bool], words: &[[u32; 2]], born: &[i16], due: [Below; 2], newborn: i16) {
    for (mark, (&[turn, _], &born)) in marks.iter_mut().zip(words.iter().zip(born)) {
        *mark = due[0].has(turn) | due[1].has(turn) | (born == newborn);
    }
}

/// A worker whose turn it is.
pub(super) struct Reviewer {
    pub(super) i: usize,
    /// Tastes are drawn anew.
    pub(super) redrawn: bool,
    /// Of the generations that enter from the first measured quarter on.
    pub(super) entrant: bool,
}

/// What a choice reads of a worker. Workers whose turn it is stand far apart: those of a block are looked up one right after
/// the other, so that waits for memory overlap.
pub(super) struct Person {
    pub(super) flags: u8,
    pub(super) epoch: u8,
    pub(super) generation: u32,
    pub(super) origin: usize,
    pub(super) anchor: usize,
    /// Option where the worker is: the farm at home, or the region.
    pub(super) now: usize,
    /// Whether there is a plot.
    pub(super) plot: bool,
    /// Region of its village.
    pub(super) village: usize,
}

impl Person {
    #[inline]
    pub(super) fn of(w: &World, rows: &Rows, i: usize) -> Self {
        let (workers, k) = (&w.workers, i - rows.first);
        Person {
            flags: rows.flags[k],
            epoch: rows.epoch[k],
            generation: u32::from(workers.generation[i]),
            origin: workers.hukou[i] as usize,
            anchor: workers.anchor[i] as usize,
            now: if rows.status[k] == Status::Farm {
                w.geography.all()
            } else {
                rows.region[k] as usize
            },
            plot: workers.plot_m2[i] != 0,
            village: w.farming.village_region[workers.village[i] as usize] as usize,
        }
    }
}
