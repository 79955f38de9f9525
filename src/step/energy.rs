//! The stage of energy and permits: firms choose power, grids clear, what lacks is cut; emissions are permitted, traded,
//! abated (model, "Energy and permits").

use crate::agents::firms::SECTORS;
use crate::base::blocks::{self, FIRM_BLOCK};
use crate::base::lanes::{Lanes, Real};
use crate::books::Tally;
use crate::markets::energy::{self, COAL, Cleared, GAS, Grid, STEPS};
use crate::markets::permits::{self, CARBON, DISCHARGE};
use crate::world::{
    Book, GRIDS, World, abatement_share, cell_gain, crowding, grid_of, own_productivity, permit_books, power_law,
    power_price,
};

use std::mem::take;
use std::ops::Range;

/// Fen in a yuan.
const FEN: f64 = 100.0;

/// Firms choose power, grids clear; permits clear. What is owed is paid at settlement.
pub(super) fn run(w: &mut World) -> Tally {
    want(w);
    for g in 0..GRIDS {
        clear(w, g);
    }
    emit(w);
    Tally::default()
}

/// Power that firms want at last quarter's price, labour and capital given; demand by grid. Production finishes the
/// output that is left here, Theta L^beta.
fn want(w: &mut World) {
    let crowd = crowding(w);
    let gain: Vec<f64> = (0..w.cell_count()).map(|c| cell_gain(w, c).exp()).collect();
    let (mut made, mut kwh) = (take(&mut w.firms.output), take(&mut w.firms.power_kwh));
    let view: &World = w;
    let columns = (&mut made[..], &mut kwh[..]);
    blocks::map_into(
        FIRM_BLOCK,
        columns,
        || (),
        |start, (made, kwh), ()| {
            for (c, run, at) in view.firms.runs(start..start + made.len()) {
                let (left, wanted) = wanted(view, (&crowd, &gain), (c, &run));
                left.put(&mut made[at.clone()]);
                wanted.put(&mut kwh[at]);
            }
        },
    );
    (w.firms.output, w.firms.power_kwh) = (made, kwh);
    let used = |c: usize| w.firms.power_kwh[w.firms_of(c)].iter().fold(0.0, |all, kwh| all + kwh);
    w.power.used_kwh = blocks::map_each(w.cell_count(), used);
    w.power.demand.fill(0.0);
    for c in 0..w.cell_count() {
        let demand = &mut w.power.demand[grid_of(&w.geography, c / SECTORS)];
        let firms = w.cell_start[c] as usize..w.cell_start[c + 1] as usize;
        w.firms.power_kwh[firms].iter().for_each(|kwh| *demand += kwh);
    }
}

/// Theta L^beta of a `run` of firms of cell `c` [units], and the power that they want [kWh]; log gains of areas, gains of
/// cells.
fn wanted(w: &World, (crowd, gain): (&[f64], &[f64]), (c, run): (usize, &Range<usize>)) -> (Lanes, Lanes) {
    let (r, t, firms) = (c / SECTORS, w.cells.technology[c], &w.firms);
    let of = |column: &[f64]| Lanes::of(run, |f| column[f]);
    let labour = of(&firms.efficiency).max(0.0) * f64::from(w.scale);
    let z = own_productivity(w, of) + crowd[w.geography.area[r] as usize];
    let (price, tax) = (power_price(w, r), w.rules[r].fiscal.production_tax);
    let lump = t.lump(of(&firms.weight), w.cells.belief[c], price, tax);
    let land = Lanes::of(run, |f| firms.land_m2[f] as f64);
    let theta = t.theta(lump.number, z, of(&firms.data_used), of(&firms.capital), land);
    let made = theta * labour.powf(t.beta);
    let wanted = t.energy_wanted(&lump, made * gain[c], price, tax);
    (made, wanted.where_positive(&made))
}

/// Clears grid `g`: price, delivery, cuts by sector.
fn clear(w: &mut World, g: usize) {
    let (law, administered) = power_law(w, g);
    let p = w.params.energy.clone();
    let grid = Grid {
        demand: w.power.demand[g] / w.power.start_demand[g].max(1e-9),
        mix: w.power.mix[g],
        green: w.power.green[g],
        contract: w.power.contract[g],
        start_cost: w.power.start_cost[g],
    };
    if grid.demand <= 0.0 {
        return;
    }
    let cleared = energy::clear(&p, &law, administered, &grid);
    cut(w, g, &cleared, law.efficient_ranking);
    w.power.price[g] = cleared.price * FEN;
    w.power.contract[g] = cleared.contract;
    w.power.outside_cost[g] = (cleared.cost + cleared.charges) * FEN;
    w.power.green[g] = energy::green_capacity(&p, w.power.green[g], law.certificate_price);
    if g == 0 {
        let normal = w.power.start_demand[g];
        w.quarter.resources.cut = cleared.cut;
        w.quarter.resources.delivered = cleared.delivered.map(|x| x * normal);
    }
    smoke(w, g, &cleared.delivered);
}

/// Takes power from the firms of grid `g` and counts the output that is lost.
fn cut(w: &mut World, g: usize, cleared: &Cleared, ranked: f64) {
    let p = w.params.energy.clone();
    let cells: Vec<usize> = (0..w.cell_count())
        .filter(|&c| grid_of(&w.geography, c / SECTORS) == g)
        .collect();
    let (mut kwh, mut output) = ([0.0; SECTORS], [0.0; SECTORS]);
    for &c in &cells {
        kwh[c % SECTORS] += w.power.used_kwh[c];
        output[c % SECTORS] += w.cells.quantity[c];
    }
    let cuts = energy::cuts(&kwh, &output, cleared.cut, ranked, p.largest_cut);
    for &c in &cells {
        let lost = cuts[c % SECTORS].clamp(0.0, 0.99);
        if lost > 0.0 {
            let firms = w.firms_of(c);
            w.firms.power_kwh[firms].iter_mut().for_each(|kwh| *kwh *= 1.0 - lost);
        }
        w.power.used_kwh[c] *= 1.0 - lost;
        w.power.gain[c] = energy::loss(&p, lost, w.power.start_cut[g]);
        let kept = (1.0 - p.rationing_loss * lost).max(1e-3) * (1.0 - lost).powf(w.cells.technology[c].eps);
        w.quarter.resources.shortage[c / SECTORS] += w.cells.quantity[c] * (1.0 / kept - 1.0);
    }
}

/// Carbon of power, counted where the power is used [t].
fn smoke(w: &mut World, g: usize, delivered: &[f64; STEPS]) {
    let p = &w.params.energy;
    let total: f64 = delivered.iter().sum();
    let kg = (delivered[COAL] * p.emissions[0] + delivered[GAS] * p.emissions[1]) / total.max(1e-12);
    for c in 0..w.cell_count() {
        if grid_of(&w.geography, c / SECTORS) == g {
            w.quarter.resources.emissions[c / SECTORS][CARBON] += kg * w.power.used_kwh[c] / 1000.0;
        }
    }
}

/// Emissions are permitted, traded and abated; what abatement takes of output follows.
fn emit(w: &mut World) {
    let mut books = permit_books(w, &w.rules, &w.cells.quantity);
    compensate(w, &mut books[DISCHARGE]);
    let share = abatement_share(&books, &w.cells.quantity);
    for (c, share) in share.into_iter().enumerate() {
        w.permits.gain[c] = (1.0 - share).ln() - (1.0 - w.permits.start_share[c]).ln();
    }
    w.permits.due.fill(0);
    let mut value = vec![0.0; w.cell_count()];
    for (k, book) in books.iter().enumerate() {
        count(w, k, book);
        for (c, (_, choice)) in book.iter().enumerate() {
            w.permits.due[c] += choice.paid as i64;
            value[c] += choice.price * choice.permits * 4.0 * w.params.permits.collateral_years;
        }
    }
    pledge(w, &value);
}

/// Counts emissions left, cost and mean price of resource `k`.
fn count(w: &mut World, k: usize, book: &Book) {
    let (mut price, mut permits) = (0.0, 0.0);
    for (c, (holder, choice)) in book.iter().enumerate() {
        let r = c / SECTORS;
        w.quarter.resources.emissions[r][k] += holder.emissions * (1.0 - choice.abated);
        w.quarter.resources.abatement[r][k] += choice.cost(holder);
        if w.geography.in_city[r] {
            price += choice.price * choice.permits;
            permits += choice.permits;
        }
    }
    w.quarter.resources.permit_price[k] = price / permits.max(1e-12);
}

/// Value of permits over the capital of the cell's firms, and what the law lets banks lend on it.
fn pledge(w: &mut World, value: &[f64]) {
    let capital = blocks::map_each(w.cell_count(), |c| w.firms.capital[w.firms_of(c)].iter().sum::<f64>());
    for (c, (value, capital)) in value.iter().zip(capital).enumerate() {
        w.permits.per_capital[c] = value / capital.max(1.0);
        let ltv = w.rules[c / SECTORS].permits.loan_to_value;
        w.quarter.resources.collateral[c / SECTORS] += ltv * value;
    }
}

/// Downstream districts of the city compensate upstream ones by what these discharged at the start; upstream, part of it
/// buys abatement beyond the permits.
fn compensate(w: &mut World, book: &mut Book) {
    let inside = w.geography.inside;
    w.permits.compensation.fill(0);
    w.permits.abatement_aid.fill(0);
    let of_district = |r: usize| r * SECTORS..(r + 1) * SECTORS;
    let mut pool = 0;
    for r in (0..inside).filter(|&r| w.geography.in_city[r] && !w.permits.upstream[r]) {
        let rate = w.rules[r].permits.basin_compensation;
        let due = (rate * w.governments.last_revenue[r].max(0) as f64) as i64;
        w.permits.compensation[r] = -due;
        pool += due;
    }
    if pool == 0 {
        return;
    }
    let weight = |r: usize| {
        let upstream = w.geography.in_city[r] && w.permits.upstream[r];
        let start = book[of_district(r)].iter().map(|(h, _)| h.start).sum::<f64>();
        if upstream { start } else { 0.0 }
    };
    let weights: Vec<f64> = (0..inside).map(weight).collect();
    let mut parts = vec![0; inside];
    let rest = crate::base::split::split(pool, &weights, &mut parts);
    if rest > 0 {
        // nobody lies upstream
        w.permits.compensation.fill(0);
        return;
    }
    for r in (0..inside).filter(|&r| parts[r] > 0) {
        w.permits.compensation[r] = parts[r];
        let aid = (w.params.permits.compensation_spent * parts[r] as f64) as i64;
        abate_upstream(w, &mut book[of_district(r)], r, aid);
    }
}

/// Raises abatement in the cells `held` of district `r` by what `aid` pays for.
fn abate_upstream(w: &mut World, held: &mut [(permits::Holder, permits::Choice)], r: usize, aid: i64) {
    let now: Vec<(permits::Holder, f64)> = held.iter().map(|(h, c)| (*h, c.abated)).collect();
    let before: f64 = held.iter().map(|(h, c)| c.cost(h)).sum();
    let abated = permits::bought_abatement(&now, aid as f64);
    let mut more = [0.0; SECTORS];
    for (k, (h, c)) in held.iter_mut().enumerate() {
        let cost = c.cost(h);
        c.abated = c.abated.max(abated);
        more[k] = c.cost(h) - cost;
    }
    let after: f64 = held.iter().map(|(h, c)| c.cost(h)).sum();
    let paid = aid.min((after - before).max(0.0) as i64);
    let mut parts = [0; SECTORS];
    crate::base::split::split(paid, &more, &mut parts);
    w.permits.abatement_aid[r * SECTORS..(r + 1) * SECTORS].copy_from_slice(&parts);
}
