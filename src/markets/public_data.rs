//! Public data: a common, non-rival input of firms that can use it (Jones and Tonetti 2020).
//!
//! What departments open, of a quality that firms can work with, is the stock in use P = opened x quality. A firm uses
//! public data if its persistent draw lies below its capacity to absorb them times P; then they add `reach` average
//! firms' data T to what it has:
//!
//! ```text
//! D = x (x + u T) / (x + u0 T),   x = own and bought data,   u, u0 = uses them now, would use them under the start law
//! ```
//!
//! so what the start opened is inside the start's productivity. The gain is the larger, in per cent, the fewer data a
//! firm has of its own. Nothing is rationed.

use crate::agents::firms::beyond_ten_heads;
use crate::base::lanes::Real;
use crate::rules::PublicDataRules;
use serde::{Deserialize, Serialize};

/// Use and cost of public data (`[public_data]` in the scenario).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Params {
    /// Data of average firms of the sector that public data replace for who uses them.
    pub reach: f64,
    /// Share of firms of ten heads that can use what is opened, by firm sector.
    pub absorption: Vec<f64>,
    /// Elasticity of that share to size above ten heads.
    pub absorption_slope: f64,
    /// Cost of collecting and opening all public data [yuan per resident and year].
    pub cost: f64,
    /// Heads below which a firm counts as small in measures.
    pub small_firm: f64,
}

/// Stock of public data in use, P = opened x quality [share].
pub fn stock(law: &PublicDataRules) -> f64 {
    law.opened * law.quality
}

/// Share of firms of a sector and size [persons] that use public data.
pub fn users<N: Real>(p: &Params, law: &PublicDataRules, sector: usize, size: N) -> N {
    beyond_ten_heads(size, p.absorption_slope) * p.absorption[sector] * stock(law)
}

/// Data with public data over data without, relative to the start: (x + u T) / (x + u0 T).
pub fn factor(own: f64, common: f64, uses: bool, used: bool) -> f64 {
    let with = |u: bool| own.max(1e-9) + if u { common } else { 0.0 };
    with(uses) / with(used)
}

/// What public data are worth to a user [fen per quarter]: rho eta R ln(1 + T / x).
pub fn worth(rho_eta: f64, revenue: f64, common: f64, own: f64) -> f64 {
    rho_eta * revenue * (common / own.max(1e-9)).ln_1p()
}

/// What it costs to collect and open more than at the start [fen per resident and quarter].
pub fn opening_cost(p: &Params, now: &PublicDataRules, start: &PublicDataRules) -> f64 {
    25.0 * p.cost * (stock(now) - stock(start)).max(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn params() -> Params {
        Params {
            reach: 0.2,
            absorption: vec![0.5, 0.5, 1.0],
            absorption_slope: -0.1,
            cost: 40.0,
            small_firm: 100.0,
        }
    }

    fn law(opened: f64, quality: f64) -> PublicDataRules {
        PublicDataRules {
            opened,
            quality,
            fee: 0.0,
        }
    }

    #[test]
    fn who_used_public_data_at_the_start_gains_nothing_and_a_new_user_with_few_data_most() {
        assert_eq!(factor(10.0, 2.0, true, true), 1.0);
        assert_eq!(factor(10.0, 2.0, false, false), 1.0);
        assert!((factor(10.0, 2.0, true, false) - 1.2).abs() < 1e-15);
        assert!((factor(1.0, 2.0, true, false) - 3.0).abs() < 1e-15);
    }

    #[test]
    fn small_and_digital_firms_use_more_and_opening_costs_by_what_is_opened() {
        let p = params();
        assert!((users(&p, &law(0.4, 0.5), 0, 5.0) - 0.1).abs() < 1e-15);
        assert!((users(&p, &law(0.4, 0.5), 2, 10.0) - 0.2).abs() < 1e-15);
        assert!(users(&p, &law(0.4, 0.5), 0, 1000.0) < 0.1);
        // 40 yuan a year for all: a tenth more is 1 yuan a quarter
        assert!((opening_cost(&p, &law(0.5, 0.4), &law(0.2, 0.5)) - 100.0).abs() < 1e-9);
        assert_eq!(opening_cost(&p, &law(0.1, 0.5), &law(0.2, 0.5)), 0.0);
    }

    #[test]
    fn a_gain_in_output_is_worth_the_elasticity_times_the_log_of_the_factor() {
        let w = worth(0.02, 1e6, 3.0, 2.0);
        assert!((w - 0.02 * 1e6 * factor(2.0, 3.0, true, false).ln()).abs() < 1e-6);
    }
}
