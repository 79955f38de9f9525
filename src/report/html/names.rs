//! What metrics, groups, channels and levers are called in the two languages.

mod levers;
mod metrics;
mod others;

use super::Language;
pub use levers::{LeverFacts, active, arm_title, grade, lever};
pub use metrics::METRICS;
use others::OTHERS;

/// Name in the files, English, Chinese.
type Name = (&'static str, &'static str, &'static str);

fn find(list: &[Name], lang: Language, id: &str) -> Option<String> {
    let found = list.iter().find(|(name, ..)| *name == id)?;
    Some(lang.pick(found.1, found.2).to_owned())
}

/// A metric's name; one that is not known is shown as in the file.
pub fn metric(lang: Language, id: &str) -> String {
    find(METRICS, lang, id).unwrap_or_else(|| spaced(id))
}

/// A metric's name inside a sentence: without the capital of its first word, unless that is a name.
pub fn inside(lang: Language, label: &str) -> String {
    let first = label.split_whitespace().next().unwrap_or_default();
    let name = first == "Gini" || first.chars().filter(|c| c.is_uppercase()).count() > 1;
    match lang {
        Language::En if !name => label
            .chars()
            .take(1)
            .flat_map(char::to_lowercase)
            .chain(label.chars().skip(1))
            .collect(),
        _ => label.to_owned(),
    }
}

/// Whether a metric has a name in both languages.
pub fn knows_metric(id: &str) -> bool {
    METRICS.iter().any(|(name, ..)| *name == id)
}

/// The name of a group, channel, factor or kind.
pub fn word(lang: Language, id: &str) -> String {
    find(OTHERS, lang, id).unwrap_or_else(|| spaced(id))
}

fn spaced(id: &str) -> String {
    let text = id.replace('_', " ");
    let mut letters = text.chars();
    let first = letters.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
    first + letters.as_str()
}
