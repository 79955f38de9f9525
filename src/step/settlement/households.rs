//! Households are paid and pay, in one pass over workers.

use super::counterparties::{self, Sums};
use crate::agents::firms::{SECTORS, SERVICES};
use crate::agents::workers::{GAVE_UP, Status, flag};
use crate::base::blocks::{self, RUN};
use crate::base::log::ln;
use crate::books::{Flow, Tally};
use crate::markets::posts;
use crate::step::village;
use crate::world::{
    PayTerms, World, away_wage, benefit, bonus, deposit_interest, farm_output, farm_rent, home_of, housing_share, pay,
    pay_terms, pension,
};

/// What a unit, a plot or a head gets of a sum that is shared, known before anybody is paid.
struct Terms {
    /// Interest on deposits, by inside region [1/quarter].
    interest: Vec<f64>,
    /// What firms pay.
    pay: Vec<PayTerms>,
    /// Distribution of the equity fund to a unit [fen].
    unit: f64,
    /// Distribution of the housing fund to a household that owns its dwelling, by region [fen].
    owner: Vec<i64>,
    /// Licence income of a resident worker of high skill off the farm, by region [fen].
    inventor: Vec<i64>,
    /// Sales of an own-account worker, by region [fen].
    own_account: Vec<i64>,
    /// Farm household's part of a unit of farm output, by region [fen].
    farm: Vec<f64>,
}

impl Terms {
    /// Terms of the quarter when the equity fund distributes `to_units`.
    fn new(w: &World, to_units: i64) -> Self {
        let regions = 0..w.geography.inside;
        let p = &w.params.housing;
        let owner = |r: usize| {
            let keep = f64::max(
                p.cash_spent * w.housing.spent[r] as f64,
                p.cash_received * w.housing.received[r] as f64,
            );
            (w.housing.deposits[r] - keep as i64).max(0) / (w.census[r].owners as i64).max(1)
        };
        let own_account = |r: usize| w.cells.own_revenue[r * SECTORS + SERVICES] / i64::from(w.own_heads[r].max(1));
        let farm = |r: usize| {
            let served: i64 = village::service(w, r).iter().sum();
            w.farm_household_share * (w.farming.revenue[r] - served) as f64 / w.farming.output[r].max(1e-9)
        };
        Terms {
            interest: regions.clone().map(|r| deposit_interest(w, r)).collect(),
            pay: blocks::map_firms(w.firms.len(), |_| (), |(), f| pay_terms(w, f, bonus(w, f))),
            unit: to_units as f64 / w.fund.units.max(1) as f64,
            owner: regions.clone().map(owner).collect(),
            inventor: regions
                .clone()
                .map(|r| w.laboratories.inventors[r] / (w.high_skill(r) as i64).max(1))
                .collect(),
            own_account: regions.clone().map(own_account).collect(),
            farm: regions.map(farm).collect(),
        }
    }
}

/// The account of one household, and the tally of its block.
struct Purse<'a> {
    tally: &'a mut Tally,
    bank: usize,
    money: &'a mut i64,
}

impl Purse<'_> {
    #[inline]
    fn receive(&mut self, flow: Flow, amount: i64) {
        self.tally.pay_in(flow, self.bank, self.money, amount);
    }

    #[inline]
    fn pay(&mut self, flow: Flow, amount: i64) {
        self.tally.pay_out(flow, self.bank, self.money, amount);
    }
}

/// All incomes of households and what they owe, in one pass; returns wage bills by firm.
pub(super) fn settle(w: &mut World, t: &mut Tally) -> Vec<i64> {
    let inside = w.geography.inside;
    let spare = (w.fund.deposits - w.fund.reserve).max(0);
    let outside = (spare as f64 * w.outside_ownership) as i64;
    let terms = Terms::new(w, spare - outside);
    let mut deposits = std::mem::take(&mut w.workers.deposits);
    let mut permanent = std::mem::take(&mut w.workers.permanent_income);
    let view: &World = w;
    let firms = terms.pay.len();
    let (parts, bills) = blocks::map_mut2_sums(
        &mut deposits,
        &mut permanent,
        firms,
        |start, deposits, permanent, bills| {
            let mut block = Block {
                tally: Tally::default(),
                sums: Sums::new(inside, view.quarter.cohort_wage.len()),
            };
            let runs = deposits.chunks_mut(RUN).zip(permanent.chunks_mut(RUN)).enumerate();
            for (k, (deposits, permanent)) in runs {
                block.run(view, &terms, start + k * RUN, (deposits, permanent), bills);
            }
            (block.tally, block.sums)
        },
    );
    w.workers.deposits = deposits;
    w.workers.permanent_income = permanent;
    counterparties::settle(w, t, parts, outside);
    bills
}

/// What the households of one block received and paid.
struct Block {
    tally: Tally,
    sums: Sums,
}

impl Block {
    /// Settles a run of households from `start` on: what their firms pay is looked up first, and added to the wage `bills`
    /// of firms last, so that the misses of the cache overlap.
    fn run(
        &mut self,
        w: &World,
        terms: &Terms,
        start: usize,
        (deposits, permanent): (&mut [i64], &mut [f32]),
        bills: &mut [i64],
    ) {
        let employer = &w.workers.employer[start..start + deposits.len()];
        let mut offers = [PayTerms::NONE; RUN];
        for (offer, &f) in offers.iter_mut().zip(employer) {
            *offer = terms.pay.get(f as usize).copied().unwrap_or(PayTerms::NONE);
        }
        let mut wages = [0i64; RUN];
        for (k, (money, expected)) in deposits.iter_mut().zip(permanent).enumerate() {
            if w.workers.status[start + k] != Status::Free {
                wages[k] = self.household(w, terms, (start + k, offers[k]), (money, expected));
            }
        }
        for (wage, &f) in wages.iter().zip(employer).filter(|(wage, _)| **wage != 0) {
            bills[f as usize] += wage;
        }
    }

    /// Settles household `i`, whose employer pays on the terms of `offer`, with its `money` and `expected` (permanent)
    /// income. Returns its wage [fen].
    #[inline]
    fn household(
        &mut self,
        w: &World,
        terms: &Terms,
        (i, offer): (usize, PayTerms),
        (money, expected): (&mut i64, &mut f32),
    ) -> i64 {
        let before = *money;
        let s = &mut self.sums;
        let mut purse = Purse {
            tally: &mut self.tally,
            bank: w.bank_of_worker(i),
            money,
        };
        property(w, terms, i, &mut purse);
        let wage = work(w, terms, (i, offer), (&mut purse, s));
        old_age(w, i, &mut purse, s);
        let r = w.workers.region[i] as usize;
        if r < w.geography.inside {
            housing(w, terms, (i, *expected), (&mut purse, s));
            let rural = usize::from(w.workers.flags[i] & flag::VILLAGE_HOME != 0);
            s.income[r][rural] += *purse.money - before;
            s.persons[r][rural] += w.workers.persons(i);
        }
        let income = (*purse.money - before) as f64;
        *expected += (w.params.goods.income_smoothing * (income - f64::from(*expected))) as f32;
        if r < w.geography.inside {
            s.census[r].add(w, i, f64::from(*expected));
        }
        wage
    }
}

/// Income from what household `i` owns: interest on deposits, units of the equity fund, the rent of its plot (or what
/// it pays for land leased in).
#[inline]
fn property(w: &World, terms: &Terms, i: usize, purse: &mut Purse) {
    // people away bank where their hukou is
    let (r, o) = (w.workers.region[i] as usize, w.workers.hukou[i] as usize);
    let rate = terms
        .interest
        .get(r)
        .or(terms.interest.get(o))
        .copied()
        .unwrap_or_default();
    let interest = ((*purse.money).max(0) as f64 * rate) as i64;
    purse.receive(Flow::DepositInterest, interest);
    let part = (f64::from(w.workers.units[i]) * terms.unit) as i64;
    purse.receive(Flow::FundDividend, part);
    if w.workers.plot_m2[i] != 0 {
        let village = w.workers.village[i] as usize;
        let pay = w.rural.pay[w.farming.village_region[village] as usize][home_of(&w.workers, i)];
        purse.receive(Flow::RuralLandIncome, (f64::from(w.workers.plot_m2[i]) * pay) as i64);
    }
    let rent = farm_rent(w, i);
    if rent > 0.0 {
        purse.pay(Flow::FarmRentPaid, rent.ceil() as i64);
    } else if rent < 0.0 {
        purse.receive(Flow::FarmRentReceived, (-rent).floor() as i64);
    }
}

/// Income from the work of household `i`: wage, own-account sales, benefit of the unemployed, wage earned outside,
/// an inventor's part of licence income, and the crop of the land it tills. Returns the wage [fen].
#[inline]
fn work(w: &World, terms: &Terms, (i, offer): (usize, PayTerms), (purse, s): (&mut Purse, &mut Sums)) -> i64 {
    let r = w.workers.region[i] as usize;
    let mut paid = 0;
    match w.workers.status[i] {
        Status::Employed => paid = wage(w, (i, offer), (purse, s)),
        Status::OwnAccount => own_account(w, terms.own_account[r], r, (purse, s)),
        Status::Unemployed => unemployed(w, terms, i, (purse, s)),
        Status::Post => post(w, r, (purse, s)),
        Status::Away => purse.receive(Flow::OutsideWages, away_wage(w, i) as i64),
        Status::Farm | Status::Free => {}
    }
    if w.workers.flags[i] & flag::HIGH_SKILL != 0 && w.workers.status[i] != Status::Farm {
        let income = terms.inventor.get(r).copied().unwrap_or_default();
        purse.receive(Flow::InventorIncome, income);
    }
    if let Some((region, output)) = farm_output(w, i) {
        purse.receive(Flow::FarmSales, (terms.farm[region] * output) as i64);
    }
    paid
}

/// Own-account income `y` in region `r`, less the worker's part of the contribution.
#[inline]
fn own_account(w: &World, y: i64, r: usize, (purse, s): (&mut Purse, &mut Sums)) {
    let [own, subsidy] = posts::contribution(&w.rules[r].own_account, y as f64);
    purse.receive(Flow::OwnAccountSales, y);
    purse.pay(Flow::OwnAccountContribution, own);
    let m = &mut s.measures[r];
    m.own += own;
    m.subsidy += subsidy;
    m.risk[0] += y - own;
    m.risk[1] += 1;
}

/// Benefit of the unemployed, filled up by insurance for those who gave up own-account work.
#[inline]
fn unemployed(w: &World, terms: &Terms, i: usize, (purse, s): (&mut Purse, &mut Sums)) {
    let r = w.workers.region[i] as usize;
    let benefit = benefit(w, r);
    purse.receive(Flow::Benefits, benefit as i64);
    s.benefits[r] += benefit as i64;
    if w.workers.employer[i] == GAVE_UP {
        let more = posts::insured(&w.rules[r].own_account, terms.own_account[r] as f64, benefit);
        purse.receive(Flow::OwnAccountBenefits, more);
        let m = &mut s.measures[r];
        m.insured += more;
        m.risk[2] += benefit as i64 + more;
        m.risk[3] += 1;
    }
}

/// Pay of a public post in region `r`; wage tax is withheld.
#[inline]
fn post(w: &World, r: usize, (purse, s): (&mut Purse, &mut Sums)) {
    let pay = (w.params.posts.pay * w.areas.mean_pay[w.geography.area[r] as usize]) as i64;
    let tax = (pay as f64 * w.rules[r].fiscal.wage_tax) as i64;
    purse.receive(Flow::PostWages, pay);
    purse.pay(Flow::WageTax, tax);
    s.measures[r].posts += pay;
    s.wage_tax[r] += tax;
}

/// Wage of employee `i`: posted wage and share of profit x efficiency x price of its group, net of the employer's contribution; wage tax
/// is withheld. Returns it [fen].
#[inline]
fn wage(w: &World, (i, offer): (usize, PayTerms), (purse, s): (&mut Purse, &mut Sums)) -> i64 {
    let (r, g) = (w.workers.region[i] as usize, w.workers.group(i));
    let pay = pay(w, i, offer) as i64;
    let tax = (pay as f64 * offer.tax) as i64;
    purse.receive(Flow::Wages, pay);
    purse.pay(Flow::WageTax, tax);
    s.wage_tax[r] += tax;
    s.wages[r][g] += pay;
    s.earners[r][g] += 1;
    let cohort = &mut s.cohorts[w.workers.cohort[i] as usize];
    cohort[0] += ln(pay.max(1) as f64);
    cohort[1] += 1.0;
    pay
}

/// Pension of the old of household `i`.
#[inline]
fn old_age(w: &World, i: usize, purse: &mut Purse, s: &mut Sums) {
    if let Some((pool, pension)) = pension(w, i) {
        let pension = pension as i64;
        purse.receive(Flow::Pensions, pension);
        s.pensions[pool] += pension;
    }
}

/// Housing of resident household `i` with permanent income `y`: owners get their part of the housing fund; tenants pay
/// rent and owners upkeep, as far as money goes.
#[inline]
fn housing(w: &World, terms: &Terms, (i, y): (usize, f32), (purse, s): (&mut Purse, &mut Sums)) {
    let r = w.workers.region[i] as usize;
    if w.workers.flags[i] & (flag::VILLAGE_HOME | flag::TENANT) == 0 {
        purse.receive(Flow::HousingDividend, terms.owner[r]);
        s.housing[r] += terms.owner[r];
    }
    let due = housing_share(w, i, r) * f64::from(y);
    let due = (due as i64).min((*purse.money).max(0));
    purse.pay(Flow::HousingRent, due);
    s.rent[r] += due;
}
