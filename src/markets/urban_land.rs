//! State land for firms and housing, sold by the district (He, Nelson, Su, Zhang and Zhang 2022).
//!
//! The district equates what a square metre earns in either use, P_H (1 - 1/eps) = P_I + (local tax stream of a
//! square metre) / r_g, with r_g inverted at the start so that residential land costs the data's multiple of
//! industrial land. Firms hold leases that run out at rate 1/term and want the land of their first-order
//! condition. When the reserve falls short, wishes are served in proportion to wish times exp(noise): the
//! ranking of bids blurred by administration.

mod terms;

pub use terms::{
    admitted, conversion_share, entry_fee, evaluated, evaluation_fee, expiry, gain_from_consent, lease_saving, offered,
    renewal,
};

use crate::base::split::split;
use serde::{Deserialize, Serialize};

/// Behaviour of districts as land sellers (`[urban_land]` in the scenario).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Params {
    /// Elasticity of residential land demand eps.
    pub residential_elasticity: f64,
    /// Start ratio of residential to industrial land price.
    pub price_ratio: f64,
    /// Share of the gap between wanted and held land that a firm bids for in a quarter.
    pub adjustment: f64,
    /// Land kept in reserve at the start, relative to yearly turnover [years].
    pub reserve_years: f64,
    /// Floor space per m2 of residential land.
    pub floor_area_ratio: f64,
    /// Price of residential land relative to that of dwellings at the start.
    pub land_to_dwelling_price: f64,
    /// Term of residential land [years].
    pub residential_term: f64,
    /// Idle land of state firms relative to the land they use, at the start.
    pub idle_share: f64,
    /// What a district pays for idle land relative to the price of industrial land.
    pub idle_price: f64,
    /// Elasticity (turned) of the industrial price to the reserve over its normal.
    pub reserve_slope: f64,
    /// Age until which a firm is young [years].
    pub young_years: f64,
    /// Term of a flexible lease [years].
    pub flexible_term: f64,
    /// Land premium on extra floor space, relative to the land's part of its value.
    pub redevelopment_premium: f64,
}

/// Industrial price that equates the margins, not below a twentieth of the residential price [fen per m2]. Who may turn
/// land to residential use at `conversion_cost` times the gap of values asks for the rest of the gap:
/// P_I = P_H (1 - 1/eps) - conversion cost x T.
pub fn industrial_price(p: &Params, residential: f64, tax_value: f64, conversion_cost: f64) -> f64 {
    (residential * (1.0 - 1.0 / p.residential_elasticity) - conversion_cost * tax_value).max(0.05 * residential)
}

/// Discount of a district whose reserve is above its normal: (reserve / normal)^-slope, between half and twice the
/// normal reserve.
pub fn reserve_discount(p: &Params, reserve: f64, normal: f64) -> f64 {
    (reserve / normal.max(1.0)).clamp(0.5, 2.0).powf(-p.reserve_slope)
}

/// Cost of holding a square metre: required return and the part of the lease that runs out [fen per quarter].
pub fn holding_cost(required_return: f64, lease_term: f64, price: f64) -> f64 {
    0.25 * (required_return + 1.0 / lease_term) * price
}

/// Serves integer wishes from a reserve; returns what each gets.
pub fn serve(wishes: &[i64], blurred: &[f64], reserve: i64, out: &mut [i64]) {
    let total: i64 = wishes.iter().sum();
    if total <= reserve {
        out.copy_from_slice(wishes);
        return;
    }
    let weights: Vec<f64> = wishes.iter().zip(blurred).map(|(&w, &b)| w as f64 * b).collect();
    split(reserve, &weights, out);
    let mut over = 0;
    for (o, &w) in out.iter_mut().zip(wishes) {
        if *o > w {
            over += *o - w;
            *o = w;
        }
    }
    for (o, &w) in out.iter_mut().zip(wishes) {
        let more = (w - *o).min(over);
        *o += more;
        over -= more;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_reserve_is_used_up_and_nobody_gets_more_than_wished() {
        let wishes = [50, 10, 0, 40];
        let mut out = [0; 4];
        serve(&wishes, &[1.0, 9.0, 1.0, 1.0], 60, &mut out);
        assert_eq!(out.iter().sum::<i64>(), 60);
        assert!(out.iter().zip(&wishes).all(|(o, w)| o <= w));
    }
}
