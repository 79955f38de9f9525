//! Credit: who applies, who is approved, at what rate (Bai, Lu and Tian 2018; Cheng and Yang 2022).
//!
//! The score of a firm is its standardised distance to default. The bank reads it with noise and shrinks it to
//! the mean of the firm's size class:
//!
//! ```text
//! x^ = omega (x + e) + (1 - omega) mean(size),   omega = 1 / (1 + var(e)),   PD = E[Phi(c - k x) | x^]
//! 1 + r = (1 + r_f + c_op - PD (1 - LGD)) / (1 - PD) + F / loan
//! ```
//!
//! A firm knows its own x, so it expects approval with P^ = Phi((omega x + (1-omega) m - cut) / (omega sd(e)))
//! and applies only if P^ times the gain over informal finance exceeds the cost of applying: discouraged
//! borrowers outnumber rejected ones. Credit information lowers var(e) (and the cost), so it raises omega.
//! Nothing is rationed beyond approval; there are no ties.

mod counter;

pub use counter::{Borrower, Counter, Decision};

use crate::agents::firms::DIGITAL;
use crate::rules::CreditRules;
use serde::{Deserialize, Serialize};

/// Behaviour of banks and borrowers (`[credit]` in the scenario).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Params {
    /// Policy rate [1/year].
    pub policy_rate: f64,
    /// Interest on deposits [1/year].
    pub deposit_rate: f64,
    /// Operating cost of lending [1/year].
    pub operating_cost: f64,
    /// Loss given default [share].
    pub loss_given_default: f64,
    /// Mean default probability of the median firm [1/year].
    pub mean_default: f64,
    /// Sensitivity of default to the score [standard deviations].
    pub default_slope: f64,
    /// Highest default probability that a bank accepts [1/year].
    pub default_limit: f64,
    /// Rate of informal finance [1/year].
    pub informal_rate: f64,
    /// Largest part of a loan rate that the fixed cost makes [1/year].
    pub largest_fee: f64,
    /// Share of its capital that a private firm can pledge.
    pub pledgeable: f64,
    /// Extra pledgeable share of state firms.
    pub state_pledgeable: f64,
    /// Highest debt over capital, cash flow included.
    pub leverage_limit: f64,
    /// Chance in a quarter that a firm without a bank considers applying.
    pub consideration: f64,
    /// Speed at which debt moves to its target [1/quarter].
    pub debt_adjustment: f64,
    /// Spread of the true score between size classes [standard deviations per log size].
    pub size_slope: f64,
    /// Weight of leverage in the score.
    pub score_leverage: f64,
    /// Weight of the profit rate in the score.
    pub score_profit: f64,
    /// Standard deviation of what only the firm knows, in the score.
    pub private_sd: f64,
    /// Years for which a bank keeps its reading of a firm.
    pub reading_years: f64,
    /// Capital of banks relative to loans.
    pub bank_capital: f64,
    /// Time for which a bridge loan is taken when a loan must be repaid before its renewal [days].
    pub bridge_days: f64,
    /// Cost of taking deposits [1/year].
    pub deposit_cost: f64,
    /// Energy use per value added over that of industry, by firm sector.
    pub energy_intensity: Vec<f64>,
    /// What funds from outside cost less than the policy rate [1/year].
    pub outside_discount: f64,
}

/// omega: weight of the firm's own signal.
pub fn signal_weight(law: &CreditRules) -> f64 {
    1.0 / (1.0 + law.signal_noise)
}

/// What a unit of lent money costs the bank [1/year]: the policy rate, and for the share that the law lets it fund
/// outside that much less.
pub fn cost_of_funds(p: &Params, law: &CreditRules) -> f64 {
    p.policy_rate - law.outside_share * p.outside_discount
}

/// Interest on funds from outside [1/year].
pub fn outside_rate(p: &Params) -> f64 {
    (p.policy_rate - p.outside_discount).max(0.0)
}

/// Leverage of a firm whose own data are worth `data_to_capital` of its capital: the bank lends on them with a haircut.
pub fn with_data(p: &Params, law: &CreditRules, leverage: f64, data_to_capital: f64) -> f64 {
    (leverage + law.data_loan_to_value * data_to_capital).min(p.leverage_limit.max(leverage))
}

/// Debt over capital that the bank accepts: loan to value of what can be pledged, plus cash flow as far as the signal
/// informs.
pub fn leverage(p: &Params, law: &CreditRules, cash_flow_to_capital: f64, state: bool) -> f64 {
    let pledged = p.pledgeable + if state { p.state_pledgeable } else { 0.0 };
    let flow = signal_weight(law) * law.cash_flow_multiple * cash_flow_to_capital.max(0.0);
    (law.loan_to_value * pledged.min(1.0) + flow).clamp(0.0, p.leverage_limit)
}

/// Chance in a quarter that a loan comes due, at the mean maturity of the law.
pub fn due(law: &CreditRules) -> f64 {
    (0.25 / law.maturity).min(1.0)
}

/// Chance in a quarter that a firm without a bank considers a loan: by itself, or because the centre calls on it.
pub fn considers(p: &Params, law: &CreditRules) -> f64 {
    p.consideration + law.first_loan_outreach * (1.0 - p.consideration)
}

/// Cost of bridging one unit of debt that comes due: the part that must be repaid first, at the informal rate for the
/// days until the new loan [share].
pub fn bridge_cost(p: &Params, law: &CreditRules) -> f64 {
    law.repaid_before_renewal * p.informal_rate * p.bridge_days / 365.0
}

/// Expected cost of renewals of one unit of debt [1/year].
pub fn renewal_cost(p: &Params, law: &CreditRules) -> f64 {
    4.0 * due(law) * bridge_cost(p, law)
}

/// Interest subsidy of a sector [1/year]: the green one in proportion to what it uses less energy than industry, and
/// that of digital firms.
pub fn subsidy(p: &Params, law: &CreditRules, sector: usize) -> f64 {
    let green = law.green_discount * (1.0 - p.energy_intensity[sector]).max(0.0);
    green + if sector == DIGITAL { law.digital_discount } else { 0.0 }
}

/// Interest on deposits [1/year]: the administered rate, and as far as the law leaves it to the market the policy rate
/// less the cost of taking deposits.
pub fn deposit_rate(p: &Params, administered: f64) -> f64 {
    administered * p.deposit_rate + (1.0 - administered) * (p.policy_rate - p.deposit_cost)
}

/// Cost of outside and own finance of one unit of capital [1/year].
pub fn cost_of_finance(p: &Params, leverage: f64, banked: bool, rate: f64, required: f64) -> f64 {
    leverage * if banked { rate } else { p.informal_rate } + (1.0 - leverage) * required
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(super) fn params() -> Params {
        Params {
            policy_rate: 0.025,
            deposit_rate: 0.01,
            operating_cost: 0.01,
            loss_given_default: 0.45,
            mean_default: 0.01,
            default_slope: 0.5,
            default_limit: 0.05,
            informal_rate: 0.125,
            largest_fee: 0.05,
            pledgeable: 0.667,
            state_pledgeable: 0.25,
            leverage_limit: 0.85,
            consideration: 0.15,
            debt_adjustment: 0.2,
            size_slope: 0.1,
            score_leverage: 1.0,
            score_profit: 1.0,
            private_sd: 0.8,
            reading_years: 3.0,
            bank_capital: 0.1,
            bridge_days: 20.0,
            deposit_cost: 0.004,
            energy_intensity: vec![1.0, 0.2, 0.15],
            outside_discount: 0.01,
        }
    }

    pub(super) fn law(noise: f64) -> CreditRules {
        CreditRules {
            signal_noise: noise,
            application_cost: 0.01,
            fixed_cost: 0.0,
            loan_to_value: 0.6,
            cash_flow_multiple: 0.2,
            state_guarantee: 0.015,
            maturity: 2.0,
            repaid_before_renewal: 0.0,
            first_loan_relief: 0.0,
            first_loan_outreach: 0.0,
            write_off_delay: 0.0,
            green_discount: 0.0,
            digital_discount: 0.0,
            data_loan_to_value: 0.0,
            outside_share: 0.0,
        }
    }

    #[test]
    fn bridges_cost_informal_interest_on_what_is_repaid_and_longer_loans_need_fewer() {
        let (p, mut l) = (params(), law(1.0));
        l.repaid_before_renewal = 0.5;
        // half of the debt, every two years, twenty days at 12.5 % a year
        let expected = 0.5 * 0.125 * 20.0 / 365.0 / 2.0;
        assert!((renewal_cost(&p, &l) - expected).abs() < 1e-15);
        l.maturity = 4.0;
        assert!((renewal_cost(&p, &l) - 0.5 * expected).abs() < 1e-15);
        l.repaid_before_renewal = 0.0;
        assert_eq!(renewal_cost(&p, &l), 0.0);
    }

    #[test]
    fn subsidies_spare_industry_and_a_centre_reaches_a_share_of_those_who_would_not_consider_a_loan() {
        let (p, mut l) = (params(), law(1.0));
        assert_eq!(considers(&p, &l), p.consideration);
        (l.green_discount, l.digital_discount, l.first_loan_outreach) = (0.01, 0.02, 0.2);
        let paid: Vec<f64> = (0..3).map(|s| subsidy(&p, &l, s)).collect();
        assert!(paid[0] == 0.0 && (paid[1] - 0.008).abs() < 1e-15 && (paid[2] - 0.0285).abs() < 1e-15);
        assert!((considers(&p, &l) - (0.15 + 0.2 * 0.85)).abs() < 1e-15);
    }

    #[test]
    fn data_are_lent_on_with_a_haircut_and_within_the_limit() {
        let (p, mut l) = (params(), law(0.0));
        assert_eq!(with_data(&p, &l, 0.4, 0.1), 0.4);
        l.data_loan_to_value = 0.3;
        assert!((with_data(&p, &l, 0.4, 0.1) - 0.43).abs() < 1e-15);
        assert_eq!(with_data(&p, &l, 0.84, 0.1), p.leverage_limit);
    }

    #[test]
    fn a_free_deposit_rate_is_the_policy_rate_less_its_cost() {
        let p = params();
        assert_eq!(deposit_rate(&p, 1.0), p.deposit_rate);
        assert!((deposit_rate(&p, 0.0) - 0.021).abs() < 1e-15);
    }
}
