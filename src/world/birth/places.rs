//! Birth of places: start shares of every origin, and the start values of what movers compare.

use super::people::Population;
use crate::agents::workers::{GROUPS, Status, flag};
use crate::scenario::seed::SeedEconomy;
use crate::world::World;

pub(super) fn places(w: &mut World, data: &SeedEconomy, population: &Population) {
    let (inside, all) = (w.geography.inside, w.geography.all());
    let mut outside_people = vec![[0.0; 2]; all - inside];
    for o in 0..all {
        for kind in 0..2 {
            let mut stock = population.stock[o][kind].clone();
            if o >= inside {
                let outside = &data.outside[o - inside];
                let away: f64 = stock.iter().sum();
                stock[o] = 0.5 * outside.employed - away;
                outside_people[o - inside][kind] = stock[o];
            }
            let total: f64 = stock.iter().sum();
            w.places.log_share.push(
                stock
                    .iter()
                    .map(|x| {
                        if *x > 0.0 && total > 0.0 {
                            (x / total).ln()
                        } else {
                            f64::NEG_INFINITY
                        }
                    })
                    .collect(),
            );
        }
    }
    w.places.outside_people = outside_people;
    w.places.outside_review = w.review_rate_of_outsiders();
    let mut high = vec![[0.0f64; 2]; 2 * all];
    for i in 0..w.workers.len() {
        let k = usize::from(w.workers.flags[i] & flag::RURAL_HUKOU != 0);
        let at = &mut high[2 * w.workers.hukou[i] as usize + k];
        at[0] += f64::from(u8::from(w.workers.flags[i] & flag::HIGH_SKILL != 0));
        at[1] += 1.0;
    }
    w.places.high_share = high
        .iter()
        .map(|h| if h[1] > 0.0 { h[0] / h[1] } else { 0.1 })
        .collect();

    let mut homes = vec![[0.0; 4]; inside];
    for i in 0..w.workers.len() {
        let (r, o, flags) = (
            w.workers.region[i] as usize,
            w.workers.hukou[i] as usize,
            w.workers.flags[i],
        );
        if r < inside && w.workers.status[i] != Status::Farm {
            if r != o {
                homes[r][2] += f64::from(u8::from(flags & flag::TENANT != 0));
                homes[r][3] += 1.0;
            } else if flags & flag::RURAL_HUKOU != 0 {
                homes[r][0] += f64::from(u8::from(flags & flag::VILLAGE_HOME != 0));
                homes[r][1] += 1.0;
            }
        }
    }
    w.places.village_share = homes.iter().map(|h| h[0] / f64::max(h[1], 1.0)).collect();
    w.places.tenant_share = homes.iter().map(|h| h[2] / f64::max(h[3], 1.0)).collect();
    let mut family = vec![[[0.0; 3]; 3]; inside];
    for i in 0..w.workers.len() {
        let r = w.workers.region[i] as usize;
        if r < inside {
            let f = &mut family[r][crate::world::home_class(w, i)];
            f[0] += f64::from(w.workers.old[i]);
            f[1] += f64::from(w.workers.young[i]);
            f[2] += 1.0;
        }
    }
    let mean = |f: [f64; 3]| [f[0] / f64::max(f[2], 1.0), f[1] / f64::max(f[2], 1.0)];
    w.places.family = family.iter().map(|f| f.map(mean)).collect();

    let scale = f64::from(w.scale);
    let mut income = vec![[[0.0; 2]; GROUPS]; inside];
    let mut farm = vec![[0.0; 2]; inside];
    for i in 0..w.workers.len() {
        let r = w.workers.region[i] as usize;
        if r >= inside {
            continue;
        }
        let y = f64::from(w.workers.permanent_income[i]);
        let at = if w.workers.status[i] == Status::Farm {
            &mut farm[r]
        } else {
            &mut income[r][w.workers.group(i)]
        };
        at[0] += y;
        at[1] += scale;
    }
    w.places.income = crate::world::smooth_group_means(&income);
    w.places.start_income = w.places.income.clone();
    w.places.farm_income = farm
        .iter()
        .map(|x| if x[1] > 0.0 { x[0] / x[1] } else { 1.0 })
        .collect();
    w.places.start_farm_income = w.places.farm_income.clone();
    w.places.price = vec![1.0; inside];
    w.places.start_price = vec![1.0; inside];
    w.places.start_rent = w.housing.rent.clone();
    w.places.service = crate::world::service_level(w);
    w.places.start_service = w.places.service.clone();
    let mut holders = vec![0.0; inside];
    for i in (0..w.workers.len()).filter(|&i| w.workers.plot_m2[i] > 0) {
        holders[w.farming.village_region[w.workers.village[i] as usize] as usize] += 1.0;
    }
    // rent of the mean plot over the mean income of a farming household
    w.places.land_value = (0..inside)
        .map(|r| {
            let plots: f64 = w.farming.contracted_m2[r] as f64 * w.farming.rent[r];
            let farmers = farm[r][1] / scale;
            if farmers > 0.0 {
                plots / farmers.max(1.0) / (farm[r][0] / farmers).max(1.0)
            } else {
                0.0
            }
        })
        .collect();
    // people who were eligible for a local hukou before the start and had not taken it
    for i in 0..w.workers.len() {
        let (r, o) = (w.workers.region[i] as usize, w.workers.hukou[i] as usize);
        if r < inside && r != o {
            let needed = 4.0 * w.rules[r].hukou.years_required;
            if f64::from(w.workers.credit[i]) >= needed {
                w.workers.flags[i] |= flag::DECLINED;
            }
        }
    }
    w.quarter = crate::world::Quarter::default();
}
