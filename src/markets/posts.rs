//! Public posts for high skill, and the insurance of own-account workers: what the law pays to whom.
//!
//! ```text
//! posts' = posts (1 - 1/(4 term)) + hiring x unemployed of high skill,   pay of a post = ratio x mean pay of the area
//! contribution = c y,   of which the district pays a share s
//! income after giving up = max( benefit, cover x y ),   y = own-account income of the region
//! own-account entry answers to y (1 + c s)
//! ```
//!
//! The last line takes insurance as fair: who enters gains what others pay for it.

use crate::rules::OwnAccountRules;
use serde::{Deserialize, Serialize};

/// Terms of public posts (`[posts]` in the scenario).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Params {
    /// Pay of a post over mean pay of the labour-market area.
    pub pay: f64,
    /// Mean time in a post [years].
    pub term: f64,
}

/// Chance in a quarter that a post ends.
pub fn ending(p: &Params) -> f64 {
    (0.25 / p.term).min(1.0)
}

/// Contribution for an own-account worker with income `y`: paid by the worker, by the district [fen].
pub fn contribution(law: &OwnAccountRules, y: f64) -> [i64; 2] {
    let all = law.contribution * y.max(0.0);
    [((1.0 - law.subsidy) * all) as i64, (law.subsidy * all) as i64]
}

/// What insurance adds to the benefit of who gave up own-account work of income `y` [fen].
pub fn insured(law: &OwnAccountRules, y: f64, benefit: f64) -> i64 {
    (law.cover * y - benefit).max(0.0) as i64
}

/// Value of own-account income to who enters, relative to the same without insurance.
pub fn attraction(law: &OwnAccountRules) -> f64 {
    1.0 + law.contribution * law.subsidy
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn insurance_splits_the_contribution_and_fills_up_the_benefit() {
        let law = OwnAccountRules {
            contribution: 0.02,
            subsidy: 0.25,
            cover: 0.5,
        };
        assert_eq!(contribution(&law, 100_000.0), [1_500, 500]);
        assert_eq!(insured(&law, 100_000.0, 30_000.0), 20_000);
        assert_eq!(insured(&law, 100_000.0, 60_000.0), 0);
        assert!((attraction(&law) - 1.005).abs() < 1e-15);
    }

    #[test]
    fn posts_end_after_their_term_on_average() {
        let p = Params { pay: 1.2, term: 3.0 };
        // steady state: inflow x 12 quarters
        let mut posts = 0.0;
        for _ in 0..400 {
            posts += 10.0 - ending(&p) * posts;
        }
        assert!((posts / 120.0 - 1.0).abs() < 1e-9, "{posts}");
    }
}
