//! From the table `design` to what varies, and the points that are read before anything runs.

use std::ops::Range;

use super::axes::{self, Drawn, Step, flatten, is_axis};
use super::place::Stated;
use super::{Axis, Design, Levels};
use crate::base::fields::{Fields, Limits, texts};
use crate::base::problem::{Problem, Source};
use crate::base::spanned::{Entry, Node, Value};
use crate::scenario::Scenario;

const KEYS: &[&str] = &[
    "kind",
    "keys",
    "list",
    "points",
    "trajectories",
    "levels",
    "grade",
    "except",
    "step",
];
/// What varies in every kind but a list.
const VARIED: &[&str] = &["keys", "grade", "except", "step"];
/// Kinds, and what each uses.
const KINDS: &[(&str, &[&str], &[&str])] = &[
    ("list", &["list"], &[]),
    ("grid", VARIED, &[]),
    ("latin_hypercube", VARIED, &["points"]),
    ("sobol", VARIED, &["points"]),
    ("one_at_a_time", VARIED, &[]),
    ("screening", VARIED, &[]),
    ("morris", VARIED, &["trajectories", "levels"]),
    ("saltelli", VARIED, &["points"]),
];

/// Most points of a sampled design.
const MOST_POINTS: f64 = 65_536.0;
/// Fewest rows from which shares of a variance are estimated.
const FEWEST_ROWS: f64 = 8.0;
/// Dimensions of the Sobol sequence.
const DIMENSIONS: usize = 256;
/// Most jobs of a sweep.
const MOST_JOBS: u64 = 1_000_000;

/// A design as it was read.
pub(super) struct Drafted {
    pub design: Design,
    pub axes: Vec<Axis>,
    /// Points of a list.
    pub list: Vec<Vec<Option<String>>>,
    pub trials: Vec<Trial>,
}

/// A point that is read before anything runs: a value of one axis alone, or a point of a list.
pub(super) struct Trial {
    pub point: Vec<Option<String>>,
    pub stated: Vec<Stated>,
    /// Where to say what is wrong with none of its values in particular.
    pub at: Range<usize>,
}

/// Reads `design`; `set` is what all points share.
pub(super) fn read_design(
    source: &Source,
    fields: &mut Fields<'_>,
    base: &Scenario,
    set: &[Stated],
) -> Option<Drafted> {
    let mut inner = fields.table("design", KEYS)?;
    let node = fields.optional("design")?;
    let design = kind(&mut inner);
    if let Some(kind) = inner.optional("kind").and_then(Node::text) {
        applies(source, &mut inner, node, kind);
    }
    let drafted = match design {
        Some(Design::List) if inner.problems.0.is_empty() => listed(source, &mut inner),
        Some(Design::List) | None => None,
        Some(design) => Some(varied(source, &mut inner, design, base, set)),
    };
    if let Some(drafted) = drafted.as_ref().filter(|_| inner.problems.0.is_empty()) {
        if drafted.axes.is_empty() {
            let message = "`design` varies nothing: it needs `keys` or `grade`, or a `list` of points with keys";
            let place = inner.optional("kind").map_or(0..0, |n| n.span.clone());
            inner.problems.push(source.problem(&place, "design", message));
        }
        inner.problems.0.extend(too_many_axes(source, node, drafted));
    }
    fields.problems.0.append(&mut inner.problems.0);
    drafted
}

/// Refuses what the kind does not use: it would be ignored.
fn applies(source: &Source, inner: &mut Fields<'_>, node: &Node, kind: &str) {
    let Some((_, varied, own)) = KINDS.iter().find(|k| k.0 == kind) else {
        return;
    };
    let takes: Vec<&str> = varied.iter().chain(*own).copied().collect();
    for entry in node.entries().unwrap_or_default() {
        let key = entry.key.as_str();
        let graded = ["except", "step"].contains(&key) && node.get("grade").is_none() && !inner.meant("grade");
        let message = if key != "kind" && KEYS.contains(&key) && !takes.contains(&key) {
            format!("`design.{key}` does not apply to the kind `{kind}`")
        } else if graded {
            format!("`design.{key}` applies with `design.grade` only")
        } else {
            continue;
        };
        let problem = source.problem(&entry.at, &format!("design.{key}"), message);
        let advice = format!("`{kind}` takes: {}", takes.join(", "));
        inner.problems.push(problem.label("would be ignored").advice(advice));
    }
}

fn kind(inner: &mut Fields<'_>) -> Option<Design> {
    let text = inner.text("kind")?;
    let most = Limits::new(2.0, MOST_POINTS, "points");
    let rows = Limits::new(FEWEST_ROWS, MOST_POINTS, "rows");
    let mut count = |key: &str, limits: &Limits| inner.integer(key, limits).map(|n| n as u32);
    Some(match text.as_str() {
        "list" => Design::List,
        "grid" => Design::Grid,
        "one_at_a_time" => Design::OneAtATime,
        "screening" => Design::Screening,
        "latin_hypercube" => Design::LatinHypercube {
            points: count("points", &most)?,
        },
        "sobol" => Design::Sobol {
            points: count("points", &most)?,
        },
        "saltelli" => Design::Saltelli {
            points: count("points", &rows)?,
        },
        "morris" => {
            let trajectories = count("trajectories", &Limits::new(2.0, 10_000.0, "trajectories"))?;
            let levels = count("levels", &Limits::new(2.0, 100.0, "levels"))?;
            if levels % 2 == 1 {
                let node = inner.optional("levels")?;
                let allowed = "an even number, so that steps of half the grid stay on it";
                inner.wrong("levels", node, allowed);
                return None;
            }
            Design::Morris { trajectories, levels }
        }
        _ => {
            let node = inner.optional("kind")?;
            let names: Vec<&str> = KINDS.iter().map(|k| k.0).collect();
            inner.wrong("kind", node, &format!("one of: {}", names.join(", ")));
            return None;
        }
    })
}

/// A design over keys, parameters of a grade, or both; a key that is stated takes the place of the parameter of the grade.
fn varied(source: &Source, inner: &mut Fields<'_>, design: Design, base: &Scenario, set: &[Stated]) -> Drafted {
    let mut drawn = match inner.optional("keys") {
        Some(node) if node.entries().is_none() => {
            inner.wrong("keys", node, "a table of keys");
            Vec::new()
        }
        Some(node) => stated_keys(source, inner, node, design, base),
        None => Vec::new(),
    };
    // of these kinds the scenario's own value is never run, or only told
    if !matches!(design, Design::OneAtATime) {
        for one in set.iter().filter(|s| drawn.iter().any(|d| d.axis.key == s.key)) {
            let key = &one.key;
            let message = format!("`set.{key}` is never used: `{key}` varies in the design");
            let problem = source.problem(&one.at, key, message).label("would be ignored");
            let advice = format!("leave it out of `set`, or `{key}` out of `design.keys`");
            inner.problems.push(problem.advice(advice));
        }
    }
    if inner.optional("grade").is_some() {
        for one in graded(source, inner, base) {
            if !drawn.iter().any(|d| d.axis.key == one.axis.key) {
                drawn.push(one);
            }
        }
    }
    let none: Vec<Option<String>> = vec![None; drawn.len()];
    let alone = |k: usize, one: &Stated| {
        let mut point = none.clone();
        point[k] = Some(one.value.clone());
        Trial {
            point,
            stated: vec![one.clone()],
            at: one.span.clone(),
        }
    };
    let trials = drawn.iter().enumerate();
    let trials = trials.flat_map(|(k, d)| d.stated.iter().map(move |one| (k, one)));
    Drafted {
        trials: trials.map(|(k, one)| alone(k, one)).collect(),
        axes: drawn.into_iter().map(|d| d.axis).collect(),
        design,
        list: Vec::new(),
    }
}

/// The axes of `design.keys`.
fn stated_keys(source: &Source, inner: &mut Fields<'_>, node: &Node, design: Design, base: &Scenario) -> Vec<Drawn> {
    let mut drawn: Vec<Drawn> = Vec::new();
    for (key, entry) in flatten(node, &is_axis) {
        let Some(one) = inner.problems.take(axes::axis(source, &key, entry, base)) else {
            continue;
        };
        let name = format!("design.keys.{key}");
        if drawn.iter().any(|d| d.axis.key == key) {
            let message = format!("`{name}` is there twice");
            inner
                .problems
                .push(source.problem(&entry.at, &name, message).label("again"));
            continue;
        }
        if design == Design::Screening && one.axis.ends().len() > 2 && entry.node.get("steps").is_none() {
            let message = format!("`{key}` has more than two values, but a screening design has two levels");
            inner.problems.push(source.problem(&entry.node.span, &name, message));
        }
        inner.problems.0.extend(steps(source, &name, entry, design, &one.axis));
        drawn.push(one);
    }
    drawn
}

/// What is wrong with `steps`: a grid needs them, a sampled design takes any value of the range.
fn steps(source: &Source, name: &str, entry: &Entry, design: Design, axis: &Axis) -> Option<Problem> {
    let name = format!("{name}.steps");
    let stated = entry.node.entries()?.iter().find(|e| e.key == "steps");
    let place = if entry.node.span.is_empty() {
        &entry.at
    } else {
        &entry.node.span
    };
    match (design, stated) {
        (Design::Grid, None) if matches!(axis.levels, Levels::Range { .. }) => {
            let message = format!("`{name}` is missing: a grid takes `values`, or a range with `steps`");
            let problem = source.problem(place, &name, message).label("needs `steps`");
            Some(problem.advice("such as { low = 0.1, high = 0.5, steps = 5 }"))
        }
        (Design::Grid | Design::OneAtATime, _) => None,
        (_, stated) => {
            let kind = design.name();
            let message = format!("`{name}` does not apply to the kind `{kind}`");
            let problem = source.problem(&stated?.at, &name, message).label("would be ignored");
            Some(problem.advice(format!("`{kind}` takes {{ low, high }}, {{ values }} or {{}}")))
        }
    }
}

/// The axes of a grade.
fn graded(source: &Source, inner: &mut Fields<'_>, base: &Scenario) -> Vec<Drawn> {
    let step = match inner.optional("step").map(|n| (n, n.text())) {
        None | Some((_, Some("factor"))) => Step::Factor,
        Some((_, Some("half_range"))) => Step::HalfRange,
        Some((node, _)) => {
            inner.wrong("step", node, "\"factor\" (half and twice) or \"half_range\"");
            Step::Factor
        }
    };
    let except = inner.texts("except");
    let (Some(grade), Some(node)) = (inner.text("grade"), inner.optional("grade")) else {
        return Vec::new();
    };
    let of_it = || base.params.iter().filter(|p| p.grade == grade);
    if axes::of_grade(base, &grade, &[], step).is_empty() {
        let mut grades: Vec<&str> = base.params.iter().map(|p| p.grade.as_str()).collect();
        grades.sort_unstable();
        grades.dedup();
        let allowed = format!("a grade of parameters, one of: {}", grades.join(", "));
        inner.wrong("grade", node, &allowed);
        return Vec::new();
    }
    for (key, span) in inner.optional("except").and_then(texts).unwrap_or_default() {
        if !of_it().any(|p| p.key == key) {
            let message = format!("`design.except` names `{key}`, which is no parameter of grade {grade}");
            let problem = source.problem(span, "design.except", message).label("would be ignored");
            inner.problems.push(problem.near(key, of_it().map(|p| p.key.as_str())));
        }
    }
    let stated = |axis: Axis| {
        let one = |value: String| Stated {
            key: axis.key.clone(),
            value,
            at: node.span.clone(),
            span: node.span.clone(),
        };
        let stated = axis.ends().into_iter().map(one).collect();
        Drawn { axis, stated }
    };
    let axes = axes::of_grade(base, &grade, &except, step);
    axes.into_iter().map(stated).collect()
}

/// Points one by one: the axes are all keys that any point states.
fn listed(source: &Source, inner: &mut Fields<'_>) -> Option<Drafted> {
    let node = inner.required("list")?;
    let items = match &node.value {
        Value::List(items) if !items.is_empty() && items.iter().all(|i| i.entries().is_some()) => items,
        _ => {
            let allowed = "a list of tables of keys and values, with at least one";
            inner.wrong("list", node, allowed);
            return None;
        }
    };
    let points: Vec<_> = items.iter().map(|item| flatten(item, &|_| false)).collect();
    let mut keys: Vec<&str> = Vec::new();
    for (key, entry) in points.iter().flatten() {
        inner.keep(axes::may_vary(source, key, entry));
        if !keys.contains(&key.as_str()) {
            keys.push(key);
        }
    }
    let value = |point: &Vec<(String, &Entry)>, key: &str| {
        let found = point.iter().find(|(k, _)| k == key);
        found.map(|(_, e)| e.node.to_toml())
    };
    let list: Vec<Vec<Option<String>>> = points
        .iter()
        .map(|p| keys.iter().map(|k| value(p, k)).collect())
        .collect();
    let axis = |key: &&str| Axis {
        key: (*key).to_owned(),
        levels: Levels::Values(points.iter().filter_map(|p| value(p, key)).collect()),
    };
    let trial = |k: usize| Trial {
        point: list[k].clone(),
        stated: points[k].iter().map(|(key, entry)| Stated::new(key, entry)).collect(),
        at: items[k].span.clone(),
    };
    Some(Drafted {
        design: Design::List,
        axes: keys.iter().map(axis).collect(),
        trials: (0..items.len()).map(trial).collect(),
        list,
    })
}

/// What is wrong where a Sobol sequence has too few dimensions.
fn too_many_axes(source: &Source, node: &Node, drafted: &Drafted) -> Option<Problem> {
    let (most, why) = match drafted.design {
        Design::Sobol { .. } => (DIMENSIONS, "one a key"),
        Design::Saltelli { .. } => (DIMENSIONS / 2, "two a key"),
        _ => return None,
    };
    let (count, kind) = (drafted.axes.len(), drafted.design.name());
    let message = format!(
        "`design` varies {count} keys, but the kind `{kind}` takes at most {most}: its sequence has {DIMENSIONS} dimensions, {why}"
    );
    let problem = source.problem(&node.get("kind")?.span, "design.kind", message);
    let advice = "leave keys out, or screen them first with kind = \"screening\" or \"morris\"";
    (count > most).then(|| problem.label("too many keys").advice(advice))
}

/// What is wrong where a sweep has more jobs than anybody runs; before a point is made.
pub(super) fn too_many_jobs(source: &Source, node: &Node, drafted: &Drafted, replicates: u64) -> Option<Problem> {
    let points = count(drafted);
    let jobs = points.and_then(|n| n.checked_mul(replicates));
    if jobs.is_some_and(|n| n <= MOST_JOBS) {
        return None;
    }
    let shown = |n: Option<u64>| n.map_or_else(|| format!("more than {}", u64::MAX), |n| n.to_string());
    let message = format!(
        "`design` has {} points, with {replicates} replicates {} jobs, but a sweep has at most {MOST_JOBS}",
        shown(points),
        shown(jobs)
    );
    let problem = source.problem(&node.get("kind")?.span, "design", message);
    let advice = "fewer values or `steps` of a key, fewer `points` or `replicates`, or kind = \"latin_hypercube\"";
    Some(problem.label("too many jobs").advice(advice))
}

/// Number of points; of a screening design the least that it may have. None beyond 64 bits.
fn count(drafted: &Drafted) -> Option<u64> {
    let keys = drafted.axes.len() as u64;
    let mut values = drafted.axes.iter().map(|axis| axis.ends().len() as u64);
    match drafted.design {
        Design::List => Some(drafted.list.len() as u64),
        Design::Grid => values.try_fold(1u64, u64::checked_mul),
        Design::OneAtATime => values.try_fold(1u64, u64::checked_add),
        Design::Screening => keys.checked_add(1)?.checked_mul(2),
        Design::LatinHypercube { points } | Design::Sobol { points } => Some(u64::from(points)),
        Design::Morris { trajectories, .. } => u64::from(trajectories).checked_mul(keys.checked_add(1)?),
        Design::Saltelli { points } => u64::from(points).checked_mul(keys.checked_add(2)?),
    }
}
