//! The labour stage: separations, own-account work, search, matching, efficiency employed.

use crate::agents::firms::{SECTORS, SERVICES};
use crate::agents::workers::{GAVE_UP, GROUPS, NOBODY, Status, flag};
use crate::base::blocks;
use crate::base::draws::{self, Reader, Stage, Stream};
use crate::books::Tally;
use crate::markets::labour::{self, MAX_SAMPLED, NO_FIRM, POINTS, Ring, Seeker, match_area};
use crate::markets::posts;
use crate::world::{World, bonus, efficiency_used};
use rayon::prelude::*;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

pub(super) fn run(w: &mut World) -> Tally {
    let attraction: Vec<f64> = blocks::map_firms(w.firms.len(), |_| (), |(), f| attraction(w, f));
    let mut force = separate(w, &attraction);
    search(w, &attraction, &mut force);
    census(w, force);
    Tally::default()
}

/// What firm `f` pays over the start wage of its cell, in logs.
fn attraction(w: &World, f: usize) -> f64 {
    ((w.firms.wage[f] + bonus(w, f)) / w.cells.start_wage[w.firms.cell[f] as usize]).ln()
}

/// The labour force as one pass over workers finds it.
struct Force {
    /// Who searches this quarter, by area.
    seekers: Vec<Vec<Seeker>>,
    /// Efficiency of the non-farm labour force, by area.
    supply: Vec<[f64; GROUPS]>,
    /// Residents by inside region and status, as [`Status::counted`] [agents].
    status: Vec<[u32; 4]>,
    /// Public posts by inside region [agents].
    posts: Vec<u32>,
}

impl Force {
    fn new(w: &World) -> Self {
        Force {
            seekers: vec![Vec::new(); w.geography.areas],
            supply: vec![[0.0; GROUPS]; w.geography.areas],
            status: vec![[0; 4]; w.geography.inside],
            posts: vec![0; w.geography.inside],
        }
    }

    /// Adds another block's.
    fn merge(&mut self, part: Force) {
        for (all, some) in self.seekers.iter_mut().zip(part.seekers) {
            all.extend(some);
        }
        for (all, some) in self.supply.iter_mut().zip(part.supply) {
            (0..GROUPS).for_each(|g| all[g] += some[g]);
        }
        for (all, some) in self.status.iter_mut().zip(part.status) {
            (0..4).for_each(|k| all[k] += some[k]);
        }
        self.posts.iter_mut().zip(part.posts).for_each(|(all, x)| *all += x);
    }
}

/// Chances of a quarter as thresholds of drawn words.
struct Chances {
    /// That an employee loses the job, by firm: by churn, or by layoffs of what exceeds the target.
    lose: Vec<u64>,
    /// That an own-account worker gives up.
    give_up: u64,
    /// That an unemployed worker turns to own account, by region.
    start_own: Vec<u64>,
    /// That an employee searches on the job.
    move_on: u64,
    /// That an unemployed worker searches, by region.
    search: Vec<u64>,
    /// That a public post ends.
    post_ends: u64,
    /// That an unemployed worker of high skill gets a public post, by region.
    post: Vec<u64>,
}

impl Chances {
    fn new(w: &World) -> Self {
        let p = &w.params.labour;
        let churn = 0.25 * p.separation;
        let lose = |f: usize| {
            let (heads, target) = (f64::from(w.firms.heads[f]), f64::from(w.firms.target[f]));
            draws::threshold(churn.max(if heads > target { 1.0 - target / heads } else { 0.0 }))
        };
        let supported = |r: usize| draws::threshold(labour::active_search(p, w.rules[r].labour.search_support));
        Chances {
            lose: (0..w.firms.len()).map(lose).collect(),
            give_up: draws::threshold(0.25 * p.own_account_exit),
            start_own: (0..w.geography.inside)
                .map(|r| draws::threshold(own_account_entry(w, r)))
                .collect(),
            move_on: draws::threshold(p.on_the_job_search),
            search: (0..w.geography.inside).map(supported).collect(),
            post_ends: draws::threshold(posts::ending(&w.params.posts)),
            post: w.rules.iter().map(|law| draws::threshold(law.posts.hiring)).collect(),
        }
    }
}

/// Chance that an unemployed worker of region `r` turns to own account: it answers what own-account work earns relative
/// to the start, and the subsidy in its insurance.
fn own_account_entry(w: &World, r: usize) -> f64 {
    let a = w.geography.area[r] as usize;
    let c = r * SECTORS + SERVICES;
    let income = w.cells.own_revenue[c] as f64 / f64::from(w.own_heads[r].max(1));
    let relative = income / (w.areas.mean_pay[a] * w.areas.own_ratio[a]).max(1.0);
    let elasticity = w.params.labour.own_account_elasticity;
    let answer = if w.own_heads[r] == 0 {
        1.0
    } else {
        relative.powf(elasticity)
    };
    let insured = posts::attraction(&w.rules[r].own_account).powf(elasticity);
    (w.areas.own_entry[a] * answer * insured).min(0.9)
}

/// Jobs end by churn and by layoffs of what exceeds the target; own-account work gives up and takes in; the unemployed,
/// and employees who would move for a gain over their firm, search.
fn separate(w: &mut World, attraction: &[f64]) -> Force {
    let chances = Chances::new(w);
    let stream = w.draws().stream(Stage::Separation, w.stream_tick(), 1);
    let doors = w.draws().stream(Stage::Search, w.stream_tick() ^ 0x8000_0000, 1);
    let search = w.draws().stream(Stage::Search, w.stream_tick(), 8);
    let chosen = w.draws().stream(Stage::Posts, w.stream_tick(), 1);
    let lost: Vec<AtomicU32> = (0..w.firms.len()).map(|_| AtomicU32::new(0)).collect();
    let mut status = std::mem::take(&mut w.workers.status);
    let mut employer = std::mem::take(&mut w.workers.employer);
    let view: &World = w;
    let gain = view.params.labour.moving_gain;
    let gets_post = |i: usize, r: usize| {
        let skilled = view.workers.flags[i] & flag::HIGH_SKILL != 0;
        chances.post[r] > 0 && skilled && u64::from(chosen.at(i).word()) < chances.post[r]
    };
    let parts = blocks::map_mut2(&mut status, &mut employer, |start, status, employer| {
        let mut force = Force::new(view);
        let (mut words, mut doors) = (stream.at(start), doors.at(start));
        for k in 0..status.len() {
            let (i, word, door) = (start + k, u64::from(words.word()), u64::from(doors.word()));
            if matches!(status[k], Status::Free | Status::Away) {
                continue;
            }
            let r = view.workers.region[i] as usize;
            let mut reservation = None;
            match status[k] {
                Status::Employed if word < chances.lose[employer[k] as usize] => {
                    lost[employer[k] as usize].fetch_add(1, Relaxed);
                    employer[k] = NOBODY;
                    status[k] = Status::Unemployed;
                }
                Status::OwnAccount if word < chances.give_up => {
                    employer[k] = GAVE_UP;
                    status[k] = Status::Unemployed;
                }
                Status::Unemployed if word < chances.start_own[r] => {
                    employer[k] = NOBODY;
                    status[k] = Status::OwnAccount;
                }
                Status::Unemployed if gets_post(i, r) => {
                    employer[k] = NOBODY;
                    status[k] = Status::Post;
                }
                Status::Post if word < chances.post_ends => status[k] = Status::Unemployed,
                _ => {}
            }
            match status[k] {
                Status::Unemployed if door < chances.search[r] => reservation = Some(f64::NEG_INFINITY),
                Status::Employed if door < chances.move_on => {
                    reservation = Some(attraction[employer[k] as usize] + gain);
                }
                _ => {}
            }
            force.status[r][status[k].counted()] += 1;
            let a = view.geography.area[r] as usize;
            if status[k] == Status::Post {
                force.posts[r] += 1;
            } else if status[k] != Status::Farm {
                force.supply[a][view.workers.group(i)] += efficiency_used(view, i);
            }
            if let Some(reservation) = reservation {
                force.seekers[a].push(seeker(view, i, reservation, search.at(i)));
            }
        }
        force
    });
    let mut force = Force::new(view);
    parts.into_iter().for_each(|part| force.merge(part));
    w.workers.status = status;
    w.workers.employer = employer;
    for (f, n) in lost.iter().enumerate() {
        w.firms.heads[f] -= n.load(Relaxed);
        w.firms.openings[f] = w.firms.target[f].saturating_sub(w.firms.heads[f]);
    }
    force
}

/// Seekers sample openings of their area; areas match in parallel.
fn search(w: &mut World, attraction: &[f64], force: &mut Force) {
    let mut firms: Vec<Vec<u32>> = vec![Vec::new(); w.geography.areas];
    for f in 0..w.firms.len() {
        firms[w.geography.area[w.firms.region(f)] as usize].push(f as u32);
    }
    let places = w.draws().stream(Stage::Opening, w.stream_tick(), POINTS as u32);
    let view: &World = w;
    let sampled = w.params.labour.sampled as usize;
    let matched: Vec<Matched> = force
        .seekers
        .par_iter()
        .zip(&firms)
        .map(|(seekers, firms)| {
            let attraction: Vec<f64> = firms.iter().map(|&f| attraction[f as usize]).collect();
            let mut openings: Vec<u32> = firms.iter().map(|&f| view.firms.openings[f as usize]).collect();
            let ring = ring(view, &places, firms);
            (
                match_area(seekers, &attraction, &mut openings, &ring, sampled),
                openings,
            )
        })
        .collect();
    for (a, (taken, left)) in matched.into_iter().enumerate() {
        hire(w, a, &firms[a], (&force.seekers[a], &taken, &left), &mut force.status);
    }
}

/// What an area's market settles: the firm that every seeker takes, and openings left, by firm of the area.
type Matched = (Vec<u32>, Vec<u32>);

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

/// Matched workers of area `a` take up their jobs, leaving those they had; `taken` is the firm of every seeker, `left` the
/// openings that every firm has left.
fn hire(
    w: &mut World,
    a: usize,
    firms: &[u32],
    (seekers, taken, left): (&[Seeker], &[u32], &[u32]),
    status: &mut [[u32; 4]],
) {
    for (&f, &n) in firms.iter().zip(left) {
        w.quarter.openings[a] += w.firms.openings[f as usize];
        w.quarter.unfilled[a] += n;
        w.firms.unfilled[f as usize] = n;
    }
    for (s, &k) in seekers.iter().zip(taken).filter(|(_, k)| **k != NO_FIRM) {
        let (i, f) = (s.worker as usize, firms[k as usize]);
        let of_region = &mut status[w.workers.region[i] as usize];
        of_region[w.workers.status[i] as usize] -= 1;
        of_region[Status::Employed as usize] += 1;
        if w.workers.status[i] == Status::Employed {
            w.firms.heads[w.workers.employer[i] as usize] -= 1;
        }
        w.workers.status[i] = Status::Employed;
        w.workers.employer[i] = f;
        w.firms.heads[f as usize] += 1;
        w.quarter.hires[a] += 1;
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
fn census(w: &mut World, force: Force) {
    let status = force.status;
    w.quarter.posts = force.posts;
    w.groups.update(&force.supply, &w.params.labour);
    w.areas.supply = force.supply;
    let mut of_area = vec![[0u32; 2]; w.geography.areas];
    for (r, status) in status.iter().enumerate() {
        let a = w.geography.area[r] as usize;
        of_area[a][0] += status[Status::Unemployed as usize];
        of_area[a][1] += status[1] + status[2] + status[3];
        w.own_heads[r] = status[Status::OwnAccount as usize];
    }
    w.areas.unemployment = of_area
        .iter()
        .map(|f| f64::from(f[0]) / f64::from(f[1].max(1)))
        .collect();
    matching_services(w, &status);
    w.quarter.status = status;
    efficiency_and_pay(w);
}

/// Efficiency employed by every firm, at the prices of groups, and mean pay of the areas.
fn efficiency_and_pay(w: &mut World) {
    let view: &World = w;
    let (_, sums) = blocks::map_sums(w.workers.len(), w.firms.len(), |range, sums| {
        for i in range {
            if view.workers.status[i] == Status::Employed {
                let a = view.geography.area[view.workers.region[i] as usize] as usize;
                let pi = view.groups.price[a][view.workers.group(i)];
                sums[view.workers.employer[i] as usize] += (efficiency_used(view, i) * pi * FIXED) as i64;
            }
        }
    });
    let mut pay = vec![[0.0; 2]; w.geography.areas];
    for (f, sum) in sums.into_iter().enumerate() {
        w.firms.efficiency[f] = sum as f64 / FIXED;
        let r = w.firms.region(f);
        let a = w.geography.area[r] as usize;
        pay[a][0] += (w.firms.wage[f] + bonus(w, f)) * w.firms.efficiency[f] * f64::from(w.scale)
            / (1.0 + w.rules[r].fiscal.payroll);
        pay[a][1] += f64::from(w.firms.heads[f]);
    }
    w.areas.mean_pay = pay.iter().map(|p| p[0] / f64::max(p[1], 1.0)).collect();
}
