//! State land: prices, transfers between firms, fees, leases that run out, bids, collective land, land for housing.

use crate::agents::firms::{DIGITAL, SECTORS};
use crate::base::blocks::{self, FIRM_BLOCK};
use crate::base::draws::{Stage, Stream};
use crate::base::split::split_i64;
use crate::base::whole::nearest;
use crate::books::{Flow, LandUse, Sector, Tally, Till};
use crate::markets::{rural_land, urban_land};
use crate::rules::Rules;
use crate::world::{World, exit_rate, young};
use std::mem::take;
use std::ops::Range;

/// One quarter of state land, district by district.
pub(super) fn run(w: &mut World, t: &mut Tally) {
    let noise = w.draws().stream(Stage::LandNoise, w.stream_tick(), 1);
    let wedge = w.draws().stream(Stage::LandWedge, 0, 1);
    let stocks = blocks::map_each(w.geography.inside, |r| Stock::of(w, w.firms_of_region(r)));
    for (r, stock) in stocks.iter().enumerate() {
        let firms = w.firms_of_region(r);
        release_idle(w, t, r);
        w.land.price[r] = industrial_price(w, r, stock);
        let law = w.rules[r].clone();
        let plans = plans(w, r, &law, (firms.clone(), stock), &wedge);
        transfer(w, t, (r, &law), firms.clone(), &plans);
        charge(w, t, r, firms.clone(), &plans);
        let bids = bids(w, t, (r, &law), firms.clone(), &plans);
        lease(w, t, (r, &law), firms, bids, &noise);
        renew_residential(w, t, r);
        sell_residential(w, t, r);
    }
}

/// State firms hand idle land to the district, which pays their owner.
fn release_idle(w: &mut World, t: &mut Tally, r: usize) {
    let m2 = (0.25 * w.rules[r].urban_land.state_idle_release * w.land.state_idle_m2[r] as f64) as i64;
    w.land.state_idle_m2[r] -= m2;
    w.land.reserve_m2[r] += m2;
    let owner = w.state_owner(r);
    if owner != r {
        let (bank, owner_bank) = (w.geography.bank[r] as usize, w.bank_of_government(owner));
        let gov = &mut w.governments;
        let paid = (m2 as f64 * w.params.urban_land.idle_price * w.land.price[r]) as i64;
        gov.revenue[r] -= paid;
        gov.revenue[owner] += paid;
        let mut from = gov.deposits[r];
        let to = (&mut gov.deposits[owner], owner_bank);
        t.pay(Flow::IdleLandBought, (&mut from, bank), to, paid);
        gov.deposits[r] = from;
    }
}

/// Sums over the firms of a region.
#[derive(Default)]
struct Stock {
    revenue: f64,
    /// Planned revenue and land held [m2], by sector.
    sectors: [(f64, i64); SECTORS],
}

impl Stock {
    fn of(w: &World, firms: Range<usize>) -> Self {
        let mut stock = Stock::default();
        for f in firms {
            let (planned, held) = &mut stock.sectors[w.firms.sector(f)];
            *planned += w.firms.planned_revenue[f];
            *held += w.firms.land_m2[f];
            stock.revenue += w.firms.revenue[f] as f64;
        }
        stock
    }
}

/// Price of industrial land when the district weighs the tax stream of a square metre, relative to the start, and
/// discounts what its reserve has too much of.
fn industrial_price(w: &World, r: usize, stock: &Stock) -> f64 {
    let (p, law) = (&w.params.urban_land, &w.rules[r]);
    let held: i64 = stock.sectors.iter().map(|(_, held)| held).sum();
    let taxes: f64 = stock.revenue * law.fiscal.production_tax * law.fiscal.production_tax_local;
    let stream = w.land.tax_value[r] * taxes / held.max(1) as f64 / w.land.tax_per_m2[r].max(1e-9);
    let conversion = law.urban_land.conversion_cost;
    urban_land::industrial_price(p, w.land.residential_price[r], stream, conversion)
        * urban_land::reserve_discount(p, w.land.reserve_m2[r] as f64, w.land.normal_reserve[r])
}

/// What a firm wants of land, and what the administration admits it to [m2]; what a square metre of its sector makes
/// over what its own makes, for the fee [ratio].
struct Plan {
    wanted: f64,
    admitted: f64,
    output: f64,
}

/// Plans of the firms of region `r` at the price of the quarter: the land of the first-order condition, where young firms
/// with flexible leases count with less lost when they close; the land admitted, less what evaluation by output makes
/// too dear.
fn plans(w: &World, r: usize, law: &Rules, (firms, stock): (Range<usize>, &Stock), wedge: &Stream) -> Vec<Plan> {
    let (p, required) = (&w.params.urban_land, w.params.firms.required_return);
    let land = &law.urban_land;
    let price = w.land.price[r];
    let renewal =
        urban_land::renewal(land, required) / urban_land::renewal(&w.places.start_rules[r].urban_land, required);
    let holding = renewal * urban_land::holding_cost(required, land.lease_term, price);
    let dearer = 1.0 + 0.25 * land.evaluation_fee * price / holding;
    blocks::map_firms(
        firms.len(),
        |k| wedge.at(firms.start + k),
        |wedge, k| {
            let f = firms.start + k;
            let tech = w.cells.technology[w.firms.cell[f] as usize];
            let revenue = w.firms.planned_revenue[f];
            let saving = if land.flexible_share > 0.0 && young(w, f) {
                let closes = exit_rate(&w.params.firms, w.firms.size(f, f64::from(w.scale)));
                urban_land::lease_saving(p, land, required, closes)
            } else {
                1.0
            };
            let wanted = tech.input_wanted(tech.gamma, law.fiscal.production_tax, revenue, holding * saving);
            let (sales, m2) = stock.sectors[w.firms.sector(f)];
            let mean = sales / f64::max(m2 as f64, 1.0);
            let admitted = urban_land::admitted(land, wanted, wedge.normal());
            Plan {
                wanted,
                admitted: if land.evaluation_fee > 0.0 {
                    urban_land::evaluated(admitted, revenue / mean.max(1e-9), dearer)
                } else {
                    admitted
                },
                output: revenue / (w.firms.land_m2[f] as f64).max(1.0) / mean.max(1e-9),
            }
        },
    )
}

/// Firms with more land than it is worth to them sell to those who want more, inside the district and at its price; the
/// cost of transfer goes to the district.
fn transfer(w: &mut World, t: &mut Tally, (r, law): (usize, &Rules), firms: Range<usize>, plans: &[Plan]) {
    let land = &law.urban_land;
    if land.transfer_cost >= 1.0 {
        return;
    }
    let (speed, price) = (w.params.urban_land.adjustment, w.land.price[r]);
    let held = |f: usize| w.firms.land_m2[f] as f64;
    let offers: Vec<i64> = firms
        .clone()
        .zip(plans)
        .map(|(f, plan)| (speed * urban_land::offered(land, held(f), plan.wanted)) as i64)
        .collect();
    let wishes: Vec<i64> = firms
        .clone()
        .zip(plans)
        .map(|(f, plan)| {
            let afford = w.firms.deposits[f].max(0) as f64 / price;
            (speed * (plan.wanted - held(f)).max(0.0)).min(afford) as i64
        })
        .collect();
    let traded = offers.iter().sum::<i64>().min(wishes.iter().sum());
    let (mut sold, mut bought) = (vec![0i64; offers.len()], vec![0i64; offers.len()]);
    split_i64(traded, &offers, &mut sold);
    split_i64(traded, &wishes, &mut bought);
    let bank = w.geography.bank[r] as usize;
    let (mut money, mut fees) = (0i64, 0i64);
    for (f, &m2) in firms.clone().zip(&bought) {
        let paid = (m2 as f64 * price) as i64;
        let fee = (paid as f64 * land.transfer_cost) as i64;
        w.firms.land_m2[f] += m2;
        t.pay_out(Flow::LandTransfers, bank, &mut w.firms.deposits[f], paid - fee);
        t.pay_out(Flow::LandTransferFee, bank, &mut w.firms.deposits[f], fee);
        money += paid - fee;
        fees += fee;
    }
    let mut parts = vec![0i64; sold.len()];
    split_i64(money, &sold, &mut parts);
    for ((f, &m2), part) in firms.zip(&sold).zip(parts) {
        w.firms.land_m2[f] -= m2;
        t.pay_in(Flow::LandTransfers, bank, &mut w.firms.deposits[f], part);
    }
    w.governments.revenue[r] += fees;
    t.pay_in(Flow::LandTransferFee, bank, &mut w.governments.deposits[r], fees);
    w.quarter.land.transferred_m2[r] += traded;
}

/// Firms whose land makes less than the mean of their sector pay for it, as far as their deposits go.
fn charge(w: &mut World, t: &mut Tally, r: usize, firms: Range<usize>, plans: &[Plan]) {
    if w.rules[r].urban_land.evaluation_fee <= 0.0 {
        return;
    }
    let bank = w.geography.bank[r] as usize;
    for (f, plan) in firms.zip(plans) {
        let rate = 0.25 * urban_land::evaluation_fee(&w.rules[r].urban_land, plan.output, 1.0);
        let due = (rate * w.land.price[r] * w.firms.land_m2[f] as f64) as i64;
        let due = due.min(w.firms.deposits[f].max(0));
        w.governments.revenue[r] += due;
        w.quarter.land.fees[r] += due;
        let district = (&mut w.governments.deposits[r], bank);
        t.pay(Flow::LandUseFee, (&mut w.firms.deposits[f], bank), district, due);
    }
}

/// What firms bid for, and what they lost [m2].
struct Bids {
    wishes: Vec<i64>,
    run_out: Vec<i64>,
}

/// A block of firms: land held, wishes, land whose lease runs out [m2].
type Bid<'a> = (&'a mut [i64], (&'a mut [i64], &'a mut [i64]));

/// Leases that run out return to the reserve (of collective land, to the collectives; a part that may be converted, to
/// the reserve for housing); every firm bids for what it loses and part of its gap to the land that it is admitted to, as
/// far as its deposits go.
fn bids(w: &mut World, t: &mut Tally, (r, law): (usize, &Rules), firms: Range<usize>, plans: &[Plan]) -> Bids {
    let p = w.params.urban_land.clone();
    let price = w.land.price[r];
    let expiry = [false, true].map(|young| urban_land::expiry(&p, &law.urban_land, young));
    let mut land = take(&mut w.firms.land_m2);
    let view: &World = w;
    let mut bids = Bids {
        wishes: vec![0; firms.len()],
        run_out: vec![0; firms.len()],
    };
    let block = |start: usize, (land, (wishes, run_out)): Bid, returned: &mut i64| {
        for (k, (land, (wish, run_out))) in (start..).zip(land.iter_mut().zip(wishes.iter_mut().zip(run_out))) {
            let f = firms.start + k;
            let out = nearest(0.25 * *land as f64 * expiry[usize::from(young(view, f))]);
            *land -= out;
            *returned += out;
            let gap = plans[k].admitted - (*land + out) as f64;
            let bid = (out as f64 + p.adjustment * gap).max(0.0) as i64;
            *wish = bid.min((view.firms.deposits[f].max(0) as f64 / price) as i64);
            *run_out = out;
        }
    };
    let columns = (&mut land[firms.clone()], (&mut bids.wishes[..], &mut bids.run_out[..]));
    let (_, returned) = blocks::map_into(FIRM_BLOCK, columns, || 0, block);
    w.firms.land_m2 = land;
    let returned: i64 = returned.iter().sum();
    w.land.reserve_m2[r] += returned;
    let homes = (urban_land::conversion_share(&law.urban_land) * returned as f64) as i64;
    w.land.reserve_m2[r] -= homes;
    w.land.housing_reserve_m2[r] += homes;
    let back = ((0.25 * w.rural.leased_m2[r] as f64 * expiry[0]) as i64).min(w.land.reserve_m2[r].max(0));
    if back > 0 {
        w.land.reserve_m2[r] -= back;
        w.rural.leased_m2[r] -= back;
        w.rural.commercial_m2[r] += back;
        t.convert_land(r, LandUse::Urban, LandUse::Rural, back);
    }
    bids
}

/// Collectives with equal rights serve bids first, in proportion; the district serves the rest from its reserve, ranking
/// bids only when it falls short.
fn lease(w: &mut World, t: &mut Tally, (r, law): (usize, &Rules), firms: Range<usize>, bids: Bids, noise: &Stream) {
    let mut wishes = bids.wishes;
    let collective = collective(w, t, (r, law), firms.clone(), &wishes);
    wishes.iter_mut().zip(&collective).for_each(|(wish, got)| *wish -= got);
    let short = wishes.iter().sum::<i64>() > w.land.reserve_m2[r];
    let rank = |f: usize| {
        let digital = w.firms.cell[f] as usize % SECTORS == DIGITAL;
        let priority = if digital { law.urban_land.digital_priority } else { 0.0 };
        (law.urban_land.allocation_noise * noise.at(f).normal() + priority).exp()
    };
    let blurred: Vec<f64> = if short {
        firms.clone().map(rank).collect()
    } else {
        Vec::new()
    };
    let mut got = vec![0i64; wishes.len()];
    urban_land::serve(&wishes, &blurred, w.land.reserve_m2[r].max(0), &mut got);
    let short_fee = urban_land::entry_fee(&w.params.urban_land, &law.urban_land, w.params.firms.required_return);
    let sold = sell(w, t, (r, firms), (&got, &collective, &bids.run_out), short_fee);
    let q = &mut w.quarter.land;
    for s in sold {
        q.leased_m2[r].iter_mut().zip(s.leased).for_each(|(all, m2)| *all += m2);
        q.run_out_m2[r]
            .iter_mut()
            .zip(s.run_out)
            .for_each(|(all, m2)| *all += m2);
    }
}

/// What some firms leased [m2]; whole sums, which add up the same in any order.
#[derive(Default)]
struct Sold {
    /// What they paid for land from the reserve.
    till: Till,
    /// Land from the reserve.
    reserve: i64,
    /// All land, of young firms and of others.
    leased: [i64; 2],
    /// Land whose lease ran out, and what of it was replaced.
    run_out: [i64; 2],
}

/// The firms of a region lease what they `got` from the reserve and pay the district's price for it, young ones `short_fee`
/// of it; counts this land and what they got from collectives beside that which ran out.
fn sell(
    w: &mut World,
    t: &mut Tally,
    (r, firms): (usize, Range<usize>),
    (got, collective, run_out): (&[i64], &[i64], &[i64]),
    short_fee: f64,
) -> Vec<Sold> {
    let (mut land, mut deposits) = (take(&mut w.firms.land_m2), take(&mut w.firms.deposits));
    let view: &World = w;
    let block = |start: usize, (land, deposits): (&mut [i64], &mut [i64]), sold: &mut Sold| {
        for (k, (land, account)) in (start..).zip(land.iter_mut().zip(deposits)) {
            let young = young(view, firms.start + k);
            let part = if young { short_fee } else { 1.0 };
            let fee = (got[k] as f64 * view.land.price[r] * part) as i64;
            *land += got[k];
            sold.till.pay(Flow::LandSales, account, fee);
            sold.reserve += got[k];
            let all = got[k] + collective[k];
            sold.leased[usize::from(!young)] += all;
            sold.run_out[0] += run_out[k];
            sold.run_out[1] += all.min(run_out[k]);
        }
    };
    let columns = (&mut land[firms.clone()], &mut deposits[firms.clone()]);
    let (_, sold) = blocks::map_into(FIRM_BLOCK, columns, Sold::default, block);
    (w.firms.land_m2, w.firms.deposits) = (land, deposits);
    let bank = w.geography.bank[r] as usize;
    for s in &sold {
        t.enter(Sector::Firms, bank, &s.till);
        w.land.reserve_m2[r] -= s.reserve;
        let fees = s.till.moved(Flow::LandSales);
        w.governments.revenue[r] += fees;
        t.pay_in(Flow::LandSales, bank, &mut w.governments.deposits[r], fees);
    }
    sold
}

/// Collectives lease commercial land to firms if the price, net of the levy, beats their own use. Firms pay less for
/// land that is no collateral; what is left after the levy goes to the members. Returns what each firm got.
fn collective(
    w: &mut World,
    t: &mut Tally,
    (r, law): (usize, &Rules),
    firms: Range<usize>,
    wishes: &[i64],
) -> Vec<i64> {
    let p = w.params.rural_land.clone();
    let mut got = vec![0i64; wishes.len()];
    let price = rural_land::collective_price(&p, &law.rural_land) * w.land.price[r];
    let levy = rural_land::levy(&law.rural_land, price, 100.0 * p.own_use_value);
    let offered = 0.25 * p.commercial_release * law.rural_land.equal_rights * w.rural.commercial_m2[r] as f64;
    let Some(levy) = levy.filter(|_| offered >= 1.0) else {
        return got;
    };
    split_i64((offered as i64).min(wishes.iter().sum()), wishes, &mut got);
    let bank = w.geography.bank[r] as usize;
    let (mut rents, mut leased) = (0i64, 0i64);
    for (f, &m2) in firms.zip(&got) {
        let (due, to_budget) = ((m2 as f64 * (price - levy)) as i64, (m2 as f64 * levy) as i64);
        w.firms.land_m2[f] += m2;
        let account = &mut w.firms.deposits[f];
        t.pay(Flow::CollectiveRent, (account, bank), (&mut w.clearing, 0), due);
        let district = (&mut w.governments.deposits[r], bank);
        t.pay(Flow::CollectiveLevy, (account, bank), district, to_budget);
        w.governments.revenue[r] += to_budget;
        rents += due;
        leased += m2;
    }
    w.rural.commercial_m2[r] -= leased;
    w.rural.leased_m2[r] += leased;
    t.convert_land(r, LandUse::Rural, LandUse::Urban, leased);
    super::rural::hand_over(w, r, None, rents);
    got
}

/// The housing fund renews residential leases that run out, as far as its deposits go.
fn renew_residential(w: &mut World, t: &mut Tally, r: usize) {
    let term = w.params.urban_land.residential_term;
    let renew = 0.25 * w.housing.land_m2[r] as f64 / term * w.land.residential_price[r];
    let renew = (renew as i64).min(w.housing.deposits[r].max(0));
    pay_for_housing(w, t, r, renew);
}

/// The housing fund buys new residential land: a quarter of what is on offer, for a quarter of its deposits at most.
fn sell_residential(w: &mut World, t: &mut Tally, r: usize) {
    let afford = 0.25 * w.housing.deposits[r].max(0) as f64 / w.land.residential_price[r];
    let m2 = (0.25 * w.land.housing_reserve_m2[r] as f64).min(afford) as i64;
    w.land.housing_reserve_m2[r] -= m2;
    w.housing.land_m2[r] += m2;
    w.housing.plots_m2[r] += m2;
    let paid = (m2 as f64 * w.land.residential_price[r]) as i64;
    pay_for_housing(w, t, r, paid);
}

fn pay_for_housing(w: &mut World, t: &mut Tally, r: usize, amount: i64) {
    let bank = w.geography.bank[r] as usize;
    w.governments.revenue[r] += amount;
    let district = (&mut w.governments.deposits[r], bank);
    t.pay(Flow::HousingLand, (&mut w.housing.deposits[r], bank), district, amount);
}
