//! Elementary effects and variance-based indices of outputs on a design in the unit cube.

use crate::base::draws::{Draws, Reader, Stage};

/// Resamples of the bootstrap.
pub const RESAMPLES: usize = 999;

/// Use of [`Stage::Analysis`] by these resamples.
const USE: u32 = 4;

/// A number with the ends of its 95 % bootstrap interval (percentiles).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bounded {
    /// Estimate.
    pub value: f64,
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// Elementary effects of one input, in units of the output per width of the input's range.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Elementary {
    /// Mean.
    pub mu: f64,
    /// Mean absolute effect (Campolongo, Cariboni and Saltelli 2007).
    pub mu_star: Bounded,
    /// Standard deviation: interactions and curvature.
    pub sigma: f64,
}

/// Shares of the output's variance that one input accounts for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Indices {
    /// Alone: E[f(B) (f(A_B^i) - f(A))] / V (Saltelli et al. 2010, table 2 b).
    pub first: Bounded,
    /// With all its interactions: E[(f(A) - f(A_B^i))^2] / 2V (Jansen 1999).
    pub total: Bounded,
}

/// Morris's measures of every input, from trajectories of k + 1 points each. Trajectories with a missing output are left
/// out; `None` if fewer than two remain.
pub fn morris(unit: &[Vec<f64>], output: &[f64]) -> Option<Vec<Elementary>> {
    let k = unit.first()?.len();
    let mut effects: Vec<Vec<f64>> = Vec::new();
    for (points, values) in unit.chunks_exact(k + 1).zip(output.chunks_exact(k + 1)) {
        if values.iter().any(|v| !v.is_finite()) {
            continue;
        }
        let mut of = vec![0.0; k];
        for (p, v) in points.windows(2).zip(values.windows(2)) {
            if let Some(i) = (0..k).find(|&i| p[0][i] != p[1][i]) {
                of[i] = (v[1] - v[0]) / (p[1][i] - p[0][i]);
            }
        }
        effects.push(of);
    }
    let n = effects.len();
    if n < 2 {
        return None;
    }
    let mean =
        |i: usize, rows: &[usize], f: fn(f64) -> f64| rows.iter().map(|&r| f(effects[r][i])).sum::<f64>() / n as f64;
    let all: Vec<usize> = (0..n).collect();
    let stars = |rows: &[usize]| (0..k).map(|i| mean(i, rows, f64::abs)).collect::<Vec<f64>>();
    let resampled = bootstrap(n, &stars);
    let one = |i: usize| {
        let mu = mean(i, &all, |x| x);
        let square = effects.iter().map(|e| (e[i] - mu).powi(2)).sum::<f64>();
        Elementary {
            mu,
            mu_star: bounded(mean(i, &all, f64::abs), resampled.iter().map(|r| r[i])),
            sigma: (square / (n - 1) as f64).sqrt(),
        }
    };
    Some((0..k).map(one).collect())
}

/// Sobol indices of `k` inputs from rows A, B, A_B^1 ... A_B^k. Outputs are centred on the mean of A and B first: the
/// estimator of the first index is exact in expectation whatever the level, but its variance grows with the level's
/// square. Rows with a missing output are left out; `None` if fewer than two remain or nothing varies.
pub fn sobol(k: usize, output: &[f64]) -> Option<Vec<Indices>> {
    let rows: Vec<&[f64]> = output
        .chunks_exact(k + 2)
        .filter(|r| r.iter().all(|v| v.is_finite()))
        .collect();
    if rows.len() < 2 {
        return None;
    }
    let all: Vec<usize> = (0..rows.len()).collect();
    let estimates = |chosen: &[usize]| estimate(k, &rows, chosen);
    let found = estimates(&all);
    if found.iter().any(|v| !v.is_finite()) {
        return None;
    }
    let resampled = bootstrap(rows.len(), &estimates);
    let at = |i: usize| bounded(found[i], resampled.iter().map(|r| r[i]).filter(|v| v.is_finite()));
    let one = |i: usize| Indices {
        first: at(i),
        total: at(k + i),
    };
    Some((0..k).map(one).collect())
}

/// First indices, then total ones, of chosen rows.
fn estimate(k: usize, rows: &[&[f64]], chosen: &[usize]) -> Vec<f64> {
    let n = chosen.len() as f64;
    let mean = chosen.iter().map(|&r| rows[r][0] + rows[r][1]).sum::<f64>() / (2.0 * n);
    let square = |v: f64| (v - mean).powi(2);
    let variance = chosen
        .iter()
        .map(|&r| square(rows[r][0]) + square(rows[r][1]))
        .sum::<f64>()
        / (2.0 * n);
    let mut out = vec![0.0; 2 * k];
    for &r in chosen {
        let (a, b) = (rows[r][0] - mean, rows[r][1] - mean);
        for i in 0..k {
            let crossed = rows[r][2 + i] - mean;
            out[i] += b * (crossed - a) / n / variance;
            out[k + i] += (a - crossed).powi(2) / (2.0 * n) / variance;
        }
    }
    out
}

/// An estimate on [`RESAMPLES`] resamples of `n` rows.
fn bootstrap(n: usize, estimate: &dyn Fn(&[usize]) -> Vec<f64>) -> Vec<Vec<f64>> {
    let mut luck: Reader = Draws::new(n as u64).stream(Stage::Analysis, USE, 1).at(0);
    let mut draw = || {
        (0..n)
            .map(|_| (luck.uniform() * n as f64) as usize)
            .collect::<Vec<usize>>()
    };
    (0..RESAMPLES).map(|_| estimate(&draw())).collect()
}

fn bounded(value: f64, resampled: impl Iterator<Item = f64>) -> Bounded {
    let mut sorted: Vec<f64> = resampled.collect();
    sorted.sort_by(f64::total_cmp);
    let at = |p: f64| {
        sorted
            .get((p * (sorted.len() as f64 + 1.0)) as usize - 1)
            .copied()
            .unwrap_or(f64::NAN)
    };
    match sorted.len() {
        0..=39 => Bounded {
            value,
            low: f64::NAN,
            high: f64::NAN,
        },
        _ => Bounded {
            value,
            low: at(0.025),
            high: at(0.975),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::sweep::design;
    use crate::scenario::experiment::Design;
    use std::f64::consts::PI;

    /// Ishigami and Homma 1990 with a = 7, b = 0.1.
    fn ishigami(u: &[f64]) -> f64 {
        let [x, y, z] = [0, 1, 2].map(|i| PI * (2.0 * u[i] - 1.0));
        x.sin() + 7.0 * y.sin().powi(2) + 0.1 * z.powi(4) * x.sin()
    }

    /// First and total indices in closed form.
    fn known() -> ([f64; 3], [f64; 3]) {
        let (a, b) = (7.0f64, 0.1f64);
        let v1 = 0.5 * (1.0 + b * PI.powi(4) / 5.0).powi(2);
        let v2 = a * a / 8.0;
        let v13 = b * b * PI.powi(8) * (1.0 / 18.0 - 1.0 / 50.0);
        let v = v1 + v2 + v13;
        ([v1 / v, v2 / v, 0.0], [(v1 + v13) / v, v2 / v, v13 / v])
    }

    #[test]
    fn sobol_indices_of_the_ishigami_function() {
        let unit = design::sample(Design::Saltelli { points: 4096 }, 3, 1);
        let output: Vec<f64> = unit.iter().map(|u| ishigami(u)).collect();
        let found = sobol(3, &output).expect("indices");
        let (first, total) = known();
        assert!(
            (first[0] - 0.3139).abs() < 1e-4 && (first[1] - 0.4424).abs() < 1e-4 && (total[2] - 0.2437).abs() < 1e-4
        );
        for i in 0..3 {
            assert!((found[i].first.value - first[i]).abs() < 0.02, "{i}: {found:?}");
            assert!((found[i].total.value - total[i]).abs() < 0.02, "{i}: {found:?}");
            let covers = |b: Bounded, x: f64| b.low - 1e-12 <= x && x <= b.high + 1e-12;
            assert!(
                covers(found[i].first, first[i]) && covers(found[i].total, total[i]),
                "{i}: {found:?}"
            );
        }
        // no index depends on the level of the output
        let lifted: Vec<f64> = output.iter().map(|y| y + 1e4).collect();
        for (a, b) in found.iter().zip(sobol(3, &lifted).expect("indices")) {
            assert!((a.first.value - b.first.value).abs() < 1e-8 && (a.total.value - b.total.value).abs() < 1e-8);
        }
        // a failed run costs its row, not the analysis
        let mut broken = output;
        broken[7] = f64::NAN;
        let near = sobol(3, &broken).expect("indices");
        assert!((near[0].first.value - first[0]).abs() < 0.02);
        assert_eq!(sobol(3, &[1.0; 50]), None);
    }

    #[test]
    fn morris_effects_of_a_linear_function_are_its_slopes() {
        let unit = design::sample(
            Design::Morris {
                trajectories: 10,
                levels: 4,
            },
            3,
            1,
        );
        let output: Vec<f64> = unit.iter().map(|u| 3.0 * u[0] - 2.0 * u[1]).collect();
        let found = morris(&unit, &output).expect("effects");
        for (e, slope) in found.iter().zip([3.0, -2.0, 0.0f64]) {
            assert!((e.mu - slope).abs() < 1e-9 && (e.mu_star.value - slope.abs()).abs() < 1e-9 && e.sigma < 1e-9);
        }
    }

    #[test]
    fn morris_tells_interactions_of_the_ishigami_function() {
        let unit = design::sample(
            Design::Morris {
                trajectories: 200,
                levels: 4,
            },
            3,
            2,
        );
        let output: Vec<f64> = unit.iter().map(|u| ishigami(u)).collect();
        let found = morris(&unit, &output).expect("effects");
        // the third input acts through the first alone: no mean effect, but a spread
        assert!(found[2].mu.abs() < 2.0 && found[2].sigma > 4.0, "{found:?}");
        let whole: Vec<f64> = found.iter().map(|e| e.mu_star.value).collect();
        assert!(whole.iter().all(|m| *m > 4.0), "{whole:?}");
    }
}
