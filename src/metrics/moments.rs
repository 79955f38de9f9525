//! What the stylised facts need of agents, gathered quarter by quarter beside the snapshot and kept small: series of the
//! city, yearly growth rates of firms, yearly tails, sums by district.

use super::snapshot::Snapshot;
use super::{METRICS, Value};
use crate::agents::firms::{SECTORS, SERVICES};
use crate::base::blocks;
use crate::base::fit::{self, Line};
use crate::base::stats::{hill, interpolate, mean_sd};
use crate::world::World;
use holders::Holders;
use people::People;
use std::collections::BTreeMap;

mod district;
mod holders;
mod people;

pub use district::District;

/// Growth of one continuing firm (or lump of equal firms) from one year to the next.
#[derive(Clone, Copy, Debug)]
pub struct Growth {
    /// Log change of yearly revenue, less the weighted mean of the year.
    pub rate: f64,
    /// Mean heads a firm in the first of the two years.
    pub size: f64,
    /// Firms.
    pub weight: f64,
    /// Whether among the largest quarter of firms.
    pub large: bool,
}

/// Spread of log MRPK in a year and how it comes about: MRPK = cost of finance and wear x unexplained wedge x what
/// capital has not adjusted to (shocks, beliefs, prices).
#[derive(Clone, Copy, Debug, Default)]
pub struct WedgeShares {
    /// Variance of log MRPK over firms.
    pub variance: f64,
    /// Covariance of log MRPK with the log user cost (finance rate), the unexplained wedge, the rest; over the variance.
    pub share: [f64; 3],
}

/// The accumulator of one seed.
#[derive(Default)]
pub struct FactMoments {
    /// Series of the city by quarter: metrics as `name` or `name/group`, and those of [`Self::observe`].
    pub series: BTreeMap<String, Vec<f64>>,
    /// Growth rates of all pairs of years.
    pub growth: Vec<Growth>,
    /// By year: line of ln rank on ln size, and Hill exponent, of the largest tenth of firms.
    pub tails: Vec<(Line, f64)>,
    /// By year: decomposition of the spread of MRPK.
    pub wedges: Vec<WedgeShares>,
    /// Sizes and weights of firms of the city in the last year seen, from large to small.
    pub sizes: Vec<(f64, f64)>,
    /// Sums over the quarters of the first year by inside region.
    pub districts: Vec<District>,
    /// Inside regions of the city.
    pub in_city: Vec<bool>,
    /// Rate of informal finance [1/year].
    pub informal_rate: f64,
    /// Quarters seen.
    pub quarters: u32,
    generation: Vec<u32>,
    year: Vec<[f64; 2]>,
    last_year: Vec<[f64; 2]>,
}

impl FactMoments {
    /// Takes in a quarter that has ended: the world, its snapshot, and the metrics of the city.
    pub fn observe(&mut self, w: &World, s: &Snapshot, values: &[Value]) {
        for v in values {
            let name = METRICS[v.metric as usize].name;
            let key = if v.group == super::ALL {
                name.to_owned()
            } else {
                format!("{name}/{}", v.group)
            };
            self.push(&key, v.value);
        }
        self.people(w, s);
        self.firms(w, s);
        self.accounts(w, s);
        self.quarters += 1;
        self.in_city.clone_from(&s.in_city);
        self.informal_rate = w.params.credit.informal_rate;
        if w.tick.rem_euclid(4) == 0 {
            self.end_year(w, s);
        }
    }

    fn push(&mut self, key: &str, value: f64) {
        match self.series.get_mut(key) {
            Some(series) => series.push(value),
            None => {
                self.series.insert(key.to_owned(), vec![value]);
            }
        }
    }

    /// A share or mean of two sums; nothing without a denominator.
    fn push_ratio(&mut self, key: &str, above: f64, below: f64) {
        if below > 0.0 {
            self.push(key, above / below);
        }
    }

    fn people(&mut self, w: &World, s: &Snapshot) {
        let inside = w.geography.inside;
        let holders = Holders::of(w);
        let parts = blocks::map(w.workers.len(), |range| {
            let mut p = People::new(w);
            range.for_each(|i| p.add(w, i, &holders));
            p
        });
        let mut all = People::new(w);
        parts.iter().for_each(|p| all.merge(p));
        let city: Vec<usize> = (0..inside).filter(|&r| s.in_city[r]).collect();
        let residents = s.sum(&city, |r| s.people[r]);
        self.push_ratio("employment_share", all.work[1] * s.scale, residents);
        self.push_ratio("urban_employment_share", all.work[0], all.work[1]);
        self.push_ratio("net_migration", (all.across[0] - all.across[1]) * s.scale, residents);
        self.push_ratio("large_farms", all.farms[1], all.farms[0]);
        self.push_ratio("earnings_native", all.pay[0][0], all.pay[0][1]);
        self.push_ratio("earnings_migrant", all.pay[1][0], all.pay[1][1]);
        self.push_ratio("consumption_native", all.spent[0][0], all.spent[0][1]);
        self.push_ratio("consumption_migrant", all.spent[1][0], all.spent[1][1]);
        self.push("urban_work_native", all.urban_work[0]);
        self.push("urban_work_migrant", all.urban_work[1]);
        let gaps = city.iter().filter_map(|&r| {
            let [off, n, farm, m] = all.comparable[r];
            (n > 0.0 && m > 0.0 && farm > 0.0).then(|| ((off / n) / (farm / m) - 1.0, m))
        });
        if let Some((gap, _)) = mean_sd(gaps) {
            self.push("comparable_gap", gap);
        }
        self.shares(s, &all);
        self.districts.resize(inside, District::default());
        // the districts of the first year, which is the date of their data
        for r in (0..inside).filter(|_| self.quarters < 4) {
            let hukou = (all.hukou[r] + w.kin_cared(r, 0) + w.kin_cared(r, 1)) * s.scale;
            self.districts[r].add(&District::of(s, r, hukou));
        }
    }

    /// Shares of parts of the people in incomes, and the concentration of all wealth.
    fn shares(&mut self, s: &Snapshot, all: &People) {
        let above = |histogram: &[[f64; 2]], share: f64| 1.0 - interpolate(&super::lorenz(histogram), share);
        self.push("bottom_fifth", 1.0 - above(&s.income, 0.2));
        self.push("top_fifth", above(&s.income, 0.8));
        self.push("top_tenth", above(&s.income, 0.9));
        self.push("top_tenth_accrued", above(&all.whole_income, 0.9));
        self.push("gini_whole_wealth", super::snapshot::gini(&all.whole_wealth));
    }

    fn firms(&mut self, w: &World, s: &Snapshot) {
        let f = &w.firms;
        let known = self.generation.len() == f.len();
        let (mut entered, mut private) = (0.0, 0.0);
        let mut sums = [[0.0; 4]; 2]; // by ownership: debt, capital, deposits, revenue
        let mut logs = [[0.0; 2]; 2]; // by ownership: firms times log MRPK, firms
        let mut tfpr = Vec::new();
        self.year.resize(f.len(), [0.0; 2]);
        for i in 0..f.len() {
            self.year[i][0] += f.revenue[i] as f64;
            self.year[i][1] += 0.25 * f.size(i, s.scale);
            if !w.geography.in_city[f.region(i)] {
                continue;
            }
            let own = usize::from(f.state[i]);
            if !f.state[i] {
                private += f.weight[i];
                entered += if known && self.generation[i] != f.generation[i] {
                    f.weight[i]
                } else {
                    0.0
                };
            }
            sums[own][0] += f.debt[i] as f64;
            sums[own][1] += f.capital[i];
            sums[own][2] += f.deposits[i] as f64;
            sums[own][3] += f.revenue[i] as f64;
            if let Some([k, l]) = products(w, i, s.scale) {
                let t = w.cells.technology[f.cell[i] as usize];
                logs[own][0] += f.weight[i] * k;
                logs[own][1] += f.weight[i];
                tfpr.push(((t.alpha * k + t.beta * l) / (t.alpha + t.beta), f.weight[i]));
            }
        }
        if known {
            self.push_ratio("entry_private", 4.0 * entered, private);
        }
        self.generation.clone_from(&f.generation);
        if let Some((_, sd)) = mean_sd(tfpr.into_iter()) {
            self.push("tfpr_sd", sd);
        }
        if logs[0][1] > 0.0 && logs[1][1] > 0.0 {
            self.push("mrpk_ratio", (logs[0][0] / logs[0][1] - logs[1][0] / logs[1][1]).exp());
        }
        self.ownership(w, s, sums);
    }

    /// What private and state firms of the city owe, own and sell: sums of debt, capital, deposits, revenue.
    fn ownership(&mut self, w: &World, s: &Snapshot, [private, state]: [[f64; 4]; 2]) {
        let leverage = |[debt, capital, ..]: [f64; 4]| debt / f64::max(capital, 1.0);
        self.push_ratio("state_leverage_ratio", leverage(state), leverage(private));
        self.push("debt", private[0] + state[0]);
        self.push_ratio("state_loan_share", state[0], private[0] + state[0]);
        self.push("firm_deposits", private[2] + state[2]);
        let city = (0..w.geography.inside).filter(|&r| w.geography.in_city[r]);
        let (mut own, mut farm) = (0.0, 0.0);
        for r in city {
            own += w.cells.own_revenue[r * SECTORS + SERVICES] as f64;
            farm += s.nominal[r][0];
        }
        let non_farm = private[3] + state[3] + own;
        self.push_ratio("private_share", private[3] + own, non_farm + farm);
    }

    /// Aggregates of all inside regions, real by the price of value added.
    fn accounts(&mut self, w: &World, s: &Snapshot) {
        let real: f64 = s.real.iter().flatten().sum();
        let price = s.all_nominal / real;
        let farm = (0..s.nominal.len())
            .filter(|&r| s.in_city[r])
            .map(|r| s.nominal[r][0])
            .sum::<f64>();
        self.push("farm_nominal", farm / 100.0);
        self.push("output_all", real);
        self.push("investment_all", s.quarter.investment as f64 / price);
        self.push("consumption_all", s.quarter.consumption as f64 / price);
        let count = |k: usize| s.quarter.status.iter().map(|x| f64::from(x[k])).sum::<f64>();
        self.push_ratio("unemployment_all", count(3), count(1) + count(2) + count(3));
        let unfilled: f64 = s.quarter.unfilled.iter().map(|&x| f64::from(x)).sum();
        self.push_ratio("vacancies_all", unfilled, count(1) + unfilled);
        use crate::books::Flow;
        let fees = w.books.flow(Flow::LandSales) + w.books.flow(Flow::HousingLand);
        // neither payroll contributions, which are another budget, nor what the municipality passes on to districts
        let own = [Flow::ProductionTax, Flow::ProfitTax, Flow::WageTax, Flow::Transfers];
        let revenue = fees + own.iter().map(|&f| w.books.flow(f)).sum::<i64>();
        self.push_ratio("land_sales_share", fees as f64, revenue as f64);
    }

    /// A year has ended: growth of firms that lived through it and the one before, tail of sizes, wedges.
    fn end_year(&mut self, w: &World, s: &Snapshot) {
        let f = &w.firms;
        let city: Vec<usize> = (0..f.len())
            .filter(|&i| w.geography.in_city[f.region(i)] && f.weight[i] > 0.0)
            .collect();
        let year = std::mem::take(&mut self.year);
        let mut sizes: Vec<(f64, f64)> = city.iter().map(|&i| (year[i][1], f.weight[i])).collect();
        sizes.retain(|x| x.0 > 0.0);
        sizes.sort_by(|a, b| b.0.total_cmp(&a.0));
        if let Some(floor) = fit::top_floor(&sizes, 0.1) {
            let line = fit::rank_exponent(&sizes, floor);
            self.tails.extend(line.zip(hill(sizes.iter().copied(), floor)));
        }
        self.sizes = sizes;
        if self.last_year.len() == f.len() {
            // an age of eight quarters: the same firm in all of both years
            let lived = city.iter().copied().filter(|&i| {
                f.age[i] >= 8 && year[i][0] > 0.0 && self.last_year[i][0] > 0.0 && self.last_year[i][1] > 0.0
            });
            let pairs = lived.map(|i| {
                let before = self.last_year[i];
                ((year[i][0] / before[0]).ln(), before[1], f.weight[i])
            });
            let grown = year_growth(pairs.collect());
            self.growth.extend(grown);
        }
        self.last_year = year;
        self.wedges.extend(wedge_shares(w, s, &city));
    }
}

/// Rates less the year's mean, and who is large.
fn year_growth(pairs: Vec<(f64, f64, f64)>) -> Vec<Growth> {
    let mean = mean_sd(pairs.iter().map(|p| (p.0, p.2))).map_or(0.0, |m| m.0);
    let mut sizes: Vec<(f64, f64)> = pairs.iter().map(|p| (p.1, p.2)).collect();
    sizes.sort_by(|a, b| b.0.total_cmp(&a.0));
    let floor = fit::top_floor(&sizes, 0.25).unwrap_or(f64::INFINITY);
    let growth = |(rate, size, weight): (f64, f64, f64)| Growth {
        rate: rate - mean,
        size,
        weight,
        large: size >= floor,
    };
    pairs.into_iter().map(growth).collect()
}

/// Log marginal revenue products of capital and labour of a firm that produced, as in the snapshot.
fn products(w: &World, i: usize, scale: f64) -> Option<[f64; 2]> {
    let f = &w.firms;
    let revenue = f.revenue[i] as f64;
    let t = w.cells.technology[f.cell[i] as usize];
    let log = |exponent: f64, input: f64| (exponent * t.rho() * revenue / input.max(1.0)).ln();
    (revenue > 0.0 && f.efficiency[i] > 0.0).then(|| {
        [
            log(t.alpha, f.capital[i]),
            log(t.beta, f.efficiency[i] * scale * f.wage[i]),
        ]
    })
}

fn wedge_shares(w: &World, s: &Snapshot, city: &[usize]) -> Option<WedgeShares> {
    let rows: Vec<([f64; 3], f64)> = city
        .iter()
        .filter_map(|&i| {
            let [k, _] = products(w, i, s.scale)?;
            let finance = crate::world::user_cost(w, i).ln();
            let wedge = w.firms.wedge[i];
            Some(([finance, wedge, k - finance - wedge], w.firms.weight[i]))
        })
        .collect();
    let total = |p: &[f64; 3]| p.iter().sum::<f64>();
    let (_, sd) = mean_sd(rows.iter().map(|(p, w)| (total(p), *w)))?;
    // the slope of a part on the whole is its covariance over the variance
    let share = |j: usize| fit::line(rows.iter().map(|(p, w)| (total(p), p[j], *w))).map_or(0.0, |l| l.slope);
    Some(WedgeShares {
        variance: sd * sd,
        share: [share(0), share(1), share(2)],
    })
}
