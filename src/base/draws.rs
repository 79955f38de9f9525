//! Random draws as pure functions of (seed, stage, tick, agent).
//!
//! There is no generator to share. A stage opens a [`Stream`] for its tick; the words of agent `i` stand at
//! position `i * words_per_agent` of that ChaCha8 stream, so neither the number of threads nor a reform that
//! changes who is asked can disturb anybody else's luck. What is drawn anew every quarter belongs to the slot: a
//! successor meets the luck its predecessor would have met. What persists (tick 0, or an epoch) belongs to the agent:
//! a new *generation* in a slot scrambles the words (a bijection, so they stay uniform).

mod scattered;

pub use scattered::{WORDS, words_of_each};

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// Names of the streams: one per use, so that two uses never share words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum Stage {
    /// Birth of workers.
    BirthWorkers = 1,
    /// Birth of firms.
    BirthFirms = 2,
    /// Turnover of generations.
    Turnover = 3,
    /// A successor's own characteristics.
    Successor = 4,
    /// Hukou conversion.
    Conversion = 5,
    /// Productivity shocks.
    Productivity = 6,
    /// Job separations and self-employment.
    Separation = 7,
    /// Job search.
    Search = 8,
    /// Voluntary exit of firms.
    Exit = 9,
    /// Migration reviews.
    Review = 10,
    /// Tastes for places, by person and destination (tick = epoch of the tastes).
    Taste = 11,
    /// Arrivals from outside.
    Arrival = 12,
    /// A farm household's tenure security and use of an idle plot (tick = 0: persistent).
    Tenure = 13,
    /// Which firms consider a loan.
    Credit = 14,
    /// Administrative noise in land allocation.
    LandNoise = 15,
    /// Persistent rounding of a firm's target head count (tick = 0).
    Rounding = 16,
    /// Data exchange participation (tick = 0: persistent).
    Data = 17,
    /// Fixed for a household: its village (tick = 0), whether it rents after a move (1), its dependants (2).
    Village = 18,
    /// What a firm alone knows of its score, and when its bank renews its reading (tick = 0: persistent).
    Signal = 19,
    /// A new firm's persistent characteristics.
    Entrant = 20,
    /// Where an opening stands when seekers sample.
    Opening = 21,
    /// The bank's reading of a firm (tick = number of the reading).
    Reading = 22,
    /// Which firms can use public data (tick = 0: persistent).
    PublicData = 37,
    /// Which unemployed workers of high skill are taken into a public post.
    Posts = 38,
    /// A holder's cost of abatement (tick = 0: persistent).
    Abatement = 27,
    /// Persistent administrative noise in the land that a firm is admitted to (tick = 0).
    LandWedge = 31,
    /// Villages that reallocate their plots.
    Reallocation = 32,
    /// Firms of a lump that take a licence.
    Licence = 23,
    /// Whether a firm does research of its own (tick = 0: persistent).
    Innovator = 24,
    /// Innovations of outside demand; no agent reads it.
    OutsideDemand = 43,
    /// Resamples and permutations of the analysis; no agent reads it.
    Analysis = 60,
}

/// All draws of one replication.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Draws {
    seed: u64,
}

impl Draws {
    /// Draws of the replication with this seed.
    pub fn new(seed: u64) -> Self {
        Self { seed }
    }

    /// The stream of one stage at one tick, with `words` 32-bit words per agent.
    pub fn stream(&self, stage: Stage, tick: u32, words: u32) -> Stream {
        let mut key = [0u8; 32];
        key[..8].copy_from_slice(&self.seed.to_le_bytes());
        key[8..16].copy_from_slice(&split_mix(self.seed).to_le_bytes());
        key[16..24].copy_from_slice(b"yaosu/01");
        let mut rng = ChaCha8Rng::from_seed(key);
        let number = number(stage, tick);
        rng.set_stream(number);
        Stream {
            rng,
            words,
            key: std::array::from_fn(|k| u32::from_le_bytes(std::array::from_fn(|b| key[4 * k + b]))),
            number,
        }
    }
}

/// Number of the stream of one stage at one tick.
fn number(stage: Stage, tick: u32) -> u64 {
    (u64::from(stage as u32) << 32) | u64::from(tick)
}

/// Words of one stage and tick, addressed by agent.
#[derive(Clone)]
pub struct Stream {
    rng: ChaCha8Rng,
    words: u32,
    /// Key and number of the stream, for blocks that are made apart.
    key: [u32; 8],
    number: u64,
}

impl Stream {
    /// Becomes the stream of another stage and tick of the same draws, with as many words per agent.
    pub fn go_to(&mut self, stage: Stage, tick: u32) {
        self.number = number(stage, tick);
        self.rng.set_stream(self.number);
    }

    /// A reader that stands at agent `agent`; read agents in order for full speed.
    pub fn at(&self, agent: usize) -> Reader {
        let mut rng = self.rng.clone();
        rng.set_word_pos(agent as u128 * u128::from(self.words));
        Reader { rng, scramble: 0 }
    }

    /// The words of agents in order from `agent` on, as [`Self::at`] reads them.
    pub fn words(&self, agent: usize, out: &mut [u32]) {
        let at = agent as u64 * u64::from(self.words);
        let (rows, rest) = if at.is_multiple_of(scattered::WORDS as u64) {
            out.as_chunks_mut()
        } else {
            (&mut [][..], out)
        };
        let places = (at / scattered::WORDS as u64..).step_by(scattered::LANES);
        places.zip(&mut *rows).for_each(|(place, row)| self.row(place, row));
        if !rest.is_empty() {
            let mut rng = self.rng.clone();
            rng.set_word_pos(u128::from(at) + rows.as_flattened().len() as u128);
            rest.iter_mut().for_each(|word| *word = rng.next_u32());
        }
    }

    /// A reader that goes from agent to agent, beginning near `agent`.
    pub fn walk(&self, agent: usize) -> Walk {
        Walk {
            reader: self.at(agent),
            words: self.words,
        }
    }

    /// A reader at agent `agent` of generation `generation`.
    pub fn of(&self, agent: usize, generation: u32) -> Reader {
        let mut r = self.at(agent);
        r.scramble = scramble(generation);
        r
    }
}

/// A reader that goes from agent to agent: their words are those of [`Stream::of`], and near neighbours further on share
/// the words that were made together.
pub struct Walk {
    reader: Reader,
    words: u32,
}

impl Walk {
    /// Words that are made together (four ChaCha blocks).
    const MADE: u128 = 64;

    /// Stands at agent `agent` of generation `generation`.
    pub fn to(&mut self, agent: usize, generation: u32) -> &mut Reader {
        let rng = &mut self.reader.rng;
        let (now, then) = (rng.get_word_pos(), agent as u128 * u128::from(self.words));
        if (now..now + Self::MADE).contains(&then) {
            (now..then).for_each(|_| {
                rng.next_u32();
            });
        } else {
            rng.set_word_pos(then);
        }
        self.reader.scramble = scramble(generation);
        &mut self.reader
    }
}

/// A cursor over a [`Stream`].
pub struct Reader {
    rng: ChaCha8Rng,
    scramble: u32,
}

impl Reader {
    /// The next word.
    pub fn word(&mut self) -> u32 {
        self.rng.next_u32() ^ self.scramble
    }

    /// The next word of an agent with this generation, when a pass reads many agents with one reader.
    pub fn word_of(&mut self, generation: u32) -> u32 {
        self.rng.next_u32() ^ self.scramble ^ scramble(generation)
    }

    /// Uniform on (0, 1), never 0 nor 1.
    pub fn uniform(&mut self) -> f64 {
        unit(self.word())
    }

    /// Standard normal (inverse distribution function of one word).
    pub fn normal(&mut self) -> f64 {
        crate::base::stats::normal_quantile(self.uniform())
    }
}

/// A word as a number in (0, 1).
#[inline]
pub fn unit(word: u32) -> f64 {
    (f64::from(word) + 0.5) * (1.0 / 4_294_967_296.0)
}

/// Probability as a threshold on words: `word < threshold(p)` happens with probability `p`.
#[inline]
pub fn threshold(p: f64) -> u64 {
    (p.clamp(0.0, 1.0) * 4_294_967_296.0) as u64
}

/// Words below a [`threshold`], asked for many at a time.
#[derive(Clone, Copy)]
pub struct Below {
    word: u32,
    /// The threshold is above all words.
    all: bool,
}

impl Below {
    /// Words that a probability takes.
    pub fn new(p: f64) -> Self {
        let threshold = threshold(p);
        Below {
            word: threshold as u32,
            all: threshold > u64::from(u32::MAX),
        }
    }

    /// Whether the word is one of them.
    #[inline(always)]
    pub fn has(self, word: u32) -> bool {
        (word < self.word) | self.all
    }
}

/// A word that stands for an agent, as its generation meets it ([`Stream::of`]).
#[inline]
pub fn of_generation(word: u32, generation: u32) -> u32 {
    word ^ scramble(generation)
}

fn scramble(generation: u32) -> u32 {
    if generation == 0 {
        0
    } else {
        split_mix(u64::from(generation)) as u32
    }
}

/// SplitMix64 finaliser (Steele, Lea, Flood 2014): a bijection on 64-bit integers.
fn split_mix(x: u64) -> u64 {
    let mut z = x.wrapping_add(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_agents_words_do_not_depend_on_who_is_read_before() {
        let s = Draws::new(7).stream(Stage::Separation, 3, 2);
        let mut in_order = s.at(0);
        let words: Vec<u32> = (0..20).map(|_| in_order.word()).collect();
        for agent in [9usize, 0, 4] {
            let mut r = s.at(agent);
            assert_eq!([r.word(), r.word()], [words[2 * agent], words[2 * agent + 1]]);
        }
    }

    #[test]
    fn words_of_many_agents_are_those_of_each() {
        let s = Draws::new(7).stream(Stage::Turnover, 3, 1);
        for (first, n) in [(0, 256), (16_384, 100), (77, 3), (16, 600), (1 << 37, 512), (8, 300)] {
            let mut words = vec![0; n];
            s.words(first, &mut words);
            let each: Vec<u32> = (first..first + n).map(|i| s.at(i).word()).collect();
            assert_eq!(words, each);
        }
    }

    #[test]
    fn words_below_a_threshold_are_those_of_the_probability() {
        for p in [0.0, 1e-10, 0.25, 0.5, 1.0 - 1e-12, 1.0] {
            for word in [0, 1, 1 << 30, u32::MAX / 2, 1 << 31, u32::MAX] {
                assert_eq!(Below::new(p).has(word), u64::from(word) < threshold(p), "{p} {word}");
            }
        }
    }

    #[test]
    fn a_stream_goes_to_others() {
        let draws = Draws::new(7);
        let mut stream = draws.stream(Stage::Taste, 3, 1);
        for (stage, tick) in [(Stage::Credit, 9), (Stage::Credit, 0), (Stage::Taste, 3)] {
            stream.go_to(stage, tick);
            let (mut there, mut here) = ([0; 300], [0; 300]);
            draws.stream(stage, tick, 1).words(16, &mut there);
            stream.words(16, &mut here);
            assert_eq!(here, there);
        }
    }

    #[test]
    fn a_walk_meets_the_words_of_everybody() {
        let s = Draws::new(7).stream(Stage::Signal, 0, 3);
        let mut walk = s.walk(5);
        for (agent, generation) in [
            (5, 0),
            (6, 1),
            (6, 2),
            (25, 0),
            (26, 7),
            (400, 0),
            (2, 1),
            (3, 0),
            (1000, 4),
        ] {
            let (mut one, walker) = (s.of(agent, generation), walk.to(agent, generation));
            assert_eq!([one.word(), one.word()], [walker.word(), walker.word()]);
        }
    }

    #[test]
    fn seeds_stages_ticks_and_generations_have_different_luck() {
        let base = Draws::new(1).stream(Stage::Review, 1, 1).at(5).word();
        assert_ne!(base, Draws::new(2).stream(Stage::Review, 1, 1).at(5).word());
        assert_ne!(base, Draws::new(1).stream(Stage::Taste, 1, 1).at(5).word());
        assert_ne!(base, Draws::new(1).stream(Stage::Review, 2, 1).at(5).word());
        assert_ne!(base, Draws::new(1).stream(Stage::Review, 1, 1).of(5, 1).word());
    }

    #[test]
    fn moments_of_the_distributions() {
        let mut r = Draws::new(3).stream(Stage::Productivity, 0, 1).at(0);
        let n = 200_000;
        let (mut m, mut v) = (0.0, 0.0);
        for _ in 0..n {
            let x = crate::base::stats::laplace_quantile(r.uniform());
            m += x;
            v += x * x;
        }
        let n = f64::from(n);
        assert!((m / n).abs() < 0.01 && (v / n - 1.0).abs() < 0.03, "{m} {v}");
    }
}
