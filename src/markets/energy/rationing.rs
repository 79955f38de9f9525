//! Rationing: who loses the power that is cut, and what that costs in output. Power is cut evenly, or by the law from those
//! first who make least of it; ties in the order of sectors.

use super::Params;
use crate::agents::firms::SECTORS;

/// Shares of their power that the sectors lose when `cut` of all is cut: evenly, and for the part `ranked` from those
/// first who make least output of a kWh, each at most `largest`.
pub fn cuts(use_kwh: &[f64; SECTORS], output: &[f64; SECTORS], cut: f64, ranked: f64, largest: f64) -> [f64; SECTORS] {
    let mut order: [usize; SECTORS] = std::array::from_fn(|s| s);
    let per_kwh = |s: usize| output[s] / use_kwh[s].max(1e-12);
    order.sort_by(|&a, &b| per_kwh(a).total_cmp(&per_kwh(b)).then(a.cmp(&b)));
    let mut left = cut * use_kwh.iter().sum::<f64>();
    let mut out = [(1.0 - ranked) * cut; SECTORS];
    for s in order {
        let taken = left.min(largest.max(cut) * use_kwh[s]);
        out[s] += ranked * taken / use_kwh[s].max(1e-12);
        left -= taken;
    }
    out
}

/// Log of output relative to the start when a share `cut` of power is lost, against `start` at the start:
/// ln (1 - k cut) - ln (1 - k start).
pub fn loss(p: &Params, cut: f64, start: f64) -> f64 {
    let kept = |x: f64| (1.0 - p.rationing_loss * x).max(1e-3).ln();
    kept(cut) - kept(start)
}

#[cfg(test)]
mod tests {
    use super::super::tests::params;
    use super::*;

    #[test]
    fn ranked_cuts_take_the_same_power_from_those_who_make_least_of_it() {
        let (power, output) = ([70.0, 28.0, 2.0], [100.0, 150.0, 20.0]);
        let even = cuts(&power, &output, 0.02, 0.0, 0.5);
        let ranked = cuts(&power, &output, 0.02, 1.0, 0.5);
        let sum = |x: &[f64; SECTORS]| (0..SECTORS).map(|s| x[s] * power[s]).sum::<f64>();
        assert!((sum(&even) - 2.0).abs() < 1e-12 && (sum(&ranked) - 2.0).abs() < 1e-12);
        assert!(ranked[0] > even[0] && ranked[1] == 0.0 && ranked[2] == 0.0);
        let lost = |x: &[f64; SECTORS]| (0..SECTORS).map(|s| x[s] * output[s]).sum::<f64>();
        assert!(lost(&ranked) < lost(&even));
        assert_eq!(loss(&params(), 0.01, 0.01), 0.0);
    }
}
