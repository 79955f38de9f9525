//! Households with a plot, and what their persistent luck says of it.

use crate::base::blocks::BLOCK;
use crate::base::draws::{of_generation, unit};

/// What a household's persistent luck says of its plot; both are uniform.
#[derive(Clone, Copy)]
pub(super) struct Tenure {
    /// Secure if not below the law's share of insecure households.
    pub(super) security: f64,
    /// Insecure absent households below the kin share lend to kin.
    pub(super) idle: f64,
}

impl Tenure {
    /// What the words of a household say to its generation.
    #[inline]
    pub(super) fn of(words: [u32; 2], generation: u16) -> Self {
        let [security, idle] = words.map(|word| unit(of_generation(word, generation.into())));
        Tenure { security, idle }
    }
}

/// What a household is to the market.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    /// Farms; secure enough to lease or not.
    Farmer { secure: bool },
    /// Is absent and may let the plot.
    Owner,
    /// Is absent, insecure, and lends to kin.
    Lender,
    /// Is absent, insecure, and leaves the plot idle.
    Idle,
}

/// A household with a plot.
#[derive(Clone, Copy)]
pub(super) struct Holder {
    /// Plot [m2].
    pub(super) plot: u32,
    pub(super) village: u32,
    /// Place of the worker in its block.
    pub(super) place: u16,
    pub(super) region: u8,
    pub(super) side: Side,
}

const _: () = assert!(BLOCK <= 1 << u16::BITS);

impl Holder {
    /// Plot of the household [m2].
    #[inline]
    pub(super) fn plot(&self) -> i64 {
        i64::from(self.plot)
    }
}
