//! Firms: columns and the plan that a firm can make alone.
//!
//! One agent stands for `weight` equal firms; heads, capital, land, money are totals over them. Technology and
//! demand of the lump (MODEL 5.1):
//!
//! ```text
//! y = weight^(1-nu) A z D^eta (E/weight)^eps K^alpha S^gamma L^beta,   q = weight B p^-sigma,   nu = alpha + beta + gamma
//! ```

use crate::base::lanes::{LANES, Real};
use serde::{Deserialize, Serialize};
use std::ops::Range;

/// Sectors of firms; farming is done by households.
pub const SECTORS: usize = 3;
/// Names of the firm sectors.
pub const SECTOR_NAMES: [&str; SECTORS] = ["industry", "services", "digital"];
/// Industry: mining, manufacturing, utilities and construction.
pub const INDUSTRY: usize = 0;
/// Services other than digital.
pub const SERVICES: usize = 1;
/// Digital: information services, research and technical services.
pub const DIGITAL: usize = 2;

/// Behaviour of firms (`[firms]` in the scenario).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Params {
    /// Elasticity of substitution between firms of a cell.
    pub sigma: f64,
    /// Returns to scale nu.
    pub returns_to_scale: f64,
    /// Land exponent gamma.
    pub land_exponent: f64,
    /// Data exponent eta.
    pub data_exponent: f64,
    /// Depreciation of capital, obsolescence against the trend included [1/year].
    pub depreciation: f64,
    /// Required return on capital [1/year].
    pub required_return: f64,
    /// Share of the gap to the wanted capital closed in a year [1/year].
    pub adjustment: f64,
    /// Standard deviation of yearly productivity shocks of a small firm [log points].
    pub shock_sd: f64,
    /// Elasticity of that standard deviation to size beyond ten heads.
    pub shock_size_slope: f64,
    /// Yearly persistence of productivity around the firm's own level.
    pub shock_persistence: f64,
    /// Standard deviation of the unexplained wedge on capital [log points].
    pub wedge_sd: f64,
    /// Relief of the capital wedge of state firms [log points].
    pub state_wedge: f64,
    /// Smoothing of beliefs about demand [1/quarter].
    pub learning: f64,
    /// Deposits wanted, in quarters of the wage bill.
    pub cash_quarters: f64,
    /// Yearly voluntary exit of a firm with ten heads [1/year].
    pub exit_rate: f64,
    /// Elasticity of exit to size.
    pub exit_size_slope: f64,
    /// Elasticity of entry to the value of a firm.
    pub entry_elasticity: f64,
    /// Least entry relative to exit, whatever a firm is worth.
    pub entry_floor: f64,
    /// Most entry relative to exit.
    pub entry_ceiling: f64,
    /// Elasticity of the split of mobile equity between regions to the value of a firm.
    pub investor_elasticity: f64,
    /// Share of a closing firm's data that its successor keeps.
    pub entrant_data: f64,
    /// Elasticity of productivity to local employment.
    pub agglomeration: f64,
}

/// Columns of all firms, ordered by cell (region, then sector) at birth.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Firms {
    /// Cell: region * SECTORS + sector.
    pub cell: Vec<u16>,
    /// State-held.
    pub state: Vec<bool>,
    /// Generations that the slot has seen.
    pub generation: Vec<u32>,
    /// Age [quarters].
    pub age: Vec<u16>,
    /// Firms in the lump.
    pub weight: Vec<f64>,
    /// Log of the firm's own productivity level (technology A of the cell included).
    pub type_z: Vec<f64>,
    /// Size of one firm by that level alone when inputs go where they earn most, relative to the cell's mean level:
    /// e^(rho z / (1 - nu rho)).
    pub own_size: Vec<f64>,
    /// Log deviation of productivity from that level.
    pub shock: Vec<f64>,
    /// Unexplained log wedge on the cost of capital.
    pub wedge: Vec<f64>,
    /// Capital [units].
    pub capital: Vec<f64>,
    /// Land [m2].
    pub land_m2: Vec<i64>,
    /// Own data [units].
    pub data: Vec<f64>,
    /// Data used, own and bought [units].
    pub data_used: Vec<f64>,
    /// Deposits [fen].
    pub deposits: Vec<i64>,
    /// Debt [fen].
    pub debt: Vec<i64>,
    /// Loan rate [1/year].
    pub loan_rate: Vec<f64>,
    /// Whether the firm has a bank.
    pub borrowed: Vec<bool>,
    /// Posted wage per efficiency unit [fen per quarter and efficiency unit of one person].
    pub wage: Vec<f64>,
    /// Agents employed.
    pub heads: Vec<u32>,
    /// Efficiency units employed, as they count once luck has averaged out ([`crate::world::World::employ`]) [agents].
    pub efficiency: Vec<f64>,
    /// Efficiency units of an employee, when they were last counted [agents].
    pub skill: Vec<f64>,
    /// Agents wanted.
    pub target: Vec<u32>,
    /// Agents sought this quarter.
    pub openings: Vec<u32>,
    /// Openings left at the end of the quarter.
    pub unfilled: Vec<u32>,
    /// Revenue expected at the plan [fen per quarter].
    pub planned_revenue: Vec<f64>,
    /// Investment wanted, decided at the plan [fen].
    pub planned_investment: Vec<f64>,
    /// Deposits wanted at the end of a quarter [fen].
    pub cash_target: Vec<i64>,
    /// Output of the quarter [units].
    pub output: Vec<f64>,
    /// Weight in the sales of the cell: weight^(1/sigma) y^rho.
    pub market_weight: Vec<f64>,
    /// Revenue of the quarter [fen].
    pub revenue: Vec<i64>,
    /// Operating profit of the quarter: revenue less production tax, labour cost, power and wear, smoothed [fen].
    pub profit: Vec<f64>,
    /// Power used in the quarter [kWh].
    pub power_kwh: Vec<f64>,
    /// Knowledge from own research of one firm [fen at start prices]; 0 for a firm that does none.
    pub knowledge: Vec<f64>,
    /// Research wanted, decided at the plan [fen].
    pub planned_research: Vec<f64>,
    /// Gain of log productivity from licences, mean of the lump [log points].
    pub licence: Vec<f64>,
}

impl Firms {
    /// Number of firm agents.
    pub fn len(&self) -> usize {
        self.cell.len()
    }

    /// Whether there are no firms.
    pub fn is_empty(&self) -> bool {
        self.cell.is_empty()
    }

    /// Sector of firm `i`.
    #[inline]
    pub fn sector(&self, i: usize) -> usize {
        self.cell[i] as usize % SECTORS
    }

    /// Region of firm `i`.
    #[inline]
    pub fn region(&self, i: usize) -> usize {
        self.cell[i] as usize / SECTORS
    }

    /// The firms of `range` in runs of a cell, which is told, of at most [`LANES`] firms; and where in the range they stand.
    pub fn runs(&self, range: Range<usize>) -> impl Iterator<Item = (usize, Range<usize>, Range<usize>)> {
        let (start, mut next) = (range.start, range.start);
        let cells = self.cell[range].chunk_by(|a, b| a == b);
        cells.flat_map(|cell| cell.chunks(LANES)).map(move |run| {
            let first = next;
            next += run.len();
            (run[0] as usize, first..next, first - start..next - start)
        })
    }

    /// Heads of one firm of lump `i` [persons].
    #[inline]
    pub fn size(&self, i: usize, scale: f64) -> f64 {
        f64::from(self.heads[i]) * scale / self.weight[i]
    }
}

/// What the number of its firms means for a lump.
#[derive(Clone, Copy, Debug)]
pub struct Lump<N> {
    /// Of [`Technology::number`].
    pub number: N,
    /// B^(1/sigma) of its demand B, so that output y sells for B^(1/sigma) y^rho.
    pub demand: N,
    /// What energy adds to the value of labour, g.
    pub energy: N,
}

/// What size beyond ten heads does to something with elasticity `slope` to it: max(size/10, 1)^slope.
#[inline]
pub fn beyond_ten_heads<N: Real>(size: N, slope: f64) -> N {
    (size / 10.0).max(1.0).powf(slope)
}

/// Exponents and tax that a plan needs.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Technology {
    /// Labour exponent beta of the cell.
    pub beta: f64,
    /// Capital exponent alpha of the cell.
    pub alpha: f64,
    /// Land exponent gamma.
    pub gamma: f64,
    /// Data exponent eta.
    pub eta: f64,
    /// Elasticity of substitution sigma.
    pub sigma: f64,
    /// Energy exponent eps of the cell.
    pub eps: f64,
}

impl Technology {
    /// rho = (sigma - 1) / sigma.
    #[inline]
    pub fn rho(&self) -> f64 {
        (self.sigma - 1.0) / self.sigma
    }

    /// Size of a firm with log productivity `z` beside others of its cell, where marginal products are equal:
    /// e^(rho z / (1 - nu rho)).
    #[inline]
    pub fn own_size(&self, z: f64) -> f64 {
        let nu = self.alpha + self.beta + self.gamma;
        (self.rho() * z / (1.0 - nu * self.rho())).exp()
    }

    /// What its number of firms means for a lump of `weight` firms with demand `belief` a firm and power at `price`.
    pub fn lump<N: Real>(&self, weight: N, belief: f64, price: f64, tax: f64) -> Lump<N> {
        Lump {
            number: self.number(weight),
            demand: (weight * belief).powf(1.0 / self.sigma),
            energy: self.energy_factor(weight, price, tax),
        }
    }

    /// What the number of firms in a lump adds to log output at given inputs: (1 - nu) ln weight.
    #[inline]
    pub fn number<N: Real>(&self, weight: N) -> N {
        let nu = self.alpha + self.beta + self.gamma;
        weight.ln() * (1.0 - nu)
    }

    /// Everything of output but labour: Theta = weight^(1-nu) exp(z) D^eta K^alpha S^gamma (A inside z), `number` of
    /// [`Self::number`].
    #[inline]
    pub fn theta<N: Real>(&self, number: N, z: N, data: N, capital: N, land: N) -> N {
        // data per firm relative to its start value enters through z's normalisation
        (number
            + z
            + data.max(1e-9).ln() * self.eta
            + capital.max(1e-9).ln() * self.alpha
            + land.max(1.0).ln() * self.gamma)
            .exp()
    }

    /// Efficiency units that maximise (1 - tax) B^(1/sigma) y^rho - w L - p E at given Theta when energy follows:
    /// L* = ( ((1-tax) rho beta / w)^(1 - eps rho) B^(1/sigma) Theta^rho g )^(1/(1 - (beta + eps) rho)), g being
    /// what power adds.
    #[inline]
    pub fn labour_wanted<N: Real>(&self, lump: &Lump<N>, theta: N, wage: N, tax: f64) -> N {
        let (rho, beta) = (self.rho(), self.beta);
        let rest = 1.0 - self.eps * rho;
        let value = N::from((1.0 - tax) * rho * beta) / wage;
        (value.powf(rest) * lump.demand * theta.powf(rho) * lump.energy).powf(1.0 / (rest - beta * rho))
    }

    /// Elasticity of revenue to labour when energy follows: beta rho / (1 - eps rho).
    #[inline]
    pub fn labour_elasticity(&self) -> f64 {
        self.beta * self.rho() / (1.0 - self.eps * self.rho())
    }

    /// What energy bought at price p adds to the value of labour: g = ((1-tax) rho eps / (p weight))^(eps rho).
    #[inline]
    fn energy_factor<N: Real>(&self, weight: N, price: f64, tax: f64) -> N {
        if self.eps > 0.0 {
            (N::from((1.0 - tax) * self.rho() * self.eps) / (weight * price)).powf(self.eps * self.rho())
        } else {
            N::from(1.0)
        }
    }

    /// Energy that the first-order condition asks for when labour is known: E = (1-tax) rho eps R / p with
    /// R = ( B^(1/sigma) (Theta L^beta)^rho g )^(1/(1 - eps rho)).
    #[inline]
    pub fn energy_wanted<N: Real>(&self, lump: &Lump<N>, made: N, price: f64, tax: f64) -> N {
        if self.eps <= 0.0 {
            return N::from(0.0);
        }
        let sales = lump.demand * made.powf(self.rho());
        let revenue = (sales * lump.energy).powf(1.0 / (1.0 - self.eps * self.rho()));
        self.input_wanted(self.eps, tax, revenue, N::from(price))
    }

    /// What energy adds to log output: eps ln(E / weight).
    #[inline]
    pub fn energy_gain<N: Real>(&self, energy: N, weight: N) -> N {
        if self.eps > 0.0 {
            (energy / weight).max(1e-9).ln() * self.eps
        } else {
            N::from(0.0)
        }
    }

    /// Input with exponent x that the first-order condition asks for at expected revenue R and unit cost c:
    /// (1 - tax) rho x R / c.
    #[inline]
    pub fn input_wanted<N: Real>(&self, exponent: f64, tax: f64, revenue: N, cost: N) -> N {
        revenue * ((1.0 - tax) * self.rho() * exponent) / cost
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wanted_labour_satisfies_the_first_order_condition() {
        let t = Technology {
            beta: 0.6,
            alpha: 0.25,
            gamma: 0.03,
            eta: 0.03,
            sigma: 6.0,
            eps: 0.05,
        };
        let (b, w, tax, p, weight) = (7.0, 0.9, 0.08, 0.4, 3.0);
        let lump = t.lump(weight, b / weight, p, tax);
        let theta = t.theta(lump.number, 0.2, 5.0, 40.0, 100.0);
        let l = t.labour_wanted(&lump, theta, w, tax);
        let e = t.energy_wanted(&lump, theta * l.powf(t.beta), p, tax);
        let profit = |l: f64, e: f64| {
            let y = theta * l.powf(t.beta) * t.energy_gain(e, weight).exp();
            (1.0 - tax) * lump.demand * y.powf(t.rho()) - w * l - p * e
        };
        let best = profit(l, e);
        for x in [0.999, 1.001] {
            assert!(best > profit(l * x, e) && best > profit(l, e * x));
        }
        let none = Technology { eps: 0.0, ..t };
        let l = none.labour_wanted(&none.lump(weight, b / weight, p, tax), theta, w, tax);
        let closed = ((1.0 - tax) * t.rho() * t.beta * b.powf(1.0 / t.sigma) * theta.powf(t.rho()) / w)
            .powf(1.0 / (1.0 - t.beta * t.rho()));
        assert!((l / closed - 1.0).abs() < 1e-12);
    }
}
