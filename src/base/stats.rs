//! Statistics with stated formulas.

use crate::base::lanes::Real;

/// Quantile of the standard normal (Acklam 2003, relative error under 1.15e-9).
pub fn normal_quantile(p: f64) -> f64 {
    const A: [f64; 6] = [
        -3.969683028665376e1,
        2.209460984245205e2,
        -2.759285104469687e2,
        1.38357751867269e2,
        -3.066479806614716e1,
        2.506628277459239,
    ];
    const B: [f64; 5] = [
        -5.447609879822406e1,
        1.615858368580409e2,
        -1.556989798598866e2,
        6.680131188771972e1,
        -1.328068155288572e1,
    ];
    const C: [f64; 6] = [
        -7.784894002430293e-3,
        -3.223964580411365e-1,
        -2.400758277161838,
        -2.549732539343734,
        4.374664141464968,
        2.938163982698783,
    ];
    const D: [f64; 4] = [
        7.784695709041462e-3,
        3.224671290700398e-1,
        2.445134137142996,
        3.754408661907416,
    ];
    let tail = |q: f64| {
        (((((C[0] * q + C[1]) * q + C[2]) * q + C[3]) * q + C[4]) * q + C[5])
            / ((((D[0] * q + D[1]) * q + D[2]) * q + D[3]) * q + 1.0)
    };
    if p < 0.02425 {
        tail((-2.0 * p.ln()).sqrt())
    } else if p > 1.0 - 0.02425 {
        -tail((-2.0 * (1.0 - p).ln()).sqrt())
    } else {
        let q = p - 0.5;
        let r = q * q;
        (((((A[0] * r + A[1]) * r + A[2]) * r + A[3]) * r + A[4]) * r + A[5]) * q
            / (((((B[0] * r + B[1]) * r + B[2]) * r + B[3]) * r + B[4]) * r + 1.0)
    }
}

/// Quantile `p` of the Laplace distribution with unit variance.
#[inline]
pub fn laplace_quantile<N: Real>(p: N) -> N {
    let u = p - 0.5;
    u.map(|u| -u.signum()) * u.map(|u| 1.0 - 2.0 * u.abs()).ln() / std::f64::consts::SQRT_2
}

/// Distribution function of the standard normal (Zelen and Severo 1964, eq. 26.2.17, error under 7.5e-8).
pub fn normal_cdf(x: f64) -> f64 {
    let t = 1.0 / (1.0 + 0.2316419 * x.abs());
    let poly = t * (0.319381530 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
    let upper = (-0.5 * x * x).exp() / (2.0 * std::f64::consts::PI).sqrt() * poly;
    if x >= 0.0 { 1.0 - upper } else { upper }
}

/// The 97.5% point of Student's t: a table up to 10 degrees of freedom, then the expansion in 1/df, right to 1e-3.
pub fn t975(df: usize) -> f64 {
    const TABLE: [f64; 10] = [
        12.7062, 4.3027, 3.1824, 2.7764, 2.5706, 2.4469, 2.3646, 2.3060, 2.2622, 2.2281,
    ];
    if let Some(t) = df.checked_sub(1).and_then(|k| TABLE.get(k)) {
        return *t;
    }
    let (z, v) = (1.959_964_f64, df as f64);
    let first = (z.powi(3) + z) / (4.0 * v);
    let second = (5.0 * z.powi(5) + 16.0 * z.powi(3) + 3.0 * z) / (96.0 * v * v);
    let third = (3.0 * z.powi(7) + 19.0 * z.powi(5) + 17.0 * z.powi(3) - 15.0 * z) / (384.0 * v.powi(3));
    z + first + second + third
}

/// Chance that Student's t with `df` degrees of freedom exceeds `t` of at least 0: half the regularised incomplete beta function
/// at df/(df + t^2) with parameters df/2 and 1/2.
pub fn student_tail(t: f64, df: f64) -> f64 {
    let x = df / (df + t * t);
    let (a, b) = (0.5 * df, 0.5);
    let beta = if x < (a + 1.0) / (a + b + 2.0) {
        beta_fraction(x, a, b)
    } else {
        1.0 - beta_fraction(1.0 - x, b, a)
    };
    0.5 * beta.clamp(0.0, 1.0)
}

/// Regularised incomplete beta function by its continued fraction (modified Lentz), for x below (a + 1)/(a + b + 2).
fn beta_fraction(x: f64, a: f64, b: f64) -> f64 {
    if x <= 0.0 {
        return 0.0;
    }
    let ln_gamma = super::fit::ln_gamma;
    let front = (ln_gamma(a + b) - ln_gamma(a) - ln_gamma(b) + a * x.ln() + b * (1.0 - x).ln()).exp() / a;
    let tiny = |v: f64| if v.abs() < 1e-300 { 1e-300 } else { v };
    let (mut c, mut d) = (1.0, 1.0 / tiny(1.0 - (a + b) * x / (a + 1.0)));
    let mut value = d;
    for m in 1..500 {
        let m = f64::from(m);
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        let before = value;
        for step in [even, odd] {
            d = 1.0 / tiny(1.0 + step * d);
            c = tiny(1.0 + step / c);
            value *= c * d;
        }
        if (value / before - 1.0).abs() < 1e-14 {
            break;
        }
    }
    front * value
}

/// Logarithmic mean of two positive numbers, (a - b)/ln(a/b): the weight with which logs add up to a difference.
pub fn log_mean(a: f64, b: f64) -> f64 {
    let x = (a / b).ln();
    // near a = b the quotient is 0/0; (e^x - 1)/x to third order is exact there to rounding
    if x.abs() < 1e-5 {
        b * (1.0 + x / 2.0 + x * x / 6.0)
    } else {
        (a - b) / x
    }
}

/// Gini coefficient of weighted values (Lerman and Yitzhaki 1989); sorts a copy. Zero when there is nothing.
pub fn gini(values: &[(f64, f64)]) -> f64 {
    let curve = lorenz(values);
    let mut area = 0.0;
    for pair in curve.windows(2) {
        area += (pair[1].0 - pair[0].0) * (pair[1].1 + pair[0].1);
    }
    if curve.is_empty() { 0.0 } else { 1.0 - area }
}

/// Lorenz curve of weighted values: points (share of weight, share of value), from (0, 0) to (1, 1).
pub fn lorenz(values: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let mut sorted: Vec<(f64, f64)> = values.iter().copied().filter(|v| v.1 > 0.0).collect();
    sorted.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (mass, total) = sorted.iter().fold((0.0, 0.0), |(m, t), (v, w)| (m + w, t + v * w));
    if mass <= 0.0 || total <= 0.0 {
        return Vec::new();
    }
    let mut points = Vec::with_capacity(sorted.len() + 1);
    points.push((0.0, 0.0));
    let (mut m, mut t) = (0.0, 0.0);
    for (v, w) in sorted {
        m += w;
        t += v * w;
        points.push((m / mass, t / total));
    }
    points
}

/// Weight, mean and weighted squares around the mean of values, which may come one by one (Welford 1962) or in parts (Chan, Golub
/// and LeVeque 1983).
#[derive(Clone, Copy, Debug, Default)]
pub struct Moments {
    weight: f64,
    mean: f64,
    squares: f64,
}

impl Moments {
    /// Adds value `x` of a weight, unless that is not positive.
    #[inline]
    pub fn add(&mut self, x: f64, weight: f64) {
        if weight > 0.0 {
            self.weight += weight;
            let d = x - self.mean;
            self.mean += d * weight / self.weight;
            self.squares += weight * d * (x - self.mean);
        }
    }

    /// Adds another part's values.
    pub fn merge(&mut self, other: &Moments) {
        if other.weight > 0.0 {
            let (own, d) = (self.weight, other.mean - self.mean);
            self.weight += other.weight;
            self.mean += d * other.weight / self.weight;
            self.squares += other.squares + d * d * own * other.weight / self.weight;
        }
    }

    /// Mean and standard deviation; `None` without weight.
    pub fn mean_sd(&self) -> Option<(f64, f64)> {
        (self.weight > 0.0).then(|| (self.mean, (self.squares / self.weight).sqrt()))
    }
}

/// Weighted mean and standard deviation of values. `None` without weight.
pub fn mean_sd(values: impl Iterator<Item = (f64, f64)>) -> Option<(f64, f64)> {
    let mut moments = Moments::default();
    values.for_each(|(x, weight)| moments.add(x, weight));
    moments.mean_sd()
}

/// Maximum-likelihood tail exponent of sizes above `floor` (Hill 1975), weighted. `None` without data.
pub fn hill(sizes: impl Iterator<Item = (f64, f64)>, floor: f64) -> Option<f64> {
    let (mut n, mut s) = (0.0, 0.0);
    for (x, w) in sizes {
        if x >= floor {
            n += w;
            s += w * (x / floor).ln();
        }
    }
    (n > 1.0 && s > 0.0).then(|| n / s)
}

/// Quantile of a Pareto with exponent `zeta` truncated to `[lo, hi]`, at probability `u`.
pub fn pareto_quantile(u: f64, zeta: f64, lo: f64, hi: f64) -> f64 {
    let h = 1.0 - (lo / hi).powf(zeta);
    lo * (1.0 - u * h).powf(-1.0 / zeta)
}

/// Mean of a Pareto with exponent `zeta` truncated to `[lo, hi]`.
pub fn pareto_mean(zeta: f64, lo: f64, hi: f64) -> f64 {
    let h = 1.0 - (lo / hi).powf(zeta);
    if (zeta - 1.0).abs() < 1e-9 {
        lo / h * (hi / lo).ln()
    } else {
        zeta * lo.powf(zeta) / h * (lo.powf(1.0 - zeta) - hi.powf(1.0 - zeta)) / (zeta - 1.0)
    }
}

/// The curve at `x`, linear between points, flat beyond its ends.
pub fn interpolate(curve: &[(f64, f64)], x: f64) -> f64 {
    let right = curve.partition_point(|p| p.0 < x);
    match (right.checked_sub(1).map(|i| curve[i]), curve.get(right)) {
        (Some(a), Some(b)) if b.0 > a.0 => a.1 + (b.1 - a.1) * (x - a.0) / (b.0 - a.0),
        (_, Some(b)) => b.1,
        (Some(a), None) => a.1,
        (None, None) => f64::NAN,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tails_of_student_agree_with_tables() {
        for (t, df, tail) in [
            (12.7062, 1.0, 0.025),
            (2.2281, 10.0, 0.025),
            (1.6449, 1e6, 0.05),
            (3.0, 3.0, 0.028_834),
            (0.0, 7.0, 0.5),
            (5.0, 1400.0, 3.2288e-7),
        ] {
            assert!(
                (student_tail(t, df) / tail - 1.0).abs() < 2e-3,
                "{t} {df}: {}",
                student_tail(t, df)
            );
        }
    }

    #[test]
    fn normal_round_trip() {
        for p in [1e-6, 0.01, 0.2, 0.5, 0.9, 0.9999] {
            assert!((normal_cdf(normal_quantile(p)) - p).abs() < 2e-7, "{p}");
        }
    }

    #[test]
    fn student() {
        assert!((t975(19) - 2.0930).abs() < 1e-3);
        assert!((t975(11) - 2.2010).abs() < 1e-3);
        assert!((t975(1000) - 1.9623).abs() < 1e-3);
    }

    #[test]
    fn the_log_mean_turns_logs_into_differences() {
        for (a, b) in [(2.0, 1.0), (1.0, 2.0), (1.0 + 1e-6, 1.0), (1.0 + 2e-5, 1.0), (5.0, 5.0)] {
            let found = log_mean(a, b) * f64::ln(a / b);
            assert!((found - (a - b)).abs() < 1e-15 + 1e-10 * f64::abs(a - b), "{a} {b}");
        }
    }

    #[test]
    fn gini_of_known_distributions() {
        assert!(gini(&[(1.0, 1.0), (1.0, 3.0)]).abs() < 1e-12);
        // one of n owns all: 1 - 1/n
        let v: Vec<(f64, f64)> = (0..10).map(|i| (if i == 9 { 1.0 } else { 0.0 }, 1.0)).collect();
        assert!((gini(&v) - 0.9).abs() < 1e-12);
    }

    #[test]
    fn pareto_mean_agrees_with_its_quantiles() {
        let n = 1_000_000;
        let m: f64 = (0..n)
            .map(|i| pareto_quantile((f64::from(i) + 0.5) / f64::from(n), 1.06, 1.0, 1e3))
            .sum();
        assert!((m / f64::from(n) / pareto_mean(1.06, 1.0, 1e3) - 1.0).abs() < 1e-3);
    }

    #[test]
    fn moments_of_parts_are_those_of_the_whole() {
        let value = |k: u32| (f64::from(k).sin() * 5.0 + 1e3, f64::from(k % 4));
        let whole = mean_sd((0..1000).map(value)).unwrap();
        let mut parts = Moments::default();
        for part in [0..0, 0..7, 7..600, 600..1000] {
            let mut moments = Moments::default();
            part.map(value).for_each(|(x, weight)| moments.add(x, weight));
            parts.merge(&moments);
        }
        let (mean, sd) = parts.mean_sd().unwrap();
        assert!(
            (mean - whole.0).abs() < 1e-10 && (sd - whole.1).abs() < 1e-10,
            "{mean} {sd}"
        );
        let weight = (0..1000).map(|k| value(k).1).sum::<f64>();
        let by_hand = (0..1000).map(value).map(|(x, w)| w * (x - mean).powi(2)).sum::<f64>() / weight;
        assert!((sd - by_hand.sqrt()).abs() < 1e-10);
        assert_eq!(Moments::default().mean_sd(), None);
    }

    #[test]
    fn hill_finds_the_exponent() {
        let sizes = (0..100_000).map(|i| (pareto_quantile((f64::from(i) + 0.5) / 1e5, 1.06, 1.0, 1e9), 1.0));
        assert!((hill(sizes, 2.0).unwrap() - 1.06).abs() < 0.02);
    }
}
