//! Leases across districts: what a district would lease at any rent, and the rents when part of the gap to the common
//! one is closed.

use super::Params;
use super::histogram::{BINS, HIGH, Histogram, LOW};
use crate::base::root::bisect;

/// Excess demand for leases of one region at any rent.
#[derive(Clone, Debug)]
pub struct Curve {
    s_up: Vec<f64>,
    l_up: Vec<f64>,
    absent: f64,
    /// Logs of what a tenant pays and an owner receives, over the rent.
    band: [f64; 2],
}

impl Curve {
    /// The curve of a region under band `tau`.
    pub fn new(h: &Histogram, tau: f64) -> Self {
        let mut s_up = vec![0.0; BINS + 1];
        let mut l_up = vec![0.0; BINS + 1];
        for b in 0..BINS {
            let [s, land] = h.bins[b];
            s_up[b + 1] = s_up[b] + s;
            l_up[b + 1] = l_up[b] + land;
        }
        Curve {
            s_up,
            l_up,
            absent: h.known.absent,
            band: [(1.0 + tau).ln(), (1.0 - tau).max(1e-6).ln()],
        }
    }

    /// Demand less supply at a log rent relative to theta A [m2 per person scale].
    fn excess(&self, p: &Params, log_q: f64) -> f64 {
        let bin = |x: f64| (((x - LOW) / (HIGH - LOW) * BINS as f64).clamp(0.0, BINS as f64)) as usize;
        let (buy, sell) = (log_q + self.band[0], log_q + self.band[1]);
        let (i, j) = (bin(buy), bin(sell));
        let demand = p.land_wanted(self.s_up[BINS] - self.s_up[i], buy) - (self.l_up[BINS] - self.l_up[i]);
        let supply = self.l_up[j] - p.land_wanted(self.s_up[j], sell) + self.absent;
        demand - supply
    }

    /// Log rent that clears the region by itself; `None` if nobody farms.
    pub fn clear(&self, p: &Params) -> Option<f64> {
        (self.s_up[BINS] > 0.0).then(|| bisect(LOW, HIGH, |q| self.excess(p, q)))
    }
}

/// Log rents of districts of which each closes a part m_r (`reach`) of the gap to a common rent Q, at which what some
/// lease in beyond their own land is what others lease out: sum over r of excess_r( q_r + m_r (Q - q_r) ) = 0, where q_r
/// clears the district alone. One bisection; nothing moves where the reach is zero or nobody farms.
pub(super) fn reach(p: &Params, curves: &[Curve], alone: &[Option<f64>], reach: &[f64]) -> Vec<Option<f64>> {
    if reach.iter().all(|&m| m <= 0.0) {
        return alone.to_vec();
    }
    let open: Vec<(usize, f64)> = alone
        .iter()
        .enumerate()
        .filter_map(|(r, q)| q.filter(|_| reach[r] > 0.0).map(|q| (r, q)))
        .collect();
    let at = |r: usize, q: f64, common: f64| q + reach[r] * (common - q);
    let net = |common: f64| {
        open.iter()
            .map(|&(r, q)| curves[r].excess(p, at(r, q, common)))
            .sum::<f64>()
    };
    let common = bisect(LOW, HIGH, net);
    let mut rents = alone.to_vec();
    for &(r, q) in &open {
        rents[r] = Some(at(r, q, common));
    }
    rents
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn full_reach_gives_one_rent_and_none_leaves_districts_alone() {
        let p = Params {
            span: 0.54,
            land_share: 0.66,
            skill_sd: 0.6,
            kin_share: 0.5,
            plot_sd: 0.3,
            village_agents: 45,
            poor_yield: 0.6,
            good_share: 0.5,
        };
        // two districts of equal farmers, one with more land of absent households
        let district = |absent: f64| {
            let mut h = Histogram::default();
            for i in 0..2000 {
                let skill = (0.6 * crate::base::stats::normal_quantile((f64::from(i) + 0.5) / 2000.0)).exp();
                let s = p.size_index(skill);
                h.add(p.log_marginal(s, 2000.0), s, 2000.0);
            }
            h.known.absent = absent;
            Curve::new(&h, 0.0)
        };
        let curves = [district(0.0), district(2e6)];
        let alone: Vec<Option<f64>> = curves.iter().map(|c| c.clear(&p)).collect();
        assert!(alone[0] > alone[1]);
        assert_eq!(reach(&p, &curves, &alone, &[0.0, 0.0]), alone);
        let one = reach(&p, &curves, &alone, &[1.0, 1.0]);
        assert!((one[0].unwrap() - one[1].unwrap()).abs() < 1e-9);
        // closed form without a band: equal farmers share all land
        let s_sum: f64 = (0..2000)
            .map(|i| (0.6 * crate::base::stats::normal_quantile((f64::from(i) + 0.5) / 2000.0)).exp())
            .map(|a| p.size_index(a))
            .sum();
        let exact = (1.0 - p.theta()) * (2.0 * s_sum / (2.0 * 2000.0 * 2000.0 + 2e6)).ln();
        assert!((one[0].unwrap() - exact).abs() < 1e-3, "{one:?} {exact}");
        let half = reach(&p, &curves, &alone, &[0.5, 0.5]);
        assert!(half[0] < alone[0] && half[1] > alone[1] && half[0] > half[1]);
    }
}
