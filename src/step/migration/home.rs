//! Homes, families and idle plots of workers who moved.

use crate::agents::workers::{Status, flag};
use crate::base::draws::Stage;
use crate::world::{World, home_class};

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

/// Home of a worker who moved: farmers live in the village; a rural hukou holder back home does so, and a migrant
/// rents, with the shares of the start, by the household's own luck.
pub(super) fn house(w: &mut World, i: usize) {
    let (r, o) = (w.workers.region[i] as usize, w.workers.hukou[i] as usize);
    let luck = w
        .draws()
        .stream(Stage::Village, 1, 1)
        .of(i, u32::from(w.workers.generation[i]))
        .uniform();
    let flags = w.workers.flags[i] & !(flag::VILLAGE_HOME | flag::TENANT);
    let rural = flags & flag::RURAL_HUKOU != 0;
    let home = if w.workers.status[i] == Status::Farm {
        flag::VILLAGE_HOME
    } else if r >= w.geography.inside {
        0
    } else if r == o {
        if rural && luck < w.places.village_share[r] {
            flag::VILLAGE_HOME
        } else {
            0
        }
    } else if luck < w.places.tenant_share[r] {
        flag::TENANT
    } else {
        0
    };
    w.workers.flags[i] = flags | home;
}

/// Dependants of a worker who moved: as many as is usual in the new home; the others stay with kin in the old one,
/// from where those who come back take them up again. No dependant appears or vanishes.
pub(super) fn family(w: &mut World, i: usize, left: Option<(usize, usize)>) {
    let r = w.workers.region[i] as usize;
    let inside = r < w.geography.inside;
    let usual = if inside {
        w.places.family[r][home_class(w, i)]
    } else {
        [0.0; 2]
    };
    let mut luck = w
        .draws()
        .stream(Stage::Village, 2, 2)
        .of(i, u32::from(w.workers.generation[i]));
    let village = usize::from(w.workers.flags[i] & flag::VILLAGE_HOME != 0);
    for (k, usual) in usual.into_iter().enumerate() {
        let column = if k == 0 {
            &mut w.workers.old[i]
        } else {
            &mut w.workers.young[i]
        };
        let wanted = (usual + luck.uniform()) as u8;
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
