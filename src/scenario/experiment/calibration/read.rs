//! From a calibration's text to a checked [`Calibration`].

use super::super::axes::{self, flatten, is_axis};
use super::super::read::{base_scenario, name, open_experiment, settings};
use super::super::{Axis, Levels};
use super::targets::read_targets;
use super::{Calibration, Recover};
use crate::base::fields::{Fields, Limits};
use crate::base::problem::{Problem, Problems, Source};
use crate::base::spanned::{Node, parse};
use crate::scenario::facts::is_held_out;
use crate::scenario::{Known, Scenario};

/// Calibrations that come with the program.
pub const BUILT_IN: &[(&str, &str)] = &[
    (
        "recovery",
        include_str!("../../../../scenarios/experiments/recovery.toml"),
    ),
    (
        "facts-fit",
        include_str!("../../../../scenarios/experiments/facts-fit.toml"),
    ),
];

const KEYS: &[&str] = &["name", "scenario", "set", "calibrate"];
const CALIBRATE: &[&str] = &[
    "replicates",
    "evaluations",
    "tolerance",
    "points",
    "starts",
    "keys",
    "targets",
    "recover",
];
const RECOVER: &[&str] = &["planted", "replicates"];

/// Fewest evaluations for each key: enough to search and to take derivatives at three steps twice.
const FEWEST: u32 = 30;

/// Reads a calibration: a file, or the name of a built-in one.
///
/// # Errors
/// Everything that is wrong with it, with its place.
pub fn load_calibration(argument: &str, known: &Known) -> Result<Calibration, Problems> {
    let opened = open_experiment(argument, BUILT_IN, "calibration")?;
    read(&opened.source, &opened.stem, known).map_err(Problems::in_order)
}

fn read(source: &Source, stem: &str, known: &Known) -> Result<Calibration, Problems> {
    let tree = parse(source)?;
    let mut fields = Fields::open(source, "", 0..0, &tree, KEYS)?;
    let name = name(&mut fields, stem);
    let (scenario, base) = base_scenario(source, &mut fields, known);
    let set = fields.optional("set").map(settings).unwrap_or_default();
    let mut inner = fields.table("calibrate", CALIBRATE);
    let found = match (&base, &mut inner) {
        (Some(base), Some(inner)) => read_calibrate(source, inner, base, known),
        _ => None,
    };
    if let Some(inner) = &mut inner {
        fields.problems.0.append(&mut inner.problems.0);
    }
    let named = fields.optional("set").or(fields.optional("scenario"));
    if let (Some(base), Some(node)) = (&base, named) {
        fields.problems.0.extend(held_out(source, node, base));
    }
    fields.problems.or(())?;
    let (Some(scenario), Some(found)) = (scenario, found) else {
        return Err(Problem::placeless("", "the calibration could not be read").into());
    };
    let calibration = Calibration {
        name,
        text: source.text.to_string(),
        scenario,
        set,
        ..found
    };
    check(&calibration, known)?;
    // with as many seeds as it asks for
    let whole = calibration.scenario_at(&[], known)?;
    match named.and_then(|node| held_out(source, node, &whole)) {
        Some(problem) => Err(problem.into()),
        None => Ok(calibration),
    }
}

/// What is wrong with seeds that are held out, wherever the scenario has them from.
fn held_out(source: &Source, node: &Node, scenario: &Scenario) -> Option<Problem> {
    let seed = scenario.seeds.iter().find(|seed| is_held_out(**seed))?;
    let message = format!(
        "`seeds` of the scenario `{}` has {seed}, which is held out: only `yaosu facts --holdout` runs it",
        scenario.name
    );
    let problem = source.problem(&node.span, "seeds", message).label("its seeds");
    Some(problem.advice("use seeds = { file = \"seeds/replications.txt\", count = 20 }"))
}

/// The table `calibrate`; name, text and scenario are left to the caller.
fn read_calibrate(source: &Source, inner: &mut Fields<'_>, base: &Scenario, known: &Known) -> Option<Calibration> {
    let axes = read_keys(source, inner, base);
    let count = axes.len().max(1) as f64;
    let replicates = inner.integer("replicates", &Limits::new(2.0, 10_000.0, "seeds"));
    let fewest = f64::from(FEWEST) * count;
    let evaluations = inner.integer("evaluations", &Limits::new(fewest, 1e6, "evaluations"));
    let tolerance = positive(inner, "tolerance", Some(1.0));
    let recover = read_recover(source, inner, &axes, replicates);
    let targets = read_targets(source, inner, (base, known), recover.is_some());
    let total = evaluations.unwrap_or(fewest as i64) as f64;
    let points = optional(inner, "points", &Limits::new(1.0, (total / 3.0).floor(), "evaluations"));
    let points = points.unwrap_or((0.25 * total).floor().max(1.0) as u32);
    // what derivatives may take is kept back; a local search needs a simplex and some moves
    let left = total - 4.0 - f64::from(points) - 12.0 * count;
    let most = (left / (count + 2.0)).floor().clamp(1.0, 64.0);
    let starts = optional(inner, "starts", &Limits::new(1.0, most, "searches"));
    if targets.len() < axes.len() && inner.problems.0.is_empty() {
        let message = format!(
            "`calibrate.targets` has {} targets for {} keys: at least as many targets as keys are needed",
            targets.len(),
            axes.len()
        );
        let span = inner.optional("targets").map_or(0..0, |n| n.span.clone());
        inner
            .problems
            .push(source.problem(&span, "calibrate.targets", message).label("too few"));
    }
    Some(Calibration {
        name: String::new(),
        text: String::new(),
        scenario: String::new(),
        set: Vec::new(),
        axes,
        targets,
        replicates: replicates? as u32,
        evaluations: evaluations? as u32,
        tolerance: tolerance?,
        points,
        starts: starts.unwrap_or((most as u32).min(2)),
        recover: recover.flatten(),
    })
}

/// A whole number that may be left out.
fn optional(inner: &mut Fields<'_>, key: &str, limits: &Limits) -> Option<u32> {
    inner
        .optional(key)
        .and_then(|_| inner.integer(key, limits))
        .map(|n| n as u32)
}

/// A number above 0; `default` if it may be left out.
pub(super) fn positive(inner: &mut Fields<'_>, key: &str, default: Option<f64>) -> Option<f64> {
    let node = match inner.optional(key) {
        None if default.is_some() => return default,
        _ => inner.required(key)?,
    };
    let found = node.number().filter(|n| *n > 0.0 && n.is_finite());
    if found.is_none() {
        inner.wrong(key, node, "a number above 0");
    }
    found
}

/// The keys, with the reader of designs; each must have a range of numbers.
fn read_keys(source: &Source, inner: &mut Fields<'_>, base: &Scenario) -> Vec<Axis> {
    let mut axes = Vec::new();
    let Some(node) = inner.required("keys") else {
        return axes;
    };
    for (key, entry) in flatten(node, &is_axis) {
        let Some(axis) = inner.problems.take(axes::axis(source, &key, entry, base)) else {
            continue;
        };
        match axis.levels {
            Levels::Range { whole: false, .. } => axes.push(axis),
            Levels::Range { .. } => {
                let message = format!("`{key}` is a whole number, which has no derivative");
                let problem = source.problem(&entry.at, &key, message).label("cannot be calibrated");
                inner.problems.push(problem);
            }
            Levels::Values(_) => {
                let allowed = "a range such as { low = 0.05, high = 0.2 }, or {} for the whole range";
                let name = format!("calibrate.keys.{key}");
                inner.problems.push(entry.node.wrong(source, &name, allowed));
            }
        }
    }
    if axes.is_empty() && inner.problems.0.is_empty() {
        let message = "`calibrate.keys` has no key";
        inner
            .problems
            .push(source.problem(&node.span, "calibrate.keys", message));
    }
    axes
}

/// The table `recover`: nothing without it; an inner nothing if it is wrong.
fn read_recover(
    source: &Source,
    inner: &mut Fields<'_>,
    axes: &[Axis],
    replicates: Option<i64>,
) -> Option<Option<Recover>> {
    inner.optional("recover")?;
    let Some(mut table) = inner.table("recover", RECOVER) else {
        return Some(None);
    };
    let own = optional(&mut table, "replicates", &Limits::new(2.0, 10_000.0, "seeds"));
    let stated = match table.required("planted") {
        Some(node) => flatten(node, &|_| false),
        None => Vec::new(),
    };
    let names = || axes.iter().map(|a| a.key.as_str());
    for (key, entry) in &stated {
        if !names().any(|n| n == key) {
            let message = format!("`calibrate.recover.planted` has `{key}`, which is not among the keys");
            let problem = source.problem(&entry.at, key, message).label("unknown key");
            table.problems.push(problem.near(key, names()));
        }
    }
    let mut planted = Vec::new();
    for axis in axes {
        let (Levels::Range { low, high, .. }, Some(node)) = (&axis.levels, table.optional("planted")) else {
            continue;
        };
        let key = format!("calibrate.recover.planted.{}", axis.key);
        match stated.iter().find(|s| s.0 == axis.key) {
            Some((_, entry)) => {
                let value = Limits::new(*low, *high, "").number(source, &key, &entry.node);
                planted.extend(table.keep(value));
            }
            None => {
                let message = format!("`{key}` is missing");
                let problem = source.problem(&node.span, &key, message).label("needs it");
                table.problems.push(problem);
            }
        }
    }
    inner.problems.0.append(&mut table.problems.0);
    let replicates = own.or(replicates.map(|r| r as u32));
    Some(replicates.map(|replicates| Recover { planted, replicates }))
}

/// The scenario with each key alone at each end of its range, through the readers of scenarios.
fn check(calibration: &Calibration, known: &Known) -> Result<(), Problems> {
    let middle: Vec<String> = calibration.axes.iter().map(|axis| axis.at(0.5)).collect();
    calibration.scenario_at(&middle, known)?;
    let mut problems = Problems::default();
    for (k, axis) in calibration.axes.iter().enumerate() {
        for end in axis.ends() {
            let mut values = middle.clone();
            values[k] = end;
            if let Err(found) = calibration.scenario_at(&values, known) {
                problems.0.extend(found.0);
                break;
            }
        }
    }
    problems.or(())
}
