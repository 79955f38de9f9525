//! Households are paid and pay, in one pass over workers.

use super::columns::Columns;
use super::counterparties::{self, Total};
use super::farmland::{Amounts, FarmTills};
use super::kinds::Kind;
use super::sums::{Cohorts, Place, Residents};
use super::terms::{Resident, Terms};
use crate::agents::workers::{Status, flag};
use crate::base::blocks::{self, BLOCK, Picked, RUN};
use crate::base::split::split;
use crate::books::{Flow, Tally};
use crate::world::{COHORTS, World};

/// All incomes of households and what they owe, in one pass; returns what every firm pays in wages.
pub(super) fn settle(w: &mut World, t: &mut Tally) -> Vec<i64> {
    let spare = (w.fund.deposits - w.fund.reserve).max(0);
    let outside = (spare as f64 * w.outside_ownership) as i64;
    let terms = Terms::new(w, spare - outside);
    let mut deposits = std::mem::take(&mut w.workers.deposits);
    let mut permanent = std::mem::take(&mut w.workers.permanent_income);
    let crops = std::mem::take(&mut w.farming.crops);
    let view: &World = w;
    let open = || (vec![Place::default(); view.geography.bank.len()], FarmTills::default());
    let (parts, sums) = blocks::map_into(
        BLOCK,
        (&mut deposits[..], &mut permanent[..]),
        open,
        |start, (deposits, permanent), sums| {
            let mut block = Block::new(view, &terms, &crops[start / BLOCK], sums);
            let runs = deposits.chunks_mut(RUN).zip(permanent.chunks_mut(RUN)).enumerate();
            for (k, (deposits, permanent)) in runs {
                block.run(start + k * RUN, (deposits, permanent));
            }
            debug_assert!(block.crops.next().is_none(), "a crop that nobody sells");
            (block.residents, block.cohorts)
        },
    );
    w.workers.deposits = deposits;
    w.workers.permanent_income = permanent;
    let total = Total::new(w, &terms, &sums, &parts);
    counterparties::settle(w, t, &total, outside);
    share(w, &terms, &total.wages_by_area(w))
}

/// What every firm pays in wages: those of an area pay together what their employees are paid, `bills`, each for the
/// efficiency that counts for it ([`World::employ`]); with one agent a person that is what its own employees are paid, but
/// for fractions of a fen.
fn share(w: &World, terms: &Terms, bills: &[i64]) -> Vec<i64> {
    let of_area = |a: usize| {
        let regions = (0..w.geography.inside).filter(|&r| w.geography.area[r] as usize == a);
        let firms: Vec<usize> = regions.flat_map(|r| w.firms_of_region(r)).collect();
        let weights: Vec<f64> = firms.iter().map(|&f| w.firms.efficiency[f] * terms.pay[f]).collect();
        let mut parts = vec![0; firms.len()];
        let rest = split(bills[a], &weights, &mut parts);
        debug_assert_eq!(rest, 0, "somebody is paid whom no firm employs");
        (firms, parts)
    };
    let mut shared = vec![0; w.firms.len()];
    for (firms, parts) in blocks::map_each(w.geography.areas, of_area) {
        firms.into_iter().zip(parts).for_each(|(f, bill)| shared[f] = bill);
    }
    shared
}

/// A block of households that is being settled.
struct Block<'a> {
    w: &'a World,
    terms: &'a Terms,
    /// Crops of those of its households that till land and are not yet settled [units].
    crops: std::slice::Iter<'a, f64>,
    /// What was paid and counted, by region of the account.
    places: &'a mut [Place],
    tills: &'a mut FarmTills,
    land: Box<Amounts>,
    /// Sums of the block that have fractions, by inside region.
    residents: Vec<Residents>,
    cohorts: Box<Cohorts>,
}

/// The account of one household, and the till of its place.
struct Purse<'a> {
    place: &'a mut Place,
    money: i64,
}

impl Purse<'_> {
    #[inline]
    fn receive(&mut self, flow: Flow, amount: i64) {
        self.place.till.receive(flow, &mut self.money, amount);
    }

    #[inline]
    fn pay(&mut self, flow: Flow, amount: i64) {
        self.place.till.pay(flow, &mut self.money, amount);
    }
}

impl<'a> Block<'a> {
    fn new(w: &'a World, terms: &'a Terms, crops: &'a [f64], sums: &'a mut (Vec<Place>, FarmTills)) -> Self {
        Block {
            w,
            terms,
            crops: crops.iter(),
            places: &mut sums.0,
            tills: &mut sums.1,
            land: Box::default(),
            residents: vec![Residents::default(); w.geography.inside],
            cohorts: Box::new([[0.0; 2]; COHORTS]),
        }
    }

    /// Settles a run of households from `start` on.
    fn run(&mut self, start: usize, (deposits, permanent): (&mut [i64], &mut [f32])) {
        let n = deposits.len();
        let c = Columns::of(&self.w.workers, start, n);
        let permanent = &mut permanent[..n];
        let kinds = Kind::of(&c);
        let at = self.w.geography.account_places(c.region, c.hukou);
        let mut known = self.wages(&c, &kinds);
        self.land.settle(
            (&self.terms.farms, &self.w.farming.village_region),
            (&c, &at[..n]),
            &mut self.crops,
            (&mut known, self.tills),
        );
        for k in 0..n {
            if c.status[k] != Status::Free {
                let columns = (&mut deposits[k], &mut permanent[k]);
                self.household(&c, (k, kinds[k % RUN], known[k % RUN]), columns);
            }
        }
    }

    /// Wages of the employees of a run after tax: posted wage and share of profit x efficiency x price of the group, net of
    /// the employer's contribution; wage tax is withheld as the law of their district says. What their firms pay is looked up
    /// first, so that the misses of the cache overlap. Adds to cohorts.
    fn wages(&mut self, c: &Columns, kinds: &[Kind; RUN]) -> [i64; RUN] {
        let employees = Picked::of(c.status, |&status| status == Status::Employed);
        let (mut units, mut logs) = ([0.0; RUN], [1.0; RUN]);
        for (unit, k) in units.iter_mut().zip(employees.iter()) {
            *unit = self.terms.pay[c.employer[k] as usize];
        }
        let mut net = [0; RUN];
        let mut number = 0;
        for ((&unit, log), k) in units.iter().zip(&mut logs).zip(employees.iter()) {
            let (region, g) = (c.region[k] as usize, kinds[k % RUN].group());
            let terms = &self.terms.residents[region];
            let wage = terms.groups.pay(unit, c.efficiency[k], g) as i64;
            let (place, account) = (&mut self.places[region], &mut net[k % RUN]);
            place.till.receive(Flow::Wages, account, wage);
            place
                .till
                .pay(Flow::WageTax, account, (wage as f64 * terms.wage_tax) as i64);
            place.wages[g] += wage;
            *log = wage.max(1) as f64;
            number += 1;
        }
        self.terms.log.all(&mut logs[..number]);
        for (log, k) in logs.iter().zip(employees.iter()) {
            let cohort = &mut self.cohorts[c.cohort[k] as usize];
            cohort[0] += log;
            cohort[1] += 1.0;
        }
        net
    }

    /// Settles household `k` of a `kind`, which is paid a `wage` after tax, with its `money` and `expected` (permanent) income.
    #[inline]
    fn household(&mut self, c: &Columns, (k, kind, wage): (usize, Kind, i64), (money, expected): (&mut i64, &mut f32)) {
        let (terms, region) = (self.terms, c.region[k] as usize);
        let at = self.w.geography.account_place(c.region[k], c.hukou[k]);
        let before = *money;
        let mut purse = Purse {
            place: &mut self.places[at],
            money: before,
        };
        property(terms, c, (k, at), &mut purse);
        // the till has it already, see `wages`
        purse.money += wage;
        if let Some(terms) = terms.residents.get(region) {
            terms.orders.carry_out(kind.place(), &mut purse.money);
            housing(terms, kind.dwelling(), *expected, &mut purse);
        } else {
            let outside = region - terms.residents.len();
            let y = terms.outside_wage[outside] * f64::from(c.efficiency[k]) * terms.scale;
            purse.receive(Flow::OutsideWages, y as i64);
        }
        let income = purse.money - before;
        *money = purse.money;
        *expected += (terms.smoothing * (income as f64 - f64::from(*expected))) as f32;
        if let Some(residents) = self.residents.get_mut(region) {
            purse.place.count(kind, income);
            residents.add(kind, f64::from(*expected), terms.people[c.dependants(k)]);
        }
    }
}

/// Income from what household `k` with an account in region `at` has and is entitled to: interest on deposits, units of
/// the equity fund, pension of its old.
#[inline]
fn property(terms: &Terms, c: &Columns, (k, at): (usize, usize), purse: &mut Purse) {
    let place = &terms.places[at];
    let interest = (purse.money.max(0) as f64 * place.interest) as i64;
    purse.receive(Flow::DepositInterest, interest);
    purse.receive(Flow::FundDividend, (f64::from(c.units[k]) * terms.unit) as i64);
    // the old of a family that took a local hukou stay insured where its plot lies
    let rural = (c.plot[k] > 0) | (c.flags[k] & flag::RURAL_HUKOU != 0);
    purse.receive(Flow::Pensions, place.pension[c.old[k] as usize][usize::from(rural)]);
}

/// Housing of a resident household with permanent income `y`: tenants pay rent and owners upkeep, as far as money goes.
#[inline]
fn housing(terms: &Resident, dwelling: usize, y: f32, purse: &mut Purse) {
    let due = (terms.housing[dwelling] * f64::from(y)) as i64;
    purse.pay(Flow::HousingRent, due.min(purse.money.max(0)));
}
