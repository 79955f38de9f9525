//! Fixed blocks: work is cut at the same places whatever the number of threads, and partial results are
//! combined in block order, so floating-point sums have the same bits on any machine load.

use rayon::prelude::*;

/// Agents per block. Small enough for the cache, large enough to amortise a reader's positioning.
pub const BLOCK: usize = 16_384;

/// Applies `f` to every block of `0..n` in parallel and returns the results in block order.
pub fn map<T: Send>(n: usize, f: impl Fn(std::ops::Range<usize>) -> T + Sync) -> Vec<T> {
    (0..n.div_ceil(BLOCK))
        .into_par_iter()
        .map(|b| f(b * BLOCK..((b + 1) * BLOCK).min(n)))
        .collect()
}

/// Heavier items per block than [`BLOCK`] workers: firms.
const FIRM_BLOCK: usize = 1024;

/// Applies `f(state, index)` to every index in parallel, in order within blocks of firms; `open(first)` makes the
/// block's state, such as a reader of draws. Results in order.
pub fn map_firms<S, T: Send>(
    n: usize,
    open: impl Fn(usize) -> S + Sync,
    f: impl Fn(&mut S, usize) -> T + Sync,
) -> Vec<T> {
    let parts: Vec<Vec<T>> = (0..n.div_ceil(FIRM_BLOCK))
        .into_par_iter()
        .map(|b| {
            let range = b * FIRM_BLOCK..((b + 1) * FIRM_BLOCK).min(n);
            let mut state = open(range.start);
            range.map(|i| f(&mut state, i)).collect()
        })
        .collect();
    parts.into_iter().flatten().collect()
}

/// Runs `f(start, column chunk)` on every block of one mutable column.
pub fn map_mut<A: Send, T: Send>(a: &mut [A], f: impl Fn(usize, &mut [A]) -> T + Sync) -> Vec<T> {
    a.par_chunks_mut(BLOCK)
        .enumerate()
        .map(|(b, chunk)| f(b * BLOCK, chunk))
        .collect()
}

/// As [`map_mut`] for two columns of equal length.
pub fn map_mut2<A: Send, B: Send, T: Send>(
    a: &mut [A],
    b: &mut [B],
    f: impl Fn(usize, &mut [A], &mut [B]) -> T + Sync,
) -> Vec<T> {
    debug_assert_eq!(a.len(), b.len());
    a.par_chunks_mut(BLOCK)
        .zip(b.par_chunks_mut(BLOCK))
        .enumerate()
        .map(|(k, (x, y))| f(k * BLOCK, x, y))
        .collect()
}

/// Element-wise sum of equally long vectors, in order.
pub fn add_all(parts: Vec<Vec<f64>>) -> Vec<f64> {
    let mut parts = parts.into_iter();
    let Some(mut total) = parts.next() else {
        return Vec::new();
    };
    for p in parts {
        for (t, x) in total.iter_mut().zip(&p) {
            *t += x;
        }
    }
    total
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_have_the_same_bits_on_any_number_of_threads() {
        let x: Vec<f64> = (0..100_000).map(|i| (f64::from(i) * 0.7).sin() * 1e3).collect();
        let sum = || map(x.len(), |r| x[r].iter().sum::<f64>()).into_iter().sum::<f64>();
        let bits = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(sum).to_bits()
        };
        let one = bits(1);
        assert!([2, 3, 8].into_iter().all(|t| bits(t) == one));
    }
}
