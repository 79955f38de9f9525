//! Investment and trade between regions: rules that keep money and goods at home, in a running world.

use crate::common::{born, rules, small};
use yaosu::agents::firms::SECTORS;
use yaosu::rules::Rules;
use yaosu::scenario::Scenario;
use yaosu::step::{Timers, step, step_watched};
use yaosu::world::World;

/// A coarse world where many firms close in a quarter.
fn scenario() -> Scenario {
    small(&["firms.exit_rate=0.5"])
}

/// The law of the scenario, changed by `change` in every region.
fn law(change: impl Fn(&mut Rules)) -> Vec<Rules> {
    let mut law = rules(&scenario(), 0);
    law.iter_mut().for_each(change);
    law
}

/// What investors saw before firms opened: the relative value of a firm by cell; generations, knowledge and numbers by lump.
#[derive(Default)]
struct Before {
    value: Vec<f64>,
    generation: Vec<u32>,
    knowledge: Vec<f64>,
    weight: Vec<f64>,
}

/// Knowledge of all firms of a lump, by firm.
fn knowledge(w: &World) -> Vec<f64> {
    (0..w.firms.len())
        .map(|f| w.firms.weight[f] * w.firms.knowledge[f])
        .collect()
}

/// A world after a quarter under `law`, and what was before entry.
fn after_a_quarter(law: &[Rules]) -> (World, Before) {
    let mut w = born(&scenario(), 1);
    let mut before = Before::default();
    let mut seen = |stage: &str, w: &World| {
        if stage == "settlement" {
            let cells = 0..w.cell_count();
            before.value = cells
                .map(|c| w.firm_value(c) / w.cells.start_value[c])
                .map(|v| v.max(0.0))
                .collect();
            before.generation.clone_from(&w.firms.generation);
            before.knowledge = knowledge(w);
            before.weight.clone_from(&w.firms.weight);
        }
    };
    step_watched(&mut w, law, &mut Timers::default(), &mut seen).unwrap_or_else(|error| panic!("{error}"));
    (w, before)
}

#[test]
fn free_equity_goes_to_regions_by_value_to_the_power_of_its_elasticity_and_none_is_lost() {
    let (
        tied,
        Before {
            value,
            generation: before,
            ..
        },
    ) = after_a_quarter(&law(|_| ()));
    let (free, ..) = after_a_quarter(&law(|r| r.entry.tied_equity = 0.0));
    let p = &tied.params.firms;
    for s in 0..SECTORS {
        // what free equity made of a cell's entrants, taking out the value of a firm there: one number in the sector
        let mut constants = Vec::new();
        for c in (s..tied.cell_count()).step_by(SECTORS) {
            let entered = tied.firms_of(c).find(|&f| tied.firms.generation[f] > before[f]);
            let at_home = value[c].powf(p.entry_elasticity).clamp(p.entry_floor, p.entry_ceiling);
            let per_exit = |f: usize| free.firms.weight[f] / tied.firms.weight[f] * at_home;
            let within = |x: &f64| (p.entry_floor + 1e-9..p.entry_ceiling - 1e-9).contains(x);
            if let Some(x) = entered.map(per_exit).filter(within) {
                constants.push(x / (value[c].powf(p.investor_elasticity) * tied.cells.variety[c]));
            }
        }
        let (least, most) = constants
            .iter()
            .fold((f64::MAX, 0.0f64), |(a, b), &x| (a.min(x), b.max(x)));
        assert!(
            constants.len() > 1 && most / least < 1.0 + 1e-9,
            "sector {s}: {least} to {most}"
        );
        let firms = [&tied, &free].map(|w| {
            let cells = (s..w.cell_count()).step_by(SECTORS);
            cells.map(|c| w.effective_firms(c)).sum::<f64>()
        });
        assert!((firms[1] / firms[0] - 1.0).abs() < 1e-12, "sector {s}: {firms:?}");
    }
    let spread = value.iter().fold((f64::MAX, 0.0f64), |(a, b), &x| (a.min(x), b.max(x)));
    assert!(spread.1 > spread.0 + 0.1, "nothing to tell regions apart: {spread:?}");
}

#[test]
fn new_firms_share_the_knowledge_of_those_that_closed_and_bring_none() {
    for tied in [1.0, 0.0] {
        let (w, before) = after_a_quarter(&law(|r| r.entry.tied_equity = tied));
        let (mut more, mut fewer) = (0, 0);
        for (f, (now, then)) in knowledge(&w).into_iter().zip(before.knowledge).enumerate() {
            if then > 0.0 && w.firms.generation[f] > before.generation[f] {
                // as many firms or more have all of it, fewer firms have theirs
                let firms = w.firms.weight[f] / before.weight[f];
                assert!(
                    (now / then - firms.min(1.0)).abs() < 1e-12,
                    "firm {f}: {now} after {then}"
                );
                *(if firms > 1.0 { &mut more } else { &mut fewer }) += 1;
            }
        }
        assert!(more > 0 && fewer > 0, "{more} and {fewer} lumps");
    }
}

#[test]
fn open_borders_lower_what_residents_pay_in_every_region_by_less_than_the_border_cost() {
    let start = law(|_| ());
    let cost = start[0].trade.border_cost;
    let arm = |law: &[Rules]| {
        let mut w = born(&scenario(), 1);
        (0..2).for_each(|_| step(&mut w, law).unwrap_or_else(|error| panic!("{error}")));
        w
    };
    let (closed, open) = (arm(&start), arm(&law(|r| r.trade.border_cost = 0.0)));
    assert!(cost > 0.0);
    for r in 0..closed.geography.inside {
        let fall = 1.0 - open.places.price[r] / closed.places.price[r];
        let most = cost / (1.0 + cost);
        assert!(
            0.0 < fall && fall < most,
            "{}: {fall}, at most {most}",
            closed.geography.ids[r]
        );
    }
    // only goods of other regions in the city and Chengdu: what comes from outside keeps its share at given prices
    let shares = (closed.trade_shares(), open.trade_shares());
    let (outside, home) = (closed.geography.inside, 0);
    assert_eq!(shares.0[1][outside], shares.1[1][outside]);
    assert_eq!(shares.0[1][home][home], shares.1[1][home][home]);
    assert!(shares.0[1][home][1] < shares.1[1][home][1]);
}
