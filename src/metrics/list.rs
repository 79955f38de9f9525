//! The list of metrics.

use super::snapshot::gini;
use super::{Define, Metric};
use crate::agents::firms::SECTOR_NAMES;
use crate::agents::workers::GROUP_NAMES;
use crate::base::stats::mean_sd;
use crate::markets::energy::STEP_NAMES;
use crate::markets::goods::GOOD_NAMES;
use crate::markets::permits::RESOURCE_NAMES;

/// Groups of firms by size.
const SIZES: [&str; 2] = ["small", "large"];

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
            (r.len() > 1 && s.in_city[r[0]] && r.len() == s.in_city.iter().filter(|c| **c).count())
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
    metric(
        "own_account_loss",
        "share",
        "income lost by who gave up own-account work and looks for a job, of net own-account income",
        Value(|s, r| {
            let of = |k: usize| s.sum(r, |i| s.quarter.own_account[i][k] as f64);
            Some(1.0 - ratio(of(2), of(3))? / ratio(of(0), of(1))?)
        }),
    ),
    metric(
        "public_posts",
        "workers",
        "residents in public posts for high skill",
        Value(|s, r| Some(s.sum(r, |k| f64::from(s.quarter.posts[k])) * s.scale)),
    ),
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
    metric(
        "hub_spending",
        "yuan per quarter",
        "capital spending of districts on the computing hub",
        Value(|s, r| Some(s.sum(r, |k| s.quarter.hub_spending[k] as f64) / FEN)),
    ),
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
            let whole = r.len() > 1 && s.in_city[r[0]] && r.len() == s.in_city.iter().filter(|c| **c).count();
            whole.then(|| s.quarter.resources.delivered[g])
        }),
    ),
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
            let whole = r.len() > 1 && s.in_city[r[0]] && r.len() == s.in_city.iter().filter(|c| **c).count();
            whole.then(|| s.quarter.resources.permit_price[g] / FEN)
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
    metric(
        "ideas",
        "ideas",
        "living ideas of laboratories",
        Value(|s, r| Some(s.sum(r, |k| s.ideas[k][0]))),
    ),
    metric(
        "disclosure_share",
        "share",
        "new ideas of laboratories that inventors disclosed in the quarter",
        Value(|s, r| ratio(s.sum(r, |k| s.quarter.ideas[k][1]), s.sum(r, |k| s.quarter.ideas[k][0]))),
    ),
    metric(
        "idea_quality",
        "ratio",
        "mean usable quality of disclosed ideas, over the least quality of ideas of the start",
        Value(|s, r| ratio(s.sum(r, |k| s.ideas[k][2]), s.sum(r, |k| s.ideas[k][1]))),
    ),
    metric(
        "licences",
        "firms",
        "firms that took a licence in the quarter, by size",
        Groups(&SIZES, |s, r, g| Some(s.sum(r, |k| s.quarter.licences[k][g]))),
    ),
    metric(
        "licence_gain",
        "log points",
        "mean productivity of firms from licences, by size",
        Groups(&SIZES, |s, r, g| {
            ratio(s.sum(r, |k| s.licence[k][g][0]), s.sum(r, |k| s.licence[k][g][1]))
        }),
    ),
    metric(
        "licence_fees",
        "yuan per quarter",
        "what firms paid for licences",
        Value(|s, r| Some(s.sum(r, |k| s.quarter.licence_fees[k] as f64) / FEN)),
    ),
    metric(
        "research",
        "yuan per quarter",
        "spending on research of laboratories and of firms",
        Groups(&["laboratories", "firms"], |s, r, g| {
            Some(s.sum(r, |k| s.quarter.research[k][g] as f64) / FEN)
        }),
    ),
    metric(
        "rd_intensity",
        "share",
        "research of laboratories and firms over value added",
        Value(|s, r| {
            let spent = s.sum(r, |k| s.quarter.research[k].iter().sum::<i64>() as f64);
            ratio(spent, s.sum(r, |k| s.nominal[k].iter().sum()))
        }),
    ),
    metric(
        "knowledge",
        "yuan",
        "knowledge of firms from their own research, at start prices",
        Value(|s, r| Some(s.sum(r, |k| s.knowledge[k]) / FEN)),
    ),
    metric(
        "innovator_loans",
        "yuan",
        "debt of private firms that do research, younger than five years and older",
        Groups(&["young", "old"], |s, r, g| {
            Some(s.sum(r, |k| s.innovator_debt[k][g]) / FEN)
        }),
    ),
    metric(
        "high_skill_share",
        "share",
        "workers of high skill among resident workers off the farm",
        Value(|s, r| ratio(s.sum(r, |k| s.skill[k][0]), s.sum(r, |k| s.skill[k][1]))),
    ),
];
