//! What a folder of a sweep was made for, so that nothing else is ever added to it.

use super::job::Task;
use anyhow::Context;
use sha2::{Digest, Sha256};
use std::fmt::Write;
use std::path::Path;

/// Most parts of a sweep: few files on a shared disk.
const MOST_PARTS: usize = 500;

/// Name of the file in the folder.
pub const PLAN: &str = "plan.toml";

/// What decides the results, by field, as hashes.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// Field and what it is.
    pub fields: Vec<(&'static str, String)>,
    /// Jobs in all.
    pub jobs: usize,
    /// Jobs of one part; each part is one file.
    pub jobs_per_part: usize,
}

/// Why a folder cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("`{field}` changed since {folder} was begun: it was {was}, now it is {now}")]
pub struct Changed {
    /// Field.
    pub field: String,
    /// Folder.
    pub folder: String,
    /// As the folder says.
    pub was: String,
    /// As it is now.
    pub now: String,
}

/// The first `digits` hexadecimal digits of the SHA-256 of bytes.
pub fn hash(bytes: &[u8], digits: usize) -> String {
    let mut text = String::new();
    for byte in Sha256::digest(bytes).iter().take(digits.div_ceil(2)) {
        let _ = write!(text, "{byte:02x}");
    }
    text
}

/// The first 16 digits of the SHA-256 of the running program: which build made a result.
///
/// # Errors
/// If the program cannot read itself.
pub fn program_hash() -> anyhow::Result<String> {
    let exe = std::env::current_exe()
        .and_then(std::fs::read)
        .context("reading the program itself")?;
    Ok(hash(&exe, 16))
}

impl Plan {
    /// The plan of a task.
    ///
    /// # Errors
    /// If the scenario cannot be read, or the program not be hashed.
    pub fn of(task: &Task) -> anyhow::Result<Self> {
        let e = task.experiment;
        let own = vec![None; e.axes.len()];
        let base = e.scenario_at(&own, task.known)?;
        let program = format!("{} {}", env!("CARGO_PKG_VERSION"), program_hash()?);
        let scenario = format!("{} {}", base.economy_hash8(), base.start);
        let keys: Vec<&str> = e.axes.iter().map(|a| a.key.as_str()).collect();
        let design = format!("{} {keys:?} {:?}", e.design.name(), task.points);
        let outcomes = format!("{:?} {:?} {:?} {}", e.outcomes, e.ends, e.effect_of, e.per_cent);
        let short = |text: String| hash(text.as_bytes(), 16);
        let jobs = task.jobs();
        Ok(Self {
            fields: vec![
                ("program", program),
                ("scenario", short(scenario)),
                ("levers", short(format!("{:?}", base.levers))),
                ("data", short(format!("{:?}", task.data))),
                ("design", short(design)),
                ("outcomes", short(outcomes)),
                ("base_seed", e.base_seed.to_string()),
                ("replicates", e.replicates.to_string()),
            ],
            jobs,
            jobs_per_part: jobs.div_ceil(MOST_PARTS).max(1),
        })
    }

    /// Eight digits for the folder's name: of everything but the program.
    pub fn hash8(&self) -> String {
        hash(format!("{:?}", &self.fields[1..]).as_bytes(), 8)
    }

    /// Number of parts.
    pub fn parts(&self) -> usize {
        self.jobs.div_ceil(self.jobs_per_part)
    }

    /// Jobs of a part.
    pub fn jobs_of(&self, part: usize) -> std::ops::Range<usize> {
        part * self.jobs_per_part..((part + 1) * self.jobs_per_part).min(self.jobs)
    }

    fn toml(&self) -> String {
        let mut text = String::from("# What this folder was begun with; going on with anything else is refused.\n");
        for (field, value) in &self.fields {
            let _ = writeln!(text, "{field} = \"{value}\"");
        }
        let _ = writeln!(
            text,
            "jobs = \"{}\"\njobs_per_part = \"{}\"",
            self.jobs, self.jobs_per_part
        );
        text
    }

    /// Writes the plan into a new folder, and holds it against the one that is there: of several processes that begin at once,
    /// the first decides.
    ///
    /// # Errors
    /// If a field differs, or a file cannot be read or written.
    pub fn settle(&self, folder: &Path) -> anyhow::Result<()> {
        let path = folder.join(PLAN);
        let mine = self.toml();
        if !path.exists() {
            super::files::write_first(&path, &mine)?;
        }
        let text = std::fs::read_to_string(&path).with_context(|| format!("read {}", path.display()))?;
        let was: toml::Table = text.parse().with_context(|| format!("read {}", path.display()))?;
        let now: toml::Table = mine.parse()?;
        let say = |v: Option<&toml::Value>| v.and_then(toml::Value::as_str).unwrap_or("nothing").to_owned();
        let names = self.fields.iter().map(|f| f.0).chain(["jobs", "jobs_per_part"]);
        for field in names {
            let (was, now) = (say(was.get(field)), say(now.get(field)));
            if was != now {
                let folder = folder.display().to_string();
                return Err(Changed {
                    field: field.to_owned(),
                    folder,
                    was,
                    now,
                }
                .into());
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_many_that_begin_at_once_one_plan_stands_and_the_others_are_refused() {
        // threads have one process number, as processes in containers do
        let plan = |program: usize| Plan {
            fields: vec![("program", program.to_string())],
            jobs: 8,
            jobs_per_part: 1,
        };
        for _ in 0..50 {
            let folder = tempfile::tempdir().expect("a folder");
            let at_once = std::sync::Barrier::new(8);
            let settle = |i: usize| {
                at_once.wait();
                plan(i % 2).settle(folder.path())
            };
            let ended: Vec<anyhow::Result<()>> = std::thread::scope(|scope| {
                let threads: Vec<_> = (0..8).map(|i| scope.spawn(move || settle(i))).collect();
                threads.into_iter().map(|t| t.join().expect("no panic")).collect()
            });
            let stands = std::fs::read_to_string(folder.path().join(PLAN)).expect("a plan");
            for (i, ended) in ended.iter().enumerate() {
                let refused = ended.as_ref().err().map(|e| e.is::<Changed>());
                let wanted = (stands != plan(i % 2).toml()).then_some(true);
                assert_eq!(refused, wanted, "{i}: {ended:?}");
            }
            assert_eq!(std::fs::read_dir(folder.path()).expect("a folder").count(), 1);
        }
    }

    #[test]
    fn many_may_write_the_same_text_at_once() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("experiment.toml");
        std::thread::scope(|scope| {
            let write = || (0..50).try_for_each(|_| super::super::files::write_text(&path, "same"));
            let threads: Vec<_> = (0..8).map(|_| scope.spawn(write)).collect();
            for thread in threads {
                thread.join().expect("no panic").expect("written");
            }
        });
        assert_eq!(std::fs::read_to_string(&path).expect("a text"), "same");
        assert_eq!(std::fs::read_dir(folder.path()).expect("a folder").count(), 1);
    }
}
