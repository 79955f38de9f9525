//! All behavioural parameters of a scenario: one section a market, as the markets declare them.

use crate::{agents, markets};
use serde::{Deserialize, Serialize};

/// Behaviour: everything in a scenario that is neither law nor data.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Behaviour {
    /// Firms.
    pub firms: agents::firms::Params,
    /// Labour market.
    pub labour: markets::labour::Params,
    /// Farmland.
    pub farmland: markets::farmland::Params,
    /// Credit.
    pub credit: markets::credit::Params,
    /// State land.
    pub urban_land: markets::urban_land::Params,
    /// Housing.
    pub housing: markets::housing::Params,
    /// Goods and households' budgets.
    pub goods: markets::goods::Params,
    /// Data.
    pub data: markets::data::Params,
    /// Movers.
    pub migration: agents::places::Params,
    /// Governments.
    pub government: agents::government::Params,
    /// Laboratories.
    pub laboratories: agents::laboratories::Params,
    /// Licences and firms' research.
    pub technology: markets::technology::Params,
    /// Talent.
    pub talent: markets::talent::Params,
    /// Birth of the world.
    pub birth: Birth,
    /// Public data.
    pub public_data: markets::public_data::Params,
    /// Computing.
    pub computing: markets::computing::Params,
    /// Loans to village collectives.
    pub village_credit: markets::village_credit::Params,
    /// Public posts.
    pub posts: markets::posts::Params,
    /// Power.
    pub energy: markets::energy::Params,
    /// Permits.
    pub permits: markets::permits::Params,
    /// Homesteads, quotas, collective commercial land.
    pub rural_land: markets::rural_land::Params,
}

/// What the birth of a world needs beyond data (`[birth]` in the scenario).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Birth {
    /// Tail exponent of firm sizes.
    pub size_exponent: f64,
    /// Largest firm [persons].
    pub size_max: f64,
    /// Agents a lump of small firms employs.
    pub lump_agents: f64,
    /// Smallest number of lumps wanted in a cell.
    pub lumps: f64,
    /// Share of state firms in employment, by firm sector.
    pub state_share: Vec<f64>,
    /// State share of a sector's larger half of firms, relative to its mean; the smaller half takes the rest.
    pub state_large: f64,
    /// Share of enterprises, by firm sector.
    pub enterprise_share: Vec<f64>,
    /// Income of own-account workers relative to the mean wage of the area.
    pub own_account_income: f64,
    /// Elasticity of a cell's wage to its value added per worker.
    pub wage_to_productivity: f64,
    /// Least labour share of a cell.
    pub labour_share_low: f64,
    /// Greatest labour share of a cell.
    pub labour_share_high: f64,
    /// Workers per migrant relative to residents.
    pub migrant_activity: f64,
    /// Dependants of migrants relative to natives.
    pub migrant_dependants: f64,
    /// Share of dependants looked after by kin of absent workers.
    pub left_behind: f64,
    /// Tail exponent of fund units.
    pub wealth_exponent: f64,
    /// Fund units of villagers relative to townspeople.
    pub village_wealth: f64,
    /// Ratio of the urban to the rural pension.
    pub pension_ratio: f64,
    /// Share of away people who work.
    pub away_activity: f64,
    /// Mean residence of migrants at the start [years].
    pub residence_years: f64,
    /// Share of farm value added that farm households get.
    pub farm_household_share: f64,
    /// Share of high skill among new farmers.
    pub farm_high_skill: f64,
    /// College share of rural hukou holders off the farm over that of urban ones.
    pub rural_college: f64,
    /// Speed at which the burn-in learns what is normal [1/quarter].
    pub learning: f64,
    /// Quarters of bank visits on frozen firms that make the start of credit.
    pub credit_quarters: u32,
    /// Housing cost of owners relative to tenants when incomes are set.
    pub owner_upkeep: f64,
    /// Largest distance of a start value from its target before birth is refused.
    pub tolerance: f64,
}
