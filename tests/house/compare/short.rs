//! A short comparison of three levers, and rows of its tables.

use crate::common::load;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use yaosu::experiment::compare::{Options, Summary, compare, publish};
use yaosu::experiment::run::Watch;
use yaosu::scenario::Scenario;

/// Says nothing, and stops after a number of quarters.
pub struct Quiet {
    left: AtomicU64,
}

impl Quiet {
    /// Stops after `quarters`.
    pub fn new(quarters: u64) -> Self {
        Self {
            left: AtomicU64::new(quarters),
        }
    }
}

impl Watch for Quiet {
    fn begin(&self, _: u64, _: &'static str) {}

    fn tick(&self) {
        let _ = self.left.fetch_update(Relaxed, Relaxed, |n| Some(n.saturating_sub(1)));
    }

    fn stop(&self) -> bool {
        self.left.load(Relaxed) == 0
    }

    fn say(&self, _: &str) {}
}

/// A short comparison of three levers, with changes.
pub fn scenario(sets: &[&str]) -> Scenario {
    let fixed = [
        "scale=20000",
        "burn_in=2",
        "quarters=6",
        "birth.tolerance=1.0",
        "seeds=[1,2,3]",
        "levers.land_leasing=true",
        "levers.credit_information=true",
    ];
    load("three-reforms", &[&fixed, sets].concat())
}

/// Everything, into `out`.
pub fn options(out: &Path) -> Options {
    Options {
        out: out.to_owned(),
        by_chapter: false,
        decompose: true,
        permutations: 2,
        stata: false,
        until: None,
    }
}

/// Runs and publishes.
pub fn run(scenario: &Scenario, options: &Options, watch: &Quiet) -> Summary {
    let summary = compare(scenario, options, watch).unwrap_or_else(|error| panic!("{error:#}"));
    publish(&summary).unwrap_or_else(|error| panic!("{error:#}"));
    summary
}

/// A folder of its own.
pub fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("a folder")
}

/// A row by column.
pub type Record = BTreeMap<String, String>;

/// Rows of a table by the names of its columns.
pub fn table(folder: &Path, name: &str) -> Vec<Record> {
    let mut reader = csv::Reader::from_path(folder.join(name)).expect("a table");
    let header = reader.headers().expect("a header").clone();
    let row = |r: Result<csv::StringRecord, csv::Error>| {
        let r = r.expect("a row");
        header
            .iter()
            .zip(&r)
            .map(|(k, v)| (k.to_owned(), v.to_owned()))
            .collect()
    };
    reader.records().map(row).collect()
}

/// A number of a row; NaN if there is none.
pub fn number(row: &Record, column: &str) -> f64 {
    row[column].parse().unwrap_or(f64::NAN)
}
