//! Tables of what is analysed seed by seed: channels, misallocation, gains, estimates.

use super::estimate::Study;
use super::files::{numbers, open, text};
use super::paired::{Bootstrap, Estimate};
use super::results::{self, over_seeds};
use super::seed::{AtHorizon, GOVERNMENTS, SeedData, Task};
use crate::agents::workers::GROUP_NAMES;
use crate::metrics::METRICS;
use crate::metrics::accounts::{CHANNELS, FACTORS};
use std::path::Path;

/// Tables of what is analysed seed by seed.
pub struct Tables<'a> {
    /// Task.
    pub task: &'a Task<'a>,
    /// Seeds that finished.
    pub seeds: &'a [SeedData],
    /// Resamples.
    pub bootstrap: &'a Bootstrap,
}

impl Tables<'_> {
    /// Arms that are reported in full, but the baseline: place and name.
    fn arms(&self) -> Vec<(usize, String)> {
        let plan = self.task.plan;
        let full = plan.arms.iter().enumerate().skip(1).filter(|(_, c)| plan.full(**c));
        full.map(|(k, c)| (k, plan.name(*c))).collect()
    }

    fn estimate(&self, arm: usize, horizon: usize, value: impl Fn(&AtHorizon, &AtHorizon) -> f64) -> Estimate {
        over_seeds(self.bootstrap, self.seeds, |s| {
            value(&s.arms[0].horizons[horizon], &s.arms[arm].horizons[horizon])
        })
    }

    /// `channels.csv`.
    pub fn channels(&self, path: &Path) -> anyhow::Result<()> {
        let header = [
            "lever",
            "horizon_years",
            "channel",
            "value",
            "se",
            "low",
            "high",
            "unit",
        ];
        let mut out = open(path, &header)?;
        for (arm, name) in self.arms() {
            for (h, horizon) in self.task.horizons.iter().enumerate() {
                for (k, channel) in CHANNELS.iter().enumerate() {
                    let [value, se, low, high] = numbers(&self.estimate(arm, h, |_, now| now.channels[k]));
                    let years = horizon.years.to_string();
                    out.write_record([&name, &years, *channel, &value, &se, &low, &high, "per cent of GDP"])?;
                }
            }
        }
        Ok(out.flush()?)
    }

    /// `misallocation.csv`.
    pub fn misallocation(&self, path: &Path) -> anyhow::Result<()> {
        let header = [
            "lever",
            "horizon_years",
            "factor",
            "before",
            "after",
            "value",
            "se",
            "low",
            "high",
        ];
        let mut out = open(path, &header)?;
        for (arm, name) in self.arms() {
            for (h, horizon) in self.task.horizons.iter().enumerate() {
                for (k, factor) in FACTORS.iter().enumerate() {
                    let before = text(self.estimate(arm, h, |base, _| base.misallocation[k]).mean);
                    let after = text(self.estimate(arm, h, |_, now| now.misallocation[k]).mean);
                    let change = self.estimate(arm, h, |base, now| now.misallocation[k] - base.misallocation[k]);
                    let [value, se, low, high] = numbers(&change);
                    let years = horizon.years.to_string();
                    out.write_record([&name, &years, *factor, &before, &after, &value, &se, &low, &high])?;
                }
            }
        }
        Ok(out.flush()?)
    }

    /// `estimates.csv`, if the scenario asks for it.
    pub fn estimates(&self, path: &Path) -> anyhow::Result<()> {
        let (Some(study), Some(asked)) = (Study::of(self.task)?, &self.task.scenario.estimate) else {
            return Ok(());
        };
        let header = [
            "lever",
            "outcome",
            "group",
            "term",
            "event_time",
            "value",
            "se",
            "low",
            "high",
            "se_clustered",
            "treated",
            "control",
            "unit",
        ];
        let mut out = open(path, &header)?;
        let metric = METRICS.iter().find(|m| m.name == asked.outcome).map_or("", |m| m.unit);
        let unit = if asked.log { "log points" } else { metric };
        let regions = [&asked.treated_places, &asked.control_places].map(|p| p.len().to_string());
        for line in study.lines(self.task, self.seeds, self.bootstrap) {
            let name = self.task.plan.name(self.task.plan.arms[line.arm]);
            let time = line.event_time.map_or_else(String::new, |t| t.to_string());
            let head = [&name, &asked.outcome, &asked.group, line.term, &time].map(str::to_owned);
            let row = head
                .into_iter()
                .chain(numbers(&line.value))
                .chain([text(line.se_clustered)]);
            out.write_record(row.chain(regions.clone()).chain([unit.to_owned()]))?;
        }
        Ok(out.flush()?)
    }

    /// `gains.csv`.
    pub fn gains(&self, path: &Path) -> anyhow::Result<()> {
        let header = [
            "lever",
            "horizon_years",
            "kind",
            "group",
            "value",
            "se",
            "low",
            "high",
            "losers",
            "people",
            "unit",
        ];
        let mut out = open(path, &header)?;
        for (arm, name) in self.arms() {
            for h in 0..self.task.horizons.len() {
                for row in self.gain_rows(arm, h) {
                    let [value, se, low, high] = numbers(&row.estimate);
                    let years = self.task.horizons[h].years.to_string();
                    let (losers, people) = (text(row.losers), text(row.people));
                    out.write_record([
                        &name, &years, row.kind, &row.group, &value, &se, &low, &high, &losers, &people, row.unit,
                    ])?;
                }
            }
        }
        Ok(out.flush()?)
    }

    fn gain_rows(&self, arm: usize, h: usize) -> Vec<Gain> {
        let mean = |value: &dyn Fn(&SeedData) -> f64| over_seeds(self.bootstrap, self.seeds, value).mean;
        let mut rows = Vec::new();
        let groups = self.seeds.first().map_or(&[][..], |s| &s.groups);
        for (g, (kind, group, _)) in groups.iter().enumerate() {
            rows.push(Gain {
                kind,
                group: group.clone(),
                estimate: self.estimate(arm, h, |_, now| 100.0 * now.gains[g][0]),
                losers: self.estimate(arm, h, |_, now| now.gains[g][1]).mean,
                people: mean(&|s| s.groups[g].2),
                unit: "per cent",
            });
        }
        for (g, group) in GOVERNMENTS.iter().enumerate() {
            rows.push(Gain {
                kind: "government",
                group: (*group).to_owned(),
                estimate: self.estimate(arm, h, |base, now| 0.01 * (now.revenue[g] - base.revenue[g])),
                losers: f64::NAN,
                people: f64::NAN,
                unit: "yuan per quarter",
            });
        }
        for (g, group) in GROUP_NAMES.iter().enumerate() {
            let Some(series) = self.task.layout.find("log_wage_incumbent", group) else {
                continue;
            };
            let log = |s: &SeedData, arm: usize| results::window(self.task, s, arm, series, &self.task.horizons[h]);
            rows.push(Gain {
                kind: "wage",
                group: (*group).to_owned(),
                estimate: over_seeds(self.bootstrap, self.seeds, |s| {
                    100.0 * (log(s, arm) - log(s, 0)).exp_m1()
                }),
                losers: f64::NAN,
                people: mean(&|s| s.workers[g]),
                unit: "per cent",
            });
        }
        rows
    }
}

/// One row of `gains.csv`.
struct Gain {
    kind: &'static str,
    group: String,
    estimate: Estimate,
    losers: f64,
    people: f64,
    unit: &'static str,
}
