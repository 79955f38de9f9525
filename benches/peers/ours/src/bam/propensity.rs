//! The propensity to consume as a table: exponential, root and quotients would take longer.

use super::law;

/// Leading bits of the mantissa that pick a row.
const BITS: u32 = 5;
/// Bits of a mantissa.
const MANTISSA: u32 = 52;
/// Who has less of the mean savings spends all, to 1e-10; who has more spends half.
const LEAST: f64 = 1.0 / 16_384.0;
const MOST: f64 = 20.0;

/// Intervals.
const ROWS: usize = row(MOST) + 1;

/// A cubic in the place within an interval, for every interval of the ratio of savings to their mean.
pub struct Propensity(Box<[[f64; 4]; ROWS]>);

/// `1 / (1 + tanh(x)^beta)`.
fn exact(x: f64) -> f64 {
    1.0 / (1.0 + x.tanh().powf(law::BETA))
}

/// Row of a ratio not below [`LEAST`].
#[inline]
const fn row(x: f64) -> usize {
    ((x.to_bits() - LEAST.to_bits()) >> (MANTISSA - BITS)) as usize
}

impl Default for Propensity {
    /// Cubics through the ends of every interval and two places between.
    fn default() -> Self {
        let cubic = |k: usize| {
            let end = |k: usize| f64::from_bits(LEAST.to_bits() + ((k as u64) << (MANTISSA - BITS)));
            let (from, to) = (end(k), end(k + 1));
            let [a, b, c, d] = [0.0, 1.0, 2.0, 3.0].map(|third| exact(from + (to - from) * third / 3.0));
            // forward differences
            let (first, second, third) = (b - a, c - 2.0 * b + a, d - 3.0 * (c - b) - a);
            [
                a,
                3.0 * first - 1.5 * second + third,
                4.5 * (second - third),
                4.5 * third,
            ]
        };
        Self(Box::new(std::array::from_fn(cubic)))
    }
}

impl Propensity {
    /// Propensity of who has `x` times the mean savings, to 1e-8.
    #[inline]
    pub fn of(&self, x: f64) -> f64 {
        let x = x.clamp(LEAST, MOST);
        let [a, b, c, d] = self.0[row(x)];
        let place = (x.to_bits() << BITS) & ((1 << MANTISSA) - 1) | 1f64.to_bits();
        let t = f64::from_bits(place) - 1.0;
        a + t * (b + t * (c + t * d))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_the_formula() {
        let propensity = Propensity::default();
        for k in 0..3_000_000 {
            let x = f64::from(k) * 1e-5;
            let gap = propensity.of(x) - exact(x);
            assert!(gap.abs() < 1e-8, "{gap} at {x}");
        }
    }
}
