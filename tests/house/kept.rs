//! What a run keeps when it is stopped, when the disk is full, and when a figure fails.
#![cfg(unix)]

use crate::cli::{TINY, folder, names, only, tell, yaosu};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use yaosu::experiment::frames::read_parquet;

/// Starts a run into `out`.
fn start(out: &Path, more: &[&str]) -> Child {
    Command::new(env!("CARGO_BIN_EXE_yaosu"))
        .args(TINY)
        .arg(out)
        .args(more)
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it runs")
}

/// Waits for `found`, and fails after a minute.
fn wait<T>(what: &str, mut found: impl FnMut() -> Option<T>) -> T {
    let asked = Instant::now();
    loop {
        if let Some(found) = found() {
            return found;
        }
        assert!(asked.elapsed() < Duration::from_secs(60), "{what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Interrupts a run; its exit code and what it says.
fn interrupt(mut child: Child) -> (Option<i32>, String) {
    let kill = Command::new("kill").args(["-INT", &child.id().to_string()]).status();
    assert!(kill.is_ok_and(|status| status.success()));
    wait("the run does not stop", || child.try_wait().expect("known"));
    let out = child.wait_with_output().expect("over");
    (out.status.code(), String::from_utf8_lossy(&out.stderr).into_owned())
}

/// Whether a seed of a run that goes on is complete.
fn a_part(out: &Path) -> Option<()> {
    let hidden = fs::read_dir(out)
        .ok()?
        .flatten()
        .find(|e| e.file_name().to_string_lossy().starts_with('.'))?;
    let mut parts = fs::read_dir(hidden.path().join("parts")).ok()?.flatten();
    let whole = |e: fs::DirEntry| e.path().extension().is_some_and(|ending| ending == "parquet");
    parts.any(whole).then_some(())
}

fn seeds(folder: &Path) -> Vec<i64> {
    let text = fs::read_to_string(folder.join("manifest.toml")).expect("a manifest");
    let manifest: toml::Table = text.parse().expect("TOML");
    let seeds = manifest["seeds"].as_array().expect("a list");
    seeds.iter().filter_map(toml::Value::as_integer).collect()
}

#[test]
fn a_run_interrupted_before_its_first_seed_is_complete_leaves_nothing() {
    let here = folder();
    let out = here.path().join("out");
    let child = start(&out, &["--quarters", "2000", "--seed", "1"]);
    wait("the run does not begin", || out.exists().then_some(()));
    std::thread::sleep(Duration::from_millis(300));
    let (code, told) = interrupt(child);
    assert_eq!(code, Some(130), "{told}");
    let left = if out.exists() { names(&out) } else { BTreeSet::new() };
    assert_eq!(left, BTreeSet::new());
}

#[test]
fn an_interrupted_run_keeps_its_seeds_and_never_replaces_a_complete_one() {
    let here = folder();
    let out = here.path().join("out");
    let many = ["--set", "seeds=[1,2,3,4,5,6,7,8,9,10,11,12]", "--set", "quarters=20"];
    let (code, _, err) = tell(yaosu().args(TINY).arg(&out).args(many).arg("--quiet"));
    assert_eq!(code, 0, "{err}");
    let whole = only(&out);
    assert!(!whole.join("parts").exists(), "parts are not needed any more");
    for again in ["-partial", "-partial-2"] {
        let child = start(&out, &many);
        wait("no seed becomes complete", || a_part(&out));
        let (code, told) = interrupt(child);
        assert_eq!(code, Some(130), "{told}");
        let partial = PathBuf::from(format!("{}{again}", whole.display()));
        let kept = seeds(&partial);
        assert!((1..12).contains(&kept.len()), "{kept:?}");
        assert!(
            told.contains(&format!("{} of 12 seeds are complete", kept.len())),
            "{told}"
        );
        assert!(partial.join("series.parquet").is_file() && partial.join("resolved.toml").is_file());
        assert_eq!(seeds(&whole), (1..=12).collect::<Vec<i64>>(), "the complete run stands");
    }
    assert_eq!(names(&out).len(), 3, "nothing half written is left: {:?}", names(&out));
}

/// Runs with a limit on the size of files: as on a full disk, writing more fails.
fn limited(out: &Path, more: &[&str], bytes: u64) -> (i32, String) {
    let script = format!("trap '' XFSZ; ulimit -f {}; exec \"$@\"", bytes / 512);
    let output = Command::new("sh")
        .args(["-c", &script, "sh", env!("CARGO_BIN_EXE_yaosu")])
        .args(TINY)
        .arg(out)
        .args(more)
        .env("NO_COLOR", "1")
        .output()
        .expect("sh");
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    (output.status.code().unwrap_or(-1), told)
}

fn size(path: &Path) -> u64 {
    fs::metadata(path).map_or(0, |about| about.len())
}

#[test]
fn a_full_disk_loses_no_complete_seed() {
    let here = folder();
    let path = |name: &str| here.path().join(name);
    let many = ["--set", "seeds=[1,2,3,4,5,6]", "--quiet"];
    let (code, _, err) = tell(yaosu().args(TINY).arg(path("one")).args(["--seed", "1", "--quiet"]));
    assert_eq!(code, 0, "{err}");
    let part = size(&only(&path("one")).join("series.parquet"));
    let limit = part + part / 4;
    let (code, told) = limited(&path("out"), &many, limit);
    assert_eq!(code, 1, "{told}");
    let kept = only(&path("out"));
    for word in [
        "6 of 6 seeds are complete",
        "series.parquet",
        &kept.display().to_string(),
    ] {
        assert!(told.contains(word), "must say {word:?}: {told}");
    }
    assert_eq!(
        told.matches("File too large").count(),
        1,
        "the cause is told once: {told}"
    );
    assert!(kept.to_string_lossy().ends_with("-partial"), "{kept:?}");
    assert_eq!(
        names(&kept),
        BTreeSet::from(["parts".to_owned(), "resolved.toml".to_owned()])
    );
    let parts = kept.join("parts");
    for seed in 1..=6 {
        let series = read_parquet(&parts.join(format!("series-{seed}.parquet")), None).expect("whole");
        assert!(series.height() > 1000);
    }
    // not even one seed fits
    let (code, told) = limited(&path("none"), &many, part / 2);
    assert_eq!(code, 1, "{told}");
    assert!(told.contains("File too large"), "{told}");
    assert!(!path("none").exists(), "nothing complete, nothing kept");
}

#[test]
fn a_figure_that_fails_hides_no_results() {
    let here = folder();
    let path = |name: &str| here.path().join(name);
    let few = [
        "--seed",
        "1",
        "--set",
        "quarters=1",
        "--set",
        "output.regions=total",
        "--quiet",
    ];
    let (code, _, err) = tell(yaosu().args(TINY).arg(path("good")).args(few));
    assert_eq!(code, 0, "{err}");
    let good = only(&path("good"));
    let largest = |folder: &Path| {
        let sizes = names(folder)
            .into_iter()
            .map(|name| folder.join(name))
            .filter(|p| p.is_file());
        sizes.map(|p| size(&p)).max().unwrap_or(0)
    };
    let (data, figure) = (largest(&good), largest(&good.join("figures")));
    assert!(data + 1024 < figure, "{data} {figure}");
    let (code, told) = limited(&path("out"), &few, (data + figure) / 2);
    assert_eq!(code, 1, "{told}");
    let kept = only(&path("out"));
    assert_eq!(kept.file_name(), good.file_name(), "published under its name");
    assert!(
        told.contains("drawing failed") && told.contains("yaosu report"),
        "{told}"
    );
    for name in ["series.parquet", "manifest.toml", "flows.csv"] {
        assert!(size(&kept.join(name)) > 0, "{name}");
    }
}
