//! Households with a plot, and what their persistent luck says of it.

use crate::base::blocks::{BLOCK, Picked, RUN};
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

impl Side {
    /// The side of a household that `farms` or is absent, is `secure` or not, and lends to `kin` if it is neither.
    #[inline]
    pub(super) fn of(farms: bool, secure: bool, kin: bool) -> Self {
        match (farms, secure, kin) {
            (true, secure, _) => Side::Farmer { secure },
            (false, true, _) => Side::Owner,
            (false, false, true) => Side::Lender,
            (false, false, false) => Side::Idle,
        }
    }

    /// Whether the household farms.
    #[inline]
    pub(super) fn farms(self) -> bool {
        matches!(self, Side::Farmer { .. })
    }
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

/// Households with a plot of a block of workers.
pub(super) struct Held {
    /// All of them, in order.
    pub(super) holders: Vec<Holder>,
    /// Places of farmers among them.
    pub(super) farmers: Vec<u16>,
    /// Plots that owners may let, by region [m2], and the same per person, summed one by one.
    pub(super) owned: Vec<(i64, f64)>,
}

impl Held {
    /// What is known of `holders` in so many regions; an agent is `scale` people.
    pub(super) fn of(holders: Vec<Holder>, regions: usize, scale: f64) -> Self {
        let mut farmers = Vec::new();
        for (k, run) in holders.chunks(RUN).enumerate() {
            let picked = Picked::of(run, |holder| holder.side.farms());
            farmers.extend(picked.iter().map(|place| (k * RUN + place) as u16));
        }
        let mut owned = vec![(0, 0.0); regions];
        // neighbours are often of one region: sums stay in registers
        for run in holders.chunk_by(|a, b| a.region == b.region) {
            let of_region = &mut owned[run[0].region as usize];
            let (mut plots, mut per_person) = *of_region;
            for holder in run {
                let plot = if holder.side == Side::Owner { holder.plot() } else { 0 };
                plots += plot;
                per_person += plot as f64 / scale;
            }
            *of_region = (plots, per_person);
        }
        Held {
            holders,
            farmers,
            owned,
        }
    }
}

/// A farmer, before it is known what its land is worth to it.
#[derive(Clone, Copy, Default)]
pub(super) struct Farmer {
    pub(super) skill: f64,
    /// Plot, and own land with kin land [m2].
    pub(super) plot: u32,
    pub(super) own: i64,
    pub(super) region: u8,
    pub(super) secure: bool,
}

/// A secure farmer, and what its land is worth to it.
pub(super) struct Trader {
    pub(super) farmer: Farmer,
    /// Size index and log marginal product of own land.
    pub(super) s: f64,
    pub(super) log_marginal: f64,
}
