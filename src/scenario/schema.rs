//! What a scenario may say, as a JSON Schema: editors complete and check with it while a person types.
//!
//! The parameters come from the list in `baseline.toml`, the levers from their files. The reader of scenarios says more:
//! what a schema lets through may still be refused, for instance a lever that ends before it begins.

use toml::{Table, Value};

use super::catalogue::{PARAM_KEYS, ParamInfo, ParamValue};
use super::merge::{RUN_KEYS, SWITCH_KEYS};
use super::{BUILT_IN, Known, baseline, levers};
use crate::base::problem::Problems;

/// A table with these keys, in any order.
macro_rules! table {
    ($($key:literal: $value:expr),* $(,)?) => {{
        let mut table = Table::new();
        $(table.insert($key.to_owned(), Value::from($value));)*
        table
    }};
}

/// The schema of a scenario as JSON.
///
/// # Errors
/// If what comes with the program cannot be read.
pub fn schema(known: &Known) -> Result<String, Problems> {
    let mut properties = run_keys(known);
    properties.insert("levers".to_owned(), lever_keys(known)?.into());
    properties.insert(
        "user_levers".to_owned(),
        table! {
            "type": "object",
            "description": "Texts of lever files, as a resolved scenario holds them",
            "additionalProperties": typed("string"),
        }
        .into(),
    );
    for info in baseline()?.params() {
        place(&mut properties, &info.key, param(info));
    }
    let whole = table! {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "Scenario of yaosu",
        "type": "object",
        "additionalProperties": false,
        "properties": properties,
    };
    let mut text = String::new();
    json(&whole.into(), 0, &mut text);
    text.push('\n');
    Ok(text)
}

/// Puts the schema of a dotted key where it belongs; sections are made where they are missing.
fn place(properties: &mut Table, key: &str, schema: Table) {
    let Some((section, rest)) = key.split_once('.') else {
        properties.insert(key.to_owned(), schema.into());
        return;
    };
    let section = properties.entry(section.to_owned()).or_insert_with(|| {
        let empty = table! { "type": "object", "additionalProperties": false, "properties": Table::new() };
        empty.into()
    });
    if let Some(inner) = section.get_mut("properties").and_then(Value::as_table_mut) {
        place(inner, rest, schema);
    }
}

fn typed(kind: &str) -> Table {
    table! { "type": kind }
}

fn whole(low: i64, high: i64) -> Table {
    table! { "type": "integer", "minimum": low, "maximum": high }
}

fn list(items: Table) -> Table {
    table! { "type": "array", "minItems": 1, "items": items }
}

fn any(forms: impl IntoIterator<Item = Table>) -> Table {
    table! { "anyOf": forms.into_iter().map(Value::from).collect::<Vec<Value>>() }
}

fn one_of(names: impl IntoIterator<Item = impl Into<String>>) -> Table {
    let names: Vec<Value> = names.into_iter().map(|name| Value::from(name.into())).collect();
    table! { "enum": names }
}

/// Names that are known, which an editor offers, or others.
fn offered(names: impl IntoIterator<Item = impl Into<String>>) -> Table {
    any([one_of(names), typed("string")])
}

fn object(keys: impl IntoIterator<Item = (&'static str, Table)>) -> Table {
    let mut properties = Table::new();
    for (key, schema) in keys {
        properties.insert(key.to_owned(), schema.into());
    }
    table! { "type": "object", "additionalProperties": false, "properties": properties }
}

fn described(mut schema: Table, text: &str) -> Table {
    schema.insert("description".to_owned(), text.into());
    schema
}

fn quarter() -> Table {
    table! { "type": "string", "pattern": "^[0-9]{4}Q[1-4]$", "examples": vec![Value::from("2026Q1")] }
}

/// Regions and groups of regions of the worlds that come with the program.
fn places(known: &Known) -> Table {
    let names: Vec<&str> = known.worlds.iter().flat_map(|world| world.names()).collect();
    list(offered(names))
}

fn run_keys(known: &Known) -> Table {
    let mut keys = Table::new();
    let named = [
        ("name", described(typed("string"), "Name of the run and its folder")),
        (
            "extends",
            described(
                offered(BUILT_IN.scenarios.iter().map(|(name, _)| *name)),
                "A built-in scenario, or a file beside this one, that this one changes",
            ),
        ),
    ];
    for (key, schema) in named {
        keys.insert(key.to_owned(), schema.into());
    }
    for key in RUN_KEYS {
        place(&mut keys, key, run_key(key, known));
    }
    keys
}

fn run_key(key: &str, known: &Known) -> Table {
    let metrics = || offered(known.measured.metrics.iter().cloned());
    match key {
        "world" => described(
            offered(known.worlds.iter().map(|world| world.name.as_str())),
            "Seed economy: a built-in one, or the folder of another, beside this file",
        ),
        "start" => described(quarter(), "First measured quarter"),
        "quarters" => described(whole(1, 2000), "Measured quarters"),
        "burn_in" => described(whole(0, 2000), "Quarters before the first measured one"),
        "scale" => described(whole(1, 1_000_000), "People whom one agent stands for"),
        "reference" => described(one_of(["none", "baseline"]), "What else is run from the same burn-in"),
        "seeds" => described(seeds(), "Random seeds"),
        "output.regions" => described(
            any([one_of(["all", "total"]), places(known)]),
            "Regions that are written",
        ),
        "output.metrics" => described(any([one_of(["all"]), list(metrics())]), "Metrics that are written"),
        "output.micro.every" => described(whole(0, 2000), "Quarters between snapshots of agents; 0 for none"),
        "estimate.outcome" => described(metrics(), "Metric that is estimated inside the model"),
        "estimate.group" => described(
            offered(known.measured.groups.iter().cloned()),
            "Group of people or firms",
        ),
        "estimate.treated" => described(places(known), "Regions with the reform"),
        "estimate.control" => described(places(known), "Regions without it"),
        "estimate.pre" => described(list(quarter()), "First and last quarter before"),
        "estimate.post" => described(list(quarter()), "First and last quarter after"),
        "estimate.log" => described(typed("boolean"), "Whether the logarithm is estimated"),
        "estimate.published" => described(published(), "Published estimate to hold the model's against"),
        _ => Table::new(),
    }
}

fn published() -> Table {
    let number = || typed("number");
    object([
        ("value", described(number(), "Point, in the unit of the outcome")),
        ("low", described(number(), "Lower end of its interval")),
        ("high", described(number(), "Upper end of its interval")),
        ("source", described(typed("string"), "Where it is published")),
    ])
}

fn seeds() -> Table {
    let seed = || table! { "type": "integer", "minimum": 0 };
    any([
        list(seed()),
        object([
            ("file", described(typed("string"), "File with one seed a line")),
            ("first", described(seed(), "First of consecutive seeds")),
            ("count", described(whole(1, 100_000), "How many")),
        ]),
    ])
}

/// One entry a built-in lever, and a form for those that come with the scenario.
fn lever_keys(known: &Known) -> Result<Table, Problems> {
    let switch = || {
        let field = |name: &'static str| {
            let schema = match name {
                "from" => described(quarter(), "First quarter in which it is on"),
                "until" => described(quarter(), "First quarter in which it is off again"),
                "phase_in" => described(whole(0, 2000), "Quarters until full strength"),
                "regions" => described(any([one_of(["all"]), places(known)]), "Where it is on"),
                "intensity" => table! {
                    "type": "number", "minimum": 0.0, "maximum": 1.0,
                    "description": "Share of the way to full strength",
                },
                _ => described(typed("string"), "Lever file beside this one"),
            };
            (name, schema)
        };
        any([typed("boolean"), object(SWITCH_KEYS.iter().map(|name| field(name)))])
    };
    let mut built_in = Table::new();
    for lever in levers(known)? {
        let text = format!("Article {}: {}", lever.article, lever.title.en);
        built_in.insert(lever.id.clone(), described(switch(), &text).into());
    }
    Ok(table! {
        "type": "object",
        "description": "Reforms that are on: true, or when, where and how strongly",
        "properties": built_in,
        "additionalProperties": switch(),
    })
}

/// A parameter: its value, or a table with the value and its evidence.
fn param(info: &ParamInfo) -> Table {
    let number = |kind: &str| {
        let mut schema = typed(kind);
        if let Some((low, high)) = info.range.filter(|range| range.0.is_finite() && range.1.is_finite()) {
            schema.insert("minimum".to_owned(), low.into());
            schema.insert("maximum".to_owned(), high.into());
        }
        schema
    };
    let value = || match &info.default {
        ParamValue::Float(_) => number("number"),
        ParamValue::Integer(_) => number("integer"),
        ParamValue::Bool(_) => typed("boolean"),
        ParamValue::List(values) => {
            let count = values.len() as i64;
            table! { "type": "array", "minItems": count, "maxItems": count, "items": number("number") }
        }
    };
    let mut evidence = Table::new();
    for key in PARAM_KEYS {
        let schema = if *key == "value" { value() } else { Table::new() };
        evidence.insert((*key).to_owned(), schema.into());
    }
    let stated = table! {
        "type": "object",
        "additionalProperties": false,
        "required": vec![Value::from("value")],
        "properties": evidence,
    };
    let unit = if info.unit.is_empty() {
        String::new()
    } else {
        format!(" [{}]", info.unit)
    };
    let text = format!("{}{unit}. Grade {}: {}", info.meaning, info.grade, info.source);
    let mut schema = described(any([value(), stated]), &text);
    schema.insert("default".to_owned(), info.default.clone().into_toml());
    schema
}

/// Writes a value as JSON, two spaces a level.
fn json(value: &Value, depth: usize, out: &mut String) {
    let break_line = |out: &mut String, depth: usize| {
        out.push('\n');
        out.push_str(&"  ".repeat(depth));
    };
    match value {
        Value::Table(table) => {
            out.push('{');
            for (k, (key, inner)) in table.iter().enumerate() {
                out.push_str(if k > 0 { "," } else { "" });
                break_line(out, depth + 1);
                string(key, out);
                out.push_str(": ");
                json(inner, depth + 1, out);
            }
            if !table.is_empty() {
                break_line(out, depth);
            }
            out.push('}');
        }
        Value::Array(items) => {
            out.push('[');
            for (k, item) in items.iter().enumerate() {
                out.push_str(if k > 0 { ", " } else { "" });
                json(item, depth + 1, out);
            }
            out.push(']');
        }
        Value::String(text) => string(text, out),
        // numbers and truth look the same in both languages
        other => out.push_str(&other.to_string()),
    }
}

fn string(text: &str, out: &mut String) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            c if c.is_control() => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
}
