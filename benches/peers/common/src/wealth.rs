//! The rule of wealth transfer (Dragulescu and Yakovenko 2000): all begin with one unit; at every step whoever has wealth gives
//! one unit to somebody drawn from all, itself included.
//!
//! How many give is known. Where all give at once, wealth after a step is what is left plus Poisson gifts, a queue of mean one
//! in which a share 2 - sqrt(2) gives. Where agents act one after another in a fixed order, gifts come between two turns, and
//! 2/3 give; where the order changes from step to step, some have two turns close together and fewer give. Programs are held
//! against these numbers.

use super::Task;

/// Steps before the clock starts.
pub const WARM: u32 = 15;
/// Share of agents that give, at least and at most, where all give at once.
pub const AT_ONCE: [f64; 2] = [2.0 - std::f64::consts::SQRT_2; 2];
/// The same where they act one after another in a fixed order.
pub const FIXED_ORDER: [f64; 2] = [2.0 / 3.0; 2];
/// The same where they act one after another in orders that change.
pub const CHANGING_ORDER: [f64; 2] = [AT_ONCE[1] + 0.03, FIXED_ORDER[0]];

/// An engine that takes steps.
pub trait Society {
    /// Takes one step and returns how many gave.
    fn step(&mut self) -> i64;
    /// Wealth of all.
    fn total(&self) -> i64;
}

/// Times the steps of `task` after [`WARM`] ones, holds them against what is known, and returns the line to print.
pub fn run(society: &mut dyn Society, task: Task, [least, most]: [f64; 2]) -> String {
    (0..WARM).for_each(|_| {
        society.step();
    });
    let start = cpu_time::ProcessTime::now();
    let gave: i64 = (0..task.steps).map(|_| society.step()).sum();
    let seconds = start.elapsed().as_secs_f64();
    let turns = task.size as f64 * f64::from(task.steps);
    let share = gave as f64 / turns;
    assert_eq!(society.total(), task.size as i64, "wealth is conserved");
    let allowed = 0.01 + 10.0 / turns.sqrt();
    assert!(
        (least - allowed..most + allowed).contains(&share),
        "{share} of agents gave, {least} to {most} expected"
    );
    format!(r#"{{"seconds": {seconds}, "share": {share}}}"#)
}
