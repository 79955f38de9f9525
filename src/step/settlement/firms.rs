//! Firms pay wages, contributions, taxes and interest, then their owners.

use crate::base::blocks::{self, FIRM_BLOCK};
use crate::books::{CENTRAL, Flow, Sector, Tally, Till};
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

/// What firms of all regions paid; whole sums, which add up the same in any order.
struct Sums {
    /// By region of the firm.
    tills: Vec<Till>,
    /// Overdrafts.
    loans: Tally,
}

/// What a block of firms did that the equity fund must see in the order of firms.
#[derive(Default)]
struct Owners {
    /// Dividends to the fund [fen].
    dividends: i64,
    /// Private firms without a bank that lack money, in order, and the block's dividends before.
    short: Vec<(usize, i64)>,
}

/// Firms pay wages, contributions, taxes and interest, then what is above their cash target to their owners;
/// a shortfall becomes an overdraft.
pub(super) fn settle(w: &mut World, t: &mut Tally, bills: &[i64]) {
    let mut deposits = std::mem::take(&mut w.firms.deposits);
    let mut debt = std::mem::take(&mut w.firms.debt);
    let mut profit = std::mem::take(&mut w.firms.profit);
    let mut target = std::mem::take(&mut w.firms.cash_target);
    let view: &World = w;
    let open = || Sums {
        tills: vec![Till::default(); view.geography.inside],
        loans: Tally::default(),
    };
    let columns = ((&mut deposits[..], &mut debt[..]), (&mut profit[..], &mut target[..]));
    let (owners, sums) = blocks::map_into(FIRM_BLOCK, columns, open, |start, columns, sums| {
        let ((deposits, debt), (profit, target)) = columns;
        let mut owners = Owners::default();
        for k in 0..deposits.len() {
            let f = start + k;
            let costs = costs(view, f, bills[f], debt[k]);
            pay_costs(view, f, &costs, (&mut deposits[k], sums));
            target[k] = update_targets(view, f, &costs, &mut profit[k]);
            pay_owners(
                view,
                f,
                target[k],
                (&mut deposits[k], &mut debt[k]),
                (sums, &mut owners),
            );
        }
        owners
    });
    w.firms.deposits = deposits;
    w.firms.debt = debt;
    w.firms.profit = profit;
    w.firms.cash_target = target;
    equity_fund(w, t, owners);
    counterparties(w, t, sums);
}

/// Profit is taxed after production tax, labour, power, interest, and the wear of capital and of land leases.
fn costs(w: &World, f: usize, wages: i64, debt: i64) -> Costs {
    let law = &w.rules[w.firms.region(f)].fiscal;
    let revenue = w.firms.revenue[f];
    let payroll = (wages as f64 * law.payroll) as i64;
    let production_tax = (revenue as f64 * law.production_tax) as i64;
    let interest = (0.25 * w.firms.loan_rate[f] * debt as f64) as i64;
    let [capital, knowledge] = wear(w, f);
    let (wear, land) = ((capital + knowledge) as i64, land_wear(w, f) as i64);
    let subsidy = (0.25 * subsidy(w, f) * debt as f64) as i64;
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
fn pay_costs(w: &World, f: usize, c: &Costs, (account, sums): (&mut i64, &mut Sums)) {
    let r = w.firms.region(f);
    let law = &w.rules[r].fiscal;
    let production_local = (c.production_tax as f64 * law.production_tax_local) as i64;
    let profit_local = (c.profit_tax as f64 * law.profit_tax_local) as i64;
    let central = c.production_tax - production_local + c.profit_tax - profit_local;
    let till = &mut sums.tills[r];
    till.pay(Flow::Wages, account, c.wages);
    till.pay(Flow::PowerBills, account, c.power);
    till.pay(Flow::Payroll, account, c.payroll);
    till.pay(Flow::ProductionTax, account, production_local);
    till.pay(Flow::ProfitTax, account, profit_local);
    till.pay(Flow::CentralTax, account, central);
    till.receive(Flow::InterestSubsidy, account, c.subsidy);
    till.pay(Flow::LoanInterest, account, c.interest);
}

/// Operating profit is smoothed over a year; cash is kept for some quarters of labour cost and for investment. Returns
/// the cash target.
fn update_targets(w: &World, f: usize, c: &Costs, profit: &mut f64) -> i64 {
    let operating = (w.firms.revenue[f] - c.production_tax - c.wages - c.payroll - c.power - c.wear) as f64;
    *profit += 0.25 * (operating - *profit);
    let labour = (c.wages + c.payroll) as f64;
    let invest = c
        .wear
        .max((w.firms.planned_investment[f] + w.firms.planned_research[f]) as i64);
    (w.params.firms.cash_quarters * labour) as i64 + invest
}

/// What is above the cash target goes to the owner; owners of a firm without a bank pay in what they can, once it is known
/// what the equity fund has ([`equity_fund`]); what others lack is overdrawn.
fn pay_owners(
    w: &World,
    f: usize,
    target: i64,
    (account, debt): (&mut i64, &mut i64),
    (sums, owners): (&mut Sums, &mut Owners),
) {
    let r = w.firms.region(f);
    let spare = *account - target;
    if spare > 0 {
        if w.firms.state[f] {
            sums.tills[r].pay(Flow::StateProfit, account, spare);
        } else {
            sums.tills[r].pay(Flow::Dividends, account, spare);
            owners.dividends += spare;
        }
    } else if *account < 0 {
        if w.firms.borrowed[f] {
            let short = -*account;
            sums.loans.lend(w.geography.bank[r] as usize, account, debt, short);
        } else {
            owners.short.push((f, owners.dividends));
        }
    }
}

/// The equity fund takes dividends and pays in what firms without a bank lack, firm by firm in order, as far as it has
/// money; the rest is overdrawn.
fn equity_fund(w: &mut World, t: &mut Tally, blocks: Vec<Owners>) {
    for block in blocks {
        let mut taken = 0;
        for (f, dividends) in block.short {
            t.pay_in(Flow::Dividends, 0, &mut w.fund.deposits, dividends - taken);
            taken = dividends;
            let bank = w.geography.bank[w.firms.region(f)] as usize;
            let account = &mut w.firms.deposits[f];
            let paid = (-*account).min(w.fund.deposits.max(0));
            t.pay(Flow::SeedCapital, (&mut w.fund.deposits, 0), (account, bank), paid);
            w.fund.seeded += paid;
            let short = -*account;
            t.lend(bank, account, &mut w.firms.debt[f], short);
        }
        t.pay_in(Flow::Dividends, 0, &mut w.fund.deposits, block.dividends - taken);
    }
}

/// The other halves of what firms paid.
fn counterparties(w: &mut World, t: &mut Tally, sums: Vec<Sums>) {
    for part in sums {
        t.merge(&part.loans);
        for (r, till) in part.tills.iter().enumerate() {
            receive(w, t, r, till);
        }
    }
}

/// The other halves of what firms of region `r` paid, all but dividends and wages.
fn receive(w: &mut World, t: &mut Tally, r: usize, till: &Till) {
    let bank = w.geography.bank[r] as usize;
    let pool = pool_of(w, r);
    let pool_bank = w.bank_of_government(pool);
    t.enter(Sector::Firms, bank, till);
    let power = till.moved(Flow::PowerBills);
    w.quarter.resources.bills[r] += power;
    t.pay_in(Flow::PowerBills, 0, &mut w.clearing, power);
    let gov = &mut w.governments;
    for flow in [Flow::Payroll, Flow::StateProfit] {
        gov.revenue[pool] += till.moved(flow);
        t.pay_in(flow, pool_bank, &mut gov.deposits[pool], till.moved(flow));
    }
    for flow in [Flow::ProductionTax, Flow::ProfitTax] {
        gov.revenue[r] += till.moved(flow);
        t.pay_in(flow, bank, &mut gov.deposits[r], till.moved(flow));
    }
    t.pay_in(Flow::CentralTax, CENTRAL, &mut gov.outer, till.moved(Flow::CentralTax));
    let subsidy = till.moved(Flow::InterestSubsidy);
    gov.fixed[r] += subsidy;
    w.quarter.subsidies[r] += subsidy;
    t.pay_out(Flow::InterestSubsidy, bank, &mut gov.deposits[r], subsidy);
    let interest = till.moved(Flow::LoanInterest);
    t.pay_in(Flow::LoanInterest, bank, &mut w.banks.equity[bank], interest);
}
