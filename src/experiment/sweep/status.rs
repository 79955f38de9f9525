//! How far a sweep is, from its folder alone; nothing is written.

use super::parts::{self, Found, part_file};
use super::{RESULTS, Shard, Sweep, files, queue};
use std::fmt;
use std::time::{Duration, SystemTime};

/// Work of which the rate is told: what was written this long before the last part.
const LATELY: Duration = Duration::from_secs(600);

/// How far a sweep is.
#[derive(Clone, Debug, PartialEq)]
pub struct Status {
    /// Parts that are missing or damaged.
    pub found: Found,
    /// Jobs in all.
    pub jobs: usize,
    /// Jobs whose part is complete.
    pub complete: usize,
    /// Jobs that failed, in complete parts.
    pub failed: usize,
    /// Message of the first of them.
    pub first: Option<String>,
    /// Jobs a second, and seconds since the last part was written.
    pub rate: Option<(f64, f64)>,
    /// SHA-256 of the merged table.
    pub merged: Option<String>,
    /// One line a job of the scheduler.
    pub scheduler: Vec<String>,
}

/// Looks into the folder of a sweep, and asks the scheduler if it was submitted.
///
/// # Errors
/// If a file that is there cannot be read.
pub fn status(sweep: &Sweep) -> anyhow::Result<Status> {
    let columns = ["point", "replicate", "outcome", "error"];
    let (mut complete, mut failed, mut first, mut written) = (0, 0, None, Vec::new());
    let found = parts::look(sweep, Shard::ALL, Some(&columns), |part, rows| {
        let jobs = sweep.plan.jobs_of(part).len();
        complete += jobs;
        let messages = files::failures(&rows).unwrap_or_default();
        failed += messages.len();
        if first.is_none() {
            first = messages.first().map(|m| (*m).to_owned());
        }
        let time = std::fs::metadata(part_file(&sweep.folder, part)).and_then(|m| m.modified());
        written.extend(time.ok().map(|t| (t, jobs)));
    });
    let results = sweep.folder.join(RESULTS);
    let merged = match results.is_file() {
        true => Some(super::plan::hash_file(&results, 64)?),
        false => None,
    };
    let mut scheduler = Vec::new();
    for s in queue::submissions(&sweep.folder)? {
        scheduler.push(format!(
            "array {}, tasks {}: {}",
            s.array,
            s.indices,
            queue::states(&s.array)
        ));
        scheduler.extend(s.merge.map(|id| format!("merge {id}: {}", queue::states(&id))));
    }
    Ok(Status {
        found,
        jobs: sweep.plan.jobs,
        complete,
        failed,
        first,
        rate: rate(written, SystemTime::now()),
        merged,
        scheduler,
    })
}

/// Jobs a second of the last ten minutes of work, from when parts were written; and the age of the last.
fn rate(mut written: Vec<(SystemTime, usize)>, now: SystemTime) -> Option<(f64, f64)> {
    written.sort_unstable();
    let last = written.last()?.0;
    let late = written
        .iter()
        .filter(|(t, _)| last.duration_since(*t).is_ok_and(|d| d <= LATELY));
    let late: Vec<_> = late.collect();
    let seconds = last.duration_since(late.first()?.0).ok()?.as_secs_f64();
    // the jobs of the first part were done before it was written
    let jobs: usize = late.iter().skip(1).map(|w| w.1).sum();
    let age = now.duration_since(last).unwrap_or_default().as_secs_f64();
    (jobs > 0 && seconds > 0.0).then(|| (jobs as f64 / seconds, age))
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (missing, damaged) = (self.found.missing.len(), self.found.damaged.len());
        let whole = self.found.all - missing - damaged;
        writeln!(
            f,
            "parts: {whole} of {} complete, {missing} missing, {damaged} damaged",
            self.found.all
        )?;
        for line in self.found.damage() {
            writeln!(f, "  {line}")?;
        }
        writeln!(
            f,
            "jobs: {} of {} complete, {} failed",
            self.complete, self.jobs, self.failed
        )?;
        if let Some(first) = &self.first {
            writeln!(f, "  the first that failed: {first}")?;
        }
        match self.rate {
            Some((rate, age)) => {
                let left = (self.jobs - self.complete) as f64 / rate;
                writeln!(
                    f,
                    "rate: {rate:.2} jobs a second, {left:.0} s left at it; last part {age:.0} s ago"
                )?;
            }
            None => writeln!(f, "rate: not known")?,
        }
        match &self.merged {
            Some(sha256) => writeln!(f, "merged: sha256 {sha256}")?,
            None => writeln!(f, "merged: not yet")?,
        }
        self.scheduler.iter().try_for_each(|line| writeln!(f, "{line}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_is_of_the_last_ten_minutes_of_work() {
        let start = SystemTime::UNIX_EPOCH;
        let at = |seconds: u64| start + Duration::from_secs(seconds);
        // a night of pause between the second part and the third
        let written = vec![
            (at(50_020), 4),
            (at(0), 4),
            (at(10), 4),
            (at(50_000), 4),
            (at(50_010), 4),
        ];
        assert_eq!(rate(written, at(50_030)), Some((0.4, 10.0)));
        assert_eq!(rate(vec![(at(5), 4)], at(9)), None);
        assert_eq!(rate(Vec::new(), at(9)), None);
    }
}
