//! Birth of technology: exponents, start wages and revenues of the cells from value added and labour shares.

use super::energy::{self, PowerUse};
use super::population::Population;
use super::value_added;
use crate::agents::firms::{SECTORS, SERVICES, Technology};
use crate::scenario::seed::SeedEconomy;
use crate::world::World;

/// Sums of an area that its wage bill is split by.
#[derive(Clone, Copy, Default)]
struct Compensation {
    /// Compensation in the accounts: wages and the mixed income of own-account workers [fen].
    total: f64,
    /// Employees, contributions to the social pool included [agents].
    employees: f64,
    /// Own-account workers, as their income relates to net pay [agents].
    own_account: f64,
}

/// Exponents and start wages of the cells, revenues of firms and of own-account workers.
pub(super) fn technology(w: &mut World, data: &SeedEconomy, population: &Population) {
    let productivity = sector_productivity(w, data);
    let net_pay = net_pay(w, data, population);
    let own_of = |w: &World, c: usize| {
        let va = value_added(data, c / SECTORS, c % SECTORS + 1);
        let pay = net_pay[w.geography.area[c / SECTORS] as usize];
        (own_account_workers(population, c) * w.params.birth.own_account_income * pay).min(0.5 * va)
    };
    let mut made = [0.0; SECTORS];
    for c in (0..w.cell_count()).filter(|&c| w.geography.in_city[c / SECTORS]) {
        made[c % SECTORS] += value_added(data, c / SECTORS, c % SECTORS + 1) - own_of(w, c);
    }
    let power = energy::power_use(w, data, made);
    let skill = w.mean_skill();
    for c in 0..w.cell_count() {
        let (r, s) = (c / SECTORS, c % SECTORS);
        let own_people = own_account_workers(population, c);
        let va = value_added(data, r, s + 1);
        let own = own_of(w, c);
        let relative = (va / heads(w, c).max(1.0)) / productivity[s];
        let share = labour_share(w, data, s, (va, own), relative);
        let t = exponents(w, r, share, power[s]);
        let wage = wage(w, c, &t, (share * (va - own), skill[w.geography.area[r] as usize]));
        let rho = t.rho();
        // sales are value added and what power costs outside
        let sales = own + (va - own) / (1.0 - power[s].outside);
        w.cells.technology.push(t);
        w.cells.start_wage.push(wage);
        w.cells.belief.push(sales);
        w.cells.quantity.push(sales);
        w.cells.own_revenue.push(own as i64);
        w.cells.start_value.push(0.0);
        w.cells.own_weight.push(if own_people > 0.0 {
            own / sales * (sales / (own_people * f64::from(w.scale))).powf(rho)
        } else {
            0.0
        });
        revenues(w, c, wage, skill[w.geography.area[r] as usize]);
    }
}

/// Share of compensation in value added of a sector, in the city's accounts.
fn compensation_share(data: &SeedEconomy, s: usize) -> f64 {
    let city = &data.city;
    [
        city.compensation_share_industry,
        city.compensation_share_services,
        city.compensation_share_digital,
    ][s]
}

/// People employed by the firms of cell `c`.
fn heads(w: &World, c: usize) -> f64 {
    w.firms_of(c).map(|f| f64::from(w.firms.heads[f])).sum::<f64>() * f64::from(w.scale)
}

/// Own-account workers of cell `c` (services only) [agents].
fn own_account_workers(population: &Population, c: usize) -> f64 {
    if c % SECTORS == SERVICES {
        population.status[c / SECTORS][2] as f64
    } else {
        0.0
    }
}

/// Mean value added per job of the sectors, for the wage rule [fen per quarter and person].
fn sector_productivity(w: &World, data: &SeedEconomy) -> [f64; SECTORS] {
    let mut mean = [[0.0; 2]; SECTORS];
    for c in 0..w.cell_count() {
        mean[c % SECTORS][0] += value_added(data, c / SECTORS, c % SECTORS + 1);
        mean[c % SECTORS][1] += heads(w, c);
    }
    mean.map(|[va, jobs]| va / jobs.max(1.0))
}

/// Net pay by area [fen per quarter and agent]: the compensation of the accounts is split such that own-account income
/// stands in its ratio to net pay.
fn net_pay(w: &World, data: &SeedEconomy, population: &Population) -> Vec<f64> {
    let mut areas = vec![Compensation::default(); w.geography.areas];
    for c in 0..w.cell_count() {
        let area = &mut areas[w.geography.area[c / SECTORS] as usize];
        let heads: f64 = w.firms_of(c).map(|f| f64::from(w.firms.heads[f])).sum();
        area.total += value_added(data, c / SECTORS, c % SECTORS + 1) * compensation_share(data, c % SECTORS);
        area.employees += heads * (1.0 + w.rules[c / SECTORS].fiscal.payroll);
        area.own_account += w.params.birth.own_account_income * own_account_workers(population, c);
    }
    areas
        .iter()
        .map(|a| a.total / (a.employees + a.own_account).max(1.0))
        .collect()
}

/// Labour share of the firms of a cell in sector `s` with value added `va`, `own` of it by own-account workers: wages
/// follow productivity relative to the sector by less than one for one.
fn labour_share(w: &World, data: &SeedEconomy, s: usize, (va, own): (f64, f64), relative: f64) -> f64 {
    let b = &w.params.birth;
    let wages = (compensation_share(data, s) * va - own) / (va - own);
    (wages * relative.powf(b.wage_to_productivity - 1.0))
        .max(b.labour_share_low)
        .min(b.labour_share_high)
}

/// Exponents that give the labour share of value added and the power bill: beta = share / ((1 - tax) rho), eps alike;
/// capital has what returns to scale leave of what is not power.
fn exponents(w: &World, r: usize, labour_share: f64, power: PowerUse) -> Technology {
    let p = &w.params.firms;
    let rho = (p.sigma - 1.0) / p.sigma;
    let kept = (1.0 - w.rules[r].fiscal.production_tax) * rho;
    let beta = labour_share / kept;
    Technology {
        beta: beta * (1.0 - power.outside),
        alpha: (p.returns_to_scale - beta - p.land_exponent).max(0.05) * (1.0 - power.bill),
        gamma: p.land_exponent * (1.0 - power.bill),
        eta: p.data_exponent,
        sigma: p.sigma,
        eps: power.bill / kept,
    }
}

/// Efficiency units that firm `f` wants [agents], and the share of them that it has, where those of its openings have a
/// mean of `skill`.
fn wanted(w: &World, f: usize, skill: f64) -> (f64, f64) {
    let open = f64::from(w.firms.target[f]) - f64::from(w.firms.heads[f]);
    let wanted = w.firms.efficiency[f] + open * skill;
    (wanted, w.firms.efficiency[f] / wanted)
}

/// Wage at which the firms of cell `c`, with jobs open as they are for people of mean `skill`, have wage costs `bill`.
fn wage(w: &World, c: usize, t: &Technology, (bill, skill): (f64, f64)) -> f64 {
    let cost = |f: usize| {
        let (wanted, filled) = wanted(w, f, skill);
        wanted * f64::from(w.scale) * filled.powf(t.labour_elasticity())
    };
    let weight: f64 = w.firms_of(c).map(cost).sum();
    if weight > 0.0 { bill / weight } else { 0.0 }
}

/// Wage, planned revenue (all jobs filled) and revenue of the firms of cell `c`.
fn revenues(w: &mut World, c: usize, wage: f64, skill: f64) {
    let t = w.cells.technology[c];
    let tax = w.rules[c / SECTORS].fiscal.production_tax;
    let (rho, beta, scale) = (t.rho(), t.beta, f64::from(w.scale));
    for f in w.firms_of(c) {
        let (wanted, filled) = wanted(w, f, skill);
        let planned = wage * wanted * scale / ((1.0 - tax) * rho * beta);
        w.firms.wage[f] = wage;
        w.firms.planned_revenue[f] = planned;
        w.firms.revenue[f] = (planned * filled.powf(t.labour_elasticity())) as i64;
    }
}
