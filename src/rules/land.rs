//! Land: farmland, homesteads and collective land, state land.

use serde::{Deserialize, Serialize};

/// Contracted farmland (MODEL: farmland).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FarmlandRules {
    /// Share of households whose tenure is too insecure to lease [share].
    pub insecure_share: f64,
    /// Transaction cost as a share of the rent, on each side [share].
    pub transaction_cost: f64,
    /// Part of the gap between a district's rent and the city's that leases across districts close [share].
    pub reach: f64,
    /// Share of idle good plots that are swapped against tilled poor ones [share].
    pub plot_swap: f64,
    /// Yearly probability that a village reallocates its plots [1/year].
    pub reallocation_rate: f64,
    /// Share of plots that such a village shares out anew [share].
    pub reallocation_share: f64,
}

/// Homesteads, quotas of construction land, collective commercial land (MODEL: rural construction land).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuralLandRules {
    /// Share of the quota price that the household gets; the rest is the collective's [share].
    pub household_share: f64,
    /// What the district adds for a square metre of homestead given up [yuan per m2].
    pub exit_support: f64,
    /// Time from giving up a homestead to a quota that passed inspection [years].
    pub inspection_lag: f64,
    /// Least price of a quota [yuan per m2].
    pub quota_floor: f64,
    /// Share of quotas that may be used in other districts of the city [share].
    pub pool_share: f64,
    /// Share of collective commercial land that may be leased to firms directly [share].
    pub equal_rights: f64,
    /// Share of the gain from such a lease that goes to the budget [share].
    pub adjustment_levy: f64,
    /// Value of collective land as collateral relative to state land [share].
    pub collateral_value: f64,
}

/// State land for firms and housing (MODEL: urban land and housing).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UrbanLandRules {
    /// Lease term of industrial and commercial land [years].
    pub lease_term: f64,
    /// Standard deviation of administrative noise in ranking bids [log points].
    pub allocation_noise: f64,
    /// Priority of digital firms when bids are ranked [log points].
    pub digital_priority: f64,
    /// Cost of renewing a lease that runs out, as a share of its price [share].
    pub renewal_cost: f64,
    /// Share of the leases of young firms that are short and flexible [share].
    pub flexible_share: f64,
    /// Fee on land whose firm makes less of a square metre than its sector, as a share of the land's price [1/year].
    pub evaluation_fee: f64,
    /// Share of the price that a transfer of land between firms costs [share].
    pub transfer_cost: f64,
    /// Cost of turning industrial into residential land, as a share of the gap between their values [share].
    pub conversion_cost: f64,
    /// Share of the value of new floor space that consent to redevelopment costs [share].
    pub consent_cost: f64,
    /// Idle land of state firms released to districts in a year [1/year].
    pub state_idle_release: f64,
    /// Share of the yearly quota of new construction land that follows residents instead of urban land at the start
    /// [share].
    pub quota_follows_people: f64,
    /// Construction land that a district may add for a person who takes its hukou, beyond those who did at the start
    /// [m2 per person].
    pub quota_per_settler: f64,
}
