//! The land stage: farmland leases in the first quarter of a year, state land, housing rent and land prices.

use crate::agents::firms::{DIGITAL, SECTORS};
use crate::base::draws::Stage;
use crate::books::{Flow, Tally};
use crate::markets::{farmland, housing, urban_land};
use crate::world::World;

pub(super) fn run(w: &mut World) -> Tally {
    if w.tick.rem_euclid(4) == 0 {
        lease(w);
    }
    rents(w);
    let mut t = Tally::default();
    state_land(w, &mut t);
    t
}

fn lease(w: &mut World) {
    let tenure = w.draws().stream(Stage::Tenure, 0, 2);
    let scale = f64::from(w.scale);
    let theta = w.params.farmland.theta();
    let leases = farmland::lease(
        &w.params.farmland,
        &w.rules,
        &mut w.workers,
        &w.farming.village_region,
        &w.farming.returned_m2,
        scale,
        &tenure,
    );
    for (r, l) in leases.iter().enumerate() {
        // rents follow the value of the marginal product at last quarter's price of farm goods
        w.farming.rent[r] = theta * w.farming.a[r] * l.log_rent.exp() * w.price[0][r] * w.farm_household_share;
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
    let p = w.params.clone();
    let noise = w.draws().stream(Stage::LandNoise, w.stream_tick(), 1);
    for r in 0..w.geography.inside {
        let bank = w.geography.bank[r] as usize;
        let law = w.rules[r].clone();
        let firms = w.cell_start[r * SECTORS] as usize..w.cell_start[(r + 1) * SECTORS] as usize;
        let held: i64 = firms.clone().map(|f| w.firms.land_m2[f]).sum();
        let taxes: f64 = firms.clone().map(|f| w.firms.revenue[f] as f64).sum::<f64>()
            * law.fiscal.production_tax
            * law.fiscal.production_tax_local;
        let stream = w.land.tax_value[r] * taxes / held.max(1) as f64 / w.land.tax_per_m2[r].max(1e-9);
        w.land.price[r] = urban_land::industrial_price(&p.urban_land, w.land.residential_price[r], stream);
        let price = w.land.price[r];
        let holding = 0.25 * (p.firms.required_return + 1.0 / law.urban_land.lease_term) * price;
        let mut wishes = Vec::with_capacity(firms.len());
        for f in firms.clone() {
            let tech = w.cells.technology[w.firms.cell[f] as usize];
            let out = (0.25 * w.firms.land_m2[f] as f64 / law.urban_land.lease_term).round() as i64;
            w.firms.land_m2[f] -= out;
            w.land.reserve_m2[r] += out;
            let want =
                (1.0 - law.fiscal.production_tax) * tech.rho() * tech.gamma * w.firms.planned_revenue[f] / holding;
            let gap = want - (w.firms.land_m2[f] + out) as f64;
            let wish = (out as f64 + p.urban_land.adjustment * gap).max(0.0) as i64;
            let afford = (w.firms.deposits[f].max(0) as f64 / price) as i64;
            wishes.push(wish.min(afford));
        }
        // the administration ranks bids only when the reserve falls short
        let short = wishes.iter().sum::<i64>() > w.land.reserve_m2[r];
        let blur = |f: usize| {
            let digital = w.firms.cell[f] as usize % SECTORS == DIGITAL;
            let priority = if digital { law.urban_land.digital_priority } else { 0.0 };
            (law.urban_land.allocation_noise * noise.at(f).normal() + priority).exp()
        };
        let blurred: Vec<f64> = if short {
            firms.clone().map(blur).collect()
        } else {
            Vec::new()
        };
        let mut got = vec![0i64; wishes.len()];
        urban_land::serve(&wishes, &blurred, w.land.reserve_m2[r].max(0), &mut got);
        for (f, &m2) in firms.zip(&got) {
            w.firms.land_m2[f] += m2;
            w.land.reserve_m2[r] -= m2;
            let fee = (m2 as f64 * price) as i64;
            let gov = &mut w.governments;
            gov.revenue[r] += fee;
            t.pay(
                Flow::LandSales,
                (&mut w.firms.deposits[f], bank),
                (&mut gov.deposits[r], bank),
                fee,
            );
        }
        let renew = 0.25 * w.housing.land_m2[r] as f64 / p.urban_land.residential_term * w.land.residential_price[r];
        let renew = (renew as i64).min(w.housing.deposits[r].max(0));
        let gov = &mut w.governments;
        gov.revenue[r] += renew;
        t.pay(
            Flow::HousingLand,
            (&mut w.housing.deposits[r], bank),
            (&mut gov.deposits[r], bank),
            renew,
        );
    }
}
