//! Resources: power, emissions and water, permits.

use super::{FEN, metric, ratio};
use crate::markets::energy::STEP_NAMES;
use crate::markets::permits::RESOURCE_NAMES;
use crate::metrics::Define::{City, Groups, Value};
use crate::metrics::Metric;

/// Power: price, cuts, use, supply.
pub const POWER: &[Metric] = &[
    metric(
        "power_price",
        "yuan per kWh",
        "price of power that the city's firms pay",
        City(|s| Some(s.power_price)),
    ),
    metric(
        "power_cut_share",
        "share",
        "power of the city's firms that is cut, over demand",
        City(|s| Some(s.quarter.resources.cut)),
    ),
    metric(
        "shortage_loss",
        "yuan per quarter",
        "output lost because power is cut",
        Value(|s, r| Some(s.sum(r, |k| s.quarter.resources.shortage[k]) / FEN)),
    ),
    metric(
        "power_per_output",
        "kWh per thousand yuan",
        "power of firms over value added at start prices",
        Value(|s, r| {
            ratio(
                s.sum(r, |k| s.power_kwh[k]),
                s.sum(r, |k| s.real[k].iter().sum()) / FEN / 1000.0,
            )
        }),
    ),
    metric(
        "power_supply",
        "kWh per quarter",
        "power delivered to the city's firms by step of the supply curve",
        Groups(&STEP_NAMES, |s, r, g| {
            s.is_city(r).then(|| s.quarter.resources.delivered[g])
        }),
    ),
];

/// Emissions, permits, compensation along rivers.
pub const PERMITS: &[Metric] = &[
    metric(
        "emissions",
        "t (water: m3) per quarter",
        "carbon of fuel and power used, water taken, discharge of firms",
        Groups(&RESOURCE_NAMES, |s, r, g| {
            Some(s.sum(r, |k| s.quarter.resources.emissions[k][g]))
        }),
    ),
    metric(
        "permit_price",
        "yuan per t (water: m3)",
        "mean price of permits in the city",
        Groups(&RESOURCE_NAMES, |s, r, g| {
            s.is_city(r).then(|| s.quarter.resources.permit_price[g] / FEN)
        }),
    ),
    metric(
        "abatement_cost",
        "yuan per quarter",
        "output that abatement takes",
        Groups(&RESOURCE_NAMES, |s, r, g| {
            Some(s.sum(r, |k| s.quarter.resources.abatement[k][g]) / FEN)
        }),
    ),
    metric(
        "compensation_received",
        "yuan per quarter",
        "compensation that districts upstream receive from districts downstream",
        Value(|s, r| Some(s.sum(r, |k| s.compensation[k].max(0.0)) / FEN)),
    ),
    metric(
        "upstream_revenue",
        "yuan per quarter",
        "revenue of districts upstream, compensation included",
        Value(|s, r| {
            let upstream = s.sum(r, |k| if s.upstream[k] { s.budget[k][0] } else { 0.0 });
            (upstream > 0.0).then_some(upstream / FEN)
        }),
    ),
    metric(
        "permit_collateral",
        "yuan",
        "what banks lend on permits",
        Value(|s, r| Some(s.sum(r, |k| s.quarter.resources.collateral[k]) / FEN)),
    ),
];
