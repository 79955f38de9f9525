//! The production stage: output of firms, of own-account workers (in the cell aggregate) and of farms.

use crate::agents::firms::{SECTORS, SERVICES};
use crate::agents::workers::Status;
use crate::base::blocks::{self, FIRM_BLOCK};
use crate::base::lanes::{Lanes, Real, in_runs};
use crate::books::Tally;
use crate::world::{FarmTerms, World, resource_gain};
use std::ops::Range;

/// Firms, own-account workers and farms produce.
pub(super) fn run(w: &mut World) -> Tally {
    let mut made = std::mem::take(&mut w.firms.output);
    let mut weight = std::mem::take(&mut w.firms.market_weight);
    let view: &World = w;
    let columns = (&mut made[..], &mut weight[..]);
    blocks::map_into(
        FIRM_BLOCK,
        columns,
        || (),
        |start, (made, weight), ()| {
            for (c, run, at) in view.firms.runs(start..start + made.len()) {
                let (y, in_sales) = output(view, (c, &run), &made[at.clone()]);
                y.put(&mut made[at.clone()]);
                in_sales.put(&mut weight[at]);
            }
        },
    );
    w.firms.output = made;
    w.firms.market_weight = weight;
    (w.cells.variety, w.cells.quantity) = blocks::map_each(w.cell_count(), |c| aggregate(w, c))
        .into_iter()
        .unzip();
    farms(w);
    Tally::default()
}

/// Output of a `run` of firms of cell `c`, Theta L^beta (E / weight)^eps less what cuts and abatement take, and their
/// weight in the cell's sales, weight^(1/sigma) y^rho. The energy stage left Theta L^beta, `made`.
fn output(w: &World, (c, run): (usize, &Range<usize>), made: &[f64]) -> (Lanes, Lanes) {
    let (t, firms) = (w.cells.technology[c], &w.firms);
    let (made, kwh) = (
        Lanes::of(run, |f| made[f - run.start]),
        Lanes::of(run, |f| firms.power_kwh[f]),
    );
    let weight = Lanes::of(run, |f| firms.weight[f]);
    let y = made * resource_gain(w, c, kwh, weight).exp();
    (y, weight.powf(1.0 / t.sigma) * y.powf(t.rho()))
}

/// Variety and CES aggregate of cell `c` over its firms and its own-account workers (Dixit and Stiglitz 1977), without love of
/// variety (Feenstra 1994: what new varieties are worth goes by their share of sales and not by their number). The
/// aggregate does not grow with the mere number of firms.
fn aggregate(w: &World, c: usize) -> (f64, f64) {
    let t = w.cells.technology[c];
    let mut sum = 0.0;
    for f in w.firms_of(c) {
        sum += w.firms.market_weight[f];
    }
    if c % SECTORS == SERVICES {
        sum += w.own_account_weight(c);
    }
    let variety = w.cells.start_firms[c] / w.effective_firms(c).max(1e-9);
    (variety, variety.powf(1.0 / (t.sigma - 1.0)) * sum.powf(1.0 / t.rho()))
}

/// The crops of households that till land, and farm output by region.
fn farms(w: &mut World) {
    let view: &World = w;
    let terms: Vec<FarmTerms> = (0..w.geography.inside).map(|r| FarmTerms::of(w, r)).collect();
    let (params, scale) = (&w.params.farmland, f64::from(w.scale));
    let parts = blocks::map(w.workers.len(), |range| {
        let (mut y, mut crops) = (vec![0.0; terms.len()], Vec::new());
        let (skill, village) = (
            &view.workers.farm_skill[range.clone()],
            &view.workers.village[range.clone()],
        );
        let (status, operated) = (&view.workers.status[range.clone()], &view.workers.operated_m2[range]);
        let region = |k: usize| view.farming.village_region[village[k] as usize] as usize;
        let farmers = (0..operated.len()).filter(|&k| operated[k] != 0 && status[k] != Status::Free);
        in_runs(farmers, |run| {
            let terms = |k: usize| (&terms[region(run[k])], skill[run[k]], operated[run[k]]);
            let made = FarmTerms::outputs(params, scale, &(0..run.len()), terms);
            for (&k, made) in run.iter().zip(made.numbers()) {
                y[region(k)] += made;
                crops.push(*made);
            }
        });
        (y, crops)
    });
    let (by_region, crops) = parts.into_iter().unzip();
    w.farming.output = blocks::add_all(by_region);
    w.farming.crops = crops;
}
