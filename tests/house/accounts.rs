//! Money, land and people: every stage of every quarter adds up, and a planted error is found by name.

use crate::common::{all_on, born, rules, small};
use yaosu::agents::workers::Status;
use yaosu::books::{AuditError, Flow, Holdings, Sector};
use yaosu::step::{TIMELINE, Timers, step, step_watched};
use yaosu::world::{ALL, Counted, NOTHING, World, holdings};

/// Every row and column of the transaction-flow matrix of the quarter sums to zero, and its changes of stocks are
/// those of the columns.
fn check_matrix(w: &World, before: &Holdings, after: &Holdings) {
    let rows = w.books.flow_matrix();
    for (name, row) in &rows {
        assert_eq!(row.iter().sum::<i64>(), 0, "row `{name}` of quarter {}", w.tick - 1);
    }
    for sector in Sector::ALL {
        let sum: i64 = rows.iter().map(|(_, row)| row[sector as usize]).sum();
        assert_eq!(sum, 0, "column `{}` of quarter {}", sector.name(), w.tick - 1);
    }
    let row = |name: &str| rows.iter().find(|r| r.0 == name).map(|r| r.1).expect(name);
    let total = |h: &Holdings, s: Sector| h.deposits[s as usize].iter().sum::<i64>();
    for sector in Sector::ALL {
        let name = if sector == Sector::Outer {
            "change in reserves"
        } else {
            "change in deposits"
        };
        if sector != Sector::Banks {
            assert_eq!(row(name)[sector as usize], total(before, sector) - total(after, sector));
        }
    }
    let loans = |h: &Holdings| h.loans.iter().sum::<i64>();
    assert_eq!(
        row("change in loans")[Sector::Firms as usize],
        loans(after) - loans(before)
    );
    assert_eq!(row("loans written off")[Sector::Firms as usize], w.quarter.written_off);
    let bonds = |h: &Holdings| h.bonds.iter().sum::<i64>();
    assert_eq!(
        row("change in bonds")[Sector::Governments as usize],
        bonds(after) - bonds(before)
    );
}

#[test]
fn every_stage_of_a_long_run_with_every_lever_on_adds_up() {
    let scenario = all_on(&[]);
    for (seed, scale, quarters) in [(1, 20_000, 64), (2, 5000, 64), (3, 500, 6)] {
        let mut w = born(&all_on(&["burn_in=0", &format!("scale={scale}")]), seed);
        let outside: i64 = w.books.reserves().iter().sum();
        let people = holdings(&w).people + w.books.people_outside();
        let inside = w.geography.inside;
        // uses change, the land of a region does not
        let by_region =
            |land: &[i64]| -> Vec<i64> { (0..inside).map(|r| land.iter().skip(r).step_by(inside).sum()).collect() };
        let land = by_region(&holdings(&w).land);
        let audits = w.books.audits();
        for tick in 0..quarters {
            let before = holdings(&w);
            let law = rules(&scenario, tick);
            step(&mut w, &law).unwrap_or_else(|error| panic!("seed {seed}: {error}"));
            let after = holdings(&w);
            check_matrix(&w, &before, &after);
            assert_eq!(w.clearing, 0, "clearing houses hold money after quarter {tick}");
            assert_eq!(
                w.books.reserves().iter().sum::<i64>(),
                outside,
                "reserves and outer balance, quarter {tick}"
            );
            assert_eq!(
                after.people + w.books.people_outside(),
                people,
                "people, quarter {tick}"
            );
            assert_eq!(by_region(&after.land), land, "land, quarter {tick}");
            for &flow in Flow::ALL {
                assert!(
                    w.books.flow(flow) >= 0,
                    "`{}` runs backwards in quarter {tick}",
                    flow.name()
                );
            }
        }
        assert_eq!(w.books.audits() - audits, quarters as u64 * TIMELINE.len() as u64);
    }
}

/// Between the first and the last stage the audit recounts what a stage declares: nothing else may change.
#[test]
fn stages_change_only_the_columns_that_they_declare() {
    let scenario = all_on(&[]);
    let mut w = born(&all_on(&["burn_in=0", "scale=5000"]), 1);
    let mut changed = vec![NOTHING; TIMELINE.len()];
    for tick in 0..12 {
        let mut before = Counted::default();
        before.count(&w, ALL);
        let mut stage = 0;
        let mut seen = |name: &str, w: &World| {
            let mut after = Counted::default();
            after.count(w, ALL);
            let now = after.changed(&before);
            assert_eq!(now & !TIMELINE[stage].touches, NOTHING, "`{name}` in quarter {tick}");
            changed[stage] |= now;
            before = after;
            stage += 1;
        };
        let law = rules(&scenario, tick);
        step_watched(&mut w, &law, &mut Timers::default(), &mut seen).unwrap_or_else(|error| panic!("{error}"));
    }
    let all = changed.iter().fold(NOTHING, |all, columns| all | columns);
    assert_eq!(all, ALL, "the run changes every column");
}

/// Farm capital that villages buy works from the next quarter on, so nobody is paid for what it will grow.
#[test]
fn farm_households_are_paid_for_what_was_grown() {
    let scenario = all_on(&["burn_in=0", "scale=5000"]);
    let mut w = born(&scenario, 1);
    for tick in 0..4 {
        step(&mut w, &rules(&scenario, tick)).unwrap_or_else(|error| panic!("{error}"));
        let kept = w.books.flow(Flow::VillageService);
        assert!(tick == 0 || (kept > 0 && w.collectives.capital.iter().any(|&x| x > 0.0)));
        let theirs = w.farm_household_share * (w.farming.revenue.iter().sum::<i64>() - kept) as f64;
        // a household is paid whole fen
        let lost = theirs - w.books.flow(Flow::FarmSales) as f64;
        assert!((0.0..w.workers.len() as f64).contains(&lost), "{lost} of {theirs} fen");
    }
}

/// The error of the next quarter after a planted change.
fn planted(w: &World, law: &[yaosu::rules::Rules], change: impl FnOnce(&mut World)) -> AuditError {
    let mut w = w.clone();
    change(&mut w);
    let error = step(&mut w, law).expect_err("a planted error must be found");
    assert_eq!(error.stage, TIMELINE[0].name, "{error}");
    error
}

#[test]
fn a_planted_error_is_found_and_named() {
    let scenario = small::<&str>(&["burn_in=0"]);
    let mut w = born(&scenario, 1);
    let law = rules(&scenario, 0);
    step(&mut w, &law).unwrap_or_else(|error| panic!("{error}"));
    let employed = w
        .workers
        .status
        .iter()
        .position(|s| *s == Status::Employed)
        .expect("an employee");
    let farmer = w.workers.plot_m2.iter().position(|m2| *m2 > 0).expect("a plot");
    let cases = [
        (
            planted(&w, &law, |w| w.workers.deposits[employed] += 1),
            "deposits of households at bank",
            1,
            "fen",
        ),
        (
            planted(&w, &law, |w| w.firms.deposits[0] -= 1),
            "deposits of firms at bank",
            -1,
            "fen",
        ),
        (planted(&w, &law, |w| w.firms.debt[0] += 1), "loans of bank", 1, "fen"),
        (
            planted(&w, &law, |w| w.governments.bonds[0] += 1),
            "bonds of bank",
            1,
            "fen",
        ),
        (
            planted(&w, &law, |w| w.banks.equity[0] += 1),
            "equity of bank 0",
            1,
            "fen",
        ),
        (
            planted(&w, &law, |w| w.firms.land_m2[0] += 1),
            "land ledger line",
            1,
            "m2",
        ),
        (
            planted(&w, &law, |w| w.workers.plot_m2[farmer] += 1),
            "land ledger line",
            1,
            "m2",
        ),
        (
            planted(&w, &law, |w| w.workers.operated_m2[farmer] += 1),
            "uses of farmland of region",
            1,
            "m2",
        ),
        (
            planted(&w, &law, |w| w.workers.old[farmer] += 1),
            "dependants",
            1,
            "twentieths of an agent",
        ),
        (
            planted(&w, &law, |w| w.books.people_arrive(1, 0)),
            "people",
            -1,
            "persons",
        ),
    ];
    for (error, what, gap, unit) in cases {
        assert!(error.what.starts_with(what), "{error}");
        assert_eq!((error.tick, error.gap, error.unit), (1, gap, unit), "{error}");
        let told = error.to_string();
        assert!(told.contains(TIMELINE[0].name) && told.contains(&error.what), "{told}");
    }
}

/// Rows of the balance sheet that are things and no claims.
const THINGS: &[&str] = &[
    "capital and leased land of private firms",
    "capital and leased land of state firms",
    "urban land in reserve",
    "dwellings",
    "contracted farmland",
    "farm capital of village collectives",
];

/// Claims on the value of others: they move with prices as well as with payments.
const SHARES: &[&str] = &[
    "equity of private firms",
    "equity of state firms",
    "equity of banks",
    "units of the equity fund",
    "outside share of the equity fund",
    "shares of the housing funds",
    "shares of village collectives",
];

#[test]
fn claims_of_the_balance_sheet_cancel_and_net_worth_moves_by_saving_and_revaluation() {
    let mut w = born(&all_on(&["burn_in=0", "scale=5000"]), 2);
    let scenario = all_on(&[]);
    for tick in 0..12 {
        let before = yaosu::world::balance_sheet(&w);
        step(&mut w, &rules(&scenario, tick)).unwrap_or_else(|error| panic!("{error}"));
        let after = yaosu::world::balance_sheet(&w);
        for (name, row) in after
            .iter()
            .filter(|(name, _)| !THINGS.contains(name) && !name.starts_with("net worth"))
        {
            assert_eq!(row.iter().sum::<i64>(), 0, "`{name}`, quarter {tick}");
        }
        let flows = w.books.flow_matrix();
        for sector in Sector::ALL.map(|s| s as usize) {
            let sum = |sheet: &yaosu::books::FlowMatrix, of: &dyn Fn(&str) -> bool| -> i64 {
                sheet
                    .iter()
                    .filter(|(name, _)| of(name))
                    .map(|(_, row)| row[sector])
                    .sum()
            };
            let change = |of: &dyn Fn(&str) -> bool| sum(&after, of) - sum(&before, of);
            let worth = -change(&|name| name.starts_with("net worth"));
            let revalued = change(&|name| THINGS.contains(&name) || SHARES.contains(&name));
            // what comes in less what goes out, bought things included: they are worth what was paid, or else revalued
            let saved = sum(&flows, &|name| !name.starts_with("change in"));
            assert_eq!(
                worth - revalued,
                saved,
                "{}, quarter {tick}",
                Sector::ALL[sector].name()
            );
        }
    }
}

/// Two hundred quarters with every lever on: an audit that found a fen would end the run.
#[test]
fn fifty_years_of_the_whole_package_add_up() {
    let sets = ["scale=5000", "seeds=[1]", "quarters=200", "birth.tolerance=1.0"];
    let scenario = crate::common::load("package", &sets);
    let (arm, world) = crate::common::run(crate::common::born(&scenario, 1), &scenario, &scenario.schedule);
    assert_eq!(arm.quarters.len(), 200);
    let stages = yaosu::step::TIMELINE.len() as u64;
    assert_eq!(world.books.audits(), stages * 212, "burn-in and run, every stage");
}
