//! The other halves of what households received and paid (firms pay their bills later).

use super::measures::{self, Measures};
use crate::agents::workers::GROUPS;
use crate::books::{CENTRAL, Flow, Tally};
use crate::world::World;
use crate::world::census::Residents;

/// What households received and paid, by region where the other side needs it, and what the quarter's measures count.
pub(super) struct Sums {
    /// Wage tax withheld [fen].
    pub wage_tax: Vec<i64>,
    /// Unemployment benefits [fen].
    pub benefits: Vec<i64>,
    /// Pensions by social pool [fen].
    pub pensions: [i64; 2],
    /// Housing rent and upkeep [fen].
    pub rent: Vec<i64>,
    /// Distributions of housing funds [fen].
    pub housing: Vec<i64>,
    /// Income of residents: urban, rural [fen].
    pub income: Vec<[i64; 2]>,
    /// Residents: urban, rural [agents x persons].
    pub persons: Vec<[f64; 2]>,
    /// Wages by group [fen].
    pub wages: Vec<[i64; GROUPS]>,
    /// Wage earners by group [agents].
    pub earners: Vec<[u32; GROUPS]>,
    /// Sum of log wages and number by cohort [log fen, agents].
    pub cohorts: Vec<[f64; 2]>,
    /// Residents as they are now.
    pub census: Vec<Residents>,
    /// Posts and insurance.
    pub measures: Vec<Measures>,
}

impl Sums {
    /// Zero sums.
    pub fn new(inside: usize, cohorts: usize) -> Self {
        Sums {
            wage_tax: vec![0; inside],
            benefits: vec![0; inside],
            pensions: [0; 2],
            rent: vec![0; inside],
            housing: vec![0; inside],
            income: vec![[0; 2]; inside],
            persons: vec![[0.0; 2]; inside],
            wages: vec![[0; GROUPS]; inside],
            earners: vec![[0; GROUPS]; inside],
            cohorts: vec![[0.0; 2]; cohorts],
            census: vec![Residents::default(); inside],
            measures: vec![Measures::default(); inside],
        }
    }

    /// Adds another block's sums.
    fn merge(&mut self, s: &Sums) {
        for pool in 0..2 {
            self.pensions[pool] += s.pensions[pool];
        }
        for r in 0..self.wage_tax.len() {
            self.wage_tax[r] += s.wage_tax[r];
            self.benefits[r] += s.benefits[r];
            self.rent[r] += s.rent[r];
            self.housing[r] += s.housing[r];
            for k in 0..2 {
                self.income[r][k] += s.income[r][k];
                self.persons[r][k] += s.persons[r][k];
            }
            for g in 0..GROUPS {
                self.wages[r][g] += s.wages[r][g];
                self.earners[r][g] += s.earners[r][g];
            }
            self.census[r].merge(&s.census[r]);
            self.measures[r].merge(&s.measures[r]);
        }
        for (c, x) in self.cohorts.iter_mut().zip(&s.cohorts) {
            c[0] += x[0];
            c[1] += x[1];
        }
    }
}

/// Pays the other halves of all blocks; `outside` is what the equity fund distributes to owners outside.
pub(super) fn settle(w: &mut World, t: &mut Tally, parts: Vec<(Tally, Sums)>, outside: i64) {
    let mut households = Tally::default();
    let mut total = Sums::new(w.geography.inside, w.quarter.cohort_wage.len());
    for (tally, sums) in parts {
        households.merge(&tally);
        total.merge(&sums);
    }
    t.merge(&households);
    districts_and_housing_funds(w, t, &total);
    pension_pools(w, t, total.pensions);
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
fn districts_and_housing_funds(w: &mut World, t: &mut Tally, total: &Sums) {
    for r in 0..w.geography.inside {
        let bank = w.geography.bank[r] as usize;
        let gov = &mut w.governments;
        gov.revenue[r] += total.wage_tax[r];
        t.pay_in(Flow::WageTax, bank, &mut gov.deposits[r], total.wage_tax[r]);
        t.pay_out(Flow::Benefits, bank, &mut gov.deposits[r], total.benefits[r]);
        gov.fixed[r] = total.benefits[r] + (0.25 * w.params.government.bond_rate * gov.bonds[r] as f64) as i64;
        let fund = &mut w.housing.deposits[r];
        t.pay_in(Flow::HousingRent, bank, fund, total.rent[r]);
        t.pay_out(Flow::HousingDividend, bank, fund, total.housing[r]);
        w.housing.received[r] = total.rent[r];
    }
}

/// The governments that run the social pools pay pensions; outside the city they are a fixed outlay of the budget.
fn pension_pools(w: &mut World, t: &mut Tally, pensions: [i64; 2]) {
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
fn record(w: &mut World, mut total: Sums) {
    for (r, persons) in total.persons.iter_mut().enumerate() {
        persons[0] += w.kin_cared(r, 0);
        persons[1] += w.kin_cared(r, 1);
    }
    w.census = total.census;
    let q = &mut w.quarter;
    q.income = total.income;
    q.persons = total.persons;
    q.wages = total.wages;
    q.earners = total.earners;
    q.cohort_wage = total.cohorts;
}
