//! Firms pay wages, contributions, taxes and interest, then their owners.

use crate::base::blocks;
use crate::books::{CENTRAL, Flow, Tally};
use crate::world::{World, land_wear, power_price, subsidy, wear};

/// What a firm owes for the quarter [fen].
struct Costs {
    wages: i64,
    /// Contributions to the social pool.
    payroll: i64,
    production_tax: i64,
    profit_tax: i64,
    interest: i64,
    /// Interest that the district pays.
    subsidy: i64,
    /// Wear of capital and knowledge: a cost that is not paid out.
    wear: i64,
    /// Power bill.
    power: i64,
}

/// Firms pay wages, contributions, taxes and interest, then what is above their cash target to their owners;
/// a shortfall becomes an overdraft.
pub(super) fn settle(w: &mut World, t: &mut Tally, bills: &[i64]) {
    let view: &World = w;
    let costs = blocks::map_firms(bills.len(), |_| (), |(), f| costs(view, f, bills[f]));
    for (f, costs) in costs.iter().enumerate() {
        pay_costs(w, t, f, costs);
        update_targets(w, f, costs);
        pay_owners(w, t, f);
    }
}

/// Profit is taxed after production tax, labour, power, interest, and the wear of capital and of land leases.
fn costs(w: &World, f: usize, wages: i64) -> Costs {
    let law = &w.rules[w.firms.region(f)].fiscal;
    let revenue = w.firms.revenue[f];
    let payroll = (wages as f64 * law.payroll) as i64;
    let production_tax = (revenue as f64 * law.production_tax) as i64;
    let interest = (0.25 * w.firms.loan_rate[f] * w.firms.debt[f] as f64) as i64;
    let [capital, knowledge] = wear(w, f);
    let (wear, land) = ((capital + knowledge) as i64, land_wear(w, f) as i64);
    let subsidy = (0.25 * subsidy(w, f) * w.firms.debt[f] as f64) as i64;
    let power = (w.firms.power_kwh[f] * power_price(w, w.firms.region(f))) as i64;
    let gross = revenue - production_tax - wages - payroll - power - interest + subsidy;
    Costs {
        wages,
        payroll,
        production_tax,
        profit_tax: ((gross - wear - land).max(0) as f64 * law.profit_tax) as i64,
        interest,
        subsidy,
        wear,
        power,
    }
}

/// Government that runs the social pool of a region and owns its state firms.
fn pool_of(w: &World, region: usize) -> usize {
    w.pension_pools()[usize::from(!w.geography.in_city[region])]
}

/// Wages, contributions to the region's pool, taxes in their local and central shares, interest to the bank.
fn pay_costs(w: &mut World, t: &mut Tally, f: usize, c: &Costs) {
    let r = w.firms.region(f);
    let bank = w.geography.bank[r] as usize;
    let pool = pool_of(w, r);
    let pool_bank = w.bank_of_government(pool);
    let law = &w.rules[r].fiscal;
    let production_local = (c.production_tax as f64 * law.production_tax_local) as i64;
    let profit_local = (c.profit_tax as f64 * law.profit_tax_local) as i64;
    let central = c.production_tax - production_local + c.profit_tax - profit_local;
    let account = &mut w.firms.deposits[f];
    let gov = &mut w.governments;
    t.pay_out(Flow::Wages, bank, account, c.wages);
    w.quarter.resources.bills[r] += c.power;
    t.pay(Flow::PowerBills, (account, bank), (&mut w.clearing, 0), c.power);
    gov.revenue[pool] += c.payroll;
    let social = (&mut gov.deposits[pool], pool_bank);
    t.pay(Flow::Payroll, (account, bank), social, c.payroll);
    gov.revenue[r] += production_local + profit_local;
    let district = &mut gov.deposits[r];
    t.pay(Flow::ProductionTax, (account, bank), (district, bank), production_local);
    t.pay(Flow::ProfitTax, (account, bank), (district, bank), profit_local);
    t.pay(Flow::CentralTax, (account, bank), (&mut gov.outer, CENTRAL), central);
    gov.fixed[r] += c.subsidy;
    w.quarter.subsidies[r] += c.subsidy;
    let payer = (&mut gov.deposits[r], bank);
    t.pay(Flow::InterestSubsidy, payer, (account, bank), c.subsidy);
    let lender = (&mut w.banks.equity[bank], bank);
    t.pay(Flow::LoanInterest, (account, bank), lender, c.interest);
}

/// Operating profit is smoothed over a year; cash is kept for some quarters of labour cost and for investment.
fn update_targets(w: &mut World, f: usize, c: &Costs) {
    let operating = (w.firms.revenue[f] - c.production_tax - c.wages - c.payroll - c.power - c.wear) as f64;
    w.firms.profit[f] += 0.25 * (operating - w.firms.profit[f]);
    let labour = (c.wages + c.payroll) as f64;
    let invest = c
        .wear
        .max((w.firms.planned_investment[f] + w.firms.planned_research[f]) as i64);
    w.firms.cash_target[f] = (w.params.firms.cash_quarters * labour) as i64 + invest;
}

/// What is above the cash target goes to the owner; owners of a firm without a bank pay in what they can; the rest,
/// and what others lack, is overdrawn.
fn pay_owners(w: &mut World, t: &mut Tally, f: usize) {
    let r = w.firms.region(f);
    let bank = w.geography.bank[r] as usize;
    let pool = pool_of(w, r);
    let pool_bank = w.bank_of_government(pool);
    let spare = w.firms.deposits[f] - w.firms.cash_target[f];
    let account = &mut w.firms.deposits[f];
    if spare > 0 {
        if w.firms.state[f] {
            w.governments.revenue[pool] += spare;
            let owner = (&mut w.governments.deposits[pool], pool_bank);
            t.pay(Flow::StateProfit, (account, bank), owner, spare);
        } else {
            t.pay(Flow::Dividends, (account, bank), (&mut w.fund.deposits, 0), spare);
        }
    } else if *account < 0 {
        if !w.firms.borrowed[f] {
            let paid = (-*account).min(w.fund.deposits.max(0));
            t.pay(Flow::SeedCapital, (&mut w.fund.deposits, 0), (account, bank), paid);
            w.fund.seeded += paid;
        }
        let short = -*account;
        t.lend(bank, account, &mut w.firms.debt[f], short);
    }
}
