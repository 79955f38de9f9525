//! Birth of firms: sizes by systematic quantiles of a truncated Pareto, small firms in weighted lumps, jobs filled
//! to the last agent, capital and land from first-order conditions with the wedges, productivity by inversion.

use super::people::Population;
use super::{BirthError, cell, value_added, workers_of};
use crate::agents::firms::{SECTORS, SERVICES, Technology};
use crate::agents::workers::Status;
use crate::base::draws::Stage;
use crate::base::split::split;
use crate::base::stats::{mean_sd, pareto_mean, pareto_quantile};
use crate::markets::credit::{self, Borrower};
use crate::scenario::seed::SeedEconomy;
use crate::world::World;

pub(super) fn firms(w: &mut World, data: &SeedEconomy, population: &Population) -> Result<(), BirthError> {
    let jobs = jobs(w, data, population);
    let gap = normal_vacancies(w);
    for (c, &n) in jobs.iter().enumerate() {
        w.cell_start.push(w.firms.len() as u32);
        lumps(w, data, c, n, gap);
    }
    w.cell_start.push(w.firms.len() as u32);
    hire(w)?;
    technology(w, data, population);
    finance(w);
    invert(w);
    Ok(())
}

/// Employees by cell [agents]: resident jobs outside the shared labour market; inside it, the area's jobs by the
/// geometric mean of where people of the sector live and where its value added is made.
fn jobs(w: &World, data: &SeedEconomy, population: &Population) -> Vec<i64> {
    let g = &w.geography;
    let mut out = vec![0i64; w.cell_count()];
    for a in 0..g.areas {
        let regions: Vec<usize> = (0..g.inside).filter(|&r| g.area[r] as usize == a).collect();
        let employees: i64 = regions.iter().map(|&r| population.status[r][1]).sum();
        let mut weights = Vec::new();
        for &r in &regions {
            let own = population.status[r][2] as f64 * f64::from(w.scale);
            for s in 0..SECTORS {
                let people = (workers_of(data, r, s) - if s == SERVICES { own } else { 0.0 }).max(0.0);
                weights.push(people);
            }
        }
        let area_sector: Vec<f64> = (0..SECTORS)
            .map(|s| (0..regions.len()).map(|k| weights[k * SECTORS + s]).sum())
            .collect();
        if regions.len() > 1 {
            for s in 0..SECTORS {
                let va: f64 = regions.iter().map(|&r| value_added(data, r, s + 1)).sum();
                let blend: Vec<f64> = regions
                    .iter()
                    .enumerate()
                    .map(|(k, &r)| {
                        (weights[k * SECTORS + s] / area_sector[s] * value_added(data, r, s + 1) / va).sqrt()
                    })
                    .collect();
                let total: f64 = blend.iter().sum();
                for (k, b) in blend.iter().enumerate() {
                    weights[k * SECTORS + s] = area_sector[s] * b / total;
                }
            }
        }
        let mut parts = vec![0i64; weights.len()];
        split(employees, &weights, &mut parts);
        for (k, &r) in regions.iter().enumerate() {
            for s in 0..SECTORS {
                out[cell(r, s)] = parts[k * SECTORS + s];
            }
        }
    }
    out
}

/// Share of jobs open in a steady state: separations times the share of openings that stay unfilled for a
/// quarter, which is exp(-samples per opening) under random sampling.
fn normal_vacancies(w: &World) -> f64 {
    let p = &w.params.labour;
    let s = 0.25 * (p.separation + w.params.firms.exit_rate + 0.02);
    let u = p.unemployment;
    let seekers = p.search * (u + s) + p.on_the_job_search;
    let unfilled = (-f64::from(p.sampled) * seekers / (s * 1.05)).exp();
    s * unfilled / (1.0 - unfilled)
}

/// Lumps of one cell: firm sizes by systematic quantiles, from the largest; neighbours are lumped until they
/// employ enough agents.
fn lumps(w: &mut World, data: &SeedEconomy, c: usize, jobs: i64, gap: f64) {
    if jobs == 0 {
        return;
    }
    let (r, s) = (c / SECTORS, c % SECTORS);
    let b = w.params.birth.clone();
    let scale = f64::from(w.scale);
    let persons = jobs as f64 * scale;
    let firms = (data.regions[r].enterprises * b.enterprise_share[s]).max(1.0);
    let hi = b.size_max.min(0.25 * persons).max(2.0);
    let mean = (persons / firms).max(1.2);
    let (mut lo_a, mut lo_b) = (0.2f64, hi * 0.99);
    for _ in 0..80 {
        let mid = 0.5 * (lo_a + lo_b);
        if pareto_mean(b.size_exponent, mid, hi) < mean {
            lo_a = mid
        } else {
            lo_b = mid
        }
    }
    let lo = 0.5 * (lo_a + lo_b);
    let n = (persons / mean).round().max(1.0) as usize;
    let wanted_lumps = b.lumps.min(jobs as f64);
    let lump = b.lump_agents.min(jobs as f64 / wanted_lumps).max(1.0) * (scale - 1.0);
    let mut sizes: Vec<(f64, f64)> = Vec::new();
    let (mut people, mut weight) = (0.0, 0.0);
    for k in 0..n {
        let u = 1.0 - (k as f64 + 0.5) / n as f64;
        people += pareto_quantile(u, b.size_exponent, lo, hi);
        weight += 1.0;
        if people >= lump {
            sizes.push((people, weight));
            (people, weight) = (0.0, 0.0);
        }
    }
    if weight > 0.0 {
        match sizes.last_mut() {
            Some(last) => {
                last.0 += people;
                last.1 += weight;
            }
            None => sizes.push((people, weight)),
        }
    }
    sizes.truncate(jobs as usize);
    // at least one agent each; the rest by size
    let weights: Vec<f64> = sizes.iter().map(|x| x.0).collect();
    let mut heads = vec![0i64; sizes.len()];
    split(jobs - sizes.len() as i64, &weights, &mut heads);
    let stream = w.draws().stream(Stage::BirthFirms, 0, 16);
    let p = w.params.firms.clone();
    let mut carried = 0.5;
    let half: f64 = 0.5 * jobs as f64;
    let mut above = 0.0;
    for (h, (_, weight)) in heads.iter().zip(&sizes) {
        let i = w.firms.len();
        let heads = (h + 1) as u32;
        let mut x = stream.at(i);
        let share = b.state_share[s]
            * if above < half {
                b.state_large
            } else {
                2.0 - b.state_large
            };
        above += f64::from(heads);
        carried += gap * f64::from(heads);
        let open = carried as u32;
        carried -= f64::from(open);
        let state = x.uniform() < share;
        let wedge = p.wedge_sd * x.normal() - if state { p.state_wedge } else { 0.0 };
        let age = (-60.0 * x.uniform().ln()).min(400.0) as u16;
        let f = &mut w.firms;
        f.cell.push(c as u16);
        f.state.push(state);
        f.generation.push(0);
        f.age.push(age);
        f.weight.push(*weight);
        f.type_z.push(0.0);
        f.shock.push(x.normal());
        f.wedge.push(wedge);
        f.capital.push(0.0);
        f.land_m2.push(0);
        f.data.push(0.0);
        f.data_used.push(0.0);
        f.deposits.push(0);
        f.debt.push(0);
        f.loan_rate.push(0.0);
        f.borrowed.push(false);
        f.wage.push(0.0);
        f.heads.push(heads);
        f.efficiency.push(0.0);
        f.target.push(heads + open);
        f.openings.push(open);
        f.unfilled.push(open);
        f.planned_revenue.push(0.0);
        f.planned_investment.push(0.0);
        f.output.push(0.0);
        f.market_weight.push(0.0);
        f.revenue.push(0);
        f.profit.push(0.0);
    }
}

/// Puts the area's employees into the jobs of its firms, in the order of a drawn word.
fn hire(w: &mut World) -> Result<(), BirthError> {
    let stream = w.draws().stream(Stage::Search, 0, 1);
    let mut by_area: Vec<Vec<(u32, u32)>> = vec![Vec::new(); w.geography.areas];
    for i in 0..w.workers.len() {
        if w.workers.status[i] == Status::Employed {
            let a = w.geography.area[w.workers.region[i] as usize] as usize;
            by_area[a].push((stream.at(i).word(), i as u32));
        }
    }
    let mut next = vec![0usize; w.geography.areas];
    by_area.iter_mut().for_each(|l| l.sort_unstable());
    for f in 0..w.firms.len() {
        let a = w.geography.area[w.firms.region(f)] as usize;
        for _ in 0..w.firms.heads[f] {
            let &(_, i) = by_area[a]
                .get(next[a])
                .ok_or_else(|| BirthError::Impossible(format!("area {a} has more jobs than employees")))?;
            next[a] += 1;
            let i = i as usize;
            w.workers.employer[i] = f as u32;
            let pi = w.groups.price[a][w.workers.group(i)];
            w.firms.efficiency[f] += f64::from(w.workers.efficiency[i]) * pi;
        }
    }
    for (a, (used, all)) in next.iter().zip(&by_area).enumerate() {
        if *used != all.len() {
            return Err(BirthError::Impossible(format!(
                "area {a} fills {used} of {} employees",
                all.len()
            )));
        }
    }
    Ok(())
}

/// Exponents and start wages of the cells, revenues of firms and of own-account workers.
fn technology(w: &mut World, data: &SeedEconomy, population: &Population) {
    let p = w.params.firms.clone();
    let b = w.params.birth.clone();
    let city = &data.city;
    let labour_share = [
        city.compensation_share_industry,
        city.compensation_share_services,
        city.compensation_share_digital,
    ];
    let rho = (p.sigma - 1.0) / p.sigma;
    let scale = f64::from(w.scale);
    let g = w.geography.clone();
    // mean value added per job of a sector, for the wage rule
    let mut mean = [[0.0; 2]; SECTORS];
    for c in 0..w.cell_count() {
        let heads: f64 = cell_range(w, c).map(|f| f64::from(w.firms.heads[f])).sum();
        mean[c % SECTORS][0] += value_added(data, c / SECTORS, c % SECTORS + 1);
        mean[c % SECTORS][1] += heads * scale;
    }
    // compensation in the accounts is wages and the mixed income of own-account workers: an area's total is split
    // such that own-account income stands in its ratio to net pay
    let mut pay = vec![[0.0f64; 3]; g.areas];
    for c in 0..w.cell_count() {
        let a = g.area[c / SECTORS] as usize;
        let heads: f64 = cell_range(w, c).map(|f| f64::from(w.firms.heads[f])).sum();
        let va = value_added(data, c / SECTORS, c % SECTORS + 1);
        pay[a][0] += va * labour_share[c % SECTORS];
        pay[a][1] += heads * (1.0 + w.rules[c / SECTORS].fiscal.payroll);
        if c % SECTORS == SERVICES {
            pay[a][2] += b.own_account_income * population.status[c / SECTORS][2] as f64;
        }
    }
    let net_pay: Vec<f64> = pay
        .iter()
        .map(|[total, heads, own]| total / (heads + own).max(1.0))
        .collect();
    for c in 0..w.cell_count() {
        let (r, s) = (c / SECTORS, c % SECTORS);
        let a = g.area[r] as usize;
        let va = value_added(data, r, s + 1);
        let own_people = if s == SERVICES {
            population.status[r][2] as f64
        } else {
            0.0
        };
        let own = (own_people * b.own_account_income * net_pay[a]).min(0.5 * va);
        let x = va - own;
        let range = cell_range(w, c);
        let tax = w.rules[r].fiscal.production_tax;
        let heads: f64 = range.clone().map(|f| f64::from(w.firms.heads[f])).sum::<f64>() * scale;
        let relative = (va / heads.max(1.0)) / (mean[s][0] / mean[s][1].max(1.0));
        let wages = (labour_share[s] * va - own) / x;
        let share = (wages * relative.powf(b.wage_to_productivity - 1.0))
            .max(b.labour_share_low)
            .min(b.labour_share_high);
        let beta = share / ((1.0 - tax) * rho);
        let alpha = (p.returns_to_scale - beta - p.land_exponent).max(0.05);
        let t = Technology {
            beta,
            alpha,
            gamma: p.land_exponent,
            eta: p.data_exponent,
            sigma: p.sigma,
        };
        let weight: f64 = range
            .clone()
            .map(|f| {
                let (h, t_) = (f64::from(w.firms.heads[f]), f64::from(w.firms.target[f]));
                w.firms.efficiency[f] * scale * (t_ / h) * (h / t_).powf(beta * rho)
            })
            .sum();
        let wage = if weight > 0.0 { share * x / weight } else { 0.0 };
        w.cells.technology.push(t);
        w.cells.start_wage.push(wage);
        w.cells.belief.push(va);
        w.cells.quantity.push(va);
        w.cells.own_revenue.push(own as i64);
        w.cells.start_value.push(0.0);
        w.cells.own_weight.push(if own_people > 0.0 {
            own / va * (va / (own_people * scale)).powf(rho)
        } else {
            0.0
        });
        for f in range {
            let (h, t_) = (f64::from(w.firms.heads[f]), f64::from(w.firms.target[f]));
            let planned = wage * w.firms.efficiency[f] * scale * (t_ / h) / ((1.0 - tax) * rho * beta);
            w.firms.wage[f] = wage;
            w.firms.planned_revenue[f] = planned;
            w.firms.revenue[f] = (planned * (h / t_).powf(beta * rho)) as i64;
        }
    }
}

/// Firms of a cell.
fn cell_range(w: &World, c: usize) -> std::ops::Range<usize> {
    w.cell_start[c] as usize..w.cell_start[c + 1] as usize
}

/// Which private firms have a bank at the start: the visits of the quarters before, on frozen firms, so that the
/// banked share is stationary under the status quo.
fn finance(w: &mut World) {
    let p = w.params.credit.clone();
    let firm = w.params.firms.clone();
    let n = w.firms.len();
    // a first guess of capital at the required return orders scores
    for f in 0..n {
        let c = w.firms.cell[f] as usize;
        let t = w.cells.technology[c];
        let tax = w.rules[c / SECTORS].fiscal.production_tax;
        let cost = 0.25 * (firm.required_return + firm.depreciation) * w.firms.wedge[f].exp();
        w.firms.capital[f] = (1.0 - tax) * t.rho() * t.alpha * w.firms.planned_revenue[f] / cost;
        w.firms.profit[f] = profit_before_finance(w, f);
        w.firms.borrowed[f] = w.firms.state[f];
    }
    let raw: Vec<f64> = (0..n)
        .map(|f| crate::world::raw_score(w, f, crate::world::private_score(w, f)))
        .collect();
    let weights = (0..n)
        .filter(|&f| !w.firms.state[f])
        .map(|f| (raw[f], w.firms.weight[f]));
    let (mean, sd) = mean_sd(weights).unwrap_or((0.0, 1.0));
    w.score_norm = [mean, sd.max(1e-6)];
    let mut loans: Vec<(f64, f64)> = (0..n)
        .filter(|&f| !w.firms.state[f])
        .map(|f| {
            (
                crate::world::leverage(w, f) * w.firms.capital[f] / w.firms.weight[f],
                w.firms.weight[f],
            )
        })
        .collect();
    loans.sort_by(|a, b| a.0.total_cmp(&b.0));
    let half = 0.5 * loans.iter().map(|l| l.1).sum::<f64>();
    let mut mass = 0.0;
    w.median_loan = loans
        .iter()
        .find(|l| {
            mass += l.1;
            mass >= half
        })
        .map_or(1.0, |l| l.0);
    let rounds = w.params.birth.credit_quarters;
    let now = w.stream_tick();
    for round in now - rounds..now {
        let luck = w.draws().stream(Stage::Credit, round, 1);
        for f in 0..n {
            let r = w.firms.region(f);
            let law = &w.rules[r].credit;
            let chance = if w.firms.borrowed[f] {
                credit::due(law)
            } else {
                credit::considers(&p, law)
            };
            if w.firms.state[f] || luck.at(f).uniform() >= chance {
                continue;
            }
            let b: Borrower = crate::world::borrower(w, f, round);
            let d = credit::visit(&p, law, &b);
            w.firms.borrowed[f] = d.approved;
            w.firms.debt[f] = 0;
            if d.approved {
                w.firms.loan_rate[f] = d.rate;
                w.firms.debt[f] = (crate::world::leverage(w, f) * w.firms.capital[f]) as i64;
            }
        }
    }
    for f in (0..n).filter(|&f| w.firms.state[f]) {
        let b = crate::world::borrower(w, f, w.stream_tick());
        w.firms.loan_rate[f] = credit::visit(&p, &w.rules[w.firms.region(f)].credit, &b).rate;
    }
}

fn profit_before_finance(w: &World, f: usize) -> f64 {
    let c = w.firms.cell[f] as usize;
    let tax = w.rules[c / SECTORS].fiscal.production_tax;
    let revenue = w.firms.revenue[f] as f64;
    let bill = w.firms.wage[f] * w.firms.efficiency[f] * f64::from(w.scale);
    (1.0 - tax) * revenue - bill - 0.25 * w.params.firms.depreciation * w.firms.capital[f]
}

/// Capital, land and data from first-order conditions at the firm's own cost of finance, then productivity from
/// output; shocks are correlated with levels so that the distribution is stationary.
fn invert(w: &mut World) {
    let p = w.params.firms.clone();
    let rho = (p.sigma - 1.0) / p.sigma;
    let n = w.firms.len();
    for f in 0..n {
        let c = w.firms.cell[f] as usize;
        let r = c / SECTORS;
        let t = w.cells.technology[c];
        let tax = w.rules[r].fiscal.production_tax;
        let planned = w.firms.planned_revenue[f];
        let cost = crate::world::user_cost(w, f) * w.firms.wedge[f].exp();
        w.firms.capital[f] = (1.0 - tax) * rho * t.alpha * planned / cost;
        let fading = 0.25 * w.params.data.fading;
        w.firms.data[f] = w.firms.revenue[f] as f64 / w.firms.weight[f] / fading;
        w.firms.data_used[f] = w.firms.data[f];
        let share = crate::world::leverage(w, f);
        w.firms.debt[f] = if w.firms.borrowed[f] {
            (share * w.firms.capital[f]) as i64
        } else {
            0
        };
    }
    // land is inverted with the budgets (it needs prices); productivity follows there
}

/// Productivity that makes start output consistent with start inputs.
pub(super) fn productivity(w: &mut World) {
    let p = w.params.firms.clone();
    let scale = f64::from(w.scale);
    let n = w.firms.len();
    let rho = (p.sigma - 1.0) / p.sigma;
    for f in 0..n {
        let c = w.firms.cell[f] as usize;
        let t = w.cells.technology[c];
        let demand = w.firms.weight[f] * w.cells.belief[c];
        let output = (w.firms.revenue[f] as f64 * demand.powf(-1.0 / p.sigma)).powf(1.0 / rho);
        let labour = w.firms.efficiency[f] * scale;
        let one = t.theta(
            w.firms.weight[f],
            0.0,
            w.firms.data_used[f],
            w.firms.capital[f],
            w.firms.land_m2[f] as f64,
        );
        w.firms.output[f] = output;
        w.firms.type_z[f] = (output / (one * labour.powf(t.beta))).ln();
    }
    // split log productivity into level and shock: shock = b (z - mean) + noise, Var = stationary variance
    for c in 0..w.cell_count() {
        let range = cell_range(w, c);
        let Some((mean, sd)) = mean_sd(range.clone().map(|f| (w.firms.type_z[f], f64::from(w.firms.heads[f])))) else {
            continue;
        };
        for f in range {
            let s = crate::world::shock_sd(&p, w.firms.size(f, scale));
            let keep = p.shock_persistence.powf(0.25);
            let var = s * s / (1.0 - keep * keep);
            let slope = (var / (sd * sd).max(1e-9)).min(0.5);
            let noise = (var * (1.0 - slope)).sqrt() * w.firms.shock[f].clamp(-3.0, 3.0);
            w.firms.shock[f] = slope * (w.firms.type_z[f] - mean) + noise;
            w.firms.type_z[f] -= w.firms.shock[f];
        }
    }
}
