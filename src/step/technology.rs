//! The technology stage: laboratories have ideas, inventors disclose them, firms take licences.

use crate::agents::laboratories::{self, arrival_ratio, usable};
use crate::base::blocks;
use crate::base::draws::Stage;
use crate::base::split::split;
use crate::books::{Flow, Tally};
use crate::world::{World, is_small, licence_offer, licence_rate, research_terms};

/// Fen in a yuan.
const FEN: f64 = 100.0;

/// Ideas arrive and fade; firms that meet one take a licence if it is worth its price to them; laboratories and
/// inventors are paid.
pub(super) fn run(w: &mut World) -> Tally {
    let mut t = Tally::default();
    recruit(w);
    for r in 0..w.geography.inside {
        invent(w, r);
    }
    let fees = license(w, &mut t);
    pay_laboratories(w, &mut t, fees);
    t
}

/// Districts pay for the talent recruited since the last quarter: a public programme.
fn recruit(w: &mut World) {
    for (programme, bill) in w.quarter.programmes.iter_mut().zip(&mut w.laboratories.recruiting) {
        *programme += std::mem::take(bill);
    }
}

/// Ratio to the start; one where there was nothing.
fn relative(now: f64, start: f64) -> f64 {
    if start > 0.0 { now / start } else { 1.0 }
}

/// New ideas of the laboratories of region `r`.
fn invent(w: &mut World, r: usize) {
    let p = &w.params.laboratories;
    let (law, start) = (research_terms(w, r), &w.places.start_rules[r].technology);
    let labs = &w.laboratories;
    let money = relative(w.useful_research(r), labs.start_money[r]);
    let skill = relative(w.high_skill(r), labs.start_skill[r]);
    let arrivals = labs.arrivals[r] * arrival_ratio(p, money, skill);
    let quality = usable(p, law.led) / usable(p, start.firm_led_share);
    let income = relative(labs.income, labs.start_income);
    let flow = laboratories::invent(p, &law, labs.threshold[r], arrivals, income, quality);
    let count = |x: &[f64]| x.iter().sum::<f64>();
    w.quarter.ideas[r] = [count(&flow.ideas), count(&flow.disclosed)];
    let fading = p.fading;
    w.laboratories.renew(r, fading, &flow);
}

/// Firms take licences: of a lump the expected number, in whole firms by drawn rounding, as far as their money goes.
/// Returns the fees, which the clearing house holds [fen].
fn license(w: &mut World, t: &mut Tally) -> i64 {
    let luck = w.draws().stream(Stage::Licence, w.stream_tick(), 1);
    let keep = 1.0 - 0.25 * w.params.technology.fading;
    let [ideas, quality] = w.laboratories.stock();
    let [start_ideas, start_quality] = w.laboratories.start_stock;
    let stock = relative(ideas, start_ideas);
    let offer = licence_offer(w, relative(relative(quality, start_quality), stock));
    let view: &World = w;
    let rates = blocks::map_firms(
        w.firms.len(),
        |first| luck.at(first),
        |luck, f| (luck.uniform(), licence_rate(view, f, &offer, stock)),
    );
    let mut fees = 0;
    for (f, (drawn, (rate, price))) in rates.into_iter().enumerate() {
        w.firms.licence[f] *= keep;
        let r = w.firms.region(f);
        let wanted = (w.firms.weight[f] * rate + drawn).floor();
        let affordable = (w.firms.deposits[f].max(0) as f64 / price.max(1.0)).floor();
        let taken = wanted.min(affordable);
        if taken < 1.0 {
            continue;
        }
        let due = (taken * price) as i64;
        let account = (&mut w.firms.deposits[f], w.geography.bank[r] as usize);
        t.pay(Flow::LicenceFees, account, (&mut w.clearing, 0), due);
        w.firms.licence[f] += offer.lift * taken / w.firms.weight[f].max(1.0);
        let large = usize::from(!is_small(w, f));
        w.quarter.licences[r][large] += taken;
        w.quarter.licence_fees[r] += due;
        broker(w, r, taken);
        fees += due;
    }
    let worth = fees as f64 / quality.max(1e-9);
    let speed = w.params.government.revenue_smoothing;
    w.laboratories.income += speed * (worth - w.laboratories.income);
    fees
}

/// The centre of region `r` bears what it costs to broker the licences that would not have been found without it.
fn broker(w: &mut World, r: usize, taken: f64) {
    let found = |friction: f64| 1.0 - friction;
    let start = found(w.places.start_rules[r].technology.search_friction);
    let now = found(w.rules[r].technology.search_friction).max(1e-9);
    let brokered = taken * (1.0 - start / now).max(0.0);
    w.quarter.programmes[r] += (brokered * w.params.technology.brokerage * FEN) as i64;
}

/// Fees are shared by laboratories as their disclosed ideas are; of each part, inventors have their share (paid in
/// equal parts to resident workers of high skill at settlement) and the district that owns the laboratories the rest.
fn pay_laboratories(w: &mut World, t: &mut Tally, fees: i64) {
    let mut parts = vec![0i64; w.geography.inside];
    split(fees, &w.laboratories.quality, &mut parts);
    for (r, &part) in parts.iter().enumerate() {
        let share = w.rules[r].technology.inventor_share;
        let inventors = if w.high_skill(r) > 0.0 {
            (share * part as f64) as i64
        } else {
            0
        };
        w.laboratories.inventors[r] = inventors;
        w.governments.revenue[r] += part - inventors;
        let district = (&mut w.governments.deposits[r], w.geography.bank[r] as usize);
        t.pay(Flow::LicenceIncome, (&mut w.clearing, 0), district, part - inventors);
    }
}
