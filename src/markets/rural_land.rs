//! Rural construction land: paid exit from homesteads, the call of quotas, collective commercial land.
//!
//! A household gives its homestead up if what it gets exceeds what the homestead is worth to it:
//!
//! ```text
//! share x price / (1+d)^lag + support  >  u,   ln u ~ N( ln(use value + option of return), sd )
//! ```
//!
//! The option of return is small for those who hold a local hukou elsewhere, so security of hukou raises exits (Zhu
//! 2017). Who is willing at the terms of the start has left before the start; better terms bring those between.
//! Quotas are sold in a call at one price. A district wants new land as long as its value, P_H (1 - 1/eps) less the cost
//! of building on it, exceeds the price, and closes a part a of the gap in a year:
//!
//! ```text
//! wanted = a eps L ln( value / (price + cost) )     negative: land of its own plan quota that it would sell
//! ```
//!
//! Below the floor of the law nothing is sold; the long side is rationed in proportion.

use crate::base::stats::normal_cdf;
use crate::rules::RuralLandRules;
use serde::{Deserialize, Serialize};

/// Homes of plot holders: 0 in the village, 1 away without a local hukou where they live, 2 away with one.
pub const CLASSES: usize = 3;

/// Behaviour on rural construction land (`[rural_land]` in the scenario).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Params {
    /// Homestead of a plot holder [m2 per worker].
    pub homestead_m2: f64,
    /// Collective commercial land relative to homesteads.
    pub commercial_share: f64,
    /// Mean price of quotas at the start [yuan per m2].
    pub start_price: f64,
    /// Median use value of a homestead: lived in, left [yuan per m2].
    pub use_value: Vec<f64>,
    /// Value of the option to return, away without a local hukou [yuan per m2].
    pub return_option: f64,
    /// Share of that option that is left with a local hukou.
    pub settled_option: f64,
    /// Standard deviation of the log value of homesteads.
    pub value_sd: f64,
    /// Willing households that give up in a year [1/year].
    pub exit_speed: f64,
    /// Cost of waiting for the quota [1/year].
    pub discount: f64,
    /// What holders get for farmland taken for building [yuan per m2].
    pub acquisition_price: f64,
    /// Part of the gap to the land wanted that districts close in a year [1/year].
    pub demand_speed: f64,
    /// Administrative quota of a year over urban land [1/year].
    pub plan_rate: f64,
    /// Residential part of new urban land.
    pub residential_share: f64,
    /// Farmland that may be built on in a year [1/year].
    pub largest_conversion: f64,
    /// Collective commercial land with equal rights that is offered in a year [1/year].
    pub commercial_release: f64,
    /// Value of collective commercial land to its collective [yuan per m2].
    pub own_use_value: f64,
    /// Discount of land that is no collateral.
    pub pledge_discount: f64,
}

/// What a household gets for a square metre when quotas sell at `price`, waiting counted [yuan per m2].
pub fn offer(p: &Params, law: &RuralLandRules, price: f64) -> f64 {
    law.household_share * price * (1.0 + p.discount).powf(-law.inspection_lag) + law.exit_support
}

/// Share of households of a class that give their homestead up at an offer [yuan per m2].
pub fn willing(p: &Params, class: usize, offer: f64) -> f64 {
    let option = [0.0, p.return_option, p.settled_option * p.return_option];
    let median = p.use_value[usize::from(class > 0)] + option[class];
    normal_cdf((offer.max(1e-9) / median).ln() / p.value_sd)
}

/// A district in the call.
#[derive(Clone, Copy, Debug, Default)]
pub struct District {
    /// Value of residential land at the margin, P_H (1 - 1/eps) [fen per m2].
    pub value: f64,
    /// Cost of building on new land: compensation, levelling, networks [fen per m2].
    pub cost: f64,
    /// Change of land wanted by a unit of log value, a eps L [m2].
    pub response: f64,
    /// Quotas that must be used here [m2].
    pub tied: f64,
    /// Most land that can be built on this year [m2].
    pub most: f64,
    /// Plan quota that may be sold to others [m2].
    pub plan: f64,
}

impl District {
    /// Land wanted at a price [m2].
    pub fn wanted(&self, price: f64) -> f64 {
        self.response * (self.value / (price + self.cost).max(1e-9)).ln()
    }

    /// Price at which the district wants its tied quotas, at least `floor` [fen per m2].
    pub fn own_price(&self, floor: f64) -> f64 {
        let more = if self.response > 0.0 {
            self.tied / self.response
        } else {
            0.0
        };
        (self.value * (-more).exp() - self.cost).max(floor)
    }

    /// Tied quotas bought at the own price [m2].
    pub fn own_use(&self, floor: f64) -> f64 {
        self.tied
            .min(self.wanted(self.own_price(floor)).max(0.0))
            .min(self.most)
    }

    /// What it buys (positive) or sells (negative) in the call at a price, its tied quotas being used [m2].
    pub fn trade(&self, price: f64, floor: f64) -> f64 {
        let used = self.own_use(floor);
        (self.wanted(price) - used).clamp(-self.plan, (self.most - used).max(0.0))
    }
}

/// Price of the call at which districts take `supply` quotas of households beside each other's plan quotas, not below the
/// floor [fen per m2]; by bisection.
pub fn clear(districts: &[District], supply: f64, floor: f64) -> f64 {
    let excess = |price: f64| districts.iter().map(|d| d.trade(price, floor)).sum::<f64>() - supply;
    let top = districts.iter().map(|d| d.value).fold(0.0, f64::max);
    let (mut lo, mut hi) = (floor, top.max(floor));
    for _ in 0..60 {
        let mid = 0.5 * (lo + hi);
        if excess(mid) > 0.0 { lo = mid } else { hi = mid }
    }
    0.5 * (lo + hi)
}

/// Price of collective commercial land over that of state land: land that is no collateral is worth less to firms.
pub fn collective_price(p: &Params, law: &RuralLandRules) -> f64 {
    1.0 - p.pledge_discount * (1.0 - law.collateral_value)
}

/// Levy on a lease of collective land at `price` and own use `own` [fen per m2]; `None` if the collective keeps it.
pub fn levy(law: &RuralLandRules, price: f64, own: f64) -> Option<f64> {
    let gain = price - own;
    (gain * (1.0 - law.adjustment_levy) > 0.0).then_some(law.adjustment_levy * gain)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn params() -> Params {
        Params {
            homestead_m2: 250.0,
            commercial_share: 0.1,
            start_price: 300.0,
            use_value: vec![900.0, 300.0],
            return_option: 500.0,
            settled_option: 0.2,
            value_sd: 0.8,
            exit_speed: 0.2,
            discount: 0.08,
            acquisition_price: 100.0,
            demand_speed: 0.02,
            plan_rate: 0.01,
            residential_share: 0.4,
            largest_conversion: 0.005,
            commercial_release: 0.1,
            own_use_value: 60.0,
            pledge_discount: 0.15,
        }
    }

    fn law() -> RuralLandRules {
        RuralLandRules {
            household_share: 0.85,
            exit_support: 0.0,
            inspection_lag: 2.0,
            quota_floor: 150.0,
            pool_share: 0.0,
            equal_rights: 1.0,
            adjustment_levy: 0.35,
            collateral_value: 0.3,
        }
    }

    #[test]
    fn security_of_hukou_makes_households_willing() {
        let (p, law) = (params(), law());
        let o = offer(&p, &law, 300.0);
        assert!((o - 0.85 * 300.0 / 1.1664).abs() < 1e-9);
        let share: Vec<f64> = (0..CLASSES).map(|c| willing(&p, c, o)).collect();
        assert!(share[0] < share[1] && share[1] < share[2], "{share:?}");
        // the measured effect of hukou on willingness
        assert!((share[2] - share[1] - 0.27).abs() < 0.1, "{share:?}");
        // half of a class at its median
        assert!((willing(&p, 0, 900.0) - 0.5).abs() < 1e-9);
    }

    #[test]
    fn two_districts_trade_to_the_closed_form() {
        // equal responses, no bounds: the price makes the product of values the product of (price + cost)
        let d = |value: f64| District {
            value,
            cost: 500.0,
            response: 1000.0,
            tied: 0.0,
            most: 1e9,
            plan: 1e9,
        };
        let price = clear(&[d(1600.0), d(900.0)], 0.0, 1.0);
        assert!((price - (1200.0 - 500.0)).abs() < 1e-6, "{price}");
        // supply lowers it
        assert!(clear(&[d(1600.0), d(900.0)], 100.0, 1.0) < price);
        // the floor binds
        assert!((clear(&[d(600.0), d(550.0)], 1e6, 150.0) - 150.0).abs() < 1e-6);
    }

    #[test]
    fn tied_quotas_lower_the_own_price_along_demand() {
        let d = District {
            value: 1000.0,
            cost: 700.0,
            response: 1000.0,
            tied: 100.0,
            most: 1e9,
            plan: 0.0,
        };
        let price = d.own_price(10.0);
        assert!((price - (1000.0 * (-0.1f64).exp() - 700.0)).abs() < 1e-9);
        assert!((d.own_use(10.0) - 100.0).abs() < 1e-6);
        // at a floor above it less is bought
        assert!(d.own_use(250.0) < 100.0);
    }

    #[test]
    fn the_levy_takes_its_part_of_the_gain() {
        assert_eq!(levy(&law(), 260.0, 60.0), Some(70.0));
        assert_eq!(levy(&law(), 50.0, 60.0), None);
        assert!((collective_price(&params(), &law()) - (1.0 - 0.15 * 0.7)).abs() < 1e-12);
    }
}
