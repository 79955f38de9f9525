//! Seekers of a block of workers, by area.

use crate::base::draws::{self, Stream};
use crate::markets::labour::{MAX_SAMPLED, Seeker};
use crate::world::World;

/// Those of a block of workers who search, by area and in order of identity.
pub(super) struct Seekers {
    all: Vec<Seeker>,
    /// Where the seekers of every area begin; the end.
    start: Vec<usize>,
}

impl Seekers {
    /// Those who are `searching` (worker, reservation), with the openings that their `luck` will sample; a share of these is
    /// closed to residents without local hukou.
    pub(super) fn new(w: &World, luck: &Stream, searching: &[(usize, f64)]) -> Self {
        let area = |i: usize| w.geography.area[w.workers.region[i] as usize] as usize;
        let mut start = vec![0; w.geography.areas + 2];
        searching.iter().for_each(|&(i, _)| start[area(i) + 2] += 1);
        (1..start.len()).for_each(|a| start[a] += start[a - 1]);
        let mut agents = vec![(0, 0); searching.len()];
        let mut reservations = vec![0.0; searching.len()];
        // the start of the area behind is where the next one of this goes
        for &(i, reservation) in searching {
            let at = &mut start[area(i) + 1];
            (agents[*at], reservations[*at]) = ((i, 0), reservation);
            *at += 1;
        }
        start.pop();
        let mut all = Vec::with_capacity(agents.len());
        luck.scattered(&agents, |n, [priority, words @ ..]: [u32; 1 + MAX_SAMPLED]| {
            let i = agents[n].0;
            all.push(Seeker {
                priority,
                worker: i as u32,
                reservation: reservations[n],
                words,
                barred: barred(w, i, words),
            });
        });
        Seekers { all, start }
    }

    /// Those of area `a`.
    pub(super) fn of(&self, a: usize) -> &[Seeker] {
        &self.all[self.start[a]..self.start[a + 1]]
    }
}

/// Which of the openings that `words` sample are closed to worker `i` (bit set).
fn barred(w: &World, i: usize, words: [u32; MAX_SAMPLED]) -> u8 {
    let r = w.workers.region[i] as usize;
    let bar = draws::threshold(w.rules[r].hukou.job_bar_share);
    let outsider = w.workers.hukou[i] as usize != r;
    words.iter().enumerate().fold(0, |b, (k, word)| {
        // the low bits are independent of the position, which the high bits give
        let closed = outsider && u64::from(word.rotate_left(16)) < bar;
        b | (u8::from(closed) << k)
    })
}
