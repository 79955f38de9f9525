//! Birth of laboratories: stocks of ideas at their stationary values under the law of the start, and what is normal of
//! research, licences and knowledge.

use super::FEN;
use crate::agents::laboratories::{CLASSES, Laboratories, invent, start_threshold};
use crate::markets::technology;
use crate::world::{World, licence_chance, licence_offer, licence_rate, research_terms};

/// Laboratories of all inside regions; their money is that of the budgets.
pub(super) fn laboratories(w: &mut World) {
    let p = w.params.laboratories.clone();
    let inside = w.geography.inside;
    let mut labs = Laboratories {
        ideas: vec![[0.0; CLASSES]; inside],
        disclosed: vec![[0.0; CLASSES]; inside],
        quality: vec![0.0; inside],
        inventors: vec![0; inside],
        recruiting: vec![0; inside],
        ..std::mem::take(&mut w.laboratories)
    };
    for r in 0..inside {
        let law = research_terms(w, r);
        let arrivals = labs.money[r] as f64 / (p.idea_cost * FEN);
        let threshold = start_threshold(&p, &law);
        let flow = invent(&p, &law, threshold, arrivals, 1.0, 1.0);
        let stationary = 4.0 / p.fading;
        labs.ideas[r] = flow.ideas.map(|x| x * stationary);
        labs.disclosed[r] = flow.disclosed.map(|x| x * stationary);
        labs.quality[r] = flow.quality * stationary;
        labs.arrivals.push(arrivals);
        labs.threshold.push(threshold);
    }
    let (research, revenue) = (0..w.firms.len()).fold((0.0, 0.0), |(n, y), f| {
        let x = w.firms.revenue[f] as f64;
        (n + if w.firms.knowledge[f] > 0.0 { x } else { 0.0 }, y + x)
    });
    let own: i64 = w.cells.own_revenue.iter().sum();
    labs.spillover = technology::spillover(&w.params.technology, research / f64::max(revenue + own as f64, 1.0));
    labs.knowledge = (0..w.firms.len())
        .map(|f| w.firms.knowledge[f] * w.firms.weight[f])
        .sum();
    let offer = licence_offer(w, 1.0);
    let fees: f64 = (0..w.firms.len())
        .map(|f| {
            let (rate, price) = licence_rate(w, f, &offer, licence_chance(w, w.firms.region(f), 1.0));
            rate * price * w.firms.weight[f]
        })
        .sum();
    labs.income = fees / labs.stock()[1].max(1e-9);
    (labs.start_money, labs.start_skill) = (vec![0.0; inside], vec![0.0; inside]);
    w.laboratories = labs;
    w.normal_technology();
}
