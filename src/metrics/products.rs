//! Marginal revenue products of firms.

use crate::base::blocks;
use crate::base::stats::Moments;
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

/// What the firms of a region produce at the margin.
#[derive(Clone, Debug, Default)]
pub struct Margins {
    /// Log marginal revenue products of firms that produce, in their order.
    pub firms: Vec<Product>,
    /// Moments of those of capital.
    pub capital: Moments,
    /// Moments of those of land.
    pub land: Moments,
    /// Moments of those of labour.
    pub labour: Moments,
}

/// The margins of every region.
pub(super) fn margins(w: &World) -> Vec<Margins> {
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
        let mut margins = Margins::default();
        for product in w.firms_of_region(r).filter_map(of_firm) {
            margins.capital.add(product.k, product.weight);
            margins.land.add(product.s, product.weight);
            margins.labour.add(product.l, product.weight);
            margins.firms.push(product);
        }
        margins
    })
}
