//! Fixed blocks: work is cut at the same places whatever the number of threads, and partial results are
//! combined in block order, so floating-point sums have the same bits on any machine load. What is done index by index
//! ([`map_firms`], [`map_each`]) is cut anywhere.

use rayon::prelude::*;
use std::ops::Range;
use std::sync::{Mutex, PoisonError};

/// Agents per block. Small enough for the cache, large enough to amortise a reader's positioning.
pub const BLOCK: usize = 16_384;

/// Applies `f` to every block of `0..n` in parallel and returns the results in block order.
pub fn map<T: Send>(n: usize, f: impl Fn(Range<usize>) -> T + Sync) -> Vec<T> {
    (0..n.div_ceil(BLOCK))
        .into_par_iter()
        .with_max_len(1)
        .map(|b| f(b * BLOCK..((b + 1) * BLOCK).min(n)))
        .collect()
}

/// Heavier items per block than [`BLOCK`] workers: firms.
pub const FIRM_BLOCK: usize = 1024;

/// Applies `f(state, index)` to every index in parallel, in order within pieces of at most a block of firms. Where a piece
/// begins is left to chance: `open(first)` must make the state that `f` would have left before `first`, such as a reader of
/// draws of which every index takes the same number. Results in order, each written where it stays.
pub fn map_firms<S, T: Send>(
    n: usize,
    open: impl Fn(usize) -> S + Sync,
    f: impl Fn(&mut S, usize) -> T + Sync,
) -> Vec<T> {
    (0..n)
        .into_par_iter()
        .with_max_len(FIRM_BLOCK)
        .map_init(|| None, |state, i| f(state.get_or_insert_with(|| open(i)), i))
        .collect()
}

/// Results of few heavy items, such as cells of firms, in order.
pub fn map_each<T: Send>(n: usize, f: impl Fn(usize) -> T + Send + Sync) -> Vec<T> {
    (0..n).into_par_iter().with_max_len(1).map(f).collect()
}

/// Runs `f(start, column chunk)` on every block of one mutable column.
pub fn map_mut<A: Send, T: Send>(a: &mut [A], f: impl Fn(usize, &mut [A]) -> T + Sync) -> Vec<T> {
    a.par_chunks_mut(BLOCK)
        .enumerate()
        .with_max_len(1)
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
        .with_max_len(1)
        .map(|(k, (x, y))| f(k * BLOCK, x, y))
        .collect()
}

/// Columns, or a range of indices, that are cut into blocks together.
pub trait Columns: Send + Sized {
    /// Rows.
    fn rows(&self) -> usize;
    /// The first `at` rows, and the rest.
    fn cut(self, at: usize) -> (Self, Self);
}

impl<T: Send> Columns for &mut [T] {
    fn rows(&self) -> usize {
        self.len()
    }
    fn cut(self, at: usize) -> (Self, Self) {
        self.split_at_mut(at)
    }
}

impl Columns for Range<usize> {
    fn rows(&self) -> usize {
        self.len()
    }
    fn cut(self, at: usize) -> (Self, Self) {
        (self.start..self.start + at, self.start + at..self.end)
    }
}

impl<A: Columns, B: Columns> Columns for (A, B) {
    fn rows(&self) -> usize {
        debug_assert_eq!(self.0.rows(), self.1.rows());
        self.0.rows()
    }
    fn cut(self, at: usize) -> (Self, Self) {
        let ((a, x), (b, y)) = (self.0.cut(at), self.1.cut(at));
        ((a, b), (x, y))
    }
}

/// Blocks of `size` rows, each with the index of its first row.
fn cut_all<C: Columns>(size: usize, mut columns: C) -> Vec<(usize, C)> {
    let n = columns.rows();
    let mut blocks = Vec::with_capacity(n.div_ceil(size));
    for start in (0..n).step_by(size) {
        let (block, rest) = columns.cut(size.min(n - start));
        blocks.push((start, block));
        columns = rest;
    }
    blocks
}

/// Runs `f(start, columns, sums)` on every block of `size` rows; results in block order, and the sums. A thread takes sums
/// that another block has given back, or opens new ones: no lock inside a block and no shared cache line. Which block adds
/// to which sums is left to chance, so they must be of a kind that adds up the same in any order, integers, or memory that
/// changes no result.
pub fn map_into<C: Columns, S: Send, T: Send>(
    size: usize,
    columns: C,
    open: impl Fn() -> S + Sync,
    f: impl Fn(usize, C, &mut S) -> T + Sync,
) -> (Vec<T>, Vec<S>) {
    let shelf: Mutex<Vec<S>> = Mutex::new(Vec::new());
    let shelved = || shelf.lock().unwrap_or_else(PoisonError::into_inner);
    let parts = cut_all(size, columns)
        .into_par_iter()
        .with_max_len(1)
        .map(|(start, block)| {
            let taken = shelved().pop();
            let mut sums = taken.unwrap_or_else(&open);
            let part = f(start, block, &mut sums);
            shelved().push(sums);
            part
        })
        .collect();
    (parts, shelf.into_inner().unwrap_or_else(PoisonError::into_inner))
}

/// Adds long integer sums up, element by element.
fn add_up(keys: usize, mut sums: Vec<Vec<i64>>) -> Vec<i64> {
    let mut all = sums.pop().unwrap_or_else(|| vec![0; keys]);
    all.par_chunks_mut(BLOCK).enumerate().for_each(|(b, all)| {
        for more in &sums {
            all.iter_mut().zip(&more[b * BLOCK..]).for_each(|(a, x)| *a += x);
        }
    });
    all
}

/// As [`map`], where `f` also adds to `keys` integer sums, such as one a firm.
pub fn map_sums<T: Send>(
    n: usize,
    keys: usize,
    f: impl Fn(Range<usize>, &mut [i64]) -> T + Sync,
) -> (Vec<T>, Vec<i64>) {
    let open = || vec![0i64; keys];
    let (parts, sums) = map_into(BLOCK, 0..n, open, |_, range, sums: &mut Vec<i64>| f(range, sums));
    (parts, add_up(keys, sums))
}

/// Agents looked up together in a table that does not fit the cache: their misses overlap.
pub const RUN: usize = 256;

// a place in a run is a byte
const _: () = assert!(RUN <= 256);

/// Those of a run whom a loop is about, in order. They are picked without a branch: where nobody can guess who is next,
/// asking each in the loop itself would cost more than the loop.
pub struct Picked {
    who: [u8; RUN],
    number: usize,
}

impl Default for Picked {
    /// Nobody yet.
    #[inline]
    fn default() -> Self {
        Picked {
            who: [0; RUN],
            number: 0,
        }
    }
}

impl Picked {
    /// Picks place `k` of the run if it is `meant`; places are asked about once each, in order.
    #[inline]
    pub fn ask(&mut self, k: usize, meant: bool) {
        self.who[self.number % RUN] = k as u8;
        self.number += usize::from(meant);
    }

    /// Those of a run that are `meant`.
    #[inline]
    pub fn of<T>(run: &[T], meant: impl Fn(&T) -> bool) -> Self {
        debug_assert!(run.len() <= RUN);
        let mut picked = Picked::default();
        run.iter().enumerate().for_each(|(k, x)| picked.ask(k, meant(x)));
        picked
    }

    /// Those of a run who are marked, few of many: where nobody of eight neighbours is, they are passed over together.
    #[inline]
    pub fn marked(marks: &[bool; RUN]) -> Self {
        let mut picked = Picked::default();
        for (eight, marks) in marks.as_chunks::<8>().0.iter().enumerate() {
            if *marks != [false; 8] {
                (0..8).for_each(|k| picked.ask(8 * eight + k, marks[k]));
            }
        }
        picked
    }

    /// Those of them who are `meant` too.
    #[inline]
    pub fn those(&self, meant: impl Fn(usize) -> bool) -> Self {
        let mut picked = Picked::default();
        self.iter().for_each(|k| picked.ask(k, meant(k)));
        picked
    }

    /// They, in order.
    #[inline]
    pub fn iter(&self) -> impl Iterator<Item = usize> {
        self.who[..self.number].iter().map(|&k| k as usize)
    }
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
    use crate::base::draws::{Draws, Stage};

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
    fn firms_draw_the_same_on_any_number_of_threads() {
        let draws = Draws::new(7);
        let luck = draws.stream(Stage::Exit, 3, 1);
        let once = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| {
                map_firms(
                    50_000,
                    |first| luck.at(first),
                    |reader, f| (f, reader.uniform().to_bits()),
                )
            })
        };
        let one = once(1);
        assert!(one.iter().enumerate().all(|(f, drawn)| drawn.0 == f));
        assert!([2, 3, 8].into_iter().all(|t| once(t) == one));
    }

    #[test]
    fn those_who_are_meant_are_picked_in_order() {
        for n in [0, 1, 77, RUN] {
            for every in [1, 2, 5, 1000] {
                let run: Vec<usize> = (0..n).collect();
                let picked = Picked::of(&run, |k| k % every == 0);
                assert!(picked.iter().eq((0..n).step_by(every)));
                let marks = std::array::from_fn(|k| k < n && k % every == 0);
                assert!(Picked::marked(&marks).iter().eq(picked.iter()));
                let even = picked.those(|k| k % 2 == 0);
                assert!(even.iter().eq((0..n).step_by(every).filter(|k| k % 2 == 0)));
            }
        }
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
