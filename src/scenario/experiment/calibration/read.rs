//! From a calibration's text to a checked [`Calibration`].

use super::super::axes::{self, Drawn, flatten, is_axis};
use super::super::place::{push_new, told};
use super::super::read::{base_scenario, name, open_experiment};
use super::super::{Axis, Levels};
use super::targets::read_targets;
use super::{Calibration, Recover};
use crate::base::fields::{Fields, Limits};
use crate::base::problem::{Problem, Problems, Source};
use crate::base::spanned::parse;
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
    let base = base_scenario(source, &mut fields, known);
    let mut inner = fields.table("calibrate", CALIBRATE);
    let mut drawn = Vec::new();
    let found = match (&base.scenario, &mut inner) {
        (Some(scenario), Some(inner)) => {
            drawn = read_keys(source, inner, scenario);
            let axes = drawn.iter().map(|d| d.axis.clone()).collect();
            read_calibrate(source, inner, axes, scenario, known)
        }
        _ => None,
    };
    if let Some(inner) = &mut inner {
        fields.problems.0.append(&mut inner.problems.0);
    }
    fields.problems.or(())?;
    let (Some(scenario), Some(found)) = (base.argument, found) else {
        return Err(Problem::placeless("", "the calibration could not be read").into());
    };
    let calibration = Calibration {
        name,
        text: source.text.to_string(),
        scenario,
        set: base.set.iter().map(|s| (s.key.clone(), s.value.clone())).collect(),
        ..found
    };
    let asked = tree.get("calibrate").and_then(|c| c.get("replicates"));
    let asked = asked.map_or(base.at.clone(), |node| node.span.clone());
    // with as many seeds and quarters as it asks for
    let whole = calibration.scenario_at(&[], known);
    whole.map_err(|problems| told(source, &base.set, &asked, None, problems))?;
    check(source, &calibration, &drawn, known)?;
    Ok(calibration)
}

/// The table `calibrate`; name, text and scenario are left to the caller.
fn read_calibrate(
    source: &Source,
    inner: &mut Fields<'_>,
    axes: Vec<Axis>,
    base: &Scenario,
    known: &Known,
) -> Option<Calibration> {
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
fn read_keys(source: &Source, inner: &mut Fields<'_>, base: &Scenario) -> Vec<Drawn> {
    let mut axes: Vec<Drawn> = Vec::new();
    let Some(node) = inner.required("keys") else {
        return axes;
    };
    for (key, entry) in flatten(node, &is_axis) {
        let Some(axis) = inner.problems.take(axes::axis(source, &key, entry, base)) else {
            continue;
        };
        match axis.axis.levels {
            Levels::Range { whole: false, .. } if axes.iter().any(|a| a.axis.key == key) => {
                let message = format!("`calibrate.keys.{key}` is there twice");
                inner
                    .problems
                    .push(source.problem(&entry.at, &key, message).label("again"));
            }
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

/// The scenario with each key alone at each end of its range, then with all in the middle, through the readers of scenarios.
fn check(source: &Source, calibration: &Calibration, drawn: &[Drawn], known: &Known) -> Result<(), Problems> {
    let mut problems = Problems::default();
    for one in drawn.iter().flat_map(|d| &d.stated) {
        let alone = calibration.scenario_with([(one.key.as_str(), one.value.as_str())], known);
        if let Err(found) = alone {
            let stated = std::slice::from_ref(one);
            for problem in told(source, stated, &one.span, Some(&one.span), found).0 {
                push_new(&mut problems, problem);
            }
        }
    }
    problems.or(())?;
    let middle: Vec<String> = calibration.axes.iter().map(|axis| axis.at(0.5)).collect();
    let place = drawn.iter().flat_map(|d| &d.stated).map(|one| one.at.clone()).next();
    let place = place.unwrap_or(0..0);
    let together = calibration.scenario_at(&middle, known);
    together.map_err(|found| told(source, &[], &place, Some(&place), found))?;
    Ok(())
}
