//! Points of a design, in a fixed order that depends on the experiment alone.

use crate::base::draws::{Draws, Reader, Stage};
pub use crate::scenario::experiment::seed_of;
use crate::scenario::experiment::{Axis, Design, Experiment};

/// One value an axis as TOML; none for that of the scenario.
pub type Point = Vec<Option<String>>;

/// Use of [`Stage::Analysis`] by the draws of designs.
const POINTS: u32 = 3;

/// Every point of an experiment.
pub fn points(experiment: &Experiment) -> Vec<Point> {
    let axes = &experiment.axes;
    let own: Point = vec![None; axes.len()];
    match experiment.design {
        Design::List => experiment.list.clone(),
        Design::Grid => {
            let mut points: Vec<Point> = vec![Vec::new()];
            for axis in axes {
                let values = axis.ends();
                let longer = |p: &Point| {
                    let p = p.clone();
                    values
                        .clone()
                        .into_iter()
                        .map(move |v| [p.clone(), vec![Some(v)]].concat())
                };
                points = points.iter().flat_map(longer).collect();
            }
            points
        }
        Design::OneAtATime => {
            let mut points = vec![own.clone()];
            for (k, axis) in axes.iter().enumerate() {
                for value in axis.ends() {
                    let mut point = own.clone();
                    point[k] = Some(value);
                    points.push(point);
                }
            }
            points
        }
        Design::Screening => screening(axes.len())
            .iter()
            .map(|signs| axes.iter().zip(signs).map(|(axis, high)| level(axis, *high)).collect())
            .collect(),
        _ => unit(experiment).iter().map(|u| place(axes, u)).collect(),
    }
}

/// The first (low) or last (high) value of an axis. Where the scenario's own value is one end, the axis has one value only:
/// its low level is that of the scenario.
fn level(axis: &Axis, high: bool) -> Option<String> {
    let ends = axis.ends();
    match (high, ends.len()) {
        (false, 0 | 1) => None,
        (false, _) => ends.into_iter().next(),
        (true, _) => ends.into_iter().next_back(),
    }
}

/// Which axes are high at each point: rows of a Hadamard matrix without its constant column, then their mirror images. Main
/// effects are orthogonal to one another and, by the mirror, to all interactions of two.
pub fn screening(axes: usize) -> Vec<Vec<bool>> {
    let rows = hadamard(axes + 1);
    let of = |mirror: bool| {
        let row = move |row: &Vec<bool>| row[1..=axes].iter().map(|x| *x != mirror).collect::<Vec<bool>>();
        rows.iter().map(row).collect::<Vec<_>>()
    };
    [of(false), of(true)].concat()
}

/// The smallest Hadamard matrix of at least `least` rows that doubling (Sylvester 1867) of Paley's matrices (1933) reaches;
/// true is +1, and the first column is all +1.
fn hadamard(least: usize) -> Vec<Vec<bool>> {
    let reachable = |n: usize| {
        let mut core = n;
        let mut doublings = 0;
        while core > 2 && !paley_order(core) && core.is_multiple_of(2) {
            core /= 2;
            doublings += 1;
        }
        (core <= 2 && core > 0 || paley_order(core)).then_some((core, doublings))
    };
    let mut n = least.max(2);
    let (core, doublings) = loop {
        match reachable(n) {
            Some(found) => break found,
            None => n += 1,
        }
    };
    let mut h = if core > 2 { paley(core - 1) } else { vec![vec![true]; 1] };
    let doublings = if core == 2 { doublings + 1 } else { doublings };
    for _ in 0..doublings {
        let double = |flip: bool| {
            let row = move |row: &Vec<bool>| row.iter().copied().chain(row.iter().map(|x| *x != flip)).collect();
            h.iter().map(row).collect::<Vec<Vec<bool>>>()
        };
        h = [double(false), double(true)].concat();
    }
    h
}

/// Whether n - 1 is a prime of the form 4 m + 3.
fn paley_order(n: usize) -> bool {
    let prime = |q: usize| q > 2 && (2..).take_while(|d| d * d <= q).all(|d| !q.is_multiple_of(d));
    n.is_multiple_of(4) && prime(n - 1)
}

/// Paley's first construction of order q + 1: quadratic residues of differences, bordered and normalised to a first column of
/// +1.
fn paley(q: usize) -> Vec<Vec<bool>> {
    let mut residue = vec![false; q];
    (1..q).for_each(|x| residue[x * x % q] = true);
    // H = I + S with S skew: border row +1, border column -1, core of characters with the diagonal +1
    let mut h = vec![vec![true; q + 1]];
    for i in 0..q {
        let entry = |j: usize| i == j || residue[(q + j - i) % q];
        h.push(std::iter::once(false).chain((0..q).map(entry)).collect());
    }
    for row in h.iter_mut().skip(1) {
        row.iter_mut().for_each(|x| *x = !*x);
    }
    h
}

/// The point at coordinates in [0, 1].
fn place(axes: &[Axis], u: &[f64]) -> Point {
    axes.iter().zip(u).map(|(axis, u)| Some(axis.at(*u))).collect()
}

/// Coordinates in [0, 1] of the points of a sampled design; empty for the others.
pub fn unit(experiment: &Experiment) -> Vec<Vec<f64>> {
    sample(experiment.design, experiment.axes.len(), experiment.base_seed)
}

/// As [`unit`], of `k` axes.
pub fn sample(design: Design, k: usize, seed: u64) -> Vec<Vec<f64>> {
    let mut luck = Draws::new(seed).stream(Stage::Analysis, POINTS, 1).at(0);
    match design {
        Design::LatinHypercube { points } => latin_hypercube(points as usize, k, &mut luck),
        Design::Sobol { points } => sobol(points as usize, k, seed),
        Design::Morris { trajectories, levels } => morris(trajectories as usize, levels as usize, k, &mut luck),
        Design::Saltelli { points } => saltelli(points as usize, k, seed),
        _ => Vec::new(),
    }
}

/// A drawn order of `n` places (Fisher and Yates).
fn shuffled(n: usize, luck: &mut Reader) -> Vec<usize> {
    let mut order: Vec<usize> = (0..n).collect();
    for i in (1..n).rev() {
        order.swap(i, (luck.uniform() * (i + 1) as f64) as usize);
    }
    order
}

/// In each of `n` strata of every coordinate one point (McKay, Beckman and Conover 1979).
fn latin_hypercube(n: usize, k: usize, luck: &mut Reader) -> Vec<Vec<f64>> {
    let mut points = vec![vec![0.0; k]; n];
    for axis in 0..k {
        for (point, stratum) in points.iter_mut().zip(shuffled(n, luck)) {
            point[axis] = (stratum as f64 + luck.uniform()) / n as f64;
        }
    }
    points
}

/// The first `n` points of a Sobol sequence, Owen-scrambled (Burley 2020).
fn sobol(n: usize, k: usize, seed: u64) -> Vec<Vec<f64>> {
    let scramble = (seed ^ (seed >> 32)) as u32;
    let at = |i: usize, d: usize| f64::from(sobol_burley::sample(i as u32, d as u32, scramble));
    (0..n).map(|i| (0..k).map(|d| at(i, d)).collect()).collect()
}

/// Rows A_j, B_j and A_j with each coordinate i in turn from B_j: k + 2 points a row (Saltelli et al. 2010).
fn saltelli(n: usize, k: usize, seed: u64) -> Vec<Vec<f64>> {
    let mut points = Vec::with_capacity(n * (k + 2));
    for both in sobol(n, 2 * k, seed) {
        let (a, b) = both.split_at(k);
        points.push(a.to_vec());
        points.push(b.to_vec());
        for i in 0..k {
            let mut crossed = a.to_vec();
            crossed[i] = b[i];
            points.push(crossed);
        }
    }
    points
}

/// Trajectories of k + 1 points on a grid of `levels`, each of which moves every coordinate once by
/// levels / (2 (levels - 1)) in a drawn order (Morris 1991).
fn morris(trajectories: usize, levels: usize, k: usize, luck: &mut Reader) -> Vec<Vec<f64>> {
    let (top, jump) = ((levels - 1) as f64, levels / 2);
    let mut points = Vec::with_capacity(trajectories * (k + 1));
    for _ in 0..trajectories {
        let mut at: Vec<usize> = (0..k).map(|_| (luck.uniform() * levels as f64) as usize).collect();
        let unit = |at: &[usize]| at.iter().map(|l| *l as f64 / top).collect::<Vec<f64>>();
        points.push(unit(&at));
        for axis in shuffled(k, luck) {
            at[axis] = if at[axis] < jump {
                at[axis] + jump
            } else {
                at[axis] - jump
            };
            points.push(unit(&at));
        }
    }
    points
}

#[cfg(test)]
mod tests {
    use super::*;

    fn luck() -> Reader {
        Draws::new(5).stream(Stage::Analysis, POINTS, 1).at(0)
    }

    #[test]
    fn a_latin_hypercube_has_one_point_a_stratum() {
        let points = latin_hypercube(17, 3, &mut luck());
        for axis in 0..3 {
            let mut strata: Vec<usize> = points.iter().map(|p| (p[axis] * 17.0) as usize).collect();
            strata.sort_unstable();
            assert_eq!(strata, (0..17).collect::<Vec<_>>());
        }
    }

    #[test]
    fn sobol_points_fill_every_elementary_interval() {
        // of 64 points of a (0, m, 2)-net each of the 8 x 8 boxes holds exactly one, scrambled or not
        for seed in [1, 2, 99] {
            let mut boxes = vec![0; 64];
            for p in sobol(64, 2, seed) {
                assert!(p.iter().all(|u| (0.0..1.0).contains(u)));
                boxes[8 * (p[0] * 8.0) as usize + (p[1] * 8.0) as usize] += 1;
            }
            assert_eq!(boxes, vec![1; 64]);
        }
        assert_ne!(sobol(4, 2, 1), sobol(4, 2, 2));
        // 6 dimensions: mean of the product of 2u is 1; the error of 4,096 points is far below that of random ones
        let mean = sobol(4096, 6, 3)
            .iter()
            .map(|p| p.iter().map(|u| 2.0 * u).product::<f64>())
            .sum::<f64>()
            / 4096.0;
        assert!((mean - 1.0).abs() < 0.006, "{mean}");
    }

    #[test]
    fn the_sequence_has_as_many_dimensions_as_experiments_may_ask_for() {
        assert_eq!(sample(Design::Sobol { points: 2 }, 256, 1)[1].len(), 256);
        assert_eq!(sample(Design::Saltelli { points: 1 }, 128, 1).len(), 130);
    }

    #[test]
    fn morris_moves_one_coordinate_at_a_time() {
        let points = morris(5, 4, 3, &mut luck());
        assert_eq!(points.len(), 20);
        for path in points.chunks(4) {
            let mut moved = Vec::new();
            for pair in path.windows(2) {
                let differ: Vec<usize> = (0..3).filter(|&i| pair[0][i] != pair[1][i]).collect();
                assert_eq!(differ.len(), 1);
                assert!(((pair[0][differ[0]] - pair[1][differ[0]]).abs() - 2.0 / 3.0).abs() < 1e-12);
                moved.extend(differ);
            }
            moved.sort_unstable();
            assert_eq!(moved, [0, 1, 2]);
        }
    }

    #[test]
    fn columns_of_a_screening_design_are_orthogonal_to_each_other_and_to_interactions() {
        for k in [1, 2, 3, 7, 11, 15, 19, 27, 39, 47, 90, 95, 100] {
            let x = screening(k);
            let sign = |b: bool| if b { 1 } else { -1 };
            let column = |j: usize| x.iter().map(|row| sign(row[j])).collect::<Vec<i32>>();
            let dot = |a: &[i32], b: &[i32]| a.iter().zip(b).map(|(x, y)| x * y).sum::<i32>();
            let columns: Vec<Vec<i32>> = (0..k).map(column).collect();
            for (j, a) in columns.iter().enumerate() {
                assert_eq!(a.iter().sum::<i32>(), 0, "{k}: column {j} is balanced");
                assert!(columns.iter().skip(j + 1).all(|b| dot(a, b) == 0), "{k}: column {j}");
            }
            let pair: Vec<i32> = columns[0].iter().zip(&columns[k - 1]).map(|(x, y)| x * y).collect();
            assert!(
                k == 1 || columns.iter().all(|a| dot(a, &pair) == 0),
                "{k}: interactions"
            );
        }
        assert_eq!(screening(95).len(), 192);
        assert_eq!(screening(11).len(), 24);
    }

    #[test]
    fn seeds_belong_to_base_seed_and_replicate() {
        let seeds: Vec<u64> = (0..1000).map(|r| seed_of(1, r)).collect();
        let mut different = seeds.clone();
        different.sort_unstable();
        different.dedup();
        assert_eq!(different.len(), 1000);
        assert_ne!(seed_of(2, 0), seeds[0]);
        assert!(seeds.iter().all(|s| *s < 1 << 53));
    }
}
