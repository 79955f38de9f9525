//! Village credit: whole-village credit lines on farm rights, lent to collectives that equip their members' farms.
//!
//! A bank lends up to a share of what the farm rights of villages with a line are worth, rent over the required return.
//! The collective buys farm capital for it; members pay interest and pay back as the capital wears, out of their sales:
//!
//! ```text
//! loan* = loan-to-value x reach x 4 rent x land / required return
//! output of farms x ( 1 + F / F0 )^a,   F0 = a (yearly value added) / (informal rate + wear)
//! ```
//!
//! F0 is the capital that farms have of their own at the start, where its marginal product is what informal finance
//! costs; it is kept up inside farms' technology. Loans are limited by collateral, not rationed otherwise.

use crate::rules::VillageCreditRules;
use serde::{Deserialize, Serialize};

/// Behaviour of lenders and villages (`[village_credit]` in the scenario).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Params {
    /// Elasticity a of farm output to farm capital.
    pub capital_share: f64,
    /// Wear of farm capital, at which loans are paid back [1/year].
    pub wear: f64,
    /// Margin of village loans over the cost of funds and of lending [1/year].
    pub margin: f64,
    /// Most of farm households' sales that interest and repayment take.
    pub largest_service: f64,
}

/// Collectives of the villages of every inside region.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Collectives {
    /// Deposits [fen].
    pub deposits: Vec<i64>,
    /// Loans [fen].
    pub debt: Vec<i64>,
    /// Farm capital bought with loans [units].
    pub capital: Vec<f64>,
    /// Farm capital of farms themselves at the start [units].
    pub start_capital: Vec<f64>,
}

impl Collectives {
    /// Collectives without loans in regions whose farms add `value` a quarter [fen].
    pub fn new(p: &Params, informal_rate: f64, value: &[f64]) -> Self {
        let own = |value: &f64| 4.0 * p.capital_share * value / (informal_rate + p.wear);
        Collectives {
            deposits: vec![0; value.len()],
            debt: vec![0; value.len()],
            capital: vec![0.0; value.len()],
            start_capital: value.iter().map(own).collect(),
        }
    }

    /// Output of the farms of region `r` relative to what it would be without the collectives' capital.
    #[inline]
    pub fn gain(&self, p: &Params, r: usize) -> f64 {
        if self.capital[r] > 0.0 && self.start_capital[r] > 0.0 {
            (1.0 + self.capital[r] / self.start_capital[r]).powf(p.capital_share)
        } else {
            1.0
        }
    }

    /// Capital of region `r` wears for a quarter, and what is bought for `spent` at `price` is added.
    pub fn equip(&mut self, p: &Params, r: usize, spent: i64, price: f64) {
        self.capital[r] = (1.0 - 0.25 * p.wear) * self.capital[r] + spent as f64 / price;
    }

    /// Interest and repayment that region `r` owes for a quarter at a yearly rate, and repays beyond `wanted` [fen].
    pub fn due(&self, p: &Params, r: usize, rate: f64, wanted: f64, speed: f64) -> [i64; 2] {
        let debt = self.debt[r] as f64;
        let back = (0.25 * p.wear * debt).max(speed * (debt - wanted));
        [(0.25 * rate * debt) as i64, (back.ceil() as i64).min(self.debt[r])]
    }
}

/// What banks lend on farm rights of yearly rent `rent` [fen].
pub fn line(law: &VillageCreditRules, rent: f64, required_return: f64) -> f64 {
    law.loan_to_value * law.reach * rent / required_return
}

#[cfg(test)]
mod tests {
    use super::*;

    fn params() -> Params {
        Params {
            capital_share: 0.1,
            wear: 0.12,
            margin: 0.01,
            largest_service: 0.3,
        }
    }

    #[test]
    fn at_the_start_farm_capital_returns_the_informal_rate_and_wear() {
        let p = params();
        let mut c = Collectives::new(&p, 0.125, &[1e9]);
        assert_eq!(c.gain(&p, 0), 1.0);
        c.capital[0] = 1e-6 * c.start_capital[0];
        let more = 4e9 * (c.gain(&p, 0) - 1.0);
        assert!((more / c.capital[0] / (0.125 + 0.12) - 1.0).abs() < 1e-4);
    }

    #[test]
    fn a_loan_that_is_renewed_at_the_pace_of_wear_keeps_capital_at_the_loan() {
        let p = params();
        let mut c = Collectives::new(&p, 0.125, &[1e9]);
        c.debt[0] = 1_000_000_000;
        c.capital[0] = 1e9;
        let [interest, back] = c.due(&p, 0, 0.04, 1e9, 0.25);
        assert_eq!((interest, back), (10_000_000, 30_000_000));
        c.equip(&p, 0, back, 1.0);
        assert!((c.capital[0] / 1e9 - 1.0).abs() < 1e-9);
        // without a line the loan is called faster than capital wears
        assert_eq!(c.due(&p, 0, 0.04, 0.0, 0.25)[1], 250_000_000);
    }

    #[test]
    fn a_line_is_a_part_of_the_value_of_rights() {
        let law = VillageCreditRules {
            loan_to_value: 0.3,
            reach: 0.5,
        };
        assert!((line(&law, 8.0, 0.08) - 15.0).abs() < 1e-12);
    }
}
