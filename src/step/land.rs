//! The land stage: farmland leases in the first quarter of a year, state land, housing rent and land prices.

use crate::agents::firms::{DIGITAL, SECTORS};
use crate::base::draws::Stage;
use crate::books::{Flow, Tally};
use crate::markets::{housing, urban_land};
use crate::world::World;
use std::ops::Range;

pub(super) fn run(w: &mut World) -> Tally {
    if w.tick.rem_euclid(4) == 0 {
        lease(w);
    }
    rents(w);
    let mut t = Tally::default();
    state_land(w, &mut t);
    t
}

/// A year of leases; rents follow the value of the marginal product at last quarter's price of farm goods.
fn lease(w: &mut World) {
    let leases = w.lease_farmland();
    for (r, l) in leases.iter().enumerate() {
        let a = w.farming.a[r] * w.collectives.gain(&w.params.village_credit, r);
        w.farming.rent[r] = w.params.farmland.theta() * a * l.log_rent.exp() * w.price[0][r] * w.farm_household_share;
        w.farming.pool_m2[r] = l.pool_m2;
        w.farming.idle_m2[r] = l.idle_m2;
        w.farming.leased_m2[r] = l.leased_m2;
    }
}

/// Housing rents clear the stock at permanent incomes; prices of dwellings and land follow.
fn rents(w: &mut World) {
    let p = &w.params.housing;
    for r in 0..w.geography.inside {
        let now = housing::rent(p, w.census[r].town_income, w.housing.space_m2[r]);
        w.housing.rent[r] += p.rent_smoothing * (now - w.housing.rent[r]);
        w.housing.price[r] = housing::price(p, w.housing.rent[r]);
        w.land.residential_price[r] = w.land.price_to_dwelling[r] * w.housing.price[r];
    }
}

/// Leases run out, firms bid for the land they want, the district sells from its reserve.
fn state_land(w: &mut World, t: &mut Tally) {
    let noise = w.draws().stream(Stage::LandNoise, w.stream_tick(), 1);
    for r in 0..w.geography.inside {
        let firms = w.cell_start[r * SECTORS] as usize..w.cell_start[(r + 1) * SECTORS] as usize;
        w.land.price[r] = industrial_price(w, r, firms.clone());
        let wishes = bids(w, r, firms.clone());
        // the administration ranks bids only when the reserve falls short
        let short = wishes.iter().sum::<i64>() > w.land.reserve_m2[r];
        let law = &w.rules[r].urban_land;
        let rank = |f: usize| {
            let digital = w.firms.cell[f] as usize % SECTORS == DIGITAL;
            let priority = if digital { law.digital_priority } else { 0.0 };
            (law.allocation_noise * noise.at(f).normal() + priority).exp()
        };
        let blurred: Vec<f64> = if short {
            firms.clone().map(rank).collect()
        } else {
            Vec::new()
        };
        let mut got = vec![0i64; wishes.len()];
        urban_land::serve(&wishes, &blurred, w.land.reserve_m2[r].max(0), &mut got);
        for (f, &m2) in firms.zip(&got) {
            sell(w, t, f, m2);
        }
        renew_residential(w, t, r);
    }
}

/// Price of industrial land when the district weighs the tax stream of a square metre, relative to the start.
fn industrial_price(w: &World, r: usize, firms: Range<usize>) -> f64 {
    let law = &w.rules[r].fiscal;
    let held: i64 = w.firms.land_m2[firms.clone()].iter().sum();
    let revenue = firms.map(|f| w.firms.revenue[f] as f64).sum::<f64>();
    let taxes: f64 = revenue * law.production_tax * law.production_tax_local;
    let stream = w.land.tax_value[r] * taxes / held.max(1) as f64 / w.land.tax_per_m2[r].max(1e-9);
    urban_land::industrial_price(&w.params.urban_land, w.land.residential_price[r], stream)
}

/// Leases that run out return to the reserve; every firm bids for what it loses and part of its gap to the land of its
/// first-order condition, as far as its deposits go [m2].
fn bids(w: &mut World, r: usize, firms: Range<usize>) -> Vec<i64> {
    let law = w.rules[r].clone();
    let price = w.land.price[r];
    let holding = urban_land::holding_cost(w.params.firms.required_return, law.urban_land.lease_term, price);
    let mut wishes = Vec::with_capacity(firms.len());
    for f in firms {
        let tech = w.cells.technology[w.firms.cell[f] as usize];
        let out = (0.25 * w.firms.land_m2[f] as f64 / law.urban_land.lease_term).round() as i64;
        w.firms.land_m2[f] -= out;
        w.land.reserve_m2[r] += out;
        let want = tech.input_wanted(
            tech.gamma,
            law.fiscal.production_tax,
            w.firms.planned_revenue[f],
            holding,
        );
        let gap = want - (w.firms.land_m2[f] + out) as f64;
        let wish = (out as f64 + w.params.urban_land.adjustment * gap).max(0.0) as i64;
        let afford = (w.firms.deposits[f].max(0) as f64 / price) as i64;
        wishes.push(wish.min(afford));
    }
    wishes
}

/// Firm `f` leases `m2` from the reserve and pays the district's price.
fn sell(w: &mut World, t: &mut Tally, f: usize, m2: i64) {
    let r = w.firms.region(f);
    let bank = w.geography.bank[r] as usize;
    w.firms.land_m2[f] += m2;
    w.land.reserve_m2[r] -= m2;
    let fee = (m2 as f64 * w.land.price[r]) as i64;
    w.governments.revenue[r] += fee;
    let district = (&mut w.governments.deposits[r], bank);
    t.pay(Flow::LandSales, (&mut w.firms.deposits[f], bank), district, fee);
}

/// The housing fund renews residential leases that run out, as far as its deposits go.
fn renew_residential(w: &mut World, t: &mut Tally, r: usize) {
    let bank = w.geography.bank[r] as usize;
    let term = w.params.urban_land.residential_term;
    let renew = 0.25 * w.housing.land_m2[r] as f64 / term * w.land.residential_price[r];
    let renew = (renew as i64).min(w.housing.deposits[r].max(0));
    w.governments.revenue[r] += renew;
    let district = (&mut w.governments.deposits[r], bank);
    t.pay(Flow::HousingLand, (&mut w.housing.deposits[r], bank), district, renew);
}
