//! People who arrive from outside.

use super::Changes;
use super::home::{self, Lot};
use crate::agents::workers::{Status, Worker, flag};
use crate::base::draws::{Reader, Stage};
use crate::books::{CENTRAL, Flow, Tally};
use crate::markets::goods::DepositTargets;
use crate::markets::talent;
use crate::world::World;

/// People from outside: the expected flow of those who review and redraw, in whole agents by drawn rounding.
pub(super) fn arrivals(w: &mut World, t: &mut Tally, change: &Changes, lot: &Lot) {
    let (inside, all) = (w.geography.inside, w.geography.all());
    let rate = w.places.outside_review * w.params.migration.redraw;
    let luck = w.draws().stream(Stage::Arrival, w.stream_tick(), 1);
    let person = w.draws().stream(Stage::Successor, w.stream_tick() ^ 0x8000_0000, 8);
    let targets = DepositTargets::new(&w.params.goods);
    let mut host = Host { t, targets, lot };
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
                for k in 0..n {
                    // a million arrivals a cell and quarter before positions could meet
                    arrive(w, &mut host, (d, o), kind, person.at((cell << 20) + k));
                }
            }
        }
    }
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

/// What all arrivals of a quarter need.
struct Host<'a> {
    t: &'a mut Tally,
    targets: DepositTargets,
    lot: &'a Lot,
}

/// A worker of `kind` (rural hukou x 2 + high skill) arrives in `d` from outside region `o`, with family and savings.
fn arrive(w: &mut World, host: &mut Host, (d, o): (usize, usize), kind: usize, mut x: Reader) {
    let scale = f64::from(w.scale);
    let p = &w.params.migration;
    let (entry_age, retirement_age) = (p.entry_age, p.retirement_age);
    let family = w.places.family[d][2];
    let flags = flag::ANCHORED
        | if kind % 2 == 1 { flag::HIGH_SKILL } else { 0 }
        | if kind / 2 == 1 { flag::RURAL_HUKOU } else { 0 };
    let i = w.empty_slot(x.word());
    let worker = Worker {
        region: d as u8,
        hukou: o as u8,
        flags,
        status: Status::Unemployed,
        efficiency: w.params.labour.efficiency(flags, x.normal()),
        farm_skill: 1.0,
        thrift: (x.word() >> 24) as u8,
        born: (w.tick as f64 - 4.0 * (entry_age + 0.5 * (retirement_age - entry_age) * x.uniform())) as i16,
        old: (family[0] + x.uniform()) as u8,
        young: (family[1] + x.uniform()) as u8,
    };
    w.workers.replace(i, worker);
    let luck = host.lot.with_family(i, u32::from(w.workers.generation[i]));
    let home = (w.workers.status[i], w.workers.flags[i]);
    w.workers.flags[i] = home::house(&w.places, w.geography.inside, (d, o), home, luck);
    let income = w.places.income[d][w.workers.group(i)] * scale;
    w.workers.permanent_income[i] = income as f32;
    let savings = (host.targets.of(worker.thrift) * income) as i64;
    let bank = w.bank_of_worker(i);
    let outer = &mut w.governments.outer;
    host.t.pay(
        Flow::Arrivals,
        (outer, CENTRAL),
        (&mut w.workers.deposits[i], bank),
        savings,
    );
    w.books
        .people_arrive(i64::from(w.scale), i64::from(worker.old) + i64::from(worker.young));
    w.places.outside_people[o - w.geography.inside][kind / 2] -= scale;
}
