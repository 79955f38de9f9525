//! `yaosu check`: a text of any kind that a person may write, or the folder of a world.

use std::path::Path;

use super::experiment::calibration::{self, load_calibration};
use super::experiment::{self, load_experiment};
use super::files::open;
use super::load::{BUILT_IN, assemble, baseline};
use super::{Known, Overrides, worlds};
use crate::base::problem::Problems;
use crate::base::spanned::parse;
use crate::policy::Lever;

/// Checks a scenario, lever file, experiment, or the folder of a world, and says what it is.
pub fn check_file(argument: &str, known: &Known) -> Result<String, Problems> {
    let path = Path::new(argument);
    if path.is_dir() {
        return worlds::check_world(path);
    }
    if path
        .extension()
        .is_some_and(|ending| ending.eq_ignore_ascii_case("csv"))
        && path.is_file()
    {
        return Err(worlds::table(argument).into());
    }
    let name = |list: &[(&str, &str)]| list.iter().any(|(name, _)| *name == argument);
    if name(experiment::BUILT_IN) && !name(BUILT_IN.scenarios) && !path.is_file() {
        return check_experiment(argument, known);
    }
    if name(calibration::BUILT_IN) && !name(BUILT_IN.scenarios) && !path.is_file() {
        return check_calibration(argument, known);
    }
    let opened = open(argument, None, &BUILT_IN).map_err(|problem| {
        let all = experiment::BUILT_IN.iter().chain(calibration::BUILT_IN);
        let list: Vec<&str> = all.map(|(name, _)| *name).collect();
        match problem
            .help_text()
            .filter(|_| !argument.ends_with(".toml"))
            .map(str::to_owned)
        {
            Some(help) => problem.advice(format!("{help}; built-in experiments: {}", list.join(", "))),
            None => problem,
        }
    })?;
    let tree = parse(&opened.source)?;
    if tree.get("lever").is_some() {
        let lever = Lever::parse(&opened.source, &baseline()?.law(), &known.measured)?;
        return Ok(format!("lever `{}`, {} rules moved", lever.id, lever.moves.len()));
    }
    if tree.get("calibrate").is_some() {
        return check_calibration(argument, known);
    }
    if tree.get("design").is_some() || tree.get("outcomes").is_some() {
        return check_experiment(argument, known);
    }
    let scenario = assemble(&BUILT_IN, opened, &Overrides::default(), known)?;
    let (levers, hash) = (scenario.levers.len(), scenario.hash8());
    let mut text = format!("scenario `{}`, {levers} levers on, hash {hash}", scenario.name);
    for note in &scenario.notes {
        text.push_str(&format!("\n  note: {note}"));
    }
    Ok(text)
}

fn check_experiment(argument: &str, known: &Known) -> Result<String, Problems> {
    let found = load_experiment(argument, known)?;
    Ok(format!(
        "experiment `{}`, {} over {} keys of {}, {} replicates, {} outcomes",
        found.name,
        found.design.name(),
        found.axes.len(),
        found.scenario,
        found.replicates,
        found.outcomes.len()
    ))
}

fn check_calibration(argument: &str, known: &Known) -> Result<String, Problems> {
    let found = load_calibration(argument, known)?;
    Ok(format!(
        "experiment `{}`, calibration of {} keys of {} to {} targets, {} replicates, at most {} evaluations",
        found.name,
        found.axes.len(),
        found.scenario,
        found.targets.len(),
        found.replicates,
        found.evaluations
    ))
}
