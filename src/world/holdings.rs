//! What the columns hold, recomputed for the audit.

use super::World;
use crate::agents::firms;
use crate::agents::workers::Status;
use crate::base::blocks;
use crate::books::{BANKS, CENTRAL, Holdings, Sector};
use std::ops::Range;

/// What the audit counts agent by agent, as a set of bits.
pub type Columns = u8;
/// None of it.
pub const NOTHING: Columns = 0;
/// Deposits of households.
pub const MONEY: Columns = 1;
/// Who is here, with dependants.
pub const PEOPLE: Columns = 2;
/// Contracted farmland and its uses.
pub const FARMLAND: Columns = 4;
/// Deposits, debts and land of firms.
pub const FIRMS: Columns = 8;
/// All of it.
pub const ALL: Columns = MONEY | PEOPLE | FARMLAND | FIRMS;

/// Sums of all accounts, debts, people and land, from the columns alone.
pub fn holdings(w: &World) -> Holdings {
    let mut counted = Counted::default();
    counted.count(w, ALL);
    counted.holdings(w)
}

/// What was counted agent by agent.
#[derive(Clone, Debug, Default)]
pub struct Counted {
    /// Deposits of households by bank [fen].
    money: [i64; BANKS],
    /// Workers [agents].
    people: i64,
    /// Dependants [twentieths of an agent].
    dependants: i64,
    /// Plots held, land operated, by region [m2].
    farmland: Vec<[i64; 2]>,
    /// Deposits and debts of firms by bank [fen].
    firms: [[i64; 2]; BANKS],
    /// Land of firms by region [m2].
    urban_m2: Vec<i64>,
}

impl Counted {
    /// Counts `columns` again; the rest stays as it was counted last.
    pub fn count(&mut self, w: &World, columns: Columns) {
        if columns & MONEY != 0 {
            self.money = sum(blocks::map(w.workers.len(), |range| money(w, range)));
        }
        if columns & PEOPLE != 0 {
            [self.people, self.dependants] = sum(blocks::map(w.workers.len(), |range| people(w, range)));
        }
        if columns & FARMLAND != 0 {
            self.farmland = vec![[0; 2]; w.geography.inside];
            for part in blocks::map(w.workers.len(), |range| farmland(w, range)) {
                for (all, [plots, operated]) in self.farmland.iter_mut().zip(part) {
                    all[0] += plots;
                    all[1] += operated;
                }
            }
        }
        if columns & FIRMS != 0 {
            self.count_firms(w);
        }
    }

    /// The columns whose sums are not those of `other`.
    pub fn changed(&self, other: &Counted) -> Columns {
        let people = (self.people, self.dependants) != (other.people, other.dependants);
        let firms = (&self.firms, &self.urban_m2) != (&other.firms, &other.urban_m2);
        [
            (self.money != other.money, MONEY),
            (people, PEOPLE),
            (self.farmland != other.farmland, FARMLAND),
            (firms, FIRMS),
        ]
        .into_iter()
        .filter(|(changed, _)| *changed)
        .fold(NOTHING, |all, (_, column)| all | column)
    }

    fn count_firms(&mut self, w: &World) {
        self.firms = [[0; 2]; BANKS];
        self.urban_m2 = vec![0; w.geography.inside];
        for part in blocks::map(w.firms.len(), |range| firms(w, range)) {
            for (r, [deposits, debt, land]) in part.into_iter().enumerate() {
                let at = &mut self.firms[w.geography.bank[r] as usize];
                at[0] += deposits;
                at[1] += debt;
                self.urban_m2[r] += land;
            }
        }
    }

    /// All sums: what was counted, and what stands in few accounts.
    pub fn holdings(&self, w: &World) -> Holdings {
        let mut h = Holdings {
            equity: w.banks.equity,
            people: self.people * i64::from(w.scale),
            dependants: self.dependants + w.places.left_behind.iter().flatten().flatten().sum::<i64>(),
            ..Holdings::default()
        };
        h.deposits[Sector::Households as usize] = self.money;
        for b in 0..BANKS {
            [h.deposits[Sector::Firms as usize][b], h.loans[b]] = self.firms[b];
        }
        self.plots(w, &mut h);
        let urban = self.housing(w, &mut h);
        governments(w, &mut h);
        h.deposits[Sector::EquityFund as usize][0] += w.fund.deposits;
        h.deposits[Sector::Clearing as usize][0] += w.clearing;
        h.deposits[Sector::Outer as usize][CENTRAL] += w.governments.outer;
        h.land = h.farmland_held.clone();
        h.land.extend(urban);
        h.land
            .extend((0..w.geography.inside).map(|r| w.rural.construction_m2(r)));
        h
    }

    /// Contracted farmland by region, as plots say, and as its uses say.
    fn plots(&self, w: &World, h: &mut Holdings) {
        h.farmland_held = self.farmland.iter().map(|land| land[0]).collect();
        h.farmland_used = self.farmland.iter().map(|land| land[1]).collect();
        for (&r, &m2) in w.farming.village_region.iter().zip(&w.farming.returned_m2) {
            h.farmland_held[r as usize] += m2;
        }
        for (r, used) in h.farmland_used.iter_mut().enumerate() {
            *used += w.farming.idle_m2[r] + w.farming.pool_m2[r];
            // tilled by farmers from elsewhere, less what its own farmers till elsewhere
            *used += w.farming.exported_m2[r] - w.farming.imported_m2[r];
        }
    }

    /// Adds deposits of housing funds and bad loans; returns urban land by region, the reserve included [m2].
    fn housing(&self, w: &World, h: &mut Holdings) -> Vec<i64> {
        let mut urban = self.urban_m2.clone();
        for (r, urban) in urban.iter_mut().enumerate() {
            let b = w.geography.bank[r] as usize;
            h.loans[b] += w.banks.bad_loans[r] + w.collectives.debt[r];
            h.deposits[Sector::Firms as usize][b] += w.collectives.deposits[r];
            h.deposits[Sector::HousingFunds as usize][b] += w.housing.deposits[r];
            *urban += w.housing.land_m2[r] + w.land.reserve_m2[r];
            *urban += w.land.housing_reserve_m2[r] + w.land.state_idle_m2[r];
        }
        urban
    }
}

/// Adds the blocks' sums.
fn sum<const N: usize>(parts: Vec<[i64; N]>) -> [i64; N] {
    let mut all = [0; N];
    for part in parts {
        for (a, x) in all.iter_mut().zip(part) {
            *a += x;
        }
    }
    all
}

/// Neighbours that are counted together where they are alike, as most are: who lives in the same region, who has no land.
const ALIKE: usize = 8;

/// Deposits of a block of households by bank; an empty slot holds nothing, and if it did, the sums would show it.
fn money(w: &World, range: Range<usize>) -> [i64; BANKS] {
    let workers = &w.workers;
    let inside = w.geography.inside;
    let (mut together, mut one_by_one) = ([0i64; 256], [0i64; 256]);
    let mut add = |deposits: &[i64], region: &[u8], hukou: &[u8]| {
        for ((&deposits, &region), &hukou) in deposits.iter().zip(region).zip(hukou) {
            let at = if (region as usize) < inside { region } else { hukou };
            one_by_one[at as usize] += deposits;
        }
    };
    let (region, hukou) = (&workers.region[range.clone()], &workers.hukou[range.clone()]);
    let (deposits, rest) = workers.deposits[range].as_chunks::<ALIKE>();
    let eights = deposits
        .iter()
        .zip(region.as_chunks::<ALIKE>().0)
        .zip(hukou.as_chunks::<ALIKE>().0);
    for ((deposits, region), hukou) in eights {
        // neighbours who live outside may bank in different places
        if *region == [region[0]; ALIKE] && (region[0] as usize) < inside {
            together[region[0] as usize] += deposits.iter().sum::<i64>();
        } else {
            add(deposits, region, hukou);
        }
    }
    let done = region.len() - rest.len();
    add(rest, &region[done..], &hukou[done..]);
    let mut by_bank = [0; BANKS];
    for (r, &bank) in w.geography.bank.iter().enumerate() {
        by_bank[bank as usize] += together[r] + one_by_one[r];
    }
    by_bank
}

/// Workers and dependants of a block.
fn people(w: &World, range: Range<usize>) -> [i64; 2] {
    let workers = &w.workers;
    let free = |status: &[Status]| status.iter().map(|&s| u32::from(s == Status::Free)).sum::<u32>();
    let whole = |column: &[u8]| column.iter().map(|&x| u32::from(x)).sum::<u32>();
    let here = range.len() as i64 - i64::from(free(&workers.status[range.clone()]));
    let dependants = whole(&workers.old[range.clone()]) + whole(&workers.young[range]);
    [here, i64::from(dependants)]
}

/// Plots held and land operated by region of a block.
fn farmland(w: &World, range: Range<usize>) -> Vec<[i64; 2]> {
    let workers = &w.workers;
    let mut by_region = [[0i64; 2]; 256];
    let mut add = |plot: &[u32], operated: &[u32], village: &[u32]| {
        for ((&plot, &operated), &village) in plot.iter().zip(operated).zip(village) {
            if plot | operated != 0 {
                let at = &mut by_region[w.farming.village_region[village as usize] as usize];
                at[0] += i64::from(plot);
                at[1] += i64::from(operated);
            }
        }
    };
    let (plot, operated) = (&workers.plot_m2[range.clone()], &workers.operated_m2[range.clone()]);
    let land = plot.chunks(ALIKE).zip(operated.chunks(ALIKE));
    for ((plot, operated), village) in land.zip(workers.village[range].chunks(ALIKE)) {
        if plot.iter().chain(operated).fold(0, |any, &m2| any | m2) != 0 {
            add(plot, operated, village);
        }
    }
    by_region[..w.geography.inside].to_vec()
}

/// Deposits, debts and land of a block of firms by region.
fn firms(w: &World, range: Range<usize>) -> Vec<[i64; 3]> {
    let mut by_region = vec![[0i64; 3]; w.geography.inside];
    let f = &w.firms;
    let (deposits, debt) = (&f.deposits[range.clone()], &f.debt[range.clone()]);
    let land = &f.land_m2[range.clone()];
    for (k, &cell) in f.cell[range].iter().enumerate() {
        let at = &mut by_region[cell as usize / firms::SECTORS];
        at[0] += deposits[k];
        at[1] += debt[k];
        at[2] += land[k];
    }
    by_region
}

/// Adds deposits and bonds of districts and the municipality.
fn governments(w: &World, h: &mut Holdings) {
    for g in 0..w.governments.deposits.len() {
        let b = w.bank_of_government(g);
        h.deposits[Sector::Governments as usize][b] += w.governments.deposits[g];
        h.bonds[b] += w.governments.bonds[g];
    }
}
