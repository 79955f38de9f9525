//! Generations, residence credit, hukou conversion.

use crate::agents::places::conversion_probability;
use crate::agents::workers::{NOBODY, Status, flag};
use crate::base::blocks::{self, FIRM_BLOCK, Picked, RUN};
use crate::base::draws::{self, Below, Stage, Stream};
use crate::base::stats::normal_quantile;
use crate::books::Tally;
use crate::markets::talent;
use crate::world::{World, pension_gain, plot_value};
use std::ops::Range;

pub(super) fn run(w: &mut World) -> Tally {
    let (retiring, asked) = pass(w);
    succeed(w, &retiring);
    convert(w, &asked);
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
    for ((mark, &word), (&born, &status)) in marks.iter_mut().zip(&words).zip(born.iter().zip(status)) {
        *mark = turns.retire.has(word) & (born <= turns.oldest) & (status != Status::Free);
    }
    retiring.extend(Picked::marked(&marks).iter().map(|k| (start + k) as u32));
}

/// One quarter more for those of a run of workers who live inside, away from their hukou; adds those who are asked about
/// it. Where all are at home, nothing is drawn.
fn reside(w: &World, turns: &Turns, (start, credit): (usize, &mut [u8]), asked: &mut Vec<Asked>) {
    let n = credit.len();
    let run = start..start + n;
    let (region, hukou) = (&w.workers.region[run.clone()], &w.workers.hukou[run.clone()]);
    let (status, inside) = (&w.workers.status[run], w.geography.inside as u8);
    let away = |region: u8, hukou: u8| (region < inside) & (region != hukou);
    let places = || region.iter().zip(hukou);
    if places().fold(0, |any, (&r, &o)| any | u8::from(away(r, o))) == 0 {
        return;
    }
    for (credit, (&r, &o)) in credit.iter_mut().zip(places()) {
        let longer = credit.saturating_add(1).min(LONGEST);
        *credit = if away(r, o) { longer } else { *credit };
    }
    let mut words = [0u32; RUN];
    turns.timing.words(start, &mut words[..n]);
    let mut marks = [false; RUN];
    for ((mark, &word), ((&r, &o), &status)) in marks.iter_mut().zip(&words).zip(places().zip(status)) {
        *mark = turns.ask.has(word) & away(r, o) & (status != Status::Free);
    }
    asked.extend(Picked::marked(&marks).iter().map(|k| ((start + k) as u32, words[k])));
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
        let mut successors = Vec::with_capacity(slots.len());
        luck.scattered(&slots, |k, words: [u32; 3]| {
            successors.push(successor(view, slots[k].0, words));
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

/// The successor of worker `i`, whose words decide on its high skill, efficiency and farm skill.
fn successor(w: &World, i: usize, words: [u32; 3]) -> Successor {
    let skill_sd = w.params.farmland.skill_sd;
    let [usual, raised] = graduates(w, i);
    let [drawn, efficiency, skill] = words.map(draws::unit);
    let high = drawn < raised;
    let flags = skilled(w.workers.flags[i], high);
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

/// Residence that counts for worker `i` [quarters]: here, and as far as the law recognises them, the years of insured
/// work in the other city of the circle: a share of adult life before the present residence.
fn counted(w: &World, i: usize) -> f64 {
    let here = f64::from(w.workers.credit[i]);
    let (r, o) = (w.workers.region[i] as usize, w.workers.hukou[i] as usize);
    let portable = w.rules[r].hukou.years_portable_in_circle;
    let other_city = o < w.geography.inside && w.geography.in_city[o] != w.geography.in_city[r];
    if portable > 0.0 && other_city {
        let p = &w.params.migration;
        let before = p.circle_history * (4.0 * (age(w, i) - p.entry_age) - here);
        here + portable * before.clamp(0.0, 4.0 * p.circle_history_years)
    } else {
        here
    }
}

/// What a local hukou is worth to worker `i` [log points]: full access to services and to all openings, the pay of
/// natives, the pension of townspeople for those without a plot, less the land rights that conversion would cost.
fn gain(w: &World, i: usize, rules: &crate::rules::HukouRules) -> f64 {
    let service = -w.params.migration.service_weight * rules.service_access_permit.max(1e-3).ln();
    let jobs = w.params.labour.migrant_gap.abs() * rules.job_bar_share;
    let area = w.geography.area[w.workers.region[i] as usize] as usize;
    let (group, price) = (w.workers.group(i), &w.groups.price[area]);
    let wage = (price[group % 2] / price[group]).ln();
    let pension = (pension_gain(w, i) / f64::from(w.workers.permanent_income[i]).max(1.0)).ln_1p();
    let land = if w.workers.plot_m2[i] > 0 {
        let o = w.farming.village_region[w.workers.village[i] as usize] as usize;
        (1.0 - w.rules[o].hukou.land_kept_on_conversion) * plot_value(w, i)
    } else {
        0.0
    };
    service + jobs + wage + pension - land
}

/// Eligible residents who would gain take the local hukou, at the law's yearly rate; `asked` are those whose turn it may
/// be at the fastest rate of all regions.
fn convert(w: &mut World, asked: &[Asked]) {
    let taste = w.draws().stream(Stage::Conversion, 0, 1);
    let p = &w.params.migration;
    let view: &World = w;
    let eligible = |i: usize, turn: f64| {
        let law = &view.rules[view.workers.region[i] as usize].hukou;
        turn < 0.25 * law.conversion_rate && counted(view, i) >= 4.0 * law.years_required
    };
    let willing = |i: usize, u: f64| {
        let r = view.workers.region[i] as usize;
        let law = &view.rules[r].hukou;
        let u = if view.workers.flags[i] & flag::DECLINED != 0 {
            let start = &view.places.start_rules[r].hukou;
            let declined = conversion_probability(p, gain(view, i, start));
            declined + (1.0 - declined) * u
        } else {
            u
        };
        u < conversion_probability(p, gain(view, i, law))
    };
    let (converts, _) = blocks::map_into(
        FIRM_BLOCK,
        0..asked.len(),
        || (),
        |_, range, ()| {
            let eligible = |&&(i, word): &&Asked| eligible(i as usize, draws::unit(word));
            let of_generation = |&(i, _): &Asked| (i as usize, u32::from(view.workers.generation[i as usize]));
            let agents: Vec<_> = asked[range].iter().filter(eligible).map(of_generation).collect();
            let mut converts = Vec::new();
            taste.scattered(&agents, |k, [word]: [u32; 1]| {
                if willing(agents[k].0, draws::unit(word)) {
                    converts.push(agents[k].0);
                }
            });
            converts
        },
    );
    for i in converts.into_iter().flatten() {
        let r = w.workers.region[i];
        return_land(w, i);
        w.workers.hukou[i] = r;
        w.workers.flags[i] &= !(flag::DECLINED | flag::RURAL_HUKOU);
        w.workers.flags[i] |= flag::ANCHORED | flag::SETTLED;
        w.workers.anchor[i] = r;
        w.workers.epoch[i] = w.workers.epoch[i].wrapping_add(1);
        w.workers.credit[i] = 0;
        let people = w.workers.persons(i) * f64::from(w.scale);
        w.quarter.conversions[r as usize] += 1;
        w.quarter.settlers[r as usize] += people;
        w.rural.settlers[r as usize] += people;
    }
}

/// A convert returns to the village what the law where the plot lies does not let it keep; this year's leases run on.
fn return_land(w: &mut World, i: usize) {
    let plot = w.workers.plot_m2[i];
    if plot == 0 {
        return;
    }
    let village = w.workers.village[i] as usize;
    let law = &w.rules[w.farming.village_region[village] as usize].hukou;
    let kept = (f64::from(plot) * law.land_kept_on_conversion).round() as u32;
    w.workers.plot_m2[i] = kept;
    w.farming.returned_m2[village] += i64::from(plot - kept);
}
