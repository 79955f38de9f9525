//! The list of parameters, read from `baseline.toml`: what there is, what it means, what is allowed.

use std::collections::BTreeMap;

use crate::base::fields::{Fields, Limits};
use crate::base::problem::{Problems, Source};
use crate::base::spanned::{Entry, Node, Value, float};
use crate::policy::{Law, LawKey};

/// Keys of a parameter line in `baseline.toml`.
pub(super) const PARAM_KEYS: &[&str] = &["value", "unit", "range", "grade", "source", "meaning", "neutral"];

/// Prefix of the keys that are law.
pub(super) const LAW: &str = "law.";

/// Top-level keys that are not sections of parameters.
pub(super) const NOT_SECTIONS: &[&str] = &[
    "name",
    "extends",
    "world",
    "start",
    "quarters",
    "burn_in",
    "scale",
    "reference",
    "seeds",
    "levers",
    "user_levers",
    "output",
];

/// The value of a parameter.
#[derive(Debug, Clone, PartialEq)]
pub enum ParamValue {
    /// Number.
    Float(f64),
    /// Whole number.
    Integer(i64),
    /// True or false.
    Bool(bool),
    /// Numbers, as many as in the baseline.
    List(Vec<f64>),
}

impl ParamValue {
    /// As written in TOML; numbers read back to the same bits.
    pub fn to_toml(&self) -> String {
        match self {
            Self::Float(value) => float(*value),
            Self::Integer(value) => value.to_string(),
            Self::Bool(value) => value.to_string(),
            Self::List(values) => {
                let items: Vec<String> = values.iter().copied().map(float).collect();
                format!("[{}]", items.join(", "))
            }
        }
    }

    pub(super) fn into_toml(self) -> toml::Value {
        match self {
            Self::Float(value) => toml::Value::Float(value),
            Self::Integer(value) => toml::Value::Integer(value),
            Self::Bool(value) => toml::Value::Boolean(value),
            Self::List(values) => toml::Value::Array(values.into_iter().map(toml::Value::Float).collect()),
        }
    }
}

/// One parameter of behaviour or law.
#[derive(Debug, Clone, PartialEq)]
pub struct ParamInfo {
    /// Dotted name, such as `labour.separation` or `law.hukou.required_years`.
    pub key: String,
    /// Value in this scenario.
    pub value: ParamValue,
    /// Value in the baseline.
    pub default: ParamValue,
    /// Unit; empty where there is none.
    pub unit: String,
    /// Least and greatest value of numbers.
    pub range: Option<(f64, f64)>,
    /// Grade of the evidence.
    pub grade: String,
    /// Where the value comes from.
    pub source: String,
    /// What it means.
    pub meaning: String,
    /// Of law: the value at which it binds nobody.
    pub neutral: Option<f64>,
    /// Whether the scenario states a grade or a source of its own.
    pub restated: bool,
}

impl ParamInfo {
    /// Whether it is law rather than behaviour.
    pub fn is_law(&self) -> bool {
        self.key.starts_with(LAW)
    }

    /// Range and unit.
    pub fn limits(&self) -> Limits {
        let (low, high) = self.range.unwrap_or((f64::MIN, f64::MAX));
        Limits::new(low, high, &self.unit)
    }

    /// `node` as a value of the same kind as the default and within the range.
    pub(super) fn accept(&self, source: &Source, node: &Node) -> Result<ParamValue, Problems> {
        let (key, limits) = (self.key.as_str(), self.limits());
        match (&self.default, &node.value) {
            (ParamValue::Bool(_), Value::Bool(value)) => Ok(ParamValue::Bool(*value)),
            (ParamValue::Bool(_), _) => Err(node.wrong(source, key, "true or false").into()),
            (ParamValue::Float(_), _) => Ok(ParamValue::Float(limits.number(source, key, node)?)),
            (ParamValue::Integer(_), _) => Ok(ParamValue::Integer(limits.integer(source, key, node)?)),
            (ParamValue::List(old), Value::List(items)) if items.len() == old.len() => {
                let mut problems = Problems::default();
                let read = |item| limits.number(source, key, item).map_err(Problems::from);
                let values = items.iter().filter_map(|item| problems.take(read(item))).collect();
                problems.or(ParamValue::List(values))
            }
            (ParamValue::List(old), _) => {
                let allowed = format!("a list of {} numbers in {}", old.len(), limits.show());
                Err(node.wrong(source, key, &allowed).into())
            }
        }
    }
}

/// All parameters by name.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Catalogue {
    params: BTreeMap<String, ParamInfo>,
}

impl Catalogue {
    /// Reads the parameter lines of `baseline.toml`.
    pub(super) fn read(source: &Source, tree: &Node) -> Result<Self, Problems> {
        let mut catalogue = Self::default();
        let mut problems = Problems::default();
        for entry in tree.entries().unwrap_or_default() {
            if !NOT_SECTIONS.contains(&entry.key.as_str()) {
                catalogue.read_section(source, "", entry, &mut problems);
            }
        }
        problems.or(catalogue)
    }

    fn read_section(&mut self, source: &Source, path: &str, entry: &Entry, problems: &mut Problems) {
        let dot = if path.is_empty() { "" } else { "." };
        let key = format!("{path}{dot}{}", entry.key);
        let bare = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
        let known = match entry.node.entries() {
            _ if entry.key.is_empty() || !entry.key.chars().all(bare) => None,
            Some(_) if entry.node.get("value").is_some() => {
                if let Some(info) = problems.take(read_param(source, &key, entry)) {
                    self.params.insert(key.clone(), info);
                }
                Some(())
            }
            Some(inner) => {
                for entry in inner {
                    self.read_section(source, &key, entry, problems);
                }
                Some(())
            }
            None => None,
        };
        if known.is_none() {
            let message = format!("`{key}` is neither a section nor a parameter `{{ value = ... }}`");
            problems.push(source.problem(&entry.at, &key, message));
        }
    }

    /// The parameter `key`.
    pub fn get(&self, key: &str) -> Option<&ParamInfo> {
        self.params.get(key)
    }

    pub(super) fn get_mut(&mut self, key: &str) -> Option<&mut ParamInfo> {
        self.params.get_mut(key)
    }

    /// All parameters in the order of their names.
    pub fn params(&self) -> impl Iterator<Item = &ParamInfo> {
        self.params.values()
    }

    /// All names.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.params.keys().map(String::as_str)
    }

    /// The parameters that are law, as levers see them.
    pub fn law(&self) -> Law {
        let rules = self.params.values().filter_map(|info| {
            let ParamValue::Float(value) = info.value else {
                return None;
            };
            Some(LawKey {
                key: info.key.strip_prefix(LAW)?.to_owned(),
                value,
                limits: info.limits(),
                neutral: info.neutral,
                meaning: info.meaning.clone(),
            })
        });
        Law::new(rules.collect())
    }
}

fn read_param(source: &Source, key: &str, entry: &Entry) -> Result<ParamInfo, Problems> {
    let mut fields = Fields::open(source, key, entry.at.clone(), &entry.node, PARAM_KEYS)?;
    let range = read_range(&mut fields);
    let neutral = fields.optional("neutral").map(|node| {
        let number = Limits::new(f64::MIN, f64::MAX, "").number(source, &fields.name("neutral"), node);
        fields.keep(number)
    });
    let law = key.starts_with(LAW);
    let kind = fields.required("value").and_then(|node| match &node.value {
        Value::Integer(value) if law => Some(ParamValue::Float(*value as f64)),
        Value::Integer(value) => Some(ParamValue::Integer(*value)),
        Value::Float(value) => Some(ParamValue::Float(*value)),
        Value::Bool(value) if !law => Some(ParamValue::Bool(*value)),
        Value::List(items) if !law => Some(ParamValue::List(vec![0.0; items.len()])),
        _ => {
            let allowed = if law {
                "a number"
            } else {
                "a number, a list of numbers, true or false"
            };
            fields.wrong("value", node, allowed);
            None
        }
    });
    let numeric = !matches!(kind, Some(ParamValue::Bool(_)));
    if numeric && fields.required("range").is_none() {
        return Err(fields.problems);
    }
    let mut info = ParamInfo {
        key: key.to_owned(),
        value: ParamValue::Bool(false),
        default: kind.unwrap_or(ParamValue::Bool(false)),
        unit: fields.text_or_empty("unit"),
        range,
        grade: fields.text("grade").unwrap_or_default(),
        source: fields.text("source").unwrap_or_default(),
        meaning: fields.text("meaning").unwrap_or_default(),
        neutral: neutral.flatten(),
        restated: false,
    };
    let value = fields.optional("value").map(|node| info.accept(source, node));
    match value.and_then(|value| fields.problems.take(value)) {
        Some(value) if fields.problems.0.is_empty() => {
            info.default = value.clone();
            info.value = value;
            Ok(info)
        }
        _ => Err(fields.problems),
    }
}

fn read_range(fields: &mut Fields<'_>) -> Option<(f64, f64)> {
    let node = fields.optional("range")?;
    let pair = match &node.value {
        Value::List(items) => match items.as_slice() {
            [low, high] => low.number().zip(high.number()),
            _ => None,
        },
        _ => None,
    };
    if !pair.is_some_and(|(low, high)| low <= high) {
        fields.wrong("range", node, "two numbers, the least and the greatest value");
        return None;
    }
    pair
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::spanned::parse;

    fn read(text: &str) -> Result<Catalogue, Problems> {
        let source = Source::new("baseline.toml", text);
        Catalogue::read(&source, &parse(&source)?)
    }

    const LINE: &str = "value = 0.5, unit = '1', range = [0, 1], grade = 'A', source = 's', meaning = 'm'";

    #[test]
    fn a_parameter_line_is_read() {
        let text = format!("[a]\nx = {{ {LINE} }}\n[law.b]\ny = {{ {LINE}, neutral = 0 }}\n");
        let catalogue = read(&text).expect("valid");
        assert_eq!(catalogue.keys().collect::<Vec<_>>(), ["a.x", "law.b.y"]);
        let law = catalogue.law();
        let rule = law.keys().first().expect("one rule");
        assert_eq!((rule.key.as_str(), rule.value, rule.neutral), ("b.y", 0.5, Some(0.0)));
    }

    #[test]
    fn bad_lines_of_the_baseline_are_reported() {
        for (line, words) in [
            (LINE.replace("0.5", "1.5"), "`a.x` is 1.5, but must lie in [0, 1] 1"),
            (LINE.replace("0.5", "'z'"), "`a.x.value` is \"z\" (a text)"),
            (
                LINE.replace("[0, 1]", "[1, 0]"),
                "`a.x.range` is a list, but must be two numbers",
            ),
            (LINE.replace("range = [0, 1], ", ""), "`a.x.range` is missing"),
            (LINE.replace("grade", "grad"), "did you mean `grade`?"),
            (LINE.replace("'m'", "''"), "`a.x.meaning`"),
        ] {
            let problems = read(&format!("[a]\nx = {{ {line} }}\n")).expect_err(words);
            assert!(problems.to_string().contains(words), "{words}: {problems}");
        }
        assert!(read("[a]\nx = 1\n").is_err());
    }
}
