//! Computing: what bounds the use of data, bought at one price in one network.
//!
//! Services of data are D = x^(1-kappa) c^kappa of data x and computing c, so a firm spends the share kappa of what
//! data bring it, m = kappa rho eta R, whatever the price p is, and uses m / p. Relative to the start (p = 1,
//! quantity 1) firms' own and rented capacity is supplied with unit elasticity and a hub of the districts adds h:
//!
//! ```text
//! p + h = 1 / p   =>   p = ( sqrt(h^2 + 4) - h ) / 2,   D = x p^-kappa,   hub's part of the quantity = h p
//! ```
//!
//! The price clears; nobody is rationed. Firms' demand and capacity of the start grow with sales alike, so p moves with
//! the hub only.

use serde::{Deserialize, Serialize};

/// Behaviour of users and builders of computing (`[computing]` in the scenario).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Params {
    /// Share kappa of computing in the services of data.
    pub share: f64,
    /// Wear of computing capacity [1/year].
    pub wear: f64,
    /// Share of the missing capacity of the hub that is built in a year [1/year].
    pub building: f64,
}

/// The hub of the districts, by inside region.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Hub {
    /// Capacity [fen per quarter at the price of the start].
    pub capacity: Vec<f64>,
    /// What firms spent on computing at the start [fen per quarter].
    pub start: Vec<f64>,
}

impl Hub {
    /// No hub, and firms that spent `start` on computing.
    pub fn new(start: Vec<f64>) -> Self {
        Hub {
            capacity: vec![0.0; start.len()],
            start,
        }
    }

    /// Capacity h relative to all computing of the start.
    pub fn size(&self) -> f64 {
        let start: f64 = self.start.iter().sum();
        self.capacity.iter().sum::<f64>() / start.max(1.0)
    }

    /// Capacity that region `r` builds in a quarter when the law wants `wanted` [fen per quarter at the start's price]:
    /// what wears out, and part of what is missing, not beyond what is wanted; what is not replaced is gone.
    pub fn build(&mut self, p: &Params, r: usize, wanted: f64) -> f64 {
        let now = self.capacity[r];
        let kept = now * (1.0 - 0.25 * p.wear);
        let plan = now - kept + 0.25 * p.building * (wanted - now).max(0.0);
        let built = plan.min(wanted - kept).max(0.0);
        self.capacity[r] = kept + built;
        built
    }
}

/// Price of computing relative to the start when the hub adds `hub` to the capacity of the start.
pub fn price(hub: f64) -> f64 {
    0.5 * ((hub * hub + 4.0).sqrt() - hub)
}

/// Services of data relative to the start at that price.
pub fn factor(p: &Params, price: f64) -> f64 {
    price.powf(-p.share)
}

/// What a firm spends on computing [fen per quarter].
pub fn spending(p: &Params, rho_eta: f64, revenue: f64) -> f64 {
    p.share * rho_eta * revenue
}

/// Investment in a unit of capacity [fen per fen a quarter]: the price of its services over the user cost of a quarter.
pub fn cost_of_capacity(p: &Params, required_return: f64) -> f64 {
    4.0 / (required_return + p.wear)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn params() -> Params {
        Params {
            share: 0.3,
            wear: 0.2,
            building: 0.5,
        }
    }

    #[test]
    fn the_price_clears_demand_of_unit_elasticity_against_own_capacity_and_the_hub() {
        assert_eq!(price(0.0), 1.0);
        for hub in [0.1, 0.5, 2.0] {
            let p = price(hub);
            assert!((p + hub - 1.0 / p).abs() < 1e-12);
            assert!(factor(&params(), p) > 1.0);
        }
    }

    #[test]
    fn a_hub_reaches_what_is_wanted_and_wears_out_when_it_is_given_up() {
        let (p, mut hub) = (params(), Hub::new(vec![1e6]));
        let mut spent = 0.0;
        for _ in 0..200 {
            spent = hub.build(&p, 0, 2e5);
        }
        assert!((hub.capacity[0] / 2e5 - 1.0).abs() < 1e-6 && (hub.size() - 0.2).abs() < 1e-6);
        // in the end only wear is replaced
        assert!((spent / (0.05 * 2e5) - 1.0).abs() < 1e-4);
        assert_eq!(hub.build(&p, 0, 0.0), 0.0);
        assert!((hub.capacity[0] / (0.95 * 2e5) - 1.0).abs() < 1e-6);
    }

    #[test]
    fn capacity_costs_what_its_services_return() {
        let p = params();
        assert!((cost_of_capacity(&p, 0.08) * 0.25 * (0.08 + p.wear) - 1.0).abs() < 1e-12);
    }
}
