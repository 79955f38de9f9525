//! Housing funds (one a region) and the equity fund.

use serde::{Deserialize, Serialize};

/// The housing fund of every inside region.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct HousingFunds {
    /// Deposits [fen].
    pub deposits: Vec<i64>,
    /// Dwelling space [m2].
    pub space_m2: Vec<f64>,
    /// Land under dwellings [m2].
    pub land_m2: Vec<i64>,
    /// Rent [fen per m2 and quarter].
    pub rent: Vec<f64>,
    /// Share of housing expenditure that owners pay for upkeep.
    pub upkeep: Vec<f64>,
    /// Price of dwellings [fen per m2].
    pub price: Vec<f64>,
    /// Spent on building in the last quarter [fen].
    pub spent: Vec<i64>,
    /// Rent and upkeep received in the last quarter [fen].
    pub received: Vec<i64>,
    /// Land under no dwellings yet [m2], part of the land above.
    pub plots_m2: Vec<i64>,
}

/// The fund that owns private firms.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct EquityFund {
    /// Deposits [fen].
    pub deposits: i64,
    /// Units held by workers.
    pub units: i64,
    /// Deposits kept back for seed capital [fen].
    pub reserve: i64,
    /// Seed capital paid in the last quarter [fen].
    pub seeded: i64,
}
