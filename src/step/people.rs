//! Generations, residence credit, hukou conversion.

use crate::agents::places::conversion_probability;
use crate::agents::workers::{NOBODY, Status, flag};
use crate::base::blocks;
use crate::base::draws::{self, Stage};
use crate::books::Tally;
use crate::markets::talent;
use crate::world::World;

pub(super) fn run(w: &mut World) -> Tally {
    turnover(w);
    credit_residence(w);
    convert(w);
    Tally::default()
}

/// Age of worker `i` [years].
pub(super) fn age(w: &World, i: usize) -> f64 {
    (w.tick as f64 - f64::from(w.workers.born[i])) / 4.0
}

/// Retired workers hand over to a successor of the same household: same home, place, land and wealth.
fn turnover(w: &mut World) {
    let stream = w.draws().stream(Stage::Turnover, w.stream_tick(), 1);
    let retire = draws::threshold(0.25 * w.params.migration.retirement);
    let p = &w.params.migration;
    let (oldest, youngest) = (
        w.tick as f64 - 4.0 * p.retirement_age,
        w.tick as f64 - 4.0 * p.entry_age,
    );
    let (oldest, youngest) = (oldest as i16, youngest as i16);
    let view: &World = w;
    let retiring: Vec<u32> = blocks::map(w.workers.len(), |range| {
        let mut list = Vec::new();
        let mut words = stream.at(range.start);
        for i in range {
            let word = u64::from(words.word());
            if view.workers.born[i] <= oldest && word < retire && view.workers.status[i] != Status::Free {
                list.push(i as u32);
            }
        }
        list
    })
    .concat();
    let stream = w.draws().stream(Stage::Successor, w.stream_tick(), 8);
    let p = w.params.labour.efficiency_sd;
    let f = w.params.farmland.skill_sd;
    for i in retiring.into_iter().map(|i| i as usize) {
        let mut x = stream.at(i);
        let rural = usize::from(w.workers.flags[i] & flag::RURAL_HUKOU != 0);
        let high = w.places.high_share[2 * w.workers.hukou[i] as usize + rural];
        let farm = w.workers.status[i] == Status::Farm;
        let drawn = x.uniform();
        let (r, base) = (
            w.workers.region[i] as usize,
            if farm { w.params.birth.farm_high_skill } else { high },
        );
        let graduates = match w.rules.get(r) {
            Some(rules) if !farm => rules.talent.graduates,
            _ => 0.0,
        };
        let high = drawn < talent::raised(base, graduates);
        if high && drawn >= base {
            w.recruited(r, 1.0);
        }
        w.workers.flags[i] = (w.workers.flags[i] & !flag::HIGH_SKILL) | if high { flag::HIGH_SKILL } else { 0 };
        w.workers.efficiency[i] = (p * x.normal() - 0.5 * p * p).exp() as f32;
        w.workers.farm_skill[i] = (f * x.normal() - 0.5 * f * f).exp() as f32;
        w.workers.born[i] = youngest;
        w.workers.generation[i] = w.workers.generation[i].wrapping_add(1);
        w.workers.epoch[i] = 0;
        w.workers.flags[i] = (w.workers.flags[i] | flag::ANCHORED) & !flag::SETTLED;
        let r = w.workers.region[i];
        w.workers.anchor[i] = if farm { w.geography.all() as u8 } else { r };
        if w.workers.status[i] == Status::Employed {
            let firm = w.workers.employer[i];
            w.firms.heads[firm as usize] -= 1;
            w.workers.employer[i] = NOBODY;
            w.workers.status[i] = Status::Unemployed;
        }
    }
}

/// One quarter more for everybody who lives away from the hukou, inside the modelled regions.
fn credit_residence(w: &mut World) {
    let inside = w.geography.inside as u8;
    let (region, hukou) = (&w.workers.region, &w.workers.hukou);
    blocks::map_mut(&mut w.workers.credit, |start, credit| {
        for (k, c) in credit.iter_mut().enumerate() {
            let i = start + k;
            if region[i] < inside && region[i] != hukou[i] {
                *c = c.saturating_add(1).min(250);
            }
        }
    });
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

/// What a local hukou is worth to worker `i` [log points]: full access to services and to all openings, less the
/// land rights that conversion would cost.
fn gain(w: &World, i: usize, rules: &crate::rules::HukouRules) -> f64 {
    let service = -w.params.migration.service_weight * rules.service_access_permit.max(1e-3).ln();
    let jobs = w.params.labour.migrant_gap.abs() * rules.job_bar_share;
    let land = if w.workers.plot_m2[i] > 0 {
        let o = w.farming.village_region[w.workers.village[i] as usize] as usize;
        (1.0 - w.rules[o].hukou.land_kept_on_conversion) * w.places.land_value[o]
    } else {
        0.0
    };
    service + jobs - land
}

/// Eligible residents who would gain take the local hukou, at the law's yearly rate.
fn convert(w: &mut World) {
    let inside = w.geography.inside;
    let taste = w.draws().stream(Stage::Conversion, 0, 1);
    let timing = w.draws().stream(Stage::Conversion, w.stream_tick(), 1);
    // most are not asked this quarter: the cheap draw in order comes first, the personal one after
    let fastest = w.rules.iter().map(|r| r.hukou.conversion_rate).fold(0.0, f64::max);
    let asked = draws::threshold(0.25 * fastest);
    let p = &w.params.migration;
    let view: &World = w;
    let converts: Vec<u32> = blocks::map(w.workers.len(), |range| {
        let mut list = Vec::new();
        let mut words = timing.at(range.start);
        for i in range {
            let word = words.word();
            if u64::from(word) >= asked {
                continue;
            }
            let (r, o) = (view.workers.region[i] as usize, view.workers.hukou[i] as usize);
            if r >= inside || r == o || view.workers.status[i] == Status::Free {
                continue;
            }
            let law = &view.rules[r].hukou;
            if counted(view, i) < 4.0 * law.years_required {
                continue;
            }
            let generation = u32::from(view.workers.generation[i]);
            let u = taste.of(i, generation).uniform();
            let willing = conversion_probability(p, gain(view, i, law));
            let start = &view.places.start_rules[r].hukou;
            let u = if view.workers.flags[i] & flag::DECLINED != 0 {
                let declined = conversion_probability(p, gain(view, i, start));
                declined + (1.0 - declined) * u
            } else {
                u
            };
            if u < willing && draws::unit(word) < 0.25 * law.conversion_rate {
                list.push(i as u32);
            }
        }
        list
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
        w.quarter.conversions[r as usize] += 1;
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
