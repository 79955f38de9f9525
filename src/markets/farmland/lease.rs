//! A year of leases: kin land is shared out, the rent clears every region, wishes are served to the square metre.

use super::reach::{Curve, reach};
use super::{Histogram, Params, wanted};
use crate::agents::workers::{Status, Workers, flag};
use crate::base::blocks;
use crate::base::draws::{Reader, Stream, unit};
use crate::base::split::split_i64;
use crate::rules::Rules;
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
    /// Sum over farmers of a^(1-psi) l^theta per person, times people.
    pub output: f64,
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
    let mut market = Market {
        p,
        laws,
        villages,
        workers,
        scale,
        tenure,
        kin: Kin::default(),
        log_rent: Vec::new(),
    };
    market.kin = market.kin_land();
    let histograms = market.histograms();
    market.log_rent = market.clear(&histograms);
    let wishes = market.wishes();
    let (served, traded) = serve(&wishes, &market.reach());
    let parts = market.contracts(&wishes, &served);
    let mut leases: Vec<Leases> = traded
        .into_iter()
        .zip(market.log_rent.iter().zip(&histograms))
        .map(|([leased_in, leased_out], (cleared, histogram))| Leases {
            leased_m2: leased_out,
            log_rent: cleared.unwrap_or_else(|| histogram.shadow_rent(p)),
            imported_m2: (leased_in - leased_out).max(0),
            exported_m2: (leased_out - leased_in).max(0),
            ..Leases::default()
        })
        .collect();
    market.kin.leave_to_pools(villages, &mut leases);
    write(workers, &mut leases, parts);
    leases
}

/// What a household's persistent luck says of its plot; both are uniform.
#[derive(Clone, Copy)]
struct Tenure {
    /// Secure if not below the law's share of insecure households.
    security: f64,
    /// Insecure absent households below the kin share lend to kin.
    idle: f64,
}

impl Tenure {
    /// The next household's, two words in order along a block.
    #[inline]
    fn next(words: &mut Reader, generation: u16) -> Self {
        let g = u32::from(generation);
        Tenure {
            security: unit(words.word_of(g)),
            idle: unit(words.word_of(g)),
        }
    }
}

/// Land that a village's farmers till for kin and for the collective, without rent.
#[derive(Default)]
struct Kin {
    /// Land by village [m2].
    land: Vec<i64>,
    /// Farmers by village [agents].
    farmers: Vec<i64>,
}

impl Kin {
    /// Equal part of a farmer of village `v` [m2].
    #[inline]
    fn part(&self, v: usize) -> i64 {
        self.land[v].checked_div(self.farmers[v]).unwrap_or(0)
    }

    /// What equal parts leave over stays with the village, as does returned land where nobody farms.
    fn leave_to_pools(&self, villages: Villages, leases: &mut [Leases]) {
        for (v, &r) in villages.region.iter().enumerate() {
            leases[r as usize].pool_m2 += if self.farmers[v] > 0 {
                self.land[v] - self.part(v) * self.farmers[v]
            } else {
                villages.returned_m2[v]
            };
        }
    }
}

/// Land wished for by block and region: leased in, leased out [m2].
type Wishes = Vec<Vec<[i64; 2]>>;

/// A household's contract: land operated, land leased in (or out, negative), whether the plot lies idle.
type Contract = (u32, i32, bool);

/// What all passes over households read.
struct Market<'a> {
    p: &'a Params,
    laws: &'a [Rules],
    villages: Villages<'a>,
    workers: &'a Workers,
    scale: f64,
    tenure: &'a Stream,
    kin: Kin,
    /// Log rent relative to theta A by region, where somebody farms.
    log_rent: Vec<Option<f64>>,
}

impl Market<'_> {
    /// Calls `f(i, village, region, tenure)` for the plot holders of a block, in order.
    #[inline]
    fn holders(&self, range: std::ops::Range<usize>, mut f: impl FnMut(usize, usize, usize, Tenure)) {
        let mut words = self.tenure.at(range.start);
        for i in range {
            let luck = Tenure::next(&mut words, self.workers.generation[i]);
            if self.workers.plot_m2[i] != 0 {
                let v = self.workers.village[i] as usize;
                f(i, v, self.villages.region[v] as usize, luck);
            }
        }
    }

    /// Whether tenure is too insecure in region `r` to lease.
    #[inline]
    fn insecure(&self, r: usize, luck: Tenure) -> bool {
        luck.security < self.laws[r].farmland.insecure_share
    }

    /// Whether an absent household lends its plot to kin.
    #[inline]
    fn lends_to_kin(&self, r: usize, luck: Tenure) -> bool {
        self.insecure(r, luck) && luck.idle < self.p.kin_share
    }

    /// Own land of a farmer, kin land included [m2].
    #[inline]
    fn own(&self, i: usize, v: usize) -> i64 {
        i64::from(self.workers.plot_m2[i]) + self.kin.part(v)
    }

    /// Returned land, and plots that insecure absent households lend to kin.
    fn kin_land(&self) -> Kin {
        let land: Vec<AtomicI64> = self.villages.returned_m2.iter().map(|&m2| AtomicI64::new(m2)).collect();
        let farmers: Vec<AtomicI64> = self.villages.region.iter().map(|_| AtomicI64::new(0)).collect();
        blocks::map(self.workers.len(), |range| {
            self.holders(range, |i, v, r, luck| {
                if self.workers.status[i] == Status::Farm {
                    farmers[v].fetch_add(1, Relaxed);
                } else if self.lends_to_kin(r, luck) {
                    land[v].fetch_add(i64::from(self.workers.plot_m2[i]), Relaxed);
                }
            });
        });
        Kin {
            land: land.into_iter().map(AtomicI64::into_inner).collect(),
            farmers: farmers.into_iter().map(AtomicI64::into_inner).collect(),
        }
    }

    /// What the market of each region knows: marginal products of its secure households; land of all farmers.
    fn histograms(&self) -> Vec<Histogram> {
        let regions = self.laws.len();
        let parts = blocks::map(self.workers.len(), |range| {
            let mut by_region: Vec<Option<Histogram>> = vec![None; regions];
            self.holders(range, |i, v, r, luck| {
                let h = by_region[r].get_or_insert_with(Histogram::default);
                let secure = !self.insecure(r, luck);
                if self.workers.status[i] == Status::Farm {
                    let s = self.p.size_index(f64::from(self.workers.farm_skill[i]));
                    let own = self.own(i, v) as f64 / self.scale;
                    h.farmers[0] += s;
                    h.farmers[1] += own;
                    if secure {
                        h.add(self.p.log_marginal(s, own), s, own);
                    }
                } else if secure {
                    h.absent += f64::from(self.workers.plot_m2[i]) / self.scale;
                }
            });
            by_region
        });
        let mut all = vec![Histogram::default(); regions];
        for part in &parts {
            for (m, h) in all.iter_mut().zip(part) {
                if let Some(h) = h {
                    m.merge(h);
                }
            }
        }
        all
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

    /// Reach of leases beyond each region.
    fn reach(&self) -> Vec<f64> {
        let of = |(law, pool): (&Rules, &bool)| if *pool { law.farmland.reach } else { 0.0 };
        self.laws.iter().zip(self.villages.pool).map(of).collect()
    }

    /// What holder `i` wishes to lease in (positive) or out (negative) at the cleared rent [whole m2].
    #[inline]
    fn wish(&self, i: usize, v: usize, r: usize, luck: Tenure) -> i64 {
        let plot = i64::from(self.workers.plot_m2[i]);
        if self.insecure(r, luck) {
            return 0;
        }
        let Some(q) = self.log_rent[r] else { return 0 };
        if self.workers.status[i] != Status::Farm {
            return -plot;
        }
        let s = self.p.size_index(f64::from(self.workers.farm_skill[i]));
        let own = self.own(i, v);
        let tau = self.laws[r].farmland.transaction_cost;
        let want = wanted(self.p, s, own as f64 / self.scale, q, tau) * self.scale;
        (want as i64 - own).max(-plot)
    }

    /// Wishes by block, region and side.
    fn wishes(&self) -> Wishes {
        blocks::map(self.workers.len(), |range| {
            let mut sums = vec![[0i64; 2]; self.laws.len()];
            self.holders(range, |i, v, r, luck| {
                let x = self.wish(i, v, r, luck);
                sums[r][usize::from(x < 0)] += x.abs();
            });
            sums
        })
    }

    /// Contracts of all households by block, each served in its turn from what its block, region and side was given;
    /// and what they add to their regions.
    fn contracts(&self, wishes: &Wishes, served: &Wishes) -> Vec<(Vec<Contract>, Vec<Leases>)> {
        let regions = self.laws.len();
        blocks::map(self.workers.len(), |range| {
            let b = range.start / blocks::BLOCK;
            let first = range.start;
            let mut seen = vec![[0i64; 2]; regions];
            let mut given = vec![[0i64; 2]; regions];
            let mut rows: Vec<Contract> = vec![(0, 0, false); range.len()];
            let mut add = vec![Leases::default(); regions];
            self.holders(range, |i, v, r, luck| {
                let x = self.wish(i, v, r, luck);
                let side = usize::from(x < 0);
                seen[r][side] += x.abs();
                let upto = in_proportion(served[b][r][side], seen[r][side], wishes[b][r][side]);
                let got = upto - given[r][side];
                given[r][side] = upto;
                let net = if side == 0 { got } else { -got };
                rows[i - first] = self.contract((i, v, r), luck, net, &mut add[r]);
            });
            (rows, add)
        })
    }

    /// Contract of household `i` of village `v` and region `r` that leases in `net`: farmers till, absent households
    /// lend to kin or leave idle what they could not let.
    #[inline]
    fn contract(&self, (i, v, r): (usize, usize, usize), luck: Tenure, net: i64, add: &mut Leases) -> Contract {
        let plot = i64::from(self.workers.plot_m2[i]);
        if self.workers.status[i] == Status::Farm {
            let operated = self.own(i, v) + net;
            let skill = f64::from(self.workers.farm_skill[i]);
            add.output += self.scale * self.p.output(1.0, skill, operated as f64 / self.scale);
            return (operated as u32, net as i32, false);
        }
        let lent = self.lends_to_kin(r, luck) && self.kin.farmers[v] > 0;
        if !lent {
            add.idle_m2 += plot + net;
        }
        (0, net as i32, !lent)
    }
}

/// `total` x `part` / `whole`, rounded down.
#[inline]
fn in_proportion(total: i64, part: i64, whole: i64) -> i64 {
    if whole > 0 {
        (i128::from(total) * i128::from(part) / i128::from(whole)) as i64
    } else {
        0
    }
}

/// The long side of every region is cut in proportion, cumulatively over blocks, so that both sides agree to the square
/// metre; where leases reach beyond the region, what is left on both sides is traded across. Returns what each block's
/// side is served, and by region what is leased in and out.
fn serve(wishes: &Wishes, reach: &[f64]) -> (Wishes, Vec<[i64; 2]>) {
    let regions = reach.len();
    let mut served = vec![vec![[0i64; 2]; regions]; wishes.len()];
    let total = |r: usize, side: usize| wishes.iter().map(|block| block[r][side]).sum::<i64>();
    let mut traded: Vec<[i64; 2]> = (0..regions).map(|r| [total(r, 0).min(total(r, 1)); 2]).collect();
    let left = |side: usize| -> Vec<i64> {
        let of = |r: usize| {
            if reach[r] > 0.0 {
                total(r, side) - traded[r][side]
            } else {
                0
            }
        };
        (0..regions).map(of).collect()
    };
    let left = [left(0), left(1)];
    let across = left[0].iter().sum::<i64>().min(left[1].iter().sum());
    for (side, left) in left.iter().enumerate() {
        let mut parts = vec![0i64; regions];
        split_i64(across, left, &mut parts);
        traded.iter_mut().zip(parts).for_each(|(t, x)| t[side] += x);
    }
    for r in 0..regions {
        for side in 0..2 {
            let weights: Vec<i64> = wishes.iter().map(|block| block[r][side]).collect();
            let mut parts = vec![0i64; weights.len()];
            split_i64(traded[r][side], &weights, &mut parts);
            for (block, x) in served.iter_mut().zip(parts) {
                block[r][side] = x;
            }
        }
    }
    (served, traded)
}

/// Writes the contracts into the columns and adds the blocks' sums to the regions.
fn write(workers: &mut Workers, leases: &mut [Leases], parts: Vec<(Vec<Contract>, Vec<Leases>)>) {
    let mut at = 0;
    for (rows, add) in parts {
        for (operated, leased, idle) in rows {
            workers.operated_m2[at] = operated;
            workers.leased_m2[at] = leased;
            workers.flags[at] = (workers.flags[at] & !flag::IDLE_PLOT) | if idle { flag::IDLE_PLOT } else { 0 };
            at += 1;
        }
        for (o, a) in leases.iter_mut().zip(add) {
            o.idle_m2 += a.idle_m2;
            o.output += a.output;
        }
    }
}
