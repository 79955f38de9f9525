//! Laws that hold for every built-in lever: off is nothing, on is what the file says, placebo is zero.

use crate::common::{born, first_difference, levers, load, run, small};
use rayon::prelude::*;
use std::collections::BTreeSet;
use std::sync::OnceLock;
use yaosu::experiment::job::ArmResult;
use yaosu::metrics::METRICS;
use yaosu::policy::{Lever, Schedule};
use yaosu::scenario::Scenario;
use yaosu::world::World;

/// Quarters that are run.
const QUARTERS: i64 = 12;

fn with<T: AsRef<str>>(sets: &[T]) -> Scenario {
    let quarters = format!("quarters={QUARTERS}");
    let all: Vec<String> = sets
        .iter()
        .map(|set| set.as_ref().to_owned())
        .chain([quarters])
        .collect();
    small(&all)
}

fn switched(lever: &Lever, value: &str) -> Scenario {
    with(&[format!("levers.{}={value}", lever.id)])
}

/// The world that all arms branch from.
fn start() -> &'static World {
    static START: OnceLock<World> = OnceLock::new();
    START.get_or_init(|| born(&with::<&str>(&[]), 1))
}

/// The arm without levers.
fn baseline() -> &'static ArmResult {
    static BASELINE: OnceLock<ArmResult> = OnceLock::new();
    BASELINE.get_or_init(|| arm(&with::<&str>(&[])))
}

fn arm(scenario: &Scenario) -> ArmResult {
    run(start().clone(), scenario, &scenario.schedule).0
}

/// The law of a quarter and region, to the bit.
fn law(schedule: &Schedule, tick: i64, region: usize) -> Vec<u64> {
    schedule.values_at(tick, region).into_iter().map(f64::to_bits).collect()
}

fn regions() -> usize {
    start().geography.inside
}

/// Whether a character is a Chinese one (CJK unified ideographs).
fn is_chinese(c: char) -> bool {
    ('\u{4e00}'..='\u{9fff}').contains(&c)
}

#[test]
fn every_lever_tells_its_texts_in_both_languages() {
    for lever in levers() {
        for (key, text) in [
            ("mechanism", &lever.mechanism),
            ("pays", &lever.pays),
            ("evidence.note", &lever.evidence.note),
        ] {
            let said = format!("{} {key}: {text:?}", lever.id);
            assert!(text.zh.chars().any(is_chinese), "{said}");
            assert!(!text.en.chars().any(is_chinese), "{said}");
            assert!(!text.zh.contains([',', ';', ':', '(', ')', '?', '!']), "{said}");
        }
        assert!(lever.mechanism.zh.ends_with('。'), "{}", lever.id);
    }
}

#[test]
fn off_and_intensity_zero_are_bit_identical_to_no_lever() {
    for lever in levers() {
        for off in ["false", "{ intensity = 0.0 }"] {
            let scenario = switched(lever, off);
            for region in 0..regions() {
                for tick in -1..QUARTERS {
                    assert_eq!(
                        law(&scenario.schedule, tick, region),
                        law(&scenario.schedule.status_quo(), tick, region),
                        "{} {off}: quarter {tick}, region {region}",
                        lever.id
                    );
                }
            }
            let result = arm(&scenario);
            assert_eq!(first_difference(baseline(), &result), None, "{} {off}", lever.id);
            assert_eq!(result.world_hash, baseline().world_hash, "{} {off}", lever.id);
        }
    }
}

#[test]
fn on_moves_exactly_the_rules_it_declares() {
    for lever in levers() {
        let schedule = switched(lever, "true").schedule;
        let keys = schedule.law().keys();
        for region in 0..regions() {
            let (before, after) = (schedule.law().values(), schedule.values_at(0, region));
            for (rule, key) in keys.iter().enumerate() {
                let expected = lever.target(rule).unwrap_or(before[rule]);
                assert_eq!(after[rule].to_bits(), expected.to_bits(), "{}: {}", lever.id, key.key);
            }
        }
        for mv in &lever.moves {
            let key = &keys[mv.rule];
            assert_eq!(key.key, mv.key);
            assert_ne!(
                key.value.to_bits(),
                mv.target.to_bits(),
                "{}: {} is moved nowhere",
                lever.id,
                mv.key
            );
            assert!(
                key.limits.low <= mv.target && mv.target <= key.limits.high,
                "{}: {}",
                lever.id,
                mv.key
            );
        }
        assert!(!lever.moves.is_empty(), "{} moves nothing", lever.id);
    }
}

#[test]
fn a_placebo_changes_no_metric() {
    let placebos: Vec<&Lever> = levers().iter().filter(|lever| lever.placebo).collect();
    assert!(!placebos.is_empty());
    for lever in placebos {
        assert_eq!(
            first_difference(baseline(), &arm(&switched(lever, "true"))),
            None,
            "{}",
            lever.id
        );
    }
}

/// Mean over the quarters of a lever's effect on the city, in a metric and group.
fn mean_effect(base: &ArmResult, reform: &ArmResult, metric: &str, group: &str) -> f64 {
    let total = |result: &ArmResult| -> f64 {
        let values = result.quarters.iter().flat_map(|q| &q.values);
        let wanted = values.filter(|v| v.scope == 0 && v.group == group && METRICS[v.metric as usize].name == metric);
        wanted.map(|v| v.value).sum()
    };
    (total(reform) - total(base)) / QUARTERS as f64
}

/// Whether a lever moves the margin of its file as the file says in a world of this scale, and by how much.
fn felt(lever: &Lever, scale: &str, start: &World, base: &ArmResult) -> (bool, f64) {
    let scenario = with(&[format!("levers.{}=true", lever.id), scale.to_owned()]);
    let reform = run(start.clone(), &scenario, &scenario.schedule).0;
    let margin = lever.margin.as_ref().expect("a lever has a margin");
    let effect = mean_effect(base, &reform, &margin.metric, &margin.group);
    let right = match margin.sign.as_str() {
        "+" => effect > 0.0,
        "-" => effect < 0.0,
        _ => effect != 0.0,
    };
    (right, effect)
}

#[test]
fn every_other_lever_is_felt_in_its_own_margin() {
    let mut left: Vec<&Lever> = levers().iter().filter(|lever| !lever.placebo).collect();
    let mut effects = String::new();
    // few people are touched by some levers: these need a finer world
    for scale in ["scale=2000", "scale=400"] {
        let start = born(&with(&[scale]), 1);
        let scenario = with(&[scale]);
        let base = run(start.clone(), &scenario, &scenario.schedule).0;
        left = left
            .into_par_iter()
            .filter(|lever| !felt(lever, scale, &start, &base).0)
            .collect();
        if left.is_empty() {
            return;
        }
        effects = left.iter().fold(String::new(), |all, lever| {
            let margin = lever.margin.as_ref().expect("a lever has a margin");
            let effect = felt(lever, scale, &start, &base).1;
            format!(
                "{all}\n{}: {} moves by {effect:e}, not {}",
                lever.id, margin.metric, margin.sign
            )
        });
    }
    panic!("levers not felt in their margin:{effects}");
}

#[test]
fn until_ends_a_lever() {
    for lever in levers() {
        let schedule = switched(lever, "{ from = \"2026Q3\", until = \"2027Q2\" }").schedule;
        let base = law(&schedule.status_quo(), 0, 0);
        for tick in 0..QUARTERS {
            let on = (2..5).contains(&tick);
            assert_eq!(law(&schedule, tick, 0) != base, on, "{} in quarter {tick}", lever.id);
            assert_eq!(
                schedule.changes_at(tick),
                tick == 2 || tick == 5,
                "{} in quarter {tick}",
                lever.id
            );
        }
    }
}

#[test]
fn nothing_happens_before_a_lever_begins() {
    for lever in levers() {
        let result = arm(&switched(lever, "{ from = \"2027Q3\" }"));
        for (a, b) in baseline().quarters.iter().zip(&result.quarters).take(6) {
            let equal = a
                .values
                .iter()
                .zip(&b.values)
                .all(|(x, y)| x.value.to_bits() == y.value.to_bits());
            assert!(equal, "{} acts in quarter {}, before it begins", lever.id, a.tick);
        }
    }
}

#[test]
fn phase_in_and_intensity_are_linear() {
    for lever in levers() {
        let schedule = switched(lever, "{ phase_in = 4, intensity = 0.8 }").schedule;
        for mv in &lever.moves {
            let old = schedule.law().keys()[mv.rule].value;
            for tick in 0..QUARTERS {
                let strength = 0.8 * (tick + 1).min(4) as f64 / 4.0;
                let expected = old + strength * (mv.target - old);
                let found = schedule.values_at(tick, 0)[mv.rule];
                assert!(
                    (found - expected).abs() <= 1e-12 * expected.abs().max(1.0),
                    "{}: {}",
                    lever.id,
                    mv.key
                );
            }
        }
    }
}

#[test]
fn regions_limit_a_lever() {
    let ids = &start().geography.ids;
    let central: Vec<usize> = {
        let world = &crate::common::known().worlds[0];
        world
            .find("central_urban")
            .expect("a group")
            .into_iter()
            .chain(world.find("wanzhou").expect("a region"))
            .collect()
    };
    for lever in levers() {
        let schedule = switched(lever, "{ regions = [\"central_urban\", \"wanzhou\"] }").schedule;
        for (region, name) in ids.iter().enumerate().take(regions()) {
            let moved = law(&schedule, 0, region) != law(&schedule.status_quo(), 0, region);
            assert_eq!(moved, central.contains(&region), "{} in {name}", lever.id);
        }
    }
}

#[test]
fn the_built_in_scenarios_name_levers_that_exist() {
    let scenario = load::<&str>("three-reforms", &[]);
    let found: BTreeSet<&str> = scenario.levers.iter().map(|active| active.lever.id.as_str()).collect();
    assert_eq!(found.len(), 3);
    let known: BTreeSet<&str> = levers().iter().map(|lever| lever.id.as_str()).collect();
    assert!(found.is_subset(&known), "{found:?}");
}
