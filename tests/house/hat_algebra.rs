//! A known answer of the long run: how many people a cut of migration costs moves, by an independent solver of a
//! Tombe-Zhu economy in changes (`cargo test --release hat_algebra -- --nocapture` prints the error).

mod solver;

use crate::common::{born, known_answer, rules, small};
use solver::{HatAlgebra, settled};
use yaosu::step::step;
use yaosu::world::World;

fn add(sum: &mut Vec<Vec<f64>>, n: &[Vec<f64>], weight: f64) {
    if sum.is_empty() {
        *sum = n.iter().map(|row| vec![0.0; row.len()]).collect();
    }
    sum.iter_mut()
        .flatten()
        .zip(n.iter().flatten())
        .for_each(|(x, y)| *x += weight * y);
}

/// Workers with hukou of one inside place who live off the farm in another [agents].
fn migrants(n: &[Vec<f64>], inside: usize) -> f64 {
    n.iter()
        .enumerate()
        .map(|(k, row)| (0..inside).filter(|d| *d != k / 2).map(|d| row[d]).sum::<f64>())
        .sum()
}

/// People by option in the mean of the last two of 22 years, and the world then, when moves off home weigh `cut` more.
fn settle(scenario: &yaosu::scenario::Scenario, seed: u64, cut: f64) -> (Vec<Vec<f64>>, World) {
    let law = rules(scenario, 0);
    let mut w = born(scenario, seed);
    let inside = w.geography.inside;
    for o in 0..inside {
        for row in [2 * o, 2 * o + 1] {
            (0..inside)
                .filter(|d| *d != o)
                .for_each(|d| w.places.log_share[row][d] += cut.ln());
        }
    }
    let mut n: Vec<Vec<f64>> = Vec::new();
    for tick in 0..90 {
        step(&mut w, &law).unwrap_or_else(|error| panic!("{error}"));
        if tick >= 82 {
            add(&mut n, &settled(&w), 0.125);
        }
    }
    (n, w)
}

#[test]
fn a_cut_of_migration_costs_moves_as_many_as_hat_algebra_says() {
    let cut = 1.5f64;
    let scenario = small(&[
        "scale=1000",
        "burn_in=8",
        "migration.review_young=0.06",
        "migration.review_old=0.06",
        "migration.redraw=1.0",
        "migration.retirement=0.0",
        "law.hukou.conversion_rate=0.0",
        "firms.entry_elasticity=0.0",
        // strong answers of incomes, so that they are seen
        "labour.nativity_elasticity=3.0",
        "firms.agglomeration=0.0",
    ]);
    let inside = crate::common::data().regions.len();
    let (mut before, mut after, mut answer, mut fixed) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let mut errors = Vec::new();
    for seed in 1..=12 {
        let (n, w) = settle(&scenario, seed, 1.0);
        let mut hat = HatAlgebra::of(&w);
        hat.people.clone_from(&n);
        let (solved, moved) = (hat.solve(cut), settle(&scenario, seed, cut).0);
        let change = |to: &[Vec<f64>]| (migrants(to, inside) / migrants(&n, inside)).ln();
        errors.push((change(&moved) / change(&solved) - 1.0, 1.0));
        add(&mut answer, &solved, 1.0);
        add(&mut fixed, &hat.at_start_values(cut), 1.0);
        add(&mut after, &moved, 1.0);
        add(&mut before, &n, 1.0);
    }

    let change = |n: &[Vec<f64>]| (migrants(n, inside) / migrants(&before, inside)).ln();
    let (model, exact, alone) = (change(&after), change(&answer), change(&fixed));
    let (mean, sd) = yaosu::base::stats::mean_sd(errors.iter().copied()).expect("seeds");
    let se = sd / ((errors.len() - 1) as f64).sqrt();
    let feedback = (alone - model) / (alone - exact);
    let people = |n: &[Vec<f64>]| -> Vec<f64> { (0..inside).map(|d| n.iter().map(|row| row[d]).sum()).collect() };
    let (l0, l1, lx) = (people(&before), people(&after), people(&answer));
    let points = (0..inside).map(|d| ((lx[d] / l0[d]).ln(), (l1[d] / l0[d]).ln(), l0[d]));
    let slope = yaosu::base::fit::line(points).expect("spread").slope;
    known_answer(
        "11",
        &format!(
            "log change of migrants {model:.3} against {exact:.3} ({:+.1} %; over twelve seeds {:+.1} %, standard error {:.1}), {alone:.3} \
             if incomes did not answer: they answer {feedback:.2} of what they should; slope over districts {slope:.2}",
            100.0 * (model / exact - 1.0),
            100.0 * mean,
            100.0 * se
        ),
    );
    // luck of the seeds apart (Student's t with eleven degrees of freedom, 97.5 %)
    assert!(
        se < 0.02 && mean.abs() - 2.2 * se < 0.03,
        "{model} for {exact}: {mean} ({se})"
    );
    assert!((slope - 1.0).abs() < 0.15, "districts: slope {slope}");
    assert!(
        alone / exact - 1.0 > 0.03 + 4.0 * se,
        "incomes matter: {alone} for {exact}"
    );
    assert!(
        (0.5..1.5).contains(&feedback),
        "answer of incomes {feedback} of the exact one"
    );
}
