//! Numbers of a seed economy must agree with each other.

use super::error::SeedError;
use super::{CityFacts, FACTS, MIGRATION, RegionSeed, SeedEconomy};

/// How far two statements of one total may differ, as a share.
const TOLERANCE: f64 = 0.005;
const WITHIN: &str = "a difference of at most 0.5 %";

/// Regions, inside and outside, that a person compares at most.
const MOST_REGIONS: usize = 63;

/// All checks, in the order of the files.
pub(super) fn all(seed: &SeedEconomy) -> Result<(), SeedError> {
    check_number(seed.regions.len() + seed.outside.len())?;
    for region in &seed.regions {
        check_region(region)?;
    }
    check_city(seed)?;
    check_totals(seed)?;
    check_migration(seed)
}

/// A world has no more `regions` than a person compares.
pub(super) fn check_number(regions: usize) -> Result<(), SeedError> {
    let what = "regions, inside and outside, and those that a person can compare";
    at_most("all", what, regions as f64, MOST_REGIONS as f64)
}

fn equal(file: &'static str, region: &str, what: &str, left: f64, right: f64) -> Result<(), SeedError> {
    if (left - right).abs() <= TOLERANCE * left.abs().max(right.abs()) {
        return Ok(());
    }
    Err(SeedError::Inconsistent {
        file,
        region: region.to_owned(),
        what: what.to_owned(),
        left,
        right,
        allowed: WITHIN,
    })
}

fn at_most(region: &str, what: &str, left: f64, right: f64) -> Result<(), SeedError> {
    if left <= right {
        return Ok(());
    }
    Err(SeedError::Inconsistent {
        file: FACTS,
        region: region.to_owned(),
        what: what.to_owned(),
        left,
        right,
        allowed: "the first at most the second",
    })
}

fn one(region: &str, what: &str, shares: &[f64]) -> Result<(), SeedError> {
    let what = format!("{what} add up to one");
    equal(FACTS, region, &what, shares.iter().sum(), 1.0)
}

fn check_region(r: &RegionSeed) -> Result<(), SeedError> {
    let id = r.id.as_str();
    let sectors = r.va_primary + r.va_secondary + r.va_tertiary;
    equal(FACTS, id, "value added of the sectors and gdp", sectors, r.gdp)?;
    let jobs = r.employed_farm + r.employed_industry + r.employed_services + r.employed_digital;
    equal(FACTS, id, "workers of the sectors and employed", jobs, r.employed)?;
    let ages = [
        r.age_16_29_share,
        r.age_30_44_share,
        r.age_45_59_share,
        r.age_60plus_share,
    ];
    one(id, "shares of age groups", &ages)?;
    let tenure = [r.tenure_rent_share, r.tenure_selfbuilt_share, r.tenure_owner_share];
    one(id, "shares of tenure", &tenure)?;
    let hukou = "hukou_urban and hukou_population";
    at_most(id, hukou, r.hukou_urban, r.hukou_population)?;
    at_most(id, "va_digital and va_tertiary", r.va_digital, r.va_tertiary)?;
    at_most(id, "employed and residents", r.employed, r.residents)?;
    let farms = [r.va_primary, r.employed_farm, r.cultivated_ha].map(|v| v > 0.0);
    if farms != [farms[0]; 3] {
        return Err(SeedError::Inconsistent {
            file: FACTS,
            region: id.to_owned(),
            what: "farm value added and farm workers or farmland".to_owned(),
            left: r.va_primary,
            right: r.employed_farm.min(r.cultivated_ha),
            allowed: "all three zero or none",
        });
    }
    Ok(())
}

/// Shares with what they are of.
type Shares = (&'static str, Vec<f64>);

fn check_city(seed: &SeedEconomy) -> Result<(), SeedError> {
    for shares in [factor_shares, use_shares, loan_shares, people_shares] {
        for (what, shares) in shares(&seed.city) {
            one("city", what, &shares)?;
        }
    }
    Ok(())
}

/// What value added of a sector is paid for.
fn factor_shares(c: &CityFacts) -> Vec<Shares> {
    vec![
        (
            "factor shares of farm",
            vec![
                c.compensation_share_farm,
                c.net_production_tax_share_farm,
                c.depreciation_share_farm,
                c.operating_surplus_share_farm,
            ],
        ),
        (
            "factor shares of industry",
            vec![
                c.compensation_share_industry,
                c.net_production_tax_share_industry,
                c.depreciation_share_industry,
                c.operating_surplus_share_industry,
            ],
        ),
        (
            "factor shares of services",
            vec![
                c.compensation_share_services,
                c.net_production_tax_share_services,
                c.depreciation_share_services,
                c.operating_surplus_share_services,
            ],
        ),
        (
            "factor shares of digital",
            vec![
                c.compensation_share_digital,
                c.net_production_tax_share_digital,
                c.depreciation_share_digital,
                c.operating_surplus_share_digital,
            ],
        ),
    ]
}

/// What final uses are spent on.
fn use_shares(c: &CityFacts) -> Vec<Shares> {
    vec![
        (
            "io_household_share",
            vec![
                c.io_household_share_farm,
                c.io_household_share_industry,
                c.io_household_share_services,
                c.io_household_share_digital,
            ],
        ),
        (
            "io_government_share",
            vec![
                c.io_government_share_farm,
                c.io_government_share_industry,
                c.io_government_share_services,
                c.io_government_share_digital,
            ],
        ),
        (
            "io_investment_share",
            vec![
                c.io_investment_share_farm,
                c.io_investment_share_industry,
                c.io_investment_share_services,
                c.io_investment_share_digital,
            ],
        ),
    ]
}

/// What secures the loans of firms.
fn loan_shares(c: &CityFacts) -> Vec<Shares> {
    vec![
        (
            "security of loans (large)",
            vec![
                c.unsecured_share_large,
                c.collateral_share_large,
                c.guaranteed_share_large,
            ],
        ),
        (
            "security of loans (medium)",
            vec![
                c.unsecured_share_medium,
                c.collateral_share_medium,
                c.guaranteed_share_medium,
            ],
        ),
        (
            "security of loans (small_micro)",
            vec![
                c.unsecured_share_small_micro,
                c.collateral_share_small_micro,
                c.guaranteed_share_small_micro,
            ],
        ),
    ]
}

/// Where people go to, come from, and how they live.
fn people_shares(c: &CityFacts) -> Vec<Shares> {
    vec![
        (
            "away_share",
            vec![c.away_share_chengdu, c.away_share_sichuan_rest, c.away_share_coast],
        ),
        (
            "origin_share",
            vec![
                c.origin_share_chengdu,
                c.origin_share_sichuan_rest,
                c.origin_share_coast,
            ],
        ),
        (
            "tenure",
            vec![c.tenure_rent_share, c.tenure_selfbuilt_share, c.tenure_owner_share],
        ),
    ]
}

/// Inside regions of the province of the first region add up to the city.
fn check_totals(seed: &SeedEconomy) -> Result<(), SeedError> {
    let c = &seed.city;
    let sum = |get: fn(&RegionSeed) -> f64| home(seed).map(|(_, r)| get(r)).sum::<f64>();
    let pairs = [
        ("residents", sum(|r| r.residents), c.residents),
        ("hukou_population", sum(|r| r.hukou_population), c.hukou_population),
        ("hukou_urban", sum(|r| r.hukou_urban), c.hukou_urban),
        ("gdp", sum(|r| r.gdp), c.gdp),
        ("va_primary", sum(|r| r.va_primary), c.va_primary),
        ("va_secondary", sum(|r| r.va_secondary), c.va_secondary),
        ("va_tertiary", sum(|r| r.va_tertiary), c.va_tertiary),
        ("va_digital", sum(|r| r.va_digital), c.va_digital),
        ("employed", sum(|r| r.employed), c.employed),
        ("employed_farm", sum(|r| r.employed_farm), c.employed_primary),
        ("employed_industry", sum(|r| r.employed_industry), c.employed_secondary),
    ];
    for (what, districts, city) in pairs {
        let what = format!("sum of {what} over the districts and the city");
        equal(FACTS, "city", &what, districts, city)?;
    }
    Ok(())
}

fn home(seed: &SeedEconomy) -> impl Iterator<Item = (usize, &RegionSeed)> {
    let province = seed.regions.first().map(|r| r.code / 10_000);
    let regions = seed.regions.iter().enumerate();
    regions.filter(move |(_, r)| Some(r.code / 10_000) == province)
}

fn check_migration(seed: &SeedEconomy) -> Result<(), SeedError> {
    let stocks = &seed.stocks;
    let into = |to: usize| stocks.iter().map(|row| row[to]).sum::<f64>();
    for (i, r) in seed.regions.iter().enumerate() {
        let from = stocks[i].iter().sum();
        let what = "people registered here and hukou_population";
        equal(MIGRATION, &r.id, what, from, r.hukou_population)?;
        equal(
            MIGRATION,
            &r.id,
            "people living here and residents",
            into(i),
            r.residents,
        )?;
    }
    for (k, o) in seed.outside.iter().enumerate() {
        let i = seed.regions.len() + k;
        equal(
            MIGRATION,
            &o.id,
            "people living here and population",
            into(i),
            o.population,
        )?;
    }
    let mut inside = vec![false; stocks.len()];
    for (i, _) in home(seed) {
        inside[i] = true;
    }
    let crossing = |leaves: bool| -> f64 {
        let mut total = 0.0;
        for (i, row) in stocks.iter().enumerate() {
            for (j, persons) in row.iter().enumerate() {
                if inside[i] == leaves && inside[j] != leaves {
                    total += persons;
                }
            }
        }
        total
    };
    let c = &seed.city;
    let what = "people who left the city and out_of_municipality_balanced";
    equal(MIGRATION, "city", what, crossing(true), c.out_of_municipality_balanced)?;
    let what = "people who came from outside and in_from_outside_stock";
    equal(MIGRATION, "city", what, crossing(false), c.in_from_outside_stock)
}
