//! The credit stage: visits to the bank; debts move to what the bank accepts (MODEL 5.2).

use super::village;
use crate::base::blocks::{self, FIRM_BLOCK};
use crate::books::{Flow, Tally};
use crate::markets::credit::{self, Decision};
use crate::world::{Desk, World, accepted_debt, counters, data_debt};
use std::mem::take;
use std::ops::Range;

/// Relations come up for renewal, firms without a bank consider a loan; then every debt moves towards its target.
pub(super) fn run(w: &mut World) -> Tally {
    let mut t = Tally::default();
    for (f, decision) in visits(w).into_iter().flatten() {
        count_visit(w, f, decision);
        relieve(w, f, decision);
        bridge(w, &mut t, f, decision);
        w.firms.borrowed[f] = decision.approved || w.firms.state[f];
        if w.firms.borrowed[f] {
            w.firms.loan_rate[f] = decision.rate;
        }
    }
    for f in (0..w.firms.len()).filter(|&f| w.firms.borrowed[f]) {
        w.quarter.credit[4] += if counts(w, f) { w.firms.weight[f] } else { 0.0 };
    }
    adjust_debts(w, &mut t);
    village::borrow(w, &mut t);
    t
}

/// Firms that visit their bank, and what comes of it, by block and in order.
fn visits(w: &World) -> Vec<Vec<(usize, Decision)>> {
    let counters = counters(w);
    let desk = Desk::open(w, &counters, w.stream_tick());
    let block = |_, firms: Range<usize>, (): &mut ()| desk.visits(w, firms);
    blocks::map_into(FIRM_BLOCK, 0..w.firms.len(), || (), block).0
}

/// A first loan centre bears part of what a first application costs: the district pays for its services.
fn relieve(w: &mut World, f: usize, d: Decision) {
    let r = w.firms.region(f);
    let law = &w.rules[r].credit;
    if d.applied && !w.firms.borrowed[f] {
        let each = law.first_loan_relief * law.application_cost * w.median_loan;
        w.quarter.programmes[r] += (each * w.firms.weight[f]) as i64;
    }
}

/// A private firm whose loan is renewed repays part of it first, out of a bridge loan: informal lenders, who belong to
/// the owners of the equity fund, are paid for it, as far as the firm has money.
fn bridge(w: &mut World, t: &mut Tally, f: usize, d: Decision) {
    if !d.approved || !w.firms.borrowed[f] || w.firms.state[f] {
        return;
    }
    let r = w.firms.region(f);
    let cost = credit::bridge_cost(&w.params.credit, &w.rules[r].credit) * w.firms.debt[f] as f64;
    let cost = (cost as i64).min(w.firms.deposits[f].max(0));
    let account = (&mut w.firms.deposits[f], w.geography.bank[r] as usize);
    t.pay(Flow::BridgeCost, account, (&mut w.fund.deposits, 0), cost);
    if w.geography.in_city[r] {
        w.quarter.bridged += cost;
    }
}

/// Debts close part of the gap to what banks accept: new loans add to deposits, repayment takes from them.
fn adjust_debts(w: &mut World, t: &mut Tally) {
    let (mut deposits, mut debts) = (take(&mut w.firms.deposits), take(&mut w.firms.debt));
    let view: &World = w;
    let block = |start: usize, (deposits, debts): (&mut [i64], &mut [i64]), t: &mut Tally| {
        let mut on_data = Vec::new();
        for (f, (deposits, debt)) in (start..).zip(deposits.iter_mut().zip(debts)) {
            let r = view.firms.region(f);
            let gap = accepted_debt(view, f) - *debt as f64;
            let change = (view.params.credit.debt_adjustment * gap) as i64;
            let bank = view.geography.bank[r] as usize;
            if change > 0 {
                t.lend(bank, deposits, debt, change);
            } else if change < 0 {
                let pay = (-change).min((*deposits).max(0));
                t.repay(bank, deposits, debt, pay);
            }
            let lent = view.rules[r].credit.data_loan_to_value > 0.0;
            if lent && view.firms.borrowed[f] && view.geography.in_city[r] {
                on_data.push(data_debt(view, f).min(*debt as f64));
            }
        }
        on_data
    };
    let columns = (&mut deposits[..], &mut debts[..]);
    let (on_data, tallies) = blocks::map_into(FIRM_BLOCK, columns, Tally::default, block);
    (w.firms.deposits, w.firms.debt) = (deposits, debts);
    on_data.iter().flatten().for_each(|debt| w.quarter.data_debt += debt);
    tallies.iter().for_each(|part| t.merge(part));
}

/// Measures of credit count private firms of the city.
fn counts(w: &World, f: usize) -> bool {
    !w.firms.state[f] && w.geography.in_city[w.firms.region(f)]
}

/// Counts a visit: firms that considered a loan, applied, were refused, got a first loan.
fn count_visit(w: &mut World, f: usize, d: Decision) {
    if counts(w, f) {
        let (weight, known) = (w.firms.weight[f], w.firms.borrowed[f]);
        let c = &mut w.quarter.credit;
        c[0] += weight;
        w.quarter.loans_due += if known { weight } else { 0.0 };
        c[1] += if d.applied { weight } else { 0.0 };
        c[2] += if d.applied && !d.approved { weight } else { 0.0 };
        c[3] += if d.approved && !known { weight } else { 0.0 };
    }
}
