//! The map cannot rot: imports go left only, each tool stays in its rooms, every room has a place.

use crate::common::{files, root};
use crate::text::{line_of, lone, plain, without_tests};
use std::path::{Path, PathBuf};

/// Rooms from left to right; a room may only import rooms to its left.
const ORDER: &[&str] = &[
    "base",
    "books",
    "rules",
    "agents",
    "markets",
    "policy",
    "scenario",
    "world",
    "step",
    "metrics",
    "experiment",
    "report",
    "cli",
    "main",
];

/// Tools and the places that may use them: a room, or one file of a room.
const TOOLS: &[(&str, &[&str])] = &[
    ("polars", &["experiment", "report"]),
    ("plotters", &["report"]),
    ("rayon", &["base", "agents", "markets", "step", "experiment", "cli"]),
    (
        "std::fs",
        &["scenario", "world/checkpoint.rs", "experiment", "report", "cli"],
    ),
    ("clap", &["cli"]),
    ("indicatif", &["cli"]),
    ("ctrlc", &["cli"]),
    ("rand_chacha", &["base"]),
    ("rand", &["base"]),
    ("cobyla", &["experiment"]),
    ("println!", &["cli"]),
    ("eprintln!", &["cli"]),
    ("print!", &["cli"]),
    ("eprint!", &["cli"]),
    ("dbg!", &[]),
];

/// Rooms in which a bug is an audit or a debug assertion, never a panic on a missing value.
const NO_UNWRAP: &[&str] = &["books", "agents", "markets", "world", "step", "metrics"];

/// Rooms that run the economy: they read rules, never policy.
const NO_POLICY: &[&str] = &["agents", "markets", "world", "step", "metrics"];

/// Words that no source may have, in code or comment.
const BANNED: &[&str] = &["FIXME", "XXX", "todo!", "unimplemented!", "thread_rng", "rand::rng"];

/// Room of a file below `src`; `lib.rs` is the map itself and has none.
fn room(path: &str) -> Option<&str> {
    let first = path.split('/').next().unwrap_or(path);
    let name = first.strip_suffix(".rs").unwrap_or(first);
    (name != "lib").then_some(name)
}

fn place(room: &str) -> Option<usize> {
    ORDER.iter().position(|name| *name == room)
}

/// Modules from the root of the crate to the file.
fn depth(path: &str) -> usize {
    let parts = path.split('/').count();
    if path.ends_with("/mod.rs") || path == "main.rs" {
        parts - 1
    } else {
        parts
    }
}

/// Identifiers that follow `::` at `at`: one name, or the first names of a group in braces.
fn heads(code: &str, at: usize) -> Vec<String> {
    let rest = code[at..].trim_start();
    let name = |text: &str| -> String {
        text.trim()
            .chars()
            .take_while(|c| c.is_alphanumeric() || *c == '_')
            .collect()
    };
    let Some(group) = rest.strip_prefix('{') else {
        return vec![name(rest)];
    };
    let (mut open, mut start, mut found) = (0usize, 0, Vec::new());
    for (i, c) in group.char_indices() {
        match c {
            '{' => open += 1,
            '}' if open == 0 => {
                found.push(name(&group[start..i]));
                break;
            }
            '}' => open -= 1,
            ',' if open == 0 => {
                found.push(name(&group[start..i]));
                start = i + 1;
            }
            _ => {}
        }
    }
    found.retain(|name| !name.is_empty());
    found
}

/// Rooms that a file names, each with its line: `crate::room`, `yaosu::room`, and `super` up to the root.
fn imports(path: &str, code: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for root in ["crate", "yaosu"] {
        for at in lone(code, root) {
            if let Some(rest) = code[at + root.len()..].strip_prefix("::") {
                let after = code.len() - rest.len();
                found.extend(heads(code, after).into_iter().map(|name| (line_of(code, at), name)));
            }
        }
    }
    let up = "super::".repeat(depth(path));
    for (at, _) in code.match_indices(&up) {
        if !code[..at].ends_with("super::") {
            found.extend(
                heads(code, at + up.len())
                    .into_iter()
                    .map(|name| (line_of(code, at), name)),
            );
        }
    }
    found
}

/// Whether `code` uses `tool`, and in which lines.
fn uses(code: &str, tool: &str) -> Vec<usize> {
    let mut at = lone(code, tool);
    match tool {
        "std::fs" => {
            for start in code.match_indices("use std::{").map(|(at, _)| at) {
                if heads(code, start + "use std::".len()).iter().any(|name| name == "fs") {
                    at.push(start);
                }
            }
        }
        _ if tool.ends_with('!') => {}
        // a crate is used through a path, not as the name of a variable
        _ => at.retain(|&at| {
            let (before, after) = (code[..at].trim_end(), &code[at + tool.len()..]);
            !before.ends_with("::") && (after.starts_with("::") || before.ends_with("use"))
        }),
    }
    at.into_iter().map(|at| line_of(code, at)).collect()
}

/// Everything in one file that breaks a rule of the house, as `path:line: what`.
fn violations(path: &str, text: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut add = |line: usize, what: String| wrong.push(format!("src/{path}:{line}: {what}"));
    for word in BANNED {
        lone(text, word)
            .into_iter()
            .for_each(|at| add(line_of(text, at), format!("`{word}`")));
    }
    let Some(room) = room(path) else { return wrong };
    let Some(here) = place(room) else {
        add(1, format!("the room `{room}` has no place in the order"));
        return wrong;
    };
    let code = without_tests(&plain(text));
    for (line, name) in imports(path, &code) {
        if place(&name).is_some_and(|there| there > here) {
            add(line, format!("`{room}` imports `{name}`, which is to its right"));
        }
        if name == "policy" && NO_POLICY.contains(&room) {
            add(line, format!("`{room}` imports policy"));
        }
    }
    for (tool, rooms) in TOOLS {
        if !rooms.iter().any(|allowed| *allowed == room || *allowed == path) {
            uses(&code, tool)
                .into_iter()
                .for_each(|line| add(line, format!("`{tool}` is not for `{room}`")));
        }
    }
    if NO_UNWRAP.contains(&room) {
        for word in [".unwrap()", ".expect("] {
            code.match_indices(word)
                .for_each(|(at, _)| add(line_of(&code, at), format!("`{word}` in the model")));
        }
    }
    wrong
}

fn sources() -> Vec<(String, String)> {
    let src = root().join("src");
    let name = |path: &PathBuf| {
        path.strip_prefix(&src)
            .expect("below src")
            .to_string_lossy()
            .replace('\\', "/")
    };
    let read = |path: &PathBuf| std::fs::read_to_string(path).expect("a source");
    files(&src, ".rs").iter().map(|path| (name(path), read(path))).collect()
}

#[test]
fn the_house_obeys_its_rules() {
    let wrong: Vec<String> = sources()
        .iter()
        // a module of tests is part of no room
        .filter(|(path, _)| !path.contains("tests"))
        .flat_map(|(path, text)| violations(path, text))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_room_is_on_the_map_and_every_place_is_a_room() {
    let map = std::fs::read_to_string(root().join("src/lib.rs")).expect("lib.rs");
    for name in ORDER.iter().filter(|name| **name != "main") {
        assert!(map.contains(&format!("pub mod {name};")), "lib.rs does not have {name}");
    }
    let src = root().join("src");
    for entry in std::fs::read_dir(&src).expect("src").flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        assert!(
            room(&name).is_none_or(|room| place(room).is_some()),
            "{name} has no place in the order"
        );
    }
    let cargo = std::fs::read_to_string(root().join("Cargo.toml")).expect("Cargo.toml");
    let cargo: toml::Table = cargo.parse().expect("TOML");
    let lints = cargo["lints"]["rust"].as_table().expect("lints");
    assert_eq!(lints.get("unsafe_code").and_then(toml::Value::as_str), Some("forbid"));
}

/// Most lines of a file.
const LONGEST: usize = 400;

/// Files that read worse in pieces.
const LONGER: &[&str] = &["src/scenario/seed/fields/city.rs"]; // one struct: a line of meaning and one of range a fact

#[test]
fn no_file_is_long() {
    let folders = ["src", "tests", "benches"].map(|name| root().join(name));
    let all = folders
        .iter()
        .flat_map(|folder| [".rs", ".py", ".sh", ".js"].map(|end| files(folder, end)));
    let mut long = Vec::new();
    for path in all.flatten() {
        let text = std::fs::read_to_string(&path).expect("a source");
        if text.lines().count() > LONGEST && !LONGER.iter().any(|name| path.ends_with(name)) {
            long.push(format!("{}: {} lines", path.display(), text.lines().count()));
        }
    }
    assert!(long.is_empty(), "longer than {LONGEST} lines:\n{}", long.join("\n"));
}

#[test]
fn main_and_the_public_map_stay_small() {
    let lines = |path: &str| {
        std::fs::read_to_string(Path::new(root()).join(path))
            .expect("a source")
            .lines()
            .count()
    };
    assert!(lines("src/main.rs") < 30);
    assert!(lines("src/lib.rs") < 120);
}

/// File, text, and what must be said of it.
const PLANTED: &[(&str, &str, &str)] = &[
    (
        "base/stats.rs",
        "use crate::world::World;",
        "src/base/stats.rs:1: `base` imports `world`",
    ),
    (
        "books.rs",
        "fn f() {\n    crate::step::TIMELINE;\n}",
        "src/books.rs:2: `books` imports `step`",
    ),
    ("rules.rs", "use super::markets;", "`rules` imports `markets`"),
    (
        "step/land.rs",
        "use super::super::experiment::run;",
        "`step` imports `experiment`",
    ),
    (
        "agents/mod.rs",
        "use crate::{base::{draws, stats}, markets};",
        "`agents` imports `markets`",
    ),
    ("step/land.rs", "use crate::policy::Schedule;", "`step` imports policy"),
    ("world/mod.rs", "use polars::prelude::*;", "`polars` is not for `world`"),
    (
        "world/mod.rs",
        "use std::{collections, fs};",
        "`std::fs` is not for `world`",
    ),
    (
        "world/birth.rs",
        "fn f() { std::fs::read(\"x\"); }",
        "`std::fs` is not for `world`",
    ),
    (
        "metrics/mod.rs",
        "use rayon::prelude::*;",
        "`rayon` is not for `metrics`",
    ),
    ("step.rs", "fn f() { println!(\"x\"); }", "`println!` is not for `step`"),
    (
        "markets/credit.rs",
        "fn f() { x.unwrap(); }",
        "`.unwrap()` in the model",
    ),
    ("books.rs", "// FIXME later", "`FIXME`"),
    ("base/draws.rs", "fn f() { todo!() }", "`todo!`"),
    ("attic/mod.rs", "", "the room `attic` has no place"),
];

/// File and text of which nothing may be said.
const FINE: &[(&str, &str)] = &[
    (
        "world/mod.rs",
        "use crate::{agents, base::draws};\n// crate::report\n/* println!() */",
    ),
    (
        "books.rs",
        "const X: &str = \"crate::cli \\\" .unwrap()\";\nconst Y: &str = r#\"todo \"crate::cli\"#;",
    ),
    (
        "books.rs",
        "#[cfg(test)]\nmod tests {\n    use crate::cli;\n    fn f() { x.unwrap(); }\n}\n",
    ),
    (
        "step/land.rs",
        "use super::enterprise;\nfn f<'a>(x: &'a str, c: char) { c == '\"'; let rand = 1; rand + 1 }",
    ),
    ("world/checkpoint.rs", "use std::fs;"),
    ("cli.rs", "use crate::report; fn f() { println!(\"x\"); }"),
];

#[test]
fn planted_violations_are_found() {
    for (path, text, told) in PLANTED {
        let found = violations(path, text);
        assert!(
            found.len() == 1 && found[0].contains(told),
            "{path}, {text:?}: {found:?}"
        );
    }
    for (path, text) in FINE {
        assert_eq!(violations(path, text), Vec::<String>::new(), "{path}, {text:?}");
    }
}
