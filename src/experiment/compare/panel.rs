//! Measured values of every arm and seed, densely packed.

use crate::metrics::{ALL, Define, METRICS, Scope, Value};

/// One series: metric, scope and group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Key {
    /// Index into [`METRICS`].
    pub metric: u16,
    /// Index into the scopes.
    pub scope: u16,
    /// Group.
    pub group: &'static str,
}

/// Which series there can be; those of the first scope (`total`) come first.
#[derive(Clone, Debug)]
pub struct Layout {
    /// Series in order.
    pub keys: Vec<Key>,
    /// Number of series of the total.
    pub total: usize,
    /// Names of the scopes.
    pub scopes: Vec<String>,
    /// Quarters.
    pub quarters: usize,
    /// First series of each scope and metric.
    first: Vec<Vec<usize>>,
    /// Series that stay in memory beside those of the total.
    near: Vec<usize>,
}

impl Layout {
    /// Every series of the scopes over `quarters`, of the metrics that are kept.
    pub fn new(scopes: &[Scope], quarters: usize, kept: &dyn Fn(&str) -> bool) -> Self {
        let mut keys = Vec::new();
        let mut total = 0;
        let mut first = Vec::new();
        for scope in 0..scopes.len() {
            let mut starts = Vec::new();
            for (m, metric) in METRICS.iter().enumerate() {
                starts.push(keys.len());
                let key = |group| Key {
                    metric: m as u16,
                    scope: scope as u16,
                    group,
                };
                match &metric.define {
                    _ if !kept(metric.name) => {}
                    Define::Groups(groups, _) => keys.extend(groups.iter().map(|g| key(g))),
                    Define::City(_) if scope > 0 => {}
                    _ => keys.push(key(ALL)),
                }
            }
            first.push(starts);
            if scope == 0 {
                total = keys.len();
            }
        }
        Self {
            keys,
            total,
            scopes: scopes.iter().map(|s| s.name.clone()).collect(),
            quarters,
            first,
            near: Vec::new(),
        }
    }

    /// Has series stay in memory as those of the total do.
    pub fn bring_near(&mut self, series: &[usize]) {
        self.near.extend(series.iter().filter(|k| **k >= self.total));
        self.near.sort_unstable();
        self.near.dedup();
    }

    /// Number of series of an arm that stay in memory.
    pub fn near(&self, full: bool) -> usize {
        self.total + if full { self.near.len() } else { 0 }
    }

    /// Place of a series among those that stay in memory.
    pub fn place(&self, series: usize) -> Option<usize> {
        match self.near.binary_search(&series) {
            _ if series < self.total => Some(series),
            found => found.ok().map(|k| self.total + k),
        }
    }

    /// The first `width` values that stay in memory of a quarter's.
    pub fn near_values<'a>(&'a self, row: &'a [f64], width: usize) -> impl Iterator<Item = f64> + 'a {
        let all = (0..self.total).chain(self.near.iter().copied());
        all.take(width).map(|series| row[series])
    }

    /// Series kept of an arm: all, or those of the total.
    pub fn width(&self, full: bool) -> usize {
        if full { self.keys.len() } else { self.total }
    }

    /// Puts a quarter's values into its row; what was not measured stays as it is.
    pub fn fill(&self, values: &[Value], row: &mut [f64]) {
        for v in values {
            let start = self.first[v.scope as usize][v.metric as usize];
            let same = |k: &&Key| k.metric == v.metric && k.scope == v.scope;
            let mut series = self.keys[start..].iter().take_while(same);
            if let Some(at) = series.position(|k| k.group == v.group)
                && let Some(slot) = row.get_mut(start + at)
            {
                *slot = v.value;
            }
        }
    }

    /// The series of a metric and group for a scope.
    pub fn series(&self, scope: &str, metric: &str, group: &str) -> Option<usize> {
        let scope = self.scopes.iter().position(|s| s == scope)?;
        let same = |k: &Key| k.scope as usize == scope && METRICS[k.metric as usize].name == metric && k.group == group;
        self.keys.iter().position(same)
    }

    /// The series of a metric and group for the total.
    pub fn find(&self, metric: &str, group: &str) -> Option<usize> {
        self.series("total", metric, group)
    }
}

/// A span of quarters over which effects are averaged: the year that ends at a horizon.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Horizon {
    /// Years since the reform date.
    pub years: f64,
    /// First quarter of the year.
    pub from: usize,
    /// Last quarter of the year.
    pub to: usize,
}

impl Horizon {
    /// 2, 5 and 10 years after the reform date, a quarter of the run, cut at the end of the run.
    pub fn all(quarters: usize, reform: usize) -> Vec<Self> {
        let mut ends: Vec<usize> = [8, 20, 40].map(|q: usize| (reform + q).min(quarters)).to_vec();
        ends.dedup();
        let horizon = |end: usize| Self {
            years: (end - reform) as f64 / 4.0,
            from: end.saturating_sub(4).max(reform),
            to: end - 1,
        };
        ends.into_iter().map(horizon).collect()
    }

    /// Number of quarters.
    pub fn length(&self) -> usize {
        self.to - self.from + 1
    }

    /// Whether a quarter is in it.
    pub fn holds(&self, tick: i64) -> bool {
        (self.from as i64..=self.to as i64).contains(&tick)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn horizons_are_counted_from_the_reform_date() {
        let ends = |quarters, reform| -> Vec<(f64, usize, usize)> {
            let all = Horizon::all(quarters, reform);
            all.iter().map(|h| (h.years, h.from, h.to)).collect()
        };
        assert_eq!(ends(40, 0), [(2.0, 4, 7), (5.0, 16, 19), (10.0, 36, 39)]);
        assert_eq!(ends(40, 8), [(2.0, 12, 15), (5.0, 24, 27), (8.0, 36, 39)]);
        assert_eq!(
            ends(10, 8),
            [(0.5, 8, 9)],
            "no quarter before the reform is in a horizon"
        );
    }
}
