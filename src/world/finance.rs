//! What is true of a firm wherever it is asked: shocks and exit by size, agglomeration, and what it is to its bank: cash
//! flow, leverage, cost of capital, credit score.

use super::{World, pledged_knowledge};
use crate::agents::firms::{Params, SECTORS, beyond_ten_heads};
use crate::base::draws::{Stage, Stream, unit};
use crate::base::lanes::Real;
use crate::base::stats::normal_quantile;
use crate::markets::credit::{self, Borrower, Counter, Decision};
use crate::markets::{data, urban_land, village_credit};
use std::ops::Range;

/// Standard deviation of a quarter's productivity shock of a firm with `size` heads: yearly value times one half,
/// s(n) = s0 max(n/10, 1)^slope (Stanley et al. 1996).
pub fn shock_sd<N: Real>(p: &Params, size: N) -> N {
    beyond_ten_heads(size, p.shock_size_slope) * (0.5 * p.shock_sd)
}

/// Log gain of productivity from an area's employment relative to the start (agglomeration), from its public capital,
/// and from the knowledge of all firms, by area.
pub fn crowding(w: &World) -> Vec<f64> {
    let elasticity = w.params.firms.agglomeration;
    let gain = |(now, start): (&f64, &f64)| elasticity * (now / start.max(1.0)).max(0.1).ln();
    let mut public = vec![[0.0; 2]; w.geography.areas];
    for (r, (added, start)) in w.public_capital.added.iter().zip(&w.public_capital.start).enumerate() {
        let area = &mut public[w.geography.area[r] as usize];
        area[0] += added;
        area[1] += start;
    }
    let built = public.iter().map(|[added, start]| (added / start.max(1.0)).ln_1p());
    let heads = w.heads_by_area();
    let spilled = w.laboratories.spilled();
    let crowd = heads.iter().zip(&w.areas.start_heads).map(gain);
    crowd
        .zip(built)
        .map(|(crowd, built)| crowd + w.params.government.public_elasticity * built + spilled)
        .collect()
}

/// Cash flow of firm `f` relative to its capital [1/quarter].
fn cash_flow(w: &World, f: usize) -> f64 {
    w.firms.profit[f] / w.firms.capital[f].max(1.0)
}

/// Leverage that firm `f`'s bank accepts: on its own means, and on its permits.
pub fn leverage(w: &World, f: usize) -> f64 {
    let law = &w.rules[w.firms.region(f)].credit;
    let p = &w.params.credit;
    let own = credit::leverage(p, law, cash_flow(w, f), w.firms.state[f]);
    let with_data = if law.data_loan_to_value > 0.0 {
        credit::with_data(p, law, own, data_to_capital(w, f))
    } else {
        own
    };
    (with_data + super::permit_leverage(w, f)).min(p.leverage_limit)
}

/// Value of firm `f`'s own data, what they bring after tax over the required return and their fading, relative to its
/// capital.
fn data_to_capital(w: &World, f: usize) -> f64 {
    let tax = w.rules[w.firms.region(f)].fiscal.production_tax;
    let brings = (1.0 - tax) * w.rho_eta() * w.firms.revenue[f] as f64;
    let value = data::value(&w.params.data, brings, w.params.firms.required_return);
    value / w.firms.capital[f].max(1.0)
}

/// Debt that firm `f` can have only because its bank lends on its data [fen].
pub fn data_debt(w: &World, f: usize) -> f64 {
    let law = &w.rules[w.firms.region(f)].credit;
    if law.data_loan_to_value <= 0.0 {
        return 0.0;
    }
    let p = &w.params.credit;
    let own = credit::leverage(p, law, cash_flow(w, f), w.firms.state[f]);
    (credit::with_data(p, law, own, data_to_capital(w, f)) - own) * w.firms.capital[f]
}

/// Credit line of the villages of inside region `r` on their farm rights [fen].
pub fn village_line(w: &World, r: usize) -> f64 {
    let rent = 4.0 * w.farming.rent[r] * w.farming.contracted_m2[r] as f64;
    village_credit::line(&w.rules[r].village_credit, rent, w.params.firms.required_return)
}

/// Rate of village loans in inside region `r` [1/year].
pub fn village_rate(w: &World, r: usize) -> f64 {
    let p = &w.params.credit;
    credit::cost_of_funds(p, &w.rules[r].credit) + p.operating_cost + w.params.village_credit.margin
}

/// Interest subsidy on the loans of firm `f`, at most its loan rate [1/year].
pub fn subsidy(w: &World, f: usize) -> f64 {
    let law = &w.rules[w.firms.region(f)].credit;
    let sector = w.firms.cell[f] as usize % SECTORS;
    credit::subsidy(&w.params.credit, law, sector).min(w.firms.loan_rate[f])
}

/// What a unit of bank debt costs firm `f`: loan rate less subsidy, and the bridges of private firms (banks roll over
/// what state firms owe) [1/year].
pub(super) fn debt_cost(w: &World, f: usize) -> f64 {
    let law = &w.rules[w.firms.region(f)].credit;
    let bridges = if w.firms.state[f] {
        0.0
    } else {
        credit::renewal_cost(&w.params.credit, law)
    };
    w.firms.loan_rate[f] - subsidy(w, f) + bridges
}

/// Interest that deposits in region `r` bear [1/quarter].
pub fn deposit_interest(w: &World, r: usize) -> f64 {
    0.25 * credit::deposit_rate(&w.params.credit, w.rules[r].prices.administered_deposit_rate)
}

/// User cost of capital of firm `f` without its unexplained wedge [1/quarter].
pub fn user_cost(w: &World, f: usize) -> f64 {
    let p = &w.params;
    let finance = credit::cost_of_finance(
        &p.credit,
        leverage(w, f),
        w.firms.borrowed[f],
        debt_cost(w, f),
        p.firms.required_return,
    );
    0.25 * (finance + p.firms.depreciation)
}

/// What wears off in a quarter in firm `f`: capital and knowledge [fen per quarter].
pub fn wear(w: &World, f: usize) -> [f64; 2] {
    let knowledge = w.params.technology.obsolescence * w.firms.knowledge[f] * w.firms.weight[f];
    [
        0.25 * w.params.firms.depreciation * w.firms.capital[f],
        0.25 * knowledge,
    ]
}

/// Part of the fee of firm `f`'s land that a quarter of the lease wears off; profit is free of tax for it [fen per quarter].
pub fn land_wear(w: &World, f: usize) -> f64 {
    let r = w.firms.region(f);
    0.25 * w.firms.land_m2[f] as f64 / w.rules[r].urban_land.lease_term * w.land.price[r]
}

/// Raw credit score of firm `f`: leverage, profit rate and what only the firm knows (`private`).
pub fn raw_score(w: &World, f: usize, private: f64) -> f64 {
    let p = &w.params.credit;
    let capital = w.firms.capital[f].max(1.0);
    -p.score_leverage * w.firms.debt[f] as f64 / capital
        + p.score_profit * 4.0 * cash_flow(w, f)
        + p.private_sd * private
}

/// What all firms only know of themselves, standard normal.
pub fn private_scores(w: &World) -> Vec<f64> {
    let mut own = w.draws().stream(Stage::Signal, 0, 4).walk(0);
    let score = |f: usize| own.to(f, w.firms.generation[f]).normal();
    (0..w.firms.len()).map(score).collect()
}

/// Banks as firms meet them, by inside region.
pub fn counters(w: &World) -> Vec<Counter<'_>> {
    let laws = w.rules.iter().map(|rules| &rules.credit);
    laws.map(|law| Counter::new(&w.params.credit, law)).collect()
}

/// The desk where firms meet their bank in a quarter.
pub struct Desk<'a> {
    /// Banks, by inside region.
    counters: &'a [Counter<'a>],
    /// Whose loan comes due, and who considers one.
    luck: Stream,
    /// What only firms know of themselves, and when their readings are renewed.
    own: Stream,
    /// The two readings that may stand in the quarter.
    readings: [Stream; 2],
    /// Number of the first of them.
    first: u32,
    /// The quarter in lives of a reading.
    lives: f64,
}

impl<'a> Desk<'a> {
    /// The desk in a quarter (stream tick).
    pub fn open(w: &World, counters: &'a [Counter<'a>], quarter: u32) -> Self {
        let lives = f64::from(quarter) / (4.0 * w.params.credit.reading_years);
        let draws = w.draws();
        let first = lives as u32;
        Desk {
            counters,
            luck: draws.stream(Stage::Credit, quarter, 1),
            own: draws.stream(Stage::Signal, 0, 4),
            readings: [first, first + 1].map(|number| draws.stream(Stage::Reading, number, 1)),
            first,
            lives,
        }
    }

    /// What only firms know of themselves, standard normal, and what their banks read, in order. A reading stands for some years,
    /// then is drawn anew, at a time of the firm's own.
    fn signals(&self, w: &World, firms: &[usize]) -> Vec<[f64; 2]> {
        let agents: Vec<(usize, u32)> = firms.iter().map(|&f| (f, w.firms.generation[f])).collect();
        let mut signals = vec![[0.0; 2]; firms.len()];
        // who has which reading: agents and their places
        let (mut readers, mut places) = ([Vec::new(), Vec::new()], [Vec::new(), Vec::new()]);
        self.own.scattered(&agents, |k, [private, moment]: [u32; 2]| {
            signals[k][0] = normal_quantile(unit(private));
            let reading = ((self.lives + unit(moment)) as u32 - self.first) as usize;
            readers[reading].push(agents[k]);
            places[reading].push(k);
        });
        for ((reading, readers), places) in self.readings.iter().zip(&readers).zip(&places) {
            reading.scattered(readers, |k, [word]: [u32; 1]| {
                signals[places[k]][1] = normal_quantile(unit(word));
            });
        }
        signals
    }

    /// What some firms bring to the bank, in order.
    pub fn borrowers(&self, w: &World, firms: &[usize]) -> Vec<Borrower> {
        let signals = self.signals(w, firms);
        let borrower = |(&f, signals)| borrower(w, f, signals);
        firms.iter().zip(signals).map(borrower).collect()
    }

    /// What comes of the visits of some firms, in order.
    pub fn decisions(&self, w: &World, firms: &[usize]) -> Vec<(usize, Decision)> {
        let decide = |(&f, borrower): (&usize, &Borrower)| (f, self.counters[w.firms.region(f)].visit(borrower));
        firms.iter().zip(&self.borrowers(w, firms)).map(decide).collect()
    }

    /// Visits of those of a range of firms whose luck has their loan come due or, without a bank, has them consider a loan.
    pub fn visits(&self, w: &World, firms: Range<usize>) -> Vec<(usize, Decision)> {
        let mut words = vec![0; firms.len()];
        self.luck.words(firms.start, &mut words);
        let visits = |&(f, word): &(usize, u32)| {
            let (p, law) = (&w.params.credit, &w.rules[w.firms.region(f)].credit);
            let chance = if w.firms.borrowed[f] {
                credit::due(law)
            } else {
                credit::considers(p, law)
            };
            unit(word) < chance
        };
        let visitors: Vec<usize> = firms.zip(words).filter(visits).map(|(f, _)| f).collect();
        self.decisions(w, &visitors)
    }
}

/// What firm `f` brings to the bank; `private` it knows alone, `reading` is the bank's.
fn borrower(w: &World, f: usize, [private, reading]: [f64; 2]) -> Borrower {
    let class_mean = w.params.credit.size_slope * (w.firms.size(f, f64::from(w.scale)).max(1.0) / 10.0).ln();
    let [mean, sd] = w.score_norm;
    Borrower {
        score: (raw_score(w, f, private) - mean) / sd + class_mean,
        class_mean,
        loan: wanted_debt(w, f) / w.firms.weight[f],
        median_loan: w.median_loan,
        state: w.firms.state[f],
        reading,
        known: w.firms.borrowed[f],
    }
}

/// Debt that a bank accepts of firm `f`: leverage times capital, and loans on knowledge [fen].
pub fn wanted_debt(w: &World, f: usize) -> f64 {
    leverage(w, f) * w.firms.capital[f] * lease_pledge(w, f) + pledged_knowledge(w, f)
}

/// Debt that the bank of firm `f` accepts; nothing without a bank [fen].
pub fn accepted_debt(w: &World, f: usize) -> f64 {
    if w.firms.borrowed[f] { wanted_debt(w, f) } else { 0.0 }
}

/// Whether firm `f` is young.
pub fn young(w: &World, f: usize) -> bool {
    f64::from(w.firms.age[f]) < 4.0 * w.params.urban_land.young_years
}

/// What is left of collateral when the leases of a young firm are short: they are worth less than full ones.
fn lease_pledge(w: &World, f: usize) -> f64 {
    let r = w.firms.region(f);
    let law = &w.rules[r].urban_land;
    if law.flexible_share <= 0.0 || !young(w, f) {
        return 1.0;
    }
    // at birth, banks are met before land has a price
    let Some(price) = w.land.price.get(r) else { return 1.0 };
    let land = w.firms.land_m2[f] as f64 * price;
    let worth = urban_land::entry_fee(&w.params.urban_land, law, w.params.firms.required_return);
    1.0 - (1.0 - worth) * land / (land + w.firms.capital[f]).max(1.0)
}

/// Yearly voluntary exit of a firm with `size` heads: h0 max(size/10, 0.1)^slope [1/year].
pub fn exit_rate(p: &Params, size: f64) -> f64 {
    (p.exit_rate * (size / 10.0).max(0.1).powf(p.exit_size_slope)).min(1.0)
}
