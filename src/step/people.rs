//! Generations, residence credit, hukou conversion.

use crate::agents::places::conversion_probability;
use crate::agents::workers::{NOBODY, Status, flag};
use crate::base::blocks;
use crate::base::draws::{self, Stage};
use crate::books::Tally;
use crate::markets::talent;
use crate::world::{World, pension_gain, plot_value};

pub(super) fn run(w: &mut World) -> Tally {
    let (retiring, asked) = pass(w);
    retiring.into_iter().for_each(|i| succeed(w, i as usize));
    convert(w, &asked);
    Tally::default()
}

/// One pass over workers: who retires, who is asked about the hukou; one quarter more of residence for everybody who
/// lives away from the hukou, inside the modelled regions.
fn pass(w: &mut World) -> (Vec<u32>, Vec<u32>) {
    let p = &w.params.migration;
    let turnover = w.draws().stream(Stage::Turnover, w.stream_tick(), 1);
    let retire = draws::threshold(0.25 * p.retirement);
    let oldest = (w.tick as f64 - 4.0 * p.retirement_age) as i16;
    let timing = w.draws().stream(Stage::Conversion, w.stream_tick(), 1);
    // most are not asked this quarter: the cheap draw in order comes first, the personal one after
    let fastest = w.rules.iter().map(|r| r.hukou.conversion_rate).fold(0.0, f64::max);
    let ask = draws::threshold(0.25 * fastest);
    let inside = w.geography.inside as u8;
    let (born, status) = (&w.workers.born, &w.workers.status);
    let (region, hukou) = (&w.workers.region, &w.workers.hukou);
    let parts = blocks::map_mut(&mut w.workers.credit, |start, credit| {
        let (mut retiring, mut asked) = (Vec::new(), Vec::new());
        let (mut turnover, mut timing) = (turnover.at(start), timing.at(start));
        for (k, credit) in credit.iter_mut().enumerate() {
            let i = start + k;
            let (end, turn) = (u64::from(turnover.word()), u64::from(timing.word()));
            if end < retire && born[i] <= oldest && status[i] != Status::Free {
                retiring.push(i as u32);
            }
            if region[i] < inside && region[i] != hukou[i] {
                *credit = credit.saturating_add(1).min(LONGEST);
                if turn < ask && status[i] != Status::Free {
                    asked.push(i as u32);
                }
            }
        }
        (retiring, asked)
    });
    let (retiring, asked): (Vec<_>, Vec<_>) = parts.into_iter().unzip();
    (retiring.concat(), asked.concat())
}

/// Quarters of residence that are counted at most.
const LONGEST: u8 = 250;

/// Age of worker `i` [years].
pub(super) fn age(w: &World, i: usize) -> f64 {
    (w.tick as f64 - f64::from(w.workers.born[i])) / 4.0
}

/// A retired worker hands over to a successor of the same household: same home, place, land and wealth.
fn succeed(w: &mut World, i: usize) {
    let p = &w.params.migration;
    let youngest = (w.tick as f64 - 4.0 * p.entry_age) as i16;
    let skill_sd = w.params.farmland.skill_sd;
    let mut x = w.draws().stream(Stage::Successor, w.stream_tick(), 8).at(i);
    let high = graduates(w, i, x.uniform());
    w.workers.flags[i] = (w.workers.flags[i] & !flag::HIGH_SKILL) | if high { flag::HIGH_SKILL } else { 0 };
    w.workers.efficiency[i] = w.params.labour.efficiency(w.workers.flags[i], x.normal());
    w.workers.farm_skill[i] = (skill_sd * x.normal() - 0.5 * skill_sd * skill_sd).exp() as f32;
    w.workers.born[i] = youngest;
    w.workers.generation[i] = w.workers.generation[i].wrapping_add(1);
    w.workers.epoch[i] = 0;
    w.workers.flags[i] = (w.workers.flags[i] | flag::ANCHORED) & !flag::SETTLED;
    let r = w.workers.region[i];
    let farm = w.workers.status[i] == Status::Farm;
    w.workers.anchor[i] = if farm { w.geography.all() as u8 } else { r };
    if w.workers.status[i] == Status::Employed {
        let firm = w.workers.employer[i];
        w.firms.heads[firm as usize] -= 1;
        w.workers.status[i] = Status::Unemployed;
    } else if w.workers.status[i] == Status::Post {
        w.workers.status[i] = Status::Unemployed;
    }
    w.workers.employer[i] = NOBODY;
}

/// Whether the successor of worker `i` has high skill when chance draws `drawn`: as its origin and kind have it, and more
/// where the law adds graduates.
fn graduates(w: &mut World, i: usize, drawn: f64) -> bool {
    let rural = usize::from(w.workers.flags[i] & flag::RURAL_HUKOU != 0);
    let farm = w.workers.status[i] == Status::Farm;
    let usual = if farm {
        w.params.birth.farm_high_skill
    } else {
        w.places.high_share[2 * w.workers.hukou[i] as usize + rural]
    };
    let r = w.workers.region[i] as usize;
    let graduates = match w.rules.get(r) {
        Some(rules) if !farm => rules.talent.graduates,
        _ => 0.0,
    };
    let high = drawn < talent::raised(usual, graduates);
    if high && drawn >= usual {
        w.recruited(r, 1.0);
    }
    high
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
fn convert(w: &mut World, asked: &[u32]) {
    let taste = w.draws().stream(Stage::Conversion, 0, 1);
    let timing = w.draws().stream(Stage::Conversion, w.stream_tick(), 1);
    let p = &w.params.migration;
    let view: &World = w;
    let willing = |i: usize| {
        let r = view.workers.region[i] as usize;
        let law = &view.rules[r].hukou;
        if counted(view, i) < 4.0 * law.years_required {
            return false;
        }
        let u = taste.of(i, u32::from(view.workers.generation[i])).uniform();
        let u = if view.workers.flags[i] & flag::DECLINED != 0 {
            let start = &view.places.start_rules[r].hukou;
            let declined = conversion_probability(p, gain(view, i, start));
            declined + (1.0 - declined) * u
        } else {
            u
        };
        u < conversion_probability(p, gain(view, i, law)) && timing.at(i).uniform() < 0.25 * law.conversion_rate
    };
    let converts: Vec<u32> = blocks::map(asked.len(), |range| {
        let block = asked[range].iter().copied();
        block.filter(|&i| willing(i as usize)).collect::<Vec<u32>>()
    })
    .concat();
    for i in converts.into_iter().map(|i| i as usize) {
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
