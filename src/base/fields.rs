//! Reads the keys of one table, noting everything that is wrong with them.

use std::ops::Range;

use super::problem::{Problem, Problems, Source, nearest};
use super::spanned::{Node, Value};

/// What a number must satisfy.
#[derive(Debug, Clone, PartialEq)]
pub struct Limits {
    /// Least allowed value.
    pub low: f64,
    /// Greatest allowed value.
    pub high: f64,
    /// Unit, for messages.
    pub unit: String,
}

impl Limits {
    /// Numbers from `low` to `high`.
    pub fn new(low: f64, high: f64, unit: &str) -> Self {
        Self {
            low,
            high,
            unit: unit.to_owned(),
        }
    }

    /// `[0, 1] 1/year`
    pub fn show(&self) -> String {
        format!("[{}, {}] {}", self.low, self.high, self.unit)
            .trim_end()
            .to_owned()
    }

    /// The finite number within the limits that `node` states.
    pub fn number(&self, source: &Source, key: &str, node: &Node) -> Result<f64, Problem> {
        let allowed = self.show();
        let Some(value) = node.number() else {
            return Err(node.wrong(source, key, &format!("a number in {allowed}")));
        };
        if value.is_finite() && (self.low..=self.high).contains(&value) {
            return Ok(value);
        }
        Err(self.outside(source, key, node))
    }

    /// The whole number within the limits that `node` states.
    pub fn integer(&self, source: &Source, key: &str, node: &Node) -> Result<i64, Problem> {
        match node.value {
            Value::Integer(value) if (self.low..=self.high).contains(&(value as f64)) => Ok(value),
            Value::Integer(_) => Err(self.outside(source, key, node)),
            _ => Err(node.wrong(source, key, &format!("a whole number in {}", self.show()))),
        }
    }

    fn outside(&self, source: &Source, key: &str, node: &Node) -> Problem {
        let (shown, allowed) = (node.show(), self.show());
        let message = format!("`{key}` is {shown}, but must lie in {allowed}");
        source
            .problem(&node.span, key, message)
            .label(format!("must lie in {allowed}"))
    }
}

/// The keys of one table.
pub struct Fields<'a> {
    source: &'a Source,
    path: String,
    span: Range<usize>,
    node: &'a Node,
    /// Known keys that unknown ones were probably meant to be.
    meant: Vec<String>,
    /// What is wrong so far.
    pub problems: Problems,
}

impl<'a> Fields<'a> {
    /// Opens `node`, which must be a table with no other keys than `allowed`.
    ///
    /// `path` names the table in messages (empty for the whole document); `span` is where to say that a key is missing.
    pub fn open(
        source: &'a Source,
        path: &str,
        span: Range<usize>,
        node: &'a Node,
        allowed: &[&str],
    ) -> Result<Self, Problems> {
        let Some(entries) = node.entries() else {
            return Err(node.wrong(source, path, "a table").into());
        };
        let mut fields = Self {
            source,
            path: path.to_owned(),
            span,
            node,
            meant: Vec::new(),
            problems: Problems::default(),
        };
        for entry in entries.iter().filter(|entry| !allowed.contains(&entry.key.as_str())) {
            let key = fields.name(&entry.key);
            let problem = source
                .problem(&entry.at, &key, format!("`{key}` is not a known key"))
                .label("unknown key")
                .advice(format!("known keys: {}", allowed.join(", ")))
                .near(&entry.key, allowed.iter().copied());
            fields.problems.push(problem);
            let meant = nearest(&entry.key, allowed.iter().copied());
            fields.meant.extend(meant.map(str::to_owned));
        }
        Ok(fields)
    }

    /// Whether an unknown key of the table was probably meant to be `key`: that mistake is told already.
    pub fn meant(&self, key: &str) -> bool {
        self.meant.iter().any(|meant| meant == key)
    }

    /// The dotted name of `key`.
    pub fn name(&self, key: &str) -> String {
        if self.path.is_empty() {
            key.to_owned()
        } else {
            format!("{}.{key}", self.path)
        }
    }

    /// The value of `key`, if it is there.
    pub fn optional(&self, key: &str) -> Option<&'a Node> {
        self.node.get(key)
    }

    /// The value of `key`; its absence is a mistake, which is told once.
    pub fn required(&mut self, key: &str) -> Option<&'a Node> {
        let found = self.node.get(key);
        if found.is_none() && !self.meant(key) {
            let name = self.name(key);
            let message = format!("`{name}` is missing");
            self.problems
                .push(self.source.problem(&self.span, &name, message).label("needs it"));
        }
        found
    }

    /// Notes that `node`, the value of `key`, is not what is allowed.
    pub fn wrong(&mut self, key: &str, node: &Node, allowed: &str) {
        let name = self.name(key);
        self.problems.push(node.wrong(self.source, &name, allowed));
    }

    /// A text that is not blank.
    pub fn text(&mut self, key: &str) -> Option<String> {
        let node = self.required(key)?;
        match node.text() {
            Some(text) if !text.trim().is_empty() => Some(text.to_owned()),
            _ => {
                self.wrong(key, node, "a text that is not empty");
                None
            }
        }
    }

    /// A text that may be absent or blank.
    pub fn text_or_empty(&mut self, key: &str) -> String {
        match self.optional(key) {
            None => String::new(),
            Some(node) => match node.text() {
                Some(text) => text.to_owned(),
                None => {
                    self.wrong(key, node, "a text");
                    String::new()
                }
            },
        }
    }

    /// True or false; false when absent.
    pub fn flag(&mut self, key: &str) -> bool {
        match self.optional(key) {
            None => false,
            Some(Node {
                value: Value::Bool(value),
                ..
            }) => *value,
            Some(node) => {
                self.wrong(key, node, "true or false");
                false
            }
        }
    }

    /// A whole number within limits.
    pub fn integer(&mut self, key: &str, limits: &Limits) -> Option<i64> {
        let node = self.required(key)?;
        let name = self.name(key);
        self.keep(limits.integer(self.source, &name, node))
    }

    /// A list of texts; empty when absent.
    pub fn texts(&mut self, key: &str) -> Vec<String> {
        match self.optional(key).map(|node| (node, texts(node))) {
            None => Vec::new(),
            Some((_, Some(found))) => found.into_iter().map(|(text, _)| text.to_owned()).collect(),
            Some((node, None)) => {
                self.wrong(key, node, "a list of texts");
                Vec::new()
            }
        }
    }

    /// Opens the table `key`; its absence is a mistake.
    pub fn table(&mut self, key: &str, allowed: &[&str]) -> Option<Fields<'a>> {
        let node = self.required(key)?;
        let span = if node.span.is_empty() {
            self.span.clone()
        } else {
            node.span.clone()
        };
        let opened = Fields::open(self.source, &self.name(key), span, node, allowed);
        self.problems.take(opened)
    }

    /// The value, or nothing and its problem noted.
    pub fn keep<T>(&mut self, result: Result<T, Problem>) -> Option<T> {
        self.problems.take(result.map_err(Problems::from))
    }
}

/// The texts of a list with their places, if it is a list of texts only.
pub fn texts(node: &Node) -> Option<Vec<(&str, &Range<usize>)>> {
    let Value::List(items) = &node.value else {
        return None;
    };
    items
        .iter()
        .map(|item| item.text().map(|text| (text, &item.span)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::spanned::parse;
    use super::*;

    #[test]
    fn numbers_are_held_within_their_limits() {
        let limits = Limits::new(0.0, 1.0, "1/year");
        for (text, expected) in [
            ("x = 1.5", "`x` is 1.5, but must lie in [0, 1] 1/year"),
            ("x = nan", "`x` is NaN, but must lie in [0, 1] 1/year"),
            ("x = -inf", "`x` is -inf, but must lie in [0, 1] 1/year"),
            (
                "x = 'a'",
                "`x` is \"a\" (a text), but must be a number in [0, 1] 1/year",
            ),
        ] {
            let source = Source::new("t", text);
            let tree = parse(&source).expect("valid TOML");
            let node = tree.get("x").expect("x");
            let problem = limits.number(&source, "x", node).expect_err("refused");
            assert_eq!(problem.message(), expected);
        }
    }

    #[test]
    fn unknown_and_missing_keys_are_named_and_one_mistake_is_told_once() {
        let source = Source::new("t", "titel = 'x'\n");
        let tree = parse(&source).expect("valid TOML");
        let mut fields = Fields::open(&source, "", 0..0, &tree, &["title", "years"]).expect("a table");
        assert_eq!((fields.text("title"), fields.required("years")), (None, None));
        let text = fields.problems.to_string();
        assert!(
            text.contains("`titel` is not a known key (did you mean `title`?)"),
            "{text}"
        );
        assert!(text.contains("`years` is missing"), "{text}");
        assert_eq!(fields.problems.0.len(), 2, "{text}");
    }
}
