//! A year of leases: kin land is shared out, the rent clears every region, wishes are served to the square metre.

use super::holder::{Holder, Side, Tenure};
use super::reach::{Curve, reach};
use super::serve::{Wishes, in_proportion, serve};
use super::{Band, Histogram, Params};
use crate::agents::workers::{Status, Workers, flag};
use crate::base::blocks::{self, BLOCK, Picked, RUN};
use crate::base::draws::Stream;
use crate::rules::Rules;
use rayon::prelude::*;
use std::sync::atomic::{AtomicI64, Ordering::Relaxed};

/// What a year of leases settles in one region.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Leases {
    /// Log rent relative to theta A; the shadow rent of farmers' land where nobody may lease.
    pub log_rent: f64,
    /// Leased land [m2].
    pub leased_m2: i64,
    /// Idle plots [m2].
    pub idle_m2: i64,
    /// Land that rounding, or want of farmers, left with the collectives [m2].
    pub pool_m2: i64,
    /// Land elsewhere in the pool that farmers of the region lease [m2].
    pub imported_m2: i64,
    /// Land of the region that farmers from elsewhere lease [m2].
    pub exported_m2: i64,
}

/// Villages: the collectives that contract land.
#[derive(Clone, Copy, Debug)]
pub struct Villages<'a> {
    /// Region by village.
    pub region: &'a [u8],
    /// Land that converts returned, by village [m2]: its farmers till it in equal parts, as they do land lent to kin.
    pub returned_m2: &'a [i64],
    /// Regions whose farmers may lease in each other, as far as the law reaches.
    pub pool: &'a [bool],
}

/// Lets the land of all plots for a year: writes `operated_m2`, `leased_m2` and the idle flag of every worker.
/// `tenure` gives each household its persistent luck (two words: security, use of an idle plot).
pub fn lease(
    p: &Params,
    laws: &[Rules],
    villages: Villages,
    workers: &mut Workers,
    scale: f64,
    tenure: &Stream,
) -> Vec<Leases> {
    // what leases write; the market does not read it
    let mut operated = std::mem::take(&mut workers.operated_m2);
    let mut leased = std::mem::take(&mut workers.leased_m2);
    let mut flags = std::mem::take(&mut workers.flags);
    let mut market = Market {
        p,
        laws,
        villages,
        workers,
        scale,
        holders: Vec::new(),
        kin: Kin::default(),
        bands: Vec::new(),
    };
    (market.holders, market.kin) = market.meet(tenure);
    let (histograms, marginal) = market.histograms();
    let log_rent = market.clear(&histograms);
    market.bands = market.bands(&log_rent);
    let wishes = market.wishes(&marginal);
    let (served, traded) = serve(&wishes, &market.reach());
    let mut leases: Vec<Leases> = traded
        .into_iter()
        .zip(log_rent.iter().zip(&histograms))
        .map(|([leased_in, leased_out], (cleared, histogram))| Leases {
            leased_m2: leased_out,
            log_rent: cleared.unwrap_or_else(|| histogram.shadow_rent(p)),
            imported_m2: (leased_in - leased_out).max(0),
            exported_m2: (leased_out - leased_in).max(0),
            ..Leases::default()
        })
        .collect();
    market.kin.leave_to_pools(villages, &mut leases);
    let columns = (&mut operated[..], &mut leased[..], &mut flags[..]);
    for idle in market.contracts(&marginal, (&wishes, &served), columns) {
        leases.iter_mut().zip(idle).for_each(|(l, m2)| l.idle_m2 += m2);
    }
    (workers.operated_m2, workers.leased_m2, workers.flags) = (operated, leased, flags);
    leases
}

/// Land that a village's farmers till for kin and for the collective, without rent.
#[derive(Default)]
struct Kin {
    /// Land by village [m2].
    land: Vec<i64>,
    /// Farmers by village [agents].
    farmers: Vec<i64>,
    /// Equal part of a farmer by village [m2].
    part: Vec<i64>,
}

impl Kin {
    fn new(land: Vec<i64>, farmers: Vec<i64>) -> Self {
        let part = |(land, farmers): (&i64, &i64)| land.checked_div(*farmers).unwrap_or(0);
        Kin {
            part: land.iter().zip(&farmers).map(part).collect(),
            land,
            farmers,
        }
    }

    /// What equal parts leave over stays with the village, as does returned land where nobody farms.
    fn leave_to_pools(&self, villages: Villages, leases: &mut [Leases]) {
        for (v, &r) in villages.region.iter().enumerate() {
            leases[r as usize].pool_m2 += if self.farmers[v] > 0 {
                self.land[v] - self.part[v] * self.farmers[v]
            } else {
                villages.returned_m2[v]
            };
        }
    }
}

/// A block of what leases write: land operated, land leased, flags.
type Columns<'a> = ((&'a mut [u32], &'a mut [i32]), &'a mut [u8]);

/// Size index and log marginal product of a farmer's own land.
type Marginal = [f64; 2];

/// What all passes over households read.
struct Market<'a> {
    p: &'a Params,
    laws: &'a [Rules],
    villages: Villages<'a>,
    workers: &'a Workers,
    scale: f64,
    /// Households with a plot by block, in order.
    holders: Vec<Vec<Holder>>,
    kin: Kin,
    /// At the rent of the region, where somebody farms.
    bands: Vec<Option<Band>>,
}

impl Market<'_> {
    /// Households with a plot, by what their persistent luck says of it; returned land, and plots that insecure absent
    /// households lend to kin.
    fn meet(&self, tenure: &Stream) -> (Vec<Vec<Holder>>, Kin) {
        let land: Vec<AtomicI64> = self.villages.returned_m2.iter().map(|&m2| AtomicI64::new(m2)).collect();
        let farmers: Vec<AtomicI64> = self.villages.region.iter().map(|_| AtomicI64::new(0)).collect();
        let holders = blocks::map(self.workers.len(), |range| {
            let plots = &self.workers.plot_m2[range.clone()];
            let mut holders = Vec::with_capacity(plots.iter().filter(|&&plot| plot != 0).count());
            let mut words = [[0; 2]; RUN];
            for (k, plots) in plots.chunks(RUN).enumerate() {
                // neighbours often have none
                if plots.iter().fold(0, |any, &plot| any | plot) == 0 {
                    continue;
                }
                let first = k * RUN;
                let words = &mut words[..plots.len()];
                tenure.words(range.start + first, words.as_flattened_mut());
                for k in Picked::of(plots, |&plot| plot != 0).iter() {
                    let holder = self.holder((range.start, first + k), words[k]);
                    let v = holder.village as usize;
                    match holder.side {
                        Side::Farmer { .. } => _ = farmers[v].fetch_add(1, Relaxed),
                        Side::Lender => _ = land[v].fetch_add(holder.plot(), Relaxed),
                        Side::Owner | Side::Idle => {}
                    }
                    holders.push(holder);
                }
            }
            holders
        });
        let plain = |x: Vec<AtomicI64>| x.into_iter().map(AtomicI64::into_inner).collect();
        (holders, Kin::new(plain(land), plain(farmers)))
    }

    /// The household with a plot at a place in the block of workers from `start` on, by its persistent luck.
    #[inline]
    fn holder(&self, (start, place): (usize, usize), words: [u32; 2]) -> Holder {
        let i = start + place;
        let village = self.workers.village[i];
        let region = self.villages.region[village as usize];
        let luck = Tenure::of(words, self.workers.generation[i]);
        let secure = luck.security >= self.laws[region as usize].farmland.insecure_share;
        Holder {
            plot: self.workers.plot_m2[i],
            village,
            place: place as u16,
            region,
            side: match self.workers.status[i] {
                Status::Farm => Side::Farmer { secure },
                _ if secure => Side::Owner,
                _ if luck.idle < self.p.kin_share => Side::Lender,
                _ => Side::Idle,
            },
        }
    }

    /// Own land of a farmer, kin land included [m2].
    #[inline]
    fn own(&self, h: &Holder) -> i64 {
        h.plot() + self.kin.part[h.village as usize]
    }

    /// What the market of each region knows: marginal products of its secure households; land of all farmers. And what it
    /// knows of each secure farmer, by block and in order.
    fn histograms(&self) -> (Vec<Histogram>, Vec<Vec<Marginal>>) {
        let regions = self.laws.len();
        let empty = || (0..regions).map(|_| Histogram::default()).collect::<Vec<_>>();
        let block = |b: usize, _, scratch: &mut Vec<Histogram>| {
            let holders = &self.holders[b];
            let secure = |h: &&Holder| h.side == Side::Farmer { secure: true };
            let mut marginal = Vec::with_capacity(holders.iter().filter(secure).count());
            for holder in holders {
                let h = &mut scratch[holder.region as usize];
                match holder.side {
                    Side::Farmer { secure } => {
                        let skill = f64::from(self.workers.farm_skill[b * BLOCK + holder.place as usize]);
                        let s = self.p.size_index(skill);
                        let own = self.own(holder) as f64 / self.scale;
                        h.known.farmers[0] += s;
                        h.known.farmers[1] += own;
                        if secure {
                            let log_marginal = self.p.log_marginal(s, own);
                            h.add(log_marginal, s, own);
                            marginal.push([s, log_marginal]);
                        }
                    }
                    Side::Owner => h.known.absent += holder.plot() as f64 / self.scale,
                    Side::Lender | Side::Idle => {}
                }
            }
            let parts: Vec<_> = scratch.iter_mut().map(Histogram::take).collect();
            (parts, marginal)
        };
        let (blocks, scratch) = blocks::map_into(1, 0..self.holders.len(), empty, block);
        // the memory of a thread is empty again
        let mut all = scratch.into_iter().next().unwrap_or_else(empty);
        let mut marginal = Vec::with_capacity(blocks.len());
        for (parts, of_block) in blocks {
            for (all, part) in all.iter_mut().zip(&parts) {
                part.iter().for_each(|part| all.merge(part));
            }
            marginal.push(of_block);
        }
        (all, marginal)
    }

    /// Log rent that clears each region, as far as leases reach.
    fn clear(&self, histograms: &[Histogram]) -> Vec<Option<f64>> {
        let curves: Vec<Curve> = histograms
            .iter()
            .zip(self.laws)
            .map(|(h, law)| Curve::new(h, law.farmland.transaction_cost))
            .collect();
        let alone: Vec<Option<f64>> = curves.iter().map(|c| c.clear(self.p)).collect();
        reach(self.p, &curves, &alone, &self.reach())
    }

    /// What secure farmers want, by region.
    fn bands(&self, log_rent: &[Option<f64>]) -> Vec<Option<Band>> {
        let band = |(q, law): (&Option<f64>, &Rules)| q.map(|q| Band::new(self.p, q, law.farmland.transaction_cost));
        log_rent.iter().zip(self.laws).map(band).collect()
    }

    /// Reach of leases beyond each region.
    fn reach(&self) -> Vec<f64> {
        let of = |(law, pool): (&Rules, &bool)| if *pool { law.farmland.reach } else { 0.0 };
        self.laws.iter().zip(self.villages.pool).map(of).collect()
    }

    /// What a household wishes to lease in (positive) or out (negative) at the cleared rent [whole m2]; `marginal` are those
    /// of the block's secure farmers from this household on.
    #[inline]
    fn wish(&self, h: &Holder, marginal: &mut std::slice::Iter<Marginal>) -> i64 {
        let band = self.bands[h.region as usize];
        match h.side {
            Side::Owner if band.is_some() => -h.plot(),
            Side::Farmer { secure: true } => {
                let (Some(&[s, log_marginal]), Some(band)) = (marginal.next(), band) else {
                    return 0;
                };
                let own = self.own(h);
                let want = band.wanted(s, log_marginal, own as f64 / self.scale) * self.scale;
                (want as i64 - own).max(-h.plot())
            }
            _ => 0,
        }
    }

    /// Wishes by block, region and side.
    fn wishes(&self, marginal: &[Vec<Marginal>]) -> Wishes {
        let block = |(holders, marginal): (&Vec<Holder>, &Vec<Marginal>)| {
            let mut marginal = marginal.iter();
            let mut sums = vec![[0i64; 2]; self.laws.len()];
            for h in holders {
                let x = self.wish(h, &mut marginal);
                sums[h.region as usize][usize::from(x < 0)] += x.abs();
            }
            sums
        };
        self.holders.par_iter().zip(marginal).map(block).collect()
    }

    /// Writes the contracts of all households, each served in its turn from what its block, region and side was given: land
    /// operated, land leased in (or out, negative), whether the plot lies idle. Returns idle land by block and region.
    fn contracts(
        &self,
        marginal: &[Vec<Marginal>],
        (wishes, served): (&Wishes, &Wishes),
        (operated, leased, flags): (&mut [u32], &mut [i32], &mut [u8]),
    ) -> Vec<Vec<i64>> {
        let columns = operated.par_chunks_mut(BLOCK).zip(leased.par_chunks_mut(BLOCK));
        let block = |(b, ((operated, leased), flags)): (usize, Columns)| {
            operated.fill(0);
            leased.fill(0);
            flags.iter_mut().for_each(|flags| *flags &= !flag::IDLE_PLOT);
            let mut marginal = marginal[b].iter();
            let mut seen = vec![[0i64; 2]; self.laws.len()];
            let mut given = seen.clone();
            let mut idle = vec![0; self.laws.len()];
            for h in &self.holders[b] {
                let (r, x) = (h.region as usize, self.wish(h, &mut marginal));
                let side = usize::from(x < 0);
                seen[r][side] += x.abs();
                let upto = in_proportion(served[b][r][side], seen[r][side], wishes[b][r][side]);
                let got = upto - given[r][side];
                given[r][side] = upto;
                let net = if side == 0 { got } else { -got };
                let at = h.place as usize;
                leased[at] = net as i32;
                let lent = h.side == Side::Lender && self.kin.farmers[h.village as usize] > 0;
                if matches!(h.side, Side::Farmer { .. }) {
                    operated[at] = (self.own(h) + net) as u32;
                } else if !lent {
                    // absent households leave idle what they could not let or lend
                    flags[at] |= flag::IDLE_PLOT;
                    idle[r] += h.plot() + net;
                }
            }
            idle
        };
        columns
            .zip(flags.par_chunks_mut(BLOCK))
            .enumerate()
            .map(block)
            .collect()
    }
}

/// Sum over farmers of a^(1-psi) l^theta per person, times people, by region.
pub fn output(p: &Params, village_region: &[u8], workers: &Workers, scale: f64, regions: usize) -> Vec<f64> {
    let parts = blocks::map(workers.len(), |range| {
        let mut sums = vec![0.0; regions];
        for i in range {
            if workers.plot_m2[i] != 0 && workers.status[i] == Status::Farm {
                let (skill, land) = (f64::from(workers.farm_skill[i]), f64::from(workers.operated_m2[i]));
                sums[village_region[workers.village[i] as usize] as usize] +=
                    scale * p.output(1.0, skill, land / scale);
            }
        }
        sums
    });
    blocks::add_all(std::iter::once(vec![0.0; regions]).chain(parts).collect())
}
