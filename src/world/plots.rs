//! Where the plots of neighbours lie.

use multiversion::multiversion;

/// Where the land of a run of workers lies, what they hold and what they till.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlotsIn {
    /// Nobody has any.
    Nowhere,
    /// All of it in one region.
    One(u8),
    /// In several regions.
    Several,
}

impl PlotsIn {
    /// Of workers with these plots and operated land [m2], and the villages of both; `region` of villages, which stand in the
    /// order of regions.
    pub fn of(region: &[u8], (plot, operated): (&[u32], &[u32]), village: &[u32]) -> Self {
        let (first, last) = villages(plot, operated, village);
        if first > last {
            return PlotsIn::Nowhere;
        }
        let [first, last] = [first, last].map(|v| region[v as usize]);
        if first == last {
            PlotsIn::One(first)
        } else {
            PlotsIn::Several
        }
    }
}

/// First and last village of those who have land; the first is beyond the last if nobody has.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512vl", "x86_64+avx2"))]
fn villages(plot: &[u32], operated: &[u32], village: &[u32]) -> (u32, u32) {
    let (mut first, mut last) = (u32::MAX, 0);
    for ((&plot, &operated), &village) in plot.iter().zip(operated).zip(village) {
        // all bits for who has none
        let none = u32::from(plot | operated == 0).wrapping_neg();
        first = first.min(village | none);
        last = last.max(village & !none);
    }
    (first, last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn land_lies_where_those_who_have_it_live() {
        let region = [3, 3, 5, 5, 9];
        let of = |plot: &[u32], operated: &[u32], village: &[u32]| PlotsIn::of(&region, (plot, operated), village);
        assert_eq!(of(&[0, 0], &[0, 0], &[4, 4]), PlotsIn::Nowhere);
        assert_eq!(of(&[0, 0, 7], &[0, 0, 0], &[4, 0, 1]), PlotsIn::One(3));
        assert_eq!(of(&[7, 0, 0], &[0, 0, 2], &[0, 4, 1]), PlotsIn::One(3));
        assert_eq!(of(&[0, 1, 0], &[1, 0, 0], &[1, 2, 4]), PlotsIn::Several);
        assert_eq!(of(&[0], &[1], &[0]), PlotsIn::One(3));
    }
}
