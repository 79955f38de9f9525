//! The settlement stage: everybody is paid and pays.

use crate::agents::firms::{SECTORS, SERVICES};
use crate::agents::workers::{GROUPS, Status, flag};
use crate::base::blocks;
use crate::books::{BANKS, CENTRAL, Flow, Tally};
use crate::world::census::Residents;
use crate::world::{World, housing_share, pension_class};
use std::sync::atomic::{AtomicI64, Ordering::Relaxed};

pub(super) fn run(w: &mut World) -> Tally {
    let mut t = Tally::default();
    let bills = households(w, &mut t);
    firms(w, &mut t, &bills);
    governments(w, &mut t);
    banks(w, &mut t);
    let rest = w.clearing;
    t.pay(
        Flow::AgribusinessSales,
        (&mut w.clearing, 0),
        (&mut w.fund.deposits, 0),
        rest,
    );
    t
}

/// What one block of households received and paid, by region where the other side needs it.
struct Sums {
    t: Tally,
    wage_tax: Vec<i64>,
    benefits: Vec<i64>,
    pensions: [i64; 2],
    rent: Vec<i64>,
    housing: Vec<i64>,
    income: Vec<[i64; 2]>,
    persons: Vec<[f64; 2]>,
    wages: Vec<[i64; GROUPS]>,
    earners: Vec<[u32; GROUPS]>,
    cohorts: Vec<[f64; 2]>,
    census: Vec<Residents>,
}

/// All incomes of households and what they owe, in one pass; returns wage bills by firm.
fn households(w: &mut World, t: &mut Tally) -> Vec<AtomicI64> {
    let inside = w.geography.inside;
    let scale = f64::from(w.scale);
    let bills: Vec<AtomicI64> = (0..w.firms.len()).map(|_| AtomicI64::new(0)).collect();
    let spare = (w.fund.deposits - w.fund.reserve).max(0);
    let outside = (spare as f64 * w.outside_ownership) as i64;
    let to_units = i128::from(spare - outside);
    let units = i128::from(w.fund.units.max(1));
    let owners_get: Vec<i64> = (0..inside)
        .map(|r| {
            let p = &w.params.housing;
            let keep = f64::max(
                p.cash_spent * w.housing.spent[r] as f64,
                p.cash_received * w.housing.received[r] as f64,
            );
            (w.housing.deposits[r] - keep as i64).max(0) / (w.census[r].owners as i64).max(1)
        })
        .collect();
    let own_get: Vec<i64> = (0..inside)
        .map(|r| w.cells.own_revenue[r * SECTORS + SERVICES] / i64::from(w.own_heads[r].max(1)))
        .collect();
    let farm_rate: Vec<f64> = (0..inside)
        .map(|r| w.farm_household_share * w.farming.revenue[r] as f64 / w.farming.output[r].max(1e-9))
        .collect();
    let mut deposits = std::mem::take(&mut w.workers.deposits);
    let mut permanent = std::mem::take(&mut w.workers.permanent_income);
    let view: &World = w;
    let p = &view.params;
    let news = p.goods.income_smoothing;
    let interest = 0.25 * p.credit.deposit_rate;
    let parts = blocks::map_mut2(&mut deposits, &mut permanent, |start, deposits, permanent| {
        let mut s = Sums::new(inside, view.quarter.cohort_wage.len());
        for k in 0..deposits.len() {
            let i = start + k;
            let status = view.workers.status[i];
            if status == Status::Free {
                continue;
            }
            let bank = view.bank_of_worker(i);
            let r = view.workers.region[i] as usize;
            let account = &mut deposits[k];
            let before = *account;
            let yield_ = (before.max(0) as f64 * interest) as i64;
            s.t.pay_in(Flow::DepositInterest, bank, account, yield_);
            match status {
                Status::Employed => {
                    let a = view.geography.area[r] as usize;
                    let f = view.workers.employer[i] as usize;
                    let g = view.workers.group(i);
                    let law = &view.rules[view.firms.region(f)].fiscal;
                    let e = f64::from(view.workers.efficiency[i]) * view.groups.price[a][g];
                    let pay = (view.firms.wage[f] * e * scale / (1.0 + law.payroll)) as i64;
                    let tax = (pay as f64 * law.wage_tax) as i64;
                    s.t.pay_in(Flow::Wages, bank, account, pay);
                    s.t.pay_out(Flow::WageTax, bank, account, tax);
                    bills[f].fetch_add(pay, Relaxed);
                    s.wage_tax[r] += tax;
                    s.wages[r][g] += pay;
                    s.earners[r][g] += 1;
                    let cohort = &mut s.cohorts[view.workers.cohort[i] as usize];
                    cohort[0] += (pay.max(1) as f64).ln();
                    cohort[1] += 1.0;
                }
                Status::OwnAccount => s.t.pay_in(Flow::OwnAccountSales, bank, account, own_get[r]),
                Status::Unemployed => {
                    let a = view.geography.area[r] as usize;
                    let benefit = (view.rules[r].labour.benefit * view.areas.mean_pay[a]) as i64;
                    s.t.pay_in(Flow::Benefits, bank, account, benefit);
                    s.benefits[r] += benefit;
                }
                Status::Away => {
                    let wage = view.outside_wage[r - inside] * f64::from(view.workers.efficiency[i]) * scale;
                    s.t.pay_in(Flow::OutsideWages, bank, account, wage as i64);
                }
                Status::Farm | Status::Free => {}
            }
            if let Some((region, output)) = super::enterprise::farm_output(view, i) {
                s.t.pay_in(Flow::FarmSales, bank, account, (farm_rate[region] * output) as i64);
            }
            if (view.workers.hukou[i] as usize) < inside || r < inside {
                let (pool, rural) = pension_class(view, i);
                let pension = (view.pension[pool][rural] * f64::from(view.workers.old[i])) as i64;
                s.t.pay_in(Flow::Pensions, bank, account, pension);
                s.pensions[pool] += pension;
            }
            let part = (i128::from(view.workers.units[i]) * to_units / units) as i64;
            s.t.pay_in(Flow::FundDividend, bank, account, part);
            let leased = view.workers.leased_m2[i];
            if leased != 0 {
                let v = view.farming.village_region[view.workers.village[i] as usize] as usize;
                let rent = view.farming.rent[v] * f64::from(leased.unsigned_abs());
                if leased > 0 {
                    s.t.pay_out(Flow::FarmRentPaid, bank, account, rent.ceil() as i64);
                } else {
                    s.t.pay_in(Flow::FarmRentReceived, bank, account, rent.floor() as i64);
                }
            }
            if r < inside {
                let flags = view.workers.flags[i];
                if flags & (flag::VILLAGE_HOME | flag::TENANT) == 0 {
                    s.t.pay_in(Flow::HousingDividend, bank, account, owners_get[r]);
                    s.housing[r] += owners_get[r];
                }
                let due = housing_share(view, i, r) * f64::from(permanent[k]);
                let due = (due as i64).min((*account).max(0));
                s.t.pay_out(Flow::HousingRent, bank, account, due);
                s.rent[r] += due;
                let rural = usize::from(flags & flag::VILLAGE_HOME != 0);
                s.income[r][rural] += *account - before;
                s.persons[r][rural] += view.workers.persons(i);
            }
            let income = (*account - before) as f64;
            permanent[k] += (news * (income - f64::from(permanent[k]))) as f32;
            if r < inside {
                s.census[r].add(view, i, f64::from(permanent[k]));
            }
        }
        s
    });
    w.workers.deposits = deposits;
    w.workers.permanent_income = permanent;
    counterparties(w, t, parts, outside);
    bills
}

impl Sums {
    fn new(inside: usize, cohorts: usize) -> Self {
        Sums {
            t: Tally::default(),
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
        }
    }
}

/// The other halves of what households received and paid (firms pay their bills later).
fn counterparties(w: &mut World, t: &mut Tally, parts: Vec<Sums>, outside: i64) {
    let inside = w.geography.inside;
    let mut total = Sums::new(inside, w.quarter.cohort_wage.len());
    let mut interest = [0i64; BANKS];
    for s in parts {
        for (b, x) in interest.iter_mut().enumerate() {
            *x += s.t.received_by(Flow::DepositInterest, b);
        }
        total.t.merge(&s.t);
        total.pensions[0] += s.pensions[0];
        total.pensions[1] += s.pensions[1];
        for r in 0..inside {
            total.wage_tax[r] += s.wage_tax[r];
            total.benefits[r] += s.benefits[r];
            total.rent[r] += s.rent[r];
            total.housing[r] += s.housing[r];
            for k in 0..2 {
                total.income[r][k] += s.income[r][k];
                total.persons[r][k] += s.persons[r][k];
            }
            for g in 0..GROUPS {
                total.wages[r][g] += s.wages[r][g];
                total.earners[r][g] += s.earners[r][g];
            }
        }
        for (a, b) in total.census.iter_mut().zip(&s.census) {
            a.merge(b);
        }
        for (c, x) in total.cohorts.iter_mut().zip(&s.cohorts) {
            c[0] += x[0];
            c[1] += x[1];
        }
    }
    t.merge(&total.t);
    let m = w.municipality();
    for r in 0..inside {
        let bank = w.geography.bank[r] as usize;
        let gov = &mut w.governments;
        gov.revenue[r] += total.wage_tax[r];
        t.pay_in(Flow::WageTax, bank, &mut gov.deposits[r], total.wage_tax[r]);
        t.pay_out(Flow::Benefits, bank, &mut gov.deposits[r], total.benefits[r]);
        gov.fixed[r] = total.benefits[r] + (0.25 * w.params.government.bond_rate * gov.bonds[r] as f64) as i64;
        t.pay_in(Flow::HousingRent, bank, &mut w.housing.deposits[r], total.rent[r]);
        t.pay_out(
            Flow::HousingDividend,
            bank,
            &mut w.housing.deposits[r],
            total.housing[r],
        );
        w.housing.received[r] = total.rent[r];
    }
    let elsewhere = w.geography.in_city.iter().position(|c| !c).unwrap_or(m);
    for (pool, g) in [(0, m), (1, elsewhere)] {
        let bank = if g == m { 0 } else { w.geography.bank[g] as usize };
        t.pay_out(
            Flow::Pensions,
            bank,
            &mut w.governments.deposits[g],
            total.pensions[pool],
        );
        if g != m {
            w.governments.fixed[g] += total.pensions[pool];
        }
    }
    for (b, x) in interest.iter().enumerate().take(CENTRAL) {
        t.pay_out(Flow::DepositInterest, b, &mut w.bank_equity[b], *x);
    }
    let paid = total.t.received(Flow::FundDividend);
    t.pay_out(Flow::FundDividend, 0, &mut w.fund.deposits, paid);
    t.pay(
        Flow::FundOutside,
        (&mut w.fund.deposits, 0),
        (&mut w.governments.outer, CENTRAL),
        outside,
    );
    let wages_outside = total.t.received(Flow::OutsideWages);
    t.pay_out(Flow::OutsideWages, CENTRAL, &mut w.governments.outer, wages_outside);
    for flow in [Flow::OwnAccountSales, Flow::FarmSales, Flow::FarmRentReceived] {
        let x = total.t.received(flow);
        t.pay_out(flow, 0, &mut w.clearing, x);
    }
    let rents = total.t.paid(Flow::FarmRentPaid);
    t.pay_in(Flow::FarmRentPaid, 0, &mut w.clearing, rents);
    w.census = total.census;
    for (r, persons) in total.persons.iter_mut().enumerate() {
        persons[0] += w.kin_cared(r, 0);
        persons[1] += w.kin_cared(r, 1);
    }
    let q = &mut w.quarter;
    q.income = total.income;
    q.persons = total.persons;
    q.wages = total.wages;
    q.earners = total.earners;
    q.cohort_wage = total.cohorts;
}

/// Firms pay wages, contributions, taxes and interest, then what is above their cash target to their owners;
/// a shortfall becomes an overdraft.
fn firms(w: &mut World, t: &mut Tally, bills: &[AtomicI64]) {
    let p = w.params.clone();
    let m = w.municipality();
    let elsewhere = w.geography.in_city.iter().position(|c| !c).unwrap_or(m);
    let mut production_taxes = vec![0i64; w.geography.inside];
    for (f, bill) in bills.iter().enumerate() {
        let r = w.firms.region(f);
        let bank = w.geography.bank[r] as usize;
        let law = w.rules[r].fiscal.clone();
        let pool = if w.geography.in_city[r] { m } else { elsewhere };
        let pool_bank = if pool == m { 0 } else { w.geography.bank[pool] as usize };
        let bill = bill.load(Relaxed);
        let revenue = w.firms.revenue[f];
        let account = &mut w.firms.deposits[f];
        let gov = &mut w.governments;
        t.pay_out(Flow::Wages, bank, account, bill);
        let payroll = (bill as f64 * law.payroll) as i64;
        gov.revenue[pool] += payroll;
        t.pay(
            Flow::Payroll,
            (account, bank),
            (&mut gov.deposits[pool], pool_bank),
            payroll,
        );
        let tax = (revenue as f64 * law.production_tax) as i64;
        let local = (tax as f64 * law.production_tax_local) as i64;
        let interest = (0.25 * w.firms.loan_rate[f] * w.firms.debt[f] as f64) as i64;
        let wear = (0.25 * p.firms.depreciation * w.firms.capital[f]) as i64;
        let gross = revenue - tax - bill - payroll - interest;
        let profit_tax = ((gross - wear).max(0) as f64 * law.profit_tax) as i64;
        let profit_local = (profit_tax as f64 * law.profit_tax_local) as i64;
        gov.revenue[r] += local + profit_local;
        production_taxes[r] += local;
        t.pay(
            Flow::ProductionTax,
            (account, bank),
            (&mut gov.deposits[r], bank),
            local,
        );
        t.pay(
            Flow::ProfitTax,
            (account, bank),
            (&mut gov.deposits[r], bank),
            profit_local,
        );
        let central = tax - local + profit_tax - profit_local;
        t.pay(Flow::CentralTax, (account, bank), (&mut gov.outer, CENTRAL), central);
        t.pay(
            Flow::LoanInterest,
            (account, bank),
            (&mut w.bank_equity[bank], bank),
            interest,
        );
        let operating = (revenue - tax - bill - payroll - wear) as f64;
        w.firms.profit[f] += 0.25 * (operating - w.firms.profit[f]);
        let cost = (bill + payroll) as f64;
        let target = (p.firms.cash_quarters * cost) as i64 + wear.max(w.firms.planned_investment[f] as i64);
        w.firms.cash_target[f] = target;
        let spare = *account - target;
        if spare > 0 {
            if w.firms.state[f] {
                gov.revenue[pool] += spare;
                t.pay(
                    Flow::StateProfit,
                    (account, bank),
                    (&mut gov.deposits[pool], pool_bank),
                    spare,
                );
            } else {
                t.pay(Flow::Dividends, (account, bank), (&mut w.fund.deposits, 0), spare);
            }
        } else if *account < 0 {
            // owners of a firm without a bank pay in what they can; the rest, and what others lack, is overdrawn
            if !w.firms.borrowed[f] {
                let paid = (-*account).min(w.fund.deposits.max(0));
                t.pay(Flow::SeedCapital, (&mut w.fund.deposits, 0), (account, bank), paid);
                w.fund.seeded += paid;
            }
            let short = -*account;
            t.lend(bank, account, &mut w.firms.debt[f], short);
        }
    }
}

/// Transfers from above and to the districts, bond interest, expectations.
fn governments(w: &mut World, t: &mut Tally) {
    let p = w.params.government.clone();
    let m = w.municipality();
    let inside = w.geography.inside;
    for g in 0..=inside {
        let bank = if g == m { 0 } else { w.geography.bank[g] as usize };
        let gov = &mut w.governments;
        let x = gov.transfer[g];
        gov.revenue[g] += x;
        t.pay(
            Flow::Transfers,
            (&mut gov.outer, CENTRAL),
            (&mut gov.deposits[g], bank),
            x,
        );
        let interest = (0.25 * p.bond_rate * gov.bonds[g] as f64) as i64;
        t.pay(
            Flow::BondInterest,
            (&mut gov.deposits[g], bank),
            (&mut w.bank_equity[bank], bank),
            interest,
        );
    }
    // the municipality passes on what it holds above its cash
    let spare = (w.governments.deposits[m] - w.governments.cash[m]).max(0);
    let mut parts = vec![0i64; inside];
    crate::base::split::split(spare, &w.transfer_weight, &mut parts);
    for (r, &x) in parts.iter().enumerate() {
        let bank = w.geography.bank[r] as usize;
        let gov = &mut w.governments;
        gov.revenue[r] += x;
        let mut from = gov.deposits[m];
        t.pay(Flow::TransfersDown, (&mut from, 0), (&mut gov.deposits[r], bank), x);
        gov.deposits[m] = from;
    }
    for g in 0..=inside {
        let gov = &mut w.governments;
        gov.expected[g] += p.revenue_smoothing * (gov.revenue[g] as f64 - gov.expected[g]);
        gov.last_revenue[g] = gov.revenue[g];
        gov.revenue[g] = 0;
    }
}

/// Banks pay out what they own above target capital; the outer government fills a shortfall.
fn banks(w: &mut World, t: &mut Tally) {
    let mut loans = [0i64; BANKS];
    for f in 0..w.firms.len() {
        loans[w.geography.bank[w.firms.region(f)] as usize] += w.firms.debt[f];
    }
    for b in 0..CENTRAL {
        let target = (w.params.credit.bank_capital * loans[b] as f64) as i64;
        let spare = w.bank_equity[b] - target;
        if spare > 0 {
            t.pay(
                Flow::BankDividend,
                (&mut w.bank_equity[b], b),
                (&mut w.fund.deposits, 0),
                spare,
            );
        } else {
            t.pay(
                Flow::BankRescue,
                (&mut w.governments.outer, CENTRAL),
                (&mut w.bank_equity[b], b),
                -spare,
            );
        }
    }
    // keep back what new firms took in the last quarters
    let seeded = w.fund.seeded as f64;
    w.fund.reserve += (0.25 * (2.0 * seeded - w.fund.reserve as f64)) as i64;
    w.fund.seeded = 0;
}
