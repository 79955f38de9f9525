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

use crate::agents::workers::{Status, Workers, flag};
use crate::base::blocks;
use crate::base::draws::{Reader, Stream, unit};
use crate::base::split::split_i64;
use crate::rules::Rules;
use serde::{Deserialize, Serialize};
use std::sync::atomic::{AtomicI64, Ordering::Relaxed};

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
}

impl Params {
    /// theta = phi psi.
    pub fn theta(&self) -> f64 {
        self.span * self.land_share
    }

    /// s = a^((1-psi)/(1-theta)).
    #[inline]
    pub fn size_index(&self, skill: f64) -> f64 {
        skill.powf((1.0 - self.span) / (1.0 - self.theta()))
    }

    /// Output of one person with `land` m2: A a^(1-psi) l^theta.
    #[inline]
    pub fn output(&self, a_region: f64, skill: f64, land: f64) -> f64 {
        a_region * skill.powf(1.0 - self.span) * land.max(0.0).powf(self.theta())
    }

    /// Log marginal product of land over theta A, of a person with size index `s` and `land` m2:
    /// (1-theta) ln(s / l).
    #[inline]
    pub fn log_marginal(&self, s: f64, land: f64) -> f64 {
        (1.0 - self.theta()) * (s / land.max(1e-6)).ln()
    }

    /// Land wanted by size index `s` when the log of (rent / theta A) is `log_rent`: s exp(-log_rent/(1-theta)).
    #[inline]
    pub fn land_wanted(&self, s: f64, log_rent: f64) -> f64 {
        s * (-log_rent / (1.0 - self.theta())).exp()
    }
}

/// Bins of the histogram of log marginal products.
pub const BINS: usize = 4096;
const LOW: f64 = -12.0;
const HIGH: f64 = 12.0;

/// What one region's market knows: sums by bin of log marginal product (relative to theta A) of secure farmers.
#[derive(Clone, Debug)]
pub struct Histogram {
    /// Sum of size indices.
    pub s: Vec<f64>,
    /// Sum of own land [m2 per person scale].
    pub land: Vec<f64>,
    /// Land of secure absent households [m2].
    pub absent: f64,
}

impl Default for Histogram {
    fn default() -> Self {
        Self {
            s: vec![0.0; BINS],
            land: vec![0.0; BINS],
            absent: 0.0,
        }
    }
}

impl Histogram {
    /// Adds a secure farmer.
    #[inline]
    pub fn add(&mut self, log_marginal: f64, s: f64, land: f64) {
        let b = (((log_marginal - LOW) / (HIGH - LOW) * BINS as f64).max(0.0) as usize).min(BINS - 1);
        self.s[b] += s;
        self.land[b] += land;
    }

    /// Adds another block's sums.
    pub fn merge(&mut self, other: &Histogram) {
        for b in 0..BINS {
            self.s[b] += other.s[b];
            self.land[b] += other.land[b];
        }
        self.absent += other.absent;
    }

    /// Log rent (relative to theta A) that clears the region under band `tau`, by bisection on prefix sums.
    /// `None` if nobody farms.
    pub fn clear(&self, p: &Params, tau: f64) -> Option<f64> {
        let mut s_up = vec![0.0; BINS + 1];
        let mut l_up = vec![0.0; BINS + 1];
        for b in 0..BINS {
            s_up[b + 1] = s_up[b] + self.s[b];
            l_up[b + 1] = l_up[b] + self.land[b];
        }
        if s_up[BINS] <= 0.0 {
            return None;
        }
        let bin = |x: f64| (((x - LOW) / (HIGH - LOW) * BINS as f64).clamp(0.0, BINS as f64)) as usize;
        let excess = |log_q: f64| {
            let (buy, sell) = (log_q + (1.0 + tau).ln(), log_q + (1.0 - tau).max(1e-6).ln());
            let (i, j) = (bin(buy), bin(sell));
            let demand = p.land_wanted(s_up[BINS] - s_up[i], buy) - (l_up[BINS] - l_up[i]);
            let supply = l_up[j] - p.land_wanted(s_up[j], sell) + self.absent;
            demand - supply
        };
        let (mut lo, mut hi) = (LOW, HIGH);
        for _ in 0..60 {
            let mid = 0.5 * (lo + hi);
            if excess(mid) > 0.0 { lo = mid } else { hi = mid }
        }
        Some(0.5 * (lo + hi))
    }
}

/// Land a secure farmer with `own` m2 wants to operate at the cleared log rent: own land inside the band.
#[inline]
pub fn wanted(p: &Params, s: f64, own: f64, log_rent: f64, tau: f64) -> f64 {
    let k = p.log_marginal(s, own);
    let (buy, sell) = (log_rent + (1.0 + tau).ln(), log_rent + (1.0 - tau).max(1e-6).ln());
    if k > buy {
        p.land_wanted(s, buy)
    } else if k < sell {
        p.land_wanted(s, sell)
    } else {
        own
    }
}

/// What a year of leases settles in one region.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Leases {
    /// Log rent relative to theta A.
    pub log_rent: f64,
    /// Leased land [m2].
    pub leased_m2: i64,
    /// Land lent to kin [m2].
    pub kin_m2: i64,
    /// Idle plots [m2].
    pub idle_m2: i64,
    /// Land that rounding, or want of farmers, left with the collectives [m2].
    pub pool_m2: i64,
    /// Sum over farmers of a^(1-psi) l^theta per person, times people.
    pub output: f64,
}

/// Lets the land of all plots for a year: writes `operated_m2` and `leased_m2` of every worker.
/// `tenure` gives each household its persistent luck (two words: security, use of an idle plot). Land that converts
/// returned to their village (`returned_m2`) is tilled by its farmers in equal parts, as land lent to kin is.
pub fn lease(
    p: &Params,
    laws: &[Rules],
    workers: &mut Workers,
    village_region: &[u8],
    returned_m2: &[i64],
    scale: f64,
    tenure: &Stream,
) -> Vec<Leases> {
    let regions = laws.len();
    let n = workers.len();
    // two words a household, read in order along a block: tenure security and the use of an idle plot
    let luck = |words: &mut Reader, generation: u16| {
        let g = u32::from(generation);
        (unit(words.word_of(g)), unit(words.word_of(g)))
    };
    // kin land of every village goes to its farmers in equal parts
    let kin: Vec<AtomicI64> = returned_m2.iter().map(|&m2| AtomicI64::new(m2)).collect();
    let farmers: Vec<AtomicI64> = village_region.iter().map(|_| AtomicI64::new(0)).collect();
    blocks::map(n, |range| {
        let mut words = tenure.at(range.start);
        for i in range {
            let (security, idle) = luck(&mut words, workers.generation[i]);
            if workers.plot_m2[i] == 0 {
                continue;
            }
            let v = workers.village[i] as usize;
            if workers.status[i] == Status::Farm {
                farmers[v].fetch_add(1, Relaxed);
            } else {
                let law = &laws[village_region[v] as usize].farmland;
                if security < law.insecure_share && idle < p.kin_share {
                    kin[v].fetch_add(i64::from(workers.plot_m2[i]), Relaxed);
                }
            }
        }
    });
    let kin: Vec<i64> = kin.into_iter().map(AtomicI64::into_inner).collect();
    let farmers: Vec<i64> = farmers.into_iter().map(AtomicI64::into_inner).collect();
    let kin_part = |v: usize| kin[v].checked_div(farmers[v]).unwrap_or(0);

    let histograms = blocks::map(n, |range| {
        let mut h: Vec<Option<Histogram>> = vec![None; regions];
        let mut words = tenure.at(range.start);
        for i in range {
            let security = luck(&mut words, workers.generation[i]).0;
            if workers.plot_m2[i] == 0 {
                continue;
            }
            let v = workers.village[i] as usize;
            let r = village_region[v] as usize;
            if security < laws[r].farmland.insecure_share {
                continue;
            }
            let h = h[r].get_or_insert_with(Histogram::default);
            if workers.status[i] == Status::Farm {
                let s = p.size_index(f64::from(workers.farm_skill[i]));
                let own = (i64::from(workers.plot_m2[i]) + kin_part(v)) as f64 / scale;
                h.add(p.log_marginal(s, own), s, own);
            } else {
                h.absent += f64::from(workers.plot_m2[i]) / scale;
            }
        }
        h
    });
    let mut market = vec![Histogram::default(); regions];
    for part in &histograms {
        for (m, h) in market.iter_mut().zip(part) {
            if let Some(h) = h {
                m.merge(h);
            }
        }
    }
    let log_rent: Vec<Option<f64>> = market
        .iter()
        .zip(laws)
        .map(|(h, law)| h.clear(p, law.farmland.transaction_cost))
        .collect();

    // wishes in whole square metres: positive = lease in, negative = lease out
    let wish = |w: &Workers, i: usize, security: f64| -> i64 {
        let v = w.village[i] as usize;
        let r = village_region[v] as usize;
        let plot = i64::from(w.plot_m2[i]);
        if security < laws[r].farmland.insecure_share {
            return 0;
        }
        let Some(q) = log_rent[r] else { return 0 };
        if w.status[i] != Status::Farm {
            return -plot;
        }
        let s = p.size_index(f64::from(w.farm_skill[i]));
        let own = plot + kin_part(v);
        let want = wanted(p, s, own as f64 / scale, q, laws[r].farmland.transaction_cost) * scale;
        (want as i64 - own).max(-plot)
    };
    let sums = blocks::map(n, |range| {
        let mut io = vec![[0i64; 2]; regions];
        let mut words = tenure.at(range.start);
        for i in range {
            let security = luck(&mut words, workers.generation[i]).0;
            if workers.plot_m2[i] == 0 {
                continue;
            }
            let x = wish(workers, i, security);
            let r = village_region[workers.village[i] as usize] as usize;
            io[r][usize::from(x < 0)] += x.abs();
        }
        io
    });
    let mut out = vec![Leases::default(); regions];
    let mut total = vec![[0i64; 2]; regions];
    for io in &sums {
        for (t, x) in total.iter_mut().zip(io) {
            t[0] += x[0];
            t[1] += x[1];
        }
    }
    // the long side is cut in proportion, cumulatively, so that both sides agree to the square metre
    let mut share = vec![[0i64; 2]; sums.len() * regions];
    for r in 0..regions {
        let traded = total[r][0].min(total[r][1]);
        for side in 0..2 {
            let weights: Vec<i64> = sums.iter().map(|io| io[r][side]).collect();
            let mut parts = vec![0i64; weights.len()];
            split_i64(traded, &weights, &mut parts);
            for (b, &x) in parts.iter().enumerate() {
                share[b * regions + r][side] = x;
            }
        }
        out[r].leased_m2 = traded;
        out[r].log_rent = log_rent[r].unwrap_or(0.0);
    }
    let view: &Workers = workers;
    let rows = blocks::map(n, |range| {
        let b = range.start / blocks::BLOCK;
        let mut seen = vec![[0i64; 2]; regions];
        let mut given = vec![[0i64; 2]; regions];
        let mut rows = Vec::with_capacity(range.len());
        let mut add = vec![Leases::default(); regions];
        let mut words = tenure.at(range.start);
        for i in range {
            let (security, idle) = luck(&mut words, view.generation[i]);
            let plot = i64::from(view.plot_m2[i]);
            if plot == 0 {
                rows.push((0u32, 0i32, false));
                continue;
            }
            let v = view.village[i] as usize;
            let r = village_region[v] as usize;
            let x = wish(view, i, security);
            let side = usize::from(x < 0);
            seen[r][side] += x.abs();
            let all = sums[b][r][side];
            let upto = if all > 0 {
                (i128::from(share[b * regions + r][side]) * i128::from(seen[r][side]) / i128::from(all)) as i64
            } else {
                0
            };
            let got = upto - given[r][side];
            given[r][side] = upto;
            let net = if side == 0 { got } else { -got };
            if view.status[i] == Status::Farm {
                let operated = plot + kin_part(v) + net;
                let skill = f64::from(view.farm_skill[i]);
                add[r].output += scale * p.output(1.0, skill, operated as f64 / scale);
                rows.push((operated as u32, net as i32, false));
            } else {
                let lent = security < laws[r].farmland.insecure_share && idle < p.kin_share && farmers[v] > 0;
                if lent {
                    add[r].kin_m2 += plot;
                } else {
                    add[r].idle_m2 += plot + net;
                }
                rows.push((0, net as i32, !lent));
            }
        }
        (rows, add)
    });
    let mut at = 0;
    for (rows, add) in rows {
        for (operated, leased, idle) in rows {
            workers.operated_m2[at] = operated;
            workers.leased_m2[at] = leased;
            workers.flags[at] = (workers.flags[at] & !flag::IDLE_PLOT) | if idle { flag::IDLE_PLOT } else { 0 };
            at += 1;
        }
        for (o, a) in out.iter_mut().zip(add) {
            o.kin_m2 += a.kin_m2;
            o.idle_m2 += a.idle_m2;
            o.output += a.output;
        }
    }
    // what equal parts leave over stays with the village, as does returned land where nobody farms
    for (v, &r) in village_region.iter().enumerate() {
        let over = if farmers[v] > 0 {
            kin[v] - kin_part(v) * farmers[v]
        } else {
            returned_m2[v]
        };
        out[r as usize].pool_m2 += over;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn params() -> Params {
        Params {
            span: 0.54,
            land_share: 0.8,
            skill_sd: 0.6,
            kin_share: 0.5,
            plot_sd: 0.3,
            village_agents: 45,
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
        h.absent = 1e6;
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
                .map(|&s| (wanted(&p, s, 2000.0, q, tau) - 2000.0).max(0.0))
                .sum::<f64>()
        };
        assert!(leased(0.05) > leased(0.3) && leased(0.3) > 0.0);
    }
}
