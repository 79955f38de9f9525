//! What a calibration holds the model to: facts and series with value, standard error and source.

use super::super::kept::{end_of_year, outcome};
use super::read::positive;
use super::{Evidence, Measure, Target};
use crate::base::fields::Fields;
use crate::base::problem::Source;
use crate::base::spanned::{Node, Value};
use crate::scenario::facts::{Fact, facts};
use crate::scenario::{Known, Scenario};

const TARGET: &[&str] = &["fact", "metric", "years", "value", "se", "weight", "source"];

/// Every target of the list; `made` if the model makes their values.
pub(super) fn read_targets(
    source: &Source,
    inner: &mut Fields<'_>,
    (base, known): (&Scenario, &Known),
    made: bool,
) -> Vec<Target> {
    let items = match inner.required("targets").map(|n| (n, &n.value)) {
        Some((_, Value::List(items))) if !items.is_empty() => items.as_slice(),
        Some((node, _)) => {
            inner.wrong("targets", node, "a list of tables with `fact` or `metric`");
            &[]
        }
        None => &[],
    };
    let known_facts = match facts(&base.world) {
        Some(Ok(list)) => list,
        _ => Vec::new(),
    };
    let mut targets: Vec<Target> = Vec::new();
    for item in items {
        let opened = Fields::open(source, "calibrate.targets", item.span.clone(), item, TARGET);
        let Some(mut fields) = inner.problems.take(opened) else {
            continue;
        };
        if let Some(target) = read_target(source, &mut fields, (&known_facts, known), made) {
            let twice = targets.iter().any(|t| (&t.name, t.end) == (&target.name, target.end));
            if twice {
                let message = format!("`calibrate.targets` has `{}` twice", target.name);
                fields
                    .problems
                    .push(source.problem(&item.span, "calibrate.targets", message));
            }
            targets.push(target);
        }
        inner.problems.0.append(&mut fields.problems.0);
    }
    targets
}

/// One target; `made` if the model makes its value.
fn read_target(
    source: &Source,
    fields: &mut Fields<'_>,
    (all, known): (&[Fact], &Known),
    made: bool,
) -> Option<Target> {
    let (name, measure, fact) = match (fields.optional("fact"), fields.optional("metric")) {
        (Some(node), None) => {
            let fact = read_fact(source, fields, node, all)?;
            let (id, estimator) = (fact.id.clone(), fact.estimator.clone().unwrap_or_default());
            (id.clone(), Measure::Fact { id, estimator }, Some(fact))
        }
        (None, Some(node)) => {
            let text = fields.text("metric")?;
            let found = outcome(source, "calibrate.targets.metric", (&text, &node.span), known);
            (text, Measure::Series(fields.keep(found)?), None)
        }
        (first, _) => {
            let node = first.or_else(|| fields.required("fact"))?;
            fields.wrong("fact", node, "alone: a target has `fact` or `metric`, not both");
            return None;
        }
    };
    let end = fields.required("years").and_then(|node| {
        let end = end_of_year(node);
        if end.is_none() {
            fields.wrong("years", node, "whole quarters in years, from 1 on");
        }
        end
    });
    let evidence = if made {
        for key in ["value", "se", "weight", "source"] {
            if let Some(node) = fields.optional(key) {
                fields.wrong(
                    key,
                    node,
                    "left out: with `calibrate.recover` the model makes the targets",
                );
            }
        }
        None
    } else {
        Some(read_evidence(fields, fact)?)
    };
    Some(Target {
        name,
        measure,
        end: end?,
        evidence,
    })
}

/// The fact that a target names; it must be one that the model can measure.
fn read_fact<'a>(source: &Source, fields: &mut Fields<'_>, node: &Node, all: &'a [Fact]) -> Option<&'a Fact> {
    let id = fields.text("fact")?;
    let key = "calibrate.targets.fact";
    match all.iter().find(|f| f.id == id) {
        Some(fact) if fact.estimator.is_some() => Some(fact),
        Some(fact) => {
            let why = fact.not_modelled.as_deref().unwrap_or("it has no estimator");
            let message = format!("`{key}` is {id}, which the model cannot produce: {why}");
            fields
                .problems
                .push(source.problem(&node.span, key, message).label("not modelled"));
            None
        }
        None => {
            let message = format!("`{key}` is `{id}`, which is not a stylised fact of the world");
            let ids = all.iter().map(|f| f.id.as_str());
            let problem = source.problem(&node.span, key, message).label("unknown fact");
            let listed: Vec<&str> = ids.clone().collect();
            let problem = problem.advice(format!("facts: {}", listed.join(", "))).near(&id, ids);
            fields.problems.push(problem);
            None
        }
    }
}

/// Value, standard error and source; a fact brings its source.
fn read_evidence(fields: &mut Fields<'_>, fact: Option<&Fact>) -> Option<Evidence> {
    let value = fields.required("value").and_then(|node| {
        let value = node.number().filter(|v| v.is_finite());
        if value.is_none() {
            fields.wrong("value", node, "a number");
        }
        value
    });
    let se = match (fields.optional("se"), fields.optional("weight")) {
        (Some(_), Some(node)) => {
            fields.wrong("weight", node, "left out where `se` is stated: a weight is 1/se^2");
            None
        }
        (None, Some(_)) => positive(fields, "weight", None).map(|w| 1.0 / w.sqrt()),
        _ => positive(fields, "se", None),
    };
    let source = match (fields.optional("source"), fact) {
        (None, Some(fact)) => Some(format!("{}; {}", fact.source, fact.data)),
        _ => fields.text("source"),
    };
    Some(Evidence {
        value: value?,
        se: se?,
        source: source?,
    })
}
