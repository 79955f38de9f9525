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

/// Blocks that share one copy of integer sums: two shares a thread keep all threads busy.
fn share(blocks: usize) -> usize {
    blocks.div_ceil(2 * rayon::current_num_threads()).max(1)
}

/// Results of blocks in order, and the sums of all shares.
type Summed<T> = (Vec<T>, Vec<i64>);

fn add_shares<T>(keys: usize, shares: Vec<Summed<T>>) -> Summed<T> {
    let mut all = (Vec::new(), vec![0i64; keys]);
    for (parts, sums) in shares {
        all.0.extend(parts);
        all.1.iter_mut().zip(sums).for_each(|(a, x)| *a += x);
    }
    all
}

/// As [`map`], where `f` also adds to `keys` integer sums, such as one a firm. Threads add to copies of their own, which
/// costs no lock and no shared cache line; integers add up the same in any order.
pub fn map_sums<T: Send>(
    n: usize,
    keys: usize,
    f: impl Fn(std::ops::Range<usize>, &mut [i64]) -> T + Sync,
) -> Summed<T> {
    let blocks = n.div_ceil(BLOCK);
    let shares: Vec<Summed<T>> = (0..blocks)
        .into_par_iter()
        .with_min_len(share(blocks))
        .fold(
            || (Vec::new(), vec![0; keys]),
            |(mut parts, mut sums), b| {
                parts.push(f(b * BLOCK..((b + 1) * BLOCK).min(n), &mut sums));
                (parts, sums)
            },
        )
        .collect();
    add_shares(keys, shares)
}

/// As [`map_mut2`], with integer sums as [`map_sums`] has them.
pub fn map_mut2_sums<A: Send, B: Send, T: Send>(
    a: &mut [A],
    b: &mut [B],
    keys: usize,
    f: impl Fn(usize, &mut [A], &mut [B], &mut [i64]) -> T + Sync,
) -> Summed<T> {
    debug_assert_eq!(a.len(), b.len());
    let min = share(a.len().div_ceil(BLOCK));
    let shares: Vec<Summed<T>> = a
        .par_chunks_mut(BLOCK)
        .zip(b.par_chunks_mut(BLOCK))
        .enumerate()
        .with_min_len(min)
        .fold(
            || (Vec::new(), vec![0; keys]),
            |(mut parts, mut sums), (k, (x, y))| {
                parts.push(f(k * BLOCK, x, y, &mut sums));
                (parts, sums)
            },
        )
        .collect();
    add_shares(keys, shares)
}

/// Agents looked up together in a table that does not fit the cache: their misses overlap.
pub const RUN: usize = 256;

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

    #[test]
    fn integer_sums_and_results_are_the_same_on_any_number_of_threads() {
        let n = 300_000;
        let once = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| {
                map_sums(n, 7, |range, sums| {
                    range.clone().for_each(|i| sums[i % 7] += i as i64);
                    range.start
                })
            })
        };
        let (starts, sums) = once(1);
        assert_eq!(starts, (0..n.div_ceil(BLOCK)).map(|b| b * BLOCK).collect::<Vec<_>>());
        assert_eq!(sums.iter().sum::<i64>(), (n as i64 - 1) * n as i64 / 2);
        assert!([2, 3, 8].into_iter().all(|t| once(t) == (starts.clone(), sums.clone())));
    }
}
