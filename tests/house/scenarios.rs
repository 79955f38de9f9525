//! Every built-in scenario loads, resolves, and fits the types of the program key by key.

use crate::common::{files, known, load, root};
use std::collections::{BTreeMap, BTreeSet};
use yaosu::scenario::{BUILT_IN, Overrides, Scenario, baseline, load_text};

fn again(text: &str) -> Scenario {
    load_text(&BUILT_IN, "again", text, &Overrides::default(), known()).unwrap_or_else(|p| panic!("{p}"))
}

#[test]
fn every_built_in_scenario_resolves_to_itself() {
    for (name, _) in BUILT_IN.scenarios {
        let scenario = load::<&str>(name, &[]);
        let resolved = scenario.resolved_toml();
        let back = again(&resolved);
        assert_eq!(back.resolved_toml(), resolved, "{name}");
        assert_eq!(back.hash8(), scenario.hash8(), "{name}");
        assert_eq!(back.economy_hash8(), scenario.economy_hash8(), "{name}");
        assert_eq!(back.seeds, scenario.seeds, "{name}");
        assert_eq!(back.behaviour, scenario.behaviour, "{name}");
        assert_eq!(back.status_quo, scenario.status_quo, "{name}");
        for tick in [-1, 0, 1, 3, 9, 39] {
            for region in 0..known().worlds[0].regions.len() {
                let (a, b) = (
                    scenario.schedule.values_at(tick, region),
                    back.schedule.values_at(tick, region),
                );
                assert_eq!(a, b, "{name}, quarter {tick}, region {region}");
            }
        }
    }
}

#[test]
fn overrides_change_the_hash_and_survive_resolution() {
    let base = load::<&str>("baseline", &[]);
    for set in [
        "labour.search=0.5",
        "law.credit.loan_to_value=0.5",
        "quarters=9",
        "levers.placebo=true",
    ] {
        let changed = load("baseline", &[set]);
        assert_ne!(changed.hash8(), base.hash8(), "{set}");
        assert_eq!(again(&changed.resolved_toml()).hash8(), changed.hash8(), "{set}");
    }
    let named = load("baseline", &["name=other"]);
    assert_eq!(named.hash8(), base.hash8(), "a name decides nothing");
}

/// Leaves of a table by dotted key.
fn flatten(value: &toml::Value, path: &str, out: &mut BTreeMap<String, toml::Value>) {
    match value {
        toml::Value::Table(table) => {
            for (key, inner) in table {
                let dot = if path.is_empty() { "" } else { "." };
                flatten(inner, &format!("{path}{dot}{key}"), out);
            }
        }
        leaf => {
            out.insert(path.to_owned(), leaf.clone());
        }
    }
}

fn leaves<T: serde::Serialize>(value: &T, path: &str) -> BTreeMap<String, toml::Value> {
    let mut out = BTreeMap::new();
    flatten(&toml::Value::try_from(value).expect("a table"), path, &mut out);
    out
}

#[test]
fn the_types_and_the_baseline_have_the_same_keys() {
    let scenario = load::<&str>("baseline", &[]);
    let mut typed = leaves(&scenario.behaviour, "");
    typed.extend(leaves(&scenario.status_quo, "law"));
    let typed: BTreeSet<String> = typed.into_keys().collect();
    let listed: BTreeSet<String> = scenario.params.iter().map(|info| info.key.clone()).collect();
    assert_eq!(typed, listed);
    assert_eq!(baseline().expect("built in").keys().count(), listed.len());
}

#[test]
fn every_parameter_tells_unit_range_grade_source_and_meaning() {
    for info in &load::<&str>("baseline", &[]).params {
        for (what, text) in [("unit", &info.unit), ("grade", &info.grade), ("source", &info.source)] {
            assert!(!text.trim().is_empty(), "{} has no {what}", info.key);
        }
        assert!(!info.meaning.trim().is_empty(), "{} has no meaning", info.key);
        assert!(
            ["A", "B", "C", "D", "ASSUMPTION"].contains(&info.grade.as_str()),
            "{}: {}",
            info.key,
            info.grade
        );
        let limits = info.limits();
        assert!(limits.low < limits.high, "{}", info.key);
    }
}

/// Keys that no market obeys yet. A lever on them would be dead; take a key out when its market reads it.
const DEAD: &[&str] = &[];

#[test]
fn every_parameter_is_read_by_the_program() {
    let code: Vec<String> = files(&root().join("src"), ".rs")
        .iter()
        .map(|path| std::fs::read_to_string(path).expect("a source"))
        .collect();
    let read = |field: &str| {
        let used = format!(".{field}");
        code.iter().any(|text| {
            text.match_indices(&used).any(|(at, _)| {
                let next = text[at + used.len()..].chars().next();
                !next.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == '(')
            })
        })
    };
    let params = load::<&str>("baseline", &[]).params;
    let dead: Vec<&str> = params
        .iter()
        .filter(|info| !info.key.starts_with("law.placebo."))
        .filter(|info| !read(info.key.rsplit('.').next().unwrap_or_default()))
        .map(|info| info.key.as_str())
        .collect();
    let dead: BTreeSet<&str> = dead.into_iter().collect();
    assert_eq!(
        dead,
        DEAD.iter().copied().collect(),
        "keys that nothing reads, found and listed"
    );
    for lever in crate::common::levers() {
        for mv in &lever.moves {
            assert!(
                !dead.contains(format!("law.{}", mv.key).as_str()),
                "{} moves the dead rule {}",
                lever.id,
                mv.key
            );
        }
    }
}

#[test]
fn every_scenario_and_lever_file_is_built_in() {
    let folder = root().join("scenarios");
    let levers: BTreeSet<String> = yaosu::policy::BUILT_IN
        .iter()
        .map(|(name, _)| (*name).to_owned())
        .collect();
    for path in files(&folder, ".toml") {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let stem = name.trim_end_matches(".toml");
        match path
            .parent()
            .and_then(|p| p.file_name())
            .map(|n| n.to_string_lossy().into_owned())
            .as_deref()
        {
            Some("policies") => assert!(levers.contains(&name), "{name} is not built in"),
            Some("scenarios") => assert!(
                BUILT_IN.scenarios.iter().any(|(n, _)| *n == stem),
                "{name} is not built in"
            ),
            _ => {}
        }
    }
}
