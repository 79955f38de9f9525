//! Birth of places: start shares of every origin, and the start values of what movers compare.

use super::population::Population;
use crate::agents::workers::{GROUPS, Status, flag};
use crate::scenario::seed::SeedEconomy;
use crate::world::{Quarter, World, home_class, service_level, smooth_group_means};

/// Start shares, homes and families of the residents, and what movers know.
pub(super) fn places(w: &mut World, data: &SeedEconomy, population: &Population) {
    start_shares(w, data, population);
    w.places.outside_review = w.review_rate_of_outsiders();
    w.places.high_share = high_shares(w);
    homes(w);
    families(w);
    incomes(w);
    let inside = w.geography.inside;
    w.places.price = vec![1.0; inside];
    w.places.start_price = vec![1.0; inside];
    w.places.start_rent = w.housing.rent.clone();
    w.places.service = service_level(w);
    w.places.start_service = w.places.service.clone();
    declined(w);
    w.quarter = Quarter::default();
}

/// Log shares of places by origin and hukou kind; an outside origin's own share is its labour force (half of the
/// employed of each kind) that stayed.
fn start_shares(w: &mut World, data: &SeedEconomy, population: &Population) {
    let (inside, all) = (w.geography.inside, w.geography.all());
    let mut outside_people = vec![[0.0; 2]; all - inside];
    for o in 0..all {
        for kind in 0..2 {
            let mut stock = population.stock[o][kind].clone();
            if o >= inside {
                let away: f64 = stock.iter().sum();
                stock[o] = 0.5 * data.outside[o - inside].employed - away;
                outside_people[o - inside][kind] = stock[o];
            }
            let total: f64 = stock.iter().sum();
            let log_share = |x: &f64| {
                if *x > 0.0 && total > 0.0 {
                    (x / total).ln()
                } else {
                    f64::NEG_INFINITY
                }
            };
            w.places.log_share.push(stock.iter().map(log_share).collect());
        }
    }
    w.places.outside_people = outside_people;
}

/// Share of high skill off the farm by hukou region and kind.
fn high_shares(w: &World) -> Vec<f64> {
    let mut high = vec![[0.0f64; 2]; 2 * w.geography.all()];
    for i in (0..w.workers.len()).filter(|&i| w.workers.status[i] != Status::Farm) {
        let k = usize::from(w.workers.flags[i] & flag::RURAL_HUKOU != 0);
        let at = &mut high[2 * w.workers.hukou[i] as usize + k];
        at[0] += f64::from(u8::from(w.workers.flags[i] & flag::HIGH_SKILL != 0));
        at[1] += 1.0;
    }
    let share = |h: &[f64; 2]| if h[1] > 0.0 { h[0] / h[1] } else { 0.1 };
    high.iter().map(share).collect()
}

/// Off the farm: share of rural hukou holders at home who live in the village, share of migrants who rent.
fn homes(w: &mut World) {
    let inside = w.geography.inside;
    let mut homes = vec![[0.0; 4]; inside];
    for i in 0..w.workers.len() {
        let (r, o) = (w.workers.region[i] as usize, w.workers.hukou[i] as usize);
        let flags = w.workers.flags[i];
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
}

/// Mean dependants by region and home.
fn families(w: &mut World) {
    let inside = w.geography.inside;
    let mut family = vec![[[0.0; 3]; 3]; inside];
    for i in 0..w.workers.len() {
        let r = w.workers.region[i] as usize;
        if r < inside {
            let f = &mut family[r][home_class(w.workers.flags[i], w.workers.hukou[i], w.workers.region[i])];
            f[0] += f64::from(w.workers.old[i]);
            f[1] += f64::from(w.workers.young[i]);
            f[2] += 1.0;
        }
    }
    let mean = |f: [f64; 3]| [f[0] / f64::max(f[2], 1.0), f[1] / f64::max(f[2], 1.0)];
    w.places.family = family.iter().map(|f| f.map(mean)).collect();
}

/// News of incomes at the start.
fn incomes(w: &mut World) {
    let inside = w.geography.inside;
    let scale = f64::from(w.scale);
    let mut income = vec![[[0.0; 2]; GROUPS]; inside];
    let mut farm = vec![[0.0; 2]; inside];
    for i in 0..w.workers.len() {
        let r = w.workers.region[i] as usize;
        if r >= inside {
            continue;
        }
        let at = if w.workers.status[i] == Status::Farm {
            &mut farm[r]
        } else {
            &mut income[r][w.workers.group(i)]
        };
        at[0] += f64::from(w.workers.permanent_income[i]);
        at[1] += scale;
    }
    w.places.income = smooth_group_means(&income);
    w.places.start_income = w.places.income.clone();
    let mean = |x: &[f64; 2]| if x[1] > 0.0 { x[0] / x[1] } else { 1.0 };
    w.places.farm_income = farm.iter().map(mean).collect();
    w.places.start_farm_income = w.places.farm_income.clone();
}

/// People who were eligible for a local hukou before the start and had not taken it.
fn declined(w: &mut World) {
    for i in 0..w.workers.len() {
        let (r, o) = (w.workers.region[i] as usize, w.workers.hukou[i] as usize);
        if r < w.geography.inside && r != o {
            let needed = 4.0 * w.rules[r].hukou.years_required;
            if f64::from(w.workers.credit[i]) >= needed {
                w.workers.flags[i] |= flag::DECLINED;
            }
        }
    }
}
