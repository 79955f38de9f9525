//! Birth by inversion: the world starts in the equilibrium that the data imply (MODEL 7).
//!
//! Order: people, firms, farming, housing and land, incomes and budgets, trade, places; then the books open.
//! Every level that the data fix is a [`Target`]; a distance above tolerance is an error.

mod budgets;
mod energy;
mod firm_budgets;
mod firms;
mod incomes;
mod laboratories;
mod land;
mod lumps;
mod newborns;
mod people;
mod places;
mod population;
mod rural;
mod targets;
mod technology;
mod trade;

pub use targets::Target;

use super::{Areas, Cells, Farming, Geography, Permits, Places, Power, Quarter, RuralLand, UrbanLand, World};
use crate::agents::banks::Banks;
use crate::agents::firms::{Firms, SECTORS};
use crate::agents::funds::{EquityFund, HousingFunds};
use crate::agents::government::{Governments, PublicCapital};
use crate::agents::laboratories::Laboratories;
use crate::agents::workers::Workers;
use crate::books::{BANKS, Books, Holdings};
use crate::markets::computing::Hub;
use crate::markets::goods::{GOODS, TradeShares};
use crate::markets::labour::GroupPrices;
use crate::markets::village_credit::Collectives;
use crate::rules::Rules;
use crate::scenario::behaviour::Behaviour;
use crate::scenario::seed::SeedEconomy;
use thiserror::Error;

/// Fen in a yuan.
pub const FEN: f64 = 100.0;

/// Why a world could not be born.
#[derive(Debug, Error)]
pub enum BirthError {
    /// A start value is too far from what the data say.
    #[error("birth: {} of {} targets missed; worst: {worst}", .missed, .all)]
    Missed {
        /// How many.
        missed: usize,
        /// Of how many.
        all: usize,
        /// The worst, in words.
        worst: String,
    },
    /// The data and the parameters admit no start.
    #[error("birth: {0}")]
    Impossible(String),
}

/// Bears a world. `rules` is the status quo by inside region; `first_tick` is negative for a burn-in.
///
/// # Errors
/// If a target is missed by more than the tolerance or no start exists.
pub fn birth(
    data: &SeedEconomy,
    params: &Behaviour,
    rules: &[Rules],
    scale: u32,
    seed: u64,
    first_tick: i64,
) -> Result<(World, Vec<Target>), BirthError> {
    let mut w = empty(data, params, rules, scale, seed, first_tick);
    let population = people::people(&mut w, data)?;
    energy::grids(&mut w, data);
    firms::firms(&mut w, data, &population)?;
    energy::permits(&mut w, data);
    land::farming(&mut w, data);
    land::housing_and_land(&mut w, data);
    land::computing(&mut w);
    budgets::budgets(&mut w, data)?;
    trade::trade(&mut w, data)?;
    w.census = super::census::census(&w);
    laboratories::laboratories(&mut w);
    places::places(&mut w, data, &population);
    rural::rural_land(&mut w);
    let outside = w.places.outside_people.iter().flatten().sum::<f64>() as i64;
    let books = Books::open(&super::holdings(&w), outside);
    w.books = books;
    let targets = targets::targets(&w, data);
    targets::judge(&targets, params.birth.tolerance)?;
    Ok((w, targets))
}

/// Regions of a seed economy: areas, groups, banks.
pub fn geography(data: &SeedEconomy) -> Geography {
    let inside = data.regions.len();
    let mut areas: Vec<&str> = Vec::new();
    let area = data
        .regions
        .iter()
        .map(|r| {
            let known = areas.iter().position(|a| *a == r.labour_market);
            known.unwrap_or_else(|| {
                areas.push(&r.labour_market);
                areas.len() - 1
            }) as u8
        })
        .collect();
    let mut group_names: Vec<String> = Vec::new();
    let groups = data
        .regions
        .iter()
        .map(|r| &r.group)
        .chain(data.outside.iter().map(|r| &r.group));
    let group: Vec<u8> = groups
        .map(|g| {
            let known = group_names.iter().position(|n| n == g);
            known.unwrap_or_else(|| {
                group_names.push(g.clone());
                group_names.len() - 1
            }) as u8
        })
        .collect();
    let city_prefix = data.regions[0].code / 10_000;
    Geography {
        ids: data.ids().iter().map(|s| (*s).to_owned()).collect(),
        inside,
        in_city: data.regions.iter().map(|r| r.code / 10_000 == city_prefix).collect(),
        area,
        areas: areas.len(),
        bank: group.iter().map(|&g| g.min(BANKS as u8 - 2)).collect(),
        group,
        group_names,
    }
}

fn empty(data: &SeedEconomy, params: &Behaviour, rules: &[Rules], scale: u32, seed: u64, tick: i64) -> World {
    let geography = geography(data);
    let inside = geography.inside;
    World {
        tick,
        scale,
        seed,
        params: params.clone(),
        rules: rules.to_vec(),
        workers: Workers::default(),
        free: crate::world::Slots::default(),
        firms: Firms::default(),
        cell_start: Vec::new(),
        housing: HousingFunds::default(),
        fund: EquityFund::default(),
        outside_ownership: 0.0,
        farm_household_share: params.birth.farm_household_share,
        governments: Governments::default(),
        public_capital: PublicCapital::default(),
        transfer_weight: Vec::new(),
        banks: Banks::new(inside),
        cells: Cells::default(),
        price: vec![vec![1.0; inside]; GOODS],
        trade: TradeShares::default(),
        farming: Farming::default(),
        land: UrbanLand::default(),
        places: Places {
            start_rules: rules.to_vec(),
            ..Places::default()
        },
        areas: Areas::default(),
        census: Vec::new(),
        groups: GroupPrices::default(),
        pension: [[0.0; 2]; 2],
        score_norm: [0.0, 1.0],
        median_loan: 1.0,
        own_heads: vec![0; inside],
        data_pay: vec![0.0; SECTORS],
        laboratories: Laboratories::default(),
        clearing: 0,
        outside_wage: Vec::new(),
        mean_head_income: budgets::macro_income(data) * FEN / 4.0,
        quarter: Quarter::default(),
        books: Books::open(&Holdings::default(), 0),
        power: Power::default(),
        permits: Permits::default(),
        rural: RuralLand::default(),
        geography,
        hub: Hub::default(),
        collectives: Collectives::default(),
    }
}

/// Value added of a firm cell or of farming [fen per quarter].
pub(crate) fn value_added(data: &SeedEconomy, region: usize, good: usize) -> f64 {
    let r = &data.regions[region];
    let yuan = match good {
        0 => r.va_primary,
        1 => r.va_secondary,
        2 => r.va_tertiary - r.va_digital,
        _ => r.va_digital,
    };
    yuan * FEN / 4.0
}

/// Resident non-farm workers of a firm sector, own-account workers included [persons].
pub(crate) fn workers_of(data: &SeedEconomy, region: usize, sector: usize) -> f64 {
    let r = &data.regions[region];
    [r.employed_industry, r.employed_services, r.employed_digital][sector]
}

/// Cells of a region.
pub(crate) fn cell(region: usize, sector: usize) -> usize {
    region * SECTORS + sector
}
