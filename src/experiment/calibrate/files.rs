//! The files of a calibration: tables as CSV, the scenario of the estimates, the manifest.

use super::estimate::NO_KNOWLEDGE;
use super::moments::{Evaluation, covariance_of_mean};
use super::{Results, names};
use crate::base::spanned::{float, quote};
use crate::experiment::folder::{origin, took};
use crate::experiment::sweep::files::write_text;
use crate::scenario::ParamInfo;
use crate::scenario::experiment::calibration::{Measure, Target};
use std::fmt::Write;
use std::path::Path;

/// Estimates.
pub const PARAMETERS: &str = "parameters.csv";
/// Fit.
pub const TARGETS: &str = "targets.csv";

/// Writes every file.
pub(super) fn write(folder: &Path, r: &Results) -> anyhow::Result<()> {
    table(&folder.join("evaluations.csv"), evaluations(r))?;
    table(&folder.join(TARGETS), targets(r))?;
    table(&folder.join(PARAMETERS), parameters(r))?;
    table(&folder.join("jacobian.csv"), jacobian(r))?;
    table(&folder.join("directions.csv"), directions(r))?;
    write_text(&folder.join("best.toml"), &best(r))?;
    write_text(&folder.join("manifest.toml"), &manifest(r)?)
}

/// Rows of a file, the names of the columns first.
type Rows = Vec<Vec<String>>;

fn table(path: &Path, rows: Rows) -> anyhow::Result<()> {
    let mut out = csv::Writer::from_writer(Vec::new());
    for row in rows {
        out.write_record(row)?;
    }
    write_text(path, &String::from_utf8(out.into_inner()?)?)
}

/// A number for a file; empty where there is none.
fn number(value: f64) -> String {
    if value.is_finite() { float(value) } else { String::new() }
}

fn texts(names: &[&str]) -> Vec<String> {
    names.iter().map(|n| (*n).to_owned()).collect()
}

fn keys(r: &Results) -> Vec<String> {
    r.economy.calibration.axes.iter().map(|a| a.key.clone()).collect()
}

fn best_of<'a>(r: &'a Results) -> &'a Evaluation {
    &r.found.all[r.found.best]
}

fn evaluations(r: &Results) -> Rows {
    let names = names(r.economy.calibration);
    let head = [
        texts(&["evaluation", "stage"]),
        keys(r),
        texts(&["distance"]),
        names.clone(),
        texts(&["error"]),
    ];
    let mut rows = vec![head.concat()];
    for (n, e) in r.found.all.iter().enumerate() {
        let mut row = vec![n.to_string(), e.stage.name()];
        row.extend(r.economy.values(&e.at));
        row.push(number(r.objective.distance(e)));
        row.extend(e.mean(names.len()).into_iter().map(number));
        row.push(e.error.clone());
        rows.push(row);
    }
    rows
}

/// Unit and words of a target.
fn described(r: &Results, t: &Target, unit: &str) -> (String, String) {
    let facts = crate::scenario::facts::facts(&r.base.world);
    match (&t.measure, facts) {
        (Measure::Fact { id, .. }, Some(Ok(list))) => list
            .iter()
            .find(|f| f.id == *id)
            .map(|f| (f.unit.clone(), f.name.en.clone()))
            .unwrap_or_default(),
        _ => (unit.to_owned(), String::new()),
    }
}

fn targets(r: &Results) -> Rows {
    let head = [
        "target",
        "words",
        "years",
        "unit",
        "value",
        "se",
        "model",
        "simulation_se",
        "error",
        "weight",
        "source",
    ];
    let mut rows = vec![texts(&head)];
    let (mean, errors) = (
        best_of(r).mean(r.objective.target.len()),
        r.objective.errors(best_of(r)),
    );
    let simulation = covariance_of_mean(&best_of(r).draws);
    let units = r.economy.units();
    for (j, t) in r.economy.calibration.targets.iter().enumerate() {
        let (unit, words) = described(r, t, units[j]);
        let source = t
            .evidence
            .as_ref()
            .map_or("the model at the planted values", |e| e.source.as_str());
        rows.push(vec![
            t.name.clone(),
            words,
            (f64::from(t.end) / 4.0).to_string(),
            unit,
            number(r.objective.target[j]),
            number(r.objective.sampling[j][j].sqrt()),
            number(mean[j]),
            number(simulation[j][j].sqrt()),
            number(errors[j]),
            number(r.objective.weight[j]),
            source.to_owned(),
        ]);
    }
    rows
}

fn info<'a>(r: &'a Results, key: &str) -> Option<&'a ParamInfo> {
    r.base.params.iter().find(|p| p.key == key)
}

fn parameters(r: &Results) -> Rows {
    let head = [
        "key",
        "unit",
        "low",
        "high",
        "own",
        "estimate",
        "se",
        "interval_low",
        "interval_high",
        "at_bound",
        "identified",
        "planted",
        "planted_inside",
    ];
    let mut rows = vec![texts(&head)];
    let c = r.economy.calibration;
    for (k, (axis, (low, high))) in c.axes.iter().zip(c.ranges()).enumerate() {
        let value: f64 = axis.at(best_of(r).at[k]).parse().unwrap_or(f64::NAN);
        let known = r.estimates.as_ref().map(|e| &e.parameters[k]);
        let se = known.map_or(f64::NAN, |p| p.se * (high - low));
        let half = known.map_or(f64::NAN, |p| p.half * (high - low));
        let ends = (value - half, value + half);
        let planted = c.recover.as_ref().map_or(f64::NAN, |p| p.planted[k]);
        let inside = match planted.is_finite() && se.is_finite() {
            true => (ends.0..=ends.1).contains(&planted).to_string(),
            false => String::new(),
        };
        let flag =
            |of: &dyn Fn(&super::estimate::Parameter) -> bool| known.map_or(String::new(), |p| of(p).to_string());
        rows.push(vec![
            axis.key.clone(),
            info(r, &axis.key).map_or(String::new(), |i| i.unit.clone()),
            number(low),
            number(high),
            info(r, &axis.key).map_or(String::new(), |i| i.value.to_toml()),
            number(value),
            number(se),
            number(ends.0),
            number(ends.1),
            flag(&|p| p.at_bound),
            flag(&|p| p.identified),
            number(planted),
            inside,
        ]);
    }
    rows
}

/// Slopes in the units of targets and keys.
fn jacobian(r: &Results) -> Rows {
    let mut rows = vec![texts(&["target", "key", "slope", "se", "half_width", "stands_out"])];
    let Some(g) = &r.found.jacobian else { return rows };
    let c = r.economy.calibration;
    for (j, name) in names(c).iter().enumerate() {
        for (k, (axis, (low, high))) in c.axes.iter().zip(c.ranges()).enumerate() {
            let width = high - low;
            rows.push(vec![
                name.clone(),
                axis.key.clone(),
                number(g.slope[k][j] / width),
                number(g.se[k][j] / width),
                number(g.step[k] * width),
                g.clear[k].to_string(),
            ]);
        }
    }
    rows
}

fn directions(r: &Results) -> Rows {
    let head = texts(&["direction", "strength", "noise", "se_share_of_range", "flat", "words"]);
    let mut rows = vec![[head, keys(r)].concat()];
    let names = keys(r);
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    for (i, d) in r.estimates.iter().flat_map(|e| &e.directions).enumerate() {
        let mut row = vec![(i + 1).to_string()];
        row.extend([d.strength, d.noise, 1.0 / d.strength].map(number));
        row.extend([d.flat.to_string(), d.words(&names)]);
        row.extend(d.part.iter().map(|p| number(*p)));
        rows.push(row);
    }
    rows
}

/// The scenario with the estimates, each with where it is from.
fn best(r: &Results) -> String {
    let c = r.economy.calibration;
    let verdict = if r.outcome.converged {
        "converged"
    } else {
        "did not converge"
    };
    let mut text = format!(
        "# Written by `yaosu calibrate {}`, which {verdict}: distance {:.3} standard errors, tolerance {}.\n\
         name = {}\nextends = {}\nquarters = {}\n",
        c.name,
        r.outcome.distance,
        c.tolerance,
        quote(&format!("{}-best", c.name)),
        quote(&c.scenario),
        c.quarters(),
    );
    for (key, value) in c.set.iter().filter(|s| !["name", "quarters"].contains(&s.0.as_str())) {
        let _ = writeln!(text, "{key} = {value}");
    }
    let targets: Vec<&str> = c.targets.iter().map(|t| t.name.as_str()).collect();
    for (k, value) in r.economy.values(&best_of(r).at).into_iter().enumerate() {
        let key = &c.axes[k].key;
        let (low, high) = c.ranges()[k];
        let known = match r.estimates.as_ref().map(|e| &e.parameters[k]) {
            Some(p) if p.at_bound => "at a bound of its range".to_owned(),
            Some(p) if p.identified => format!("standard error {:.3e}", p.se * (high - low)),
            _ => "not identified".to_owned(),
        };
        let source = format!(
            "calibrated by simulated moments to {}, range {low} to {high}, {known}, {verdict}",
            targets.join(", ")
        );
        let _ = match info(r, key) {
            Some(_) => writeln!(
                text,
                "{key} = {{ value = {value}, grade = \"CALIBRATED\", source = {} }}",
                quote(&source)
            ),
            None => writeln!(text, "# {source}\n{key} = {value}"),
        };
    }
    text
}

fn manifest(r: &Results) -> anyhow::Result<String> {
    let c = r.economy.calibration;
    let mut m = origin(r.base);
    took(&mut m, r.outcome.seconds);
    let mut set = |k: &str, v: toml::Value| {
        m.insert(k.to_owned(), v);
    };
    let whole = |n: usize| toml::Value::from(n as i64);
    set("name", c.name.as_str().into());
    set("scenario", c.scenario.as_str().into());
    set("program", crate::experiment::sweep::program_hash()?.into());
    set("scale", i64::from(r.base.scale).into());
    set("quarters", i64::from(c.quarters()).into());
    set("burn_in", i64::from(r.base.burn_in).into());
    let seeds: Vec<toml::Value> = r.economy.seeds.iter().map(|s| (*s as i64).into()).collect();
    set("seeds", seeds.into());
    set(
        "target_seeds",
        whole(c.recover.as_ref().map_or(0, |x| x.replicates as usize)),
    );
    set("recovery", c.recover.is_some().into());
    set("evaluations", whole(r.outcome.evaluations));
    set("evaluations_cap", i64::from(c.evaluations).into());
    set("tolerance", c.tolerance.into());
    set("distance", r.outcome.distance.into());
    let verdict = if r.outcome.converged {
        "converged"
    } else {
        "did not converge"
    };
    set("result", verdict.into());
    set("search_settled", r.found.settled.into());
    set("derivatives", r.found.jacobian.is_some().into());
    set("derivatives_beside_best", r.found.beside.into());
    if let Some(e) = &r.estimates {
        set("condition_number", e.condition.into());
        set("no_knowledge_se", NO_KNOWLEDGE.into());
    }
    Ok(toml::to_string(&m)?)
}
