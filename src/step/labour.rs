//! The labour stage: separations, own-account work, search, matching, efficiency employed.

use crate::agents::firms::{SECTORS, SERVICES};
use crate::agents::workers::{GAVE_UP, GROUPS, HIGH_MIGRANT, NOBODY, Status, flag, group_of};
use crate::base::blocks;
use crate::base::draws::{self, Stage, Stream};
use crate::books::Tally;
use crate::markets::labour::{self, Employer, MAX_SAMPLED, NO_FIRM, POINTS, Ring, Seeker, match_area};
use crate::markets::posts;
use crate::rules::Rules;
use crate::world::{World, bonus};
use rayon::prelude::*;

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

/// Status are seven.
const STATUS: usize = Status::Post as usize + 1;

/// What one block of workers adds to the [`Force`].
struct Part {
    /// Seekers by area.
    seekers: Vec<Vec<Seeker>>,
    /// Efficiency by area; the last one takes those who are not of the force.
    supply: Vec<[f64; GROUPS]>,
    /// Workers by region and status [agents].
    count: Vec<[u32; STATUS]>,
    /// Firms of jobs that ended.
    lost: Vec<u32>,
}

/// What chance holds for a worker of a region and status.
#[derive(Clone, Copy, Default)]
struct Chance {
    /// That something other than employment ends: an own-account worker gives up, an unemployed one turns to own account,
    /// a public post ends.
    ends: u64,
    /// That somebody searches.
    search: u64,
    /// The same, or certainty where a public post may come.
    looks: u64,
    /// Area in which a worker of this status offers labour; one more than there are for nowhere.
    area: usize,
}

/// Chances of a quarter as thresholds of drawn words.
struct Chances {
    /// That an employee loses the job by churn.
    churn: u64,
    /// That an employee loses the job, by firm: by churn, or by layoffs of what exceeds the target.
    lose: Vec<u64>,
    /// The leading byte of the same: of a million firms it stays in the cache. Nothing for no firm (the last).
    may_lose: Vec<u8>,
    /// By region and status.
    other: Vec<[Chance; STATUS]>,
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
        let lose: Vec<u64> = (0..w.firms.len()).map(lose).collect();
        let post: Vec<u64> = w.rules.iter().map(|law| draws::threshold(law.posts.hiring)).collect();
        let nothing = Chance {
            area: w.geography.areas,
            ..Chance::default()
        };
        let mut other = vec![[nothing; STATUS]; w.geography.all()];
        for (r, of) in other.iter_mut().enumerate().take(w.geography.inside) {
            let active = labour::active_search(p, w.rules[r].labour.search_support);
            of[Status::OwnAccount as usize].ends = draws::threshold(0.25 * p.own_account_exit);
            of[Status::Unemployed as usize].ends = draws::threshold(own_account_entry(w, r));
            of[Status::Post as usize].ends = draws::threshold(posts::ending(&w.params.posts));
            of[Status::Unemployed as usize].search = draws::threshold(active);
            of[Status::Employed as usize].search = draws::threshold(p.on_the_job_search);
            of.iter_mut().for_each(|chance| chance.looks = chance.search);
            if post[r] > 0 {
                of[Status::Unemployed as usize].looks = u64::MAX;
            }
            for status in [Status::Employed, Status::OwnAccount, Status::Unemployed] {
                of[status as usize].area = w.geography.area[r] as usize;
            }
        }
        let leading = |&lose: &u64| (lose >> 24).min(u64::from(u8::MAX)) as u8;
        Chances {
            churn: draws::threshold(churn),
            may_lose: lose.iter().map(leading).chain([0]).collect(),
            lose,
            other,
            post,
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
    for f in 0..w.firms.len() {
        w.firms.openings[f] = w.firms.target[f].saturating_sub(w.firms.heads[f]);
    }
    force
}

/// What the pass over workers reads.
struct Turns<'a> {
    w: &'a World,
    chances: Chances,
    /// Of jobs, by firm.
    attraction: &'a [f64],
    kept: Vec<[f64; 2]>,
    separation: Stream,
    doors: Stream,
    search: Stream,
    chosen: Stream,
}

impl<'a> Turns<'a> {
    fn new(w: &'a World, attraction: &'a [f64]) -> Self {
        let (draws, tick) = (w.draws(), w.stream_tick());
        Turns {
            w,
            chances: Chances::new(w),
            attraction,
            kept: kept(w),
            separation: draws.stream(Stage::Separation, tick, 1),
            doors: draws.stream(Stage::Search, tick ^ 0x8000_0000, 1),
            search: draws.stream(Stage::Search, tick, 8),
            chosen: draws.stream(Stage::Posts, tick, 1),
        }
    }

    /// A block of workers that begins at `start`. For most nothing happens: what chance could change is looked up without
    /// branches, and only those take their turn for whom it may.
    fn block(&self, start: usize, status: &mut [Status], employer: &mut [u32]) -> Part {
        let (workers, chances) = (&self.w.workers, &self.chances);
        let (none, areas) = (chances.lose.len(), self.w.geography.areas);
        let range = start..start + status.len();
        let [region, hukou, flags] = [&workers.region, &workers.hukou, &workers.flags].map(|x| &x[range.clone()]);
        let efficiency = &workers.efficiency[range];
        let mut supply = vec![[0.0; GROUPS]; areas + 1];
        let mut count = vec![[0; STATUS]; chances.other.len()];
        let (mut searching, mut lost) = (Vec::new(), Vec::new());
        let (mut words, mut doors) = (self.separation.at(start), self.doors.at(start));
        for (k, (status, employer)) in status.iter_mut().zip(employer).enumerate() {
            let (word, door) = (words.word(), u64::from(doors.word()));
            let r = region[k] as usize;
            let here = &chances.other[r];
            let chance = &here[*status as usize];
            let firm = (*employer as usize).min(none);
            let may_lose = (word >> 24) as u8 <= chances.may_lose[firm];
            if may_lose | (u64::from(word) < chance.ends) | (door < chance.looks) {
                let before = (*status, *employer);
                if let Some(reservation) = self.turn(start + k, (u64::from(word), door), status, employer) {
                    searching.push((k, reservation));
                }
                if before.0 == Status::Employed && *status != Status::Employed {
                    lost.push(before.1);
                }
            }
            count[r][*status as usize] += 1;
            let group = group_of(flags[k], hukou[k], region[k]);
            supply[here[*status as usize].area][group] += used(f64::from(efficiency[k]), group, self.kept[r]);
        }
        Part {
            seekers: self.seekers(start, &searching),
            supply,
            count,
            lost,
        }
    }

    /// Something may happen to worker `i`; the reservation if it searches.
    fn turn(&self, i: usize, (word, door): (u64, u64), status: &mut Status, employer: &mut u32) -> Option<f64> {
        let (chances, workers) = (&self.chances, &self.w.workers);
        let r = workers.region[i] as usize;
        let here = &chances.other[r];
        let ends = word < here[*status as usize].ends;
        let gets_post = || {
            let skilled = workers.flags[i] & flag::HIGH_SKILL != 0;
            chances.post[r] > 0 && skilled && u64::from(self.chosen.at(i).word()) < chances.post[r]
        };
        match *status {
            Status::Employed if word < chances.churn || word < chances.lose[*employer as usize] => {
                (*status, *employer) = (Status::Unemployed, NOBODY);
            }
            Status::OwnAccount if ends => (*status, *employer) = (Status::Unemployed, GAVE_UP),
            Status::Unemployed if ends => (*status, *employer) = (Status::OwnAccount, NOBODY),
            Status::Unemployed if gets_post() => (*status, *employer) = (Status::Post, NOBODY),
            Status::Post if ends => *status = Status::Unemployed,
            _ => {}
        }
        if door >= here[*status as usize].search {
            return None;
        }
        Some(match *status {
            Status::Employed => self.attraction[*employer as usize] + self.w.params.labour.moving_gain,
            _ => f64::NEG_INFINITY,
        })
    }

    /// Those of a block who search (place in it, reservation), by area, with the openings they will sample; a share of
    /// these is closed to residents without local hukou.
    fn seekers(&self, start: usize, searching: &[(usize, f64)]) -> Vec<Vec<Seeker>> {
        let w = self.w;
        let mut seekers = vec![Vec::new(); w.geography.areas];
        let agents: Vec<(usize, u32)> = searching.iter().map(|&(k, _)| (start + k, 0)).collect();
        self.search
            .scattered(&agents, |n, [priority, words @ ..]: [u32; 1 + MAX_SAMPLED]| {
                let (i, reservation) = (agents[n].0, searching[n].1);
                let r = w.workers.region[i] as usize;
                let bar = draws::threshold(w.rules[r].hukou.job_bar_share);
                let outsider = w.workers.hukou[i] as usize != r;
                let barred = words.iter().enumerate().fold(0u8, |b, (k, word)| {
                    // the low bits are independent of the position, which the high bits give
                    let closed = outsider && u64::from(word.rotate_left(16)) < bar;
                    b | (u8::from(closed) << k)
                });
                seekers[w.geography.area[r] as usize].push(Seeker {
                    priority,
                    worker: i as u32,
                    reservation,
                    words,
                    barred,
                });
            });
        seekers
    }
}

/// What the law of today and that of the start leave of the efficiency of high-skill migrants, by region; see
/// [`crate::world::efficiency_used`].
fn kept(w: &World) -> Vec<[f64; 2]> {
    let kept = |rules: &Rules| 1.0 - rules.labour.credential_discount;
    let inside = w.rules.iter().zip(&w.places.start_rules);
    let outside = w.geography.inside..w.geography.all();
    inside
        .map(|(now, start)| [kept(now), kept(start)])
        .chain(outside.map(|_| [1.0; 2]))
        .collect()
}

/// [`crate::world::efficiency_used`] out of its parts.
#[inline]
fn used(efficiency: f64, group: usize, [now, start]: [f64; 2]) -> f64 {
    if group == HIGH_MIGRANT {
        efficiency * now / start
    } else {
        efficiency
    }
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
            let seekers: Vec<Seeker> = force.seekers.iter().flat_map(|block| &block[a]).copied().collect();
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

/// The market of an area.
fn market(w: &World, attraction: &[f64], places: &Stream, firms: &[u32], seekers: &[Seeker]) -> Matched {
    let sampled = (w.params.labour.sampled as usize).min(MAX_SAMPLED);
    let offered = firms.iter().map(|&f| Employer {
        attraction: attraction[f as usize],
        openings: w.firms.openings[f as usize],
    });
    let mut employers: Vec<Employer> = offered.collect();
    let words = seekers.iter().flat_map(|s| s.words[..sampled].iter().copied());
    let taken = match ring(places, firms, &employers, words).owners() {
        Some(owners) => match_area(seekers, &mut employers, &owners, sampled),
        None => vec![NO_FIRM; seekers.len()],
    };
    Matched {
        taken,
        firms: employers,
    }
}

/// The openings of an area's firms on the circle from which seekers sample with their words.
fn ring(places: &Stream, firms: &[u32], employers: &[Employer], words: impl Iterator<Item = u32>) -> Ring {
    let mut ring = Ring::new(words);
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
        openings.extend((0..employer.openings as usize).map(|n| (((f as usize) << 16) + n, 0)));
        owners.resize(openings.len(), k);
        if openings.len() >= blocks::RUN {
            own(&mut openings, &mut owners);
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
            // employees first: a branch on the status would often be taken wrongly
            let (mut employees, mut n) = ([0; blocks::RUN], 0);
            for i in first..(first + blocks::RUN).min(range.end) {
                employees[n] = i;
                n += usize::from(view.status[i] == Status::Employed);
            }
            for &i in &employees[..n] {
                let (r, group) = (view.region[i] as usize, view.group(i));
                let units = used(f64::from(view.efficiency[i]), group, kept[r]) * prices[r][group];
                sums[view.employer[i] as usize] += (units * FIXED) as i64;
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
