//! What was submitted from a folder, and what the scheduler says of it.

use super::files::write_text;
use anyhow::Context;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::Path;
use std::process::Command;

/// Numbers of the submitted jobs, in the folder of the sweep.
pub const SUBMITTED: &str = "slurm.toml";

/// One submission.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Submitted {
    /// Number of the array.
    pub array: String,
    /// Its indices, as `--array` takes them.
    pub indices: String,
    /// Number of the merge, once it is known.
    pub merge: Option<String>,
}

#[derive(Default, Serialize, Deserialize)]
struct Kept {
    #[serde(default)]
    submitted: Vec<Submitted>,
}

/// Submissions of a folder, oldest first.
///
/// # Errors
/// If the file is there but cannot be read.
pub fn submissions(folder: &Path) -> anyhow::Result<Vec<Submitted>> {
    let path = folder.join(SUBMITTED);
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error).with_context(|| format!("read {}", path.display())),
    };
    let kept: Kept = toml::from_str(&text).with_context(|| format!("read {}", path.display()))?;
    Ok(kept.submitted)
}

/// Keeps a submission, in place of an earlier one of the same array.
///
/// # Errors
/// If the file cannot be read or written.
pub fn keep(folder: &Path, new: Submitted) -> anyhow::Result<()> {
    let mut submitted = submissions(folder)?;
    submitted.retain(|s| s.array != new.array);
    submitted.push(new);
    let text = toml::to_string(&Kept { submitted })?;
    write_text(
        &folder.join(SUBMITTED),
        &format!("# Jobs of the scheduler, oldest submission first.\n{text}"),
    )
}

/// What the scheduler says of a job or an array: its tasks by state and reason.
pub fn states(id: &str) -> String {
    let asked = Command::new("squeue")
        .args(["-h", "-r", "-t", "all", "-o", "%T %r", "-j", id])
        .output();
    let out = match asked {
        Ok(out) => out,
        Err(_) => return "not known, for `squeue` is not here".to_owned(),
    };
    let said = String::from_utf8_lossy(&out.stderr);
    if !out.status.success() && !said.contains("Invalid job id") {
        return format!("not known: {}", said.trim());
    }
    count(&String::from_utf8_lossy(&out.stdout))
}

/// Lines `STATE REASON`, counted.
fn count(lines: &str) -> String {
    let mut tasks: BTreeMap<String, usize> = BTreeMap::new();
    for line in lines.lines().map(str::trim).filter(|l| !l.is_empty()) {
        let (state, reason) = line.split_once(' ').unwrap_or((line, "None"));
        let what = match reason.trim() {
            "None" | "" => state.to_owned(),
            reason => format!("{state} ({reason})"),
        };
        *tasks.entry(what).or_default() += 1;
    }
    if tasks.is_empty() {
        return "no longer known to the scheduler".to_owned();
    }
    let each: Vec<String> = tasks.iter().map(|(what, n)| format!("{n} {what}")).collect();
    each.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tasks_are_counted_by_state_and_reason() {
        let lines = "RUNNING None\nPENDING Resources\nRUNNING None\nFAILED NonZeroExitCode\n";
        assert_eq!(
            count(lines),
            "1 FAILED (NonZeroExitCode), 1 PENDING (Resources), 2 RUNNING"
        );
        assert_eq!(count(""), "no longer known to the scheduler");
    }
}
