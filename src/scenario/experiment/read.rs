//! From an experiment's text to a checked [`Experiment`].

use super::axes::{self, Step, flatten, is_axis};
use super::kept::{read_cluster, read_outcomes};
use super::{Axis, Design, Experiment};
use crate::base::fields::{Fields, Limits};
use crate::base::problem::{Problem, Problems, Source};
use crate::base::spanned::{Node, Value, parse};
use crate::scenario::files::{Opened, is_name, open};
use crate::scenario::load::{Library, load as load_scenario};
use crate::scenario::{Known, Overrides, Scenario};

/// Experiments that come with the program.
pub const BUILT_IN: &[(&str, &str)] = &[
    (
        "assumptions",
        include_str!("../../../scenarios/experiments/assumptions.toml"),
    ),
    ("timing", include_str!("../../../scenarios/experiments/timing.toml")),
    (
        "labour-indices",
        include_str!("../../../scenarios/experiments/labour-indices.toml"),
    ),
];

const KEYS: &[&str] = &[
    "name",
    "scenario",
    "base_seed",
    "replicates",
    "set",
    "design",
    "outcomes",
    "cluster",
];
const DESIGN_KEYS: &[&str] = &[
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
const KINDS: &[&str] = &[
    "list",
    "grid",
    "latin_hypercube",
    "sobol",
    "one_at_a_time",
    "screening",
    "morris",
    "saltelli",
];

/// Most points of a sampled design.
const MOST_POINTS: f64 = 65_536.0;

/// Reads an experiment: a file, or the name of a built-in one.
///
/// # Errors
/// Everything that is wrong with it, with its place.
pub fn load(argument: &str, known: &Known) -> Result<Experiment, Problems> {
    let opened = open_experiment(argument, BUILT_IN, "experiment")?;
    read(&opened.source, &opened.stem, known).map_err(Problems::in_order)
}

/// Opens a file, or one of the built-in texts of a kind.
pub(super) fn open_experiment(argument: &str, built_in: &[(&str, &str)], kind: &str) -> Result<Opened, Problem> {
    let library = Library {
        scenarios: built_in,
        levers: &[],
        files: &[],
    };
    open(argument, None, &library).map_err(|problem| {
        let names: Vec<&str> = built_in.iter().map(|b| b.0).collect();
        match problem.to_string().contains("built-in scenario") {
            true => {
                let message = format!("`{argument}` is neither a file nor a built-in {kind}");
                Problem::placeless(argument, message).advice(format!("built-in {kind}s: {}", names.join(", ")))
            }
            false => problem,
        }
    })
}

/// The name that an experiment states, or else that of its file.
pub(super) fn name(fields: &mut Fields<'_>, stem: &str) -> String {
    let name = fields
        .optional("name")
        .map_or(stem.to_owned(), |n| n.text().unwrap_or_default().to_owned());
    if let (false, Some(node)) = (is_name(&name), fields.optional("name")) {
        fields.wrong("name", node, "a name of letters, digits, `-` and `_`");
    }
    name
}

fn read(source: &Source, stem: &str, known: &Known) -> Result<Experiment, Problems> {
    let tree = parse(source)?;
    let mut fields = Fields::open(source, "", 0..0, &tree, KEYS)?;
    let name = name(&mut fields, stem);
    let base_seed = match fields.optional("base_seed") {
        Some(_) => fields.integer("base_seed", &Limits::new(0.0, 9e15, "")),
        None => Some(1),
    };
    let replicates = fields.integer("replicates", &Limits::new(1.0, 100_000.0, "replicates"));
    let (scenario, base) = base_scenario(source, &mut fields, known);
    let set = fields.optional("set").map(settings).unwrap_or_default();
    let outcomes = read_outcomes(source, &mut fields, known);
    let cluster = read_cluster(&mut fields);
    let design = base.as_ref().and_then(|base| read_design(source, &mut fields, base));
    fields.problems.or(())?;
    let (Some(base_seed), Some(replicates), Some(scenario), Some(outcomes), Some(design), Some(cluster)) =
        (base_seed, replicates, scenario, outcomes, design, cluster)
    else {
        return Err(Problem::placeless("", "the experiment could not be read").into());
    };
    let experiment = Experiment {
        name,
        text: source.text.to_string(),
        scenario,
        set,
        base_seed: base_seed as u64,
        replicates: replicates as u32,
        design: design.0,
        axes: design.1,
        list: design.2,
        outcomes: outcomes.names,
        ends: outcomes.ends,
        effect_of: outcomes.effect_of,
        per_cent: outcomes.per_cent,
        cluster,
    };
    check(source, &tree, &experiment, known)?;
    Ok(experiment)
}

/// Keys of `set` with their values in TOML.
pub(super) fn settings(node: &Node) -> Vec<(String, String)> {
    let all = flatten(node, &|_| false);
    all.into_iter()
        .map(|(key, entry)| (key, entry.node.to_toml()))
        .collect()
}

/// The scenario's name or path, and the scenario with the changes that all points share.
pub(super) fn base_scenario(
    source: &Source,
    fields: &mut Fields<'_>,
    known: &Known,
) -> (Option<String>, Option<Scenario>) {
    let Some(argument) = fields.text("scenario") else {
        return (None, None);
    };
    let beside = source
        .folder
        .as_ref()
        .map(|f| f.join(&argument))
        .filter(|p| p.is_file());
    let absolute = beside.and_then(|p| p.canonicalize().ok());
    let argument = absolute.map_or(argument, |p| p.display().to_string());
    let mut overrides = Overrides::default();
    for (key, value) in fields.optional("set").map(settings).unwrap_or_default() {
        overrides.option("experiment set", &key, value);
    }
    let loaded = load_scenario(&argument, &overrides, known);
    let loaded = fields.problems.take(loaded);
    (Some(argument), loaded)
}

type Points = (Design, Vec<Axis>, Vec<Vec<Option<String>>>);

fn read_design(source: &Source, fields: &mut Fields<'_>, base: &Scenario) -> Option<Points> {
    let mut inner = fields.table("design", DESIGN_KEYS)?;
    let design = kind(&mut inner);
    let mut axes = Vec::new();
    if let Some(node) = inner.optional("keys") {
        for (key, entry) in flatten(node, &is_axis) {
            axes.extend(inner.problems.take(axes::axis(source, &key, entry, base)));
        }
    }
    if inner.optional("grade").is_some() {
        axes.extend(graded(&mut inner, base));
    }
    let mut list = Vec::new();
    if design == Some(Design::List) {
        (axes, list) = listed(source, &mut inner);
    } else if axes.is_empty() && inner.problems.0.is_empty() {
        let message = "`design` varies nothing: it needs `keys` or `grade`";
        let span = fields.optional("design").map_or(0..0, |n| n.span.clone());
        inner.problems.push(source.problem(&span, "design", message));
    }
    if let (Some(Design::Screening), Some(axis)) = (design, axes.iter().find(|a| a.ends().len() > 2)) {
        let message = format!(
            "`{}` has more than two values, but a screening design has two levels",
            axis.key
        );
        let span = inner.optional("keys").map_or(0..0, |n| n.span.clone());
        inner.problems.push(source.problem(&span, "design.keys", message));
    }
    fields.problems.0.append(&mut inner.problems.0);
    Some((design?, axes, list))
}

fn kind(inner: &mut Fields<'_>) -> Option<Design> {
    let text = inner.text("kind")?;
    let most = Limits::new(2.0, MOST_POINTS, "points");
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
            points: count("points", &most)?,
        },
        "morris" => {
            let trajectories = count("trajectories", &Limits::new(2.0, 10_000.0, "trajectories"))?;
            let levels = count("levels", &Limits::new(2.0, 100.0, "levels"))?;
            if levels % 2 == 1 {
                let node = inner.optional("levels")?;
                inner.wrong(
                    "levels",
                    node,
                    "an even number, so that steps of half the grid stay on it",
                );
                return None;
            }
            Design::Morris { trajectories, levels }
        }
        _ => {
            let node = inner.optional("kind")?;
            inner.wrong("kind", node, &format!("one of: {}", KINDS.join(", ")));
            return None;
        }
    })
}

fn graded(inner: &mut Fields<'_>, base: &Scenario) -> Vec<Axis> {
    let except = inner.texts("except");
    let step = match inner.optional("step").map(|n| (n, n.text())) {
        None | Some((_, Some("factor"))) => Step::Factor,
        Some((_, Some("half_range"))) => Step::HalfRange,
        Some((node, _)) => {
            inner.wrong("step", node, "\"factor\" (half and twice) or \"half_range\"");
            Step::Factor
        }
    };
    let Some(grade) = inner.text("grade") else {
        return Vec::new();
    };
    let axes = axes::of_grade(base, &grade, &except, step);
    if let (true, Some(node)) = (axes.is_empty(), inner.optional("grade")) {
        inner.wrong("grade", node, "the grade of some parameter, such as \"ASSUMPTION\"");
    }
    axes
}

/// Points one by one: the axes are all keys that any point states.
fn listed(source: &Source, inner: &mut Fields<'_>) -> (Vec<Axis>, Vec<Vec<Option<String>>>) {
    let items = match inner.required("list").map(|n| (n, &n.value)) {
        Some((_, Value::List(items))) if items.iter().all(|i| i.entries().is_some()) => items.as_slice(),
        Some((node, _)) => {
            inner.wrong("list", node, "a list of tables of keys and values");
            &[]
        }
        None => &[],
    };
    let points: Vec<_> = items.iter().map(|item| flatten(item, &|_| false)).collect();
    let mut keys: Vec<&str> = Vec::new();
    for (key, entry) in points.iter().flatten() {
        if let Err(problem) = axes::may_vary(source, key, entry) {
            inner.problems.push(problem);
        }
        if !keys.contains(&key.as_str()) {
            keys.push(key);
        }
    }
    let value = |point: &Vec<(String, &crate::base::spanned::Entry)>, key: &str| {
        point.iter().find(|(k, _)| k == key).map(|(_, e)| e.node.to_toml())
    };
    let list = points
        .iter()
        .map(|p| keys.iter().map(|k| value(p, k)).collect())
        .collect();
    let axis = |key: &&str| Axis {
        key: (*key).to_owned(),
        levels: super::Levels::Values(points.iter().filter_map(|p| value(p, key)).collect()),
    };
    (keys.iter().map(axis).collect(), list)
}

/// Every value at an end of an axis, alone, through the readers of scenarios; levers of effects.
fn check(source: &Source, tree: &Node, experiment: &Experiment, known: &Known) -> Result<(), Problems> {
    let nothing = vec![None; experiment.axes.len()];
    let base = experiment.scenario_at(&nothing, known)?;
    let mut problems = Problems::default();
    for id in experiment.effect_of.iter().filter(|id| *id != "package") {
        if !base.levers.iter().any(|a| a.lever.id == *id) {
            let span = tree
                .get("outcomes")
                .and_then(|o| o.get("effect_of"))
                .map_or(0..0, |n| n.span.clone());
            let message =
                format!("`outcomes.effect_of` names `{id}`, which is not a lever that the scenario switches on");
            let on = base.levers.iter().map(|a| a.lever.id.as_str());
            problems.push(source.problem(&span, "outcomes.effect_of", message).near(id, on));
        }
    }
    for (k, axis) in experiment.axes.iter().enumerate() {
        for value in axis.ends() {
            let mut point = nothing.clone();
            point[k] = Some(value);
            if let Err(found) = experiment.scenario_at(&point, known) {
                problems.0.extend(found.0);
                break;
            }
        }
    }
    problems.or(())
}
