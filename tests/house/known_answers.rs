//! Known answers of the running model: efficient allocation, logit shares, scale, planted effects.
//! Each prints its error (`cargo test --release known_answers -- --nocapture`).

use crate::common::{born, known_answer, rules, run, small};
use yaosu::agents::firms::SECTORS;
use yaosu::agents::workers::{Status, flag, group_of};
use yaosu::experiment::job::{self, ArmResult};
use yaosu::metrics::METRICS;
use yaosu::step::step;
use yaosu::world::World;

/// No shocks, no churn, nobody moves or retires, no wage pressure.
const CALM: &[&str] = &[
    "firms.shock_sd=0.0",
    "firms.exit_rate=0.0",
    "labour.separation=0.0",
    "labour.on_the_job_search=0.0",
    "labour.own_account_exit=0.0",
    "labour.wage_curve=0.0",
    "labour.vacancy_pressure=0.0",
    "migration.review_young=0.0",
    "migration.review_old=0.0",
    "migration.retirement=0.0",
    "law.hukou.conversion_rate=0.0",
    "law.data.connected_share=0.0",
    "burn_in=0",
];

/// Firms alike but for productivity: no wedges, one cost of finance, no data, no research, no crowding; capital adjusts fast.
const FREE: &[&str] = &[
    "scale=1000",
    "birth.lump_agents=40.0",
    "firms.wedge_sd=0.0",
    "firms.state_wedge=0.0",
    "credit.pledgeable=0.0",
    "credit.state_pledgeable=0.0",
    "law.credit.cash_flow_multiple=0.0",
    "firms.data_exponent=0.0",
    "firms.agglomeration=0.0",
    "technology.innovators=[0.0,0.0,0.0]",
    "technology.contact=0.0",
    "firms.adjustment=2.0",
    "firms.depreciation=0.3",
    "urban_land.adjustment=1.0",
    "law.urban_land.allocation_noise=0.0",
    "labour.search=1.0",
    "labour.wage_reversion=1.0",
    // the closed form has no power and no abatement
    "energy.use_scale=0.0",
    "law.permits.carbon_cap=2.0",
    "law.permits.water_cap=2.0",
    "law.permits.discharge_cap=2.0",
];

/// Spread over firms of the log of revenue per unit of an input relative to their cell, by input (capital, labour,
/// land), firms weighted by revenue; and output of firms over the closed form of the best use of the same inputs.
///
/// The best use in a cell gives every firm inputs in proportion to a^(1/(1 - nu rho)), a = w^(1/sigma + (1-nu) rho)
/// z^rho, so that sum R = (sum a^(1/(1 - nu rho)))^(1 - nu rho) (K^alpha S^gamma L^beta)^rho; output is its power 1/rho.
fn efficiency(w: &World) -> ([f64; 3], f64) {
    let f = &w.firms;
    let (mut squares, mut mass) = ([0.0; 3], 0.0);
    let (mut made, mut best) = (0.0, 0.0);
    for c in 0..w.cell_count() {
        let t = w.cells.technology[c];
        let (rho, nu) = (t.rho(), t.alpha + t.beta + t.gamma);
        let firms: Vec<usize> = (w.cell_start[c] as usize..w.cell_start[c + 1] as usize)
            .filter(|&i| f.market_weight[i] > 0.0)
            .collect();
        let input = |i: usize| [f.capital[i], f.efficiency[i] * f64::from(w.scale), f.land_m2[i] as f64];
        let (mut total, mut revenue, mut index) = ([0.0; 3], 0.0, 0.0);
        for &i in &firms {
            input(i).into_iter().zip(&mut total).for_each(|(x, t)| *t += x);
            revenue += f.market_weight[i];
            let ln_a = (1.0 / t.sigma + (1.0 - nu) * rho) * f.weight[i].ln() + rho * (f.type_z[i] + f.shock[i]);
            index += (ln_a / (1.0 - nu * rho)).exp();
        }
        if revenue <= 0.0 {
            continue;
        }
        for &i in &firms {
            for (k, x) in input(i).into_iter().enumerate() {
                let gap = (f.market_weight[i] / x.max(1e-9) / (revenue / total[k])).ln();
                squares[k] += f.market_weight[i] / revenue * gap * gap;
            }
        }
        mass += 1.0;
        let inputs = t.alpha * total[0].ln() + t.beta * total[1].ln() + t.gamma * total[2].ln();
        let optimum = (1.0 - nu * rho) * index.ln() + rho * inputs;
        let price = w.price[c % SECTORS + 1][c / SECTORS];
        made += price * revenue.powf(1.0 / rho);
        best += price * (optimum / rho).exp();
    }
    (squares.map(|s| (s / mass).sqrt()), made / best)
}

#[test]
fn without_frictions_marginal_products_meet_and_output_is_the_closed_form() {
    let scenario = small(&[CALM, FREE, &["quarters=40"]].concat());
    let mut w = born(&scenario, 1);
    // capital in the wrong hands
    for i in 0..w.firms.len() {
        w.firms.capital[i] *= if i % 2 == 0 { 1.8 } else { 0.4 };
    }
    let mut first = None;
    for tick in 0..40 {
        step(&mut w, &rules(&scenario, tick)).unwrap_or_else(|error| panic!("{error}"));
        first.get_or_insert_with(|| efficiency(&w));
    }
    let (start, end) = (first.expect("forty quarters"), efficiency(&w));
    known_answer(
        "1",
        &format!(
            "output {:.4} of the closed form after ten years, from {:.3} with capital in the wrong hands; spread of log products \
             of K, L, S {:.3?}, from {:.2?}",
            end.1, start.1, end.0, start.0
        ),
    );
    assert!(start.0[0] > 0.2 && start.1 < 0.98, "it starts misallocated: {start:?}");
    assert!(end.0.iter().all(|sd| *sd < 0.06), "marginal products meet: {end:?}");
    assert!((end.1 - 1.0).abs() < 0.001, "output is efficient: {end:?}");
}

#[test]
fn without_leasing_frictions_farm_rents_and_output_are_their_closed_forms() {
    let free = [
        "scale=1000",
        "law.farmland.insecure_share=0.0",
        "law.farmland.transaction_cost=0.0",
    ];
    let scenario = small(&[CALM, &free].concat());
    let mut w = born(&scenario, 1);
    let (inside, scale) = (w.geography.inside, f64::from(w.scale));
    let price = w.price[0].clone();
    // farmers' indices of skill and all land of a region, a person
    let (mut index, mut land) = (vec![0.0; inside], vec![0.0; inside]);
    for i in (0..w.workers.len()).filter(|&i| w.workers.plot_m2[i] > 0) {
        let r = w.farming.village_region[w.workers.village[i] as usize] as usize;
        land[r] += f64::from(w.workers.plot_m2[i]) / scale;
        if w.workers.status[i] == Status::Farm {
            index[r] += w.params.farmland.size_index(f64::from(w.workers.farm_skill[i]));
        }
    }
    step(&mut w, &rules(&scenario, 0)).unwrap_or_else(|error| panic!("{error}"));
    let theta = w.params.farmland.theta();
    let (mut rents, mut outputs, mut regions) = (0.0f64, 0.0f64, 0);
    for r in (0..inside).filter(|&r| index[r] > 0.0) {
        let q = theta * w.farming.a[r] * (index[r] / land[r]).powf(1.0 - theta);
        let rent = q * price[r] * w.farm_household_share;
        let output = scale * w.farming.a[r] * index[r].powf(1.0 - theta) * land[r].powf(theta);
        rents = rents.max((w.farming.rent[r] / rent - 1.0).abs());
        outputs = outputs.max((w.farming.output[r] / output - 1.0).abs());
        regions += 1;
    }
    known_answer(
        "2",
        &format!("{regions} regions: largest error of rent {rents:.1e}, of output {outputs:.1e}"),
    );
    assert!(regions > 30, "{regions} regions farm");
    assert!(rents < 1e-4 && outputs < 1e-3, "rents {rents}, output {outputs}");
}

/// Logit shares at the values that hold: option d of a rural worker of origin o, the farm at home last.
fn logit(log_share: &[f64], value: &[f64]) -> Vec<f64> {
    let odds: Vec<f64> = log_share.iter().zip(value).map(|(s, v)| (s + v).exp()).collect();
    let total: f64 = odds.iter().sum();
    odds.into_iter().map(|x| x / total).collect()
}

/// Values of all options for a worker of origin o: kappa times the change of ln real income and services.
fn values(before: &World, after: &World, o: usize, high: bool) -> Vec<f64> {
    let (inside, all) = (before.geography.inside, before.geography.all());
    let (p, h) = (&before.params.migration, before.params.housing.share);
    let place = &before.places;
    let value = |d: usize, income: f64| {
        let prices = (1.0 - h) * (place.price[d] / place.start_price[d]).ln();
        let services = p.service_weight * (place.service[d] / place.start_service[d]).ln();
        p.elasticity * (income.ln() - prices + services)
    };
    let rent = |d: usize| h * (after.housing.rent[d] / place.start_rent[d]).ln();
    let flags = if high { flag::HIGH_SKILL } else { 0 };
    let town = |d: usize| {
        let g = group_of(flags, o as u8, d as u8);
        value(d, place.income[d][g] / place.start_income[d][g]) - p.elasticity * rent(d)
    };
    let mut v: Vec<f64> = (0..all).map(|d| if d < inside { town(d) } else { 0.0 }).collect();
    v.push(value(o, place.farm_income[o] / place.start_farm_income[o]));
    v
}

#[test]
fn without_migration_costs_shares_are_the_logit_of_real_incomes() {
    let scenario = small(&[
        "scale=1000",
        "burn_in=0",
        "migration.review_young=1.0",
        "migration.review_old=1.0",
        "migration.redraw=1.0",
        "migration.retirement=0.0",
        "law.hukou.conversion_rate=0.0",
        "law.farmland.insecure_share=1.0",
    ]);
    let mut w = born(&scenario, 1);
    let (inside, all) = (w.geography.inside, w.geography.all());
    // nothing but incomes sets places apart, and incomes have changed
    for o in 0..inside {
        w.places.log_share[2 * o + 1] = vec![-((all + 1) as f64).ln(); all + 1];
        for g in 0..4 {
            w.places.start_income[o][g] *= if (o + g) % 3 == 0 { 0.6 } else { 1.3 };
        }
    }
    let before = w.clone();
    step(&mut w, &rules(&scenario, 0)).unwrap_or_else(|error| panic!("{error}"));
    let mut seen = vec![0.0; all + 1];
    let mut wanted = vec![0.0; all + 1];
    for i in 0..w.workers.len() {
        let o = w.workers.hukou[i] as usize;
        let flags = w.workers.flags[i];
        if o >= inside || flags & flag::RURAL_HUKOU == 0 || w.workers.status[i] == Status::Free {
            continue;
        }
        let farm = w.workers.status[i] == Status::Farm;
        seen[if farm { all } else { w.workers.region[i] as usize }] += 1.0;
        let shares = logit(
            &w.places.log_share[2 * o + 1],
            &values(&before, &w, o, flags & flag::HIGH_SKILL != 0),
        );
        wanted.iter_mut().zip(shares).for_each(|(x, s)| *x += s);
    }
    let n: f64 = seen.iter().sum();
    let chi = |wanted: &dyn Fn(usize) -> f64| -> f64 {
        seen.iter()
            .enumerate()
            .map(|(d, s)| (s - wanted(d)).powi(2) / wanted(d))
            .sum::<f64>()
            / all as f64
    };
    let (error, flat) = (chi(&|d| wanted[d]), chi(&|_| n / (all + 1) as f64));
    let gap = seen
        .iter()
        .zip(&wanted)
        .map(|(s, x)| (s - x).abs() / n)
        .fold(0.0, f64::max);
    known_answer(
        "3",
        &format!(
            "{n} people, {} options: largest gap of a share {gap:.4}; chi2/df {error:.2} (equal shares would give {flat:.0})",
            all + 1
        ),
    );
    // chi2 over 41 degrees of freedom exceeds 1.65 once in two hundred
    assert!(error < 1.65, "shares differ from the logit: chi2/df {error}");
    assert!(flat > 20.0, "incomes matter: {flat}");
}

/// Values of a metric by quarter for a scope of [`yaosu::metrics::scopes`].
pub(crate) fn series(result: &ArmResult, metric: &str, scope: u16) -> Vec<f64> {
    let at = METRICS
        .iter()
        .position(|m| m.name == metric)
        .unwrap_or_else(|| panic!("no metric {metric}"));
    let of = |q: &job::Measured| {
        q.values
            .iter()
            .find(|v| v.metric as usize == at && v.scope == scope)
            .map(|v| v.value)
    };
    result.quarters.iter().filter_map(of).collect()
}

#[test]
fn a_difference_in_differences_between_isolated_districts_is_the_effect() {
    let lever = "levers.land_leasing={from=\"2027Q1\",regions=[\"wanzhou\"]}";
    let still = [CALM, &["scale=2000", "quarters=8"]].concat();
    let answer = |base: &[&str]| {
        let arm = |sets: &[&str]| {
            let scenario = small(&[base, sets].concat());
            let w = born(&scenario, 1);
            let scopes = yaosu::metrics::scopes(&w.geography);
            let of = |id: &str| scopes.iter().position(|s| s.name == id).expect("a district") as u16;
            let result = run(w, &scenario, &scenario.schedule).0;
            [of("wanzhou"), of("fuling")].map(|k| {
                let y = series(&result, "farm_productivity", k);
                [y[3].ln(), y[7].ln()]
            })
        };
        let (with, without) = (arm(&[lever]), arm(&[]));
        let change = |y: [f64; 2]| y[1] - y[0];
        let truth = with[0][1] - without[0][1];
        (truth, change(with[0]) - change(with[1]), with[1][1] - without[1][1])
    };
    let (truth, did, spill) = answer(&still);
    println!("known answer 9: isolated: effect {truth:.6}, difference in differences {did:.6}, spill-over {spill:.1e}");
    assert!(truth > 0.005, "the lever acts: {truth}");
    assert!(
        (did - truth).abs() < 1e-9 && spill == 0.0,
        "{did} for {truth}, spill-over {spill}"
    );
    let open = answer(&["scale=2000", "quarters=8", "burn_in=4"]);
    known_answer(
        "9b",
        &format!(
            "lever: {truth:.4} isolated, missed by {:.0e}; in the open economy missed by {:+.3} on {:.3}",
            did - truth,
            open.1 - open.0,
            open.0
        ),
    );
}

#[test]
fn a_planted_gain_of_technology_is_found_by_differences_in_differences() {
    let gain = 1.05f64;
    let scenario = small(&[CALM, &["scale=2000", "quarters=8"]].concat());
    let mut w = born(&scenario, 1);
    let scopes = yaosu::metrics::scopes(&w.geography);
    let of = |id: &str| scopes.iter().position(|s| s.name == id).expect("a district");
    let places = [of("wanzhou"), of("fuling")];
    let metric = METRICS
        .iter()
        .position(|m| m.name == "farm_productivity")
        .expect("a metric");
    let mut log = Vec::new();
    for tick in 0..8 {
        if tick == 4 {
            let r = w
                .geography
                .ids
                .iter()
                .position(|id| id == "wanzhou")
                .expect("a district");
            w.farming.a[r] *= gain;
        }
        step(&mut w, &rules(&scenario, tick)).unwrap_or_else(|error| panic!("{error}"));
        let values = yaosu::metrics::measure(&yaosu::metrics::snapshot(&w), &scopes);
        let at = |scope: usize| {
            let found = values
                .iter()
                .find(|v| v.metric as usize == metric && v.scope as usize == scope);
            found.expect("measured").value.ln()
        };
        log.push(places.map(at));
    }
    let change = |k: usize| log[7][k] - log[3][k];
    let found = change(0) - change(1);
    known_answer("9", &format!("planted ln 1.05 = {:.6}, found {found:.6}", gain.ln()));
    assert!((found - gain.ln()).abs() < 1e-6, "{found} for {}", gain.ln());
}
