//! What metrics of land are defined on, by inside region.

use crate::base::blocks;
use crate::world::{World, young};

/// Land of one region at the end of a quarter.
#[derive(Clone, Copy, Debug, Default)]
pub struct LandUse {
    /// Farmland of the region that farmers from elsewhere lease [m2].
    pub exported: f64,
    /// Productivity of tilled land over that of the technology, and the land tilled [ratio, m2].
    pub quality: [f64; 2],
    /// Price of quotas [fen per m2], and homesteads at the start [m2].
    pub quota: [f64; 2],
    /// Homesteads in use [m2].
    pub homesteads: f64,
    /// Collective commercial land leased by firms [m2].
    pub collective: f64,
    /// Land of firms under five years, of all firms [m2].
    pub firms: [f64; 2],
    /// Idle land of state firms [m2].
    pub idle: f64,
    /// Floor space of housing, its land [m2].
    pub housing: [f64; 2],
    /// Urban land, all uses and reserves [m2].
    pub urban: f64,
    /// Reserve for firms [m2].
    pub reserve: f64,
}

/// Land of every inside region.
pub fn land(w: &World) -> Vec<LandUse> {
    blocks::map_each(w.geography.inside, |r| {
        let (reserve, idle) = (w.land.reserve_m2[r] as f64, w.land.state_idle_m2[r] as f64);
        let homes = w.housing.land_m2[r] as f64;
        let tilled = w.farming.contracted_m2[r] - w.farming.idle_m2[r] - w.farming.pool_m2[r];
        let mut land = LandUse {
            exported: w.farming.exported_m2[r] as f64,
            quality: [w.farming.quality[r], tilled as f64],
            quota: [w.rural.price[r], w.rural.start_homestead_m2[r] as f64],
            homesteads: w.rural.homestead_m2[r] as f64,
            collective: w.rural.leased_m2[r] as f64,
            firms: [0.0; 2],
            idle,
            housing: [w.housing.space_m2[r], homes],
            urban: reserve + idle + homes + w.land.housing_reserve_m2[r] as f64,
            reserve,
        };
        for f in w.firms_of_region(r) {
            let m2 = w.firms.land_m2[f] as f64;
            land.firms[0] += if young(w, f) { m2 } else { 0.0 };
            land.firms[1] += m2;
            land.urban += m2;
        }
        land
    })
}
