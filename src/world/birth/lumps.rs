//! Birth of firm sizes: systematic quantiles of a truncated Pareto, small firms in weighted lumps.

use crate::agents::firms::SECTORS;
use crate::base::draws::{Reader, Stage};
use crate::base::split::split;
use crate::base::stats::{pareto_mean, pareto_quantile};
use crate::scenario::behaviour::Behaviour;
use crate::scenario::seed::SeedEconomy;
use crate::world::World;

/// A lump of equal firms of one size class.
struct Lump {
    /// People who work in all its firms.
    people: f64,
    /// Its firms.
    firms: f64,
}

/// Firms of cell `c`, from the largest: agents are spread over the lumps by size, at least one each; `gap` is the share
/// of jobs open.
pub(super) fn lumps(w: &mut World, data: &SeedEconomy, c: usize, jobs: i64, gap: f64) {
    if jobs == 0 {
        return;
    }
    let (r, s) = (c / SECTORS, c % SECTORS);
    let firms = (data.regions[r].enterprises * w.params.birth.enterprise_share[s]).max(1.0);
    let lumps = sizes(&w.params, firms, jobs, f64::from(w.scale));
    let weights: Vec<f64> = lumps.iter().map(|l| l.people).collect();
    let mut heads = vec![0i64; lumps.len()];
    split(jobs - lumps.len() as i64, &weights, &mut heads);
    let stream = w.draws().stream(Stage::BirthFirms, 0, 16);
    let mut carried = 0.5;
    let mut above = 0.0;
    for (h, lump) in heads.iter().zip(&lumps) {
        let heads = (h + 1) as u32;
        let large = above < 0.5 * jobs as f64;
        above += f64::from(heads);
        carried += gap * f64::from(heads);
        let open = carried as u32;
        carried -= f64::from(open);
        let luck = stream.at(w.firms.len());
        push(w, c, (heads, open), lump.firms, state_chance(&w.params, s, large), luck);
    }
}

/// Chance that a firm of sector `s` is state-held: more where the larger firms employ half of the cell.
fn state_chance(p: &Behaviour, s: usize, large: bool) -> f64 {
    let b = &p.birth;
    b.state_share[s] * if large { b.state_large } else { 2.0 - b.state_large }
}

/// Sizes of `firms` firms with `jobs` agents, by systematic quantiles from the largest; neighbours are lumped until they
/// employ enough agents. The lower end of the Pareto law is such that its mean is people over firms.
fn sizes(p: &Behaviour, firms: f64, jobs: i64, scale: f64) -> Vec<Lump> {
    let b = &p.birth;
    let persons = jobs as f64 * scale;
    let hi = b.size_max.min(0.25 * persons).max(2.0);
    let mean = (persons / firms).max(1.2);
    let lo = lower_end(b.size_exponent, hi, mean);
    let n = (persons / mean).round().max(1.0) as usize;
    let wanted_lumps = b.lumps.min(jobs as f64);
    let enough = b.lump_agents.min(jobs as f64 / wanted_lumps).max(1.0) * (scale - 1.0);
    let mut lumps: Vec<Lump> = Vec::new();
    let (mut people, mut firms) = (0.0, 0.0);
    for k in 0..n {
        let u = 1.0 - (k as f64 + 0.5) / n as f64;
        people += pareto_quantile(u, b.size_exponent, lo, hi);
        firms += 1.0;
        if people >= enough {
            lumps.push(Lump { people, firms });
            (people, firms) = (0.0, 0.0);
        }
    }
    if firms > 0.0 {
        match lumps.last_mut() {
            Some(last) => {
                last.people += people;
                last.firms += firms;
            }
            None => lumps.push(Lump { people, firms }),
        }
    }
    lumps.truncate(jobs as usize);
    lumps
}

/// Lower end of a Pareto law with upper end `hi` at which its mean is `mean`, by bisection.
fn lower_end(exponent: f64, hi: f64, mean: f64) -> f64 {
    let (mut a, mut b) = (0.2f64, hi * 0.99);
    for _ in 0..80 {
        let mid = 0.5 * (a + b);
        if pareto_mean(exponent, mid, hi) < mean {
            a = mid
        } else {
            b = mid
        }
    }
    0.5 * (a + b)
}

/// Adds a lump of `weight` firms with `heads` employees and `open` openings: ownership, wedge, age and first shock are
/// drawn; what money and technology say follows.
fn push(w: &mut World, c: usize, (heads, open): (u32, u32), weight: f64, state_chance: f64, mut x: Reader) {
    let p = &w.params.firms;
    let state = x.uniform() < state_chance;
    let wedge = p.wedge_sd * x.normal() - if state { p.state_wedge } else { 0.0 };
    let age = (-60.0 * x.uniform().ln()).min(400.0) as u16;
    let f = &mut w.firms;
    f.cell.push(c as u16);
    f.state.push(state);
    f.generation.push(0);
    f.age.push(age);
    f.weight.push(weight);
    f.type_z.push(0.0);
    f.own_size.push(1.0);
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
    f.skill.push(0.0);
    f.target.push(heads + open);
    f.openings.push(open);
    f.unfilled.push(open);
    f.planned_revenue.push(0.0);
    f.planned_investment.push(0.0);
    f.output.push(0.0);
    f.market_weight.push(0.0);
    f.revenue.push(0);
    f.profit.push(0.0);
    f.power_kwh.push(0.0);
    f.knowledge.push(0.0);
    f.planned_research.push(0.0);
    f.licence.push(0.0);
}
