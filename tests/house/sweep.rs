//! Sweeps: the same bytes however the work was cut, killed or threaded; errors that are rows; refusals by name.

use crate::common::{here, tell};
use assert_cmd::Command;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;
use yaosu::experiment::frames;

mod folder;

/// Four points, two seeds, one lever: seconds.
pub const SMALL: &str = r#"scenario = "three-reforms"
base_seed = 5
replicates = 2
set = { scale = 40000, burn_in = 1, birth.tolerance = 1.0 }
[design]
kind = "grid"
keys."labour.separation" = { low = 0.05, high = 0.2, steps = 2 }
keys."levers.land_leasing.from" = { values = ["2026Q1", "2026Q3"] }
[outcomes]
metrics = ["gdp_real", "population@central_urban"]
years = [1]
effect_of = ["land_leasing"]
"#;

fn yaosu(here: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_yaosu"));
    for (name, _) in yaosu::experiment::sweep::slurm::INDEX {
        command.env_remove(name);
    }
    command
        .current_dir(here)
        .env("NO_COLOR", "1")
        .timeout(Duration::from_secs(300));
    command
}

fn results(folder: &Path) -> Vec<u8> {
    fs::read(folder.join("results.parquet")).expect("merged")
}

/// The only folder below `out`.
fn only(out: &Path) -> PathBuf {
    let mut found = fs::read_dir(out).expect("a folder").flatten();
    found.next().expect("one").path()
}

/// Sweeps in one go on two threads.
fn whole(here: &Path) -> PathBuf {
    let (code, out, err) = tell(yaosu(here).args(["sweep", "e.toml", "--out", "whole", "--threads", "2"]));
    assert_eq!(code, 0, "{err}");
    assert!(out.contains("complete: 8 jobs, 16 rows"), "{out}");
    only(&here.join("whole"))
}

#[test]
fn one_shard_eight_shards_and_a_killed_run_give_the_same_bytes() {
    let folder = here(SMALL);
    let at = folder.path();
    let expected = results(&whole(at));
    // eight shards, last first, on one thread; half told by an engine's variable
    for index in (0..8).rev() {
        let mut command = yaosu(at);
        command.args(["sweep", "e.toml", "--out", "shards", "--threads", "1", "--quiet"]);
        let (code, _, err) = match index % 2 {
            0 => tell(command.args(["--shard", &format!("{}/8", index + 1)])),
            _ => tell(
                command
                    .args(["--shards", "8"])
                    .env("SLURM_ARRAY_TASK_ID", index.to_string()),
            ),
        };
        assert_eq!(code, 0, "{err}");
        if index == 3 {
            let (code, _, err) = tell(yaosu(at).args(["sweep", "e.toml", "--out", "shards", "--merge"]));
            assert_eq!(code, 1);
            assert!(err.contains("incomplete: 3 of 8 parts are missing (0, 1, 2)"), "{err}");
        }
    }
    let (code, _, err) = tell(yaosu(at).args(["sweep", "e.toml", "--out", "shards", "--merge"]));
    assert_eq!(code, 0, "{err}");
    assert_eq!(results(&only(&at.join("shards"))), expected);
    // killed while it works
    let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_yaosu"))
        .current_dir(at)
        .args(["sweep", "e.toml", "--out", "killed", "--threads", "1", "--quiet"])
        .spawn()
        .expect("it runs");
    let parts = |out: &Path| {
        let folder = fs::read_dir(out).ok()?.flatten().next()?.path();
        Some((folder.clone(), fs::read_dir(folder.join("parts")).ok()?.count()))
    };
    let begun = std::time::Instant::now();
    while parts(&at.join("killed")).is_none_or(|p| p.1 < 2) && begun.elapsed().as_secs() < 120 {
        std::thread::sleep(Duration::from_millis(5));
    }
    child.kill().expect("SIGKILL");
    child.wait().expect("it is gone");
    let (folder, _) = parts(&at.join("killed")).expect("begun");
    assert!(!folder.join("results.parquet").exists(), "it was killed too late");
    let (code, _, err) = tell(yaosu(at).args(["sweep", "e.toml", "--resume", &folder.display().to_string()]));
    assert_eq!(code, 0, "{err}");
    assert!(err.contains(" kept, ") && !err.contains("8 parts run"), "{err}");
    assert_eq!(results(&folder), expected);
}

#[test]
fn eight_shards_may_begin_at_once() {
    let folder = here(SMALL);
    let at = folder.path();
    let shard = |i: usize| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_yaosu"));
        command
            .current_dir(at)
            .args(["sweep", "e.toml", "--out", "at-once", "--threads", "1"]);
        command
            .args(["--quiet", "--shard", &format!("{i}/8")])
            .spawn()
            .expect("it runs")
    };
    let children: Vec<_> = (1..=8).map(shard).collect();
    for mut child in children {
        assert!(child.wait().expect("it ends").success());
    }
    let (code, _, err) = tell(yaosu(at).args(["sweep", "e.toml", "--out", "at-once", "--merge"]));
    assert_eq!(code, 0, "{err}");
    let made = only(&at.join("at-once"));
    assert_eq!(results(&made), results(&whole(at)));
    // nothing is left of names to write under
    assert_eq!(fs::read_dir(made.join("parts")).expect("parts").count(), 8);
    assert_eq!(fs::read_dir(&made).expect("a folder").count(), 4);
}

#[test]
fn going_on_with_something_else_is_refused_by_the_name_of_the_field() {
    let folder = here(SMALL);
    let at = folder.path();
    let begun = whole(at);
    for (from, to, field) in [
        ("burn_in = 1", "burn_in = 2", "scenario"),
        (
            "scale = 40000",
            "scale = 40000, levers.land_leasing.intensity = 0.5",
            "levers",
        ),
        ("high = 0.2", "high = 0.3", "design"),
        ("years = [1]", "years = [2]", "outcomes"),
        ("base_seed = 5", "base_seed = 6", "base_seed"),
        ("replicates = 2", "replicates = 3", "replicates"),
    ] {
        fs::write(at.join("other.toml"), SMALL.replace(from, to)).expect("a file");
        let (code, _, err) = tell(yaosu(at).args(["sweep", "other.toml", "--resume", &begun.display().to_string()]));
        assert_eq!(code, 2, "{field}: {err}");
        assert!(err.contains(&format!("`{field}` changed since")), "{field}: {err}");
    }
    for field in ["program", "data"] {
        let path = begun.join("plan.toml");
        let text = fs::read_to_string(&path).expect("a plan");
        let line = text.lines().find(|l| l.starts_with(field)).expect("a field").to_owned();
        fs::write(&path, text.replace(&line, &format!("{field} = \"another\""))).expect("a file");
        let (code, _, err) = tell(yaosu(at).args(["sweep", "e.toml", "--out", "whole"]));
        assert_eq!(code, 2, "{err}");
        assert!(err.contains(&format!("`{field}` changed since")), "{err}");
        fs::write(&path, text).expect("a file");
    }
}

/// A sweep of which half the points fail: at a tolerance of nearly nothing a coarse birth misses its targets.
fn half_fails() -> String {
    SMALL
        .replace("keys.\"labour.separation\" = { low = 0.05, high = 0.2, steps = 2 }", "")
        .replace("keys.\"levers.land_leasing.from\"", "keys.\"birth.tolerance\"")
        .replace("[\"2026Q1\", \"2026Q3\"]", "[1e-9, 1.0]")
        .replace(", birth.tolerance = 1.0", "")
}

#[test]
fn a_point_that_fails_is_a_row_and_loses_nobody() {
    let folder = here(&half_fails());
    let (code, out, err) = tell(yaosu(folder.path()).args(["sweep", "e.toml", "--out", "out"]));
    assert_eq!(code, 0, "{err}");
    assert!(
        out.contains("complete: 4 jobs, 6 rows") && out.contains("2 jobs failed"),
        "{out}"
    );
    let table =
        yaosu::experiment::frames::read_parquet(&only(&folder.path().join("out")).join("results.parquet"), None);
    let table = table.expect("a table");
    let errors = yaosu::experiment::frames::text(&table, "error").expect("a column");
    let values = yaosu::experiment::frames::floats(&table, "value").expect("a column");
    let told: Vec<bool> = errors.iter().map(|e| !e.is_empty()).collect();
    assert_eq!(told, [true, true, false, false, false, false]);
    assert!(values.iter().zip(told).all(|(v, failed)| v.is_nan() == failed));
}

#[test]
fn a_share_that_is_none_is_refused() {
    for wrong in ["0/8", "9/8", "x"] {
        let folder = here(SMALL);
        let (code, _, err) = tell(yaosu(folder.path()).args(["sweep", "e.toml", "--shard", wrong]));
        assert_eq!(code, 2, "{err}");
        assert!(err.contains("I from 1 to N"), "{err}");
    }
}

#[test]
fn paired_effects_are_those_of_the_scenario_itself() {
    use crate::common::{data, load, run};
    let folder = here(SMALL);
    let path = whole(folder.path()).join("results.parquet");
    let table = yaosu::experiment::frames::read_parquet(&path, None).expect("a table");
    let values = yaosu::experiment::frames::floats(&table, "value").expect("a column");
    let seeds = yaosu::experiment::frames::integers(&table, "seed").expect("a column");
    let scenario = load(
        "three-reforms",
        &[
            "scale=40000",
            "burn_in=1",
            "birth.tolerance=1.0",
            "quarters=4",
            "labour.separation=0.05",
            "levers.hukou_mutual_recognition=false",
            "levers.credit_information=false",
        ],
    );
    let start = yaosu::experiment::job::burn_in(&scenario, data(), seeds[0] as u64, &|| false, &mut || ());
    let start = start.expect("a world").0;
    let year = |schedule: &yaosu::policy::Schedule| {
        let (result, _) = run(start.clone(), &scenario, schedule);
        let gdp = |q: &yaosu::experiment::job::Measured| {
            let mut values = q.values.iter();
            values
                .find(|v| yaosu::metrics::METRICS[v.metric as usize].name == "gdp_real" && v.scope == 0)
                .expect("measured")
                .value
        };
        result.quarters.iter().map(gdp).sum::<f64>() / 4.0
    };
    let expected = year(&scenario.schedule) - year(&scenario.schedule.status_quo());
    assert!(
        expected != 0.0 && (values[0] - expected).abs() <= 1e-6 * expected.abs().max(1.0),
        "{} {expected}",
        values[0]
    );
}

#[test]
fn sensitivity_writes_a_table_and_figures() {
    let text = SMALL
        .replace("\"grid\"", "\"one_at_a_time\"")
        .replace("{ values = [\"2026Q1\", \"2026Q3\"] }", "{ values = [\"2026Q2\"] }");
    let folder = here(&text);
    let (code, out, err) = tell(yaosu(folder.path()).args(["sensitivity", "e.toml", "--out", "out"]));
    assert_eq!(code, 0, "{err}");
    assert!(
        out.contains("labour.separation") && out.contains("Effect of land leasing on gdp_real"),
        "{out}"
    );
    let made = only(&folder.path().join("out"));
    let table = fs::read_to_string(made.join("tornado.csv")).expect("a table");
    assert_eq!(table.lines().count(), 1 + 2 * 2, "{table}");
    assert!(made.join("figures/tornado-gdp_real-1.png").is_file());
    assert!(
        out.contains("levers.land_leasing.from  (2026Q1 to 2026Q2)") && !out.contains("list"),
        "{out}"
    );
    let results = frames::read_parquet(&made.join("results.parquet"), None).expect("results");
    let dates = frames::text(&results, "levers.land_leasing.from").expect("a column");
    assert!(dates.iter().all(|d| ["2026Q1", "2026Q2"].contains(d)), "{dates:?}");
    let (code, _, err) = tell(yaosu(folder.path()).args(["sensitivity", "timing"]));
    assert_eq!(code, 2);
    assert!(err.contains("tells nothing of single inputs"), "{err}");
}

#[test]
fn where_every_job_failed_nothing_is_analysed_and_nothing_written() {
    let text = SMALL
        .replace("\"grid\"", "\"one_at_a_time\"")
        .replace("birth.tolerance = 1.0", "birth.tolerance = 1e-9");
    let folder = here(&text);
    let (code, _, err) = tell(yaosu(folder.path()).args(["sensitivity", "e.toml", "--out", "out"]));
    assert_eq!(code, 1, "{err}");
    assert!(
        err.contains("nothing can be analysed") && err.contains("the first error"),
        "{err}"
    );
    let made = only(&folder.path().join("out"));
    assert!(!made.join("tornado.csv").exists() && !made.join("figures").exists());
}

#[test]
fn a_run_tells_its_outcomes_on_one_line() {
    let folder = here(SMALL);
    let line = [
        "run",
        "three-reforms",
        "--json",
        "--quiet",
        "--seed",
        "3",
        "--scale",
        "40000",
        "--quarters",
        "5",
        "--out",
        "out",
        "--set",
        "burn_in=1",
        "--set",
        "birth.tolerance=1.0",
    ];
    let (code, out, err) = tell(yaosu(folder.path()).args(line));
    assert_eq!((code, out.lines().count()), (0, 1), "{err}");
    let number = |part: &str, name: &str| -> f64 {
        let from = &out[out.find(&format!("\"{part}\":{{")).expect("a part")..];
        let from = &from[from.find(&format!("\"{name}\":")).expect("a name") + name.len() + 3..];
        from[..from.find([',', '}']).expect("an end")]
            .parse()
            .expect("a number")
    };
    let table = yaosu::experiment::frames::read_parquet(&only(&folder.path().join("out")).join("series.parquet"), None);
    let table = table.expect("a table");
    let column = |name: &str| yaosu::experiment::frames::text(&table, name).expect("a column");
    let values = yaosu::experiment::frames::floats(&table, "value").expect("a column");
    let ticks = yaosu::experiment::frames::integers(&table, "tick").expect("a column");
    let rows = column("metric")
        .into_iter()
        .zip(column("region"))
        .zip(column("scenario"))
        .zip(values.iter().zip(ticks));
    let year = rows.filter(|(((m, r), s), (_, t))| (*m, *r, *s) == ("gdp_real", "total", "three-reforms") && *t >= 1);
    let year: Vec<f64> = year.map(|(_, (v, _))| *v).collect();
    assert_eq!(year.len(), 4);
    let expected = year.iter().sum::<f64>() / 4.0;
    assert!((number("levels", "gdp_real") / expected - 1.0).abs() < 1e-12);
    let effect = number("levels", "gdp_real") - number("baseline", "gdp_real");
    assert!(effect != 0.0 && (number("effects", "gdp_real") - effect).abs() <= 1e-12 * expected);
}
