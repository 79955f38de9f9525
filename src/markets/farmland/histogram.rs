//! What the market of a region knows of its farmers, by bin of log marginal product.

use super::{Curve, Params};

/// Bins of the histogram of log marginal products.
pub const BINS: usize = 4096;
pub(super) const LOW: f64 = -12.0;
pub(super) const HIGH: f64 = 12.0;

/// What one region's market knows: sums by bin of log marginal product (relative to theta A) of secure farmers.
#[derive(Clone, Debug)]
pub struct Histogram {
    /// Sums of size indices and of own land [m2 per person scale], by bin.
    pub(super) bins: Vec<[f64; 2]>,
    /// The bins that are not empty lie from the first to before the second.
    used: [usize; 2],
    /// What is known beside them.
    pub known: Known,
}

/// What the market of a region knows beside the histogram.
#[derive(Clone, Copy, Debug, Default)]
pub struct Known {
    /// Land of secure absent households [m2].
    pub absent: f64,
    /// Size indices and land of all farmers, the insecure included [m2].
    pub farmers: [f64; 2],
}

/// What a block of households adds to a histogram: the bins from `first` on, and the rest.
pub(super) struct Part {
    first: usize,
    bins: Vec<[f64; 2]>,
    known: Known,
}

impl Default for Histogram {
    fn default() -> Self {
        Self {
            bins: vec![[0.0; 2]; BINS],
            used: [BINS, 0],
            known: Known::default(),
        }
    }
}

impl Histogram {
    /// Adds a secure farmer.
    #[inline]
    pub fn add(&mut self, log_marginal: f64, s: f64, land: f64) {
        let b = (((log_marginal - LOW) / (HIGH - LOW) * BINS as f64).max(0.0) as usize).min(BINS - 1);
        self.bins[b][0] += s;
        self.bins[b][1] += land;
        self.used = [self.used[0].min(b), self.used[1].max(b + 1)];
    }

    /// Takes out what a block has added, so that the next can use the same memory; nothing if that was nothing.
    pub(super) fn take(&mut self) -> Option<Part> {
        let [first, end] = std::mem::replace(&mut self.used, [BINS, 0]);
        let known = std::mem::take(&mut self.known);
        let used = self.bins.get_mut(first..end).unwrap_or_default();
        let bins = used.to_vec();
        used.fill([0.0; 2]);
        let nothing = bins.is_empty() && known.absent == 0.0 && known.farmers == [0.0; 2];
        (!nothing).then_some(Part { first, bins, known })
    }

    /// Adds a block's sums.
    pub(super) fn merge(&mut self, part: &Part) {
        self.used = [
            self.used[0].min(part.first),
            self.used[1].max(part.first + part.bins.len()),
        ];
        for (all, bin) in self.bins[part.first.min(BINS)..].iter_mut().zip(&part.bins) {
            all[0] += bin[0];
            all[1] += bin[1];
        }
        self.known.absent += part.known.absent;
        let more = part.known.farmers;
        self.known.farmers.iter_mut().zip(more).for_each(|(all, x)| *all += x);
    }

    /// Log shadow rent (relative to theta A) of the land that farmers have, where nobody may lease: their marginal
    /// product if they shared it well, (1 - theta) ln(sum s / sum l); none without farmers.
    pub fn shadow_rent(&self, p: &Params) -> f64 {
        let [s, land] = self.known.farmers;
        if s > 0.0 && land > 0.0 {
            (1.0 - p.theta()) * (s / land).ln()
        } else {
            f64::NEG_INFINITY
        }
    }

    /// Log rent (relative to theta A) that clears the region under band `tau`, by bisection on prefix sums.
    /// `None` if nobody farms.
    pub fn clear(&self, p: &Params, tau: f64) -> Option<f64> {
        Curve::new(self, tau).clear(p)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_that_share_memory_add_up() {
        let (mut all, mut scratch) = (Histogram::default(), Histogram::default());
        for (k, land) in [(-3.0, 5.0), (2.0, 7.0), (-3.0, 1.0)] {
            scratch.add(k, 0.5 * land, land);
            scratch.known.farmers[1] += land;
            let part = scratch.take().unwrap();
            assert_eq!(part.bins, vec![[0.5 * land, land]]);
            all.merge(&part);
        }
        assert!(scratch.take().is_none());
        let full: Vec<[f64; 2]> = all.bins.iter().copied().filter(|b| b[1] > 0.0).collect();
        assert_eq!((full, all.known.farmers[1]), (vec![[3.0, 6.0], [3.5, 7.0]], 13.0));
    }
}
