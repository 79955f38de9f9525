//! Luck, by use: words one after another.

use yaosu::base::draws::{Draws, Stage, Stream, unit};

pub const PLANS: Stage = Stage::Productivity;
pub const LAYOFFS: Stage = Stage::Separation;
pub const APPLICATIONS: Stage = Stage::Search;
pub const HIRING: Stage = Stage::Opening;
pub const CREDIT: Stage = Stage::Credit;
pub const LACK_OF_FUNDS: Stage = Stage::Turnover;
pub const SHOPPING: Stage = Stage::Taste;
pub const NEW_BANKS: Stage = Stage::Entrant;

/// Words that are made together, at least and at most.
const LEAST: usize = 64;
const MOST: usize = 256;

/// The words of a use in one period.
pub struct Words {
    draws: Draws,
    stream: Stream,
    made: [u32; MOST],
    /// How many are made together, and the place of the next among them.
    together: usize,
    next: usize,
    /// Place in the stream of the first word not made.
    ahead: usize,
}

impl Words {
    pub fn new(draws: Draws) -> Self {
        Self {
            draws,
            stream: draws.stream(PLANS, 0, 1),
            made: [0; MOST],
            together: 0,
            next: 0,
            ahead: 0,
        }
    }

    /// Goes on to a use, for which about as many words as are `expected` will be asked for.
    pub fn open(&mut self, usage: Stage, tick: u32, expected: usize) {
        self.stream = self.draws.stream(usage, tick, 1);
        self.together = expected.next_multiple_of(LEAST).clamp(LEAST, MOST);
        (self.next, self.ahead) = (self.together, 0);
    }

    /// Makes the next words.
    #[cold]
    fn make(&mut self) {
        self.stream.words(self.ahead, &mut self.made[..self.together]);
        self.ahead += self.together;
        self.next = 0;
    }

    /// The next word.
    #[inline]
    pub fn word(&mut self) -> u32 {
        if self.next == self.together {
            self.make();
        }
        let word = self.made[self.next % MOST];
        self.next += 1;
        word
    }

    /// Uniform on (0, 1).
    #[inline]
    pub fn uniform(&mut self) -> f64 {
        unit(self.word())
    }

    /// A number below `n`.
    #[inline]
    pub fn below(&mut self, n: u32) -> u32 {
        ((u64::from(self.word()) * u64::from(n)) >> 32) as u32
    }

    /// A number below `n` other than `one`, which is below `n` too.
    #[inline]
    pub fn other(&mut self, one: u32, n: u32) -> u32 {
        let x = self.below(n - 1);
        x + u32::from(x >= one)
    }

    /// `K` different numbers below `n`, in the order they are drawn.
    #[inline]
    pub fn distinct<const K: usize>(&mut self, n: u32) -> [u32; K] {
        let mut drawn = [0; K];
        for k in 0..K {
            drawn[k] = self.below(n);
            while drawn[..k].contains(&drawn[k]) {
                drawn[k] = self.below(n);
            }
        }
        drawn
    }
}
