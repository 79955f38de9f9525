//! Exact splits of integers.

/// Splits `total` in proportion to `weights` by cumulative rounding: the parts add up exactly, and each part is
/// within one of its share. Weights must be non-negative; if all are zero every part is zero and the remainder
/// is returned.
pub fn split(total: i64, weights: &[f64], out: &mut [i64]) -> i64 {
    debug_assert_eq!(weights.len(), out.len());
    let sum: f64 = weights.iter().sum();
    if sum <= 0.0 {
        out.fill(0);
        return total;
    }
    let mut cumulative = 0.0;
    let mut given = 0i64;
    let last = weights.iter().rposition(|&w| w > 0.0).unwrap_or(0);
    for (i, (&w, o)) in weights.iter().zip(out.iter_mut()).enumerate() {
        cumulative += w;
        let upto = if i >= last {
            total
        } else {
            (total as f64 * (cumulative / sum)).round() as i64
        };
        *o = if w > 0.0 { upto - given } else { 0 };
        given += *o;
    }
    0
}

/// As [`split`] with integer weights (exact arithmetic in 128 bits).
pub fn split_i64(total: i64, weights: &[i64], out: &mut [i64]) -> i64 {
    let sum: i128 = weights.iter().map(|&w| i128::from(w)).sum();
    if sum <= 0 {
        out.fill(0);
        return total;
    }
    let mut cumulative = 0i128;
    let mut given = 0i64;
    for (&w, o) in weights.iter().zip(out.iter_mut()) {
        cumulative += i128::from(w);
        let upto = (i128::from(total) * cumulative / sum) as i64;
        *o = upto - given;
        given = upto;
    }
    0
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn parts_add_up(total in -1_000_000_000i64..1_000_000_000_000, w in prop::collection::vec(0.0f64..1e6, 1..50)) {
            let mut out = vec![0; w.len()];
            let rest = split(total, &w, &mut out);
            prop_assert_eq!(out.iter().sum::<i64>() + rest, total);
        }

        #[test]
        fn integer_parts_add_up(total in 0i64..1_000_000_000_000, w in prop::collection::vec(0i64..1_000_000, 1..50)) {
            let mut out = vec![0; w.len()];
            let rest = split_i64(total, &w, &mut out);
            prop_assert_eq!(out.iter().sum::<i64>() + rest, total);
        }
    }
}
