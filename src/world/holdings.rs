//! What the columns hold, recomputed for the audit.

use super::{PlotsIn, World};
use crate::agents::workers::Status;
use crate::base::blocks::{self, BLOCK, RUN};
use crate::base::by_place::{ByPlace, Places};
use crate::books::{BANKS, CENTRAL, Holdings, Sector};
use multiversion::multiversion;
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
            self.money = [0; BANKS];
            for [sums] in by_place(w, |run, [sums]| money(w, run, sums)) {
                for (r, &bank) in w.geography.bank.iter().enumerate() {
                    self.money[bank as usize] += sums.of(r);
                }
            }
        }
        if columns & PEOPLE != 0 {
            [self.people, self.dependants] = sum(blocks::map(w.workers.len(), |range| people(w, range)));
        }
        if columns & FARMLAND != 0 {
            self.farmland = vec![[0; 2]; w.geography.inside];
            for sums in by_place(w, |run, sums| farmland(w, run, sums)) {
                for (r, all) in self.farmland.iter_mut().enumerate() {
                    all.iter_mut().zip(&sums).for_each(|(all, sums)| *all += sums.of(r));
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
        let by_region = blocks::map_each(w.geography.inside, |r| firms(w, w.firms_of_region(r)));
        self.firms = [[0; 2]; BANKS];
        for (&[deposits, debt, _], &bank) in by_region.iter().zip(&w.geography.bank) {
            let at = &mut self.firms[bank as usize];
            at[0] += deposits;
            at[1] += debt;
        }
        self.urban_m2 = by_region.into_iter().map(|[.., land]| land).collect();
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

/// What runs of workers add up to, by place; `add(run, sums)` adds a run.
fn by_place<const N: usize>(w: &World, add: impl Fn(Range<usize>, &mut [ByPlace; N]) + Sync) -> Vec<[ByPlace; N]> {
    let open = || std::array::from_fn(|_| ByPlace::default());
    let (_, sums) = blocks::map_into(BLOCK, 0..w.workers.len(), open, |_, block, sums| {
        for start in block.clone().step_by(RUN) {
            add(start..(start + RUN).min(block.end), sums);
        }
    });
    sums
}

/// Adds the deposits of a run of households; an empty slot holds nothing, and if it did, the sums would show it.
fn money(w: &World, run: Range<usize>, sums: &mut ByPlace) {
    let workers = &w.workers;
    let (region, hukou) = (&workers.region[run.clone()], &workers.hukou[run.clone()]);
    let places = w.geography.account_places(region, hukou);
    sums.add(&Places::of(&places[..run.len()]), &workers.deposits[run]);
}

/// Workers and dependants of a block.
fn people(w: &World, range: Range<usize>) -> [i64; 2] {
    let workers = &w.workers;
    let here = range.len() as i64 - free(&workers.status[range.clone()]);
    let dependants = total(&workers.old[range.clone()]) + total(&workers.young[range]);
    [here, dependants]
}

/// Empty slots.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512vl", "x86_64+avx2"))]
fn free(status: &[Status]) -> i64 {
    let free = status.iter().map(|&s| u32::from(s == Status::Free)).sum::<u32>();
    i64::from(free)
}

/// Sum of a block of bytes.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512vl", "x86_64+avx2"))]
fn total(column: &[u8]) -> i64 {
    i64::from(column.iter().map(|&x| u32::from(x)).sum::<u32>())
}

/// Adds plots held and land operated of a run of households, by region of their village; often they have none.
fn farmland(w: &World, run: Range<usize>, sums: &mut [ByPlace; 2]) {
    let workers = &w.workers;
    let [plot, operated, village] =
        [&workers.plot_m2, &workers.operated_m2, &workers.village].map(|column| &column[run.clone()]);
    let village_region = &w.farming.village_region;
    let mut regions = [0; RUN];
    let places = match PlotsIn::of(village_region, (plot, operated), village) {
        PlotsIn::Nowhere => return,
        PlotsIn::One(region) => Places::one(region),
        PlotsIn::Several => {
            let each = regions.iter_mut().zip(village);
            each.for_each(|(region, &v)| *region = village_region[v as usize]);
            Places::of(&regions[..village.len()])
        }
    };
    let [held, tilled] = sums;
    held.add(&places, plot);
    tilled.add(&places, operated);
}

/// Deposits, debts and land of firms in a row.
fn firms(w: &World, firms: Range<usize>) -> [i64; 3] {
    let f = &w.firms;
    [&f.deposits, &f.debt, &f.land_m2].map(|column| column[firms.clone()].iter().sum())
}

/// Adds deposits and bonds of districts and the municipality.
fn governments(w: &World, h: &mut Holdings) {
    for g in 0..w.governments.deposits.len() {
        let b = w.bank_of_government(g);
        h.deposits[Sector::Governments as usize][b] += w.governments.deposits[g];
        h.bonds[b] += w.governments.bonds[g];
    }
}
