//! Birth of trade: spending of every region, and trade shares from a gravity prior balanced to sales and spending.

use super::{BirthError, cell};
use crate::base::ras;
use crate::markets::goods::{self, GOODS, Params, TradeShares};
use crate::markets::housing;
use crate::scenario::seed::SeedEconomy;
use crate::world::World;

/// Distance of the outside from every region [km].
const OUTSIDE_KM: f64 = 500.0;

/// Trade shares of every good; the last column of the balanced matrix are the start exports.
pub(super) fn trade(w: &mut World, data: &SeedEconomy) -> Result<(), BirthError> {
    let inside = w.geography.inside;
    let spending = spending(w);
    let mut trade = TradeShares {
        share: Vec::new(),
        exports: Vec::new(),
    };
    for s in 0..GOODS {
        let sales: Vec<f64> = (0..inside)
            .map(|r| {
                if s == 0 {
                    w.farming.output[r]
                } else {
                    w.cells.quantity[cell(r, s - 1)]
                }
            })
            .collect();
        let m = balanced(&w.params.goods, data, s, &sales, &spending[s])?;
        let share = (0..=inside)
            .map(|o| (0..inside).map(|d| m[o][d] / spending[s][d]).collect())
            .collect();
        trade.share.push(share);
        trade.exports.push((0..inside).map(|o| m[o][inside]).collect());
    }
    w.trade = trade;
    Ok(())
}

/// Spending by good and region of households, governments with their laboratories, housing funds and firms [fen per
/// quarter].
fn spending(w: &World) -> Vec<Vec<f64>> {
    let inside = w.geography.inside;
    let digital = w.params.technology.digital_share;
    let households = crate::world::household_spending(w);
    let mut e = vec![vec![0.0; inside]; GOODS];
    for r in 0..inside {
        for s in 0..GOODS {
            e[s][r] += households[r][s] as f64;
        }
        let works = w.params.government.works_share * w.governments.purchases[r] as f64;
        e[1][r] += works;
        e[2][r] += w.governments.purchases[r] as f64 - works;
        let research = w.laboratories.money[r] as f64;
        e[3][r] += digital * research;
        e[2][r] += (1.0 - digital) * research;
        e[1][r] += housing::building(&w.params.housing, 1.0)
            * w.housing.space_m2[r]
            * (1.0 - w.params.housing.land_share)
            * w.housing.price[r];
    }
    let industry = w.params.goods.capital_industry_share;
    for f in 0..w.firms.len() {
        let r = w.firms.region(f);
        let i = w.firms.planned_investment[f];
        e[1][r] += industry * i;
        e[3][r] += (1.0 - industry) * i + digital * w.firms.planned_research[f];
        e[2][r] += (1.0 - digital) * w.firms.planned_research[f];
    }
    e
}

/// Flows of good `s` from every region to every region, the outside last: sales x distance^-slope, balanced by RAS to
/// sales and spending. Imports are the least that keep both imports over spending and exports over sales at
/// `outside_share` or more.
fn balanced(
    p: &Params,
    data: &SeedEconomy,
    s: usize,
    sales: &[f64],
    spent: &[f64],
) -> Result<Vec<Vec<f64>>, BirthError> {
    let inside = sales.len();
    let (total_sales, total_spending): (f64, f64) = (sales.iter().sum(), spent.iter().sum());
    let least = p.outside_share[s];
    let imports = (least * total_spending).max(total_spending - (1.0 - least) * total_sales);
    let exports = total_sales - (total_spending - imports);
    let slope = p.distance_elasticity * if s == 2 { 2.0 } else { 1.0 };
    let prior = |o: usize, d: usize| match (o < inside, d < inside) {
        (true, true) => sales[o] * distance(data, o, d).powf(-slope),
        (false, false) => 0.0,
        _ => (if o < inside { sales[o] } else { total_sales }) * OUTSIDE_KM.powf(-p.distance_elasticity),
    };
    let mut m: Vec<Vec<f64>> = (0..=inside)
        .map(|o| (0..=inside).map(|d| prior(o, d)).collect())
        .collect();
    let rows: Vec<f64> = sales.iter().copied().chain([imports]).collect();
    let cols: Vec<f64> = spent.iter().copied().chain([exports]).collect();
    let (error, _) = ras::balance(&mut m, &rows, &cols, 1e-10, 20_000);
    if error > 1e-6 {
        let good = goods::GOOD_NAMES[s];
        let what = format!("trade in {good} does not balance ({error:.1e})");
        return Err(BirthError::Impossible(what));
    }
    Ok(m)
}

/// Great-circle distance of two regions [km]; a region's own is two thirds of its radius.
fn distance(data: &SeedEconomy, a: usize, b: usize) -> f64 {
    let (x, y) = (&data.regions[a], &data.regions[b]);
    if a == b {
        return 0.667 * (x.area_km2 / std::f64::consts::PI).sqrt().max(3.0);
    }
    let (la, lb) = (x.lat.to_radians(), y.lat.to_radians());
    let h = ((lb - la) / 2.0).sin().powi(2) + la.cos() * lb.cos() * ((y.lon - x.lon).to_radians() / 2.0).sin().powi(2);
    (2.0 * 6371.0 * h.sqrt().asin()).max(3.0)
}
