//! The levers that a scenario switches on.

use std::path::Path;
use std::sync::Arc;

use super::files::read_beside;
use super::load::Library;
use super::merge::{Draft, LeverSetting, Setting};
use super::quarter::Quarter;
use super::run_keys::{Hints, read_quarter, read_regions};
use super::{ActiveLever, Known, KnownWorld};
use crate::base::fields::Limits;
use crate::base::problem::{Problem, Problems, Source};
use crate::policy::{self, Law, Lever, OrderError, RegionSet, Switch, order};

/// No lever takes longer to phase in `[quarters]`.
const LONGEST_PHASE_IN: f64 = 400.0;

/// Levers of a scenario, in the order in which they act.
#[derive(Debug, Clone, Default)]
pub(super) struct Switches {
    pub active: Vec<ActiveLever>,
    pub switches: Vec<Switch>,
    pub user: Vec<Arc<Lever>>,
}

/// A lever that a scenario names, and whether it came with the scenario.
struct Named {
    lever: Arc<Lever>,
    user: bool,
}

/// Reads `[levers]` and `[user_levers]`.
pub(super) fn read(
    draft: &Draft,
    law: &Law,
    hints: &Hints,
    known: &Known,
    library: &Library<'_>,
) -> Result<Switches, Problems> {
    let mut problems = Problems::default();
    let built_in = policy::catalogue(library.levers, law, &known.measured)?;
    let built_in = built_in.into_iter().map(|lever| Named {
        lever: Arc::new(lever),
        user: false,
    });
    let mut book = Book {
        known: built_in.collect(),
        law,
        measured: &known.measured,
        library,
    };
    for (id, setting) in &draft.user_levers {
        problems.take(book.add_text(id, setting));
    }
    let mut chosen = Vec::new();
    for (key, setting) in &draft.levers {
        let Some(index) = problems.take(book.find(key, setting)) else {
            continue;
        };
        let Some(named) = book.known.get(index) else {
            continue;
        };
        let switch = problems.take(read_switch(key, setting, named, hints)).flatten();
        if let (true, Some(switch)) = (setting.on, switch) {
            chosen.push((switch, setting));
        }
    }
    problems.take(book.check_order_names());
    problems.or(())?;
    let (active, settings): (Vec<_>, Vec<_>) = chosen.into_iter().unzip();
    arrange(active, &settings, &book, hints)
}

/// Puts levers into the order in which they act.
fn arrange(
    active: Vec<(ActiveLever, RegionSet)>,
    settings: &[&LeverSetting],
    book: &Book<'_>,
    hints: &Hints,
) -> Result<Switches, Problems> {
    let levers: Vec<&Lever> = active.iter().map(|(active, _)| &*active.lever).collect();
    let known: Vec<&Lever> = book.known.iter().map(|known| &*known.lever).collect();
    let placed = order(&levers, &known).map_err(|errors| {
        let told = errors.iter().filter_map(|error| tell(error, &levers, settings));
        Problems(told.collect())
    })?;
    let user = book
        .known
        .iter()
        .filter(|known| known.user)
        .map(|known| known.lever.clone());
    let mut result = Switches {
        user: user.collect(),
        ..Switches::default()
    };
    result.user.sort_by(|a, b| a.id.cmp(&b.id));
    for index in placed {
        let (Some((active, regions)), Some(start)) = (active.get(index), hints.start) else {
            continue;
        };
        result.switches.push(Switch {
            lever: active.lever.clone(),
            from: active.from.since(start),
            until: active.until.map(|until| until.since(start)),
            phase_in: active.phase_in,
            regions: regions.clone(),
            intensity: active.intensity,
        });
        result.active.push(active.clone());
    }
    Ok(result)
}

/// The problem of levers that have no order, at the place where the last of them is switched on.
fn tell(error: &OrderError, levers: &[&Lever], settings: &[&LeverSetting]) -> Option<Problem> {
    let name = |index: &usize| levers.get(*index).map(|lever| lever.id.as_str());
    match error {
        OrderError::Undeclared { first, second, rule } => {
            let (one, other, setting) = (name(first)?, name(second)?, settings.get(*second)?);
            let message = format!("`{one}` and `{other}` both move `{rule}`, and neither says which acts first");
            let help = format!("add `after = [\"{one}\"]` to the lever file of `{other}`, or the other way round");
            let key = format!("levers.{other}");
            Some(
                setting
                    .source
                    .problem(&setting.at, &key, message)
                    .label("moves it too")
                    .advice(help),
            )
        }
        OrderError::Cycle { among } => {
            let last = among.last()?;
            let (names, setting): (Vec<_>, _) = (among.iter().filter_map(name).collect(), settings.get(*last)?);
            let message = format!("levers wait for each other: {}", names.join(", "));
            let problem = setting
                .source
                .problem(&setting.at, &format!("levers.{}", name(last)?), message);
            Some(problem.advice("remove one name from `after` in one of their files"))
        }
    }
}

/// All levers there are for this scenario.
struct Book<'a> {
    known: Vec<Named>,
    law: &'a Law,
    measured: &'a policy::Measured,
    library: &'a Library<'a>,
}

impl Book<'_> {
    fn position(&self, id: &str) -> Option<usize> {
        self.known.iter().position(|known| known.lever.id == id)
    }

    /// Adds a lever whose text stands in the scenario.
    fn add_text(&mut self, id: &str, setting: &Setting) -> Result<usize, Problems> {
        let key = format!("user_levers.{id}");
        let name = format!("{} [{key}]", setting.source.name);
        let text = Source::new(&name, setting.node.text().unwrap_or_default());
        let lever = Lever::parse(&text, self.law, self.measured)?;
        if lever.id != id {
            let message = format!("`{key}` is a lever whose `id` is `{}`", lever.id);
            return Err(setting.source.problem(&setting.node.span, &key, message).into());
        }
        self.add(lever, &setting.source, &setting.node.span, &key)
    }

    fn add(
        &mut self,
        lever: Lever,
        source: &Source,
        at: &std::ops::Range<usize>,
        key: &str,
    ) -> Result<usize, Problems> {
        if let Some(old) = self.position(&lever.id) {
            let same = self
                .known
                .get(old)
                .is_some_and(|old| old.user && old.lever.text == lever.text);
            if same {
                return Ok(old);
            }
            let message = format!(
                "the lever of `{key}` has the `id` `{}`, which another lever has",
                lever.id
            );
            return Err(source.problem(at, key, message).advice("give it another `id`").into());
        }
        self.known.push(Named {
            lever: Arc::new(lever),
            user: true,
        });
        Ok(self.known.len() - 1)
    }

    /// The lever that a key of `[levers]` names; reads its file if it has one.
    fn find(&mut self, key: &str, setting: &LeverSetting) -> Result<usize, Problems> {
        let full = format!("levers.{key}");
        let is_path = key.ends_with(".toml");
        let (source, span, path) = match setting.fields.get("file") {
            Some(Setting { source, node }) => match node.text() {
                Some(path) => (source, node.span.clone(), path),
                None => {
                    return Err(node
                        .wrong(source, &format!("{full}.file"), "the name of a lever file")
                        .into());
                }
            },
            None if is_path => (&setting.source, setting.at.clone(), key),
            None => {
                return self.position(key).ok_or_else(|| {
                    let known = self.known.iter().map(|known| known.lever.id.as_str());
                    let message = format!("`{key}` is not a known lever");
                    let problem = setting.source.problem(&setting.at, &full, message);
                    problem.label("unknown lever").near(key, known).into()
                });
            }
        };
        let text = read_beside(source, &span, &full, Path::new(path), self.library)?;
        let lever = Lever::parse(&text, self.law, self.measured)?;
        if !is_path && lever.id != key {
            let id = &lever.id;
            let message = format!("`{full}` reads a lever whose `id` is `{id}`");
            let help = format!("write `{id} = {{ file = ... }}`");
            return Err(source.problem(&span, &full, message).advice(help).into());
        }
        self.add(lever, source, &span, &full)
    }

    /// `after` of a lever of the scenario must name levers that exist.
    fn check_order_names(&self) -> Result<(), Problems> {
        let mut problems = Problems::default();
        for Named { lever, .. } in &self.known {
            for name in lever.after.iter().filter(|name| self.position(name).is_none()) {
                let source = Source::new(&format!("lever {}", lever.id), &lever.text);
                let message = format!("`lever.after` names `{name}`, which is not a known lever");
                let at = lever.text.find(&format!("\"{name}\"")).unwrap_or(0);
                let known = self.known.iter().map(|known| known.lever.id.as_str());
                let problem = source.problem(&(at..at + name.len() + 2), "lever.after", message);
                problems.push(problem.label("unknown lever").near(name, known));
            }
        }
        problems.or(())
    }
}

/// The keys of one lever in `[levers]`.
struct Keys<'a> {
    name: &'a str,
    setting: &'a LeverSetting,
    problems: Problems,
}

impl<'a> Keys<'a> {
    fn name(&self, field: &str) -> String {
        format!("levers.{}.{field}", self.name)
    }

    fn get(&self, field: &str) -> Option<(String, &'a Setting)> {
        Some((self.name(field), self.setting.fields.get(field)?))
    }

    /// First quarter on and first quarter off again; the first is missing only when `start` itself is wrong.
    fn period(&mut self, start: Option<Quarter>) -> (Option<Quarter>, Option<Quarter>) {
        let mut read = |field: &str| {
            let (name, Setting { source, node }) = self.get(field)?;
            self.problems.take(read_quarter(source, node, &name))
        };
        let (from, until) = (read("from"), read("until"));
        let mut refuse = |field: &str, message: String, advice: &str| {
            let Some((name, Setting { source, node })) = self.get(field) else {
                return;
            };
            let problem = source.problem(&node.span, &name, format!("`{name}` {message}"));
            self.problems.push(problem.advice(advice));
        };
        if let (Some(from), Some(start)) = (from, start)
            && from < start
        {
            let message = format!("is {from}, but must not be before `start`, {start}");
            refuse("from", message, "levers do not act in the burn-in");
        }
        let first = from.or(start);
        if let (Some(until), Some(first)) = (until, first)
            && until <= first
        {
            let message = format!("is {until}, but must be after `from`, {first}");
            refuse("until", message, "the lever is off again from that quarter on");
        }
        (first, until)
    }

    fn number(&mut self, field: &str, default: f64, limits: &Limits, whole: bool) -> Option<f64> {
        let Some((name, Setting { source, node })) = self.get(field) else {
            return Some(default);
        };
        let read = match whole {
            true => limits.integer(source, &name, node).map(|value| value as f64),
            false => limits.number(source, &name, node),
        };
        self.problems.take(read.map_err(Problems::from))
    }

    fn regions(&mut self, world: Option<&KnownWorld>) -> Option<(Vec<String>, RegionSet)> {
        let (name, setting) = match self.get("regions") {
            Some((name, setting)) if setting.node.text() != Some("all") => (name, setting),
            _ => return Some((Vec::new(), RegionSet::All)),
        };
        let allowed = "\"all\" or a list of regions and groups of regions";
        let read = read_regions(&setting.source, &setting.node, &name, allowed, world);
        self.problems
            .take(read)
            .map(|(names, places)| (names, RegionSet::Only(places)))
    }
}

/// When, where and how strongly; nothing when the start of the run is itself wrong.
fn read_switch(
    key: &str,
    setting: &LeverSetting,
    named: &Named,
    hints: &Hints,
) -> Result<Option<(ActiveLever, RegionSet)>, Problems> {
    let mut keys = Keys {
        name: key,
        setting,
        problems: Problems::default(),
    };
    let (from, until) = keys.period(hints.start);
    let limits = Limits::new(0.0, LONGEST_PHASE_IN, "quarters");
    let phase_in = keys.number("phase_in", 1.0, &limits, true);
    let intensity = keys.number("intensity", 1.0, &Limits::new(0.0, 1.0, ""), false);
    let regions = keys.regions(hints.world.as_ref());
    keys.problems.or(())?;
    let (Some(from), Some(phase_in), Some(intensity), Some((regions, set))) = (from, phase_in, intensity, regions)
    else {
        return Ok(None);
    };
    let (lever, phase_in) = (named.lever.clone(), phase_in as u32);
    Ok(Some((
        ActiveLever {
            lever,
            from,
            until,
            phase_in,
            regions,
            intensity,
            user: named.user,
        },
        set,
    )))
}
