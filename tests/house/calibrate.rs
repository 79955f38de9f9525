//! Calibration: planted parameters come back, with the same bytes on any number of threads and after a stop; what is wrong is
//! told with its place and writes nothing.

use crate::common::{here, tell};
use assert_cmd::Command;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use yaosu::scenario::experiment::calibration::{self, load_calibration};

/// Two parameters of the labour market, a year of a coarse world.
const SMALL: &str = r#"
scenario = "baseline"
set = { scale = 20000, burn_in = 1, birth.tolerance = 1.0 }
[calibrate]
replicates = 3
evaluations = 60
points = 8
starts = 1
tolerance = 3.0
keys."labour.separation" = { low = 0.05, high = 0.25 }
keys."labour.search" = { low = 0.3, high = 1.0 }
[[calibrate.targets]]
metric = "unemployment_rate"
years = 1
[[calibrate.targets]]
metric = "hires"
years = 1
[[calibrate.targets]]
metric = "vacancy_rate"
years = 1
[calibrate.recover]
replicates = 4
planted."labour.separation" = 0.17
planted."labour.search" = 0.6
"#;

/// As [`SMALL`], with numbers of its own.
const DATA: &str = r#"
scenario = "baseline"
set = { scale = 40000, burn_in = 0, birth.tolerance = 1.0 }
[calibrate]
replicates = 2
evaluations = 30
tolerance = 1.0
keys."labour.separation" = { low = 0.05, high = 0.25 }
targets = [
  { fact = "S18a", years = 1, value = 0.2, se = 0.001, source = "a number far from the model" },
]
"#;

fn yaosu(here: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_yaosu"));
    command
        .current_dir(here)
        .env("NO_COLOR", "1")
        .timeout(Duration::from_secs(300));
    command
}

/// The only folder below `out`.
fn only(out: &Path) -> PathBuf {
    let mut found = fs::read_dir(out).expect("a folder").flatten();
    found.next().expect("one").path()
}

fn rows(path: &Path) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_path(path).expect("a table");
    reader.deserialize().collect::<Result<_, _>>().expect("rows")
}

fn number(row: &BTreeMap<String, String>, column: &str) -> f64 {
    row[column].parse().expect("a number")
}

/// What a folder says whoever made it: every table and the scenario.
fn tables(folder: &Path) -> Vec<String> {
    let names = [
        "runs.csv",
        "evaluations.csv",
        "parameters.csv",
        "targets.csv",
        "jacobian.csv",
        "directions.csv",
        "best.toml",
    ];
    names
        .iter()
        .map(|name| fs::read_to_string(folder.join(name)).expect("a table"))
        .collect()
}

#[test]
fn planted_parameters_are_found_with_the_same_bytes_however_it_was_run() {
    let begun = Instant::now();
    let folder = here(SMALL);
    let at = folder.path();
    let (code, out, err) = tell(yaosu(at).args(["calibrate", "e.toml", "--out", "one", "--threads", "2"]));
    println!("{out}{err}{:.1} s", begun.elapsed().as_secs_f64());
    assert_eq!(code, 0, "{err}");
    assert!(out.contains("e: converged: distance"), "{out}");
    let made = only(&at.join("one"));
    for (row, (planted, key)) in rows(&made.join("parameters.csv"))
        .iter()
        .zip([(0.17, "labour.separation"), (0.6, "labour.search")])
    {
        assert_eq!((row["key"].as_str(), number(row, "planted")), (key, planted));
        let (found, se) = (number(row, "estimate"), number(row, "se"));
        let width = number(row, "high") - number(row, "low");
        assert!(row["identified"] == "true" && se < 0.2 * width, "{row:?}");
        // three seeds make the targets: their luck is in the standard error
        assert!((found - planted).abs() < 4.0 * se, "{row:?}");
    }
    // the scenario runs, and holds the estimates with their source
    let best = made.join("best.toml").display().to_string();
    let read = crate::common::load(&best, &[] as &[&str]);
    for row in rows(&made.join("parameters.csv")) {
        let info = read.params.iter().find(|p| p.key == row["key"]).expect("a parameter");
        assert_eq!(info.value.to_toml().parse::<f64>().ok(), Some(number(&row, "estimate")));
        assert!(info.source.contains("simulated moments"), "{}", info.source);
    }
    for name in [
        "figures/estimates.png",
        "figures/fit.svg",
        "calibration.md",
        "experiment.toml",
        "manifest.toml",
    ] {
        assert!(made.join(name).is_file(), "{name}");
    }
    // one thread, cut in the middle of a line: what is done is not made again, and the bytes are the same
    let other = at.join("two").join(made.file_name().expect("a name"));
    fs::create_dir_all(&other).expect("a folder");
    let runs = fs::read_to_string(made.join("runs.csv")).expect("runs");
    fs::write(other.join("runs.csv"), &runs[..runs.len() * 9 / 10]).expect("written");
    fs::copy(made.join("plan.toml"), other.join("plan.toml")).expect("copied");
    let (code, out, err) = tell(yaosu(at).args(["calibrate", "e.toml", "--out", "two", "--threads", "1"]));
    assert_eq!(code, 0, "{err}");
    assert!(!out.contains(" 0 runs were there already"), "{out}");
    assert_eq!(tables(&made), tables(&other));
    // and drawn again from the files alone
    let (code, out, err) = tell(yaosu(at).arg("report").arg(&made));
    assert_eq!(code, 0, "{err}");
    assert!(out.contains("files drawn"), "{out}");
    // another scale is another economy: its runs are not mixed in
    fs::write(at.join("e.toml"), SMALL.replace("scale = 20000", "scale = 30000")).expect("a file");
    let (code, _, err) = tell(yaosu(at).args(["calibrate", "e.toml", "--resume"]).arg(&made));
    assert_eq!(code, 2, "{err}");
    assert!(err.contains("`scenario` changed since"), "{err}");
}

#[test]
fn targets_that_cannot_be_met_are_told_as_no_convergence_and_results_are_kept() {
    let folder = here(DATA);
    let at = folder.path();
    let (code, out, err) = tell(yaosu(at).args(["calibrate", "e.toml", "--out", "out"]));
    assert_eq!(code, 1, "{err}");
    assert!(out.contains("did not converge: distance"), "{out}");
    let made = only(&at.join("out"));
    let manifest = fs::read_to_string(made.join("manifest.toml")).expect("a manifest");
    let manifest: toml::Table = manifest.parse().expect("TOML");
    assert_eq!(manifest["result"].as_str(), Some("did not converge"));
    assert!(manifest["distance"].as_float().expect("a number") > 10.0);
    let row = &rows(&made.join("targets.csv"))[0];
    assert!(number(row, "error").abs() > 10.0 && row["source"].contains("far from"));
    assert!(
        fs::read_to_string(made.join("best.toml"))
            .expect("a scenario")
            .contains("did not converge")
    );
    // more evaluations go on with the runs there are
    fs::write(at.join("e.toml"), DATA.replace("value = 0.2", "value = 0.054")).expect("a file");
    let (_, out, err) = tell(yaosu(at).args(["calibrate", "e.toml", "--resume"]).arg(&made));
    assert!(
        out.contains("runs were there already") && !out.contains(" 0 runs were"),
        "{out}{err}"
    );
}

#[test]
fn wrong_calibrations_are_told_with_their_place_and_write_nothing() {
    for (from, to, words) in [
        (
            "labour.separation",
            "labour.seperation",
            "did you mean `labour.separation`?",
        ),
        ("high = 0.25", "high = 2.5", "must lie in [0, 1] 1/year"),
        ("high = 0.25", "high = 0.01", "`low` must be less than `high`"),
        (
            "{ low = 0.05, high = 0.25 }",
            "{ values = [0.1, 0.2] }",
            "must be a range such as",
        ),
        ("labour.separation", "labour.sampled", "which has no derivative"),
        ("labour.separation", "scale", "which has no derivative"),
        ("labour.separation", "seeds", "`seeds` cannot vary in a design"),
        ("S18a", "S18e", "did you mean `S18"),
        ("S18a", "S4b", "which the model cannot produce"),
        (
            "fact = \"S18a\"",
            "metric = \"unemployment_rat\"",
            "did you mean `unemployment_rate`?",
        ),
        ("years = 1", "years = 0.3", "whole quarters in years"),
        ("se = 0.001", "se = 0.0", "must be a number above 0"),
        ("se = 0.001, ", "", "`calibrate.targets.se` is missing"),
        ("se = 0.001", "se = 0.001, weight = 2.0", "a weight is 1/se^2"),
        ("value = 0.2, ", "", "`calibrate.targets.value` is missing"),
        ("replicates = 2", "replicates = 1", "`calibrate.replicates` is 1"),
        ("replicates = 2", "replicates = 1000", "seeds are there"),
        ("evaluations = 30", "evaluations = 29", "`calibrate.evaluations` is 29"),
        ("tolerance = 1.0", "tolerence = 1.0", "did you mean `tolerance`?"),
        (
            "scenario = \"baseline\"",
            "scenario = \"baselin\"",
            "did you mean `baseline`?",
        ),
        (
            "targets = [",
            "recover = { planted = { \"labour.separation\" = 0.1 } }\ntargets = [",
            "with `calibrate.recover` the model makes the targets",
        ),
        (
            "targets = [\n",
            "targets = [\n  { fact = \"S18a\", years = 1, value = 0.2, se = 0.1 },\n",
            "twice",
        ),
    ] {
        let text = DATA.replace(from, to);
        assert_ne!(text, DATA, "{from}");
        let folder = here(&text);
        let (code, out, err) = tell(yaosu(folder.path()).args(["calibrate", "e.toml"]));
        assert_eq!((code, out.as_str()), (2, ""), "{to}: {err}");
        assert!(err.contains(words), "{words}: {err}");
        let written = fs::read_dir(folder.path()).expect("a folder").count();
        assert_eq!(written, 1, "{to} wrote something");
    }
    // more keys than targets; no source of a metric; a place is told
    let two = DATA.replace(
        "targets = [",
        "keys.\"labour.search\" = { low = 0.3, high = 1.0 }\ntargets = [",
    );
    let two = two.replace("evaluations = 30", "evaluations = 60");
    let unsourced = DATA.replace(", source = \"a number far from the model\"", "");
    for (text, words) in [
        (two, "1 targets for 2 keys"),
        (
            unsourced.replace("fact = \"S18a\"", "metric = \"hires\""),
            "`calibrate.targets.source` is missing",
        ),
        (DATA.replace("se = 0.001", "se = 'x'"), "e.toml:10:"),
        (
            DATA.replace("fact = \"S18a\"", "metric = \"gini_income@wanzhou\""),
            "for the whole city only",
        ),
    ] {
        let folder = here(&text);
        let (code, _, err) = tell(yaosu(folder.path()).args(["calibrate", "e.toml"]));
        assert_eq!(code, 2, "{err}");
        assert!(err.contains(words), "{words}: {err}");
    }
    // a fact brings its source
    let folder = here(&unsourced);
    let (code, out, err) = tell(yaosu(folder.path()).args(["check", "e.toml"]));
    assert_eq!(code, 0, "{err}");
    assert!(out.contains("calibration of 1 keys of baseline to 1 targets"), "{out}");
}

#[test]
fn seeds_that_are_held_out_are_refused_wherever_they_are_named() {
    let held: Vec<u64> = fs::read_to_string(crate::common::root().join("seeds/holdout.txt"))
        .expect("seeds")
        .lines()
        .filter_map(|line| line.parse().ok())
        .collect();
    assert!(held.len() >= 50);
    let seed = held[7];
    let in_set = DATA.replace("scale = 40000,", &format!("scale = 40000, seeds = [1, {seed}],"));
    let in_scenario = DATA.replace("\"baseline\"", "\"s.toml\"");
    let scenario = format!("extends = \"baseline\"\nseeds = [{seed}, 5]\n");
    let by_file = "extends = \"baseline\"\nseeds = { file = \"holdout.txt\", count = 4 }\n".to_owned();
    for (text, scenario) in [
        (in_set, scenario.clone()),
        (in_scenario.clone(), scenario),
        (in_scenario, by_file),
    ] {
        let folder = here(&text);
        fs::write(folder.path().join("s.toml"), scenario).expect("a file");
        fs::copy(
            crate::common::root().join("seeds/holdout.txt"),
            folder.path().join("holdout.txt"),
        )
        .expect("copied");
        let (code, out, err) = tell(yaosu(folder.path()).args(["calibrate", "e.toml"]));
        assert_eq!((code, out.as_str()), (2, ""), "{err}");
        assert!(err.contains("held out"), "{err}");
        assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 3);
    }
}

#[test]
fn built_in_calibrations_are_sound_and_their_seeds_are_open() {
    let files = crate::common::files(&crate::common::root().join("scenarios/experiments"), ".toml");
    let written = files
        .iter()
        .filter(|f| fs::read_to_string(f).expect("text").contains("[calibrate"))
        .count();
    assert_eq!(calibration::BUILT_IN.len(), written);
    let open = fs::read_to_string(crate::common::root().join("seeds/replications.txt")).expect("seeds");
    let open: Vec<u64> = open.lines().filter_map(|line| line.parse().ok()).collect();
    for (name, _) in calibration::BUILT_IN {
        let mut found = load_calibration(name, crate::common::known()).unwrap_or_else(|p| panic!("{p}"));
        let scenario = found.scenario_at(&[], crate::common::known()).expect("sound");
        assert!(scenario.seeds.iter().all(|seed| open.contains(seed)), "{name}");
        // planting the scenario's own values works wherever they are inside the ranges
        found.recover = None;
        found
            .plant_own(crate::common::known())
            .unwrap_or_else(|p| panic!("{name}: {p}"));
        assert!(found.targets.iter().all(|t| t.evidence.is_none()));
    }
}
