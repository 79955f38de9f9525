//! The labour stage: separations, own-account work, search, matching, efficiency employed.

mod turns;

use crate::agents::workers::{GROUPS, Status};
use crate::base::blocks::{self, Picked};
use crate::base::draws::{Stage, Stream};
use crate::books::Tally;
use crate::markets::labour::{self, Employer, MAX_SAMPLED, NO_FIRM, POINTS, Ring, Seeker, match_area};
use crate::world::{World, bonus};
use rayon::prelude::*;
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
    /// Who searches this quarter, by block of workers and area.
    seekers: Vec<Vec<Vec<Seeker>>>,
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
    for f in 0..w.firms.len() {
        w.firms.openings[f] = w.firms.target[f].saturating_sub(w.firms.heads[f]).min(workers);
    }
    force
}

/// Seekers sample openings of their area; areas match in parallel, those with most firms first.
fn search(w: &mut World, attraction: &[f64], force: &mut Force) {
    let areas = w.geography.areas;
    let mut firms: Vec<Vec<u32>> = vec![Vec::new(); areas];
    for f in 0..w.firms.len() {
        firms[w.geography.area[w.firms.region(f)] as usize].push(f as u32);
    }
    let places = w.draws().stream(Stage::Opening, w.stream_tick(), POINTS as u32);
    let mut order: Vec<usize> = (0..areas).collect();
    order.sort_by_key(|&a| std::cmp::Reverse(firms[a].len()));
    let view: &World = w;
    let mut matched: Vec<(usize, Matched)> = order
        .into_par_iter()
        .with_max_len(1)
        .map(|a| {
            let seekers: Vec<&[Seeker]> = force.seekers.iter().map(|block| &block[a][..]).collect();
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

/// What an area's market settles.
struct Matched {
    /// Place in the area of the firm that every seeker takes.
    taken: Vec<u32>,
    /// Firms of the area after it.
    firms: Vec<Employer>,
}

/// The market of an area; its seekers by block.
fn market(w: &World, attraction: &[f64], places: &Stream, firms: &[u32], seekers: &[&[Seeker]]) -> Matched {
    let sampled = (w.params.labour.sampled as usize).min(MAX_SAMPLED);
    let offered = firms.iter().map(|&f| Employer {
        attraction: attraction[f as usize],
        openings: w.firms.openings[f as usize],
    });
    let mut employers: Vec<Employer> = offered.collect();
    let n: usize = seekers.iter().map(|block| block.len()).sum();
    let seekers = seekers.iter().copied().flatten();
    let words = seekers.clone().flat_map(|s| s.words[..sampled].iter().copied());
    let openings = employers.iter().map(|e| e.openings as usize).sum();
    let ring = ring(places, firms, &employers, Ring::new(words, sampled * n, openings));
    let taken = match ring.owners() {
        Some(owners) => match_area(seekers, &mut employers, owners, sampled),
        None => vec![NO_FIRM; n],
    };
    Matched {
        taken,
        firms: employers,
    }
}

/// The circle of an area after all openings of its firms have taken their points.
fn ring(places: &Stream, firms: &[u32], employers: &[Employer], mut ring: Ring) -> Ring {
    let (mut openings, mut owners) = (Vec::new(), Vec::new());
    let mut own = |openings: &mut Vec<(usize, u32)>, owners: &mut Vec<u32>| {
        places.scattered(openings, |n, points: [u32; POINTS]| {
            points.into_iter().for_each(|at| ring.own(at, owners[n]));
        });
        openings.clear();
        owners.clear();
    };
    for ((k, &f), employer) in (0..).zip(firms).zip(employers) {
        // 65,536 openings a firm before positions of two firms could meet
        let mut left = (0..employer.openings as usize).map(|n| (((f as usize) << 16) + n, 0));
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
    for (&f, left) in firms.iter().zip(&matched.firms) {
        let f = f as usize;
        let filled = w.firms.openings[f] - left.openings;
        w.quarter.openings[a] += w.firms.openings[f];
        w.quarter.unfilled[a] += left.openings;
        w.quarter.hires[a] += filled;
        w.firms.unfilled[f] = left.openings;
        w.firms.heads[f] += filled;
    }
}

/// Matched workers take up their jobs, leaving those they had: every block of workers by itself, in the order of its
/// seekers.
fn hire(w: &mut World, firms: &[Vec<u32>], matched: &[Matched], force: &mut Force) {
    let (workers, areas) = (&mut w.workers, matched.len());
    let mut first = vec![vec![0; areas]];
    for (b, block) in force.seekers.iter().enumerate() {
        first.push((0..areas).map(|a| first[b][a] + block[a].len()).collect());
    }
    let (region, inside) = (&workers.region, force.status.len());
    let (seekers, first) = (&force.seekers, &first);
    let parts = blocks::map_mut2(&mut workers.status, &mut workers.employer, |start, status, employer| {
        let b = start / blocks::BLOCK;
        let mut left = Vec::new();
        let mut moved = vec![[0u32; STATUS]; inside];
        for (a, seekers) in seekers[b].iter().enumerate() {
            let taken = &matched[a].taken[first[b][a]..first[b + 1][a]];
            for (s, &k) in seekers.iter().zip(taken).filter(|(_, k)| **k != NO_FIRM) {
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
    let kept = kept(w);
    let prices: Vec<[f64; GROUPS]> = w.geography.area.iter().map(|&a| w.groups.price[a as usize]).collect();
    let view = &w.workers;
    let (_, sums) = blocks::map_sums(view.len(), w.firms.len(), |range, sums| {
        for first in range.clone().step_by(blocks::RUN) {
            let run = &view.status[first..(first + blocks::RUN).min(range.end)];
            for k in Picked::of(run, |&status| status == Status::Employed).iter() {
                let i = first + k;
                let (r, group) = (view.region[i] as usize, view.group(i));
                let units = used(f64::from(view.efficiency[i]), group, kept[r]) * prices[r][group];
                sums[view.employer[i] as usize] += (units * FIXED) as i64;
            }
        }
    });
    let units: Vec<f64> = sums.into_iter().map(|sum| sum as f64 / FIXED).collect();
    let paid = |f: usize| (w.firms.wage[f] + bonus(w, f)) / (1.0 + w.rules[w.firms.region(f)].fiscal.payroll);
    let paid: Vec<f64> = (0..w.firms.len()).map(paid).collect();
    w.employ(&units, &paid);
    let mut pay = vec![[0.0; 2]; w.geography.areas];
    for (f, paid) in paid.into_iter().enumerate() {
        let a = w.geography.area[w.firms.region(f)] as usize;
        pay[a][0] += paid * units[f] * f64::from(w.scale);
        pay[a][1] += f64::from(w.firms.heads[f]);
    }
    w.areas.mean_pay = pay.iter().map(|p| p[0] / f64::max(p[1], 1.0)).collect();
}
