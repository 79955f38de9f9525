//! Units and numbers in the two languages.

use super::Language;
use crate::report::units::{self, Effect, signed};

/// A factor, the unit after it, and the decimals that suit.
#[derive(Debug, Clone, PartialEq)]
pub struct Shown {
    /// Multiply by this.
    pub factor: f64,
    /// The unit after that; empty for indices and ratios.
    pub unit: String,
    /// Decimals.
    pub digits: usize,
    /// Whether the effect is told in per cent of the baseline.
    pub percent: bool,
}

/// How effects (`how`, resolved) on a metric in `unit` are shown when the largest is `largest`.
pub fn shown(lang: Language, how: Effect, unit: &str, largest: f64) -> Shown {
    let english = units::effect(how, unit, largest);
    let (factor, text) = match lang {
        Language::En if matches!(english.unit.as_str(), "ratio" | "index" | "exponent") => {
            (english.factor, String::new())
        }
        Language::En => (english.factor, english.unit),
        Language::Zh if how == Effect::Change => level_zh(unit, largest),
        Language::Zh => (english.factor, unit_zh(&english.unit)),
    };
    Shown {
        factor,
        unit: text,
        digits: 2,
        percent: how == Effect::Percent,
    }
}

/// Factor and readable unit of plain amounts; changes of shares and logs are told in points.
pub fn level(lang: Language, unit: &str, largest: f64) -> (f64, String) {
    if let Some(rest) = unit.strip_prefix("per cent") {
        let rest = match (lang, rest) {
            (_, "") => "",
            (Language::En, rest) => rest,
            (Language::Zh, " of GDP") => "（占GDP）",
            (Language::Zh, rest) => rest,
        };
        return (1.0, format!("%{rest}"));
    }
    let points = match unit {
        "share" => Effect::Points,
        _ if unit.starts_with("log") => Effect::Points,
        _ => Effect::Change,
    };
    let shown = shown(lang, points, unit, largest);
    (shown.factor, shown.unit)
}

/// A unit as it stands in a file, in the page's language, fit to stand in brackets.
pub fn named(lang: Language, unit: &str) -> String {
    match lang {
        Language::En => unit.replace(" (", ", ").replace(')', ""),
        Language::Zh => unit_zh(unit),
    }
}

fn level_zh(unit: &str, largest: f64) -> (f64, String) {
    let first = unit.split_whitespace().next().unwrap_or_default();
    let steps: &[(f64, &str)] = match first {
        "share" | "rate" => return (100.0, unit_zh(&unit.replacen(first, "%", 1))),
        "log" => return (100.0, unit_zh("log points")),
        "yuan" | "people" | "persons" | "workers" | "households" | "firms" => {
            &[(1e12, "万亿"), (1e8, "亿"), (1e5, "万")]
        }
        _ => &[],
    };
    let name = unit_zh(unit);
    match steps.iter().find(|(size, _)| largest >= *size) {
        // ten thousand is the unit from a hundred thousand on
        Some((size, step)) => (
            1.0 / size.min(if *size < 1e6 { 1e4 } else { *size }),
            format!("{step}{name}"),
        ),
        None => (1.0, name),
    }
}

/// A unit in Chinese, its parts one by one; what is not known stays.
fn unit_zh(unit: &str) -> String {
    const WHOLE: &[(&str, &str)] = &[
        ("", ""),
        ("%", "%"),
        ("% per year", "%（年）"),
        ("percentage points", "个百分点"),
        ("log points", "对数点"),
        ("Gini points (0 to 100)", "基尼点，0至100"),
        ("yuan", "元"),
        ("yuan per quarter", "元/季"),
        ("yuan per year", "元/年"),
        ("yuan per mu and quarter", "元/亩·季"),
        ("yuan per m2", "元/平方米"),
        ("m2 per person", "平方米/人"),
        ("yuan per m2 and month", "元/平方米·月"),
        ("people", "人"),
        ("persons", "人"),
        ("workers", "人"),
        ("households", "户"),
        ("firms", "家"),
        ("yuan per kWh", "元/千瓦时"),
        ("kWh per thousand yuan", "千瓦时/千元"),
        ("kWh per quarter", "千瓦时/季"),
        ("t (water: m3) per quarter", "吨（水：立方米）/季"),
        ("yuan per t (water: m3)", "元/吨（水：元/立方米）"),
        ("count", "个"),
        ("ideas", "项"),
        ("index", ""),
        ("ratio", ""),
        ("exponent", ""),
        ("m2", "平方米"),
        ("m2 per quarter", "平方米/季"),
    ];
    let known = WHOLE.iter().find(|(en, _)| *en == unit);
    known.map_or_else(|| unit.to_owned(), |(_, zh)| (*zh).to_owned())
}

/// A signed number with its unit.
pub fn with_unit(lang: Language, value: f64, digits: usize, unit: &str) -> String {
    joined(lang, signed(value, digits), unit)
}

/// A number with its unit, without a plus.
pub fn plain(lang: Language, value: f64, digits: usize, unit: &str) -> String {
    joined(lang, units::number(value, digits), unit)
}

/// A number in words with its unit.
pub fn joined(lang: Language, text: String, unit: &str) -> String {
    match lang {
        _ if unit.is_empty() || unit.starts_with('%') => format!("{text}{unit}"),
        Language::En => format!("{text} {unit}"),
        Language::Zh => format!("{text}{unit}"),
    }
}

/// Decimals for effects whose largest absolute value is `largest`: about two digits of it, four decimals at most.
pub fn digits(largest: f64) -> usize {
    match largest {
        l if l >= 100.0 => 0,
        l if l >= 10.0 => 1,
        l if l >= 0.1 || !(l > 0.0) => 2,
        l if l >= 0.01 => 3,
        _ => 4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chinese_units() {
        assert_eq!(level_zh("yuan per quarter", 8.2e11).1, "亿元/季");
        assert_eq!(level_zh("people", 3.2e5), (1e-4, "万人".to_owned()));
        assert_eq!(shown(Language::Zh, Effect::Points, "share", 0.1).unit, "个百分点");
        assert_eq!(with_unit(Language::Zh, 0.312, 2, "%"), "+0.31%");
        assert_eq!(
            with_unit(Language::En, -0.5, 1, "percentage points"),
            "\u{2212}0.5 percentage points"
        );
    }
}
