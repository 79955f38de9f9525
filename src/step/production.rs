//! The production stage: output of firms, of own-account workers (in the cell aggregate) and of farms.

use crate::agents::firms::{SECTORS, SERVICES};
use crate::base::blocks;
use crate::books::Tally;
use crate::world::{World, farm_output, resource_gain};

/// Firms, own-account workers and farms produce.
pub(super) fn run(w: &mut World) -> Tally {
    let view: &World = w;
    let made = blocks::map_firms(w.firms.len(), |_| (), |(), f| output(view, f));
    for (f, &(output, market_weight)) in made.iter().enumerate() {
        w.firms.output[f] = output;
        w.firms.market_weight[f] = market_weight;
    }
    for c in 0..w.cell_count() {
        aggregate(w, c);
    }
    farms(w);
    Tally::default()
}

/// Output of firm `f`, Theta L^beta (E / weight)^eps less what cuts and abatement take, and its weight in the cell's
/// sales, weight^(1/sigma) y^rho. The energy stage left Theta L^beta.
fn output(w: &World, f: usize) -> (f64, f64) {
    let t = w.cells.technology[w.firms.cell[f] as usize];
    let y = w.firms.output[f] * resource_gain(w, f).exp();
    (y, w.firms.weight[f].powf(1.0 / t.sigma) * y.powf(t.rho()))
}

/// CES aggregate of cell `c` over its firms and its own-account workers (Dixit and Stiglitz 1977), without love of
/// variety (Feenstra 1994: what new varieties are worth goes by their share of sales and not by their number). The
/// aggregate does not grow with the mere number of firms.
fn aggregate(w: &mut World, c: usize) {
    let t = w.cells.technology[c];
    let mut sum = 0.0;
    for f in w.firms_of(c) {
        sum += w.firms.market_weight[f];
    }
    if c % SECTORS == SERVICES {
        sum += w.own_account_weight(c);
    }
    w.cells.variety[c] = w.cells.start_firms[c] / w.effective_firms(c).max(1e-9);
    let variety = w.cells.variety[c].powf(1.0 / (t.sigma - 1.0));
    w.cells.quantity[c] = variety * sum.powf(1.0 / t.rho());
}

/// Farm output by region.
fn farms(w: &mut World) {
    let view: &World = w;
    let parts = blocks::map(w.workers.len(), |range| {
        let mut y = vec![0.0; view.geography.inside];
        for i in range {
            if let Some((region, output)) = farm_output(view, i) {
                y[region] += output;
            }
        }
        y
    });
    w.farming.output = blocks::add_all(parts);
}
