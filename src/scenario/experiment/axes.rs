//! What varies in a design: keys with values or bounds, or all parameters of a grade.

use super::place::{Stated, repeated};
use super::{Axis, Levels};
use std::ops::Range;

use crate::base::problem::{Problem, Problems, Source};
use crate::base::spanned::{Entry, Node, Value, float};
use crate::scenario::{ParamInfo, ParamValue, Scenario};

/// Keys of an axis.
const AXIS_KEYS: &[&str] = &["low", "high", "steps", "values"];

/// Keys that no design may vary: they name, measure or repeat, and are no part of the economy.
const FIXED: &[&str] = &[
    "name",
    "extends",
    "world",
    "start",
    "quarters",
    "seeds",
    "reference",
    "output",
    "estimate",
];

/// How far a grade of parameters is moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// Half and twice the value, bounded by the range.
    Factor,
    /// Half the way to each end of the range.
    HalfRange,
}

/// An axis with the values that bound it, as they are stated.
#[derive(Debug, Clone)]
pub(super) struct Drawn {
    /// The axis.
    pub axis: Axis,
    /// Each value that is stated, or that bounds the range.
    pub stated: Vec<Stated>,
}

/// Dotted keys and values of a table; tables inside are entered unless `leaf` says that they are values.
pub(super) fn flatten<'a>(node: &'a Node, leaf: &dyn Fn(&[Entry]) -> bool) -> Vec<(String, &'a Entry)> {
    let mut out = Vec::new();
    for entry in node.entries().unwrap_or_default() {
        match entry.node.entries() {
            Some(inner) if !leaf(inner) => {
                let deeper = flatten(&entry.node, leaf);
                out.extend(deeper.into_iter().map(|(key, e)| (format!("{}.{key}", entry.key), e)));
            }
            _ => out.push((entry.key.clone(), entry)),
        }
    }
    out
}

/// Whether a table is an axis and not a section of keys.
pub(super) fn is_axis(entries: &[Entry]) -> bool {
    entries.is_empty() || entries.iter().any(|e| AXIS_KEYS.contains(&e.key.as_str()))
}

/// Refuses keys that cannot vary.
pub(super) fn may_vary(source: &Source, key: &str, entry: &Entry) -> Result<(), Problem> {
    let head = key.split('.').next().unwrap_or_default();
    if FIXED.contains(&head) {
        let message = format!("`{key}` cannot vary in a design");
        return Err(source.problem(&entry.at, key, message).label("fixed for all points"));
    }
    Ok(())
}

/// The axis that a line of `design.keys` states.
pub(super) fn axis(source: &Source, key: &str, entry: &Entry, base: &Scenario) -> Result<Drawn, Problems> {
    may_vary(source, key, entry)?;
    let name = format!("design.keys.{key}");
    let Some(entries) = entry.node.entries() else {
        let allowed = "a table such as { low = 0.05, high = 0.2 }, { low = 0.1, high = 0.5, steps = 5 }, \
                       { values = [1, 2] } or {} for the whole range";
        return Err(entry.node.wrong(source, &name, allowed).into());
    };
    if let Some(odd) = entries.iter().find(|e| !AXIS_KEYS.contains(&e.key.as_str())) {
        let message = format!("`{name}.{}` is not a known key", odd.key);
        let problem = source.problem(&odd.at, &name, message).label("unknown key");
        return Err(problem.near(&odd.key, AXIS_KEYS.iter().copied()).into());
    }
    let make = |levels| Axis {
        key: key.to_owned(),
        levels,
    };
    if let Some(values) = entry.node.get("values") {
        let items = match &values.value {
            Value::List(items) if !items.is_empty() && entries.len() == 1 => items,
            _ => return Err(values.wrong(source, &name, "a list of values, alone").into()),
        };
        different(source, &format!("{name}.values"), items)?;
        let stated = |item: &Node| Stated::between(key, entry, item.to_toml(), &item.span);
        return Ok(Drawn {
            axis: make(Levels::Values(items.iter().map(Node::to_toml).collect())),
            stated: items.iter().map(stated).collect(),
        });
    }
    let info = base.params.iter().find(|p| p.key == key);
    let ends = bounds(source, key, entry, base)?;
    let range = make(Levels::Range {
        low: ends[0].0,
        high: ends[1].0,
        whole: whole(key, info),
    });
    let stated = |(u, end): (f64, &(f64, Range<usize>))| Stated::between(key, entry, range.at(u), &end.1);
    let stated = [0.0, 1.0].into_iter().zip(&ends).map(stated).collect();
    let Some(steps) = entry.node.get("steps") else {
        return Ok(Drawn { axis: range, stated });
    };
    let Value::Integer(count @ 2..=10_000) = steps.value else {
        let allowed = "a whole number from 2 to 10000";
        return Err(steps.wrong(source, &format!("{name}.steps"), allowed).into());
    };
    let mut values: Vec<String> = (0..count).map(|k| range.at(k as f64 / (count - 1) as f64)).collect();
    values.dedup();
    let axis = make(Levels::Values(values));
    Ok(Drawn { axis, stated })
}

/// Refuses a value that stands in a list a second time.
fn different(source: &Source, name: &str, items: &[Node]) -> Result<(), Problems> {
    // 1 and 1.0 are the same value
    let same = |node: &Node| node.number().map_or_else(|| node.to_toml(), float);
    let twice = |node: &Node| {
        let message = format!("`{name}` has {} twice", node.to_toml());
        source.problem(&node.span, name, message).label("again")
    };
    Problems(repeated(items, same).into_iter().map(twice).collect()).or(())
}

/// The bounds that an axis states, or else the range of the parameter, each with its place; how far a lever goes has the range
/// from 0 to 1.
fn bounds(source: &Source, key: &str, entry: &Entry, base: &Scenario) -> Result<[(f64, Range<usize>); 2], Problems> {
    let (name, node) = (format!("design.keys.{key}"), &entry.node);
    let place = if node.span.is_empty() { &entry.at } else { &node.span };
    let strength = key.starts_with("levers.") && key.ends_with(".intensity");
    let info = base.params.iter().find(|p| p.key == key);
    let range = info.and_then(|p| p.range).or(strength.then_some((0.0, 1.0)));
    let end = |field: &str, known: Option<f64>| match node.get(field) {
        Some(stated) => match stated.number().filter(|v| v.is_finite()) {
            Some(number) => Ok((number, stated.span.clone())),
            None => Err(stated.wrong(source, &format!("{name}.{field}"), "a number")),
        },
        None => known.map(|number| (number, place.clone())).ok_or_else(|| {
            let message = format!("`{name}.{field}` is missing, and `{key}` has no range of its own");
            let problem = source.problem(place, &name, message);
            match info {
                None if key.contains('.') && !key.starts_with("levers.") => {
                    problem.near(key, base.params.iter().map(|p| p.key.as_str()))
                }
                _ => problem,
            }
        }),
    };
    let low = end("low", range.map(|r| r.0))?;
    let high = end("high", range.map(|r| r.1))?;
    if low.0 >= high.0 {
        let message = format!(
            "`{name}` runs from {} to {}, but `low` must be less than `high`",
            low.0, high.0
        );
        return Err(source.problem(place, &name, message).into());
    }
    Ok([low, high])
}

fn whole(key: &str, info: Option<&ParamInfo>) -> bool {
    let counted = key.starts_with("levers.") && key.ends_with(".phase_in");
    counted || key == "scale" || key == "burn_in" || info.is_some_and(|p| matches!(p.value, ParamValue::Integer(_)))
}

/// One axis for every numeric parameter of a grade: a low and a high value. Values that a step cannot move (zero by a
/// factor, ends of the range) are left out, and so are true and false.
pub(super) fn of_grade(base: &Scenario, grade: &str, except: &[String], step: Step) -> Vec<Axis> {
    let graded = base
        .params
        .iter()
        .filter(|p| p.grade == grade && !except.contains(&p.key));
    let axis = |p: &ParamInfo| {
        let own = p.value.to_toml();
        let ends = [false, true].into_iter().filter_map(|up| moved(p, step, up));
        let values: Vec<String> = ends.filter(|v| *v != own).collect();
        (!values.is_empty()).then(|| Axis {
            key: p.key.clone(),
            levels: Levels::Values(values),
        })
    };
    graded.filter_map(axis).collect()
}

/// A parameter's value moved down or up.
fn moved(info: &ParamInfo, step: Step, up: bool) -> Option<String> {
    let (low, high) = info.range?;
    let one = |value: f64| {
        let to = match (step, up) {
            // of negative numbers twice is the lower one
            (Step::Factor, _) if up == (value >= 0.0) => 2.0 * value,
            (Step::Factor, _) => 0.5 * value,
            (Step::HalfRange, false) => 0.5 * (value + low),
            (Step::HalfRange, true) => 0.5 * (value + high),
        };
        to.clamp(low, high)
    };
    match &info.value {
        ParamValue::Float(value) => Some(float(one(*value))),
        ParamValue::Integer(value) => Some(format!("{}", one(*value as f64).round() as i64)),
        ParamValue::List(values) => {
            let items: Vec<String> = values.iter().map(|v| float(one(*v))).collect();
            Some(format!("[{}]", items.join(", ")))
        }
        ParamValue::Bool(_) => None,
    }
}
