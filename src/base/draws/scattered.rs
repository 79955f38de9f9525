//! Words of agents who stand far apart, their ChaCha8 blocks made many at a time.
//!
//! A generator makes 64 words in a row; of one agent among many who are not asked, a few are wanted. Here every lane makes
//! the block of another agent, and the compiler turns the loops over lanes into vectors.

use super::{Stream, scramble};
use std::array::from_fn;

/// Blocks made together: loops of fewer lanes are unrolled before they become vectors.
const LANES: usize = 16;

/// Words of a block.
const WORDS: usize = 16;

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

impl Stream {
    /// The blocks at `places`, word by word.
    fn blocks(&self, places: &[u64; LANES], made: &mut [Word; WORDS]) {
        let start = |k: usize| -> Word {
            match k {
                0..4 => [CONSTANT[k]; LANES],
                4..12 => [self.key[k - 4]; LANES],
                12 => from_fn(|l| places[l] as u32),
                13 => from_fn(|l| (places[l] >> 32) as u32),
                14 => [self.number as u32; LANES],
                _ => [(self.number >> 32) as u32; LANES],
            }
        };
        (0..WORDS).for_each(|k| made[k] = start(k));
        for _ in 0..4 {
            (0..4).for_each(|k| quarter_round(made, [k, 4 + k, 8 + k, 12 + k]));
            (0..4).for_each(|k| quarter_round(made, [k, 4 + (k + 1) % 4, 8 + (k + 2) % 4, 12 + (k + 3) % 4]));
        }
        for k in 0..WORDS {
            let start = start(k);
            (0..LANES).for_each(|l| made[k][l] = made[k][l].wrapping_add(start[l]));
        }
    }

    /// Calls `f(k, words)` with the first `N` words of the k-th of `agents` (agent and generation, as [`Stream::of`] has
    /// them), in order. The words of an agent must lie in one block: their number is a divisor of 16.
    pub fn scattered<const N: usize>(&self, agents: &[(usize, u32)], mut f: impl FnMut(usize, [u32; N])) {
        debug_assert!(WORDS.is_multiple_of(self.words as usize) && N <= self.words as usize);
        let mut made = [[0; LANES]; WORDS];
        for (first, agents) in agents.chunks(LANES).enumerate() {
            let at: [u64; LANES] = from_fn(|l| agents[l.min(agents.len() - 1)].0 as u64 * u64::from(self.words));
            self.blocks(&at.map(|at| at / WORDS as u64), &mut made);
            for (l, &(_, generation)) in agents.iter().enumerate() {
                let (word, mask) = (at[l] as usize % WORDS, scramble(generation));
                f(LANES * first + l, from_fn(|k| made[(word + k) % WORDS][l] ^ mask));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Draws, Stage};

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
}
