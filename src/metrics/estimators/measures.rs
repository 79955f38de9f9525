//! What estimators are made of: means, drifts, cycles, slopes, and distances of districts.

use super::HP;
use crate::base::fit::{self, Subbotin};
use crate::base::stats::mean_sd;
use crate::metrics::moments::{District, FactMoments, Growth};
use crate::scenario::seed::{RegionSeed, SeedEconomy};

/// Mean of the finite values.
pub(super) fn mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    mean_sd(values.filter(|x| x.is_finite()).map(|x| (x, 1.0))).map(|m| m.0)
}

/// The Subbotin density of growth rates, firms weighted one each.
pub fn growth_fit(growth: &[Growth]) -> Option<Subbotin> {
    Subbotin::fit(&growth.iter().map(|g| (g.rate, g.weight)).collect::<Vec<_>>())
}

/// ln mean heads and ln standard deviation of growth, over doublings of size with 30 or more observations.
pub fn spread_by_size(growth: &[Growth]) -> Vec<(f64, f64)> {
    let mut bins: Vec<Vec<&Growth>> = vec![Vec::new(); 24];
    for g in growth.iter().filter(|g| g.size >= 1.0) {
        bins[(g.size.log2() as usize).min(23)].push(g);
    }
    let points = bins.iter().filter(|b| b.len() >= 30).filter_map(|b| {
        let (_, sd) = mean_sd(b.iter().map(|g| (g.rate, g.weight)))?;
        let (size, _) = mean_sd(b.iter().map(|g| (g.size.ln(), g.weight)))?;
        (sd > 0.0).then(|| (size, sd.ln()))
    });
    points.collect()
}

/// Slope of ln standard deviation of growth on ln size.
pub(super) fn spread_slope(growth: &[Growth]) -> Option<f64> {
    fit::line(spread_by_size(growth).into_iter().map(|(x, y)| (x, y, 1.0))).map(|l| l.slope)
}

/// Slope of growth on ln size of large firms.
pub(super) fn gibrat(growth: &[Growth]) -> Option<f64> {
    let large = growth.iter().filter(|g| g.large && g.size > 0.0);
    fit::line(large.map(|g| (g.size.ln(), g.rate, g.weight))).map(|l| l.slope)
}

impl FactMoments {
    fn series(&self, key: &str) -> Option<&Vec<f64>> {
        self.series.get(key).filter(|s| !s.is_empty())
    }

    /// Mean over quarters.
    pub(super) fn mean(&self, key: &str) -> Option<f64> {
        mean(self.series(key)?.iter().copied())
    }

    /// Mean of the first four quarters.
    pub(super) fn first_year(&self, key: &str) -> Option<f64> {
        mean(self.series(key)?.iter().take(4).copied())
    }

    /// Least-squares slope on time [1/year].
    pub(super) fn drift(&self, key: &str) -> Option<f64> {
        let s = self.series(key)?;
        fit::line(s.iter().enumerate().map(|(t, &x)| (0.25 * t as f64, x, 1.0))).map(|l| l.slope)
    }

    /// Deviations of a series, or of its logs, from their Hodrick-Prescott trend.
    pub fn cycle(&self, key: &str, log: bool) -> Option<Vec<f64>> {
        let s = self.series(key)?;
        let s: Vec<f64> = s.iter().map(|&x| if log { x.max(1e-9).ln() } else { x }).collect();
        fit::cycle(&s, HP)
    }

    /// Slope of the cycle of a series on the cycle of log output.
    pub(super) fn slope(&self, key: &str, log: bool, output: &str) -> Option<f64> {
        let (y, x) = (self.cycle(key, log)?, self.cycle(output, true)?);
        fit::line(x.iter().zip(&y).map(|(&x, &y)| (x, y, 1.0))).map(|l| l.slope)
    }

    /// Standard deviation of the cycle of a log series over that of log output.
    pub(super) fn volatility(&self, key: &str) -> Option<f64> {
        Some(fit::spread(&self.cycle(key, true)?)? / fit::spread(&self.cycle("output_all", true)?)?)
    }

    /// Value added per worker off the farm over that on it.
    pub(super) fn sector_gap(&self) -> Option<f64> {
        let farm_price = self.mean("farm_nominal")?;
        let all = self.mean("gdp_nominal")?;
        let (farmers, workers) = (self.mean("farm_workers")?, self.mean("employment")?);
        Some((all - farm_price) / (workers - farmers) / (farm_price / farmers))
    }

    /// Share of the city's districts whose distance from the data is at most `tolerance`; `distance` gets the district's sums
    /// over the first year a quarter, the city's, and the data, and is none where the district has nothing of the kind.
    pub(super) fn districts_inside(
        &self,
        data: &SeedEconomy,
        tolerance: f64,
        distance: impl Fn(&District, &District, &RegionSeed) -> Option<f64>,
    ) -> Option<f64> {
        let n = f64::from(self.quarters.min(4));
        let quarter = |d: &District| d.scaled(1.0 / n);
        let in_city = || {
            self.districts
                .iter()
                .zip(&self.in_city)
                .enumerate()
                .filter(|(_, (_, city))| **city)
        };
        let mut city = District::default();
        in_city().for_each(|(_, (d, _))| city.add(&quarter(d)));
        let near = in_city().filter_map(|(r, (d, _))| {
            let far = distance(&quarter(d), &city, data.regions.get(r)?)?.abs();
            Some(if far <= tolerance { 1.0 } else { 0.0 })
        });
        mean(near.collect::<Vec<f64>>().into_iter())
    }

    /// Share of districts whose income per head in town (0) or village (1), relative to the city's, is near the data's.
    pub(super) fn district_incomes(&self, data: &SeedEconomy, place: usize) -> Option<f64> {
        let of = |seed: &RegionSeed| [seed.income_urban, seed.income_rural][place];
        let whole = [data.city.income_urban, data.city.income_rural][place];
        self.districts_inside(data, 0.1, |x, city, seed| {
            let people = [seed.urban_share, 1.0 - seed.urban_share][place];
            let here = x.income_per_head(place).filter(|_| people > 0.0)?;
            Some(here / city.income_per_head(place)? / (of(seed) / whole) - 1.0)
        })
    }
}

/// Largest relative distance of value added by good [fen a quarter] from the data, goods of under 1 % left out.
pub(super) fn sector_distance(output: &[f64; 4], seed: &RegionSeed) -> f64 {
    let data = [
        seed.va_primary,
        seed.va_secondary,
        seed.va_tertiary - seed.va_digital,
        seed.va_digital,
    ];
    let all: f64 = data.iter().sum();
    let far = output.iter().zip(data).filter(|(_, y)| *y >= 0.01 * all);
    far.map(|(x, y)| (0.04 * x / y - 1.0).abs()).fold(0.0, f64::max)
}
