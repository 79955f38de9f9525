//! Relocation: what a move changes. Every block of workers changes its own columns; what movers share, such as kin left behind and
//! accounts, follows in order of identity.

use super::home::{self, Family};
use super::{Mover, Status};
use crate::agents::workers::{NOBODY, flag};
use crate::base::blocks;
use crate::books::{CENTRAL, Flow, Tally};
use crate::rules::Rules;
use crate::world::{Geography, Places, World};

/// Movers, by block, go to their options. Returns those who are not where they were, by block and in order of identity.
pub(super) fn go(w: &mut World, movers: &[Vec<Mover>]) -> Vec<Vec<Moved>> {
    let (places, rules) = (&w.places, &w.rules);
    let workers = &mut w.workers;
    let around = Around {
        geography: &w.geography,
        places,
        rules,
        hukou: &workers.hukou,
        deposits: &workers.deposits,
        dependants: [&workers.old, &workers.young],
    };
    let tastes = (&mut workers.epoch[..], &mut workers.flags[..]);
    let work = (&mut workers.status[..], &mut workers.employer[..]);
    let home = (&mut workers.region[..], &mut workers.credit[..]);
    let columns = ((tastes, work), home);
    let (moved, _) = blocks::map_into(
        blocks::BLOCK,
        columns,
        || (),
        |start, (((epoch, flags), (status, employer)), (region, credit)), ()| {
            let go = |mover: &Mover| {
                let k = mover.i - start;
                if mover.redrawn {
                    epoch[k] = epoch[k].wrapping_add(1);
                    flags[k] &= !flag::ANCHORED;
                }
                let mut row = Row {
                    flags: &mut flags[k],
                    status: &mut status[k],
                    employer: &mut employer[k],
                    region: &mut region[k],
                    credit: &mut credit[k],
                };
                around.go(mover, &mut row)
            };
            movers[start / blocks::BLOCK]
                .iter()
                .filter_map(go)
                .collect::<Vec<Moved>>()
        },
    );
    moved
}

/// What a move reads.
struct Around<'a> {
    geography: &'a Geography,
    places: &'a Places,
    rules: &'a [Rules],
    hukou: &'a [u8],
    deposits: &'a [i64],
    dependants: [&'a [u8]; 2],
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
    fn go(&self, mover: &Mover, row: &mut Row) -> Option<Moved> {
        let (inside, all) = (self.geography.inside, self.geography.all());
        let hukou = self.hukou[mover.i];
        let (from, origin) = (*row.region as usize, hukou as usize);
        let farm = *row.status == Status::Farm;
        if mover.choice == if farm { all } else { from } {
            return None;
        }
        let employed = *row.status == Status::Employed;
        let left = std::mem::replace(row.employer, NOBODY);
        let to = if mover.choice == all { origin } else { mover.choice };
        let mut moved = Moved {
            i: mover.i,
            from,
            to,
            family: Family::default(),
            job: if employed { left } else { NOBODY },
            departs: to >= inside && origin >= inside,
            tills: mover.choice == all && *row.flags & flag::IDLE_PLOT != 0,
            homes: [in_village(*row.flags); 2],
            account: None,
        };
        if moved.departs {
            return Some(moved);
        }
        self.carry_residence((from, to), origin, row);
        let account = |region| self.geography.bank[self.geography.account_place(region, hukou)] as usize;
        let banks = (account(*row.region), account(to as u8));
        *row.region = to as u8;
        *row.status = if mover.choice == all {
            Status::Farm
        } else if to < inside {
            Status::Unemployed
        } else {
            Status::Away
        };
        *row.flags = home::house(self.places, inside, (to, origin), (*row.status, *row.flags), mover.luck);
        moved.homes[1] = in_village(*row.flags);
        moved.family = Family {
            now: self.dependants.map(|column| column[mover.i]),
            wanted: home::wanted(self.places, inside, to, (hukou, *row.flags), mover.luck),
        };
        moved.account = (banks.0 != banks.1).then(|| (banks.0, banks.1, self.deposits[mover.i]));
        Some(moved)
    }

    /// Credited residence of a worker who moves: kept inside a city, portable as the law says inside the circle, lost
    /// otherwise.
    fn carry_residence(&self, (from, to): (usize, usize), origin: usize, row: &mut Row) {
        if from == to {
            return;
        }
        let in_city = &self.geography.in_city;
        let kept = match (in_city.get(from), in_city.get(to)) {
            (Some(a), Some(b)) if a == b => 1.0,
            (Some(_), Some(_)) => self.rules[to].hukou.years_portable_in_circle,
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

/// What follows a move beyond the worker's own columns.
pub(super) fn follow(w: &mut World, t: &mut Tally, moved: &Moved) {
    let &Moved { i, from, to, .. } = moved;
    let inside = w.geography.inside;
    if moved.job != NOBODY {
        w.firms.heads[moved.job as usize] -= 1;
    }
    if moved.departs {
        depart(w, t, i);
        return;
    }
    if from == to {
        w.quarter.farm_moves[to] += 1;
    } else if to < inside {
        w.quarter.moves[to] += 1;
    }
    if moved.tills {
        home::till_idle_plot(w, i);
    }
    let lives = |r, home| (r < inside).then_some((r, home));
    let [left, reached] = [lives(from, moved.homes[0]), lives(to, moved.homes[1])];
    home::reunite(w, i, moved.family, reached, left);
    if let Some((old, new, deposits)) = moved.account {
        t.move_account(old, new, deposits);
    }
}

/// A worker from outside goes back there, with family and savings; the slot is free for another.
fn depart(w: &mut World, t: &mut Tally, i: usize) {
    let bank = w.bank_of_worker(i);
    let money = w.workers.deposits[i];
    let outer = &mut w.governments.outer;
    t.pay(
        Flow::Departures,
        (&mut w.workers.deposits[i], bank),
        (outer, CENTRAL),
        money,
    );
    w.fund.units -= i64::from(w.workers.units[i]);
    w.workers.units[i] = 0;
    w.workers.permanent_income[i] = 0.0;
    w.workers.status[i] = Status::Free;
    w.free.insert(i as u32);
    let dependants = i64::from(w.workers.old[i]) + i64::from(w.workers.young[i]);
    (w.workers.old[i], w.workers.young[i]) = (0, 0);
    w.books.people_arrive(-i64::from(w.scale), -dependants);
    let rural = usize::from(w.workers.flags[i] & flag::RURAL_HUKOU != 0);
    let origin = w.workers.hukou[i] as usize - w.geography.inside;
    w.places.outside_people[origin][rural] += f64::from(w.scale);
}
