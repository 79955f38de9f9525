//! What households own and what accrues to owners without being paid, for the facts of wealth and of top incomes.

use crate::agents::workers::flag;
use crate::books::Flow;
use crate::world::World;

/// Values a unit and a dwelling in a quarter.
pub(super) struct Holders {
    /// Value of a fund unit to a household [fen].
    unit: f64,
    /// What private firms earned after interest and profit tax beyond what the fund paid to households: kept in firms and
    /// paid to owners outside, a fund unit [fen per quarter].
    unpaid: f64,
    /// Value of what an owner has in the housing fund, by inside region [fen].
    dwelling: Vec<f64>,
}

impl Holders {
    /// The values of the quarter that has ended.
    pub(super) fn of(w: &World) -> Self {
        let f = &w.firms;
        let earned = |i: usize| {
            let interest = 0.25 * f.loan_rate[i] * f.debt[i] as f64;
            (1.0 - w.rules[f.region(i)].fiscal.profit_tax) * (f.profit[i] - interest)
        };
        let earned: f64 = (0..f.len()).filter(|&i| !f.state[i]).map(earned).sum();
        let paid = w.books.flow(Flow::FundDividend) as f64;
        let owned = |r: usize| {
            let fund = w.housing.space_m2[r] * w.housing.price[r] + w.housing.deposits[r] as f64;
            fund / w.census[r].owners.max(1.0)
        };
        Holders {
            unit: w.fund_value_per_unit(),
            unpaid: (earned - paid) / w.fund.units.max(1) as f64,
            dwelling: (0..w.geography.inside).map(owned).collect(),
        }
    }

    /// What accrues to the units of household `i` and is not paid to it [fen per quarter].
    pub(super) fn unpaid(&self, w: &World, i: usize) -> f64 {
        self.unpaid * f64::from(w.workers.units[i])
    }

    /// Deposits, fund units and dwelling of resident household `i` [fen]. Houses in villages have no market and count nothing.
    pub(super) fn wealth(&self, w: &World, i: usize) -> f64 {
        let owner = w.workers.flags[i] & (flag::VILLAGE_HOME | flag::TENANT) == 0;
        let dwelling = if owner {
            self.dwelling[w.workers.region[i] as usize]
        } else {
            0.0
        };
        w.workers.deposits[i].max(0) as f64 + self.unit * f64::from(w.workers.units[i]) + dwelling
    }
}
