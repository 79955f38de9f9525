//! Labour: separations, openings, search and matching, wages; one market a labour-market area.
//!
//! Openings are rationed: a seeker draws `sampled` openings of the area on the [`Ring`] and takes the most attractive
//! of firms that have one left; seekers come in the order of a drawn priority, ties by identity. Attractiveness of a job is its
//! wage relative to the start wage of its cell: start wage differences between industries and districts are
//! taken as compensating (Rosen 1986), an ASSUMPTION that keeps the start an equilibrium.
//!
//! Pay is w_firm * e * pi[area, group], groups = {low, high} x {native, migrant}, with pi the derivatives of a
//! nested CES of group supplies (Katz and Murphy 1992; Ottaviano and Peri 2012), so that pay of all groups adds
//! up to the pay of the composite (Euler).

mod ring;

use crate::agents::workers::{GROUPS, flag};
use crate::base::order::places_in_order;
use serde::{Deserialize, Serialize};

pub use ring::{POINTS, Ring};

/// Behaviour in the labour market (`[labour]` in the scenario).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Params {
    /// Yearly separation rate of employees [1/year].
    pub separation: f64,
    /// Share of the unemployed who search in a quarter.
    pub search: f64,
    /// Share of employees who search on the job in a quarter.
    pub on_the_job_search: f64,
    /// Log gain that makes an employee move.
    pub moving_gain: f64,
    /// Openings a seeker samples.
    pub sampled: u32,
    /// Yearly rate at which own-account workers give up to look for a job [1/year].
    pub own_account_exit: f64,
    /// Elasticity of entry into own-account work to its relative income.
    pub own_account_elasticity: f64,
    /// Share of own-account workers in non-farm employment at the start.
    pub own_account_share: f64,
    /// Quarterly response of wages to log unemployment relative to its start value (wage curve).
    pub wage_curve: f64,
    /// Quarterly response of a firm's wage to its share of unfilled openings.
    pub vacancy_pressure: f64,
    /// Quarterly return of a firm's wage to the mean of its cell.
    pub wage_reversion: f64,
    /// Largest fall of a posted wage in a quarter [log points].
    pub largest_fall: f64,
    /// Largest rise of a posted wage in a quarter [log points].
    pub largest_rise: f64,
    /// Elasticity of substitution between skills.
    pub skill_elasticity: f64,
    /// Elasticity of substitution between natives and migrants of one skill.
    pub nativity_elasticity: f64,
    /// Start log wage premium of high skill.
    pub skill_premium: f64,
    /// Start log wage gap of migrants to natives of the same skill.
    pub migrant_gap: f64,
    /// Standard deviation of log efficiency within a group.
    pub efficiency_sd: f64,
    /// Start unemployment rate of the urban labour force.
    pub unemployment: f64,
    /// Cost of matching services [yuan per seeker and quarter].
    pub support_cost: f64,
    /// Efficiency of rural hukou holders relative to urban ones of the same skill [log points].
    pub rural_efficiency: f64,
}

impl Params {
    /// Efficiency of a worker with these flags and a standard normal draw: log-normal around the mean of its kind.
    pub fn efficiency(&self, flags: u8, draw: f64) -> f32 {
        let rural = if flags & flag::RURAL_HUKOU != 0 {
            self.rural_efficiency
        } else {
            0.0
        };
        let sd = self.efficiency_sd;
        (sd * draw - 0.5 * sd * sd + rural).exp() as f32
    }
}

/// Prices of skill and nativity groups, and the shares that fix them.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct GroupPrices {
    /// `pi[area][group]`.
    pub price: Vec<[f64; GROUPS]>,
    /// CES weight of high skill by area (low skill has one).
    pub theta_high: Vec<f64>,
    /// CES weight of migrants by area and skill (natives have one).
    pub theta_migrant: Vec<[f64; 2]>,
    /// Scale that makes the start mean price one, by area.
    pub scale: Vec<f64>,
}

/// CES aggregate of two quantities and its derivatives:
/// L = (a^r + theta b^r)^(1/r), r = (e-1)/e.
fn ces2(a: f64, b: f64, theta: f64, elasticity: f64) -> (f64, f64, f64) {
    let r = (elasticity - 1.0) / elasticity;
    let (ar, br) = (a.powf(r), theta * b.powf(r));
    let l = (ar + br).powf(1.0 / r);
    let share = ar / (ar + br);
    (l, share * l / a, (1.0 - share) * l / b)
}

impl GroupPrices {
    /// Weights such that start supplies give the wanted start prices (up to scale): for CES,
    /// price_b / price_a = theta (b/a)^(-1/e).
    pub fn invert(supply: &[[f64; GROUPS]], wanted: &[f64; GROUPS], p: &Params) -> Self {
        let mut g = GroupPrices::default();
        for s in supply {
            let s = floor_supply(s);
            let mut theta_migrant = [0.0; 2];
            let mut nest = [0.0; 2];
            let mut nest_price = [0.0; 2];
            for skill in 0..2 {
                let (n, m) = (s[skill], s[2 + skill]);
                theta_migrant[skill] = wanted[2 + skill] / wanted[skill] * (m / n).powf(1.0 / p.nativity_elasticity);
                let (l, dn, _) = ces2(n, m, theta_migrant[skill], p.nativity_elasticity);
                nest[skill] = l;
                nest_price[skill] = wanted[skill] / dn;
            }
            let theta = nest_price[1] / nest_price[0] * (nest[1] / nest[0]).powf(1.0 / p.skill_elasticity);
            g.theta_high.push(theta);
            g.theta_migrant.push(theta_migrant);
            g.scale.push(1.0);
            g.price.push([0.0; GROUPS]);
        }
        g.update(supply, p);
        for (a, s) in supply.iter().enumerate() {
            let total: f64 = s.iter().sum();
            let mean: f64 = (0..GROUPS).map(|k| g.price[a][k] * s[k]).sum::<f64>() / total.max(1e-9);
            g.scale[a] = 1.0 / mean;
        }
        g.update(supply, p);
        g
    }

    /// Prices at today's supplies (efficiency by area and group).
    pub fn update(&mut self, supply: &[[f64; GROUPS]], p: &Params) {
        for (a, s) in supply.iter().enumerate() {
            let s = floor_supply(s);
            let (low, low_n, low_m) = ces2(s[0], s[2], self.theta_migrant[a][0], p.nativity_elasticity);
            let (high, high_n, high_m) = ces2(s[1], s[3], self.theta_migrant[a][1], p.nativity_elasticity);
            let (_, d_low, d_high) = ces2(low, high, self.theta_high[a], p.skill_elasticity);
            let k = self.scale[a];
            self.price[a] = [
                k * d_low * low_n,
                k * d_high * high_n,
                k * d_low * low_m,
                k * d_high * high_m,
            ];
        }
    }

    /// The composite L of an area: equals the sum of price times supply (Euler).
    pub fn composite(&self, area: usize, supply: &[f64; GROUPS], p: &Params) -> f64 {
        let s = floor_supply(supply);
        let (low, ..) = ces2(s[0], s[2], self.theta_migrant[area][0], p.nativity_elasticity);
        let (high, ..) = ces2(s[1], s[3], self.theta_migrant[area][1], p.nativity_elasticity);
        self.scale[area] * ces2(low, high, self.theta_high[area], p.skill_elasticity).0
    }
}

/// Small areas may lack a group at coarse scale; a floor of a thousandth of the area keeps prices finite.
fn floor_supply(s: &[f64; GROUPS]) -> [f64; GROUPS] {
    let total: f64 = s.iter().sum::<f64>().max(1e-6);
    s.map(|x| x.max(1e-3 * total))
}

/// Agents that bring a firm to `wanted` efficiency units: it has `heads` with `own` units each, expects the `usual` of those whom
/// it hires, and dismisses without looking.
#[inline]
pub fn heads_wanted(wanted: f64, (heads, own): (f64, f64), usual: f64) -> f64 {
    let lacking = wanted - heads * own;
    heads + lacking / if lacking > 0.0 { usual } else { own }
}

/// Integer target of a lump that wants `wanted` agents: floor(wanted + u) with the lump's persistent u, so that
/// rounding is unbiased over firms and does not churn.
#[inline]
pub fn target(wanted: f64, u: f64) -> u32 {
    (wanted + u).clamp(0.0, 4e9) as u32
}

/// Log change of a posted wage: wage curve, own unfilled openings, return to the cell's mean, within bounds.
pub fn wage_change(p: &Params, log_slack: f64, unfilled_gap: f64, log_to_mean: f64) -> f64 {
    (-p.wage_curve * log_slack + p.vacancy_pressure * unfilled_gap + p.wage_reversion * log_to_mean)
        .clamp(-p.largest_fall, p.largest_rise)
}

/// Share of the unemployed who search in a quarter: of their own, and of the others those whom services bring to it.
pub fn active_search(p: &Params, support: f64) -> f64 {
    p.search + support * (1.0 - p.search)
}

/// A seeker at the market's door.
#[derive(Clone, Copy, Debug)]
pub struct Seeker {
    /// Priority drawn for the quarter.
    pub priority: u32,
    /// Worker.
    pub worker: u32,
    /// Log attractiveness that an opening must exceed.
    pub reservation: f64,
    /// Words that pick openings.
    pub words: [u32; MAX_SAMPLED],
    /// Which of those openings are closed to this seeker (bit set).
    pub barred: u8,
}

/// Openings a seeker can sample at most.
pub const MAX_SAMPLED: usize = 4;

/// No opening taken.
pub const NO_FIRM: u32 = u32::MAX;

/// Puts the firms that a seeker samples in the order in which it would take them, the first of equals first; those closed
/// to it, or no better than its reservation, become [`NO_FIRM`] at the end.
fn rank(seeker: &Seeker, sample: &mut [u32], attraction: &[f64]) {
    let of_job = |f: u32| attraction.get(f as usize).copied().unwrap_or(f64::NEG_INFINITY);
    for k in 0..sample.len() {
        if seeker.barred & (1 << k) != 0 || of_job(sample[k]) <= seeker.reservation {
            sample[k] = NO_FIRM;
        }
        for at in (1..=k).rev() {
            if of_job(sample[at]) > of_job(sample[at - 1]) {
                sample.swap(at, at - 1);
            }
        }
    }
}

/// Matches the seekers of one area, one after the other by their priority, with the `openings` of its firms, whose jobs have
/// these log `attraction`s; openings are reduced as they fill. Every seeker samples `owners`, as many after one another as
/// `sampled` says. Returns the firm that every seeker takes (its place in the area), or [`NO_FIRM`].
pub fn match_area<'a>(
    seekers: impl Iterator<Item = &'a Seeker> + Clone,
    attraction: &[f64],
    openings: &mut [u32],
    mut owners: Vec<u32>,
    sampled: usize,
) -> Vec<u32> {
    for (seeker, sample) in seekers.clone().zip(owners.chunks_exact_mut(sampled)) {
        rank(seeker, sample, attraction);
    }
    let mut taken = vec![NO_FIRM; owners.len() / sampled];
    for place in places_in_order(seekers.map(|s| s.priority), taken.len()) {
        let place = place as usize;
        for &f in &owners[sampled * place..sampled * (place + 1)] {
            match openings.get_mut(f as usize) {
                Some(left) if *left > 0 => {
                    *left -= 1;
                    taken[place] = f;
                    break;
                }
                _ => {}
            }
        }
    }
    taken
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_firm_replaces_whom_it_lost_hires_for_the_mean_and_dismisses_without_looking() {
        // two of three equal employees are left
        assert_eq!(heads_wanted(3.0, (2.0, 1.0), 1.0), 3.0);
        // two poor hands of half the mean lack one unit: one hire, not two
        assert_eq!(heads_wanted(2.0, (2.0, 0.5), 1.0), 3.0);
        // four good hands: to halve the units, half of them go
        assert_eq!(heads_wanted(4.0, (4.0, 2.0), 1.0), 2.0);
        assert_eq!(heads_wanted(2.4, (0.0, 0.0), 1.2), 2.0);
    }

    fn params() -> Params {
        Params {
            separation: 0.1,
            search: 0.6,
            on_the_job_search: 0.02,
            moving_gain: 0.05,
            sampled: 2,
            own_account_exit: 0.1,
            own_account_elasticity: 1.0,
            own_account_share: 0.3,
            wage_curve: 0.02,
            vacancy_pressure: 0.01,
            wage_reversion: 0.1,
            largest_fall: 0.01,
            largest_rise: 0.03,
            skill_elasticity: 3.21,
            nativity_elasticity: 10.0,
            skill_premium: 0.4,
            migrant_gap: -0.1,
            efficiency_sd: 0.35,
            unemployment: 0.054,
            support_cost: 300.0,
            rural_efficiency: -0.15,
        }
    }

    #[test]
    fn group_pay_adds_up_to_the_composite() {
        let p = params();
        let supply = [[50.0, 20.0, 10.0, 5.0], [30.0, 5.0, 40.0, 20.0]];
        let wanted = [1.0, 1.5, 0.9, 1.35];
        let mut g = GroupPrices::invert(&supply, &wanted, &p);
        for a in 0..2 {
            for k in 1..GROUPS {
                assert!((g.price[a][k] / g.price[a][0] - wanted[k] / wanted[0]).abs() < 1e-9);
            }
        }
        let new = [[40.0, 30.0, 12.0, 9.0], [30.0, 9.0, 10.0, 20.0]];
        g.update(&new, &p);
        for (a, supply) in new.iter().enumerate() {
            let pay: f64 = (0..GROUPS).map(|k| g.price[a][k] * supply[k]).sum();
            assert!((pay / g.composite(a, supply, &p) - 1.0).abs() < 1e-12);
        }
    }

    #[test]
    fn services_reach_a_share_of_those_who_do_not_search() {
        let p = params();
        assert_eq!(active_search(&p, 0.0), p.search);
        assert!((active_search(&p, 0.25) - 0.7).abs() < 1e-15);
        assert!((active_search(&p, 1.0) - 1.0).abs() < 1e-15);
    }

    #[test]
    fn openings_are_never_overfilled_and_the_better_job_wins() {
        let seeker = |w: u32, words| Seeker {
            priority: w,
            worker: w,
            reservation: -1.0,
            words,
            barred: 0,
        };
        let seekers: Vec<Seeker> = (0..10).map(|w| seeker(w, [0, u32::MAX, 0, 0])).collect();
        let (attraction, mut openings) = ([0.0, 0.1], [3, 4]);
        let mut ring = Ring::new(seekers.iter().flat_map(|s| s.words[..2].iter().copied()), 20, 3);
        [(u32::MAX, 1), (5, 0), (1 << 31, 1)]
            .into_iter()
            .for_each(|(at, f)| ring.own(at, f));
        let taken = match_area(seekers.iter(), &attraction, &mut openings, ring.owners().unwrap(), 2);
        assert_eq!(openings, [0, 0]);
        assert_eq!(taken, [1, 1, 1, 1, 0, 0, 0, NO_FIRM, NO_FIRM, NO_FIRM]);
    }
}
