//! Permits: one book for carbon, water and discharge (Montgomery 1972).
//!
//! A holder (a cell) would emit u = intensity x output. The cap gives it q permits; abating a share a of u costs
//! c a^2 u / 2, so that the last unit costs c a. Alone a holder abates what it lacks; in a market marginal costs meet the
//! price, which is found by bisection:
//!
//! ```text
//! alone:   a = max(0, 1 - q / u)
//! market:  a = min(P / c, 1),   sum u (1 - P / c) = sum q over those in reach
//! a = (1 - traded) a_alone + traded a_market,   bought = traded (u (1 - a_market) - q)
//! ```
//!
//! Nobody is rationed; when permits are not scarce the price is zero and nobody pays. Reach: the district, or for a
//! share of trade the basin (a group of regions); carbon trades over the province.

use serde::{Deserialize, Serialize};

/// Resources of the book.
pub const RESOURCES: usize = 3;
/// Names of the resources.
pub const RESOURCE_NAMES: [&str; RESOURCES] = ["carbon", "water", "discharge"];
/// Greenhouse gas from fuel burnt by firms [t CO2].
pub const CARBON: usize = 0;
/// Water taken [m3].
pub const WATER: usize = 1;
/// Organic discharge [t of chemical oxygen demand].
pub const DISCHARGE: usize = 2;

/// Behaviour of holders (`[permits]` in the scenario).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Params {
    /// Carbon per output by firm sector [kg per yuan].
    pub carbon_intensity: Vec<f64>,
    /// Water per output by firm sector [m3 per thousand yuan].
    pub water_intensity: Vec<f64>,
    /// Discharge per output by firm sector [kg per thousand yuan].
    pub discharge_intensity: Vec<f64>,
    /// Mean slope of marginal cost in the share abated, by resource [yuan per t, per m3, per t].
    pub slope: Vec<f64>,
    /// Spread of slopes over holders [log points].
    pub slope_sd: f64,
    /// Part of a compensation that upstream districts spend on abatement.
    pub compensation_spent: f64,
    /// Years of permits that a bank takes as collateral.
    pub collateral_years: f64,
}

impl Params {
    /// Units of resource `k` a fen of output in sector `s`.
    pub fn intensity(&self, k: usize, s: usize) -> f64 {
        // kg per yuan; m3 and kg per thousand yuan
        match k {
            CARBON => self.carbon_intensity[s] / 1e5,
            WATER => self.water_intensity[s] / 1e5,
            _ => self.discharge_intensity[s] / 1e8,
        }
    }
}

/// What the law says of one resource.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cap {
    /// Permits over emissions of the start.
    pub cap: f64,
    /// Share of permits that trade.
    pub traded: f64,
    /// Share of permits allocated by current output; the rest by that of the start.
    pub by_output: f64,
    /// Share of trade that reaches beyond the district.
    pub reach: f64,
}

/// A holder.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Holder {
    /// Emissions without abatement.
    pub emissions: f64,
    /// The same at the start.
    pub start: f64,
    /// Slope of marginal cost [fen per unit].
    pub slope: f64,
    /// District.
    pub district: usize,
    /// Market in reach beyond it.
    pub market: usize,
}

/// What a holder does.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Choice {
    /// Permits given.
    pub permits: f64,
    /// Share abated.
    pub abated: f64,
    /// Price of permits where it trades [fen per unit].
    pub price: f64,
    /// Paid for permits, negative if sold [fen].
    pub paid: f64,
}

impl Choice {
    /// Cost of abatement [fen].
    pub fn cost(&self, h: &Holder) -> f64 {
        0.5 * h.slope * self.abated * self.abated * h.emissions
    }
}

/// Price at which abatement of `holders` brings emissions down to `permits`: bisection on P; zero if they are not scarce.
pub fn price(holders: &[(f64, f64)], permits: f64) -> f64 {
    let left = |p: f64| holders.iter().map(|&(u, c)| u * (1.0 - (p / c).min(1.0))).sum::<f64>();
    if left(0.0) <= permits {
        return 0.0;
    }
    let (mut low, mut high) = (0.0, holders.iter().map(|h| h.1).fold(0.0, f64::max));
    for _ in 0..60 {
        let p = 0.5 * (low + high);
        if left(p) > permits {
            low = p;
        } else {
            high = p;
        }
    }
    high
}

/// Permits of a holder.
fn given(h: &Holder, law: &Cap) -> f64 {
    law.cap * ((1.0 - law.by_output) * h.start + law.by_output * h.emissions)
}

/// Prices by market of the key `of`.
fn prices(holders: &[Holder], laws: &[Cap], of: impl Fn(&Holder) -> usize) -> Vec<f64> {
    let markets = holders.iter().map(&of).max().map_or(0, |m| m + 1);
    let mut books = vec![(Vec::new(), 0.0); markets];
    for (h, law) in holders.iter().zip(laws) {
        let book: &mut (Vec<(f64, f64)>, f64) = &mut books[of(h)];
        book.0.push((h.emissions, h.slope));
        book.1 += given(h, law);
    }
    books
        .iter()
        .map(|(holders, permits)| price(holders, *permits))
        .collect()
}

/// Clears the book of one resource; `laws` by holder.
pub fn clear(holders: &[Holder], laws: &[Cap]) -> Vec<Choice> {
    let near = prices(holders, laws, |h| h.district);
    let far = prices(holders, laws, |h| h.market);
    let choose = |(h, law): (&Holder, &Cap)| {
        let permits = given(h, law);
        let alone = (1.0 - permits / h.emissions.max(1e-12)).max(0.0);
        let mut c = Choice {
            permits,
            abated: (1.0 - law.traded) * alone,
            ..Choice::default()
        };
        for (p, part) in [(near[h.district], 1.0 - law.reach), (far[h.market], law.reach)] {
            let part = part * law.traded;
            let a = (p / h.slope.max(1e-12)).min(1.0);
            c.abated += part * a;
            c.price += p * part / law.traded.max(1e-12);
            c.paid += part * p * (h.emissions * (1.0 - a) - permits);
        }
        c
    };
    holders.iter().zip(laws).map(choose).collect()
}

/// Share that the holders of a district must abate for the cost of abatement to rise by `spent`:
/// sum c u (a'^2 - a^2) / 2 = spent.
pub fn bought_abatement(holders: &[(Holder, f64)], spent: f64) -> f64 {
    let weight: f64 = holders.iter().map(|(h, _)| h.slope * h.emissions).sum();
    let now: f64 = holders.iter().map(|(h, a)| h.slope * h.emissions * a * a).sum();
    ((2.0 * spent + now) / weight.max(1e-12)).max(0.0).sqrt().min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holders() -> Vec<Holder> {
        let of = |k: usize, slope: f64| Holder {
            emissions: 10.0 + k as f64,
            start: 10.0 + k as f64,
            slope,
            district: k / 2,
            market: 0,
        };
        vec![of(0, 100.0), of(1, 300.0), of(2, 50.0), of(3, 500.0)]
    }

    fn law(traded: f64, reach: f64) -> Vec<Cap> {
        let cap = Cap {
            cap: 0.9,
            traded,
            by_output: 0.0,
            reach,
        };
        vec![cap; 4]
    }

    #[test]
    fn the_price_is_its_closed_form() {
        let h = holders();
        let (u, per_price) = h
            .iter()
            .fold((0.0, 0.0), |(u, x), h| (u + h.emissions, x + h.emissions / h.slope));
        let book: Vec<(f64, f64)> = h.iter().map(|h| (h.emissions, h.slope)).collect();
        assert!((price(&book, 0.9 * u) - 0.1 * u / per_price).abs() < 1e-9);
        assert_eq!(price(&book, 1.1 * u), 0.0);
    }

    #[test]
    fn trade_keeps_the_cap_and_lowers_the_cost() {
        let h = holders();
        let cost = |c: &[Choice]| c.iter().zip(&h).map(|(c, h)| c.cost(h)).sum::<f64>();
        let left = |c: &[Choice]| {
            c.iter()
                .zip(&h)
                .map(|(c, h)| h.emissions * (1.0 - c.abated))
                .sum::<f64>()
        };
        let (alone, near, far) = (
            clear(&h, &law(0.0, 0.0)),
            clear(&h, &law(1.0, 0.0)),
            clear(&h, &law(1.0, 1.0)),
        );
        for c in [&alone, &near, &far] {
            assert!((left(c) - 0.9 * 46.0).abs() < 1e-9);
            assert!(c.iter().map(|c| c.paid).sum::<f64>().abs() < 1e-6);
        }
        assert!(cost(&alone) > cost(&near) && cost(&near) > cost(&far));
        let marginal: Vec<f64> = far.iter().zip(&h).map(|(c, h)| c.abated * h.slope).collect();
        assert!(marginal.iter().all(|m| (m - far[0].price).abs() < 1e-6), "{marginal:?}");
    }

    #[test]
    fn what_is_spent_buys_its_worth_of_abatement() {
        let before: Vec<(Holder, f64)> = holders().into_iter().map(|h| (h, 0.1)).collect();
        let a = bought_abatement(&before, 20.0);
        let cost = |a: f64| {
            before
                .iter()
                .map(|(h, _)| 0.5 * h.slope * a * a * h.emissions)
                .sum::<f64>()
        };
        assert!((cost(a) - cost(0.1) - 20.0).abs() < 1e-9);
        assert!((bought_abatement(&before, 0.0) - 0.1).abs() < 1e-12);
    }
}
