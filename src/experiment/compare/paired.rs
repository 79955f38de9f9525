//! Estimates over seeds: mean, standard error, and a paired bootstrap interval.
//!
//! A seed is a pair: baseline and arm have the same luck, so differences are taken within seeds and seeds are resampled
//! whole. Intervals are 95 % percentile intervals of [`RESAMPLES`] resamples, expanded for few seeds (Hesterberg 2015,
//! section 3.4: quantiles at Phi(-sqrt(n/(n-1)) t)). The resamples depend on the number of seeds alone, so resampled means
//! of many series are one product, weights times values, made [`LANES`] series at a time.

use crate::base::draws::{Draws, Stage};
use crate::base::stats::{normal_cdf, t975};
use std::collections::BTreeMap;
use std::sync::OnceLock;

/// Seeds below which no percentile interval is wide enough: Student's interval takes its place.
pub const FEW: usize = 10;

/// Resamples of the bootstrap.
pub const RESAMPLES: usize = 999;

/// Series that are resampled side by side.
const LANES: usize = 8;

/// Where the search for the ends of an interval begins, as a share of their distance from the mean under normality: a few
/// times as many resampled means lie beyond as must be ranked.
const BEYOND: f64 = 0.75;

/// An estimate over seeds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// Mean over seeds.
    pub mean: f64,
    /// Standard error of the mean; NaN for one seed.
    pub se: f64,
    /// Lower end of the 95 % interval.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// The resamples for up to a number of seeds, drawn when they are first needed.
#[derive(Clone, Debug)]
pub struct Bootstrap {
    seeds: usize,
    /// By the number of seeds that have a value.
    resamples: Vec<OnceLock<Resamples>>,
}

impl Bootstrap {
    /// Resamples for `seeds` seeds.
    pub fn new(seeds: usize) -> Self {
        Self {
            seeds,
            resamples: vec![OnceLock::new(); seeds + 1],
        }
    }

    /// The estimate of a value per seed, with Student's interval below [`FEW`] seeds; seeds without a value (NaN) are left
    /// out. `None` if none has one.
    pub fn estimate(&self, values: &[f64]) -> Option<Estimate> {
        self.estimates(values).pop().flatten()
    }

    /// Estimates of many series: `values` are those of the seeds of the first series, then of the next.
    pub fn estimates(&self, values: &[f64]) -> Vec<Option<Estimate>> {
        debug_assert_eq!(values.len() % self.seeds.max(1), 0);
        let mut out = Vec::with_capacity(values.len() / self.seeds.max(1));
        // places of the series that need resampling and their values, by the number of seeds that have one
        let mut waiting: BTreeMap<usize, (Vec<usize>, Vec<f64>)> = BTreeMap::new();
        let mut there = Vec::with_capacity(self.seeds);
        for (at, values) in values.chunks(self.seeds.max(1)).enumerate() {
            there.clear();
            there.extend(values.iter().copied().filter(|v| v.is_finite()));
            let found = student(&there);
            if there.len() >= FEW && found.is_some_and(|e| e.se > 0.0) {
                let (places, list) = waiting.entry(there.len()).or_default();
                places.push(at);
                list.extend_from_slice(&there);
            }
            out.push(found);
        }
        for (count, (places, values)) in waiting {
            let resamples = self.resamples[count].get_or_init(|| Resamples::new(count));
            let ends = resamples.ends(&values);
            for (at, [low, high]) in places.into_iter().zip(ends) {
                out[at] = out[at].map(|e| Estimate { low, high, ..e });
            }
        }
        out
    }
}

/// Mean, standard error and Student's interval of values; `None` if there is none.
fn student(values: &[f64]) -> Option<Estimate> {
    let n = values.len() as f64;
    let mean = self::mean(values)?;
    let variance = variance(values);
    if values.len() < 2 || variance <= 0.0 {
        let se = if values.len() < 2 { f64::NAN } else { 0.0 };
        return Some(Estimate {
            mean,
            se,
            low: mean,
            high: mean,
        });
    }
    let (se, t) = ((variance / n).sqrt(), t975(values.len() - 1));
    Some(Estimate {
        mean,
        se,
        low: mean - t * se,
        high: mean + t * se,
    })
}

/// The resamples for a number of seeds.
#[derive(Clone, Debug)]
struct Resamples {
    seeds: usize,
    /// Times that each seed is drawn, over their number, by resample and seed.
    weights: Vec<f64>,
    /// Rank of the lower end among the resampled means, from 0.
    rank: usize,
    /// Distance of the ends from the mean under normality [standard deviations of a resampled mean].
    width: f64,
}

impl Resamples {
    fn new(seeds: usize) -> Self {
        let mut weights = vec![0.0; seeds * RESAMPLES];
        let stream = Draws::new(seeds as u64).stream(Stage::Analysis, 0, seeds as u32);
        let mut luck = stream.at(0);
        for row in weights.chunks_mut(seeds.max(1)) {
            for _ in 0..seeds {
                row[(luck.uniform() * seeds as f64) as usize] += 1.0 / seeds as f64;
            }
        }
        let n = seeds as f64;
        let width = if seeds < 2 {
            0.0
        } else {
            (n / (n - 1.0)).sqrt() * t975(seeds - 1)
        };
        Self {
            seeds,
            weights,
            rank: ((RESAMPLES + 1) as f64 * normal_cdf(-width)).round().max(1.0) as usize - 1,
            width,
        }
    }

    /// Ends of the intervals of series that have a value in every seed, one series after another.
    fn ends(&self, values: &[f64]) -> Vec<[f64; 2]> {
        let mut out = Vec::with_capacity(values.len() / self.seeds);
        let mut tails = Tails::new();
        let mut block = vec![[0.0; LANES]; self.seeds];
        for part in values.chunks(LANES * self.seeds) {
            let count = part.len() / self.seeds;
            for lane in 0..LANES {
                // a block that is not full repeats its last series
                let series = &part[lane.min(count - 1) * self.seeds..][..self.seeds];
                block.iter_mut().zip(series).for_each(|(row, x)| row[lane] = *x);
                tails.cut(lane, series, BEYOND * self.width);
            }
            for weights in self.weights.chunks(self.seeds) {
                tails.push(&product(weights, &block));
            }
            out.extend((0..count).map(|lane| tails.ends(lane, self.rank)));
            tails.clear();
        }
        out
    }
}

/// Resampled means of some series, by the weights of the seeds.
#[inline]
fn product(weights: &[f64], block: &[[f64; LANES]]) -> [f64; LANES] {
    let mut sums = [0.0; LANES];
    for (w, values) in weights.iter().zip(block) {
        for lane in 0..LANES {
            sums[lane] += w * values[lane];
        }
    }
    sums
}

/// The resampled means of some series, those in the tails apart: few enough to be ranked quickly.
struct Tails {
    means: Vec<[f64; LANES]>,
    /// Where the tails begin.
    cuts: [[f64; 2]; LANES],
    /// By lane and side: means beyond the cut, as many as are counted.
    beyond: Vec<[f64; RESAMPLES + 1]>,
    counts: [[usize; 2]; LANES],
}

impl Tails {
    fn new() -> Self {
        Self {
            means: Vec::with_capacity(RESAMPLES),
            cuts: [[0.0; 2]; LANES],
            beyond: vec![[0.0; RESAMPLES + 1]; 2 * LANES],
            counts: [[0; 2]; LANES],
        }
    }

    /// Begins the tails of a series `width` standard deviations of a resampled mean from its mean.
    fn cut(&mut self, lane: usize, values: &[f64], width: f64) {
        let n = values.len() as f64;
        let mean = values.iter().sum::<f64>() / n;
        let spread = width * (variance(values) * (n - 1.0)).sqrt() / n;
        self.cuts[lane] = [mean - spread, mean + spread];
    }

    fn push(&mut self, means: &[f64; LANES]) {
        self.means.push(*means);
        for lane in 0..LANES {
            let ([low, high], mean) = (self.cuts[lane], means[lane]);
            let [below, above] = &mut self.counts[lane];
            self.beyond[2 * lane][*below] = mean;
            self.beyond[2 * lane + 1][*above] = mean;
            *below += usize::from(mean < low);
            *above += usize::from(mean > high);
        }
    }

    fn clear(&mut self) {
        self.means.clear();
        self.counts = [[0; 2]; LANES];
    }

    /// The means of the lower rank and of the same rank from above.
    fn ends(&mut self, lane: usize, rank: usize) -> [f64; 2] {
        [0, 1].map(|side| {
            let count = self.counts[lane][side];
            let tail = &mut self.beyond[2 * lane + side][..count];
            if count > rank {
                let at = if side == 0 { rank } else { count - 1 - rank };
                return *tail.select_nth_unstable_by(at, f64::total_cmp).1;
            }
            // a lopsided series: all means are ranked
            let mut all: Vec<f64> = self.means.iter().map(|m| m[lane]).collect();
            let at = if side == 0 { rank } else { RESAMPLES - 1 - rank };
            *all.select_nth_unstable_by(at, f64::total_cmp).1
        })
    }
}

/// Mean of the values that are numbers; `None` if there is none.
pub fn mean(values: &[f64]) -> Option<f64> {
    let there = || values.iter().filter(|v| v.is_finite());
    let n = there().count();
    (n > 0).then(|| there().sum::<f64>() / n as f64)
}

/// Sample variance; 0 for less than two values.
pub fn variance(values: &[f64]) -> f64 {
    variance_of(values.iter().copied())
}

/// Sample variance of values that can be gone through twice; 0 for less than two.
pub fn variance_of(values: impl Iterator<Item = f64> + Clone) -> f64 {
    let n = values.clone().count() as f64;
    if n < 2.0 {
        return 0.0;
    }
    let mean = values.clone().sum::<f64>() / n;
    values.map(|v| (v - mean).powi(2)).sum::<f64>() / (n - 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn intervals_cover_as_often_as_they_say() {
        // means of normal draws whose true mean is known
        for (seeds, least) in [(5, 0.90), (20, 0.92)] {
            let bootstrap = Bootstrap::new(seeds);
            let stream = Draws::new(3).stream(Stage::Analysis, 9, seeds as u32);
            let trials = 2000;
            let covered = (0..trials).filter(|&k| {
                let mut luck = stream.at(k);
                let values: Vec<f64> = (0..seeds).map(|_| 7.0 + luck.normal()).collect();
                let e = bootstrap.estimate(&values).expect("values");
                assert!(e.low <= e.mean && e.mean <= e.high);
                e.low <= 7.0 && 7.0 <= e.high
            });
            let share = covered.count() as f64 / f64::from(trials as u32);
            assert!((least..0.985).contains(&share), "{seeds} seeds: {share}");
        }
    }

    #[test]
    fn the_same_bits_again_and_nothing_from_nothing() {
        let values = [1.0, 4.0, 2.0, 8.0];
        let e = Bootstrap::new(4).estimate(&values);
        assert_eq!(e, Bootstrap::new(4).estimate(&values));
        let zero = Bootstrap::new(3).estimate(&[0.0; 3]).expect("values");
        assert_eq!([zero.mean, zero.se, zero.low, zero.high], [0.0; 4]);
        assert_eq!(Bootstrap::new(2).estimate(&[f64::NAN; 2]), None);
        let one = Bootstrap::new(2).estimate(&[f64::NAN, 3.0]).expect("a value");
        assert!(one.mean == 3.0 && one.se.is_nan());
    }

    /// The ends by their definition: all resampled means in order.
    fn by_definition(values: &[f64]) -> [f64; 2] {
        let resamples = Resamples::new(values.len());
        let mean = |row: &[f64]| row.iter().zip(values).map(|(w, v)| w * v).sum::<f64>();
        let mut means: Vec<f64> = resamples.weights.chunks(values.len()).map(mean).collect();
        means.sort_by(f64::total_cmp);
        [means[resamples.rank], means[RESAMPLES - 1 - resamples.rank]]
    }

    #[test]
    fn many_series_at_once_are_those_of_the_definition() {
        let (seeds, series) = (20, 3 * LANES + 1);
        let stream = Draws::new(5).stream(Stage::Analysis, 9, 1);
        let mut luck = stream.at(0);
        let mut values: Vec<f64> = (0..seeds * series).map(|_| 1.0 + luck.normal()).collect();
        // one seed alone differs: nearly all means are the same on one side
        values[seeds..2 * seeds].fill(0.0);
        values[seeds] = 1.0;
        // seeds without a value, a skewed series, and one that never varies
        values[2 * seeds + 3] = f64::NAN;
        values[2 * seeds + 7] = f64::INFINITY;
        values[3 * seeds..4 * seeds]
            .iter_mut()
            .for_each(|x| *x = (4.0 * *x).exp());
        values[5 * seeds..6 * seeds].fill(3.5);
        let found = Bootstrap::new(seeds).estimates(&values);
        assert_eq!(found.len(), series);
        for (e, values) in found.iter().zip(values.chunks(seeds)) {
            let e = e.expect("an estimate");
            let there: Vec<f64> = values.iter().copied().filter(|v| v.is_finite()).collect();
            let [low, high] = by_definition(&there);
            let near = |a: f64, b: f64| (a - b).abs() <= 1e-12 * b.abs();
            assert!(near(e.low, low) && near(e.high, high), "{e:?}: {low} {high}");
            assert_eq!(Some(e), Bootstrap::new(seeds).estimate(values));
        }
    }
}
