//! Where to live: choice of place with tastes by identity (Tombe and Zhu 2019; McFadden 1974), and hukou
//! conversion.
//!
//! Options of a worker are all regions, and the farm at home. In units of the choice elasticity kappa:
//!
//! ```text
//! W_d = ln s0_d + kappa (u_d - u0_d) + G_d,   u_d = ln y_d - (1-h) ln P_d - h ln R_d + chi ln g_d (+ land kept)
//! ```
//!
//! s0 are the shares of the worker's origin and hukou kind at the start: everything constant (distance, amenity,
//! networks, care) is inside ln s0, as in exact-hat algebra. G are Gumbel tastes hashed by (person, destination,
//! epoch). The tastes of the start population are conditional on its place being the best (truncated Gumbel), so
//! nobody moves while nothing changes; a review redraws them with a given probability, which makes two-way moves with stationary
//! shares.

use crate::base::draws::unit;
use multiversion::multiversion;
use serde::{Deserialize, Serialize};

/// Behaviour of movers (`[migration]` in the scenario).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Params {
    /// Elasticity kappa of location choice to real income.
    pub elasticity: f64,
    /// Chance of a review in a quarter, workers under 35.
    pub review_young: f64,
    /// Chance of a review in a quarter, others.
    pub review_old: f64,
    /// Chance that tastes are redrawn at a review.
    pub redraw: f64,
    /// Share of heirs of farms who compare all places before they take over.
    pub succession: f64,
    /// Log odds of the farm in the choices of workers who enter from the first measured quarter on, relative to those before.
    pub young_farm_taste: f64,
    /// Weight chi of log access to public services.
    pub service_weight: f64,
    /// Smoothing of what is known of incomes elsewhere [1/quarter].
    pub news: f64,
    /// Yearly retirement rate of workers at 60 or older [1/year].
    pub retirement: f64,
    /// Age from which workers retire [years].
    pub retirement_age: f64,
    /// Age of a new worker [years].
    pub entry_age: f64,
    /// Age until which a worker counts as young in reviews of where to live [years].
    pub young_until: f64,
    /// Spread of the logistic taste for a local hukou [log points].
    pub conversion_spread: f64,
    /// Mean cost of converting for holders of rural hukou [log points].
    pub conversion_cost: f64,
    /// Share of adult years before the present residence that were insured work in the other city of the circle.
    pub circle_history: f64,
    /// Most earlier years recognised across the circle [years].
    pub circle_history_years: f64,
}

/// Choice of a person whose tastes, a word an option, are drawn afresh: the largest of ln s0 + change + G. With E = exp(-G),
/// exponential, that is the least cost E / (s0 e^change); `costs` are 1 / (s0 e^change), up to a common factor, of 64 options
/// at most. As -ln u >= 1 - u, options that cannot be better than another need no logarithm; few are left if `first`, where
/// the search begins, is a likely choice.
pub fn fresh_choice(costs: &[f64], tastes: &[u32], first: usize) -> usize {
    let drawn = |d: usize| -unit(tastes[d]).ln() * costs[d];
    let mut best = (first, drawn(first));
    let mut left = hopeful(costs, tastes, best.1) & !(1 << first);
    while left != 0 {
        let d = left.trailing_zeros() as usize;
        left &= left - 1;
        if (1.0 - unit(tastes[d])) * costs[d] < best.1 {
            let cost = drawn(d);
            if cost < best.1 {
                best = (d, cost);
            }
        }
    }
    best.0
}

/// Options that may cost less than `best`, as bits.
#[multiversion(targets("x86_64+avx512f+avx512dq+avx512bw+avx512vl", "x86_64+avx2"))]
fn hopeful(costs: &[f64], tastes: &[u32], best: f64) -> u64 {
    debug_assert!(costs.len() <= u64::BITS as usize);
    let mut options = 0;
    for (d, (&cost, &taste)) in costs.iter().zip(tastes).enumerate() {
        options |= u64::from((1.0 - unit(taste)) * cost < best) << d;
    }
    options
}

/// Choice of a person whose tastes, a word an option, are conditional on `anchor` having been best at the start, when the
/// changes were zero: the maximum M is Gumbel at ln(sum s0) = 0, the others are Gumbel truncated at M. In terms of
/// E = exp(-G): the least of E_a e^-change_a and (E_a + E_d / s0_d) e^-change_d; an option is (s0, e^change).
pub fn anchored_choice(options: impl Iterator<Item = (f64, f64)> + Clone, anchor: usize, tastes: &[u32]) -> usize {
    let top = -unit(tastes[anchor]).ln();
    let gain = options.clone().nth(anchor).map_or(1.0, |(_, gain)| gain);
    let mut best = (anchor, top / gain);
    for (d, ((share, gain), &taste)) in options.zip(tastes).enumerate() {
        let u = unit(taste);
        // E_d is 1 - u at least
        let hopeless = top * share + (1.0 - u) >= best.1 * gain * share;
        if d != anchor && share > 0.0 && !hopeless {
            let cost = (top - u.ln() / share) / gain;
            if cost < best.1 {
                best = (d, cost);
            }
        }
    }
    best.0
}

/// Distribution function of the logistic taste for keeping the old hukou.
pub fn conversion_probability(p: &Params, gain: f64) -> f64 {
    1.0 / (1.0 + (-(gain - p.conversion_cost) / p.conversion_spread).exp())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::draws::{Draws, Stage};

    #[test]
    fn fresh_choices_have_logit_shares_and_anchored_ones_stay() {
        let shares = [0.5, 0.3, 0.15, 0.05];
        let costs = shares.map(|s| 1.0 / s);
        let stream = Draws::new(5).stream(Stage::Taste, 0, 8);
        let n = 40_000;
        let mut hits = [0.0; 4];
        for i in 0..n {
            let mut luck = stream.at(i);
            let tastes: [u32; 4] = std::array::from_fn(|_| luck.word());
            let choice = fresh_choice(&costs, &tastes, i % 4);
            assert!((0..4).all(|first| fresh_choice(&costs, &tastes, first) == choice));
            hits[choice] += 1.0 / n as f64;
            let options = shares.iter().map(|&s| (s, 1.0));
            assert_eq!(anchored_choice(options, i % 4, &tastes), i % 4);
        }
        for (h, s) in hits.iter().zip(&shares) {
            assert!((h - s).abs() < 0.01, "{h} {s}");
        }
    }

    #[test]
    fn after_a_change_an_anchored_population_reaches_the_logit_shares() {
        let shares = [0.6f64, 0.3, 0.1];
        let change = [0.0f64, 0.4, -0.2];
        let options = || shares.iter().zip(&change).map(|(&s, c)| (s, c.exp()));
        let stream = Draws::new(6).stream(Stage::Taste, 0, 8);
        let n = 60_000usize;
        let mut hits = [0.0; 3];
        for i in 0..n {
            let u = (i as f64 + 0.5) / n as f64;
            let anchor = if u < 0.6 {
                0
            } else if u < 0.9 {
                1
            } else {
                2
            };
            let mut luck = stream.at(i);
            let tastes: [u32; 3] = std::array::from_fn(|_| luck.word());
            hits[anchored_choice(options(), anchor, &tastes)] += 1.0 / n as f64;
        }
        let total: f64 = shares.iter().zip(&change).map(|(s, c)| s * c.exp()).sum();
        for ((h, s), c) in hits.iter().zip(&shares).zip(&change) {
            assert!((h - s * c.exp() / total).abs() < 0.01);
        }
    }
}
