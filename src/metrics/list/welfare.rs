//! Welfare: incomes of households and inequality.

use super::{FEN, metric, ratio};
use crate::metrics::Define::{City, Groups, Value};
use crate::metrics::Metric;
use crate::metrics::snapshot::gini;

/// Incomes and how unequal they and wealth are.
pub const INCOMES: &[Metric] = &[
    metric(
        "income_per_head",
        "yuan per quarter",
        "disposable income per resident",
        Value(|s, r| {
            let y = s.sum(r, |k| (s.quarter.income[k][0] + s.quarter.income[k][1]) as f64);
            ratio(y / FEN, s.sum(r, |k| s.quarter.persons[k].iter().sum()) * s.scale)
        }),
    ),
    metric(
        "income_place",
        "yuan per quarter",
        "disposable income per resident in town and village",
        Groups(&["urban", "rural"], |s, r, g| {
            ratio(
                s.sum(r, |k| s.quarter.income[k][g] as f64) / FEN,
                s.sum(r, |k| s.quarter.persons[k][g]) * s.scale,
            )
        }),
    ),
    metric(
        "urban_rural_ratio",
        "ratio",
        "income per head in town over that in villages",
        Value(|s, r| {
            let head = |g: usize| {
                ratio(
                    s.sum(r, |k| s.quarter.income[k][g] as f64),
                    s.sum(r, |k| s.quarter.persons[k][g]),
                )
            };
            Some(head(0)? / head(1)?)
        }),
    ),
    metric(
        "gini_income",
        "share",
        "Gini of permanent income per head",
        City(|s| Some(gini(&s.income))),
    ),
    metric(
        "gini_wealth",
        "share",
        "Gini of deposits and fund units per head",
        City(|s| Some(gini(&s.wealth))),
    ),
];
