//! Where a person's file states what becomes an option of the scenario.

use std::ops::Range;

use crate::base::problem::{Problem, Problems, Source};
use crate::base::spanned::Entry;

/// Names of the options that experiments and calibrations make; they are in no file.
const OPTIONS: &[&str] = &[
    "experiment set",
    "experiment years",
    "experiment design",
    "experiment keys",
    "experiment replicates",
];

/// A key and its value as an option of the scenario, and where the file states them.
#[derive(Debug, Clone)]
pub(super) struct Stated {
    /// Dotted key of the scenario.
    pub key: String,
    /// Its value in TOML.
    pub value: String,
    /// Where the key stands.
    pub at: Range<usize>,
    /// Where the value stands.
    pub span: Range<usize>,
}

impl Stated {
    /// A key that is set to its own value.
    pub fn new(key: &str, entry: &Entry) -> Self {
        Self::between(key, entry, entry.node.to_toml(), &entry.node.span)
    }

    /// A key with a value that stands at `span`, or else where the key stands.
    pub fn between(key: &str, entry: &Entry, value: String, span: &Range<usize>) -> Self {
        let span = if span.is_empty() { &entry.at } else { span };
        Self {
            key: key.to_owned(),
            value,
            at: entry.at.clone(),
            span: span.clone(),
        }
    }

    /// Where the file states what an option says at `start`, if the option is this one.
    fn place(&self, text: &str, start: usize) -> Option<&Range<usize>> {
        let rest = text.strip_prefix(self.key.as_str())?.strip_prefix('=')?;
        let place = if start < self.key.len() { &self.at } else { &self.span };
        (rest == self.value).then_some(place)
    }
}

/// Problems of a scenario as a person should read them: what is wrong with an option stands where the file states it, what
/// has no place stands at `other`. `rest` says where the problems of other files go: their own place if there is none.
pub(super) fn told(
    source: &Source,
    stated: &[Stated],
    other: &Range<usize>,
    rest: Option<&Range<usize>>,
    problems: Problems,
) -> Problems {
    let mut all = Problems::default();
    for problem in problems.0 {
        let option = problem.file().is_none_or(|name| OPTIONS.contains(&name));
        let stands = |(text, start)| stated.iter().find_map(|s| s.place(text, start));
        let place = match problem.text().and_then(stands) {
            Some(span) => Some(span),
            None if option => Some(other),
            None => rest,
        };
        let problem = match place {
            Some(span) => problem.moved(source, span),
            None => problem,
        };
        push_new(&mut all, problem);
    }
    all
}

/// Notes a problem unless the same stands at the same place.
pub(super) fn push_new(all: &mut Problems, problem: Problem) {
    let same = |p: &Problem| p.to_string() == problem.to_string() && p.line_column() == problem.line_column();
    if !all.0.iter().any(same) {
        all.push(problem);
    }
}

/// The places of what stands in a list a second time: by `name`, the same for what means the same.
pub(super) fn repeated<T>(items: &[T], name: impl Fn(&T) -> String) -> Vec<&T> {
    let mut seen = std::collections::BTreeSet::new();
    items.iter().filter(|&item| !seen.insert(name(item))).collect()
}
