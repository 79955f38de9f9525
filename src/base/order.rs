//! Order by drawn words without comparing all with all.
//!
//! Words are spread evenly when they are drawn. They are first dealt to parts of the circle of words, one after another, and
//! every part is then put in order in the cache, by a counting pass into more buckets than it has words.

use rayon::prelude::*;

/// Words to a part of the circle: with what stands beside them they fill part of a core's cache.
const TO_A_PART: usize = 1024;

/// Buckets to a word, as bits: one or two are enough to put words in order once.
const ONCE: u32 = 1;

/// The same where many offers look for words: in emptier buckets fewer have to look further.
const OFTEN: u32 = 3;

/// Most parts of the circle, as bits of a word.
const MOST_PARTS: u32 = 9;

/// Asked words that an offer is compared with at once: more stand seldom before it in its bucket, and a branch that depends on
/// a word far away in memory costs more than the comparison.
const AHEAD: usize = 2;

/// Offers that wait in a part of the circle, at most: beyond, those that nobody can meet are dropped.
const WAITING: usize = 1 << 18;

/// No offer; behind all that can be.
const NOTHING: u64 = u64::MAX;

/// Puts a list in order on all threads; elements that are equal must be alike.
pub fn sort<T: Ord + Send>(list: &mut [T]) {
    list.par_sort_unstable();
}

/// Bits of a word that name its part, when there are `words`.
fn bits(words: usize) -> u32 {
    (words / TO_A_PART).max(1).ilog2().min(MOST_PARTS)
}

/// Pairs (word above value) by part of the circle.
struct Parts {
    pairs: Vec<Vec<u64>>,
    /// Bits of a word that name its part.
    bits: u32,
}

impl Parts {
    /// Parts for about as many pairs as are expected.
    fn new(bits: u32, expected: usize) -> Self {
        let each = (expected >> bits).min(WAITING);
        Parts {
            pairs: (0..1 << bits).map(|_| Vec::with_capacity(each + each / 16)).collect(),
            bits,
        }
    }

    /// Deals a pair; its part and how many that has now.
    #[inline]
    fn deal(&mut self, word: u32, value: u32) -> (usize, usize) {
        let part = (u64::from(word) >> (u32::BITS - self.bits)) as usize;
        let pairs = &mut self.pairs[part];
        pairs.push(u64::from(word) << 32 | u64::from(value));
        (part, pairs.len())
    }

    /// Words with their places as values.
    fn placed(words: impl Iterator<Item = u32>, n: usize) -> Self {
        let mut parts = Parts::new(bits(n), n);
        words.zip(0..).for_each(|(word, place)| {
            parts.deal(word, place);
        });
        parts
    }
}

/// A part in order; one after another can use it.
#[derive(Default)]
struct Sorted {
    /// First pair of every bucket of equal width; two more at the end.
    start: Vec<u32>,
    /// Pairs in order, [`AHEAD`] more behind them.
    pairs: Vec<u64>,
    /// Bits of a pair below its bucket.
    shift: u32,
    /// Buckets less one.
    mask: u64,
}

impl Sorted {
    #[inline]
    fn bucket(&self, pair: u64) -> usize {
        (pair >> self.shift & self.mask) as usize
    }

    /// Puts a part in order; `bits` name a part, and there are `more` bits of buckets than of pairs.
    fn sort(&mut self, part: &[u64], bits: u32, more: u32) {
        let buckets = part.len().max(2).ilog2() + more;
        self.shift = u64::BITS - bits - buckets;
        self.mask = (1 << buckets) - 1;
        self.start.clear();
        self.start.resize((1 << buckets) + 2, 0);
        for &pair in part {
            let bucket = self.bucket(pair);
            self.start[bucket + 2] += 1;
        }
        let mut before = 0;
        for start in &mut self.start {
            before += *start;
            *start = before;
        }
        self.pairs.clear();
        self.pairs.resize(part.len() + AHEAD, NOTHING);
        // the start of the bucket behind is where the next pair of this one goes
        for &pair in part {
            let bucket = self.bucket(pair);
            let at = &mut self.start[bucket + 1];
            self.pairs[*at as usize] = pair;
            *at += 1;
        }
        // one or none in most buckets: few pairs have to pass another
        for k in 1..part.len() {
            let (pair, mut at) = (self.pairs[k], k);
            while at > 0 && self.pairs[at - 1] > pair {
                self.pairs[at] = self.pairs[at - 1];
                at -= 1;
            }
            self.pairs[at] = pair;
        }
    }

    /// How many pairs have a word not above that of `offer`.
    #[inline]
    fn up_to(&self, offer: u64) -> usize {
        let first = self.start[self.bucket(offer)] as usize;
        // no place is that large, and [`NOTHING`] is not below it
        let last = offer | u64::from(u32::MAX);
        let ahead = &self.pairs[first..first + AHEAD];
        let mut n = first + ahead.iter().map(|&pair| usize::from(pair < last)).sum::<usize>();
        if n == first + AHEAD {
            while self.pairs.get(n).is_some_and(|&pair| pair < last) {
                n += 1;
            }
        }
        n
    }

    /// Least of the offers before the first word, and between every word and the next.
    fn least(&self, offers: &[u64], least: &mut Vec<u64>) {
        least.clear();
        least.resize(self.pairs.len() - AHEAD + 1, NOTHING);
        for &offer in offers {
            let least = &mut least[self.up_to(offer)];
            *least = offer.min(*least);
        }
    }
}

/// Places of `n` words in order; of equal words the first comes first.
pub fn places_in_order(words: impl Iterator<Item = u32>, n: usize) -> Vec<u32> {
    let parts = Parts::placed(words, n);
    let mut sorted = Sorted::default();
    let mut places = Vec::with_capacity(n);
    for part in &parts.pairs {
        sorted.sort(part, parts.bits, ONCE);
        places.extend(sorted.pairs[..part.len()].iter().map(|&pair| pair as u32));
    }
    places
}

/// For every word that asks, the first of many offers at or after it, around the circle. Those who ask are put in order, the
/// offers are not: each is compared with the least that stands behind the same word. They wait until all are there, part by
/// part of the circle, so that those compared one after another find their words in the cache.
pub struct Next {
    /// Words that ask and their places.
    asked: Parts,
    /// Offers and their values.
    offers: Parts,
}

impl Next {
    /// The `n` words that ask, for about as many offers as are expected.
    pub fn new(words: impl Iterator<Item = u32>, n: usize, expected: usize) -> Self {
        let asked = Parts::placed(words, n);
        let offers = Parts::new(asked.bits, expected);
        Next { asked, offers }
    }

    /// Offers `value` at `word`.
    #[inline]
    pub fn offer(&mut self, word: u32, value: u32) {
        let (part, waiting) = self.offers.deal(word, value);
        if waiting >= WAITING.max(4 * self.asked.pairs[part].len()) {
            self.thin(part);
        }
    }

    /// Drops offers of a part that stand behind others before the next word: nobody meets them.
    #[cold]
    fn thin(&mut self, part: usize) {
        let (mut sorted, mut least) = (Sorted::default(), Vec::new());
        sorted.sort(&self.asked.pairs[part], self.asked.bits, OFTEN);
        sorted.least(&self.offers.pairs[part], &mut least);
        least.retain(|&offer| offer != NOTHING);
        self.offers.pairs[part] = least;
    }

    /// Value of the offer that every word meets, by place; of equal words the least value. None if there was no offer.
    pub fn met(self) -> Option<Vec<u32>> {
        let bits = self.asked.bits;
        let mut met = vec![0; self.asked.pairs.iter().map(Vec::len).sum()];
        let (mut sorted, mut least, mut round) = (Sorted::default(), Vec::new(), Vec::new());
        // the first offer of the parts behind
        let mut next = NOTHING;
        for (asked, offers) in self.asked.pairs.into_iter().zip(self.offers.pairs).rev() {
            sorted.sort(&asked, bits, OFTEN);
            sorted.least(&offers, &mut least);
            for (&pair, &least) in sorted.pairs.iter().zip(&least[1..]).rev() {
                next = if least == NOTHING { next } else { least };
                met[pair as u32 as usize] = next as u32;
                if next == NOTHING {
                    round.push(pair as u32 as usize);
                }
            }
            next = if least[0] == NOTHING { next } else { least[0] };
        }
        round.into_iter().for_each(|place| met[place] = next as u32);
        (next != NOTHING).then_some(met)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::draws::{Draws, Stage};

    #[test]
    fn places_come_in_the_order_of_their_words() {
        let mut luck = Draws::new(1).stream(Stage::Search, 0, 1).at(0);
        for n in [0, 1, 2, 3, 1000, 40_001] {
            let word = |k: u32, x: u32| if k.is_multiple_of(7) { 5 } else { x };
            let words: Vec<u32> = (0..n).map(|k| word(k, luck.word())).collect();
            let mut sorted: Vec<u32> = (0..n).collect();
            sorted.sort_by_key(|&k| words[k as usize]);
            assert_eq!(places_in_order(words.iter().copied(), words.len()), sorted);
        }
    }

    #[test]
    fn words_meet_the_first_offer_at_or_after_them() {
        let mut luck = Draws::new(2).stream(Stage::Search, 0, 1).at(0);
        for (n, offers) in [
            (0, 3),
            (7, 1),
            (104, 3),
            (1003, 700),
            (31, 5000),
            (40_003, 9000),
            (9, 1_000_000),
        ] {
            let mut words: Vec<u32> = (0..n).map(|_| luck.word()).collect();
            words.extend([0, 5, 5, 6, 1 << 31, u32::MAX]);
            let mut offers: Vec<(u32, u32)> = (0..offers).map(|k| (luck.word(), k)).collect();
            offers.extend(
                [(5, 9), (5, 8), (1 << 31, 1), (u32::MAX, 2)]
                    .into_iter()
                    .take(n as usize % 5),
            );
            let mut next = Next::new(words.iter().copied(), words.len(), offers.len());
            offers.iter().for_each(|&(word, value)| next.offer(word, value));
            offers.sort_unstable();
            let first = |word: &u32| offers.iter().find(|o| o.0 >= *word).unwrap_or(&offers[0]).1;
            assert_eq!(next.met(), Some(words.iter().map(first).collect()));
        }
        assert_eq!(Next::new([3].into_iter(), 1, 0).met(), None);
    }
}
