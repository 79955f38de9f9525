//! Conversion of the hukou: who may take a local one, what it is worth, what becomes of the plot.

use super::{Asked, age};
use crate::agents::places::conversion_probability;
use crate::agents::workers::{GROUPS, flag};
use crate::base::blocks::{self, FIRM_BLOCK};
use crate::base::draws::{self, Stage};
use crate::rules::HukouRules;
use crate::world::{World, pension_gain, plot_value};

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

/// What a local hukou of region `r` is worth to a group under `rules` [log points]: full access to services and to all openings,
/// the pay of natives.
fn worth(w: &World, r: usize, group: usize, rules: &HukouRules) -> f64 {
    let service = -w.params.migration.service_weight * rules.service_access_permit.max(1e-3).ln();
    let jobs = w.params.labour.migrant_gap.abs() * rules.job_bar_share;
    let price = &w.groups.price[w.geography.area[r] as usize];
    let wage = (price[group % 2] / price[group]).ln();
    service + jobs + wage
}

/// Somebody who is asked about the hukou. They stand far apart: all are looked up one right after the other, so that waits for
/// memory overlap.
struct Candidate {
    i: usize,
    generation: u32,
    region: usize,
    group: usize,
    declined: bool,
    /// Pension of townspeople for those without a plot [log points].
    pension: f64,
    /// Land rights that conversion would cost [log points].
    land: f64,
}

impl Candidate {
    fn of(w: &World, i: usize) -> Self {
        let workers = &w.workers;
        let land = if workers.plot_m2[i] > 0 {
            let o = w.farming.village_region[workers.village[i] as usize] as usize;
            (1.0 - w.rules[o].hukou.land_kept_on_conversion) * plot_value(w, i)
        } else {
            0.0
        };
        Candidate {
            i,
            generation: u32::from(workers.generation[i]),
            region: workers.region[i] as usize,
            group: workers.group(i),
            declined: workers.flags[i] & flag::DECLINED != 0,
            pension: (pension_gain(w, i) / f64::from(workers.permanent_income[i]).max(1.0)).ln_1p(),
            land,
        }
    }
}

/// Eligible residents who would gain take the local hukou, at the law's yearly rate; `asked` are those whose turn it may
/// be at the fastest rate of all regions.
pub(super) fn convert(w: &mut World, asked: &[Asked]) {
    let taste = w.draws().stream(Stage::Conversion, 0, 1);
    let p = &w.params.migration;
    let view: &World = w;
    let eligible = |i: usize, turn: f64| {
        let law = &view.rules[view.workers.region[i] as usize].hukou;
        turn < 0.25 * law.conversion_rate && counted(view, i) >= 4.0 * law.years_required
    };
    // worth by group under the law, and under that of the start
    let worth_in = |r: usize| {
        let laws = [&view.rules[r], &view.places.start_rules[r]];
        laws.map(|law| std::array::from_fn(|group| worth(view, r, group, &law.hukou)))
    };
    let worth: Vec<[[f64; GROUPS]; 2]> = (0..w.geography.inside).map(worth_in).collect();
    let willing = |c: &Candidate, u: f64| {
        let probability = |law: usize| {
            let gain = worth[c.region][law][c.group] + c.pension - c.land;
            conversion_probability(p, gain)
        };
        let u = if c.declined {
            let declined = probability(1);
            declined + (1.0 - declined) * u
        } else {
            u
        };
        u < probability(0)
    };
    let (converts, _) = blocks::map_into(
        FIRM_BLOCK,
        0..asked.len(),
        || (),
        |_, range, ()| {
            let eligible = asked[range]
                .iter()
                .filter(|&&(i, word)| eligible(i as usize, draws::unit(word)));
            let candidates: Vec<Candidate> = eligible.map(|&(i, _)| Candidate::of(view, i as usize)).collect();
            let agents: Vec<(usize, u32)> = candidates.iter().map(|c| (c.i, c.generation)).collect();
            let mut converts = Vec::new();
            taste.scattered(&agents, |k, [word]: [u32; 1]| {
                if willing(&candidates[k], draws::unit(word)) {
                    converts.push(agents[k].0);
                }
            });
            converts
        },
    );
    converts.into_iter().flatten().for_each(|i| settle(w, i));
}

/// Worker `i` takes the hukou of where it lives.
fn settle(w: &mut World, i: usize) {
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
