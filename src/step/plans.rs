//! The plans stage: wages, then the labour, capital and revenue that firms plan for (model, 7.1).

use crate::agents::firms::SECTORS;
use crate::base::blocks::{self, FIRM_BLOCK};
use crate::base::draws::{self, Reader, Stage};
use crate::base::lanes::{LANES, Lanes, Real, of_each};
use crate::base::log::ln;
use crate::base::stats::laplace_quantile;
use crate::books::Tally;
use crate::markets::labour;
use crate::world::{World, cell_gain, crowding, know_how, power_price, research_plan, shock_sd, user_cost};
use std::mem::take;
use std::ops::Range;

/// Firms set wages, then the labour, capital and revenue they plan for.
pub(super) fn run(w: &mut World) -> Tally {
    post_wages(w);
    let luck = w.draws().stream(Stage::Productivity, w.stream_tick(), 1);
    let round = w.draws().stream(Stage::Rounding, 0, 1);
    let buyer = w.buyer_prices();
    let known = Known {
        keep: w.params.firms.shock_persistence.powf(0.25),
        crowd: crowding(w),
        capital_price: (0..w.geography.inside).map(|r| w.capital_price(&buyer, r)).collect(),
        research_price: (0..w.geography.inside).map(|r| w.research_price(&buyer, r)).collect(),
        skill: w.mean_skill(),
    };
    let firms = &mut w.firms;
    let (mut shock, mut target) = (take(&mut firms.shock), take(&mut firms.target));
    let (mut revenue, mut investment) = (take(&mut firms.planned_revenue), take(&mut firms.planned_investment));
    let mut research = take(&mut firms.planned_research);
    let view: &World = w;
    let columns = (
        (&mut shock[..], &mut target[..]),
        ((&mut revenue[..], &mut investment[..]), &mut research[..]),
    );
    blocks::map_into(
        FIRM_BLOCK,
        columns,
        || (),
        |start, columns, ()| {
            let ((shock, target), ((revenue, investment), research)) = columns;
            let mut luck = (luck.at(start), round.at(start));
            for (c, run, at) in view.firms.runs(start..start + shock.len()) {
                let plan = plan(view, &known, (c, &run), &shock[at.clone()], &mut luck);
                plan.shock.put(&mut shock[at.clone()]);
                target[at.clone()].copy_from_slice(&plan.target[..at.len()]);
                plan.revenue.put(&mut revenue[at.clone()]);
                plan.investment.put(&mut investment[at.clone()]);
                plan.research.put(&mut research[at]);
            }
        },
    );
    let firms = &mut w.firms;
    (firms.shock, firms.target) = (shock, target);
    (firms.planned_revenue, firms.planned_investment) = (revenue, investment);
    firms.planned_research = research;
    firms.age.iter_mut().for_each(|age| *age = age.saturating_add(1));
    Tally::default()
}

/// The wage curve: posted wages follow the area's slack, the firm's own unfilled openings and the cell's mean, and do
/// not fall below the minimum wage.
fn post_wages(w: &mut World) {
    let mean = blocks::map_each(w.cell_count(), |c| mean_log_wage(w, c));
    let slack = |(now, start): (&f64, &f64)| (now.max(1e-3) / start.max(1e-3)).ln();
    let slack: Vec<f64> = w
        .areas
        .unemployment
        .iter()
        .zip(&w.areas.start_unemployment)
        .map(slack)
        .collect();
    let mut wages = take(&mut w.firms.wage);
    let view: &World = w;
    let post = |c: usize, run: &Range<usize>, before: &[f64]| {
        let a = view.geography.area[c / SECTORS] as usize;
        let before = Lanes::of(run, |f| before[f - run.start]);
        let to_mean = before.map(|wage| mean[c] - ln(wage));
        let change = Lanes::of(run, |f| {
            let gap = if view.firms.openings[f] > 0 {
                f64::from(view.firms.unfilled[f]) / f64::from(view.firms.openings[f]) - view.areas.normal_unfilled[a]
            } else {
                0.0
            };
            labour::wage_change(&view.params.labour, slack[a], gap, to_mean.numbers()[f - run.start])
        });
        (before * change.exp()).max(view.rules[c / SECTORS].labour.minimum_wage * view.cells.start_wage[c])
    };
    blocks::map_into(
        FIRM_BLOCK,
        &mut wages[..],
        || (),
        |start, wages, ()| {
            for (c, run, at) in view.firms.runs(start..start + wages.len()) {
                let wages = &mut wages[at];
                post(c, &run, wages).put(wages);
            }
        },
    );
    w.firms.wage = wages;
}

/// Mean log wage of cell `c`, by heads.
fn mean_log_wage(w: &World, c: usize) -> f64 {
    let (mut sum, mut all) = (0.0, 0.0);
    for f in w.firms_of(c) {
        let heads = f64::from(w.firms.heads[f].max(1));
        sum += heads * ln(w.firms.wage[f]);
        all += heads;
    }
    sum / all
}

/// What all firms see when they plan.
struct Known {
    /// Quarterly persistence of productivity shocks.
    keep: f64,
    /// Log gain from agglomeration by area.
    crowd: Vec<f64>,
    /// Price of capital goods by region.
    capital_price: Vec<f64>,
    /// Price of research by region.
    research_price: Vec<f64>,
    /// Efficiency units of an employee by area [agents].
    skill: Vec<f64>,
}

/// What the firms of a run plan for the quarter.
struct Plan {
    /// Log deviation of productivity from the firm's own level.
    shock: Lanes,
    /// Agents wanted.
    target: [u32; LANES],
    /// Revenue expected [fen].
    revenue: Lanes,
    /// Investment wanted [fen].
    investment: Lanes,
    /// Research wanted [fen].
    research: Lanes,
}

/// Plan of a `run` of firms of cell `c`, whose shocks were `before`: productivity is shocked; labour and capital follow from
/// their first-order conditions under the demand that a firm believes in; capital closes part of its gap.
fn plan(
    w: &World,
    known: &Known,
    (c, run): (usize, &Range<usize>),
    before: &[f64],
    (luck, round): &mut (Reader, Reader),
) -> Plan {
    let (p, firms) = (&w.params.firms, &w.firms);
    let scale = f64::from(w.scale);
    let (r, t) = (c / SECTORS, w.cells.technology[c]);
    let (area, tax) = (w.geography.area[r] as usize, w.rules[r].fiscal.production_tax);
    let of = |column: &[f64]| Lanes::of(run, |f| column[f]);
    let sd = shock_sd(p, Lanes::of(run, |f| firms.size(f, scale)));
    let before = Lanes::of(run, |f| before[f - run.start]);
    let shock = before * known.keep + sd * laplace_quantile(Lanes::of(run, |_| luck.uniform()));
    let z = of(&firms.type_z) + shock + know_how(w, of) + known.crowd[area] + cell_gain(w, c);
    let (capital, land) = (of(&firms.capital), Lanes::of(run, |f| firms.land_m2[f] as f64));
    let lump = t.lump(of(&firms.weight), w.cells.belief[c], power_price(w, r), tax);
    let theta = t.theta(lump.number, z, of(&firms.data_used), capital, land);
    let wage = of(&firms.wage);
    let wanted = t.labour_wanted(&lump, theta, wage, tax);
    let target = of_each(run.clone(), |f| {
        let luck_of_rounding = draws::unit(round.word_of(firms.generation[f]));
        let employed = (f64::from(firms.heads[f]), firms.skill[f].max(0.05));
        let wanted = wanted.numbers()[f - run.start] / scale;
        labour::target(
            labour::heads_wanted(wanted, employed, known.skill[area]),
            luck_of_rounding,
        )
    });
    let revenue = wage * wanted / ((1.0 - tax) * t.rho() * t.beta);
    let cost = Lanes::of(run, |f| user_cost(w, f)) * of(&firms.wedge).exp() * known.capital_price[r];
    let want = t.input_wanted(t.alpha, tax, revenue, cost);
    let invest = capital * (0.25 * p.depreciation) + (want - capital) * (0.25 * p.adjustment);
    let price = known.research_price[r];
    Plan {
        shock,
        target,
        revenue,
        investment: invest.max(0.0) * known.capital_price[r],
        research: Lanes::of(run, |f| research_plan(w, f, revenue.numbers()[f - run.start], price)),
    }
}
