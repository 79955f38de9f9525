//! Estimates over seeds: mean, standard error, and a paired bootstrap interval.
//!
//! A seed is a pair: baseline and arm have the same luck, so differences are taken within seeds and seeds are resampled
//! whole. Intervals are 95 % percentile intervals of [`RESAMPLES`] resamples, expanded for few seeds (Hesterberg 2015,
//! section 3.4: quantiles at Phi(-sqrt(n/(n-1)) t)). The resamples depend on the number of seeds alone.

use crate::base::draws::{Draws, Stage};
use crate::base::stats::{normal_cdf, t975};

/// Seeds below which no percentile interval is wide enough: Student's interval takes its place.
pub const FEW: usize = 10;

/// Resamples of the bootstrap.
pub const RESAMPLES: usize = 999;

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

/// The resamples for a number of seeds.
#[derive(Clone, Debug)]
pub struct Bootstrap {
    seeds: usize,
    /// Times that each seed is drawn, over their number, by resample and seed.
    weights: Vec<f64>,
    /// Rank of the lower end among the resampled means, from 0.
    rank: usize,
}

impl Bootstrap {
    /// Draws the resamples for `seeds` seeds.
    pub fn new(seeds: usize) -> Self {
        let mut weights = vec![0.0; seeds * RESAMPLES];
        let stream = Draws::new(seeds as u64).stream(Stage::Analysis, 0, seeds as u32);
        let mut luck = stream.at(0);
        for row in weights.chunks_mut(seeds.max(1)) {
            for _ in 0..seeds {
                row[(luck.uniform() * seeds as f64) as usize] += 1.0 / seeds as f64;
            }
        }
        let tail = match seeds {
            0 | 1 => 0.5,
            n => normal_cdf(-(n as f64 / (n - 1) as f64).sqrt() * t975(n - 1)),
        };
        Self {
            seeds,
            weights,
            rank: ((RESAMPLES + 1) as f64 * tail).round().max(1.0) as usize - 1,
        }
    }

    /// The estimate of a value per seed, with Student's interval below [`FEW`] seeds; seeds without a value (NaN) are left out. `None` if none has one.
    pub fn estimate(&self, values: &[f64]) -> Option<Estimate> {
        debug_assert_eq!(values.len(), self.seeds);
        if !values.iter().all(|v| v.is_finite()) {
            let there: Vec<f64> = values.iter().copied().filter(|v| v.is_finite()).collect();
            return match there.len() {
                0 => None,
                n => Self::new(n).estimate(&there),
            };
        }
        let n = self.seeds as f64;
        let mean = values.iter().sum::<f64>() / n;
        let variance = variance(values);
        if self.seeds < 2 || variance <= 0.0 {
            let se = if self.seeds < 2 { f64::NAN } else { 0.0 };
            return Some(Estimate {
                mean,
                se,
                low: mean,
                high: mean,
            });
        }
        if self.seeds < FEW {
            let (se, t) = ((variance / n).sqrt(), t975(self.seeds - 1));
            return Some(Estimate {
                mean,
                se,
                low: mean - t * se,
                high: mean + t * se,
            });
        }
        let resample = |row: &[f64]| row.iter().zip(values).map(|(w, v)| w * v).sum::<f64>();
        let mut means: Vec<f64> = self.weights.chunks(self.seeds).map(resample).collect();
        let low = *means.select_nth_unstable_by(self.rank, f64::total_cmp).1;
        let high = *means
            .select_nth_unstable_by(RESAMPLES - 1 - self.rank, f64::total_cmp)
            .1;
        Some(Estimate {
            mean,
            se: (variance / n).sqrt(),
            low,
            high,
        })
    }
}

/// Sample variance; 0 for less than two values.
pub fn variance(values: &[f64]) -> f64 {
    let n = values.len() as f64;
    if values.len() < 2 {
        return 0.0;
    }
    let mean = values.iter().sum::<f64>() / n;
    values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / (n - 1.0)
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
}
