//! Zeros of functions of one number.

/// Zero of a falling function between two numbers, to a part in 2^60 of their distance; the nearer end if there is none.
pub fn bisect(mut lo: f64, mut hi: f64, f: impl Fn(f64) -> f64) -> f64 {
    for _ in 0..60 {
        let mid = 0.5 * (lo + hi);
        if f(mid) > 0.0 { lo = mid } else { hi = mid }
    }
    0.5 * (lo + hi)
}

#[cfg(test)]
mod tests {
    use super::bisect;

    #[test]
    fn the_zero_is_found_and_without_one_the_nearer_end() {
        assert!((bisect(0.0, 3.0, |x| 2.0 - x * x) - 2.0f64.sqrt()).abs() < 1e-15);
        assert_eq!(bisect(0.0, 3.0, |_| 1.0), 3.0);
        assert!(bisect(0.0, 3.0, |_| -1.0) < 1e-15);
    }
}
