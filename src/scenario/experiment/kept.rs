//! What an experiment keeps, and on which cluster it runs.

use std::ops::Range;

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
    let names = texts
        .iter()
        .filter_map(|(text, span)| inner.keep(outcome(source, "outcomes.metrics", (text, span), known)))
        .collect();
    let ends = match inner.required("years").map(|n| (n, &n.value)) {
        Some((node, Value::List(items))) if !items.is_empty() => {
            let ends: Vec<u32> = items.iter().filter_map(end_of_year).collect();
            if ends.len() < items.len() {
                inner.wrong("years", node, "a list of whole quarters in years, from 1 on");
            }
            ends
        }
        Some((node, _)) => {
            inner.wrong("years", node, "a list of years such as [2, 5]");
            Vec::new()
        }
        None => Vec::new(),
    };
    let effect_of = inner.texts("effect_of");
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
    fields.problems.0.append(&mut inner.problems.0);
    Some(Outcomes {
        names,
        ends,
        effect_of,
        per_cent,
    })
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
