//! What a firm knows, by its own research and by licence, and what laboratories work under.

use super::finance::debt_cost;
use super::{World, exit_rate};
use crate::agents::laboratories::Terms;
use crate::base::lanes::Real;
use crate::markets::technology::{self, Offer};

/// Log productivity of a firm, or of a run of them, from licences and from its own knowledge; `of` a column is its number.
#[inline]
pub fn know_how<N: Real>(w: &World, of: impl Fn(&[f64]) -> N) -> N {
    // who does no research knows nothing of its own: ln 1
    let own = of(&w.firms.knowledge).map(|n| if n > 0.0 { n } else { 1.0 }).ln();
    of(&w.firms.licence) + own * w.params.technology.knowledge_exponent
}

/// Log productivity that a firm has of its own, as [`know_how`]: its level, the running shock, and what it knows.
#[inline]
pub fn own_productivity<N: Real>(w: &World, of: impl Fn(&[f64]) -> N) -> N {
    of(&w.firms.type_z) + of(&w.firms.shock) + know_how(w, of)
}

/// Knowledge of firm `f` that a bank accepts as collateral [fen].
#[inline]
pub fn pledged_knowledge(w: &World, f: usize) -> f64 {
    let accepted = w.rules[w.firms.region(f)].technology.ip_loan_to_value;
    accepted * w.firms.knowledge[f] * w.firms.weight[f]
}

/// Knowledge that one firm of lump `f` wants at `revenue` of the lump, bought at `price` [fen at start prices].
pub fn knowledge_wanted(w: &World, f: usize, revenue: f64, price: f64) -> f64 {
    let p = &w.params.technology;
    let rules = &w.rules[w.firms.region(f)];
    let accepted = if w.firms.borrowed[f] {
        rules.technology.ip_loan_to_value
    } else {
        0.0
    };
    let mut required = w.params.firms.required_return;
    if is_young(w, f) {
        required = technology::young_return(p, required, rules.technology.co_investment);
    }
    let cost = technology::knowledge_cost(p, required, accepted, debt_cost(w, f));
    let t = w.cells.technology[w.firms.cell[f] as usize];
    let tax = rules.fiscal.production_tax;
    t.input_wanted(p.knowledge_exponent, tax, revenue, cost * price) / w.firms.weight[f]
}

/// What lump `f` spends on research at planned `revenue` and `price` of research; nothing if it does none [fen].
pub fn research_plan(w: &World, f: usize, revenue: f64, price: f64) -> f64 {
    let n = w.firms.knowledge[f];
    if n <= 0.0 {
        return 0.0;
    }
    let wanted = knowledge_wanted(w, f, revenue, price);
    let more = technology::added(&w.params.technology, w.params.firms.adjustment, n, wanted);
    more * w.firms.weight[f] * price
}

/// The law of public research in region `r`.
pub fn research_terms(w: &World, r: usize) -> Terms {
    let law = &w.rules[r].technology;
    Terms {
        loss: law.research_loss,
        led: law.firm_led_share,
        share: law.inventor_share,
        cost: law.approval_cost,
    }
}

/// What a licence gives and costs before discounts, when disclosed ideas have `quality` relative to the start: the
/// price is a share of the value to a firm of mean sales.
pub fn licence_offer(w: &World, quality: f64) -> Offer {
    let p = &w.params.technology;
    let lift = p.lift * quality;
    let (sales, firms) = (0..w.firms.len()).fold((0.0, 0.0), |(s, n), f| {
        let tax = w.rules[w.firms.region(f)].fiscal.production_tax;
        (s + (1.0 - tax) * w.firms.revenue[f] as f64, n + w.firms.weight[f])
    });
    let mean = sales / f64::max(firms, 1.0);
    Offer {
        lift,
        price: p.price_share * value(w, lift, mean),
    }
}

/// Value of a licence to a firm with sales `revenue` a quarter after production tax [fen].
fn value(w: &World, lift: f64, revenue: f64) -> f64 {
    let kept = (w.params.firms.sigma - 1.0) / w.params.firms.sigma;
    technology::value(
        &w.params.technology,
        lift,
        kept,
        revenue,
        w.params.firms.required_return,
    )
}

/// Chance in a quarter that a firm of region `r` meets a suitable idea; `stock` of disclosed ideas is relative to the start.
pub fn licence_chance(w: &World, r: usize, stock: f64) -> f64 {
    technology::chance(&w.params.technology, w.rules[r].technology.search_friction, stock)
}

/// Chance in a quarter that a firm of lump `f`, which meets an idea with `chance`, takes a licence, and what it pays for it
/// [fen].
pub fn licence_rate(w: &World, f: usize, offer: &Offer, chance: f64) -> (f64, f64) {
    let p = &w.params.technology;
    let law = &w.rules[w.firms.region(f)];
    let discount = if is_small(w, f) {
        law.technology.small_firm_discount
    } else {
        0.0
    };
    let price = offer.price * (1.0 - discount);
    let revenue = w.firms.revenue[f] as f64 / w.firms.weight[f].max(1e-9);
    let worth = value(w, offer.lift, (1.0 - law.fiscal.production_tax) * revenue);
    (chance * technology::takes(p, worth, price), price)
}

/// Whether the firms of lump `f` count as small.
pub fn is_small(w: &World, f: usize) -> bool {
    w.firms.size(f, f64::from(w.scale)) < w.params.technology.small_heads
}

/// Whether lump `f` is private and young: outsiders cannot judge what its knowledge is worth.
pub fn is_young(w: &World, f: usize) -> bool {
    !w.firms.state[f] && f64::from(w.firms.age[f]) < 4.0 * w.params.technology.young_years
}

/// Gain from licences of a firm of lump `f` in a steady state [log points].
pub fn stationary_licence(w: &World, f: usize, offer: &Offer) -> f64 {
    let (rate, _) = licence_rate(w, f, offer, licence_chance(w, w.firms.region(f), 1.0));
    let exit = exit_rate(&w.params.firms, w.firms.size(f, f64::from(w.scale)));
    technology::stationary_gain(&w.params.technology, rate, exit)
}

impl World {
    /// Research money of region `r` that reaches research, at start prices [fen per quarter].
    pub fn useful_research(&self, r: usize) -> f64 {
        let a = self.params.technology.digital_share;
        let price = self.price[3][r].powf(a) * self.price[2][r].powf(1.0 - a);
        (1.0 - self.rules[r].technology.research_loss) * self.laboratories.money[r] as f64 / price
    }

    /// Resident workers of high skill off the farm at the last settlement [agents].
    pub fn high_skill(&self, r: usize) -> f64 {
        self.census[r].heads[1] + self.census[r].heads[3]
    }

    /// Charges district `r` for `agents` graduates or recruits that it would not have had: paid next quarter.
    pub fn recruited(&mut self, r: usize, agents: f64) {
        let people = agents * f64::from(self.scale);
        self.laboratories.recruiting[r] += (people * self.params.talent.cost * 100.0) as i64;
    }

    /// What is normal of research, licences and knowledge becomes what is now (birth and burn-in).
    pub fn normal_technology(&mut self) {
        for r in 0..self.geography.inside {
            self.laboratories.start_money[r] = self.useful_research(r);
            self.laboratories.start_skill[r] = self.high_skill(r);
        }
        let labs = &mut self.laboratories;
        labs.start_income = labs.income;
        labs.start_stock = labs.stock();
        labs.start_knowledge = labs.knowledge;
    }
}
