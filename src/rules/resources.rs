//! Resources: power and permits.

use serde::{Deserialize, Serialize};

/// Power (MODEL: energy and permits).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EnergyRules {
    /// Share of power that the spot market prices and dispatches [share].
    pub spot_share: f64,
    /// Power that storage gives at the peak, over mean load [share].
    pub storage: f64,
    /// Capacity of lines from other provinces over that of the start [ratio].
    pub line_capacity: f64,
    /// Capacity of gas plant with gas over that of the start [ratio].
    pub gas_capacity: f64,
    /// Share of cuts that takes power first from those who make least of it; the rest is cut evenly [share].
    pub efficient_ranking: f64,
    /// Price of a green certificate [yuan per kWh].
    pub certificate_price: f64,
}

/// Permits to emit, to take water, to discharge (MODEL: energy and permits).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PermitsRules {
    /// Permits for carbon over emissions of the start [share].
    pub carbon_cap: f64,
    /// Permits for water over use of the start [share].
    pub water_cap: f64,
    /// Permits for discharge over that of the start [share].
    pub discharge_cap: f64,
    /// Share of carbon permits that trade, over the province [share].
    pub carbon_trade: f64,
    /// Share of water permits that trade [share].
    pub water_trade: f64,
    /// Share of discharge permits that trade [share].
    pub discharge_trade: f64,
    /// Share of trade in water and discharge that reaches beyond the district, within the basin [share].
    pub basin_reach: f64,
    /// Share of carbon permits allocated by current output, the rest by emissions of the start [share].
    pub carbon_by_output: f64,
    /// Compensation that downstream districts pay, over their revenue [share].
    pub basin_compensation: f64,
    /// Loan-to-value of permits [share].
    pub loan_to_value: f64,
}
