//! Lays scenarios over one another: the baseline first, then what each one changes.

use std::collections::BTreeMap;
use std::ops::Range;

use super::catalogue::{Catalogue, NOT_SECTIONS, PARAM_KEYS};
use crate::base::problem::{Problem, Problems, Source};
use crate::base::spanned::{Entry, Node, Value};

/// Dotted names of the plain keys of a run.
pub(super) const RUN_KEYS: &[&str] = &[
    "world",
    "start",
    "quarters",
    "burn_in",
    "scale",
    "reference",
    "seeds",
    "output.regions",
    "output.metrics",
    "output.micro.every",
    "estimate.outcome",
    "estimate.group",
    "estimate.treated",
    "estimate.control",
    "estimate.pre",
    "estimate.post",
    "estimate.log",
    "estimate.published",
];

/// Keys of a lever in `[levers]`.
pub(super) const SWITCH_KEYS: &[&str] = &["from", "until", "phase_in", "regions", "intensity", "file"];

/// A value with the text that it was written in.
#[derive(Debug, Clone)]
pub(super) struct Setting {
    pub source: Source,
    pub node: Node,
}

/// What scenarios say of one lever.
#[derive(Debug, Clone)]
pub(super) struct LeverSetting {
    pub source: Source,
    pub at: Range<usize>,
    pub on: bool,
    pub fields: BTreeMap<&'static str, Setting>,
}

/// The scenario while it is being put together.
#[derive(Debug, Clone)]
pub(super) struct Draft {
    pub catalogue: Catalogue,
    pub run: BTreeMap<&'static str, Setting>,
    pub seed_count: Option<Setting>,
    pub levers: BTreeMap<String, LeverSetting>,
    pub user_levers: BTreeMap<String, Setting>,
    /// Whether seeds may be held out.
    pub holdout: bool,
}

impl Draft {
    pub fn new(catalogue: Catalogue) -> Self {
        Self {
            catalogue,
            run: BTreeMap::new(),
            seed_count: None,
            levers: BTreeMap::new(),
            user_levers: BTreeMap::new(),
            holdout: false,
        }
    }

    /// Lays one text over what is there.
    pub fn lay(&mut self, source: &Source, tree: &Node) -> Problems {
        let mut problems = Problems::default();
        for entry in tree.entries().unwrap_or_default() {
            match entry.key.as_str() {
                "name" | "extends" => {}
                "levers" => self.lay_levers(source, entry, &mut problems),
                "user_levers" => self.lay_user_levers(source, entry, &mut problems),
                _ => self.lay_entry(source, "", entry, &mut problems),
            }
        }
        problems
    }

    fn lay_entry(&mut self, source: &Source, path: &str, entry: &Entry, problems: &mut Problems) {
        let dot = if path.is_empty() { "" } else { "." };
        let key = format!("{path}{dot}{}", entry.key);
        let setting = || Setting {
            source: source.clone(),
            node: entry.node.clone(),
        };
        if self.catalogue.get(&key).is_some() {
            self.lay_param(source, &key, entry, problems);
        } else if let Some(run_key) = RUN_KEYS.iter().find(|name| **name == key) {
            let count = entry
                .node
                .entries()
                .filter(|_| key == "seeds")
                .is_some_and(|fields| matches!(fields, [only] if only.key == "count"));
            if count && self.run.contains_key("seeds") {
                self.seed_count = entry.node.get("count").map(|node| Setting {
                    source: source.clone(),
                    node: node.clone(),
                });
                return;
            }
            if key == "seeds" {
                self.seed_count = None;
            }
            self.run.insert(run_key, setting());
        } else if self.is_section(&key) {
            match entry.node.entries() {
                Some(inner) => {
                    for entry in inner {
                        self.lay_entry(source, &key, entry, problems);
                    }
                }
                None => problems.push(entry.node.wrong(source, &key, "a table of keys")),
            }
        } else {
            problems.push(self.unknown(source, &key, &entry.at));
        }
    }

    fn is_section(&self, key: &str) -> bool {
        let inside = |name: &str| name.strip_prefix(key).is_some_and(|rest| rest.starts_with('.'));
        RUN_KEYS.iter().any(|name| inside(name)) || self.catalogue.keys().any(inside)
    }

    fn unknown(&self, source: &Source, key: &str, at: &Range<usize>) -> Problem {
        let depth = key.matches('.').count() + 1;
        let sections = self.catalogue.keys().filter_map(|name| {
            let end = name.match_indices('.').nth(depth - 1)?.0;
            name.get(..end)
        });
        let plain = RUN_KEYS.iter().chain(NOT_SECTIONS).copied();
        let known: Vec<&str> = plain.chain(sections).chain(self.catalogue.keys()).collect();
        source
            .problem(at, key, format!("`{key}` is not a known key"))
            .label("unknown key")
            .near(key, known)
    }

    fn lay_param(&mut self, source: &Source, key: &str, entry: &Entry, problems: &mut Problems) {
        let Some(info) = self.catalogue.get_mut(key) else {
            return;
        };
        if entry.node.entries().is_none() {
            if let Some(value) = problems.take(info.accept(source, &entry.node)) {
                info.value = value;
            }
            return;
        }
        let Some(node) = entry.node.get("value") else {
            let help = format!("write `{} = {}`", entry.key, info.default.to_toml());
            problems.push(entry.node.wrong(source, key, "a plain value").advice(help));
            return;
        };
        if let Some(value) = problems.take(info.accept(source, node)) {
            info.value = value;
        }
        for field in entry.node.entries().unwrap_or_default() {
            let text = field.node.text();
            let numbers = |list: &[f64]| same_numbers(&field.node, list);
            let same = match field.key.as_str() {
                "value" => true,
                "grade" if text.is_some() => {
                    info.restated |= text != Some(info.grade.as_str());
                    info.grade = text.unwrap_or_default().to_owned();
                    true
                }
                "source" if text.is_some() => {
                    info.restated |= text != Some(info.source.as_str());
                    info.source = text.unwrap_or_default().to_owned();
                    true
                }
                "unit" => text == Some(info.unit.as_str()),
                "meaning" => text == Some(info.meaning.as_str()),
                "range" => info.range.is_some_and(|(low, high)| numbers(&[low, high])),
                "neutral" => field.node.number().is_some() && field.node.number() == info.neutral,
                _ => false,
            };
            if !same {
                let name = format!("{key}.{}", field.key);
                let message = format!("`{name}` is set by the baseline and cannot be changed here");
                let known = PARAM_KEYS.contains(&field.key.as_str());
                let problem = source.problem(&field.at, &name, message);
                problems.push(if known {
                    problem
                } else {
                    problem.near(&field.key, PARAM_KEYS.iter().copied())
                });
            }
        }
    }

    fn lay_levers(&mut self, source: &Source, entry: &Entry, problems: &mut Problems) {
        let Some(levers) = entry.node.entries() else {
            problems.push(entry.node.wrong(source, "levers", "a table of levers"));
            return;
        };
        for Entry { key, at, node } in levers {
            let name = format!("levers.{key}");
            let mut old = self.levers.remove(key).map(|old| old.fields).unwrap_or_default();
            let on = match &node.value {
                // true means: fully, everywhere, for ever, whatever an earlier scenario said
                Value::Bool(on) => {
                    old.retain(|field, _| *field == "file");
                    *on
                }
                Value::Table(fields) => {
                    lay_switch_keys(source, &name, fields, &mut old, problems);
                    true
                }
                _ => {
                    let allowed = "true, false, or a table such as { from = \"2026Q3\", phase_in = 4 }";
                    problems.push(node.wrong(source, &name, allowed));
                    continue;
                }
            };
            let lever = LeverSetting {
                source: source.clone(),
                at: at.clone(),
                on,
                fields: old,
            };
            self.levers.insert(key.clone(), lever);
        }
    }

    fn lay_user_levers(&mut self, source: &Source, entry: &Entry, problems: &mut Problems) {
        let Some(levers) = entry.node.entries() else {
            problems.push(entry.node.wrong(source, "user_levers", "a table of lever texts"));
            return;
        };
        for Entry { key, node, .. } in levers {
            if node.text().is_some() {
                let setting = Setting {
                    source: source.clone(),
                    node: node.clone(),
                };
                self.user_levers.insert(key.clone(), setting);
            } else {
                let name = format!("user_levers.{key}");
                problems.push(node.wrong(source, &name, "the text of a lever file"));
            }
        }
    }

    /// Behaviour as one TOML table without units and sources.
    pub fn behaviour(&self) -> toml::Table {
        let mut table = toml::Table::new();
        for info in self.catalogue.params().filter(|info| !info.is_law()) {
            crate::policy::insert(&mut table, &info.key, info.value.clone().into_toml());
        }
        table
    }
}

/// Keys of one lever, over those of earlier texts.
fn lay_switch_keys(
    source: &Source,
    name: &str,
    fields: &[Entry],
    known: &mut BTreeMap<&'static str, Setting>,
    problems: &mut Problems,
) {
    for Entry { key, at, node } in fields {
        let Some(field) = SWITCH_KEYS.iter().find(|field| *field == key) else {
            let full = format!("{name}.{key}");
            let problem = source.problem(at, &full, format!("`{full}` is not a known key"));
            let problem = problem
                .label("unknown key")
                .advice(format!("known keys: {}", SWITCH_KEYS.join(", ")));
            problems.push(problem.near(key, SWITCH_KEYS.iter().copied()));
            continue;
        };
        known.insert(
            field,
            Setting {
                source: source.clone(),
                node: node.clone(),
            },
        );
    }
}

fn same_numbers(node: &Node, expected: &[f64]) -> bool {
    match &node.value {
        Value::List(items) => items.iter().map(Node::number).eq(expected.iter().map(|n| Some(*n))),
        _ => false,
    }
}
