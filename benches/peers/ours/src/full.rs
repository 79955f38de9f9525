//! The full model of yaosu (`scenarios/baseline.toml`): not the bottom-up economy, but many markets more, for scale.

use peers_common::{ProcessTime, Task};
use yaosu::experiment::job;
use yaosu::scenario::{self, Overrides};
use yaosu::step::{Timers, step_timed};

/// Times quarters, audits included, of a world with one agent for `task.size` people.
pub fn run(task: Task) -> String {
    let mut overrides = Overrides::default();
    for text in [
        format!("scale={}", task.size),
        "burn_in=0".to_owned(),
        "birth.tolerance=1.0".to_owned(),
    ] {
        overrides.set(&text);
    }
    let known = yaosu::cli::known();
    let scenario = scenario::load("baseline", &overrides, &known).unwrap_or_else(|p| panic!("{p}"));
    let data = job::seed_economy(&scenario.world).unwrap_or_else(|p| panic!("{p}"));
    let (mut world, ..) = match job::burn_in(&scenario, &data, task.seed, &|| false, &mut || ()) {
        Ok(born) => born,
        Err(e) => panic!("{e}"),
    };
    let rules = job::rules_at(&scenario.schedule, 0, world.geography.inside).unwrap_or_else(|p| panic!("{p}"));
    let mut quarter = || {
        if let Err(e) = step_timed(&mut world, &rules, &mut Timers::default()) {
            panic!("{e}");
        }
    };
    (0..4).for_each(|_| quarter());
    let start = ProcessTime::now();
    (0..task.steps).for_each(|_| quarter());
    let seconds = start.elapsed().as_secs_f64();
    let agents = world.workers.len() + world.firms.len();
    format!(r#"{{"seconds": {seconds}, "agents": {agents}}}"#)
}
