//! No text, however damaged, makes the readers of scenarios and levers panic.

use crate::common::{known, root};
use proptest::prelude::*;
use yaosu::base::problem::{Problems, Source};
use yaosu::policy::{BUILT_IN as LEVERS, Lever};
use yaosu::scenario::seed::SeedEconomy;
use yaosu::scenario::{BUILT_IN, Library, Overrides, baseline, load_from, load_text};

/// Pieces that mean something to the readers.
const TOKENS: &[&str] = &[
    "\n",
    "=",
    ".",
    "[",
    "]",
    "{",
    "}",
    "\"",
    "'''",
    ",",
    "#",
    "nan",
    "-inf",
    "1e999",
    "-0.0",
    "0",
    "-1",
    "true",
    "9223372036854775807",
    "99999999999999999999",
    "1979-05-27",
    "2026Q1",
    "[levers]\n",
    "[law.hukou]\n",
    "[moves]\n",
    "seeds = ",
    "count = ",
    "first = ",
    "file = ",
    "extends = ",
    "\"tiny\"",
    "value = ",
    "range = ",
    "[1, 0]",
    "after = [\"land_leasing\"]\n",
    "placebo = true\n",
    "regions = [\"central_urban\"]",
    "user_levers.x = ''\n",
    "名",
    "\u{feff}",
    "\0",
    "\\u",
    "[[a]]\n",
];

#[derive(Debug, Clone)]
enum Change {
    Delete(usize, usize),
    Insert(usize, usize),
    Byte(usize, u8),
    SwapLines(usize, usize),
    Repeat(usize, usize),
}

fn change() -> impl Strategy<Value = Change> {
    let place = 0..20_000usize;
    prop_oneof![
        (place.clone(), 1..40usize).prop_map(|(at, length)| Change::Delete(at, length)),
        (place.clone(), 0..TOKENS.len()).prop_map(|(at, token)| Change::Insert(at, token)),
        (place.clone(), any::<u8>()).prop_map(|(at, byte)| Change::Byte(at, byte)),
        (place.clone(), place.clone()).prop_map(|(a, b)| Change::SwapLines(a, b)),
        (place, 1..200usize).prop_map(|(at, length)| Change::Repeat(at, length)),
    ]
}

fn damage(text: &str, changes: &[Change]) -> String {
    let mut bytes = text.as_bytes().to_vec();
    for change in changes {
        let length = bytes.len().max(1);
        match *change {
            Change::Delete(at, count) => {
                let start = at % length;
                bytes.drain(start.min(bytes.len())..(start + count).min(bytes.len()));
            }
            Change::Insert(at, token) => {
                let at = (at % length).min(bytes.len());
                bytes.splice(at..at, TOKENS[token].bytes());
            }
            Change::Byte(at, byte) => {
                if let Some(old) = bytes.get_mut(at % length) {
                    *old = byte;
                }
            }
            Change::SwapLines(a, b) => {
                let mut lines: Vec<&[u8]> = bytes.split(|byte| *byte == b'\n').collect();
                let count = lines.len();
                lines.swap(a % count, b % count);
                bytes = lines.join(&b'\n');
            }
            Change::Repeat(at, count) => {
                let start = at % length;
                let piece = bytes[start.min(bytes.len())..(start + count).min(bytes.len())].to_vec();
                bytes.extend(piece);
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn told<T>(result: Result<T, Problems>) -> Option<T> {
    match result {
        Ok(value) => Some(value),
        Err(problems) => {
            assert!(!problems.0.is_empty(), "an error must say something");
            assert!(problems.render(false).contains("error: "), "{problems}");
            None
        }
    }
}

fn read(library: &Library<'_>, text: &str, set: &str) {
    let mut overrides = Overrides::default();
    if !set.is_empty() {
        overrides.set(set);
    }
    if let Some(scenario) = told(load_text(library, "damaged", text, &overrides, known())) {
        let resolved = scenario.resolved_toml();
        let again = load_text(library, "again", &resolved, &Overrides::default(), known());
        assert_eq!(
            again.map(|again| again.hash8()).map_err(|p| format!("{p}\n{resolved}")),
            Ok(scenario.hash8())
        );
        for tick in [-1, 0, 1, 40] {
            assert!(
                scenario
                    .schedule
                    .values_at(tick, 0)
                    .iter()
                    .all(|value| value.is_finite())
            );
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn damaged_scenarios_are_refused_or_read(which in 0..3usize, changes in prop::collection::vec(change(), 1..6)) {
        read(&BUILT_IN, &damage(BUILT_IN.scenarios[which].1, &changes), "");
    }

    #[test]
    fn damaged_baselines_are_refused_or_read(changes in prop::collection::vec(change(), 1..4)) {
        let text = damage(BUILT_IN.scenarios[0].1, &changes);
        let scenarios = [("baseline", text.as_str()), BUILT_IN.scenarios[1]];
        let library = Library { scenarios: &scenarios, ..BUILT_IN };
        for name in ["baseline", "three-reforms", "tiny"] {
            told(load_from(&library, name, &Overrides::default(), known()));
        }
    }

    #[test]
    fn damaged_levers_are_refused_or_read(which in 0..LEVERS.len(), changes in prop::collection::vec(change(), 1..6)) {
        let text = damage(LEVERS[which].1, &changes);
        let law = baseline().expect("built in").law();
        told(Lever::parse(&Source::new("damaged", &text), &law, &known().measured));
        let library = Library { levers: &[("damaged.toml", &text), LEVERS[0]], ..BUILT_IN };
        told(load_from(&library, "three-reforms", &Overrides::default(), known()));
    }

    #[test]
    fn damaged_options_are_refused_or_read(which in 0..4usize, changes in prop::collection::vec(change(), 0..4)) {
        let options = ["labour.separation=0.15", "world=chongqing", "levers.placebo.from=2026Q2", "seeds.count=3"];
        read(&BUILT_IN, "", &damage(options[which], &changes));
    }

    #[test]
    fn damaged_worlds_are_refused_or_read(which in 0..4usize, changes in prop::collection::vec(change(), 1..6)) {
        let here = tempfile::tempdir().expect("a folder");
        for (k, file) in ["regions.csv", "sources.csv", "migration.csv", "facts.csv"].into_iter().enumerate() {
            let text = std::fs::read_to_string(root().join("seeds/chongqing").join(file)).expect("built in");
            let text = if k == which { damage(&text, &changes) } else { text };
            std::fs::write(here.path().join(file), text).expect("written");
        }
        told(SeedEconomy::open(here.path()));
    }

    #[test]
    fn any_text_is_refused_or_read(text in any::<String>(), set in any::<String>()) {
        read(&BUILT_IN, &text, &set);
    }

    #[test]
    fn any_tokens_are_refused_or_read(tokens in prop::collection::vec(0..TOKENS.len(), 0..30)) {
        let text: String = tokens.into_iter().map(|token| TOKENS[token]).collect();
        read(&BUILT_IN, &text, "");
    }
}

#[test]
fn deep_nesting_is_refused() {
    for text in [
        "[".repeat(100_000),
        format!("a = {}", "[".repeat(100_000)),
        format!("a{} = 1", ".a".repeat(100_000)),
        "a = ".to_owned() + &"{a=".repeat(50_000),
    ] {
        read(&BUILT_IN, &text, "");
        read(&BUILT_IN, "", &text);
    }
}
