//! Equity for new firms: how many enter, and where.
//!
//! Entry answers what a firm is worth relative to its normal (free entry, Hopenhayn 1992). Part of the money can only be
//! invested where it is raised; investors split the rest between the regions by return, with an elasticity, from the split
//! that entry would have had at home (Zhao, Wang, Dai and Chen 2025, in exact-hat form):
//!
//! ```text
//! e_c = R_c (l_c + (1 - l_c) k v_c^theta),    R_c = v_c^eta within [floor, ceiling],    v = V / V0
//! k   = sum_c n_c R_c (1 - l_c)  /  sum_c n_c R_c (1 - l_c) v_c^theta          (c over the regions of a sector)
//! ```
//!
//! Where all money is tied, or all regions return the same, entry is that of the place alone. How much is invested in a
//! sector does not depend on how much of it is tied.

/// What entry answers, and how strongly.
#[derive(Clone, Copy, Debug)]
pub struct Investors {
    /// Elasticity of entry to the value of a firm, eta.
    pub entry: f64,
    /// Least and most entry relative to exit, where all money is tied [ratio].
    pub bounds: [f64; 2],
    /// Elasticity of the split between regions to the value of a firm, theta.
    pub split: f64,
}

/// A region as investors of one sector see it.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    /// Firms that close in the quarter, by weight.
    pub closing: f64,
    /// Value of a new firm relative to its normal [ratio].
    pub value: f64,
    /// Part of the equity raised here that must be invested here, and of the projects here that only it may own [share].
    pub tied: f64,
}

/// Firms that enter for one that closes, by region of one sector [ratio].
pub fn entrants_per_exit(investors: &Investors, places: &[Place]) -> Vec<f64> {
    let [floor, ceiling] = investors.bounds;
    let at_home = |place: &Place| place.value.powf(investors.entry).clamp(floor, ceiling);
    let drawn = |place: &Place| place.value.powf(investors.split);
    let mobile = |place: &Place| place.closing * at_home(place) * (1.0 - place.tied);
    let raised: f64 = places.iter().map(mobile).sum();
    let wanted: f64 = places.iter().map(|place| mobile(place) * drawn(place)).sum();
    let of_place = |place: &Place| {
        let here = at_home(place);
        if wanted > 0.0 {
            here * (place.tied + (1.0 - place.tied) * drawn(place) * raised / wanted)
        } else {
            here
        }
    };
    places.iter().map(of_place).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const INVESTORS: Investors = Investors {
        entry: 0.5,
        bounds: [0.5, 2.0],
        split: 1.5,
    };

    fn places(tied: f64) -> Vec<Place> {
        [(10.0, 1.21), (30.0, 1.0), (20.0, 0.81)]
            .map(|(closing, value)| Place { closing, value, tied })
            .to_vec()
    }

    #[test]
    fn tied_money_answers_the_value_of_the_place_alone() {
        let e = entrants_per_exit(&INVESTORS, &places(1.0));
        assert!(
            e.iter().zip([1.1, 1.0, 0.9]).all(|(e, x)| (e - x).abs() < 1e-12),
            "{e:?}"
        );
        let beyond = [
            Place {
                closing: 1.0,
                value: 9.0,
                tied: 1.0,
            },
            Place {
                closing: 1.0,
                value: 0.0,
                tied: 1.0,
            },
        ];
        assert_eq!(entrants_per_exit(&INVESTORS, &beyond), [2.0, 0.5]);
    }

    #[test]
    fn free_money_splits_by_return_with_its_elasticity_and_adds_up() {
        let (tied, free) = (
            entrants_per_exit(&INVESTORS, &places(1.0)),
            entrants_per_exit(&INVESTORS, &places(0.0)),
        );
        let entrants = |e: &[f64]| e.iter().zip(places(1.0)).map(|(e, p)| e * p.closing).sum::<f64>();
        assert!((entrants(&tied) - entrants(&free)).abs() < 1e-12);
        // relative to the split at home, shares go as value^1.5
        let moved = |c: usize| free[c] / tied[c];
        assert!((moved(0) / moved(1) - 1.21f64.powf(1.5)).abs() < 1e-12);
        assert!((moved(2) / moved(1) - 0.81f64.powf(1.5)).abs() < 1e-12);
    }

    #[test]
    fn equal_returns_move_nothing() {
        let mut equal = places(0.3);
        equal.iter_mut().for_each(|p| p.value = 1.44);
        assert!(
            entrants_per_exit(&INVESTORS, &equal)
                .iter()
                .all(|e| (e - 1.2).abs() < 1e-12)
        );
    }

    #[test]
    fn a_region_that_ties_its_money_neither_gains_nor_loses() {
        let mut some = places(0.0);
        some[0].tied = 1.0;
        let e = entrants_per_exit(&INVESTORS, &some);
        assert!((e[0] - 1.1).abs() < 1e-12 && e[1] > 1.0 && e[2] < 0.9, "{e:?}");
    }
}
