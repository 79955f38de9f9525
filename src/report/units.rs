//! How numbers are shown: large units, percentages, signs, thousands.

/// How the effect of a reform on a metric is expressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// Chosen by the unit: shares and logs in points, ratios as a change, everything else in per cent.
    Auto,
    /// Per cent of the baseline.
    Percent,
    /// A hundred times the difference: percentage points of a share, log points of a log.
    Points,
    /// The plain difference in the metric's own unit.
    Change,
}

impl Effect {
    /// Replaces `Auto` by what the unit calls for.
    pub fn resolve(self, unit: &str) -> Self {
        match (self, kind(unit)) {
            (Self::Auto, Kind::Share | Kind::Log) => Self::Points,
            (Self::Auto, Kind::Ratio) => Self::Change,
            (Self::Auto, _) => Self::Percent,
            (fixed, _) => fixed,
        }
    }

    /// The effect before scaling, for one seed.
    pub fn of(self, baseline: f64, reform: f64) -> f64 {
        match self {
            Self::Percent => 100.0 * (reform - baseline) / baseline.abs(),
            _ => reform - baseline,
        }
    }
}

/// A factor and the unit a number has once multiplied by it.
#[derive(Debug, Clone, PartialEq)]
pub struct Shown {
    /// Multiply by this.
    pub factor: f64,
    /// The unit after that, e.g. `bn yuan per quarter`; empty for indices and ratios.
    pub unit: String,
}

impl Shown {
    fn new(factor: f64, unit: impl Into<String>) -> Self {
        Self {
            factor,
            unit: unit.into(),
        }
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Yuan,
    People,
    Share,
    Log,
    Ratio,
    Other,
}

fn kind(unit: &str) -> Kind {
    match unit.split_whitespace().next().unwrap_or_default() {
        "yuan" => Kind::Yuan,
        "people" | "persons" | "workers" | "households" => Kind::People,
        "share" | "rate" => Kind::Share,
        "log" => Kind::Log,
        "ratio" => Kind::Ratio,
        _ => Kind::Other,
    }
}

/// The readable unit for levels of a metric whose largest absolute value is `largest`.
pub fn level(unit: &str, largest: f64) -> Shown {
    let steps: &[(f64, &str)] = match kind(unit) {
        Kind::Share => return Shown::new(100.0, unit.replacen(first(unit), "%", 1)),
        Kind::Log => return Shown::new(100.0, "log points"),
        Kind::Yuan => &[(1e12, "trillion "), (1e9, "bn "), (1e6, "m "), (1e5, "thousand ")],
        _ => &[(1e9, "billion "), (1e6, "million "), (1e4, "thousand ")],
    };
    match steps.iter().find(|(size, _)| largest >= *size) {
        // A hundred thousand is shown in thousands.
        Some((size, name)) if unit == "count" => {
            let factor = if *size < 1e6 { 1e-3 } else { 1.0 / size };
            Shown::new(factor, name.trim_end())
        }
        None if unit == "count" => Shown::new(1.0, "number"),
        Some((size, name)) if *size < 1e6 => Shown::new(1e-3, format!("{name}{unit}")),
        Some((size, name)) => Shown::new(1.0 / size, format!("{name}{unit}")),
        None => Shown::new(1.0, unit),
    }
}

/// The readable unit for effects (resolved, see [`Effect::resolve`]) whose largest absolute value is `largest`.
pub fn effect(effect: Effect, unit: &str, largest: f64) -> Shown {
    match effect {
        Effect::Percent => Shown::new(1.0, "%"),
        Effect::Points if kind(unit) == Kind::Log => Shown::new(100.0, "log points"),
        Effect::Points => Shown::new(100.0, "percentage points"),
        Effect::Change | Effect::Auto => level(unit, largest),
    }
}

/// The readable unit for plain differences whose largest absolute value is `largest`: large numbers in millions or billions,
/// shares, logs, ratios and percentages as they are.
pub fn change(unit: &str, largest: f64) -> Shown {
    match kind(unit) {
        Kind::Share | Kind::Log | Kind::Ratio => Shown::new(1.0, unit),
        Kind::Other if unit.starts_with('%') => Shown::new(1.0, unit),
        _ => level(unit, largest),
    }
}

/// A number without zeros that say nothing: `0.05`, `2`.
pub fn plain(value: f64) -> String {
    let text = number(value, decimals(value.abs()));
    match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
        false => text,
    }
}

fn first(unit: &str) -> &str {
    unit.split_whitespace().next().unwrap_or_default()
}

/// A number with `decimals`, thousands set apart by commas and a true minus sign.
pub fn number(value: f64, decimals: usize) -> String {
    let plain = format!("{:.*}", decimals, value.abs());
    let (whole, rest) = plain.split_at(plain.find('.').unwrap_or(plain.len()));
    let mut out = String::new();
    for (i, digit) in whole.chars().enumerate() {
        if i > 0 && (whole.len() - i) % 3 == 0 {
            out.push(',');
        }
        out.push(digit);
    }
    let zero = plain.chars().all(|c| matches!(c, '0' | '.'));
    let sign = if value < 0.0 && !zero { "\u{2212}" } else { "" };
    format!("{sign}{out}{rest}")
}

/// As [`number`], with a plus sign where it is due.
pub fn signed(value: f64, decimals: usize) -> String {
    let text = number(value, decimals);
    let zero = text.chars().all(|c| matches!(c, '0' | '.' | ','));
    if value > 0.0 && !zero { format!("+{text}") } else { text }
}

/// Decimals that show three significant digits of the largest of several numbers.
pub fn decimals(largest: f64) -> usize {
    if !largest.is_finite() || largest <= 0.0 {
        return 2;
    }
    (2.0 - largest.abs().log10().floor()).clamp(0.0, 4.0) as usize
}

/// Decimals that tell apart numbers `step` apart.
pub fn step_decimals(step: f64) -> usize {
    (0..9)
        .find(|d| {
            let scaled = step * 10f64.powi(*d);
            (scaled - scaled.round()).abs() < 1e-6 * scaled.max(1e-12) && scaled.round() >= 1.0
        })
        .unwrap_or(0) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn readable_units() {
        assert_eq!(
            level("yuan per quarter", 8.2e11),
            Shown::new(1e-9, "bn yuan per quarter")
        );
        assert_eq!(level("yuan per quarter", 24_000.0).unit, "yuan per quarter");
        assert_eq!(level("share", 0.05), Shown::new(100.0, "%"));
        assert_eq!(level("share of output", 0.05).unit, "% of output");
        assert_eq!(level("count", 2.0e4), Shown::new(1e-3, "thousand"));
        assert_eq!(level("people", 3.2e7).unit, "million people");
    }

    #[test]
    fn readable_changes() {
        assert_eq!(
            change("yuan per quarter", 7.1e9),
            Shown::new(1e-9, "bn yuan per quarter")
        );
        assert_eq!(change("share", 0.05), Shown::new(1.0, "share"));
        assert_eq!(change("% of baseline", 5e6), Shown::new(1.0, "% of baseline"));
        assert_eq!([0.05, 0.5, 1.0, 2000.0].map(plain), ["0.05", "0.5", "1", "2,000"]);
    }

    #[test]
    fn readable_numbers() {
        assert_eq!(number(-1_234_567.891, 1), "\u{2212}1,234,567.9");
        assert_eq!(signed(0.0004, 2), "0.00");
        assert_eq!(signed(0.4, 2), "+0.40");
        assert_eq!(
            (step_decimals(0.25), step_decimals(20.0), step_decimals(0.1)),
            (2, 0, 1)
        );
    }
}
