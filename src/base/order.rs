//! Order by drawn words without comparing all with all.

/// Pairs (word, value) in order. Words are spread evenly when they are drawn, so a counting pass into somewhat more buckets than
/// pairs leaves one or none in most; others are put in order within it.
pub struct Ordered {
    /// First pair of every bucket of equal width; one more at the end.
    start: Vec<u32>,
    /// The pairs in order.
    pub pairs: Vec<(u32, u32)>,
    /// Bits of a word below its bucket.
    shift: u32,
}

impl Ordered {
    /// Puts pairs in order.
    pub fn new(pairs: &[(u32, u32)]) -> Self {
        let bits = pairs.len().max(2).ilog2() + 1;
        let shift = 32 - bits;
        let mut start = vec![0u32; (1 << bits) + 1];
        pairs.iter().for_each(|p| start[(p.0 >> shift) as usize + 1] += 1);
        for b in 1..start.len() {
            start[b] += start[b - 1];
        }
        let mut next = start.clone();
        let mut sorted = vec![(0u32, 0u32); pairs.len()];
        for &p in pairs {
            let at = &mut next[(p.0 >> shift) as usize];
            sorted[*at as usize] = p;
            *at += 1;
        }
        for b in 1..start.len() {
            let (from, to) = (start[b - 1] as usize, start[b] as usize);
            if to - from > 1 {
                sorted[from..to].sort_unstable();
            }
        }
        Ordered {
            start,
            pairs: sorted,
            shift,
        }
    }
}

/// A word that asks for the first offer at or after it.
struct Asked {
    word: u32,
    /// Its place among those who ask, or [`NOBODY`].
    place: u32,
    /// Least offer (word above value) between this word and the next that asks.
    least: u64,
}

/// For every word that asks, the first of many offers at or after it, around the circle. Those who ask are put in order, the
/// offers are not: each is compared with the least that stands behind the same word. They wait until all are there, part by
/// part of the circle, so that those compared one after another find their words in the cache.
pub struct Next {
    /// First asked word of every bucket of equal width, one in front of it.
    start: Vec<u32>,
    /// Asked words in order. Nobody asks the one in front of them, for the offers before them all, and the [`AHEAD`] behind
    /// them, the largest there are.
    asked: Vec<Asked>,
    shift: u32,
    /// Offers by part of the circle.
    waiting: Vec<Vec<(u32, u32)>>,
    /// Bits of a word below its part.
    part: u32,
}

/// Asked words to a part of the circle: with what stands beside them they fill part of a core's cache.
const TO_A_PART: usize = 4096;

/// Most parts of the circle, as bits of a word.
const MOST_PARTS: u32 = 8;

/// Asked words that an offer is compared with at once: more stand seldom before it in its bucket, and a branch that depends on
/// a word far away in memory costs more than the comparison.
const AHEAD: usize = 2;

/// Place of a word that nobody asks.
const NOBODY: u32 = u32::MAX;

/// No offer.
const NOTHING: u64 = u64::MAX;

impl Next {
    /// The words that ask.
    pub fn new(words: impl Iterator<Item = u32>) -> Self {
        let pairs: Vec<(u32, u32)> = words.zip(0..).collect();
        let ordered = Ordered::new(&pairs);
        let parts = (pairs.len() / TO_A_PART).max(1).ilog2().min(MOST_PARTS);
        let asked = |&(word, place): &(u32, u32)| Asked {
            word,
            place,
            least: NOTHING,
        };
        Next {
            start: ordered.start,
            asked: std::iter::once(&(0, NOBODY))
                .chain(&ordered.pairs)
                .chain(&[(u32::MAX, NOBODY); AHEAD])
                .map(asked)
                .collect(),
            shift: ordered.shift,
            waiting: vec![Vec::new(); 1 << parts],
            part: u32::BITS - parts,
        }
    }

    /// Offers `value` at `word`.
    #[inline]
    pub fn offer(&mut self, word: u32, value: u32) {
        self.waiting[(u64::from(word) >> self.part) as usize].push((word, value));
    }

    /// Compares an offer with the least behind the same word.
    #[inline]
    fn compare(&mut self, word: u32, value: u32) {
        let first = self.start[(word >> self.shift) as usize] as usize;
        let next = &self.asked[first + 1..=first + AHEAD];
        let mut k = first + next.iter().map(|asked| usize::from(asked.word <= word)).sum::<usize>();
        if k == first + AHEAD {
            while self.asked.get(k + 1).is_some_and(|next| next.word <= word) {
                k += 1;
            }
        }
        let least = &mut self.asked[k].least;
        *least = (u64::from(word) << 32 | u64::from(value)).min(*least);
    }

    /// Value of the offer that every word meets, by place; of equal words the least value. None if there was no offer.
    pub fn met(mut self) -> Option<Vec<u32>> {
        for offers in std::mem::take(&mut self.waiting) {
            offers.into_iter().for_each(|(word, value)| self.compare(word, value));
        }
        let first = self.asked.iter().map(|a| a.least).find(|&offer| offer != NOTHING)?;
        let mut met = vec![0; self.asked.len() - 1 - AHEAD];
        let mut next = first;
        for asked in self.asked.iter().rev() {
            if asked.least != NOTHING {
                next = asked.least;
            }
            if asked.place != NOBODY {
                met[asked.place as usize] = next as u32;
            }
        }
        Some(met)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::draws::{Draws, Stage};

    #[test]
    fn pairs_come_in_order_and_are_found() {
        let mut luck = Draws::new(1).stream(Stage::Search, 0, 1).at(0);
        for n in [0, 1, 2, 3, 1000, 40_001] {
            let word = |k: u32, x: u32| if k.is_multiple_of(7) { 5 } else { x };
            let pairs: Vec<(u32, u32)> = (0..n).rev().map(|k| (word(k, luck.word()), k)).collect();
            let mut sorted = pairs.clone();
            sorted.sort();
            let found = Ordered::new(&pairs);
            assert_eq!(found.pairs, sorted);
        }
    }

    #[test]
    fn words_meet_the_first_offer_at_or_after_them() {
        let mut luck = Draws::new(2).stream(Stage::Search, 0, 1).at(0);
        for (n, offers) in [(0, 3), (7, 1), (104, 3), (1003, 700), (31, 5000), (40_003, 9000)] {
            let mut words: Vec<u32> = (0..n).map(|_| luck.word()).collect();
            words.extend([0, 5, 5, 6, 1 << 31, u32::MAX]);
            let mut offers: Vec<(u32, u32)> = (0..offers).map(|k| (luck.word(), k)).collect();
            offers.extend(
                [(5, 9), (5, 8), (1 << 31, 1), (u32::MAX, 2)]
                    .into_iter()
                    .take(n as usize % 5),
            );
            let mut next = Next::new(words.iter().copied());
            offers.iter().for_each(|&(word, value)| next.offer(word, value));
            offers.sort_unstable();
            let first = |word: &u32| offers.iter().find(|o| o.0 >= *word).unwrap_or(&offers[0]).1;
            assert_eq!(next.met(), Some(words.iter().map(first).collect()));
        }
        assert_eq!(Next::new([3].into_iter()).met(), None);
    }
}
