//! The labour stage: separations, own-account work, search, matching, efficiency employed.

use crate::agents::workers::{GAVE_UP, GROUPS, NOBODY, Status, flag};
use crate::base::blocks;
use crate::base::draws::{self, Reader, Stage, Stream};
use crate::books::Tally;
use crate::markets::labour::{self, MAX_SAMPLED, POINTS, Ring, Seeker, match_area};
use crate::markets::posts;
use crate::world::{World, bonus, efficiency_used};
use rayon::prelude::*;
use std::sync::atomic::{AtomicI64, AtomicU32, Ordering::Relaxed};

pub(super) fn run(w: &mut World) -> Tally {
    separate(w);
    search(w);
    census(w);
    Tally::default()
}

/// Jobs end by churn and by layoffs of what exceeds the target; own-account work gives up and takes in.
fn separate(w: &mut World) {
    let p = w.params.labour.clone();
    let churn = 0.25 * p.separation;
    let leave: Vec<u64> = (0..w.firms.len())
        .map(|f| {
            let (heads, target) = (f64::from(w.firms.heads[f]), f64::from(w.firms.target[f]));
            draws::threshold(churn.max(if heads > target { 1.0 - target / heads } else { 0.0 }))
        })
        .collect();
    let give_up = draws::threshold(0.25 * p.own_account_exit);
    let start_own = own_account_entry(w);
    let ends = draws::threshold(posts::ending(&w.params.posts));
    let hires: Vec<u64> = w.rules.iter().map(|law| draws::threshold(law.posts.hiring)).collect();
    let stream = w.draws().stream(Stage::Separation, w.stream_tick(), 1);
    let chosen = w.draws().stream(Stage::Posts, w.stream_tick(), 1);
    let lost: Vec<AtomicU32> = (0..w.firms.len()).map(|_| AtomicU32::new(0)).collect();
    let (region, flags) = (&w.workers.region, &w.workers.flags);
    let gets_post = |i: usize| {
        let hires = hires[region[i] as usize];
        hires > 0 && flags[i] & flag::HIGH_SKILL != 0 && u64::from(chosen.at(i).word()) < hires
    };
    blocks::map_mut2(
        &mut w.workers.status,
        &mut w.workers.employer,
        |start, status, employer| {
            let mut words = stream.at(start);
            for k in 0..status.len() {
                let word = u64::from(words.word());
                match status[k] {
                    Status::Employed if word < leave[employer[k] as usize] => {
                        lost[employer[k] as usize].fetch_add(1, Relaxed);
                        employer[k] = NOBODY;
                        status[k] = Status::Unemployed;
                    }
                    Status::OwnAccount if word < give_up => {
                        employer[k] = GAVE_UP;
                        status[k] = Status::Unemployed;
                    }
                    Status::Unemployed if word < start_own[region[start + k] as usize] => {
                        employer[k] = NOBODY;
                        status[k] = Status::OwnAccount;
                    }
                    Status::Unemployed if gets_post(start + k) => {
                        employer[k] = NOBODY;
                        status[k] = Status::Post;
                    }
                    Status::Post if word < ends => status[k] = Status::Unemployed,
                    _ => {}
                }
            }
        },
    );
    for (f, n) in lost.iter().enumerate() {
        w.firms.heads[f] -= n.load(Relaxed);
        w.firms.openings[f] = w.firms.target[f].saturating_sub(w.firms.heads[f]);
    }
}

/// Threshold of the chance that an unemployed worker turns to own-account work, by region: it answers to own-account
/// income relative to the start and to the subsidy in its insurance.
fn own_account_entry(w: &World) -> Vec<u64> {
    let p = &w.params.labour;
    (0..w.geography.inside)
        .map(|r| {
            let a = w.geography.area[r] as usize;
            let c = r * crate::agents::firms::SECTORS + crate::agents::firms::SERVICES;
            let income = w.cells.own_revenue[c] as f64 / f64::from(w.own_heads[r].max(1));
            let relative = income / (w.areas.mean_pay[a] * w.areas.own_ratio[a]).max(1.0);
            let answer = if w.own_heads[r] == 0 {
                1.0
            } else {
                relative.powf(p.own_account_elasticity)
            };
            let insured = posts::attraction(&w.rules[r].own_account).powf(p.own_account_elasticity);
            draws::threshold((w.areas.own_entry[a] * answer * insured).min(0.9))
        })
        .collect()
}

/// Seekers sample openings of their area; areas match in parallel.
fn search(w: &mut World) {
    let attraction: Vec<f64> = (0..w.firms.len())
        .map(|f| ((w.firms.wage[f] + bonus(w, f)) / w.cells.start_wage[w.firms.cell[f] as usize]).ln())
        .collect();
    let mut seekers = seekers(w, &attraction);
    let mut firms: Vec<Vec<u32>> = vec![Vec::new(); w.geography.areas];
    for f in 0..w.firms.len() {
        firms[w.geography.area[w.firms.region(f)] as usize].push(f as u32);
    }
    let places = w.draws().stream(Stage::Opening, w.stream_tick(), POINTS as u32);
    let view: &World = w;
    let sampled = w.params.labour.sampled as usize;
    let matched: Vec<Matched> = seekers
        .par_iter_mut()
        .zip(&firms)
        .map(|(seekers, firms)| {
            let attraction: Vec<f64> = firms.iter().map(|&f| attraction[f as usize]).collect();
            let mut openings: Vec<u32> = firms.iter().map(|&f| view.firms.openings[f as usize]).collect();
            let ring = ring(view, &places, firms);
            let pairs = match_area(seekers, firms, &attraction, &mut openings, &ring, sampled);
            (pairs, openings)
        })
        .collect();
    for (a, (pairs, left)) in matched.into_iter().enumerate() {
        hire(w, a, &firms[a], pairs, &left);
    }
}

/// What an area's market settles: (worker, firm), and openings left by firm of the area.
type Matched = (Vec<(u32, u32)>, Vec<u32>);

/// Who searches this quarter, by area: the unemployed, and employees who would move for a gain over their firm.
fn seekers(w: &World, attraction: &[f64]) -> Vec<Vec<Seeker>> {
    let p = &w.params.labour;
    let g = &w.geography;
    let employed = draws::threshold(p.on_the_job_search);
    let supported = |r: usize| draws::threshold(labour::active_search(p, w.rules[r].labour.search_support));
    let unemployed: Vec<u64> = (0..g.inside).map(supported).collect();
    let stream = w.draws().stream(Stage::Search, w.stream_tick(), 8);
    let doors = w.draws().stream(Stage::Search, w.stream_tick() ^ 0x8000_0000, 1);
    let parts = blocks::map(w.workers.len(), |range| {
        let mut by_area: Vec<Vec<Seeker>> = vec![Vec::new(); g.areas];
        let mut words = doors.at(range.start);
        for i in range {
            let word = u64::from(words.word());
            let reservation = match w.workers.status[i] {
                Status::Unemployed if word < unemployed[w.workers.region[i] as usize] => f64::NEG_INFINITY,
                Status::Employed if word < employed => attraction[w.workers.employer[i] as usize] + p.moving_gain,
                _ => continue,
            };
            let area = g.area[w.workers.region[i] as usize] as usize;
            by_area[area].push(seeker(w, i, reservation, stream.at(i)));
        }
        by_area
    });
    let mut seekers: Vec<Vec<Seeker>> = vec![Vec::new(); g.areas];
    for part in parts {
        for (all, some) in seekers.iter_mut().zip(part) {
            all.extend(some);
        }
    }
    seekers
}

/// Worker `i` with the openings it will sample; a share of them is closed to residents without local hukou.
#[inline]
fn seeker(w: &World, i: usize, reservation: f64, mut x: Reader) -> Seeker {
    let r = w.workers.region[i] as usize;
    let priority = x.word();
    let words: [u32; MAX_SAMPLED] = std::array::from_fn(|_| x.word());
    let bar = draws::threshold(w.rules[r].hukou.job_bar_share);
    let outsider = w.workers.hukou[i] as usize != r;
    let barred = words.iter().enumerate().fold(0u8, |b, (k, word)| {
        // the low bits are independent of the position, which the high bits give
        let closed = outsider && u64::from(word.rotate_left(16)) < bar;
        b | (u8::from(closed) << k)
    });
    Seeker {
        priority,
        worker: i as u32,
        reservation,
        words,
        barred,
    }
}

/// Matched workers of area `a` take up their jobs, leaving those they had.
fn hire(w: &mut World, a: usize, firms: &[u32], pairs: Vec<(u32, u32)>, left: &[u32]) {
    for (&f, &n) in firms.iter().zip(left) {
        w.quarter.openings[a] += w.firms.openings[f as usize];
        w.quarter.unfilled[a] += n;
        w.firms.unfilled[f as usize] = n;
    }
    w.quarter.hires[a] += pairs.len() as u32;
    for (i, f) in pairs {
        let i = i as usize;
        if w.workers.status[i] == Status::Employed {
            w.firms.heads[w.workers.employer[i] as usize] -= 1;
        }
        w.workers.status[i] = Status::Employed;
        w.workers.employer[i] = f;
        w.firms.heads[f as usize] += 1;
    }
}

/// Districts pay for the matching services of those who are brought to search.
fn matching_services(w: &mut World, status: &[[u32; 4]]) {
    let p = &w.params.labour;
    for (r, status) in status.iter().enumerate() {
        let share = labour::active_search(p, w.rules[r].labour.search_support) - p.search;
        let brought = share * f64::from(status[Status::Unemployed as usize]) * f64::from(w.scale);
        w.quarter.programmes[r] += (brought * p.support_cost * 100.0) as i64;
    }
}

/// The openings of an area's firms on the circle from which seekers sample.
fn ring(w: &World, places: &Stream, firms: &[u32]) -> Ring {
    let mut owned = Vec::new();
    for (k, &f) in firms.iter().enumerate() {
        let openings = w.firms.openings[f as usize];
        if openings > 0 {
            // 65,536 openings a firm before positions of two firms could meet
            let mut x = places.at((f as usize) << 16);
            owned.extend((0..openings as usize * POINTS).map(|_| (x.word(), k as u32)));
        }
    }
    Ring::new(&owned)
}

/// Fixed point of efficiency sums: integers add up the same in any order.
const FIXED: f64 = 16_777_216.0;

/// Supplies and prices of groups, unemployment, efficiency by firm, mean pay.
fn census(w: &mut World) {
    let (supply, status, posts) = supply_and_status(w);
    w.quarter.posts = posts;
    w.groups.update(&supply, &w.params.labour);
    w.areas.supply = supply;
    let mut force = vec![[0u32; 2]; w.geography.areas];
    for (r, status) in status.iter().enumerate() {
        let a = w.geography.area[r] as usize;
        force[a][0] += status[Status::Unemployed as usize];
        force[a][1] += status[1] + status[2] + status[3];
        w.own_heads[r] = status[Status::OwnAccount as usize];
    }
    w.areas.unemployment = force.iter().map(|f| f64::from(f[0]) / f64::from(f[1].max(1))).collect();
    matching_services(w, &status);
    w.quarter.status = status;
    efficiency_and_pay(w);
}

/// Efficiency of the non-farm labour force by area and group, without public posts; residents by region and status;
/// public posts by region.
fn supply_and_status(w: &World) -> (Vec<[f64; GROUPS]>, Vec<[u32; 4]>, Vec<u32>) {
    let g = &w.geography;
    let parts = blocks::map(w.workers.len(), |range| {
        let mut supply = vec![[0.0; GROUPS]; g.areas];
        let mut status = vec![[0u32; 4]; g.inside];
        let mut posts = vec![0u32; g.inside];
        for i in range {
            let r = w.workers.region[i] as usize;
            let s = w.workers.status[i];
            if r >= g.inside || s == Status::Free || s == Status::Away {
                continue;
            }
            status[r][s.counted()] += 1;
            if s == Status::Post {
                posts[r] += 1;
            } else if s != Status::Farm {
                supply[g.area[r] as usize][w.workers.group(i)] += efficiency_used(w, i);
            }
        }
        (supply, status, posts)
    });
    let mut supply = vec![[0.0; GROUPS]; g.areas];
    let mut status = vec![[0u32; 4]; g.inside];
    let mut posts = vec![0u32; g.inside];
    for (s, c, held) in parts {
        posts.iter_mut().zip(held).for_each(|(all, x)| *all += x);
        for (t, x) in supply.iter_mut().zip(s) {
            for k in 0..GROUPS {
                t[k] += x[k];
            }
        }
        for (t, x) in status.iter_mut().zip(c) {
            for k in 0..4 {
                t[k] += x[k];
            }
        }
    }
    (supply, status, posts)
}

/// Efficiency employed by every firm, at the prices of groups, and mean pay of the areas.
fn efficiency_and_pay(w: &mut World) {
    let sums: Vec<AtomicI64> = (0..w.firms.len()).map(|_| AtomicI64::new(0)).collect();
    let view: &World = w;
    blocks::map(w.workers.len(), |range| {
        for i in range {
            if view.workers.status[i] == Status::Employed {
                let a = view.geography.area[view.workers.region[i] as usize] as usize;
                let pi = view.groups.price[a][view.workers.group(i)];
                let e = (efficiency_used(view, i) * pi * FIXED) as i64;
                sums[view.workers.employer[i] as usize].fetch_add(e, Relaxed);
            }
        }
    });
    let mut pay = vec![[0.0; 2]; w.geography.areas];
    for (f, sum) in sums.iter().enumerate() {
        w.firms.efficiency[f] = sum.load(Relaxed) as f64 / FIXED;
        let r = w.firms.region(f);
        let a = w.geography.area[r] as usize;
        pay[a][0] += (w.firms.wage[f] + bonus(w, f)) * w.firms.efficiency[f] * f64::from(w.scale)
            / (1.0 + w.rules[r].fiscal.payroll);
        pay[a][1] += f64::from(w.firms.heads[f]);
    }
    w.areas.mean_pay = pay.iter().map(|p| p[0] / f64::max(p[1], 1.0)).collect();
}
