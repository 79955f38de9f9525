//! From an experiment's text to a checked [`Experiment`].

use std::ops::Range;

use super::axes::flatten;
use super::design::{Trial, read_design, too_many_jobs};
use super::kept::{read_cluster, read_outcomes};
use super::place::{Stated, push_new, told};
use super::{Experiment, seed_of};
use crate::base::fields::{Fields, Limits, texts};
use crate::base::problem::{Problem, Problems, Source};
use crate::base::spanned::{Node, parse};
use crate::scenario::facts::is_held_out;
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
    let base = base_scenario(source, &mut fields, known);
    let outcomes = read_outcomes(source, &mut fields, known);
    let cluster = read_cluster(&mut fields);
    if fields.problems.0.is_empty() {
        fields.problems.0.extend(unused(source, &base.set));
    }
    let scenario = base.scenario.as_ref();
    let design = scenario.and_then(|scenario| read_design(source, &mut fields, scenario, &base.set));
    if let (Some(node), Some(design), Some(replicates)) = (fields.optional("design"), &design, replicates) {
        let many = too_many_jobs(source, node, design, replicates.unsigned_abs());
        fields.problems.0.extend(many);
    }
    if let (Some(seed), Some(replicates)) = (base_seed, replicates) {
        let span = fields.optional("base_seed").map_or(0..0, |n| n.span.clone());
        let held = held_out(source, &span, seed.unsigned_abs(), replicates.unsigned_abs());
        fields.problems.0.extend(held);
    }
    fields.problems.or(())?;
    let (Some(base_seed), Some(replicates), Some(scenario), Some(outcomes), Some(design), Some(cluster)) =
        (base_seed, replicates, base.argument, outcomes, design, cluster)
    else {
        return Err(Problem::placeless("", "the experiment could not be read").into());
    };
    let experiment = Experiment {
        name,
        text: source.text.to_string(),
        scenario,
        set: base.set.iter().map(|s| (s.key.clone(), s.value.clone())).collect(),
        base_seed: base_seed as u64,
        replicates: replicates as u32,
        design: design.design,
        axes: design.axes,
        list: design.list,
        outcomes: outcomes.names,
        ends: outcomes.ends,
        effect_of: outcomes.effect_of,
        per_cent: outcomes.per_cent,
        cluster,
    };
    check(source, &tree, &experiment, (&base.set, &base.at), known)?;
    try_points(source, &experiment, &design.trials, known)?;
    Ok(experiment)
}

/// What is wrong with changes of the scenario that a sweep makes itself.
fn unused(source: &Source, set: &[Stated]) -> Vec<Problem> {
    let mut problems = Vec::new();
    for one in set {
        let why = match one.key.split('.').next() {
            Some("quarters") => "`outcomes.years` says how long a sweep runs",
            Some("seeds") => "`base_seed` and `replicates` say which random seeds a sweep runs",
            _ => continue,
        };
        let message = format!("`set.{}` is never used: {why}", one.key);
        let problem = source.problem(&one.at, &one.key, message);
        problems.push(problem.label("would be ignored"));
    }
    problems
}

/// What is wrong where a replicate would draw a random seed that is held out.
fn held_out(source: &Source, span: &Range<usize>, base_seed: u64, replicates: u64) -> Option<Problem> {
    let mut seeds = (0..replicates as usize).map(|replicate| seed_of(base_seed, replicate));
    let seed = seeds.find(|seed| is_held_out(*seed))?;
    let message = format!(
        "`base_seed` is {base_seed}, which draws the seed {seed}, which is held out: only `yaosu facts --holdout` runs it"
    );
    let problem = source.problem(span, "base_seed", message).label("held out");
    Some(problem.advice("use another base seed"))
}

/// The scenario of an experiment.
pub(super) struct Base {
    /// Its name or path.
    pub argument: Option<String>,
    /// The scenario with the changes that all points share.
    pub scenario: Option<Scenario>,
    /// These changes.
    pub set: Vec<Stated>,
    /// Where the file names it.
    pub at: Range<usize>,
}

/// Reads `scenario` and `set`.
pub(super) fn base_scenario(source: &Source, fields: &mut Fields<'_>, known: &Known) -> Base {
    let set = settings(fields);
    let mut base = Base {
        argument: None,
        scenario: None,
        set,
        at: fields.optional("scenario").map_or(0..0, |n| n.span.clone()),
    };
    let Some(argument) = fields.text("scenario") else {
        return base;
    };
    let beside = source
        .folder
        .as_ref()
        .map(|f| f.join(&argument))
        .filter(|p| p.is_file());
    let absolute = beside.and_then(|p| p.canonicalize().ok());
    let argument = absolute.map_or(argument, |p| p.display().to_string());
    let mut overrides = Overrides::default();
    for one in &base.set {
        overrides.option("experiment set", &one.key, &one.value);
    }
    let loaded = load_scenario(&argument, &overrides, known);
    let loaded = loaded.map_err(|problems| told(source, &base.set, &base.at, None, problems));
    base.scenario = fields.problems.take(loaded);
    base.argument = Some(argument);
    base
}

/// What `set` states.
fn settings(fields: &mut Fields<'_>) -> Vec<Stated> {
    match fields.optional("set") {
        Some(node) if node.entries().is_none() => {
            let allowed = "a table of keys of the scenario, such as { scale = 2000 }";
            fields.wrong("set", node, allowed);
            Vec::new()
        }
        Some(node) => {
            let all = flatten(node, &|_| false);
            all.into_iter().map(|(key, entry)| Stated::new(&key, entry)).collect()
        }
        None => Vec::new(),
    }
}

/// The scenario of all points with the length that the outcomes ask for; levers of effects.
fn check(
    source: &Source,
    tree: &Node,
    experiment: &Experiment,
    (set, at): (&[Stated], &Range<usize>),
    known: &Known,
) -> Result<(), Problems> {
    let nothing = vec![None; experiment.axes.len()];
    let base = experiment.scenario_at(&nothing, known);
    let base = base.map_err(|problems| told(source, set, at, None, problems))?;
    let mut problems = Problems::default();
    let named = tree.get("outcomes").and_then(|o| o.get("effect_of")).and_then(texts);
    for (id, span) in named.unwrap_or_default() {
        if id != "package" && !base.levers.iter().any(|a| a.lever.id == id) {
            let message =
                format!("`outcomes.effect_of` names `{id}`, which is not a lever that the scenario switches on");
            let on = base.levers.iter().map(|a| a.lever.id.as_str());
            problems.push(source.problem(span, "outcomes.effect_of", message).near(id, on));
        }
    }
    problems.or(())
}

/// Every value that the file states, alone, and every point of a list, through the readers of scenarios.
fn try_points(source: &Source, experiment: &Experiment, trials: &[Trial], known: &Known) -> Result<(), Problems> {
    let mut problems = Problems::default();
    for trial in trials {
        if let Err(found) = experiment.scenario_at(&trial.point, known) {
            for problem in told(source, &trial.stated, &trial.at, Some(&trial.at), found).0 {
                push_new(&mut problems, problem);
            }
        }
    }
    problems.or(())
}
