//! Governments: one a region, one municipal, and the outer government.

use serde::{Deserialize, Serialize};

/// Behaviour of governments (`[government]` in the scenario).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Params {
    /// Reaction of spending to debt above its base [1/year].
    pub debt_reaction: f64,
    /// Bonds at the start relative to yearly revenue [years].
    pub debt_to_revenue: f64,
    /// Interest on bonds [1/year].
    pub bond_rate: f64,
    /// Smoothing of expected revenue [1/quarter].
    pub revenue_smoothing: f64,
    /// Money a government keeps, in quarters of expected revenue.
    pub cash_quarters: f64,
    /// Share of purchases that are industry goods (public works).
    pub works_share: f64,
    /// Elasticity of productivity to public capital.
    pub public_elasticity: f64,
    /// Wear of public capital, and running out of sold rights [1/year].
    pub public_depreciation: f64,
    /// What districts owe a year on public capital sold [1/year].
    pub infrastructure_yield: f64,
}

/// Public capital by inside region: what ordinary works keep up, and what was built out of the sale of older plant to
/// investors (infrastructure trusts).
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct PublicCapital {
    /// Stock at the start, which ordinary works keep up [fen at start prices].
    pub start: Vec<f64>,
    /// Built out of sales, what wore out deducted [fen at start prices].
    pub added: Vec<f64>,
    /// Sold, what ran out deducted [fen].
    pub sold: Vec<i64>,
}

impl PublicCapital {
    /// The stock that start works keep up at the given wear: `works` a quarter are a quarter of it a year.
    pub fn new(works: &[f64], depreciation: f64) -> Self {
        PublicCapital {
            start: works.iter().map(|x| 4.0 * x / depreciation).collect(),
            added: vec![0.0; works.len()],
            sold: vec![0; works.len()],
        }
    }

    /// What region `r` can sell in a quarter at a yearly rate: a part of the start stock not sold yet [fen].
    pub fn offer(&self, r: usize, rate: f64) -> i64 {
        (0.25 * rate * (self.start[r] - self.sold[r] as f64).max(0.0)) as i64
    }

    /// Sells for `proceeds` and builds for them at `price`; the older part wears and runs out.
    pub fn renew(&mut self, r: usize, depreciation: f64, proceeds: i64, price: f64) {
        let keep = 1.0 - 0.25 * depreciation;
        self.added[r] = keep * self.added[r] + proceeds as f64 / price;
        self.sold[r] = (keep * self.sold[r] as f64) as i64 + proceeds;
    }
}

/// Accounts and plans of governments: inside regions in order, then the municipality.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Governments {
    /// Deposits [fen].
    pub deposits: Vec<i64>,
    /// Bonds outstanding [fen].
    pub bonds: Vec<i64>,
    /// Revenue of the running quarter, transfers included [fen].
    pub revenue: Vec<i64>,
    /// Revenue expected [fen per quarter].
    pub expected: Vec<f64>,
    /// Purchases of the quarter [fen].
    pub purchases: Vec<i64>,
    /// Benefits, pensions and interest of the last quarter [fen].
    pub fixed: Vec<i64>,
    /// Revenue of the last quarter [fen].
    pub last_revenue: Vec<i64>,
    /// Transfer from above at the start [fen per quarter].
    pub transfer: Vec<i64>,
    /// Deposits wanted [fen].
    pub cash: Vec<i64>,
    /// Balance of the outer government at the central bank [fen]; may be negative.
    pub outer: i64,
}

/// Purchases that a government plans: expected revenue less fixed outlays, less a reaction to excess debt:
/// G = E[R] - fixed - reaction/4 * (bonds - base * 4 E[R]).
pub fn planned_purchases(expected: f64, fixed: f64, bonds: f64, base_ratio: f64, reaction: f64) -> f64 {
    (expected - fixed - 0.25 * reaction * (bonds - base_ratio * 4.0 * expected)).max(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steady_sales_add_sales_over_wear_to_public_capital() {
        let mut k = PublicCapital::new(&[1e9], 0.05);
        assert_eq!(k.start[0], 8e10);
        assert_eq!(k.offer(0, 0.01), 200_000_000);
        for _ in 0..4000 {
            k.renew(0, 0.05, 1_000_000, 1.0);
        }
        // x a quarter against wear of .05 a year: 4 x / .05
        assert!((k.added[0] / 8e7 - 1.0).abs() < 1e-9, "{}", k.added[0]);
        assert!((k.sold[0] as f64 / 8e7 - 1.0).abs() < 1e-5);
        assert!(k.offer(0, 0.01) < 200_000_000);
    }
}
