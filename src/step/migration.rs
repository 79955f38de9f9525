//! The migration stage: reviews of where to live, departures, arrivals, and what becomes known of places.

mod arrivals;
mod home;
mod review;

use crate::agents::workers::{GROUPS, NOBODY, Status, flag};
use crate::books::{CENTRAL, Flow, Tally};
use crate::world::World;
use home::{Lot, Luck};
use review::{option_now, reviews};

pub(super) fn run(w: &mut World) -> Tally {
    let mut t = Tally::default();
    let change = changes(w);
    let lot = Lot::new(w);
    for mover in reviews(w, &change, &lot) {
        relocate(w, &mut t, mover);
    }
    arrivals::arrivals(w, &mut t, &change, &lot);
    news(w);
    t
}

/// Change of the value of every option since the start, by skill and nativity: kappa (u - u0), without what is
/// personal. Index `[group][option]`; group 4 is the farm at home by region.
struct Changes {
    place: [Vec<f64>; GROUPS],
    farm: Vec<f64>,
}

/// Who goes to an option, or stays with tastes drawn anew.
struct Mover {
    i: usize,
    choice: usize,
    redrawn: bool,
    luck: Luck,
}

fn changes(w: &World) -> Changes {
    let inside = w.geography.inside;
    let p = &w.params.migration;
    let h = w.params.housing.share;
    let place = std::array::from_fn(|g| {
        let mut row = vec![0.0; w.geography.all()];
        for (r, x) in row.iter_mut().enumerate().take(inside) {
            let access = |law: &crate::rules::HukouRules| {
                if g >= 2 {
                    law.service_access_permit.max(1e-3).ln()
                } else {
                    0.0
                }
            };
            let services = (w.places.service[r] / w.places.start_service[r]).ln() + access(&w.rules[r].hukou)
                - access(&w.places.start_rules[r].hukou);
            let cost = (1.0 - h) * (w.places.price[r] / w.places.start_price[r]).ln()
                + h * (w.housing.rent[r] / w.places.start_rent[r]).ln();
            let income = (w.places.income[r][g] / w.places.start_income[r][g]).max(0.05).ln();
            *x = p.elasticity * (income - cost + p.service_weight * services);
        }
        row
    });
    let farm = (0..inside)
        .map(|r| {
            let income = (w.places.farm_income[r] / w.places.start_farm_income[r]).max(0.05).ln();
            let reached = |law: &crate::rules::HukouRules| law.village_services.ln();
            let services = (w.places.service[r] / w.places.start_service[r]).ln() + reached(&w.rules[r].hukou)
                - reached(&w.places.start_rules[r].hukou);
            let cost = (1.0 - h) * (w.places.price[r] / w.places.start_price[r]).ln();
            p.elasticity * (income - cost + p.service_weight * services)
        })
        .collect();
    Changes { place, farm }
}

/// Moves a worker to an option; money follows to the new bank, or leaves with who leaves.
fn relocate(w: &mut World, t: &mut Tally, mover: Mover) {
    let Mover {
        i,
        choice,
        redrawn,
        luck,
    } = mover;
    let (inside, all) = (w.geography.inside, w.geography.all());
    if redrawn {
        w.workers.epoch[i] = w.workers.epoch[i].wrapping_add(1);
        w.workers.flags[i] &= !flag::ANCHORED;
    }
    if choice == option_now(w, i) {
        return;
    }
    if w.workers.status[i] == Status::Employed {
        w.firms.heads[w.workers.employer[i] as usize] -= 1;
    }
    w.workers.employer[i] = NOBODY;
    let bank = w.bank_of_worker(i);
    let (from, o) = (w.workers.region[i] as usize, w.workers.hukou[i] as usize);
    let to = if choice == all { o } else { choice };
    let left = (from < inside).then(|| (from, usize::from(w.workers.flags[i] & flag::VILLAGE_HOME != 0)));
    if to >= inside && o >= inside {
        depart(w, t, i);
        return;
    }
    carry_residence(w, i, from, to);
    w.workers.region[i] = to as u8;
    w.workers.status[i] = if choice == all {
        home::till_idle_plot(w, i);
        Status::Farm
    } else if to < inside {
        Status::Unemployed
    } else {
        Status::Away
    };
    home::house(w, i, luck);
    home::family(w, i, luck, left);
    let new_bank = w.bank_of_worker(i);
    if new_bank != bank {
        t.move_account(bank, new_bank, w.workers.deposits[i]);
    }
}

/// A worker from outside goes back there, with family and savings; the slot is free for another.
fn depart(w: &mut World, t: &mut Tally, i: usize) {
    let bank = w.bank_of_worker(i);
    let money = w.workers.deposits[i];
    let outer = &mut w.governments.outer;
    t.pay(
        Flow::Departures,
        (&mut w.workers.deposits[i], bank),
        (outer, CENTRAL),
        money,
    );
    w.fund.units -= i64::from(w.workers.units[i]);
    w.workers.units[i] = 0;
    w.workers.permanent_income[i] = 0.0;
    w.workers.status[i] = Status::Free;
    w.free.insert(i as u32);
    let dependants = i64::from(w.workers.old[i]) + i64::from(w.workers.young[i]);
    (w.workers.old[i], w.workers.young[i]) = (0, 0);
    w.books.people_arrive(-i64::from(w.scale), -dependants);
    let rural = usize::from(w.workers.flags[i] & flag::RURAL_HUKOU != 0);
    let origin = w.workers.hukou[i] as usize - w.geography.inside;
    w.places.outside_people[origin][rural] += f64::from(w.scale);
}

/// Credited residence of a worker who moves: kept inside a city, portable as the law says inside the circle, lost
/// otherwise. Counts the move.
fn carry_residence(w: &mut World, i: usize, from: usize, to: usize) {
    if from == to {
        w.quarter.farm_moves[to] += 1;
        return;
    }
    let credit = f64::from(w.workers.credit[i]);
    let kept = match (w.geography.in_city.get(from), w.geography.in_city.get(to)) {
        (Some(a), Some(b)) if a == b => 1.0,
        (Some(_), Some(_)) => w.rules[to].hukou.years_portable_in_circle,
        _ => 0.0,
    };
    let home = to == w.workers.hukou[i] as usize;
    w.workers.credit[i] = if home { 0 } else { (credit * kept) as u8 };
    w.workers.flags[i] &= !(flag::DECLINED | flag::SETTLED);
    if to < w.geography.inside {
        w.quarter.moves[to] += 1;
    }
}

/// News: incomes, prices and services of every place, smoothed.
fn news(w: &mut World) {
    let inside = w.geography.inside;
    let scale = f64::from(w.scale);
    let speed = w.params.migration.news;
    let buyer = w.buyer_prices();
    let food = w.params.goods.food_share;
    let split = w.params.goods.consumption_split.clone();
    let service = crate::world::service_level(w);
    for r in 0..inside {
        let c = w.census[r];
        for g in 0..GROUPS {
            if c.heads[g] > 0.0 {
                let now = c.income[g] / (c.heads[g] * scale);
                w.places.income[r][g] += speed * (now - w.places.income[r][g]);
            }
        }
        if c.farmers > 0.0 {
            let now = c.farm_income / (c.farmers * scale);
            w.places.farm_income[r] += speed * (now - w.places.farm_income[r]);
        }
        let mut log_price = food * buyer[0][r].ln();
        for s in 0..3 {
            log_price += (1.0 - food) * split[s] * buyer[s + 1][r].ln();
        }
        w.places.price[r] = log_price.exp();
        w.places.service[r] = service[r];
    }
}
