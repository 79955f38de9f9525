//! State of rural construction land by inside region: homesteads, quotas, collective commercial land.

use super::World;
use crate::agents::workers::{Status, flag};
use crate::base::blocks;
use crate::markets::rural_land::{CLASSES, District, Params};
use serde::{Deserialize, Serialize};

/// Homesteads, quotas, collective commercial land by inside region.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct RuralLand {
    /// Homesteads at the start [m2].
    pub start_homestead_m2: Vec<i64>,
    /// Homesteads in use [m2].
    pub homestead_m2: Vec<i64>,
    /// Homesteads given up since the start, by home of the holder [m2].
    pub given_up_m2: Vec<[f64; CLASSES]>,
    /// Homesteads given up that are not yet inspected, by home (village, away) [m2].
    pub pending_m2: Vec<i64>,
    /// Quotas not yet sold [m2]: the land itself is farmland again.
    pub quota_m2: Vec<i64>,
    /// Collective commercial land that is not leased to firms [m2].
    pub commercial_m2: Vec<i64>,
    /// Collective commercial land that firms lease [m2]: it counts as urban.
    pub leased_m2: Vec<i64>,
    /// Price that a quota of the region fetches [fen per m2].
    pub price: Vec<f64>,
    /// The same when nothing has changed.
    pub normal_price: Vec<f64>,
    /// Plots by region and home at the last count [m2].
    pub plots_m2: Vec<[i64; CLASSES]>,
    /// What holders get in the quarter, by region and home [fen per m2 of plot].
    pub pay: Vec<[f64; CLASSES]>,
    /// People who took a local hukou since the last year's quotas were given, dependants included.
    pub settlers: Vec<f64>,
    /// The same in a quarter when nothing has changed.
    pub normal_settlers: Vec<f64>,
    /// Share of the value of residential land that building on new land costs.
    pub cost_share: f64,
}

impl RuralLand {
    /// Rural construction land of region `r` [m2].
    pub fn construction_m2(&self, r: usize) -> i64 {
        self.homestead_m2[r] + self.pending_m2[r] + self.commercial_m2[r]
    }

    /// Share of plots of region `r` whose holders have home `class`.
    pub fn home_share(&self, r: usize, class: usize) -> f64 {
        let all: i64 = self.plots_m2[r].iter().sum();
        self.plots_m2[r][class] as f64 / (all as f64).max(1.0)
    }
}

/// Home of a plot holder: 0 in a village, 1 away without a local hukou, 2 away with one (settled: no rural hukou any
/// more).
#[inline]
pub fn home_of(flags: u8) -> usize {
    if flags & flag::VILLAGE_HOME != 0 {
        0
    } else if flags & flag::RURAL_HUKOU != 0 {
        1
    } else {
        2
    }
}

/// Plots by region and home of their holders [m2].
pub fn plots(w: &World) -> Vec<[i64; CLASSES]> {
    let inside = w.geography.inside;
    let workers = &w.workers;
    let parts = blocks::map(workers.len(), |range| {
        let mut sums = vec![[0i64; CLASSES]; inside];
        for i in range {
            if workers.plot_m2[i] != 0 && workers.status[i] != Status::Free {
                let r = w.farming.village_region[workers.village[i] as usize] as usize;
                sums[r][home_of(workers.flags[i])] += i64::from(workers.plot_m2[i]);
            }
        }
        sums
    });
    let mut all = vec![[0i64; CLASSES]; inside];
    for part in parts {
        for (a, p) in all.iter_mut().zip(part) {
            (0..CLASSES).for_each(|k| a[k] += p[k]);
        }
    }
    all
}

impl World {
    /// Value of residential land at the margin, P_H (1 - 1/eps) [fen per m2].
    pub fn residential_margin(&self, r: usize) -> f64 {
        self.land.residential_price[r] * (1.0 - 1.0 / self.params.urban_land.residential_elasticity)
    }

    /// What district `r` brings to the call of quotas, without what holds only this year.
    pub fn district(&self, r: usize) -> District {
        let p: &Params = &self.params.rural_land;
        let elasticity = self.params.urban_land.residential_elasticity;
        District {
            value: self.residential_margin(r),
            cost: self.rural.cost_share * self.residential_margin(r),
            response: p.demand_speed * elasticity * self.housing.land_m2[r] as f64,
            most: p.largest_conversion * self.farming.contracted_m2[r] as f64,
            ..District::default()
        }
    }

    /// Normal prices of quotas from the residential prices there are: building on new land costs the same share of the
    /// land's value everywhere, so that the mean price over homesteads is that of the start.
    pub fn normalise_quotas(&mut self) {
        let margin: Vec<f64> = (0..self.geography.inside).map(|r| self.residential_margin(r)).collect();
        let weight = &self.rural.start_homestead_m2;
        let all: f64 = weight.iter().map(|&m2| m2 as f64).sum();
        let mean: f64 = margin.iter().zip(weight).map(|(v, &m2)| v * m2 as f64).sum::<f64>() / all.max(1.0);
        let start = 100.0 * self.params.rural_land.start_price;
        let share = 1.0 - (start / mean.max(1e-9)).min(1.0);
        self.rural.cost_share = share;
        self.rural.price = margin.iter().map(|v| (1.0 - share) * v).collect();
        self.rural.normal_price = self.rural.price.clone();
        self.land.normal_reserve = self.land.reserve_m2.iter().map(|&m2| m2 as f64).collect();
    }
}
