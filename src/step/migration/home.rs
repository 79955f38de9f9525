//! Homes, families and idle plots of workers who moved.

use crate::agents::workers::{Status, flag};
use crate::base::draws::{Stage, Stream, unit};
use crate::world::{Places, World, home_class};

/// Who comes back to the farm within the year tills what lay idle of the plot; the rest is let until the next leases.
pub(super) fn till_idle_plot(w: &mut World, i: usize) {
    if w.workers.flags[i] & flag::IDLE_PLOT != 0 {
        let region = w.farming.village_region[w.workers.village[i] as usize] as usize;
        let idle = w.workers.plot_m2[i].saturating_add_signed(w.workers.leased_m2[i]);
        w.workers.operated_m2[i] = idle;
        w.workers.flags[i] &= !flag::IDLE_PLOT;
        w.farming.idle_m2[region] -= i64::from(idle);
    }
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

    /// Luck of a worker of this generation who brings the family along.
    pub(super) fn with_family(&self, i: usize, generation: u32) -> Luck {
        Luck {
            rents: self.rents.of(i, generation).uniform(),
            dependants: [0.0; 2],
        }
    }

    /// Luck of workers (slot and generation), in order.
    pub(super) fn of(&self, workers: &[(usize, u32)]) -> Vec<Luck> {
        let mut luck = Vec::with_capacity(workers.len());
        self.rents.scattered(workers, |_, [word]: [u32; 1]| {
            luck.push(Luck {
                rents: unit(word),
                dependants: [0.0; 2],
            });
        });
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

/// Dependants of a worker who moved: as many as is usual in the new home; the others stay with kin in the old one,
/// from where those who come back take them up again. No dependant appears or vanishes.
pub(super) fn family(w: &mut World, i: usize, luck: Luck, left: Option<(usize, usize)>) {
    let r = w.workers.region[i] as usize;
    let inside = r < w.geography.inside;
    let usual = if inside {
        w.places.family[r][home_class(w, i)]
    } else {
        [0.0; 2]
    };
    let village = usize::from(w.workers.flags[i] & flag::VILLAGE_HOME != 0);
    for (k, usual) in usual.into_iter().enumerate() {
        let column = if k == 0 {
            &mut w.workers.old[i]
        } else {
            &mut w.workers.young[i]
        };
        let wanted = (usual + luck.dependants[k]) as u8;
        if wanted < *column {
            if let Some((from, home)) = left {
                w.places.left_behind[from][home][k] += i64::from(*column - wanted);
                *column = wanted;
            }
        } else if inside {
            let pool = &mut w.places.left_behind[r][village][k];
            let taken = i64::from(wanted - *column).min((*pool).max(0));
            *pool -= taken;
            *column += taken as u8;
        }
    }
}
