//! Goods: budgets meet stocks; prices clear; regions trade.
//!
//! Spending of region d on sector s goes to origins by CES with start shares a (Armington 1969; Anderson and van
//! Wincoop 2003), then to the firms of the cell by CES:
//!
//! ```text
//! X_os = sum_d E_ds a_osd P_os^(1-e) / sum_o' a_o'sd P_o's^(1-e)  +  X0_os P_os^(1-e)     (outside demand)
//! P_os Y_os = X_os,   Y_os = (sum_i w_i^(1/sigma) y_i^rho)^(1/rho)
//! revenue_i = X_os w_i^(1/sigma) y_i^rho / sum_j w_j^(1/sigma) y_j^rho
//! ```
//!
//! Iceberg costs stand inside the shares a. The outside's price is one. Stocks are given when prices form, so
//! every stock is sold and nothing is rationed; ties cannot arise. The system is gross-substitutes and has one
//! solution; it is found by damped fixed-point steps from last quarter's prices.

use crate::base::split::split;
use crate::base::stats::normal_quantile;
use crate::base::whole::whole;
use serde::{Deserialize, Serialize};

/// Sectors of goods: farm, then the firm sectors.
pub const GOODS: usize = 4;
/// Names of the goods.
pub const GOOD_NAMES: [&str; GOODS] = ["farm", "industry", "services", "digital"];
/// Farm goods.
pub const FARM: usize = 0;

/// Behaviour of buyers (`[goods]` in the scenario).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Params {
    /// Elasticity of substitution between origins.
    pub trade_elasticity: f64,
    /// Elasticity of trade to distance (gravity prior of the shares).
    pub distance_elasticity: f64,
    /// Least share of spending on outside goods, by good.
    pub outside_share: Vec<f64>,
    /// Share of a household's spending on farm goods at mean income.
    pub food_share: f64,
    /// Fall of the food share with the log of income.
    pub food_slope: f64,
    /// Largest relative distance of a household's food share from the mean share.
    pub food_range: f64,
    /// Split of other consumption over industry, services, digital.
    pub consumption_split: Vec<f64>,
    /// Share of industry in the bundle of capital goods; the rest is digital.
    pub capital_industry_share: f64,
    /// Quarterly consumption out of deposits above target [1/quarter].
    pub wealth_propensity: f64,
    /// Deposits wanted, in quarters of permanent income.
    pub deposit_target: f64,
    /// Part of the wanted deposits that every household keeps as a buffer, in quarters of income.
    pub deposit_buffer: f64,
    /// Spread of thrift: standard deviation of the log of wanted deposits beyond the buffer, relative to income [log points].
    pub thrift_sd: f64,
    /// Smoothing of permanent income [1/quarter].
    pub income_smoothing: f64,
    /// Share of away workers' spending that their dependants make at home.
    pub remittance_share: f64,
    /// Share of industry goods sold outside that go by rail abroad.
    pub rail_share: f64,
    /// Time between shipping by rail and payment [days].
    pub transit_days: f64,
    /// Standard deviation of the log of outside demand around its level [log points]; 0 for an economy without aggregate
    /// shocks.
    pub outside_sd: f64,
    /// Persistence of that deviation [1/quarter].
    pub outside_persistence: f64,
}

/// Trade shares fixed at birth.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct TradeShares {
    /// `share[s][o][d]`: share of region d's spending on good s that origin o gets at start prices; the last
    /// origin is outside.
    pub share: Vec<Vec<Vec<f64>>>,
    /// `exports[s][o]`: outside spending at start prices [fen per quarter].
    pub exports: Vec<Vec<f64>>,
}

/// Outcome of the goods market in one quarter.
#[derive(Clone, Debug, Default)]
pub struct Cleared {
    /// `sales[s][o]` [fen].
    pub sales: Vec<Vec<i64>>,
    /// `exports[s][o]` within sales [fen].
    pub exports: Vec<Vec<i64>>,
    /// Imports by destination [fen].
    pub imports: Vec<i64>,
}

/// Prices that clear one good: `price[o]` is updated from last quarter's. Returns the largest relative excess
/// demand left and the number of steps.
pub fn clear_prices(
    spending: &[f64],
    stock: &[f64],
    share: &[Vec<f64>],
    exports: &[f64],
    elasticity: f64,
    price: &mut [f64],
) -> (f64, u32) {
    let n = stock.len();
    let mut power: Vec<f64> = price.iter().map(|p| p.powf(1.0 - elasticity)).collect();
    let mut gap = f64::INFINITY;
    let mut steps = 0;
    let mut per_dest = vec![0.0; spending.len()];
    while gap > 1e-10 && steps < 2_000 {
        for (d, q) in per_dest.iter_mut().enumerate() {
            let inside: f64 = (0..n).map(|o| share[o][d] * power[o]).sum();
            *q = spending[d] / (inside + share[n][d]);
        }
        gap = 0.0;
        for o in 0..n {
            if stock[o] <= 0.0 {
                continue;
            }
            let demand: f64 = power[o] * (exports[o] + share[o].iter().zip(&per_dest).map(|(a, q)| a * q).sum::<f64>());
            let ratio = demand / (price[o] * stock[o]);
            gap = gap.max((ratio - 1.0).abs());
            price[o] *= ratio.powf(1.0 / elasticity);
            power[o] = price[o].powf(1.0 - elasticity);
        }
        steps += 1;
    }
    (gap, steps)
}

/// Iceberg cost of goods sold outside through the money tied up on the way: 1 + share by rail x days/365 x rate, where
/// the rate is that of informal finance, or the bank's for the part whose waybill is a title to lend on.
pub fn transit_cost(by_rail: f64, days: f64, titled: f64, [informal, bank]: [f64; 2]) -> f64 {
    1.0 + by_rail * days / 365.0 * ((1.0 - titled) * informal + titled * bank)
}

/// Trade shares of one good where goods from other regions reach destination d at `cost[d]` times their cost at the start: what
/// local rules add to a price is an iceberg cost, real resources that nobody gets. Outside goods and goods of the place stay
/// as they are.
pub fn at_border_cost(share: &mut [Vec<f64>], cost: &[f64], elasticity: f64) {
    for (o, by_destination) in share.iter_mut().enumerate().take(cost.len()) {
        for (d, share) in by_destination.iter_mut().enumerate() {
            if o != d {
                *share *= cost[d].powf(1.0 - elasticity);
            }
        }
    }
}

/// Deviation of log outside demand from its level after standard normal `innovations`, one a quarter, from a start at the
/// level: `x_t = p x_(t-1) + s sqrt(1 - p^2) e_t`, whose standard deviation tends to s [log points].
pub fn outside_deviation(sd: f64, persistence: f64, innovations: impl Iterator<Item = f64>) -> f64 {
    let step = sd * (1.0 - persistence * persistence).sqrt();
    innovations.fold(0.0, |x, e| persistence * x + step * e)
}

/// Price index of good s for buyers in every region: (sum_o a_od P_o^(1-e))^(1/(1-e)).
pub fn buyer_prices(share: &[Vec<f64>], price: &[f64], elasticity: f64, destinations: usize) -> Vec<f64> {
    let n = price.len();
    (0..destinations)
        .map(|d| {
            let inside: f64 = (0..n).map(|o| share[o][d] * price[o].powf(1.0 - elasticity)).sum();
            (inside + share[n][d]).powf(1.0 / (1.0 - elasticity))
        })
        .collect()
}

/// Splits integer spending over origins at clearing prices: what each cell sells, fen by fen.
pub fn settle(
    spending: &[Vec<i64>],
    trade: &TradeShares,
    price: &[Vec<f64>],
    stock: &[Vec<f64>],
    elasticity: f64,
) -> Cleared {
    let goods = spending.len();
    let regions = spending.first().map_or(0, Vec::len);
    let mut out = Cleared {
        sales: vec![vec![0; regions]; goods],
        exports: vec![vec![0; regions]; goods],
        imports: vec![0; regions],
    };
    let mut weights = vec![0.0; regions + 1];
    let mut parts = vec![0i64; regions + 1];
    for s in 0..goods {
        let power: Vec<f64> = price[s].iter().map(|p| p.powf(1.0 - elasticity)).collect();
        for d in 0..regions {
            for o in 0..regions {
                weights[o] = if stock[s][o] > 0.0 {
                    trade.share[s][o][d] * power[o]
                } else {
                    0.0
                };
            }
            weights[regions] = trade.share[s][regions][d];
            split(spending[s][d], &weights, &mut parts);
            for o in 0..regions {
                out.sales[s][o] += parts[o];
            }
            out.imports[d] += parts[regions];
        }
        for o in 0..regions {
            if stock[s][o] > 0.0 {
                let x = (trade.exports[s][o] * power[o]).round() as i64;
                out.exports[s][o] = x;
                out.sales[s][o] += x;
            }
        }
    }
    out
}

/// Share of spending on farm goods at log income relative to the mean (Engel's law), within a range around the
/// share at the mean.
#[inline]
pub fn food_share(p: &Params, log_relative_income: f64) -> f64 {
    let [least, most] = [1.0 - p.food_range, 1.0 + p.food_range].map(|x| x * p.food_share);
    (p.food_share - p.food_slope * log_relative_income).max(least).min(most)
}

/// Deposits that households want, in quarters of permanent income, by thrift: a buffer, and a lognormal part of which
/// thrift is the quantile (256 of equal weight; their mean is the target).
pub struct DepositTargets([f64; 256]);

impl DepositTargets {
    /// The table of a scenario's parameters.
    pub fn new(p: &Params) -> Self {
        let thrift: [f64; 256] =
            std::array::from_fn(|k| (p.thrift_sd * normal_quantile((k as f64 + 0.5) / 256.0)).exp());
        let mean = thrift.iter().sum::<f64>() / 256.0;
        let buffer = p.deposit_buffer.min(p.deposit_target);
        DepositTargets(thrift.map(|x| buffer + (p.deposit_target - buffer) * x / mean))
    }

    /// Wanted deposits of a household [quarters of permanent income].
    #[inline]
    pub fn of(&self, thrift: u8) -> f64 {
        self.0[thrift as usize]
    }
}

/// Consumption: permanent income plus a share of deposits above target [quarters of income], at most the deposits
/// [fen].
#[inline]
pub fn consumption(p: &Params, permanent_income: f64, deposits: i64, target: f64) -> i64 {
    let c = permanent_income + p.wealth_propensity * (deposits as f64 - target * permanent_income);
    whole(c.max(0.0)).min(deposits.max(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_saves_the_difference_of_informal_and_bank_interest_on_the_way() {
        let cost = |titled| transit_cost(0.1, 73.0, titled, [0.12, 0.04]);
        assert!((cost(0.0) - 1.0024).abs() < 1e-12);
        assert!((cost(0.0) - cost(0.5) - 0.1 * 0.2 * 0.5 * 0.08).abs() < 1e-12);
        assert!((cost(1.0) - 1.0008).abs() < 1e-12);
    }

    #[test]
    fn outside_demand_strays_as_far_and_as_long_as_stated() {
        // an impulse dies out by a fifth a quarter
        let impulse = |n: usize| outside_deviation(0.05, 0.8, (0..n).map(|k| if k == 0 { 1.0 } else { 0.0 }));
        assert!((impulse(1) - 0.03).abs() < 1e-15 && (impulse(4) / impulse(1) - 0.512).abs() < 1e-12);
        // variance of the sum of all impulses
        let variance: f64 = (1..200).map(|n| impulse(n).powi(2)).sum();
        assert!((variance.sqrt() - 0.05).abs() < 1e-9);
    }

    fn example() -> (Vec<Vec<f64>>, Vec<f64>, Vec<f64>) {
        // two regions and outside; columns add to one
        let share = vec![vec![0.5, 0.2], vec![0.2, 0.5], vec![0.3, 0.3]];
        (share, vec![30.0, 20.0], vec![100.0, 80.0])
    }

    #[test]
    fn start_stocks_clear_at_start_prices() {
        let (share, exports, spending) = example();
        let stock: Vec<f64> = (0..2)
            .map(|o| exports[o] + (0..2).map(|d| share[o][d] * spending[d]).sum::<f64>())
            .collect();
        let mut price = vec![1.3, 0.8];
        let (gap, _) = clear_prices(&spending, &stock, &share, &exports, 5.0, &mut price);
        assert!(gap < 1e-9 && price.iter().all(|p| (p - 1.0).abs() < 1e-8), "{price:?}");
    }

    #[test]
    fn cheaper_borders_draw_spending_and_lower_the_buyers_price_as_armington_has_it() {
        let (mut share, exports, spending) = example();
        at_border_cost(&mut share, &[1.0 / 1.1, 1.0], 5.0);
        // only goods of the other region in the first one, by 1.1^4
        assert!((share[1][0] - 0.2 * 1.1f64.powi(4)).abs() < 1e-12);
        assert_eq!(
            [share[0][0], share[0][1], share[1][1], share[2][0]],
            [0.5, 0.2, 0.5, 0.3]
        );
        let index = buyer_prices(&share, &[1.0, 1.0], 5.0, 2);
        assert!((index[0] - (0.8 + 0.2 * 1.1f64.powi(4)).powf(-0.25)).abs() < 1e-12 && index[1] == 1.0);
        // Arkolakis, Costinot and Rodriguez-Clare 2012: the ratio of the shares of own goods to the power 1/(e-1)
        let own = 0.5 / (0.8 + 0.2 * 1.1f64.powi(4));
        assert!((index[0] - (own / 0.5f64).powf(0.25)).abs() < 1e-12);
        // who sells more earns a higher price
        let stock: Vec<f64> = vec![
            100.0 * 0.5 + 80.0 * 0.2 + exports[0],
            100.0 * 0.2 + 80.0 * 0.5 + exports[1],
        ];
        let mut price = vec![1.0, 1.0];
        clear_prices(&spending, &stock, &share, &exports, 5.0, &mut price);
        assert!(price[1] > 1.0 && price[0] < 1.0, "{price:?}");
    }

    #[test]
    fn settled_sales_add_up_to_spending() {
        let (share, exports, spending) = example();
        let trade = TradeShares {
            share: vec![share],
            exports: vec![exports],
        };
        let spent: Vec<i64> = spending.iter().map(|&x| x as i64 * 101).collect();
        let out = settle(
            std::slice::from_ref(&spent),
            &trade,
            &[vec![1.1, 0.9]],
            &[vec![1.0, 1.0]],
            5.0,
        );
        let sold: i64 = out.sales[0].iter().sum();
        let abroad: i64 = out.exports[0].iter().sum();
        assert_eq!(
            sold - abroad + out.imports.iter().sum::<i64>(),
            spent.iter().sum::<i64>()
        );
    }
}
