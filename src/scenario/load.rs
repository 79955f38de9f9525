//! From an argument on the command line to a checked [`Scenario`].

use std::path::PathBuf;

use super::catalogue::Catalogue;
use super::files::{Opened, is_name, open, stem};
use super::merge::Draft;
use super::run_keys::RunKeys;
use super::switches;
use super::{Known, Reference, Scenario};
use crate::base::problem::{Problem, Problems, Source};
use crate::base::spanned::{Entry, Node, Value, parse};
use crate::policy::{self, Lever, Schedule};

/// Longest chain of `extends`.
const DEEPEST: usize = 16;

/// Texts that come with the program, by name.
#[derive(Debug, Clone, Copy)]
pub struct Library<'a> {
    /// Scenarios; one must be `baseline`.
    pub scenarios: &'a [(&'a str, &'a str)],
    /// Lever files.
    pub levers: &'a [(&'a str, &'a str)],
    /// Other files that a scenario may name.
    pub files: &'a [(&'a str, &'a str)],
}

/// The texts of this program.
pub const BUILT_IN: Library<'static> = Library {
    scenarios: &[
        ("baseline", include_str!("../../scenarios/baseline.toml")),
        (
            "land-leasing-study",
            include_str!("../../scenarios/land-leasing-study.toml"),
        ),
        ("three-reforms", include_str!("../../scenarios/three-reforms.toml")),
        (
            "before-calibration",
            include_str!("../../scenarios/before-calibration.toml"),
        ),
        ("cycle", include_str!("../../scenarios/cycle.toml")),
        ("tiny", include_str!("../../scenarios/tiny.toml")),
        ("package", include_str!("../../scenarios/package.toml")),
        (
            "chapter-technology",
            include_str!("../../scenarios/chapter-technology.toml"),
        ),
        ("chapter-land", include_str!("../../scenarios/chapter-land.toml")),
        ("chapter-people", include_str!("../../scenarios/chapter-people.toml")),
        ("chapter-data", include_str!("../../scenarios/chapter-data.toml")),
        ("chapter-capital", include_str!("../../scenarios/chapter-capital.toml")),
        (
            "chapter-resources",
            include_str!("../../scenarios/chapter-resources.toml"),
        ),
        (
            "chapter-coordination",
            include_str!("../../scenarios/chapter-coordination.toml"),
        ),
        (
            "pair-hukou-land-supply",
            include_str!("../../scenarios/interactions/pair-hukou-land-supply.toml"),
        ),
        (
            "pair-hukou-homestead",
            include_str!("../../scenarios/interactions/pair-hukou-homestead.toml"),
        ),
        (
            "pair-credit-wedges",
            include_str!("../../scenarios/interactions/pair-credit-wedges.toml"),
        ),
        (
            "pair-capital-entry",
            include_str!("../../scenarios/interactions/pair-capital-entry.toml"),
        ),
        (
            "pair-credit-entry",
            include_str!("../../scenarios/interactions/pair-credit-entry.toml"),
        ),
    ],
    levers: policy::BUILT_IN,
    files: &[("seeds/replications.txt", include_str!("../../seeds/replications.txt"))],
};

/// What the command line changes in a scenario.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Overrides {
    /// The option as it is named in messages, and its text: `key=value`.
    pub options: Vec<(String, String)>,
    /// Whether random seeds may be ones that are held out; `yaosu facts --holdout` alone says so.
    pub holdout: bool,
}

impl Overrides {
    /// Adds a `--set key=value`.
    pub fn set(&mut self, text: &str) {
        self.options.push(("--set".to_owned(), text.to_owned()));
    }

    /// Adds an option of its own that sets `key`.
    pub fn option(&mut self, name: &str, key: &str, value: impl std::fmt::Display) {
        self.options.push((name.to_owned(), format!("{key}={value}")));
    }
}

/// The parameters of the baseline.
pub fn baseline() -> Result<Catalogue, Problems> {
    let (source, tree) = baseline_text(&BUILT_IN)?;
    Catalogue::read(&source, &tree)
}

/// The levers that come with the program.
pub fn levers(known: &Known) -> Result<Vec<Lever>, Problems> {
    policy::catalogue(BUILT_IN.levers, &baseline()?.law(), &known.measured)
}

/// Reads a scenario: a file, or the name of a built-in one.
pub fn load(argument: &str, overrides: &Overrides, known: &Known) -> Result<Scenario, Problems> {
    load_from(&BUILT_IN, argument, overrides, known)
}

/// [`load`] with other built-in texts.
pub fn load_from(
    library: &Library<'_>,
    argument: &str,
    overrides: &Overrides,
    known: &Known,
) -> Result<Scenario, Problems> {
    let opened = open(argument, None, library).map_err(Problems::from)?;
    assemble(library, opened, overrides, known)
}

/// Reads a scenario from a text that is no file.
pub fn load_text(
    library: &Library<'_>,
    name: &str,
    text: &str,
    overrides: &Overrides,
    known: &Known,
) -> Result<Scenario, Problems> {
    let opened = Opened {
        id: name.to_owned(),
        stem: stem(name),
        source: Source::new(name, text),
    };
    assemble(library, opened, overrides, known)
}

fn baseline_text(library: &Library<'_>) -> Result<(Source, Node), Problems> {
    let found = library.scenarios.iter().find(|(name, _)| *name == "baseline");
    let text = found.map_or("", |(_, text)| *text);
    let source = Source::new("built-in scenario baseline", text);
    let tree = parse(&source)?;
    Ok((source, tree))
}

/// The chain of `extends`, the outermost first.
fn chain(library: &Library<'_>, first: Opened) -> Result<Vec<(Source, Node)>, Problems> {
    let mut ids: Vec<String> = Vec::new();
    let mut layers: Vec<(Source, Node)> = Vec::new();
    let mut next = first;
    while next.id != "built-in baseline" {
        let tree = parse(&next.source)?;
        let (id, source) = (next.id, next.source);
        let parent = tree.get("extends").cloned();
        ids.push(id);
        layers.push((source.clone(), tree));
        let Some(node) = parent else { break };
        let Some(name) = node.text() else {
            let allowed = "the name of a built-in scenario or a file";
            return Err(node.wrong(&source, "extends", allowed).into());
        };
        let wrong = |message: String| source.problem(&node.span, "extends", message);
        let opened = open(name, source.folder.as_deref(), library);
        next = opened.map_err(|problem| {
            if problem.line_column().is_some() {
                return problem;
            }
            let told = wrong(format!("`extends`: {problem}"));
            problem.help_text().map_or(told.clone(), |help| told.advice(help))
        })?;
        if ids.contains(&next.id) {
            return Err(wrong(format!("`extends` is {name:?}, which extends this scenario in turn")).into());
        }
        if layers.len() >= DEEPEST {
            return Err(wrong(format!("`extends` is more than {DEEPEST} scenarios deep")).into());
        }
    }
    layers.reverse();
    Ok(layers)
}

pub(super) fn assemble(
    library: &Library<'_>,
    opened: Opened,
    overrides: &Overrides,
    known: &Known,
) -> Result<Scenario, Problems> {
    let mut problems = Problems::default();
    let (base_source, base_tree) = baseline_text(library)?;
    let mut draft = Draft::new(Catalogue::read(&base_source, &base_tree)?);
    draft.holdout = overrides.holdout;
    problems.0.extend(draft.lay(&base_source, &base_tree).0);
    let stem = opened.stem.clone();
    let mut layers = problems.take(chain(library, opened)).unwrap_or_default();
    // a name is not inherited: it is the scenario's own, or the one of an option
    let own = layers.len().saturating_sub(1);
    for (option, text) in &overrides.options {
        layers.extend(problems.take(read_option(option, text)));
    }
    for (source, tree) in &layers {
        problems.0.extend(draft.lay(source, tree).0);
    }
    let named = layers.get(own..).unwrap_or_default();
    let name = problems.take(read_name(named, stem));
    let finished = problems.take(finish(&draft, name.unwrap_or_default(), library, known));
    match finished {
        Some(scenario) => problems.or(scenario),
        None => Err(problems),
    }
    .map_err(Problems::in_order)
}

/// The name that the last text states.
fn read_name(layers: &[(Source, Node)], stem: String) -> Result<String, Problems> {
    let mut problems = Problems::default();
    let mut name = stem;
    for (source, tree) in layers {
        let Some(node) = tree.get("name") else {
            continue;
        };
        match node.text() {
            Some(text) if is_name(text) => name = text.to_owned(),
            _ => {
                let allowed = "a name of at most 64 letters, digits, `-` and `_` that begins with a letter or digit";
                problems.push(node.wrong(source, "name", allowed));
            }
        }
    }
    problems.or(name)
}

/// Makes types of what all texts together say.
fn finish(draft: &Draft, name: String, library: &Library<'_>, known: &Known) -> Result<Scenario, Problems> {
    let mut problems = Problems::default();
    let (run, hints, wrong) = RunKeys::read(draft, known, library);
    problems.0.extend(wrong.0);
    let span = run.as_ref().map(|r| (r.start, r.quarters));
    let estimate = problems
        .take(super::estimate::read(draft, known, hints.world.as_ref(), span))
        .flatten();
    let law = draft.catalogue.law();
    let switches = problems.take(switches::read(draft, &law, &hints, known, library));
    let disagree = |error: String| {
        let message = format!("baseline.toml and the types of the program differ: {error}");
        Problems::from(Problem::placeless("baseline", message))
    };
    let behaviour = draft.behaviour().try_into();
    let behaviour = problems.take(behaviour.map_err(|error: toml::de::Error| disagree(error.to_string())));
    let status_quo = problems.take(law.typed(&law.values()).map_err(|error| disagree(error.to_string())));
    problems.or(())?;
    let (Some(run), Some(switches), Some(behaviour), Some(status_quo)) = (run, switches, behaviour, status_quo) else {
        return Err(Problem::placeless("", "the scenario could not be read").into());
    };
    if name == "baseline" && run.reference == Reference::Baseline && !switches.active.is_empty() {
        let message = "`name` is `baseline`, which is what the reference without levers is called";
        let advice = "give the run another name, such as `--set name=reform`";
        return Err(Problem::placeless("name", message).advice(advice).into());
    }
    let end = run.start.plus(i64::from(run.quarters));
    let late = switches.active.iter().filter(|active| active.from >= end);
    let notes = late.map(|active| format!("`levers.{}` begins in {}, after the run", active.lever.id, active.from));
    Ok(Scenario {
        name,
        world: run.world.name,
        data: run.world.digest,
        start: run.start,
        quarters: run.quarters,
        burn_in: run.burn_in,
        scale: run.scale,
        reference: run.reference,
        seeds: run.seeds,
        output: run.output,
        estimate,
        behaviour,
        status_quo,
        notes: notes.collect(),
        schedule: Schedule::new(law, switches.switches),
        levers: switches.active,
        user_levers: switches.user,
        params: draft.catalogue.params().cloned().collect(),
    })
}

/// `key=value` as a text of its own; a word that is not TOML is taken as text.
fn read_option(option: &str, text: &str) -> Result<(Source, Node), Problems> {
    let folder = PathBuf::new();
    let source = Source::new(option, text).in_folder(folder);
    let whole = 0..text.len();
    let form = "write key=value, for example labour.separation=0.15";
    let Some(equals) = text.find('=').filter(|_| !text.contains(['\n', '\r'])) else {
        let message = format!("`{option} {}` is not key=value", text.escape_debug());
        return Err(source.problem(&whole, text, message).advice(form).into());
    };
    let tree = parse(&source).or_else(|problems| {
        let (key, value) = text.split_at(equals);
        let value = value.get(1..).unwrap_or_default();
        let word = |c: char| c.is_alphanumeric() || "_-./".contains(c);
        if value.is_empty() || !value.chars().all(word) {
            return Err(problems);
        }
        let quoted = parse(&Source::new(option, &format!("{key}='{value}'"))).map_err(|_| problems)?;
        Ok(unquote(quoted, text.len()))
    })?;
    let entries = tree.entries().unwrap_or_default();
    match entries {
        [Entry { key, .. }] if key != "extends" => Ok((source, tree)),
        [_] => Err(source
            .problem(&whole, "extends", "`extends` cannot be an option")
            .into()),
        _ => Err(source
            .problem(&whole, text, format!("`{option}` must set one key"))
            .advice(form)
            .into()),
    }
}

/// Moves places that lie beyond the end back into the text from which quotes were left out.
fn unquote(mut node: Node, end: usize) -> Node {
    if let Value::Table(entries) = node.value {
        let inner = entries.into_iter().map(|entry| Entry {
            node: unquote(entry.node, end),
            ..entry
        });
        node.value = Value::Table(inner.collect());
    }
    node.span = node.span.start.min(end)..node.span.end.min(end);
    node
}
