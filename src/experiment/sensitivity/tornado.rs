//! One-at-a-time designs: how far an outcome moves when one input does, paired by seed.

use crate::base::stats::t975;
use crate::scenario::experiment::Axis;

/// A mean over seeds with its standard error and 95 % interval (Student's t).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Mean {
    /// Mean.
    pub value: f64,
    /// Standard error; NaN for one seed.
    pub se: f64,
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// What one input does to an outcome.
#[derive(Clone, Debug, PartialEq)]
pub struct Swing {
    /// Place of the axis.
    pub axis: usize,
    /// First and last value as TOML; empty where the scenario's own value is that end.
    pub ends: [String; 2],
    /// Outcome at each end minus outcome of the scenario itself.
    pub moved: [Mean; 2],
    /// Outcome at the last value minus outcome at the first.
    pub swing: Mean,
    /// Seeds with all values.
    pub seeds: usize,
}

/// The mean of differences over seeds.
pub fn mean(values: &[f64]) -> Mean {
    let n = values.len();
    let value = values.iter().sum::<f64>() / n as f64;
    if n < 2 {
        return Mean {
            value,
            se: f64::NAN,
            low: value,
            high: value,
        };
    }
    let variance = values.iter().map(|v| (v - value).powi(2)).sum::<f64>() / (n - 1) as f64;
    let se = (variance / n as f64).sqrt();
    let half = t975(n - 1) * se;
    Mean {
        value,
        se,
        low: value - half,
        high: value + half,
    }
}

/// Swings of every axis, the largest first. `output` holds the values of every replicate by point: first the scenario
/// itself, then the values of each axis in turn. An axis of one value, which lies below or above that of the scenario,
/// is held against the scenario itself.
pub fn swings(axes: &[Axis], own: &[Option<String>], output: &[Vec<f64>]) -> Vec<Swing> {
    let Some(base) = output.first() else {
        return Vec::new();
    };
    let mut found = Vec::new();
    let mut next = 1;
    for (k, axis) in axes.iter().enumerate() {
        let values = axis.ends();
        let (first, last) = (next, next + values.len() - 1);
        next += values.len();
        let above = above(values.first(), own.get(k).and_then(Option::as_ref));
        let (low, high) = match (first == last, above) {
            (true, true) => (0, last),
            (true, false) => (first, 0),
            _ => (first, last),
        };
        let name = |p: usize| {
            if p == 0 {
                String::new()
            } else {
                values[p - first].clone()
            }
        };
        let seeds: Vec<usize> = (0..base.len())
            .filter(|&s| {
                [0, low, high]
                    .iter()
                    .all(|&p| output.get(p).is_some_and(|v| v[s].is_finite()))
            })
            .collect();
        if seeds.is_empty() {
            continue;
        }
        let difference = |to: usize, from: usize| {
            mean(
                &seeds
                    .iter()
                    .map(|&s| output[to][s] - output[from][s])
                    .collect::<Vec<_>>(),
            )
        };
        found.push(Swing {
            axis: k,
            ends: [name(low), name(high)],
            moved: [difference(low, 0), difference(high, 0)],
            swing: difference(high, low),
            seeds: seeds.len(),
        });
    }
    found.sort_by(|a, b| b.swing.value.abs().total_cmp(&a.swing.value.abs()));
    found
}

/// Whether a value lies above the scenario's own: by number, or as dates by quarter.
fn above(value: Option<&String>, own: Option<&String>) -> bool {
    match (number(value), number(own)) {
        (None, None) => own.is_some() && value > own,
        (value, own) => value > own,
    }
}

/// A number, or the first of a list.
fn number(text: Option<&String>) -> Option<f64> {
    let first = text?.trim_start_matches('[').split(',').next()?;
    first.trim_end_matches(']').parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::experiment::Levels;

    fn axis(key: &str, values: &[&str]) -> Axis {
        Axis {
            key: key.to_owned(),
            levels: Levels::Values(values.iter().map(|v| (*v).to_owned()).collect()),
        }
    }

    #[test]
    fn a_date_is_held_against_the_scenarios_own() {
        let swing = |date: &str, own: Option<&str>| {
            let axes = [axis("levers.a.from", &[&format!("\"{date}\"")])];
            let own = [own.map(|o| format!("\"{o}\""))];
            let found = swings(&axes, &own, &[vec![10.0], vec![13.0]]);
            (found[0].ends.clone(), found[0].swing.value)
        };
        let [early, late] = ["\"2026Q1\"", "\"2027Q1\""].map(str::to_owned);
        assert_eq!(swing("2026Q1", Some("2026Q3")), ([early.clone(), String::new()], -3.0));
        assert_eq!(swing("2027Q1", Some("2026Q3")), ([String::new(), late], 3.0));
        assert_eq!(swing("2026Q1", None), ([early, String::new()], -3.0));
    }

    #[test]
    fn swings_are_paired_by_seed_and_ordered() {
        let axes = [axis("a", &["1.0", "4.0"]), axis("b", &["0.5"]), axis("c", &["2.0"])];
        let own = ["2.0", "1.0", "1.0"].map(|v| Some(v.to_owned()));
        // two seeds of very different level
        let output = [
            [10.0, 100.0],
            [9.0, 99.0],
            [12.0, 102.0],
            [15.0, 105.0],
            [10.0, f64::NAN],
        ]
        .map(|v| v.to_vec());
        let found = swings(&axes, &own, &output);
        let told: Vec<(usize, f64, f64, usize)> = found
            .iter()
            .map(|s| (s.axis, s.swing.value, s.swing.se, s.seeds))
            .collect();
        // b lies below the scenario's own value: swing is own minus b
        assert_eq!(told[..2], [(1, -5.0, 0.0, 2), (0, 3.0, 0.0, 2)]);
        assert_eq!((told[2].0, told[2].1, told[2].3), (2, 0.0, 1));
        assert_eq!(found[0].ends, ["0.5".to_owned(), String::new()]);
        assert_eq!((found[1].moved[0].value, found[1].moved[1].value), (-1.0, 2.0));
    }
}
