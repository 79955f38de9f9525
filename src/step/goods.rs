//! The goods stage: budgets, clearing prices, sales.

mod research;

use super::{commons, village};
use crate::agents::firms::{SECTORS, SERVICES};
use crate::agents::government::planned_purchases;
use crate::base::blocks::{self, BLOCK, FIRM_BLOCK, RUN};
use crate::base::by_place::{ByPlace, Places};
use crate::base::draws::Stage;
use crate::base::split::split;
use crate::books::{CENTRAL, Flow, Sector, Tally, Till, Tills};
use crate::markets::goods::{self, GOODS, TradeShares};
use crate::markets::{housing, urban_land};
use crate::rules::Rules;
use crate::world::{Budgets, Households, Spending, World, by_good};

pub(super) fn run(w: &mut World) -> Tally {
    let mut t = Tally::default();
    let mut spending = consume(w, &mut t);
    invest(w, &mut t, &mut spending);
    research::of_firms(w, &mut t, &mut spending);
    build(w, &mut t, &mut spending);
    govern(w, &mut t, &mut spending);
    build_infrastructure(w, &mut t, &mut spending);
    commons::build_hub(w, &mut t, &mut spending);
    village::equip(w, &mut t, &mut spending);
    trade(w, &mut t, &spending);
    w.quarter.spending = spending;
    t
}

/// What households spend, run after run.
struct Spent {
    run: Spending,
    tills: Tills<2>,
    /// On farm goods [fen].
    food: ByPlace,
}

/// Households spend: permanent income and part of what they hold above target. Returns spending by good and region.
fn consume(w: &mut World, t: &mut Tally) -> Vec<Vec<i64>> {
    let inside = w.geography.inside;
    let budgets = Budgets::new(w);
    let mut deposits = std::mem::take(&mut w.workers.deposits);
    let view: &World = w;
    let open = || Spent {
        run: Spending::default(),
        tills: Tills::new([Flow::Consumption, Flow::ConsumptionOutside]),
        food: ByPlace::default(),
    };
    let (_, parts) = blocks::map_into(BLOCK, &mut deposits[..], open, |start, deposits, spent| {
        for (k, deposits) in deposits.chunks_mut(RUN).enumerate() {
            spend(view, &budgets, (start + k * RUN, deposits), spent);
        }
    });
    w.workers.deposits = deposits;
    let mut spending = vec![vec![0i64; inside]; GOODS];
    let mut households = Tally::default();
    for spent in &parts {
        for r in 0..inside {
            let (till, food) = (spent.tills.till(r), spent.food.of(r));
            households.enter(Sector::Households, w.geography.bank[r] as usize, &till);
            spending[0][r] += food;
            spending[1][r] += till.moved(Flow::Consumption) - food;
        }
    }
    for r in 0..inside {
        let by_good = by_good(w, [spending[0][r], spending[1][r]]);
        for s in 0..GOODS {
            spending[s][r] = by_good[s];
        }
    }
    t.merge(&households);
    let [total, outside] = [Flow::Consumption, Flow::ConsumptionOutside].map(|flow| households.paid(flow));
    t.pay_in(Flow::Consumption, 0, &mut w.clearing, total);
    t.pay_in(Flow::ConsumptionOutside, CENTRAL, &mut w.governments.outer, outside);
    w.quarter.consumption = total;
    spending
}

/// A run of households, from `start` on, spend out of their `deposits`.
fn spend(w: &World, budgets: &Budgets, (start, deposits): (usize, &mut [i64]), spent: &mut Spent) {
    let run = start..start + deposits.len();
    budgets.spend(&Households::of(&w.workers, run.clone()), deposits, &mut spent.run);
    let (region, hukou) = (&w.workers.region[run.clone()], &w.workers.hukou[run]);
    let n = deposits.len();
    let places = w.geography.account_places(region, hukou);
    let places = Places::of(&places[..n]);
    let [inside, outside, food] = [&spent.run.inside, &spent.run.outside, &spent.run.food].map(|all| &all[..n]);
    spent.tills.pay(&places, deposits, [inside, outside]);
    spent.food.add(&places, food);
}

/// Firms buy capital goods as far as their deposits go; they are at work next quarter.
fn invest(w: &mut World, t: &mut Tally, spending: &mut [Vec<i64>]) {
    let share = w.params.goods.capital_industry_share;
    let keep = 1.0 - 0.25 * w.params.firms.depreciation;
    let buyer = w.buyer_prices();
    let price: Vec<f64> = (0..w.geography.inside).map(|r| w.capital_price(&buyer, r)).collect();
    let mut deposits = std::mem::take(&mut w.firms.deposits);
    let mut capital = std::mem::take(&mut w.firms.capital);
    let (firms, inside) = (&w.firms, w.geography.inside);
    let open = || (vec![Till::default(); inside], vec![0i64; inside]);
    let columns = (&mut deposits[..], &mut capital[..]);
    let (_, parts) = blocks::map_into(FIRM_BLOCK, columns, open, |start, columns, (tills, industry)| {
        for (k, (account, capital)) in columns.0.iter_mut().zip(columns.1).enumerate() {
            let r = firms.region(start + k);
            let x = (firms.planned_investment[start + k] as i64).min((*account).max(0));
            tills[r].pay(Flow::Investment, account, x);
            *capital = keep * *capital + x as f64 / price[r];
            industry[r] += (x as f64 * share) as i64;
        }
    });
    w.firms.deposits = deposits;
    w.firms.capital = capital;
    for (tills, industry) in parts {
        for (r, (till, industry)) in tills.iter().zip(industry).enumerate() {
            let x = till.moved(Flow::Investment);
            t.enter(Sector::Firms, w.geography.bank[r] as usize, till);
            t.pay_in(Flow::Investment, 0, &mut w.clearing, x);
            spending[1][r] += industry;
            spending[3][r] += x - industry;
            w.quarter.investment += x;
        }
    }
}

/// What a housing fund plans to build in a quarter.
struct Building {
    /// Cost of a square metre of floor space [fen].
    cost: f64,
    /// Building as a share of the stock.
    share: f64,
    /// Of which because consent costs less than at the start.
    denser: f64,
}

fn building_plan(w: &World, r: usize) -> Building {
    let p = &w.params.housing;
    let dwelling = w.land.residential_price[r] / w.land.price_to_dwelling[r];
    let start = w.places.start_rent[r] * 4.0 / (p.required_return + p.depreciation);
    let cost = (1.0 - p.land_share) * start * w.price[1][r];
    let plain = housing::building(p, dwelling / start.max(1e-9));
    let consent = urban_land::gain_from_consent(&w.rules[r].urban_land, &w.places.start_rules[r].urban_land);
    let share = plain * consent.powf(p.supply_elasticity);
    Building {
        cost,
        share,
        denser: (share - plain).max(0.0),
    }
}

/// Housing funds keep up and build dwellings, as far as their deposits go, then on land bought for it; for floor space
/// beyond what the start's law allowed they pay the district a premium.
fn build(w: &mut World, t: &mut Tally, spending: &mut [Vec<i64>]) {
    let fade = 0.25 * w.params.housing.depreciation;
    for r in 0..w.geography.inside {
        let bank = w.geography.bank[r] as usize;
        let plan = building_plan(w, r);
        let space = w.housing.space_m2[r];
        let ordinary = plan.share * space * plan.cost;
        let per_plot = w.params.urban_land.floor_area_ratio * plan.cost;
        let new = 0.25 * w.housing.plots_m2[r] as f64 * per_plot;
        let x = ((ordinary + new) as i64).min(w.housing.deposits[r].max(0));
        t.pay(
            Flow::HousingInvestment,
            (&mut w.housing.deposits[r], bank),
            (&mut w.clearing, 0),
            x,
        );
        let done = if ordinary > 0.0 {
            (x as f64).min(ordinary) / ordinary
        } else {
            0.0
        };
        let plots = ((x as f64 - ordinary).max(0.0) / per_plot.max(1.0)) as i64;
        w.housing.plots_m2[r] -= plots;
        let added = plots as f64 * w.params.urban_land.floor_area_ratio;
        w.housing.space_m2[r] = space * (1.0 - fade + plan.share * done) + added;
        w.housing.spent[r] = x;
        spending[1][r] += x;
        pay_premium(w, t, r, plan.denser * done * space);
    }
}

/// The housing fund pays for `space` m2 of floor space that denser building adds.
fn pay_premium(w: &mut World, t: &mut Tally, r: usize, space: f64) {
    let bank = w.geography.bank[r] as usize;
    let part = w.params.urban_land.redevelopment_premium * w.params.housing.land_share;
    let due = (part * w.housing.price[r] * space) as i64;
    let due = due.min(w.housing.deposits[r].max(0));
    w.governments.revenue[r] += due;
    let district = (&mut w.governments.deposits[r], bank);
    t.pay(Flow::HousingLand, (&mut w.housing.deposits[r], bank), district, due);
}

/// Districts buy public services and works out of expected revenue; bonds fill a gap of cash or are redeemed.
fn govern(w: &mut World, t: &mut Tally, spending: &mut [Vec<i64>]) {
    let p = w.params.government.clone();
    for r in 0..w.geography.inside {
        let bank = w.geography.bank[r] as usize;
        let gov = &mut w.governments;
        let bonds = gov.bonds[r] as f64;
        let fixed = gov.fixed[r] as f64;
        let plan = planned_purchases(gov.expected[r], fixed, bonds, p.debt_to_revenue, p.debt_reaction) as i64;
        let programme = w.quarter.programmes[r];
        let plan = plan.max(programme);
        let short = plan - gov.deposits[r];
        let spare = gov.deposits[r] - gov.cash[r] - plan / 2;
        if short > 0 {
            t.sell_bonds(bank, &mut gov.deposits[r], &mut gov.bonds[r], short);
        } else if spare > 0 {
            let back = spare.min(gov.bonds[r].max(0));
            t.sell_bonds(bank, &mut gov.deposits[r], &mut gov.bonds[r], -back);
        }
        let plan = plan - research::of_laboratories(w, t, spending, r, plan - programme);
        let district = (&mut w.governments.deposits[r], bank);
        t.pay(Flow::GovernmentPurchases, district, (&mut w.clearing, 0), plan);
        // programmes are services too, but residents do not see them
        w.governments.purchases[r] = plan - programme;
        let works = ((plan - programme) as f64 * p.works_share) as i64;
        spending[1][r] += works;
        spending[2][r] += plan - works;
    }
}

/// Districts sell part of their public capital to outside investors and build more for it.
fn build_infrastructure(w: &mut World, t: &mut Tally, spending: &mut [Vec<i64>]) {
    for r in 0..w.geography.inside {
        let bank = w.geography.bank[r] as usize;
        let x = w.public_capital.offer(r, w.rules[r].fiscal.infrastructure_sales);
        let wear = w.params.government.public_depreciation;
        w.public_capital.renew(r, wear, x, w.price[1][r]);
        let gov = &mut w.governments;
        let investors = (&mut gov.outer, CENTRAL);
        t.pay(Flow::InfrastructureSold, investors, (&mut gov.deposits[r], bank), x);
        let district = (&mut gov.deposits[r], bank);
        t.pay(Flow::GovernmentPurchases, district, (&mut w.clearing, 0), x);
        spending[1][r] += x;
    }
}

/// Deviation of log outside demand in the quarter: the same in every arm of a seed, and none in the burn-in, which looks for
/// the level.
fn outside_deviation(w: &World) -> f64 {
    let p = &w.params.goods;
    if p.outside_sd == 0.0 {
        return 0.0;
    }
    let luck = |t: i64| w.draws().stream(Stage::OutsideDemand, t as u32, 1).at(0).normal();
    goods::outside_deviation(p.outside_sd, p.outside_persistence, (0..=w.tick).map(luck))
}

/// Trade under the law of the quarter: shares at what goods of other regions cost; outside demand, its level and the quarter's
/// deviation from it, where goods that go by rail abroad pay for the money tied up on the way ([`goods::transit_cost`]),
/// relative to the start.
fn terms_of_trade(w: &World) -> TradeShares {
    let (p, c) = (&w.params.goods, &w.params.credit);
    let rates = [c.informal_rate, c.policy_rate + c.operating_cost];
    let cost = |rules: &Rules| goods::transit_cost(p.rail_share, p.transit_days, rules.trade.rail_bill_share, rates);
    let relative = |r: usize| cost(&w.rules[r]) / cost(&w.places.start_rules[r]);
    let mut trade = TradeShares {
        share: w.trade_shares().into_owned(),
        exports: w.trade.exports.clone(),
    };
    for (r, exports) in trade.exports[1].iter_mut().enumerate() {
        *exports *= relative(r).powf(1.0 - p.trade_elasticity);
    }
    let times = outside_deviation(w).exp();
    trade.exports.iter_mut().flatten().for_each(|x| *x *= times);
    trade
}

/// Prices clear what is there against what is spent; the outside pays for exports and is paid for imports; sellers are
/// paid.
fn trade(w: &mut World, t: &mut Tally, spending: &[Vec<i64>]) {
    let e = w.params.goods.trade_elasticity;
    let stock = stock(w);
    let terms = terms_of_trade(w);
    for s in 0..GOODS {
        let x: Vec<f64> = spending[s].iter().map(|&x| x as f64).collect();
        let (share, exports) = (&terms.share[s], &terms.exports[s]);
        let (gap, steps) = goods::clear_prices(&x, &stock[s], share, exports, e, &mut w.price[s]);
        debug_assert!(gap < 1e-6, "good {s} clears within {gap} only after {steps} steps");
    }
    let cleared = goods::settle(spending, &terms, &w.price, &stock, e);
    w.quarter.exports = cleared.exports.iter().map(|by_region| by_region.iter().sum()).collect();
    w.quarter.imports = cleared.imports.iter().sum();
    let outside = &mut w.governments.outer;
    let exports = w.quarter.exports.iter().sum();
    t.pay(Flow::Exports, (outside, CENTRAL), (&mut w.clearing, 0), exports);
    t.pay(
        Flow::Imports,
        (&mut w.clearing, 0),
        (outside, CENTRAL),
        w.quarter.imports,
    );
    w.farming.revenue.clone_from(&cleared.sales[0]);
    let sales: Vec<i64> = (0..w.cell_count())
        .map(|c| cleared.sales[c % SECTORS + 1][c / SECTORS])
        .collect();
    pay_sellers(w, t, &sales);
    for (c, &sales) in sales.iter().enumerate() {
        learn_demand(w, c, sales);
    }
}

/// Output on offer by good and region.
fn stock(w: &World) -> Vec<Vec<f64>> {
    let mut stock = vec![w.farming.output.clone()];
    for s in 0..SECTORS {
        let of_sector = |r: usize| w.cells.quantity[r * SECTORS + s];
        stock.push((0..w.geography.inside).map(of_sector).collect());
    }
    stock
}

/// Firms and own-account workers of every cell share its `sales`.
fn pay_sellers(w: &mut World, t: &mut Tally, sales: &[i64]) {
    let parts = blocks::map_each(sales.len(), |c| shares_of_sales(w, c, sales[c]));
    w.firms.revenue.clear();
    for (c, (firms, own)) in parts.into_iter().enumerate() {
        let mut till = Till::default();
        for (account, &x) in w.firms.deposits[w.cell_start[c] as usize..].iter_mut().zip(&firms) {
            till.receive(Flow::Sales, account, x);
        }
        t.enter(Sector::Firms, w.geography.bank[c / SECTORS] as usize, &till);
        t.pay_out(Flow::Sales, 0, &mut w.clearing, till.moved(Flow::Sales));
        w.firms.revenue.extend(firms);
        w.cells.own_revenue[c] = own;
    }
}

/// Shares in the `sales` of cell `c`, by weight in the CES aggregate: of its firms, of own-account workers [fen].
fn shares_of_sales(w: &World, c: usize, sales: i64) -> (Vec<i64>, i64) {
    let mut weights: Vec<f64> = w.firms.market_weight[w.firms_of(c)].to_vec();
    weights.push(if c % SECTORS == SERVICES {
        w.own_account_weight(c)
    } else {
        0.0
    });
    let mut parts = vec![0i64; weights.len()];
    let rest = split(sales, &weights, &mut parts);
    debug_assert_eq!(rest, 0, "sales of an empty cell");
    let own = parts.pop().unwrap_or_default();
    (parts, own)
}

/// Firms of cell `c` learn the demand they face from its sales: X P^(sigma-1), smoothed.
fn learn_demand(w: &mut World, c: usize, sales: i64) {
    if w.cells.quantity[c] > 0.0 {
        let price = w.price[c % SECTORS + 1][c / SECTORS];
        let seen = sales as f64 * price.powf(w.cells.technology[c].sigma - 1.0) * w.cells.variety[c];
        w.cells.belief[c] += w.params.firms.learning * (seen - w.cells.belief[c]);
    }
}
