//! Housing: rent clears the standing stock; the fund keeps it up and builds when prices rise.
//!
//! Residents spend a fixed share h of income on housing (Cobb-Douglas; .13), so R = h sum(income) / space.
//! P_h = R / (r + delta). Building answers the price with elasticity eps: I = delta H (P_h / P_h0)^eps. Tenants pay
//! rent in cash; owners pay the upkeep. There is no rationing.

use serde::{Deserialize, Serialize};

/// Behaviour in housing (`[housing]` in the scenario).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Params {
    /// Share of income spent on housing.
    pub share: f64,
    /// Depreciation of dwellings [1/year].
    pub depreciation: f64,
    /// Required return on dwellings [1/year].
    pub required_return: f64,
    /// Elasticity of building to the price of dwellings.
    pub supply_elasticity: f64,
    /// Share of land in the value of a dwelling.
    pub land_share: f64,
    /// Smoothing of rents [1/quarter].
    pub rent_smoothing: f64,
    /// Money a housing fund keeps, in quarters of its spending.
    pub cash_spent: f64,
    /// Least money a housing fund keeps, in quarters of rent received.
    pub cash_received: f64,
}

/// Rent that clears the stock [fen per m2 and quarter].
pub fn rent(p: &Params, income: f64, space_m2: f64) -> f64 {
    p.share * income / space_m2.max(1.0)
}

/// Price of a dwelling [fen per m2] at a rent [fen per m2 and quarter].
pub fn price(p: &Params, rent: f64) -> f64 {
    4.0 * rent / (p.required_return + p.depreciation)
}

/// Building as a share of the stock [1/quarter].
pub fn building(p: &Params, price_ratio: f64) -> f64 {
    0.25 * p.depreciation * price_ratio.powf(p.supply_elasticity)
}
