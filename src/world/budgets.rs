//! What households consume.

use super::World;
use crate::agents::workers::{FAMILIES, Status, Workers, persons_with};
use crate::base::blocks::{self, RUN};
use crate::base::log::Log;
use crate::base::split::split;
use crate::base::whole::whole;
use crate::markets::goods::{self, DepositTargets, GOODS};
use multiversion::multiversion;
use std::ops::Range;

/// What a household consumes in a quarter.
pub struct Consumption {
    /// Spent inside [fen].
    pub inside: i64,
    /// Of which on farm goods [fen].
    pub food: i64,
    /// Spent outside [fen].
    pub outside: i64,
}

/// What all households know when they spend.
pub struct Budgets {
    params: goods::Params,
    targets: DepositTargets,
    /// People of a household by its dependants [twentieths of a person a worker].
    people: Box<[f64; FAMILIES]>,
    /// Income per head to which food shares are relative [fen per quarter].
    mean_head_income: f64,
    /// Number of inside regions.
    inside: u8,
    log: Log,
}

/// Columns of a run of workers that decide what their households consume, equally long.
#[derive(Clone, Copy)]
pub struct Households<'a> {
    status: &'a [Status],
    /// Permanent income [fen per quarter].
    income: &'a [f32],
    thrift: &'a [u8],
    old: &'a [u8],
    young: &'a [u8],
    region: &'a [u8],
}

impl<'a> Households<'a> {
    /// Households of a run of workers.
    pub fn of(w: &'a Workers, run: Range<usize>) -> Self {
        Households {
            status: &w.status[run.clone()],
            income: &w.permanent_income[run.clone()],
            thrift: &w.thrift[run.clone()],
            old: &w.old[run.clone()],
            young: &w.young[run.clone()],
            region: &w.region[run],
        }
    }
}

/// What a run of households consumes in a quarter, as [`Consumption`].
pub struct Spending {
    /// Spent inside [fen].
    pub inside: [i64; RUN],
    /// Of which on farm goods [fen].
    pub food: [i64; RUN],
    /// Spent outside [fen].
    pub outside: [i64; RUN],
}

impl Default for Spending {
    fn default() -> Self {
        Spending {
            inside: [0; RUN],
            food: [0; RUN],
            outside: [0; RUN],
        }
    }
}

impl Budgets {
    /// Budgets of the quarter.
    pub fn new(w: &World) -> Self {
        Budgets {
            params: w.params.goods.clone(),
            targets: DepositTargets::new(&w.params.goods),
            people: Box::new(std::array::from_fn(|k| persons_with(k) * f64::from(w.scale))),
            mean_head_income: w.mean_head_income,
            inside: w.geography.inside as u8,
            log: Log::default(),
        }
    }

    /// Consumption of a run of households that have `deposits`; nothing of an empty slot. What is looked up in tables is
    /// looked up first: the rest is done for as many households at a time as fit a vector.
    pub fn spend(&self, h: &Households, deposits: &[i64], spending: &mut Spending) {
        let n = deposits.len();
        let (mut target, mut relative) = ([0.0; RUN], [1.0; RUN]);
        let rows = target.iter_mut().zip(&mut relative);
        for ((target, people), ((&thrift, &old), &young)) in rows.zip(h.thrift.iter().zip(h.old).zip(h.young)) {
            *target = self.targets.of(thrift);
            *people = self.people[usize::from(old) + usize::from(young)];
        }
        relative_incomes(self.mean_head_income, h.income, &mut relative[..n]);
        self.log.all(&mut relative[..n]);
        consume(&self.params, self.inside, h, (deposits, &target, &relative), spending);
    }
}

/// Income per head of households relative to `mean`, from the `people` of each: in their place.
#[multiversion(targets("x86_64+avx512f+avx512dq+avx512bw+avx512vl", "x86_64+avx2"))]
fn relative_incomes(mean: f64, income: &[f32], people: &mut [f64]) {
    for (people, &income) in people.iter_mut().zip(income) {
        *people = relative_income(mean, f64::from(income), *people);
    }
}

/// Income per head of a household of `people` relative to `mean`; who has next to nothing spends as others who have little.
#[inline(always)]
fn relative_income(mean: f64, income: f64, people: f64) -> f64 {
    (income / people / mean).max(0.05)
}

/// Consumption of a run of households that have deposits, want a target and have the log of relative income.
#[multiversion(targets("x86_64+avx512f+avx512dq+avx512bw+avx512vl", "x86_64+avx2"))]
fn consume(
    p: &goods::Params,
    inside: u8,
    h: &Households,
    (deposits, target, relative): (&[i64], &[f64], &[f64]),
    spending: &mut Spending,
) {
    let n = deposits.len().min(RUN);
    let (status, income, region) = (&h.status[..n], &h.income[..n], &h.region[..n]);
    let (deposits, target, relative) = (&deposits[..n], &target[..n], &relative[..n]);
    for k in 0..n {
        let money = if status[k] == Status::Free { 0 } else { deposits[k] };
        let c = consumption(
            p,
            region[k] < inside,
            f64::from(income[k]),
            (money, target[k], relative[k]),
        );
        spending.inside[k] = c.inside;
        spending.food[k] = c.food;
        spending.outside[k] = c.outside;
    }
}

/// Consumption of a household that has deposits, wants a target and has this log of relative income; who lives outside, not
/// at `home`, spends part of it at home, where the dependants are.
#[inline(always)]
fn consumption(
    p: &goods::Params,
    home: bool,
    income: f64,
    (deposits, target, relative): (i64, f64, f64),
) -> Consumption {
    let c = goods::consumption(p, income, deposits, target);
    let sent = whole(c as f64 * p.remittance_share);
    let inside = if home { c } else { sent };
    Consumption {
        inside,
        food: whole(inside as f64 * goods::food_share(p, relative)),
        outside: c - inside,
    }
}

/// Consumption of household `i`; `None` for an empty slot.
pub fn consumption_of(w: &World, budgets: &Budgets, i: usize) -> Option<Consumption> {
    (w.workers.status[i] != Status::Free).then(|| {
        let (income, b) = (f64::from(w.workers.permanent_income[i]), budgets);
        let relative = relative_income(b.mean_head_income, income, b.people[w.workers.dependants(i)]);
        let known = (
            w.workers.deposits[i],
            b.targets.of(w.workers.thrift[i]),
            b.log.ln(relative),
        );
        consumption(&b.params, w.workers.region[i] < b.inside, income, known)
    })
}

/// Household spending by inside region and good, without paying it.
pub fn household_spending(w: &World) -> Vec<Vec<i64>> {
    let inside = w.geography.inside;
    let budgets = Budgets::new(w);
    let parts = blocks::map(w.workers.len(), |range| {
        let mut by = vec![[0i64; 2]; inside];
        for i in range {
            if let Some(c) = consumption_of(w, &budgets, i) {
                let place = &mut by[w.account_place(i)];
                place[0] += c.food;
                place[1] += c.inside - c.food;
            }
        }
        by
    });
    let mut by = vec![[0i64; 2]; inside];
    for part in parts {
        for (all, part) in by.iter_mut().zip(part) {
            (0..2).for_each(|k| all[k] += part[k]);
        }
    }
    by.into_iter().map(|c| by_good(w, c).to_vec()).collect()
}

/// Consumption by good from what is spent on food and on everything else [fen].
pub fn by_good(w: &World, [food, other]: [i64; 2]) -> [i64; GOODS] {
    let mut parts = [0i64; GOODS - 1];
    split(other, &w.params.goods.consumption_split, &mut parts);
    [food, parts[0], parts[1], parts[2]]
}
