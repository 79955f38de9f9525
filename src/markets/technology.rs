//! Technology: licences on the ideas of laboratories, and firms' own research (Griliches 1979; Chen, Liu, Suarez Serrato
//! and Xu 2021; Bloom, Schankerman and Van Reenen 2013).
//!
//! A licence raises log productivity by `lift` times the quality of disclosed ideas relative to the start; the gain
//! fades, and is lost when the firm closes. In a quarter a firm meets a suitable idea with a chance, and takes a licence
//! if it is worth more than its price to this firm, whose fit with the idea is log-normal:
//!
//! ```text
//! chance = contact (1 - friction) (disclosed ideas / those of the start)^e
//! value = (1-h) rho lift R 4 / (required return + fading),   price = price_share x value for a firm of mean sales
//! takes one with probability chance x Phi( ln(value / price) / fit_sd )
//! ```
//!
//! Ideas are non-rival: nothing is rationed, there are no ties. Knowledge N of a firm that does research enters output
//! with exponent eps; what it spends follows from the first-order condition N* = (1-h) rho eps R / user cost.

use crate::base::stats::normal_cdf;
use serde::{Deserialize, Serialize};

/// Behaviour of licensees and of firms that do research (`[technology]` in the scenario).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Params {
    /// Chance in a quarter that a firm meets a suitable idea if search costs nothing.
    pub contact: f64,
    /// Elasticity of that chance to the ideas disclosed.
    pub stock_elasticity: f64,
    /// Productivity from a licence at the mean quality of the start [log points].
    pub lift: f64,
    /// Spread of the fit of idea and firm [log points].
    pub fit_sd: f64,
    /// Obsolescence of licensed technology [1/year].
    pub fading: f64,
    /// Price of a licence over its value to a firm of mean sales.
    pub price_share: f64,
    /// Heads below which a firm counts as small [persons].
    pub small_heads: f64,
    /// What a centre spends on a licence that it brokers [yuan].
    pub brokerage: f64,
    /// Exponent of own knowledge in output.
    pub knowledge_exponent: f64,
    /// Obsolescence of knowledge [1/year].
    pub obsolescence: f64,
    /// Share of firms that do research, by firm sector.
    pub innovators: Vec<f64>,
    /// Social over private return of knowledge.
    pub social_return: f64,
    /// Digital goods in research spending; the rest are services.
    pub digital_share: f64,
    /// Age until which firms that do research count as young [years].
    pub young_years: f64,
    /// Return that owners of young private firms require on knowledge beyond that of others [1/year].
    pub young_premium: f64,
}

/// Terms of licences in a quarter.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Offer {
    /// Gain of log productivity from a licence [log points].
    pub lift: f64,
    /// Price of a licence [fen].
    pub price: f64,
}

/// Chance in a quarter that a firm meets a suitable idea; `stock` is relative to the start.
pub fn chance(p: &Params, friction: f64, stock: f64) -> f64 {
    (p.contact * (1.0 - friction) * stock.max(0.0).powf(p.stock_elasticity)).clamp(0.0, 1.0)
}

/// Value of a licence to a firm with sales `revenue` a quarter, of which `kept` stays after tax and lower prices,
/// at required return `r` [fen].
pub fn value(p: &Params, lift: f64, kept: f64, revenue: f64, r: f64) -> f64 {
    kept * lift * revenue * 4.0 / (r + p.fading)
}

/// Probability that a firm that meets an idea takes it at `price`.
pub fn takes(p: &Params, value: f64, price: f64) -> f64 {
    if price <= 0.0 {
        1.0
    } else {
        normal_cdf((value.max(1e-9) / price).ln() / p.fit_sd)
    }
}

/// Stationary gain of a firm that takes licences at `rate` a quarter and closes with chance `exit` a year [log points].
pub fn stationary_gain(p: &Params, rate: f64, exit: f64) -> f64 {
    p.lift * rate / (0.25 * (p.fading + exit))
}

/// Return that owners of a young private firm require on its knowledge, when outside equity pays in the share `paid_in`
/// of it and asks no premium [1/year].
pub fn young_return(p: &Params, required: f64, paid_in: f64) -> f64 {
    required + p.young_premium * (1.0 - paid_in)
}

/// User cost of knowledge [1/quarter]: owners' return, but for the part that a bank lends on it, and obsolescence.
pub fn knowledge_cost(p: &Params, required: f64, loan_to_value: f64, rate: f64) -> f64 {
    let saved = loan_to_value * (required - rate).max(0.0);
    0.25 * (required - saved + p.obsolescence)
}

/// Knowledge that the firm adds in a quarter: what fades, and part of the gap to what it wants.
pub fn added(p: &Params, adjustment: f64, knowledge: f64, wanted: f64) -> f64 {
    (0.25 * p.obsolescence * knowledge + 0.25 * adjustment * (wanted - knowledge)).max(0.0)
}

/// Knowledge after a quarter in which `more` was added.
pub fn aged(p: &Params, knowledge: f64, more: f64) -> f64 {
    (1.0 - 0.25 * p.obsolescence) * knowledge + more
}

/// Elasticity of everybody's productivity to all knowledge such that the social return is its multiple of the private
/// one, when firms that do research make the share `innovators` of output: (multiple - 1) eps x share.
pub fn spillover(p: &Params, innovators: f64) -> f64 {
    (p.social_return - 1.0) * p.knowledge_exponent * innovators
}

#[cfg(test)]
mod tests {
    use super::*;

    fn params() -> Params {
        Params {
            contact: 0.025,
            stock_elasticity: 0.5,
            lift: 0.04,
            fit_sd: 1.0,
            fading: 0.2,
            price_share: 0.3,
            small_heads: 100.0,
            brokerage: 50_000.0,
            knowledge_exponent: 0.1,
            obsolescence: 0.15,
            innovators: vec![0.7, 0.15, 0.7],
            social_return: 2.3,
            digital_share: 0.5,
            young_years: 5.0,
            young_premium: 0.04,
        }
    }

    #[test]
    fn small_firms_take_fewer_licences_and_a_lower_price_brings_them_in() {
        let p = params();
        let worth = |revenue: f64| value(&p, p.lift, 0.75, revenue, 0.08);
        let price = p.price_share * worth(1.0);
        // half of those for whom the licence is worth its price on average
        assert!((takes(&p, worth(0.3), price) - 0.5).abs() < 1e-9);
        assert!(takes(&p, worth(0.05), price) < 0.05);
        assert!(takes(&p, worth(0.05), 0.5 * price) > 2.0 * takes(&p, worth(0.05), price));
        assert_eq!(takes(&p, 1.0, 0.0), 1.0);
        // perpetuity: a gain of lift x kept x R a quarter, at a yearly rate of return and fading
        assert!((worth(1.0) - 0.75 * 0.04 * 4.0 / 0.28).abs() < 1e-12);
    }

    #[test]
    fn less_friction_and_more_ideas_bring_licences() {
        let p = params();
        assert!((chance(&p, 0.6, 1.0) - 0.01).abs() < 1e-12);
        assert!((chance(&p, 0.5, 1.0) / chance(&p, 0.6, 1.0) - 1.25).abs() < 1e-12);
        assert!((chance(&p, 0.6, 1.21) / chance(&p, 0.6, 1.0) - 1.1).abs() < 1e-12);
    }

    #[test]
    fn gains_settle_where_new_licences_replace_faded_ones() {
        let p = params();
        let (rate, mut gain) = (0.01, 0.0);
        (0..2000).for_each(|_| gain = (1.0 - 0.25 * p.fading) * gain + rate * p.lift);
        assert!((gain - stationary_gain(&p, rate, 0.0)).abs() < 1e-9);
        assert!(stationary_gain(&p, rate, 0.06) < gain);
    }

    #[test]
    fn wanted_knowledge_is_kept_up_and_loans_on_it_make_it_cheaper() {
        let p = params();
        let n = 5.0;
        assert!((aged(&p, n, added(&p, 0.32, n, n)) - n).abs() < 1e-12);
        assert!(added(&p, 0.32, n, 6.0) > added(&p, 0.32, n, n));
        let owners = knowledge_cost(&p, 0.08, 0.0, 0.04);
        assert!((owners - 0.25 * 0.23).abs() < 1e-12);
        assert!((knowledge_cost(&p, 0.08, 0.5, 0.04) - 0.25 * 0.21).abs() < 1e-12);
        assert!((young_return(&p, 0.08, 0.0) - 0.12).abs() < 1e-15);
        assert_eq!(young_return(&p, 0.08, 1.0), 0.08);
    }

    #[test]
    fn the_spillover_makes_the_social_return_a_multiple_of_the_private_one() {
        let p = params();
        let share = 0.4;
        let private = p.knowledge_exponent * share;
        assert!(((private + spillover(&p, share)) / private - p.social_return).abs() < 1e-12);
    }
}
