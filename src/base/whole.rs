//! Whole parts of amounts.

/// From here on the last bit of a number counts ones.
const ONES: f64 = 4_503_599_627_370_496.0;

/// Whole part of an amount that is not negative and below 2^52: what `as i64` says, which looks for amounts out of range one
/// by one, where this fits vectors.
#[inline(always)]
pub fn whole(x: f64) -> i64 {
    debug_assert!((0.0..ONES).contains(&x), "{x} has no whole part here");
    let nearest = x + ONES;
    let above = i64::from(nearest - ONES > x);
    nearest.to_bits().wrapping_sub(ONES.to_bits()) as i64 - above
}

/// The whole number nearest to an amount as in [`whole`], the larger of two: what [`f64::round`] says.
#[inline(always)]
pub fn nearest(x: f64) -> i64 {
    let whole = whole(x);
    whole + i64::from(x - whole as f64 >= 0.5)
}

/// A whole number that is not negative and below 2^52: what `as f64` says, and fits vectors.
#[inline(always)]
pub fn number(x: i64) -> f64 {
    debug_assert!((0..1 << 52).contains(&x), "{x} is too large");
    f64::from_bits(x as u64 | ONES.to_bits()) - ONES
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_the_whole_part() {
        for k in 0..52 {
            let power = f64::from(k).exp2();
            for x in [
                power,
                power - 0.5,
                power + 0.5,
                power * 1.1,
                power * 1.9999,
                (power - 1.0).max(0.0),
            ] {
                assert_eq!((whole(x), nearest(x)), (x as i64, x.round() as i64), "{x}");
            }
        }
        for k in 0..4000 {
            let x = f64::from(k) * 0.25;
            assert_eq!(whole(x), x as i64, "{x}");
        }
        for k in 0..52 {
            let power = 1i64 << k;
            assert!([power, power - 1, power / 3].into_iter().all(|x| number(x) == x as f64));
        }
        assert_eq!((whole(0.0), whole(1.0 - f64::EPSILON)), (0, 0));
        assert_eq!([0.0, 0.5, 0.5 - 0.25 * f64::EPSILON, 2.5].map(nearest), [0, 1, 0, 3]);
    }
}
