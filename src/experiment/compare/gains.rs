//! `gains.csv`: who gains, and the money of governments.

use super::files::{numbers, open, text};
use super::paired::Estimate;
use super::results::{self, mean_over_seeds, over_seeds};
use super::seed::SeedData;
use super::tables::Tables;
use crate::agents::workers::GROUP_NAMES;
use crate::experiment::run::Watch;
use crate::metrics::welfare::{Frozen, Gained};
use std::path::Path;

/// Metric of the wages of incumbents.
pub const WAGES: &str = "log_wage_incumbent";

/// Columns that only groups of people have.
const PEOPLE: [&str; 9] = [
    "median",
    "losers",
    "lose_1pct",
    "lose_5pct",
    "gain_1pct",
    "gain_5pct",
    "sure_losers",
    "sure_gainers",
    "people",
];

/// One row of `gains.csv`.
struct Row<'a> {
    kind: &'static str,
    group: &'a str,
    estimate: Estimate,
    people: [f64; PEOPLE.len()],
    unit: &'static str,
}

impl Tables<'_> {
    /// `gains.csv`.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn gains(&self, path: &Path, watch: &dyn Watch) -> anyhow::Result<()> {
        let head = ["lever", "horizon_years", "kind", "group", "value", "se", "low", "high"];
        let header: Vec<&str> = head.into_iter().chain(PEOPLE).chain(["unit"]).collect();
        self.by_arm(&mut open(path, &header)?, watch, |arm, h| {
            let rows = [self.people(arm, h), self.money(arm, h), self.wages(arm, h)];
            let record = |row: Row| {
                let first = [row.kind, row.group].map(str::to_owned).into_iter();
                let record = first.chain(numbers(&row.estimate)).chain(row.people.map(text));
                record.chain([row.unit.to_owned()]).collect()
            };
            rows.into_iter().flatten().map(record).collect()
        })
    }

    /// Groups of people frozen at the reform date.
    fn people(&self, arm: usize, h: usize) -> Vec<Row<'_>> {
        let groups = self.seeds.first().map_or(&[][..], |s| &s.groups);
        let sure = self.sure_cells(arm, h);
        let row = |g: usize| {
            let (kind, group, _) = &groups[g];
            let mean = |of: &dyn Fn(&Gained) -> f64| {
                mean_over_seeds(self.seeds, |s| of(&s.arms[arm].horizons[h].gains.groups[g]))
            };
            let cells = |side: usize| {
                let mine = || sure.iter().enumerate().filter(|(c, _)| Frozen::holds(g, *c));
                let all: f64 = mine().map(|(_, c)| c[0]).sum();
                mine().map(|(_, c)| c[side]).sum::<f64>() / all
            };
            Row {
                kind,
                group,
                estimate: self.estimate(arm, h, |_, now| 100.0 * now.gains.groups[g].mean),
                people: [
                    mean(&|s| 100.0 * s.median),
                    mean(&|s| s.losers),
                    mean(&|s| s.lose[0]),
                    mean(&|s| s.lose[1]),
                    mean(&|s| s.gain[0]),
                    mean(&|s| s.gain[1]),
                    cells(1),
                    cells(2),
                    mean_over_seeds(self.seeds, |s| s.groups[g].2),
                ],
                unit: "per cent",
            }
        };
        (0..groups.len()).map(row).collect()
    }

    /// By cell (district, hukou, skill and fifth of income crossed): people, and how many of them count as losers and as
    /// gainers because the interval of their cell's mean change over seeds lies below or above zero.
    fn sure_cells(&self, arm: usize, h: usize) -> Vec<[f64; 3]> {
        let cells = |s: &SeedData, c: usize| s.arms[arm].horizons[h].gains.cells[c];
        let count = self
            .seeds
            .first()
            .map_or(0, |s| s.arms[arm].horizons[h].gains.cells.len());
        let changes = (0..count).flat_map(|c| {
            self.seeds.iter().map(move |s| {
                let [n, sum] = cells(s, c);
                sum / n
            })
        });
        let changes = self.bootstrap.estimates(&changes.collect::<Vec<f64>>());
        let one = |(c, change): (usize, Option<Estimate>)| {
            let people = self.seeds.iter().map(|s| cells(s, c)[0]).sum::<f64>() / self.seeds.len() as f64;
            let told = change.filter(|e| e.se.is_finite());
            let [lose, gain] = [told.is_some_and(|e| e.high < 0.0), told.is_some_and(|e| e.low > 0.0)];
            [
                people,
                people * f64::from(u8::from(lose)),
                people * f64::from(u8::from(gain)),
            ]
        };
        changes.into_iter().enumerate().map(one).collect()
    }

    /// Governments.
    fn money(&self, arm: usize, h: usize) -> Vec<Row<'_>> {
        let lines = self.seeds.first().map_or(&[][..], |s| &s.fiscal);
        let row = |k: usize| Row {
            kind: lines[k].0,
            group: &lines[k].1,
            estimate: self.estimate(arm, h, |base, now| 0.01 * (now.fiscal[k] - base.fiscal[k])),
            people: [f64::NAN; PEOPLE.len()],
            unit: "yuan per quarter",
        };
        (0..lines.len()).map(row).collect()
    }

    /// Wages of incumbents by skill and nativity.
    fn wages(&self, arm: usize, h: usize) -> Vec<Row<'_>> {
        let mut rows = Vec::new();
        for (g, group) in GROUP_NAMES.iter().enumerate() {
            let Some(series) = self.task.layout.find(WAGES, group) else {
                continue;
            };
            let log = |s: &SeedData, arm: usize| results::window(self.task, s, arm, series, &self.task.horizons[h]);
            let mut people = [f64::NAN; PEOPLE.len()];
            people[PEOPLE.len() - 1] = mean_over_seeds(self.seeds, |s| s.workers[g]);
            rows.push(Row {
                kind: "wage",
                group,
                estimate: over_seeds(self.bootstrap, self.seeds, |s| {
                    100.0 * (log(s, arm) - log(s, 0)).exp_m1()
                }),
                people,
                unit: "per cent",
            });
        }
        rows
    }
}
