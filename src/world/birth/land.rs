//! Birth of farming, dwellings and urban land.

use super::FEN;
use super::{cell, value_added};
use crate::agents::firms::SECTORS;
use crate::base::draws::Stage;
use crate::markets::computing;
use crate::markets::farmland;
use crate::markets::goods::FARM;
use crate::markets::urban_land;
use crate::markets::village_credit::Collectives;
use crate::scenario::seed::SeedEconomy;
use crate::world::World;

/// Leases at the start; technology from value added; rents in fen.
pub(super) fn farming(w: &mut World, data: &SeedEconomy) {
    let theta = w.params.farmland.theta();
    let inside = w.geography.inside;
    let leases = w.lease_farmland();
    let output = farmland::output(
        &w.params.farmland,
        &w.farming.village_region,
        &w.workers,
        f64::from(w.scale),
        leases.len(),
    );
    for (r, (l, output)) in leases.iter().zip(output).enumerate().take(inside) {
        let va = value_added(data, r, FARM);
        let a = if output > 0.0 { va / output } else { 0.0 };
        w.farming.a.push(a);
        w.farming
            .rent
            .push(theta * a * l.log_rent.exp() * w.farm_household_share);
        w.farming.output.push(if output > 0.0 { va } else { 0.0 });
        w.farming.revenue.push(if output > 0.0 { va as i64 } else { 0 });
        w.farming.pool_m2.push(l.pool_m2);
        w.farming.idle_m2.push(l.idle_m2);
        w.farming.leased_m2.push(l.leased_m2);
        w.farming.imported_m2.push(l.imported_m2);
        w.farming.exported_m2.push(l.exported_m2);
    }
    w.farming.quality = vec![1.0; inside];
    w.farming.swap_pay = vec![[0.0; 2]; inside];
    w.farming.tenant_rent = w.farming.rent.clone();
    w.farming.start_rent = w.farming.rent.clone();
    let value = w.farming.output.clone();
    let p = &w.params;
    w.collectives = Collectives::new(&p.village_credit, p.credit.informal_rate, &value);
}

/// No computing hub; what firms spend on computing at the start.
pub(super) fn computing(w: &mut World) {
    let rho_eta = w.rho_eta();
    let mut sales = vec![0.0; w.geography.inside];
    for f in 0..w.firms.len() {
        sales[w.firms.region(f)] += w.firms.revenue[f] as f64;
    }
    let spent = |x: &f64| computing::spending(&w.params.computing, rho_eta, *x);
    w.hub = computing::Hub::new(sales.iter().map(spent).collect());
}

/// Dwellings, urban land prices, land of firms from its first-order condition, then productivity.
pub(super) fn housing_and_land(w: &mut World, data: &SeedEconomy) {
    let p = w.params.clone();
    let mut luck = w.draws().stream(Stage::LandWedge, 0, 1).walk(0);
    for (r, seed) in data.regions.iter().enumerate() {
        let urban = seed.residents * seed.urban_share;
        let space = urban * seed.living_space_per_head;
        w.housing.space_m2.push(space);
        w.housing.land_m2.push((space / p.urban_land.floor_area_ratio) as i64);
        w.housing.rent.push(0.0);
        w.housing.price.push(0.0);
        w.housing.deposits.push(0);
        w.housing.received.push(0);
        w.housing.upkeep.push(0.0);
        w.housing.spent.push(0);
        let residential = p.urban_land.land_to_dwelling_price * seed.house_price * FEN;
        let industrial = residential / p.urban_land.price_ratio;
        w.land.residential_price.push(residential);
        w.land.price.push(industrial);
        w.land.price_to_dwelling.push(0.0);
        w.land
            .tax_value
            .push(residential * (1.0 - 1.0 / p.urban_land.residential_elasticity) - industrial);
        let law = &w.rules[r];
        let holding = urban_land::holding_cost(p.firms.required_return, law.urban_land.lease_term, industrial);
        let mut firms_land = 0i64;
        let mut state_land = 0i64;
        let mut tax = 0.0;
        for f in w.cell_start[cell(r, 0)] as usize..w.cell_start[cell(r, SECTORS - 1) + 1] as usize {
            let t = w.cells.technology[w.firms.cell[f] as usize];
            let want = t.input_wanted(t.gamma, law.fiscal.production_tax, w.firms.planned_revenue[f], holding);
            let want = urban_land::admitted(&law.urban_land, want, luck.to(f, 0).normal());
            w.firms.land_m2[f] = want.max(1.0) as i64;
            firms_land += w.firms.land_m2[f];
            state_land += if w.firms.state[f] { w.firms.land_m2[f] } else { 0 };
            tax += law.fiscal.production_tax * law.fiscal.production_tax_local * w.firms.revenue[f] as f64;
        }
        w.land.tax_per_m2.push(tax / firms_land.max(1) as f64);
        let turnover =
            firms_land as f64 / law.urban_land.lease_term + w.housing.land_m2[r] as f64 / p.urban_land.residential_term;
        let reserve = (p.urban_land.reserve_years * turnover) as i64;
        let idle = (p.urban_land.idle_share * state_land as f64) as i64;
        w.land.reserve_m2.push(reserve);
        w.land.normal_reserve.push(reserve as f64);
        w.land.housing_reserve_m2.push(0);
        w.land.state_idle_m2.push(idle);
        let all = firms_land + w.housing.land_m2[r] + reserve + idle;
        w.land.start_m2.push(all as f64);
        w.housing.plots_m2.push(0);
    }
    super::firms::productivity(w);
}
