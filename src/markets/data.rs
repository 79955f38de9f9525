//! Data: by-products of sales, non-rival, shared through an exchange (Jones and Tonetti 2020; Farboodi and
//! Veldkamp 2021).
//!
//! Own data follow d' = (1 - delta) d + revenue, fade and enter output with exponent eta. A connected firm that
//! subscribes uses d + reach * shared pool (the pool in units of an average firm). It subscribes when its gain
//! rho eta R ln(1 + pool/d) exceeds the price, a share of the mean gain. A holder shares when the exchange pays
//! more for its data than rivals are expected to take, loss * rho eta R u with a persistent u; so clearer
//! rights and audits (a lower loss) and a wider exchange raise sharing. Data are non-rival: no rationing.

use serde::{Deserialize, Serialize};

/// Behaviour of data holders (`[data]` in the scenario).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Params {
    /// Fading of data [1/year].
    pub fading: f64,
    /// Reach of the pool: average firms' data that a full pool offers.
    pub reach: f64,
    /// Price as a share of the mean gain of subscribers.
    pub price_share: f64,
    /// Standard deviation of the log fear of rivals.
    pub fear_sd: f64,
}

/// Gain of a subscriber [fen per quarter]: rho eta R ln(1 + pool / own).
#[inline]
pub fn gain(rho_eta: f64, revenue: f64, pool: f64, own: f64) -> f64 {
    rho_eta * revenue * (pool / own.max(1e-9)).ln_1p()
}

/// Whether a holder shares: pay per unit of data against the expected loss.
#[inline]
pub fn shares(pay_per_unit: f64, own: f64, loss: f64, rho_eta: f64, revenue: f64, fear: f64) -> bool {
    pay_per_unit * own > loss * rho_eta * revenue * fear
}
