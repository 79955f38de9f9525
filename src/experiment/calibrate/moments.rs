//! Moments of a model at given parameters, with the same seeds at every evaluation, and how far they are from targets.

use rayon::prelude::*;

/// Why there are no moments.
#[derive(Clone, Debug, PartialEq)]
pub enum Failure {
    /// The user stopped the work.
    Stopped,
    /// The model cannot be run at these parameters, or does not measure a moment.
    Wrong(String),
    /// A file could not be written.
    Broken(String),
}

/// A model with parameters in the unit box: each is a share of the way from the lower to the upper end of its range.
pub trait Model: Sync {
    /// Number of parameters.
    fn keys(&self) -> usize;
    /// Replicates of an evaluation; each has a seed of its own, the same at all parameters.
    fn replicates(&self) -> usize;
    /// Moments of a replicate at a point of the unit box.
    ///
    /// # Errors
    /// If the user stops, the model has no moments there, or they cannot be kept.
    fn moments(&self, at: &[f64], replicate: usize) -> Result<Vec<f64>, Failure>;
}

/// Which part of the work asked for an evaluation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Where the search begins; its spread over seeds makes the weights.
    Start,
    /// A point of the global search.
    Global,
    /// A point of a local search, numbered from 1.
    Local(usize),
    /// A point of a difference.
    Jacobian,
    /// A step of Gauss and Newton.
    Step,
}

impl Stage {
    /// As the table calls it.
    pub fn name(self) -> String {
        match self {
            Stage::Start => "start".to_owned(),
            Stage::Global => "global".to_owned(),
            Stage::Local(k) => format!("local {k}"),
            Stage::Jacobian => "jacobian".to_owned(),
            Stage::Step => "step".to_owned(),
        }
    }
}

/// What the model gives at a point.
#[derive(Clone, Debug, PartialEq)]
pub struct Evaluation {
    /// Who asked for it.
    pub stage: Stage,
    /// Point in the unit box.
    pub at: Vec<f64>,
    /// Moments by replicate; empty if it failed.
    pub draws: Vec<Vec<f64>>,
    /// Why it failed; empty if it did not.
    pub error: String,
}

impl Evaluation {
    /// Mean of every moment over replicates; not a number where it failed.
    pub fn mean(&self, moments: usize) -> Vec<f64> {
        let n = self.draws.len() as f64;
        let sum = |j: usize| self.draws.iter().map(|d| d[j]).sum::<f64>();
        (0..moments)
            .map(|j| if self.draws.is_empty() { f64::NAN } else { sum(j) / n })
            .collect()
    }
}

/// Covariance of the mean of rows of moments: S/n with S over n - 1.
pub fn covariance_of_mean(draws: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let n = draws.len() as f64;
    let size = draws.first().map_or(0, Vec::len);
    let mean: Vec<f64> = (0..size).map(|j| draws.iter().map(|d| d[j]).sum::<f64>() / n).collect();
    let entry = |i: usize, j: usize| {
        let sum: f64 = draws.iter().map(|d| (d[i] - mean[i]) * (d[j] - mean[j])).sum();
        sum / (n - 1.0) / n
    };
    (0..size).map(|i| (0..size).map(|j| entry(i, j)).collect()).collect()
}

/// Evaluates points, each with all replicates, on all threads; in the order of the points, whatever thread did what.
///
/// # Errors
/// If the user stops, or a file cannot be written.
pub fn evaluate(model: &dyn Model, points: &[Vec<f64>], stage: Stage) -> Result<Vec<Evaluation>, Failure> {
    let replicates = model.replicates();
    let jobs: Vec<(usize, usize)> = (0..points.len())
        .flat_map(|p| (0..replicates).map(move |r| (p, r)))
        .collect();
    let run = |&(p, r): &(usize, usize)| model.moments(&points[p], r);
    let mut found = Vec::with_capacity(jobs.len());
    // in batches: a thread that waits for agents of one world would begin another, and all worlds would live at once
    for batch in jobs.chunks(rayon::current_num_threads().max(1)) {
        let done: Vec<_> = batch.par_iter().map(run).collect();
        let ends = |d: &&Result<Vec<f64>, Failure>| matches!(d, Err(Failure::Stopped | Failure::Broken(_)));
        if let Some(Err(failure)) = done.iter().find(ends) {
            return Err(failure.clone());
        }
        found.extend(done);
    }
    let mut out = Vec::with_capacity(points.len());
    for (at, draws) in points.iter().zip(found.chunks(replicates)) {
        let wrong = draws.iter().find_map(|d| match d {
            Err(Failure::Wrong(why)) => Some(why.clone()),
            _ => None,
        });
        out.push(Evaluation {
            stage,
            at: at.clone(),
            draws: match wrong {
                None => draws.iter().cloned().filter_map(Result::ok).collect(),
                Some(_) => Vec::new(),
            },
            error: wrong.unwrap_or_default(),
        });
    }
    Ok(out)
}

/// What the moments are held to.
#[derive(Clone, Debug, PartialEq)]
pub struct Objective {
    /// Targets.
    pub target: Vec<f64>,
    /// Covariance of the targets: diagonal for data; of their mean over seeds where the model made them.
    pub sampling: Vec<Vec<f64>>,
    /// Seeds from which that covariance is; 0 if it is known.
    pub target_seeds: usize,
    /// Diagonal of the weighting matrix.
    pub weight: Vec<f64>,
}

/// Targets and what is known of their errors.
pub type Aim = (Vec<f64>, Vec<Vec<f64>>, usize);

impl Objective {
    /// Weights of 1 over sampling variance plus the variance of the simulated mean at the start; they stay as they are.
    pub fn new((target, sampling, target_seeds): Aim, start: &Evaluation) -> Self {
        let simulation = covariance_of_mean(&start.draws);
        let own = |j: usize| simulation.get(j).map_or(0.0, |row| row[j]);
        let weight = (0..target.len()).map(|j| 1.0 / (sampling[j][j] + own(j))).collect();
        Self {
            target,
            sampling,
            target_seeds,
            weight,
        }
    }

    /// (m - target)' W (m - target); infinite where the model has no moments.
    pub fn criterion(&self, evaluation: &Evaluation) -> f64 {
        let errors = self.errors(evaluation);
        let sum: f64 = errors.iter().map(|z| z * z).sum();
        if sum.is_finite() { sum } else { f64::INFINITY }
    }

    /// Model less target, of every moment `[standard errors of data and simulation]`.
    pub fn errors(&self, evaluation: &Evaluation) -> Vec<f64> {
        let mean = evaluation.mean(self.target.len());
        let error = |j: usize| (mean[j] - self.target[j]) * self.weight[j].sqrt();
        (0..self.target.len()).map(error).collect()
    }

    /// Root of the mean squared error over targets `[standard errors]`.
    pub fn distance(&self, evaluation: &Evaluation) -> f64 {
        (self.criterion(evaluation) / self.target.len() as f64).sqrt()
    }
}
