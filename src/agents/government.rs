//! Governments: one a region, one municipal, and the outer government.

use serde::{Deserialize, Serialize};

/// Behaviour of governments (`[government]` in the scenario).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Params {
    /// Reaction of spending to debt above its base [1/year].
    pub debt_reaction: f64,
    /// Bonds at the start relative to yearly revenue [years].
    pub debt_to_revenue: f64,
    /// Interest on bonds [1/year].
    pub bond_rate: f64,
    /// Smoothing of expected revenue [1/quarter].
    pub revenue_smoothing: f64,
    /// Money a government keeps, in quarters of expected revenue.
    pub cash_quarters: f64,
    /// Share of purchases that are industry goods (public works).
    pub works_share: f64,
}

/// Accounts and plans of governments: inside regions in order, then the municipality.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Governments {
    /// Deposits [fen].
    pub deposits: Vec<i64>,
    /// Bonds outstanding [fen].
    pub bonds: Vec<i64>,
    /// Revenue of the running quarter, transfers included [fen].
    pub revenue: Vec<i64>,
    /// Revenue expected [fen per quarter].
    pub expected: Vec<f64>,
    /// Purchases of the quarter [fen].
    pub purchases: Vec<i64>,
    /// Benefits, pensions and interest of the last quarter [fen].
    pub fixed: Vec<i64>,
    /// Revenue of the last quarter [fen].
    pub last_revenue: Vec<i64>,
    /// Transfer from above at the start [fen per quarter].
    pub transfer: Vec<i64>,
    /// Deposits wanted [fen].
    pub cash: Vec<i64>,
    /// Balance of the outer government at the central bank [fen]; may be negative.
    pub outer: i64,
}

/// Purchases that a government plans: expected revenue less fixed outlays, less a reaction to excess debt:
/// G = E[R] - fixed - reaction/4 * (bonds - base * 4 E[R]).
pub fn planned_purchases(expected: f64, fixed: f64, bonds: f64, base_ratio: f64, reaction: f64) -> f64 {
    (expected - fixed - 0.25 * reaction * (bonds - base_ratio * 4.0 * expected)).max(0.0)
}
