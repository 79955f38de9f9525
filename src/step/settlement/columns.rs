//! The columns that settlement reads, cut to a run of workers.

use crate::agents::workers::{Status, Workers};

/// Columns of a run of workers, equally long, so that an index that fits one fits all.
#[derive(Clone, Copy)]
pub(super) struct Columns<'a> {
    pub region: &'a [u8],
    pub hukou: &'a [u8],
    pub flags: &'a [u8],
    pub status: &'a [Status],
    pub employer: &'a [u32],
    pub efficiency: &'a [f32],
    pub units: &'a [u32],
    pub plot: &'a [u32],
    pub operated: &'a [u32],
    pub leased: &'a [i32],
    pub village: &'a [u32],
    pub old: &'a [u8],
    pub young: &'a [u8],
    pub cohort: &'a [u8],
}

impl<'a> Columns<'a> {
    /// The columns of `n` workers from `start` on.
    #[inline]
    pub fn of(w: &'a Workers, start: usize, n: usize) -> Self {
        let range = start..start + n;
        Columns {
            region: &w.region[range.clone()],
            hukou: &w.hukou[range.clone()],
            flags: &w.flags[range.clone()],
            status: &w.status[range.clone()],
            employer: &w.employer[range.clone()],
            efficiency: &w.efficiency[range.clone()],
            units: &w.units[range.clone()],
            plot: &w.plot_m2[range.clone()],
            operated: &w.operated_m2[range.clone()],
            leased: &w.leased_m2[range.clone()],
            village: &w.village[range.clone()],
            old: &w.old[range.clone()],
            young: &w.young[range.clone()],
            cohort: &w.cohort[range],
        }
    }

    /// Old and young dependants of household `k` [twentieths].
    #[inline]
    pub fn dependants(&self, k: usize) -> usize {
        self.old[k] as usize + self.young[k] as usize
    }
}
