//! What firms use beside their own and bought data: public data and the computing hub; and the building of the hub.

use crate::agents::firms::SECTORS;
use crate::base::blocks::{self, FIRM_BLOCK};
use crate::base::draws::{self, Stage};
use crate::base::lanes::Lanes;
use crate::base::split::split;
use crate::books::{Flow, Sector, Tally, Till};
use crate::markets::{computing, public_data};
use crate::world::World;
use std::array::from_fn;
use std::mem::take;
use std::ops::Range;

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
    let luck = w.draws().stream(Stage::PublicData, 0, 1);
    let (mut used, mut deposits) = (take(&mut w.firms.data_used), take(&mut w.firms.deposits));
    let view: &World = w;
    let open = || vec![Till::default(); view.geography.inside];
    let block = |start: usize, (used, deposits): (&mut [f64], &mut [i64]), tills: &mut Vec<Till>| {
        let mut luck = luck.at(start);
        let mut uses = Vec::with_capacity(used.len());
        for (c, run, _) in view.firms.runs(start..start + used.len()) {
            let able = able(view, c, &run);
            for (k, f) in run.enumerate() {
                let draw = draws::unit(luck.word_of(view.firms.generation[f]));
                let uses_public = able.each_ref().map(|able| draw < able.numbers()[k]);
                let account = (&mut used[f - start], &mut deposits[f - start]);
                let till = &mut tills[view.firms.region(f)];
                uses.push(serve(view, &offer, (f, uses_public), account, till));
            }
        }
        uses
    };
    let (uses, tills) = blocks::map_into(FIRM_BLOCK, (&mut used[..], &mut deposits[..]), open, block);
    (w.firms.data_used, w.firms.deposits) = (used, deposits);
    tills.iter().for_each(|tills| districts(w, t, tills));
    uses.into_iter().flatten().enumerate().for_each(|(f, u)| count(w, f, u));
    for r in 0..w.geography.inside {
        let (now, start) = (&w.rules[r].public_data, &w.places.start_rules[r].public_data);
        let each = public_data::opening_cost(&w.params.public_data, now, start);
        let people = (w.census[r].locals + w.census[r].others) * f64::from(w.scale);
        w.quarter.programmes[r] += (each * people) as i64;
    }
}

/// How a firm uses data.
struct Use {
    /// Log of services of data over own data.
    log: f64,
    public: bool,
    large: bool,
}

/// Share of firms as large as those of a `run` of cell `c` that use public data, now and under the law of the start.
fn able(w: &World, c: usize, run: &Range<usize>) -> [Lanes; 2] {
    let (p, r) = (&w.params.public_data, c / SECTORS);
    let size = Lanes::of(run, |f| w.firms.size(f, f64::from(w.scale)));
    let (law, start) = (&w.rules[r].public_data, &w.places.start_rules[r].public_data);
    [law, start].map(|law| public_data::users(p, law, c % SECTORS, size))
}

/// Firm `f`, which `uses` public data and has `used` them under the law of the start, uses what is offered and pays for it as
/// far as it has money.
fn serve(
    w: &World,
    offer: &Offer,
    (f, [uses, used]): (usize, [bool; 2]),
    (data, account): (&mut f64, &mut i64),
    till: &mut Till,
) -> Use {
    let (r, s, weight) = (w.firms.region(f), w.firms.sector(f), w.firms.weight[f]);
    let p = &w.params.public_data;
    let size = w.firms.size(f, f64::from(w.scale));
    let law = &w.rules[r].public_data;
    let (own, common) = (*data, offer.common[s]);
    *data = own * public_data::factor(own, common, uses, used) * offer.services;
    let revenue = w.firms.revenue[f] as f64;
    let mut pay = |flow: Flow, due: i64| {
        let paid = due.min(*account).max(0);
        till.pay(flow, account, paid);
    };
    if uses && law.fee > 0.0 {
        let fee = law.fee * public_data::worth(offer.rho_eta, revenue / weight, common, own) * weight;
        pay(Flow::PublicDataFee, fee as i64);
    }
    if offer.hub_part > 0.0 {
        let hub = offer.hub_part * computing::spending(&w.params.computing, offer.rho_eta, revenue);
        pay(Flow::ComputingFee, (w.rules[r].computing.hub_fee * hub) as i64);
    }
    Use {
        log: (*data / w.firms.data[f].max(1e-9)).max(1e-9).ln(),
        public: uses,
        large: size >= p.small_firm,
    }
}

/// Districts receive the fees of their firms, by region.
fn districts(w: &mut World, t: &mut Tally, tills: &[Till]) {
    for (r, till) in tills.iter().enumerate() {
        let bank = w.geography.bank[r] as usize;
        t.enter(Sector::Firms, bank, till);
        for flow in [Flow::PublicDataFee, Flow::ComputingFee] {
            w.governments.revenue[r] += till.moved(flow);
            t.pay_in(flow, bank, &mut w.governments.deposits[r], till.moved(flow));
        }
    }
}

/// Counts what firm `f` of the city uses.
fn count(w: &mut World, f: usize, u: Use) {
    let weight = w.firms.weight[f];
    if w.geography.in_city[w.firms.region(f)] && weight > 0.0 {
        let q = &mut w.quarter;
        let users = &mut q.public_users[usize::from(u.large)];
        users[0] += if u.public { weight } else { 0.0 };
        users[1] += weight;
        q.data_use[0] += weight * u.log;
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
