//! A natural logarithm for passes over all agents: table and series, the same bits everywhere, several times faster
//! than the library's.

use multiversion::multiversion;
use std::sync::LazyLock;

/// Leading bits of the mantissa that pick a row.
const BITS: u32 = 8;

/// (1/c, ln c) of the centre c of every interval of the mantissa in [1, 2).
static TABLE: LazyLock<[(f64, f64); 1 << BITS]> = LazyLock::new(|| {
    std::array::from_fn(|k| {
        let c = 1.0 + (k as f64 + 0.5) / f64::from(1u32 << BITS);
        (1.0 / c, c.ln())
    })
});

/// The logarithm with its table at hand, for loops.
#[derive(Clone, Copy)]
pub struct Log(&'static [(f64, f64); 1 << BITS]);

impl Default for Log {
    #[inline]
    fn default() -> Self {
        Log(&TABLE)
    }
}

impl Log {
    /// ln x of a positive, normal number, to about 1e-15: x = 2^e m, ln x = e ln 2 + ln c + ln(1 + r), r = m/c - 1,
    /// |r| < 1/512, the last by its series to r^5. Anything else goes to the library.
    #[inline]
    pub fn ln(self, x: f64) -> f64 {
        let bits = x.to_bits();
        // the bits of positive numbers are in their order
        if bits.wrapping_sub(NORMAL) >= INFINITE - NORMAL {
            return x.ln();
        }
        near(x, self.row(x))
    }

    /// The row of a positive, normal number.
    #[inline]
    fn row(self, x: f64) -> (f64, f64) {
        self.0[((x.to_bits() >> (52 - BITS)) & ((1 << BITS) - 1)) as usize]
    }

    /// Puts [`Self::ln`] in the place of positive, normal numbers. Their rows are looked up first, one by one; the series is
    /// for as many at a time as fit a vector.
    pub fn all(self, numbers: &mut [f64]) {
        debug_assert!(numbers.iter().all(|x| x.is_normal() && *x > 0.0), "no logarithm here");
        let (mut inverse, mut log) = ([0.0; AT_ONCE], [0.0; AT_ONCE]);
        for numbers in numbers.chunks_mut(AT_ONCE) {
            let rows = inverse.iter_mut().zip(&mut log);
            for ((inverse, log), &x) in rows.zip(&*numbers) {
                (*inverse, *log) = self.row(x);
            }
            near_all(numbers, &inverse, &log);
        }
    }
}

/// Numbers whose rows are looked up before their series.
const AT_ONCE: usize = 256;

/// ln of x from its row of the table.
#[inline(always)]
fn near(x: f64, (inverse, log): (f64, f64)) -> f64 {
    let bits = x.to_bits();
    let exponent = (bits >> 52) as i64 - 1023;
    let mantissa = f64::from_bits((bits & 0x000F_FFFF_FFFF_FFFF) | 0x3FF0_0000_0000_0000);
    let r = mantissa * inverse - 1.0;
    // r (1 - r (1/2 - r (1/3 - r (1/4 - r/5)))), signs turned where that saves a move
    let series = r * (1.0 + r * (r * (1.0 / 3.0 + r * (r * 0.2 - 0.25)) - 0.5));
    exponent as f64 * std::f64::consts::LN_2 + (log + series)
}

/// [`near`] of many.
#[multiversion(targets("x86_64+avx512f+avx512dq+avx512bw+avx512vl", "x86_64+avx2"))]
fn near_all(numbers: &mut [f64], inverse: &[f64; AT_ONCE], log: &[f64; AT_ONCE]) {
    for (x, row) in numbers.iter_mut().zip(inverse.iter().zip(log)) {
        *x = near(*x, (*row.0, *row.1));
    }
}

/// Bits of the least positive normal number.
const NORMAL: u64 = f64::MIN_POSITIVE.to_bits();
/// Bits of infinity.
const INFINITE: u64 = f64::INFINITY.to_bits();

/// As [`Log::ln`].
#[inline]
pub fn ln(x: f64) -> f64 {
    Log::default().ln(x)
}

#[cfg(test)]
mod tests {
    use super::{Log, ln};

    #[test]
    fn it_is_the_logarithm() {
        for k in -4000..4000 {
            let x = (f64::from(k) * 0.173).exp();
            let gap = (ln(x) - x.ln()).abs();
            assert!(gap <= 4e-15 * x.ln().abs().max(1.0), "{x}: {gap:e}");
        }
        let mut all: Vec<f64> = (1..1000).map(|k| f64::from(k) * 0.37).collect();
        let each: Vec<f64> = all.iter().map(|&x| ln(x)).collect();
        Log::default().all(&mut all);
        assert_eq!(all, each);
        assert!(ln(1.0).abs() < 1e-16);
        assert_eq!(ln(0.0), f64::NEG_INFINITY);
        assert!(ln(-1.0).is_nan() && ln(f64::NAN).is_nan());
        assert_eq!(ln(f64::INFINITY), f64::INFINITY);
        assert!((ln(5e-324) - 5e-324f64.ln()).abs() < 1e-12);
    }
}
