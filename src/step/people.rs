//! Generations, residence credit, hukou conversion.

mod hukou;

use crate::agents::workers::{NOBODY, Status, flag};
use crate::base::blocks::{self, Picked, RUN};
use crate::base::draws::{self, Below, Stage, Stream};
use crate::base::stats::normal_quantile;
use crate::books::Tally;
use crate::markets::talent;
use crate::world::World;
use multiversion::multiversion;
use std::ops::Range;

pub(super) fn run(w: &mut World) -> Tally {
    let (retiring, asked) = pass(w);
    succeed(w, &retiring);
    hukou::convert(w, &asked);
    Tally::default()
}

/// When workers retire and are asked about the hukou.
struct Turns {
    turnover: Stream,
    /// Words that retire.
    retire: Below,
    /// Last quarter of birth of those who may.
    oldest: i16,
    timing: Stream,
    /// Words that are asked: at the fastest rate of all regions, for most are not asked this quarter.
    ask: Below,
}

/// A worker who is asked about the hukou, and the word that says at which rates.
type Asked = (u32, u32);

/// One pass over workers: who retires, who is asked about the hukou; one quarter more of residence for everybody who
/// lives away from the hukou, inside the modelled regions. Those who retire are told by block.
fn pass(w: &mut World) -> (Vec<Vec<u32>>, Vec<Asked>) {
    let p = &w.params.migration;
    let fastest = w.rules.iter().map(|r| r.hukou.conversion_rate).fold(0.0, f64::max);
    let turns = Turns {
        turnover: w.draws().stream(Stage::Turnover, w.stream_tick(), 1),
        retire: Below::new(0.25 * p.retirement),
        oldest: (w.tick as f64 - 4.0 * p.retirement_age) as i16,
        timing: w.draws().stream(Stage::Conversion, w.stream_tick(), 1),
        ask: Below::new(0.25 * fastest),
    };
    let mut credit = std::mem::take(&mut w.workers.credit);
    let view: &World = w;
    let parts = blocks::map_mut(&mut credit, |start, credit| {
        let (mut retiring, mut asked) = (Vec::new(), Vec::new());
        for (k, credit) in credit.chunks_mut(RUN).enumerate() {
            let start = start + k * RUN;
            retire(view, &turns, start..start + credit.len(), &mut retiring);
            reside(view, &turns, (start, credit), &mut asked);
        }
        (retiring, asked)
    });
    w.workers.credit = credit;
    let (retiring, asked): (Vec<_>, Vec<_>) = parts.into_iter().unzip();
    (retiring, asked.concat())
}

/// Adds those of a run of workers who retire; where nobody is old enough, nothing is drawn.
fn retire(w: &World, turns: &Turns, run: Range<usize>, retiring: &mut Vec<u32>) {
    let (start, n) = (run.start, run.len());
    let (born, status) = (&w.workers.born[run.clone()], &w.workers.status[run]);
    if !born.iter().fold(false, |any, &born| any | (born <= turns.oldest)) {
        return;
    }
    let mut words = [0u32; RUN];
    turns.turnover.words(start, &mut words[..n]);
    let mut marks = [false; RUN];
    mark_retiring(&mut marks[..n], &words[..n], born, status, turns.oldest, turns.retire);
    retiring.extend(Picked::marked(&marks).iter().map(|k| (start + k) as u32));
}

/// Marks those whose word retires, who are old enough and no empty slots.
#[multiversion(targets("x86_64+avx512f+avx512dq+avx512bw+avx512vl", "x86_64+avx2"))]
fn mark_retiring(marks: &mut [bool], words: &[u32], born: &[i16], status: &[Status], oldest: i16, retire: Below) {
    for ((mark, &word), (&born, &status)) in marks.iter_mut().zip(words).zip(born.iter().zip(status)) {
        *mark = retire.has(word) & (born <= oldest) & (status != Status::Free);
    }
}

/// One quarter more for those of a run of workers who live inside, away from their hukou; adds those who are asked about
/// it. Where all are at home, nothing is drawn.
fn reside(w: &World, turns: &Turns, (start, credit): (usize, &mut [u8]), asked: &mut Vec<Asked>) {
    let n = credit.len();
    let run = start..start + n;
    let (region, hukou) = (&w.workers.region[run.clone()], &w.workers.hukou[run.clone()]);
    let (status, inside) = (&w.workers.status[run], w.geography.inside as u8);
    let mut marks = [false; RUN];
    mark_away(&mut marks[..n], region, hukou, inside);
    if marks == [false; RUN] {
        return;
    }
    for (credit, &away) in credit.iter_mut().zip(&marks) {
        let longer = credit.saturating_add(1).min(LONGEST);
        *credit = if away { longer } else { *credit };
    }
    let mut words = [0u32; RUN];
    turns.timing.words(start, &mut words[..n]);
    mark_asked(&mut marks[..n], &words[..n], status, turns.ask);
    asked.extend(Picked::marked(&marks).iter().map(|k| ((start + k) as u32, words[k])));
}

/// Marks those who live inside, away from their hukou.
#[multiversion(targets("x86_64+avx512f+avx512dq+avx512bw+avx512vl", "x86_64+avx2"))]
fn mark_away(marks: &mut [bool], region: &[u8], hukou: &[u8], inside: u8) {
    for (mark, (&region, &hukou)) in marks.iter_mut().zip(region.iter().zip(hukou)) {
        *mark = (region < inside) & (region != hukou);
    }
}

/// Of those who are marked, only those whose word asks them and who are no empty slots stay so.
#[multiversion(targets("x86_64+avx512f+avx512dq+avx512bw+avx512vl", "x86_64+avx2"))]
fn mark_asked(marks: &mut [bool], words: &[u32], status: &[Status], ask: Below) {
    for (mark, (&word, &status)) in marks.iter_mut().zip(words.iter().zip(status)) {
        *mark &= ask.has(word) & (status != Status::Free);
    }
}

/// Quarters of residence that are counted at most.
const LONGEST: u8 = 250;

/// Age of worker `i` [years].
pub(super) fn age(w: &World, i: usize) -> f64 {
    (w.tick as f64 - f64::from(w.workers.born[i])) / 4.0
}

/// What chance gives a successor.
struct Successor {
    high_skill: bool,
    /// Has high skill because the law adds graduates.
    recruited: bool,
    efficiency: f32,
    farm_skill: f32,
}

/// Retired workers, by block, hand over to successors of the same household.
fn succeed(w: &mut World, retiring: &[Vec<u32>]) {
    let luck = w.draws().stream(Stage::Successor, w.stream_tick(), 8);
    let view: &World = w;
    let successors = blocks::map_each(retiring.len(), |b| {
        let slots: Vec<(usize, u32)> = retiring[b].iter().map(|&i| (i as usize, 0)).collect();
        // looked up one right after the other, so that waits for memory overlap
        let retired = |&(i, _): &(usize, u32)| (view.workers.flags[i], graduates(view, i));
        let retired: Vec<(u8, [f64; 2])> = slots.iter().map(retired).collect();
        let mut successors = Vec::with_capacity(slots.len());
        luck.scattered(&slots, |k, words: [u32; 3]| {
            successors.push(successor(view, retired[k], words));
        });
        successors
    });
    let left = hand_over(w, retiring, &successors);
    left.into_iter()
        .flatten()
        .for_each(|firm| w.firms.heads[firm as usize] -= 1);
    let recruited = retiring.iter().flatten().zip(successors.iter().flatten());
    for (&i, _) in recruited.filter(|(_, successor)| successor.recruited) {
        w.recruited(w.workers.region[i as usize] as usize, 1.0);
    }
}

/// The successor of a worker with these flags and [`graduates`], whose words decide on its high skill, efficiency and farm skill.
fn successor(w: &World, (flags, [usual, raised]): (u8, [f64; 2]), words: [u32; 3]) -> Successor {
    let skill_sd = w.params.farmland.skill_sd;
    let [drawn, efficiency, skill] = words.map(draws::unit);
    let high = drawn < raised;
    let flags = skilled(flags, high);
    Successor {
        high_skill: high,
        recruited: high && drawn >= usual,
        efficiency: w.params.labour.efficiency(flags, normal_quantile(efficiency)),
        farm_skill: (skill_sd * normal_quantile(skill) - 0.5 * skill_sd * skill_sd).exp() as f32,
    }
}

/// Flags of a worker with or without high skill.
fn skilled(flags: u8, high: bool) -> u8 {
    (flags & !flag::HIGH_SKILL) | if high { flag::HIGH_SKILL } else { 0 }
}

/// The retired workers of every block hand over to their `successors`: same home, place, land and wealth. Returns the firms
/// whose jobs they leave, by block.
fn hand_over(w: &mut World, retiring: &[Vec<u32>], successors: &[Vec<Successor>]) -> Vec<Vec<u32>> {
    let now = (w.tick as f64 - 4.0 * w.params.migration.entry_age) as i16;
    let (farm, workers) = (w.geography.all() as u8, &mut w.workers);
    let region = &workers.region;
    let skills = (&mut workers.efficiency[..], &mut workers.farm_skill[..]);
    let person = ((&mut workers.flags[..], &mut workers.born[..]), skills);
    let tastes = (&mut workers.epoch[..], &mut workers.anchor[..]);
    let work = (&mut workers.status[..], &mut workers.employer[..]);
    let columns = (person, ((&mut workers.generation[..], tastes), work));
    let (left, _) = blocks::map_into(
        blocks::BLOCK,
        columns,
        || (),
        |start, columns, ()| {
            let (((flags, born), (efficiency, farm_skill)), ((generation, (epoch, anchor)), (status, employer))) =
                columns;
            let mut left = Vec::new();
            let b = start / blocks::BLOCK;
            for (&i, successor) in retiring[b].iter().zip(&successors[b]) {
                let k = i as usize - start;
                flags[k] = (skilled(flags[k], successor.high_skill) | flag::ANCHORED) & !flag::SETTLED;
                (efficiency[k], farm_skill[k]) = (successor.efficiency, successor.farm_skill);
                born[k] = now;
                generation[k] = generation[k].wrapping_add(1);
                epoch[k] = 0;
                anchor[k] = if status[k] == Status::Farm {
                    farm
                } else {
                    region[i as usize]
                };
                if status[k] == Status::Employed {
                    left.push(employer[k]);
                }
                if matches!(status[k], Status::Employed | Status::Post) {
                    status[k] = Status::Unemployed;
                }
                employer[k] = NOBODY;
            }
            left
        },
    );
    left
}

/// Chance that the successor of worker `i` has high skill: as its origin and kind have it, and with what the law adds.
fn graduates(w: &World, i: usize) -> [f64; 2] {
    let rural = usize::from(w.workers.flags[i] & flag::RURAL_HUKOU != 0);
    let farm = w.workers.status[i] == Status::Farm;
    let usual = if farm {
        w.params.birth.farm_high_skill
    } else {
        w.places.high_share[2 * w.workers.hukou[i] as usize + rural]
    };
    let graduates = match w.rules.get(w.workers.region[i] as usize) {
        Some(rules) if !farm => rules.talent.graduates,
        _ => 0.0,
    };
    [usual, talent::raised(usual, graduates)]
}
