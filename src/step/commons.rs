//! What firms use beside their own and bought data: public data and the computing hub; and the building of the hub.

use super::purse;
use crate::agents::firms::SECTORS;
use crate::base::draws::{self, Stage};
use crate::base::split::split;
use crate::books::{Flow, Tally};
use crate::markets::{computing, public_data};
use crate::world::World;
use std::array::from_fn;

/// Public data and computing of the quarter, known before firms are asked.
struct Offer {
    rho_eta: f64,
    /// Public data to a user, by firm sector [units].
    common: [f64; SECTORS],
    /// Hub's part of the quantity of computing.
    hub_part: f64,
    /// Services of data relative to the start.
    services: f64,
}

/// Every firm uses public data if it can, and computing at the price that clears; districts take fees and pay for what
/// they open. `mean` are data of the average firm by sector.
pub(super) fn use_commons(w: &mut World, t: &mut Tally, mean: [f64; SECTORS]) {
    let hub = w.hub.size();
    let price = computing::price(hub);
    w.quarter.computing_price = price;
    let offer = Offer {
        rho_eta: w.rho_eta(),
        common: from_fn(|s| w.params.public_data.reach * mean[s]),
        hub_part: hub * price,
        services: computing::factor(&w.params.computing, price),
    };
    let mut luck = w.draws().stream(Stage::PublicData, 0, 1).at(0);
    for f in 0..w.firms.len() {
        let draw = draws::unit(luck.word_of(w.firms.generation[f]));
        serve(w, t, &offer, f, draw);
    }
    for r in 0..w.geography.inside {
        let (now, start) = (&w.rules[r].public_data, &w.places.start_rules[r].public_data);
        let each = public_data::opening_cost(&w.params.public_data, now, start);
        let people = (w.census[r].locals + w.census[r].others) * f64::from(w.scale);
        w.quarter.programmes[r] += (each * people) as i64;
    }
}

/// Firm `f`, whose persistent draw is `draw`, uses what is offered and pays for it as far as it has money.
fn serve(w: &mut World, t: &mut Tally, offer: &Offer, f: usize, draw: f64) {
    let (r, s, weight) = (w.firms.region(f), w.firms.sector(f), w.firms.weight[f]);
    let p = &w.params.public_data;
    let size = w.firms.size(f, f64::from(w.scale));
    let law = &w.rules[r].public_data;
    let uses = draw < public_data::users(p, law, s, size);
    let used = draw < public_data::users(p, &w.places.start_rules[r].public_data, s, size);
    let (own, common) = (w.firms.data_used[f], offer.common[s]);
    w.firms.data_used[f] = own * public_data::factor(own, common, uses, used) * offer.services;
    let revenue = w.firms.revenue[f] as f64;
    if uses && law.fee > 0.0 {
        let fee = law.fee * public_data::worth(offer.rho_eta, revenue / weight, common, own) * weight;
        purse::to_district(w, t, Flow::PublicDataFee, f, fee as i64);
    }
    if offer.hub_part > 0.0 {
        let hub = offer.hub_part * computing::spending(&w.params.computing, offer.rho_eta, revenue);
        purse::to_district(w, t, Flow::ComputingFee, f, (w.rules[r].computing.hub_fee * hub) as i64);
    }
    if w.geography.in_city[r] && weight > 0.0 {
        let large = usize::from(size >= w.params.public_data.small_firm);
        let q = &mut w.quarter;
        q.public_users[large][0] += if uses { weight } else { 0.0 };
        q.public_users[large][1] += weight;
        q.data_use[0] += weight * (w.firms.data_used[f] / w.firms.data[f].max(1e-9)).max(1e-9).ln();
        q.data_use[1] += weight;
    }
}

/// Districts build the hub that the law wants, out of bonds.
pub(super) fn build_hub(w: &mut World, t: &mut Tally, spending: &mut [Vec<i64>]) {
    let buyer = w.buyer_prices();
    let unit = computing::cost_of_capacity(&w.params.computing, w.params.firms.required_return);
    let share = w.params.goods.capital_industry_share;
    for r in 0..w.geography.inside {
        let wanted = w.rules[r].computing.hub_share * w.hub.start[r];
        let built = w.hub.build(&w.params.computing, r, wanted);
        let cost = (built * unit * w.capital_price(&buyer, r)) as i64;
        if cost == 0 {
            continue;
        }
        let bank = w.geography.bank[r] as usize;
        let gov = &mut w.governments;
        t.sell_bonds(bank, &mut gov.deposits[r], &mut gov.bonds[r], cost);
        let district = (&mut gov.deposits[r], bank);
        t.pay(Flow::ComputingHub, district, (&mut w.clearing, 0), cost);
        let mut parts = [0i64; 2];
        split(cost, &[share, 1.0 - share], &mut parts);
        spending[1][r] += parts[0];
        spending[3][r] += parts[1];
        w.quarter.hub_spending[r] = cost;
    }
}
