//! Who is served of those who wish to lease: the long side in proportion, to the square metre.

use crate::base::split::split_i64;

/// Land wished for by block and region: leased in, leased out [m2].
pub(super) type Wishes = Vec<Vec<[i64; 2]>>;

/// `total` x `part` / `whole`, rounded down.
#[inline]
pub(super) fn in_proportion(total: i64, part: i64, whole: i64) -> i64 {
    if whole <= 0 {
        return 0;
    }
    // division of 128 bits is slow and seldom needed
    match total.checked_mul(part) {
        Some(product) => product / whole,
        None => (i128::from(total) * i128::from(part) / i128::from(whole)) as i64,
    }
}

/// The long side of every region is cut in proportion, cumulatively over blocks, so that both sides agree to the square
/// metre; where leases reach beyond the region, what is left on both sides is traded across. Returns what each block's
/// side is served, and by region what is leased in and out.
pub(super) fn serve(wishes: &Wishes, reach: &[f64]) -> (Wishes, Vec<[i64; 2]>) {
    let regions = reach.len();
    let mut served = vec![vec![[0i64; 2]; regions]; wishes.len()];
    let total = |r: usize, side: usize| wishes.iter().map(|block| block[r][side]).sum::<i64>();
    let mut traded: Vec<[i64; 2]> = (0..regions).map(|r| [total(r, 0).min(total(r, 1)); 2]).collect();
    let left = |side: usize| -> Vec<i64> {
        let of = |r: usize| {
            if reach[r] > 0.0 {
                total(r, side) - traded[r][side]
            } else {
                0
            }
        };
        (0..regions).map(of).collect()
    };
    let left = [left(0), left(1)];
    let across = left[0].iter().sum::<i64>().min(left[1].iter().sum());
    for (side, left) in left.iter().enumerate() {
        let mut parts = vec![0i64; regions];
        split_i64(across, left, &mut parts);
        traded.iter_mut().zip(parts).for_each(|(t, x)| t[side] += x);
    }
    for r in 0..regions {
        for side in 0..2 {
            let weights: Vec<i64> = wishes.iter().map(|block| block[r][side]).collect();
            let mut parts = vec![0i64; weights.len()];
            split_i64(traded[r][side], &weights, &mut parts);
            for (block, x) in served.iter_mut().zip(parts) {
                block[r][side] = x;
            }
        }
    }
    (served, traded)
}
