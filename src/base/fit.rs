//! Estimators of the stylised facts: tails, growth-rate distributions, cycles. Formulas and sources at each.

/// A least-squares line.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Line {
    /// Slope.
    pub slope: f64,
    /// Value at zero.
    pub intercept: f64,
}

/// Weighted least squares of y on x; points are (x, y, weight). `None` without spread in x.
pub fn line(points: impl Iterator<Item = (f64, f64, f64)>) -> Option<Line> {
    let (mut n, mut mx, mut my, mut xx, mut xy) = (0.0, 0.0, 0.0, 0.0, 0.0);
    for (x, y, w) in points.filter(|p| p.2 > 0.0) {
        n += w;
        let (dx, dy) = (x - mx, y - my);
        mx += dx * w / n;
        my += dy * w / n;
        xx += w * dx * (x - mx);
        xy += w * dx * (y - my);
    }
    (xx > 0.0).then(|| Line {
        slope: xy / xx,
        intercept: my - xy / xx * mx,
    })
}

/// Pearson correlation of two series. `None` if one of them does not vary.
pub fn correlation(x: &[f64], y: &[f64]) -> Option<f64> {
    let forth = line(x.iter().zip(y).map(|(&x, &y)| (x, y, 1.0)))?.slope;
    let back = line(x.iter().zip(y).map(|(&x, &y)| (y, x, 1.0)))?.slope;
    Some((forth * back).max(0.0).sqrt() * forth.signum())
}

/// Standard deviation of a series about its mean.
pub fn spread(x: &[f64]) -> Option<f64> {
    crate::base::stats::mean_sd(x.iter().map(|&x| (x, 1.0))).map(|m| m.1)
}

/// Size above which the largest `share` of the weight lies; `sizes` are (size, weight) from large to small.
pub fn top_floor(sizes: &[(f64, f64)], share: f64) -> Option<f64> {
    let total: f64 = sizes.iter().map(|s| s.1).sum();
    let mut above = 0.0;
    for (size, weight) in sizes {
        above += weight;
        if above >= share * total {
            return Some(*size);
        }
    }
    None
}

/// Tail exponent by least squares of ln(rank - 1/2) on ln size (Gabaix and Ibragimov 2011) above `floor`; `sizes` are
/// (size, weight) from large to small. A lump of w equal firms takes the middle of its ranks, which for w = 1 is
/// rank - 1/2, and counts w times. The line is of ln rank.
pub fn rank_exponent(sizes: &[(f64, f64)], floor: f64) -> Option<Line> {
    let mut before = 0.0;
    let tail = sizes.iter().take_while(|s| s.0 >= floor).map(|&(size, weight)| {
        before += weight;
        (size.ln(), (before - 0.5 * weight).ln(), weight)
    });
    line(tail.collect::<Vec<_>>().into_iter())
}

/// A Subbotin (exponential power) density exp(-|x - m|^b / (b a^b)) / (2 a b^(1/b) Gamma(1 + 1/b)): b = 1 is Laplace,
/// b = 2 normal (Bottazzi and Secchi 2006).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Subbotin {
    /// Shape.
    pub b: f64,
    /// Scale.
    pub a: f64,
    /// Centre.
    pub m: f64,
}

impl Subbotin {
    /// Density at x.
    pub fn density(&self, x: f64) -> f64 {
        let Subbotin { b, a, m } = *self;
        (-((x - m).abs() / a).powf(b) / b).exp() / (2.0 * a * b.powf(1.0 / b) * ln_gamma(1.0 + 1.0 / b).exp())
    }

    /// Maximum likelihood of weighted values: given b and m, a^b is the mean of |x - m|^b; b and m by golden section.
    pub fn fit(values: &[(f64, f64)]) -> Option<Subbotin> {
        let weight: f64 = values.iter().map(|v| v.1).sum();
        let m0 = median(values)?;
        let mean = |b: f64, m: f64| values.iter().map(|(x, w)| w * (x - m).abs().powf(b)).sum::<f64>() / weight;
        let cost = |b: f64, m: f64| {
            let scale = mean(b, m).max(1e-300).ln() / b;
            scale + b.ln() / b + ln_gamma(1.0 + 1.0 / b) + 1.0 / b
        };
        let (mut b, mut m) = (1.0, m0);
        let reach = 2.0 * mean(1.0, m0);
        if !(reach > 0.0) {
            return None;
        }
        for _ in 0..2 {
            b = golden(0.2, 6.0, |b| cost(b, m));
            // below one the centre of greatest likelihood sits on single points: the median is kept
            if b > 1.05 {
                m = golden(m0 - 0.25 * reach, m0 + 0.25 * reach, |m| mean(b, m));
            }
        }
        Some(Subbotin {
            b,
            a: mean(b, m).powf(1.0 / b),
            m,
        })
    }
}

/// Weighted median.
fn median(values: &[(f64, f64)]) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(|a, b| b.0.total_cmp(&a.0));
    top_floor(&sorted, 0.5)
}

/// Where a function of one valley on [low, high] is least, to a ten-thousandth of the interval.
fn golden(mut low: f64, mut high: f64, f: impl Fn(f64) -> f64) -> f64 {
    const R: f64 = 0.618_033_988_749_895;
    let (mut c, mut d) = (high - R * (high - low), low + R * (high - low));
    let (mut fc, mut fd) = (f(c), f(d));
    for _ in 0..20 {
        if fc < fd {
            (high, d, fd) = (d, c, fc);
            c = high - R * (high - low);
            fc = f(c);
        } else {
            (low, c, fc) = (c, d, fd);
            d = low + R * (high - low);
            fd = f(d);
        }
    }
    0.5 * (low + high)
}

/// ln Gamma(x), x > 0 (Lanczos 1964, g = 7, nine terms).
pub(super) fn ln_gamma(x: f64) -> f64 {
    const C: [f64; 9] = [
        0.999_999_999_999_809_9,
        676.520_368_121_885_1,
        -1_259.139_216_722_402_8,
        771.323_428_777_653_1,
        -176.615_029_162_140_6,
        12.507_343_278_686_905,
        -0.138_571_095_265_720_12,
        9.984_369_578_019_572e-6,
        1.505_632_735_149_311_6e-7,
    ];
    let x = x - 1.0;
    let t = x + 7.5;
    let sum = C
        .iter()
        .enumerate()
        .skip(1)
        .fold(C[0], |s, (k, c)| s + c / (x + k as f64));
    0.5 * (2.0 * std::f64::consts::PI).ln() + (x + 0.5) * t.ln() - t + sum.ln()
}

/// Deviations from the Hodrick-Prescott trend with smoothing `lambda` (1600 for quarters): the trend solves
/// (I + lambda K'K) trend = y with K the second differences.
pub fn cycle(y: &[f64], lambda: f64) -> Option<Vec<f64>> {
    let n = y.len();
    if n < 8 {
        return None;
    }
    let mut band = vec![[1.0, 0.0, 0.0]; n];
    for k in 0..n - 2 {
        let d = [1.0, -2.0, 1.0];
        for i in 0..3 {
            for j in i..3 {
                band[k + i][j - i] += lambda * d[i] * d[j];
            }
        }
    }
    // elimination of a symmetric matrix with two upper bands
    let mut trend = y.to_vec();
    for k in 0..n {
        let [pivot, one, two] = band[k];
        for (step, off) in [(1, one), (2, two)] {
            if k + step < n {
                let factor = off / pivot;
                trend[k + step] -= factor * trend[k];
                band[k + step][0] -= factor * off;
                if step == 1 {
                    band[k + 1][1] -= factor * two;
                }
            }
        }
    }
    for k in (0..n).rev() {
        let mut rest = trend[k];
        for step in 1..3usize {
            if k + step < n {
                rest -= band[k][step] * trend[k + step];
            }
        }
        trend[k] = rest / band[k][0];
    }
    Some(y.iter().zip(&trend).map(|(y, t)| y - t).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::stats::{normal_quantile, pareto_quantile};

    fn grid(n: u32) -> impl Iterator<Item = f64> {
        (0..n).map(move |i| (f64::from(i) + 0.5) / f64::from(n))
    }

    #[test]
    fn subbotin_finds_laplace_and_normal() {
        let laplace: Vec<(f64, f64)> = grid(20_001)
            .map(|u| {
                (
                    0.3 + 0.2 * if u < 0.5 { (2.0 * u).ln() } else { -(2.0 - 2.0 * u).ln() },
                    2.0,
                )
            })
            .collect();
        let fit = Subbotin::fit(&laplace).expect("values");
        assert!(
            (fit.b - 1.0).abs() < 0.02 && (fit.a - 0.2).abs() < 0.004 && (fit.m - 0.3).abs() < 0.01,
            "{fit:?}"
        );
        let normal: Vec<(f64, f64)> = grid(20_001).map(|u| (0.1 * normal_quantile(u), 1.0)).collect();
        let fit = Subbotin::fit(&normal).expect("values");
        assert!((fit.b - 2.0).abs() < 0.02 && (fit.a - 0.1).abs() < 0.001, "{fit:?}");
        let area: f64 = (-4000..4000).map(|k| fit.density(f64::from(k) * 1e-3) * 1e-3).sum();
        assert!((area - 1.0).abs() < 1e-6);
    }

    #[test]
    fn tail_exponent_of_single_firms_and_of_lumps() {
        let mut sizes: Vec<(f64, f64)> = grid(50_000)
            .map(|u| (pareto_quantile(u, 1.06, 1.0, 1e9), 1.0))
            .collect();
        sizes.sort_by(|a, b| b.0.total_cmp(&a.0));
        let floor = top_floor(&sizes, 0.1).expect("sizes");
        let single = -rank_exponent(&sizes, floor).expect("tail").slope;
        assert!((single - 1.06).abs() < 0.02, "{single}");
        // neighbours in lumps of ten below the largest hundred
        let mut lumps = sizes[..100].to_vec();
        lumps.extend(
            sizes[100..]
                .chunks(10)
                .map(|c| (c.iter().map(|s| s.0).sum::<f64>() / 10.0, 10.0)),
        );
        let lumped = -rank_exponent(&lumps, floor).expect("tail").slope;
        assert!((lumped - single).abs() < 0.02, "{lumped} and {single}");
    }

    #[test]
    fn a_straight_line_has_no_cycle_and_the_trend_solves_its_equations() {
        let straight: Vec<f64> = (0..40).map(|t| 3.0 + 0.2 * f64::from(t)).collect();
        assert!(cycle(&straight, 1600.0).expect("long").iter().all(|x| x.abs() < 1e-7));
        // the trend solves its normal equations: t + 1600 K'K t = y
        let y: Vec<f64> = (0..30).map(|k| (f64::from(k) * 0.7).sin() + f64::from(k % 3)).collect();
        let trend: Vec<f64> = y
            .iter()
            .zip(cycle(&y, 1600.0).expect("long"))
            .map(|(y, c)| y - c)
            .collect();
        let bend = |k: usize| trend[k] - 2.0 * trend[k + 1] + trend[k + 2];
        for k in 0..30 {
            let mut left = trend[k];
            for (j, weight) in [(0, 1.0), (1, -2.0), (2, 1.0)] {
                if k >= j && k - j < 28 {
                    left += 1600.0 * weight * bend(k - j);
                }
            }
            assert!((left - y[k]).abs() < 1e-8, "{k}: {left} and {}", y[k]);
        }
    }

    #[test]
    fn a_line_is_found() {
        let l = line([(0.0, 1.0, 1.0), (1.0, 3.0, 2.0), (2.0, 5.0, 1.0)].into_iter()).expect("spread");
        assert!((l.slope - 2.0).abs() < 1e-12 && (l.intercept - 1.0).abs() < 1e-12);
        assert!(correlation(&[1.0, 2.0, 3.0], &[3.0, 2.0, 1.0]).expect("varies") + 1.0 < 1e-12);
    }
}
