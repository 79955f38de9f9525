//! What the columns hold, recomputed for the audit.

use super::World;
use crate::agents::workers::Status;
use crate::base::blocks;
use crate::books::{BANKS, CENTRAL, Holdings, Sector};
use std::ops::Range;

/// Sums of all accounts, debts, people and land, from the columns alone.
pub fn holdings(w: &World) -> Holdings {
    let mut h = Holdings {
        equity: w.bank_equity,
        ..Holdings::default()
    };
    let (held, used) = households(w, &mut h);
    let urban = firms_and_housing(w, &mut h);
    governments(w, &mut h);
    h.deposits[Sector::EquityFund as usize][0] += w.fund.deposits;
    h.deposits[Sector::Clearing as usize][0] += w.clearing;
    h.deposits[Sector::Outer as usize][CENTRAL] += w.governments.outer;
    h.land = held.clone();
    h.land.extend(urban);
    h.land
        .extend((0..w.geography.inside).map(|r| w.rural.construction_m2(r)));
    h.farmland_held = held;
    h.farmland_used = used;
    h
}

/// What one block of workers holds.
struct Block {
    /// Deposits by bank [fen].
    deposits: [i64; BANKS],
    /// Workers [agents].
    people: i64,
    /// Dependants [twentieths of an agent].
    dependants: i64,
    /// Plots held, land operated, by region [m2].
    farmland: Vec<[i64; 2]>,
}

/// Adds households' deposits, people and dependants; returns contracted farmland by region as plots say, and as its
/// uses say [m2].
fn households(w: &World, h: &mut Holdings) -> (Vec<i64>, Vec<i64>) {
    let inside = w.geography.inside;
    let mut held = vec![0i64; inside];
    let mut used = vec![0i64; inside];
    for block in blocks::map(w.workers.len(), |range| block(w, range)) {
        for b in 0..BANKS {
            h.deposits[Sector::Households as usize][b] += block.deposits[b];
        }
        h.people += block.people * i64::from(w.scale);
        h.dependants += block.dependants;
        for (r, [plots, operated]) in block.farmland.into_iter().enumerate() {
            held[r] += plots;
            used[r] += operated;
        }
    }
    h.dependants += w.places.left_behind.iter().flatten().flatten().sum::<i64>();
    for (&r, &m2) in w.farming.village_region.iter().zip(&w.farming.returned_m2) {
        held[r as usize] += m2;
    }
    for r in 0..inside {
        used[r] += w.farming.idle_m2[r] + w.farming.pool_m2[r];
        // tilled by farmers from elsewhere, less what its own farmers till elsewhere
        used[r] += w.farming.exported_m2[r] - w.farming.imported_m2[r];
    }
    (held, used)
}

/// Sums over a block of workers, column by column.
fn block(w: &World, r: Range<usize>) -> Block {
    let workers = &w.workers;
    let inside = w.geography.inside;
    let mut s = Block {
        deposits: [0; BANKS],
        people: 0,
        dependants: 0,
        farmland: vec![[0; 2]; inside],
    };
    let columns = workers.status[r.clone()]
        .iter()
        .zip(&workers.region[r.clone()])
        .zip(&workers.hukou[r.clone()])
        .zip(&workers.deposits[r.clone()])
        .zip(workers.old[r.clone()].iter().zip(&workers.young[r.clone()]))
        .zip(workers.plot_m2[r.clone()].iter().zip(&workers.operated_m2[r.clone()]))
        .zip(&workers.village[r]);
    for ((((((&status, &region), &hukou), &deposits), (&old, &young)), (&plot, &operated)), &village) in columns {
        let at = if (region as usize) < inside { region } else { hukou };
        // an empty slot holds nothing; if it did, the sums would show it
        s.deposits[w.geography.bank[at as usize] as usize] += deposits;
        s.people += i64::from(status != Status::Free);
        s.dependants += i64::from(old) + i64::from(young);
        if plot | operated != 0 {
            let line = &mut s.farmland[w.farming.village_region[village as usize] as usize];
            line[0] += i64::from(plot);
            line[1] += i64::from(operated);
        }
    }
    s
}

/// Adds deposits and debts of firms and housing funds; returns urban land by region, the reserve included [m2].
fn firms_and_housing(w: &World, h: &mut Holdings) -> Vec<i64> {
    let mut urban = vec![0i64; w.geography.inside];
    for i in 0..w.firms.len() {
        let r = w.firms.region(i);
        let b = w.geography.bank[r] as usize;
        h.deposits[Sector::Firms as usize][b] += w.firms.deposits[i];
        h.loans[b] += w.firms.debt[i];
        urban[r] += w.firms.land_m2[i];
    }
    for (r, urban) in urban.iter_mut().enumerate() {
        let b = w.geography.bank[r] as usize;
        h.loans[b] += w.bad_loans[r];
        h.deposits[Sector::HousingFunds as usize][b] += w.housing.deposits[r];
        *urban += w.housing.land_m2[r] + w.land.reserve_m2[r];
        *urban += w.land.housing_reserve_m2[r] + w.land.state_idle_m2[r];
    }
    urban
}

/// Adds deposits and bonds of districts and the municipality.
fn governments(w: &World, h: &mut Holdings) {
    for g in 0..w.governments.deposits.len() {
        let b = w.bank_of_government(g);
        h.deposits[Sector::Governments as usize][b] += w.governments.deposits[g];
        h.bonds[b] += w.governments.bonds[g];
    }
}
