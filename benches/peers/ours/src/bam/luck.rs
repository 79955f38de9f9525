//! Luck, by use: words one after another.

use super::TOGETHER;
use yaosu::base::draws::{Draws, Stage, Stream, unit};

pub const PLANS: Stage = Stage::Productivity;
pub const LAYOFFS: Stage = Stage::Separation;
pub const APPLICATIONS: Stage = Stage::Search;
pub const HIRING: Stage = Stage::Opening;
pub const CREDIT: Stage = Stage::Credit;
pub const LACK_OF_FUNDS: Stage = Stage::Turnover;
pub const SHOPPING: Stage = Stage::Taste;
pub const NEW_BANKS: Stage = Stage::Entrant;

/// Words that are made together, of few and of many.
const FEW: usize = 64;
const MANY: usize = 256;
/// More words than these are many.
const ENOUGH: usize = 128;
/// Words that can be asked for at once: three of each.
const AHEAD: usize = 3 * TOGETHER;
/// Words that can stand ready: one batch more, with room for a mask.
const READY: usize = (AHEAD + MANY).next_power_of_two();

/// What is drawn from words.
pub trait Luck {
    /// The next word.
    fn word(&mut self) -> u32;

    /// Uniform on (0, 1).
    #[inline]
    fn uniform(&mut self) -> f64 {
        unit(self.word())
    }

    /// A number below `n`.
    #[inline]
    fn below(&mut self, n: u32) -> u32 {
        ((u64::from(self.word()) * u64::from(n)) >> 32) as u32
    }

    /// A number below `n` other than `one`, which is below `n` too.
    #[inline]
    fn other(&mut self, one: u32, n: u32) -> u32 {
        let x = self.below(n - 1);
        x + u32::from(x >= one)
    }

    /// `K` different numbers below `n`, in the order they are drawn.
    #[inline]
    fn distinct<const K: usize>(&mut self, n: u32) -> [u32; K] {
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

/// The words of a use in one period.
pub struct Words {
    stream: Stream,
    /// Place in the stream of the first word not made.
    place: usize,
    /// About as many words as will be asked for beyond those made.
    expected: usize,
    /// Words that stand ready: those from `next` to `end`.
    ready: [u32; READY],
    next: usize,
    end: usize,
}

impl Words {
    pub fn new(draws: Draws) -> Self {
        Self {
            stream: draws.stream(PLANS, 0, 1),
            place: 0,
            expected: 0,
            ready: [0; READY],
            next: 0,
            end: 0,
        }
    }

    /// Goes on to a use, for which about as many words as are `expected` will be asked for.
    pub fn open(&mut self, usage: Stage, tick: u32, expected: usize) {
        self.stream.go_to(usage, tick);
        (self.place, self.expected) = (0, expected);
        (self.next, self.end) = (0, 0);
    }

    /// Makes words until `n` stand ready.
    #[cold]
    #[inline(never)]
    fn make(&mut self, n: usize) {
        self.ready.copy_within(self.next..self.end, 0);
        let left = self.end - self.next;
        let more = match self.expected {
            ..=ENOUGH => (n - left).next_multiple_of(FEW),
            _ => MANY,
        };
        (self.next, self.end) = (0, left + more);
        self.stream.words(self.place, &mut self.ready[left..self.end]);
        self.place += more;
        self.expected = self.expected.saturating_sub(more);
    }

    /// What `draw` makes of the next words, at most `n` of them, nor more than [`AHEAD`]: they stand ready before it begins.
    #[inline]
    pub fn ahead<T>(&mut self, n: usize, draw: impl FnOnce(&mut Ready) -> T) -> T {
        debug_assert!(n <= AHEAD);
        if self.end - self.next < n {
            self.make(n);
        }
        let mut ready = Ready {
            words: &self.ready,
            next: self.next,
        };
        let drawn = draw(&mut ready);
        assert!(ready.next <= self.next + n, "more words than stand ready");
        self.next = ready.next;
        drawn
    }
}

impl Luck for Words {
    #[inline]
    fn word(&mut self) -> u32 {
        if self.next == self.end {
            self.make(1);
        }
        let word = self.ready[self.next % READY];
        self.next += 1;
        word
    }
}

/// Words that stand ready.
pub struct Ready<'a> {
    words: &'a [u32; READY],
    next: usize,
}

impl Luck for Ready<'_> {
    #[inline]
    fn word(&mut self) -> u32 {
        let word = self.words[self.next % READY];
        self.next += 1;
        word
    }
}
