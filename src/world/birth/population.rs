//! The population behind the agents: labour force of every region, and workers by origin, hukou kind and place.

use crate::scenario::seed::{RegionSeed, SeedEconomy};
use crate::world::World;

/// Real-valued stocks behind the agents.
pub(super) struct Population {
    /// Workers by hukou region, hukou kind (0 urban, 1 rural) and place (all regions, then the farm at home).
    pub stock: Vec<[Vec<f64>; 2]>,
    /// Agents by inside region and status: farm, employed, own-account, unemployed.
    pub status: Vec<[i64; 4]>,
}

/// Labour force of a region [persons]: farm, and non-farm with the unemployed.
pub(super) fn labour_force(r: &RegionSeed, unemployment: f64) -> (f64, f64) {
    let non_farm = r.employed_industry + r.employed_services + r.employed_digital;
    (r.employed_farm, non_farm / (1.0 - unemployment))
}

/// Workers by origin, kind and place. Residents of working age are split over origins by the migration stocks,
/// migrants being more active; rural hukou holders are the farmers and a common share of everybody else.
pub(super) fn stocks(w: &World, data: &SeedEconomy) -> Vec<[Vec<f64>; 2]> {
    let (inside, all) = (w.geography.inside, w.geography.all());
    let b = &w.params.birth;
    let u = w.params.labour.unemployment;
    let mut by_place = vec![vec![0.0; all]; all];
    for d in 0..inside {
        let (farm, non_farm) = labour_force(&data.regions[d], u);
        let weight = |o: usize| data.stocks[o][d] * if o == d { 1.0 } else { b.migrant_activity };
        let total: f64 = (0..all).map(weight).sum();
        for (o, row) in by_place.iter_mut().enumerate() {
            row[d] = weight(o) / total * (farm + non_farm);
        }
        // farmers are stayers
        by_place[d][d] = by_place[d][d].max(farm * 1.02);
    }
    for o in 0..inside {
        for d in inside..all {
            by_place[o][d] = data.stocks[o][d] * b.away_activity;
        }
    }
    (0..all)
        .map(|o| {
            let (farm, rural_share) = if o < inside {
                let r = &data.regions[o];
                (labour_force(r, u).0, 1.0 - r.hukou_urban / r.hukou_population)
            } else {
                (0.0, 0.5)
            };
            let total: f64 = by_place[o].iter().sum();
            let rural = if total > farm {
                ((rural_share * total - farm) / (total - farm)).clamp(0.0, 1.0)
            } else {
                0.0
            };
            let mut kinds = [vec![0.0; all + 1], vec![0.0; all + 1]];
            for d in 0..all {
                let non_farm = by_place[o][d] - if d == o { farm } else { 0.0 };
                kinds[1][d] = rural * non_farm;
                kinds[0][d] = (1.0 - rural) * non_farm;
            }
            kinds[1][all] = farm;
            kinds
        })
        .collect()
}
