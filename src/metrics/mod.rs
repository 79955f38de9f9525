//! Measures: a snapshot of the quarter in one pass, and the list of metrics defined on it.
//!
//! To add a metric, add an entry to its theme in `list/`: name, unit, meaning, definition on a set of regions.

pub mod accounts;
pub mod estimators;
pub mod land;
mod list;
pub mod moments;
mod products;
mod snapshot;
pub mod welfare;

use crate::base::blocks;
pub use list::METRICS;
pub use snapshot::{Snapshot, lorenz, snapshot};

/// Group that a value belongs to: all, a firm sector or farming, or a group of workers.
pub const ALL: &str = "all";

/// One metric.
#[derive(Clone, Copy)]
pub struct Metric {
    /// Name in files and scenarios.
    pub name: &'static str,
    /// Unit.
    pub unit: &'static str,
    /// Meaning in a sentence.
    pub meaning: &'static str,
    /// Definition.
    pub define: Define,
}

/// How a metric is computed from a [`Snapshot`] and a set of inside regions.
#[derive(Clone, Copy)]
pub enum Define {
    /// One value a set of regions.
    Value(fn(&Snapshot, &[usize]) -> Option<f64>),
    /// One value a set of regions and named group.
    Groups(&'static [&'static str], fn(&Snapshot, &[usize], usize) -> Option<f64>),
    /// One value for the city only.
    City(fn(&Snapshot) -> Option<f64>),
}

/// Names of all groups that metrics use.
pub fn groups() -> Vec<&'static str> {
    let mut names = vec![ALL];
    for m in METRICS {
        if let Define::Groups(g, _) = &m.define {
            for name in *g {
                if !names.contains(name) {
                    names.push(name);
                }
            }
        }
    }
    names
}

/// Name of a metric, its groups, and whether it is measured for the whole city only.
pub fn series_of(metric: &Metric) -> (String, (Vec<String>, bool)) {
    let groups = match &metric.define {
        Define::Groups(groups, _) => groups.iter().map(|g| (*g).to_owned()).collect(),
        _ => vec![ALL.to_owned()],
    };
    let city = matches!(metric.define, Define::City(_));
    (metric.name.to_owned(), (groups, city))
}

/// A set of regions with its name: the city, every region group, every inside region.
#[derive(Clone, Debug)]
pub struct Scope {
    /// `total`, a group name or a region id.
    pub name: String,
    /// Inside regions.
    pub regions: Vec<usize>,
}

/// All scopes of a geography: `total` (the city) first, then groups, then regions.
pub fn scopes(g: &crate::world::Geography) -> Vec<Scope> {
    let mut all = vec![Scope {
        name: "total".into(),
        regions: (0..g.inside).filter(|&r| g.in_city[r]).collect(),
    }];
    for (k, name) in g.group_names.iter().enumerate() {
        let regions: Vec<usize> = (0..g.inside).filter(|&r| g.group[r] as usize == k).collect();
        if regions.len() > 1 {
            all.push(Scope {
                name: name.clone(),
                regions,
            });
        }
    }
    all.extend((0..g.inside).map(|r| Scope {
        name: g.ids[r].clone(),
        regions: vec![r],
    }));
    all
}

/// One measured value.
#[derive(Clone, Debug)]
pub struct Value {
    /// Index into [`METRICS`].
    pub metric: u16,
    /// Index into the scopes.
    pub scope: u16,
    /// Group name.
    pub group: &'static str,
    /// Value.
    pub value: f64,
}

/// Everything that is measured in a quarter.
pub fn measure(s: &Snapshot, scopes: &[Scope]) -> Vec<Value> {
    blocks::map_each(METRICS.len(), |m| values(s, scopes, m)).concat()
}

/// Values of metric `m` in all `scopes`.
fn values(s: &Snapshot, scopes: &[Scope], m: usize) -> Vec<Value> {
    let mut out = Vec::new();
    for (k, scope) in scopes.iter().enumerate() {
        let mut push = |group, value: Option<f64>| {
            if let Some(value) = value.filter(|v| v.is_finite()) {
                out.push(Value {
                    metric: m as u16,
                    scope: k as u16,
                    group,
                    value,
                });
            }
        };
        match &METRICS[m].define {
            Define::Value(f) => push(ALL, f(s, &scope.regions)),
            Define::Groups(groups, f) => {
                for (g, name) in groups.iter().enumerate() {
                    push(name, f(s, &scope.regions, g));
                }
            }
            Define::City(f) if k == 0 => push(ALL, f(s)),
            Define::City(_) => {}
        }
    }
    out
}
