//! One estimator a stylised fact: from the moments of a seed to a number. To add one, add an entry to [`ESTIMATORS`] and
//! name it in the world's `stylised_facts.toml`.

use super::moments::{FactMoments, Growth};
use crate::base::fit::{self, Subbotin};
use crate::base::stats::mean_sd;
use crate::scenario::seed::SeedEconomy;

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
    of("top_tenth", "share of permanent income; mean over quarters", |m, _| {
        m.mean("top_tenth")
    }),
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
        "fees of firms and housing over revenue of all local governments; mean over quarters",
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
        |m, d| m.districts_inside(d, |x, seed| x[0] / seed.residents - 1.0, 0.05),
    ),
    of(
        "district_output",
        "at start prices, first year; relative distance under .05",
        |m, d| m.districts_inside(d, |x, seed| 0.04 * x[1] / seed.gdp - 1.0, 0.05),
    ),
    of("district_hukou", "first year, relative distance under .05", |m, d| {
        m.districts_inside(d, |x, seed| x[2] / seed.hukou_population - 1.0, 0.05)
    }),
    of(
        "district_outflow",
        "first year, distance under .03 of residents",
        |m, d| m.districts_inside(d, |x, seed| x[2] / x[0] - seed.hukou_population / seed.residents, 0.03),
    ),
    of("district_urban", "first year, distance under .03", |m, d| {
        m.districts_inside(d, |x, seed| x[3] / x[0] - seed.urban_share, 0.03)
    }),
    of("loans_ratio", "mean over quarters", |m, d| {
        Some(m.mean("debt")? / 100.0 / d.city.loans_enterprise)
    }),
    of("deposits_ratio", "mean over quarters", |m, d| {
        let share = m.mean("deposits_gdp")?;
        Some(share * 4.0 * m.mean("gdp_nominal")? / d.city.deposits_household)
    }),
];

fn mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    mean_sd(values.filter(|x| x.is_finite()).map(|x| (x, 1.0))).map(|m| m.0)
}

/// The Subbotin density of growth rates, firms weighted one each.
pub fn growth_fit(growth: &[Growth]) -> Option<Subbotin> {
    Subbotin::fit(&growth.iter().map(|g| (g.rate, g.weight)).collect::<Vec<_>>())
}

/// ln mean heads and ln standard deviation of growth, over doublings of size with 30 or more observations.
pub fn spread_by_size(growth: &[Growth]) -> Vec<(f64, f64)> {
    let mut bins: Vec<Vec<&Growth>> = vec![Vec::new(); 24];
    for g in growth.iter().filter(|g| g.size >= 1.0) {
        bins[(g.size.log2() as usize).min(23)].push(g);
    }
    let points = bins.iter().filter(|b| b.len() >= 30).filter_map(|b| {
        let (_, sd) = mean_sd(b.iter().map(|g| (g.rate, g.weight)))?;
        let (size, _) = mean_sd(b.iter().map(|g| (g.size.ln(), g.weight)))?;
        (sd > 0.0).then(|| (size, sd.ln()))
    });
    points.collect()
}

fn spread_slope(growth: &[Growth]) -> Option<f64> {
    fit::line(spread_by_size(growth).into_iter().map(|(x, y)| (x, y, 1.0))).map(|l| l.slope)
}

fn gibrat(growth: &[Growth]) -> Option<f64> {
    let large = growth.iter().filter(|g| g.large && g.size > 0.0);
    fit::line(large.map(|g| (g.size.ln(), g.rate, g.weight))).map(|l| l.slope)
}

impl FactMoments {
    fn series(&self, key: &str) -> Option<&Vec<f64>> {
        self.series.get(key).filter(|s| !s.is_empty())
    }

    /// Mean over quarters.
    fn mean(&self, key: &str) -> Option<f64> {
        mean(self.series(key)?.iter().copied())
    }

    /// Mean of the first four quarters.
    fn first_year(&self, key: &str) -> Option<f64> {
        mean(self.series(key)?.iter().take(4).copied())
    }

    /// Least-squares slope on time [1/year].
    fn drift(&self, key: &str) -> Option<f64> {
        let s = self.series(key)?;
        fit::line(s.iter().enumerate().map(|(t, &x)| (0.25 * t as f64, x, 1.0))).map(|l| l.slope)
    }

    /// Deviations of a series, or of its logs, from their Hodrick-Prescott trend.
    pub fn cycle(&self, key: &str, log: bool) -> Option<Vec<f64>> {
        let s = self.series(key)?;
        let s: Vec<f64> = s.iter().map(|&x| if log { x.max(1e-9).ln() } else { x }).collect();
        fit::cycle(&s, HP)
    }

    /// Slope of the cycle of a series on the cycle of log output.
    fn slope(&self, key: &str, log: bool, output: &str) -> Option<f64> {
        let (y, x) = (self.cycle(key, log)?, self.cycle(output, true)?);
        fit::line(x.iter().zip(&y).map(|(&x, &y)| (x, y, 1.0))).map(|l| l.slope)
    }

    /// Standard deviation of the cycle of a log series over that of log output.
    fn volatility(&self, key: &str) -> Option<f64> {
        Some(fit::spread(&self.cycle(key, true)?)? / fit::spread(&self.cycle("output_all", true)?)?)
    }

    /// Value added per worker off the farm over that on it.
    fn sector_gap(&self) -> Option<f64> {
        let farm_price = self.mean("farm_nominal")?;
        let all = self.mean("gdp_nominal")?;
        let (farmers, workers) = (self.mean("farm_workers")?, self.mean("employment")?);
        Some((all - farm_price) / (workers - farmers) / (farm_price / farmers))
    }

    /// Share of the city's districts whose distance from the data is small; `distance` gets the means over the first year of
    /// residents, value added [fen a quarter], hukou holders and townspeople.
    fn districts_inside(
        &self,
        data: &SeedEconomy,
        distance: fn(&[f64; 4], &crate::scenario::seed::RegionSeed) -> f64,
        tolerance: f64,
    ) -> Option<f64> {
        let n = f64::from(self.quarters.min(4));
        let city: Vec<f64> = data
            .regions
            .iter()
            .zip(&self.districts)
            .zip(&self.in_city)
            .filter(|(_, city)| **city)
            .map(|((seed, sums), _)| distance(&sums.map(|x| x / n), seed).abs())
            .collect();
        mean(city.iter().map(|d| if *d <= tolerance { 1.0 } else { 0.0 }))
    }
}

#[cfg(test)]
mod tests {
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
