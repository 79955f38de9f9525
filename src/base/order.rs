//! Order by drawn words without comparing all with all.

/// Pairs (word, value) in order. Words are spread evenly when they are drawn, so a counting pass into about as many buckets as
/// pairs leaves about one to a bucket; those are put in order within it.
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
        let bits = pairs.len().max(2).ilog2();
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

    /// The first pair whose word is at least `word`.
    pub fn at_or_after(&self, word: u32) -> Option<(u32, u32)> {
        let first = self.start[(word >> self.shift) as usize] as usize;
        self.pairs[first..].iter().find(|p| p.0 >= word).copied()
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
            for asked in [0, 5, 6, 1 << 31, u32::MAX] {
                let first = sorted.iter().find(|p| p.0 >= asked).copied();
                assert_eq!(found.at_or_after(asked), first);
            }
        }
    }
}
