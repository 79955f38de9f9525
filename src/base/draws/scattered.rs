//! ChaCha8 blocks made many at a time: of agents who stand far apart, and of agents in a row.
//!
//! Every lane makes a block of its own, and the compiler turns the loops over lanes into vectors, of 512 or 256 bits where
//! the processor has them.

use super::{Stream, scramble};
use multiversion::multiversion;
use std::array::from_fn;

/// Blocks made together: loops of fewer lanes are unrolled before they become vectors.
pub(super) const LANES: usize = 16;

/// Words of a ChaCha block, which are made together.
pub const WORDS: usize = 16;

/// One word of every lane's block.
type Word = [u32; LANES];

/// "expand 32-byte k", the constant words of ChaCha.
const CONSTANT: [u32; 4] = [0x6170_7865, 0x3320_646e, 0x7962_2d32, 0x6b20_6574];

#[inline(always)]
fn quarter_round(x: &mut [Word; WORDS], rows: [usize; 4]) {
    let Ok([a, b, c, d]) = x.get_disjoint_mut(rows) else {
        return;
    };
    for l in 0..LANES {
        let (mut p, mut q, mut r, mut s) = (a[l], b[l], c[l], d[l]);
        p = p.wrapping_add(q);
        s = (s ^ p).rotate_left(16);
        r = r.wrapping_add(s);
        q = (q ^ r).rotate_left(12);
        p = p.wrapping_add(q);
        s = (s ^ p).rotate_left(8);
        r = r.wrapping_add(s);
        q = (q ^ r).rotate_left(7);
        (a[l], b[l], c[l], d[l]) = (p, q, r, s);
    }
}

/// Blocks of a key, word by word: `places` are numbers of a stream and of its block. Rounds are written out and work on a copy,
/// which stays in registers.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512vl", "x86_64+avx2"))]
fn blocks(key: &[u32; 8], places: &[(u64, u64); LANES], made: &mut [Word; WORDS]) {
    let mut start = [[0; LANES]; WORDS];
    for k in 0..4 {
        start[k] = [CONSTANT[k]; LANES];
    }
    for k in 0..8 {
        start[4 + k] = [key[k]; LANES];
    }
    for l in 0..LANES {
        let (number, block) = places[l];
        (start[12][l], start[13][l]) = (block as u32, (block >> 32) as u32);
        (start[14][l], start[15][l]) = (number as u32, (number >> 32) as u32);
    }
    let mut x = start;
    for _ in 0..4 {
        quarter_round(&mut x, [0, 4, 8, 12]);
        quarter_round(&mut x, [1, 5, 9, 13]);
        quarter_round(&mut x, [2, 6, 10, 14]);
        quarter_round(&mut x, [3, 7, 11, 15]);
        quarter_round(&mut x, [0, 5, 10, 15]);
        quarter_round(&mut x, [1, 6, 11, 12]);
        quarter_round(&mut x, [2, 7, 8, 13]);
        quarter_round(&mut x, [3, 4, 9, 14]);
    }
    // one loop over all words: two of them are taken for one across the lanes, word by word
    let ends = x.as_flattened().iter().zip(start.as_flattened());
    for (made, (x, start)) in made.as_flattened_mut().iter_mut().zip(ends) {
        *made = x.wrapping_add(*start);
    }
}

/// The words block by block: a row of the lanes' words becomes a column where they are shuffled perfectly, four times (Stone
/// 1971), and shuffles are vectors where single words in columns are not.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512vl", "x86_64+avx2"))]
fn in_a_row(made: &[Word; WORDS], out: &mut [u32; LANES * WORDS]) {
    let mut half = [0; LANES * WORDS];
    shuffle(made.as_flattened(), &mut half);
    shuffle(&half, out);
    shuffle(out, &mut half);
    shuffle(&half, out);
}

/// Words of the first half, each followed by its like of the second half.
#[inline(always)]
fn shuffle(words: &[u32], shuffled: &mut [u32]) {
    let (first, second) = words.split_at(words.len() / 2);
    for (pair, (&a, &b)) in shuffled.as_chunks_mut().0.iter_mut().zip(first.iter().zip(second)) {
        *pair = [a, b];
    }
}

// four shuffles turn rows of sixteen
const _: () = assert!(LANES == 16 && WORDS == 16);

impl Stream {
    /// The words of the blocks from the one at `place` on, in a row.
    pub(super) fn row(&self, place: u64, out: &mut [u32; LANES * WORDS]) {
        let mut made = [[0; LANES]; WORDS];
        blocks(&self.key, &from_fn(|l| (self.number, place + l as u64)), &mut made);
        in_a_row(&made, out);
    }

    /// Calls `f(k, words)` with the first `N` words of the k-th of `agents` (agent and generation, as [`Stream::of`] has
    /// them), in order. The words of an agent must lie in one block: their number is a divisor of 16.
    pub fn scattered<const N: usize>(&self, agents: &[(usize, u32)], mut f: impl FnMut(usize, [u32; N])) {
        debug_assert!(WORDS.is_multiple_of(self.words as usize) && N <= self.words as usize);
        let mut made = [[0; LANES]; WORDS];
        for (first, agents) in agents.chunks(LANES).enumerate() {
            let at: [u64; LANES] = from_fn(|l| agents[l.min(agents.len() - 1)].0 as u64 * u64::from(self.words));
            let places = at.map(|at| (self.number, at / WORDS as u64));
            blocks(&self.key, &places, &mut made);
            for (l, &(_, generation)) in agents.iter().enumerate() {
                let (word, mask) = (at[l] as usize % WORDS, scramble(generation));
                f(LANES * first + l, from_fn(|k| made[(word + k) % WORDS][l] ^ mask));
            }
        }
    }
}

/// Calls `f(k, words)` with the first `n` words of the k-th of `agents` (stream, agent and generation, as [`Stream::of`] has
/// them), in order. Their streams are of the same [`super::Draws`], and the words of an agent are whole blocks.
///
/// # Panics
/// Where an agent has fewer words, or words that are not whole blocks.
pub fn words_of_each(n: usize, agents: &[(&Stream, usize, u32)], mut f: impl FnMut(usize, &[u32])) {
    let mut made = [[0; LANES]; WORDS];
    let mut row = [0; LANES * WORDS];
    let each = n.next_multiple_of(WORDS);
    let mut words = vec![0; LANES * each];
    for (first, agents) in agents.chunks(LANES).enumerate() {
        let (key, last) = (&agents[0].0.key, agents.len() - 1);
        for (stream, ..) in agents {
            let words = stream.words as usize;
            assert!(words.is_multiple_of(WORDS) && (1..=words).contains(&n) && stream.key == *key);
        }
        for from in (0..n).step_by(WORDS) {
            let place = |l: usize| {
                let (stream, agent, _) = agents[l.min(last)];
                let at = agent as u64 * u64::from(stream.words) + from as u64;
                (stream.number, at / WORDS as u64)
            };
            blocks(key, &from_fn(place), &mut made);
            in_a_row(&made, &mut row);
            let of_lanes = words.chunks_mut(each).zip(row.as_chunks::<WORDS>().0);
            for ((words, made), &(.., generation)) in of_lanes.zip(agents) {
                let mask = scramble(generation);
                let words = &mut words[from..from + WORDS];
                words.iter_mut().zip(made).for_each(|(word, made)| *word = made ^ mask);
            }
        }
        for (l, words) in words.chunks(each).take(agents.len()).enumerate() {
            f(LANES * first + l, &words[..n]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Draws, Stage, words_of_each};

    #[test]
    fn scattered_agents_meet_their_own_words() {
        for words in [1u32, 2, 8, 16] {
            let s = Draws::new(7).stream(Stage::Search, 3, words);
            let agents: Vec<(usize, u32)> = (0..37)
                .map(|k| (k * k * 7919 + (k % 3) * (1 << 40), k as u32 % 5))
                .collect();
            let mut met = 0;
            s.scattered(&agents, |k, [word]: [u32; 1]| {
                assert_eq!(word, s.of(agents[k].0, agents[k].1).word());
                met += 1;
            });
            assert_eq!(met, agents.len());
        }
        let s = Draws::new(8).stream(Stage::Opening, 1 << 31, 16);
        s.scattered(&[(65_536 * 70_000, 0)], |_, words: [u32; 16]| {
            let mut one = s.at(65_536 * 70_000);
            assert_eq!(words, std::array::from_fn(|_| one.word()));
        });
    }

    #[test]
    fn agents_of_many_streams_meet_their_own_words() {
        let streams = [0, 1, 300].map(|epoch| Draws::new(7).stream(Stage::Taste, epoch, 64));
        let agents: Vec<_> = (0..37).map(|k| (&streams[k % 3], k * k * 7919, k as u32 % 5)).collect();
        let mut met = 0;
        words_of_each(41, &agents, |k, words| {
            let (stream, agent, generation) = agents[k];
            let mut one = stream.of(agent, generation);
            assert!(words.len() == 41 && words.iter().all(|&word| word == one.word()));
            met += 1;
        });
        assert_eq!(met, agents.len());
    }
}
