//! Derivatives of moments by central differences with common seeds; steps are widened until they stand out of luck.

use super::moments::{Evaluation, Failure, Model, Objective, Stage, evaluate};
use crate::base::linear::svd;

/// Half-widths that are tried, from the smallest `[share of the range]`.
const STEPS: [f64; 3] = [0.025, 0.05, 0.1];
/// Part of a key in a direction from which on the direction must stand out, too.
const TAKES_PART: f64 = 0.3;
/// A difference stands out when its weighted square is this many times what luck alone gives it (five standard errors).
const STANDS_OUT: f64 = 25.0;

/// Derivatives of the mean moments by the place in the unit box.
#[derive(Clone, Debug, PartialEq)]
pub struct Jacobian {
    /// By key and moment `[unit of the moment over the width of the range]`.
    pub slope: Vec<Vec<f64>>,
    /// Standard error of each over seeds, paired.
    pub se: Vec<Vec<f64>>,
    /// Half-width of the difference of each key `[share of the range]`.
    pub step: Vec<f64>,
    /// Whether the difference of each key, and the directions in which it takes part, stand out of luck.
    pub clear: Vec<bool>,
}

impl Jacobian {
    /// The columns of W^(1/2) G.
    pub fn weighted(&self, weight: &[f64]) -> Vec<Vec<f64>> {
        let column = |slope: &Vec<f64>| slope.iter().zip(weight).map(|(g, w)| g * w.sqrt()).collect();
        self.slope.iter().map(column).collect()
    }

    /// What luck adds to the square of the effect of a direction: the sum of v_k^2 w_j se_jk^2.
    pub fn luck(&self, part: &[f64], weight: &[f64]) -> f64 {
        let of_key = |(v, se): (&f64, &Vec<f64>)| v * v * squares(se, weight);
        part.iter().zip(&self.se).map(of_key).sum()
    }

    /// Notes which keys stand out. Two keys may each stand out and one direction of them still be luck.
    fn judge(&mut self, weight: &[f64]) {
        let d = svd(&self.weighted(weight));
        for k in 0..self.clear.len() {
            let own = squares(&self.slope[k], weight) > STANDS_OUT * squares(&self.se[k], weight);
            let stands =
                |(s, v): (&f64, &Vec<f64>)| v[k].abs() < TAKES_PART || s * s > STANDS_OUT * self.luck(v, weight);
            self.clear[k] = own && d.s.iter().zip(&d.v).all(stands);
        }
    }
}

/// Most evaluations that derivatives take.
pub fn most(keys: usize) -> usize {
    2 * keys * STEPS.len()
}

/// Derivatives at a point, and every evaluation that was made for them. None if the model failed beside the point.
///
/// Where the point is nearer to an end of a range than the half-width, the difference is taken about the nearest point
/// that is not.
///
/// # Errors
/// If the user stops.
pub fn differences(
    model: &dyn Model,
    objective: &Objective,
    at: &[f64],
) -> Result<(Option<Jacobian>, Vec<Evaluation>), Failure> {
    let keys = at.len();
    let mut out = Jacobian {
        slope: vec![Vec::new(); keys],
        se: vec![Vec::new(); keys],
        step: vec![0.0; keys],
        clear: vec![false; keys],
    };
    let mut seen = Vec::new();
    let mut failed = false;
    for step in STEPS {
        let todo: Vec<usize> = (0..keys).filter(|&k| !out.clear[k]).collect();
        let points: Vec<Vec<f64>> = todo
            .iter()
            .flat_map(|&k| {
                let centre = at[k].clamp(step, 1.0 - step);
                [centre - step, centre + step].map(|u| {
                    let mut point = at.to_vec();
                    point[k] = u;
                    point
                })
            })
            .collect();
        let found = evaluate(model, &points, Stage::Jacobian)?;
        for (&k, pair) in todo.iter().zip(found.chunks(2)) {
            match slope(&pair[0], &pair[1], 2.0 * step) {
                Some((slope, se)) => {
                    (out.slope[k], out.se[k], out.step[k]) = (slope, se, step);
                }
                // a larger step may fail where a smaller one did not
                None => failed |= out.slope[k].is_empty(),
            }
        }
        seen.extend(found);
        if failed {
            return Ok((None, seen));
        }
        out.judge(&objective.weight);
    }
    Ok((Some(out), seen))
}

/// Slope of every moment between two points `width` apart, and its standard error over seeds.
fn slope(low: &Evaluation, high: &Evaluation, width: f64) -> Option<(Vec<f64>, Vec<f64>)> {
    let n = low.draws.len();
    if n == 0 || high.draws.len() != n {
        return None;
    }
    let moment = |j: usize| {
        let each: Vec<f64> = low
            .draws
            .iter()
            .zip(&high.draws)
            .map(|(a, b)| (b[j] - a[j]) / width)
            .collect();
        let mean = each.iter().sum::<f64>() / n as f64;
        let spread: f64 = each.iter().map(|x| (x - mean).powi(2)).sum();
        (mean, (spread / (n as f64 - 1.0) / n as f64).sqrt())
    };
    Some((0..low.draws[0].len()).map(moment).unzip())
}

fn squares(x: &[f64], weight: &[f64]) -> f64 {
    x.iter().zip(weight).map(|(x, w)| w * x * x).sum()
}
