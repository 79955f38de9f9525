//! The law as a flat table of numbers: what a lever can move.

use serde::de::DeserializeOwned;
use thiserror::Error;

use crate::base::fields::Limits;

/// One rule.
#[derive(Debug, Clone, PartialEq)]
pub struct LawKey {
    /// Section and field, such as `hukou.years_portable_in_circle`.
    pub key: String,
    /// The law before any lever.
    pub value: f64,
    /// Least and greatest value, with the unit.
    pub limits: Limits,
    /// The value at which the rule binds nobody, where there is one.
    pub neutral: Option<f64>,
    /// What it means.
    pub meaning: String,
}

/// All rules before any lever, in the order of their names.
#[derive(Debug, Clone, PartialEq)]
pub struct Law {
    keys: Vec<LawKey>,
}

/// The table of rules does not fit the type that reads it.
#[derive(Debug, Clone, PartialEq, Error)]
#[error("the law in baseline.toml and the rules of the program differ: {0}")]
pub struct LawError(String);

impl Law {
    /// Takes rules in any order; a repeated name keeps its first rule.
    pub fn new(mut keys: Vec<LawKey>) -> Self {
        keys.sort_by(|a, b| a.key.cmp(&b.key));
        keys.dedup_by(|later, first| later.key == first.key);
        Self { keys }
    }

    /// All rules.
    pub fn keys(&self) -> &[LawKey] {
        &self.keys
    }

    /// The place of `key`.
    pub fn position(&self, key: &str) -> Option<usize> {
        self.keys.binary_search_by(|rule| rule.key.as_str().cmp(key)).ok()
    }

    /// The status quo, in the order of [`keys`](Self::keys).
    pub fn values(&self) -> Vec<f64> {
        self.keys.iter().map(|rule| rule.value).collect()
    }

    /// `values`, in the order of [`keys`](Self::keys), as the typed rules that markets read.
    pub fn typed<R: DeserializeOwned>(&self, values: &[f64]) -> Result<R, LawError> {
        let mut table = toml::Table::new();
        for (rule, value) in self.keys.iter().zip(values) {
            insert(&mut table, &rule.key, toml::Value::Float(*value));
        }
        table
            .try_into()
            .map_err(|error: toml::de::Error| LawError(error.message().trim().to_owned()))
    }
}

/// Puts `value` at the dotted `key`, making the tables on the way.
pub(crate) fn insert(table: &mut toml::Table, key: &str, value: toml::Value) {
    match key.split_once('.') {
        None => {
            table.insert(key.to_owned(), value);
        }
        Some((section, rest)) => {
            let inner = table
                .entry(section)
                .or_insert_with(|| toml::Value::Table(toml::Table::new()));
            if let toml::Value::Table(inner) = inner {
                insert(inner, rest, value);
            }
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use serde::Deserialize;

    pub(crate) fn sample() -> Law {
        let rule = |key: &str, value, high| LawKey {
            key: key.to_owned(),
            value,
            limits: Limits::new(0.0, high, "share"),
            neutral: Some(0.0),
            meaning: String::new(),
        };
        Law::new(vec![
            rule("hukou.years_portable_in_circle", 0.0, 1.0),
            rule("farmland.insecure_share", 0.35, 1.0),
            rule("farmland.transaction_cost", 0.05, 2.0),
        ])
    }

    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(deny_unknown_fields)]
    struct Hukou {
        years_portable_in_circle: f64,
    }

    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(deny_unknown_fields)]
    struct Farmland {
        insecure_share: f64,
        transaction_cost: f64,
    }

    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(deny_unknown_fields)]
    struct Sample {
        hukou: Hukou,
        farmland: Farmland,
    }

    #[test]
    fn typed_rules_carry_the_same_numbers() {
        let law = sample();
        let rules: Sample = law.typed(&law.values()).expect("fits");
        let farmland = Farmland {
            insecure_share: 0.35,
            transaction_cost: 0.05,
        };
        assert_eq!(
            rules,
            Sample {
                hukou: Hukou {
                    years_portable_in_circle: 0.0
                },
                farmland
            }
        );
    }

    #[test]
    fn a_law_that_does_not_fit_is_an_error() {
        let error = sample().typed::<Hukou>(&[0.0, 0.0, 0.0]).expect_err("does not fit");
        assert!(error.to_string().contains("farmland"), "{error}");
    }
}
