//! Known answers: what a running world must give where the answer can be worked out without it.

use crate::common::{born, known_answer, rules, run, small};
use yaosu::agents::firms::SECTORS;
use yaosu::agents::workers::Status;
use yaosu::experiment::job::ArmResult;
use yaosu::metrics::METRICS;
use yaosu::step::step;
use yaosu::world::World;

/// Values of a metric for the city by quarter.
fn series(result: &ArmResult, metric: &str) -> Vec<f64> {
    let at = METRICS
        .iter()
        .position(|m| m.name == metric)
        .unwrap_or_else(|| panic!("no metric {metric}"));
    let city = |q: &yaosu::experiment::job::Measured| {
        let found = q.values.iter().find(|v| v.metric as usize == at && v.scope == 0);
        found.map(|v| v.value)
    };
    result.quarters.iter().filter_map(city).collect()
}

fn all(sets: &[&str]) -> ArmResult {
    let scenario = small(sets);
    run(born(&scenario, 1), &scenario, &scenario.schedule).0
}

#[test]
fn group_pay_adds_up_to_the_composite_in_a_running_world() {
    let scenario = small::<&str>(&["scale=5000"]);
    let mut w = born(&scenario, 1);
    let mut compared = 0;
    for tick in 0..4 {
        let law = rules(&scenario, tick);
        step(&mut w, &law).unwrap_or_else(|error| panic!("{error}"));
        for (area, supply) in w.areas.supply.iter().enumerate() {
            let total: f64 = supply.iter().sum();
            if supply.iter().any(|s| *s < 1e-3 * total) {
                continue; // prices of groups that are hardly there rest on a floor
            }
            let paid: f64 = supply
                .iter()
                .zip(&w.groups.price[area])
                .map(|(s, price)| s * price)
                .sum();
            let whole = w.groups.composite(area, supply, &w.params.labour);
            assert!(
                (paid / whole - 1.0).abs() < 1e-9,
                "area {area}: {paid} paid for {whole}"
            );
            compared += 1;
        }
    }
    assert!(compared > 20, "{compared} areas compared");
}

#[test]
fn wages_and_contributions_are_what_firms_posted_for_the_labour_they_had() {
    let scenario = small::<&str>(&["scale=5000"]);
    let mut w = born(&scenario, 1);
    let mut largest = 0.0f64;
    for tick in 0..4 {
        let law = rules(&scenario, tick);
        let mut look = |stage: &'static str, w: &World| {
            if stage != "settlement" {
                return;
            }
            let payroll = w.rules[0].fiscal.payroll;
            assert!(w.rules.iter().all(|r| r.fiscal.payroll == payroll), "one rate");
            let labour = |i: usize| {
                let area = w.geography.area[w.workers.region[i] as usize] as usize;
                w.firms.wage[w.workers.employer[i] as usize]
                    * yaosu::world::efficiency_used(w, i)
                    * w.groups.price[area][w.workers.group(i)]
            };
            let employed = (0..w.workers.len()).filter(|&i| w.workers.status[i] == Status::Employed);
            let posted = employed.map(labour).sum::<f64>() * f64::from(w.scale);
            let paid = w.books.flow(yaosu::books::Flow::Wages) as f64;
            largest = largest.max((paid * (1.0 + payroll) / posted - 1.0).abs());
        };
        yaosu::step::step_watched(&mut w, &law, &mut Default::default(), &mut look).unwrap_or_else(|e| panic!("{e}"));
    }
    known_answer(
        "10",
        &format!(
            "wages and contributions of a running world over posted wages times labour at group prices: {largest:.0e}"
        ),
    );
    assert!(largest > 0.0 && largest < 1e-6, "off by {largest}");
}

/// Nothing happens to anybody: no shocks, no ends, no reviews, no adjustment. A fine scale, because a single agent that
/// finds a job is seen in a coarse world.
const STILL: &[&str] = &[
    "scale=2000",
    "firms.shock_sd=0.0",
    "firms.exit_rate=0.0",
    "firms.adjustment=0.0",
    "urban_land.adjustment=0.0",
    "labour.separation=0.0",
    "labour.on_the_job_search=0.0",
    "labour.own_account_exit=0.0",
    "labour.wage_curve=0.0",
    "labour.vacancy_pressure=0.0",
    "law.credit.maturity=1e9",
    "credit.consideration=0.0",
    "credit.debt_adjustment=0.0",
    "migration.review_young=0.0",
    "migration.review_old=0.0",
    "migration.succession=0.0",
    "migration.retirement=0.0",
    "law.hukou.conversion_rate=0.0",
    "law.data.connected_share=0.0",
    "burn_in=0",
];

#[test]
fn a_world_in_which_nothing_happens_stands_still() {
    let result = all(STILL);
    for metric in ["moves", "farm_moves", "hukou_conversions", "first_loans", "data_traded"] {
        assert!(
            series(&result, metric).iter().all(|x| *x == 0.0),
            "{metric}: {:?}",
            series(&result, metric)
        );
    }
    let gdp = series(&result, "gdp_real");
    assert_eq!(gdp.len(), 8);
    for x in &gdp {
        assert!((x / gdp[0] - 1.0).abs() < 0.002, "real value added moves: {gdp:?}");
    }
    let people = series(&result, "population");
    assert!(people.iter().all(|x| *x == people[0]), "{people:?}");
}

#[test]
fn a_rate_of_zero_gives_none() {
    let none: &[(&[&str], &[&str])] = &[
        (
            &[
                "migration.review_young=0.0",
                "migration.review_old=0.0",
                "migration.succession=0.0",
            ],
            &["moves", "farm_moves"],
        ),
        (&["law.hukou.conversion_rate=0.0"], &["hukou_conversions"]),
        (&["law.data.connected_share=0.0"], &["data_traded", "data_shared"]),
        (&["credit.consideration=0.0"], &["first_loans"]),
    ];
    let normal = all(&[]);
    for (sets, metrics) in none {
        let result = all(sets);
        for metric in *metrics {
            assert!(
                series(&normal, metric).iter().any(|x| *x != 0.0),
                "{metric} is zero anyway"
            );
            assert!(series(&result, metric).iter().all(|x| *x == 0.0), "{sets:?}: {metric}");
        }
    }
    let result = all(&["firms.exit_rate=0.0"]);
    assert_eq!(
        series(&result, "firm_exits"),
        series(&result, "insolvencies"),
        "nobody closes by choice"
    );
}

/// Spread of log alpha R / (P K) over the firms of a world.
fn spread_of_capital_products(w: &World) -> f64 {
    let f = &w.firms;
    let buyer = w.buyer_prices();
    let price: Vec<f64> = (0..w.geography.inside).map(|r| w.capital_price(&buyer, r)).collect();
    let logs: Vec<f64> = (0..f.len())
        .filter(|&i| f.weight[i] > 0.0 && f.capital[i] > 0.0)
        .map(|i| {
            (w.cells.technology[f.cell[i] as usize].alpha * f.planned_revenue[i] / (price[f.region(i)] * f.capital[i]))
                .ln()
        })
        .collect();
    let (low, high) = logs
        .iter()
        .fold((f64::MAX, f64::MIN), |(l, h), x| (l.min(*x), h.max(*x)));
    high - low
}

#[test]
fn without_wedges_every_firm_is_born_with_the_same_marginal_product_of_capital() {
    // all finance costs what owners require, so that only the wedges could set firms apart
    let same = [
        "burn_in=0",
        "credit.pledgeable=0.0",
        "credit.state_pledgeable=0.0",
        "law.credit.cash_flow_multiple=0.0",
    ];
    let none = ["firms.wedge_sd=0.0", "firms.state_wedge=0.0"];
    let equal = born(&small(&[&same[..], &none[..]].concat()), 1);
    assert!(equal.firms.len() > equal.geography.inside * SECTORS);
    let spread = spread_of_capital_products(&equal);
    assert!(spread < 1e-6, "log marginal products of capital differ by {spread}");
    assert!(
        spread_of_capital_products(&born(&small(&same), 1)) > 0.5,
        "with wedges they differ"
    );
}

#[test]
fn shares_and_rates_do_not_depend_on_the_scale() {
    let fine = all(&["scale=5000", "quarters=2"]);
    let coarse = all(&["scale=20000", "quarters=2"]);
    for (metric, gap) in [
        ("urban_share", 0.01),
        ("migrant_share", 0.03),
        ("lease_share", 0.05),
        ("price_level", 0.05),
    ] {
        let (a, b) = (series(&fine, metric)[0], series(&coarse, metric)[0]);
        assert!(
            (a - b).abs() < gap,
            "{metric}: {a} at 5,000 and {b} at 20,000 people an agent"
        );
    }
    for metric in ["gdp_real", "population", "employment", "capital"] {
        let (a, b) = (series(&fine, metric)[0], series(&coarse, metric)[0]);
        assert!(
            (a / b - 1.0).abs() < 0.06,
            "{metric}: {a} at 5,000 and {b} at 20,000 people an agent"
        );
    }
}

#[test]
fn families_that_migrants_left_behind_are_not_people_of_the_place_they_went_to() {
    let of = |share: &str| {
        let w = born(&small(&["burn_in=0", &format!("birth.left_behind={share}")]), 1);
        let inside = w.geography.inside;
        let mut persons = [0.0; 2]; // migrants with families, natives with families and with kin
        for i in (0..w.workers.len()).filter(|&i| (w.workers.region[i] as usize) < inside) {
            persons[usize::from(w.workers.hukou[i] == w.workers.region[i])] += w.workers.persons(i);
        }
        let kin: f64 = (0..inside).map(|r| w.kin_cared(r, 0) + w.kin_cared(r, 1)).sum();
        (persons, kin)
    };
    let ([migrants, natives], kin) = of("0.5");
    let ([all_migrants, all_natives], none) = of("0.0");
    assert_eq!(none, 0.0);
    assert!(kin > 0.1 * natives, "{kin} of {natives} agents");
    assert_eq!(migrants, all_migrants, "no family of a migrant is split");
    assert!(
        (natives + kin - all_natives).abs() < 1e-6,
        "{natives} and {kin} of {all_natives}"
    );
}

#[test]
fn firms_of_an_area_pay_their_employees_together_each_for_the_efficiency_that_counts_for_it() {
    let born = born(&small::<&str>(&["scale=2000"]), 1);
    let plain = born.rules.clone();
    // shares of profit beside posted wages, and contributions that differ between the regions of an area
    let mixed = plain.clone().into_iter().enumerate().map(|(r, mut law)| {
        law.labour.profit_share = 0.1;
        law.fiscal.payroll = [0.25, 0.1][r % 2];
        law
    });
    for law in [plain, mixed.collect()] {
        let mut w = born.clone();
        let (mut wage, mut spread) = (Vec::new(), 0.0f64);
        let mut look = |stage: &'static str, w: &World| match stage {
            "goods" => {
                let paid = |f: usize| w.firms.wage[f] + yaosu::world::bonus(w, f);
                wage = (0..w.firms.len()).map(paid).collect();
            }
            "settlement" => spread = pay_apart(w, &wage),
            _ => (),
        };
        yaosu::step::step_watched(&mut w, &law, &mut Default::default(), &mut look).unwrap_or_else(|e| panic!("{e}"));
        assert!(spread > 0.0 && spread < 1e-6, "firms of an area pay {spread} apart");
    }
}

/// How far firms of an area are apart in what labour costs them over what their efficiency is due at these `wage`s.
fn pay_apart(w: &World, wage: &[f64]) -> f64 {
    let mut of_area = vec![[f64::MAX, 0.0]; w.geography.areas];
    for f in (0..w.firms.len()).filter(|&f| w.firms.heads[f] > 0) {
        // the cash that a firm wants tells its wage bill
        let [capital, knowledge] = yaosu::world::wear(w, f);
        let plans = (w.firms.planned_investment[f] + w.firms.planned_research[f]) as i64;
        let invest = ((capital + knowledge) as i64).max(plans);
        let labour = (w.firms.cash_target[f] - invest) as f64 / w.params.firms.cash_quarters;
        let paid = labour / (w.firms.efficiency[f] * wage[f] * f64::from(w.scale));
        let [least, most] = &mut of_area[w.geography.area[w.firms.region(f)] as usize];
        (*least, *most) = (least.min(paid), most.max(paid));
    }
    let apart = of_area.into_iter().map(|[least, most]| {
        assert!((0.8..1.25).contains(&least), "{least} of what is due");
        most / least - 1.0
    });
    apart.fold(0.0, f64::max)
}

#[test]
fn households_spend_in_runs_what_each_would() {
    let w = born(&small::<&str>(&["scale=2000"]), 1);
    let budgets = yaosu::world::Budgets::new(&w);
    let (mut spending, mut seen) = (yaosu::world::Spending::default(), 0);
    for start in (0..w.workers.len()).step_by(yaosu::base::blocks::RUN) {
        let run = start..(start + yaosu::base::blocks::RUN).min(w.workers.len());
        let households = yaosu::world::Households::of(&w.workers, run.clone());
        budgets.spend(&households, &w.workers.deposits[run.clone()], &mut spending);
        let places = w
            .geography
            .account_places(&w.workers.region[run.clone()], &w.workers.hukou[run.clone()]);
        for (k, i) in run.enumerate() {
            let c = yaosu::world::consumption_of(&w, &budgets, i);
            let alone = c.map_or([0; 3], |c| [c.inside, c.food, c.outside]);
            assert_eq!([spending.inside[k], spending.food[k], spending.outside[k]], alone);
            assert_eq!(places[k] as usize, w.account_place(i));
            seen += usize::from(alone[0] > 0 && alone[1] > 0);
        }
    }
    assert!(seen > w.workers.len() / 2);
}
