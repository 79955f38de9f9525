//! Birth of farming, housing, land, incomes, budgets and trade: every flow of the first quarter, so that every
//! sector of every region starts balanced.

use super::{BirthError, FEN, cell, value_added};
use crate::agents::firms::SECTORS;
use crate::agents::government::PublicCapital;
use crate::agents::workers::{NOBODY, Status, flag};
use crate::base::draws::Stage;
use crate::base::ras;
use crate::markets::goods::DepositTargets;
use crate::markets::goods::{self, FARM, GOODS, TradeShares};
use crate::markets::{farmland, housing};
use crate::scenario::seed::SeedEconomy;
use crate::world::{World, pension_class};

/// Leases at the start; technology from value added; rents in fen.
pub(super) fn farming(w: &mut World, data: &SeedEconomy) {
    let p = w.params.farmland.clone();
    let inside = w.geography.inside;
    let tenure = w.draws().stream(Stage::Tenure, 0, 2);
    let scale = f64::from(w.scale);
    let leases = farmland::lease(
        &p,
        &w.rules,
        &mut w.workers,
        &w.farming.village_region,
        &w.farming.returned_m2,
        scale,
        &tenure,
    );
    for (r, l) in leases.iter().enumerate().take(inside) {
        let va = value_added(data, r, FARM);
        let a = if l.output > 0.0 { va / l.output } else { 0.0 };
        w.farming.a.push(a);
        w.farming
            .rent
            .push(p.theta() * a * l.log_rent.exp() * w.farm_household_share);
        w.farming.output.push(if l.output > 0.0 { va } else { 0.0 });
        w.farming.revenue.push(if l.output > 0.0 { va as i64 } else { 0 });
        w.farming.pool_m2.push(l.pool_m2);
        w.farming.idle_m2.push(l.idle_m2);
        w.farming.leased_m2.push(l.leased_m2);
    }
    w.farming.start_rent = w.farming.rent.clone();
}

/// Dwellings, urban land prices, land of firms from its first-order condition, then productivity.
pub(super) fn housing_and_land(w: &mut World, data: &SeedEconomy) {
    let p = w.params.clone();
    let rho = (p.firms.sigma - 1.0) / p.firms.sigma;
    for (r, seed) in data.regions.iter().enumerate() {
        let urban = seed.residents * seed.urban_share;
        let space = urban * seed.living_space_per_head;
        w.housing.space_m2.push(space);
        w.housing.land_m2.push((space / p.urban_land.floor_area_ratio) as i64);
        w.housing.rent.push(0.0);
        w.housing.price.push(0.0);
        w.housing.deposits.push(0);
        w.housing.received.push(0);
        w.housing.upkeep.push(0.0);
        w.housing.spent.push(0);
        let residential = p.urban_land.land_to_dwelling_price * seed.house_price * FEN;
        let industrial = residential / p.urban_land.price_ratio;
        w.land.residential_price.push(residential);
        w.land.price.push(industrial);
        w.land.price_to_dwelling.push(0.0);
        w.land
            .tax_value
            .push(residential * (1.0 - 1.0 / p.urban_land.residential_elasticity) - industrial);
        let law = &w.rules[r];
        let holding = 0.25 * (p.firms.required_return + 1.0 / law.urban_land.lease_term);
        let mut firms_land = 0i64;
        let mut tax = 0.0;
        for f in w.cell_start[cell(r, 0)] as usize..w.cell_start[cell(r, SECTORS - 1) + 1] as usize {
            let t = w.cells.technology[w.firms.cell[f] as usize];
            let want =
                (1.0 - law.fiscal.production_tax) * rho * t.gamma * w.firms.planned_revenue[f] / (holding * industrial);
            w.firms.land_m2[f] = want.max(1.0) as i64;
            firms_land += w.firms.land_m2[f];
            tax += law.fiscal.production_tax * law.fiscal.production_tax_local * w.firms.revenue[f] as f64;
        }
        w.land.tax_per_m2.push(tax / firms_land.max(1) as f64);
        let turnover =
            firms_land as f64 / law.urban_land.lease_term + w.housing.land_m2[r] as f64 / p.urban_land.residential_term;
        w.land.reserve_m2.push((p.urban_land.reserve_years * turnover) as i64);
    }
    super::firms::productivity(w);
}

/// Incomes of every household at the start, dividends, taxes, budgets of governments, and deposits to match.
pub(super) fn incomes(w: &mut World, data: &SeedEconomy) -> Result<(), BirthError> {
    let p = w.params.clone();
    let g = w.geography.clone();
    let inside = g.inside;
    let scale = f64::from(w.scale);
    let n = w.firms.len();

    // areas: pay, unemployment, own-account margin
    let mut pay = vec![[0.0f64; 2]; g.areas];
    let mut own = vec![[0.0f64; 2]; g.areas];
    let mut force = vec![[0.0f64; 2]; g.areas];
    for f in 0..n {
        let a = g.area[w.firms.region(f)] as usize;
        let net = 1.0 / (1.0 + w.rules[w.firms.region(f)].fiscal.payroll);
        pay[a][0] += w.firms.wage[f] * w.firms.efficiency[f] * scale * net;
        pay[a][1] += f64::from(w.firms.heads[f]);
    }
    let mut owners = vec![0f64; inside];
    for i in 0..w.workers.len() {
        let r = w.workers.region[i] as usize;
        if r >= inside {
            continue;
        }
        let a = g.area[r] as usize;
        match w.workers.status[i] {
            Status::OwnAccount => {
                owners[r] += 1.0;
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
        w.own_heads[r] = owners[r] as u32;
        let c = cell(r, crate::agents::firms::SERVICES);
        own[g.area[r] as usize][0] += w.cells.own_revenue[c] as f64;
    }
    let exit = 0.25 * p.labour.own_account_exit;
    for a in 0..g.areas {
        let mean = pay[a][0] / pay[a][1].max(1.0);
        let u = force[a][0] / force[a][1].max(1.0);
        w.areas.start_unemployment.push(u);
        w.areas.unemployment.push(u);
        w.areas.mean_pay.push(mean);
        w.areas.start_pay.push(mean);
        w.areas.own_ratio.push(own[a][0] / own[a][1].max(1.0) / mean.max(1.0));
        w.areas
            .own_entry
            .push((own[a][1] * exit / force[a][0].max(1.0)).min(0.5));
        w.areas.start_heads.push(pay[a][1]);
        w.areas.normal_unfilled.push(0.1);
    }

    // firms: costs, taxes, dividends; deposits at target
    let mut local = vec![0.0; inside];
    let (mut private, mut state, mut seeds, mut agribusiness) = (0.0, 0.0, 0.0, 0.0);
    let mut loans = [0.0; crate::books::BANKS];
    let mut bank_income = 0.0;
    let mut invest = vec![0.0; inside];
    let mut payroll = [0.0; 2];
    for f in 0..n {
        let r = w.firms.region(f);
        let law = &w.rules[r].fiscal;
        let b = g.bank[r] as usize;
        let revenue = w.firms.revenue[f] as f64;
        let bill = w.firms.wage[f] * w.firms.efficiency[f] * scale;
        let interest = 0.25 * w.firms.loan_rate[f] * w.firms.debt[f] as f64;
        let replace = 0.25 * p.firms.depreciation * w.firms.capital[f];
        let land = 0.25 * w.firms.land_m2[f] as f64 / w.rules[r].urban_land.lease_term * w.land.price[r];
        let gross = revenue * (1.0 - law.production_tax) - bill - interest - land;
        let tax = law.profit_tax * (gross - replace).max(0.0);
        let net = gross - replace - tax;
        w.firms.profit[f] = revenue * (1.0 - law.production_tax) - bill - replace;
        w.firms.planned_investment[f] = replace;
        w.firms.deposits[f] = (p.firms.cash_quarters * bill + replace) as i64;
        w.firms.cash_target.push(w.firms.deposits[f]);
        local[r] += law.production_tax * law.production_tax_local * revenue + law.profit_tax_local * tax + land;
        if !w.firms.state[f] {
            private += net;
        } else if g.in_city[r] {
            state += net;
        } else {
            local[r] += net;
        }
        loans[b] += w.firms.debt[f] as f64;
        bank_income += interest;
        invest[r] += replace;
        payroll[usize::from(!g.in_city[r])] += bill * law.payroll / (1.0 + law.payroll);
        seeds += 0.25 * crate::world::exit_rate(&p.firms, w.firms.size(f, scale)) * w.firms.debt[f] as f64;
    }
    for c in 0..w.cell_count() {
        let (sum, firms) = (w.cell_start[c] as usize..w.cell_start[c + 1] as usize)
            .fold((0.0, 0.0), |(s, m), f| (s + w.firms.profit[f], m + w.firms.weight[f]));
        w.cells.start_value[c] = sum / f64::max(firms, 1.0);
        w.cells.start_firms.push(firms);
        w.cells.variety.push(1.0);
    }

    // pensions: contributions by pool are paid out to old dependants, urban ones at a multiple
    let mut old = [[0.0; 2]; 2];
    for i in 0..w.workers.len() {
        if (w.workers.hukou[i] as usize) < inside || (w.workers.region[i] as usize) < inside {
            let (pool, rural) = pension_class(w, i);
            old[pool][rural] += f64::from(w.workers.old[i]);
        }
    }
    for pool in 0..2 {
        let weight = old[pool][0] * p.birth.pension_ratio + old[pool][1];
        let rural = if weight > 0.0 { payroll[pool] / weight } else { 0.0 };
        w.pension[pool] = [rural * p.birth.pension_ratio, rural];
    }

    // outside wages keep the start ratio to the city's mean pay
    let city_pay = pay.iter().fold((0.0, 0.0), |s, x| (s.0 + x[0], s.1 + x[1]));
    w.outside_wage = data
        .outside
        .iter()
        .map(|o| o.wage_level * city_pay.0 / city_pay.1 / scale)
        .collect();

    // incomes without dividends
    let mut income = vec![0.0f64; w.workers.len()];
    let mut persons_city = 0.0;
    let mut units_city = 0.0;
    let mut units_all = 0.0;
    let mut income_city = 0.0;
    let mut benefits = vec![0.0; inside];
    let mut wage_tax = vec![0.0; inside];
    for i in 0..w.workers.len() {
        let r = w.workers.region[i] as usize;
        let mut y = 0.0;
        units_all += f64::from(w.workers.units[i]);
        if r < inside {
            let law = &w.rules[r];
            let a = g.area[r] as usize;
            match w.workers.status[i] {
                Status::Employed if w.workers.employer[i] != NOBODY => {
                    let f = w.workers.employer[i] as usize;
                    let pi = w.groups.price[a][w.workers.group(i)];
                    let gross =
                        w.firms.wage[f] * f64::from(w.workers.efficiency[i]) * pi * scale / (1.0 + law.fiscal.payroll);
                    wage_tax[r] += gross * law.fiscal.wage_tax;
                    y += gross * (1.0 - law.fiscal.wage_tax);
                }
                Status::OwnAccount => {
                    y += w.cells.own_revenue[cell(r, crate::agents::firms::SERVICES)] as f64 / owners[r];
                }
                Status::Unemployed => {
                    let b = law.labour.benefit * w.areas.mean_pay[a];
                    benefits[r] += b;
                    y += b;
                }
                Status::Farm => {
                    let land = f64::from(w.workers.operated_m2[i]) / scale;
                    let out = scale
                        * p.farmland
                            .output(w.farming.a[r], f64::from(w.workers.farm_skill[i]), land);
                    y += w.farm_household_share * out;
                }
                _ => {}
            }
        } else {
            y += w.outside_wage[r - inside] * f64::from(w.workers.efficiency[i]) * scale;
        }
        if w.workers.leased_m2[i] != 0 {
            let v = w.farming.village_region[w.workers.village[i] as usize] as usize;
            y -= f64::from(w.workers.leased_m2[i]) * w.farming.rent[v];
        }
        if (w.workers.hukou[i] as usize) < inside || r < inside {
            let (pool, rural) = pension_class(w, i);
            y += w.pension[pool][rural] * f64::from(w.workers.old[i]);
        }
        income[i] = y;
        if r < inside && g.in_city[r] {
            income_city += y;
            units_city += f64::from(w.workers.units[i]);
            persons_city += w.workers.persons(i) * scale;
        }
    }
    if let Some(elsewhere) = g.in_city.iter().position(|c| !c) {
        // the region outside the city runs its own pension pool
        local[elsewhere] += payroll[1];
        benefits[elsewhere] += payroll[1];
    }
    for r in 0..inside {
        agribusiness += (1.0 - w.farm_household_share) * w.farming.revenue[r] as f64;
        local[r] += wage_tax[r];
    }

    for r in (0..inside).filter(|&r| g.in_city[r]) {
        persons_city += (w.kin_cared(r, 0) + w.kin_cared(r, 1)) * scale;
    }

    // the equity fund: what it must pay to the city's households for their income to match the data
    let bonds = 0.25 * p.government.bond_rate * p.government.debt_to_revenue * yearly_budgets(data);
    let bank_profit =
        bank_income + bonds - 0.25 * p.credit.deposit_rate * p.goods.deposit_target * income.iter().sum::<f64>();
    let fund = private + agribusiness + bank_profit - seeds;
    let wanted = macro_income(data) * persons_city * FEN / 4.0 - income_city;
    let to_households = (wanted * units_all / units_city).clamp(0.0, fund.max(0.0));
    w.outside_ownership = 1.0 - to_households / fund.max(1.0);
    w.fund.units = units_all as i64;
    w.fund.reserve = (2.0 * seeds.max(0.0)) as i64;
    w.fund.deposits = w.fund.reserve + fund.max(0.0) as i64;
    w.fund.seeded = seeds.max(0.0) as i64;
    let per_unit = to_households / units_all;

    // permanent income after dividends, deposit interest and housing
    let targets = DepositTargets::new(&p.goods);
    let interest = |w: &World, i: usize| 0.25 * p.credit.deposit_rate * targets.of(w.workers.thrift[i]);
    let mut urban_income = vec![[0.0; 2]; inside];
    for i in 0..w.workers.len() {
        let r = w.workers.region[i] as usize;
        let y = ((income[i] + per_unit * f64::from(w.workers.units[i])) / (1.0 - interest(w, i))).max(1.0);
        income[i] = y;
        if r < inside && w.workers.flags[i] & flag::VILLAGE_HOME == 0 {
            let tenant = usize::from(w.workers.flags[i] & flag::TENANT != 0);
            urban_income[r][tenant] +=
                y / (1.0 + p.housing.share * if tenant == 1 { 1.0 } else { p.birth.owner_upkeep });
        }
    }
    for r in 0..inside {
        let [owner, tenant] = urban_income[r];
        let rent = housing::rent(&p.housing, owner + tenant, w.housing.space_m2[r]);
        let price = housing::price(&p.housing, rent);
        let build = housing::building(&p.housing, 1.0) * w.housing.space_m2[r] * (1.0 - p.housing.land_share) * price;
        let land = 0.25 * w.housing.land_m2[r] as f64 / p.urban_land.residential_term * w.land.residential_price[r];
        w.housing.rent[r] = rent;
        w.housing.price[r] = price;
        w.land.price_to_dwelling[r] = w.land.residential_price[r] / price;
        let cash = p.housing.share * tenant;
        w.housing.upkeep[r] = ((build + land - 0.5 * cash) / (p.housing.share * owner).max(1.0)).max(0.0);
        w.housing.deposits[r] = (build + land) as i64;
        w.housing.spent[r] = build as i64;
        w.housing.received[r] = (build + land + 0.5 * cash) as i64;
        local[r] += land;
    }
    for i in 0..w.workers.len() {
        let r = w.workers.region[i] as usize;
        let share = if r < inside {
            crate::world::housing_share(w, i, r)
        } else {
            0.0
        };
        let y = income[i] / (1.0 + share);
        w.workers.permanent_income[i] = y as f32;
        w.workers.deposits[i] = (targets.of(w.workers.thrift[i]) * y) as i64;
    }

    // banks
    for (b, &l) in loans.iter().enumerate() {
        w.bank_equity[b] = (p.credit.bank_capital * l) as i64;
    }

    // governments: purchases of the data's budgets; the transfer from above closes them
    let city_total: f64 = data
        .regions
        .iter()
        .enumerate()
        .filter(|(r, _)| g.in_city[*r])
        .map(|(_, r)| r.budget_expenditure)
        .sum();
    let gov = &mut w.governments;
    let mut need = vec![0.0; inside];
    for (r, seed) in data.regions.iter().enumerate() {
        let scale_up = if g.in_city[r] {
            data.city.budget_expenditure / city_total
        } else {
            1.0
        };
        let purchases = seed.budget_expenditure * scale_up * FEN / 4.0;
        let revenue = local[r];
        let bonds = p.government.debt_to_revenue * 4.0 * (revenue.max(purchases));
        let fixed = benefits[r] + 0.25 * p.government.bond_rate * bonds;
        need[r] = (purchases + fixed - revenue).max(0.0);
        let expected = revenue + need[r];
        gov.bonds.push((p.government.debt_to_revenue * 4.0 * expected) as i64);
        let fixed = benefits[r] + 0.25 * p.government.bond_rate * gov.bonds[r] as f64;
        gov.expected.push(expected);
        gov.purchases.push((expected - fixed).max(0.0) as i64);
        gov.fixed.push(fixed as i64);
        gov.last_revenue.push(expected as i64);
        gov.revenue.push(0);
        gov.deposits.push((p.government.cash_quarters * expected) as i64);
        gov.cash.push((p.government.cash_quarters * expected) as i64);
        gov.transfer.push(0);
    }
    let mut city_need: f64 = (0..inside).filter(|&r| g.in_city[r]).map(|r| need[r]).sum();
    let own = payroll[0] + state;
    let above = (city_need + payroll[0] - own).max(0.0);
    if above <= 0.0 {
        // state profits exceed needs: the municipality passes all of them on
        city_need = own - payroll[0];
    }
    w.transfer_weight = (0..inside)
        .map(|r| if g.in_city[r] { need[r].max(1.0) } else { 0.0 })
        .collect();
    for r in 0..inside {
        if !g.in_city[r] {
            gov.transfer[r] = need[r] as i64;
        }
    }
    let works: Vec<f64> = gov
        .purchases
        .iter()
        .map(|&x| p.government.works_share * x as f64)
        .collect();
    w.public_capital = PublicCapital::new(&works, p.government.public_depreciation);
    gov.deposits.push((own + above) as i64);
    gov.cash.push((own + above) as i64);
    gov.bonds.push(0);
    gov.expected.push(own + above);
    gov.purchases.push(0);
    gov.fixed.push(0);
    gov.last_revenue.push((own + above) as i64);
    gov.revenue.push(0);
    gov.transfer.push(above as i64);
    if city_need.is_nan() {
        return Err(BirthError::Impossible("budgets are not numbers".into()));
    }
    w.quarter.investment = invest.iter().sum::<f64>() as i64;
    Ok(())
}

/// Budget expenditure of all districts, the municipal level spread over them [fen a year].
fn yearly_budgets(data: &SeedEconomy) -> f64 {
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

/// Spending of every region at the start, then trade shares: gravity prior balanced to value added and spending.
pub(super) fn trade(w: &mut World, data: &SeedEconomy) -> Result<(), BirthError> {
    let p = w.params.goods.clone();
    let inside = w.geography.inside;
    let spending = crate::world::household_spending(w);
    let mut e = vec![vec![0.0; inside]; GOODS];
    for r in 0..inside {
        for s in 0..GOODS {
            e[s][r] += spending[r][s] as f64;
        }
        let works = w.params.government.works_share * w.governments.purchases[r] as f64;
        e[1][r] += works;
        e[2][r] += w.governments.purchases[r] as f64 - works;
        let price = w.housing.price[r];
        e[1][r] += housing::building(&w.params.housing, 1.0)
            * w.housing.space_m2[r]
            * (1.0 - w.params.housing.land_share)
            * price;
    }
    for f in 0..w.firms.len() {
        let r = w.firms.region(f);
        let i = w.firms.planned_investment[f];
        e[1][r] += p.capital_industry_share * i;
        e[3][r] += (1.0 - p.capital_industry_share) * i;
    }
    let mut trade = TradeShares {
        share: Vec::new(),
        exports: Vec::new(),
    };
    for s in 0..GOODS {
        let sales: Vec<f64> = (0..inside)
            .map(|r| {
                if s == 0 {
                    w.farming.output[r]
                } else {
                    value_added(data, r, s)
                }
            })
            .collect();
        let (total_sales, total_spending): (f64, f64) = (sales.iter().sum(), e[s].iter().sum());
        let least = p.outside_share[s];
        let imports = (least * total_spending).max(total_spending - (1.0 - least) * total_sales);
        let exports = total_sales - (total_spending - imports);
        let slope = p.distance_elasticity * if s == 2 { 2.0 } else { 1.0 };
        let mut m: Vec<Vec<f64>> = (0..=inside)
            .map(|o| {
                (0..=inside)
                    .map(|d| match (o < inside, d < inside) {
                        (true, true) => sales[o] * distance(data, o, d).powf(-slope),
                        (false, false) => 0.0,
                        _ => (if o < inside { sales[o] } else { total_sales }) * 500.0f64.powf(-p.distance_elasticity),
                    })
                    .collect()
            })
            .collect();
        let rows: Vec<f64> = sales.iter().copied().chain([imports]).collect();
        let cols: Vec<f64> = e[s].iter().copied().chain([exports]).collect();
        let (error, _) = ras::balance(&mut m, &rows, &cols, 1e-10, 20_000);
        if error > 1e-6 {
            return Err(BirthError::Impossible(format!(
                "trade in {} does not balance ({error:.1e})",
                goods::GOOD_NAMES[s]
            )));
        }
        let share = (0..=inside)
            .map(|o| (0..inside).map(|d| m[o][d] / e[s][d]).collect())
            .collect();
        trade.share.push(share);
        trade.exports.push((0..inside).map(|o| m[o][inside]).collect());
    }
    w.trade = trade;
    Ok(())
}

/// Great-circle distance of two regions [km]; a region's own is two thirds of its radius.
fn distance(data: &SeedEconomy, a: usize, b: usize) -> f64 {
    let (x, y) = (&data.regions[a], &data.regions[b]);
    if a == b {
        return 0.667 * (x.area_km2 / std::f64::consts::PI).sqrt().max(3.0);
    }
    let (la, lb) = (x.lat.to_radians(), y.lat.to_radians());
    let h = ((lb - la) / 2.0).sin().powi(2) + la.cos() * lb.cos() * ((y.lon - x.lon).to_radians() / 2.0).sin().powi(2);
    (2.0 * 6371.0 * h.sqrt().asin()).max(3.0)
}
