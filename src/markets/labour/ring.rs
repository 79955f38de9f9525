//! The circle on which seekers sample openings.

use crate::base::order::Next;

/// Points of the circle that one opening owns.
pub const POINTS: usize = 16;

/// The openings of an area on a circle of 2^32 positions (consistent hashing, Karger et al. 1997). Every opening owns
/// [`POINTS`] points at drawn positions, and a word samples the owner of the next point: openings are sampled alike,
/// and one opening more or less changes the sample of those seekers only whose words fall next to its own points.
/// Sampling by rank in a list would shift the sample of everybody.
///
/// There are several points to a word, so the words are put in order, the points are not.
pub struct Ring(Next);

impl Ring {
    /// A circle for `openings` without their points yet, and the `n` words that will sample them.
    pub fn new(words: impl Iterator<Item = u32>, n: usize, openings: usize) -> Self {
        Ring(Next::new(words, n, POINTS * openings))
    }

    /// Firm `firm` owns a point at `position`.
    #[inline]
    pub fn own(&mut self, position: u32, firm: u32) {
        self.0.offer(position, firm);
    }

    /// Firm that owns the next point at or after every word, if there is any point.
    pub fn owners(self) -> Option<Vec<u32>> {
        self.0.met()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::draws::{Draws, Stage};

    #[test]
    fn one_opening_more_changes_the_samples_next_to_its_points_only() {
        let stream = Draws::new(5).stream(Stage::Opening, 0, POINTS as u32);
        let asked = 200_000;
        let words: Vec<u32> = {
            let mut luck = Draws::new(6).stream(Stage::Search, 0, 1).at(0);
            (0..asked).map(|_| luck.word()).collect()
        };
        let owners = |firms: u32| {
            let mut ring = Ring::new(words.iter().copied(), asked, firms as usize);
            for f in 0..firms {
                let mut x = stream.at(f as usize);
                (0..POINTS).for_each(|_| ring.own(x.word(), f));
            }
            ring.owners().unwrap()
        };
        let n = 2000;
        let (mut moved, mut visits) = (0, vec![0.0; n as usize]);
        for (b, a) in owners(n).into_iter().zip(owners(n + 1)) {
            assert!(a == b || a == n);
            moved += usize::from(a != b);
            visits[b as usize] += 1.0;
        }
        assert!(moved < 3 * asked / n as usize, "{moved}");
        // openings are sampled alike: the spread of visits is that of arcs of sixteen points and of chance
        let mean = f64::from(asked as u32) / f64::from(n);
        let var = visits.iter().map(|v| (v - mean) * (v - mean)).sum::<f64>() / f64::from(n) / mean / mean;
        let expected = 1.0 / POINTS as f64 + 1.0 / mean;
        assert!((var / expected - 1.0).abs() < 0.2, "{var} {expected}");
        assert!(Ring::new([3].into_iter(), 1, 0).owners().is_none());
    }
}
