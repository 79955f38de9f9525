//! What the columns hold, recomputed for the audit.

use super::World;
use crate::agents::workers::Status;
use crate::base::blocks;
use crate::books::{BANKS, CENTRAL, Holdings, Sector};

/// Sums of all accounts, debts, people and land, from the columns alone.
pub fn holdings(w: &World) -> Holdings {
    let mut h = Holdings {
        equity: w.bank_equity,
        ..Holdings::default()
    };
    let workers = &w.workers;
    let inside = w.geography.inside;
    let bank: Vec<u8> = w.geography.bank.clone();
    let parts = blocks::map(workers.len(), |r| {
        let mut by_bank = [0i64; BANKS];
        let (mut people, mut dependants) = (0i64, 0i64);
        let mut farmland = vec![[0i64; 2]; inside];
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
            by_bank[bank[at as usize] as usize] += deposits;
            people += i64::from(status != Status::Free);
            dependants += i64::from(old) + i64::from(young);
            if plot | operated != 0 {
                let line = &mut farmland[w.farming.village_region[village as usize] as usize];
                line[0] += i64::from(plot);
                line[1] += i64::from(operated);
            }
        }
        (by_bank, people, dependants, farmland)
    });
    let mut held = vec![0i64; inside];
    let mut used = vec![0i64; inside];
    for (by_bank, people, dependants, farmland) in parts {
        for b in 0..BANKS {
            h.deposits[Sector::Households as usize][b] += by_bank[b];
        }
        h.people += people * i64::from(w.scale);
        h.dependants += dependants;
        for (r, [plots, operated]) in farmland.into_iter().enumerate() {
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
    }
    let mut urban = vec![0i64; w.geography.inside];
    for i in 0..w.firms.len() {
        let r = w.firms.region(i);
        let b = w.geography.bank[r] as usize;
        h.deposits[Sector::Firms as usize][b] += w.firms.deposits[i];
        h.loans[b] += w.firms.debt[i];
        urban[r] += w.firms.land_m2[i];
    }
    for r in 0..w.geography.inside {
        let b = w.geography.bank[r] as usize;
        h.loans[b] += w.bad_loans[r];
        h.deposits[Sector::HousingFunds as usize][b] += w.housing.deposits[r];
        urban[r] += w.housing.land_m2[r] + w.land.reserve_m2[r];
    }
    for g in 0..w.governments.deposits.len() {
        let b = w.geography.bank[g.min(w.geography.inside - 1)] as usize;
        let b = if g == w.municipality() { 0 } else { b };
        h.deposits[Sector::Governments as usize][b] += w.governments.deposits[g];
        h.bonds[b] += w.governments.bonds[g];
    }
    h.deposits[Sector::EquityFund as usize][0] += w.fund.deposits;
    h.deposits[Sector::Clearing as usize][0] += w.clearing;
    h.deposits[Sector::Outer as usize][CENTRAL] += w.governments.outer;
    h.land = held.clone();
    h.land.extend(urban);
    h.farmland_held = held;
    h.farmland_used = used;
    h
}
