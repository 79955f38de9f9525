//! What an experiment keeps, and on which cluster it runs.

use std::ops::Range;

use super::place::repeated;
use super::{Cluster, Outcome};
use crate::base::fields::{Fields, Limits};
use crate::base::problem::{Problem, Source};
use crate::base::spanned::{Node, Value};
use crate::scenario::Known;

const OUTCOME_KEYS: &[&str] = &["metrics", "years", "effect_of", "effect_in"];
const CLUSTER_KEYS: &[&str] = &[
    "partition",
    "account",
    "minutes",
    "seconds_per_job",
    "cores",
    "memory",
    "time",
    "at_once",
    "largest_array",
];

/// The section `outcomes`.
pub(super) struct Outcomes {
    pub names: Vec<Outcome>,
    pub ends: Vec<u32>,
    pub effect_of: Vec<String>,
    pub per_cent: bool,
}

/// Reads `outcomes`.
pub(super) fn read_outcomes(source: &Source, fields: &mut Fields<'_>, known: &Known) -> Option<Outcomes> {
    let mut inner = fields.table("outcomes", OUTCOME_KEYS)?;
    let node = inner.required("metrics");
    let texts = node.and_then(crate::base::fields::texts).unwrap_or_default();
    if let (true, Some(node)) = (texts.is_empty(), node) {
        inner.wrong(
            "metrics",
            node,
            "a list of metrics such as \"gdp_real\" or \"wage_mean@central_urban\"",
        );
    }
    let read = |(text, span): (&str, &Range<usize>)| {
        let found = outcome(source, "outcomes.metrics", (text, span), known);
        inner.keep(found).map(|found| (found, span.clone()))
    };
    let names: Vec<(Outcome, Range<usize>)> = texts.into_iter().filter_map(read).collect();
    // a metric is the same however its name is written
    let same = |(o, _): &(Outcome, Range<usize>)| format!("{}:{}@{}", o.metric, o.group, o.region);
    for (outcome, span) in repeated(&names, same) {
        twice(source, &mut inner, "metrics", &outcome.name, span);
    }
    let ends = read_years(source, &mut inner);
    let effect_of = read_levers(source, &mut inner);
    let per_cent = match inner.optional("effect_in").map(|n| (n, n.text())) {
        None | Some((_, Some("unit"))) => false,
        Some((_, Some("per_cent"))) => true,
        Some((node, _)) => {
            inner.wrong(
                "effect_in",
                node,
                "\"unit\" (of the metric) or \"per_cent\" (of the baseline)",
            );
            false
        }
    };
    let none = |node: &Node| matches!(&node.value, Value::List(items) if items.is_empty());
    let levels = inner.optional("effect_of").is_none_or(none) && !inner.meant("effect_of");
    if let Some(node) = inner.optional("effect_in").filter(|_| levels) {
        let message = "`outcomes.effect_in` applies with `outcomes.effect_of` only";
        let problem = source.problem(&node.span, "outcomes.effect_in", message);
        inner.problems.push(problem.label("would be ignored"));
    }
    fields.problems.0.append(&mut inner.problems.0);
    Some(Outcomes {
        names: names.into_iter().map(|(outcome, _)| outcome).collect(),
        ends,
        effect_of,
        per_cent,
    })
}

/// Notes that a list has something twice.
fn twice(source: &Source, inner: &mut Fields<'_>, key: &str, what: &str, span: &Range<usize>) {
    let name = inner.name(key);
    let problem = source.problem(span, &name, format!("`{name}` has {what} twice"));
    inner.problems.push(problem.label("again"));
}

/// The ends of `years`.
fn read_years(source: &Source, inner: &mut Fields<'_>) -> Vec<u32> {
    let Some(node) = inner.required("years") else {
        return Vec::new();
    };
    let items = match &node.value {
        Value::List(items) if !items.is_empty() => items,
        _ => {
            inner.wrong("years", node, "a list of years such as [2, 5]");
            return Vec::new();
        }
    };
    let mut ends = Vec::new();
    for item in items {
        match end_of_year(item) {
            Some(end) if ends.contains(&end) => twice(source, inner, "years", &item.show(), &item.span),
            Some(end) => ends.push(end),
            None => inner.wrong("years", item, "whole quarters in years, from 1 to 500"),
        }
    }
    ends
}

/// The levers of `effect_of`.
fn read_levers(source: &Source, inner: &mut Fields<'_>) -> Vec<String> {
    let levers = inner.texts("effect_of");
    let named = inner.optional("effect_of").and_then(crate::base::fields::texts);
    let named = named.unwrap_or_default();
    for (lever, span) in repeated(&named, |(lever, _)| (*lever).to_owned()) {
        twice(source, inner, "effect_of", lever, span);
    }
    levers
}

/// The end of the year that a number of years states `[quarters since the start]`, if it is whole and from one year on.
pub(super) fn end_of_year(node: &Node) -> Option<u32> {
    let quarters = node.number().map(|years| 4.0 * years);
    quarters
        .filter(|q| q.fract() == 0.0 && (4.0..=2000.0).contains(q))
        .map(|q| q as u32)
}

/// `metric[:group][@region]`, as `key` states it at a place.
pub(super) fn outcome(
    source: &Source,
    key: &str,
    (text, span): (&str, &Range<usize>),
    known: &Known,
) -> Result<Outcome, Problem> {
    let (rest, region) = text.split_once('@').unwrap_or((text, "total"));
    let (metric, group) = rest.split_once(':').unwrap_or((rest, "all"));
    let wrong = |what: &str, name: &str| source.problem(span, key, format!("`{name}` is not a known {what}"));
    if !known.measured.metrics.iter().any(|m| m == metric) {
        return Err(wrong("metric", metric).near(metric, known.measured.metrics.iter().map(String::as_str)));
    }
    if !known.measured.groups.iter().any(|g| g == group) {
        return Err(wrong("group", group).near(group, known.measured.groups.iter().map(String::as_str)));
    }
    if let Some((groups, city)) = known.measured.series.get(metric) {
        let about = |message: String| source.problem(span, "outcomes.metrics", message);
        if !groups.iter().any(|g| g == group) {
            let names: Vec<String> = groups.iter().map(|g| format!("{metric}:{g}")).collect();
            let problem = about(format!("`{metric}` is not measured for the group `{group}`"));
            return Err(problem.advice(format!("there are: {}", names.join(", "))));
        }
        if *city && region != "total" {
            return Err(about(format!(
                "`{metric}` is measured for the whole city only, not for `{region}`"
            )));
        }
    }
    if region != "total" && !known.worlds.iter().any(|w| w.find(region).is_some()) {
        let names = known.worlds.iter().flat_map(crate::scenario::KnownWorld::names);
        return Err(wrong("region", region).near(region, names));
    }
    Ok(Outcome {
        name: text.to_owned(),
        metric: metric.to_owned(),
        group: group.to_owned(),
        region: region.to_owned(),
    })
}

/// Reads `cluster`, which may be absent.
pub(super) fn read_cluster(fields: &mut Fields<'_>) -> Option<Cluster> {
    let mut cluster = Cluster {
        partition: None,
        account: None,
        minutes: 5.0,
        seconds_per_job: 10.0,
        cores: 1,
        memory: None,
        time: None,
        at_once: None,
        largest_array: None,
    };
    if fields.optional("cluster").is_none() {
        return Some(cluster);
    }
    let mut inner = fields.table("cluster", CLUSTER_KEYS)?;
    for (key, slot) in [
        ("partition", &mut cluster.partition),
        ("account", &mut cluster.account),
        ("memory", &mut cluster.memory),
        ("time", &mut cluster.time),
    ] {
        if inner.optional(key).is_some() {
            // one word: it becomes an argument of the scheduler
            *slot = inner.text(key);
        }
    }
    let whole = Limits::new(1.0, 1e6, "");
    let mut count = |key: &str| {
        inner
            .optional(key)
            .and_then(|_| inner.integer(key, &whole))
            .map(|n| n as u32)
    };
    cluster.cores = count("cores").unwrap_or(cluster.cores);
    cluster.at_once = count("at_once");
    cluster.largest_array = count("largest_array");
    for (key, slot) in [
        ("minutes", &mut cluster.minutes),
        ("seconds_per_job", &mut cluster.seconds_per_job),
    ] {
        if let Some(node) = inner.optional(key) {
            match node.number().filter(|n| *n > 0.0 && n.is_finite()) {
                Some(number) => *slot = number,
                None => inner.wrong(key, node, "a number above 0"),
            }
        }
    }
    fields.problems.0.append(&mut inner.problems.0);
    Some(cluster)
}
