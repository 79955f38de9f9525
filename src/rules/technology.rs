//! Technology and data: research and licences, the data exchange, public data, computing.

use serde::{Deserialize, Serialize};

/// Public research, licences, knowledge (MODEL: technology).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TechnologyRules {
    /// Share of a district's purchases that laboratories get for research [share].
    pub research_share: f64,
    /// Share of research money lost to rules of spending and reporting [share].
    pub research_loss: f64,
    /// Share of research money in projects led by firms [share].
    pub firm_led_share: f64,
    /// Inventor's share of licence income [share].
    pub inventor_share: f64,
    /// Cost of approval, proof and valuation of an idea, as a share of the value of a common one [share].
    pub approval_cost: f64,
    /// Share of suitable ideas that a firm does not find [share].
    pub search_friction: f64,
    /// Part of the price of a licence that small firms are let off [share].
    pub small_firm_discount: f64,
    /// Loan-to-value of a firm's knowledge: patents and other rights [share].
    pub ip_loan_to_value: f64,
    /// Share of young firms' research that the equity fund pays in with outside investors [share].
    pub co_investment: f64,
}

/// Data exchange (MODEL: data).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DataRules {
    /// Expected loss to rivals from sharing, relative to the value of the data [ratio].
    pub sharing_loss: f64,
    /// Exchange fee as a share of the price [share].
    pub exchange_fee: f64,
    /// Share of firms connected to the exchange [share].
    pub connected_share: f64,
}

/// Public data (a common input of firms).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PublicDataRules {
    /// Share of public data that is open to firms [share].
    pub opened: f64,
    /// Quality of what is open: share of it that a firm can work with [share].
    pub quality: f64,
    /// Access fee as a share of what the data are worth to the user [share].
    pub fee: f64,
}

/// Computing hub of the districts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ComputingRules {
    /// Capacity that the district wants, relative to what its firms used at the start [share].
    pub hub_share: f64,
    /// What users pay for the hub's computing, relative to the market price [ratio].
    pub hub_fee: f64,
}
