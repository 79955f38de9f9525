//! The same sweep through Slurm: an array of shards, and a merge that depends on it. No accounting database is asked.

use super::queue::{self, Submitted};
use super::{Shard, Sweep};
use anyhow::{Context, bail};
use std::collections::BTreeSet;
use std::fmt::Write;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

/// Variables in which engines tell a task of an array its index, and the first index. HyperQueue is first: its workers are
/// themselves jobs of another engine, whose variables their tasks inherit.
pub const INDEX: &[(&str, usize)] = &[
    ("HQ_TASK_ID", 0),
    ("SLURM_ARRAY_TASK_ID", 0),
    ("AWS_BATCH_JOB_ARRAY_INDEX", 0),
    ("JOB_COMPLETION_INDEX", 0),
    ("PBS_ARRAY_INDEX", 0),
    ("SGE_TASK_ID", 1),
    ("LSB_JOBINDEX", 1),
];

/// What the merge of a submission says.
pub const MERGE_LOG: &str = "slurm-merge.log";

/// Slurm's own default of `MaxArraySize`.
const LARGEST_ARRAY: u32 = 1001;

/// The shard whose index stands in the first variable of [`INDEX`] that is set; `None` if none is.
///
/// # Errors
/// If the variable is no index of one of `count` shards.
pub fn shard_of(count: usize, variable: impl Fn(&str) -> Option<String>) -> Result<Option<Shard>, String> {
    for (name, first) in INDEX {
        let Some(text) = variable(name) else { continue };
        let index = text.trim().parse::<usize>().ok().and_then(|n| n.checked_sub(*first));
        return match index.filter(|i| *i < count) {
            Some(index) => Ok(Some(Shard { index, count })),
            None => Err(format!(
                "`{name}` is `{text}`, but must be an index from {first} to {}",
                count + first - 1
            )),
        };
    }
    Ok(None)
}

/// Scripts and submission lines of a sweep.
#[derive(Clone, Debug, PartialEq)]
pub struct Submission {
    /// Tasks to run.
    pub tasks: usize,
    /// Their indices, as `--array` takes them.
    pub indices: String,
    /// Script of a task.
    pub task: String,
    /// Script of the merge.
    pub merge: String,
    /// Arguments of `sbatch` for the array.
    pub array: Vec<String>,
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}

/// Numbers in order as `--array` takes them: `3,7-9`.
fn ranges(numbers: &BTreeSet<usize>) -> String {
    let mut runs: Vec<(usize, usize)> = Vec::new();
    for &n in numbers {
        match runs.last_mut() {
            Some((_, last)) if *last + 1 == n => *last = n,
            _ => runs.push((n, n)),
        }
    }
    let text = |(a, b): &(usize, usize)| if a == b { a.to_string() } else { format!("{a}-{b}") };
    runs.iter().map(text).collect::<Vec<_>>().join(",")
}

/// What would be submitted to run the parts `todo`: the shards that hold them. `experiment` is the argument as it was typed,
/// `largest` the site's `MaxArraySize`.
///
/// # Errors
/// If the program or the folder has no path.
pub fn submission(sweep: &Sweep, experiment: &str, todo: &[usize], largest: u32) -> anyhow::Result<Submission> {
    let c = &sweep.task.experiment.cluster;
    let program = std::env::current_exe().context("finding the program itself")?;
    let folder = std::path::absolute(&sweep.folder)?;
    let experiment = match Path::new(experiment).canonicalize() {
        Ok(path) if path.is_file() => path.display().to_string(),
        _ => experiment.to_owned(),
    };
    let seconds = c.seconds_per_job * sweep.plan.jobs as f64 / f64::from(c.cores);
    let wanted = (seconds / (60.0 * c.minutes)).ceil() as usize;
    // indices of an array run up to MaxArraySize - 1
    let most = c.largest_array.unwrap_or(largest).saturating_sub(1).max(1) as usize;
    let shards = wanted.clamp(1, most.min(sweep.plan.parts()));
    let indices: BTreeSet<usize> = todo.iter().map(|part| part % shards).collect();
    let call = |more: &str| {
        let [program, experiment, folder] = [
            &program.display().to_string(),
            &experiment,
            &folder.display().to_string(),
        ]
        .map(|t| quoted(t));
        format!("#!/bin/sh\nexec {program} sweep {experiment} --resume {folder} {more}\n")
    };
    let throttle = c.at_once.map_or(String::new(), |n| format!("%{n}"));
    let mut array = vec![
        format!("--array={}{throttle}", ranges(&indices)),
        "--requeue".to_owned(),
        "--open-mode=append".to_owned(),
        format!("--job-name={}", sweep.task.experiment.name),
        format!("--cpus-per-task={}", c.cores),
        format!("--output={}", folder.join("slurm-%a.log").display()),
    ];
    for (option, value) in [
        ("partition", &c.partition),
        ("account", &c.account),
        ("mem", &c.memory),
        ("time", &c.time),
    ] {
        if let Some(value) = value {
            array.push(format!("--{option}={value}"));
        }
    }
    Ok(Submission {
        tasks: indices.len(),
        indices: ranges(&indices),
        task: call(&format!("--shards {shards} --threads {} --quiet", c.cores)),
        merge: call("--merge"),
        array,
    })
}

/// The site's `MaxArraySize`, or Slurm's default if it cannot be asked.
pub fn largest_array() -> u32 {
    let asked = Command::new("scontrol").args(["show", "config"]).output();
    let text = asked
        .map(|o| String::from_utf8_lossy(&o.stdout).into_owned())
        .unwrap_or_default();
    let line = text.lines().find(|l| l.trim_start().starts_with("MaxArraySize"));
    line.and_then(|l| l.split('=').nth(1)?.trim().parse().ok())
        .unwrap_or(LARGEST_ARRAY)
}

impl Submission {
    /// What is submitted, for a person to read.
    pub fn show(&self) -> String {
        let mut text = String::new();
        let _ = writeln!(text, "sbatch --parsable {} task.sh", self.array.join(" "));
        let _ = writeln!(
            text,
            "sbatch --dependency=afterany:ARRAY merge.sh\n\ntask.sh:\n{}\nmerge.sh:\n{}",
            self.task, self.merge
        );
        text
    }

    /// Submits the array and the merge, and keeps the number of each in the folder once it is known; waits for the merge if
    /// asked.
    ///
    /// # Errors
    /// If `sbatch` refuses, or the merge that was waited for fails.
    pub fn submit(&self, folder: &Path, wait: bool) -> anyhow::Result<(String, String)> {
        let folder = std::path::absolute(folder)?;
        let [task, merge] = ["task.sh", "merge.sh"].map(|name| folder.join(name));
        super::files::write_text(&task, &self.task)?;
        super::files::write_text(&merge, &self.merge)?;
        let kept = |array: &str, merge: Option<&str>| Submitted {
            array: array.to_owned(),
            indices: self.indices.clone(),
            merge: merge.map(str::to_owned),
        };
        let array = sbatch(&self.array, &task, |id| queue::keep(&folder, kept(id, None)))?.id;
        let log = folder.join(MERGE_LOG);
        // what an earlier merge said is not what this one says
        let _ = std::fs::remove_file(&log);
        // the merge itself says what is missing, so it runs whatever became of the array
        let shared = |o: &&String| {
            ["--partition", "--account", "--mem", "--time"]
                .iter()
                .any(|k| o.starts_with(k))
        };
        let mut options: Vec<String> = self.array.iter().filter(shared).cloned().collect();
        options.push(format!("--dependency=afterany:{array}"));
        options.push("--requeue".to_owned());
        options.push(format!("--output={}", log.display()));
        if wait {
            options.push("--wait".to_owned());
        }
        let sent = sbatch(&options, &merge, |id| queue::keep(&folder, kept(&array, Some(id))))?;
        if let Some(code) = sent.failed {
            let said = std::fs::read_to_string(&log).unwrap_or_default();
            let said = match said.trim() {
                "" => format!("it left no {MERGE_LOG}"),
                said => said.to_owned(),
            };
            let states = queue::states(&sent.id);
            bail!("the merge failed: job {}, {code}, scheduler: {states}\n{said}", sent.id);
        }
        Ok((array, sent.id))
    }
}

/// A job that was submitted.
struct Sent {
    /// Its number.
    id: String,
    /// How it ended, if it was waited for and failed.
    failed: Option<std::process::ExitStatus>,
}

/// Submits a script. `submitted` is given the job's number as soon as the scheduler tells it, before any waiting.
fn sbatch(
    options: &[String],
    script: &Path,
    submitted: impl FnOnce(&str) -> anyhow::Result<()>,
) -> anyhow::Result<Sent> {
    let mut command = Command::new("sbatch");
    command.arg("--parsable").args(options).arg(script);
    let piped = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = piped
        .spawn()
        .context("`sbatch` could not be started; is Slurm installed here?")?;
    let mut said = child.stdout.take().map(BufReader::new);
    let mut line = String::new();
    if let Some(said) = &mut said {
        said.read_line(&mut line)?;
    }
    // `JOB;CLUSTER` on a federation
    let id = line.trim().split(';').next().unwrap_or_default().to_owned();
    if !id.is_empty() {
        submitted(&id)?;
    }
    let out = child.wait_with_output()?;
    let failed = Some(out.status).filter(|s| !s.success());
    if failed.is_some() && id.is_empty() {
        let said = String::from_utf8_lossy(&out.stderr);
        bail!("sbatch failed for {}: {}", script.display(), said.trim());
    }
    Ok(Sent { id, failed })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn indices_are_written_in_ranges() {
        let told = |numbers: &[usize]| ranges(&numbers.iter().copied().collect());
        assert_eq!(told(&[7, 3, 8, 9]), "3,7-9");
        assert_eq!(told(&[0, 1, 2]), "0-2");
        assert_eq!(told(&[5]), "5");
        assert_eq!(told(&[]), "");
    }

    #[test]
    fn the_index_of_an_engine_is_a_shard() {
        let with =
            |name: &'static str, value: &'static str| move |asked: &str| (asked == name).then(|| value.to_owned());
        for (name, first) in INDEX {
            let text: &'static str = if *first == 0 { "2" } else { "3" };
            assert_eq!(
                shard_of(8, with(name, text)),
                Ok(Some(Shard { index: 2, count: 8 })),
                "{name}"
            );
        }
        assert_eq!(shard_of(8, |_| None), Ok(None));
        let nested = |asked: &str| match asked {
            "SLURM_ARRAY_TASK_ID" => Some("0".to_owned()),
            "HQ_TASK_ID" => Some("5".to_owned()),
            _ => None,
        };
        assert_eq!(shard_of(8, nested), Ok(Some(Shard { index: 5, count: 8 })));
        for wrong in ["8", "-1", "undefined", ""] {
            let error = shard_of(8, with("SLURM_ARRAY_TASK_ID", wrong)).expect_err(wrong);
            assert!(error.contains("from 0 to 7"), "{error}");
        }
        assert!(shard_of(8, with("SGE_TASK_ID", "0")).is_err());
    }
}
