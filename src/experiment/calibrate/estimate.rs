//! Standard errors of the parameters, and which of them the targets tell apart.
//!
//! With G the Jacobian of the moments, W the weights and Omega the covariance of model less target (sampling and
//! simulation), the estimator of simulated moments has the covariance
//!
//! ```text
//! (G'WG)^-1 G'W Omega W G (G'WG)^-1
//! ```
//!
//! (Duffie and Singleton 1993; Gourieroux and Monfort 1996, chapter 2). All in the unit box, where every range has the
//! width 1 and a draw without any knowledge the standard deviation 1/sqrt(12). Along a flat direction, of which the targets
//! tell less than that, the inverse would be one of luck; there the range is what is known, and the variance is 1/12.

use super::jacobian::Jacobian;
use super::moments::{Evaluation, Objective, covariance_of_mean};
use crate::base::linear::{Svd, dot, svd};
use crate::base::stats::t975;

/// Standard deviation of a uniform draw from a range of width 1: what is known without any target.
pub const NO_KNOWLEDGE: f64 = 0.288_675_134_594_812_9;
/// A parameter nearer to an end of its range is at a bound `[share of the range]`.
const AT_BOUND: f64 = 0.01;
/// Least part of a parameter in a direction that is named.
const NAMED: f64 = 0.3;
/// Least part of a parameter in a flat direction that makes it not identified.
const PART: f64 = 0.5;

/// What is known of a parameter.
#[derive(Clone, Debug, PartialEq)]
pub struct Parameter {
    /// Estimate in the unit box.
    pub at: f64,
    /// Its standard error `[share of the range]`.
    pub se: f64,
    /// Half of its 95 % interval `[share of the range]`: Student's t with the degrees of freedom of Welch and Satterthwaite,
    /// because few seeds tell little of luck.
    pub half: f64,
    /// Whether it stands at an end of its range, where a standard error means little.
    pub at_bound: bool,
    /// Whether the targets tell more of it than its range does.
    pub identified: bool,
}

/// A direction in the unit box, from the best known to the least.
#[derive(Clone, Debug, PartialEq)]
pub struct Direction {
    /// Part of every parameter; of length 1.
    pub part: Vec<f64>,
    /// Singular value of W^(1/2) G: how many standard errors the targets move over the width of the box.
    pub strength: f64,
    /// What luck alone adds to it.
    pub noise: f64,
    /// Whether the targets tell no more of it than the ranges do.
    pub flat: bool,
}

/// What the targets tell of the parameters.
#[derive(Clone, Debug, PartialEq)]
pub struct Estimates {
    /// By key.
    pub parameters: Vec<Parameter>,
    /// Directions of the weighted Jacobian.
    pub directions: Vec<Direction>,
    /// Largest over smallest singular value.
    pub condition: f64,
}

/// Standard errors and directions at an optimum.
pub fn estimate(objective: &Objective, best: &Evaluation, jacobian: &Jacobian) -> Estimates {
    let d = svd(&jacobian.weighted(&objective.weight));
    let simulation = covariance_of_mean(&best.draws);
    let directions: Vec<Direction> = (0..d.s.len()).map(|i| direction(&d, i, objective, jacobian)).collect();
    let parts = [&objective.sampling, &simulation].map(|omega| {
        let middle = middle(omega, &objective.weight, &d);
        sandwich(&d, &directions, &middle)
    });
    let freedom = [
        objective.target_seeds.saturating_sub(1),
        best.draws.len().saturating_sub(1),
    ];
    let parameter = |(k, &at): (usize, &f64)| {
        let variance = [parts[0][k], parts[1][k]];
        let unknown: f64 = directions
            .iter()
            .filter(|d| d.flat)
            .map(|d| (d.part[k] * NO_KNOWLEDGE).powi(2))
            .sum();
        let se = (variance[0] + variance[1] + unknown).sqrt();
        let lost = directions.iter().any(|d| d.flat && d.part[k].abs() >= PART);
        Parameter {
            at,
            se,
            half: se * t975(degrees(variance, freedom, unknown)),
            at_bound: !(AT_BOUND..=1.0 - AT_BOUND).contains(&at),
            identified: se < NO_KNOWLEDGE && !lost,
        }
    };
    let last = d.s.last().copied().unwrap_or(0.0);
    Estimates {
        parameters: best.at.iter().enumerate().map(parameter).collect(),
        condition: if last > 0.0 { d.s[0] / last } else { f64::INFINITY },
        directions,
    }
}

/// Degrees of freedom of a sum of two variances, each from so many (0 for one that is known), and of a known one (Welch 1947,
/// Satterthwaite 1946).
fn degrees(variance: [f64; 2], freedom: [usize; 2], known: f64) -> usize {
    let term = |k: usize| match freedom[k] {
        0 => 0.0,
        df => variance[k].powi(2) / df as f64,
    };
    let found = (variance[0] + variance[1] + known).powi(2) / (term(0) + term(1));
    // also where nothing is lucky, or nothing known
    if found.is_finite() {
        (found as usize).max(1)
    } else {
        usize::MAX
    }
}

/// U' W^(1/2) Omega W^(1/2) U.
fn middle(omega: &[Vec<f64>], weight: &[f64], d: &Svd) -> Vec<Vec<f64>> {
    let root: Vec<f64> = weight.iter().map(|w| w.sqrt()).collect();
    let n = root.len();
    let entry = |i: usize, j: usize| root[i] * omega[i][j] * root[j];
    let whole: Vec<Vec<f64>> = (0..n).map(|i| (0..n).map(|j| entry(i, j)).collect()).collect();
    let left = |u: &Vec<f64>| whole.iter().map(|row| dot(row, u)).collect::<Vec<f64>>();
    let moved: Vec<Vec<f64>> = d.u.iter().map(left).collect();
    d.u.iter().map(|u| moved.iter().map(|m| dot(u, m)).collect()).collect()
}

/// The diagonal of V S^-1 M S^-1 V' over the directions that are not flat.
fn sandwich(d: &Svd, directions: &[Direction], middle: &[Vec<f64>]) -> Vec<f64> {
    let told: Vec<usize> = (0..d.s.len()).filter(|&i| !directions[i].flat).collect();
    (0..d.s.len())
        .map(|k| {
            let term = |i: usize, j: usize| d.v[i][k] * middle[i][j] * d.v[j][k] / (d.s[i] * d.s[j]);
            let pairs = told.iter().flat_map(|&i| told.iter().map(move |&j| (i, j)));
            pairs.map(|(i, j)| term(i, j)).sum::<f64>().max(0.0)
        })
        .collect()
}

/// Direction `i`. Luck adds the sum of v_k^2 w_j se_jk^2 to the square of its strength, which is taken off before it is
/// judged: it is flat if a move across one standard deviation of the box is less than one standard error of the targets.
fn direction(d: &Svd, i: usize, objective: &Objective, jacobian: &Jacobian) -> Direction {
    let noise = jacobian.luck(&d.v[i], &objective.weight);
    let left = (d.s[i].powi(2) - noise).max(0.0).sqrt();
    Direction {
        part: d.v[i].clone(),
        strength: d.s[i],
        noise: noise.sqrt(),
        flat: left * NO_KNOWLEDGE <= 1.0,
    }
}

impl Direction {
    /// "`labour.search` up and `labour.separation` down": the parameters that take part, the largest first.
    pub fn words(&self, keys: &[&str]) -> String {
        let mut parts: Vec<(usize, f64)> = self.part.iter().copied().enumerate().collect();
        parts.sort_by(|a, b| b.1.abs().total_cmp(&a.1.abs()).then(a.0.cmp(&b.0)));
        parts.retain(|p| p.1.abs() >= NAMED);
        if let [only] = parts[..] {
            return format!("`{}` alone", keys[only.0]);
        }
        let way = |p: &(usize, f64)| format!("`{}` {}", keys[p.0], if p.1 > 0.0 { "up" } else { "down" });
        parts.iter().map(way).collect::<Vec<_>>().join(" with ")
    }
}
