//! Workers: labour-force members with their dependants. One agent stands for `scale` people; money and land of
//! an agent are totals over those people.

use serde::{Deserialize, Serialize};

/// What a worker does this quarter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[repr(u8)]
pub enum Status {
    /// Works the family's land.
    Farm = 0,
    /// Has an employer.
    Employed = 1,
    /// Works on own account in services.
    OwnAccount = 2,
    /// Looks for a job.
    Unemployed = 3,
    /// Lives and works outside the modelled regions.
    Away = 4,
    /// An empty slot.
    Free = 5,
    /// Has a public post.
    Post = 6,
}

impl Status {
    /// Name in files.
    pub fn name(self) -> &'static str {
        match self {
            Status::Farm => "farm",
            Status::Employed => "employed",
            Status::OwnAccount => "own_account",
            Status::Unemployed => "unemployed",
            Status::Away => "away",
            Status::Free => "free",
            Status::Post => "public_post",
        }
    }

    /// Place in counts of residents: farm, employed (public posts too), own-account, unemployed.
    #[inline]
    pub fn counted(self) -> usize {
        match self {
            Status::Post => Status::Employed as usize,
            other => other as usize,
        }
    }
}

/// Bits of [`Workers::flags`].
pub mod flag {
    /// Rural (agricultural) hukou: holds contracted land.
    pub const RURAL_HUKOU: u8 = 1;
    /// High skill: three-year college or more.
    pub const HIGH_SKILL: u8 = 2;
    /// Lives in a village (self-built house).
    pub const VILLAGE_HOME: u8 = 4;
    /// Pays rent to the housing fund.
    pub const TENANT: u8 = 8;
    /// Tastes for places are conditional on having chosen the anchor at the start.
    pub const ANCHORED: u8 = 16;
    /// Was eligible for a local hukou before the start and had not taken it.
    pub const DECLINED: u8 = 32;
    /// Took the local hukou: has settled, so tastes for places are not redrawn.
    pub const SETTLED: u8 = 64;
    /// Left the plot idle at the last leases (what of it was not leased out).
    pub const IDLE_PLOT: u8 = 128;
}

/// Cohort of people who came after the cohorts were frozen.
pub const NO_COHORT: u8 = 63;

/// No employer.
pub const NOBODY: u32 = u32::MAX;

/// No employer, and unemployed since giving up own-account work.
pub const GAVE_UP: u32 = u32::MAX - 1;

/// Skill and nativity groups of the wage structure.
pub const GROUPS: usize = 4;

/// Index of high-skill migrants among the groups.
pub const HIGH_MIGRANT: usize = 3;
/// Names of the groups, by [`group_of`].
pub const GROUP_NAMES: [&str; GROUPS] = ["low_native", "high_native", "low_migrant", "high_migrant"];

/// Group index of a worker: skill, and whether the hukou is elsewhere.
#[inline]
pub fn group_of(flags: u8, hukou: u8, region: u8) -> usize {
    usize::from(flags & flag::HIGH_SKILL != 0) + 2 * usize::from(hukou != region)
}

/// Kinds of dwellings, see [`dwelling_of`].
pub const DWELLINGS: usize = 4;

/// The dwelling of owners in town.
pub const OWNED: usize = 0;

/// How a worker lives: 0 in town in a dwelling of its own, odd in a village, else as a tenant.
#[inline]
pub fn dwelling_of(flags: u8) -> usize {
    usize::from(flags & (flag::VILLAGE_HOME | flag::TENANT)) / usize::from(flag::VILLAGE_HOME)
}

/// Numbers of dependants that there can be [twentieths of a person a worker], none included.
pub const FAMILIES: usize = 2 * u8::MAX as usize + 1;

/// People per worker with `dependants` twentieths of a person.
#[inline]
pub fn persons_with(dependants: usize) -> f64 {
    1.0 + dependants as f64 / 20.0
}

/// Columns of all workers.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Workers {
    /// Region of residence (index over inside then outside regions).
    pub region: Vec<u8>,
    /// Region of the hukou.
    pub hukou: Vec<u8>,
    /// Bits of [`flag`].
    pub flags: Vec<u8>,
    /// [`Status`] as a number.
    pub status: Vec<Status>,
    /// Employer, or [`NOBODY`], or of an unemployed worker [`GAVE_UP`].
    pub employer: Vec<u32>,
    /// Efficiency relative to the mean of the skill group.
    pub efficiency: Vec<f32>,
    /// Farm skill relative to the region's mean.
    pub farm_skill: Vec<f32>,
    /// Deposits [fen].
    pub deposits: Vec<i64>,
    /// Income expected to last [fen per quarter].
    pub permanent_income: Vec<f32>,
    /// Thrift: quantile (of 256) of the deposits that the household wants relative to its income.
    pub thrift: Vec<u8>,
    /// Units of the equity fund.
    pub units: Vec<u32>,
    /// Contracted plot [m2].
    pub plot_m2: Vec<u32>,
    /// Land operated this year [m2].
    pub operated_m2: Vec<u32>,
    /// Village of the plot.
    pub village: Vec<u32>,
    /// Residence credited towards a local hukou [quarters].
    pub credit: Vec<u8>,
    /// Epoch of the tastes for places: grows by one when they are redrawn.
    pub epoch: Vec<u8>,
    /// Region that the tastes are anchored in.
    pub anchor: Vec<u8>,
    /// Generations that the slot has seen.
    pub generation: Vec<u16>,
    /// Quarter of birth (ticks, negative).
    pub born: Vec<i16>,
    /// Land leased in (positive) or out (negative) this year [m2].
    pub leased_m2: Vec<i32>,
    /// Old dependants, in twentieths of a person a worker.
    pub old: Vec<u8>,
    /// Young dependants, in twentieths of a person a worker.
    pub young: Vec<u8>,
    /// Cohort frozen at the reform date: region group x nativity x skill x hukou kind.
    pub cohort: Vec<u8>,
}

/// One worker's values, for birth and arrival.
#[derive(Clone, Copy, Debug)]
pub struct Worker {
    /// As the columns of [`Workers`].
    pub region: u8,
    /// Region of the hukou.
    pub hukou: u8,
    /// Bits of [`flag`].
    pub flags: u8,
    /// Status.
    pub status: Status,
    /// Efficiency.
    pub efficiency: f32,
    /// Farm skill.
    pub farm_skill: f32,
    /// Thrift.
    pub thrift: u8,
    /// Quarter of birth.
    pub born: i16,
    /// Old dependants, twentieths.
    pub old: u8,
    /// Young dependants, twentieths.
    pub young: u8,
}

impl Worker {
    /// Nobody: what fills a slot before anyone comes.
    pub fn empty() -> Self {
        Worker {
            region: 0,
            hukou: 0,
            flags: 0,
            status: Status::Free,
            efficiency: 0.0,
            farm_skill: 0.0,
            thrift: 0,
            born: 0,
            old: 0,
            young: 0,
        }
    }
}

impl Workers {
    /// Number of slots, free ones included.
    pub fn len(&self) -> usize {
        self.region.len()
    }

    /// Whether there are no slots.
    pub fn is_empty(&self) -> bool {
        self.region.is_empty()
    }

    /// Makes room for so many workers more, so that columns do not move while they come.
    pub fn reserve(&mut self, more: usize) {
        self.region.reserve(more);
        self.hukou.reserve(more);
        self.flags.reserve(more);
        self.status.reserve(more);
        self.employer.reserve(more);
        self.efficiency.reserve(more);
        self.farm_skill.reserve(more);
        self.thrift.reserve(more);
        self.deposits.reserve(more);
        self.permanent_income.reserve(more);
        self.units.reserve(more);
        self.plot_m2.reserve(more);
        self.operated_m2.reserve(more);
        self.village.reserve(more);
        self.credit.reserve(more);
        self.epoch.reserve(more);
        self.anchor.reserve(more);
        self.generation.reserve(more);
        self.born.reserve(more);
        self.leased_m2.reserve(more);
        self.old.reserve(more);
        self.young.reserve(more);
        self.cohort.reserve(more);
    }

    /// Adds a worker without money, land or job.
    pub fn push(&mut self, w: Worker) {
        self.region.push(w.region);
        self.hukou.push(w.hukou);
        self.flags.push(w.flags);
        self.status.push(w.status);
        self.employer.push(NOBODY);
        self.efficiency.push(w.efficiency);
        self.farm_skill.push(w.farm_skill);
        self.thrift.push(w.thrift);
        self.deposits.push(0);
        self.permanent_income.push(0.0);
        self.units.push(0);
        self.plot_m2.push(0);
        self.operated_m2.push(0);
        self.village.push(0);
        self.credit.push(0);
        self.epoch.push(0);
        self.anchor.push(w.region);
        self.generation.push(0);
        self.born.push(w.born);
        self.leased_m2.push(0);
        self.old.push(w.old);
        self.young.push(w.young);
        self.cohort.push(NO_COHORT);
    }

    /// Puts new workers into their slots (one generation on), keeping nothing of the old ones but the village. Slots lie far
    /// apart: threads go through them column by column, so that waits for memory overlap.
    pub fn move_in(&mut self, new: &[(usize, Worker)]) {
        fn put<T: Send>(column: &mut [T], new: &[(usize, Worker)], of: fn(&Worker) -> T) {
            new.iter().for_each(|(i, worker)| column[*i] = of(worker));
        }
        let generation = &mut self.generation;
        rayon::scope(|s| {
            s.spawn(|_| {
                new.iter()
                    .for_each(|&(i, _)| generation[i] = generation[i].wrapping_add(1))
            });
            s.spawn(|_| put(&mut self.region, new, |w| w.region));
            s.spawn(|_| put(&mut self.hukou, new, |w| w.hukou));
            s.spawn(|_| put(&mut self.flags, new, |w| w.flags));
            s.spawn(|_| put(&mut self.status, new, |w| w.status));
            s.spawn(|_| put(&mut self.employer, new, |_| NOBODY));
            s.spawn(|_| put(&mut self.efficiency, new, |w| w.efficiency));
            s.spawn(|_| put(&mut self.farm_skill, new, |w| w.farm_skill));
            s.spawn(|_| put(&mut self.thrift, new, |w| w.thrift));
            s.spawn(|_| put(&mut self.credit, new, |_| 0));
            s.spawn(|_| put(&mut self.cohort, new, |_| NO_COHORT));
            s.spawn(|_| put(&mut self.epoch, new, |_| 0));
            s.spawn(|_| put(&mut self.anchor, new, |w| w.region));
            s.spawn(|_| put(&mut self.born, new, |w| w.born));
            s.spawn(|_| put(&mut self.old, new, |w| w.old));
            s.spawn(|_| put(&mut self.young, new, |w| w.young));
        });
    }

    /// Group index of worker `i` (see [`group_of`]).
    #[inline]
    pub fn group(&self, i: usize) -> usize {
        group_of(self.flags[i], self.hukou[i], self.region[i])
    }

    /// Old and young dependants of slot `i` [twentieths of a person a worker].
    #[inline]
    pub fn dependants(&self, i: usize) -> usize {
        self.old[i] as usize + self.young[i] as usize
    }

    /// People of slot `i` per worker, dependants included.
    #[inline]
    pub fn persons(&self, i: usize) -> f64 {
        persons_with(self.dependants(i))
    }
}
