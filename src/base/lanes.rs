//! One formula for one number and for a run of numbers: a formula is written for any [`Real`], and runs of agents compute
//! it in [`Lanes`], with the same bits.

use super::powers;
use std::array::from_fn;
use std::ops::{Add, Div, Mul, Range, Sub};

pub use super::powers::LANES;

/// A number, or a run of them that a formula is computed for at once.
pub trait Real:
    Copy
    + From<f64>
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Add<f64, Output = Self>
    + Sub<f64, Output = Self>
    + Mul<f64, Output = Self>
    + Div<f64, Output = Self>
{
    /// As [`f64::exp`].
    fn exp(self) -> Self;
    /// As [`f64::ln`].
    fn ln(self) -> Self;
    /// As [`f64::powf`].
    fn powf(self, exponent: f64) -> Self;
    /// As [`f64::max`].
    fn max(self, least: f64) -> Self;
    /// `f` of the number, or of each.
    fn map(self, f: impl FnMut(f64) -> f64) -> Self;
}

impl Real for f64 {
    #[inline]
    fn exp(self) -> Self {
        self.exp()
    }
    #[inline]
    fn ln(self) -> Self {
        self.ln()
    }
    #[inline]
    fn powf(self, exponent: f64) -> Self {
        self.powf(exponent)
    }
    #[inline]
    fn max(self, least: f64) -> Self {
        self.max(least)
    }
    #[inline]
    fn map(self, mut f: impl FnMut(f64) -> f64) -> Self {
        f(self)
    }
}

/// `value` of every agent of `run`, asked in order; lanes beyond the run repeat its first agent.
#[inline]
pub fn of_each<T: Copy>(run: Range<usize>, mut value: impl FnMut(usize) -> T) -> [T; LANES] {
    debug_assert!(!run.is_empty() && run.len() <= LANES);
    let mut lanes = [value(run.start); LANES];
    for (lane, agent) in lanes[1..].iter_mut().zip(run.start + 1..run.end) {
        *lane = value(agent);
    }
    lanes
}

/// Calls `f` with the items of `all` in runs, in order.
#[inline]
pub fn in_runs<T: Copy + Default>(mut all: impl Iterator<Item = T>, mut f: impl FnMut(&[T])) {
    let mut run = [T::default(); LANES];
    loop {
        let mut number = 0;
        for (place, item) in run.iter_mut().zip(&mut all) {
            *place = item;
            number += 1;
        }
        if number == 0 {
            return;
        }
        f(&run[..number]);
    }
}

/// A number for every agent of a run.
#[derive(Clone, Copy, Debug)]
pub struct Lanes([f64; LANES]);

impl Lanes {
    /// `value` of every agent of `run`, as [`of_each`] asks for it.
    #[inline]
    pub fn of(run: &Range<usize>, value: impl FnMut(usize) -> f64) -> Self {
        Lanes(of_each(run.clone(), value))
    }

    /// The numbers, the first of them those of the run.
    #[inline]
    pub fn numbers(&self) -> &[f64; LANES] {
        &self.0
    }

    /// The numbers where those of `other` are positive, elsewhere zero.
    #[inline]
    pub fn where_positive(&self, other: &Lanes) -> Self {
        Lanes(from_fn(|l| if other.0[l] > 0.0 { self.0[l] } else { 0.0 }))
    }

    /// Puts the run's numbers into its part of a column.
    #[inline]
    pub fn put(&self, column: &mut [f64]) {
        column.copy_from_slice(&self.0[..column.len()]);
    }
}

impl From<f64> for Lanes {
    #[inline]
    fn from(x: f64) -> Self {
        Lanes([x; LANES])
    }
}

impl From<[f64; LANES]> for Lanes {
    #[inline]
    fn from(numbers: [f64; LANES]) -> Self {
        Lanes(numbers)
    }
}

impl Real for Lanes {
    #[inline]
    fn exp(self) -> Self {
        Lanes(powers::exp(&self.0))
    }
    #[inline]
    fn ln(self) -> Self {
        Lanes(powers::ln(&self.0))
    }
    #[inline]
    fn powf(self, exponent: f64) -> Self {
        Lanes(powers::powf(&self.0, exponent))
    }
    #[inline]
    fn max(self, least: f64) -> Self {
        self.map(|x| x.max(least))
    }
    #[inline]
    fn map(self, f: impl FnMut(f64) -> f64) -> Self {
        Lanes(self.0.map(f))
    }
}

macro_rules! lane_by_lane {
    ($($operator:ident $name:ident $sign:tt)*) => {$(
        impl $operator for Lanes {
            type Output = Lanes;
            #[inline]
            fn $name(self, other: Lanes) -> Lanes {
                Lanes(from_fn(|l| self.0[l] $sign other.0[l]))
            }
        }
        impl $operator<f64> for Lanes {
            type Output = Lanes;
            #[inline]
            fn $name(self, other: f64) -> Lanes {
                Lanes(self.0.map(|x| x $sign other))
            }
        }
    )*};
}

lane_by_lane!(Add add + Sub sub - Mul mul * Div div /);

#[cfg(test)]
mod tests {
    use super::*;

    fn formula<N: Real>(x: N, y: N) -> N {
        ((x * 2.0 + y) / (y - 0.5)).max(0.1).powf(0.7) * (x - y).exp() + (x / 3.0).ln() * y
    }

    #[test]
    fn a_run_has_the_bits_of_its_agents() {
        let (x, y) = (|f: usize| f as f64 * 0.37 + 0.1, |f: usize| (f as f64).sin() + 2.0);
        for run in [3..4, 10..17, 5..5 + LANES] {
            let lanes = formula(Lanes::of(&run, x), Lanes::of(&run, y));
            let mut column = vec![0.0; run.len()];
            lanes.put(&mut column);
            let one: Vec<f64> = run.map(|f| formula(x(f), y(f))).collect();
            assert_eq!(column, one);
        }
    }
}
