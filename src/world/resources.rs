//! Power and permits: what persists, what a quarter counts, and what both are to a firm.

use super::{Geography, World};
use crate::agents::firms::SECTORS;
use crate::base::lanes::Real;
use crate::markets::energy::STEPS;
use crate::markets::permits::RESOURCES;
use crate::rules::EnergyRules;
use serde::{Deserialize, Serialize};

/// Grids: the city's, and that of the regions elsewhere.
pub const GRIDS: usize = 2;

/// State of power.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Power {
    /// Mean delivery by step at the start, in shares, by grid.
    pub mix: Vec<[f64; STEPS]>,
    /// Demand of firms that is normal, by grid [kWh per quarter].
    pub start_demand: Vec<f64>,
    /// Demand of firms in the quarter, by grid [kWh].
    pub demand: Vec<f64>,
    /// Price that users pay, by grid [fen per kWh].
    pub price: Vec<f64>,
    /// Contract price, by grid [yuan per kWh].
    pub contract: Vec<f64>,
    /// Cost of fuel and bought power at the start, by grid [yuan per kWh].
    pub start_cost: Vec<f64>,
    /// Share of demand that is cut at the start, by grid.
    pub start_cut: Vec<f64>,
    /// What is paid outside for a kWh: fuel, bought power, plant, lines, storage, by grid [fen per kWh].
    pub outside_cost: Vec<f64>,
    /// Wind and sun capacity over that of the start, by grid.
    pub green: Vec<f64>,
    /// Power used by cell [kWh].
    pub used_kwh: Vec<f64>,
    /// Log of output relative to the start for what cuts cost beyond the power itself, by cell.
    pub gain: Vec<f64>,
}

/// State of permits.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Permits {
    /// Slope of marginal abatement cost by cell and resource [fen per unit].
    pub slope: Vec<[f64; RESOURCES]>,
    /// Output that is normal, by which permits are given, by cell [fen per quarter].
    pub start_output: Vec<f64>,
    /// Share of output that abatement takes at the start, by cell.
    pub start_share: Vec<f64>,
    /// Log of output relative to the start for what abatement takes, by cell.
    pub gain: Vec<f64>,
    /// Paid for permits in the quarter, negative if sold, by cell [fen].
    pub due: Vec<i64>,
    /// Value of a year's permits over the capital of the cell's firms.
    pub per_capital: Vec<f64>,
    /// Whether a region lies upstream.
    pub upstream: Vec<bool>,
    /// Compensation received, negative if paid, by inside region [fen].
    pub compensation: Vec<i64>,
    /// Part of it that goes to firms for abatement, by cell [fen].
    pub abatement_aid: Vec<i64>,
}

/// What a quarter counts of power and permits.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct ResourceCounts {
    /// Share of the city's power demand that was cut.
    pub cut: f64,
    /// Delivery to the city by step [kWh].
    pub delivered: [f64; STEPS],
    /// Output lost by cuts, by inside region [fen].
    pub shortage: Vec<f64>,
    /// Power bills by inside region [fen].
    pub bills: Vec<i64>,
    /// Emissions by inside region and resource, those of power by where it is used [t, m3, t].
    pub emissions: Vec<[f64; RESOURCES]>,
    /// Cost of abatement by inside region and resource [fen].
    pub abatement: Vec<[f64; RESOURCES]>,
    /// Mean price of permits of the city by resource [fen per unit].
    pub permit_price: [f64; RESOURCES],
    /// What banks would lend on permits, by inside region [fen].
    pub collateral: Vec<f64>,
}

impl ResourceCounts {
    /// Zero counters.
    pub fn empty(inside: usize) -> Self {
        ResourceCounts {
            shortage: vec![0.0; inside],
            bills: vec![0; inside],
            emissions: vec![[0.0; RESOURCES]; inside],
            abatement: vec![[0.0; RESOURCES]; inside],
            collateral: vec![0.0; inside],
            ..ResourceCounts::default()
        }
    }
}

/// Grid that a region takes power from.
pub fn grid_of(g: &Geography, region: usize) -> usize {
    usize::from(!g.in_city[region])
}

/// Price of power in a region [fen per kWh].
pub fn power_price(w: &World, region: usize) -> f64 {
    w.power.price[grid_of(&w.geography, region)]
}

/// Log output that power and abatement add to a lump of `weight` firms of cell `c` relative to Theta L^beta: the power
/// that it uses, what cuts cost beyond, what abatement takes.
pub fn resource_gain<N: Real>(w: &World, c: usize, kwh: N, weight: N) -> N {
    w.cells.technology[c].energy_gain(kwh, weight) + cell_gain(w, c)
}

/// The part of [`resource_gain`] that all firms of cell `c` share.
pub fn cell_gain(w: &World, c: usize) -> f64 {
    w.power.gain[c] + w.permits.gain[c]
}

/// The law of a grid: means over its regions, by the power that they use; and the weight of the regulated price.
pub fn power_law(w: &World, grid: usize) -> (EnergyRules, f64) {
    let regions = (0..w.geography.inside).filter(|&r| grid_of(&w.geography, r) == grid);
    let use_of = |r: usize| w.power.used_kwh[r * SECTORS..(r + 1) * SECTORS].iter().sum::<f64>();
    let weights: Vec<(usize, f64)> = regions.map(|r| (r, use_of(r))).collect();
    let all: f64 = weights.iter().map(|x| x.1).sum();
    let mean = |of: &dyn Fn(usize) -> f64| weights.iter().map(|&(r, x)| x * of(r)).sum::<f64>() / all.max(1e-9);
    let law = EnergyRules {
        spot_share: mean(&|r| w.rules[r].energy.spot_share),
        storage: mean(&|r| w.rules[r].energy.storage),
        line_capacity: mean(&|r| w.rules[r].energy.line_capacity),
        gas_capacity: mean(&|r| w.rules[r].energy.gas_capacity),
        efficient_ranking: mean(&|r| w.rules[r].energy.efficient_ranking),
        certificate_price: mean(&|r| w.rules[r].energy.certificate_price),
    };
    (law, mean(&|r| w.rules[r].prices.administered_power))
}

/// Debt over capital that a bank lends firm `f` on its permits.
pub fn permit_leverage(w: &World, f: usize) -> f64 {
    let c = w.firms.cell[f] as usize;
    w.rules[c / SECTORS].permits.loan_to_value * w.permits.per_capital[c]
}

/// What the power of cell `c` cost outside in the quarter [fen].
pub fn power_from_outside(w: &World, c: usize) -> f64 {
    w.power.used_kwh[c] * w.power.outside_cost[grid_of(&w.geography, c / SECTORS)]
}
