//! The baseline stays where the data put it: no slump, no jump, no drift. And its golden numbers.

use crate::common::{born, data, load, root, run};
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::fmt::Write;
use yaosu::experiment::job::ArmResult;
use yaosu::metrics::{METRICS, scopes};
use yaosu::scenario::seed::RegionSeed;
use yaosu::world::birth::geography;

/// Value of a metric for all groups in a scope (0 is the city) by quarter.
fn path(arm: &ArmResult, metric: &str, scope: u16) -> Vec<f64> {
    let of = |q: &yaosu::experiment::job::Measured| {
        let found = q
            .values
            .iter()
            .find(|v| METRICS[v.metric as usize].name == metric && v.scope == scope && v.group == "all");
        found.unwrap_or_else(|| panic!("no {metric} of scope {scope}")).value
    };
    arm.quarters.iter().map(of).collect()
}

fn mean(x: &[f64]) -> f64 {
    x.iter().sum::<f64>() / x.len() as f64
}

/// Mean over runs, quarter by quarter.
fn mean_path(arms: &[ArmResult], metric: &str, scope: u16) -> Vec<f64> {
    let paths: Vec<Vec<f64>> = arms.iter().map(|a| path(a, metric, scope)).collect();
    let at = |t: usize| mean(&paths.iter().map(|p| p[t]).collect::<Vec<f64>>());
    (0..paths[0].len()).map(at).collect()
}

/// Yearly growth between the first and the last year.
fn drift(x: &[f64]) -> f64 {
    let n = x.len();
    (mean(&x[n - 4..]) / mean(&x[..4])).powf(4.0 / (n - 4) as f64) - 1.0
}

/// Yearly change between the first and the last year.
fn trend(x: &[f64]) -> f64 {
    let n = x.len();
    (mean(&x[n - 4..]) - mean(&x[..4])) * 4.0 / (n - 4) as f64
}

#[test]
fn the_baseline_neither_slumps_nor_jumps_nor_drifts() {
    let scenario = load::<&str>("baseline", &["scale=1000", "seeds=[1,2,3,4,5,6]"]);
    assert_eq!((scenario.quarters, scenario.burn_in), (40, 12));
    let one = |&seed: &u64| run(born(&scenario, seed), &scenario, &scenario.schedule).0;
    let arms: Vec<ArmResult> = scenario.seeds.par_iter().map(one).collect();
    for arm in &arms {
        for (year, u) in path(arm, "unemployment_rate", 0).chunks(4).map(mean).enumerate() {
            assert!(
                (0.04..0.07).contains(&u),
                "seed {}, year {year}: unemployment {u}",
                arm.seed
            );
        }
        let growth: Vec<f64> = path(arm, "gdp_real", 0).chunks(4).map(mean).collect();
        let growth: Vec<f64> = growth.windows(2).map(|y| (y[1] / y[0]).ln()).collect();
        let m = mean(&growth);
        let sd = mean(&growth.iter().map(|g| (g - m) * (g - m)).collect::<Vec<f64>>()).sqrt();
        assert!(sd < 0.02, "seed {}: aggregate noise {sd}", arm.seed);
        let tail = path(arm, "firm_tail_exponent", 0);
        let moved = (tail[39] - tail[0]).abs();
        assert!(moved < 0.1, "seed {}: tail from {} to {}", arm.seed, tail[0], tail[39]);
    }
    for (scope, at) in scopes(&geography(data())).iter().enumerate() {
        for metric in ["gdp_real", "price_level"] {
            let drifts: Vec<f64> = arms.iter().map(|a| drift(&path(a, metric, scope as u16))).collect();
            let m = mean(&drifts);
            let var = mean(&drifts.iter().map(|d| (d - m) * (d - m)).collect::<Vec<f64>>());
            // a small district of a coarse world drifts by chance: outside means beyond three standard errors
            let chance = 3.0 * (var / (drifts.len() - 1) as f64).sqrt();
            assert!(
                m.abs() - chance < 0.01,
                "{metric} of {} drifts {m} a year (chance {chance})",
                at.name
            );
            assert!(
                at.regions.len() == 1 || m.abs() < 0.01,
                "{metric} of {} drifts {m} a year",
                at.name
            );
        }
    }
    for metric in ["debt_gdp", "deposits_gdp", "trade_balance_gdp"] {
        let d = trend(&mean_path(&arms, metric, 0));
        assert!(d.abs() < 0.01, "{metric} moves {d} of GDP a year");
    }
    for (metric, most) in [("gdp_real", 0.005), ("price_level", 0.005)] {
        let x = mean_path(&arms, metric, 0);
        for q in 1..4 {
            let step = x[q] / x[q - 1] - 1.0;
            assert!(step.abs() < most, "{metric} jumps {step} in quarter {q}");
        }
    }
}

#[test]
fn the_first_measured_quarter_is_as_in_the_data_in_every_region() {
    let scenario = load::<&str>(
        "baseline",
        &["scale=500", "quarters=1", "seeds={ first = 1, count = 12 }"],
    );
    assert_eq!(scenario.burn_in, 12);
    let one = |&seed: &u64| run(born(&scenario, seed), &scenario, &scenario.schedule).0;
    let arms: Vec<ArmResult> = scenario.seeds.par_iter().map(one).collect();
    as_in_the_data(&arms, "population", |r| r.residents);
    as_in_the_data(&arms, "gdp_nominal", |r| r.gdp / 4.0);
}

/// The mean over runs at the first measured quarter is within 3 % of the data in every region, and the city.
fn as_in_the_data(arms: &[ArmResult], metric: &str, of: fn(&RegionSeed) -> f64) {
    for (scope, at) in scopes(&geography(data())).iter().enumerate() {
        let facts: f64 = at.regions.iter().map(|&r| of(&data().regions[r])).sum();
        let first: Vec<f64> = arms.iter().map(|a| path(a, metric, scope as u16)[0]).collect();
        let distance = mean(&first) / facts - 1.0;
        println!("{metric} {} {distance:.4}", at.name);
        assert!(
            distance.abs() < 0.03,
            "{metric} of {} is {distance} from the data",
            at.name
        );
    }
}

/// Metrics of the golden file, at the first and the last quarter of a short run.
const GOLDEN: &[&str] = &[
    "gdp_real",
    "price_level",
    "unemployment_rate",
    "wage_mean",
    "urban_rural_ratio",
    "population",
    "lease_share",
    "banked_share",
    "mrpk_sd",
    "debt_gdp",
    "deposits_gdp",
    "hires",
    "moves",
];

/// The numbers of a short coarse run, as they were when the model was last changed on purpose. When a change of the
/// economics moves them, run the test with YAOSU_BLESS=1 and say in the commit which moved and why.
#[test]
fn golden_numbers_stand() {
    let scenario = load::<&str>(
        "baseline",
        &["scale=5000", "burn_in=4", "quarters=8", "birth.tolerance=1.0"],
    );
    let arm = run(born(&scenario, 1), &scenario, &scenario.schedule).0;
    let mut now = String::from("metric,tick,value\n");
    for metric in GOLDEN {
        let x = path(&arm, metric, 0);
        for tick in [0, 7] {
            let _ = writeln!(now, "{metric},{tick},{:e}", x[tick]);
        }
    }
    let file = root().join("tests/house/golden.csv");
    if std::env::var_os("YAOSU_BLESS").is_some() {
        std::fs::write(&file, &now).expect("write golden.csv");
    }
    let read = |text: &str| -> BTreeMap<String, f64> {
        let row = |line: &str| {
            let (key, value) = line.rsplit_once(',')?;
            Some((key.to_owned(), value.parse().ok()?))
        };
        text.lines().filter_map(row).collect()
    };
    let then = read(&std::fs::read_to_string(&file).expect("tests/house/golden.csv"));
    let now = read(&now);
    assert_eq!(then.len(), 2 * GOLDEN.len());
    for (key, value) in &now {
        let was = then[key];
        assert!((value / was - 1.0).abs() < 1e-9, "{key}: {was} before, {value} now");
    }
}
