//! Birth of firms: sizes, jobs filled to the last agent, capital and land from first-order conditions with the wedges,
//! productivity by inversion.

use super::population::Population;
use super::{BirthError, cell, energy, lumps, technology, value_added, workers_of};
use crate::agents::firms::{SECTORS, SERVICES};
use crate::agents::workers::Status;
use crate::base::blocks::{self, FIRM_BLOCK};
use crate::base::draws::{Stage, Stream};
use crate::base::order;
use crate::base::split::split;
use crate::base::stats::mean_sd;
use crate::scenario::seed::SeedEconomy;
use crate::world::{
    Desk, World, accepted_debt, counters, know_how, knowledge_wanted, licence_offer, private_scores, raw_score,
    shock_sd, stationary_licence, user_cost, wanted_debt, wear,
};

/// All firms of all cells.
pub(super) fn firms(w: &mut World, data: &SeedEconomy, population: &Population) -> Result<(), BirthError> {
    let jobs = jobs(w, data, population);
    let gap = normal_vacancies(w);
    for (c, &n) in jobs.iter().enumerate() {
        w.cell_start.push(w.firms.len() as u32);
        lumps::lumps(w, data, c, n, gap);
    }
    w.cell_start.push(w.firms.len() as u32);
    hire(w)?;
    technology::technology(w, data, population);
    energy::power_of_firms(w);
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

/// Puts the area's employees into the jobs of its firms, in the order of a drawn word.
fn hire(w: &mut World) -> Result<(), BirthError> {
    let mut luck = w.draws().stream(Stage::Search, 0, 1).walk(0);
    let mut by_area: Vec<Vec<(u32, u32)>> = vec![Vec::new(); w.geography.areas];
    for i in 0..w.workers.len() {
        if w.workers.status[i] == Status::Employed {
            let a = w.geography.area[w.workers.region[i] as usize] as usize;
            by_area[a].push((luck.to(i, 0).word(), i as u32));
        }
    }
    let mut next = vec![0usize; w.geography.areas];
    let mut units = vec![0.0; w.firms.len()];
    by_area.iter_mut().for_each(|list| order::sort(list));
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
            units[f] += f64::from(w.workers.efficiency[i]) * pi;
        }
    }
    // wages are not known yet
    w.employ(&units, &vec![1.0; units.len()]);
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

/// Which private firms have a bank at the start: the visits of the quarters before, on frozen firms, so that the
/// banked share is stationary under the status quo.
fn finance(w: &mut World) {
    guess_capital(w);
    normalise_scores(w);
    w.median_loan = median_loan(w);
    let now = w.stream_tick();
    for quarter in now - w.params.birth.credit_quarters..now {
        let view: &World = w;
        let counters = counters(view);
        let desk = Desk::open(view, &counters, quarter);
        let block = |_, firms, (): &mut ()| desk.visits(view, firms);
        let (visits, _) = blocks::map_into(FIRM_BLOCK, 0..view.firms.len(), || (), block);
        for (f, decision) in visits.into_iter().flatten() {
            if w.firms.state[f] {
                continue;
            }
            w.firms.borrowed[f] = decision.approved;
            if decision.approved {
                w.firms.loan_rate[f] = decision.rate;
            }
            w.firms.debt[f] = accepted_debt(w, f) as i64;
        }
    }
    for (f, rate) in state_rates(w, now) {
        w.firms.loan_rate[f] = rate;
    }
}

/// Loan rates of state firms in a quarter (stream tick), by firm [1/year].
fn state_rates(w: &World, quarter: u32) -> Vec<(usize, f64)> {
    let counters = counters(w);
    let state: Vec<usize> = (0..w.firms.len()).filter(|&f| w.firms.state[f]).collect();
    let decisions = Desk::open(w, &counters, quarter).decisions(w, &state);
    decisions.into_iter().map(|(f, decision)| (f, decision.rate)).collect()
}

/// Whether the firms of lump `f` do research of their own, for good.
fn innovates(w: &World, f: usize, luck: &Stream) -> bool {
    luck.at(f).uniform() < w.params.technology.innovators[w.firms.sector(f)]
}

/// A first guess of capital at the required return orders scores.
fn guess_capital(w: &mut World) {
    let luck = w.draws().stream(Stage::Innovator, 0, 1);
    for f in 0..w.firms.len() {
        let p = &w.params.firms;
        let cost = 0.25 * (p.required_return + p.depreciation) * w.firms.wedge[f].exp();
        w.firms.capital[f] = capital_wanted(w, f, cost);
        if innovates(w, f, &luck) {
            w.firms.knowledge[f] = knowledge_wanted(w, f, w.firms.planned_revenue[f], 1.0);
        }
        w.firms.profit[f] = profit_before_finance(w, f);
        w.firms.borrowed[f] = w.firms.state[f];
    }
}

/// Capital of the first-order condition at planned revenue and unit cost `cost`.
fn capital_wanted(w: &World, f: usize, cost: f64) -> f64 {
    let c = w.firms.cell[f] as usize;
    let t = w.cells.technology[c];
    let tax = w.rules[c / SECTORS].fiscal.production_tax;
    t.input_wanted(t.alpha, tax, w.firms.planned_revenue[f], cost)
}

/// Mean and standard deviation that make raw credit scores of private firms standard.
fn normalise_scores(w: &mut World) {
    let private = private_scores(w);
    let scores = (0..w.firms.len())
        .filter(|&f| !w.firms.state[f])
        .map(|f| (raw_score(w, f, private[f]), w.firms.weight[f]));
    let (mean, sd) = mean_sd(scores).unwrap_or((0.0, 1.0));
    w.score_norm = [mean, sd.max(1e-6)];
}

/// Loan of the median private firm [fen].
fn median_loan(w: &World) -> f64 {
    let mut loans: Vec<(f64, f64)> = (0..w.firms.len())
        .filter(|&f| !w.firms.state[f])
        .map(|f| {
            let weight = w.firms.weight[f];
            (wanted_debt(w, f) / weight, weight)
        })
        .collect();
    loans.sort_by(|a, b| a.0.total_cmp(&b.0));
    let half = 0.5 * loans.iter().map(|l| l.1).sum::<f64>();
    let mut mass = 0.0;
    let median = loans.iter().find(|l| {
        mass += l.1;
        mass >= half
    });
    median.map_or(1.0, |l| l.0)
}

/// Operating profit of firm `f` at start revenue.
fn profit_before_finance(w: &World, f: usize) -> f64 {
    let c = w.firms.cell[f] as usize;
    let tax = w.rules[c / SECTORS].fiscal.production_tax;
    let revenue = w.firms.revenue[f] as f64;
    let bill = w.firms.wage[f] * w.firms.efficiency[f] * f64::from(w.scale);
    let power = w.firms.power_kwh[f] * crate::world::power_price(w, c / SECTORS);
    let [capital, knowledge] = wear(w, f);
    (1.0 - tax) * revenue - bill - power - capital - knowledge
}

/// Capital, data and knowledge from first-order conditions at the firm's own cost of finance; gains from licences are
/// stationary. Land is inverted with the budgets
/// (it needs prices); productivity follows there.
fn invert(w: &mut World) {
    let offer = licence_offer(w, 1.0);
    for f in 0..w.firms.len() {
        w.firms.capital[f] = capital_wanted(w, f, user_cost(w, f) * w.firms.wedge[f].exp());
        let fading = 0.25 * w.params.data.fading;
        w.firms.data[f] = w.firms.revenue[f] as f64 / w.firms.weight[f] / fading;
        w.firms.data_used[f] = w.firms.data[f];
        if w.firms.knowledge[f] > 0.0 {
            w.firms.knowledge[f] = knowledge_wanted(w, f, w.firms.planned_revenue[f], 1.0);
        }
        w.firms.licence[f] = stationary_licence(w, f, &offer);
        w.firms.debt[f] = accepted_debt(w, f) as i64;
    }
}

/// Productivity that makes start output consistent with start inputs.
pub(super) fn productivity(w: &mut World) {
    let scale = f64::from(w.scale);
    for f in 0..w.firms.len() {
        let c = w.firms.cell[f] as usize;
        let t = w.cells.technology[c];
        let demand = w.firms.weight[f] * w.cells.belief[c];
        let output = (w.firms.revenue[f] as f64 * demand.powf(-1.0 / t.sigma)).powf(1.0 / t.rho());
        let labour = w.firms.efficiency[f] * scale;
        let (k, land) = (w.firms.capital[f], w.firms.land_m2[f] as f64);
        let weight = w.firms.weight[f];
        let gain = t.energy_gain(w.firms.power_kwh[f], weight) + know_how(w, |column| column[f]);
        let one = t.theta(t.number(weight), gain, w.firms.data_used[f], k, land);
        w.firms.output[f] = output;
        w.firms.type_z[f] = (output / (one * labour.powf(t.beta))).ln();
    }
    for c in 0..w.cell_count() {
        split_productivity(w, c);
    }
}

/// Splits log productivity of cell `c` into level and shock: shock = b (z - mean) + noise, with the variance of the
/// stationary distribution, so that the distribution of levels stays.
fn split_productivity(w: &mut World, c: usize) {
    let range = w.firms_of(c);
    let levels = range.clone().map(|f| (w.firms.type_z[f], f64::from(w.firms.heads[f])));
    let Some((mean, sd)) = mean_sd(levels) else {
        return;
    };
    let keep = w.params.firms.shock_persistence.powf(0.25);
    let t = w.cells.technology[c];
    for f in range {
        let s = shock_sd(&w.params.firms, w.firms.size(f, f64::from(w.scale)));
        let var = s * s / (1.0 - keep * keep);
        let slope = (var / (sd * sd).max(1e-9)).min(0.5);
        let noise = (var * (1.0 - slope)).sqrt() * w.firms.shock[f].clamp(-3.0, 3.0);
        w.firms.shock[f] = slope * (w.firms.type_z[f] - mean) + noise;
        w.firms.type_z[f] -= w.firms.shock[f];
        w.firms.own_size[f] = t.own_size(w.firms.type_z[f] - mean);
    }
}
