//! People who arrive from outside.

use super::Changes;
use super::home::{self, Lot, Luck};
use crate::agents::workers::{Status, Worker, flag, group_of};
use crate::base::blocks::{self, FIRM_BLOCK};
use crate::base::draws::{Stage, unit};
use crate::base::stats::normal_quantile;
use crate::books::{CENTRAL, Flow, Tally};
use crate::markets::goods::DepositTargets;
use crate::markets::talent;
use crate::world::World;

/// People from outside: the expected flow of those who review and redraw, in whole agents by drawn rounding. Who they are is
/// drawn for all together; slots are given out one after another.
pub(super) fn arrivals(w: &mut World, t: &mut Tally, change: &Changes, lot: &Lot) {
    let arriving = arriving(w, change);
    let luck = w.draws().stream(Stage::Successor, w.stream_tick() ^ 0x8000_0000, 8);
    let newcomers: Vec<(u32, Worker)> = in_blocks(&arriving, |arriving| {
        let agents: Vec<(usize, u32)> = arriving.iter().map(|arrival| (arrival.luck, 0)).collect();
        let mut newcomers = Vec::with_capacity(agents.len());
        luck.scattered(&agents, |k, [place, words @ ..]: [u32; 6]| {
            newcomers.push((place, newcomer(w, &arriving[k], words)));
        });
        newcomers
    });
    let settle = |(place, worker): (u32, Worker)| (w.empty_slot(place), worker);
    let mut settled: Vec<(usize, Worker)> = newcomers.into_iter().map(settle).collect();
    let targets = DepositTargets::new(&w.params.goods);
    let homes = in_blocks(&settled, |settled| {
        let slot = |&(i, _): &(usize, Worker)| (i, u32::from(w.workers.generation[i].wrapping_add(1)));
        let luck = lot.with_families(&settled.iter().map(slot).collect::<Vec<_>>());
        let home = |((_, worker), luck): (&(usize, Worker), Luck)| Home::of(w, &targets, worker, luck);
        settled.iter().zip(luck).map(home).collect()
    });
    settled
        .iter_mut()
        .zip(&homes)
        .for_each(|((_, worker), home)| worker.flags = home.flags);
    w.workers.move_in(&settled);
    for ((i, worker), home) in settled.iter().zip(&homes) {
        arrive(w, t, (*i, worker), home);
    }
}

/// Results of many, in order.
fn in_blocks<A: Sync, B: Send>(all: &[A], f: impl Fn(&[A]) -> Vec<B> + Sync) -> Vec<B> {
    let (parts, _) = blocks::map_into(FIRM_BLOCK, 0..all.len(), || (), |_, range, ()| f(&all[range]));
    parts.into_iter().flatten().collect()
}

/// Somebody who arrives.
struct Arrival {
    /// Where to, and from which outside region.
    place: (usize, usize),
    /// Rural hukou x 2 + high skill.
    kind: usize,
    /// Whose luck it is.
    luck: usize,
}

/// Who arrives; they are outside no more.
fn arriving(w: &mut World, change: &Changes) -> Vec<Arrival> {
    let (inside, all) = (w.geography.inside, w.geography.all());
    let rate = w.places.outside_review * w.params.migration.redraw;
    let luck = w.draws().stream(Stage::Arrival, w.stream_tick(), 1);
    let mut arriving = Vec::new();
    for o in inside..all {
        for kind in 0..4 {
            let (rural, high) = (kind / 2, kind % 2);
            let high_share = w.places.high_share[2 * o + rural];
            let weight: Vec<f64> = (0..all)
                .map(|d| {
                    let x = if d < inside { change.place[high + 2][d] } else { 0.0 };
                    (w.places.log_share[2 * o + rural][d] + x).exp()
                })
                .collect();
            let total: f64 = weight.iter().sum();
            let people = w.places.outside_people[o - inside][rural];
            for (d, weight) in weight.iter().enumerate().take(inside) {
                let cell = ((o - inside) * 4 + kind) * inside + d;
                let (share, recruits) = of_skill(w, d, high == 1, high_share);
                let flow = people * share * rate / total / f64::from(w.scale);
                w.recruited(d, flow * weight / share.max(1e-9) * recruits);
                let n = (flow * weight + luck.at(cell).uniform()) as usize;
                // a million arrivals a cell and quarter before positions could meet
                arriving.extend((0..n).map(|k| Arrival {
                    place: (d, o),
                    kind,
                    luck: (cell << 20) + k,
                }));
                (0..n).for_each(|_| w.places.outside_people[o - inside][rural] -= f64::from(w.scale));
            }
        }
    }
    arriving
}

/// Share of the people outside who would arrive in `d` with high skill or without, when `high_share` of them have it; and
/// the part of it whom the law of `d` recruits.
fn of_skill(w: &World, d: usize, high: bool, high_share: f64) -> (f64, f64) {
    let law = &w.rules[d].talent;
    let start = w.places.start_rules[d].talent.permit_delay;
    let raised = talent::raised(high_share, law.recruits);
    if high {
        let foreigners = talent::arrivals(&w.params.talent, law.permit_delay, start);
        (raised * foreigners, raised - high_share)
    } else {
        (1.0 - raised, 0.0)
    }
}

/// Who arrives, by drawn words: efficiency, thrift, age, old and young dependants.
fn newcomer(w: &World, arrival: &Arrival, [efficiency, thrift, age, old, young]: [u32; 5]) -> Worker {
    let &Arrival {
        place: (d, o), kind, ..
    } = arrival;
    let p = &w.params.migration;
    let family = w.places.family[d][2];
    let flags = flag::ANCHORED
        | if kind % 2 == 1 { flag::HIGH_SKILL } else { 0 }
        | if kind / 2 == 1 { flag::RURAL_HUKOU } else { 0 };
    Worker {
        region: d as u8,
        hukou: o as u8,
        flags,
        status: Status::Unemployed,
        efficiency: w.params.labour.efficiency(flags, normal_quantile(unit(efficiency))),
        farm_skill: 1.0,
        thrift: (thrift >> 24) as u8,
        born: (w.tick as f64 - 4.0 * (p.entry_age + 0.5 * (p.retirement_age - p.entry_age) * unit(age))) as i16,
        old: (family[0] + unit(old)) as u8,
        young: (family[1] + unit(young)) as u8,
    }
}

/// How somebody who arrives lives.
struct Home {
    flags: u8,
    /// Income that is expected, and savings [fen].
    income: f64,
    savings: i64,
    /// Bank of the account.
    bank: usize,
}

impl Home {
    fn of(w: &World, targets: &DepositTargets, worker: &Worker, luck: Luck) -> Self {
        let &Worker { region, hukou, .. } = worker;
        let place @ (d, _) = (region as usize, hukou as usize);
        let flags = home::house(
            &w.places,
            w.geography.inside,
            place,
            (worker.status, worker.flags),
            luck,
        );
        let income = w.places.income[d][group_of(flags, hukou, region)] * f64::from(w.scale);
        Home {
            flags,
            income,
            savings: (targets.of(worker.thrift) * income) as i64,
            bank: w.geography.bank[w.geography.account_place(region, hukou)] as usize,
        }
    }
}

/// A worker, new in slot `i`, brings family and savings.
fn arrive(w: &mut World, t: &mut Tally, (i, worker): (usize, &Worker), home: &Home) {
    w.workers.permanent_income[i] = home.income as f32;
    let outer = (&mut w.governments.outer, CENTRAL);
    let account = (&mut w.workers.deposits[i], home.bank);
    t.pay(Flow::Arrivals, outer, account, home.savings);
    let family = i64::from(worker.old) + i64::from(worker.young);
    w.books.people_arrive(i64::from(w.scale), family);
}
