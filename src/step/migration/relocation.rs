//! Relocation: what a move changes. Every block of workers changes its own columns; what movers share, such as kin left behind and
//! accounts, follows in order of identity.

use super::Mover;
use super::home::{self, Family};
use crate::agents::workers::{NOBODY, Status, Workers, flag};
use crate::base::blocks;
use crate::books::{CENTRAL, Flow, Tally};
use crate::world::World;
use std::mem::take;
use std::ops::Range;

/// The columns of all workers that moves change; the world lacks them meanwhile.
pub(super) struct Columns {
    epoch: Vec<u8>,
    flags: Vec<u8>,
    status: Vec<Status>,
    employer: Vec<u32>,
    region: Vec<u8>,
    credit: Vec<u8>,
}

impl Columns {
    /// Takes them.
    pub(super) fn take(workers: &mut Workers) -> Self {
        Columns {
            epoch: take(&mut workers.epoch),
            flags: take(&mut workers.flags),
            status: take(&mut workers.status),
            employer: take(&mut workers.employer),
            region: take(&mut workers.region),
            credit: take(&mut workers.credit),
        }
    }

    /// Puts them back.
    pub(super) fn give_back(self, workers: &mut Workers) {
        (workers.epoch, workers.flags) = (self.epoch, self.flags);
        (workers.status, workers.employer) = (self.status, self.employer);
        (workers.region, workers.credit) = (self.region, self.credit);
    }

    /// What `f` finds in every block of workers, in order.
    pub(super) fn each_block<T: Send>(&mut self, f: impl Fn(Rows) -> T + Sync) -> Vec<T> {
        let tastes = (&mut self.epoch[..], &mut self.flags[..]);
        let work = (&mut self.status[..], &mut self.employer[..]);
        let home = (&mut self.region[..], &mut self.credit[..]);
        let block = |first, (((epoch, flags), (status, employer)), (region, credit)), (): &mut ()| {
            f(Rows {
                first,
                epoch,
                flags,
                status,
                employer,
                region,
                credit,
            })
        };
        blocks::map_into(blocks::BLOCK, ((tastes, work), home), || (), block).0
    }
}

/// The same of a block of workers.
pub(super) struct Rows<'a> {
    pub(super) first: usize,
    pub(super) epoch: &'a mut [u8],
    pub(super) flags: &'a mut [u8],
    pub(super) status: &'a mut [Status],
    pub(super) employer: &'a mut [u32],
    pub(super) region: &'a mut [u8],
    credit: &'a mut [u8],
}

impl Rows<'_> {
    /// The workers.
    pub(super) fn range(&self) -> Range<usize> {
        self.first..self.first + self.region.len()
    }
}

/// What a move reads: the world.
pub(super) struct Around<'a> {
    pub(super) w: &'a World,
}

/// What a move changes of a worker.
struct Row<'a> {
    flags: &'a mut u8,
    status: &'a mut Status,
    employer: &'a mut u32,
    region: &'a mut u8,
    credit: &'a mut u8,
}

/// A worker who has moved.
pub(super) struct Moved {
    i: usize,
    from: usize,
    to: usize,
    family: Family,
    /// Firm whose job is left, or [`NOBODY`].
    job: u32,
    /// Goes back outside.
    departs: bool,
    /// Back on the farm, with an idle plot.
    tills: bool,
    /// Home before and after: 0 in town, 1 in a village.
    homes: [usize; 2],
    /// Old and new bank, and what is in the account [fen], where it moves.
    account: Option<(usize, usize, i64)>,
}

impl Around<'_> {
    /// A worker goes to an option, unless it is there. Who departs from the modelled regions keeps the columns.
    pub(super) fn go(&self, mover: &Mover, rows: &mut Rows) -> Option<Moved> {
        let geography = &self.w.geography;
        let (inside, all) = (geography.inside, geography.all());
        let (hukou, k) = (self.w.workers.hukou[mover.i], mover.i - rows.first);
        if mover.redrawn {
            rows.epoch[k] = rows.epoch[k].wrapping_add(1);
            rows.flags[k] &= !flag::ANCHORED;
        }
        let row = &mut Row {
            flags: &mut rows.flags[k],
            status: &mut rows.status[k],
            employer: &mut rows.employer[k],
            region: &mut rows.region[k],
            credit: &mut rows.credit[k],
        };
        let (from, origin) = (*row.region as usize, hukou as usize);
        let farm = *row.status == Status::Farm;
        if mover.choice == if farm { all } else { from } {
            return None;
        }
        let employed = *row.status == Status::Employed;
        *row.employer = NOBODY;
        let to = if mover.choice == all { origin } else { mover.choice };
        let mut moved = Moved {
            i: mover.i,
            from,
            to,
            family: Family::default(),
            job: if employed { mover.employer } else { NOBODY },
            departs: to >= inside && origin >= inside,
            tills: mover.choice == all && *row.flags & flag::IDLE_PLOT != 0,
            homes: [in_village(*row.flags); 2],
            account: None,
        };
        if moved.departs {
            return Some(moved);
        }
        self.carry_residence((from, to), origin, row);
        let account = |region| geography.bank[geography.account_place(region, hukou)] as usize;
        let banks = (account(*row.region), account(to as u8));
        *row.region = to as u8;
        *row.status = if mover.choice == all {
            Status::Farm
        } else if to < inside {
            Status::Unemployed
        } else {
            Status::Away
        };
        *row.flags = home::house(
            &self.w.places,
            inside,
            (to, origin),
            (*row.status, *row.flags),
            mover.luck,
        );
        moved.homes[1] = in_village(*row.flags);
        moved.family = Family {
            now: mover.dependants,
            wanted: home::wanted(&self.w.places, inside, to, (hukou, *row.flags), mover.luck),
        };
        moved.account = (banks.0 != banks.1).then_some((banks.0, banks.1, mover.deposits));
        Some(moved)
    }

    /// Credited residence of a worker who moves: kept inside a city, portable as the law says inside the circle, lost
    /// otherwise.
    fn carry_residence(&self, (from, to): (usize, usize), origin: usize, row: &mut Row) {
        if from == to {
            return;
        }
        let in_city = &self.w.geography.in_city;
        let kept = match (in_city.get(from), in_city.get(to)) {
            (Some(a), Some(b)) if a == b => 1.0,
            (Some(_), Some(_)) => self.w.rules[to].hukou.years_portable_in_circle,
            _ => 0.0,
        };
        let credit = f64::from(*row.credit);
        *row.credit = if to == origin { 0 } else { (credit * kept) as u8 };
        *row.flags &= !(flag::DECLINED | flag::SETTLED);
    }
}

/// Home of a worker with these flags: 0 in town, 1 in a village.
fn in_village(flags: u8) -> usize {
    usize::from(flags & flag::VILLAGE_HOME != 0)
}

/// What follows moves beyond the worker's own columns: what movers share in order of identity, what every block of workers can
/// do by itself, and what those who departed leave.
pub(super) fn follow(w: &mut World, t: &mut Tally, moved: &mut [Vec<Moved>]) {
    moved.iter_mut().flatten().for_each(|moved| share(w, t, moved));
    let departed = settle(w, t, moved);
    departed.iter().flatten().for_each(|departed| leave(w, t, departed));
}

/// What a mover shares with others: the job left, counts, kin, accounts. Its dependants are those whom it has now.
fn share(w: &mut World, t: &mut Tally, moved: &mut Moved) {
    let &mut Moved { from, to, .. } = moved;
    let inside = w.geography.inside;
    if moved.job != NOBODY {
        w.firms.heads[moved.job as usize] -= 1;
    }
    if moved.departs {
        return;
    }
    if from == to {
        w.quarter.farm_moves[to] += 1;
    } else if to < inside {
        w.quarter.moves[to] += 1;
    }
    let lives = |r, home| (r < inside).then_some((r, home));
    let [left, reached] = [lives(from, moved.homes[0]), lives(to, moved.homes[1])];
    home::reunite(&mut w.places, &mut moved.family, reached, left);
    if let Some((old, new, deposits)) = moved.account {
        t.move_account(old, new, deposits);
    }
}

/// Somebody from outside who went back there, with family and savings.
struct Departed {
    slot: usize,
    /// Outside region.
    origin: usize,
    /// Rural hukou.
    rural: bool,
    /// Savings that are taken along [fen].
    savings: i64,
    /// Units of the equity fund that are given up.
    units: u32,
    /// Twentieths of a person a worker.
    dependants: i64,
}

/// Families of movers are as they are now, and who comes back to the farm tills what lay idle of the plot; the slots of those who
/// depart are emptied. Returns these, by block.
fn settle(w: &mut World, t: &mut Tally, moved: &[Vec<Moved>]) -> Vec<Vec<Departed>> {
    let (workers, geography) = (&mut w.workers, &w.geography);
    let (plot, leased, village) = (&workers.plot_m2, &workers.leased_m2, &workers.village);
    let (region, hukou, village_region) = (&workers.region, &workers.hukou, &w.farming.village_region);
    let family = (&mut workers.old[..], &mut workers.young[..]);
    let land = (&mut workers.operated_m2[..], &mut workers.flags[..]);
    let savings = (&mut workers.deposits[..], &mut workers.units[..]);
    let work = (&mut workers.status[..], &mut workers.permanent_income[..]);
    let columns = ((family, land), (savings, work));
    let (settled, tallies) = blocks::map_into(blocks::BLOCK, columns, Tally::default, |start, columns, t| {
        let (((old, young), (operated, flags)), ((deposits, units), (status, income))) = columns;
        let (mut tilled, mut departed) = (Vec::new(), Vec::new());
        for moved in &moved[start / blocks::BLOCK] {
            let (i, k) = (moved.i, moved.i - start);
            if moved.departs {
                let bank = geography.bank[geography.account_place(region[i], hukou[i])] as usize;
                let savings = deposits[k];
                t.pay_out(Flow::Departures, bank, &mut deposits[k], savings);
                departed.push(Departed {
                    slot: i,
                    origin: hukou[i] as usize - geography.inside,
                    rural: flags[k] & flag::RURAL_HUKOU != 0,
                    savings,
                    units: take(&mut units[k]),
                    dependants: i64::from(take(&mut old[k])) + i64::from(take(&mut young[k])),
                });
                (status[k], income[k]) = (Status::Free, 0.0);
                continue;
            }
            [old[k], young[k]] = moved.family.now;
            if moved.tills {
                (operated[k], flags[k]) = home::till_idle_plot((plot[i], leased[i]), flags[k]);
                tilled.push((village_region[village[i] as usize] as usize, operated[k]));
            }
        }
        (tilled, departed)
    });
    tallies.iter().for_each(|part| t.merge(part));
    let (tilled, departed): (Vec<_>, Vec<_>) = settled.into_iter().unzip();
    for (region, idle) in tilled.into_iter().flatten() {
        w.farming.idle_m2[region] -= i64::from(idle);
    }
    departed
}

/// What somebody who went back outside leaves: a slot that is free for another.
fn leave(w: &mut World, t: &mut Tally, departed: &Departed) {
    let outer = &mut w.governments.outer;
    t.pay_in(Flow::Departures, CENTRAL, outer, departed.savings);
    w.fund.units -= i64::from(departed.units);
    w.free.insert(departed.slot as u32);
    w.books.people_arrive(-i64::from(w.scale), -departed.dependants);
    w.places.outside_people[departed.origin][usize::from(departed.rural)] += f64::from(w.scale);
}
