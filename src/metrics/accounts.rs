//! Growth accounting of output by cell, exact, and what equalising marginal revenue products would gain.
//!
//! Output of a cell (model, section 7.8), with x_f = weight^(1/sigma) y_f^rho of firms and x_own of own-account workers:
//!
//! ```text
//! Y = variety (X_firms + x_own)^(1/rho),   X_firms = sum x_f,   y_f = weight^(1-nu) a_f K^alpha S^gamma L^beta
//! F = X_firms^(1/rho) = Z N^((1 - nu rho)/rho) K^alpha S^gamma L^beta Eff
//! Z = ( sum weight a^(rho/(1 - nu rho)) / N )^((1 - nu rho)/rho),   Eff <= 1
//! N = sum weight s,   s = e^(rho own level/(1 - nu rho)): firms by own size
//! ```
//!
//! Power and what abatement takes are inside a; what power costs outside is a term of its own. K, S, L are totals of the cell and Eff is one when marginal revenue products are equal across its firms. Differences
//! between two economies are spread over these terms with logarithmic means (Sato 1976, Vartia 1976; additive LMDI,
//! Ang 2015): sum of d ln x_k weighted with the log mean of the whole is exactly the difference of the whole.
//!
//! Farms of a region (model, section 7.3), with s_i = a_i^((1-psi)/(1-theta)) of who tills and l_i the land tilled:
//!
//! ```text
//! Y = A sum s_i^(1-theta) l_i^theta = A S^(1-theta) T^theta Eff,   S = sum s_i,   T = sum l_i,   Eff <= 1
//! ```
//!
//! Eff is one when marginal products of land are equal across the region's farmers.

use crate::agents::firms::{SECTORS, SERVICES, Technology};
use crate::base::stats::log_mean;
use crate::world::{World, farm_output, own_productivity, power_from_outside, resource_gain};

/// Names of the terms into which a difference of output is split, in the order of [`difference`].
pub const CHANNELS: [&str; 11] = [
    "technology_and_data",
    "firm_numbers",
    "capital",
    "labour",
    "land",
    "allocation_within",
    "allocation_between",
    "farmers",
    "farmland",
    "farm_allocation",
    "power_from_outside",
];

const TECHNOLOGY: usize = 0;
const FIRMS: usize = 1;
const CAPITAL: usize = 2;
const WITHIN: usize = 5;
const BETWEEN: usize = 6;
const FARMERS: usize = 7;
const FARMLAND: usize = 8;
const FARM_ALLOCATION: usize = 9;
const POWER: usize = 10;

/// Names of the factors whose marginal revenue products are equalised: those of firms each alone, then all at once; and
/// farmland between farmers of a region.
pub const FACTORS: [&str; 5] = ["k", "l", "s", "all", "farmland"];

/// What made the output of one cell (region and sector) in a quarter.
#[derive(Clone, Debug, PartialEq)]
pub struct CellAccount {
    /// Output at start prices [fen per quarter].
    pub output: f64,
    /// Log of the correction for the number of varieties.
    pub ln_variety: f64,
    /// Sum of x over firms, and x of own-account workers.
    pub parts: [f64; 2],
    /// Log of mean technology Z, data used and agglomeration included.
    pub ln_technology: f64,
    /// Firms by own size.
    pub firms: f64,
    /// Capital [units], labour [efficiency units], land [m2] of the firms.
    pub inputs: [f64; 3],
    /// Own-account workers [persons].
    pub own_heads: f64,
    /// Sum of x over firms after equalising capital, labour, land, all.
    pub efficient: [f64; 4],
    /// Exponents and elasticity of the cell.
    pub technology: Technology,
}

/// What made the farm output of one region in a quarter.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FarmAccount {
    /// Output at start prices [fen per quarter].
    pub output: f64,
    /// Productivity A of the region.
    pub a: f64,
    /// Sum of size indices s of who tills land.
    pub farmers: f64,
    /// Land tilled [m2].
    pub land: f64,
    /// Exponent of land.
    pub theta: f64,
}

impl FarmAccount {
    /// Output if marginal products of land were equal [fen per quarter].
    pub fn efficient(&self) -> f64 {
        self.a * self.farmers.powf(1.0 - self.theta) * self.land.powf(self.theta)
    }
}

/// What made the city's output in a quarter.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Accounts {
    /// Cells of the city, region by region.
    pub cells: Vec<CellAccount>,
    /// Farms of the city, region by region.
    pub farms: Vec<FarmAccount>,
    /// What power costs outside [fen per quarter].
    pub power: f64,
}

impl Accounts {
    /// The accounts of the quarter; the world must stand right after its production stage.
    pub fn of(w: &World) -> Self {
        let crowd = crate::world::crowding(w);
        let city: Vec<usize> = (0..w.geography.inside).filter(|&r| w.geography.in_city[r]).collect();
        let cells = city.iter().flat_map(|&r| (0..SECTORS).map(move |s| r * SECTORS + s));
        let cells = cells.map(|c| cell(w, c, crowd[w.geography.area[c / SECTORS] as usize]));
        let power = city.iter().flat_map(|&r| r * SECTORS..(r + 1) * SECTORS);
        let power = power.map(|c| power_from_outside(w, c)).sum();
        Self {
            cells: cells.collect(),
            farms: farms(w, &city),
            power,
        }
    }

    /// Value added at start prices [fen per quarter].
    pub fn output(&self) -> f64 {
        self.cells.iter().map(|c| c.output).sum::<f64>() + self.farm_output() - self.power
    }

    /// Farm output at start prices [fen per quarter].
    pub fn farm_output(&self) -> f64 {
        self.farms.iter().map(|f| f.output).sum()
    }

    /// Total of each input over cells: capital, labour with own-account workers, land.
    fn totals(&self) -> [f64; 3] {
        let sum = |k: usize| self.cells.iter().map(|c| c.inputs[k]).sum::<f64>();
        let own: f64 = self.cells.iter().map(|c| c.own_heads).sum();
        [sum(0), sum(1) + own, sum(2)]
    }

    /// Log gain of the output of all cells (of farms: of farm output) from equalising marginal revenue products within
    /// cells (of land within regions), by [`FACTORS`]. The gains of single factors do not add up to that of all.
    pub fn gains(&self) -> [f64; FACTORS.len()] {
        let now: f64 = self.cells.iter().map(|c| c.output).sum();
        std::array::from_fn(|k| {
            if k == FACTORS.len() - 1 {
                let then: f64 = self.farms.iter().map(FarmAccount::efficient).sum();
                return (then / self.farm_output()).ln();
            }
            let then: f64 = self.cells.iter().map(|c| c.with(c.efficient[k])).sum();
            (then / now).ln()
        })
    }
}

impl CellAccount {
    /// Output if the firms' sum of x were `x`.
    fn with(&self, x: f64) -> f64 {
        self.ln_variety.exp() * (x + self.parts[1]).powf(1.0 / self.technology.rho())
    }
}

/// The farms of the city's regions.
fn farms(w: &World, city: &[usize]) -> Vec<FarmAccount> {
    let (p, scale) = (&w.params.farmland, f64::from(w.scale));
    let start = |r: usize| FarmAccount {
        output: w.farming.output[r],
        a: w.farming.a[r] * w.farming.quality[r] * w.collectives.gain(&w.params.village_credit, r),
        theta: p.theta(),
        ..FarmAccount::default()
    };
    let mut all: Vec<FarmAccount> = (0..w.geography.inside).map(start).collect();
    for i in 0..w.workers.len() {
        if let Some((region, _)) = farm_output(w, i) {
            all[region].farmers += scale * p.size_index(f64::from(w.workers.farm_skill[i]));
            all[region].land += f64::from(w.workers.operated_m2[i]);
        }
    }
    city.iter().map(|&r| std::mem::take(&mut all[r])).collect()
}

fn cell(w: &World, c: usize, crowd: f64) -> CellAccount {
    let t = w.cells.technology[c];
    let (rho, scale) = (t.rho(), f64::from(w.scale));
    let returns = 1.0 - (t.alpha + t.beta + t.gamma) * rho;
    let exponents = [t.alpha * rho, t.beta * rho, t.gamma * rho];
    let mut a = CellAccount {
        output: w.cells.quantity[c],
        ln_variety: w.cells.variety[c].ln() / (t.sigma - 1.0),
        parts: [0.0; 2],
        ln_technology: 0.0,
        firms: 0.0,
        inputs: [0.0; 3],
        own_heads: 0.0,
        efficient: [0.0; 4],
        technology: t,
    };
    if c % SECTORS == SERVICES {
        a.own_heads = f64::from(w.own_heads[c / SECTORS]) * scale;
        a.parts[1] = w.cells.own_weight[c] * a.own_heads.powf(rho);
    }
    let mut sums = [0.0; 4];
    for f in w.cell_start[c] as usize..w.cell_start[c + 1] as usize {
        let weight = w.firms.weight[f];
        let own = own_productivity(w, |column| column[f]) + resource_gain(w, c, w.firms.power_kwh[f], weight);
        let ln_a = own + crowd + t.eta * w.firms.data_used[f].max(1e-9).ln();
        let inputs = [
            w.firms.capital[f],
            w.firms.efficiency[f] * scale,
            w.firms.land_m2[f] as f64,
        ];
        a.firms += weight * w.firms.own_size[f];
        a.parts[0] += w.firms.market_weight[f];
        for k in 0..3 {
            a.inputs[k] += inputs[k];
        }
        // x = c K^(alpha rho) L^(beta rho) S^(gamma rho), c = weight^(1 - nu rho) a^rho
        let ln_c = returns * weight.ln() + rho * ln_a;
        for k in 0..3 {
            let others = (0..3).filter(|&j| j != k);
            let ln_others: f64 = others.map(|j| exponents[j] * inputs[j].max(0.0).ln()).sum();
            sums[k] += ((ln_c + ln_others) / (1.0 - exponents[k])).exp();
        }
        sums[3] += (ln_c / returns).exp();
    }
    for k in 0..3 {
        a.efficient[k] = sums[k].powf(1.0 - exponents[k]) * a.inputs[k].powf(exponents[k]);
    }
    let all: f64 = (0..3).map(|k| exponents[k] * a.inputs[k].ln()).sum();
    a.efficient[3] = sums[3].powf(returns) * all.exp();
    a.ln_technology = returns / rho * (sums[3] / a.firms).ln();
    a
}

/// The difference of output `after - before`, split into [`CHANNELS`], which add up to it exactly [fen per quarter].
///
/// What cannot be put in logs (a cell that one of the economies lacks) counts as allocation between cells, of farms as
/// land tilled.
pub fn difference(before: &Accounts, after: &Accounts) -> [f64; CHANNELS.len()] {
    let mut sums = [0.0; CHANNELS.len()];
    let (totals0, totals1) = (before.totals(), after.totals());
    let growth: [f64; 3] = std::array::from_fn(|k| (totals1[k] / totals0[k]).ln());
    for (a, b) in before.cells.iter().zip(&after.cells) {
        let part = cell_difference(a, b, &growth);
        if part.iter().all(|x| x.is_finite()) {
            sums.iter_mut().zip(part).for_each(|(s, x)| *s += x);
        } else {
            sums[BETWEEN] += b.output - a.output;
        }
    }
    sums[POWER] = before.power - after.power;
    for (a, b) in before.farms.iter().zip(&after.farms) {
        let whole = log_mean(b.output, a.output);
        let parts = [
            (TECHNOLOGY, (b.a / a.a).ln()),
            (FARMERS, (1.0 - a.theta) * (b.farmers / a.farmers).ln()),
            (FARMLAND, a.theta * (b.land / a.land).ln()),
            (
                FARM_ALLOCATION,
                (b.output / b.efficient()).ln() - (a.output / a.efficient()).ln(),
            ),
        ];
        if parts.iter().all(|p| p.1.is_finite()) && whole.is_finite() {
            parts.iter().for_each(|(k, d_ln)| sums[*k] += whole * d_ln);
        } else {
            sums[FARMLAND] += b.output - a.output;
        }
    }
    sums
}

/// One cell's difference; `growth` are log changes of the totals of capital, labour and land over cells.
fn cell_difference(a: &CellAccount, b: &CellAccount, growth: &[f64; 3]) -> [f64; CHANNELS.len()] {
    let t = a.technology;
    let rho = t.rho();
    let mut out = [0.0; CHANNELS.len()];
    let whole = log_mean(b.output, a.output);
    out[FIRMS] += whole * (b.ln_variety - a.ln_variety);
    // d ln (X_firms + x_own) = sum of log-mean shares times d ln of the parts
    let total = log_mean(b.parts.iter().sum(), a.parts.iter().sum());
    let share = log_mean(b.parts[0], a.parts[0]) / total;
    let returns = (1.0 - (t.alpha + t.beta + t.gamma) * rho) / rho;
    let weight = whole * share;
    let mut left = (b.parts[0] / a.parts[0]).ln() / rho;
    let mut put = |channel: usize, d_ln: f64| {
        out[channel] += weight * d_ln;
        left -= d_ln;
    };
    put(TECHNOLOGY, b.ln_technology - a.ln_technology);
    put(FIRMS, returns * (b.firms / a.firms).ln());
    for (k, exponent) in [t.alpha, t.beta, t.gamma].into_iter().enumerate() {
        put(CAPITAL + k, exponent * growth[k]);
        put(BETWEEN, exponent * ((b.inputs[k] / a.inputs[k]).ln() - growth[k]));
    }
    out[WITHIN] += weight * left;
    if a.own_heads > 0.0 || b.own_heads > 0.0 {
        let weight = whole * log_mean(b.parts[1], a.parts[1]) / total;
        out[CAPITAL + 1] += weight * growth[1];
        out[BETWEEN] += weight * ((b.own_heads / a.own_heads).ln() - growth[1]);
    }
    out
}
