//! The command: exit codes, messages, and what it leaves behind.

use assert_cmd::Command;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tempfile::TempDir;

/// The options of a short run into `out`.
pub const TINY: &[&str] = &[
    "run",
    "tiny",
    "--set",
    "birth.tolerance=1",
    "--set",
    "quarters=4",
    "--out",
];

pub fn yaosu() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_yaosu"));
    command.env("NO_COLOR", "1").timeout(Duration::from_secs(120));
    command
}

pub fn folder() -> TempDir {
    tempfile::tempdir().expect("a folder")
}

/// Exit code, standard output, standard error.
pub fn tell(command: &mut Command) -> (i32, String, String) {
    let out = command.output().expect("it runs");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (out.status.code().unwrap_or(-1), text(&out.stdout), text(&out.stderr))
}

pub fn names(folder: &Path) -> BTreeSet<String> {
    let entries = fs::read_dir(folder).expect("a folder").flatten();
    entries
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect()
}

/// Runs with wrong input: exit code 2, every word in the message, nothing written.
fn refused(arguments: &[&str], words: &[&str]) {
    let here = folder();
    let (code, out, err) = tell(yaosu().current_dir(here.path()).args(arguments));
    assert_eq!(code, 2, "{arguments:?}: {err}");
    assert_eq!(out, "", "{arguments:?}");
    for word in words {
        assert!(err.contains(word), "{arguments:?} must say {word:?}:\n{err}");
    }
    assert!(!err.contains("panicked"), "{err}");
    assert_eq!(names(here.path()), BTreeSet::new(), "{arguments:?} wrote something");
}

#[test]
fn wrong_input_is_told_with_the_nearest_name_and_writes_nothing() {
    refused(&["run", "tinny"], &["`tinny`", "tiny", "baseline"]);
    refused(&["run", "missing.toml"], &["missing.toml"]);
    refused(
        &["run", "tiny", "--set", "labour.serach=0.5"],
        &["labour.serach", "`labour.search`"],
    );
    refused(
        &["run", "tiny", "--set", "labour.search=1.5"],
        &["`labour.search` is 1.5", "[0, 1]"],
    );
    refused(&["run", "tiny", "--set", "labour.search=many"], &["labour.search"]);
    refused(
        &["run", "tiny", "--set", "levers.land_leesing=true"],
        &["land_leesing", "`land_leasing`"],
    );
    refused(
        &["run", "tiny", "--set", "levers.placebo={regions=[\"wanzhu\"]}"],
        &["wanzhu", "`wanzhou`"],
    );
    refused(
        &["run", "tiny", "--set", "output.metrics=[\"gdp_reel\"]"],
        &["gdp_reel", "`gdp_real`"],
    );
    refused(
        &["run", "tiny", "--set", "output.regions=[\"wanzhu\"]"],
        &["wanzhu", "`wanzhou`"],
    );
    refused(&["run", "tiny", "--set", "labour.search"], &["key=value"]);
    refused(&["run", "tiny", "--set", "=1"], &["--set"]);
    refused(&["run", "tiny", "--seeds", "0"], &["--seeds", "seeds.count"]);
    refused(&["run", "baseline", "--seeds", "100000"], &["--seeds", "seeds"]);
    refused(&["run", "tiny", "--seeds", "some"], &["--seeds"]);
    refused(&["run", "tiny", "--seeds", "2", "--seed", "2"], &["--seed"]);
    refused(&["run", "tiny", "--threads", "0"], &["--threads"]);
    refused(&["run", "tiny", "--quarters", "0"], &["`quarters` is 0"]);
    refused(&["run", "tiny", "--scale", "0"], &["`scale` is 0"]);
    refused(
        &["run", "tiny", "--seeds", "2", "--save-checkpoint", "cp"],
        &["one seed", "--seed"],
    );
    refused(
        &[
            "run",
            "baseline",
            "--set",
            "reference=baseline",
            "--set",
            "levers.placebo=true",
        ],
        &["`name`"],
    );
    refused(&["levers", "land_leesing"], &["land_leesing", "`land_leasing`"]);
    refused(&["check", "tinny"], &["tinny", "tiny", "experiments: assumptions"]);
    refused(&["fly"], &["fly"]);
    refused(&["compare", "baseline"], &["no lever", "--levers"]);
    refused(
        &["compare", "tiny", "--levers", "land_leesing"],
        &["land_leesing", "`land_leasing`"],
    );
    refused(&["compare", "tiny", "--until", "narrow"], &["--until", "0.1%"]);
    refused(
        &["compare", "tiny", "--until", "1%", "--target", "gdp_reel"],
        &["gdp_reel", "`gdp_real`"],
    );
    refused(&["compare", "tiny", "--until", "1%", "--seeds", "2"], &["--until"]);
    refused(&["compare", "tiny", "--cap", "5"], &["--until"]);
    refused(
        &["compare", "tiny", "--set", "name=land_leasing"],
        &["`name`", "another"],
    );
    refused(
        &["compare", "tiny", "--set", "estimate.outcome=gdp_real"],
        &["estimate.treated", "missing"],
    );
    refused(
        &["compare", "tiny", "--set", "estimate.outcome=gdp_reel"],
        &["gdp_reel", "`gdp_real`"],
    );
    refused(
        &[
            "compare",
            "tiny",
            "--set",
            "estimate={outcome=\"gini_income\",treated=[\"wanzhou\"],control=[\"fuling\"],pre=[\"2026Q1\",\"2026Q1\"],post=[\"2026Q2\",\"2026Q3\"]}",
        ],
        &["gini_income", "not measured"],
    );
    refused(&["report", "nowhere"], &["nowhere", "series.parquet"]);
    refused(
        &["run", "tiny", "--set", "world=chongking"],
        &[
            "`world` is `chongking`",
            "one of: chongqing, or the folder",
            "`chongqing`",
        ],
    );
    refused(
        &["run", "tiny", "--set", "world=./nowhere"],
        &["--set:1:7", "no such folder"],
    );
}

#[test]
fn several_mistakes_of_a_file_are_told_together_with_their_lines() {
    let here = folder();
    let file = here.path().join("mine.toml");
    fs::write(&file, "extends = \"tiny\"\n[labour]\nserach = 0.5\nseparation = 7\n").expect("written");
    let (code, _, err) = tell(yaosu().current_dir(here.path()).args(["run", "mine.toml"]));
    assert_eq!(code, 2, "{err}");
    for word in ["mine.toml:3:", "mine.toml:4:", "serach", "separation"] {
        assert!(err.contains(word), "{err}");
    }
    assert_eq!(names(here.path()).len(), 1, "only the scenario itself is there");
}

/// The one folder below `out`.
pub fn only(out: &Path) -> PathBuf {
    let found = names(out);
    assert_eq!(found.len(), 1, "{found:?}");
    out.join(found.first().expect("one"))
}

#[test]
fn a_run_leaves_its_folder_and_replaces_it() {
    let here = folder();
    let out = here.path().join("not").join("yet");
    let out_text = out.to_string_lossy().into_owned();
    let run = || tell(yaosu().args(TINY).args([out_text.as_str(), "--seeds", "2"]));
    let (code, told, err) = run();
    assert_eq!(code, 0, "{err}");
    let dir = only(&out);
    assert!(told.contains(&dir.display().to_string()), "{told}");
    let found = names(&dir);
    for name in [
        "manifest.toml",
        "resolved.toml",
        "series.parquet",
        "regions.parquet",
        "flows.csv",
        "figures",
        "tables",
    ] {
        assert!(found.contains(name), "{name} is not in {found:?}");
    }
    let figures = names(&dir.join("figures"));
    assert!(
        figures.iter().any(|f| f.ends_with(".svg")) && figures.iter().any(|f| f.ends_with(".png")),
        "{figures:?}"
    );
    let manifest = |dir: &Path| -> toml::Table {
        fs::read_to_string(dir.join("manifest.toml"))
            .expect("a manifest")
            .parse()
            .expect("TOML")
    };
    let first = manifest(&dir);
    assert_eq!(first["seeds"], toml::Value::from(vec![1i64, 2]));
    assert!(first["threads"].as_integer() >= Some(1) && first["wall_seconds"].as_float() > Some(0.0));
    // at least those of two seeds, two arms, four quarters
    let stages = 2 * 2 * 4 * yaosu::step::TIMELINE.len() as i64;
    assert!(first["audited_stages"].as_integer() >= Some(stages), "{first}");
    fs::write(dir.join("stale.txt"), "of the run before").expect("written");
    let (code, _, err) = run();
    assert_eq!(code, 0, "{err}");
    assert_eq!(only(&out), dir);
    assert_eq!(names(&dir), found, "the folder is replaced as a whole");
    assert_eq!(
        manifest(&dir)["final_world"],
        first["final_world"],
        "the same run gives the same worlds"
    );
    let resolved = dir.join("resolved.toml").display().to_string();
    let again = here.path().join("again").display().to_string();
    let (code, _, err) = tell(yaosu().args(["run", &resolved, "--quiet", "--out", &again]));
    assert_eq!(code, 0, "{err}");
    let repeated = only(Path::new(&again));
    assert_eq!(
        repeated.file_name(),
        dir.file_name(),
        "the resolved scenario has the same name and hash"
    );
    assert_eq!(manifest(&repeated)["final_world"], first["final_world"]);
}

#[test]
fn commands_that_tell_something_work() {
    let line = |arguments: &[&str], words: &[&str]| {
        let (code, out, err) = tell(yaosu().args(arguments));
        assert_eq!((code, err.as_str()), (0, ""), "{arguments:?}");
        for word in words {
            assert!(out.contains(word), "{arguments:?} must say {word:?}:\n{out}");
        }
    };
    line(
        &["check", "baseline", "tiny", "three-reforms"],
        &["ok: baseline", "ok: tiny", "hash"],
    );
    line(&["levers"], &["land_leasing", "hukou_mutual_recognition", "placebo"]);
    line(&["levers", "--lang", "zh"], &["安慰剂"]);
    for (name, _) in yaosu::policy::BUILT_IN {
        let path = crate::common::root().join("scenarios/policies").join(name);
        line(&["check", &path.to_string_lossy()], &["lever `"]);
    }
    line(&["levers", "land_leasing"], &["farmland.insecure_share", "Paid by"]);
    let stages: Vec<&str> = yaosu::step::TIMELINE.iter().map(|stage| stage.name).collect();
    line(&["timeline"], &stages);
    line(&["metrics"], &["gdp_real", "yuan per quarter"]);
    line(
        &["check", "assumptions", "timing"],
        &["ok: assumptions: experiment `assumptions`", "over"],
    );
    for path in crate::common::files(&crate::common::root().join("scenarios/experiments"), ".toml") {
        line(&["check", &path.to_string_lossy()], &["experiment `"]);
    }
    line(&["completions", "bash"], &["_yaosu", "complete"]);
    line(&["--version"], &["yaosu", env!("CARGO_PKG_VERSION")]);
    line(&["run", "--help"], &["--seeds", "--save-checkpoint"]);
    let (code, out, err) = tell(
        yaosu()
            .args(TINY)
            .args([&folder().path().join("q").to_string_lossy(), "--quiet"]),
    );
    assert_eq!((code, out.as_str(), err.as_str()), (0, "", ""), "quiet says nothing");
}

#[test]
fn every_lever_is_told_in_the_language_that_is_asked_for() {
    let (_, listed, _) = tell(yaosu().args(["levers", "--lang", "zh"]));
    for lever in crate::common::levers() {
        let told = |lang: &str| {
            let (code, out, err) = tell(yaosu().args(["levers", &lever.id, "--lang", lang]));
            assert_eq!((code, err.as_str()), (0, ""), "{} {lang}", lever.id);
            out
        };
        let (zh, en) = (told("zh"), told("en"));
        assert_ne!(zh, en, "{}", lever.id);
        for text in [&lever.mechanism, &lever.pays, &lever.evidence.note] {
            assert!(zh.contains(&text.zh) && !zh.contains(&text.en), "{zh}");
            assert!(en.contains(&text.en) && !en.contains(&text.zh), "{en}");
        }
        assert!(zh.contains("成本承担") && en.contains("Paid by"), "{zh}{en}");
        for text in [&lever.mechanism, &lever.evidence.note] {
            assert!(listed.contains(&text.zh) && !listed.contains(&text.en), "{}", lever.id);
        }
    }
}

#[test]
fn a_place_that_cannot_be_written_is_a_failure_and_leaves_nothing() {
    let here = folder();
    let file = here.path().join("file");
    fs::write(&file, "not a folder").expect("written");
    let below = file.join("out").display().to_string();
    let (code, out, err) = tell(yaosu().args(TINY).args([below.as_str(), "--seed", "1"]));
    assert_eq!((code, out.as_str()), (1, ""), "{err}");
    assert!(err.contains("error: ") && err.contains("file"), "{err}");
    assert_eq!(names(here.path()).len(), 1);
}

#[test]
fn checkpoints_go_on_from_the_command_line_and_are_refused_by_name() {
    let here = folder();
    let text = |name: &str| here.path().join(name).display().to_string();
    let run = |out: &str, more: &[&str]| tell(yaosu().args(TINY).arg(text(out)).args(["--quiet"]).args(more));
    let (code, _, err) = run(
        "a",
        &["--seed", "1", "--set", "quarters=2", "--save-checkpoint", &text("cp")],
    );
    assert_eq!(code, 0, "{err}");
    let (code, _, err) = run("b", &["--seed", "1", "--from", &text("cp")]);
    assert_eq!(code, 0, "{err}");
    let (code, _, err) = run("c", &["--seed", "2", "--from", &text("cp")]);
    assert!(
        code == 2 && err.contains("`seed` is 1, but this run has 2"),
        "{code}: {err}"
    );
    let (code, _, err) = run("d", &["--seed", "1", "--scale", "10000", "--from", &text("cp")]);
    assert!(code == 2 && err.contains("`scale`"), "{code}: {err}");
    let more = ["--seed", "1", "--set", "quarters=2", "--from", &text("cp")];
    let (code, _, err) = run("c", &more);
    assert!(code == 2 && err.contains("nothing is left to run"), "{code}: {err}");
    fs::write(here.path().join("half"), &fs::read(text("cp")).expect("saved")[..500]).expect("written");
    for (file, word) in [("none", "No such file"), ("half", "not a complete checkpoint")] {
        let (code, _, err) = run("c", &["--seed", "1", "--from", &text(file)]);
        assert!(code == 2 && err.contains(word) && err.contains(file), "{code}: {err}");
        assert_eq!(err.matches(word).count(), 1, "told once: {err}");
    }
    assert!(
        !here.path().join("c").exists() && !here.path().join("d").exists(),
        "nothing is written"
    );
}

#[test]
fn a_comparison_leaves_figures_and_tables_and_a_report_makes_them_again() {
    let here = folder();
    let out = here.path().join("out");
    let arguments: Vec<&str> = std::iter::once("compare").chain(TINY[1..].iter().copied()).collect();
    let (code, told, err) = tell(yaosu().args(&arguments).arg(&out).args(["--format", "dta"]));
    assert_eq!(code, 0, "{err}");
    assert!(told.contains("8 arms, 2 seeds") && told.contains("Real GDP"), "{told}");
    let folder = out.join(names(&out).first().expect("a folder"));
    assert!(folder.to_string_lossy().contains("tiny-compare-"));
    let figures = names(&folder.join("figures"));
    for name in ["shapley", "interactions", "channels", "gains", "forest", "effects"] {
        assert!(figures.contains(&format!("{name}.png")), "{name}: {figures:?}");
    }
    let tables = ["effects.csv", "effects.md", "effects.tex"].map(|name| folder.join("tables").join(name));
    let read = || tables.clone().map(|t| fs::read_to_string(t).expect("a table"));
    let before = read();
    assert!(before[2].contains("\\toprule") && before[2].contains("Land leasing"));
    assert!(names(&folder).contains("effects.dta") && names(&folder).contains("series.dta"));
    fs::remove_dir_all(folder.join("tables")).expect("removed");
    fs::remove_dir_all(folder.join("figures")).expect("removed");
    let (code, told, err) = tell(yaosu().arg("report").arg(&folder));
    assert_eq!(code, 0, "{err}");
    assert!(told.contains("files drawn"), "{told}");
    assert_eq!(read(), before);
    assert_eq!(names(&folder.join("figures")), figures);
}
