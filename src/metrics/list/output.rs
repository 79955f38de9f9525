//! Output, prices and the uses of output.

use super::{FEN, metric, ratio};
use crate::markets::goods::GOOD_NAMES;
use crate::metrics::Define::{City, Groups, Value};
use crate::metrics::Metric;

/// Value added and prices.
pub const PRODUCT: &[Metric] = &[
    metric(
        "gdp_real",
        "yuan per quarter",
        "value added at start prices",
        Value(|s, r| Some(s.sum(r, |k| s.real[k].iter().sum()) / FEN)),
    ),
    metric(
        "gdp_nominal",
        "yuan per quarter",
        "value added at current prices",
        Value(|s, r| Some(s.sum(r, |k| s.nominal[k].iter().sum()) / FEN)),
    ),
    metric(
        "price_level",
        "index",
        "value added at current over start prices",
        Value(|s, r| {
            ratio(
                s.sum(r, |k| s.nominal[k].iter().sum()),
                s.sum(r, |k| s.real[k].iter().sum()),
            )
        }),
    ),
    metric(
        "consumer_prices",
        "index",
        "what goods and services of consumption cost a resident, dwelling apart, over start prices",
        Value(|s, r| {
            ratio(
                s.sum(r, |k| s.people[k] * s.consumer_price[k]),
                s.sum(r, |k| s.people[k]),
            )
        }),
    ),
    metric(
        "value_added_real",
        "yuan per quarter",
        "value added at start prices by sector",
        Groups(&GOOD_NAMES, |s, r, g| Some(s.sum(r, |k| s.real[k][g]) / FEN)),
    ),
];

/// Uses of value added.
pub const USES: &[Metric] = &[
    metric(
        "trade_balance_gdp",
        "ratio",
        "net exports over value added, all inside regions",
        City(|s| ratio(s.trade_balance, s.all_nominal)),
    ),
    metric(
        "investment_gdp",
        "ratio",
        "investment of firms over value added, all inside regions",
        City(|s| ratio(s.quarter.investment as f64, s.all_nominal)),
    ),
    metric(
        "consumption_gdp",
        "ratio",
        "consumption over value added, all inside regions",
        City(|s| ratio(s.quarter.consumption as f64, s.all_nominal)),
    ),
];

/// Sales outside, and the share of wages.
pub const SHARES: &[Metric] = &[
    metric(
        "exports",
        "yuan per quarter",
        "sales to the outside by good, all inside regions",
        Groups(&GOOD_NAMES, |s, r, g| {
            s.is_city(r).then(|| s.quarter.exports[g] as f64 / FEN)
        }),
    ),
    metric(
        "wage_share",
        "share",
        "wages of resident employees over value added",
        Value(|s, r| {
            let wages = s.sum(r, |k| s.quarter.wages[k].iter().sum::<i64>() as f64);
            ratio(wages, s.sum(r, |k| s.nominal[k].iter().sum()))
        }),
    ),
];
