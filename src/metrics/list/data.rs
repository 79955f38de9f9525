//! Data: the exchange, use, computing.

use super::{FEN, metric, ratio};
use crate::metrics::Define::{City, Groups};
use crate::metrics::Metric;

/// The data exchange.
pub const EXCHANGE: &[Metric] = &[
    metric(
        "data_traded",
        "yuan per quarter",
        "payments for data",
        City(|s| Some(s.quarter.data_bought as f64 / FEN)),
    ),
    metric(
        "data_shared",
        "share",
        "share of data offered on the exchange by sector",
        Groups(&["industry", "services", "digital"], |s, r, g| {
            s.is_city(r).then(|| s.quarter.data_shared[g])
        }),
    ),
];

/// Data in use, computing, loans on data.
pub const USE: &[Metric] = &[
    metric(
        "data_use",
        "ratio",
        "services of data that firms use over their own data, mean of logs",
        City(|s| ratio(s.quarter.data_use[0], s.quarter.data_use[1]).map(f64::exp)),
    ),
    metric(
        "public_data_users",
        "share",
        "firms that use public data by size, all districts",
        Groups(&["small_firms", "large_firms"], |s, r, g| {
            s.is_city(r)
                .then(|| ratio(s.quarter.public_users[g][0], s.quarter.public_users[g][1]))
                .flatten()
        }),
    ),
    metric(
        "computing_price",
        "index",
        "price of computing relative to the start, all inside regions",
        City(|s| Some(s.quarter.computing_price)),
    ),
    metric(
        "data_loans",
        "yuan",
        "debt of firms that their banks lend on data",
        City(|s| Some(s.quarter.data_debt / FEN)),
    ),
];
