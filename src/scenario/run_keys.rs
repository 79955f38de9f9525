//! The plain keys of a run: which world, how long, which seeds, what to write.

use std::path::Path;

use super::facts::is_held_out;
use super::files::read_beside;
use super::load::Library;
use super::merge::{Draft, Setting};
use super::quarter::{FORM, Quarter};
use super::worlds::read_world;
use super::{Known, KnownWorld, Metrics, Output, Reference, Regions};
use crate::base::fields::{Fields, Limits, texts};
use crate::base::problem::{Problem, Problems, Source};
use crate::base::spanned::{Node, Value};

/// No run has more seeds than this.
const MOST_SEEDS: f64 = 100_000.0;
/// No run is longer than this `[quarters]`.
const MOST_QUARTERS: f64 = 2000.0;

/// Everything in a scenario that is neither parameter nor lever.
#[derive(Debug, Clone)]
pub(super) struct RunKeys {
    pub world: KnownWorld,
    pub start: Quarter,
    pub quarters: u32,
    pub burn_in: u32,
    pub scale: u32,
    pub reference: Reference,
    pub seeds: Vec<u64>,
    pub output: Output,
}

impl RunKeys {
    /// Reads the plain keys; also gives the start and world where only other keys are wrong.
    pub fn read(draft: &Draft, known: &Known, library: &Library<'_>) -> (Option<Self>, Hints, Problems) {
        let mut keys = Reader {
            draft,
            problems: Problems::default(),
        };
        let world = keys.take("world", |s, n, k| read_world(s, n, k, &known.worlds));
        let start = keys.take("start", read_quarter);
        let length = Limits::new(1.0, MOST_QUARTERS, "quarters");
        let pause = Limits::new(0.0, MOST_QUARTERS, "quarters");
        let size = Limits::new(1.0, 1e6, "people per agent");
        let quarters = keys.count("quarters", &length);
        let burn_in = keys.count("burn_in", &pause);
        let scale = keys.count("scale", &size);
        let micro_every = keys.count("output.micro.every", &pause);
        let reference = keys.take("reference", read_reference);
        let seeds = keys.take("seeds", |s, n, _| open_seeds(s, n, draft, library));
        let place = world.as_ref();
        let regions = keys.take("output.regions", |s, n, k| read_output_regions(s, n, k, place));
        let metrics = keys.take("output.metrics", |s, n, k| read_output_metrics(s, n, k, known));
        let read = || {
            Some(Self {
                world: world.clone()?,
                start: start?,
                quarters: quarters?,
                burn_in: burn_in?,
                scale: scale?,
                reference: reference?,
                seeds: seeds?,
                output: Output {
                    regions: regions?,
                    metrics: metrics?,
                    micro_every: micro_every?,
                },
            })
        };
        (read(), Hints { world, start }, keys.problems)
    }
}

/// What levers need to know of the plain keys.
pub(super) struct Hints {
    pub world: Option<KnownWorld>,
    pub start: Option<Quarter>,
}

struct Reader<'a> {
    draft: &'a Draft,
    problems: Problems,
}

impl Reader<'_> {
    fn take<T>(&mut self, key: &str, read: impl FnOnce(&Source, &Node, &str) -> Result<T, Problems>) -> Option<T> {
        match self.draft.run.get(key) {
            Some(Setting { source, node }) => self.problems.take(read(source, node, key)),
            None => {
                let message = format!("`{key}` has no default in baseline.toml");
                self.problems.push(Problem::placeless(key, message));
                None
            }
        }
    }

    fn count(&mut self, key: &str, limits: &Limits) -> Option<u32> {
        let value = self.take(key, |s, n, k| Ok(limits.integer(s, k, n)?))?;
        u32::try_from(value).ok()
    }
}

/// The quarter that `node` states.
pub(super) fn read_quarter(source: &Source, node: &Node, key: &str) -> Result<Quarter, Problems> {
    let parsed = node.text().and_then(|text| text.parse().ok());
    parsed.ok_or_else(|| node.wrong(source, key, FORM).into())
}

fn read_reference(source: &Source, node: &Node, key: &str) -> Result<Reference, Problems> {
    match node.text() {
        Some("none") => Ok(Reference::None),
        Some("baseline") => Ok(Reference::Baseline),
        _ => Err(node.wrong(source, key, "\"none\" or \"baseline\"").into()),
    }
}

/// The places in the world of the regions and groups that `node` lists.
pub(super) fn read_regions(
    source: &Source,
    node: &Node,
    key: &str,
    allowed: &str,
    world: Option<&KnownWorld>,
) -> Result<(Vec<String>, Vec<usize>), Problems> {
    let list = match texts(node) {
        Some(list) if !list.is_empty() => list,
        _ => return Err(node.wrong(source, key, allowed).into()),
    };
    let mut problems = Problems::default();
    let (mut names, mut places) = (Vec::new(), Vec::new());
    for (name, at) in list {
        let Some(world) = world else { continue };
        match world.find(name) {
            Some(found) => {
                names.push(name.to_owned());
                places.extend(found);
            }
            None => {
                let message = format!(
                    "`{name}` in `{key}` is neither a region nor a group of regions of {}",
                    world.name
                );
                let problem = source.problem(at, key, message).label("unknown region");
                problems.push(problem.near(name, world.names()));
            }
        }
    }
    places.sort_unstable();
    places.dedup();
    problems.or((names, places))
}

fn read_output_regions(
    source: &Source,
    node: &Node,
    key: &str,
    world: Option<&KnownWorld>,
) -> Result<Regions, Problems> {
    let allowed = "\"all\", \"total\", or a list of regions and groups of regions";
    match node.text() {
        Some("all") => Ok(Regions::All),
        Some("total") => Ok(Regions::Total),
        _ => Ok(Regions::Only(read_regions(source, node, key, allowed, world)?.0)),
    }
}

fn read_output_metrics(source: &Source, node: &Node, key: &str, known: &Known) -> Result<Metrics, Problems> {
    if node.text() == Some("all") {
        return Ok(Metrics::All);
    }
    let list = match texts(node) {
        Some(list) if !list.is_empty() => list,
        _ => {
            return Err(node.wrong(source, key, "\"all\" or a list of metrics").into());
        }
    };
    let metrics = &known.measured.metrics;
    let mut problems = Problems::default();
    for (name, at) in &list {
        if !metrics.is_empty() && !metrics.iter().any(|metric| metric == name) {
            let message = format!("`{name}` in `{key}` is not a metric");
            let problem = source.problem(at, key, message).label("unknown metric");
            problems.push(problem.near(name, metrics.iter().map(String::as_str)));
        }
    }
    problems.or(Metrics::Only(
        list.into_iter().map(|(name, _)| name.to_owned()).collect(),
    ))
}

/// The seeds that `node` states. One that is held out is refused wherever it is from: by value, not by the name of a file.
fn open_seeds(source: &Source, node: &Node, draft: &Draft, library: &Library<'_>) -> Result<Vec<u64>, Problems> {
    let seeds = read_seeds(source, node, draft.seed_count.as_ref(), library)?;
    let held = seeds.iter().enumerate().find(|(_, seed)| is_held_out(**seed));
    let Some((place, seed)) = held.filter(|_| !draft.holdout) else {
        return Ok(seeds);
    };
    let span = match &node.value {
        Value::List(items) => items.get(place).map_or(&node.span, |item| &item.span),
        _ => &node.span,
    };
    let message = format!("`seeds` has {seed}, which is held out: only `yaosu facts --holdout` runs it");
    let problem = source.problem(span, "seeds", message).label("held out");
    let advice = "use other seeds, such as { file = \"seeds/replications.txt\", count = 20 }";
    Err(problem.advice(advice).into())
}

fn read_seeds(
    source: &Source,
    node: &Node,
    replaced: Option<&Setting>,
    library: &Library<'_>,
) -> Result<Vec<u64>, Problems> {
    let (count_source, count) = match replaced {
        Some(setting) => (&setting.source, Some(&setting.node)),
        None => (source, node.get("count")),
    };
    let limits = Limits::new(1.0, MOST_SEEDS, "seeds");
    let wanted = match count {
        Some(count) => Some(limits.integer(count_source, "seeds.count", count)? as usize),
        None => None,
    };
    let count_span = count.map_or(&node.span, |count| &count.span);
    let seeds = match &node.value {
        Value::List(items) => seed_list(source, node, items)?,
        Value::Table(_) => {
            let fields = Fields::open(source, "seeds", node.span.clone(), node, &["file", "first", "count"])?;
            fields.problems.or(())?;
            match (node.get("file"), node.get("first"), wanted) {
                (Some(file), None, _) => seed_file(source, file, library)?,
                (None, Some(first), Some(wanted)) => {
                    let limits = Limits::new(0.0, 9e18, "");
                    let first = limits.integer(source, "seeds.first", first)?.unsigned_abs();
                    (first..).take(wanted).collect()
                }
                _ => return Err(node.wrong(source, "seeds", SEED_FORMS).into()),
            }
        }
        _ => return Err(node.wrong(source, "seeds", SEED_FORMS).into()),
    };
    let wanted = wanted.unwrap_or(seeds.len());
    if wanted > seeds.len() {
        let message = format!("`seeds.count` is {wanted}, but only {} seeds are there", seeds.len());
        return Err(count_source.problem(count_span, "seeds.count", message).into());
    }
    Ok(seeds.into_iter().take(wanted).collect())
}

const SEED_FORMS: &str = "a list such as [1, 2, 3], { first = 1, count = 20 } or { file = \"seeds.txt\", count = 20 }";

fn seed_list(source: &Source, node: &Node, items: &[Node]) -> Result<Vec<u64>, Problems> {
    if items.is_empty() || items.len() as f64 > MOST_SEEDS {
        return Err(node.wrong(source, "seeds", SEED_FORMS).into());
    }
    let mut problems = Problems::default();
    let limits = Limits::new(0.0, 9e18, "");
    let mut seeds = Vec::with_capacity(items.len());
    let mut seen = std::collections::BTreeSet::new();
    for item in items {
        match limits.integer(source, "seeds", item) {
            Ok(seed) if seen.insert(seed) => seeds.push(seed.unsigned_abs()),
            Ok(seed) => problems.push(source.problem(&item.span, "seeds", format!("`seeds` has {seed} twice"))),
            Err(problem) => problems.push(problem),
        }
    }
    problems.or(seeds)
}

/// One seed a line; `#` begins a comment.
fn seed_file(source: &Source, file: &Node, library: &Library<'_>) -> Result<Vec<u64>, Problems> {
    let Some(name) = file.text() else {
        return Err(file.wrong(source, "seeds.file", "the name of a file").into());
    };
    let text = read_beside(source, &file.span, "seeds.file", Path::new(name), library)?;
    let mut problems = Problems::default();
    let (mut seeds, mut offset) = (Vec::new(), 0);
    let mut seen = std::collections::BTreeSet::new();
    for line in text.text.split('\n') {
        let number = line.split('#').next().unwrap_or_default().trim();
        let span = offset..offset + line.len();
        offset += line.len() + 1;
        if number.is_empty() {
            continue;
        }
        match number.parse::<u64>() {
            Ok(seed) if i64::try_from(seed).is_err() => {
                problems.push(text.problem(&span, "seeds.file", format!("the seed {seed} is not below 2^63")));
            }
            Ok(seed) if seen.insert(seed) => seeds.push(seed),
            Ok(seed) => problems.push(text.problem(&span, "seeds.file", format!("the seed {seed} is there twice"))),
            Err(_) => {
                let message = "this line must be a whole number from 0, or a comment that begins with `#`";
                problems.push(text.problem(&span, "seeds.file", message));
                if problems.0.len() >= 20 {
                    break;
                }
            }
        }
    }
    problems.or(seeds)
}
