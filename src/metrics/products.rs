//! Marginal revenue products of firms.

use crate::agents::firms::SECTORS;
use crate::base::blocks;
use crate::world::World;

/// Log marginal revenue products of one lump.
#[derive(Clone, Copy, Debug)]
pub struct Product {
    /// Capital.
    pub k: f64,
    /// Land.
    pub s: f64,
    /// Labour.
    pub l: f64,
    /// Firms in the lump.
    pub weight: f64,
    /// State-held.
    pub state: bool,
}

/// Log marginal revenue products of the firms of every region, in their order.
pub(super) fn products(w: &World) -> Vec<Vec<Product>> {
    let scale = f64::from(w.scale);
    let of_firm = |f: usize| {
        let revenue = w.firms.revenue[f] as f64;
        let t = w.cells.technology[w.firms.cell[f] as usize];
        let part = |exponent: f64, input: f64| (exponent * t.rho() * revenue / input.max(1.0)).ln();
        let land = w.firms.land_m2[f] as f64 * w.land.price[w.firms.region(f)];
        (revenue > 0.0 && w.firms.efficiency[f] > 0.0).then(|| Product {
            k: part(t.alpha, w.firms.capital[f]),
            s: part(t.gamma, land),
            l: part(t.beta, w.firms.efficiency[f] * scale * w.firms.wage[f]),
            weight: w.firms.weight[f],
            state: w.firms.state[f],
        })
    };
    blocks::map_each(w.geography.inside, |r| {
        let cells = r * SECTORS..(r + 1) * SECTORS;
        cells.flat_map(|c| w.firms_of(c)).filter_map(of_firm).collect()
    })
}
