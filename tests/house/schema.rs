//! The schema that editors use knows every key that the reader knows, and no other.

use crate::common::{known, load};
use std::collections::BTreeSet;
use yaosu::scenario::{self, BUILT_IN};

/// JSON of the kind that the program writes, as TOML: strings, numbers, truth, lists and tables look alike enough.
fn parsed() -> toml::Value {
    let text = scenario::schema(known()).expect("built in");
    let mut rest = text.trim_start();
    let value = value(&mut rest);
    assert_eq!(rest.trim(), "", "all of it is one value");
    value
}

/// Reads one value and moves on behind it.
fn value(rest: &mut &str) -> toml::Value {
    let skip = |rest: &mut &str| *rest = rest.trim_start();
    let eat = |rest: &mut &str, mark: char| {
        let found = rest.trim_start().strip_prefix(mark);
        found.is_some_and(|after| {
            *rest = after.trim_start();
            true
        })
    };
    skip(rest);
    if eat(rest, '{') {
        let mut table = toml::Table::new();
        while !eat(rest, '}') {
            let key = value(rest);
            assert!(eat(rest, ':'), "{}", &rest[..rest.len().min(60)]);
            let inner = value(rest);
            let old = table.insert(key.as_str().expect("a key").to_owned(), inner);
            assert!(old.is_none(), "{key} twice");
            eat(rest, ',');
        }
        return table.into();
    }
    if eat(rest, '[') {
        let mut list = Vec::new();
        while !eat(rest, ']') {
            list.push(value(rest));
            eat(rest, ',');
        }
        return list.into();
    }
    let end = match rest.starts_with('"') {
        true => {
            let mut escaped = false;
            let inside = rest[1..].char_indices().find(|(_, c)| {
                let over = *c == '"' && !escaped;
                escaped = *c == '\\' && !escaped;
                over
            });
            inside.expect("an end").0 + 2
        }
        false => rest.find([',', ']', '}', '\n']).expect("an end"),
    };
    let (token, after) = rest.split_at(end);
    *rest = after;
    let line: toml::Table = format!("x = {token}")
        .parse()
        .unwrap_or_else(|e| panic!("{token}: {e}"));
    line["x"].clone()
}

/// Keys of a text that the schema does not know.
fn unknown(schema: &toml::Value, text: &toml::Value, path: &str, out: &mut Vec<String>) {
    let Some(table) = text.as_table() else { return };
    let forms = schema.get("anyOf").and_then(toml::Value::as_array);
    let all: Vec<&toml::Value> = forms.map_or(vec![schema], |forms| forms.iter().collect());
    for (key, inner) in table {
        let here = format!("{path}.{key}");
        let named = all.iter().find_map(|form| form.get("properties")?.get(key));
        let other = all
            .iter()
            .find_map(|form| form.get("additionalProperties").filter(|x| x.is_table()));
        match named.or(other) {
            Some(schema) => unknown(schema, inner, &here, out),
            None => out.push(here),
        }
    }
}

#[test]
fn every_key_of_the_built_in_scenarios_is_in_the_schema() {
    let schema = parsed();
    for (name, text) in BUILT_IN.scenarios {
        for text in [(*text).to_owned(), load::<&str>(name, &[]).resolved_toml()] {
            let text: toml::Value = text.parse::<toml::Table>().expect("TOML").into();
            let mut missing = Vec::new();
            unknown(&schema, &text, name, &mut missing);
            assert_eq!(missing, Vec::<String>::new());
        }
    }
}

/// Dotted keys of the schema that are parameters: they have a default.
fn params(schema: &toml::Value, path: &str, out: &mut BTreeSet<String>) {
    let properties = schema.get("properties").and_then(toml::Value::as_table);
    for (key, inner) in properties.into_iter().flatten() {
        let here = if path.is_empty() {
            key.clone()
        } else {
            format!("{path}.{key}")
        };
        if inner.get("default").is_some() {
            out.insert(here);
        } else {
            params(inner, &here, out);
        }
    }
}

#[test]
fn the_schema_has_every_parameter_with_its_range_and_every_lever() {
    let schema = parsed();
    let mut found = BTreeSet::new();
    params(&schema, "", &mut found);
    let baseline = scenario::baseline().expect("built in");
    assert_eq!(found, baseline.keys().map(str::to_owned).collect());
    let search = &schema["properties"]["labour"]["properties"]["search"];
    let number = &search["anyOf"][0];
    assert_eq!(number["type"].as_str(), Some("number"));
    assert_eq!(
        (number["minimum"].as_float(), number["maximum"].as_float()),
        (Some(0.0), Some(1.0))
    );
    let levers = schema["properties"]["levers"]["properties"].as_table().expect("levers");
    assert!(levers.contains_key("land_leasing") && levers.contains_key("placebo"));
    let metrics = schema["properties"]["output"]["properties"]["metrics"].to_string();
    assert!(metrics.contains("gdp_real"));
}
