//! A year of leases: kin land is shared out, the rent clears every region, wishes are served to the square metre.

use super::holder::{Farmer, Held, Holder, Side, Tenure, Trader};
use super::reach::{Curve, reach};
use super::serve::{Wishes, in_proportion, serve};
use super::{Band, Histogram, Params};
use crate::agents::workers::{Status, Workers, flag};
use crate::base::blocks::{self, BLOCK, Picked, RUN};
use crate::base::draws::Stream;
use crate::base::lanes::{Lanes, in_runs};
use crate::rules::Rules;
use rayon::prelude::*;

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
        held: Vec::new(),
        kin: Kin::default(),
        bands: Vec::new(),
    };
    (market.held, market.kin) = market.meet(tenure);
    let (histograms, traders) = market.histograms();
    let log_rent = market.clear(&histograms);
    market.bands = market.bands(&log_rent);
    let (wishes, wanted) = market.wishes(&traders);
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
    for idle in market.contracts(&wanted, (&wishes, &served), columns) {
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

/// What all passes over households read.
struct Market<'a> {
    p: &'a Params,
    laws: &'a [Rules],
    villages: Villages<'a>,
    workers: &'a Workers,
    scale: f64,
    /// Households with a plot, by block.
    held: Vec<Held>,
    kin: Kin,
    /// At the rent of the region, where somebody farms.
    bands: Vec<Option<Band>>,
}

impl Market<'_> {
    /// Households with a plot, by what their persistent luck says of it; returned land, and plots that insecure absent
    /// households lend to kin.
    fn meet(&self, tenure: &Stream) -> (Vec<Held>, Kin) {
        let insecure: Vec<f64> = self.laws.iter().map(|law| law.farmland.insecure_share).collect();
        let villages = self.villages.region.len();
        // land lent and farmers, by village
        let (held, sums) = blocks::map_sums(self.workers.len(), 2 * villages, |range, sums| {
            let plots = &self.workers.plot_m2[range.clone()];
            let mut holders = Vec::with_capacity(plots.iter().filter(|&&plot| plot != 0).count());
            let sums = sums.as_chunks_mut().0;
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
                    let holder = self.holder((range.start, first + k), words[k], &insecure);
                    let [lent, farmers] = &mut sums[holder.village as usize];
                    *lent += if holder.side == Side::Lender { holder.plot() } else { 0 };
                    *farmers += i64::from(holder.side.farms());
                    holders.push(holder);
                }
            }
            Held::of(holders, insecure.len(), self.scale)
        });
        let sums = sums.as_chunks().0;
        let returned = self.villages.returned_m2.iter().zip(sums);
        let land = returned.map(|(returned, [lent, _])| returned + lent).collect();
        (held, Kin::new(land, sums.iter().map(|&[_, farmers]| farmers).collect()))
    }

    /// The household with a plot at a place in the block of workers from `start` on, by its persistent luck and the share of
    /// `insecure` households by region.
    #[inline]
    fn holder(&self, (start, place): (usize, usize), words: [u32; 2], insecure: &[f64]) -> Holder {
        let i = start + place;
        let village = self.workers.village[i];
        let region = self.villages.region[village as usize];
        let luck = Tenure::of(words, self.workers.generation[i]);
        let secure = luck.security >= insecure[region as usize];
        Holder {
            plot: self.workers.plot_m2[i],
            village,
            place: place as u16,
            region,
            side: Side::of(
                self.workers.status[i] == Status::Farm,
                secure,
                luck.idle < self.p.kin_share,
            ),
        }
    }

    /// Own land of a farmer, kin land included [m2].
    #[inline]
    fn own(&self, h: &Holder) -> i64 {
        h.plot() + self.kin.part[h.village as usize]
    }

    /// Farmers of a block.
    fn farmers(&self, b: usize) -> impl Iterator<Item = Farmer> {
        let held = &self.held[b];
        held.farmers.iter().map(move |&k| {
            let holder = &held.holders[k as usize];
            Farmer {
                skill: f64::from(self.workers.farm_skill[b * BLOCK + holder.place as usize]),
                plot: holder.plot,
                own: self.own(holder),
                region: holder.region,
                secure: holder.side == Side::Farmer { secure: true },
            }
        })
    }

    /// What the market of each region knows: marginal products of its secure households; land of all farmers. And what it
    /// knows of each secure farmer, by block and in order.
    fn histograms(&self) -> (Vec<Histogram>, Vec<Vec<Trader>>) {
        let regions = self.laws.len();
        let empty = || (0..regions).map(|_| Histogram::default()).collect::<Vec<_>>();
        let block = |b: usize, _, scratch: &mut Vec<Histogram>| {
            let mut traders = Vec::with_capacity(self.held[b].farmers.len());
            for (h, &(_, absent)) in scratch.iter_mut().zip(&self.held[b].owned) {
                h.known.absent = absent;
            }
            in_runs(self.farmers(b), |run: &[Farmer]| {
                let lanes = |of: &dyn Fn(&Farmer) -> f64| Lanes::of(&(0..run.len()), |l| of(&run[l]));
                let s = self.p.size_index(lanes(&|farmer| farmer.skill));
                let own = lanes(&|farmer| farmer.own as f64 / self.scale);
                let log_marginal = self.p.log_marginal(s, own);
                let known = s.numbers().iter().zip(own.numbers()).zip(log_marginal.numbers());
                for (&farmer, ((&s, &own), &log_marginal)) in run.iter().zip(known) {
                    let h = &mut scratch[farmer.region as usize];
                    h.known.farmers[0] += s;
                    h.known.farmers[1] += own;
                    if farmer.secure {
                        h.add(log_marginal, s, own);
                        traders.push(Trader {
                            farmer,
                            s,
                            log_marginal,
                        });
                    }
                }
            });
            let parts: Vec<_> = scratch.iter_mut().map(Histogram::take).collect();
            (parts, traders)
        };
        let (blocks, scratch) = blocks::map_into(1, 0..self.held.len(), empty, block);
        // the memory of a thread is empty again
        let mut all = scratch.into_iter().next().unwrap_or_else(empty);
        let mut traders = Vec::with_capacity(blocks.len());
        for (parts, of_block) in blocks {
            for (all, part) in all.iter_mut().zip(&parts) {
                part.iter().for_each(|part| all.merge(part));
            }
            traders.push(of_block);
        }
        (all, traders)
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

    /// What a secure farmer wishes to lease in (positive) or out (negative) at the cleared rent [whole m2].
    #[inline]
    fn wish(&self, trader: &Trader) -> i64 {
        let farmer = &trader.farmer;
        let Some(band) = &self.bands[farmer.region as usize] else {
            return 0;
        };
        let want = band.wanted(trader.s, trader.log_marginal, farmer.own as f64 / self.scale) * self.scale;
        (want as i64 - farmer.own).max(-i64::from(farmer.plot))
    }

    /// Wishes by block, region and side, and those of every secure farmer by block: where somebody farms, owners wish to let
    /// all their plots.
    fn wishes(&self, traders: &[Vec<Trader>]) -> (Wishes, Vec<Vec<i64>>) {
        let block = |(held, traders): (&Held, &Vec<Trader>)| {
            let owned = held.owned.iter().zip(&self.bands);
            let let_out = |(&(plots, _), band): (&(i64, f64), &Option<Band>)| [0, band.map_or(0, |_| plots)];
            let mut sums: Vec<[i64; 2]> = owned.map(let_out).collect();
            let wanted = traders.iter().map(|trader| {
                let x = self.wish(trader);
                sums[trader.farmer.region as usize][usize::from(x < 0)] += x.abs();
                x
            });
            // whoever else there is wishes nothing
            let wanted: Vec<i64> = wanted.chain([0]).collect();
            (sums, wanted)
        };
        self.held.par_iter().zip(traders).map(block).unzip()
    }

    /// Writes the contracts of all households, each served in its turn from what its block, region and side was given: land
    /// operated, land leased in (or out, negative), whether the plot lies idle. `wanted` are wishes of secure farmers. Returns
    /// idle land by block and region. Nobody can guess who is what: there are no branches.
    fn contracts(
        &self,
        wanted: &[Vec<i64>],
        (wishes, served): (&Wishes, &Wishes),
        (operated, leased, flags): (&mut [u32], &mut [i32], &mut [u8]),
    ) -> Vec<Vec<i64>> {
        let columns = operated.par_chunks_mut(BLOCK).zip(leased.par_chunks_mut(BLOCK));
        let block = |(b, ((operated, leased), flags)): (usize, Columns)| {
            operated.fill(0);
            leased.fill(0);
            flags.iter_mut().for_each(|flags| *flags &= !flag::IDLE_PLOT);
            let (wanted, wishes, served) = (&wanted[b], &wishes[b], &served[b]);
            let mut next = 0;
            let mut seen = vec![[0i64; 2]; self.laws.len()];
            let mut given = seen.clone();
            let mut idle = vec![0; self.laws.len()];
            for h in &self.held[b].holders {
                let (r, at, farms) = (h.region as usize, h.place as usize, h.side.farms());
                let (trades, lets) = (h.side == Side::Farmer { secure: true }, h.side == Side::Owner);
                let others = if lets & self.bands[r].is_some() { -h.plot() } else { 0 };
                let own = wanted[next];
                let x = if trades { own } else { others };
                next += usize::from(trades);
                let side = usize::from(x < 0);
                seen[r][side] += x.abs();
                let upto = in_proportion(served[r][side], seen[r][side], wishes[r][side]);
                let got = upto - given[r][side];
                given[r][side] = upto;
                let net = if side == 0 { got } else { -got };
                leased[at] = net as i32;
                operated[at] = if farms { (self.own(h) + net) as u32 } else { 0 };
                // absent households leave idle what they could not let or lend
                let lent = (h.side == Side::Lender) & (self.kin.farmers[h.village as usize] > 0);
                let left = !farms & !lent;
                flags[at] |= if left { flag::IDLE_PLOT } else { 0 };
                idle[r] += if left { h.plot() + net } else { 0 };
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
