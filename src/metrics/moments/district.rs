//! What the first measured year says of a district.

use super::super::snapshot::Snapshot;

/// Sums over the quarters of the first measured year, the date of the data of districts.
#[derive(Clone, Copy, Debug, Default)]
pub struct District {
    /// Residents [persons].
    pub residents: f64,
    /// People with the hukou [persons].
    pub hukou: f64,
    /// Residents in town [persons].
    pub townspeople: f64,
    /// Value added at start prices by good [fen a quarter].
    pub output: [f64; 4],
    /// Disposable income [fen a quarter] and people [persons]: town, village.
    pub income: [[f64; 2]; 2],
}

impl District {
    /// District `r` in a quarter, with its hukou holders.
    pub(super) fn of(s: &Snapshot, r: usize, hukou: f64) -> Self {
        let place = |g: usize| [s.quarter.income[r][g] as f64, s.quarter.persons[r][g] * s.scale];
        Self {
            residents: s.people[r],
            hukou,
            townspeople: s.townspeople[r],
            output: s.real[r],
            income: [place(0), place(1)],
        }
    }

    /// Adds another quarter or district.
    pub(in crate::metrics) fn add(&mut self, o: &Self) {
        self.residents += o.residents;
        self.hukou += o.hukou;
        self.townspeople += o.townspeople;
        self.output.iter_mut().zip(o.output).for_each(|(x, y)| *x += y);
        let (mine, other) = (self.income.as_flattened_mut(), o.income.as_flattened());
        mine.iter_mut().zip(other).for_each(|(x, y)| *x += y);
    }

    /// All sums times `x`.
    pub(in crate::metrics) fn scaled(&self, x: f64) -> Self {
        Self {
            residents: x * self.residents,
            hukou: x * self.hukou,
            townspeople: x * self.townspeople,
            output: self.output.map(|y| x * y),
            income: self.income.map(|place| place.map(|y| x * y)),
        }
    }

    /// Income per head in town (0) or village (1); `None` where nobody lives.
    pub fn income_per_head(&self, g: usize) -> Option<f64> {
        let [income, persons] = self.income[g];
        (persons > 0.0).then(|| income / persons)
    }
}
