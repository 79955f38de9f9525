//! Runs that are done, on the disk as soon as they are: a run is never made twice in a folder.

use super::moments::Failure;
use crate::experiment::sweep::{files::write_text, hash};
use anyhow::Context;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

/// The file of runs: key, seed, values of the keys, targets, error.
pub const RUNS: &str = "runs.csv";

/// Moments of a run, or why there are none.
pub type Run = Result<Vec<f64>, String>;

/// Runs by their key, and the file to which new ones are added.
pub struct Store {
    path: PathBuf,
    head: String,
    moments: usize,
    state: Mutex<State>,
}

struct State {
    file: File,
    done: BTreeMap<String, (String, Run)>,
    /// Keys that were there when the file was opened and have not been asked for.
    old: BTreeSet<String>,
    reused: usize,
    broken: Option<String>,
}

/// The key of a run: 16 digits of the hash of the values in TOML and the seed.
pub fn key(values: &[String], seed: u64) -> String {
    hash(format!("{values:?} {seed}").as_bytes(), 16)
}

impl Store {
    /// Reads what is there; a line that a kill cut short is left out.
    ///
    /// # Errors
    /// If the file cannot be read or written.
    pub fn open(folder: &Path, keys: &[&str], targets: &[&str]) -> anyhow::Result<Self> {
        let path = folder.join(RUNS);
        let names = ["key", "seed"].iter().chain(keys).chain(targets).chain(&["error"]);
        let head = line(names.map(|n| (*n).to_owned()))?;
        let first = 2 + keys.len();
        let mut done = BTreeMap::new();
        if path.is_file() {
            let text = std::fs::read_to_string(&path).with_context(|| format!("read {}", path.display()))?;
            for whole in text.split_inclusive('\n').skip(1).filter(|l| l.ends_with('\n')) {
                if let Some((key, run)) = read(whole, first, targets.len()) {
                    done.insert(key, (whole.to_owned(), run));
                }
            }
        }
        let kept: String = done.values().map(|d| d.0.as_str()).collect();
        write_text(&path, &format!("{head}{kept}"))?;
        let file = std::fs::OpenOptions::new()
            .append(true)
            .open(&path)
            .with_context(|| format!("open {}", path.display()))?;
        Ok(Self {
            path,
            head,
            moments: targets.len(),
            state: Mutex::new(State {
                file,
                old: done.keys().cloned().collect(),
                done,
                reused: 0,
                broken: None,
            }),
        })
    }

    /// The run of a key, if it is done.
    pub fn find(&self, key: &str) -> Option<Run> {
        let mut state = self.state.lock().ok()?;
        let found = state.done.get(key).map(|d| d.1.clone());
        state.reused += usize::from(state.old.remove(key));
        found
    }

    /// Keeps a run.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn keep(&self, key: &str, seed: u64, values: &[String], run: &Run) -> Result<(), Failure> {
        let moments = match run {
            Ok(moments) => moments.iter().map(|m| format!("{m:?}")).collect(),
            Err(_) => vec![String::new(); self.moments],
        };
        let error = run.as_ref().err().cloned().unwrap_or_default();
        let fields = [key.to_owned(), seed.to_string()].into_iter();
        let fields = fields.chain(values.iter().cloned()).chain(moments).chain([error]);
        let told = |e: String| Failure::Broken(format!("write {}: {e}", self.path.display()));
        let text = line(fields).map_err(|e| told(e.to_string()))?;
        let Ok(mut state) = self.state.lock() else {
            return Err(told("another thread panicked".to_owned()));
        };
        if state.broken.is_none() {
            state.broken = state.file.write_all(text.as_bytes()).err().map(|e| e.to_string());
        }
        if let Some(why) = &state.broken {
            return Err(told(why.clone()));
        }
        state.done.insert(key.to_owned(), (text, run.clone()));
        Ok(())
    }

    /// Runs that were there when the file was opened and were used.
    pub fn reused(&self) -> usize {
        self.state.lock().map_or(0, |s| s.reused)
    }

    /// Writes the file once more in the order of the keys given, so that it does not tell which thread was faster; runs of no
    /// key follow.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn sort(&self, keys: &[String]) -> anyhow::Result<()> {
        let Ok(state) = self.state.lock() else {
            return Ok(());
        };
        let mut rest = state.done.clone();
        let mut text = self.head.clone();
        for key in keys {
            if let Some((line, _)) = rest.remove(key) {
                text += &line;
            }
        }
        rest.values().for_each(|d| text += &d.0);
        write_text(&self.path, &text)
    }
}

fn line(fields: impl Iterator<Item = String>) -> anyhow::Result<String> {
    let mut out = csv::Writer::from_writer(Vec::new());
    // one line a run, whatever a message says
    let plain: Vec<String> = fields.map(|f| f.replace(['\n', '\r'], " ")).collect();
    out.write_record(&plain)?;
    Ok(String::from_utf8(out.into_inner()?)?)
}

/// Key and run of a line, if it is whole.
fn read(text: &str, first: usize, moments: usize) -> Option<(String, Run)> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .from_reader(text.as_bytes());
    let record = reader.records().next()?.ok()?;
    if record.len() != first + moments + 1 {
        return None;
    }
    let error = record.get(first + moments)?;
    let run = match error {
        "" => {
            let parse = |j: usize| record.get(j)?.parse::<f64>().ok();
            Ok((first..first + moments).map(parse).collect::<Option<Vec<f64>>>()?)
        }
        why => Err(why.to_owned()),
    };
    Some((record.get(0)?.to_owned(), run))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_come_back_with_their_bits_and_a_cut_line_is_left_out() {
        let folder = tempfile::tempdir().expect("a folder");
        let values = ["0.1".to_owned(), "2.5e-7".to_owned()];
        let right: Run = Ok(vec![0.1 + 0.2, -1e-300]);
        let wrong: Run = Err("it, \"failed\"\nbadly".to_owned());
        let open = || Store::open(folder.path(), &["a", "b"], &["x", "y"]).expect("opens");
        {
            let store = open();
            store.keep(&key(&values, 1), 1, &values, &right).expect("kept");
            store.keep(&key(&values, 2), 2, &values, &wrong).expect("kept");
        }
        let path = folder.path().join(RUNS);
        let whole = std::fs::read_to_string(&path).expect("text");
        std::fs::write(&path, format!("{whole}abc,3,0.1,2.5e-7,1.0,2.")).expect("written");
        let store = open();
        assert_eq!(store.find(&key(&values, 1)), Some(right));
        assert_eq!(
            store.find(&key(&values, 2)),
            Some(Err("it, \"failed\" badly".to_owned()))
        );
        assert_eq!((store.find("abc"), store.reused()), (None, 2));
        assert!(!std::fs::read_to_string(&path).expect("text").contains("abc"));
        store.sort(&[key(&values, 2), key(&values, 1)]).expect("sorted");
        let text = std::fs::read_to_string(&path).expect("text");
        let seeds: Vec<&str> = text.lines().skip(1).filter_map(|l| l.split(',').nth(1)).collect();
        assert_eq!(seeds, ["2", "1"]);
    }
}
