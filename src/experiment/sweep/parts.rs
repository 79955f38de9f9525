//! Parts on disk: whose they are, and whether their bytes are those that were written.
//!
//! A part's metadata hold its seal: its number, the hash of the plan, and the SHA-256 of the file's other bytes. The seal is
//! in the file itself, so that one renaming makes both appear.

use super::plan::{Plan, hash};
use super::{Shard, Sweep};
use crate::experiment::frames::{self, FrameError};
use crate::experiment::temporary;
use polars::prelude::DataFrame;
use std::fmt;
use std::io::ErrorKind;
use std::ops::Range;
use std::path::{Path, PathBuf};

/// Folder of the parts.
pub const PARTS: &str = "parts";

/// Hexadecimal digits of a SHA-256.
const DIGITS: usize = 64;

/// Parts that a message names.
const NAMED: usize = 20;

/// File of a part.
pub fn part_file(folder: &Path, part: usize) -> PathBuf {
    folder.join(PARTS).join(part_name(part))
}

fn part_name(part: usize) -> String {
    format!("part-{part:05}.parquet")
}

/// Why a part is run again.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Damage {
    /// No byte.
    #[error("is empty")]
    Empty,
    /// The end is not that of a Parquet file.
    #[error("is cut short")]
    Short,
    /// No seal, or no readable one.
    #[error("has no seal of a part")]
    Unsealed,
    /// Another part under this name.
    #[error("is a copy of part {0}")]
    Moved(usize),
    /// A part of another plan.
    #[error("belongs to another sweep")]
    Foreign,
    /// Other bytes than the seal says.
    #[error("was changed after it was written")]
    Changed,
    /// Rows of other jobs.
    #[error("has not the points and replicates of its jobs")]
    Jobs,
    /// The system or the reader refused.
    #[error("cannot be read: {0}")]
    Unreadable(String),
}

/// What stands in a folder of some parts.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Found {
    /// Parts that were looked for.
    pub all: usize,
    /// Those that have no file.
    pub missing: Vec<usize>,
    /// Those whose file is not what was written.
    pub damaged: Vec<(usize, Damage)>,
}

/// A merge that lacks parts.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{0}")]
pub struct Incomplete(pub Found);

impl Found {
    /// Parts to run, in order.
    pub fn todo(&self) -> Vec<usize> {
        let damaged = self.damaged.iter().map(|d| d.0);
        let mut todo: Vec<usize> = self.missing.iter().copied().chain(damaged).collect();
        todo.sort_unstable();
        todo
    }

    /// One line a damaged part.
    pub fn damage(&self) -> Vec<String> {
        let named = self.damaged.iter().take(NAMED);
        let mut lines: Vec<String> = named.map(|(part, why)| format!("{} {why}", part_name(*part))).collect();
        if self.damaged.len() > NAMED {
            lines.push(format!("and {} more", self.damaged.len() - NAMED));
        }
        lines
    }
}

impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut lines = Vec::new();
        if !self.missing.is_empty() {
            let named: Vec<String> = self.missing.iter().take(NAMED).map(usize::to_string).collect();
            let more = if self.missing.len() > NAMED { ", ..." } else { "" };
            let (n, all) = (self.missing.len(), self.all);
            lines.push(format!("{n} of {all} parts are missing ({}{more})", named.join(", ")));
        }
        if !self.damaged.is_empty() {
            lines.push(format!("{} of {} parts are damaged", self.damaged.len(), self.all));
            lines.extend(self.damage().into_iter().map(|line| format!("  {line}")));
        }
        write!(f, "incomplete: {}", lines.join("\n"))
    }
}

/// The seal of a part before its digits.
fn seal(plan: &Plan, part: usize) -> String {
    format!("{} of plan {} sha256 ", numbered(part), plan.hash())
}

fn numbered(part: usize) -> String {
    format!("yaosu sweep part {part:05}")
}

/// Place after the last occurrence of `text`; the metadata stand after the rows.
fn after(bytes: &[u8], text: &str) -> Option<usize> {
    let found = bytes.windows(text.len()).rposition(|w| w == text.as_bytes());
    found.map(|at| at + text.len())
}

/// SHA-256 of all bytes but the digits of the seal.
fn digest(bytes: &[u8], digits: &Range<usize>) -> String {
    hash(&[&bytes[..digits.start], &bytes[digits.end..]].concat(), DIGITS)
}

/// Writes the rows of a part with its seal.
///
/// # Errors
/// If it cannot be written.
pub fn write(plan: &Plan, part: usize, rows: &mut DataFrame, path: &Path) -> Result<(), FrameError> {
    let io = |source| FrameError::Io {
        path: path.to_owned(),
        source,
    };
    let seal = seal(plan, part);
    let value = format!("{seal}{}", "0".repeat(DIGITS));
    let mut bytes = frames::to_bytes(rows, vec![("seal".to_owned(), value)])?;
    let Some(start) = after(&bytes, &seal) else {
        return Err(io(ErrorKind::InvalidData.into()));
    };
    let digits = start..start + DIGITS;
    let digest = digest(&bytes, &digits);
    bytes[digits].copy_from_slice(digest.as_bytes());
    temporary::replace(path, &bytes).map_err(io)
}

/// Holds the bytes of a part against its seal.
fn sealed(plan: &Plan, part: usize, bytes: &[u8]) -> Result<(), Damage> {
    if bytes.is_empty() {
        return Err(Damage::Empty);
    }
    if !bytes.ends_with(b"PAR1") {
        return Err(Damage::Short);
    }
    let Some(start) = after(bytes, &seal(plan, part)) else {
        let number = |at: usize| std::str::from_utf8(bytes.get(at..at + 5)?).ok()?.parse().ok();
        let of = after(bytes, numbered(0).trim_end_matches(|c: char| c.is_ascii_digit())).and_then(number);
        let ours = after(bytes, &plan.hash()).is_some();
        return Err(match of {
            Some(other) if other != part && ours => Damage::Moved(other),
            Some(_) if !ours => Damage::Foreign,
            _ => Damage::Unsealed,
        });
    };
    let digits = start..start + DIGITS;
    let told = bytes.get(digits.clone()).ok_or(Damage::Short)?;
    if told == digest(bytes, &digits).as_bytes() {
        Ok(())
    } else {
        Err(Damage::Changed)
    }
}

/// Whether rows, in their order, are of these points and replicates and no others.
fn holds(rows: &DataFrame, wanted: &[(i64, i64)]) -> Result<bool, FrameError> {
    let places = frames::integers(rows, "point")?
        .into_iter()
        .zip(frames::integers(rows, "replicate")?);
    let mut places: Vec<(i64, i64)> = places.collect();
    places.dedup();
    Ok(places == wanted)
}

/// Reads a part, all columns or those named (which must hold `point` and `replicate`); none if it has no file. Bytes are read
/// as a table only when the seal has vouched for them.
///
/// # Errors
/// What is wrong with it.
pub fn read(sweep: &Sweep, part: usize, columns: Option<&[&str]>) -> Result<Option<DataFrame>, Damage> {
    let path = part_file(&sweep.folder, part);
    let bytes = match std::fs::read(&path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(Damage::Unreadable(error.to_string())),
    };
    sealed(&sweep.plan, part, &bytes)?;
    let unreadable = |error: FrameError| Damage::Unreadable(error.to_string());
    let rows = frames::from_bytes(bytes, &path, columns).map_err(unreadable)?;
    let place = |job| {
        let (point, replicate) = sweep.task.place(job);
        (point as i64, replicate as i64)
    };
    let wanted: Vec<(i64, i64)> = sweep.plan.jobs_of(part).map(place).collect();
    match holds(&rows, &wanted).map_err(unreadable)? {
        true => Ok(Some(rows)),
        false => Err(Damage::Jobs),
    }
}

/// Reads the parts of a shard one after the other, gives each that is whole to `take`, and says which are not.
pub fn look(sweep: &Sweep, shard: Shard, columns: Option<&[&str]>, mut take: impl FnMut(usize, DataFrame)) -> Found {
    let mut found = Found::default();
    for part in (0..sweep.plan.parts()).filter(|p| shard.holds(*p)) {
        found.all += 1;
        match read(sweep, part, columns) {
            Ok(Some(rows)) => take(part, rows),
            Ok(None) => found.missing.push(part),
            Err(why) => found.damaged.push((part, why)),
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use polars::prelude::Column;

    fn plan() -> Plan {
        Plan {
            fields: vec![("program", "1".to_owned())],
            jobs: 4,
            jobs_per_part: 2,
        }
    }

    fn rows() -> DataFrame {
        let point = Column::new("point".into(), [0_i32, 0, 1, 1]);
        let replicate = Column::new("replicate".into(), [0_i32, 0, 0, 0]);
        let value = Column::new("value".into(), [0.1, 0.2, 0.3, 0.4]);
        DataFrame::new_infer_height(vec![point, replicate, value]).expect("a frame")
    }

    #[test]
    fn every_bit_of_a_part_is_under_its_seal() {
        let path = std::env::temp_dir().join(format!("yaosu-seal-{}.parquet", std::process::id()));
        write(&plan(), 1, &mut rows(), &path).expect("written");
        let bytes = std::fs::read(&path).expect("a file");
        std::fs::remove_file(&path).expect("removed");
        assert_eq!(sealed(&plan(), 1, &bytes), Ok(()));
        assert_eq!(sealed(&plan(), 0, &bytes), Err(Damage::Moved(1)));
        let other = Plan { jobs: 5, ..plan() };
        assert_eq!(sealed(&other, 1, &bytes), Err(Damage::Foreign));
        for bit in 0..8 * bytes.len() {
            let mut flipped = bytes.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            assert!(sealed(&plan(), 1, &flipped).is_err(), "bit {bit}");
        }
        for length in 0..bytes.len() {
            assert!(sealed(&plan(), 1, &bytes[..length]).is_err(), "{length} bytes");
        }
        assert_eq!(sealed(&plan(), 1, b""), Err(Damage::Empty));
        assert_eq!(sealed(&plan(), 1, b"PAR1 PAR1"), Err(Damage::Unsealed));
        let read = frames::from_bytes(bytes, &path, None).expect("it is a Parquet file");
        assert!(read.equals(&rows()));
    }

    #[test]
    fn rows_must_be_those_of_the_jobs() {
        let holds = |wanted: &[(i64, i64)]| holds(&rows(), wanted).expect("columns");
        assert!(holds(&[(0, 0), (1, 0)]));
        for wrong in [
            &[(0, 0)][..],
            &[(0, 0), (1, 0), (2, 0)],
            &[(0, 0), (1, 1)],
            &[(1, 0), (0, 0)],
        ] {
            assert!(!holds(wrong), "{wrong:?}");
        }
    }

    #[test]
    fn what_is_bad_is_told_in_one_message() {
        let found = Found {
            all: 8,
            missing: vec![0, 5],
            damaged: vec![(3, Damage::Empty)],
        };
        assert_eq!(found.todo(), [0, 3, 5]);
        let told =
            "incomplete: 2 of 8 parts are missing (0, 5)\n1 of 8 parts are damaged\n  part-00003.parquet is empty";
        assert_eq!(found.to_string(), told);
    }
}
