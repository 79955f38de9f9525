//! The rules that a lever moves.

use std::ops::Range;

use super::{Law, Move};
use crate::base::problem::{Problems, Source};
use crate::base::spanned::{Node, Value};

/// Reads `[moves]`: every key must be a rule and every value lie within its range.
pub(super) fn read_moves(node: &Node, source: &Source, law: &Law, placebo: bool) -> Result<Vec<Move>, Problems> {
    let mut problems = Problems::default();
    let mut moves: Vec<Move> = Vec::new();
    let mut flat = Vec::new();
    flatten(node, "", node.span.clone(), &mut flat);
    let Value::Table(_) = node.value else {
        return Err(node.wrong(source, "moves", "a table of rules and their values").into());
    };
    for (key, at, value) in flat {
        // people also write the full name of a scenario, `law.section.rule`
        let plain = key.strip_prefix("law.").unwrap_or(&key);
        let Some((rule, found)) = law.position(plain).and_then(|i| Some((i, law.keys().get(i)?))) else {
            let known = law.keys().iter().map(|rule| rule.key.as_str());
            let message = format!("`{key}` is not a rule of the law");
            problems.push(
                source
                    .problem(&at, &key, message)
                    .label("unknown rule")
                    .near(plain, known),
            );
            continue;
        };
        if moves.iter().any(|mv| mv.rule == rule) {
            problems.push(source.problem(&at, &key, format!("`{key}` is moved twice")));
        }
        match found.limits.number(source, plain, value) {
            Ok(target) => moves.push(Move {
                key: plain.to_owned(),
                rule,
                target,
            }),
            Err(problem) => problems.push(problem),
        }
    }
    if moves.is_empty() && problems.0.is_empty() && !placebo {
        let message = "`moves` is empty: a lever that moves nothing must say `placebo = true`";
        problems.push(source.problem(&node.span, "moves", message));
    }
    if placebo && moves.iter().any(|m| !m.key.starts_with("placebo.")) {
        let message = "`moves` may only name rules of `placebo`: the lever says `placebo = true`";
        problems.push(source.problem(&node.span, "moves", message));
    }
    problems.or(moves)
}

/// Dotted keys may be quoted or not: both give the same rule.
fn flatten<'a>(node: &'a Node, path: &str, at: Range<usize>, flat: &mut Vec<(String, Range<usize>, &'a Node)>) {
    match node.entries() {
        Some(entries) if !entries.is_empty() || path.is_empty() => {
            for entry in entries {
                let dot = if path.is_empty() { "" } else { "." };
                flatten(
                    &entry.node,
                    &format!("{path}{dot}{}", entry.key),
                    entry.at.clone(),
                    flat,
                );
            }
        }
        _ => flat.push((path.to_owned(), at, node)),
    }
}
