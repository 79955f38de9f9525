//! The stylised facts that a world is held against: read from the world's `stylised_facts.toml`.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use serde::Deserialize;

/// What a fact is to the model: whether it can test it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Assumed: a parameter or a law of motion states it.
    Input,
    /// Data of the world's birth, which starts from it.
    Birth,
    /// Parameters were chosen with it in view.
    Tuned,
    /// Nothing was set by it: only such a fact tests the model.
    Free,
}

impl Role {
    /// All, from the weakest test to the strongest.
    pub const ALL: [Role; 4] = [Role::Input, Role::Birth, Role::Tuned, Role::Free];

    /// As the file and the tables call it.
    pub fn name(self) -> &'static str {
        match self {
            Role::Input => "input",
            Role::Birth => "birth",
            Role::Tuned => "tuned",
            Role::Free => "free",
        }
    }
}

/// One stylised fact.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fact {
    /// Number, such as `S5a`.
    pub id: String,
    /// Name.
    pub name: Names,
    /// What is said, in a sentence.
    pub statement: String,
    /// Value in the data, with its year.
    pub data: String,
    /// Unit.
    pub unit: String,
    /// Lowest and highest value that pass; may be infinite.
    pub band: [f64; 2],
    /// How far the number can be trusted; the legend stands in the file.
    pub grade: String,
    /// Source.
    pub source: String,
    /// Where it was read.
    pub address: String,
    /// What it is to the model.
    pub role: Role,
    /// Parameters that state it or were chosen with it in view.
    #[serde(default)]
    pub parameters: Vec<String>,
    /// Why it has its role, where no parameter says so; empty if one does or the fact is free.
    #[serde(default)]
    pub because: String,
    /// Whether it means something only where outside demand is shocked: without, it measures the luck of agents.
    #[serde(default)]
    pub needs_shocks: bool,
    /// Name of the estimator; none if the model cannot produce the fact.
    #[serde(default)]
    pub estimator: Option<String>,
    /// Why there is no estimator.
    #[serde(default)]
    pub not_modelled: Option<String>,
    /// Points of a distribution in the data, such as the means of income groups [unit of the source].
    #[serde(default)]
    pub points: Vec<f64>,
}

/// A name in two languages.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Names {
    /// English.
    pub en: String,
    /// Chinese.
    pub zh: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    fact: Vec<Fact>,
}

/// Random seeds that nothing but `yaosu facts --holdout` may read: nobody can have tuned the model to them.
pub const HOLDOUT: &str = include_str!("../../seeds/holdout.txt");

/// Whether a random seed is held out, so that whoever runs anything else can refuse it.
pub fn is_held_out(seed: u64) -> bool {
    static HELD: LazyLock<BTreeSet<u64>> =
        LazyLock::new(|| HOLDOUT.lines().filter_map(|line| line.trim().parse().ok()).collect());
    HELD.contains(&seed)
}

/// The built-in facts of a world. `None` if it has none.
///
/// # Errors
/// If the file is not sound.
pub fn facts(world: &str) -> Option<Result<Vec<Fact>, toml::de::Error>> {
    (world == "chongqing").then(|| parse(include_str!("../../seeds/chongqing/stylised_facts.toml")))
}

fn parse(text: &str) -> Result<Vec<Fact>, toml::de::Error> {
    toml::from_str::<File>(text).map(|f| f.fact)
}

/// Why a fact of the cycle is not judged where nothing shocks the economy.
pub const NO_SHOCK: &str = "no aggregate shock";

impl Fact {
    /// Whether a value lies in the band.
    pub fn holds(&self, value: f64) -> bool {
        (self.band[0]..=self.band[1]).contains(&value)
    }

    /// Whether a value lies in the band widened by half: a quarter of its width more at each end; a one-sided band
    /// stays as it is.
    pub fn nearly_holds(&self, value: f64) -> bool {
        let air = 0.25 * (self.band[1] - self.band[0]);
        let air = if air.is_finite() { air } else { 0.0 };
        (self.band[0] - air..=self.band[1] + air).contains(&value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facts_are_complete() {
        let all = facts("chongqing").expect("a world").expect("sound");
        assert!(all.len() > 40);
        for f in &all {
            assert!(f.band[0] < f.band[1], "{}", f.id);
            let explained = f.role == Role::Free || !f.parameters.is_empty() || !f.because.is_empty();
            assert!(explained, "{}: why {}?", f.id, f.role.name());
            assert!(f.estimator.is_some() != f.not_modelled.is_some(), "{}", f.id);
            let grades = ["VERIFIED", "DERIVED", "MEMORY", "OFFICIAL"];
            assert!(grades.contains(&f.grade.as_str()), "{}: {}", f.id, f.grade);
            for text in [
                &f.statement,
                &f.data,
                &f.unit,
                &f.source,
                &f.address,
                &f.name.en,
                &f.name.zh,
            ] {
                assert!(!text.is_empty(), "{}", f.id);
            }
            assert_eq!(all.iter().filter(|g| g.id == f.id).count(), 1, "{} twice", f.id);
        }
        // every number of the evidence is there
        for k in 1..=20 {
            let of = |f: &Fact| f.id.trim_end_matches(char::is_alphabetic) == format!("S{k}");
            assert!(all.iter().any(of), "S{k}");
        }
    }

    #[test]
    fn a_band_widened_by_half_has_one_and_a_half_times_its_width() {
        let mut f = facts("chongqing").expect("a world").expect("sound").remove(0);
        f.band = [2.0, 4.0];
        assert!(f.holds(2.0) && !f.holds(1.9) && f.nearly_holds(1.5) && f.nearly_holds(4.5) && !f.nearly_holds(4.6));
        f.band = [1.0, f64::INFINITY];
        assert!(!f.nearly_holds(0.99) && f.nearly_holds(1e9));
        assert!(!f.holds(f64::NAN) && !f.nearly_holds(f64::NAN));
    }

    #[test]
    fn held_out_seeds_are_others_and_no_scenario_finds_them() {
        let numbers = |text: &str| -> Vec<u64> { text.lines().filter_map(|l| l.parse().ok()).collect() };
        let (held, open) = (numbers(HOLDOUT), numbers(include_str!("../../seeds/replications.txt")));
        assert!(held.len() >= 50 && open.len() >= 50);
        assert!(held.iter().all(|s| !open.contains(s)));
        assert!(held.iter().all(|s| is_held_out(*s)) && !open.iter().any(|s| is_held_out(*s)));
        let files = crate::scenario::BUILT_IN.files;
        assert!(
            files
                .iter()
                .all(|(name, text)| !name.contains("holdout") && *text != HOLDOUT)
        );
    }
}
