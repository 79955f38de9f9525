//! An independent solver of a Tombe-Zhu economy in changes.

use yaosu::agents::firms::{SECTORS, SERVICES};
use yaosu::agents::workers::{Status, flag};
use yaosu::world::{self, World};

/// Every worker's option (farm at home last) by origin and hukou kind, inside origins only [agents].
pub(super) fn settled(w: &World) -> Vec<Vec<f64>> {
    let (inside, all) = (w.geography.inside, w.geography.all());
    let mut n = vec![vec![0.0; all + 1]; 2 * inside];
    for i in 0..w.workers.len() {
        let o = w.workers.hukou[i] as usize;
        if o < inside && w.workers.status[i] != Status::Free {
            let rural = usize::from(w.workers.flags[i] & flag::RURAL_HUKOU != 0);
            let farm = w.workers.status[i] == Status::Farm;
            n[2 * o + rural][if farm { all } else { w.workers.region[i] as usize }] += 1.0;
        }
    }
    n
}

/// A Tombe-Zhu economy in changes (Tombe and Zhu 2019; Dekle, Eaton and Kortum 2008): Armington trade of one composite
/// per area, labour with capital in elastic supply and land fixed, natives and migrants imperfect substitutes, farming
/// with fixed land, fixed housing, rival public services. People from outside are so many there that who is inside has one
/// choice among many: their numbers answer what a place is worth with the same elasticity. Incomes that
/// work does not earn go along with their people. Nothing of the model's answers is used, only its start values and
/// elasticities.
pub(super) struct HatAlgebra {
    /// People by origin and hukou kind, and option (farm at home last) [agents].
    pub(super) people: Vec<Vec<f64>>,
    guests: Vec<[f64; 2]>,
    area: Vec<usize>,
    areas: usize,
    /// Share of an area's spending by origin area; outside last.
    trade: Vec<Vec<f64>>,
    spending: Vec<f64>,
    exports: Vec<f64>,
    labour: f64,
    capital: f64,
    local_tax: f64,
    /// Employees among people off the farm: only they earn by group.
    employed: f64,
    /// Part of income that work earns: of natives and of migrants off the farm, of farmers.
    earned: [f64; 3],
    /// Other income (pensions, interest, dividends) of a worker by origin and hukou kind, and of guests: who moves takes it
    /// along [fen a quarter].
    carried: (Vec<f64>, f64),
    /// Public services that an outsider gets of what a local gets.
    access: f64,
    params: yaosu::scenario::Behaviour,
}

/// Spending of areas by origin (shares; outside last), spending and outside demand, all goods but farm goods.
fn trade_of(w: &World, area: &[usize], areas: usize) -> (Vec<Vec<f64>>, Vec<f64>, Vec<f64>) {
    let inside = w.geography.inside;
    let (mut trade, mut spending, mut exports) =
        (vec![vec![0.0; areas]; areas + 1], vec![0.0; areas], vec![0.0; areas]);
    for (s, spent) in w.quarter.spending.iter().enumerate().skip(1) {
        for d in 0..inside {
            let x = spent[d] as f64;
            spending[area[d]] += x;
            for o in 0..=inside {
                let from = if o < inside { area[o] } else { areas };
                trade[from][area[d]] += w.trade.share[s][o][d] * x;
            }
            exports[area[d]] += w.trade.exports[s][d];
        }
    }
    for row in &mut trade {
        row.iter_mut().zip(&spending).for_each(|(t, x)| *t /= x);
    }
    (trade, spending, exports)
}

/// What household `i`, which lives inside, earns by work [fen a quarter].
fn work(w: &World, i: usize) -> f64 {
    let r = w.workers.region[i] as usize;
    match w.workers.status[i] {
        Status::Employed => {
            let f = w.workers.employer[i] as usize;
            (1.0 - w.rules[r].fiscal.wage_tax) * world::pay(w, i, world::unit_pay(w, f, world::bonus(w, f)))
        }
        Status::OwnAccount => w.cells.own_revenue[r * SECTORS + SERVICES] as f64 / f64::from(w.own_heads[r]),
        Status::Unemployed => world::benefit(w, r),
        Status::Farm => {
            let crop = |(v, made): (usize, f64)| made * w.farming.revenue[v] as f64 / w.farming.output[v];
            w.farm_household_share * world::farm_output(w, i).map_or(0.0, crop)
        }
        _ => 0.0,
    }
}

/// What work earns of the incomes of natives and of migrants off the farm, and of farmers; other income (pensions, interest,
/// dividends) of a worker by origin and hukou kind, and of guests [fen a quarter].
fn incomes(w: &World) -> ([f64; 3], Vec<f64>, f64) {
    let inside = w.geography.inside;
    let (mut earned, mut carried) = ([[0.0; 2]; 3], vec![[0.0; 2]; 2 * inside + 1]);
    for i in (0..w.workers.len()).filter(|&i| w.workers.status[i] != Status::Free) {
        let (r, o) = (w.workers.region[i] as usize, w.workers.hukou[i] as usize);
        if r >= inside {
            continue;
        }
        let (income, work) = (f64::from(w.workers.permanent_income[i]), work(w, i));
        let group = if w.workers.status[i] == Status::Farm {
            2
        } else {
            usize::from(r != o)
        };
        earned[group][0] += work;
        earned[group][1] += income;
        let kind = if o < inside {
            2 * o + usize::from(w.workers.flags[i] & flag::RURAL_HUKOU != 0)
        } else {
            2 * inside
        };
        carried[kind][0] += income - work;
        carried[kind][1] += 1.0;
    }
    let mut each: Vec<f64> = carried.iter().map(|[sum, n]| sum / f64::max(*n, 1.0)).collect();
    let guests = each.pop().unwrap_or_default();
    (earned.map(|[work, all]| work / all), each, guests)
}

impl HatAlgebra {
    pub(super) fn of(w: &World) -> Self {
        let inside = w.geography.inside;
        let area: Vec<usize> = w.geography.area.iter().map(|&a| a as usize).collect();
        let areas = w.geography.areas;
        let (trade, spending, exports) = trade_of(w, &area, areas);
        // labour and capital in value added; who works on own account has no capital
        let (mut sums, mut own, mut all) = ([0.0; 2], 0.0, 0.0);
        for c in 0..w.cell_count() {
            let t = w.cells.technology[c];
            let r: f64 = (w.cell_start[c] as usize..w.cell_start[c + 1] as usize)
                .map(|f| w.firms.revenue[f] as f64)
                .sum();
            sums[0] += t.beta * r;
            sums[1] += t.alpha * r;
            own += w.cells.own_revenue[c] as f64;
            all += r + w.cells.own_revenue[c] as f64;
        }
        let mut guests = vec![[0.0; 2]; inside];
        for i in 0..w.workers.len() {
            let (r, o) = (w.workers.region[i] as usize, w.workers.hukou[i] as usize);
            if o >= inside && r < inside && w.workers.status[i] != Status::Free {
                guests[r][1] += 1.0;
            }
        }
        let (transfers, revenue) = (0..=inside).fold((0.0, 0.0), |(t, r), k| {
            (
                t + w.governments.transfer[k] as f64,
                r + w.governments.last_revenue[k] as f64,
            )
        });
        let (earned, rows, strangers) = incomes(w);
        let carried = (rows, strangers);
        let status = |k: usize| w.quarter.status.iter().map(|s| f64::from(s[k])).sum::<f64>();
        HatAlgebra {
            employed: status(1) / (status(1) + status(2) + status(3)),
            earned,
            carried,
            people: settled(w),
            guests,
            area,
            areas,
            trade,
            spending,
            exports,
            labour: (sums[0] + own) / all,
            capital: sums[1] / all,
            local_tax: 1.0 - transfers / revenue,
            access: w.rules.iter().map(|law| law.hukou.service_access_permit).sum::<f64>() / inside as f64,
            params: w.params.clone(),
        }
    }

    /// Natives and migrants off the farm by region, and farmers, when people stand as in `n` beside `guests` from outside.
    fn count(&self, n: &[Vec<f64>], guests: &[[f64; 2]]) -> (Vec<[f64; 2]>, Vec<f64>) {
        let inside = guests.len();
        let (mut town, mut farm) = (guests.to_vec(), vec![0.0; inside]);
        for (k, row) in n.iter().enumerate() {
            for d in 0..inside {
                town[d][usize::from(d != k / 2)] += row[d];
            }
            farm[k / 2] += row.last().copied().unwrap_or(0.0);
        }
        (town, farm)
    }

    /// Mean other income of natives and migrants off the farm, by region.
    fn other(&self, n: &[Vec<f64>], guests: &[[f64; 2]]) -> Vec<[f64; 2]> {
        let inside = guests.len();
        let mut sums: Vec<[[f64; 2]; 2]> = guests
            .iter()
            .map(|g| [[0.0; 2], [g[1] * self.carried.1, g[1]]])
            .collect();
        for (k, (row, each)) in n.iter().zip(&self.carried.0).enumerate() {
            for d in 0..inside {
                let sum = &mut sums[d][usize::from(d != k / 2)];
                sum[0] += row[d] * each;
                sum[1] += row[d];
            }
        }
        sums.iter()
            .map(|of| of.map(|[sum, heads]| sum / heads.max(1e-9)))
            .collect()
    }

    /// Prices and revenues of areas in changes, given changes of labour.
    fn clear(&self, labour: &[f64]) -> (Vec<f64>, Vec<f64>, Vec<f64>) {
        let (e, n) = (self.params.goods.trade_elasticity, self.areas);
        let (mut p, mut revenue, mut index) = (vec![1.0f64; n], labour.to_vec(), vec![1.0f64; n]);
        let sold = |p: &[f64], index: &[f64], revenue: &[f64], o: usize| -> f64 {
            let at_home: f64 = (0..n)
                .map(|d| self.trade[o][d] * index[d].powf(e - 1.0) * self.spending[d] * revenue[d])
                .sum();
            p[o].powf(1.0 - e) * (self.exports[o] + at_home)
        };
        let one = vec![1.0; n];
        let start: Vec<f64> = (0..n).map(|o| sold(&one, &one, &one, o)).collect();
        for _ in 0..400 {
            for d in 0..n {
                let inside: f64 = (0..n).map(|o| self.trade[o][d] * p[o].powf(1.0 - e)).sum();
                index[d] = (inside + self.trade[n][d]).powf(1.0 / (1.0 - e));
            }
            for o in 0..n {
                let now = sold(&p, &index, &revenue, o) / start[o];
                let output = labour[o].powf(self.labour) * (revenue[o] / index[o]).powf(self.capital);
                p[o] *= (now / (p[o] * output)).powf(0.5 / e);
                revenue[o] *= (now / revenue[o]).powf(0.2);
            }
        }
        (p, index, revenue)
    }

    /// Where people settle under the cut if incomes, prices and services did not answer.
    pub(super) fn at_start_values(&self, cut: f64) -> Vec<Vec<f64>> {
        let inside = self.guests.len();
        let row = |(k, row): (usize, &Vec<f64>)| {
            let weight = |d: usize| if d < inside && d != k / 2 { cut * row[d] } else { row[d] };
            let sum: f64 = (0..row.len()).map(weight).sum();
            let all: f64 = row.iter().sum();
            (0..row.len())
                .map(|d| if sum > 0.0 { all * weight(d) / sum } else { 0.0 })
                .collect()
        };
        self.people.iter().enumerate().map(row).collect()
    }

    /// Composite of natives and migrants by area in changes, and what each earns relative to its mean.
    fn composites(&self, l0: &[[f64; 2]], l: &[[f64; 2]]) -> Vec<(f64, [f64; 2])> {
        let near = 1.0 / self.params.labour.nativity_elasticity;
        (0..self.areas)
            .map(|a| {
                let all = l0[a][0] + l0[a][1];
                let x: [f64; 2] = std::array::from_fn(|g| l[a][g].max(1e-6) / l0[a][g].max(1e-6));
                let c = (0..2)
                    .map(|g| l0[a][g] / all * x[g].powf(1.0 - near))
                    .sum::<f64>()
                    .powf(1.0 / (1.0 - near));
                (c, x.map(|x| (c / x).powf(near)))
            })
            .collect()
    }

    /// Where people settle when every move between inside places costs less: weights times `cut` off home.
    pub(super) fn solve(&self, cut: f64) -> Vec<Vec<f64>> {
        let inside = self.guests.len();
        let (kappa, h) = (self.params.migration.elasticity, self.params.housing.share);
        let (chi, theta) = (self.params.migration.service_weight, self.params.farmland.theta());
        let by_area = |town: &[[f64; 2]]| {
            let mut l = vec![[0.0; 2]; self.areas];
            town.iter()
                .zip(&self.area)
                .for_each(|(t, &a)| (0..2).for_each(|g| l[a][g] += t[g]));
            l
        };
        let (town0, farm0) = self.count(&self.people, &self.guests);
        let (l0, other0) = (by_area(&town0), self.other(&self.people, &self.guests));
        let (mut n, mut guests) = (self.people.clone(), self.guests.clone());
        for _ in 0..60 {
            let (town, farm) = self.count(&n, &guests);
            let l = by_area(&town);
            let (hat, other) = (self.composites(&l0, &l), self.other(&n, &guests));
            let labour: Vec<f64> = hat.iter().map(|x| x.0).collect();
            let (_, index, revenue) = self.clear(&labour);
            let value = |d: usize, g: usize| {
                let a = self.area[d];
                let heads = (town[d][0] + town[d][1]) / (town0[d][0] + town0[d][1]);
                let wage = revenue[a] / labour[a];
                let served = |town: &[f64; 2], farm: f64| town[0] + self.access * town[1] + farm;
                let people = served(&town[d], farm[d]) / served(&town0[d], farm0[d]);
                let services = (wage * heads).powf(self.local_tax) / people;
                let rent = wage * heads;
                let work = wage * (self.employed * hat[a].1[g] + 1.0 - self.employed);
                let income = self.earned[g] * work + (1.0 - self.earned[g]) * other[d][g] / other0[d][g];
                income / (index[a].powf(1.0 - h) * rent.powf(h)) * services.powf(chi)
            };
            let values: Vec<[f64; 2]> = (0..inside).map(|d| [value(d, 0), value(d, 1)]).collect();
            for ((now, start), value) in guests.iter_mut().zip(&self.guests).zip(&values) {
                now[1] = 0.5 * (now[1] + start[1] * value[1].powf(kappa));
            }
            for (k, row) in n.iter_mut().enumerate() {
                let (o, start) = (k / 2, &self.people[k]);
                let weight = |d: usize| match d {
                    _ if d < inside => {
                        let off = d != o;
                        start[d] * values[d][usize::from(off)].powf(kappa) * if off { cut } else { 1.0 }
                    }
                    _ if d + 1 == start.len() && farm0[o] > 0.0 => {
                        let crop = (farm[o] / farm0[o]).max(1e-6).powf(-theta);
                        let income = self.earned[2] * crop + 1.0 - self.earned[2];
                        start[d] * (income / index[self.area[o]].powf(1.0 - h)).powf(kappa)
                    }
                    _ => start[d],
                };
                let weights: Vec<f64> = (0..start.len()).map(weight).collect();
                let (all, sum) = (start.iter().sum::<f64>(), weights.iter().sum::<f64>());
                if sum > 0.0 {
                    row.iter_mut()
                        .zip(weights)
                        .for_each(|(x, w)| *x = 0.5 * (*x + all * w / sum));
                }
            }
        }
        n
    }
}
