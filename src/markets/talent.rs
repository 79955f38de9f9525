//! Talent: high skill among those who begin to work or come from outside, and experts who wait for a permit.
//!
//! Graduates and recruits raise the share of high skill without changing the number of people. A part of high-skill
//! arrivals are foreigners; an offer lapses at a constant rate while its holder waits, so that the share exp(-delay/patience)
//! comes.

use serde::{Deserialize, Serialize};

/// Behaviour of recruits (`[talent]` in the scenario).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Params {
    /// Foreigners among high-skill arrivals at the start.
    pub foreign_share: f64,
    /// Mean time until an offer lapses [years].
    pub patience: f64,
    /// Public cost of a graduate or recruit more [yuan].
    pub cost: f64,
}

/// Share of high skill when the law adds `gain` of those who would have had none.
#[inline]
pub fn raised(share: f64, gain: f64) -> f64 {
    share + gain * (1.0 - share)
}

/// High-skill arrivals over those under the permit delay of the start; delays in years.
pub fn arrivals(p: &Params, delay: f64, start: f64) -> f64 {
    1.0 + p.foreign_share * ((-(delay - start) / p.patience).exp() - 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_faster_permit_brings_those_who_would_have_given_up() {
        let p = Params {
            foreign_share: 0.1,
            patience: 1.0,
            cost: 0.0,
        };
        assert_eq!(arrivals(&p, 0.5, 0.5), 1.0);
        let none = arrivals(&p, 0.0, 1.0);
        assert!((none - (0.9 + 0.1 * 1f64.exp())).abs() < 1e-12);
        assert!((arrivals(&p, 1e9, 0.5) - 0.9).abs() < 1e-12);
    }

    #[test]
    fn graduates_come_out_of_those_without_skill() {
        assert_eq!(raised(0.4, 0.0), 0.4);
        assert!((raised(0.4, 0.1) - 0.46).abs() < 1e-15);
        assert_eq!(raised(1.0, 0.1), 1.0);
    }
}
