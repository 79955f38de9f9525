//! Experiments: every mistake is told once, at its line and column, with what is allowed, and writes nothing.

mod mistakes;

use crate::common::{here, known};
use crate::sweep::SMALL as GRID;
use assert_cmd::Command;
use mistakes::{CALIBRATION, GRADED, LISTED, all, place, read, refused};
use std::fs;
use yaosu::scenario::experiment::Levels;
use yaosu::scenario::experiment::calibration::load_calibration;

#[test]
fn wrong_experiments_are_told_with_their_place_and_write_nothing() {
    for (from, to, mark, words) in [
        ("gdp_real", "gdp_reel", "^\"gdp_reel\"", "did you mean `gdp_real`?"),
        (
            "labour.separation",
            "labour.seperation",
            "^\"labour.seperation\"",
            "did you mean `labour.separation`?",
        ),
        (
            "high = 0.2",
            "high = 2.0",
            "^2.0",
            "is 2, but must lie in [0, 1] 1/year",
        ),
        ("\"grid\"", "\"gird\"", "^\"gird\"", "latin_hypercube"),
        (
            "[\"land_leasing\"]",
            "[\"data_exchange\"]",
            "^\"data_exchange\"",
            "not a lever that the scenario switches on",
        ),
        ("years = [1]", "years = [0.3]", "^0.3", "whole quarters"),
        ("replicates = 2", "replicates = 0", "= ^0\n", "`replicates` is 0"),
        (
            "labour.separation",
            "seeds",
            "^\"seeds\"",
            "`seeds` cannot vary in a design",
        ),
        (
            "@central_urban",
            "@central",
            "^\"population@central\"",
            "not a known region",
        ),
        (
            "\"gdp_real\"",
            "\"value_added_real\"",
            "^\"value_added_real\"",
            "there are: value_added_real:",
        ),
        (
            "\"gdp_real\"",
            "\"gini_income@wanzhou\"",
            "^\"gini_income@wanzhou\"",
            "for the whole city only",
        ),
    ] {
        let text = GRID.replace(from, to);
        let folder = here(&text);
        let mut command = Command::new(env!("CARGO_BIN_EXE_yaosu"));
        let asked = command.current_dir(folder.path()).env("NO_COLOR", "1");
        let done = asked.args(["sweep", "e.toml"]).output().expect("it runs");
        let err = String::from_utf8_lossy(&done.stderr);
        assert_eq!((done.status.code(), done.stdout.len()), (Some(2), 0), "{to}: {err}");
        let (line, column) = place(&text, mark);
        assert!(err.contains(words), "{words}: {err}");
        assert!(
            err.contains(&format!("e.toml:{line}:{column}]")),
            "{line}:{column}: {err}"
        );
        assert_eq!(err.matches("error:").count(), 1, "{to}: {err}");
        let written = fs::read_dir(folder.path()).expect("a folder").count();
        assert_eq!(written, 1, "{to} wrote something");
    }
}

#[test]
fn what_an_experiment_sets_is_told_where_it_stands() {
    all(
        GRID,
        &[
            (
                "\"three-reforms\"",
                "\"three-reform\"",
                "^\"three-reform\"",
                "did you mean `three-reforms`?",
            ),
            ("\"three-reforms\"", "\"gone.toml\"", "^\"gone.toml\"", "cannot read"),
            (
                "set = { scale = 40000, burn_in = 1, birth.tolerance = 1.0 }",
                "set = 3",
                "set = ^3",
                "must be a table",
            ),
            (
                "set = { scale = 40000, burn_in = 1, birth.tolerance = 1.0 }",
                "set = [1, 2]",
                "set = ^[1, 2]",
                "must be a table",
            ),
            ("burn_in = 1", "brn_in = 1", "^brn_in", "did you mean `burn_in`?"),
            (
                "scale = 40000",
                "scale = 0",
                "scale = ^0",
                "`scale` is 0, but must lie in",
            ),
            (
                "\"2026Q3\"",
                "\"2026Q9\"",
                "^\"2026Q9\"",
                "`levers.land_leasing.from` is \"2026Q9\"",
            ),
            (
                "land_leasing.from",
                "land_leesing.from",
                "^\"levers.land_leesing.from\"",
                "did you mean `land_leasing`?",
            ),
            (
                "{ low = 0.05, high = 0.2, steps = 2 }",
                "{ low = -1.0, high = 0.2, steps = 2 }",
                "^-1.0",
                "is -1, but must lie in",
            ),
            (
                "\"labour.separation\" = { low = 0.05, high = 0.2, steps = 2 }",
                "\"labour.seperation\" = {}",
                "^{}",
                "did you mean `labour.separation`?",
            ),
        ],
    );
    all(
        LISTED,
        &[
            ("= 0.5", "= 5.0", "^5.0", "`labour.search` is 5, but must lie in"),
            (
                "labour.search",
                "labour.serch",
                "^\"labour.serch\"",
                "did you mean `labour.search`?",
            ),
            (
                "{ \"labour.separation\" = 0.1 }",
                "{ seeds = 1 }",
                "^seeds",
                "cannot vary",
            ),
        ],
    );
    let wrong = CALIBRATION.replace("0.25", "2.5");
    let calibration = |text: &str| {
        let folder = here(text);
        load_calibration(&folder.path().join("e.toml").display().to_string(), known())
    };
    refused(calibration(&wrong), &wrong, "^2.5", "is 2.5, but must lie in [0, 1]");
    let wrong = CALIBRATION.replace("\"labour.separation\"", "\"labour.seperation\"");
    refused(
        calibration(&wrong),
        &wrong,
        "^\"labour.seperation\"",
        "did you mean `labour.separation`?",
    );
    let wrong = CALIBRATION.replace("{ scale = 40000 }", "[3]");
    refused(calibration(&wrong), &wrong, "set = ^[3]", "must be a table");
    let wrong = CALIBRATION.replace("replicates = 2", "replicates = 1000");
    refused(calibration(&wrong), &wrong, "replicates = ^1000", "seeds are there");
    assert!(calibration(CALIBRATION).is_ok());
}

#[test]
fn what_would_be_ignored_is_refused() {
    let grid = "kind = \"grid\"";
    all(
        GRID,
        &[
            (
                "burn_in = 1",
                "quarters = 9",
                "^quarters",
                "`outcomes.years` says how long",
            ),
            ("burn_in = 1", "seeds = [1]", "^seeds", "`base_seed` and `replicates`"),
        ],
    );
    all(
        GRID,
        &[
            (
                grid,
                "kind = \"grid\"\npoints = 8",
                "^points",
                "`design.points` does not apply to the kind `grid`",
            ),
            (
                grid,
                "kind = \"grid\"\nlist = []",
                "^list",
                "`design.list` does not apply",
            ),
            (
                grid,
                "kind = \"grid\"\nexcept = [\"labour.search\"]",
                "^except",
                "with `design.grade` only",
            ),
            (
                grid,
                "kind = \"latin_hypercube\"\npoints = 8",
                "^steps",
                "steps` does not apply to the kind `latin_hypercube`",
            ),
            (
                ", steps = 2",
                "",
                "= ^{ low = 0.05, high = 0.2 }",
                "steps` is missing: a grid takes",
            ),
            (
                "effect_of = [\"land_leasing\"]",
                "effect_in = \"per_cent\"",
                "= ^\"per_cent\"",
                "with `outcomes.effect_of` only",
            ),
            (
                "{ scale",
                "{ labour.separation = 0.1, scale",
                "labour.^separation = 0.1",
                "`labour.separation` varies in the design",
            ),
        ],
    );
    all(
        LISTED,
        &[
            (
                "kind = \"list\"",
                "kind = \"list\"\nkeys.scale = { values = [1] }",
                "^keys",
                "`design.keys` does not apply to the kind `list`",
            ),
            (
                "[{ \"labour.separation\" = 0.1 }, { \"labour.separation\" = 0.2, \"labour.search\" = 0.5 }]",
                "[]",
                "list = ^[]",
                "with at least one",
            ),
        ],
    );
    all(
        GRADED,
        &[
            (
                "grade = \"ASSUMPTION\"",
                "grade = \"ASSUMPTION\"\nexcept = [\"birth.tolernce\"]",
                "^\"birth.tolernce\"",
                "did you mean `birth.tolerance`?",
            ),
            ("\"ASSUMPTION\"", "\"ASUMPTION\"", "^\"ASUMPTION\"", "ASSUMPTION"),
        ],
    );
}

#[test]
fn what_stands_twice_and_one_mistake_are_told_once() {
    all(
        GRID,
        &[
            ("\"2026Q3\"", "\"2026Q1\"", ", ^\"2026Q1\"", "has \"2026Q1\" twice"),
            (
                "\"population@central_urban\"",
                "\"gdp_real:all\"",
                "^\"gdp_real:all\"",
                "has gdp_real:all twice",
            ),
            ("years = [1]", "years = [1, 2, 1.0]", ", ^1.0]", "has 1 twice"),
            (
                "[\"land_leasing\"]",
                "[\"land_leasing\", \"land_leasing\"]",
                ", ^\"land_leasing\"",
                "has land_leasing twice",
            ),
            (
                "kind = \"grid\"",
                "kind = \"grid\"\nkeys.labour.separation = { values = [0.1] }",
                "^\"labour.separation\"",
                "is there twice",
            ),
            ("replicates", "replicats", "^replicats", "did you mean `replicates`?"),
            ("kind", "knid", "^knid", "did you mean `kind`?"),
            ("metrics", "metrcs", "^metrcs", "did you mean `metrics`?"),
        ],
    );
}

#[test]
fn what_nobody_could_run_is_refused_before_a_point_is_made() {
    let three = "steps = 10000 }\nkeys.\"labour.search\" = { low = 0.4, high = 1.0, steps = 10000";
    let saltelli = "kind = \"saltelli\"\npoints = 8";
    let begun = std::time::Instant::now();
    all(
        GRID,
        &[(
            "steps = 2",
            three,
            "kind = ^\"grid\"",
            "400000000 jobs, but a sweep has at most 1000000",
        )],
    );
    all(
        GRADED,
        &[
            (
                "kind = \"one_at_a_time\"",
                saltelli,
                "kind = ^\"saltelli\"",
                "takes at most 128",
            ),
            (
                "kind = \"one_at_a_time\"",
                "kind = \"saltelli\"\npoints = 2",
                "points = ^2",
                "must lie in [8, 65536] rows",
            ),
            (
                "replicates = 1",
                "replicates = 100000",
                "kind = ^\"one_at_a_time\"",
                "but a sweep has at most 1000000",
            ),
        ],
    );
    assert!(begun.elapsed().as_secs() < 60);
}

#[test]
fn a_key_takes_the_place_of_the_parameter_of_a_grade_and_a_lever_has_a_range() {
    let keys = "grade = \"ASSUMPTION\"\nkeys.\"birth.lumps\" = {}\nkeys.\"levers.land_leasing.intensity\" = {}";
    let graded = read(GRADED).unwrap_or_else(|p| panic!("{p}"));
    let name = &graded.axes[0].key;
    let text = GRADED.replace("grade = \"ASSUMPTION\"", &keys.replace("birth.lumps", name));
    let both = read(&text).unwrap_or_else(|p| panic!("{p}"));
    assert_eq!(both.axes.len(), graded.axes.len() + 1);
    assert_eq!(both.axes.iter().filter(|a| &a.key == name).count(), 1);
    assert_eq!(&both.axes[0].key, name);
    assert_ne!(both.axes[0].levels, graded.axes[0].levels);
    let full = Levels::Range {
        low: 0.0,
        high: 1.0,
        whole: false,
    };
    assert_eq!(both.axes[1].levels, full);
}
