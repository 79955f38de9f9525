//! What the snapshot counts household by household.

use super::{BINS, bin};
use crate::agents::workers::{FAMILIES, Status, flag, persons_with};
use crate::base::blocks::{self, BLOCK, RUN};
use crate::base::whole::number;
use crate::world::World;
use multiversion::multiversion;
use std::ops::Range;

/// Histogram of a block of households: bins in which somebody is, people and value.
type Bins = Vec<(u16, [f64; 2])>;

const _: () = assert!(BINS <= 1 << u16::BITS);

/// A histogram: people and value by bin.
type Histogram = Vec<[f64; 2]>;

/// Sums of households, or of a block of them.
pub(super) struct Counted<H> {
    /// By inside region: people, people in town, people with hukou elsewhere, deposits [fen].
    pub sums: Vec<[f64; 4]>,
    /// Of the city: permanent income per head; deposits and fund units per head [fen].
    pub histograms: [H; 2],
}

/// What a histogram holds, which is empty again for another block: where there is value, there are people.
fn take(histogram: &mut [[f64; 2]]) -> Bins {
    let full = (0..).zip(histogram).filter(|(_, bin)| bin[0] > 0.0);
    full.map(|(at, bin)| (at, std::mem::take(bin))).collect()
}

/// Counts all households.
pub(super) fn count(w: &World) -> Counted<Histogram> {
    let (inside, scale) = (w.geography.inside, f64::from(w.scale));
    let people = std::array::from_fn(|dependants| persons_with(dependants) * scale);
    let (people, unit) = (&people, w.fund_value_per_unit());
    let empty = || [(); 2].map(|()| vec![[0.0; 2]; BINS]);
    let block = |_, range: Range<usize>, histograms: &mut [Histogram; 2]| {
        let mut sums = vec![[0.0; 4]; inside];
        for first in range.clone().step_by(RUN) {
            let run = first..(first + RUN).min(range.end);
            let heads = Heads::new(w, run.clone(), people, unit);
            add(w, run, &heads, &mut sums, histograms);
        }
        Counted {
            sums,
            histograms: histograms.each_mut().map(|histogram| take(histogram)),
        }
    };
    let (parts, _) = blocks::map_into(BLOCK, 0..w.workers.len(), empty, block);
    let mut all = Counted {
        sums: vec![[0.0; 4]; inside],
        histograms: empty(),
    };
    for part in parts {
        for (all, part) in all.sums.iter_mut().zip(part.sums) {
            (0..4).for_each(|k| all[k] += part[k]);
        }
        for (all, part) in all.histograms.iter_mut().zip(part.histograms) {
            for (at, [people, value]) in part {
                let bin = &mut all[usize::from(at)];
                bin[0] += people;
                bin[1] += value;
            }
        }
    }
    all
}

/// What is worked out for a run of households at once: people, deposits and fund units [fen], the bins of income and of these
/// per head.
struct Heads {
    persons: [f64; RUN],
    owned: [f64; RUN],
    bins: [[u16; RUN]; 2],
}

impl Heads {
    /// Of a run of households; `people` by dependants, `unit` the value of a fund unit [fen].
    fn new(w: &World, run: Range<usize>, people: &[f64; FAMILIES], unit: f64) -> Self {
        let workers = &w.workers;
        let mut heads = Heads {
            persons: [1.0; RUN],
            owned: [0.0; RUN],
            bins: [[0; RUN]; 2],
        };
        let families = workers.old[run.clone()].iter().zip(&workers.young[run.clone()]);
        for (persons, (&old, &young)) in heads.persons.iter_mut().zip(families) {
            *persons = people[usize::from(old) + usize::from(young)];
        }
        let income = &workers.permanent_income[run.clone()];
        per_head(
            income,
            (&workers.deposits[run.clone()], &workers.units[run]),
            unit,
            &mut heads,
        );
        heads
    }
}

/// Fills in what is owned, and the bins, of a run of households with their people.
#[multiversion(targets("x86_64+avx512f+avx512dq+avx512bw+avx512vl", "x86_64+avx2"))]
fn per_head(income: &[f32], (deposits, units): (&[i64], &[u32]), unit: f64, heads: &mut Heads) {
    let n = income.len().min(RUN);
    let (deposits, units) = (&deposits[..n], &units[..n]);
    let [of_income, of_wealth] = &mut heads.bins;
    for k in 0..n {
        let persons = heads.persons[k];
        let owned = number(deposits[k].max(0)) + unit * f64::from(units[k]);
        heads.owned[k] = owned;
        of_income[k] = bin(f64::from(income[k]) / persons) as u16;
        of_wealth[k] = bin(owned / persons) as u16;
    }
}

/// Adds a run of households, neighbours in one region after another.
fn add(w: &World, run: Range<usize>, heads: &Heads, sums: &mut [[f64; 4]], histograms: &mut [Histogram; 2]) {
    let n = run.len();
    let workers = &w.workers;
    let [region, hukou, flags] = [&workers.region, &workers.hukou, &workers.flags].map(|x| &x[run.clone()]);
    let (status, deposits) = (&workers.status[run.clone()], &workers.deposits[run.clone()]);
    let income = &workers.permanent_income[run];
    let mut from = 0;
    while from < n {
        let r = region[from];
        let to = (from..n).find(|&k| region[k] != r).unwrap_or(n);
        let neighbours = (from..to).filter(|&k| status[k] != Status::Free);
        from = to;
        let Some(of_region) = sums.get_mut(usize::from(r)) else {
            continue;
        };
        let mut sum = *of_region;
        for k in neighbours.clone() {
            let persons = heads.persons[k];
            let counts = |yes| if yes { persons } else { 0.0 };
            sum[0] += persons;
            sum[1] += counts(flags[k] & flag::VILLAGE_HOME == 0);
            sum[2] += counts(hukou[k] != r);
            sum[3] += deposits[k] as f64;
        }
        *of_region = sum;
        if w.geography.in_city[usize::from(r)] {
            let [of_income, of_wealth] = &mut *histograms;
            for k in neighbours {
                let persons = heads.persons[k];
                let bins = heads.bins.each_ref().map(|bins| usize::from(bins[k]));
                let (earn, own) = (&mut of_income[bins[0]], &mut of_wealth[bins[1]]);
                earn[0] += persons;
                earn[1] += f64::from(income[k]);
                own[0] += persons;
                own[1] += heads.owned[k];
            }
        }
    }
}
