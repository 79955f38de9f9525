//! Every built-in scenario loads, resolves, and fits the types of the program key by key.

use crate::common::{data, files, known, levers, load, root, run, small};
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use yaosu::experiment::job;
use yaosu::scenario::{BUILT_IN, Overrides, Scenario, baseline, load_text};
use yaosu::scenario::{ParamInfo, ParamValue};
use yaosu::world::checkpoint;

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

/// Values of a parameter far from its own: the ends of its range; lists turned round.
fn far(info: &ParamInfo) -> Vec<String> {
    match &info.value {
        ParamValue::Float(_) | ParamValue::Integer(_) => {
            let limits = info.limits();
            [limits.low, limits.high].map(|x| x.to_string()).to_vec()
        }
        ParamValue::Bool(on) => vec![(!on).to_string()],
        ParamValue::List(values) => {
            let turned: Vec<String> = values.iter().rev().map(|x| format!("{x:?}")).collect();
            vec![format!("[{}]", turned.join(","))]
        }
    }
}

/// State at the end of a short run, without what was ordered; none if no world can be born so.
fn state_after(world: &[&str], order: Option<String>) -> Option<String> {
    let sets: Vec<String> = world.iter().map(|&x| x.to_owned()).chain(order).collect();
    let scenario = small(&sets);
    let (w, _) = job::burn_in(&scenario, data(), 1, &|| false, &mut || ()).ok()?;
    let (_, mut end) = run(w, &scenario, &scenario.schedule);
    end.params = load::<&str>("baseline", &[]).behaviour;
    end.rules.clear();
    end.places.start_rules.clear();
    Some(checkpoint::hash(&end))
}

#[test]
fn every_parameter_changes_what_happens() {
    let params = load::<&str>("baseline", &[]).params;
    let mut still: Vec<&ParamInfo> = params.iter().collect();
    let all: Vec<String> = levers().iter().map(|lever| format!("{}=true", lever.id)).collect();
    let all = format!("levers={{{}}}", all.join(","));
    // most are felt in a coarse world at once, what happens to few people in a finer one, some with a lever, with a shock
    // or where another rule is not at its zero
    let fine = ["burn_in=1", "quarters=12", "scale=4000"];
    let rules = [
        "law.farmland.reallocation_rate=0.2",
        "law.rural_land.equal_rights=0.5",
        "goods.outside_sd=0.02",
        "law.energy.line_capacity=0.5",
        "law.energy.efficient_ranking=1.0",
        "law.entry.tied_equity=0.5",
    ];
    let borders = format!(
        "levers={{'{}/scenarios/calibration/lever-borders.toml'=true}}",
        root().display()
    );
    let worlds = [
        vec!["burn_in=1", "quarters=6", "scale=50000"],
        fine.to_vec(),
        [&fine[..], &[all.as_str()]].concat(),
        [&fine[..], &rules[..], &[borders.as_str()]].concat(),
    ];
    for world in worlds {
        let as_is = state_after(&world, None);
        assert!(as_is.is_some());
        let felt = |info: &ParamInfo| {
            let mut orders = far(info).into_iter().map(|x| format!("{}={x}", info.key));
            orders.any(|order| state_after(&world, Some(order)) != as_is)
        };
        still = still.into_par_iter().filter(|info| !felt(info)).collect();
    }
    let still: Vec<&str> = still.iter().map(|info| info.key.as_str()).collect();
    assert_eq!(still, ["law.placebo.nothing"], "parameters that change nothing");
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
            Some("scenarios" | "interactions") => assert!(
                BUILT_IN.scenarios.iter().any(|(n, _)| *n == stem),
                "{name} is not built in"
            ),
            _ => {}
        }
    }
}
