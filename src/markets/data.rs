//! Data: by-products of sales, non-rival, shared through an exchange (Jones and Tonetti 2020; Farboodi and
//! Veldkamp 2021).
//!
//! Own data follow d' = (1 - delta) d + revenue, fade and enter output with exponent eta. A connected firm that
//! subscribes uses d + reach * shared pool (the pool in units of an average firm). It subscribes when its gain
//! rho eta R ln(1 + pool/d) exceeds the price, a share of the mean gain. A holder shares when the exchange pays
//! more for its data than rivals are expected to take, loss * rho eta R u with a persistent u; so clearer
//! rights and audits (a lower loss) and a wider exchange raise sharing. Data are non-rival: no rationing.

use crate::agents::firms::Firms;
use crate::base::blocks;
use serde::{Deserialize, Serialize};

/// Behaviour of data holders (`[data]` in the scenario).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Params {
    /// Fading of data [1/year].
    pub fading: f64,
    /// Reach of the pool: average firms' data that a full pool offers.
    pub reach: f64,
    /// Price as a share of the mean gain of subscribers.
    pub price_share: f64,
    /// Standard deviation of the log fear of rivals.
    pub fear_sd: f64,
}

/// Gain of a subscriber [fen per quarter]: rho eta R ln(1 + pool / own).
#[inline]
pub fn gain(rho_eta: f64, revenue: f64, pool: f64, own: f64) -> f64 {
    rho_eta * revenue * (pool / own.max(1e-9)).ln_1p()
}

/// Whether a holder shares: pay per unit of data against the expected loss.
#[inline]
pub fn shares(pay_per_unit: f64, own: f64, loss: f64, rho_eta: f64, revenue: f64, fear: f64) -> bool {
    pay_per_unit * own > loss * rho_eta * revenue * fear
}

/// Value of data that bring `brings` a quarter and fade, to an owner who requires a return [fen].
pub fn value(p: &Params, brings: f64, required_return: f64) -> f64 {
    4.0 * brings / (required_return + p.fading)
}

/// A connected firm of the sector.
#[derive(Clone, Copy, Debug)]
pub struct Member {
    /// Firm agent.
    pub firm: usize,
    /// Whether it shares: the pay that it expects beats the loss that it fears.
    pub shares: bool,
}

/// The pool that holders share.
#[derive(Clone, Debug, Default)]
pub struct Pool {
    /// Data of the sector [units].
    pub all: f64,
    /// Firms of the sector.
    pub firms: f64,
    /// Data shared [units].
    pub shared: f64,
    /// Firms that share, in order.
    pub holders: Vec<usize>,
}

impl Pool {
    /// Share of the sector's data that is shared.
    pub fn share(&self) -> f64 {
        self.shared / self.all
    }

    /// What a subscriber can use: reach x share x data of the average firm [units].
    pub fn offered(&self, p: &Params) -> f64 {
        p.reach * self.share() * self.all / self.firms
    }
}

/// Subscriptions of a quarter.
#[derive(Clone, Debug)]
pub struct Subscriptions {
    /// Price for one firm [fen per quarter].
    pub price: f64,
    /// Connected firms.
    pub connected: f64,
    /// Firms that subscribe, in order.
    pub buyers: Vec<usize>,
}

/// Revenue of one firm of lump `f` [fen per quarter].
#[inline]
pub fn revenue(firms: &Firms, f: usize) -> f64 {
    firms.revenue[f] as f64 / firms.weight[f]
}

/// Data of a firm a quarter later: its sales become data and old data fade, d' = (1 - delta) d + revenue [units].
#[inline]
pub fn aged(p: &Params, own: f64, revenue: f64) -> f64 {
    (1.0 - 0.25 * p.fading) * own + revenue
}

/// What connected members share of the data of `all` firms of the sector.
pub fn pool(firms: &Firms, all: impl Iterator<Item = usize>, members: &[Member]) -> Pool {
    let mut pool = Pool::default();
    for f in all.filter(|&f| firms.weight[f] > 0.0) {
        pool.all += firms.data[f] * firms.weight[f];
        pool.firms += firms.weight[f];
    }
    for m in members.iter().filter(|m| m.shares) {
        pool.shared += firms.data[m.firm] * firms.weight[m.firm];
        pool.holders.push(m.firm);
    }
    pool
}

/// The price is a share of the mean gain of connected members; who gains more and can pay in full subscribes.
pub fn subscribe(p: &Params, rho_eta: f64, offered: f64, firms: &Firms, members: &[Member]) -> Subscriptions {
    let of_firm = |f: usize| gain(rho_eta, revenue(firms, f), offered, firms.data[f]);
    let gains = blocks::map_firms(
        members.len(),
        |_| (),
        |(), k| (members[k].firm, of_firm(members[k].firm)),
    );
    let (sum, connected) = gains.iter().fold((0.0, 0.0), |(s, m), &(f, g)| {
        (s + g * firms.weight[f], m + firms.weight[f])
    });
    let price = p.price_share * sum / f64::max(connected, 1.0);
    let subscribes = |&&(f, gain): &&(usize, f64)| {
        let can_pay = price * firms.weight[f] <= firms.deposits[f] as f64;
        gain > price && price > 0.0 && can_pay
    };
    Subscriptions {
        price,
        connected,
        buyers: gains.iter().filter(subscribes).map(|g| g.0).collect(),
    }
}

/// Pay per unit that next quarter's holders can expect: today's, or, with an empty pool, what a first one would get
/// from connected firms [fen per unit].
pub fn pay_in_sight(p: &Params, rho_eta: f64, pool: &Pool, connected: f64, paid: f64) -> f64 {
    if pool.shared > 0.0 {
        paid / pool.shared
    } else {
        p.price_share * rho_eta * p.reach * connected / f64::max(pool.firms, 1.0) * (0.25 * p.fading)
    }
}
