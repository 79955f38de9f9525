//! Stages of firms: plans, data, credit, production, exit and entry.

use crate::agents::firms::{SECTORS, SERVICES};
use crate::agents::workers::{NOBODY, Status};
use crate::base::blocks;
use crate::base::draws::{self, Stage};
use crate::books::{Flow, Tally};
use crate::markets::{credit as market, data as exchange, labour};
use crate::world::{World, borrower, exit_rate, leverage, shock_sd, user_cost};

/// Firms set wages, then the labour, capital and revenue they plan for (MODEL 5.1).
pub(super) fn plans(w: &mut World) -> Tally {
    let p = w.params.clone();
    let scale = f64::from(w.scale);
    let n = w.firms.len();
    let luck = w.draws().stream(Stage::Productivity, w.stream_tick(), 1);
    let round = w.draws().stream(Stage::Rounding, 0, 1);
    let keep = p.firms.shock_persistence.powf(0.25);
    let buyer = w.buyer_prices();
    let capital_price: Vec<f64> = (0..w.geography.inside).map(|r| w.capital_price(&buyer, r)).collect();

    // wages: the area's slack, own unfilled openings, return to the cell's mean
    let mut mean = vec![[0.0; 2]; w.cell_count()];
    for f in 0..n {
        let heads = f64::from(w.firms.heads[f].max(1));
        let at = &mut mean[w.firms.cell[f] as usize];
        at[0] += heads * w.firms.wage[f].ln();
        at[1] += heads;
    }
    for f in 0..n {
        let c = w.firms.cell[f] as usize;
        let a = w.geography.area[c / SECTORS] as usize;
        let slack = (w.areas.unemployment[a].max(1e-3) / w.areas.start_unemployment[a].max(1e-3)).ln();
        let gap = if w.firms.openings[f] > 0 {
            f64::from(w.firms.unfilled[f]) / f64::from(w.firms.openings[f]) - w.areas.normal_unfilled[a]
        } else {
            0.0
        };
        let to_mean = mean[c][0] / mean[c][1] - w.firms.wage[f].ln();
        w.firms.wage[f] *= labour::wage_change(&p.labour, slack, gap, to_mean).exp();
        let floor = w.rules[c / SECTORS].labour.minimum_wage * w.cells.start_wage[c];
        w.firms.wage[f] = w.firms.wage[f].max(floor);
    }

    let crowd = crowding(w);
    let view: &World = w;
    let plans = blocks::map_firms(
        n,
        |first| (luck.at(first), round.at(first)),
        |(luck, round), f| {
            let c = view.firms.cell[f] as usize;
            let r = c / SECTORS;
            let t = view.cells.technology[c];
            let generation = view.firms.generation[f];
            let size = view.firms.size(f, scale);
            let shock = keep * view.firms.shock[f] + shock_sd(&p.firms, size) * luck.laplace();
            let tax = view.rules[r].fiscal.production_tax;
            let demand = view.firms.weight[f] * view.cells.belief[c];
            let z = view.firms.type_z[f] + shock + crowd[view.geography.area[r] as usize];
            let (k, land) = (view.firms.capital[f], view.firms.land_m2[f] as f64);
            let theta = t.theta(view.firms.weight[f], z, view.firms.data_used[f], k, land);
            let wanted = t.labour_wanted(demand, theta, view.firms.wage[f], tax);
            let heads = view.firms.heads[f];
            let head = if heads > 0 {
                view.firms.efficiency[f] / f64::from(heads)
            } else {
                1.0
            };
            let target = labour::target(
                wanted / (head.max(0.05) * scale),
                draws::unit(round.word_of(generation)),
            );
            let revenue = view.firms.wage[f] * wanted / ((1.0 - tax) * t.rho() * t.beta);
            let cost = user_cost(view, f) * view.firms.wedge[f].exp() * capital_price[r];
            let want = (1.0 - tax) * t.rho() * t.alpha * revenue / cost;
            let invest = 0.25 * p.firms.depreciation * k + 0.25 * p.firms.adjustment * (want - k);
            Plan {
                shock,
                target,
                revenue,
                investment: invest.max(0.0) * capital_price[r],
            }
        },
    );
    for (f, plan) in plans.into_iter().enumerate() {
        w.firms.age[f] = w.firms.age[f].saturating_add(1);
        w.firms.shock[f] = plan.shock;
        w.firms.target[f] = plan.target;
        w.firms.planned_revenue[f] = plan.revenue;
        w.firms.planned_investment[f] = plan.investment;
    }
    Tally::default()
}

/// What a firm plans for the quarter.
struct Plan {
    shock: f64,
    target: u32,
    revenue: f64,
    investment: f64,
}

/// Log gain of productivity from an area's employment relative to the start, by area (agglomeration).
pub(crate) fn crowding(w: &World) -> Vec<f64> {
    let mut heads = vec![0.0; w.geography.areas];
    for f in 0..w.firms.len() {
        heads[w.geography.area[w.firms.region(f)] as usize] += f64::from(w.firms.heads[f]);
    }
    let elasticity = w.params.firms.agglomeration;
    let gain = |(now, start): (&f64, &f64)| elasticity * (now / start.max(1.0)).max(0.1).ln();
    heads.iter().zip(&w.areas.start_heads).map(gain).collect()
}

/// The data exchange: one pool a sector; subscriptions; what every firm can use.
pub(super) fn data(w: &mut World) -> Tally {
    let p = w.params.clone();
    let mut t = Tally::default();
    let n = w.firms.len();
    let rho_eta = (p.firms.sigma - 1.0) / p.firms.sigma * p.firms.data_exponent;
    let luck = w.draws().stream(Stage::Data, 0, 2);
    let mut traits = Vec::with_capacity(n);
    for f in 0..n {
        let mut x = luck.of(f, w.firms.generation[f]);
        let connected = x.uniform() < w.rules[w.firms.region(f)].data.connected_share;
        traits.push((connected, (p.data.fear_sd * x.normal()).exp()));
    }
    let fresh = 0.25 * p.data.fading;
    for s in 0..SECTORS {
        let members: Vec<usize> = (0..n)
            .filter(|&f| w.firms.sector(f) == s && w.firms.weight[f] > 0.0)
            .collect();
        let (mut all, mut firms, mut shared) = (0.0, 0.0, 0.0);
        let per = |w: &World, f: usize| w.firms.revenue[f] as f64 / w.firms.weight[f];
        let pay = w.data_pay[s];
        let mut holders = Vec::new();
        for &f in &members {
            let d = (1.0 - fresh) * w.firms.data[f] + per(w, f);
            w.firms.data[f] = d;
            w.firms.data_used[f] = d;
            let weight = w.firms.weight[f];
            all += d * weight;
            firms += weight;
            let law = &w.rules[w.firms.region(f)].data;
            let (connected, fear) = traits[f];
            if connected && exchange::shares(pay, d, law.sharing_loss, rho_eta, per(w, f), fear) {
                shared += d * weight;
                holders.push(f);
            }
        }
        if all <= 0.0 {
            continue;
        }
        let share = shared / all;
        w.quarter.data_shared[s] = share;
        let pool = p.data.reach * share * all / firms;
        let gains: Vec<(usize, f64)> = members
            .iter()
            .filter(|&&f| traits[f].0)
            .map(|&f| (f, exchange::gain(rho_eta, per(w, f), pool, w.firms.data[f])))
            .collect();
        let (sum, mass) = gains.iter().fold((0.0, 0.0), |(s, m), &(f, g)| {
            (s + g * w.firms.weight[f], m + w.firms.weight[f])
        });
        let price = p.data.price_share * sum / f64::max(mass, 1.0);
        let mut revenue = 0i64;
        let mut fee = 0i64;
        for &(f, gain) in &gains {
            // who cannot pay in full does not subscribe
            if gain <= price || price <= 0.0 || price * w.firms.weight[f] > w.firms.deposits[f] as f64 {
                continue;
            }
            let r = w.firms.region(f);
            let bank = w.geography.bank[r] as usize;
            let due = (price * w.firms.weight[f]) as i64;
            w.firms.data_used[f] = w.firms.data[f] + pool;
            t.pay(
                Flow::DataBought,
                (&mut w.firms.deposits[f], bank),
                (&mut w.clearing, 0),
                due,
            );
            if w.geography.in_city[r] {
                w.quarter.data_bought += due;
            }
            let cut = (due as f64 * w.rules[r].data.exchange_fee) as i64;
            w.governments.revenue[r] += cut;
            t.pay(
                Flow::DataFee,
                (&mut w.clearing, 0),
                (&mut w.governments.deposits[r], bank),
                cut,
            );
            revenue += due;
            fee += cut;
        }
        let left = revenue - fee;
        let weights: Vec<f64> = holders.iter().map(|&f| w.firms.data[f] * w.firms.weight[f]).collect();
        let mut parts = vec![0i64; holders.len()];
        let rest = crate::base::split::split(left, &weights, &mut parts);
        for (&f, &part) in holders.iter().zip(&parts) {
            let bank = w.geography.bank[w.firms.region(f)] as usize;
            t.pay(
                Flow::DataSold,
                (&mut w.clearing, 0),
                (&mut w.firms.deposits[f], bank),
                part,
            );
        }
        // without holders the exchange keeps what came in: goes to the city's budget as fee
        let m = w.municipality();
        w.governments.revenue[m] += rest;
        t.pay(
            Flow::DataFee,
            (&mut w.clearing, 0),
            (&mut w.governments.deposits[m], 0),
            rest,
        );
        // next quarter's holders expect today's pay; with an empty pool, what a first one would get
        let offered = if shared > 0.0 {
            left as f64 / shared
        } else {
            p.data.price_share * rho_eta * p.data.reach * mass / f64::max(firms, 1.0) * fresh
        };
        w.data_pay[s] += 0.25 * (offered - w.data_pay[s]);
    }
    t
}

/// Visits to the bank; debts move to what the bank accepts (MODEL 5.2).
pub(super) fn credit(w: &mut World) -> Tally {
    let p = w.params.credit.clone();
    let mut t = Tally::default();
    let luck = w.draws().stream(Stage::Credit, w.stream_tick(), 1);
    for f in 0..w.firms.len() {
        let r = w.firms.region(f);
        let bank = w.geography.bank[r] as usize;
        let weight = w.firms.weight[f];
        let known = w.firms.borrowed[f];
        let due = if known { p.renewal } else { p.consideration };
        if luck.at(f).uniform() < due {
            let b = borrower(w, f, w.stream_tick());
            let d = market::visit(&p, &w.rules[r].credit, &b);
            if !w.firms.state[f] && w.geography.in_city[r] {
                let c = &mut w.quarter.credit;
                c[0] += weight;
                c[1] += if d.applied { weight } else { 0.0 };
                c[2] += if d.applied && !d.approved { weight } else { 0.0 };
                c[3] += if d.approved && !known { weight } else { 0.0 };
            }
            w.firms.borrowed[f] = d.approved || w.firms.state[f];
            if w.firms.borrowed[f] {
                w.firms.loan_rate[f] = d.rate;
            }
        }
        if w.firms.borrowed[f] && !w.firms.state[f] && w.geography.in_city[r] {
            w.quarter.credit[4] += weight;
        }
        let target = if w.firms.borrowed[f] {
            leverage(w, f) * w.firms.capital[f]
        } else {
            0.0
        };
        let gap = target - w.firms.debt[f] as f64;
        let change = (p.debt_adjustment * gap) as i64;
        if change > 0 {
            t.lend(bank, &mut w.firms.deposits[f], &mut w.firms.debt[f], change);
        } else if change < 0 {
            let pay = (-change).min(w.firms.deposits[f].max(0));
            t.repay(bank, &mut w.firms.deposits[f], &mut w.firms.debt[f], pay);
        }
    }
    t
}

/// Output of firms, of own-account workers (in the cell aggregate) and of farms.
pub(super) fn production(w: &mut World) -> Tally {
    let scale = f64::from(w.scale);
    let view: &World = w;
    let crowd = crowding(w);
    // (output, its weight in the cell's aggregate)
    let made = blocks::map_firms(
        w.firms.len(),
        |_| (),
        |(), f| {
            let c = view.firms.cell[f] as usize;
            let t = view.cells.technology[c];
            let labour = view.firms.efficiency[f] * scale;
            let z = view.firms.type_z[f] + view.firms.shock[f] + crowd[view.geography.area[c / SECTORS] as usize];
            let (weight, land) = (view.firms.weight[f], view.firms.land_m2[f] as f64);
            let theta = t.theta(weight, z, view.firms.data_used[f], view.firms.capital[f], land);
            let y = if labour > 0.0 { theta * labour.powf(t.beta) } else { 0.0 };
            (y, weight.powf(1.0 / t.sigma) * y.powf(t.rho()))
        },
    );
    for c in 0..w.cell_count() {
        let t = w.cells.technology[c];
        let mut sum = 0.0;
        for f in w.cell_start[c] as usize..w.cell_start[c + 1] as usize {
            w.firms.output[f] = made[f].0;
            w.firms.market_weight[f] = made[f].1;
            sum += made[f].1;
        }
        if c % SECTORS == SERVICES {
            sum += w.cells.own_weight[c] * (f64::from(w.own_heads[c / SECTORS]) * scale).powf(t.rho());
        }
        // no love of variety: the aggregate does not grow with the mere number of firms
        let firms: f64 = w.firms.weight[w.cell_start[c] as usize..w.cell_start[c + 1] as usize]
            .iter()
            .sum();
        w.cells.variety[c] = w.cells.start_firms[c] / firms.max(1e-9);
        let variety = w.cells.variety[c].powf(1.0 / (t.sigma - 1.0));
        w.cells.quantity[c] = variety * sum.powf(1.0 / t.rho());
    }
    let view: &World = w;
    let parts = blocks::map(w.workers.len(), |range| {
        let mut y = vec![0.0; view.geography.inside];
        for i in range {
            if let Some((region, output)) = farm_output(view, i) {
                y[region] += output;
            }
        }
        y
    });
    w.farming.output = blocks::add_all(parts);
    Tally::default()
}

/// Region and output of a household that operates land this year [units]. Who leaves the farm within the year still
/// has the crop in the ground: the family brings it in until the next leases.
pub(super) fn farm_output(w: &World, i: usize) -> Option<(usize, f64)> {
    let operated = w.workers.operated_m2[i];
    if operated == 0 || w.workers.status[i] == Status::Free {
        return None;
    }
    let region = w.farming.village_region[w.workers.village[i] as usize] as usize;
    let scale = f64::from(w.scale);
    let land = f64::from(operated) / scale;
    Some((
        region,
        scale
            * w.params
                .farmland
                .output(w.farming.a[region], f64::from(w.workers.farm_skill[i]), land),
    ))
}

/// Firms close by choice or insolvency; entrants take over plant and land and are of the same kind (level of
/// productivity, wedge), in numbers that answer the value of a firm; the fund pays what a closing owner owes and the entrant's working capital.
pub(super) fn demography(w: &mut World) -> Tally {
    let p = w.params.clone();
    let mut t = Tally::default();
    let scale = f64::from(w.scale);
    let luck = w.draws().stream(Stage::Exit, w.stream_tick(), 1);
    let fresh = w.draws().stream(Stage::Entrant, w.stream_tick(), 4);
    let buyer = w.buyer_prices();
    let mut closed = vec![false; w.firms.len()];
    let mut any = false;
    for c in 0..w.cell_count() {
        let range = w.cell_start[c] as usize..w.cell_start[c + 1] as usize;
        let (profit, firms) = range
            .clone()
            .fold((0.0, 0.0), |(s, m), f| (s + w.firms.profit[f], m + w.firms.weight[f]));
        let value = profit / f64::max(firms, 1.0);
        let start = w.cells.start_value[c];
        let answer = if start > 0.0 {
            (value / start)
                .max(0.0)
                .powf(p.firms.entry_elasticity)
                .clamp(p.firms.entry_floor, p.firms.entry_ceiling)
        } else {
            1.0
        };
        let r = c / SECTORS;
        let bank = w.geography.bank[r] as usize;
        let plant_price = w.capital_price(&buyer, r);
        for f in range {
            let debt = w.firms.debt[f];
            let assets = w.firms.deposits[f] as f64
                + (1.0 - p.credit.loss_given_default) * plant_price * w.firms.capital[f]
                + w.land.price[r] * w.firms.land_m2[f] as f64;
            let insolvent = assets < debt as f64;
            let size = w.firms.size(f, scale);
            let leaves = luck.at(f).uniform() < 0.25 * exit_rate(&p.firms, size);
            if !(insolvent || leaves) {
                continue;
            }
            any = true;
            closed[f] = true;
            let weight = w.firms.weight[f];
            let counted = if w.geography.in_city[r] { 1.0 } else { 0.0 };
            w.quarter.demography[0] += counted * weight;
            w.quarter.demography[2] += if insolvent { counted * weight } else { 0.0 };
            settle_closing(w, &mut t, f, bank, insolvent);
            let entrants = weight * answer;
            w.quarter.demography[1] += counted * entrants;
            w.firms.weight[f] = entrants;
            w.firms.generation[f] += 1;
            let mut x = fresh.at(f);
            let keep = p.firms.shock_persistence.powf(0.25);
            w.firms.shock[f] = shock_sd(&p.firms, size) / (1.0 - keep * keep).sqrt() * x.normal().clamp(-3.0, 3.0);
            w.firms.age[f] = 0;
            w.firms.data[f] *= p.firms.entrant_data;
            w.firms.data_used[f] = w.firms.data[f];
            w.firms.borrowed[f] = w.firms.state[f];
        }
    }
    if any {
        let firms = &mut w.firms;
        let employer = &mut w.workers.employer;
        blocks::map_mut2(&mut w.workers.status, employer, |_, status, employer| {
            for (s, e) in status.iter_mut().zip(employer) {
                if *s == Status::Employed && closed[*e as usize] {
                    *s = Status::Unemployed;
                    *e = NOBODY;
                }
            }
        });
        for f in (0..closed.len()).filter(|&f| closed[f]) {
            firms.heads[f] = 0;
            firms.efficiency[f] = 0.0;
        }
    }
    t
}

/// Money of a closing firm and of the entrant: debts are repaid, else paid by the owner of a solvent firm, else
/// written off; the entrant starts with working capital.
fn settle_closing(w: &mut World, t: &mut Tally, f: usize, bank: usize, insolvent: bool) {
    let m = w.state_owner(w.firms.region(f));
    let owner_bank = w.bank_of_government(m);
    let state = w.firms.state[f];
    let wanted = w.firms.cash_target[f];
    let own = w.firms.deposits[f].max(0).min(w.firms.debt[f]);
    t.repay(bank, &mut w.firms.deposits[f], &mut w.firms.debt[f], own);
    if insolvent {
        let lost = w.firms.debt[f];
        t.write_off(bank, &mut w.firms.debt[f], &mut w.bank_equity[bank], lost);
        w.quarter.written_off += lost;
    }
    let need = w.firms.debt[f] + wanted - w.firms.deposits[f];
    if need >= 0 {
        let (flow, account) = if state {
            (Flow::StateCapital, (&mut w.governments.deposits[m], owner_bank))
        } else {
            (Flow::SeedCapital, (&mut w.fund.deposits, 0))
        };
        let paid = need.min((*account.0).max(0));
        t.pay(flow, account, (&mut w.firms.deposits[f], bank), paid);
        w.fund.seeded += if state { 0 } else { paid };
    } else if state {
        w.governments.revenue[m] += -need;
        t.pay(
            Flow::StateProfit,
            (&mut w.firms.deposits[f], bank),
            (&mut w.governments.deposits[m], owner_bank),
            -need,
        );
    } else {
        t.pay(
            Flow::ExitResidual,
            (&mut w.firms.deposits[f], bank),
            (&mut w.fund.deposits, 0),
            -need,
        );
    }
    let own = w.firms.deposits[f].max(0).min(w.firms.debt[f]);
    t.repay(bank, &mut w.firms.deposits[f], &mut w.firms.debt[f], own);
}
