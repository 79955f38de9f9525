//! TOML with the place of every key and value, in the order in which it was written.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::problem::{Problem, Problems, Source};

/// Texts longer than this are refused `[bytes]`.
const LONGEST_TEXT: usize = 4 << 20;

/// A value and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// What it is.
    pub value: Value,
    /// Where it stands in its text.
    pub span: Range<usize>,
}

/// A key with its value.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// The key, one part.
    pub key: String,
    /// Where the key stands.
    pub at: Range<usize>,
    /// What it is set to.
    pub node: Node,
}

/// A TOML value.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Text.
    Text(String),
    /// Whole number.
    Integer(i64),
    /// Number with a fraction.
    Float(f64),
    /// True or false.
    Bool(bool),
    /// Date or time, as written.
    Time(String),
    /// Array.
    List(Vec<Node>),
    /// Table, inline or not.
    Table(Vec<Entry>),
}

impl Node {
    /// The number, whether written with a fraction or not.
    pub fn number(&self) -> Option<f64> {
        match self.value {
            Value::Integer(value) => Some(value as f64),
            Value::Float(value) => Some(value),
            _ => None,
        }
    }

    /// The text.
    pub fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The entries of a table.
    pub fn entries(&self) -> Option<&[Entry]> {
        match &self.value {
            Value::Table(entries) => Some(entries),
            _ => None,
        }
    }

    /// The value of `key` in a table.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.entries()?
            .iter()
            .find(|entry| entry.key == key)
            .map(|entry| &entry.node)
    }

    /// The value as TOML, on one line; numbers read back to the same bits.
    pub fn to_toml(&self) -> String {
        match &self.value {
            Value::Text(text) => quote(text),
            Value::Integer(value) => value.to_string(),
            Value::Float(value) => float(*value),
            Value::Bool(value) => value.to_string(),
            Value::Time(text) => text.clone(),
            Value::List(items) => {
                let items: Vec<String> = items.iter().map(Node::to_toml).collect();
                format!("[{}]", items.join(", "))
            }
            Value::Table(entries) => {
                let one = |e: &Entry| format!("{} = {}", quote(&e.key), e.node.to_toml());
                format!("{{ {} }}", entries.iter().map(one).collect::<Vec<_>>().join(", "))
            }
        }
    }

    /// What kind of value it is, with its article.
    pub fn kind(&self) -> &'static str {
        match self.value {
            Value::Text(_) => "a text",
            Value::Integer(_) => "an integer",
            Value::Float(_) => "a number",
            Value::Bool(_) => "a boolean",
            Value::Time(_) => "a date or time",
            Value::List(_) => "a list",
            Value::Table(_) => "a table",
        }
    }

    /// The value for a message: short, on one line.
    pub fn show(&self) -> String {
        let text = match &self.value {
            Value::Text(text) => format!("{text:?}"),
            Value::Integer(value) => value.to_string(),
            Value::Float(value) => value.to_string(),
            Value::Bool(value) => value.to_string(),
            Value::Time(text) => text.clone(),
            Value::List(_) | Value::Table(_) => return self.kind().to_owned(),
        };
        if text.chars().count() > 60 {
            text.chars().take(57).chain("...".chars()).collect()
        } else {
            text
        }
    }

    /// A mistake: `key` is this, but must be `allowed`.
    pub fn wrong(&self, source: &Source, key: &str, allowed: &str) -> Problem {
        let shown = match self.value {
            Value::List(_) | Value::Table(_) => self.kind().to_owned(),
            _ => format!("{} ({})", self.show(), self.kind()),
        };
        let message = format!("`{key}` is {shown}, but must be {allowed}");
        source
            .problem(&self.span, key, message)
            .label(format!("must be {allowed}"))
    }
}

/// Reads a TOML document; every syntax error and duplicate key is reported.
pub fn parse(source: &Source) -> Result<Node, Problems> {
    let mut problems = Problems::default();
    if source.text.len() > LONGEST_TEXT {
        let message = format!("`{}` is longer than {} MiB", source.name, LONGEST_TEXT >> 20);
        return Err(Problem::placeless(&source.name, message).into());
    }
    let (table, errors) = DeTable::parse_recoverable(&source.text);
    for error in errors {
        let span = error.span().unwrap_or(0..0);
        let message = format!("not TOML: {}", error.message().trim());
        problems.push(source.problem(&span, "", message).label("here"));
    }
    let node = Node {
        span: table.span(),
        value: read_table(table.into_inner(), source, &mut problems),
    };
    problems.or(node)
}

fn read_table(table: DeTable<'_>, source: &Source, problems: &mut Problems) -> Value {
    let mut entries: Vec<Entry> = table
        .into_iter()
        .map(|(key, value)| Entry {
            at: key.span(),
            key: key.into_inner().into_owned(),
            node: read(value, source, problems),
        })
        .collect();
    entries.sort_by_key(|entry| entry.at.start);
    Value::Table(entries)
}

fn read(value: Spanned<DeValue<'_>>, source: &Source, problems: &mut Problems) -> Node {
    let span = value.span();
    let value = match value.into_inner() {
        DeValue::String(text) => Value::Text(text.into_owned()),
        DeValue::Boolean(value) => Value::Bool(value),
        DeValue::Datetime(value) => Value::Time(value.to_string()),
        DeValue::Integer(value) => match i64::from_str_radix(value.as_str(), value.radix()) {
            Ok(value) => Value::Integer(value),
            Err(_) => {
                problems.push(source.problem(&span, "", "the integer does not fit 64 bits"));
                Value::Integer(0)
            }
        },
        DeValue::Float(value) => match value.as_str().parse::<f64>() {
            Ok(value) => Value::Float(value),
            Err(_) => {
                problems.push(source.problem(&span, "", "this is not a number"));
                Value::Float(0.0)
            }
        },
        DeValue::Array(items) => Value::List(items.into_iter().map(|item| read(item, source, problems)).collect()),
        DeValue::Table(table) => read_table(table, source, problems),
    };
    Node { value, span }
}

/// `text` as a TOML string, on one line.
pub fn quote(text: &str) -> String {
    let mut quoted = String::from("\"");
    for character in text.chars() {
        match character {
            '"' | '\\' => quoted.extend(['\\', character]),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            '\r' => quoted.push_str("\\r"),
            c if c.is_control() => quoted.push_str(&format!("\\u{:04X}", u32::from(c))),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

/// `text` as a TOML string that keeps its lines readable where it can.
pub fn quote_lines(text: &str) -> String {
    let plain = text.chars().all(|c| c == '\n' || c == '\t' || !c.is_control());
    if plain && !text.contains("'''") && !text.ends_with('\'') {
        format!("'''\n{text}'''")
    } else {
        quote(text)
    }
}

/// `value` as a TOML float that reads back to the same bits.
pub fn float(value: f64) -> String {
    format!("{value:?}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(text: &str) -> Result<Node, Problems> {
        parse(&Source::new("test", text))
    }

    #[test]
    fn order_and_places_are_kept() {
        let node = tree("b = 1\na = { c = 2.5 }\n").expect("valid");
        let keys: Vec<_> = node
            .entries()
            .into_iter()
            .flatten()
            .map(|entry| entry.key.as_str())
            .collect();
        assert_eq!(keys, ["b", "a"]);
        let inner = node.get("a").and_then(|a| a.get("c")).expect("a.c");
        assert_eq!((inner.number(), inner.span.clone()), (Some(2.5), 16..19));
    }

    #[test]
    fn several_syntax_errors_are_reported_together() {
        let problems = tree("a = \nb = 1\nb = 2\nc = 99999999999999999999\n").expect_err("three mistakes");
        let lines: Vec<_> = problems
            .0
            .iter()
            .filter_map(|p| p.line_column())
            .map(|(line, _)| line)
            .collect();
        assert_eq!(lines, [1, 3, 4], "{problems}");
    }

    #[test]
    fn texts_and_floats_read_back() {
        for text in ["a\"b\\c\n'''\"\"\"\t名\u{0}\r\n", "", "plain", "'", "\n two\nlines ''"] {
            for line in [format!("x = {}", quote(text)), format!("x = {}", quote_lines(text))] {
                let node = tree(&line).expect("valid");
                assert_eq!(node.get("x").and_then(Node::text), Some(text), "{line}");
            }
        }
        for value in [0.1, 1.0, -0.0, 1e-320, 1e300, 123_456_789.125] {
            let line = format!("x = {}", float(value));
            let back = tree(&line)
                .expect("valid")
                .get("x")
                .and_then(Node::number)
                .expect("number");
            assert_eq!(back.to_bits(), value.to_bits(), "{line}");
        }
    }
}
