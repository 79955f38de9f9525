//! The other halves of what households received and paid (firms pay their bills later).

use super::farmland::FarmTills;
use super::measures::{self, Measures};
use super::sums::{Cohorts, Place, Residents};
use super::terms::Terms;
use crate::books::{CENTRAL, Flow, Sector, Tally};
use crate::world::{COHORTS, World};

/// What households received and paid, by region of the account, and what the quarter's measures count.
pub(super) struct Total {
    places: Vec<Place>,
    residents: Vec<Residents>,
    /// Posts and insurance, by inside region.
    measures: Vec<Measures>,
    cohorts: Cohorts,
}

impl Total {
    /// Adds up the sums by place, and those of the blocks in their order; enters the standing orders of residents.
    pub fn new(
        w: &World,
        terms: &Terms,
        sums: &[(Vec<Place>, FarmTills)],
        blocks: &[(Vec<Residents>, Box<Cohorts>)],
    ) -> Self {
        let mut total = Total {
            places: vec![Place::default(); w.geography.bank.len()],
            residents: vec![Residents::default(); w.geography.inside],
            measures: Vec::new(),
            cohorts: [[0.0; 2]; COHORTS],
        };
        for (places, farms) in sums {
            for (r, (all, place)) in total.places.iter_mut().zip(places).enumerate() {
                all.merge(place);
                all.till.merge(&farms.received.till(r));
                all.till.merge(&farms.paid.till(r));
            }
        }
        for (place, terms) in total.places.iter_mut().zip(&terms.residents) {
            let Place { till, heads, .. } = place;
            till.carried_out(&terms.orders, |kind| i64::from(heads[kind]));
            total.measures.push(Measures::of(place, terms));
        }
        for (residents, cohorts) in blocks {
            total.residents.iter_mut().zip(residents).for_each(|(a, x)| a.merge(x));
            for (c, x) in total.cohorts.iter_mut().zip(cohorts.iter()) {
                c[0] += x[0];
                c[1] += x[1];
            }
        }
        total
    }

    /// What employees are paid, by area, before tax; they live and work in one [fen].
    pub fn wages_by_area(&self, w: &World) -> Vec<i64> {
        let mut wages = vec![0; w.geography.areas];
        for (place, &a) in self.places.iter().zip(&w.geography.area) {
            wages[a as usize] += place.wages.iter().sum::<i64>();
        }
        wages
    }

    /// What households whose account is in region `r` moved under one flow [fen].
    fn moved(&self, r: usize, flow: Flow) -> i64 {
        self.places[r].till.moved(flow)
    }
}

/// Pays the other halves; `outside` is what the equity fund distributes to owners outside.
pub(super) fn settle(w: &mut World, t: &mut Tally, total: &Total, outside: i64) {
    let mut households = Tally::default();
    for (place, &bank) in total.places.iter().zip(&w.geography.bank) {
        households.enter(Sector::Households, bank as usize, &place.till);
    }
    t.merge(&households);
    districts_and_housing_funds(w, t, total);
    pension_pools(w, t, total);
    measures::settle(w, t, &total.measures);
    for b in 0..CENTRAL {
        let interest = households.received_by(Flow::DepositInterest, b);
        t.pay_out(Flow::DepositInterest, b, &mut w.banks.equity[b], interest);
        w.quarter.deposit_interest += interest;
    }
    equity_fund(w, t, households.received(Flow::FundDividend), outside);
    let wages_outside = households.received(Flow::OutsideWages);
    t.pay_out(Flow::OutsideWages, CENTRAL, &mut w.governments.outer, wages_outside);
    for flow in [
        Flow::OwnAccountSales,
        Flow::FarmSales,
        Flow::FarmRentReceived,
        Flow::RuralLandIncome,
        Flow::InventorIncome,
    ] {
        let x = households.received(flow);
        t.pay_out(flow, 0, &mut w.clearing, x);
    }
    let rents = households.paid(Flow::FarmRentPaid);
    t.pay_in(Flow::FarmRentPaid, 0, &mut w.clearing, rents);
    record(w, total);
}

/// Districts receive wage tax and pay benefits; housing funds receive rent and upkeep and pay their owners.
fn districts_and_housing_funds(w: &mut World, t: &mut Tally, total: &Total) {
    for r in 0..w.geography.inside {
        let bank = w.geography.bank[r] as usize;
        let moved = |flow| total.moved(r, flow);
        let gov = &mut w.governments;
        gov.revenue[r] += moved(Flow::WageTax);
        t.pay_in(Flow::WageTax, bank, &mut gov.deposits[r], moved(Flow::WageTax));
        t.pay_out(Flow::Benefits, bank, &mut gov.deposits[r], moved(Flow::Benefits));
        gov.fixed[r] = moved(Flow::Benefits) + (0.25 * w.params.government.bond_rate * gov.bonds[r] as f64) as i64;
        let fund = &mut w.housing.deposits[r];
        t.pay_in(Flow::HousingRent, bank, fund, moved(Flow::HousingRent));
        t.pay_out(Flow::HousingDividend, bank, fund, moved(Flow::HousingDividend));
        w.housing.received[r] = moved(Flow::HousingRent);
    }
}

/// The governments that run the social pools pay pensions; outside the city they are a fixed outlay of the budget.
fn pension_pools(w: &mut World, t: &mut Tally, total: &Total) {
    let mut pensions = [0; 2];
    for (r, &in_city) in w.geography.in_city.iter().enumerate() {
        pensions[usize::from(!in_city)] += total.moved(r, Flow::Pensions);
    }
    for (g, paid) in w.pension_pools().into_iter().zip(pensions) {
        let bank = w.bank_of_government(g);
        t.pay_out(Flow::Pensions, bank, &mut w.governments.deposits[g], paid);
        if g != w.municipality() {
            w.governments.fixed[g] += paid;
        }
    }
}

/// The equity fund distributes to households and to owners outside.
fn equity_fund(w: &mut World, t: &mut Tally, households: i64, outside: i64) {
    t.pay_out(Flow::FundDividend, 0, &mut w.fund.deposits, households);
    t.pay(
        Flow::FundOutside,
        (&mut w.fund.deposits, 0),
        (&mut w.governments.outer, CENTRAL),
        outside,
    );
}

/// Keeps what the quarter's measures count; dependants with kin are people of their region.
fn record(w: &mut World, total: &Total) {
    let regions = || total.residents.iter().zip(&total.places);
    w.census = regions().map(|(residents, place)| residents.census(place)).collect();
    let with_kin = |r: usize, home: usize| total.residents[r].persons[home] + w.kin_cared(r, home);
    let persons = (0..w.geography.inside).map(|r| [with_kin(r, 0), with_kin(r, 1)]);
    let persons = persons.collect();
    let q = &mut w.quarter;
    q.persons = persons;
    q.income = regions().map(|(_, place)| place.income).collect();
    q.wages = regions().map(|(_, place)| place.wages).collect();
    q.earners = regions().map(|(_, place)| place.earners()).collect();
    q.cohort_wage = total.cohorts.to_vec();
}
