//! A year of rural construction land: homesteads are given up, quotas are sold or follow people, land changes its use.

use crate::base::blocks;
use crate::base::split::split_i64;
use crate::books::{Flow, LandUse, Tally};
use crate::markets::rural_land::{self, CLASSES, District};
use crate::world::{World, plots};

/// Quarters of a year.
const QUARTERS: f64 = 4.0;

/// Exits, inspection, the call, quotas by people, conversion.
pub(super) fn year(w: &mut World, t: &mut Tally) {
    w.rural.plots_m2 = plots(w);
    let inside = w.geography.inside;
    let mut change = vec![0i64; inside];
    for r in 0..inside {
        exits(w, t, r);
        inspect(w, t, r);
    }
    for city in [true, false] {
        let members: Vec<usize> = (0..inside).filter(|&r| w.geography.in_city[r] == city).collect();
        call(w, t, &members, &mut change);
        by_people(w, &members, &mut change);
    }
    by_settlers(w, &mut change);
    release(w, t, &change);
    build_on(w, t, &change);
}

/// Money for the plot holders of region `r`: it waits at the clearing house for the settlement of the quarter, where
/// holders with home `class` (or all) get it by plots.
pub(super) fn hand_over(w: &mut World, r: usize, class: Option<usize>, money: i64) {
    w.quarter.land.rural_income[r] += money;
    let plots = &w.rural.plots_m2[r];
    let shares = |k: usize| class.is_none_or(|class| class == k);
    let m2: i64 = (0..CLASSES).filter(|&k| shares(k)).map(|k| plots[k]).sum();
    if m2 > 0 {
        let each = money as f64 / m2 as f64;
        let pay = &mut w.rural.pay[r];
        (0..CLASSES).filter(|&k| shares(k)).for_each(|k| pay[k] += each);
    }
}

/// District `r` pays the clearing house out of what land brings it.
fn district_pays(w: &mut World, t: &mut Tally, flow: Flow, r: usize, money: i64) {
    let bank = w.geography.bank[r] as usize;
    w.governments.revenue[r] -= money;
    let district = (&mut w.governments.deposits[r], bank);
    t.pay(flow, district, (&mut w.clearing, 0), money);
}

/// Part of those whom the terms of today make willing, and the terms of the start did not, give their homesteads up.
fn exits(w: &mut World, t: &mut Tally, r: usize) {
    let p = w.params.rural_land.clone();
    let (law, start) = (w.rules[r].rural_land.clone(), &w.places.start_rules[r].rural_land);
    let now = rural_land::offer(&p, &law, 0.01 * w.rural.price[r]);
    let then = rural_land::offer(&p, start, 0.01 * w.rural.normal_price[r]);
    for class in 0..CLASSES {
        let willing = rural_land::willing(&p, class, now) - rural_land::willing(&p, class, then);
        let held = w.rural.start_homestead_m2[r] as f64 * w.rural.home_share(r, class);
        let wanted = p.exit_speed * (willing * held - w.rural.given_up_m2[r][class]);
        let m2 = (wanted.max(0.0) as i64).min(w.rural.homestead_m2[r]);
        w.rural.homestead_m2[r] -= m2;
        w.rural.pending_m2[r] += m2;
        w.rural.given_up_m2[r][class] += m2 as f64;
        w.quarter.land.exits_m2[r] += m2;
        let support = (m2 as f64 * 100.0 * law.exit_support) as i64;
        district_pays(w, t, Flow::ExitSupport, r, support);
        hand_over(w, r, Some(class), support);
    }
}

/// Reclaimed homesteads pass inspection: the collectives have farmland for them, and a quota each square metre.
fn inspect(w: &mut World, t: &mut Tally, r: usize) {
    let lag = w.rules[r].rural_land.inspection_lag;
    let passed = (w.rural.pending_m2[r] as f64 / lag.max(1.0)) as i64;
    if passed > 0 && to_villages(w, r, passed) {
        w.rural.pending_m2[r] -= passed;
        w.rural.quota_m2[r] += passed;
        t.convert_land(r, LandUse::Rural, LandUse::Farm, passed);
    }
}

/// Gives farmland to the collectives of region `r` in equal parts; `false` if it has none.
fn to_villages(w: &mut World, r: usize, m2: i64) -> bool {
    let villages: Vec<usize> = (0..w.farming.village_region.len())
        .filter(|&v| w.farming.village_region[v] as usize == r)
        .collect();
    if villages.is_empty() {
        return false;
    }
    let mut parts = vec![0i64; villages.len()];
    split_i64(m2, &vec![1; villages.len()], &mut parts);
    for (v, part) in villages.into_iter().zip(parts) {
        w.farming.returned_m2[v] += part;
    }
    w.farming.contracted_m2[r] += m2;
    true
}

/// Most that the reserve of region `r` can lose in a year to other districts [m2].
fn spare(w: &World, r: usize) -> f64 {
    if w.farming.contracted_m2[r] > 0 {
        0.25 * w.land.reserve_m2[r].max(0) as f64
    } else {
        0.0
    }
}

/// The call of a pool: tied quotas are bought where they were made, the others go to who pays most, with part of the
/// districts' own plan quotas. `change` adds what regions build on (positive) or leave unbuilt.
fn call(w: &mut World, t: &mut Tally, members: &[usize], change: &mut [i64]) {
    let p = w.params.rural_land.clone();
    let law: Vec<[f64; 2]> = members
        .iter()
        .map(|&r| &w.rules[r].rural_land)
        .map(|law| [law.pool_share, 100.0 * law.quota_floor])
        .collect();
    let floor = law.iter().map(|law| law[1]).fold(0.0, f64::max);
    let quotas = members.iter().map(|&r| w.rural.quota_m2[r] as f64);
    let free: Vec<i64> = quotas.zip(&law).map(|(m2, law)| (law[0] * m2) as i64).collect();
    let district = |(k, &r): (usize, &usize)| District {
        tied: (w.rural.quota_m2[r] - free[k]) as f64,
        plan: law[k][0] * (p.plan_rate * w.land.start_m2[r]).min(spare(w, r)),
        ..w.district(r)
    };
    let districts: Vec<District> = members.iter().enumerate().map(district).collect();
    let price = rural_land::clear(&districts, free.iter().sum::<i64>() as f64, floor);
    let trades: Vec<i64> = districts.iter().map(|d| d.trade(price, floor) as i64).collect();
    let sides = sides(&trades, &free);
    for (k, &r) in members.iter().enumerate() {
        let own = districts[k].own_price(law[k][1]);
        let tied = districts[k].own_use(law[k][1]) as i64;
        let paid = (tied as f64 * own) as i64;
        district_pays(w, t, Flow::QuotaBought, r, paid);
        quota_money(w, r, paid);
        w.rural.quota_m2[r] -= tied + sides.quotas[k];
        w.quarter.land.quotas_m2[r] += tied + sides.bought[k];
        change[r] += tied + sides.bought[k] - sides.plans[k];
        w.rural.price[r] = own + law[k][0] * (price - own);
    }
    settle_call(w, t, members, &sides, price);
}

/// Buyers pay the price of the call; districts that sold plan quotas and the makers of quotas share it by what they sold.
fn settle_call(w: &mut World, t: &mut Tally, members: &[usize], sides: &Sides, price: f64) {
    let mut money = 0;
    for (&r, &m2) in members.iter().zip(&sides.bought) {
        let paid = (m2 as f64 * price) as i64;
        district_pays(w, t, Flow::QuotaBought, r, paid);
        money += paid;
    }
    let sold: Vec<i64> = sides.quotas.iter().zip(&sides.plans).map(|(q, s)| q + s).collect();
    let mut parts = vec![0i64; sold.len()];
    split_i64(money, &sold, &mut parts);
    for (k, &r) in members.iter().enumerate() {
        let plan = (i128::from(parts[k]) * i128::from(sides.plans[k]) / i128::from(sold[k].max(1))) as i64;
        let bank = w.geography.bank[r] as usize;
        w.governments.revenue[r] += plan;
        let district = (&mut w.governments.deposits[r], bank);
        t.pay(Flow::QuotaSold, (&mut w.clearing, 0), district, plan);
        quota_money(w, r, parts[k] - plan);
    }
}

/// Both sides of the call after rationing, by member [m2].
struct Sides {
    bought: Vec<i64>,
    /// Quotas of households sold.
    quotas: Vec<i64>,
    /// Plan quotas sold.
    plans: Vec<i64>,
}

/// The long side is cut in proportion.
fn sides(trades: &[i64], free: &[i64]) -> Sides {
    let n = trades.len();
    let wanted: Vec<i64> = trades.iter().map(|&x| x.max(0)).collect();
    let offered: Vec<i64> = free
        .iter()
        .copied()
        .chain(trades.iter().map(|&x| (-x).max(0)))
        .collect();
    let traded = wanted.iter().sum::<i64>().min(offered.iter().sum());
    let (mut bought, mut sold) = (vec![0i64; n], vec![0i64; 2 * n]);
    split_i64(traded, &wanted, &mut bought);
    split_i64(traded, &offered, &mut sold);
    let plans = sold.split_off(n);
    Sides {
        bought,
        quotas: sold,
        plans,
    }
}

/// What quotas made in region `r` fetched: the households' share to those who gave homesteads up, by home, the rest to
/// all members of the collectives.
fn quota_money(w: &mut World, r: usize, money: i64) {
    let share = w.rules[r].rural_land.household_share;
    let given = w.rural.given_up_m2[r];
    let all: f64 = given.iter().sum();
    let mut rest = money;
    for (class, m2) in given.into_iter().enumerate() {
        if all > 0.0 {
            let part = (share * money as f64 * m2 / all) as i64;
            rest -= part;
            hand_over(w, r, Some(class), part);
        }
    }
    hand_over(w, r, None, rest);
}

/// The part of the yearly plan quota that follows residents instead of the urban land of the start: districts with many
/// people get what others lose.
fn by_people(w: &World, members: &[usize], change: &mut [i64]) {
    let rate = w.params.rural_land.plan_rate;
    let people = |r: usize| w.census[r].locals + w.census[r].others;
    let (land, heads) = members
        .iter()
        .fold((0.0, 0.0), |(m2, n), &r| (m2 + w.land.start_m2[r], n + people(r)));
    let shift = |&r: &usize| {
        let follow = rate * w.rules[r].urban_land.quota_follows_people;
        let x = follow * (land * people(r) / f64::max(heads, 1.0) - w.land.start_m2[r]);
        let most = w.params.rural_land.largest_conversion * w.farming.contracted_m2[r] as f64;
        x.clamp(-spare(w, r), most) as i64
    };
    let shifts: Vec<i64> = members.iter().map(shift).collect();
    let gain: Vec<i64> = shifts.iter().map(|&x| x.max(0)).collect();
    let loss: Vec<i64> = shifts.iter().map(|&x| (-x).max(0)).collect();
    let moved = gain.iter().sum::<i64>().min(loss.iter().sum());
    let (mut up, mut down) = (vec![0i64; gain.len()], vec![0i64; gain.len()]);
    split_i64(moved, &gain, &mut up);
    split_i64(moved, &loss, &mut down);
    for (k, &r) in members.iter().enumerate() {
        change[r] += up[k] - down[k];
    }
}

/// Construction land for the people who took a local hukou in the year, beyond those of the start: their trend is part of
/// the districts' trend, so that fewer settlers leave land unbuilt.
fn by_settlers(w: &mut World, change: &mut [i64]) {
    for (r, change) in change.iter_mut().enumerate() {
        let beyond = w.rural.settlers[r] - QUARTERS * w.rural.normal_settlers[r];
        let most = w.params.rural_land.largest_conversion * w.farming.contracted_m2[r] as f64;
        *change += (w.rules[r].urban_land.quota_per_settler * beyond).clamp(-spare(w, r), most) as i64;
    }
    w.rural.settlers.fill(0.0);
}

/// Districts that build less than their trend: part of the reserve is farmland of the collectives again.
fn release(w: &mut World, t: &mut Tally, change: &[i64]) {
    for (r, &change) in change.iter().enumerate() {
        let m2 = (-change).min(w.land.reserve_m2[r]);
        if m2 > 0 && to_villages(w, r, m2) {
            w.land.reserve_m2[r] -= m2;
            t.convert_land(r, LandUse::Urban, LandUse::Farm, m2);
        }
    }
}

/// Farmland that districts build on is taken from all plots alike, for compensation; the new urban land joins the
/// reserves for housing and for firms. The district also buys the works.
fn build_on(w: &mut World, t: &mut Tally, change: &[i64]) {
    if change.iter().all(|&m2| m2 <= 0) {
        return;
    }
    let p = w.params.rural_land.clone();
    let taken = take(w, change);
    for (r, m2) in taken.into_iter().enumerate() {
        w.farming.contracted_m2[r] -= m2;
        t.convert_land(r, LandUse::Farm, LandUse::Urban, m2);
        let homes = (p.residential_share * m2 as f64) as i64;
        w.land.housing_reserve_m2[r] += homes;
        w.land.reserve_m2[r] += m2 - homes;
        let compensation = 100.0 * p.acquisition_price;
        let paid = (m2 as f64 * compensation) as i64;
        district_pays(w, t, Flow::FarmlandTaken, r, paid);
        hand_over(w, r, None, paid);
        let works = (w.rural.cost_share * w.residential_margin(r) - compensation).max(0.0);
        w.quarter.programmes[r] += (m2 as f64 * works) as i64;
    }
}

/// Takes about `change` m2 from the plots of every region that builds, in proportion; returns what was taken exactly.
fn take(w: &mut World, change: &[i64]) -> Vec<i64> {
    let inside = w.geography.inside;
    let plots: Vec<i64> = w.rural.plots_m2.iter().map(|homes| homes.iter().sum()).collect();
    let (village, region) = (&w.workers.village, &w.farming.village_region);
    let parts = blocks::map_mut(&mut w.workers.plot_m2, |start, plot| {
        let mut sums = vec![0i64; inside];
        for (k, plot) in plot.iter_mut().enumerate().filter(|(_, plot)| **plot != 0) {
            let r = region[village[start + k] as usize] as usize;
            if change[r] > 0 && plots[r] > change[r] {
                let part = i128::from(*plot) * i128::from(change[r]) / i128::from(plots[r]);
                *plot -= part as u32;
                sums[r] += part as i64;
            }
        }
        sums
    });
    let mut taken = vec![0i64; inside];
    for part in parts {
        taken.iter_mut().zip(part).for_each(|(t, x)| *t += x);
    }
    taken
}
