//! Birth of labour markets and household incomes: pay, unemployment, pensions, what every household earns, what the
//! equity fund must pay, and what permanent income follows.

use super::firm_budgets::Accounts;
use super::{FEN, cell};
use crate::agents::firms::SERVICES;
use crate::agents::workers::{NOBODY, Status, dwelling_of, flag};
use crate::base::blocks;
use crate::markets::goods::DepositTargets;
use crate::markets::housing;
use crate::scenario::seed::SeedEconomy;
use crate::world::{
    World, away_wage, benefit, farm_output, farm_rent, housing_share, pay as pay_of, pension, pension_class, unit_pay,
};

/// Pay and labour force of the areas at the start; own-account margin and what is normal of unemployment follow.
pub(super) fn labour_markets(w: &mut World, data: &SeedEconomy) {
    let pay = pay(w);
    let (own, force) = own_account_and_force(w);
    let exit = 0.25 * w.params.labour.own_account_exit;
    for a in 0..w.geography.areas {
        let mean = pay[a][0] / pay[a][1].max(1.0);
        let u = force[a][0] / force[a][1].max(1.0);
        w.areas.start_unemployment.push(u);
        w.areas.unemployment.push(u);
        w.areas.mean_pay.push(mean);
        w.areas.start_pay.push(mean);
        w.areas.own_ratio.push(own[a][0] / own[a][1].max(1.0) / mean.max(1.0));
        let entry = own[a][1] * exit / force[a][0].max(1.0);
        w.areas.own_entry.push(entry.min(0.5));
        w.areas.start_heads.push(pay[a][1]);
        w.areas.normal_unfilled.push(0.1);
    }
    // outside wages keep the start ratio to the city's mean pay
    let scale = f64::from(w.scale);
    let city_pay = pay.iter().fold((0.0, 0.0), |s, x| (s.0 + x[0], s.1 + x[1]));
    let outside = data.outside.iter();
    w.outside_wage = outside
        .map(|o| o.wage_level * city_pay.0 / city_pay.1 / scale)
        .collect();
}

/// Net pay [fen per quarter] and employees by area of the firm.
fn pay(w: &World) -> Vec<[f64; 2]> {
    let mut pay = vec![[0.0f64; 2]; w.geography.areas];
    for f in 0..w.firms.len() {
        let a = w.geography.area[w.firms.region(f)] as usize;
        let net = 1.0 / (1.0 + w.rules[w.firms.region(f)].fiscal.payroll);
        pay[a][0] += w.firms.wage[f] * w.firms.efficiency[f] * f64::from(w.scale) * net;
        pay[a][1] += f64::from(w.firms.heads[f]);
    }
    pay
}

/// By area: sales and number of own-account workers; unemployed and non-farm labour force. Counts own-account workers
/// by region.
fn own_account_and_force(w: &mut World) -> (Vec<[f64; 2]>, Vec<[f64; 2]>) {
    let inside = w.geography.inside;
    let mut own = vec![[0.0f64; 2]; w.geography.areas];
    let mut force = vec![[0.0f64; 2]; w.geography.areas];
    for i in 0..w.workers.len() {
        let r = w.workers.region[i] as usize;
        if r >= inside {
            continue;
        }
        let a = w.geography.area[r] as usize;
        match w.workers.status[i] {
            Status::OwnAccount => {
                w.own_heads[r] += 1;
                own[a][1] += 1.0;
                force[a][1] += 1.0;
            }
            Status::Employed => force[a][1] += 1.0,
            Status::Unemployed => {
                force[a][0] += 1.0;
                force[a][1] += 1.0;
            }
            _ => {}
        }
    }
    for r in 0..inside {
        own[w.geography.area[r] as usize][0] += w.cells.own_revenue[cell(r, SERVICES)] as f64;
    }
    (own, force)
}

/// Pensions: contributions by pool are paid out to old dependants, urban ones at a multiple.
pub(super) fn pensions(w: &mut World, contributions: [f64; 2]) {
    let inside = w.geography.inside;
    let mut old = [[0.0; 2]; 2];
    for i in 0..w.workers.len() {
        if (w.workers.hukou[i] as usize) < inside || (w.workers.region[i] as usize) < inside {
            let (pool, rural) = pension_class(w, i);
            old[pool][rural] += f64::from(w.workers.old[i]);
        }
    }
    let ratio = w.params.birth.pension_ratio;
    for pool in 0..2 {
        let weight = old[pool][0] * ratio + old[pool][1];
        let rural = if weight > 0.0 {
            contributions[pool] / weight
        } else {
            0.0
        };
        w.pension[pool] = [rural * ratio, rural];
    }
}

/// Incomes of all households before dividends, and the sums that the fund and the governments need.
pub(super) struct Incomes {
    /// Income by household [fen per quarter].
    pub income: Vec<f64>,
    /// Unemployment benefits by region [fen].
    pub benefits: Vec<f64>,
    /// Wage tax by region [fen].
    pub wage_tax: Vec<f64>,
    /// Units of the fund: of all households, of the city's.
    units: [f64; 2],
    /// Income of the city's households [fen].
    city_income: f64,
    /// The city's people, dependants with kin included [persons].
    city_persons: f64,
}

/// What every household earns before dividends.
pub(super) fn incomes(w: &World) -> Incomes {
    let (inside, scale) = (w.geography.inside, f64::from(w.scale));
    let mut s = Incomes {
        income: vec![0.0; w.workers.len()],
        benefits: vec![0.0; inside],
        wage_tax: vec![0.0; inside],
        units: [0.0; 2],
        city_income: 0.0,
        city_persons: 0.0,
    };
    // sums of fractions are made one by one, in the order of households; what they are made of is not
    let mut earned = vec![Earned::default(); TOGETHER.min(w.workers.len())];
    for i in 0..w.workers.len() {
        let at = i % TOGETHER;
        if at == 0 {
            let some = TOGETHER.min(w.workers.len() - i);
            blocks::map_mut(&mut earned[..some], |start, earned| {
                let households = i + start..;
                earned
                    .iter_mut()
                    .zip(households)
                    .for_each(|(x, i)| *x = Earned::of(w, i));
            });
        }
        let Earned {
            income: y,
            wage_tax,
            benefit,
        } = earned[at];
        let r = w.workers.region[i] as usize;
        let units = f64::from(w.workers.units[i]);
        s.units[0] += units;
        s.income[i] = y;
        if r < inside {
            s.wage_tax[r] += wage_tax;
            s.benefits[r] += benefit;
        }
        if r < inside && w.geography.in_city[r] {
            s.city_income += y;
            s.units[1] += units;
            s.city_persons += w.workers.persons(i) * scale;
        }
    }
    for r in (0..inside).filter(|&r| w.geography.in_city[r]) {
        s.city_persons += (w.kin_cared(r, 0) + w.kin_cared(r, 1)) * scale;
    }
    s
}

/// Households whose incomes are worked out before they are summed.
const TOGETHER: usize = 1 << 20;

/// What a household earns before dividends; wage tax, and benefits, that are in it [fen per quarter].
#[derive(Clone, Copy, Default)]
struct Earned {
    income: f64,
    wage_tax: f64,
    benefit: f64,
}

impl Earned {
    /// Of household `i`.
    fn of(w: &World, i: usize) -> Self {
        let mut earned = Earned::from_work(w, i);
        earned.income -= farm_rent(w, i);
        if let Some((_, pension)) = pension(w, i) {
            earned.income += pension;
        }
        earned
    }

    /// Of household `i` from work, after wage tax.
    fn from_work(w: &World, i: usize) -> Self {
        let r = w.workers.region[i] as usize;
        let mut earned = Earned::default();
        earned.income = match w.workers.status[i] {
            Status::Employed if w.workers.employer[i] != NOBODY => {
                let f = w.workers.employer[i] as usize;
                let (pay, tax) = (pay_of(w, i, unit_pay(w, f, 0.0)), w.rules[r].fiscal.wage_tax);
                earned.wage_tax = tax * pay;
                (1.0 - tax) * pay
            }
            Status::OwnAccount => w.cells.own_revenue[cell(r, SERVICES)] as f64 / f64::from(w.own_heads[r]),
            Status::Unemployed => {
                earned.benefit = benefit(w, r);
                earned.benefit
            }
            Status::Farm => farm_output(w, i).map_or(0.0, |(_, output)| w.farm_household_share * output),
            Status::Away => away_wage(w, i),
            Status::Employed | Status::Post | Status::Free => 0.0,
        };
        earned
    }
}

/// The equity fund: what it must pay to the city's households for their income per head to match the data; the rest of
/// its income belongs to owners outside. Returns dividends per unit [fen per quarter].
pub(super) fn equity_fund(w: &mut World, data: &SeedEconomy, firms: &Accounts, s: &Incomes) -> f64 {
    let p = &w.params;
    let mut agribusiness = 0.0;
    for r in 0..w.geography.inside {
        agribusiness += (1.0 - w.farm_household_share) * w.farming.revenue[r] as f64;
    }
    let bonds = 0.25 * p.government.bond_rate * p.government.debt_to_revenue * super::budgets::yearly_budgets(data);
    let deposit_interest = 0.25 * p.credit.deposit_rate * p.goods.deposit_target * s.income.iter().sum::<f64>();
    let bank_profit = firms.interest + bonds - deposit_interest;
    let fund = firms.private + agribusiness + bank_profit - firms.seeds;
    let wanted = super::budgets::macro_income(data) * s.city_persons * FEN / 4.0 - s.city_income;
    let [units_all, units_city] = s.units;
    let to_households = (wanted * units_all / units_city).clamp(0.0, fund.max(0.0));
    w.outside_ownership = 1.0 - to_households / fund.max(1.0);
    w.fund.units = units_all as i64;
    w.fund.reserve = (2.0 * firms.seeds.max(0.0)) as i64;
    w.fund.deposits = w.fund.reserve + fund.max(0.0) as i64;
    w.fund.seeded = firms.seeds.max(0.0) as i64;
    to_households / units_all
}

/// Permanent income after dividends and deposit interest, housing at that income, and deposits to match. Adds land fees
/// of housing to the revenue of districts.
pub(super) fn permanent_incomes(w: &mut World, income: &mut [f64], per_unit: f64, local: &mut [f64]) {
    let inside = w.geography.inside;
    let p = w.params.clone();
    let targets = DepositTargets::new(&p.goods);
    let mut urban_income = vec![[0.0; 2]; inside];
    for i in 0..w.workers.len() {
        let r = w.workers.region[i] as usize;
        let interest = 0.25 * p.credit.deposit_rate * targets.of(w.workers.thrift[i]);
        let y = ((income[i] + per_unit * f64::from(w.workers.units[i])) / (1.0 - interest)).max(1.0);
        income[i] = y;
        if r < inside && w.workers.flags[i] & flag::VILLAGE_HOME == 0 {
            let tenant = usize::from(w.workers.flags[i] & flag::TENANT != 0);
            let upkeep = if tenant == 1 { 1.0 } else { p.birth.owner_upkeep };
            urban_income[r][tenant] += y / (1.0 + p.housing.share * upkeep);
        }
    }
    for r in 0..inside {
        local[r] += housing_fund(w, r, urban_income[r]);
    }
    let mut permanent = std::mem::take(&mut w.workers.permanent_income);
    let mut deposits = std::mem::take(&mut w.workers.deposits);
    let view: &World = w;
    blocks::map_mut2(&mut permanent, &mut deposits, |start, permanent, deposits| {
        for (i, (permanent, deposits)) in (start..).zip(permanent.iter_mut().zip(deposits)) {
            let r = view.workers.region[i] as usize;
            let share = if r < inside {
                housing_share(view, dwelling_of(view.workers.flags[i]), r)
            } else {
                0.0
            };
            let y = income[i] / (1.0 + share);
            *permanent = y as f32;
            *deposits = (targets.of(view.workers.thrift[i]) * y) as i64;
        }
    });
    (w.workers.permanent_income, w.workers.deposits) = (permanent, deposits);
}

/// The housing fund of region `r` at incomes of owners and tenants: rent clears the stock, and upkeep is such that
/// building and land fees are covered. Returns land fees [fen per quarter].
fn housing_fund(w: &mut World, r: usize, [owner, tenant]: [f64; 2]) -> f64 {
    let p = &w.params.housing;
    let rent = housing::rent(p, owner + tenant, w.housing.space_m2[r]);
    let price = housing::price(p, rent);
    let build = housing::building(p, 1.0) * w.housing.space_m2[r] * (1.0 - p.land_share) * price;
    let term = w.params.urban_land.residential_term;
    let land = 0.25 * w.housing.land_m2[r] as f64 / term * w.land.residential_price[r];
    w.housing.rent[r] = rent;
    w.housing.price[r] = price;
    w.land.price_to_dwelling[r] = w.land.residential_price[r] / price;
    let cash = p.share * tenant;
    w.housing.upkeep[r] = ((build + land - 0.5 * cash) / (p.share * owner).max(1.0)).max(0.0);
    w.housing.deposits[r] = (build + land) as i64;
    w.housing.spent[r] = build as i64;
    w.housing.received[r] = (build + land + 0.5 * cash) as i64;
    land
}
