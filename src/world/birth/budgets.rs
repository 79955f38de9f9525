//! Birth of budgets: every flow of the first quarter, so that every sector of every region starts balanced.

use super::firm_budgets::firm_budgets;
use super::{BirthError, FEN, incomes};
use crate::agents::government::PublicCapital;
use crate::scenario::seed::SeedEconomy;
use crate::world::World;

/// Budgets of firms, households, the equity fund, housing funds, banks and governments, and deposits to match.
pub(super) fn budgets(w: &mut World, data: &SeedEconomy) -> Result<(), BirthError> {
    incomes::labour_markets(w, data);
    let mut firms = firm_budgets(w);
    incomes::pensions(w, firms.payroll);
    let mut households = incomes::incomes(w);
    if let Some(elsewhere) = w.geography.in_city.iter().position(|c| !c) {
        // the region outside the city runs its own pension pool, and owns its power companies
        firms.local[elsewhere] += firms.payroll[1] + firms.power[1];
        households.benefits[elsewhere] += firms.payroll[1];
    }
    for (local, tax) in firms.local.iter_mut().zip(&households.wage_tax) {
        *local += tax;
    }
    let per_unit = incomes::equity_fund(w, data, &firms, &households);
    incomes::permanent_incomes(w, &mut households.income, per_unit, &mut firms.local);
    for (b, &l) in firms.loans.iter().enumerate() {
        w.banks.equity[b] = (w.params.credit.bank_capital * l) as i64;
    }
    let need = districts(w, data, &firms.local, &households.benefits);
    municipality(w, &need, firms.payroll[0], firms.state + firms.power[0])?;
    w.quarter.investment = firms.invest.iter().sum::<f64>() as i64;
    Ok(())
}

/// Districts buy what the budgets of the data say. Returns what their own revenue (`local`) lacks [fen per quarter].
fn districts(w: &mut World, data: &SeedEconomy, local: &[f64], benefits: &[f64]) -> Vec<f64> {
    let p = &w.params.government;
    let in_city = &w.geography.in_city;
    let city_regions = data.regions.iter().enumerate().filter(|(r, _)| in_city[*r]);
    let city_total: f64 = city_regions.map(|(_, r)| r.budget_expenditure).sum();
    let gov = &mut w.governments;
    let mut need = vec![0.0; data.regions.len()];
    for (r, seed) in data.regions.iter().enumerate() {
        let scale_up = if in_city[r] {
            data.city.budget_expenditure / city_total
        } else {
            1.0
        };
        let purchases = seed.budget_expenditure * scale_up * FEN / 4.0;
        let revenue = local[r];
        let bonds = p.debt_to_revenue * 4.0 * (revenue.max(purchases));
        let fixed = benefits[r] + 0.25 * p.bond_rate * bonds;
        need[r] = (purchases + fixed - revenue).max(0.0);
        let expected = revenue + need[r];
        gov.bonds.push((p.debt_to_revenue * 4.0 * expected) as i64);
        let fixed = benefits[r] + 0.25 * p.bond_rate * gov.bonds[r] as f64;
        gov.expected.push(expected);
        let all = (expected - fixed).max(0.0);
        let research = (w.rules[r].technology.research_share * all) as i64;
        w.laboratories.money.push(research);
        gov.purchases.push(all as i64 - research);
        gov.fixed.push(fixed as i64);
        gov.last_revenue.push(expected as i64);
        gov.revenue.push(0);
        gov.deposits.push((p.cash_quarters * expected) as i64);
        gov.cash.push((p.cash_quarters * expected) as i64);
        gov.transfer.push(0);
    }
    let works: Vec<f64> = gov.purchases.iter().map(|&x| p.works_share * x as f64).collect();
    w.public_capital = PublicCapital::new(&works, p.public_depreciation);
    need
}

/// The municipality has contributions to the city's pool and profits of state firms and power companies, pays pensions, and closes the
/// districts' budgets by need; the transfer from above closes its own.
fn municipality(w: &mut World, need: &[f64], contributions: f64, state_profits: f64) -> Result<(), BirthError> {
    let g = &w.geography;
    let gov = &mut w.governments;
    let city_need: f64 = (0..g.inside).filter(|&r| g.in_city[r]).map(|r| need[r]).sum();
    let own = contributions + state_profits;
    // where state profits exceed needs, the municipality passes all of them on
    let above = (city_need + contributions - own).max(0.0);
    if city_need.is_nan() || own.is_nan() {
        return Err(BirthError::Impossible("budgets are not numbers".into()));
    }
    w.transfer_weight = (0..g.inside)
        .map(|r| if g.in_city[r] { need[r].max(1.0) } else { 0.0 })
        .collect();
    for r in 0..g.inside {
        if !g.in_city[r] {
            gov.transfer[r] = need[r] as i64;
        }
    }
    gov.deposits.push((own + above) as i64);
    gov.cash.push((own + above) as i64);
    gov.bonds.push(0);
    gov.expected.push(own + above);
    gov.purchases.push(0);
    gov.fixed.push(0);
    gov.last_revenue.push((own + above) as i64);
    gov.revenue.push(0);
    gov.transfer.push(above as i64);
    Ok(())
}

/// Budget expenditure of all districts, the municipal level spread over them [fen a year].
pub(super) fn yearly_budgets(data: &SeedEconomy) -> f64 {
    let outside_city: f64 = data
        .regions
        .iter()
        .filter(|r| r.code / 10_000 != data.regions[0].code / 10_000)
        .map(|r| r.budget_expenditure)
        .sum();
    (data.city.budget_expenditure + outside_city) * FEN
}

/// Disposable income per head on the basis of the national accounts [yuan a year]: the survey's income times the
/// ratio of household consumption in the input-output table to that of the survey.
pub(super) fn macro_income(data: &SeedEconomy) -> f64 {
    let c = &data.city;
    c.income_all * c.io_household_use / (c.consumption_all * c.residents)
}
