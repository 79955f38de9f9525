//! `manifest.toml` of a comparison: what was run, and the command that does it again.

use super::files::Done;
use super::paired::RESAMPLES;
use super::seed::Task;
use super::{Options, Until};
use crate::experiment::folder::{origin, took};

/// The command that repeats a comparison from its folder.
fn command(options: &Options, orders: usize) -> String {
    let mut text = "yaosu compare resolved.toml".to_owned();
    if options.by_chapter {
        text += " --by chapter";
    }
    if !options.decompose {
        text += " --no-decomposition";
    }
    if orders > 0 {
        text += &format!(" --permutations {}", orders / 2);
    }
    if let Some(until) = &options.until {
        text += &format!(" --until {} --target {}", until.asked(), until.targets.join(","));
    }
    if options.stata {
        text += " --format dta";
    }
    text
}

/// The stopping rule in words.
fn rule(until: &Until) -> String {
    format!(
        "looks at 8, 12, 16, ... seeds; stops when t s/sqrt(n) of {} is at most {} for every player and the package at every horizon",
        until.targets.join(", "),
        until.asked()
    )
}

/// The text of the manifest.
pub fn text(task: &Task, done: &Done) -> String {
    let (scenario, plan, options) = (task.scenario, task.plan, done.options);
    let list = |items: Vec<String>| toml::Value::from(items);
    let mut m = origin(scenario);
    took(&mut m, done.seconds);
    let mut set = |k: &str, v: toml::Value| {
        m.insert(k.to_owned(), v);
    };
    set("kind", "compare".into());
    // of the levers that are compared and how, as well
    set("hash", done.hash.into());
    set("command", command(options, plan.orders.len()).into());
    set("scale", i64::from(scenario.scale).into());
    set("quarters", i64::from(scenario.quarters).into());
    set("burn_in", i64::from(scenario.burn_in).into());
    set(
        "reform_date",
        scenario.start.plus(task.reform as i64).to_string().into(),
    );
    set("reform_tick", (task.reform as i64).into());
    set("by", if options.by_chapter { "chapter" } else { "lever" }.into());
    set("players", list(plan.players.iter().map(|p| p.id.clone()).collect()));
    set("package", plan.package.clone().into());
    set("arms", list(plan.arms.iter().map(|c| plan.name(*c)).collect()));
    set(
        "seeds",
        done.seeds.iter().map(|s| s.seed as i64).collect::<Vec<_>>().into(),
    );
    set("bootstrap_resamples", (RESAMPLES as i64).into());
    set("permutations", (plan.orders.len() as i64).into());
    if let (Some(until), Some((width, reached))) = (&options.until, done.precision) {
        set("until", until.asked().into());
        set("target", list(until.targets.clone()));
        set("cap", (scenario.seeds.len() as i64).into());
        set("stopping_rule", rule(until).into());
        set("half_width", width.into());
        set("half_width_reached", reached.into());
    }
    let audits: u64 = done.seeds.iter().flat_map(|s| &s.arms).map(|a| a.audits).sum();
    set("audited_stages", (audits as i64).into());
    let mut members = toml::Table::new();
    for player in &plan.players {
        members.insert(player.id.clone(), list(player.members.clone()));
    }
    set("members", members.into());
    let mut hashes = toml::Table::new();
    for s in done.seeds {
        for (arm, coalition) in s.arms.iter().zip(&plan.arms) {
            let key = format!("{}/{}", plan.name(*coalition), s.seed);
            hashes.insert(key, arm.world_hash.clone().into());
        }
    }
    set("final_world", hashes.into());
    toml::to_string(&m).unwrap_or_default()
}
