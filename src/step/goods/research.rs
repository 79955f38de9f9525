//! Research is bought: digital goods and services, by firms for their own knowledge and by districts for laboratories.

use crate::books::{Flow, Tally};
use crate::markets::technology;
use crate::world::{World, is_young};

/// Adds what is spent on research in region `r` to spending by good.
fn spend(w: &World, spending: &mut [Vec<i64>], r: usize, x: i64) {
    let digital = (x as f64 * w.params.technology.digital_share) as i64;
    spending[3][r] += digital;
    spending[2][r] += x - digital;
}

/// Firms that do research spend what they plan, as far as their deposits go; what they learn is at work next quarter.
pub(super) fn of_firms(w: &mut World, t: &mut Tally, spending: &mut [Vec<i64>]) {
    let buyer = w.buyer_prices();
    let price: Vec<f64> = (0..w.geography.inside).map(|r| w.research_price(&buyer, r)).collect();
    let mut knowledge = 0.0;
    for f in 0..w.firms.len() {
        let n = w.firms.knowledge[f];
        if n <= 0.0 {
            continue;
        }
        let r = w.firms.region(f);
        co_invest(w, t, f);
        let x = (w.firms.planned_research[f] as i64).min(w.firms.deposits[f].max(0));
        let account = (&mut w.firms.deposits[f], w.geography.bank[r] as usize);
        t.pay(Flow::FirmResearch, account, (&mut w.clearing, 0), x);
        let more = x as f64 / (price[r] * w.firms.weight[f].max(1e-9));
        w.firms.knowledge[f] = technology::aged(&w.params.technology, n, more);
        knowledge += w.firms.knowledge[f] * w.firms.weight[f];
        spend(w, spending, r, x);
        w.quarter.research[r][1] += x;
    }
    w.laboratories.knowledge = knowledge;
}

/// The equity fund, with outside investors, pays in its share of the research that a young private firm plans, as far
/// as its money goes; it has it back as the firm pays out what it earns.
fn co_invest(w: &mut World, t: &mut Tally, f: usize) {
    let r = w.firms.region(f);
    let share = w.rules[r].technology.co_investment;
    if share <= 0.0 || !is_young(w, f) {
        return;
    }
    let paid = ((share * w.firms.planned_research[f]) as i64).min(w.fund.deposits.max(0));
    let account = (&mut w.firms.deposits[f], w.geography.bank[r] as usize);
    t.pay(Flow::SeedCapital, (&mut w.fund.deposits, 0), account, paid);
    w.fund.seeded += paid;
}

/// The laboratories of district `r` spend its share of what the district `plans` to buy. Returns it [fen].
pub(super) fn of_laboratories(w: &mut World, t: &mut Tally, spending: &mut [Vec<i64>], r: usize, plans: i64) -> i64 {
    let x = (w.rules[r].technology.research_share * plans as f64) as i64;
    let district = (&mut w.governments.deposits[r], w.geography.bank[r] as usize);
    t.pay(Flow::PublicResearch, district, (&mut w.clearing, 0), x);
    spend(w, spending, r, x);
    w.laboratories.money[r] = x;
    w.quarter.research[r][0] += x;
    x
}
