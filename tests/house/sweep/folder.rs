//! What stands in a folder of a sweep: damaged, foreign and missing files, its status, and what Slurm is asked.

use super::{SMALL, half_fails, only, results, whole, yaosu};
use crate::common::{here, tell};
use std::fs;
use std::path::{Path, PathBuf};

fn part(folder: &Path, part: usize) -> PathBuf {
    folder.join(format!("parts/part-{part:05}.parquet"))
}

fn flip(path: &Path, byte: usize) {
    let mut bytes = fs::read(path).expect("a part");
    let at = byte % bytes.len();
    bytes[at] ^= 16;
    fs::write(path, bytes).expect("a part");
}

fn names(folder: &Path) -> Vec<String> {
    let all = fs::read_dir(folder).expect("a folder").flatten();
    let mut names: Vec<String> = all.map(|n| n.file_name().to_string_lossy().into_owned()).collect();
    names.sort_unstable();
    names
}

fn sweep(at: &Path, more: &[&str]) -> (i32, String, String) {
    tell(yaosu(at).args(["sweep", "e.toml"]).args(more))
}

#[test]
fn damaged_and_foreign_parts_are_named_and_run_again() {
    let folder = here(SMALL);
    let at = folder.path();
    let made = whole(at);
    let expected = results(&made);
    let resume = made.display().to_string();
    // one bit anywhere: never merged, never a panic
    let good = fs::read(part(&made, 3)).expect("a part");
    for byte in [0, 5, good.len() / 3, good.len() / 2, good.len() - 6, good.len() - 1] {
        flip(&part(&made, 3), byte);
        let (code, out, err) = sweep(at, &["--resume", &resume, "--merge"]);
        assert_eq!((code, out.as_str()), (1, ""), "byte {byte}: {err}");
        assert!(err.contains("1 of 8 parts are damaged\n  part-00003.parquet "), "{err}");
        fs::write(part(&made, 3), &good).expect("a part");
    }
    // a part of the same number of another sweep
    fs::write(at.join("other.toml"), SMALL.replace("base_seed = 5", "base_seed = 6")).expect("a file");
    let (code, _, err) = tell(yaosu(at).args(["sweep", "other.toml", "--out", "other", "--shard", "6/8"]));
    assert_eq!(code, 0, "{err}");
    fs::copy(part(&only(&at.join("other")), 5), part(&made, 5)).expect("a part");
    let short = fs::read(part(&made, 0)).expect("a part");
    fs::write(part(&made, 0), &short[..short.len() / 2]).expect("a part");
    fs::write(part(&made, 1), "").expect("a part");
    fs::copy(part(&made, 4), part(&made, 2)).expect("a part");
    flip(&part(&made, 3), good.len() / 2);
    fs::remove_file(part(&made, 6)).expect("a part");
    let (code, _, err) = sweep(at, &["--resume", &resume, "--merge"]);
    assert_eq!(code, 1, "{err}");
    for words in [
        "1 of 8 parts are missing (6)",
        "5 of 8 parts are damaged",
        "part-00000.parquet is cut short",
        "part-00001.parquet is empty",
        "part-00002.parquet is a copy of part 4",
        "part-00003.parquet was changed after it was written",
        "part-00005.parquet belongs to another sweep",
        "run them with: yaosu sweep e.toml --resume",
    ] {
        assert!(err.contains(words), "{words}: {err}");
    }
    let (code, out, err) = sweep(at, &["--resume", &resume, "--status"]);
    assert_eq!(code, 0, "{err}");
    assert!(out.contains("parts: 2 of 8 complete, 1 missing, 5 damaged"), "{out}");
    let before = fs::metadata(part(&made, 4)).and_then(|m| m.modified()).expect("a time");
    let (code, _, err) = sweep(at, &["--resume", &resume]);
    assert_eq!(code, 0, "{err}");
    assert!(err.contains("5 parts were damaged and are run again"), "{err}");
    assert!(err.contains("6 parts run, 2 kept"), "{err}");
    assert_eq!(results(&made), expected);
    let after = fs::metadata(part(&made, 4)).and_then(|m| m.modified()).expect("a time");
    assert_eq!(before, after, "a whole part was written again");
    assert!(names(&made.join("parts")).iter().all(|n| n.ends_with(".parquet")));
}

#[test]
fn a_folder_without_its_plan_is_refused_and_left_as_it_was() {
    let folder = here(SMALL);
    let at = folder.path();
    let (code, _, err) = sweep(at, &["--merge", "--out", "nothing"]);
    assert_eq!(code, 2, "{err}");
    assert!(
        err.contains("there is nothing to merge") && !at.join("nothing").exists(),
        "{err}"
    );
    let (code, out, _) = sweep(at, &["--status", "--out", "nothing"]);
    assert!(
        code == 0 && out.contains("nothing was run yet") && !at.join("nothing").exists(),
        "{out}"
    );
    // a folder of something else
    fs::create_dir(at.join("mine")).expect("a folder");
    fs::write(at.join("mine/experiment.toml"), "mine").expect("a file");
    for more in ["--quiet", "--merge", "--dry-run", "--status"] {
        let (code, _, err) = sweep(at, &["--resume", "mine", more]);
        assert_eq!(code, 2, "{more}: {err}");
        assert!(err.contains("mine is not the folder of a sweep"), "{more}: {err}");
        assert_eq!(names(&at.join("mine")), ["experiment.toml"]);
    }
    // an empty one is as good as a new one
    fs::create_dir(at.join("empty")).expect("a folder");
    let (code, _, err) = sweep(at, &["--resume", "empty", "--shard", "1/8"]);
    assert_eq!(code, 0, "{err}");
    let begun = at.join("empty");
    // the text that is there is not written again
    let written = |name: &str| {
        fs::metadata(begun.join(name))
            .and_then(|m| m.modified())
            .expect("a time")
    };
    let before = written("experiment.toml");
    let (code, _, err) = sweep(at, &["--resume", "empty", "--shard", "1/8"]);
    assert_eq!(code, 0, "{err}");
    assert_eq!(before, written("experiment.toml"));
    // a broken plan, and an empty one
    let plan = fs::read_to_string(begun.join("plan.toml")).expect("a plan");
    for (text, words) in [
        ("program = [", "plan.toml is broken"),
        ("", "plan.toml is broken: it has no `program`"),
        ("program = 5", "plan.toml is broken: it has no `program`"),
    ] {
        fs::write(begun.join("plan.toml"), text).expect("a file");
        let (code, _, err) = sweep(at, &["--resume", "empty", "--shard", "1/8"]);
        assert_eq!(code, 2, "{err}");
        assert!(err.contains(words) && !err.contains("nothing"), "{err}");
    }
    fs::write(begun.join("plan.toml"), [0xff, 0xfe]).expect("a file");
    let (code, _, err) = sweep(at, &["--resume", "empty", "--status"]);
    assert_eq!(code, 2, "{err}");
    // parts without a plan, under the same design and another
    fs::write(begun.join("plan.toml"), plan).expect("a file");
    fs::remove_file(begun.join("plan.toml")).expect("removed");
    fs::write(at.join("other.toml"), SMALL.replace("high = 0.2", "high = 0.3")).expect("a file");
    for experiment in ["e.toml", "other.toml"] {
        let (code, _, err) = tell(yaosu(at).args(["sweep", experiment, "--resume", "empty"]));
        assert_eq!(code, 2, "{err}");
        assert!(err.contains("empty has 1 parts but no plan.toml"), "{err}");
        assert!(!begun.join("plan.toml").exists());
    }
}

#[test]
fn a_status_tells_parts_jobs_failures_and_the_merge() {
    let folder = here(&half_fails());
    let at = folder.path();
    let (code, _, err) = sweep(at, &["--out", "out", "--shard", "1/2"]);
    assert_eq!(code, 0, "{err}");
    let (code, out, err) = sweep(at, &["--out", "out", "--status"]);
    assert_eq!(code, 0, "{err}");
    for words in [
        "4 jobs in 4 parts: out/e-sweep-",
        "parts: 2 of 4 complete, 2 missing, 0 damaged",
        "jobs: 2 of 4 complete, 1 failed\n  the first that failed: ",
        // not known if both parts were written in the same instant
        "rate: ",
        "merged: not yet",
    ] {
        assert!(out.contains(words), "{words}: {out}");
    }
    let (code, whole, _) = sweep(at, &["--out", "out"]);
    assert_eq!(code, 0);
    let (_, out, _) = sweep(at, &["--out", "out", "--status"]);
    let sha256 = out
        .lines()
        .find_map(|l| l.strip_prefix("merged: sha256 "))
        .expect("merged");
    assert!(whole.contains(sha256), "{out}");
    assert!(out.contains("jobs: 4 of 4 complete, 2 failed"), "{out}");
}

#[test]
fn options_that_do_not_go_together_are_refused() {
    let folder = here(SMALL);
    for (options, words) in [
        (
            &["--engine", "slurm", "--shard", "1/3"][..],
            "`--engine slurm` cuts the sweep itself",
        ),
        (
            &["--engine", "slurm", "--shards", "3"],
            "`--engine slurm` cuts the sweep itself",
        ),
        (&["--wait"], "`--wait` waits for Slurm"),
        (&["--wait", "--merge"], "`--wait` waits for Slurm"),
        (&["--status", "--merge"], "cannot be used with"),
    ] {
        let (code, _, err) = sweep(folder.path(), options);
        assert_eq!(code, 2, "{err}");
        assert!(err.contains(words), "{options:?}: {err}");
        assert_eq!(names(folder.path()), ["e.toml"]);
    }
}

/// Tools of a scheduler that runs nothing but merges that are waited for; what it was asked is in `asked`, and that the
/// number of such a merge was kept before it ran.
#[cfg(unix)]
fn scheduler(at: &Path) -> String {
    use std::os::unix::fs::PermissionsExt;
    let tools = at.join("tools");
    fs::create_dir(&tools).expect("a folder");
    let sbatch = "echo \"sbatch $*\" >> asked\necho $(grep -c '^sbatch' asked)\n\
        for last; do case $last in --output=*) log=${last#--output=};; esac; done\n\
        case \" $* \" in *' --wait '*)\n\
        for i in $(seq 100); do grep -q '^merge' ${last%/*}/slurm.toml && echo known >> asked && break; sleep 0.1; done\n\
        sh $last > $log 2>&1;; esac\n";
    let squeue = "case \" $* \" in *' -j 1 '*) echo 'RUNNING None'; echo 'PENDING Resources';;\n\
        *) echo 'slurm_load_jobs error: Invalid job id specified' >&2; exit 1;; esac\n";
    for (name, text) in [
        ("sbatch", sbatch),
        ("squeue", squeue),
        ("scontrol", "echo 'MaxArraySize = 1001'\n"),
    ] {
        let path = tools.join(name);
        fs::write(&path, format!("#!/bin/sh\n{text}")).expect("a file");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("a program");
    }
    format!("{}:{}", tools.display(), std::env::var("PATH").unwrap_or_default())
}

#[cfg(unix)]
#[test]
fn slurm_is_asked_for_missing_parts_only_and_a_failed_merge_is_told() {
    let folder = here(&format!("{SMALL}[cluster]\nminutes = 0.01\nseconds_per_job = 1.0\n"));
    let at = folder.path();
    let path = scheduler(at);
    let slurm = |more: &[&str]| {
        let mut command = yaosu(at);
        tell(command.env("PATH", &path).args(["sweep", "e.toml"]).args(more))
    };
    let asked = || fs::read_to_string(at.join("asked")).unwrap_or_default();
    let (code, out, err) = slurm(&["--out", "whole", "--engine", "slurm", "--dry-run"]);
    assert_eq!(code, 0, "{err}");
    assert!(out.contains("--array=0-7 ") && !at.join("whole").exists(), "{out}");
    let made = whole(at);
    let expected = results(&made);
    for lost in [3, 6, 7] {
        fs::remove_file(part(&made, lost)).expect("a part");
    }
    let (code, out, err) = slurm(&["--out", "whole", "--engine", "slurm", "--dry-run"]);
    assert_eq!(code, 0, "{err}");
    assert!(out.contains("--array=3,6-7 ") && out.contains("--shards 8 "), "{out}");
    // the array does nothing here, so that the merge that was waited for fails
    let (code, _, err) = slurm(&["--out", "whole", "--engine", "slurm", "--wait"]);
    assert_eq!(code, 1, "{err}");
    for words in [
        "the merge failed: job 2, ",
        "incomplete: 3 of 8 parts are missing (3, 6, 7)",
        " --engine slurm",
    ] {
        assert!(err.contains(words), "{words}: {err}");
    }
    let log = fs::read_to_string(made.join("slurm-merge.log")).expect("a log");
    assert!(
        log.contains("run them with: yaosu sweep") && log.contains(" --engine slurm\n"),
        "{log}"
    );
    assert!(asked().contains("--array=3,6-7 "), "{}", asked());
    assert!(
        asked().ends_with("known\n"),
        "the merge was not kept while it was waited for: {}",
        asked()
    );
    let (code, out, err) = slurm(&["--out", "whole", "--status"]);
    assert_eq!(code, 0, "{err}");
    let states = "array 1, tasks 3,6-7: 1 PENDING (Resources), 1 RUNNING\nmerge 2: no longer known to the scheduler\n";
    assert!(
        out.contains("5 of 8 complete, 3 missing") && out.ends_with(states),
        "{out}"
    );
    fs::create_dir(at.join("none")).expect("a folder");
    let (code, out, _) = tell(
        yaosu(at)
            .env("PATH", at.join("none"))
            .args(["sweep", "e.toml", "--out", "whole", "--status"]),
    );
    assert_eq!(code, 0);
    assert!(
        out.contains("array 1, tasks 3,6-7: not known, for `squeue` is not here"),
        "{out}"
    );
    let (code, _, err) = slurm(&["--out", "whole", "--merge"]);
    assert!(code == 1 && err.contains(" --engine slurm\n"), "{err}");
    // a task of the array as Slurm would start it; then all is there, and nothing is submitted
    for index in ["3", "6", "7"] {
        let mut command = std::process::Command::new("sh");
        let ran = command
            .arg(made.join("task.sh"))
            .env("SLURM_ARRAY_TASK_ID", index)
            .status();
        assert!(ran.expect("it runs").success());
    }
    let before = asked();
    let (code, out, err) = slurm(&["--out", "whole", "--engine", "slurm", "--dry-run"]);
    assert!(code == 0 && out.contains("nothing to submit"), "{out} {err}");
    let (code, out, err) = slurm(&["--out", "whole", "--engine", "slurm"]);
    assert!(code == 0 && out.contains("complete: 8 jobs, 16 rows"), "{out} {err}");
    assert_eq!(asked(), before);
    assert_eq!(results(&made), expected);
}
