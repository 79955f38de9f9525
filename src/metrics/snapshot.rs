//! One pass over workers and one over firms: what metrics are defined on.

mod firms;
mod households;

use super::products::{Margins, Product, margins};
use crate::agents::firms::SECTORS;
use crate::agents::workers::GROUPS;
use crate::base::stats::Moments;
use crate::markets::goods::GOODS;
use crate::world::{COHORTS, Quarter, World};

/// Bins of the histograms: 128 an octave from 2^0 to 2^48, read off the bits of the number.
pub const BINS: usize = 48 * 128;

/// Sums by inside region (outer index) unless said otherwise.
pub struct Snapshot {
    /// People a worker agent stands for.
    pub scale: f64,
    /// Inside regions of the city.
    pub in_city: Vec<bool>,
    /// Region groups of the city.
    pub city_groups: [bool; 8],
    /// Counters of the quarter.
    pub quarter: Quarter,
    /// People, dependants included.
    pub people: Vec<f64>,
    /// People in town.
    pub townspeople: Vec<f64>,
    /// Residents with hukou elsewhere (workers and dependants).
    pub migrants: Vec<f64>,
    /// Deposits of resident households [fen].
    pub deposits: Vec<f64>,
    /// Value added at start prices by good [fen].
    pub real: Vec<[f64; GOODS]>,
    /// Value added at current prices by good [fen].
    pub nominal: Vec<[f64; GOODS]>,
    /// Debt of firms [fen].
    pub debt: Vec<f64>,
    /// Debt of firms by sector [fen].
    pub sector_debt: Vec<[f64; SECTORS]>,
    /// Loans of closed firms that banks have not written off [fen].
    pub bad_loans: Vec<f64>,
    /// Price of the basket of consumption over start prices, as residents learn of it at the end of the quarter.
    pub consumer_price: Vec<f64>,
    /// Services that residents without local hukou are served, relative to those with it.
    pub access: Vec<f64>,
    /// Services that villagers are served, relative to townspeople.
    pub village_access: Vec<f64>,
    /// Public capital at the start, and built out of sales [fen].
    pub public_capital: Vec<[f64; 2]>,
    /// Bonds of the district [fen].
    pub bonds: Vec<f64>,
    /// Revenue and purchases of the district [fen].
    pub budget: Vec<[f64; 2]>,
    /// Firms.
    pub firms: Vec<f64>,
    /// Capital of firms [units].
    pub capital: Vec<f64>,
    /// Farmland: contracted, leased, idle [m2].
    pub farmland: Vec<[f64; 3]>,
    /// Housing rent [fen per m2 and quarter].
    pub rent: Vec<f64>,
    /// Price of industrial land and of residential land [fen per m2].
    pub land_price: Vec<[f64; 2]>,
    /// Services per served person [fen per quarter].
    pub service: Vec<f64>,
    /// Log marginal revenue products of private and state firms that produce, by region.
    pub margins: Vec<Margins>,
    /// Loan rates by ownership (private, state): sums of rate times debt, and of debt.
    pub loan_rate: Vec<[[f64; 2]; 2]>,
    /// Histogram of permanent income per head in the city: (people, income) by bin.
    pub income: Vec<[f64; 2]>,
    /// Histogram of deposits and fund units per head in the city.
    pub wealth: Vec<[f64; 2]>,
    /// Tail exponent of firm sizes in the city.
    pub tail: f64,
    /// Exports less imports of all inside regions [fen].
    pub trade_balance: f64,
    /// Value added of all inside regions [fen].
    pub all_nominal: f64,
    /// Loans of village collectives [fen].
    pub village_debt: Vec<f64>,
    /// Price of power in the city [yuan per kWh].
    pub power_price: f64,
    /// Power used by firms [kWh].
    pub power_kwh: Vec<f64>,
    /// Whether a region lies upstream.
    pub upstream: Vec<bool>,
    /// Compensation between districts received, negative if paid [fen].
    pub compensation: Vec<f64>,
    /// Uses of land.
    pub land: Vec<super::land::LandUse>,
    /// Living ideas of laboratories: all, disclosed, usable quality of these.
    pub ideas: Vec<[f64; 3]>,
    /// Resident workers off the farm: high skill, all [agents].
    pub skill: Vec<[f64; 2]>,
    /// Knowledge of firms [fen at start prices].
    pub knowledge: Vec<f64>,
    /// Gains of small and large firms from licences: sum over firms [log points], firms.
    pub licence: Vec<[[f64; 2]; 2]>,
    /// Debt of private firms that do research, younger than five years and older [fen].
    pub innovator_debt: Vec<[f64; 2]>,
}

/// Bin of a positive value: exponent and first seven bits of the mantissa of its `f32`, so no logarithm is taken.
#[inline(always)]
pub(super) fn bin(x: f64) -> usize {
    let bits = (x.max(1.0) as f32).to_bits() >> 16;
    ((bits - (1.0f32.to_bits() >> 16)) as usize).min(BINS - 1)
}

/// Lorenz curve of a histogram: points (share of people, share of value).
pub fn lorenz(histogram: &[[f64; 2]]) -> Vec<(f64, f64)> {
    let people: f64 = histogram.iter().map(|h| h[0]).sum();
    let value: f64 = histogram.iter().map(|h| h[1]).sum();
    let mut points = vec![(0.0, 0.0)];
    let (mut p, mut v) = (0.0, 0.0);
    for h in histogram.iter().filter(|h| h[0] > 0.0) {
        p += h[0];
        v += h[1];
        points.push((p / people, v / value));
    }
    points
}

/// Gini coefficient of a histogram.
pub fn gini(histogram: &[[f64; 2]]) -> f64 {
    1.0 - lorenz(histogram)
        .windows(2)
        .map(|w| (w[1].0 - w[0].0) * (w[1].1 + w[0].1))
        .sum::<f64>()
}

/// Reads the world at the end of a quarter.
pub fn snapshot(w: &World) -> Snapshot {
    let inside = w.geography.inside;
    let scale = f64::from(w.scale);
    let households::Counted {
        mut sums,
        histograms: [income, wealth],
    } = households::count(w);
    for (r, s) in sums.iter_mut().enumerate() {
        s[0] += (w.kin_cared(r, 0) + w.kin_cared(r, 1)) * scale;
        s[1] += w.kin_cared(r, 0) * scale;
    }
    let column = |k: usize| sums.iter().map(|s| s[k]).collect::<Vec<f64>>();
    let mut s = Snapshot {
        scale,
        in_city: w.geography.in_city.clone(),
        city_groups: std::array::from_fn(|g| {
            (0..inside).any(|r| w.geography.in_city[r] && w.geography.group[r] as usize == g)
        }),
        quarter: w.quarter.clone(),
        people: column(0),
        townspeople: column(1),
        migrants: column(2),
        deposits: column(3),
        real: vec![[0.0; GOODS]; inside],
        nominal: vec![[0.0; GOODS]; inside],
        debt: vec![0.0; inside],
        sector_debt: vec![[0.0; SECTORS]; inside],
        bad_loans: w.banks.bad_loans.iter().map(|&x| x as f64).collect(),
        consumer_price: w.places.price[..w.geography.inside].to_vec(),
        village_access: w.rules.iter().map(|rules| rules.hukou.village_services).collect(),
        public_capital: (0..inside)
            .map(|r| [w.public_capital.start[r], w.public_capital.added[r]])
            .collect(),
        access: w.rules.iter().map(|rules| rules.hukou.service_access_permit).collect(),
        bonds: w.governments.bonds[..inside].iter().map(|&b| b as f64).collect(),
        budget: (0..inside)
            .map(|r| [w.governments.last_revenue[r] as f64, w.governments.purchases[r] as f64])
            .collect(),
        firms: vec![0.0; inside],
        capital: vec![0.0; inside],
        farmland: (0..inside)
            .map(|r| {
                [
                    w.farming.contracted_m2[r] as f64,
                    w.farming.leased_m2[r] as f64,
                    w.farming.idle_m2[r] as f64,
                ]
            })
            .collect(),
        rent: w.housing.rent.clone(),
        land_price: (0..inside)
            .map(|r| [w.land.price[r], w.land.residential_price[r]])
            .collect(),
        service: w.places.service.clone(),
        margins: margins(w),
        loan_rate: vec![[[0.0; 2]; 2]; inside],
        income,
        wealth,
        tail: 0.0,
        trade_balance: w.quarter.exports.iter().sum::<i64>() as f64 - w.quarter.imports as f64,
        all_nominal: 0.0,
        village_debt: w.collectives.debt.iter().map(|&x| x as f64).collect(),
        power_price: w.power.price[0] / 100.0,
        power_kwh: w.power.used_kwh.chunks(SECTORS).map(|c| c.iter().sum()).collect(),
        upstream: w.permits.upstream.clone(),
        compensation: w.permits.compensation.iter().map(|&x| x as f64).collect(),
        land: super::land::land(w),
        ideas: (0..inside).map(|r| ideas(w, r)).collect(),
        skill: w
            .census
            .iter()
            .map(|c| [c.heads[1] + c.heads[3], c.heads.iter().sum()])
            .collect(),
        knowledge: vec![0.0; inside],
        licence: vec![[[0.0; 2]; 2]; inside],
        innovator_debt: vec![[0.0; 2]; inside],
    };
    firms::count(w, &mut s);
    s
}

/// Living ideas of the laboratories of region `r`: all, disclosed, usable quality of these.
fn ideas(w: &World, r: usize) -> [f64; 3] {
    let labs = &w.laboratories;
    [
        labs.ideas[r].iter().sum(),
        labs.disclosed[r].iter().sum(),
        labs.quality[r],
    ]
}

impl Snapshot {
    /// Sum over regions of a column.
    pub fn sum(&self, regions: &[usize], f: impl Fn(usize) -> f64) -> f64 {
        regions.iter().map(|&r| f(r)).sum()
    }

    /// Whether `regions` are all districts of the city: some measures are kept for the whole only.
    pub fn is_city(&self, regions: &[usize]) -> bool {
        let districts = self.in_city.iter().filter(|c| **c).count();
        regions.len() > 1 && regions.len() == districts && regions.iter().all(|&r| self.in_city[r])
    }

    /// Firms of the city that produce.
    pub fn city_products(&self) -> impl Iterator<Item = &Product> {
        let regions = self.margins.iter().zip(&self.in_city);
        regions
            .filter(|(_, inside)| **inside)
            .flat_map(|(margins, _)| &margins.firms)
    }

    /// Weighted standard deviation of the log marginal revenue product of a factor over the firms of regions.
    pub fn dispersion(&self, regions: &[usize], factor: impl Fn(&Margins) -> Moments) -> Option<f64> {
        let mut all = Moments::default();
        regions.iter().for_each(|&r| all.merge(&factor(&self.margins[r])));
        all.mean_sd().map(|x| x.1)
    }

    /// Private firms that produce.
    pub fn private_firms(&self) -> f64 {
        self.city_products().filter(|p| !p.state).map(|p| p.weight).sum()
    }

    /// Mean log wage of workers of frozen cohorts for which `member` holds.
    pub fn cohort_wage(&self, member: impl Fn(usize) -> bool) -> Option<f64> {
        let (mut sum, mut n) = (0.0, 0.0);
        for c in (0..COHORTS).filter(|&c| self.city_groups[c / 8] && member(c)) {
            sum += self.quarter.cohort_wage[c][0];
            n += self.quarter.cohort_wage[c][1];
        }
        (n > 0.0).then(|| sum / n - (100.0 * self.scale).ln())
    }

    /// Mean wage of a group of resident wage earners [yuan per quarter].
    pub fn group_wage(&self, regions: &[usize], group: Option<usize>) -> Option<f64> {
        let (mut pay, mut n) = (0.0, 0.0);
        for &r in regions {
            for g in 0..GROUPS {
                if group.is_none_or(|x| x == g) {
                    pay += self.quarter.wages[r][g] as f64;
                    n += f64::from(self.quarter.earners[r][g]);
                }
            }
        }
        (n > 0.0).then(|| pay / n / self.scale / 100.0)
    }
}
