//! Land: farmland, homesteads and quotas, land of firms and housing.

use super::{FEN, metric, ratio};
use crate::base::stats::mean_sd;
use crate::metrics::Define::{City, Groups, Value};
use crate::metrics::Metric;

/// Contracted farmland and its product.
pub const FARMLAND: &[Metric] = &[
    metric(
        "lease_share",
        "share",
        "contracted farmland leased for rent",
        Value(|s, r| ratio(s.sum(r, |k| s.farmland[k][1]), s.sum(r, |k| s.farmland[k][0]))),
    ),
    metric(
        "idle_share",
        "share",
        "contracted farmland idle",
        Value(|s, r| ratio(s.sum(r, |k| s.farmland[k][2]), s.sum(r, |k| s.farmland[k][0]))),
    ),
    metric(
        "farm_productivity",
        "yuan per mu and quarter",
        "farm output at start prices per contracted land",
        Value(|s, r| {
            ratio(
                s.sum(r, |k| s.real[k][0]) / FEN,
                s.sum(r, |k| s.farmland[k][0]) / 666.67,
            )
        }),
    ),
    metric(
        "farm_output_per_worker",
        "yuan per quarter",
        "farm output at start prices per farm worker",
        Value(|s, r| {
            ratio(
                s.sum(r, |k| s.real[k][0]) / FEN,
                s.sum(r, |k| f64::from(s.quarter.status[k][0])) * s.scale,
            )
        }),
    ),
];

/// Rents and prices of urban land.
pub const PRICES: &[Metric] = &[
    metric(
        "housing_rent",
        "yuan per m2 and month",
        "rent of dwellings",
        Value(|s, r| {
            ratio(
                s.sum(r, |k| s.rent[k] * s.townspeople[k]) / FEN / 3.0,
                s.sum(r, |k| s.townspeople[k]),
            )
        }),
    ),
    metric(
        "land_price",
        "yuan per m2",
        "price of state land by use",
        Groups(&["industrial", "residential"], |s, r, g| {
            Some(s.sum(r, |k| s.land_price[k][g]) / FEN / r.len() as f64)
        }),
    ),
];

/// Farmland across districts, homesteads, quotas, collective land.
pub const RURAL: &[Metric] = &[
    metric(
        "lease_share_across",
        "share",
        "contracted farmland leased by farmers of another district",
        Value(|s, r| ratio(s.sum(r, |k| s.land[k].exported), s.sum(r, |k| s.farmland[k][0]))),
    ),
    metric(
        "farmland_quality",
        "index",
        "productivity of tilled land over that of the start, by swapped plots and land tilled elsewhere",
        Value(|s, r| {
            ratio(
                s.sum(r, |k| s.land[k].quality[0] * s.land[k].quality[1]),
                s.sum(r, |k| s.land[k].quality[1]),
            )
        }),
    ),
    metric(
        "homestead_exits",
        "m2 per quarter",
        "homesteads given up",
        Value(|s, r| Some(s.sum(r, |k| s.quarter.land.exits_m2[k] as f64))),
    ),
    metric(
        "homestead_land",
        "m2",
        "homesteads in use",
        Value(|s, r| Some(s.sum(r, |k| s.land[k].homesteads))),
    ),
    metric(
        "quota_price",
        "yuan per m2",
        "price that a quota fetches, mean over homesteads of the start",
        Value(|s, r| {
            ratio(
                s.sum(r, |k| s.land[k].quota[0] * s.land[k].quota[1]) / FEN,
                s.sum(r, |k| s.land[k].quota[1]),
            )
        }),
    ),
    metric(
        "quota_price_spread",
        "log points",
        "standard deviation over districts of the log price that a quota fetches",
        City(|s| {
            let city = (0..s.land.len()).filter(|&k| s.in_city[k]);
            let prices = city.filter(|&k| s.land[k].quota[0] > 0.0);
            mean_sd(prices.map(|k| (s.land[k].quota[0].ln(), s.land[k].quota[1]))).map(|x| x.1)
        }),
    ),
    metric(
        "quotas_used",
        "m2 per quarter",
        "quotas of homesteads and plan quotas of others that districts bought",
        Value(|s, r| Some(s.sum(r, |k| s.quarter.land.quotas_m2[k] as f64))),
    ),
    metric(
        "rural_land_income",
        "yuan per quarter",
        "what rural households get for homesteads, farmland taken and collective land",
        Value(|s, r| Some(s.sum(r, |k| s.quarter.land.rural_income[k] as f64) / FEN)),
    ),
    metric(
        "collective_land_leased",
        "m2",
        "collective commercial land leased by firms",
        Value(|s, r| Some(s.sum(r, |k| s.land[k].collective))),
    ),
];

/// Land of firms and housing.
pub const URBAN: &[Metric] = &[
    metric(
        "urban_land",
        "m2",
        "land of firms, housing and reserves",
        Value(|s, r| Some(s.sum(r, |k| s.land[k].urban))),
    ),
    metric(
        "urban_land_migrants",
        "ratio",
        "urban land per head where migrants live over that where locals live",
        Value(|s, r| {
            let head = |k: usize| s.land[k].urban / s.people[k].max(1.0);
            let locals = |k: usize| s.people[k] - s.migrants[k];
            let migrants = ratio(s.sum(r, |k| head(k) * s.migrants[k]), s.sum(r, |k| s.migrants[k]))?;
            ratio(migrants, ratio(s.sum(r, |k| head(k) * locals(k)), s.sum(r, locals))?)
        }),
    ),
    metric(
        "young_firm_land",
        "share",
        "land of firms under five years in that of all firms",
        Value(|s, r| ratio(s.sum(r, |k| s.land[k].firms[0]), s.sum(r, |k| s.land[k].firms[1]))),
    ),
    metric(
        "land_turnover",
        "share per year",
        "land that firms leased or bought from each other, over the land of firms",
        Value(|s, r| {
            let q = &s.quarter.land;
            let moved = |k: usize| (q.leased_m2[k][0] + q.leased_m2[k][1] + q.transferred_m2[k]) as f64;
            ratio(4.0 * s.sum(r, moved), s.sum(r, |k| s.land[k].firms[1]))
        }),
    ),
    metric(
        "land_transfers",
        "m2 per quarter",
        "land that firms sold to each other",
        Value(|s, r| Some(s.sum(r, |k| s.quarter.land.transferred_m2[k] as f64))),
    ),
    metric(
        "lease_renewal_share",
        "share",
        "land under leases that ran out which the same firm leased again",
        Value(|s, r| {
            let q = &s.quarter.land;
            ratio(
                s.sum(r, |k| q.run_out_m2[k][1] as f64),
                s.sum(r, |k| q.run_out_m2[k][0] as f64),
            )
        }),
    ),
    metric(
        "land_use_fees",
        "yuan per quarter",
        "fees on badly used land",
        Value(|s, r| Some(s.sum(r, |k| s.quarter.land.fees[k] as f64) / FEN)),
    ),
    metric(
        "idle_land_share",
        "share",
        "idle land of state firms over the land of firms",
        Value(|s, r| ratio(s.sum(r, |k| s.land[k].idle), s.sum(r, |k| s.land[k].firms[1]))),
    ),
    metric(
        "land_reserve",
        "m2",
        "reserve of districts for firms",
        Value(|s, r| Some(s.sum(r, |k| s.land[k].reserve))),
    ),
    metric(
        "floor_area_ratio",
        "ratio",
        "floor space of housing over its land",
        Value(|s, r| ratio(s.sum(r, |k| s.land[k].housing[0]), s.sum(r, |k| s.land[k].housing[1]))),
    ),
];
