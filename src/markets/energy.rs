//! Power: a supply curve of five steps meets the load of peak, day and night (merit order: Borenstein 2002).
//!
//! Quantities are relative to the start demand of the grid, so that the start load is one. In block b the demand is
//!
//! ```text
//! D_b(pi) = load_b [ (1 - s) + s ((pi + fee) / contract)^-e ]      s = share of power priced by the spot market
//! pi_b = least pi with S_b(pi) >= D_b(pi), at most the cap          S_b(pi) = sum of steps that cost pi or less
//! cut = sum_b h_b max(D_b - S_b(inf), 0) / sum_b h_b D_b            what administered prices do not ration is cut
//! user price = (1 - s) contract + s (mean pi + fee) + charges
//! ```
//!
//! Under contracts water, wind and sun come first and the other steps run in proportion to what they delivered at the
//! start, up to capacity; under the spot market the cheapest run first. Storage takes at night what it gives at the
//! peak. Who loses the power that is cut stands in `rationing`.

use crate::rules::EnergyRules;
use serde::{Deserialize, Serialize};

mod rationing;

pub use rationing::{cuts, loss};

/// Steps of the supply curve.
pub const STEPS: usize = 5;
/// Names of the steps.
pub const STEP_NAMES: [&str; STEPS] = ["hydro", "coal", "gas", "wind_sun", "line"];
/// Water.
pub const HYDRO: usize = 0;
/// Coal.
pub const COAL: usize = 1;
/// Gas.
pub const GAS: usize = 2;
/// Wind and sun.
pub const GREEN: usize = 3;
/// Lines from other provinces.
pub const LINE: usize = 4;
/// Blocks of hours: peak, day, night.
pub const BLOCKS: usize = 3;

/// Behaviour of the power sector (`[energy]` in the scenario).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Params {
    /// Price that users pay under contract at the start [yuan per kWh].
    pub price: f64,
    /// Part of it for the grid [yuan per kWh].
    pub grid_fee: f64,
    /// What a kWh costs outside by step: fuel, or power bought [yuan per kWh].
    pub cost: Vec<f64>,
    /// Capacity available at the peak over mean delivery, by step.
    pub capacity: Vec<f64>,
    /// Share of gas in power from heat at the start.
    pub gas_share: f64,
    /// Share of hours that are peak, day, night.
    pub hours: Vec<f64>,
    /// Load in those hours over mean load.
    pub load: Vec<f64>,
    /// Elasticity of load to the spot price within a quarter.
    pub shift_elasticity: f64,
    /// Highest spot price [yuan per kWh].
    pub price_cap: f64,
    /// Part of a change of mean cost that regulated prices follow.
    pub pass_through: f64,
    /// Part of the surplus of power companies that belongs to the municipality; the rest goes to owners outside.
    pub local_share: f64,
    /// Output lost per unit of power cut, beyond what power itself contributes.
    pub rationing_loss: f64,
    /// Power back from storage over power taken.
    pub storage_efficiency: f64,
    /// Yearly cost of a kW of storage, of gas plant, of line [yuan per kW and year].
    pub capital_cost: Vec<f64>,
    /// Elasticity of wind and sun capacity to their income.
    pub green_elasticity: f64,
    /// Income of wind and sun a kWh at the start [yuan per kWh].
    pub green_income: f64,
    /// Speed at which wind and sun capacity follows [1/quarter].
    pub green_speed: f64,
    /// Most of a sector's power that may be cut.
    pub largest_cut: f64,
    /// Emissions of power from coal and gas [kg CO2 per kWh].
    pub emissions: Vec<f64>,
    /// Power that firms use at the start over that of the energy balance.
    pub use_scale: f64,
}

/// A grid in a quarter.
#[derive(Clone, Copy, Debug)]
pub struct Grid {
    /// Demand at user prices over that of the start.
    pub demand: f64,
    /// Mean delivery at the start by step, in shares of demand.
    pub mix: [f64; STEPS],
    /// Wind and sun capacity over that of the start.
    pub green: f64,
    /// Contract price of the last quarter [yuan per kWh].
    pub contract: f64,
    /// Mean cost of the start [yuan per kWh].
    pub start_cost: f64,
}

/// What a quarter made of a grid.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Cleared {
    /// Share of the demand that was cut.
    pub cut: f64,
    /// Delivery by step, over start demand.
    pub delivered: [f64; STEPS],
    /// Mean spot price [yuan per kWh].
    pub spot: f64,
    /// Cost of fuel and bought power [yuan per kWh delivered].
    pub cost: f64,
    /// Charges for storage, plant, lines and green certificates [yuan per kWh delivered].
    pub charges: f64,
    /// Contract price [yuan per kWh].
    pub contract: f64,
    /// Mean price that users pay [yuan per kWh].
    pub price: f64,
}

/// Capacity of the steps in block `b`; what water gives at the peak it lacks in other hours.
fn capacities(p: &Params, law: &EnergyRules, grid: &Grid, b: usize) -> [f64; STEPS] {
    std::array::from_fn(|k| {
        let full = p.capacity[k] * grid.mix[k];
        match k {
            HYDRO if b > 0 => grid.mix[k] * (1.0 - p.hours[0] * p.capacity[k]) / (1.0 - p.hours[0]),
            GAS => full * law.gas_capacity,
            GREEN => full * grid.green,
            LINE => full * law.line_capacity,
            _ => full,
        }
    })
}

/// Load of block `b` at prices of the start, storage included.
fn load(p: &Params, law: &EnergyRules, grid: &Grid, b: usize) -> f64 {
    let of_users = grid.demand * p.load[b];
    match b {
        0 => (of_users - law.storage).max(0.0),
        2 => of_users + law.storage * p.hours[0] / (p.hours[2] * p.storage_efficiency),
        _ => of_users,
    }
}

/// Demand of a block at spot price `pi`.
fn demand(p: &Params, law: &EnergyRules, grid: &Grid, load: f64, pi: f64) -> f64 {
    let relative = (pi + p.grid_fee) / grid.contract.max(1e-6);
    load * (1.0 - law.spot_share + law.spot_share * relative.max(1e-6).powf(-p.shift_elasticity))
}

/// Least price at which the steps cover the demand, by bisection; the cap if none does.
fn spot_price(p: &Params, law: &EnergyRules, grid: &Grid, load: f64, capacity: &[f64; STEPS]) -> f64 {
    let (mut low, mut high) = (0.0, p.price_cap);
    for _ in 0..40 {
        let pi = 0.5 * (low + high);
        let supply: f64 = (0..STEPS).filter(|&k| p.cost[k] <= pi).map(|k| capacity[k]).sum();
        if supply >= demand(p, law, grid, load, pi) {
            high = pi;
        } else {
            low = pi;
        }
    }
    high
}

/// Delivery of `served` in the order of cost.
fn by_merit(p: &Params, capacity: &[f64; STEPS], served: f64) -> [f64; STEPS] {
    let mut order: [usize; STEPS] = std::array::from_fn(|k| k);
    order.sort_by(|&a, &b| p.cost[a].total_cmp(&p.cost[b]).then(a.cmp(&b)));
    let mut left = served;
    let mut out = [0.0; STEPS];
    for k in order {
        out[k] = capacity[k].min(left.max(0.0));
        left -= out[k];
    }
    out
}

/// Delivery of `served` under contracts: water, wind and sun first, then the others in proportion to their contracts,
/// up to capacity.
fn by_contract(grid: &Grid, contracts: &[f64; STEPS], capacity: &[f64; STEPS], served: f64) -> [f64; STEPS] {
    let mut out = [0.0; STEPS];
    let mut left = served;
    for k in [HYDRO, GREEN] {
        out[k] = capacity[k].min(left.max(0.0));
        left -= out[k];
    }
    let mut open: Vec<usize> = [COAL, GAS, LINE].into_iter().filter(|&k| grid.mix[k] > 0.0).collect();
    while left > 1e-12 && !open.is_empty() {
        let weight: f64 = open.iter().map(|&k| contracts[k]).sum();
        let part = |k: usize| left * contracts[k] / weight.max(1e-12);
        let full: Vec<usize> = open
            .iter()
            .copied()
            .filter(|&k| out[k] + part(k) >= capacity[k])
            .collect();
        if full.is_empty() {
            open.iter().for_each(|&k| out[k] += part(k));
            break;
        }
        for &k in &full {
            left -= capacity[k] - out[k];
            out[k] = capacity[k];
        }
        open.retain(|k| !full.contains(k));
    }
    out
}

/// Clears a grid for a quarter. `administered` is the weight of the regulated price in contracts; the rest of a
/// contract price follows the spot market.
pub fn clear(p: &Params, law: &EnergyRules, administered: f64, grid: &Grid) -> Cleared {
    let mut c = Cleared::default();
    let (mut wanted, mut served, mut value) = (0.0, 0.0, 0.0);
    let contracts: [f64; STEPS] = std::array::from_fn(|k| {
        grid.mix[k]
            * match k {
                GAS => law.gas_capacity,
                LINE => law.line_capacity,
                _ => 1.0,
            }
    });
    for b in 0..BLOCKS {
        let capacity = capacities(p, law, grid, b);
        let load = load(p, law, grid, b);
        let pi = spot_price(p, law, grid, load, &capacity);
        let d = demand(p, law, grid, load, pi);
        let most: f64 = capacity.iter().sum();
        let got = d.min(most);
        let (merit, contract) = (
            by_merit(p, &capacity, got),
            by_contract(grid, &contracts, &capacity, got),
        );
        for k in 0..STEPS {
            c.delivered[k] += p.hours[b] * (law.spot_share * merit[k] + (1.0 - law.spot_share) * contract[k]);
        }
        wanted += p.hours[b] * d;
        served += p.hours[b] * got;
        value += p.hours[b] * d * pi;
    }
    c.cut = 1.0 - served / wanted.max(1e-12);
    c.spot = value / wanted.max(1e-12);
    c.cost = (0..STEPS).map(|k| c.delivered[k] * p.cost[k]).sum::<f64>() / served.max(1e-12);
    c.charges = charges(p, law, grid, c.delivered[GREEN], served);
    let regulated = p.price + p.pass_through * (c.cost - grid.start_cost);
    c.contract = administered * regulated + (1.0 - administered) * (c.spot + p.grid_fee);
    c.price = (1.0 - law.spot_share) * c.contract + law.spot_share * (c.spot + p.grid_fee) + c.charges;
    c
}

/// What users pay for storage, for gas plant and lines beyond those of the start, and for certificates of green power
/// [yuan per kWh delivered].
fn charges(p: &Params, law: &EnergyRules, grid: &Grid, green: f64, served: f64) -> f64 {
    let more = |k: usize, relative: f64| (relative - 1.0) * p.capacity[k] * grid.mix[k];
    let capital = law.storage * p.capital_cost[0]
        + more(GAS, law.gas_capacity) * p.capital_cost[1]
        + more(LINE, law.line_capacity) * p.capital_cost[2];
    (capital / 8760.0 + law.certificate_price * green) / served.max(1e-12)
}

/// Wind and sun capacity over that of the start, a quarter later: it closes part of its distance to
/// (1 + certificate / income)^elasticity.
pub fn green_capacity(p: &Params, now: f64, certificate: f64) -> f64 {
    let wanted = (1.0 + certificate / p.green_income).powf(p.green_elasticity);
    now + p.green_speed * (wanted - now)
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(crate) fn params() -> Params {
        Params {
            price: 0.62,
            grid_fee: 0.22,
            cost: vec![0.0, 0.3, 0.5, 0.0, 0.36],
            capacity: vec![1.5, 1.36, 2.5, 1.0, 1.2],
            gas_share: 0.06,
            hours: vec![0.03, 0.47, 0.5],
            load: vec![1.42, 1.12, 0.862],
            shift_elasticity: 0.2,
            price_cap: 1.5,
            pass_through: 0.5,
            local_share: 0.25,
            rationing_loss: 0.7,
            storage_efficiency: 0.8,
            capital_cost: vec![600.0, 400.0, 400.0],
            green_elasticity: 1.5,
            green_income: 0.35,
            green_speed: 0.1,
            largest_cut: 0.5,
            emissions: vec![0.82, 0.39],
            use_scale: 1.0,
        }
    }

    fn law() -> EnergyRules {
        EnergyRules {
            spot_share: 0.0,
            storage: 0.0,
            line_capacity: 1.0,
            gas_capacity: 1.0,
            efficient_ranking: 0.0,
            certificate_price: 0.0,
        }
    }

    fn grid(p: &Params) -> Grid {
        Grid {
            demand: 1.0,
            mix: [0.135, 0.541, 0.035, 0.039, 0.25],
            green: 1.0,
            contract: p.price,
            start_cost: 0.27,
        }
    }

    #[test]
    fn delivery_is_demand_less_what_is_cut() {
        let p = params();
        for spot_share in [0.0, 0.3, 1.0] {
            let law = EnergyRules { spot_share, ..law() };
            let c = clear(&p, &law, 1.0, &grid(&p));
            let total: f64 = c.delivered.iter().sum();
            assert!(c.cut >= 0.0 && c.cut < 0.01, "{}", c.cut);
            // those who see the spot price use more when it is low
            let answer = 0.05 * spot_share;
            assert!((total - (1.0 - c.cut)).abs() < 0.01 + answer, "{spot_share}: {total}");
        }
    }

    #[test]
    fn the_marginal_step_sets_the_spot_price() {
        let p = params();
        let g = grid(&p);
        let capacity = capacities(&p, &law(), &g, 2);
        // at night coal is enough, by day the line is needed, at the peak nothing is enough
        let at = |b: usize| spot_price(&p, &law(), &g, load(&p, &law(), &g, b), &capacities(&p, &law(), &g, b));
        assert!(capacity[COAL] > 0.7);
        assert!((at(2) - 0.30).abs() < 1e-6 && (at(1) - 0.36).abs() < 1e-6 && (at(0) - 1.5).abs() < 1e-6);
    }

    #[test]
    fn spot_prices_end_the_shortage_and_merit_order_saves_fuel() {
        let p = params();
        let before = clear(&p, &law(), 1.0, &grid(&p));
        let after = clear(
            &p,
            &EnergyRules {
                spot_share: 0.5,
                ..law()
            },
            1.0,
            &grid(&p),
        );
        assert!(after.cut < 1e-6 && before.cut > 1e-3);
        assert!(after.cost < before.cost && after.price < before.price);
    }

    #[test]
    fn storage_lines_and_gas_lower_the_cut() {
        let p = params();
        let before = clear(&p, &law(), 1.0, &grid(&p)).cut;
        let cases = [
            EnergyRules { storage: 0.03, ..law() },
            EnergyRules {
                line_capacity: 1.1,
                ..law()
            },
            EnergyRules {
                gas_capacity: 1.3,
                ..law()
            },
        ];
        for law in cases {
            let c = clear(&p, &law, 1.0, &grid(&p));
            assert!(c.cut < before && c.charges > 0.0);
        }
    }

    #[test]
    fn green_capacity_settles_where_its_income_says() {
        let p = params();
        let mut g = 1.0;
        assert_eq!(green_capacity(&p, 1.0, 0.0), 1.0);
        for _ in 0..400 {
            g = green_capacity(&p, g, 0.035);
        }
        assert!((g - 1.1f64.powf(1.5)).abs() < 1e-9);
    }
}
