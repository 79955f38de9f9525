//! What the columns hold, recomputed for the audit.

use super::World;
use crate::base::blocks;
use crate::books::{BANKS, CENTRAL, Holdings, Sector};

/// Sums of all accounts, debts, people and land, from the columns alone.
pub fn holdings(w: &World) -> Holdings {
    let mut h = Holdings {
        equity: w.bank_equity,
        ..Holdings::default()
    };
    let workers = &w.workers;
    let parts = blocks::map(workers.len(), |r| {
        let mut by_bank = [0i64; BANKS];
        let mut people = 0i64;
        let mut plots = vec![0i64; w.geography.inside];
        for i in r {
            if workers.status[i] != crate::agents::workers::Status::Free {
                by_bank[w.bank_of_worker(i)] += workers.deposits[i];
                people += 1;
            }
            if workers.plot_m2[i] > 0 {
                let v = workers.village[i] as usize;
                plots[w.farming.village_region[v] as usize] += i64::from(workers.plot_m2[i]);
            }
        }
        (by_bank, people, plots)
    });
    let mut plots = vec![0i64; w.geography.inside];
    for (by_bank, people, p) in parts {
        for b in 0..BANKS {
            h.deposits[Sector::Households as usize][b] += by_bank[b];
        }
        h.people += people * i64::from(w.scale);
        for (a, b) in plots.iter_mut().zip(p) {
            *a += b;
        }
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
    h.land = plots;
    h.land.extend(urban);
    h
}
