//! Birth of workers: who lives where with which hukou, occupations, villages and their plots.

use super::BirthError;
use super::newborns::{Family, Kind, Skilled, family, put, skilled};
use super::population::{Population, stocks};
use crate::agents::workers::{GROUPS, Status, flag};
use crate::base::draws::Stage;
use crate::base::order;
use crate::base::split::split;
use crate::markets::labour::GroupPrices;
use crate::scenario::seed::{RegionSeed, SeedEconomy};
use crate::world::World;

/// All workers: residents of every region, then those who work outside; occupations, villages, group prices.
pub(super) fn people(w: &mut World, data: &SeedEconomy) -> Result<Population, BirthError> {
    let stock = stocks(w, data);
    let skilled = skilled(w, data, &stock);
    let born: f64 = stock.iter().flatten().flatten().sum();
    // arrivals will need room too; what is not used costs nothing
    let room = (born / f64::from(w.scale)) as usize;
    w.workers.reserve(room.next_power_of_two());
    let (inside, all) = (w.geography.inside, w.geography.all());
    let scale = f64::from(w.scale);
    w.places.left_behind = vec![[[0; 2]; 2]; inside];
    let status: Vec<[i64; 4]> = (0..inside).map(|d| residents(w, data, &stock, &skilled, d)).collect();
    for o in 0..inside {
        for region in inside..all {
            for rural in [false, true] {
                let n = (stock[o][usize::from(rural)][region] / scale).round() as i64;
                let kind = Kind {
                    origin: o,
                    region,
                    rural,
                    place: region,
                };
                put(w, data, (&Family::default(), &skilled[o]), kind, n);
            }
        }
    }
    occupations(w, &status);
    villages(w, data)?;
    group_prices(w);
    Ok(Population { stock, status })
}

/// Residents of region `d`: farmers, then all others by origin and hukou kind in whole agents. Returns agents by status:
/// farm, employed, own-account, unemployed.
fn residents(w: &mut World, data: &SeedEconomy, stock: &[[Vec<f64>; 2]], skilled: &[Skilled], d: usize) -> [i64; 4] {
    let all = w.geography.all();
    let scale = f64::from(w.scale);
    let farmers = (stock[d][1][all] / scale).round() as i64;
    let farm = Kind {
        origin: d,
        region: d,
        rural: true,
        place: all,
    };
    let migrants = (0..all)
        .filter(|&o| o != d)
        .map(|o| stock[o][0][d] + stock[o][1][d])
        .sum();
    let people = family(w, &data.regions[d], [stock[d][0][d], stock[d][1][d], migrants]);
    put(w, data, (&people, &skilled[d]), farm, farmers);
    let kinds: Vec<(Kind, f64)> = (0..all)
        .flat_map(|origin| {
            [false, true].map(|rural| {
                let kind = Kind {
                    origin,
                    region: d,
                    rural,
                    place: d,
                };
                (kind, stock[origin][usize::from(rural)][d])
            })
        })
        .filter(|t| t.1 > 0.0)
        .collect();
    let weights: Vec<f64> = kinds.iter().map(|t| t.1).collect();
    let non_farm = (weights.iter().sum::<f64>() / scale).round() as i64;
    let mut parts = vec![0i64; weights.len()];
    split(non_farm, &weights, &mut parts);
    for (&(kind, _), &n) in kinds.iter().zip(&parts) {
        put(w, data, (&people, &skilled[d]), kind, n);
    }
    let (employed, own, unemployed) = occupied(w, &data.regions[d], non_farm);
    [farmers, employed, own, unemployed]
}

/// Employed, own-account and unemployed among `non_farm` agents.
fn occupied(w: &World, r: &RegionSeed, non_farm: i64) -> (i64, i64, i64) {
    let p = &w.params.labour;
    let unemployed = (non_farm as f64 * p.unemployment).round() as i64;
    let services = r.employed_services / (r.employed_industry + r.employed_services + r.employed_digital);
    let own = (p.own_account_share.min(0.6 * services) * (non_farm - unemployed) as f64).round() as i64;
    (non_farm - unemployed - own, own, unemployed)
}

/// Spreads statuses over the non-farm residents of every region in the order of a drawn word.
fn occupations(w: &mut World, status: &[[i64; 4]]) {
    let mut luck = w.draws().stream(Stage::Separation, 0, 1).walk(0);
    let mut by_region: Vec<Vec<(u32, u32)>> = vec![Vec::new(); status.len()];
    for i in 0..w.workers.len() {
        if w.workers.status[i] == Status::Unemployed {
            by_region[w.workers.region[i] as usize].push((luck.to(i, 0).word(), i as u32));
        }
    }
    for (r, list) in by_region.iter_mut().enumerate() {
        order::sort(list);
        let [_, employed, own, _] = status[r];
        for (k, &(_, i)) in list.iter().enumerate() {
            let k = k as i64;
            w.workers.status[i as usize] = if k < employed {
                Status::Employed
            } else if k < employed + own {
                Status::OwnAccount
            } else {
                Status::Unemployed
            };
        }
    }
}

/// Villages of rural hukou holders and their plots: the district's farmland in lognormal parts.
fn villages(w: &mut World, data: &SeedEconomy) -> Result<(), BirthError> {
    let inside = w.geography.inside;
    let size = w.params.farmland.village_agents.max(1) as usize;
    let sd = w.params.farmland.plot_sd;
    let stream = w.draws().stream(Stage::Village, 0, 1);
    let mut holders: Vec<Vec<u32>> = vec![Vec::new(); inside];
    for i in 0..w.workers.len() {
        let o = w.workers.hukou[i] as usize;
        if o < inside && w.workers.flags[i] & flag::RURAL_HUKOU != 0 {
            holders[o].push(i as u32);
        }
    }
    for (r, list) in holders.iter().enumerate() {
        let land = (data.regions[r].cultivated_ha * 1e4) as i64;
        w.farming.contracted_m2.push(if list.is_empty() { 0 } else { land });
        let mut luck = stream.walk(0);
        let weight = |&i: &u32| (sd * luck.to(i as usize, 0).normal()).exp();
        let weights: Vec<f64> = list.iter().map(weight).collect();
        let mut plots = vec![0i64; list.len()];
        split(land, &weights, &mut plots);
        let villages = list.len().div_ceil(size).max(1);
        let first = w.farming.village_region.len();
        // strided, so that every village has farmers, migrants and away people
        for (k, (&i, &m2)) in list.iter().zip(&plots).enumerate() {
            let plot = u32::try_from(m2).map_err(|_| BirthError::Impossible(format!("plot of {m2} m2")))?;
            w.workers.plot_m2[i as usize] = plot;
            w.workers.village[i as usize] = (first + k % villages) as u32;
        }
        w.farming.village_region.extend(std::iter::repeat_n(r as u8, villages));
        w.farming.returned_m2.resize(w.farming.village_region.len(), 0);
    }
    Ok(())
}

/// Prices of skill and nativity that the start supplies imply.
fn group_prices(w: &mut World) {
    let supply = supply(w);
    let p = &w.params.labour;
    let wanted: [f64; GROUPS] =
        std::array::from_fn(|g| (p.skill_premium * (g % 2) as f64 + p.migrant_gap * (g / 2) as f64).exp());
    w.groups = GroupPrices::invert(&supply, &wanted, p);
    w.areas.supply = supply;
}

/// Efficiency by area and group of the non-farm labour force.
pub(crate) fn supply(w: &World) -> Vec<[f64; GROUPS]> {
    let mut supply = vec![[0.0; GROUPS]; w.geography.areas];
    for i in 0..w.workers.len() {
        if matches!(
            w.workers.status[i],
            Status::Employed | Status::OwnAccount | Status::Unemployed
        ) {
            let a = w.geography.area[w.workers.region[i] as usize] as usize;
            supply[a][w.workers.group(i)] += f64::from(w.workers.efficiency[i]);
        }
    }
    supply
}
