//! The settlement stage: everybody is paid and pays.

mod columns;
mod counterparties;
mod farmland;
mod firms;
mod households;
mod kinds;
mod measures;
mod resources;
mod sums;
mod terms;

use super::village;
use crate::base::blocks;
use crate::base::split::split;
use crate::books::{BANKS, CENTRAL, Flow, Tally};
use crate::markets::credit;
use crate::world::World;
use std::ops::Range;

pub(super) fn run(w: &mut World) -> Tally {
    let mut t = Tally::default();
    let bills = households::settle(w, &mut t);
    village::serve(w, &mut t);
    firms::settle(w, &mut t, &bills);
    resources::settle(w, &mut t);
    governments(w, &mut t);
    banks(w, &mut t);
    let rest = w.clearing;
    t.pay(
        Flow::AgribusinessSales,
        (&mut w.clearing, 0),
        (&mut w.fund.deposits, 0),
        rest,
    );
    t
}

/// Transfers from above and to the districts, bond interest, expectations.
fn governments(w: &mut World, t: &mut Tally) {
    let p = w.params.government.clone();
    let m = w.municipality();
    let inside = w.geography.inside;
    for g in 0..=inside {
        let bank = w.bank_of_government(g);
        let gov = &mut w.governments;
        let x = gov.transfer[g];
        gov.revenue[g] += x;
        t.pay(
            Flow::Transfers,
            (&mut gov.outer, CENTRAL),
            (&mut gov.deposits[g], bank),
            x,
        );
        let interest = (0.25 * p.bond_rate * gov.bonds[g] as f64) as i64;
        t.pay(
            Flow::BondInterest,
            (&mut gov.deposits[g], bank),
            (&mut w.banks.equity[bank], bank),
            interest,
        );
    }
    for r in 0..inside {
        let bank = w.geography.bank[r] as usize;
        let x = (0.25 * p.infrastructure_yield * w.public_capital.sold[r] as f64) as i64;
        let gov = &mut w.governments;
        gov.fixed[r] += x;
        let district = (&mut gov.deposits[r], bank);
        t.pay(Flow::InfrastructureYield, district, (&mut gov.outer, CENTRAL), x);
    }
    // the municipality passes on what it holds above its cash
    let spare = (w.governments.deposits[m] - w.governments.cash[m]).max(0);
    let mut parts = vec![0i64; inside];
    split(spare, &transfer_weights(w), &mut parts);
    for (r, &x) in parts.iter().enumerate() {
        let bank = w.geography.bank[r] as usize;
        let gov = &mut w.governments;
        gov.revenue[r] += x;
        w.quarter.transfers_down[r] = x;
        let mut from = gov.deposits[m];
        t.pay(Flow::TransfersDown, (&mut from, 0), (&mut gov.deposits[r], bank), x);
        gov.deposits[m] = from;
    }
    for g in 0..=inside {
        let gov = &mut w.governments;
        gov.expected[g] += p.revenue_smoothing * (gov.revenue[g] as f64 - gov.expected[g]);
        gov.last_revenue[g] = gov.revenue[g];
        gov.revenue[g] = 0;
    }
}

/// Weights of districts in what the municipality passes down: their needs at the start, and as far as the law says the
/// people who live there.
fn transfer_weights(w: &World) -> Vec<f64> {
    let people = |r: usize| {
        if w.geography.in_city[r] {
            w.census[r].locals + w.census[r].others
        } else {
            0.0
        }
    };
    let everybody: f64 = (0..w.geography.inside).map(people).sum();
    let needs: f64 = w.transfer_weight.iter().sum();
    let weight = |(r, &need): (usize, &f64)| {
        let follow = w.rules[r].fiscal.transfers_follow_residents;
        (1.0 - follow) * need + follow * needs * people(r) / everybody.max(1.0)
    };
    w.transfer_weight.iter().enumerate().map(weight).collect()
}

/// Banks pay interest on the part of their loans that is funded outside. The funds themselves stand on both sides of
/// the bank (reserves and a debt to the outside) and are netted.
fn outside_funding(w: &mut World, t: &mut Tally, loans: &[i64]) {
    let rate = credit::outside_rate(&w.params.credit);
    for (r, &loans) in loans.iter().enumerate() {
        let bank = w.geography.bank[r] as usize;
        let funds = w.rules[r].credit.outside_share * loans as f64;
        w.quarter.outside_funds[r] = funds;
        let lenders = (&mut w.governments.outer, CENTRAL);
        let interest = (0.25 * rate * funds) as i64;
        t.pay(
            Flow::OutsideFunding,
            (&mut w.banks.equity[bank], bank),
            lenders,
            interest,
        );
    }
}

/// Debts of some firms by region [fen].
fn debts(w: &World, firms: Range<usize>) -> Vec<i64> {
    let mut by_region = vec![0; w.geography.inside];
    firms.for_each(|f| by_region[w.firms.region(f)] += w.firms.debt[f]);
    by_region
}

/// Banks pay out what they own above target capital; the outer government fills a shortfall.
fn banks(w: &mut World, t: &mut Tally) {
    let mut by_region = w.collectives.debt.clone();
    for part in blocks::map(w.firms.len(), |range| debts(w, range)) {
        by_region.iter_mut().zip(part).for_each(|(all, x)| *all += x);
    }
    outside_funding(w, t, &by_region);
    let mut loans = [0i64; BANKS];
    for (r, (good, bad)) in by_region.iter().zip(&w.banks.bad_loans).enumerate() {
        loans[w.geography.bank[r] as usize] += good + bad;
    }
    for b in 0..CENTRAL {
        let spare = w.banks.spare(b, loans[b], w.params.credit.bank_capital);
        if spare > 0 {
            t.pay(
                Flow::BankDividend,
                (&mut w.banks.equity[b], b),
                (&mut w.fund.deposits, 0),
                spare,
            );
        } else {
            t.pay(
                Flow::BankRescue,
                (&mut w.governments.outer, CENTRAL),
                (&mut w.banks.equity[b], b),
                -spare,
            );
        }
    }
    // keep back what new firms took in the last quarters
    let seeded = w.fund.seeded as f64;
    w.fund.reserve += (0.25 * (2.0 * seeded - w.fund.reserve as f64)) as i64;
    w.fund.seeded = 0;
}
