//! Curves of the distributional facts, as figures show them.

use super::Curve;
use crate::base::fit::Subbotin;
use crate::metrics::estimators::{growth_fit, spread_by_size};
use crate::metrics::moments::{FactMoments, Growth, WedgeShares};

/// All curves of one seed.
pub(super) fn curves(m: &FactMoments) -> Vec<Curve> {
    let mut out = Vec::new();
    let total: f64 = m.sizes.iter().map(|s| s.1).sum();
    if let (Some((line, _)), Some(floor)) = (m.tails.last(), crate::base::fit::top_floor(&m.sizes, 0.1)) {
        let share = |ln_rank: f64| (ln_rank - total.ln()) / std::f64::consts::LN_10;
        let (mut above, mut next, mut zipf) = (0.0, f64::INFINITY, Vec::new());
        for &(size, weight) in &m.sizes {
            above += weight;
            // a point each twentieth of a decade shows the curve
            if size.log10() <= next {
                zipf.push((size.log10(), share((above - 0.5 * weight).ln())));
                next = size.log10() - 0.05;
            }
        }
        out.push(("zipf", zipf));
        let top = m.sizes.first().map_or(floor, |s| s.0);
        let at = |size: f64| (size.log10(), share(line.intercept + line.slope * size.ln()));
        out.push(("zipf_fit", vec![at(floor), at(top)]));
    }
    out.extend(growth(&m.growth));
    let pairs = |x: Option<Vec<f64>>, y: Option<Vec<f64>>| -> Vec<(f64, f64)> {
        x.into_iter()
            .flatten()
            .zip(y.into_iter().flatten())
            .map(|(x, y)| (100.0 * x, 100.0 * y))
            .collect()
    };
    let unemployment = || m.cycle("unemployment_all", false);
    out.push(("beveridge", pairs(unemployment(), m.cycle("vacancies_all", false))));
    out.push(("okun", pairs(m.cycle("output_all", true), unemployment())));
    let years = m.wedges.len().max(1) as f64;
    let mean = |f: &dyn Fn(&WedgeShares) -> f64| m.wedges.iter().map(f).sum::<f64>() / years;
    out.push((
        "mrpk_parts",
        (0..3).map(|j| (j as f64, mean(&|w| w.share[j]))).collect(),
    ));
    out.push(("mrpk_variance", vec![(0.0, mean(&|w| w.variance))]));
    out
}

/// Density of growth rates with its fits, and spread by size.
fn growth(growth: &[Growth]) -> Vec<Curve> {
    let mut out = Vec::new();
    if let Some(fit) = growth_fit(growth) {
        let (step, half) = (0.05, 40);
        let weight: f64 = growth.iter().map(|g| g.weight).sum();
        let mut bins = vec![0.0; 2 * half + 1];
        for g in growth {
            let at = (g.rate / step).round() + half as f64;
            if (0.0..=2.0 * half as f64).contains(&at) {
                bins[at as usize] += g.weight / weight / step;
            }
        }
        let laplace = Subbotin {
            b: 1.0,
            a: growth.iter().map(|g| g.weight * (g.rate - fit.m).abs()).sum::<f64>() / weight,
            m: fit.m,
        };
        let x = |k: usize| (k as f64 - half as f64) * step;
        let of = |f: &dyn Fn(usize) -> f64| (0..bins.len()).map(|k| (x(k), f(k))).collect();
        out.push(("growth_shape", vec![(fit.a, fit.b)]));
        out.push(("growth", of(&|k| bins[k])));
        out.push(("growth_subbotin", of(&|k| fit.density(x(k)))));
        out.push(("growth_laplace", of(&|k| laplace.density(x(k)))));
        let spread = spread_by_size(growth);
        out.push((
            "growth_spread",
            spread
                .iter()
                .map(|(s, sd)| (s / std::f64::consts::LN_10, sd.exp()))
                .collect(),
        ));
    }
    out
}
