//! Means and intervals across seeds.

pub use crate::base::stats::interpolate as at;
use crate::base::stats::t975;

/// A mean with its 95% interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    /// Mean across seeds.
    pub mean: f64,
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
    /// Number of seeds.
    pub n: usize,
}

/// Fewer seeds than this tell too little of the spread: Student's factor is 3.2 with four, 12.7 with two.
pub const LEAST: usize = 5;

/// What figures, tables and pages say where there is one seed.
const ONE_SEED: &str = "one seed, no intervals";

/// What is said of numbers that are `many` of several seeds, such as their mean.
pub fn of_seeds(seeds: usize, many: &str) -> &str {
    if seeds == 1 { ONE_SEED } else { many }
}

/// What brackets around an effect mean.
pub fn brackets(seeds: usize) -> &'static str {
    of_seeds(seeds, "the 95% interval across seeds includes zero")
}

/// The head of a column of effects with their intervals in brackets.
pub fn with_intervals(head: &str, seeds: usize) -> String {
    format!("{head}{}", if seeds == 1 { "" } else { " [95%]" })
}

impl Interval {
    /// Ends of the interval where there are seeds enough to draw it; the mean twice where there are not.
    pub fn band(&self) -> (f64, f64) {
        if self.n < LEAST {
            (self.mean, self.mean)
        } else {
            (self.low, self.high)
        }
    }

    /// Whether zero lies inside (or there is one seed only, so that nothing can be said).
    pub fn holds_zero(&self) -> bool {
        self.n < 2 || (self.low <= 0.0 && self.high >= 0.0)
    }
}

/// Mean and Student's t interval; values that are not finite are left out. `None` if none remains.
pub fn interval(values: impl IntoIterator<Item = f64>) -> Option<Interval> {
    let values: Vec<f64> = values.into_iter().filter(|v| v.is_finite()).collect();
    let n = values.len();
    if n == 0 {
        return None;
    }
    let mean = values.iter().sum::<f64>() / n as f64;
    if n == 1 {
        return Some(Interval {
            mean,
            low: mean,
            high: mean,
            n,
        });
    }
    let variance = values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / (n - 1) as f64;
    let half = t975(n - 1) * (variance / n as f64).sqrt();
    Some(Interval {
        mean,
        low: mean - half,
        high: mean + half,
        n,
    })
}

/// Area under a curve given by points in order of x.
pub fn area(points: &[(f64, f64)]) -> f64 {
    points
        .windows(2)
        .map(|p| (p[1].0 - p[0].0) * (p[1].1 + p[0].1) / 2.0)
        .sum()
}

/// Gini coefficient of a Lorenz curve.
pub fn gini(lorenz: &[(f64, f64)]) -> f64 {
    1.0 - 2.0 * area(lorenz)
}

/// Standard deviation of a density on evenly spaced points.
pub fn density_sd(density: &[(f64, f64)]) -> f64 {
    let mass: f64 = density.iter().map(|p| p.1).sum();
    let mean = density.iter().map(|p| p.0 * p.1).sum::<f64>() / mass;
    (density.iter().map(|p| (p.0 - mean).powi(2) * p.1).sum::<f64>() / mass).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn interval_of_known_values() {
        let i = interval([1.0, 2.0, 3.0, f64::NAN]).expect("three values");
        assert!((i.mean - 2.0).abs() < 1e-12 && i.n == 3);
        assert!((i.high - 2.0 - 4.3027 / 3f64.sqrt()).abs() < 1e-4);
    }

    #[test]
    fn gini_of_a_triangle() {
        assert!((gini(&[(0.0, 0.0), (0.5, 0.0), (1.0, 1.0)]) - 0.5).abs() < 1e-12);
    }
}
