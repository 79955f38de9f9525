//! What was computed last, by argument: a costly function that many of a block ask with the same argument.

/// Values that are kept.
const KEPT: usize = 64;

/// Values of a function of an index and a number, such as a cell and the number of firms in a lump. A value is computed
/// again when another has taken its place, so that it always has the bits of the function.
#[derive(Clone, Debug)]
pub struct Memo<T>([Option<((usize, u64), T)>; KEPT]);

impl<T: Copy> Default for Memo<T> {
    fn default() -> Self {
        Memo([None; KEPT])
    }
}

impl<T: Copy> Memo<T> {
    /// `f` at (`index`, `x`), which must be the same function every time.
    #[inline]
    pub fn of(&mut self, index: usize, x: f64, f: impl FnOnce() -> T) -> T {
        let key = (index, x.to_bits());
        // whole numbers differ in their leading bits only, which a product passes on to its own
        let place = (key.1.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> (u64::BITS - KEPT.ilog2())) as usize + index;
        match &mut self.0[place % KEPT] {
            Some((kept, value)) if *kept == key => *value,
            place => place.insert((key, f())).1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_those_of_the_function_and_seldom_computed_twice() {
        let (mut memo, mut computed) = (Memo::default(), 0);
        for k in 0..1000 {
            let (index, x) = (k / 500, f64::from(k as u32 % 7) + 1.0);
            let value = memo.of(index, x, || {
                computed += 1;
                x.powf(0.3) + index as f64
            });
            assert_eq!(value, x.powf(0.3) + index as f64);
        }
        assert!(computed < 200, "{computed}");
    }
}
