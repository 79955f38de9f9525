//! What a folder of a sweep was made for, so that nothing else is ever added to it.

use super::job::Task;
use anyhow::Context;
use sha2::{Digest, Sha256};
use std::fmt::Write;
use std::fs::File;
use std::io::{self, ErrorKind, Read};
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
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Unfit {
    /// It was begun for something else.
    #[error("`{field}` changed since {folder} was begun: it was {was}, now it is {now}")]
    Changed {
        /// Field.
        field: String,
        /// Folder.
        folder: String,
        /// As the folder says.
        was: String,
        /// As it is now.
        now: String,
    },
    /// Its plan cannot be read.
    #[error("{path} is broken: {why}")]
    Broken {
        /// The file.
        path: String,
        /// What is wrong with it.
        why: String,
    },
    /// It has parts, but nothing says of what.
    #[error("{folder} has {parts} parts but no {PLAN}: what they were made for cannot be known")]
    Orphans {
        /// Folder.
        folder: String,
        /// Their number.
        parts: usize,
    },
    /// It has files, but none of a sweep.
    #[error("{folder} is not the folder of a sweep: it has `{name}` but no {PLAN}")]
    Foreign {
        /// Folder.
        folder: String,
        /// A name in it.
        name: String,
    },
}

impl Unfit {
    /// What it is about, for programs.
    pub fn key(&self) -> &str {
        match self {
            Self::Changed { field, .. } => field,
            _ => PLAN,
        }
    }

    /// What to do.
    pub fn advice(&self) -> &'static str {
        match self {
            Self::Changed { .. } => "begin another folder with `--out`, or undo the change",
            Self::Broken { .. } => "restore the file, or begin another folder with `--out`",
            Self::Orphans { .. } => "restore the file, remove the parts, or begin another folder with `--out`",
            Self::Foreign { .. } => "name the folder of a sweep, or an empty one",
        }
    }
}

fn hexadecimal(bytes: &[u8], digits: usize) -> String {
    let mut text = String::new();
    for byte in bytes.iter().take(digits.div_ceil(2)) {
        let _ = write!(text, "{byte:02x}");
    }
    text
}

/// The first `digits` hexadecimal digits of the SHA-256 of bytes.
pub fn hash(bytes: &[u8], digits: usize) -> String {
    hexadecimal(&Sha256::digest(bytes), digits)
}

/// As [`hash`], of a file of any length.
///
/// # Errors
/// If it cannot be read.
pub fn hash_file(path: &Path, digits: usize) -> anyhow::Result<String> {
    let read = || -> io::Result<String> {
        let mut file = File::open(path)?;
        let (mut state, mut chunk) = (Sha256::new(), vec![0; 1 << 16]);
        loop {
            match file.read(&mut chunk)? {
                0 => return Ok(hexadecimal(&state.finalize(), digits)),
                n => state.update(&chunk[..n]),
            }
        }
    };
    read().with_context(|| format!("read {}", path.display()))
}

/// The first 16 digits of the SHA-256 of the running program: which build made a result.
///
/// # Errors
/// If the program cannot read itself.
pub fn program_hash() -> anyhow::Result<String> {
    let exe = std::env::current_exe().context("finding the program itself")?;
    hash_file(&exe, 16)
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

    /// SHA-256 of the whole plan.
    pub fn hash(&self) -> String {
        hash(self.toml().as_bytes(), 64)
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
    /// If the folder was begun with something else ([`Unfit`]), or a file cannot be read or written.
    pub fn settle(&self, folder: &Path) -> anyhow::Result<()> {
        if self.stands(folder)? {
            return Ok(());
        }
        super::files::write_first(&folder.join(PLAN), &self.toml())?;
        self.stands(folder).map(|_| ())
    }

    /// Whether a folder was begun with this plan; false if it has none.
    ///
    /// # Errors
    /// If the folder was begun with something else ([`Unfit`]), or its plan cannot be read.
    pub fn stands(&self, folder: &Path) -> anyhow::Result<bool> {
        let path = folder.join(PLAN);
        let broken = |why: &str| Unfit::Broken {
            path: path.display().to_string(),
            why: why.to_owned(),
        };
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(false),
            Err(error) if error.kind() == ErrorKind::InvalidData => return Err(broken("it is no text").into()),
            Err(error) => return Err(error).with_context(|| format!("read {}", path.display())),
        };
        let was: toml::Table = text.parse().map_err(|e: toml::de::Error| broken(e.message()))?;
        let now: toml::Table = self.toml().parse()?;
        for field in self.fields.iter().map(|f| f.0).chain(["jobs", "jobs_per_part"]) {
            let say = |table: &toml::Table| table.get(field).and_then(toml::Value::as_str).map(str::to_owned);
            let Some(was) = say(&was) else {
                return Err(broken(&format!("it has no `{field}`")).into());
            };
            let now = say(&now).unwrap_or_default();
            if was != now {
                let (field, folder) = (field.to_owned(), folder.display().to_string());
                return Err(Unfit::Changed {
                    field,
                    folder,
                    was,
                    now,
                }
                .into());
            }
        }
        Ok(true)
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
                let refused = ended.as_ref().err().map(|e| e.is::<Unfit>());
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
