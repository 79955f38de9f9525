//! The rest of the economy: taxes, administered prices, entry, trade, and the placebo.

use serde::{Deserialize, Serialize};

/// Taxes, contributions, transfers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FiscalRules {
    /// Net production tax on value added [share].
    pub production_tax: f64,
    /// Local share of the production tax [share].
    pub production_tax_local: f64,
    /// Profit tax [share].
    pub profit_tax: f64,
    /// Local share of the profit tax [share].
    pub profit_tax_local: f64,
    /// Tax on wages [share].
    pub wage_tax: f64,
    /// Payroll contribution on wages [share].
    pub payroll: f64,
    /// Share of the municipality's transfers that is shared out by residents instead of by start needs [share].
    pub transfers_follow_residents: f64,
    /// Share of public capital not yet sold that is sold to outside investors in a year, to build more [1/year].
    pub infrastructure_sales: f64,
}

/// Prices set by administration.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PricesRules {
    /// Weight of the administered rate in the interest on deposits; the rest follows the money market [share].
    pub administered_deposit_rate: f64,
    /// Weight of the regulated price in power contracts; the rest follows the spot market [share].
    pub administered_power: f64,
}

/// Entry of firms.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EntryRules {
    /// Share of the value of a new firm in services that licences and closed markets take [share].
    pub services_barrier: f64,
    /// Part of the equity of new firms that is invested where it is raised, and of the projects of a place that only it may
    /// own [share].
    pub tied_equity: f64,
}

/// Trade between regions and with the outside (MODEL: goods).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TradeRules {
    /// Share of goods sent by rail whose waybill is a title that a bank lends on [share].
    pub rail_bill_share: f64,
    /// Cost that local rules add to goods and services from other regions [share of the seller's price].
    pub border_cost: f64,
}

/// A rule that no market reads.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlaceboRules {
    /// Does nothing [share].
    pub nothing: f64,
}
