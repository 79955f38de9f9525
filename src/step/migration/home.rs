//! Homes, families and idle plots of workers who moved.

use crate::agents::workers::{Status, flag};
use crate::base::draws::{Stage, Stream, unit};
use crate::world::{Places, World, home_class};
use std::array::from_fn;

/// Who comes back to the farm within the year tills what lay idle of the plot; the rest is let until the next leases. Returns
/// the land operated [m2] and the flags of one with this plot, leased land [m2] and flags.
pub(super) fn till_idle_plot((plot, leased): (u32, i32), flags: u8) -> (u32, u8) {
    (plot.saturating_add_signed(leased), flags & !flag::IDLE_PLOT)
}

/// What is drawn once for a household: whether it rents after a move, and its dependants, old and young.
#[derive(Clone, Copy)]
pub(super) struct Luck {
    rents: f64,
    dependants: [f64; 2],
}

/// Where the luck of households is drawn.
pub(super) struct Lot {
    rents: Stream,
    dependants: Stream,
}

impl Lot {
    pub(super) fn new(w: &World) -> Self {
        Lot {
            rents: w.draws().stream(Stage::Village, 1, 1),
            dependants: w.draws().stream(Stage::Village, 2, 2),
        }
    }

    /// Luck of workers (slot and generation), in order, who bring the family along.
    pub(super) fn with_families(&self, workers: &[(usize, u32)]) -> Vec<Luck> {
        let mut luck = Vec::with_capacity(workers.len());
        self.rents.scattered(workers, |_, [word]: [u32; 1]| {
            luck.push(Luck {
                rents: unit(word),
                dependants: [0.0; 2],
            });
        });
        luck
    }

    /// Luck of workers (slot and generation), in order.
    pub(super) fn of(&self, workers: &[(usize, u32)]) -> Vec<Luck> {
        let mut luck = self.with_families(workers);
        self.dependants
            .scattered(workers, |k, words: [u32; 2]| luck[k].dependants = words.map(unit));
        luck
    }
}

/// Flags of a worker who moved to region `r` from a hukou in `o`: farmers live in the village; a rural hukou holder back home
/// does so, and a migrant rents, with the shares of the start, by the household's own luck.
pub(super) fn house(
    places: &Places,
    inside: usize,
    (r, o): (usize, usize),
    (status, flags): (Status, u8),
    luck: Luck,
) -> u8 {
    let flags = flags & !(flag::VILLAGE_HOME | flag::TENANT);
    let rural = flags & flag::RURAL_HUKOU != 0;
    let home = if status == Status::Farm {
        flag::VILLAGE_HOME
    } else if r >= inside {
        0
    } else if r == o {
        if rural && luck.rents < places.village_share[r] {
            flag::VILLAGE_HOME
        } else {
            0
        }
    } else if luck.rents < places.tenant_share[r] {
        flag::TENANT
    } else {
        0
    };
    flags | home
}

/// Dependants of a worker who moved, old and young [twentieths of a person a worker].
#[derive(Clone, Copy, Default)]
pub(super) struct Family {
    pub(super) now: [u8; 2],
    pub(super) wanted: [u8; 2],
}

/// Dependants that a worker with this hukou and these flags wants in region `r`: as many as is usual there.
pub(super) fn wanted(places: &Places, inside: usize, r: usize, (hukou, flags): (u8, u8), luck: Luck) -> [u8; 2] {
    let usual = if r < inside {
        places.family[r][home_class(flags, hukou, r as u8)]
    } else {
        [0.0; 2]
    };
    from_fn(|k| (usual[k] + luck.dependants[k]) as u8)
}

/// The `family` of a worker who moved to a region and home (0 town, 1 village): dependants who are too many stay with kin where
/// it `left`, from where those who come back take them up again. No dependant appears or vanishes.
pub(super) fn reunite(
    places: &mut Places,
    family: &mut Family,
    to: Option<(usize, usize)>,
    left: Option<(usize, usize)>,
) {
    for (k, (now, wanted)) in family.now.iter_mut().zip(family.wanted).enumerate() {
        if wanted < *now {
            if let Some((from, home)) = left {
                places.left_behind[from][home][k] += i64::from(*now - wanted);
                *now = wanted;
            }
        } else if let Some((r, home)) = to {
            let pool = &mut places.left_behind[r][home][k];
            let taken = i64::from(wanted - *now).min((*pool).max(0));
            *pool -= taken;
            *now += taken as u8;
        }
    }
}
