//! What is true of a household wherever it is asked: home, housing, pension class; services it is served.

use super::World;
use crate::agents::workers::{GROUPS, HIGH_MIGRANT, OWNED, Status, flag};
use crate::base::lanes::{Lanes, Real, of_each};
use crate::markets::farmland;
use crate::rules::Rules;
use std::ops::Range;

/// Share of its net income that a resident household in a `dwelling` ([`dwelling_of`](crate::agents::workers::dwelling_of))
/// pays for housing: tenants the rent, owners the upkeep, villagers nothing.
pub fn housing_share(w: &World, dwelling: usize, region: usize) -> f64 {
    if dwelling % 2 == 1 {
        0.0
    } else if dwelling == OWNED {
        w.params.housing.share * w.housing.upkeep[region]
    } else {
        w.params.housing.share
    }
}

/// Means by region and group; a group without people in a region takes the city's mean of the group.
pub fn smooth_group_means(sums: &[[[f64; 2]; GROUPS]]) -> Vec<[f64; GROUPS]> {
    let mut all = [[0.0; 2]; GROUPS];
    for r in sums {
        for g in 0..GROUPS {
            all[g][0] += r[g][0];
            all[g][1] += r[g][1];
        }
    }
    sums.iter()
        .map(|r| {
            std::array::from_fn(|g| {
                let [s, n] = if r[g][1] > 0.0 { r[g] } else { all[g] };
                if n > 0.0 { s / n } else { 1.0 }
            })
        })
        .collect()
}

/// Public services per served person: purchases and the work of public posts, valued at its cost, over people with local hukou plus a share of the others; villagers
/// count more as more of the services reach them than at the start.
pub fn service_level(w: &World) -> Vec<f64> {
    (0..w.geography.inside)
        .map(|r| {
            let c = &w.census[r];
            let reached = w.rules[r].hukou.village_services - w.places.start_rules[r].hukou.village_services;
            let villagers = w.quarter.persons.get(r).map_or(0.0, |persons| persons[1]);
            let served = c.locals + w.rules[r].hukou.service_access_permit * c.others + reached * villagers;
            let posts = w.quarter.post_pay.get(r).copied().unwrap_or_default();
            (w.governments.purchases[r] + posts) as f64 / served.max(1.0)
        })
        .collect()
}

/// Social pool (0 city, 1 elsewhere) and hukou kind (0 urban, 1 rural) of a worker's pension.
pub fn pension_class(w: &World, i: usize) -> (usize, usize) {
    let inside = w.geography.inside;
    let r = w.workers.region[i] as usize;
    let r = if r < inside { r } else { w.workers.hukou[i] as usize };
    let in_city = w.geography.in_city.get(r).copied().unwrap_or(true);
    // the old of a family that took a local hukou stay insured where its plot lies
    let rural = w.workers.plot_m2[i] > 0 || w.workers.flags[i] & flag::RURAL_HUKOU != 0;
    (usize::from(!in_city), usize::from(rural))
}

/// Pension that the old dependants of household `i` would gain if it took the local hukou: the urban one for those
/// without a plot [fen per quarter].
pub fn pension_gain(w: &World, i: usize) -> f64 {
    let (pool, rural) = pension_class(w, i);
    if rural == 0 || w.workers.plot_m2[i] > 0 {
        return 0.0;
    }
    (w.pension[pool][0] - w.pension[pool][1]) * f64::from(w.workers.old[i])
}

/// Pension of the old dependants of household `i` and its social pool [fen per quarter]; none for those who neither
/// live inside nor have their hukou there.
#[inline]
pub fn pension(w: &World, i: usize) -> Option<(usize, f64)> {
    let inside = w.geography.inside;
    if (w.workers.hukou[i] as usize) >= inside && (w.workers.region[i] as usize) >= inside {
        return None;
    }
    let (pool, rural) = pension_class(w, i);
    Some((pool, w.pension[pool][rural] * f64::from(w.workers.old[i])))
}

/// What employees of firm `f` are paid of its profit beside the posted wage: the law's share, at most the wage again
/// [fen a quarter and efficiency unit of one person, payroll contribution included]. The posted wage stays what a firm
/// counts with when it hires (a share economy: Weitzman 1984).
pub fn bonus(w: &World, f: usize) -> f64 {
    let share = w.rules[w.firms.region(f)].labour.profit_share;
    let units = w.firms.skill[f] * f64::from(w.firms.heads[f]) * f64::from(w.scale);
    if share > 0.0 && units > 0.0 {
        (share * w.firms.profit[f].max(0.0) / units).min(w.firms.wage[f])
    } else {
        0.0
    }
}

/// Efficiency of worker `i` at work: what a high-skill migrant loses because credentials from elsewhere do not count
/// changes with the law.
#[inline]
pub fn efficiency_used(w: &World, i: usize) -> f64 {
    let e = f64::from(w.workers.efficiency[i]);
    let r = w.workers.region[i] as usize;
    if w.workers.group(i) == HIGH_MIGRANT && r < w.geography.inside {
        let kept = |rules: &Rules| 1.0 - rules.labour.credential_discount;
        e * kept(&w.rules[r]) / kept(&w.places.start_rules[r])
    } else {
        e
    }
}

/// Unemployment benefit in inside region `r`: a share of the area's mean pay [fen per quarter and agent].
#[inline]
pub fn benefit(w: &World, r: usize) -> f64 {
    w.rules[r].labour.benefit * w.areas.mean_pay[w.geography.area[r] as usize]
}

/// Wage of worker `i`, who lives outside [fen per quarter].
#[inline]
pub fn away_wage(w: &World, i: usize) -> f64 {
    let outside = w.workers.region[i] as usize - w.geography.inside;
    w.outside_wage[outside] * f64::from(w.workers.efficiency[i]) * f64::from(w.scale)
}

/// What a square metre of farmland yields and costs in a region this quarter.
#[derive(Clone, Copy, Debug)]
pub struct FarmTerms {
    /// Productivity of tilled land: of the technology, of its place, of the farm capital of collectives.
    a: f64,
    /// Rent that owners get, rent that tenants pay [fen].
    rents: [f64; 2],
    /// What tillers pay and holders of idle plots get for swapped plots [fen].
    swap_pay: [f64; 2],
}

/// Farmland of a household [m2].
#[derive(Clone, Copy, Debug)]
pub struct Farmland {
    /// Contracted plot.
    pub plot: u32,
    /// Operated this year.
    pub operated: u32,
    /// Leased in (positive) or out (negative).
    pub leased: i32,
    /// Left the plot idle, what of it is not leased out.
    pub idle: bool,
}

impl FarmTerms {
    /// Terms of inside region `r`.
    pub fn of(w: &World, r: usize) -> Self {
        let farming = &w.farming;
        FarmTerms {
            a: farming.a[r] * farming.quality[r] * w.collectives.gain(&w.params.village_credit, r),
            rents: [farming.rent[r], farming.tenant_rent[r]],
            swap_pay: farming.swap_pay[r],
        }
    }

    /// Rent that a household pays (positive) or gets (negative), with what is paid for swapped plots [fen].
    #[inline]
    pub fn rent(&self, land: Farmland) -> f64 {
        let leased = f64::from(land.leased);
        // no branches: nobody can guess who leases what
        let [owner, tenant] = self.rents;
        let rent = if land.leased > 0 { tenant } else { owner };
        let [tiller, holder] = self.swap_pay;
        let left = f64::from(u8::from(land.idle)) * (f64::from(land.plot) + leased);
        leased * rent + f64::from(land.operated) * tiller - left.max(0.0) * holder
    }

    /// Output of a household of `scale` people with farm `skill` that operates `operated` m2 [units].
    #[inline]
    pub fn output(&self, p: &farmland::Params, scale: f64, skill: f32, operated: u32) -> f64 {
        crop(p, scale, self.a, (f64::from(skill), f64::from(operated)))
    }

    /// Output of a run of households, each as [`Self::output`]: `household` tells the terms of its region, its skill and the
    /// land that it operates.
    #[inline]
    pub fn outputs<'a>(
        p: &farmland::Params,
        scale: f64,
        run: &Range<usize>,
        household: impl Fn(usize) -> (&'a FarmTerms, f32, u32),
    ) -> Lanes {
        let all = of_each(run.clone(), household);
        let (skill, operated) = (all.map(|(_, skill, _)| skill), all.map(|(.., operated)| operated));
        let lanes = (skill.map(f64::from).into(), operated.map(f64::from).into());
        crop(p, scale, Lanes::from(all.map(|(terms, ..)| terms.a)), lanes)
    }
}

/// Output of a household of `scale` people, or of a run of them, where productivity is `a` ([`farmland::Params::output`]).
#[inline]
fn crop<N: Real>(p: &farmland::Params, scale: f64, a: N, (skill, operated): (N, N)) -> N {
    p.output(a, skill, operated / scale) * scale
}

/// Region of the village of household `i`.
#[inline]
fn village_region(w: &World, i: usize) -> usize {
    w.farming.village_region[w.workers.village[i] as usize] as usize
}

/// Rent of farmland that household `i` pays (positive) or gets (negative) in a quarter ([`FarmTerms::rent`]) [fen].
#[inline]
pub fn farm_rent(w: &World, i: usize) -> f64 {
    let land = Farmland {
        plot: w.workers.plot_m2[i],
        operated: w.workers.operated_m2[i],
        leased: w.workers.leased_m2[i],
        idle: w.workers.flags[i] & flag::IDLE_PLOT != 0,
    };
    if land.leased == 0 && land.operated == 0 && !land.idle {
        return 0.0;
    }
    FarmTerms::of(w, village_region(w, i)).rent(land)
}

/// Rent of the plot of household `i` at the start over what a farming household of its region earned then.
#[inline]
pub fn plot_value(w: &World, i: usize) -> f64 {
    let plot = w.workers.plot_m2[i];
    if plot == 0 {
        return 0.0;
    }
    let region = w.farming.village_region[w.workers.village[i] as usize] as usize;
    let income = w.places.start_farm_income[region] * f64::from(w.scale);
    f64::from(plot) * w.farming.start_rent[region] / income.max(1.0)
}

/// Region and output of a household that operates land this year [units]. Who leaves the farm within the year still
/// has the crop in the ground: the family brings it in until the next leases.
pub fn farm_output(w: &World, i: usize) -> Option<(usize, f64)> {
    let operated = w.workers.operated_m2[i];
    if operated == 0 || w.workers.status[i] == Status::Free {
        return None;
    }
    let (region, skill) = (village_region(w, i), w.workers.farm_skill[i]);
    let terms = FarmTerms::of(w, region);
    Some((
        region,
        terms.output(&w.params.farmland, f64::from(w.scale), skill, operated),
    ))
}

/// What firm `f` pays an agent with one efficiency unit at a group price of one: posted wage and `bonus` out of profit, net
/// of the employer's contribution under the law of its region [fen per quarter].
pub fn unit_pay(w: &World, f: usize, bonus: f64) -> f64 {
    let law = &w.rules[w.firms.region(f)].fiscal;
    (w.firms.wage[f] + bonus) * f64::from(w.scale) / (1.0 + law.payroll)
}

/// What efficiency is worth to employees who live in one inside region.
#[derive(Clone, Copy, Debug)]
pub struct GroupTerms {
    /// Price by group.
    price: [f64; GROUPS],
    /// What the discount on credentials from elsewhere leaves, by group: now, at the start.
    kept: [[f64; 2]; GROUPS],
}

impl GroupTerms {
    /// Terms of inside region `r`.
    pub fn of(w: &World, r: usize) -> Self {
        let kept = |rules: &Rules| 1.0 - rules.labour.credential_discount;
        GroupTerms {
            price: w.groups.price[w.geography.area[r] as usize],
            kept: std::array::from_fn(|group| match group {
                HIGH_MIGRANT => [kept(&w.rules[r]), kept(&w.places.start_rules[r])],
                _ => [1.0; 2],
            }),
        }
    }

    /// Pay of an employee of `group` whose firm pays `unit` ([`unit_pay`]): efficiency x price of its group [fen per quarter].
    #[inline]
    pub fn pay(&self, unit: f64, efficiency: f32, group: usize) -> f64 {
        let e = f64::from(efficiency);
        let [now, start] = self.kept[group];
        unit * (e * now / start) * self.price[group]
    }
}

/// Pay of employee `i` whose firm pays `unit` ([`unit_pay`]) [fen per quarter].
#[inline]
pub fn pay(w: &World, i: usize, unit: f64) -> f64 {
    let region = GroupTerms::of(w, w.workers.region[i] as usize);
    region.pay(unit, w.workers.efficiency[i], w.workers.group(i))
}

/// Home of a worker with these flags and hukou in `region` where families differ: 0 village, 1 native in town, 2 migrant.
pub fn home_class(flags: u8, hukou: u8, region: u8) -> usize {
    if flags & flag::VILLAGE_HOME != 0 {
        0
    } else if hukou == region {
        1
    } else {
        2
    }
}
