//! Turns of workers: what chance ends and begins, who searches.

use super::seekers::Seekers;
use crate::agents::firms::{SECTORS, SERVICES};
use crate::agents::workers::{GAVE_UP, GROUPS, HIGH_MIGRANT, NOBODY, Status, flag, group_of};
use crate::base::blocks::{self, Picked, RUN};
use crate::base::draws::{self, Stage, Stream};
use crate::markets::labour;
use crate::markets::posts;
use crate::rules::Rules;
use crate::world::World;
use std::array::from_fn;

/// Neighbours who add to sums of their own.
const ABREAST: usize = 8;

/// Status are seven.
pub(super) const STATUS: usize = Status::Post as usize + 1;

/// Status that a region has room for in tables by both, see [`kind_of`].
const ROOM: usize = STATUS.next_power_of_two();

/// Place of a region and status in tables by both.
#[inline]
fn kind_of(region: u8, status: Status) -> u16 {
    u16::from(region) * ROOM as u16 + status as u16
}

/// What one block of workers adds to the [`Force`].
pub(super) struct Part {
    /// Who searches.
    pub(super) seekers: Seekers,
    /// Efficiency by area; the last one takes those who are not of the force.
    pub(super) supply: Vec<[f64; GROUPS]>,
    /// Workers by region and status [agents].
    pub(super) count: Vec<[u32; STATUS]>,
    /// Firms of jobs that ended.
    pub(super) lost: Vec<u32>,
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
}

/// Chances of a quarter as thresholds of drawn words.
struct Chances {
    /// That an employee loses the job, by firm: by churn, or by layoffs of what exceeds the target. None for no firm (the
    /// last).
    lose: Vec<u64>,
    /// The leading byte of the same: of a million firms it stays in the cache, and is mostly enough to know.
    may_lose: Vec<u8>,
    /// By region and status.
    other: Vec<[Chance; STATUS]>,
    /// Leading bytes of the chances that something else ends and that somebody looks, by [`kind_of`].
    may: Vec<[u8; 2]>,
    /// That an unemployed worker of high skill gets a public post, by region.
    post: Vec<u64>,
}

/// Leading byte of a threshold: words whose own is greater are above it.
#[inline]
fn leading(threshold: u64) -> u8 {
    (threshold >> 24).min(u64::from(u8::MAX)) as u8
}

impl Chances {
    fn new(w: &World) -> Self {
        let p = &w.params.labour;
        let churn = 0.25 * p.separation;
        let firms = w.firms.len();
        let lose = |f: usize| {
            if f == firms {
                return 0;
            }
            let (heads, target) = (f64::from(w.firms.heads[f]), f64::from(w.firms.target[f]));
            draws::threshold(churn.max(if heads > target { 1.0 - target / heads } else { 0.0 }))
        };
        let lose = blocks::map_firms(firms + 1, |_| (), |(), f| lose(f));
        let post: Vec<u64> = w.rules.iter().map(|law| draws::threshold(law.posts.hiring)).collect();
        let mut other = vec![[Chance::default(); STATUS]; w.geography.all()];
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
        }
        let may = |k: usize| {
            let chance = other[k / ROOM].get(k % ROOM).copied().unwrap_or_default();
            [chance.ends, chance.looks].map(leading)
        };
        Chances {
            may_lose: blocks::map_firms(firms + 1, |_| (), |(), f| leading(lose[f])),
            lose,
            may: (0..ROOM * other.len()).map(may).collect(),
            other,
            post,
        }
    }

    /// Whether an employee with this word loses the job.
    #[inline]
    fn loses(&self, employer: u32, word: u32) -> bool {
        let f = (employer as usize).min(self.may_lose.len() - 1);
        let (may, own) = (self.may_lose[f], (word >> 24) as u8);
        if own == may {
            u64::from(word) < self.lose[f]
        } else {
            own < may
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

/// What the pass over workers reads.
pub(super) struct Turns<'a> {
    w: &'a World,
    chances: Chances,
    /// Log attractiveness that an employee asks of another job, by firm; any will do for those of no firm (the last).
    reservation: Vec<f64>,
    kept: Vec<[f64; 2]>,
    /// Area in which a worker of a region and status ([`kind_of`]) offers labour; one more than there are for nowhere.
    area: Vec<u16>,
    separation: Stream,
    doors: Stream,
    search: Stream,
    chosen: Stream,
}

/// Workers in a row: their regions, status and employers, and words of luck: what ends, and who searches.
struct Run<'a> {
    region: &'a [u8],
    status: &'a mut [Status],
    employer: &'a mut [u32],
    luck: [&'a [u32]; 2],
}

impl<'a> Turns<'a> {
    pub(super) fn new(w: &'a World, attraction: &'a [f64]) -> Self {
        let (draws, tick) = (w.draws(), w.stream_tick());
        let gain = w.params.labour.moving_gain;
        let asked = |f: usize| attraction.get(f).map_or(f64::NEG_INFINITY, |of_job| of_job + gain);
        Turns {
            w,
            chances: Chances::new(w),
            reservation: blocks::map_firms(attraction.len() + 1, |_| (), |(), f| asked(f)),
            kept: kept(w),
            area: offered(w),
            separation: draws.stream(Stage::Separation, tick, 1),
            doors: draws.stream(Stage::Search, tick ^ 0x8000_0000, 1),
            search: draws.stream(Stage::Search, tick, 8),
            chosen: draws.stream(Stage::Posts, tick, 1),
        }
    }

    /// A block of workers that begins at `start`, a run after another. For most nothing happens: what chance could change is
    /// looked up without branches, and only those take their turn for whom it may.
    pub(super) fn block(&self, start: usize, status: &mut [Status], employer: &mut [u32]) -> Part {
        let (mut searching, mut lost) = (Vec::with_capacity(RUN), Vec::new());
        let mut sums = Sums::new(self.area.len(), self.w.geography.areas + 1);
        let mut luck = [[0; RUN]; 2];
        for (k, (status, employer)) in status.chunks_mut(RUN).zip(employer.chunks_mut(RUN)).enumerate() {
            let (first, n) = (start + k * RUN, status.len());
            self.separation.words(first, &mut luck[0][..n]);
            self.doors.words(first, &mut luck[1][..n]);
            let mut run = Run {
                region: &self.w.workers.region[first..first + n],
                status,
                employer,
                luck: luck.each_ref().map(|words| &words[..n]),
            };
            let taking = self.taking(&run);
            self.endings(first, &mut run, &taking, &mut lost);
            let search = |k| {
                u64::from(run.luck[1][k]) < self.chances.other[run.region[k] as usize][run.status[k] as usize].search
            };
            let none = self.reservation.len() - 1;
            let reservation = |k: usize| self.reservation[(run.employer[k] as usize).min(none)];
            searching.extend(taking.those(search).iter().map(|k| (first + k, reservation(k))));
            self.count(first, run.status, &mut sums);
        }
        Part {
            seekers: Seekers::new(self.w, &self.search, &searching),
            supply: sums.supply(),
            count: sums.count(),
            lost,
        }
    }

    /// Whose turn it may be in a run.
    #[inline]
    fn taking(&self, run: &Run) -> Picked {
        let chances = &self.chances;
        let none = chances.may_lose.len() - 1;
        let [words, doors] = run.luck;
        let mut taking = Picked::default();
        let now = run.region.iter().zip(&*run.status).zip(&*run.employer);
        for (k, ((&word, &door), ((&r, &status), &employer))) in words.iter().zip(doors).zip(now).enumerate() {
            let [ends, looks] = chances.may[kind_of(r, status) as usize];
            let ends = ends.max(chances.may_lose[(employer as usize).min(none)]);
            taking.ask(k, ((word >> 24) as u8 <= ends) | ((door >> 24) as u8 <= looks));
        }
        taking
    }

    /// What ends for those of a run, which begins at worker `first`, whose turn it may be: jobs, own-account work, search,
    /// posts. Firms of jobs that end are added to `lost`.
    fn endings(&self, first: usize, run: &mut Run, taking: &Picked, lost: &mut Vec<u32>) {
        let chances = &self.chances;
        let [words, _] = run.luck;
        let losing = taking.those(|k| chances.loses(run.employer[k], words[k]));
        let ending = taking.those(|k| {
            let chance = &chances.other[run.region[k] as usize][run.status[k] as usize];
            // who looks more surely than it searches may get a post
            (u64::from(words[k]) < chance.ends) | (chance.looks > chance.search)
        });
        for k in losing.iter() {
            lost.push(run.employer[k]);
            (run.status[k], run.employer[k]) = (Status::Unemployed, NOBODY);
        }
        for k in ending.iter() {
            let ends = u64::from(words[k]) < chances.other[run.region[k] as usize][run.status[k] as usize].ends;
            (run.status[k], run.employer[k]) = match run.status[k] {
                Status::OwnAccount if ends => (Status::Unemployed, GAVE_UP),
                Status::Unemployed if ends => (Status::OwnAccount, NOBODY),
                Status::Unemployed if self.gets_post(first + k) => (Status::Post, NOBODY),
                Status::Post if ends => (Status::Unemployed, run.employer[k]),
                other => (other, run.employer[k]),
            };
        }
    }

    /// Whether worker `i`, who is unemployed, is taken into a public post.
    fn gets_post(&self, i: usize) -> bool {
        let workers = &self.w.workers;
        let post = self.chances.post[workers.region[i] as usize];
        let skilled = workers.flags[i] & flag::HIGH_SKILL != 0;
        post > 0 && skilled && u64::from(self.chosen.at(i).word()) < post
    }

    /// Counts a run that begins at worker `first`, after its turns. Not inlined: it needs all registers.
    #[inline(never)]
    fn count(&self, first: usize, status: &[Status], sums: &mut Sums) {
        let workers = &self.w.workers;
        let run = first..first + status.len();
        let [region, hukou, flags] = [&workers.region, &workers.hukou, &workers.flags].map(|x| &x[run.clone()]);
        let efficiency = &workers.efficiency[run];
        // what tables are asked is made for all at once, in vectors
        let (mut kinds, mut groups) = ([0; RUN], [0; RUN]);
        let what = region.iter().zip(status).zip(hukou.iter().zip(flags));
        for ((kind, group), ((&r, &status), (&hukou, &flags))) in kinds.iter_mut().zip(&mut groups).zip(what) {
            *kind = kind_of(r, status);
            *group = group_of(flags, hukou, r) as u8;
        }
        let (count, supply, of_kind) = (&mut sums.count[..], &mut sums.supply[..], &self.area[..]);
        let mut discounted = Picked::default();
        for (k, ((&kind, &group), &efficiency)) in kinds.iter().zip(&groups).zip(efficiency).enumerate() {
            let of = usize::from(of_kind[kind as usize]) * GROUPS + group as usize;
            count[kind as usize][k % ABREAST] += 1;
            supply[of][k % ABREAST] += f64::from(efficiency);
            discounted.ask(k, group as usize == HIGH_MIGRANT);
        }
        for k in discounted.iter() {
            let (area, kept) = (self.area[kinds[k] as usize], self.kept[region[k] as usize]);
            sums.high_migrants[area as usize] += used(f64::from(efficiency[k]), HIGH_MIGRANT, kept);
        }
    }
}

/// Area in which a worker of a region and status ([`kind_of`]) offers labour; one more than there are for nowhere.
fn offered(w: &World) -> Vec<u16> {
    let mut area = vec![w.geography.areas as u16; ROOM * w.geography.all()];
    for (r, &a) in (0..).zip(&w.geography.area) {
        for status in [Status::Employed, Status::OwnAccount, Status::Unemployed] {
            area[kind_of(r, status) as usize] = a as u16;
        }
    }
    area
}

/// Sums of a block, side by side: worker after worker is mostly of one region, status and group, and an addition would wait for
/// the one before it. Single-precision numbers of similar size add up exactly in double precision, in lanes as in one sum.
struct Sums {
    /// Workers by region and status ([`kind_of`]).
    count: Vec<[u32; ABREAST]>,
    /// Efficiency by area and group, before what credentials take from high-skill migrants.
    supply: Vec<[f64; ABREAST]>,
    /// Efficiency of high-skill migrants by area, after it.
    high_migrants: Vec<f64>,
}

impl Sums {
    fn new(kinds: usize, areas: usize) -> Self {
        Sums {
            count: vec![[0; ABREAST]; kinds],
            supply: vec![[0.0; ABREAST]; GROUPS * areas],
            high_migrants: vec![0.0; areas],
        }
    }

    fn count(&self) -> Vec<[u32; STATUS]> {
        let of_region = |of: &[[u32; ABREAST]]| from_fn(|status| of[status].iter().sum());
        self.count.chunks(ROOM).map(of_region).collect()
    }

    fn supply(&self) -> Vec<[f64; GROUPS]> {
        let whole = |(of, &high): (&[[f64; ABREAST]], &f64)| {
            let mut sums = from_fn(|group| of[group].iter().sum());
            sums[HIGH_MIGRANT] = high;
            sums
        };
        self.supply.chunks(GROUPS).zip(&self.high_migrants).map(whole).collect()
    }
}

/// What the law of today and that of the start leave of the efficiency of high-skill migrants, by region; see
/// [`crate::world::efficiency_used`].
pub(super) fn kept(w: &World) -> Vec<[f64; 2]> {
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
pub(super) fn used(efficiency: f64, group: usize, [now, start]: [f64; 2]) -> f64 {
    if group == HIGH_MIGRANT {
        efficiency * now / start
    } else {
        efficiency
    }
}
