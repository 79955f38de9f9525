//! Banks: one a geographical group of regions, all owned by the equity fund, and the central bank, which holds the accounts
//! of the outside.

use crate::books::BANKS;
use serde::{Deserialize, Serialize};

/// What banks own and what they have not yet given up.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Banks {
    /// Equity by bank [fen].
    pub equity: [i64; BANKS],
    /// Loans of closed insolvent firms that are not written off, by inside region [fen].
    pub bad_loans: Vec<i64>,
}

impl Banks {
    /// Banks without equity or bad loans, in `inside` regions.
    pub fn new(inside: usize) -> Self {
        Banks {
            equity: [0; BANKS],
            bad_loans: vec![0; inside],
        }
    }

    /// What bank `b` owns above the capital that it must hold, a share `capital` of its `loans`, bad ones included [fen]:
    /// paid out, or where negative filled up.
    pub fn spare(&self, b: usize, loans: i64, capital: f64) -> i64 {
        self.equity[b] - (capital * loans as f64) as i64
    }

    /// Bad loans of region `r` that banks write off in a quarter when the law has them wait `delay` years on average: all
    /// at once below a quarter [fen].
    pub fn given_up(&self, r: usize, delay: f64) -> i64 {
        let pace = 0.25 / delay.max(0.25);
        (pace * self.bad_loans[r] as f64).ceil() as i64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn capital_above_the_requirement_is_spare_and_below_it_is_missing() {
        let mut banks = Banks::new(2);
        banks.equity[1] = 130;
        assert_eq!(banks.spare(1, 1000, 0.08), 50);
        assert_eq!(banks.spare(1, 2000, 0.08), -30);
    }

    #[test]
    fn every_bad_loan_ends() {
        let mut banks = Banks::new(1);
        banks.bad_loans[0] = 1000;
        assert_eq!(banks.given_up(0, 0.0), 1000);
        assert_eq!(banks.given_up(0, 1.0), 250);
        for _ in 0..60 {
            banks.bad_loans[0] -= banks.given_up(0, 1.0);
        }
        assert_eq!(banks.bad_loans[0], 0);
    }
}
