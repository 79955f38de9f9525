//! Birth of power and permits: grids from the energy balance, energy exponents from what sectors use, permits.

use super::FEN;
use crate::agents::firms::SECTORS;
use crate::base::draws::Stage;
use crate::markets::energy::{self, Grid, STEPS};
use crate::markets::permits::RESOURCES;
use crate::scenario::seed::SeedEconomy;
use crate::world::{GRIDS, Permits, World, grid_of};

/// What power is to the firms of a sector at the start.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct PowerUse {
    /// Power bill over revenue.
    pub bill: f64,
    /// What power costs outside over revenue.
    pub outside: f64,
}

/// Shares of the steps in supply, net of exports.
fn mix(w: &World, data: &SeedEconomy) -> [f64; STEPS] {
    let (c, gas) = (&data.city, w.params.energy.gas_share);
    let line = (c.electricity_imports - c.electricity_exports).max(0.0);
    let heat = c.electricity_thermal;
    let steps = [
        c.electricity_hydro,
        (1.0 - gas) * heat,
        gas * heat,
        c.electricity_wind_solar_other,
        line,
    ];
    let all: f64 = steps.iter().sum();
    steps.map(|x| x / all)
}

/// Grids at the start. All have the mix and the prices of the city's energy balance.
pub(super) fn grids(w: &mut World, data: &SeedEconomy) {
    let mix = mix(w, data);
    // the law of a grid is a mean over use: until firms are born, over cells
    w.power.used_kwh = vec![1.0; w.cell_count()];
    for g in 0..GRIDS {
        let (law, administered) = crate::world::power_law(w, g);
        let p = &w.params.energy;
        let mut grid = Grid {
            demand: 1.0,
            mix,
            green: 1.0,
            contract: p.price,
            start_cost: 0.0,
        };
        grid.start_cost = energy::clear(p, &law, administered, &grid).cost;
        let start = energy::clear(p, &law, administered, &grid);
        w.power.mix.push(mix);
        w.power.green.push(1.0);
        w.power.contract.push(start.contract);
        w.power.start_cost.push(start.cost);
        w.power.start_cut.push(start.cut);
        w.power.price.push(start.price * FEN);
        w.power.outside_cost.push((start.cost + start.charges) * FEN);
        w.power.start_demand.push(0.0);
        w.power.demand.push(0.0);
    }
    w.power.gain = vec![0.0; w.cell_count()];
    w.permits.gain = vec![0.0; w.cell_count()];
    w.permits.per_capital = vec![0.0; w.cell_count()];
}

/// Power in the revenue of the firms of every sector, if they make the value added `made` of the city [fen per
/// quarter]: bill = price x kWh, revenue = value added + what power costs outside.
pub(super) fn power_use(w: &World, data: &SeedEconomy, made: [f64; SECTORS]) -> [PowerUse; SECTORS] {
    let c = &data.city;
    let services = c.electricity_use_transport + c.electricity_use_trade_catering + c.electricity_use_other;
    let tertiary = (made[1] + made[2]).max(1.0);
    let kwh = [
        c.electricity_use_industry + c.electricity_use_construction,
        services * made[1] / tertiary,
        services * made[2] / tertiary,
    ];
    let (price, outside) = (w.power.price[0], w.power.outside_cost[0]);
    std::array::from_fn(|s| {
        let kwh = w.params.energy.use_scale * 0.25 * kwh[s];
        let revenue = (made[s] + outside * kwh).max(1.0);
        PowerUse {
            bill: price * kwh / revenue,
            outside: outside * kwh / revenue,
        }
    })
}

/// Power of every firm at the start by its first-order condition, less what is cut; normal demand of the grids.
pub(super) fn power_of_firms(w: &mut World) {
    w.power.used_kwh.fill(0.0);
    for f in 0..w.firms.len() {
        let c = w.firms.cell[f] as usize;
        let g = grid_of(&w.geography, c / SECTORS);
        let t = w.cells.technology[c];
        let tax = w.rules[c / SECTORS].fiscal.production_tax;
        let got = 1.0 - w.power.start_cut[g];
        let revenue = w.firms.revenue[f] as f64 * got.powf(-t.eps * t.rho());
        let wanted = t.input_wanted(t.eps, tax, revenue, w.power.price[g]);
        w.firms.power_kwh[f] = got * wanted;
        w.power.used_kwh[c] += got * wanted;
        w.power.start_demand[g] += wanted;
        w.power.demand[g] += wanted;
    }
}

/// Permits at the start: slopes of marginal cost are drawn, output is that of the start.
pub(super) fn permits(w: &mut World, data: &SeedEconomy) {
    let p = &w.params.permits;
    let luck = w.draws().stream(Stage::Abatement, 0, 2 * RESOURCES as u32);
    let slope = |c: usize| {
        let mut x = luck.at(c);
        std::array::from_fn(|k| FEN * p.slope[k] * (p.slope_sd * x.normal() - 0.5 * p.slope_sd * p.slope_sd).exp())
    };
    let cells = w.cell_count();
    let inside = w.geography.inside;
    w.permits = Permits {
        slope: (0..cells).map(slope).collect(),
        start_output: w.cells.quantity.clone(),
        start_share: vec![0.0; cells],
        gain: vec![0.0; cells],
        due: vec![0; cells],
        per_capital: vec![0.0; cells],
        upstream: data.regions.iter().map(|r| r.river_upstream > 0.5).collect(),
        compensation: vec![0; inside],
        abatement_aid: vec![0; cells],
    };
    w.permits.start_share = w.start_abatement();
}
