//! The credit stage: visits to the bank; debts move to what the bank accepts (MODEL 5.2).

use super::village;
use crate::base::blocks;
use crate::books::{Flow, Tally};
use crate::markets::credit::{self, Decision};
use crate::world::{Desk, World, accepted_debt, data_debt};

/// Relations come up for renewal, firms without a bank consider a loan; then every debt moves towards its target.
pub(super) fn run(w: &mut World) -> Tally {
    let mut t = Tally::default();
    let view: &World = w;
    let open = |first| Desk::open(view, view.stream_tick(), first);
    let visits = blocks::map_firms(w.firms.len(), open, |desk: &mut Desk, f| desk.visit(view, f));
    for (f, visit) in visits.into_iter().enumerate() {
        if let Some(decision) = visit {
            count_visit(w, f, decision);
            relieve(w, f, decision);
            bridge(w, &mut t, f, decision);
            w.firms.borrowed[f] = decision.approved || w.firms.state[f];
            if w.firms.borrowed[f] {
                w.firms.loan_rate[f] = decision.rate;
            }
        }
        if w.firms.borrowed[f] && counts(w, f) {
            w.quarter.credit[4] += w.firms.weight[f];
        }
        adjust_debt(w, &mut t, f);
        if w.firms.borrowed[f] && w.geography.in_city[w.firms.region(f)] {
            w.quarter.data_debt += data_debt(w, f).min(w.firms.debt[f] as f64);
        }
    }
    village::borrow(w, &mut t);
    t
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

/// Debt closes part of the gap to what the bank accepts: new loans add to deposits, repayment takes from them.
fn adjust_debt(w: &mut World, t: &mut Tally, f: usize) {
    let bank = w.geography.bank[w.firms.region(f)] as usize;
    let gap = accepted_debt(w, f) - w.firms.debt[f] as f64;
    let change = (w.params.credit.debt_adjustment * gap) as i64;
    let (deposits, debt) = (&mut w.firms.deposits[f], &mut w.firms.debt[f]);
    if change > 0 {
        t.lend(bank, deposits, debt, change);
    } else if change < 0 {
        let pay = (-change).min((*deposits).max(0));
        t.repay(bank, deposits, debt, pay);
    }
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
