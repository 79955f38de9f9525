//! One estimator a stylised fact: from the moments of a seed to a number. To add one, add an entry to [`ESTIMATORS`] and
//! name it in the world's `stylised_facts.toml`.

use super::moments::FactMoments;
use crate::base::fit;
use crate::scenario::seed::SeedEconomy;
use measures::{gibrat, mean, sector_distance, spread_slope};

mod measures;

pub use measures::{growth_fit, spread_by_size};

/// Smoothing of the Hodrick-Prescott trend of quarters.
pub const HP: f64 = 1600.0;

/// An estimator.
pub struct Estimator {
    /// Name in the file of facts.
    pub name: &'static str,
    /// Definition in a sentence.
    pub definition: &'static str,
    /// The value of one seed; `None` if the run is too short or lacks what it needs.
    pub value: fn(&FactMoments, &SeedEconomy) -> Option<f64>,
}

const fn of(
    name: &'static str,
    definition: &'static str,
    value: fn(&FactMoments, &SeedEconomy) -> Option<f64>,
) -> Estimator {
    Estimator {
        name,
        definition,
        value,
    }
}

/// How levels are taken that have a drift of their own among the facts, or are data of one date.
const FIRST_YEAR: &str = "mean of the first measured year, which is the date of the data";

/// Every estimator, in the order of the facts.
pub const ESTIMATORS: &[Estimator] = &[
    of("urban_rural_ratio", FIRST_YEAR, |m, _| {
        m.first_year("urban_rural_ratio")
    }),
    of("urban_rural_drift", "slope on time, a year", |m, _| {
        m.drift("urban_rural_ratio")
    }),
    of("urban_share", FIRST_YEAR, |m, _| m.first_year("urban_share")),
    of("urban_drift", "slope on time, a year", |m, _| m.drift("urban_share")),
    of(
        "employment_share",
        "farmers, employees and own-account workers over residents; mean over quarters",
        |m, _| m.mean("employment_share"),
    ),
    of(
        "urban_employment_share",
        "workers whose home is in town over all workers; mean of the first year",
        |m, _| m.first_year("urban_employment_share"),
    ),
    of(
        "net_migration",
        "people, dependants included; mean of the first year",
        |m, _| m.first_year("net_migration"),
    ),
    of(
        "gini_income",
        "Gini of permanent income per head of households; mean over quarters",
        |m, _| m.mean("gini_income"),
    ),
    of(
        "income_fifths",
        "Lorenz curve of permanent income per head, ratio of means; mean over quarters",
        |m, _| Some(m.mean("top_fifth")? / m.mean("bottom_fifth")?),
    ),
    of(
        "top_tenth",
        "share of permanent income and, by fund units, of what private firms earn after interest and tax and do not pay to \
         households; mean over quarters",
        |m, _| m.mean("top_tenth_accrued"),
    ),
    of(
        "gini_whole_wealth",
        "Gini of deposits, fund units and dwellings per head (value of dwellings and cash of the district's housing fund, \
         owners in town alike; houses in villages have no market and count nothing); mean over quarters",
        |m, _| m.mean("gini_whole_wealth"),
    ),
    of(
        "gini_wealth",
        "Gini of deposits and fund units per head; mean over quarters",
        |m, _| m.mean("gini_wealth"),
    ),
    of(
        "tail_rank",
        "ln(rank - 1/2) on ln heads, largest tenth of firms (Gabaix and Ibragimov 2011); mean over years",
        |m, _| mean(m.tails.iter().map(|t| -t.0.slope)),
    ),
    of(
        "tail_hill",
        "Hill estimator, largest tenth of firms; mean over years",
        |m, _| mean(m.tails.iter().map(|t| t.1)),
    ),
    of(
        "growth_shape",
        "b of a Subbotin density by maximum likelihood; yearly log growth of revenue of firms that live through both \
         years, less the year's mean, firms weighted one each",
        |m, _| growth_fit(&m.growth).map(|f| f.b),
    ),
    of(
        "growth_spread_slope",
        "ln standard deviation of that growth on ln mean heads, over doublings of size with 30 or more observations",
        |m, _| spread_slope(&m.growth),
    ),
    of(
        "gibrat_slope",
        "that growth on ln heads, largest quarter of firms",
        |m, _| gibrat(&m.growth),
    ),
    of(
        "tfpr_sd",
        "log TFPR = (alpha log MRPK + beta log MRPL)/(alpha + beta), over firms; mean over quarters",
        |m, _| m.mean("tfpr_sd"),
    ),
    of(
        "mrpk_ratio",
        "ratio of geometric means over firms; mean over quarters",
        |m, _| m.mean("mrpk_ratio"),
    ),
    of(
        "entry_rate",
        "four times the quarter's entrants over firms, private; mean over quarters",
        |m, _| m.mean("entry_private"),
    ),
    of(
        "apply_rate",
        "four times the quarter's applicants over private firms; mean over quarters",
        |m, _| m.mean("loan_application_rate"),
    ),
    of("reject_rate", "mean over quarters", |m, _| {
        m.mean("loan_rejection_rate")
    }),
    of(
        "discouraged_ratio",
        "firms that considered a loan and did not apply over firms refused",
        |m, _| {
            let refused = m.mean("loan_rejection_rate")? * m.mean("loan_application_rate")?;
            Some(m.mean("loan_discouraged_rate")? / refused)
        },
    ),
    of(
        "informal_premium",
        "informal rate (a parameter) less the mean loan rate of private firms",
        |m, _| Some(m.informal_rate - m.mean("loan_rate/private")?),
    ),
    of(
        "state_rate_gap",
        "mean loan rates weighted by debt; mean over quarters",
        |m, _| Some(m.mean("loan_rate/private")? - m.mean("loan_rate/state")?),
    ),
    of(
        "state_leverage_ratio",
        "debt over capital of all firms by ownership; mean over quarters",
        |m, _| m.mean("state_leverage_ratio"),
    ),
    of(
        "land_price_ratio",
        "means over districts; mean over quarters",
        |m, _| Some(m.mean("land_price/residential")? / m.mean("land_price/industrial")?),
    ),
    of(
        "land_sales_share",
        "land fees of firms and housing over local taxes, transfers from above and these fees (payroll contributions and \
         transfers between local budgets are left out); both cities, mean over quarters",
        |m, _| m.mean("land_sales_share"),
    ),
    of(
        "lease_share",
        "land leased for rent over contracted land; mean over quarters",
        |m, _| m.mean("lease_share"),
    ),
    of(
        "large_farms",
        "farms of resident farmers; mean over quarters",
        |m, _| m.mean("large_farms"),
    ),
    of(
        "sector_gap",
        "current prices; own-account workers are off the farm; mean over quarters",
        |m, _| m.sector_gap(),
    ),
    of(
        "comparable_gap",
        "permanent income of low-skilled local rural-hukou workers off the farm over farmers of the district, less one; \
         weighted by farmers",
        |m, _| m.mean("comparable_gap"),
    ),
    of(
        "migrant_earnings",
        "urban hukou at home over rural hukou of another district; mean over quarters",
        |m, _| Some(m.mean("earnings_native")? / m.mean("earnings_migrant")?),
    ),
    of(
        "migrant_consumption",
        "people in town, same groups; mean over quarters",
        |m, _| Some(m.mean("consumption_migrant")? / m.mean("consumption_native")? - 1.0),
    ),
    of(
        "unemployment",
        "unemployed over the non-farm labour force; mean over quarters",
        |m, _| m.mean("unemployment_rate"),
    ),
    of(
        "okun",
        "slope of unemployment on log output, all inside regions, Hodrick-Prescott cycles of quarters",
        |m, _| m.slope("unemployment_all", false, "output_all"),
    ),
    of(
        "migrant_cycle",
        "slopes of log workers off the farm on log output of the city, Hodrick-Prescott cycles",
        |m, _| {
            let answer = |who| m.slope(who, true, "gdp_real");
            Some(answer("urban_work_migrant")? - 3.0 * answer("urban_work_native")?)
        },
    ),
    of(
        "beveridge",
        "unfilled openings over jobs and openings, all inside regions, Hodrick-Prescott cycles",
        |m, _| fit::correlation(&m.cycle("unemployment_all", false)?, &m.cycle("vacancies_all", false)?),
    ),
    of(
        "rd_intensity",
        "spending on research of laboratories and of firms over value added; mean over quarters",
        |m, _| m.mean("rd_intensity"),
    ),
    of(
        "investment_volatility",
        "logs, real, all inside regions, Hodrick-Prescott cycles",
        |m, _| m.volatility("investment_all"),
    ),
    of(
        "consumption_volatility",
        "logs, real, all inside regions, Hodrick-Prescott cycles",
        |m, _| m.volatility("consumption_all"),
    ),
    of(
        "credit_cycle",
        "log debt of firms and log output of the city, Hodrick-Prescott cycles",
        |m, _| fit::correlation(&m.cycle("debt", true)?, &m.cycle("gdp_real", true)?),
    ),
    of(
        "insolvency_cycle",
        "insolvent firms and log output of the city, Hodrick-Prescott cycles",
        |m, _| fit::correlation(&m.cycle("insolvencies", false)?, &m.cycle("gdp_real", true)?),
    ),
    of(
        "district_residents",
        "first year, relative distance under .05",
        |m, d| m.districts_inside(d, 0.05, |x, _, seed| Some(x.residents / seed.residents - 1.0)),
    ),
    of(
        "district_output",
        "at start prices, first year; relative distance under .05",
        |m, d| {
            m.districts_inside(d, 0.05, |x, _, seed| {
                Some(0.04 * x.output.iter().sum::<f64>() / seed.gdp - 1.0)
            })
        },
    ),
    of("district_hukou", "first year, relative distance under .05", |m, d| {
        m.districts_inside(d, 0.05, |x, _, seed| Some(x.hukou / seed.hukou_population - 1.0))
    }),
    of(
        "district_outflow",
        "first year, distance under .03 of residents",
        |m, d| {
            let outflow = |hukou: f64, residents: f64| hukou / residents;
            m.districts_inside(d, 0.03, |x, _, seed| {
                Some(outflow(x.hukou, x.residents) - outflow(seed.hukou_population, seed.residents))
            })
        },
    ),
    of("district_urban", "first year, distance under .03", |m, d| {
        m.districts_inside(d, 0.03, |x, _, seed| {
            Some(x.townspeople / x.residents - seed.urban_share)
        })
    }),
    of("loans_ratio", "mean over quarters", |m, d| {
        Some(m.mean("debt")? / 100.0 / d.city.loans_enterprise)
    }),
    of("deposits_ratio", "mean over quarters", |m, d| {
        let share = m.mean("deposits_gdp")?;
        Some(share * 4.0 * m.mean("gdp_nominal")? / d.city.deposits_household)
    }),
    of(
        "state_loan_share",
        "debt of state firms over that of all firms of the city; mean over quarters",
        |m, _| m.mean("state_loan_share"),
    ),
    of(
        "bad_loans",
        "loans of closed firms not yet written off over all loans of firms; mean over quarters",
        |m, _| m.mean("bad_loan_share"),
    ),
    of(
        "enterprise_deposits_ratio",
        "deposits of firms of the city over those of the data; mean over quarters",
        |m, d| Some(m.mean("firm_deposits")? / 100.0 / d.city.deposits_enterprise),
    ),
    of(
        "private_share",
        "sales of private firms and own-account workers over those of all firms, own-account workers and farms, all of \
         them value added; mean over quarters",
        |m, _| m.mean("private_share"),
    ),
    of(
        "district_income_urban",
        "income per head in town over that of the city's towns, first year; relative distance under .1",
        |m, d| m.district_incomes(d, 0),
    ),
    of(
        "district_income_rural",
        "income per head in villages over that of the city's villages, first year; relative distance under .1; districts \
         with villages",
        |m, d| m.district_incomes(d, 1),
    ),
    of(
        "district_sectors",
        "at start prices, first year; largest relative distance over farming, industry, services and digital services that \
         make 1 % or more of the district's value added, under .1",
        |m, d| m.districts_inside(d, 0.1, |x, _, seed| Some(sector_distance(&x.output, seed))),
    ),
];

#[cfg(test)]
mod tests {
    use super::super::moments::Growth;
    use super::*;

    #[test]
    fn every_fact_has_its_estimator_and_every_estimator_its_fact() {
        let facts = crate::scenario::facts::facts("chongqing")
            .expect("a world")
            .expect("sound");
        let named: Vec<&str> = facts.iter().filter_map(|f| f.estimator.as_deref()).collect();
        for name in &named {
            assert!(ESTIMATORS.iter().any(|e| e.name == *name), "no estimator {name}");
        }
        for e in ESTIMATORS {
            assert_eq!(named.iter().filter(|n| **n == e.name).count(), 1, "{}", e.name);
        }
    }

    #[test]
    fn growth_that_shrinks_with_size_is_found() {
        let growth: Vec<Growth> = (0..20_000)
            .map(|i| {
                let size = 2.0 * 1.0005f64.powi(i);
                let rate = size.powf(-0.17) * if i % 2 == 0 { 0.1 } else { -0.1 };
                Growth {
                    rate,
                    size,
                    weight: 1.0,
                    large: size > 1000.0,
                }
            })
            .collect();
        assert!((spread_slope(&growth).expect("bins") + 0.17).abs() < 0.005);
        assert!(gibrat(&growth).expect("large").abs() < 1e-3);
    }
}
