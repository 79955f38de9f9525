//! Landholders: village collectives, which contract farmland and hold what comes back to them, and the land reserves of
//! districts. What they decide alone is law: collectives let all who may lease do so, districts sell what they have.

use serde::{Deserialize, Serialize};

/// State of farming by inside region.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Farming {
    /// Technology A.
    pub a: Vec<f64>,
    /// Rent [fen per m2 and quarter].
    pub rent: Vec<f64>,
    /// Rent at the start.
    pub start_rent: Vec<f64>,
    /// Output of the quarter [units].
    pub output: Vec<f64>,
    /// The crop of every household that tills land, by block of workers and in order, from the harvest until it is sold
    /// [units].
    #[serde(skip)]
    pub crops: Vec<Vec<f64>>,
    /// Revenue of the quarter [fen].
    pub revenue: Vec<i64>,
    /// Land of the collectives' pool [m2].
    pub pool_m2: Vec<i64>,
    /// Idle plots [m2].
    pub idle_m2: Vec<i64>,
    /// Land leased [m2].
    pub leased_m2: Vec<i64>,
    /// All contracted land [m2].
    pub contracted_m2: Vec<i64>,
    /// Region by village.
    pub village_region: Vec<u8>,
    /// Land that converts returned to their collective, by village [m2].
    pub returned_m2: Vec<i64>,
    /// Land elsewhere that farmers of the region lease [m2].
    pub imported_m2: Vec<i64>,
    /// Land of the region that farmers from elsewhere lease [m2].
    pub exported_m2: Vec<i64>,
    /// Productivity of tilled land over that of the technology: swapped plots, land tilled elsewhere.
    pub quality: Vec<f64>,
    /// Rent that tenants pay, the owners' rents elsewhere mixed in [fen per m2 and quarter].
    pub tenant_rent: Vec<f64>,
    /// What tillers pay and holders of idle plots get for swapped plots [fen per m2 and quarter].
    pub swap_pay: Vec<[f64; 2]>,
}

/// State of urban land by inside region.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct UrbanLand {
    /// Industrial and commercial price [fen per m2].
    pub price: Vec<f64>,
    /// Residential price [fen per m2].
    pub residential_price: Vec<f64>,
    /// Residential land price over dwelling price at the start.
    pub price_to_dwelling: Vec<f64>,
    /// Tax stream of a square metre capitalised at the start [fen per m2].
    pub tax_value: Vec<f64>,
    /// Local production tax per m2 at the start [fen per quarter].
    pub tax_per_m2: Vec<f64>,
    /// Reserve for firms [m2].
    pub reserve_m2: Vec<i64>,
    /// Reserve for housing [m2].
    pub housing_reserve_m2: Vec<i64>,
    /// Idle land of state firms [m2].
    pub state_idle_m2: Vec<i64>,
    /// Reserve for firms that is normal [m2].
    pub normal_reserve: Vec<f64>,
    /// Urban land at the start [m2].
    pub start_m2: Vec<f64>,
}
