//! Stylised facts: the command, the folder it leaves, and the page that shows them.

use crate::common::root;
use assert_cmd::Command;
use std::time::Duration;
use yaosu::report::facts::{band_text, load};
use yaosu::scenario::facts::{HOLDOUT, facts};

fn run(out: &std::path::Path, more: &[&str]) -> (i32, String, String) {
    let fixed = [
        "facts",
        "tiny",
        "--set",
        "birth.tolerance=1",
        "--quarters",
        "8",
        "--out",
    ];
    let mut command = Command::new(env!("CARGO_BIN_EXE_yaosu"));
    command.env("NO_COLOR", "1").timeout(Duration::from_secs(120));
    let done = command.args(fixed).arg(out).args(more).output().expect("it runs");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (done.status.code().unwrap_or(-1), text(&done.stdout), text(&done.stderr))
}

#[test]
fn facts_that_fail_are_a_report_and_with_strict_a_failure() {
    let here = tempfile::tempdir().expect("a folder");
    let (code, out, err) = run(here.path(), &["--seeds", "2"]);
    assert_eq!(code, 0, "{err}");
    assert!(out.contains("FAIL") && out.contains("not modelled"), "{out}");
    let folders: Vec<_> = std::fs::read_dir(here.path()).expect("a folder").flatten().collect();
    assert_eq!(folders.len(), 1, "one folder, nothing half done");
    let folder = folders[0].path();
    let name = folder.file_name().expect("a name").to_string_lossy().into_owned();
    assert!(
        name.starts_with("tiny-facts-") && name.len() == "tiny-facts-".len() + 8,
        "{name}"
    );
    for file in [
        "facts.parquet",
        "fact_seeds.parquet",
        "distributions.parquet",
        "facts.md",
        "manifest.toml",
        "resolved.toml",
        "figures/facts_zipf.png",
        "figures/facts_growth.png",
        "figures/facts_mrpk.png",
        "figures/facts_lorenz.png",
        "figures/facts_beveridge.png",
        "figures/facts_okun.png",
    ] {
        assert!(folder.join(file).is_file(), "{file}");
    }
    let rows = load(&folder).expect("facts.parquet");
    let all = facts("chongqing").expect("a world").expect("sound");
    assert_eq!(rows.len(), all.len());
    for (row, fact) in rows.iter().zip(&all) {
        assert_eq!((&row.id, row.band), (&fact.id, fact.band));
        assert_eq!(row.result == "not modelled", fact.estimator.is_none(), "{}", row.id);
        assert!(row.seeds == 2 || row.seeds == 0, "{}: {} seeds", row.id, row.seeds);
        if row.result == "pass" {
            assert!(fact.holds(row.model[0]), "{} passes at {}", row.id, row.model[0]);
        }
    }
    let (code, _, err) = run(here.path(), &["--seeds", "2", "--strict", "--quiet"]);
    assert_eq!((code, err.as_str()), (1, ""));
}

#[test]
fn held_out_seeds_are_run_on_request_only() {
    let here = tempfile::tempdir().expect("a folder");
    let (code, _, err) = run(here.path(), &["--seeds", "1", "--holdout"]);
    assert_eq!(code, 0, "{err}");
    let folder = std::fs::read_dir(here.path())
        .expect("a folder")
        .flatten()
        .next()
        .expect("a run")
        .path();
    assert!(folder.to_string_lossy().contains("-facts-holdout-"));
    let manifest: toml::Table = std::fs::read_to_string(folder.join("manifest.toml"))
        .expect("manifest")
        .parse()
        .expect("TOML");
    let first: i64 = HOLDOUT.lines().find_map(|l| l.parse().ok()).expect("a seed");
    assert_eq!(
        manifest["seeds"].as_array().expect("seeds")[0].as_integer(),
        Some(first)
    );
    // a scenario may not name the file, and no other source does
    let mut command = Command::new(env!("CARGO_BIN_EXE_yaosu"));
    let asked = command.current_dir(root()).args(["run", "tiny", "--set"]);
    let done = asked
        .arg(r#"seeds={file="seeds/holdout.txt",count=1}"#)
        .output()
        .expect("it runs");
    assert_eq!(done.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&done.stderr).contains("held out"));
    for path in crate::common::files(&root().join("src"), ".rs") {
        let text = std::fs::read_to_string(&path).expect("a source");
        let known = path.ends_with("scenario/facts.rs")
            || path.ends_with("cli/facts.rs")
            || path.ends_with("scenario/run_keys.rs");
        assert!(
            known || !(text.contains("holdout.txt") || text.contains("HOLDOUT")),
            "{}",
            path.display()
        );
    }
}

#[test]
fn the_page_shows_every_fact_with_its_band() {
    let page = std::fs::read_to_string(root().join("docs/validation.md")).expect("docs/validation.md");
    let all = facts("chongqing").expect("a world").expect("sound");
    for f in &all {
        let row = page
            .lines()
            .find(|l| l.starts_with(&format!("| {} | {} |", f.id, f.name.en)));
        let row = row.unwrap_or_else(|| panic!("docs/validation.md has no row {} {}", f.id, f.name.en));
        assert!(
            row.contains(&format!("| {} |", band_text(f.band))),
            "{row}: the band is {:?}",
            f.band
        );
        assert!(
            page.contains(&f.statement.replace('|', "\\|")) && page.contains(&f.name.zh),
            "{}",
            f.id
        );
        let results = ["pass |", "FAIL** |", "not modelled |", "not measured |"];
        assert!(results.iter().any(|r| row.ends_with(r)), "{row}");
        assert_eq!(row.ends_with("not modelled |"), f.estimator.is_none(), "{row}");
    }
    let rows = page
        .lines()
        .filter(|l| l.starts_with("| S") || l.starts_with("| D"))
        .count();
    assert_eq!(
        rows,
        2 * all.len(),
        "a row of the table and one of the definitions for every fact, no more"
    );
    for line in page.lines().filter(|l| l.starts_with("![")) {
        let file = line.split('(').next_back().expect("a link").trim_end_matches(')');
        assert!(root().join("docs").join(file).is_file(), "{file}");
    }
}
