//! The law as plain numbers. Markets read [`Rules`] and nothing else of policy; they never know which lever is on.
//!
//! Units, ranges, sources and the status quo of every field stand in `scenarios/baseline.toml` under `[law.*]`.
//! Rates in the file are annual.

use serde::{Deserialize, Serialize};

mod economy;
mod finance;
mod land;
mod people;
mod resources;
mod technology;

pub use economy::{EntryRules, FiscalRules, PlaceboRules, PricesRules, TradeRules};
pub use finance::{CreditRules, VillageCreditRules};
pub use land::{FarmlandRules, RuralLandRules, UrbanLandRules};
pub use people::{HukouRules, LabourRules, OwnAccountRules, PostsRules, TalentRules};
pub use resources::{EnergyRules, PermitsRules};
pub use technology::{ComputingRules, DataRules, PublicDataRules, TechnologyRules};

/// All rules that hold in one region in one quarter.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rules {
    /// Household registration.
    pub hukou: HukouRules,
    /// Contracted farmland.
    pub farmland: FarmlandRules,
    /// Loans.
    pub credit: CreditRules,
    /// Data exchange.
    pub data: DataRules,
    /// State land for firms and housing.
    pub urban_land: UrbanLandRules,
    /// Jobs.
    pub labour: LabourRules,
    /// Taxes, contributions, transfers.
    pub fiscal: FiscalRules,
    /// Prices set by administration.
    pub prices: PricesRules,
    /// Entry of firms.
    pub entry: EntryRules,
    /// Trade with the outside.
    pub trade: TradeRules,
    /// Public research, licences, knowledge.
    pub technology: TechnologyRules,
    /// Talent.
    pub talent: TalentRules,
    /// A rule that no market reads: the placebo lever moves it.
    pub placebo: PlaceboRules,
    /// Public data.
    pub public_data: PublicDataRules,
    /// Computing hub.
    pub computing: ComputingRules,
    /// Loans to village collectives.
    pub village_credit: VillageCreditRules,
    /// Public posts for high skill.
    pub posts: PostsRules,
    /// Insurance of own-account workers.
    pub own_account: OwnAccountRules,
    /// Power.
    pub energy: EnergyRules,
    /// Permits to emit, to take water, to discharge.
    pub permits: PermitsRules,
    /// Homesteads, quotas of construction land, collective commercial land.
    pub rural_land: RuralLandRules,
}
