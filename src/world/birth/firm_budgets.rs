//! Birth of firms' budgets: costs, taxes, profits, deposits at target, and what their owners, banks and governments get.

use crate::books::BANKS;
use crate::world::{World, exit_rate, grid_of, land_wear, power_price, wear};

/// What firms pay at the start [fen per quarter].
pub(super) struct Accounts {
    /// Net income of private firms.
    pub private: f64,
    /// Net income of the city's state firms.
    pub state: f64,
    /// Capital that entrants will need.
    pub seeds: f64,
    /// Loan interest.
    pub interest: f64,
    /// Loans by bank [fen].
    pub loans: [f64; BANKS],
    /// Investment by region.
    pub invest: Vec<f64>,
    /// Contributions to the social pools.
    pub payroll: [f64; 2],
    /// Taxes, land fees and state profits of districts.
    pub local: Vec<f64>,
    /// Local surplus of power companies, by grid.
    pub power: [f64; 2],
}

/// Budgets of all firms; their columns of profit, investment, deposits and cash are set.
pub(super) fn firm_budgets(w: &mut World) -> Accounts {
    let inside = w.geography.inside;
    let mut sums = Accounts {
        private: 0.0,
        state: 0.0,
        seeds: 0.0,
        interest: 0.0,
        loans: [0.0; BANKS],
        invest: vec![0.0; inside],
        payroll: [0.0; 2],
        local: vec![0.0; inside],
        power: [0.0; 2],
    };
    for f in 0..w.firms.len() {
        budget(w, f, &mut sums);
    }
    for c in 0..w.cell_count() {
        w.cells.start_value[c] = w.firm_value(c);
        w.cells.start_firms.push(w.effective_firms(c));
        w.cells.variety.push(1.0);
    }
    sums
}

/// Budget of firm `f`: revenue less tax, labour, power, interest, land fees and replacement of capital goes to its owner.
fn budget(w: &mut World, f: usize, sums: &mut Accounts) {
    let p = &w.params.firms;
    let scale = f64::from(w.scale);
    let r = w.firms.region(f);
    let law = &w.rules[r].fiscal;
    let revenue = w.firms.revenue[f] as f64;
    let bill = w.firms.wage[f] * w.firms.efficiency[f] * scale;
    let interest = 0.25 * w.firms.loan_rate[f] * w.firms.debt[f] as f64;
    let [capital, knowledge] = wear(w, f);
    let land = land_wear(w, f);
    let replace = capital + knowledge;
    let (power_kwh, price) = (w.firms.power_kwh[f], power_price(w, r));
    let power = power_kwh * price;
    let gross = revenue * (1.0 - law.production_tax) - bill - power - interest - land;
    let tax = law.profit_tax * (gross - replace).max(0.0);
    let net = gross - replace - tax;
    w.firms.profit[f] = revenue * (1.0 - law.production_tax) - bill - power - replace;
    w.firms.planned_investment[f] = capital;
    w.firms.planned_research[f] = knowledge;
    w.firms.deposits[f] = (p.cash_quarters * bill + replace) as i64;
    w.firms.cash_target.push(w.firms.deposits[f]);
    sums.local[r] += law.production_tax * law.production_tax_local * revenue + law.profit_tax_local * tax + land;
    if !w.firms.state[f] {
        sums.private += net;
    } else if w.geography.in_city[r] {
        sums.state += net;
    } else {
        sums.local[r] += net;
    }
    sums.loans[w.geography.bank[r] as usize] += w.firms.debt[f] as f64;
    sums.interest += interest;
    sums.invest[r] += capital;
    let g = grid_of(&w.geography, r);
    sums.power[g] += w.params.energy.local_share * power_kwh * (price - w.power.outside_cost[g]).max(0.0);
    sums.payroll[usize::from(!w.geography.in_city[r])] += bill * law.payroll / (1.0 + law.payroll);
    sums.seeds += 0.25 * exit_rate(p, w.firms.size(f, scale)) * w.firms.debt[f] as f64;
}
