//! The labour stage: separations, own-account work, search, matching, efficiency employed.

mod seekers;
mod turns;

use crate::agents::firms::SECTORS;
use crate::agents::workers::{GROUPS, Status};
use crate::base::blocks::{self, Picked, RUN};
use crate::base::draws::{Stage, Stream};
use crate::books::Tally;
use crate::markets::labour::{self, MAX_SAMPLED, NO_FIRM, POINTS, Ring, Seeker, match_area};
use crate::world::{World, bonus};
use rayon::prelude::*;
use seekers::Seekers;
use turns::{Part, STATUS, Turns, kept, used};

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
    /// Who searches this quarter, by block of workers.
    seekers: Vec<Seekers>,
    /// Efficiency of the non-farm labour force, by area.
    supply: Vec<[f64; GROUPS]>,
    /// Residents by inside region and status, as [`Status::counted`] [agents].
    status: Vec<[u32; 4]>,
    /// Public posts by inside region [agents].
    posts: Vec<u32>,
}

impl Force {
    /// Adds a block's.
    fn merge(&mut self, part: Part) {
        self.seekers.push(part.seekers);
        for (all, some) in self.supply.iter_mut().zip(part.supply) {
            (0..GROUPS).for_each(|g| all[g] += some[g]);
        }
        for (r, count) in part.count.into_iter().take(self.posts.len()).enumerate() {
            for status in [
                Status::Farm,
                Status::Employed,
                Status::OwnAccount,
                Status::Unemployed,
                Status::Post,
            ] {
                self.status[r][status.counted()] += count[status as usize];
            }
            self.posts[r] += count[Status::Post as usize];
        }
    }
}

/// Jobs end by churn and by layoffs of what exceeds the target; own-account work gives up and takes in; the unemployed,
/// and employees who would move for a gain over their firm, search.
fn separate(w: &mut World, attraction: &[f64]) -> Force {
    let mut status = std::mem::take(&mut w.workers.status);
    let mut employer = std::mem::take(&mut w.workers.employer);
    let turns = Turns::new(w, attraction);
    let parts = blocks::map_mut2(&mut status, &mut employer, |start, status, employer| {
        turns.block(start, status, employer)
    });
    let mut force = Force {
        seekers: Vec::with_capacity(parts.len()),
        supply: vec![[0.0; GROUPS]; w.geography.areas],
        status: vec![[0; 4]; w.geography.inside],
        posts: vec![0; w.geography.inside],
    };
    for part in parts {
        part.lost.iter().for_each(|&f| w.firms.heads[f as usize] -= 1);
        force.merge(part);
    }
    w.workers.status = status;
    w.workers.employer = employer;
    // whatever a firm wants, there are no more people than that
    let workers = w.workers.len() as u32;
    let firms = &mut w.firms;
    let (target, heads) = (&firms.target, &firms.heads);
    blocks::map_mut(&mut firms.openings, |start, openings| {
        for (f, openings) in (start..).zip(openings) {
            *openings = target[f].saturating_sub(heads[f]).min(workers);
        }
    });
    force
}

/// Seekers sample openings of their area; areas match in parallel, those with most firms first.
fn search(w: &mut World, attraction: &[f64], force: &mut Force) {
    let areas = w.geography.areas;
    let firms = blocks::map_each(areas, |a| firms_of(w, a).map(|f| f as u32).collect::<Vec<_>>());
    let places = w.draws().stream(Stage::Opening, w.stream_tick(), POINTS as u32);
    let mut order: Vec<usize> = (0..areas).collect();
    order.sort_by_key(|&a| std::cmp::Reverse(firms[a].len()));
    let view: &World = w;
    let mut matched: Vec<(usize, Matched)> = order
        .into_par_iter()
        .with_max_len(1)
        .map(|a| {
            let seekers: Vec<&[Seeker]> = force.seekers.iter().map(|block| block.of(a)).collect();
            (a, market(view, attraction, &places, &firms[a], &seekers))
        })
        .collect();
    matched.sort_unstable_by_key(|&(a, _)| a);
    let matched: Vec<Matched> = matched.into_iter().map(|(_, m)| m).collect();
    for (a, m) in matched.iter().enumerate() {
        close(w, a, &firms[a], m);
    }
    hire(w, &firms, &matched, force);
}

/// Firms of area `a`, in order.
fn firms_of(w: &World, a: usize) -> impl Iterator<Item = usize> {
    let cells = (0..w.cell_count()).filter(move |c| w.geography.area[c / SECTORS] as usize == a);
    cells.flat_map(|c| w.firms_of(c))
}

/// What an area's market settles.
struct Matched {
    /// Place in the area of the firm that every seeker takes.
    taken: Vec<u32>,
    /// Openings left, by firm of the area.
    left: Vec<u32>,
}

/// The market of an area; its seekers by block.
fn market(w: &World, attraction: &[f64], places: &Stream, firms: &[u32], seekers: &[&[Seeker]]) -> Matched {
    let sampled = (w.params.labour.sampled as usize).min(MAX_SAMPLED);
    let attraction: Vec<f64> = firms.iter().map(|&f| attraction[f as usize]).collect();
    let mut left: Vec<u32> = firms.iter().map(|&f| w.firms.openings[f as usize]).collect();
    let n: usize = seekers.iter().map(|block| block.len()).sum();
    let seekers = seekers.iter().copied().flatten();
    let words = seekers.clone().flat_map(|s| s.words[..sampled].iter().copied());
    let openings = left.iter().map(|&openings| openings as usize).sum();
    let ring = ring(places, firms, &left, Ring::new(words, sampled * n, openings));
    let taken = match ring.owners() {
        Some(owners) => match_area(seekers, &attraction, &mut left, owners, sampled),
        None => vec![NO_FIRM; n],
    };
    Matched { taken, left }
}

/// The circle of an area after all openings of its firms, `offered` by each, have taken their points.
fn ring(places: &Stream, firms: &[u32], offered: &[u32], mut ring: Ring) -> Ring {
    let (mut openings, mut owners) = (Vec::new(), Vec::new());
    let mut own = |openings: &mut Vec<(usize, u32)>, owners: &mut Vec<u32>| {
        places.scattered(openings, |n, points: [u32; POINTS]| {
            points.into_iter().for_each(|at| ring.own(at, owners[n]));
        });
        openings.clear();
        owners.clear();
    };
    for ((k, &f), &offered) in (0..).zip(firms).zip(offered) {
        // 65,536 openings a firm before positions of two firms could meet
        let mut left = (0..offered as usize).map(|n| (((f as usize) << 16) + n, 0));
        while left.len() > 0 {
            openings.extend(left.by_ref().take(blocks::RUN - openings.len()));
            owners.resize(openings.len(), k);
            if openings.len() == blocks::RUN {
                own(&mut openings, &mut owners);
            }
        }
    }
    own(&mut openings, &mut owners);
    ring
}

/// Counts what area `a` had to offer and what is left of it. Firms count in those whom they hire.
fn close(w: &mut World, a: usize, firms: &[u32], matched: &Matched) {
    for (&f, &left) in firms.iter().zip(&matched.left) {
        let f = f as usize;
        let filled = w.firms.openings[f] - left;
        w.quarter.openings[a] += w.firms.openings[f];
        w.quarter.unfilled[a] += left;
        w.quarter.hires[a] += filled;
        w.firms.unfilled[f] = left;
        w.firms.heads[f] += filled;
    }
}

/// Matched workers take up their jobs, leaving those they had: every block of workers by itself, in the order of its
/// seekers.
fn hire(w: &mut World, firms: &[Vec<u32>], matched: &[Matched], force: &mut Force) {
    let (workers, areas) = (&mut w.workers, matched.len());
    let mut first = vec![vec![0; areas]];
    for (b, block) in force.seekers.iter().enumerate() {
        first.push((0..areas).map(|a| first[b][a] + block.of(a).len()).collect());
    }
    let (region, inside) = (&workers.region, force.status.len());
    let (seekers, first) = (&force.seekers, &first);
    let parts = blocks::map_mut2(&mut workers.status, &mut workers.employer, |start, status, employer| {
        let b = start / blocks::BLOCK;
        let mut left = Vec::new();
        let mut moved = vec![[0u32; STATUS]; inside];
        for a in 0..areas {
            let taken = &matched[a].taken[first[b][a]..first[b + 1][a]];
            for (s, &k) in seekers[b].of(a).iter().zip(taken).filter(|(_, k)| **k != NO_FIRM) {
                let (i, now) = (s.worker as usize, s.worker as usize - start);
                moved[region[i] as usize][status[now] as usize] += 1;
                if status[now] == Status::Employed {
                    left.push(employer[now]);
                }
                (status[now], employer[now]) = (Status::Employed, firms[a][k as usize]);
            }
        }
        (left, moved)
    });
    for (left, moved) in parts {
        left.into_iter().for_each(|f| w.firms.heads[f as usize] -= 1);
        for (status, moved) in force.status.iter_mut().zip(moved) {
            let (from, to) = (Status::Unemployed as usize, Status::Employed as usize);
            status[from] -= moved[from];
            status[to] += moved[from];
        }
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
    let units = units(w);
    let paid = |f: usize| (w.firms.wage[f] + bonus(w, f)) / (1.0 + w.rules[w.firms.region(f)].fiscal.payroll);
    let paid = blocks::map_firms(w.firms.len(), |_| (), |(), f| paid(f));
    w.employ(&units, &paid);
    let view: &World = w;
    let mean_pay = |a: usize| {
        let add = |[pay, heads]: [f64; 2], f: usize| {
            let of_firm = paid[f] * units[f] * f64::from(view.scale);
            [pay + of_firm, heads + f64::from(view.firms.heads[f])]
        };
        let [pay, heads] = firms_of(view, a).fold([0.0; 2], add);
        pay / f64::max(heads, 1.0)
    };
    w.areas.mean_pay = blocks::map_each(w.geography.areas, mean_pay);
}

/// Efficiency units of the employees of every firm, at the prices of groups [agents].
fn units(w: &World) -> Vec<f64> {
    let (workers, kept) = (&w.workers, kept(w));
    let prices: Vec<[f64; GROUPS]> = w.geography.area.iter().map(|&a| w.groups.price[a as usize]).collect();
    let (_, sums) = blocks::map_sums(workers.len(), w.firms.len(), |range, sums| {
        let mut units = [0; RUN];
        for first in range.clone().step_by(RUN) {
            let run = &workers.status[first..(first + RUN).min(range.end)];
            let employed = Picked::of(run, |&status| status == Status::Employed);
            for (units, i) in units.iter_mut().zip(employed.iter().map(|k| first + k)) {
                let (r, group) = (workers.region[i] as usize, workers.group(i));
                let own = used(f64::from(workers.efficiency[i]), group, kept[r]) * prices[r][group];
                *units = (own * FIXED) as i64;
            }
            // sums of firms lie anywhere in memory: nothing but additions, so that many are fetched at once
            for (units, i) in units.iter().zip(employed.iter().map(|k| first + k)) {
                sums[workers.employer[i] as usize] += units;
            }
        }
    });
    blocks::map_firms(sums.len(), |_| (), |(), f| sums[f] as f64 / FIXED)
}
