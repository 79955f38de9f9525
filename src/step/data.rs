//! The data stage: one exchange a sector; data are shared, subscribed to, paid for.

use super::commons;
use crate::agents::firms::SECTORS;
use crate::base::blocks::{self, FIRM_BLOCK};
use crate::base::draws::{self, Stage};
use crate::base::split::split;
use crate::base::stats::normal_quantile;
use crate::books::{Flow, Tally};
use crate::markets::data::{self as exchange, Member, Pool, Subscriptions};
use crate::world::World;
use std::mem::take;

/// The exchange of every sector opens, and what every firm can use is settled.
pub(super) fn run(w: &mut World) -> Tally {
    let mut t = Tally::default();
    let p = w.params.data.clone();
    let rho_eta = w.rho_eta();
    let mut mean = [0.0; SECTORS];
    for (s, members) in meet(w).into_iter().enumerate() {
        let all = (s..w.cell_count()).step_by(SECTORS).flat_map(|c| w.firms_of(c));
        let pool = exchange::pool(&w.firms, all, &members);
        if pool.all <= 0.0 {
            continue;
        }
        w.quarter.data_shared[s] = pool.share();
        mean[s] = pool.all / pool.firms;
        let offered = pool.offered(&p);
        let subscriptions = exchange::subscribe(&p, rho_eta, offered, &w.firms, &members);
        let left = collect(w, &mut t, &subscriptions, offered);
        pay_holders(w, &mut t, &pool, left);
        let pay = exchange::pay_in_sight(&p, rho_eta, &pool, subscriptions.connected, left as f64);
        w.data_pay[s] += 0.25 * (pay - w.data_pay[s]);
    }
    commons::use_commons(w, &mut t, mean);
    t
}

/// Last quarter's sales become data. Connected firms by sector, and whether they share; who is connected and who fears
/// rivals is the firm's own luck.
fn meet(w: &mut World) -> [Vec<Member>; SECTORS] {
    let luck = w.draws().stream(Stage::Data, 0, 2);
    let (mut data, mut used) = (take(&mut w.firms.data), take(&mut w.firms.data_used));
    let (view, p, rho_eta): (&World, _, _) = (w, &w.params.data, w.rho_eta());
    let block = |start: usize, (data, used): (&mut [f64], &mut [f64]), (): &mut ()| {
        let mut luck = luck.at(start);
        let mut members: [Vec<Member>; SECTORS] = Default::default();
        for (f, (data, used)) in (start..).zip(data.iter_mut().zip(used)) {
            let luck = [0; 2].map(|_| draws::unit(luck.word_of(view.firms.generation[f])));
            if view.firms.weight[f] <= 0.0 {
                continue;
            }
            let revenue = exchange::revenue(&view.firms, f);
            *data = exchange::aged(p, *data, revenue);
            *used = *data;
            let law = &view.rules[view.firms.region(f)].data;
            if luck[0] < law.connected_share {
                let s = view.firms.sector(f);
                let fear = (p.fear_sd * normal_quantile(luck[1])).exp();
                let shares = exchange::shares(view.data_pay[s], *data, law.sharing_loss, rho_eta, revenue, fear);
                members[s].push(Member { firm: f, shares });
            }
        }
        members
    };
    let columns = (&mut data[..], &mut used[..]);
    let (parts, _) = blocks::map_into(FIRM_BLOCK, columns, || (), block);
    let mut all: [Vec<Member>; SECTORS] = Default::default();
    for part in parts {
        all.iter_mut().zip(part).for_each(|(all, part)| all.extend(part));
    }
    (w.firms.data, w.firms.data_used) = (data, used);
    all
}

/// Subscribers pay and use the pool; districts take the exchange's fee. Returns what is left for holders [fen].
fn collect(w: &mut World, t: &mut Tally, subscriptions: &Subscriptions, offered: f64) -> i64 {
    let mut left = 0;
    for &f in &subscriptions.buyers {
        let r = w.firms.region(f);
        let bank = w.geography.bank[r] as usize;
        let due = (subscriptions.price * w.firms.weight[f]) as i64;
        w.firms.data_used[f] = w.firms.data[f] + offered;
        let buyer = (&mut w.firms.deposits[f], bank);
        t.pay(Flow::DataBought, buyer, (&mut w.clearing, 0), due);
        if w.geography.in_city[r] {
            w.quarter.data_bought += due;
        }
        let fee = (due as f64 * w.rules[r].data.exchange_fee) as i64;
        w.governments.revenue[r] += fee;
        let district = (&mut w.governments.deposits[r], bank);
        t.pay(Flow::DataFee, (&mut w.clearing, 0), district, fee);
        left += due - fee;
    }
    left
}

/// Holders are paid by what they share; without holders the exchange keeps what came in, as a fee to the city.
fn pay_holders(w: &mut World, t: &mut Tally, pool: &Pool, left: i64) {
    let holders = &pool.holders;
    let weights: Vec<f64> = holders.iter().map(|&f| w.firms.data[f] * w.firms.weight[f]).collect();
    let mut parts = vec![0i64; holders.len()];
    let rest = split(left, &weights, &mut parts);
    for (&f, &part) in holders.iter().zip(&parts) {
        let bank = w.geography.bank[w.firms.region(f)] as usize;
        let holder = (&mut w.firms.deposits[f], bank);
        t.pay(Flow::DataSold, (&mut w.clearing, 0), holder, part);
    }
    let m = w.municipality();
    w.governments.revenue[m] += rest;
    let city = (&mut w.governments.deposits[m], 0);
    t.pay(Flow::DataFee, (&mut w.clearing, 0), city, rest);
}
