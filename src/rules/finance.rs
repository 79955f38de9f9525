//! Finance: loans to firms, and to villages on farm rights.

use serde::{Deserialize, Serialize};

/// Loans (MODEL: credit).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CreditRules {
    /// Variance of the bank's reading error relative to the variance of the score [ratio].
    pub signal_noise: f64,
    /// Cost of applying as a share of the loan wanted by the median firm [share].
    pub application_cost: f64,
    /// Fixed cost of making a loan [yuan].
    pub fixed_cost: f64,
    /// Loan-to-value of capital and land [share].
    pub loan_to_value: f64,
    /// Quarters of cash flow lent against a fully informative signal [quarters].
    pub cash_flow_multiple: f64,
    /// Relief of the loan rate for state firms by implicit guarantee [1/year].
    pub state_guarantee: f64,
    /// Mean time until a loan comes due [years].
    pub maturity: f64,
    /// Share of loans that come due which must be repaid before they are renewed [share].
    pub repaid_before_renewal: f64,
    /// Share of the cost of a first application that a public centre bears [share].
    pub first_loan_relief: f64,
    /// Chance in a quarter that a centre makes a firm without a bank consider a loan that had not [1/quarter].
    pub first_loan_outreach: f64,
    /// Time between a default and its write-off [years].
    pub write_off_delay: f64,
    /// Interest subsidy on loans of a sector without energy use; industry gets none, others in proportion [1/year].
    pub green_discount: f64,
    /// Interest subsidy on loans of digital firms [1/year].
    pub digital_discount: f64,
    /// Loan-to-value of a firm's own data [share].
    pub data_loan_to_value: f64,
    /// Share of loans that banks fund outside [share].
    pub outside_share: f64,
}

/// Loans to village collectives on farm rights.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VillageCreditRules {
    /// Loan-to-value of farm rights [share].
    pub loan_to_value: f64,
    /// Share of farmland in villages with a credit line [share].
    pub reach: f64,
}
