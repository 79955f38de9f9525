//! The list of metrics.

use super::snapshot::gini;
use super::{Define, Metric};
use crate::agents::firms::SECTOR_NAMES;
use crate::agents::workers::GROUP_NAMES;
use crate::markets::goods::GOOD_NAMES;

use Define::{City, Groups, Value};

const FEN: f64 = 100.0;

const fn metric(name: &'static str, unit: &'static str, meaning: &'static str, define: Define) -> Metric {
    Metric {
        name,
        unit,
        meaning,
        define,
    }
}

fn ratio(a: f64, b: f64) -> Option<f64> {
    (b.abs() > 0.0).then(|| a / b)
}

/// Every metric, in the order of the files.
pub const METRICS: &[Metric] = &[
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
        "value_added_real",
        "yuan per quarter",
        "value added at start prices by sector",
        Groups(&GOOD_NAMES, |s, r, g| Some(s.sum(r, |k| s.real[k][g]) / FEN)),
    ),
    metric(
        "population",
        "people",
        "residents, dependants included",
        Value(|s, r| Some(s.sum(r, |k| s.people[k]))),
    ),
    metric(
        "urban_share",
        "share",
        "residents in town",
        Value(|s, r| ratio(s.sum(r, |k| s.townspeople[k]), s.sum(r, |k| s.people[k]))),
    ),
    metric(
        "migrant_share",
        "share",
        "residents with hukou elsewhere",
        Value(|s, r| ratio(s.sum(r, |k| s.migrants[k]), s.sum(r, |k| s.people[k]))),
    ),
    metric(
        "employment",
        "workers",
        "employees, own-account workers and farmers",
        Value(|s, r| {
            Some(
                s.sum(r, |k| {
                    s.quarter.status[k][..3].iter().map(|&x| f64::from(x)).sum::<f64>()
                }) * s.scale,
            )
        }),
    ),
    metric(
        "farm_workers",
        "workers",
        "workers on farms",
        Value(|s, r| Some(s.sum(r, |k| f64::from(s.quarter.status[k][0])) * s.scale)),
    ),
    metric(
        "own_account_workers",
        "workers",
        "own-account workers",
        Value(|s, r| Some(s.sum(r, |k| f64::from(s.quarter.status[k][2])) * s.scale)),
    ),
    metric(
        "unemployment_rate",
        "share",
        "unemployed in the non-farm labour force",
        Value(|s, r| {
            let force = s.sum(r, |k| s.quarter.status[k][1..].iter().map(|&x| f64::from(x)).sum());
            ratio(s.sum(r, |k| f64::from(s.quarter.status[k][3])), force)
        }),
    ),
    metric(
        "vacancy_rate",
        "share",
        "openings left unfilled over employees, all areas",
        City(|s| {
            let jobs: f64 = s.quarter.status.iter().map(|x| f64::from(x[1])).sum();
            ratio(s.quarter.unfilled.iter().map(|&x| f64::from(x)).sum(), jobs)
        }),
    ),
    metric(
        "hires",
        "workers",
        "hires of the quarter, all areas",
        City(|s| Some(s.quarter.hires.iter().map(|&x| f64::from(x)).sum::<f64>() * s.scale)),
    ),
    metric(
        "wage_mean",
        "yuan per quarter",
        "mean wage of resident employees",
        Value(|s, r| s.group_wage(r, None)),
    ),
    metric(
        "wage",
        "yuan per quarter",
        "mean wage of resident employees by skill and nativity",
        Groups(&GROUP_NAMES, |s, r, g| s.group_wage(r, Some(g))),
    ),
    metric(
        "log_wage_incumbent",
        "log yuan per quarter",
        "mean log wage of workers by group frozen at the start",
        Groups(&GROUP_NAMES, |s, r, g| {
            // frozen cohorts carry the region group, not the region: only the city and all its people
            (r.len() > 1 && r.iter().all(|&k| s.in_city[k]) && r.len() == s.in_city.iter().filter(|c| **c).count())
                .then(|| s.cohort_wage(|c| c % 4 == g))
                .flatten()
        }),
    ),
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
    metric(
        "hukou_conversions",
        "people",
        "workers who took the local hukou in the quarter",
        Value(|s, r| Some(s.sum(r, |k| f64::from(s.quarter.conversions[k])) * s.scale)),
    ),
    metric(
        "moves",
        "people",
        "workers who moved in from another region in the quarter",
        Value(|s, r| Some(s.sum(r, |k| f64::from(s.quarter.moves[k])) * s.scale)),
    ),
    metric(
        "farm_moves",
        "people",
        "workers who changed between farm and town at home in the quarter",
        Value(|s, r| Some(s.sum(r, |k| f64::from(s.quarter.farm_moves[k])) * s.scale)),
    ),
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
    metric(
        "mrpk_sd",
        "log",
        "standard deviation of log marginal revenue products of capital over firms",
        Value(|s, r| s.dispersion(r, |p| p.k)),
    ),
    metric(
        "mrps_sd",
        "log",
        "standard deviation of log marginal revenue products of land over firms",
        Value(|s, r| s.dispersion(r, |p| p.s)),
    ),
    metric(
        "mrpl_sd",
        "log",
        "standard deviation of log marginal revenue products of labour over firms",
        Value(|s, r| s.dispersion(r, |p| p.l)),
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
            (r.len() > 1 && s.in_city[r[0]] && r.len() == s.in_city.iter().filter(|c| **c).count())
                .then(|| s.quarter.data_shared[g])
        }),
    ),
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
    metric(
        "exports",
        "yuan per quarter",
        "sales to the outside by good, all inside regions",
        Groups(&GOOD_NAMES, |s, r, g| {
            (r.len() > 1 && s.in_city[r[0]] && r.len() == s.in_city.iter().filter(|c| **c).count())
                .then(|| s.quarter.exports[g] as f64 / FEN)
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
