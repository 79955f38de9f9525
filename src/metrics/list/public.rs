//! Governments: budgets, services, programmes.

use super::{FEN, metric, ratio};
use crate::metrics::Define::Value;
use crate::metrics::Metric;

/// Budgets of districts.
pub const BUDGETS: &[Metric] = &[
    metric(
        "budget_revenue",
        "yuan per quarter",
        "revenue of districts, transfers included",
        Value(|s, r| Some(s.sum(r, |k| s.budget[k][0]) / FEN)),
    ),
    metric(
        "public_purchases",
        "yuan per quarter",
        "purchases of districts",
        Value(|s, r| Some(s.sum(r, |k| s.budget[k][1]) / FEN)),
    ),
];

/// Public services, capital, transfers and programmes.
pub const SERVICES: &[Metric] = &[
    metric(
        "services_outsiders",
        "yuan per quarter",
        "public services for a resident without local hukou",
        Value(|s, r| {
            let outsiders = s.sum(r, |k| s.migrants[k]);
            ratio(
                s.sum(r, |k| s.access[k] * s.service[k] * s.migrants[k]) / FEN / s.scale,
                outsiders,
            )
        }),
    ),
    metric(
        "services_villagers",
        "yuan per quarter",
        "public services for a resident of a village",
        Value(|s, r| {
            let people = |k: usize| s.quarter.persons[k][1];
            ratio(
                s.sum(r, |k| s.village_access[k] * s.service[k] * people(k)) / FEN / s.scale,
                s.sum(r, people),
            )
        }),
    ),
    metric(
        "public_capital",
        "index",
        "public capital over that of the start",
        Value(|s, r| {
            let start = s.sum(r, |k| s.public_capital[k][0]);
            ratio(start + s.sum(r, |k| s.public_capital[k][1]), start)
        }),
    ),
    metric(
        "transfers_to_migrants",
        "ratio",
        "municipal transfers per head where migrants live over those where locals live",
        Value(|s, r| {
            let head = |k: usize| s.quarter.transfers_down[k] as f64 / s.people[k].max(1.0);
            let locals = |k: usize| s.people[k] - s.migrants[k];
            let migrants = ratio(s.sum(r, |k| head(k) * s.migrants[k]), s.sum(r, |k| s.migrants[k]))?;
            ratio(migrants, ratio(s.sum(r, |k| head(k) * locals(k)), s.sum(r, locals))?)
        }),
    ),
    metric(
        "public_programmes",
        "yuan per quarter",
        "what districts pay for programmes and interest subsidies",
        Value(|s, r| Some(s.sum(r, |k| (s.quarter.programmes[k] + s.quarter.subsidies[k]) as f64) / FEN)),
    ),
];

/// The computing hub.
pub const HUB: &[Metric] = &[metric(
    "hub_spending",
    "yuan per quarter",
    "capital spending of districts on the computing hub",
    Value(|s, r| Some(s.sum(r, |k| s.quarter.hub_spending[k] as f64) / FEN)),
)];
