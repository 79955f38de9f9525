//! The estimator on a model whose answers are known: moments linear and quadratic in the parameters, noise that is the
//! same at all parameters.

use super::estimate::{Estimates, estimate};
use super::moments::{Evaluation, Failure, Model, Objective, Stage, evaluate};
use super::search::{Budget, Found, search};
use crate::base::draws::{Draws, Stage as Luck};
use crate::base::linear::dot;

/// m_j = a_j + b_j'x + c_j x_1^2 + sd_j e_jr
struct Closed {
    level: Vec<f64>,
    slope: Vec<Vec<f64>>,
    curve: Vec<f64>,
    sd: Vec<f64>,
    replicates: usize,
}

impl Model for Closed {
    fn keys(&self) -> usize {
        self.slope[0].len()
    }

    fn replicates(&self) -> usize {
        self.replicates
    }

    fn moments(&self, at: &[f64], replicate: usize) -> Result<Vec<f64>, Failure> {
        let mut luck = Draws::new(7).stream(Luck::Analysis, 9, 64).at(replicate);
        let moment = |j: usize| {
            self.level[j] + dot(&self.slope[j], at) + self.curve[j] * at[0] * at[0] + self.sd[j] * luck.normal()
        };
        Ok((0..self.level.len()).map(moment).collect())
    }
}

const BUDGET: Budget = Budget {
    evaluations: 160,
    points: 32,
    starts: 2,
};

fn solve(model: &Closed, target: Vec<f64>, se: &[f64]) -> (Objective, Found) {
    let n = target.len();
    let sampling = (0..n)
        .map(|i| (0..n).map(|j| if i == j { se[i] * se[i] } else { 0.0 }).collect())
        .collect();
    let start = evaluate(model, &[vec![0.5; model.keys()]], Stage::Start)
        .expect("runs")
        .remove(0);
    let objective = Objective::new((target, sampling, 0), &start);
    let found = search(model, &objective, start, &BUDGET, &|_| ()).expect("runs");
    (objective, found)
}

fn known(objective: &Objective, found: &Found) -> Estimates {
    let jacobian = found.jacobian.as_ref().expect("the model runs everywhere");
    estimate(objective, &found.all[found.best], jacobian)
}

fn two_keys() -> Closed {
    Closed {
        level: vec![1.0, -2.0, 0.5],
        slope: vec![vec![4.0, 1.0], vec![-1.0, 3.0], vec![2.0, 2.0]],
        curve: vec![2.0, 0.0, 0.0],
        sd: vec![0.0; 3],
        replicates: 2,
    }
}

fn moments_of(model: &Closed, at: &[f64]) -> Vec<f64> {
    let still = Closed {
        sd: vec![0.0; model.sd.len()],
        level: model.level.clone(),
        slope: model.slope.clone(),
        curve: model.curve.clone(),
        replicates: 2,
    };
    still.moments(at, 0).expect("runs")
}

#[test]
fn planted_parameters_jacobian_and_standard_errors_are_those_of_the_formula() {
    let model = two_keys();
    let planted = [0.31, 0.72];
    let se = [0.1, 0.2, 0.05];
    let (objective, found) = solve(&model, moments_of(&model, &planted), &se);
    assert!(found.settled && found.all.len() <= BUDGET.evaluations);
    let best = &found.all[found.best];
    for (x, p) in best.at.iter().zip(planted) {
        assert!((x - p).abs() < 1e-4, "{:?}", best.at);
    }
    // central differences of a parabola are exact
    let (x, g) = (best.at[0], found.jacobian.as_ref().expect("there"));
    let expected = [vec![4.0 + 4.0 * x, -1.0, 2.0], vec![1.0, 3.0, 2.0]];
    for (column, right) in g.slope.iter().zip(&expected) {
        assert!(
            column.iter().zip(right).all(|(a, b)| (a - b).abs() < 1e-9),
            "{column:?}"
        );
    }
    // W = Omega^-1 here: the covariance is (G'WG)^-1, which is inverted by hand
    let w: Vec<f64> = se.iter().map(|s| 1.0 / (s * s)).collect();
    let inner = |a: &[f64], b: &[f64]| (0..3).map(|j| a[j] * w[j] * b[j]).sum::<f64>();
    let (aa, ab, bb) = (
        inner(&expected[0], &expected[0]),
        inner(&expected[0], &expected[1]),
        inner(&expected[1], &expected[1]),
    );
    let determinant = aa * bb - ab * ab;
    let right = [(bb / determinant).sqrt(), (aa / determinant).sqrt()];
    let told = known(&objective, &found);
    for (p, r) in told.parameters.iter().zip(right) {
        assert!((p.se / r - 1.0).abs() < 1e-6, "{} {r}", p.se);
        assert!(p.identified && !p.at_bound);
    }
    assert!(told.directions.iter().all(|d| !d.flat));
}

#[test]
fn simulation_noise_enters_weights_and_standard_errors() {
    let mut model = two_keys();
    model.curve = vec![0.0; 3];
    model.sd = vec![0.3, 0.3, 0.3];
    model.replicates = 400;
    let (objective, found) = solve(&model, moments_of(&model, &[0.4, 0.6]), &[0.01, 0.01, 0.01]);
    for w in &objective.weight {
        let right = 1.0 / (0.01f64.powi(2) + 0.3f64.powi(2) / 400.0);
        assert!((w / right - 1.0).abs() < 0.3, "{w} {right}");
    }
    let told = known(&objective, &found);
    // common noise: derivatives are exact, so luck does not show in them
    assert!(told.directions.iter().all(|d| d.noise < 1e-9));
    let best = &found.all[found.best];
    for (p, (x, planted)) in told.parameters.iter().zip(best.at.iter().zip([0.4, 0.6])) {
        assert!((x - planted).abs() < 4.0 * p.se, "{x} {planted} {}", p.se);
        assert!((0.002..0.02).contains(&p.se), "{}", p.se);
    }
}

#[test]
fn weights_that_are_not_the_best_give_the_sandwich() {
    // one key, two moments of slope 10, weights 1 and 1, variances 1 and 3: (g'g)^-2 g'Omega g = 400/200^2
    let best = Evaluation {
        stage: Stage::Start,
        at: vec![0.5],
        draws: vec![vec![0.0, 0.0]; 2],
        error: String::new(),
    };
    let objective = Objective {
        target: vec![0.0, 0.0],
        sampling: vec![vec![1.0, 0.0], vec![0.0, 3.0]],
        target_seeds: 0,
        weight: vec![1.0, 1.0],
    };
    let jacobian = super::jacobian::Jacobian {
        slope: vec![vec![10.0, 10.0]],
        se: vec![vec![0.0, 0.0]],
        step: vec![0.1],
        clear: vec![true],
    };
    let told = estimate(&objective, &best, &jacobian);
    assert!((told.parameters[0].se - 0.1).abs() < 1e-12);
    // a covariance that is known has the normal quantile; one of two seeds has one degree of freedom
    assert!((estimate(&objective, &best, &jacobian).parameters[0].half - 0.196).abs() < 1e-3);
    let two = Objective {
        target_seeds: 2,
        ..objective.clone()
    };
    assert!((estimate(&two, &best, &jacobian).parameters[0].half - 1.2706).abs() < 1e-3);
    // errors of targets that move together do not cancel
    let together = Objective {
        sampling: vec![vec![1.0, 1.0], vec![1.0, 1.0]],
        ..objective
    };
    assert!((estimate(&together, &best, &jacobian).parameters[0].se - 0.1).abs() < 1e-12);
}

#[test]
fn a_flat_direction_is_named_and_its_parameters_are_not_identified() {
    // the second and third key act through their sum alone
    let model = Closed {
        level: vec![0.0, 1.0, 2.0, 3.0],
        slope: vec![
            vec![5.0, 1.0, 1.0],
            vec![1.0, 4.0, 4.0],
            vec![0.0, 2.0, 2.0],
            vec![3.0, 0.5, 0.5],
        ],
        curve: vec![0.0; 4],
        sd: vec![0.02; 4],
        replicates: 4,
    };
    let (objective, found) = solve(&model, moments_of(&model, &[0.5, 0.3, 0.4]), &[0.05; 4]);
    let told = known(&objective, &found);
    let identified: Vec<bool> = told.parameters.iter().map(|p| p.identified).collect();
    assert_eq!(identified, [true, false, false]);
    assert!(
        told.parameters[0].se < 0.03,
        "what is flat does not blur the rest: {:?}",
        told.parameters
    );
    // half of a variance of 1/12 each, for their difference, and what is known of their sum
    for p in &told.parameters[1..] {
        assert!((0.2..0.22).contains(&p.se), "{}", p.se);
    }
    assert!(told.condition > 1e6);
    let flat: Vec<_> = told.directions.iter().filter(|d| d.flat).collect();
    assert_eq!(flat.len(), 1);
    let words = flat[0].words(&["first", "second", "third"]);
    assert!(
        words == "`second` up with `third` down" || words == "`third` up with `second` down",
        "{words}"
    );
    // what the targets do tell is found
    let at = &found.all[found.best].at;
    assert!(
        (at[1] + at[2] - 0.7).abs() < 0.05 && (at[0] - 0.5).abs() < 0.05,
        "{at:?}"
    );
}

#[test]
fn a_key_without_effect_is_alone_in_a_flat_direction() {
    let mut model = two_keys();
    model.slope.iter_mut().for_each(|row| row.push(0.0));
    let (objective, found) = solve(&model, moments_of(&model, &[0.3, 0.6, 0.0]), &[0.1; 3]);
    let told = known(&objective, &found);
    let last = &told.parameters[2];
    // its range is all that is known of it
    assert!(!last.identified && (last.se * last.se - 1.0 / 12.0).abs() < 1e-9);
    assert!(told.parameters[..2].iter().all(|p| p.identified));
    let flat = told.directions.iter().find(|d| d.flat).expect("one");
    assert_eq!(flat.words(&["a", "b", "idle"]), "`idle` alone");
}

#[test]
fn an_optimum_outside_the_box_is_told_as_a_bound_and_as_no_fit() {
    let model = two_keys();
    let (objective, found) = solve(&model, moments_of(&model, &[1.4, 0.5]), &[0.1; 3]);
    let told = known(&objective, &found);
    assert!(told.parameters[0].at_bound, "{:?}", told.parameters);
    assert!(objective.distance(&found.all[found.best]) > 2.0);
}

#[test]
fn a_model_that_fails_in_part_of_the_box_is_still_fitted() {
    struct Holes(Closed);
    impl Model for Holes {
        fn keys(&self) -> usize {
            self.0.keys()
        }
        fn replicates(&self) -> usize {
            self.0.replicates()
        }
        fn moments(&self, at: &[f64], replicate: usize) -> Result<Vec<f64>, Failure> {
            if at[0] > 0.8 {
                return Err(Failure::Wrong("too high".to_owned()));
            }
            self.0.moments(at, replicate)
        }
    }
    let model = Holes(two_keys());
    let target = moments_of(&model.0, &[0.6, 0.2]);
    let sampling = (0..3)
        .map(|i| (0..3).map(|j| if i == j { 0.01 } else { 0.0 }).collect())
        .collect();
    let start = evaluate(&model, &[vec![0.5; 2]], Stage::Start).expect("runs").remove(0);
    let objective = Objective::new((target, sampling, 0), &start);
    let found = search(&model, &objective, start, &BUDGET, &|_| ()).expect("runs");
    assert!(found.all.iter().any(|e| e.error == "too high"));
    assert!(objective.distance(&found.all[found.best]) < 1e-2);
}

#[test]
fn any_number_of_threads_makes_the_same_evaluations() {
    let run = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .expect("a pool");
        pool.install(|| {
            let mut model = two_keys();
            model.sd = vec![0.1; 3];
            solve(&model, moments_of(&model, &[0.2, 0.9]), &[0.1; 3]).1.all
        })
    };
    assert_eq!(run(1), run(3));
}
