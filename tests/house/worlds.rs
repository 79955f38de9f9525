//! A world is a folder: it runs, it is checked, and its data are part of every identity.

use crate::cli::{TINY, folder, names, only, tell, yaosu};
use crate::common::root;
use std::fs;
use std::path::Path;

const FILES: [&str; 4] = ["regions.csv", "facts.csv", "migration.csv", "sources.csv"];

/// A copy of the world that comes with the program.
fn copy(to: &Path) {
    fs::create_dir_all(to).expect("made");
    for file in FILES {
        fs::copy(root().join("seeds/chongqing").join(file), to.join(file)).expect("copied");
    }
}

/// Changes the first line of a file that begins with `start`.
fn change(file: &Path, start: &str, change: impl Fn(&str) -> String) {
    let text = fs::read_to_string(file).expect("read");
    let mut left = true;
    let lines = text
        .lines()
        .map(|line| match line.starts_with(start) && std::mem::take(&mut left) {
            true => change(line),
            false => line.to_owned(),
        });
    let changed: Vec<String> = lines.collect();
    assert!(!left, "no line begins with {start}");
    fs::write(file, changed.join("\n") + "\n").expect("written");
}

fn final_world(folder: &Path) -> toml::Value {
    manifest(folder)["final_world"].clone()
}

fn manifest(folder: &Path) -> toml::Table {
    let text = fs::read_to_string(folder.join("manifest.toml")).expect("a manifest");
    text.parse().expect("TOML")
}

#[test]
fn a_folder_runs_as_a_world_and_its_data_are_in_every_name() {
    let here = folder();
    let path = |name: &str| here.path().join(name);
    copy(&path("city"));
    let scenario = "extends = \"tiny\"\nworld = \"city\"\n[levers]\nland_leasing = { regions = [\"wanzhou\"] }\n";
    fs::write(path("mine.toml"), scenario).expect("written");
    let run = |scenario: &str, out: &str, more: &[&str]| {
        let mut command = yaosu();
        let fixed = [
            "--seed",
            "1",
            "--set",
            "quarters=2",
            "--set",
            "birth.tolerance=1",
            "--quiet",
            "--out",
            out,
        ];
        tell(
            command
                .current_dir(here.path())
                .args(["run", scenario])
                .args(fixed)
                .args(more),
        )
    };
    let (code, _, err) = run("mine.toml", "a", &[]);
    assert_eq!(code, 0, "{err}");
    let (code, _, err) = run("mine.toml", "b", &["--set", "world=chongqing"]);
    assert_eq!(code, 0, "{err}");
    let (a, b) = (only(&path("a")), only(&path("b")));
    assert_eq!(final_world(&a), final_world(&b), "the same data give the same world");
    assert_eq!(manifest(&a)["data"], manifest(&b)["data"]);
    // the resolved scenario repeats it from anywhere
    let resolved = a.join("resolved.toml").display().to_string();
    let (code, _, err) = run(&resolved, "again", &["--save-checkpoint", "cp"]);
    assert_eq!(code, 0, "{err}");
    assert_eq!(only(&path("again")).file_name(), a.file_name());
    let (code, _, err) = tell(
        yaosu()
            .current_dir(here.path())
            .args(["facts", "mine.toml", "--seeds", "1"]),
    );
    assert!(code == 2 && err.contains("no stylised facts"), "{code}: {err}");
    // other data, other name; and a checkpoint is refused
    change(&path("city/facts.csv"), "nation,", |line| line.to_owned() + " ");
    let (code, _, err) = run("mine.toml", "c", &[]);
    assert_eq!(code, 0, "{err}");
    assert_ne!(only(&path("c")).file_name(), a.file_name());
    let (code, _, err) = run("mine.toml", "d", &["--from", "cp", "--set", "quarters=4"]);
    assert!(code == 2 && err.contains("`data` is"), "{code}: {err}");
}

#[test]
fn a_world_is_checked_with_file_line_and_column() {
    let here = folder();
    let city = here.path().join("city");
    copy(&city);
    let check = |what: &str| tell(yaosu().current_dir(here.path()).args(["check", what]));
    let (code, out, err) = check("city");
    assert_eq!(code, 0, "{err}");
    assert!(
        out.contains("ok: city: world `city`, 39 regions inside and 2 outside"),
        "{out}"
    );
    change(&city.join("facts.csv"), "wanzhou,residents,", |line| {
        line.replacen("wanzhou", "wanzou", 1)
    });
    change(&city.join("facts.csv"), "fuling,gdp,", |line| {
        line.replacen("fuling,gdp,", "fuling,gdp,-", 1)
    });
    let (code, out, err) = check("city");
    assert_eq!((code, out.as_str()), (2, ""), "{err}");
    let words = [
        "facts.csv:3:1]",
        "`wanzou`",
        "nearest is `wanzhou`",
        "`value` is `-",
        "allowed: a number above 0",
    ];
    for word in words {
        assert!(err.contains(word), "must say {word:?}: {err}");
    }
    // a run refuses it in the same words, and writes nothing
    let (code, _, err) = tell(
        yaosu()
            .current_dir(here.path())
            .args(TINY)
            .args(["out", "--set", "world=city"]),
    );
    assert!(
        code == 2 && err.contains("facts.csv:3:1]") && err.contains("`wanzou`"),
        "{code}: {err}"
    );
    assert_eq!(names(here.path()).len(), 1);
    fs::remove_file(city.join("migration.csv")).expect("removed");
    let (code, _, err) = check("city");
    assert!(code == 2 && err.contains("migration.csv"), "{code}: {err}");
}

#[test]
fn a_file_that_is_no_scenario_is_told_shortly() {
    let here = folder();
    copy(here.path());
    let (code, _, err) = tell(yaosu().current_dir(here.path()).args(["check", "facts.csv"]));
    assert!(
        code == 2 && err.contains("`facts.csv` is a table") && err.contains("yaosu check ."),
        "{code}: {err}"
    );
    fs::copy(here.path().join("facts.csv"), here.path().join("facts.toml")).expect("copied");
    let (code, _, err) = tell(yaosu().current_dir(here.path()).args(["check", "facts.toml"]));
    assert!(code == 2 && err.contains("more mistakes"), "{code}: {err}");
    assert!(err.matches("error:").count() <= 20, "{}", err.matches("error:").count());
}
