//! Workers who are born with the world: skill, home, family, age and wealth.

use super::population::labour_force;
use crate::agents::workers::{Status, Worker, flag};
use crate::base::blocks;
use crate::base::draws::{Reader, Stage};
use crate::base::stats::pareto_quantile;
use crate::scenario::seed::{RegionSeed, SeedEconomy};
use crate::world::World;
use std::ops::Range;

/// Workers of one origin, hukou kind and place.
#[derive(Clone, Copy)]
pub(super) struct Kind {
    /// Region of the hukou.
    pub origin: usize,
    /// Region of residence.
    pub region: usize,
    /// Whether the hukou is rural.
    pub rural: bool,
    /// Option that they chose: the region, or the farm at home (beyond the regions).
    pub place: usize,
}

impl Kind {
    fn migrant(self) -> bool {
        self.origin != self.region
    }
}

/// Chances of high skill in a region.
pub(super) struct Skilled {
    /// Off the farm, by hukou kind: urban, rural.
    off_farm: [f64; 2],
    /// Among farmers.
    farm: f64,
}

/// Chances of high skill such that every region has the mean of the data: a stated share of farmers, and off the farm
/// rural hukou holders at a stated ratio to urban ones.
pub(super) fn skilled(w: &World, data: &SeedEconomy, stock: &[[Vec<f64>; 2]]) -> Vec<Skilled> {
    let b = &w.params.birth;
    let of_region = |(d, r): (usize, &RegionSeed)| {
        let [urban, rural] = [0, 1].map(|kind| stock.iter().map(|of| of[kind][d]).sum::<f64>());
        let (farmers, non_farm) = labour_force(r, w.params.labour.unemployment);
        let wanted = r.college_share * (farmers + non_farm) - b.farm_high_skill * farmers;
        let of_urban = (wanted / (urban + b.rural_college * rural).max(1.0)).clamp(0.0, HIGHEST);
        Skilled {
            off_farm: [of_urban, b.rural_college * of_urban],
            farm: b.farm_high_skill,
        }
    };
    data.regions.iter().enumerate().map(of_region).collect()
}

/// Chance of high skill at most, so that no group is without low skill.
const HIGHEST: f64 = 0.9;

/// A worker who is born with the world.
struct Newborn {
    worker: Worker,
    /// Units of the equity fund.
    units: u32,
    /// Residence credited towards a local hukou [quarters].
    credit: u8,
    /// Old and young of the family who are looked after by kin [twentieths].
    with_kin: [i64; 2],
}

/// People who are made before they are added, at most: as many as do not take much memory.
const TOGETHER: usize = 1 << 20;

/// Adds `n` workers of a kind.
pub(super) fn put(w: &mut World, data: &SeedEconomy, (people, skilled): (&Family, &Skilled), kind: Kind, n: i64) {
    let end = w.workers.len() + n as usize;
    let village = |flags: u8| usize::from(flags & flag::VILLAGE_HOME != 0);
    while w.workers.len() < end {
        let first = w.workers.len();
        let view: &World = w;
        let parts = blocks::map(TOGETHER.min(end - first), |range| {
            newborns(
                view,
                data,
                (people, skilled),
                kind,
                first + range.start..first + range.end,
            )
        });
        for born in parts.into_iter().flatten() {
            let i = w.workers.len();
            if kind.region < w.geography.inside {
                let pool = &mut w.places.left_behind[kind.region][village(born.worker.flags)];
                (0..2).for_each(|k| pool[k] += born.with_kin[k]);
            }
            w.workers.push(born.worker);
            w.workers.anchor[i] = kind.place as u8;
            w.workers.units[i] = born.units;
            w.workers.credit[i] = born.credit;
        }
    }
}

/// Workers of a kind who take these slots.
fn newborns(
    w: &World,
    data: &SeedEconomy,
    (people, skilled): (&Family, &Skilled),
    kind: Kind,
    slots: Range<usize>,
) -> Vec<Newborn> {
    let inside = w.geography.inside;
    let resident = kind.region < inside;
    let home = if resident { kind.region } else { kind.origin };
    let r = &data.regions[home.min(inside - 1)];
    let farm = kind.place == w.geography.all();
    let high = if farm {
        skilled.farm
    } else {
        skilled.off_farm[usize::from(kind.rural)]
    };
    let status = if farm {
        Status::Farm
    } else if resident {
        Status::Unemployed
    } else {
        Status::Away
    };
    let mut luck = w.draws().stream(Stage::BirthWorkers, 0, 20).walk(slots.start);
    let newborn = |i: usize| {
        let x = luck.to(i, 0);
        let flags = home_and_skill(kind, farm, high, people, x);
        let ([old, young], with_kin) = dependants(w, kind, flags, people, x);
        let age = age(r, x.uniform(), x.uniform());
        let p = &w.params;
        let skill_sd = p.farmland.skill_sd;
        let worker = Worker {
            region: kind.region as u8,
            hukou: kind.origin as u8,
            flags,
            status,
            efficiency: p.labour.efficiency(flags, x.normal()),
            farm_skill: (skill_sd * x.normal() - 0.5 * skill_sd * skill_sd).exp() as f32,
            thrift: (x.word() >> 24) as u8,
            born: (-4.0 * age) as i16,
            old,
            young,
        };
        let village = flags & flag::VILLAGE_HOME != 0;
        let wealth = if village { p.birth.village_wealth } else { 1.0 };
        let units = (1000.0 * wealth * pareto_quantile(x.uniform(), p.birth.wealth_exponent, 1.0, 1e4)) as u32;
        let residence = p.birth.residence_years * 4.0;
        let credit = if kind.migrant() {
            (-residence * x.uniform().ln()).min(200.0) as u8
        } else {
            0
        };
        Newborn {
            worker,
            units,
            credit,
            with_kin,
        }
    };
    slots.map(newborn).collect()
}

/// Flags of a worker: skill, and a home in the village, rented, or owned.
fn home_and_skill(kind: Kind, farm: bool, high: f64, people: &Family, x: &mut Reader) -> u8 {
    let mut flags = flag::ANCHORED;
    if kind.rural {
        flags |= flag::RURAL_HUKOU;
    }
    if x.uniform() < high {
        flags |= flag::HIGH_SKILL;
    }
    let tenant = if kind.migrant() {
        people.tenant_migrant
    } else {
        people.tenant_native
    };
    if farm || (!kind.migrant() && kind.rural && x.uniform() < people.village_share) {
        flags |= flag::VILLAGE_HOME;
    } else if x.uniform() < tenant {
        flags |= flag::TENANT;
    }
    flags
}

/// Old and young dependants of a worker, and those of its family who are looked after by kin of absent workers
/// [twentieths]: part of every native family. Families of migrants are those who came along: whom they left behind lives, and is counted, where they are
/// registered.
fn dependants(w: &World, kind: Kind, flags: u8, people: &Family, x: &mut Reader) -> ([u8; 2], [i64; 2]) {
    let village = flags & flag::VILLAGE_HOME != 0;
    let dependants = if village {
        people.village
    } else if kind.migrant() {
        people.migrant
    } else {
        people.native
    };
    let all = (dependants * 20.0 + x.uniform()) as u8;
    let all_old = ((f64::from(all) * people.old_share + x.uniform()) as u8).min(all);
    let all_young = all - all_old;
    let stay = if kind.migrant() {
        1.0
    } else {
        1.0 - w.params.birth.left_behind
    };
    let keep = |n: u8, u: f64| ((stay * f64::from(n) + u) as u8).min(n);
    let old = keep(all_old, x.uniform());
    let young = keep(all_young, x.uniform());
    ([old, young], [all_old - old, all_young - young].map(i64::from))
}

/// Dependants and homes in a region, such that people and rural residents add up to the data.
#[derive(Default)]
pub(super) struct Family {
    village_share: f64,
    tenant_migrant: f64,
    tenant_native: f64,
    village: f64,
    native: f64,
    migrant: f64,
    old_share: f64,
}

///
/// `workers` are the resident workers off the farm: natives with urban and with rural hukou, migrants [persons].
pub(super) fn family(w: &World, r: &RegionSeed, [urban_native, rural_native, migrants]: [f64; 3]) -> Family {
    let b = &w.params.birth;
    let (farm, non_farm) = labour_force(r, w.params.labour.unemployment);
    let force = farm + non_farm;
    // villagers work off the farm until the village's share of workers is that of its people
    let rural = (1.0 - r.urban_share) * force;
    let native = urban_native + rural_native;
    let village_share = ((rural - farm) / rural_native.max(1.0)).clamp(0.0, 1.0);
    let in_village = farm + village_share * rural_native;
    let in_town = (force - in_village).max(1.0);
    let people_village = (1.0 - r.urban_share) * r.residents;
    let people_town = r.urban_share * r.residents;
    let village = if in_village > 0.0 {
        (people_village / in_village - 1.0).clamp(0.0, 10.0)
    } else {
        0.0
    };
    let town = (people_town / in_town - 1.0).max(0.0);
    let share = (migrants / in_town).min(0.95);
    let native_dependants = (town / (1.0 - share + share * b.migrant_dependants)).min(10.0);
    let tenants = r.tenure_rent_share * force;
    let tenant_migrant = (tenants / migrants.max(1.0)).min(0.9);
    let tenant_native = ((tenants - tenant_migrant * migrants) / native.max(1.0)).clamp(0.0, 1.0);
    let dependants = r.dependants_old_per_worker + r.dependants_young_per_worker;
    Family {
        village_share,
        tenant_migrant,
        tenant_native,
        village,
        native: native_dependants,
        migrant: native_dependants * b.migrant_dependants,
        old_share: r.dependants_old_per_worker / dependants.max(1e-9),
    }
}

/// Age of a worker [years], from the census bands of 16 and over up to 64.
fn age(r: &RegionSeed, u: f64, v: f64) -> f64 {
    let bands = [
        (16.0, 30.0, r.age_16_29_share),
        (30.0, 45.0, r.age_30_44_share),
        (45.0, 60.0, r.age_45_59_share),
        (60.0, 65.0, 0.25 * r.age_60plus_share),
    ];
    let total: f64 = bands.iter().map(|b| b.2).sum();
    let mut x = u * total;
    for (from, to, share) in bands {
        if x <= share {
            return from + v * (to - from);
        }
        x -= share;
    }
    60.0
}
