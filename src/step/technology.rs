//! The technology stage: laboratories have ideas, inventors disclose them, firms take licences.

use crate::agents::laboratories::{self, arrival_ratio, usable};
use crate::base::blocks::{self, FIRM_BLOCK};
use crate::base::draws::Stage;
use crate::base::split::split;
use crate::books::{Flow, Sector, Tally, Till};
use crate::world::{World, is_small, licence_chance, licence_offer, licence_rate, research_terms};
use std::mem::take;

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

/// Licences that firms of a region took; whole sums, which add up the same in any order.
#[derive(Clone, Default)]
struct Taken {
    /// Fees.
    till: Till,
    /// Licences of small firms, of large firms.
    licences: [i64; 2],
    /// What the centre spends on those that it brokers [fen].
    brokerage: i64,
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
    let chance: Vec<f64> = (0..w.geography.inside).map(|r| licence_chance(w, r, stock)).collect();
    let (mut licence, mut deposits) = (take(&mut w.firms.licence), take(&mut w.firms.deposits));
    let view: &World = w;
    let block = |start: usize, (licence, deposits): (&mut [f64], &mut [i64]), taken: &mut Vec<Taken>| {
        let mut luck = luck.at(start);
        for (f, (licence, account)) in (start..).zip(licence.iter_mut().zip(deposits)) {
            *licence *= keep;
            let (r, drawn) = (view.firms.region(f), luck.uniform());
            // most take none even if every idea that they meet is worth its price
            if view.firms.weight[f] * chance[r] + drawn >= 1.0 {
                let (rate, price) = licence_rate(view, f, &offer, chance[r]);
                let wanted = (view.firms.weight[f] * rate + drawn).floor();
                let affordable = ((*account).max(0) as f64 / price.max(1.0)).floor();
                let number = wanted.min(affordable).max(0.0);
                *licence += offer.lift * number / view.firms.weight[f].max(1.0);
                taken[r].add(view, f, number, (account, (number * price) as i64));
            }
        }
    };
    let open = || vec![Taken::default(); view.geography.inside];
    let (_, taken) = blocks::map_into(FIRM_BLOCK, (&mut licence[..], &mut deposits[..]), open, block);
    (w.firms.licence, w.firms.deposits) = (licence, deposits);
    let fees = taken.iter().map(|taken| charge(w, t, taken)).sum();
    let worth = fees as f64 / quality.max(1e-9);
    let speed = w.params.government.revenue_smoothing;
    w.laboratories.income += speed * (worth - w.laboratories.income);
    fees
}

impl Taken {
    /// Lump `f` takes `number` licences and pays `due` for them.
    fn add(&mut self, w: &World, f: usize, number: f64, (account, due): (&mut i64, i64)) {
        self.till.pay(Flow::LicenceFees, account, due);
        self.licences[usize::from(!is_small(w, f))] += number as i64;
        self.brokerage += brokerage(w, w.firms.region(f), number);
    }
}

/// The clearing house takes the fees of firms, by region; returns all [fen].
fn charge(w: &mut World, t: &mut Tally, taken: &[Taken]) -> i64 {
    let mut fees = 0;
    for (r, taken) in taken.iter().enumerate() {
        t.enter(Sector::Firms, w.geography.bank[r] as usize, &taken.till);
        let due = taken.till.moved(Flow::LicenceFees);
        t.pay_in(Flow::LicenceFees, 0, &mut w.clearing, due);
        let count = w.quarter.licences[r].iter_mut().zip(taken.licences);
        count.for_each(|(all, number)| *all += number as f64);
        w.quarter.licence_fees[r] += due;
        w.quarter.programmes[r] += taken.brokerage;
        fees += due;
    }
    fees
}

/// What the centre of region `r` bears to broker those of `taken` licences that would not have been found without it
/// [fen].
fn brokerage(w: &World, r: usize, taken: f64) -> i64 {
    let found = |friction: f64| 1.0 - friction;
    let start = found(w.places.start_rules[r].technology.search_friction);
    let now = found(w.rules[r].technology.search_friction).max(1e-9);
    let brokered = taken * (1.0 - start / now).max(0.0);
    (brokered * w.params.technology.brokerage * FEN) as i64
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
