//! The search: Owen-scrambled Sobol points, local searches from the best of them, steps of Gauss and Newton.
//!
//! Everything is decided by points and criteria, never by time or threads, so the same experiment makes the same
//! evaluations on any machine with the same results.

use super::jacobian::{self, Jacobian};
use super::moments::{Evaluation, Failure, Model, Objective, Stage, evaluate};
use crate::base::linear::{dot, svd};
use crate::experiment::sweep::design;
use crate::scenario::experiment::Design;
use cobyla::{RhoBeg, StopTols, SuccessStatus};
use rayon::prelude::*;
use std::cell::RefCell;

/// First change of a local search `[share of the range]`.
const FIRST_STEP: f64 = 0.15;
/// Change at which a local search has settled `[share of the range]`.
const LAST_STEP: f64 = 0.004;
/// Least relative gain in the criterion that is worth another round.
const GAIN: f64 = 1e-3;
/// Gain in the criterion that is no move: a third of a standard error of one target.
const STILL: f64 = 0.1;
/// Shares of a step that are tried.
const SHARES: [f64; 3] = [1.0, 0.5, 0.25];
/// Rounds of steps of Gauss and Newton.
const ROUNDS: usize = 4;
/// Distance below which nothing is left to gain `[standard errors]`.
const EXACT: f64 = 1e-3;
/// Seed of the scrambling.
const SCRAMBLE: u64 = 1;

/// How much may be evaluated, and where.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Budget {
    /// Evaluations in all.
    pub evaluations: usize,
    /// Points of the global search.
    pub points: usize,
    /// Local searches.
    pub starts: usize,
}

impl Budget {
    /// Evaluations of each local search: what is left after the start, the global search, and two rounds of derivatives with
    /// a step between them.
    pub fn local(&self, keys: usize) -> usize {
        let kept = 1 + self.points + 2 * jacobian::most(keys) + SHARES.len();
        self.evaluations.saturating_sub(kept) / self.starts.max(1)
    }
}

/// What the search found.
pub struct Found {
    /// Every evaluation in order.
    pub all: Vec<Evaluation>,
    /// Place of the best one.
    pub best: usize,
    /// Derivatives there; none if the model failed beside it.
    pub jacobian: Option<Jacobian>,
    /// Whether a point of the last differences was better and became the best one, so that they are about a point beside it.
    pub beside: bool,
    /// Whether the last round changed the criterion by less than a tenth, or else the local search ended by itself.
    pub settled: bool,
}

/// Searches from an evaluated start.
///
/// # Errors
/// If the user stops; what was evaluated is kept by the model.
pub fn search(
    model: &dyn Model,
    objective: &Objective,
    start: Evaluation,
    budget: &Budget,
    say: &dyn Fn(&str),
) -> Result<Found, Failure> {
    let keys = model.keys();
    let sobol = Design::Sobol {
        points: budget.points as u32,
    };
    let points = design::sample(sobol, keys, SCRAMBLE);
    let mut all = vec![start];
    all.extend(evaluate(model, &points, Stage::Global)?);
    say(&told("global search", objective, &all));
    let mut ranked: Vec<usize> = (0..all.len()).collect();
    ranked.sort_by(|a, b| {
        objective
            .criterion(&all[*a])
            .total_cmp(&objective.criterion(&all[*b]))
            .then(a.cmp(b))
    });
    let worst = all
        .iter()
        .map(|e| objective.criterion(e))
        .filter(|c| c.is_finite())
        .fold(1.0, f64::max);
    let most = budget.local(keys);
    let local = |(k, &from): (usize, &usize)| {
        let problem = Local {
            model,
            objective,
            stage: Stage::Local(k + 1),
            worst: 2.0 * worst,
            most,
        };
        problem.run(&all[from].at)
    };
    let starts = &ranked[..budget.starts.min(ranked.len())];
    let searches: Vec<_> = starts.par_iter().enumerate().map(local).collect();
    let mut settled = vec![false; budget.starts + 1];
    for (k, done) in searches.into_iter().enumerate() {
        let (evaluations, ended) = done?;
        settled[k + 1] = ended;
        all.extend(evaluations);
    }
    say(&told("local search", objective, &all));
    let best = best(objective, &all);
    let ended = match all[best].stage {
        Stage::Local(k) => settled[k],
        _ => false,
    };
    polish(model, objective, (all, best, ended), budget, say)
}

/// The first of the best evaluations.
fn best(objective: &Objective, all: &[Evaluation]) -> usize {
    let criteria = all.iter().map(|e| objective.criterion(e)).enumerate();
    criteria.min_by(|a, b| a.1.total_cmp(&b.1)).map_or(0, |b| b.0)
}

fn told(what: &str, objective: &Objective, all: &[Evaluation]) -> String {
    let distance = objective.distance(&all[best(objective, all)]);
    format!(
        "{what}: {} evaluations, distance {distance:.3} standard errors",
        all.len()
    )
}

/// A local search by linear models in a trust region inside the box (Powell 1994).
struct Local<'a> {
    model: &'a dyn Model,
    objective: &'a Objective,
    stage: Stage,
    worst: f64,
    most: usize,
}

impl Local<'_> {
    /// Evaluations in order, and whether the search ended by itself.
    fn run(&self, from: &[f64]) -> Result<(Vec<Evaluation>, bool), Failure> {
        let done: RefCell<Vec<Evaluation>> = RefCell::new(Vec::new());
        let failed: RefCell<Option<Failure>> = RefCell::new(None);
        let criterion = |x: &[f64], _: &mut ()| -> f64 {
            if failed.borrow().is_some() || done.borrow().len() >= self.most {
                return self.worst;
            }
            let at: Vec<f64> = x.iter().map(|u| u.clamp(0.0, 1.0)).collect();
            match evaluate(self.model, &[at], self.stage) {
                Ok(found) => {
                    let value = found.iter().map(|e| self.objective.criterion(e)).sum::<f64>();
                    done.borrow_mut().extend(found);
                    value.min(self.worst)
                }
                Err(failure) => {
                    *failed.borrow_mut() = Some(failure);
                    self.worst
                }
            }
        };
        let box_of_keys = vec![(0.0, 1.0); from.len()];
        let stop = StopTols {
            xtol_abs: vec![LAST_STEP; from.len()],
            ..StopTols::default()
        };
        let none: [fn(&[f64], &mut ()) -> f64; 0] = [];
        let ended = cobyla::minimize(
            criterion,
            from,
            &box_of_keys,
            &none,
            (),
            self.most,
            RhoBeg::All(FIRST_STEP),
            Some(stop),
        );
        if let Some(failure) = failed.into_inner() {
            return Err(failure);
        }
        let settled = matches!(
            ended,
            Ok((
                SuccessStatus::XtolReached | SuccessStatus::FtolReached | SuccessStatus::Success,
                _,
                _
            ))
        );
        Ok((done.into_inner(), settled))
    }
}

/// Derivatives at the best point, and steps of Gauss and Newton while they help and the budget lasts.
fn polish(
    model: &dyn Model,
    objective: &Objective,
    (mut all, mut best, mut settled): (Vec<Evaluation>, usize, bool),
    budget: &Budget,
    say: &dyn Fn(&str),
) -> Result<Found, Failure> {
    let (mut jacobian, seen) = jacobian::differences(model, objective, &all[best].at)?;
    all.extend(seen);
    for _ in 0..ROUNDS {
        let Some(at_best) = &jacobian else { break };
        if objective.distance(&all[best]) < EXACT {
            settled = true;
            break;
        }
        let points = steps(objective, &all[best], at_best);
        if all.len() + points.len() + jacobian::most(model.keys()) > budget.evaluations {
            break;
        }
        let tried = evaluate(model, &points, Stage::Step)?;
        let from = objective.criterion(&all[best]);
        all.extend(tried);
        // differences beside the best point may be better than it, too
        let next = self::best(objective, &all);
        let now = objective.criterion(&all[next]);
        settled = from - now < STILL;
        if now >= from * (1.0 - GAIN) {
            break;
        }
        best = next;
        let (again, seen) = jacobian::differences(model, objective, &all[best].at)?;
        jacobian = again;
        all.extend(seen);
        say(&told("step of Gauss and Newton", objective, &all));
    }
    let last = self::best(objective, &all);
    let (from, now) = (objective.criterion(&all[best]), objective.criterion(&all[last]));
    let gained = now < from * (1.0 - GAIN);
    Ok(Found {
        beside: gained,
        best: if gained { last } else { best },
        settled: settled && from - now < STILL,
        all,
        jacobian,
    })
}

/// Points on the way of the step -(G'WG)^-1 G'W (m - target), whole, half and a quarter, kept inside the box. Directions
/// that the targets do not tell from none (singular values below a hundredth of the largest) are not gone.
fn steps(objective: &Objective, from: &Evaluation, jacobian: &Jacobian) -> Vec<Vec<f64>> {
    let d = svd(&jacobian.weighted(&objective.weight));
    let errors = objective.errors(from);
    let mut step = vec![0.0; from.at.len()];
    for ((u, s), v) in d.u.iter().zip(&d.s).zip(&d.v) {
        if *s > 0.01 * d.s[0] {
            let length = dot(u, &errors) / s;
            step.iter_mut().zip(v).for_each(|(x, v)| *x -= length * v);
        }
    }
    let along = |share: f64| {
        let point = from.at.iter().zip(&step).map(|(x, s)| (x + share * s).clamp(0.0, 1.0));
        point.collect::<Vec<f64>>()
    };
    SHARES.map(along).to_vec()
}
