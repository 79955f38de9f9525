//! Birth of rural construction land, and the normals of land markets.

use crate::world::{World, plots};

/// Homesteads by plot holders, collective commercial land beside them, prices of quotas.
pub(super) fn rural_land(w: &mut World) {
    let inside = w.geography.inside;
    let p = w.params.rural_land.clone();
    let mut holders = vec![0i64; inside];
    for i in 0..w.workers.len() {
        if w.workers.plot_m2[i] != 0 {
            holders[w.farming.village_region[w.workers.village[i] as usize] as usize] += 1;
        }
    }
    let homesteads = holders
        .iter()
        .map(|&n| (p.homestead_m2 * f64::from(w.scale) * n as f64) as i64);
    w.rural.start_homestead_m2 = homesteads.collect();
    w.rural.homestead_m2 = w.rural.start_homestead_m2.clone();
    let commercial = w
        .rural
        .homestead_m2
        .iter()
        .map(|&m2| (p.commercial_share * m2 as f64) as i64);
    w.rural.commercial_m2 = commercial.collect();
    w.rural.given_up_m2 = vec![Default::default(); inside];
    w.rural.pay = vec![Default::default(); inside];
    for column in [&mut w.rural.pending_m2, &mut w.rural.quota_m2, &mut w.rural.leased_m2] {
        *column = vec![0; inside];
    }
    for column in [&mut w.rural.settlers, &mut w.rural.normal_settlers] {
        *column = vec![0.0; inside];
    }
    w.rural.plots_m2 = plots(w);
    w.normalise_quotas();
}
