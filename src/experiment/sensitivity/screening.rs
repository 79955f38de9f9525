//! Two-level designs: main effects of all inputs at once, by least squares with the seeds as blocks.
//!
//! ```text
//! y_ps = b_s + sum_j (swing_j / 2) x_pj + e_ps,   x_pj = +1 where input j is high at point p, else -1
//! ```
//!
//! Every run tells of every input, so a swing is known as well as if all runs had been spent on it alone. Interactions of two
//! inputs are in e and, the design being folded over, not in the swings. Of many p-values some are small by chance: Holm
//! (1979) multiplies the smallest by the number of inputs, the next by one less, and so on.

use super::tornado::Mean;
use crate::base::stats::{student_tail, t975};

/// What one input does to an outcome.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Effect {
    /// Place of the axis.
    pub axis: usize,
    /// Outcome where the input is high less outcome where it is low.
    pub swing: Mean,
    /// Two-sided p-value of no effect.
    pub p: f64,
    /// The same after Holm's correction for the number of inputs.
    pub p_holm: f64,
}

/// All inputs, the largest swing first.
#[derive(Clone, Debug, PartialEq)]
pub struct Screened {
    /// Effects.
    pub effects: Vec<Effect>,
    /// Mean outcome over runs.
    pub mean: f64,
    /// Runs with an outcome.
    pub runs: usize,
}

/// Effects of all axes on an outcome by point and seed; `high` says by point which axes are high. Runs without an outcome are
/// left out. `None` if there are too few runs, or an axis does not vary among them.
pub fn effects(high: &[Vec<bool>], output: &[Vec<f64>]) -> Option<Screened> {
    let k = high.first()?.len();
    let seeds = output.first()?.len();
    let n = k + seeds;
    let mut normal = vec![vec![0.0; n]; n];
    let mut right = vec![0.0; n];
    let (mut squares, mut sum, mut runs) = (0.0, 0.0, 0usize);
    for (signs, values) in high.iter().zip(output) {
        for (s, &y) in values.iter().enumerate().filter(|(_, y)| y.is_finite()) {
            let x = |j: usize| if signs[j] { 1.0 } else { -1.0 };
            for i in 0..k {
                (0..=i).for_each(|j| normal[i][j] += x(i) * x(j));
                normal[k + s][i] += x(i);
                right[i] += x(i) * y;
            }
            normal[k + s][k + s] += 1.0;
            right[k + s] += y;
            (squares, sum, runs) = (squares + y * y, sum + y, runs + 1);
        }
    }
    let free = runs.checked_sub(n).filter(|f| *f > 0)?;
    let factor = cholesky(normal)?;
    let fitted = solve(&factor, &right);
    let explained: f64 = fitted.iter().zip(&right).map(|(b, r)| b * r).sum();
    let variance = ((squares - explained) / free as f64).max(0.0);
    let mut all: Vec<Effect> = (0..k)
        .map(|j| {
            let mut unit = vec![0.0; n];
            unit[j] = 1.0;
            let se = 2.0 * (variance * solve(&factor, &unit)[j]).sqrt();
            effect(j, 2.0 * fitted[j], se, free)
        })
        .collect();
    holm(&mut all);
    all.sort_by(|a, b| b.swing.value.abs().total_cmp(&a.swing.value.abs()));
    Some(Screened {
        effects: all,
        mean: sum / runs as f64,
        runs,
    })
}

fn effect(axis: usize, value: f64, se: f64, free: usize) -> Effect {
    let half = t975(free) * se;
    let p = if se > 0.0 {
        2.0 * student_tail((value / se).abs(), free as f64)
    } else {
        f64::NAN
    };
    Effect {
        axis,
        swing: Mean {
            value,
            se,
            low: value - half,
            high: value + half,
        },
        p,
        p_holm: p,
    }
}

/// Holm's step-down correction.
fn holm(all: &mut [Effect]) {
    let mut order: Vec<usize> = (0..all.len()).collect();
    order.sort_by(|&a, &b| all[a].p.total_cmp(&all[b].p));
    let mut least = 0.0f64;
    for (k, &i) in order.iter().enumerate() {
        least = least.max(all[i].p * (all.len() - k) as f64).min(1.0);
        all[i].p_holm = least;
    }
}

/// Lower factor of a positive definite matrix of which the lower half is filled; `None` if it is not.
fn cholesky(mut a: Vec<Vec<f64>>) -> Option<Vec<Vec<f64>>> {
    for i in 0..a.len() {
        for j in 0..=i {
            let (upper, lower) = a.split_at(i);
            let other = if j < i { &upper[j] } else { &lower[0] };
            let done: f64 = lower[0][..j].iter().zip(&other[..j]).map(|(x, y)| x * y).sum();
            let rest = a[i][j] - done;
            a[i][j] = match (i == j, rest > 1e-9) {
                (true, true) => rest.sqrt(),
                (true, false) => return None,
                _ => rest / a[j][j],
            };
        }
    }
    Some(a)
}

/// Solves L L' x = b.
fn solve(l: &[Vec<f64>], b: &[f64]) -> Vec<f64> {
    let mut x = b.to_vec();
    for i in 0..x.len() {
        let done: f64 = (0..i).map(|j| l[i][j] * x[j]).sum();
        x[i] = (x[i] - done) / l[i][i];
    }
    for i in (0..x.len()).rev() {
        let done: f64 = (i + 1..x.len()).map(|j| l[j][i] * x[j]).sum();
        x[i] = (x[i] - done) / l[i][i];
    }
    x
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::draws::{Draws, Stage};
    use crate::experiment::sweep::design::screening;

    /// 20 inputs, 6 seeds: inputs 3 and 7 act, 1 and 2 only together; seeds differ by far more than anything.
    fn outcomes(noise: f64) -> (Vec<Vec<bool>>, Vec<Vec<f64>>) {
        let high = screening(20);
        let luck = Draws::new(3).stream(Stage::Analysis, 9, 6);
        let one = |(p, row): (usize, &Vec<bool>)| {
            let x = |j: usize| if row[j] { 1.0 } else { -1.0 };
            let mean = 1.5 * x(3) - 0.5 * x(7) + 0.8 * x(1) * x(2);
            let mut luck = luck.at(p);
            (0..6)
                .map(|s| mean + 100.0 * f64::from(s) + noise * luck.normal())
                .collect()
        };
        let output = high.iter().enumerate().map(one).collect();
        (high, output)
    }

    #[test]
    fn a_known_linear_function_is_recovered_and_nothing_else() {
        let (high, output) = outcomes(0.0);
        let found = effects(&high, &output).expect("enough runs");
        let told: Vec<(usize, f64)> = found.effects[..2].iter().map(|e| (e.axis, e.swing.value)).collect();
        assert!(told[0].0 == 3 && (told[0].1 - 3.0).abs() < 1e-9, "{told:?}");
        assert!(told[1].0 == 7 && (told[1].1 + 1.0).abs() < 1e-9, "{told:?}");
        assert!(
            found.effects[2..].iter().all(|e| e.swing.value.abs() < 1e-9),
            "interactions do not leak"
        );
        assert_eq!(found.runs, 48 * 6);
    }

    #[test]
    fn holm_names_what_acts_and_spares_what_does_not() {
        let (high, mut output) = outcomes(1.0);
        output[5][2] = f64::NAN;
        let found = effects(&high, &output).expect("enough runs");
        let sure: Vec<usize> = found
            .effects
            .iter()
            .filter(|e| e.p_holm < 0.05)
            .map(|e| e.axis)
            .collect();
        assert_eq!(sure, [3, 7]);
        // each swing's standard error is twice the residual's over the square root of the runs
        let se = found.effects[0].swing.se;
        let expected = 2.0 * (1.0f64 + 0.64).sqrt() / (287.0f64).sqrt();
        assert!((se / expected - 1.0).abs() < 0.1, "{se} for {expected}");
        let mut few: Vec<Effect> = [0.01, 0.04, 0.03]
            .iter()
            .map(|&p| Effect { p, ..found.effects[0] })
            .collect();
        holm(&mut few);
        assert_eq!(few.iter().map(|e| e.p_holm).collect::<Vec<_>>(), [0.03, 0.06, 0.06]);
    }
}
