//! The permit book of a world: its holders are the cells, its law is that of their regions.

use super::{World, grid_of};
use crate::agents::firms::SECTORS;
use crate::markets::permits::{self, CARBON, Cap, Choice, Holder, RESOURCES, WATER};
use crate::rules::{PermitsRules, Rules};

/// Holders of a resource and what they do.
pub type Book = Vec<(Holder, Choice)>;

/// What the law says of resource `k`; carbon trades over the province.
fn cap(law: &PermitsRules, k: usize) -> Cap {
    let (cap, traded, by_output, reach) = match k {
        CARBON => (law.carbon_cap, law.carbon_trade, law.carbon_by_output, 1.0),
        WATER => (law.water_cap, law.water_trade, 0.0, law.basin_reach),
        _ => (law.discharge_cap, law.discharge_trade, 0.0, law.basin_reach),
    };
    Cap {
        cap,
        traded,
        by_output,
        reach,
    }
}

/// Cell `c` as holder of resource `k` at outputs `output` [fen per quarter].
fn holder(w: &World, k: usize, c: usize, output: &[f64]) -> Holder {
    let g = &w.geography;
    let r = c / SECTORS;
    let intensity = w.params.permits.intensity(k, c % SECTORS);
    Holder {
        emissions: intensity * output[c],
        start: intensity * w.permits.start_output[c],
        slope: w.permits.slope[c][k],
        district: r,
        market: if k == CARBON {
            grid_of(g, r)
        } else {
            g.group[r] as usize
        },
    }
}

/// Clears the book of every resource under `rules` at outputs `output` by cell.
pub fn permit_books(w: &World, rules: &[Rules], output: &[f64]) -> [Book; RESOURCES] {
    std::array::from_fn(|k| {
        let holders: Vec<Holder> = (0..w.cell_count()).map(|c| holder(w, k, c, output)).collect();
        let caps: Vec<Cap> = (0..w.cell_count())
            .map(|c| cap(&rules[c / SECTORS].permits, k))
            .collect();
        let choices = permits::clear(&holders, &caps);
        holders.into_iter().zip(choices).collect()
    })
}

/// Share of output that abatement takes, by cell.
pub fn abatement_share(books: &[Book; RESOURCES], output: &[f64]) -> Vec<f64> {
    let share = |(c, y): (usize, &f64)| {
        let cost: f64 = books.iter().map(|book| book[c].1.cost(&book[c].0)).sum();
        (cost / y.max(1.0)).min(0.5)
    };
    output.iter().enumerate().map(share).collect()
}

impl World {
    /// Share of output that abatement takes under the law of the start at normal output, by cell.
    pub fn start_abatement(&self) -> Vec<f64> {
        let output = &self.permits.start_output;
        abatement_share(&permit_books(self, &self.places.start_rules, output), output)
    }
}
