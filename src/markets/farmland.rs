//! Farmland: yearly leases of contracted plots inside a region.
//!
//! A farming household of skill a makes y = A a^(1-psi) l^theta from land l (theta = phi psi; Adamopoulos, Brandt,
//! Leight and Restuccia 2022). Its demand at rent q is l* = s (theta A / q)^(1/(1-theta)), s = a^((1-psi)/(1-theta)).
//! A share x of households cannot trade (insecure tenure). The others lease in when the marginal product of their
//! land exceeds q(1+tau) and out when it is below q(1-tau); absent households lease all. The rent clears the
//! region. Insecure absent households lend to kin of the village at no rent or leave the plot idle.
//!
//! Clearing needs one histogram of marginal products (sums of s and of land by bin), not repeated passes.
//! Rationing: integer square metres; what rounding leaves stays with the village collectives' pool.

mod histogram;
mod holder;
mod lease;
mod reach;
mod serve;
mod village;

pub use histogram::{BINS, Histogram};
pub use lease::{Leases, Villages, lease, output};
pub use reach::Curve;
pub use village::reallocate;

use crate::base::lanes::Real;
use crate::base::log::ln;
use serde::{Deserialize, Serialize};

/// Behaviour on farmland (`[farmland]` in the scenario).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Params {
    /// Span of control: exponent of everything but skill (psi).
    pub span: f64,
    /// Land share inside the span (phi).
    pub land_share: f64,
    /// Standard deviation of log farm skill.
    pub skill_sd: f64,
    /// Share of insecure absent households that lend to kin; the others leave the plot idle.
    pub kin_share: f64,
    /// Standard deviation of log plot size inside a village.
    pub plot_sd: f64,
    /// Households in a village (agents).
    pub village_agents: u32,
    /// Productivity of poor relative to good plots.
    pub poor_yield: f64,
    /// Share of good plots, among tilled and among idle land.
    pub good_share: f64,
}

impl Params {
    /// theta = phi psi.
    pub fn theta(&self) -> f64 {
        self.span * self.land_share
    }

    /// s = a^((1-psi)/(1-theta)).
    #[inline]
    pub fn size_index<N: Real>(&self, skill: N) -> N {
        (skill.map(ln) * ((1.0 - self.span) / (1.0 - self.theta()))).exp()
    }

    /// Output of one person with `land` m2: A a^(1-psi) l^theta.
    #[inline]
    pub fn output<N: Real>(&self, a_region: N, skill: N, land: N) -> N {
        a_region * (skill.map(ln) * (1.0 - self.span) + land.map(ln) * self.theta()).exp()
    }

    /// Log marginal product of land over theta A, of a person with size index `s` and `land` m2:
    /// (1-theta) ln(s / l).
    #[inline]
    pub fn log_marginal<N: Real>(&self, s: N, land: N) -> N {
        (s / land.max(1e-6)).map(ln) * (1.0 - self.theta())
    }

    /// Land wanted by size index `s` when the log of (rent / theta A) is `log_rent`: s exp(-log_rent/(1-theta)).
    #[inline]
    pub fn land_wanted(&self, s: f64, log_rent: f64) -> f64 {
        s * (-log_rent / (1.0 - self.theta())).exp()
    }
}

/// What secure farmers of a region want at its rent: the logs of what a tenant pays and an owner receives, and the land
/// that a farmer of size index one wants at either.
#[derive(Clone, Copy, Debug)]
pub struct Band {
    buy: f64,
    sell: f64,
    land: [f64; 2],
}

impl Band {
    /// At a log rent (relative to theta A) under band `tau`.
    pub fn new(p: &Params, log_rent: f64, tau: f64) -> Self {
        let (buy, sell) = (log_rent + (1.0 + tau).ln(), log_rent + (1.0 - tau).max(1e-6).ln());
        Band {
            buy,
            sell,
            land: [buy, sell].map(|q| p.land_wanted(1.0, q)),
        }
    }

    /// Land that a farmer of size index `s` and log marginal product `k` of `own` m2 wants to operate: own land inside the
    /// band.
    #[inline]
    pub fn wanted(&self, s: f64, k: f64, own: f64) -> f64 {
        if k > self.buy {
            s * self.land[0]
        } else if k < self.sell {
            s * self.land[1]
        } else {
            own
        }
    }
}

/// Productivity of tilled land after plots are swapped, over that before, and what moved [m2]: the law's share of idle
/// good plots (`good_share` of `idle_m2`) takes the place of tilled poor ones, so that effective land l rises by
/// (1 - y)/(g + (1-g) y) for every metre moved, and output by its power theta.
pub fn swapped(p: &Params, share: f64, idle_m2: i64, tilled_m2: i64) -> (f64, f64) {
    let moved = share * (p.good_share * idle_m2 as f64).min((1.0 - p.good_share) * tilled_m2 as f64);
    let gain = moved / (tilled_m2 as f64).max(1.0) * better_plot(p);
    ((1.0 + gain).powf(p.theta()), moved.max(0.0))
}

/// What a good plot has over a poor one, relative to the mean plot.
pub fn better_plot(p: &Params) -> f64 {
    let (g, y) = (p.good_share, p.poor_yield);
    (1.0 - y) / (g + (1.0 - g) * y)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_swap_moves_the_share_of_idle_good_plots() {
        // half of 100 idle m2 is good; a third of it moves; .4/.8 better than the mean
        let (quality, moved) = swapped(&params(), 1.0 / 3.0, 100, 1000);
        assert!((moved - 50.0 / 3.0).abs() < 1e-9);
        let exact = (1.0 + moved / 1000.0 * 0.5).powf(params().theta());
        assert!((quality - exact).abs() < 1e-12);
        assert_eq!(swapped(&params(), 0.0, 100, 1000), (1.0, 0.0));
    }

    fn params() -> Params {
        Params {
            span: 0.54,
            land_share: 0.8,
            skill_sd: 0.6,
            kin_share: 0.5,
            plot_sd: 0.3,
            village_agents: 45,
            poor_yield: 0.6,
            good_share: 0.5,
        }
    }

    #[test]
    fn without_frictions_the_rent_is_the_closed_form() {
        // x = 0, tau = 0: sum s (theta A/q)^(1/(1-theta)) = L  =>  log(q / theta A) = (1-theta) ln(sum s / L)
        let p = params();
        let mut h = Histogram::default();
        let (mut s_sum, mut l_sum) = (0.0, 0.0);
        for i in 0..5000 {
            let skill = (0.6 * crate::base::stats::normal_quantile((f64::from(i) + 0.5) / 5000.0)).exp();
            let s = p.size_index(skill);
            h.add(p.log_marginal(s, 2000.0), s, 2000.0);
            s_sum += s;
            l_sum += 2000.0;
        }
        h.known.farmers = [s_sum, l_sum];
        assert!((h.shadow_rent(&p) - (1.0 - p.theta()) * (s_sum / l_sum).ln()).abs() < 1e-12);
        assert_eq!(Histogram::default().shadow_rent(&p), f64::NEG_INFINITY);
        h.known.absent = 1e6;
        l_sum += 1e6;
        let q = h.clear(&p, 0.0).unwrap();
        let exact = (1.0 - p.theta()) * (s_sum / l_sum).ln();
        assert!((q - exact).abs() < 1e-6, "{q} {exact}");
    }

    #[test]
    fn a_wider_band_leases_less() {
        let p = params();
        let leased = |tau: f64| {
            let mut h = Histogram::default();
            let farmers: Vec<f64> = (0..4000)
                .map(|i| p.size_index((0.6 * crate::base::stats::normal_quantile((f64::from(i) + 0.5) / 4000.0)).exp()))
                .collect();
            farmers
                .iter()
                .for_each(|&s| h.add(p.log_marginal(s, 2000.0), s, 2000.0));
            let q = h.clear(&p, tau).unwrap();
            farmers
                .iter()
                .map(|&s| {
                    let wanted = Band::new(&p, q, tau).wanted(s, p.log_marginal(s, 2000.0), 2000.0);
                    (wanted - 2000.0).max(0.0)
                })
                .sum::<f64>()
        };
        assert!(leased(0.05) > leased(0.3) && leased(0.3) > 0.0);
    }
}
