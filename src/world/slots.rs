//! Empty slots of workers.

use serde::{Deserialize, Serialize};

/// Bits of a word.
const BITS: usize = u64::BITS as usize;

/// Levels: 64^5 slots are a thousand million.
const LEVELS: usize = 5;

/// A set of slots in which the next from a place on is found in a few steps: a bit a slot, and above it a bit for every word
/// that is not zero.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(from = "Vec<u32>", into = "Vec<u32>")]
pub struct Slots {
    levels: [Vec<u64>; LEVELS],
    number: usize,
}

impl Slots {
    /// Number of slots in the set.
    pub fn len(&self) -> usize {
        self.number
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.number == 0
    }

    /// Puts a slot in that is not there.
    pub fn insert(&mut self, slot: u32) {
        let mut at = slot as usize;
        for level in &mut self.levels {
            if level.len() <= at / BITS {
                level.resize(at / BITS + 1, 0);
            }
            level[at / BITS] |= 1 << (at % BITS);
            at /= BITS;
        }
        self.number += 1;
    }

    /// Takes out the first slot from a place on, or where there is none the first of all.
    pub fn take_from(&mut self, place: u32) -> Option<u32> {
        let slot = self.next(place as usize).or_else(|| self.next(0))?;
        let mut at = slot;
        for level in &mut self.levels {
            level[at / BITS] &= !(1 << (at % BITS));
            if level[at / BITS] != 0 {
                break;
            }
            at /= BITS;
        }
        self.number -= 1;
        Some(slot as u32)
    }

    /// The first slot from a place on: up to the first level that has one in the same word, and down again.
    fn next(&self, place: usize) -> Option<usize> {
        let mut from = place;
        for (k, level) in self.levels.iter().enumerate() {
            let word = level.get(from / BITS).map_or(0, |word| word >> (from % BITS));
            if word != 0 {
                let first = from + word.trailing_zeros() as usize;
                let below = self.levels[..k].iter().rev();
                return Some(below.fold(first, |at, level| BITS * at + level[at].trailing_zeros() as usize));
            }
            from = from / BITS + 1;
        }
        None
    }

    /// All of them, in order.
    fn iter(&self) -> impl Iterator<Item = u32> {
        let next = |from: usize| self.next(from);
        std::iter::successors(next(0), move |slot| next(slot + 1)).map(|slot| slot as u32)
    }
}

impl From<Vec<u32>> for Slots {
    fn from(slots: Vec<u32>) -> Self {
        let mut set = Slots::default();
        slots.into_iter().for_each(|slot| set.insert(slot));
        set
    }
}

impl From<Slots> for Vec<u32> {
    fn from(set: Slots) -> Self {
        set.iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::draws::{Draws, Stage};
    use std::collections::BTreeSet;

    #[test]
    fn the_next_slot_is_that_of_a_sorted_set() {
        let mut luck = Draws::new(3).stream(Stage::Arrival, 0, 1).at(0);
        for most in [3, 70, 5000, 1 << 22] {
            let (mut set, mut sorted) = (Slots::default(), BTreeSet::new());
            for _ in 0..600 {
                let slot = luck.word() % most;
                if sorted.insert(slot) {
                    set.insert(slot);
                }
                let place = luck.word() % (most + 9);
                if luck.uniform() < 0.4 {
                    let next = sorted.range(place..).next().or(sorted.first()).copied();
                    assert_eq!(set.take_from(place), next);
                    sorted.retain(|&slot| Some(slot) != next);
                }
                assert_eq!((set.len(), set.is_empty()), (sorted.len(), sorted.is_empty()));
            }
            let all: Vec<u32> = set.into();
            assert!(all.iter().eq(&sorted));
            assert_eq!(Vec::<u32>::from(Slots::from(all.clone())), all);
        }
        assert_eq!(Slots::default().take_from(7), None);
    }
}
