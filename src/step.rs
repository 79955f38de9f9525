//! The timeline of one quarter: one line a stage, audited after each.

mod commons;
mod credit;
mod data;
mod demography;
mod energy;
mod goods;
mod labour;
mod land;
mod migration;
mod people;
mod plans;
mod production;
mod settlement;
mod technology;
mod village;

use crate::books::{AuditError, Tally};
use crate::rules::Rules;
use crate::world::{ALL, Columns, Counted, FARMLAND, FIRMS, MONEY, NOTHING, World};

/// One stage of the quarter.
pub struct Stage {
    /// Name.
    pub name: &'static str,
    /// What it does, in a sentence.
    pub what: &'static str,
    /// What it may change of what the audit counts, agent by agent; the rest is not counted again after it, until the
    /// first and the last stage of a quarter count everything.
    pub touches: Columns,
    run: fn(&mut World) -> Tally,
}

/// The quarter, in order.
pub const TIMELINE: &[Stage] = &[
    Stage {
        name: "law",
        what: "the rules of the quarter hold; flows and counters start from zero",
        touches: ALL,
        run: law,
    },
    Stage {
        name: "people",
        what: "generations turn over; residence is credited; hukou convert",
        touches: FARMLAND,
        run: people::run,
    },
    Stage {
        name: "plans",
        what: "firms set wages, targets and investment from what they believe of demand",
        touches: NOTHING,
        run: plans::run,
    },
    Stage {
        name: "technology",
        what: "laboratories have ideas, inventors disclose them, firms take licences",
        touches: FIRMS,
        run: technology::run,
    },
    Stage {
        name: "data",
        what: "data are shared, bought and used; public data and computing with them",
        touches: FIRMS,
        run: data::run,
    },
    Stage {
        name: "land",
        what: "farmland is leased (yearly); state land is sold; rents and land prices form",
        touches: FARMLAND | FIRMS,
        run: land::run,
    },
    Stage {
        name: "credit",
        what: "firms apply, banks read scores, loans are made and repaid",
        touches: FIRMS,
        run: credit::run,
    },
    Stage {
        name: "labour",
        what: "jobs end, seekers sample openings, own-account work absorbs",
        touches: NOTHING,
        run: labour::run,
    },
    Stage {
        name: "energy and permits",
        what: "firms choose power, grids clear, what lacks is cut; emissions are permitted, traded, abated",
        touches: FIRMS,
        run: energy::run,
    },
    Stage {
        name: "production",
        what: "firms, own-account workers and farms produce",
        touches: NOTHING,
        run: production::run,
    },
    Stage {
        name: "goods",
        what: "budgets are spent, prices clear, regions trade",
        touches: MONEY | FIRMS,
        run: goods::run,
    },
    Stage {
        name: "settlement",
        what: "wages, taxes, rents, pensions, interest, dividends are paid",
        touches: MONEY | FIRMS,
        run: settlement::run,
    },
    Stage {
        name: "exit and entry",
        what: "firms close and open; bad loans are written off",
        touches: FIRMS,
        run: demography::run,
    },
    Stage {
        name: "migration",
        what: "workers review where to live; people arrive and leave",
        touches: ALL,
        run: migration::run,
    },
];

/// What follows the [`TIMELINE`]: the caller measures, see [`crate::metrics`].
pub const MEASURES: (&str, &str) = ("measures", "a snapshot of the quarter; it changes nothing");

/// Runs one quarter, the [`TIMELINE`], under `rules` (by inside region).
///
/// # Errors
/// A stage after which an account does not add up, by name.
pub fn step(w: &mut World, rules: &[Rules]) -> Result<(), AuditError> {
    step_timed(w, rules, &mut Timers::default())
}

/// Seconds spent by stage, and in audits (last), since the timers were made.
#[derive(Clone, Debug, Default)]
pub struct Timers {
    /// Seconds by stage of the [`TIMELINE`].
    pub stages: [f64; TIMELINE.len()],
    /// Seconds of all audits.
    pub audits: f64,
}

/// As [`step`], adding the time of every stage to `timers`.
///
/// # Errors
/// As [`step`].
pub fn step_timed(w: &mut World, rules: &[Rules], timers: &mut Timers) -> Result<(), AuditError> {
    step_watched(w, rules, timers, &mut |_, _| ())
}

/// As [`step_timed`]; after every stage, `seen` is shown its name and the world.
///
/// # Errors
/// As [`step`].
pub fn step_watched(
    w: &mut World,
    rules: &[Rules],
    timers: &mut Timers,
    seen: &mut dyn FnMut(&'static str, &World),
) -> Result<(), AuditError> {
    w.rules.clear();
    w.rules.extend_from_slice(rules);
    let mut counted = Counted::default();
    for (k, stage) in TIMELINE.iter().enumerate() {
        let start = std::time::Instant::now();
        let tally = (stage.run)(w);
        let done = std::time::Instant::now();
        counted.count(w, stage.touches);
        w.books.close_stage(stage.name, w.tick, &tally, &counted.holdings(w))?;
        timers.stages[k] += (done - start).as_secs_f64();
        timers.audits += done.elapsed().as_secs_f64();
        seen(stage.name, w);
    }
    w.books.close_quarter(w.tick)?;
    w.tick += 1;
    Ok(())
}

fn law(w: &mut World) -> Tally {
    w.books.new_quarter();
    w.quarter = crate::world::Quarter::empty(w);
    Tally::default()
}
