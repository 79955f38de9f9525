//! Capital: loans and banks, firms, debts.

use super::{FEN, metric, ratio};
use crate::agents::firms::SECTOR_NAMES;
use crate::metrics::Define::{City, Groups, Value};
use crate::metrics::Metric;

/// Loans of private firms, from the wish to the rate.
pub const CREDIT: &[Metric] = &[
    metric(
        "loan_application_rate",
        "share",
        "private firms that applied for a loan, of all, at a yearly rate",
        City(|s| ratio(4.0 * s.quarter.credit[1], s.private_firms())),
    ),
    metric(
        "loan_discouraged_rate",
        "share",
        "private firms that wanted a loan and did not apply, of all, at a yearly rate",
        City(|s| ratio(4.0 * (s.quarter.credit[0] - s.quarter.credit[1]), s.private_firms())),
    ),
    metric(
        "loan_rejection_rate",
        "share",
        "refused among applications",
        City(|s| ratio(s.quarter.credit[2], s.quarter.credit[1])),
    ),
    metric(
        "first_loans",
        "firms",
        "private firms that got a first loan in the quarter",
        City(|s| Some(s.quarter.credit[3])),
    ),
    metric(
        "banked_share",
        "share",
        "private firms with a bank loan",
        City(|s| ratio(s.quarter.credit[4], s.private_firms())),
    ),
    metric(
        "loan_rate",
        "share per year",
        "mean loan rate by ownership",
        Groups(&["private", "state"], |s, r, g| {
            ratio(s.sum(r, |k| s.loan_rate[k][g][0]), s.sum(r, |k| s.loan_rate[k][g][1]))
        }),
    ),
];

/// Marginal products, capital, number, entry and exit of firms.
pub const FIRMS: &[Metric] = &[
    metric(
        "mrpk_sd",
        "log",
        "standard deviation of log marginal revenue products of capital over firms",
        Value(|s, r| s.dispersion(r, |m| m.capital)),
    ),
    metric(
        "mrps_sd",
        "log",
        "standard deviation of log marginal revenue products of land over firms",
        Value(|s, r| s.dispersion(r, |m| m.land)),
    ),
    metric(
        "mrpl_sd",
        "log",
        "standard deviation of log marginal revenue products of labour over firms",
        Value(|s, r| s.dispersion(r, |m| m.labour)),
    ),
    metric(
        "capital",
        "yuan",
        "capital of firms at start prices",
        Value(|s, r| Some(s.sum(r, |k| s.capital[k]) / FEN)),
    ),
    metric(
        "firms",
        "firms",
        "number of firms",
        Value(|s, r| Some(s.sum(r, |k| s.firms[k]))),
    ),
    metric(
        "firm_tail_exponent",
        "exponent",
        "tail exponent of firm sizes above 20 heads",
        City(|s| Some(s.tail)),
    ),
    metric(
        "firm_exits",
        "firms",
        "firms closed in the quarter",
        City(|s| Some(s.quarter.demography[0])),
    ),
    metric(
        "firm_entries",
        "firms",
        "firms opened in the quarter",
        City(|s| Some(s.quarter.demography[1])),
    ),
    metric(
        "insolvencies",
        "firms",
        "insolvent firms in the quarter",
        City(|s| Some(s.quarter.demography[2])),
    ),
];

/// Debts and deposits over value added.
pub const DEBTS: &[Metric] = &[
    metric(
        "debt_gdp",
        "ratio",
        "debt of firms over yearly value added",
        Value(|s, r| ratio(s.sum(r, |k| s.debt[k]), 4.0 * s.sum(r, |k| s.nominal[k].iter().sum()))),
    ),
    metric(
        "bonds_gdp",
        "ratio",
        "bonds of districts over yearly value added",
        Value(|s, r| ratio(s.sum(r, |k| s.bonds[k]), 4.0 * s.sum(r, |k| s.nominal[k].iter().sum()))),
    ),
    metric(
        "deposits_gdp",
        "ratio",
        "deposits of households over yearly value added",
        Value(|s, r| {
            ratio(
                s.sum(r, |k| s.deposits[k]),
                4.0 * s.sum(r, |k| s.nominal[k].iter().sum()),
            )
        }),
    ),
];

/// Loans that come due or go bad, loans by sector, deposits.
pub const BANKS: &[Metric] = &[
    metric(
        "loans_due_rate",
        "share",
        "private firms whose loan came due, of those with a bank, at a yearly rate",
        City(|s| ratio(4.0 * s.quarter.loans_due, s.quarter.credit[4])),
    ),
    metric(
        "bridge_costs",
        "yuan per quarter",
        "what private firms paid for bridge loans",
        City(|s| Some(s.quarter.bridged as f64 / FEN)),
    ),
    metric(
        "bad_loan_share",
        "share",
        "loans of closed firms not yet written off, of all loans of firms",
        Value(|s, r| {
            let bad = s.sum(r, |k| s.bad_loans[k]);
            ratio(bad, bad + s.sum(r, |k| s.debt[k]))
        }),
    ),
    metric(
        "loan_share",
        "share",
        "share of sectors in the debt of firms",
        Groups(&SECTOR_NAMES, |s, r, g| {
            ratio(s.sum(r, |k| s.sector_debt[k][g]), s.sum(r, |k| s.debt[k]))
        }),
    ),
    metric(
        "deposit_rate",
        "share per year",
        "interest on deposits of households, all inside regions",
        City(|s| ratio(4.0 * s.quarter.deposit_interest as f64, s.deposits.iter().sum())),
    ),
];

/// Loans on farm rights, and loans that are funded outside.
pub const SOURCES: &[Metric] = &[
    metric(
        "farm_loans",
        "yuan",
        "loans of village collectives on farm rights",
        Value(|s, r| Some(s.sum(r, |k| s.village_debt[k]) / FEN)),
    ),
    metric(
        "outside_funds",
        "yuan",
        "loans that banks fund outside",
        Value(|s, r| Some(s.sum(r, |k| s.quarter.outside_funds[k]) / FEN)),
    ),
];
