//! Equity for new firms: how many enter, and where.
//!
//! Entry answers what a firm is worth relative to its normal (free entry, Hopenhayn 1992). Part of the equity can only be
//! invested where it is raised; investors split the rest between the regions by return, with an elasticity (after Zhao, Wang,
//! Dai and Chen 2025):
//!
//! ```text
//! e_c = l_c R_c + (1 - l_c) [k x_c],    R_c = [v_c^eta],    x_c = v_c^theta N_c0 / N_c,    v = V / V0
//! k:    sum_c n_c (1 - l_c) [k x_c] = sum_c n_c (1 - l_c) R_c            (c over the regions of a sector)
//! ```
//!
//! [ ] keeps entry between a floor and a ceiling, n are firms that close and N firms that are there, both by own size. Where
//! the stock of firms stands still, N_c = N_c0 k v_c^theta: the split of the start, in exact-hat form, with elasticity theta.
//! How much is invested in a sector does not depend on how much of it is tied.

use crate::base::root::bisect;

/// What entry answers, and how strongly.
#[derive(Clone, Copy, Debug)]
pub struct Investors {
    /// Elasticity of entry to the value of a firm, eta.
    pub entry: f64,
    /// Least and most entry relative to exit [ratio].
    pub bounds: [f64; 2],
    /// Elasticity of the split between regions to the value of a firm, theta.
    pub split: f64,
}

/// A region as investors of one sector see it.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    /// Firms that close in the quarter, by own size.
    pub closing: f64,
    /// Firms of the start over firms now, by own size [ratio].
    pub room: f64,
    /// Value of a new firm relative to its normal [ratio].
    pub value: f64,
    /// Part of the equity raised here that must be invested here, and of the projects here that only it may own [share].
    pub tied: f64,
}

/// Firms that enter for one that closes, by region of one sector [ratio].
pub fn entry(investors: &Investors, places: &[Place]) -> Vec<f64> {
    let [floor, ceiling] = investors.bounds;
    let at_home = |place: &Place| place.value.powf(investors.entry).clamp(floor, ceiling);
    let drawn = |place: &Place| place.value.powf(investors.split) * place.room;
    let mobile = |place: &Place| place.closing * (1.0 - place.tied);
    let raised: f64 = places.iter().map(|place| mobile(place) * at_home(place)).sum();
    let placed = |place: &Place, log_k: f64| (log_k.exp() * drawn(place)).clamp(floor, ceiling);
    let left = |log_k: f64| {
        raised
            - places
                .iter()
                .map(|place| mobile(place) * placed(place, log_k))
                .sum::<f64>()
    };
    // where no place is worth what is raised, money stays at home
    let free = raised > 0.0 && left(LOG_K) <= 0.0;
    let log_k = if free { bisect(-LOG_K, LOG_K, left) } else { 0.0 };
    let of_place = |place: &Place| {
        let at_home = at_home(place);
        let elsewhere = if free { placed(place, log_k) } else { at_home };
        place.tied * at_home + (1.0 - place.tied) * elsewhere
    };
    places.iter().map(of_place).collect()
}

/// Log of the largest k that is looked at.
const LOG_K: f64 = 30.0;

#[cfg(test)]
mod tests {
    use super::*;

    const INVESTORS: Investors = Investors {
        entry: 0.5,
        bounds: [0.5, 2.0],
        split: 1.5,
    };

    /// Three regions, the first worth most.
    fn places(tied: f64) -> Vec<Place> {
        [(10.0, 1.21, 1.0), (30.0, 1.0, 1.0), (20.0, 0.81, 0.9)]
            .map(|(closing, value, room)| Place {
                closing,
                room,
                value,
                tied,
            })
            .to_vec()
    }

    fn per_exit(places: &[Place]) -> Vec<f64> {
        entry(&INVESTORS, places)
    }

    /// Firms that enter in all regions.
    fn all(places: &[Place]) -> f64 {
        per_exit(places).iter().zip(places).map(|(e, p)| e * p.closing).sum()
    }

    #[test]
    fn tied_equity_answers_the_value_of_the_place_alone() {
        let e = per_exit(&places(1.0));
        assert!(
            e.iter().zip([1.1, 1.0, 0.9]).all(|(e, x)| (e - x).abs() < 1e-12),
            "{e:?}"
        );
        let beyond = [9.0, 0.0].map(|value| Place {
            value,
            ..places(1.0)[0]
        });
        assert_eq!(per_exit(&beyond), [2.0, 0.5]);
    }

    #[test]
    fn free_equity_splits_by_return_with_its_elasticity_and_adds_up() {
        let e = per_exit(&places(0.0));
        assert!((all(&places(0.0)) - all(&places(1.0))).abs() < 1e-10);
        assert!((e[0] / e[1] - 1.21f64.powf(1.5)).abs() < 1e-10);
        assert!((e[2] / e[1] - 0.81f64.powf(1.5) * 0.9).abs() < 1e-10);
    }

    #[test]
    fn where_entry_makes_up_for_exit_the_stock_has_the_split_of_the_start_in_exact_hat_form() {
        // stocks over those of the start that answer v^1.5, up to what keeps their sum
        let value = [1.2f64, 1.0, 0.9];
        let mut steady = places(0.0);
        for (place, v) in steady.iter_mut().zip(value) {
            (place.value, place.room) = (v, v.powf(-1.5));
        }
        let e = per_exit(&steady);
        assert!(e.iter().all(|x| (x - e[0]).abs() < 1e-10), "{e:?}");
    }

    #[test]
    fn partly_tied_equity_is_the_mean_of_both() {
        let [tied, half, free] = [1.0, 0.5, 0.0].map(|l| per_exit(&places(l)));
        for c in 0..3 {
            assert!((half[c] - 0.5 * (tied[c] + free[c])).abs() < 1e-10);
        }
        assert!((all(&places(0.5)) - all(&places(1.0))).abs() < 1e-10);
    }

    #[test]
    fn equal_returns_move_nothing() {
        let mut equal = places(0.3);
        equal.iter_mut().for_each(|p| (p.value, p.room) = (1.44, 1.0));
        assert!(per_exit(&equal).iter().all(|e| (e - 1.2).abs() < 1e-10));
    }

    #[test]
    fn a_region_that_ties_its_equity_neither_gains_nor_loses() {
        let mut some = places(0.0);
        some[0].tied = 1.0;
        let e = per_exit(&some);
        assert!((e[0] - 1.1).abs() < 1e-12 && e[1] > 1.0 && e[2] < 0.9, "{e:?}");
        // alone in being free it has nobody to trade with
        let mut alone = places(1.0);
        alone[0].tied = 0.0;
        let e = per_exit(&alone);
        assert!(
            e.iter().zip([1.1, 1.0, 0.9]).all(|(e, x)| (e - x).abs() < 1e-10),
            "{e:?}"
        );
    }

    #[test]
    fn entry_stays_within_its_bounds_and_still_adds_up() {
        // a small cell worth much beside large ones that close and are worth little
        let mut lumps = places(0.0);
        (lumps[0].closing, lumps[0].value) = (1.0, 50.0);
        (lumps[1].value, lumps[2].value) = (0.7, 0.6);
        let e = per_exit(&lumps);
        let tied: Vec<Place> = lumps.iter().map(|p| Place { tied: 1.0, ..*p }).collect();
        assert!(e[0] == 2.0 && e.iter().all(|e| (0.5..=2.0).contains(e)), "{e:?}");
        assert!((all(&lumps) - all(&tied)).abs() < 1e-10);
        // nothing is worth anything: the floor, whoever is asked
        lumps.iter_mut().for_each(|p| p.value = 0.0);
        assert_eq!(per_exit(&lumps), [0.5; 3]);
    }
}
