//! The stage of exit and entry: firms close and open; loans of insolvent ones turn bad and are written off in time.

use crate::agents::firms::{SECTORS, SERVICES};
use crate::agents::workers::{NOBODY, Status};
use crate::base::blocks;
use crate::base::draws::{Reader, Stage, unit};
use crate::base::stats::normal_quantile;
use crate::books::{Flow, Tally};
use crate::markets::equity::{self, Investors, Place};
use crate::rules::Rules;
use crate::world::{World, exit_rate, shock_sd};
use std::array::from_fn;
use std::ops::Range;

/// Firms close by choice or insolvency; entrants take over plant and land and are of the same kind (level of
/// productivity, wedge), in numbers that answer the value of a firm; the fund pays what a closing owner owes and the
/// entrant's working capital.
pub(super) fn run(w: &mut World) -> Tally {
    let mut t = Tally::default();
    let ends = ends(w);
    let entry = entry(w, &ends);
    let closing = (0..).zip(&ends).filter_map(|(f, end)| Some((f, (*end)?)));
    let closing: Vec<(usize, bool)> = closing.collect();
    for (&(f, insolvent), shock) in closing.iter().zip(shocks(w, &closing)) {
        let per_exit = entry[w.firms.cell[f] as usize];
        count(w, f, w.firms.weight[f] * per_exit, insolvent);
        settle_closing(w, &mut t, f, insolvent);
        enter(w, f, per_exit, shock);
    }
    let closed: Vec<bool> = ends.iter().map(Option::is_some).collect();
    if closed.contains(&true) {
        dismiss(w, closed);
    }
    write_off(w, &mut t);
    t
}

/// Which firms close, by choice or (`true`) insolvent.
fn ends(w: &World) -> Vec<Option<bool>> {
    let luck = w.draws().stream(Stage::Exit, w.stream_tick(), 1);
    let buyer = w.buyer_prices();
    let plant: Vec<f64> = (0..w.geography.inside).map(|r| w.capital_price(&buyer, r)).collect();
    let chance = |size: f64| 0.25 * exit_rate(&w.params.firms, size);
    let of_the_smallest = chance(0.0);
    let ends = |luck: &mut Reader, f: usize| {
        let insolvent = is_insolvent(w, f, plant[w.firms.region(f)]);
        let drawn = luck.uniform();
        // the smallest close most; most have better luck than even these need
        let closes = drawn < of_the_smallest && drawn < chance(w.firms.size(f, f64::from(w.scale)));
        (insolvent || closes).then_some(insolvent)
    };
    blocks::map_firms(w.firms.len(), |first| luck.at(first), ends)
}

/// Banks write off bad loans at the pace that the law allows: a share 1 / (4 delay) a quarter, all at once below a
/// quarter. Until then they bear no interest, and the bank needs capital for them.
fn write_off(w: &mut World, t: &mut Tally) {
    for r in 0..w.geography.inside {
        let bank = w.geography.bank[r] as usize;
        let lost = w.banks.given_up(r, w.rules[r].credit.write_off_delay);
        t.write_off(bank, &mut w.banks.bad_loans[r], &mut w.banks.equity[bank], lost);
        w.quarter.written_off += lost;
    }
}

/// Firms that enter for one that closes, by cell: what investors make of the value of a firm of mean own size relative to
/// what it normally earns ([`crate::markets::equity`]).
fn entry(w: &World, ends: &[Option<bool>]) -> Vec<f64> {
    let p = &w.params.firms;
    let investors = Investors {
        entry: p.entry_elasticity,
        bounds: [p.entry_floor, p.entry_ceiling],
        split: p.investor_elasticity,
    };
    let places = blocks::map_each(w.cell_count(), |c| place(w, ends, c));
    let by_sector = |s: usize| places.iter().skip(s).step_by(SECTORS).copied().collect::<Vec<_>>();
    let by_sector: [Vec<f64>; SECTORS] = from_fn(|s| equity::entry(&investors, &by_sector(s)));
    (0..w.cell_count())
        .map(|c| by_sector[c % SECTORS][c / SECTORS])
        .collect()
}

/// Cell `c` as investors see it.
fn place(w: &World, ends: &[Option<bool>], c: usize) -> Place {
    let (value, start) = (w.firm_value(c) * kept_from_barriers(w, c), w.cells.start_value[c]);
    let closing = w.firms_of(c).filter(|&f| ends[f].is_some());
    Place {
        closing: closing.map(|f| w.firms.weight[f] * w.firms.own_size[f]).sum(),
        room: w.cells.variety[c],
        value: if start > 0.0 { (value / start).max(0.0) } else { 1.0 },
        tied: w.rules[c / SECTORS].entry.tied_equity,
    }
}

/// What barriers to entry leave of the value of a new firm of cell `c`, relative to the start: only services have some.
fn kept_from_barriers(w: &World, c: usize) -> f64 {
    let r = c / SECTORS;
    if c % SECTORS == SERVICES {
        let kept = |rules: &Rules| 1.0 - rules.entry.services_barrier;
        kept(&w.rules[r]) / kept(&w.places.start_rules[r])
    } else {
        1.0
    }
}

/// Whether firm `f` owes more than its deposits, its plant in liquidation and its land are worth.
fn is_insolvent(w: &World, f: usize, plant_price: f64) -> bool {
    let recovered = 1.0 - w.params.credit.loss_given_default;
    let assets = w.firms.deposits[f] as f64
        + recovered * plant_price * w.firms.capital[f]
        + w.land.price[w.firms.region(f)] * w.firms.land_m2[f] as f64;
    assets < w.firms.debt[f] as f64
}

/// Counts firms of the city that close, open, are insolvent.
fn count(w: &mut World, f: usize, entrants: f64, insolvent: bool) {
    let weight = w.firms.weight[f];
    let counted = if w.geography.in_city[w.firms.region(f)] {
        1.0
    } else {
        0.0
    };
    let d = &mut w.quarter.demography;
    d[0] += counted * weight;
    d[1] += counted * entrants;
    d[2] += if insolvent { counted * weight } else { 0.0 };
}

/// Shocks of those who enter for firms that close, from the stationary distribution.
fn shocks(w: &World, closing: &[(usize, bool)]) -> Vec<f64> {
    let fresh = w.draws().stream(Stage::Entrant, w.stream_tick(), 4);
    let p = &w.params.firms;
    let keep = p.shock_persistence.powf(0.25);
    let shock = |f: usize, word: u32| {
        // the plant fits as many heads as the closed firm had
        let sd = shock_sd(p, w.firms.size(f, f64::from(w.scale)));
        sd / (1.0 - keep * keep).sqrt() * normal_quantile(unit(word)).clamp(-3.0, 3.0)
    };
    let block = |_, range: Range<usize>, (): &mut ()| {
        let firms: Vec<(usize, u32)> = closing[range].iter().map(|&(f, _)| (f, 0)).collect();
        let mut shocks = Vec::with_capacity(firms.len());
        fresh.scattered(&firms, |k, [word]: [u32; 1]| shocks.push(shock(firms[k].0, word)));
        shocks
    };
    let (shocks, _) = blocks::map_into(blocks::FIRM_BLOCK, 0..closing.len(), || (), block);
    shocks.concat()
}

/// Entrants, `per_exit` for one that closes, take over the slot of a closed firm: a new shock, the closed firm's knowledge,
/// shared where more enter than closed, part of the data, no licence, and no bank unless state-held.
fn enter(w: &mut World, f: usize, per_exit: f64, shock: f64) {
    let p = &w.params.firms;
    w.firms.shock[f] = shock;
    w.firms.weight[f] *= per_exit;
    w.firms.generation[f] += 1;
    w.firms.age[f] = 0;
    w.firms.data[f] *= p.entrant_data;
    w.firms.data_used[f] = w.firms.data[f];
    w.firms.borrowed[f] = w.firms.state[f];
    w.firms.licence[f] = 0.0;
    w.firms.knowledge[f] *= per_exit.recip().min(1.0);
}

/// Employees of closed firms lose their jobs.
fn dismiss(w: &mut World, mut closed: Vec<bool>) {
    for f in (0..closed.len()).filter(|&f| closed[f]) {
        w.firms.heads[f] = 0;
        w.firms.efficiency[f] = 0.0;
    }
    // who has no employer is beyond all firms: whether somebody has one cannot be guessed, that it closes seldom happens
    let none = closed.len();
    closed.push(false);
    let employer = &mut w.workers.employer;
    blocks::map_mut2(&mut w.workers.status, employer, |_, status, employer| {
        for (s, e) in status.iter_mut().zip(employer) {
            if closed[none.min(*e as usize)] && *s == Status::Employed {
                *s = Status::Unemployed;
                *e = NOBODY;
            }
        }
    });
}

/// Money of a closing firm and of the entrant: debts are repaid, else paid by the owner of a solvent firm, else
/// bad loans of the bank; the entrant starts with working capital.
fn settle_closing(w: &mut World, t: &mut Tally, f: usize, insolvent: bool) {
    repay_from_deposits(w, t, f);
    if insolvent {
        w.banks.bad_loans[w.firms.region(f)] += std::mem::take(&mut w.firms.debt[f]);
    }
    let need = w.firms.debt[f] + w.firms.cash_target[f] - w.firms.deposits[f];
    if need >= 0 {
        pay_in(w, t, f, need);
    } else {
        pay_out(w, t, f, -need);
    }
    repay_from_deposits(w, t, f);
}

/// Firm `f` repays what its deposits allow.
fn repay_from_deposits(w: &mut World, t: &mut Tally, f: usize) {
    let bank = w.geography.bank[w.firms.region(f)] as usize;
    let own = w.firms.deposits[f].max(0).min(w.firms.debt[f]);
    t.repay(bank, &mut w.firms.deposits[f], &mut w.firms.debt[f], own);
}

/// The owner of firm `f`, a government or the equity fund, pays in what it can of `need`.
fn pay_in(w: &mut World, t: &mut Tally, f: usize, need: i64) {
    let r = w.firms.region(f);
    let (bank, owner) = (w.geography.bank[r] as usize, w.state_owner(r));
    let owner_bank = w.bank_of_government(owner);
    let state = w.firms.state[f];
    let (flow, account) = if state {
        (Flow::StateCapital, (&mut w.governments.deposits[owner], owner_bank))
    } else {
        (Flow::SeedCapital, (&mut w.fund.deposits, 0))
    };
    let paid = need.min((*account.0).max(0));
    t.pay(flow, account, (&mut w.firms.deposits[f], bank), paid);
    w.fund.seeded += if state { 0 } else { paid };
}

/// What firm `f` leaves goes to its owner.
fn pay_out(w: &mut World, t: &mut Tally, f: usize, residual: i64) {
    let r = w.firms.region(f);
    let (bank, owner) = (w.geography.bank[r] as usize, w.state_owner(r));
    let owner_bank = w.bank_of_government(owner);
    let account = (&mut w.firms.deposits[f], bank);
    if w.firms.state[f] {
        w.governments.revenue[owner] += residual;
        let treasury = (&mut w.governments.deposits[owner], owner_bank);
        t.pay(Flow::StateProfit, account, treasury, residual);
    } else {
        t.pay(Flow::ExitResidual, account, (&mut w.fund.deposits, 0), residual);
    }
}
