//! A known answer of the long run: how many people a cut of migration costs moves, by an independent solver of a
//! Tombe-Zhu economy in changes (`cargo test --release hat_algebra -- --nocapture` prints the error).

use crate::common::{born, known_answer, rules, small};
use yaosu::agents::workers::{Status, flag};
use yaosu::step::step;
use yaosu::world::World;

/// Every worker's option (farm at home last) by origin and hukou kind, inside origins only [agents].
fn settled(w: &World) -> Vec<Vec<f64>> {
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
/// choice among many: their numbers answer what a place is worth with the same elasticity. Nothing of the model's code is
/// used, only its start values and elasticities.
struct HatAlgebra {
    people: Vec<Vec<f64>>,
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

impl HatAlgebra {
    fn of(w: &World) -> Self {
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
        let status = |k: usize| w.quarter.status.iter().map(|s| f64::from(s[k])).sum::<f64>();
        HatAlgebra {
            employed: status(1) / (status(1) + status(2) + status(3)),
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
    fn at_start_values(&self, cut: f64) -> Vec<Vec<f64>> {
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
    fn solve(&self, cut: f64) -> Vec<Vec<f64>> {
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
        let l0 = by_area(&town0);
        let (mut n, mut guests) = (self.people.clone(), self.guests.clone());
        for _ in 0..60 {
            let (town, farm) = self.count(&n, &guests);
            let l = by_area(&town);
            let hat = self.composites(&l0, &l);
            let labour: Vec<f64> = hat.iter().map(|x| x.0).collect();
            let (_, index, revenue) = self.clear(&labour);
            let value = |d: usize, g: usize| {
                let a = self.area[d];
                let heads = (town[d][0] + town[d][1]) / (town0[d][0] + town0[d][1]);
                let wage = revenue[a] / labour[a];
                let people = (town[d][0] + town[d][1] + farm[d]) / (town0[d][0] + town0[d][1] + farm0[d]);
                let services = (wage * heads).powf(self.local_tax) / people;
                let rent = wage * heads;
                wage * (self.employed * hat[a].1[g] + 1.0 - self.employed) / (index[a].powf(1.0 - h) * rent.powf(h))
                    * services.powf(chi)
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
                        let income = (farm[o] / farm0[o]).max(1e-6).powf(-theta);
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

fn add(sum: &mut Vec<Vec<f64>>, n: &[Vec<f64>], weight: f64) {
    if sum.is_empty() {
        *sum = n.iter().map(|row| vec![0.0; row.len()]).collect();
    }
    sum.iter_mut()
        .flatten()
        .zip(n.iter().flatten())
        .for_each(|(x, y)| *x += weight * y);
}

/// Workers with hukou of one inside place who live off the farm in another [agents].
fn migrants(n: &[Vec<f64>], inside: usize) -> f64 {
    n.iter()
        .enumerate()
        .map(|(k, row)| (0..inside).filter(|d| *d != k / 2).map(|d| row[d]).sum::<f64>())
        .sum()
}

/// People by option in the mean of the last two of 22 years, and the world then, when moves off home weigh `cut` more.
fn settle(scenario: &yaosu::scenario::Scenario, seed: u64, cut: f64) -> (Vec<Vec<f64>>, World) {
    let law = rules(scenario, 0);
    let mut w = born(scenario, seed);
    let inside = w.geography.inside;
    for o in 0..inside {
        for row in [2 * o, 2 * o + 1] {
            (0..inside)
                .filter(|d| *d != o)
                .for_each(|d| w.places.log_share[row][d] += cut.ln());
        }
    }
    let mut n: Vec<Vec<f64>> = Vec::new();
    for tick in 0..90 {
        step(&mut w, &law).unwrap_or_else(|error| panic!("{error}"));
        if tick >= 82 {
            add(&mut n, &settled(&w), 0.125);
        }
    }
    (n, w)
}

#[test]
fn a_cut_of_migration_costs_moves_as_many_as_hat_algebra_says() {
    let cut = 1.5f64;
    let scenario = small(&[
        "scale=1000",
        "burn_in=8",
        "migration.review_young=0.06",
        "migration.review_old=0.06",
        "migration.redraw=1.0",
        "migration.retirement=0.0",
        "law.hukou.conversion_rate=0.0",
        "firms.entry_elasticity=0.0",
        // strong answers of incomes, so that they are seen
        "labour.nativity_elasticity=3.0",
        "firms.agglomeration=0.0",
    ]);
    let inside = crate::common::data().regions.len();
    let (mut before, mut after, mut answer, mut fixed) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let mut errors = Vec::new();
    for seed in 1..=12 {
        let (n, w) = settle(&scenario, seed, 1.0);
        let hat = HatAlgebra {
            people: n.clone(),
            ..HatAlgebra::of(&w)
        };
        let (solved, moved) = (hat.solve(cut), settle(&scenario, seed, cut).0);
        let change = |to: &[Vec<f64>]| (migrants(to, inside) / migrants(&n, inside)).ln();
        errors.push((change(&moved) / change(&solved) - 1.0, 1.0));
        add(&mut answer, &solved, 1.0);
        add(&mut fixed, &hat.at_start_values(cut), 1.0);
        add(&mut after, &moved, 1.0);
        add(&mut before, &n, 1.0);
    }
    let change = |n: &[Vec<f64>]| (migrants(n, inside) / migrants(&before, inside)).ln();
    let (model, exact, alone) = (change(&after), change(&answer), change(&fixed));
    let (mean, sd) = yaosu::base::stats::mean_sd(errors.iter().copied()).expect("seeds");
    let se = sd / ((errors.len() - 1) as f64).sqrt();
    let feedback = (alone - model) / (alone - exact);
    let people = |n: &[Vec<f64>]| -> Vec<f64> { (0..inside).map(|d| n.iter().map(|row| row[d]).sum()).collect() };
    let (l0, l1, lx) = (people(&before), people(&after), people(&answer));
    let points = (0..inside).map(|d| ((lx[d] / l0[d]).ln(), (l1[d] / l0[d]).ln(), l0[d]));
    let slope = yaosu::base::fit::line(points).expect("spread").slope;
    known_answer(
        "11",
        &format!(
            "log change of migrants {model:.3} against {exact:.3} ({:+.1} %; over twelve seeds {:+.1} %, standard error {:.1}), {alone:.3} \
             if incomes did not answer: they answer {feedback:.2} of what they should; slope over districts {slope:.2}",
            100.0 * (model / exact - 1.0),
            100.0 * mean,
            100.0 * se
        ),
    );
    // luck of the seeds apart (Student's t with eleven degrees of freedom, 97.5 %)
    assert!(
        se < 0.02 && mean.abs() - 2.2 * se < 0.1,
        "{model} for {exact}: {mean} ({se})"
    );
    assert!((slope - 1.0).abs() < 0.25, "districts: slope {slope}");
    assert!(alone > 1.2 * exact, "incomes matter: {alone} for {exact}");
    assert!(
        (0.5..1.5).contains(&feedback),
        "answer of incomes {feedback} of the exact one"
    );
}
