//! What the snapshot counts firm by firm.

use super::Snapshot;
use crate::agents::firms::SECTORS;
use crate::base::blocks;
use crate::base::stats::hill;
use crate::world::{World, is_small, is_young, power_from_outside};

/// Sums over the firms of a region, as [`Snapshot`] has them.
#[derive(Default)]
struct Counted {
    debt: f64,
    sector_debt: [f64; SECTORS],
    number: f64,
    capital: f64,
    knowledge: f64,
    licence: [[f64; 2]; 2],
    innovator_debt: [f64; 2],
    loan_rate: [[f64; 2]; 2],
    /// Heads of the firms of city lumps that have at least [`FLOOR`], and their number.
    sizes: Vec<(f64, f64)>,
}

/// Least size of which the tail is measured [heads].
const FLOOR: f64 = 20.0;

impl Counted {
    /// Adds lump `f` of a region of the city or not.
    fn add(&mut self, w: &World, f: usize, in_city: bool) {
        let firms = &w.firms;
        let (weight, debt) = (firms.weight[f], firms.debt[f] as f64);
        self.debt += debt;
        self.sector_debt[firms.cell[f] as usize % SECTORS] += debt;
        self.number += weight;
        self.knowledge += firms.knowledge[f] * weight;
        let licence = &mut self.licence[usize::from(!is_small(w, f))];
        licence[0] += firms.licence[f] * weight;
        licence[1] += weight;
        if firms.knowledge[f] > 0.0 && !firms.state[f] {
            self.innovator_debt[usize::from(!is_young(w, f))] += debt;
        }
        self.capital += firms.capital[f];
        let at = &mut self.loan_rate[usize::from(firms.state[f])];
        at[0] += firms.loan_rate[f] * debt;
        at[1] += debt;
        let size = firms.size(f, f64::from(w.scale));
        if in_city && size >= FLOOR {
            self.sizes.push((size, weight));
        }
    }
}

/// Counts all firms, and what cells produce.
pub(super) fn count(w: &World, s: &mut Snapshot) {
    let inside = w.geography.inside;
    for r in 0..inside {
        s.real[r][0] = w.farming.output[r];
        s.nominal[r][0] = w.farming.revenue[r] as f64;
        for k in 0..SECTORS {
            let c = r * SECTORS + k;
            let outside = power_from_outside(w, c);
            s.real[r][k + 1] = w.cells.quantity[c] - outside;
            s.nominal[r][k + 1] = w.cells.quantity[c] * w.price[k + 1][r] - outside;
        }
    }
    let of_region = |r: usize| {
        let mut counted = Counted::default();
        w.firms_of_region(r)
            .for_each(|f| counted.add(w, f, w.geography.in_city[r]));
        counted
    };
    let regions = blocks::map_each(inside, of_region);
    for (r, counted) in regions.iter().enumerate() {
        s.debt[r] = counted.debt;
        s.sector_debt[r] = counted.sector_debt;
        s.firms[r] = counted.number;
        s.capital[r] = counted.capital;
        s.knowledge[r] = counted.knowledge;
        s.licence[r] = counted.licence;
        s.innovator_debt[r] = counted.innovator_debt;
        s.loan_rate[r] = counted.loan_rate;
    }
    let sizes = regions.into_iter().flat_map(|counted| counted.sizes);
    s.tail = hill(sizes, FLOOR).unwrap_or(f64::NAN);
    s.all_nominal = s.nominal.iter().flatten().sum();
}
