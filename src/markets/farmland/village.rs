//! Administrative reallocation of village land: a rule without a market.
//!
//! In a village that reallocates, absent holders give up a share k of their plots, and those who farm share this and the
//! same share of their own plots in equal parts: l <- (1-k) l + (k sum of l + what the absent gave) / farmers. Rounding is
//! the collective's.

use crate::agents::workers::{Status, Workers};

/// Reallocates the plots of the villages for which `share` is positive; `returned_m2` takes what rounding leaves. Leases
/// must be made anew afterwards.
pub fn reallocate(workers: &mut Workers, share: &[f64], returned_m2: &mut [i64]) {
    // by village: plots of farmers, what the absent give up [m2], farmers
    let mut sums = vec![[0i64; 3]; share.len()];
    for i in 0..workers.len() {
        let (v, plot) = (workers.village[i] as usize, i64::from(workers.plot_m2[i]));
        if plot == 0 || share[v] <= 0.0 {
            continue;
        }
        if workers.status[i] == Status::Farm {
            sums[v][0] += plot;
            sums[v][2] += 1;
        } else {
            sums[v][1] += (share[v] * plot as f64) as i64;
        }
    }
    for i in 0..workers.len() {
        let (v, plot) = (workers.village[i] as usize, i64::from(workers.plot_m2[i]));
        if plot == 0 || share[v] <= 0.0 || sums[v][2] == 0 {
            continue;
        }
        let [held, given, farmers] = sums[v];
        let k = share[v];
        let now = if workers.status[i] == Status::Farm {
            ((1.0 - k) * plot as f64 + (k * held as f64 + given as f64) / farmers as f64) as i64
        } else {
            plot - (k * plot as f64) as i64
        };
        workers.plot_m2[i] = now as u32;
        returned_m2[v] += plot - now;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agents::workers::Worker;

    #[test]
    fn land_goes_from_the_absent_to_those_who_farm_and_none_is_lost() {
        let mut w = Workers::default();
        for (k, plot) in [1000u32, 3000, 2000].into_iter().enumerate() {
            w.push(Worker::empty());
            w.plot_m2[k] = plot;
            w.status[k] = if k < 2 { Status::Farm } else { Status::Away };
        }
        let mut returned = [0];
        reallocate(&mut w, &[0.5], &mut returned);
        // mean of the farmers 2000, and 1000 from the absent shared by two
        assert_eq!(w.plot_m2, vec![500 + 1000 + 500, 1500 + 1000 + 500, 1000]);
        assert_eq!(w.plot_m2.iter().map(|&x| i64::from(x)).sum::<i64>() + returned[0], 6000);
    }
}
