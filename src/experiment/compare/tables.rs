//! Tables of what is analysed seed by seed: channels, misallocation, gains, estimates.

use super::estimate::{self, Study};
use super::files::{numbers, open, text};
use super::paired::{Bootstrap, Estimate};
use super::results::over_seeds;
use super::seed::{AtHorizon, SeedData, Task};
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
    pub(super) fn arms(&self) -> Vec<(usize, String)> {
        let plan = self.task.plan;
        let full = plan.arms.iter().enumerate().skip(1).filter(|(_, c)| plan.full(**c));
        full.map(|(k, c)| (k, plan.name(*c))).collect()
    }

    /// An estimate from baseline and arm of every seed at a horizon.
    pub(super) fn estimate(
        &self,
        arm: usize,
        horizon: usize,
        value: impl Fn(&AtHorizon, &AtHorizon) -> f64,
    ) -> Estimate {
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
            "published",
            "published_low",
            "published_high",
            "verdict",
            "source",
        ];
        let mut out = open(path, &header)?;
        let metric = METRICS.iter().find(|m| m.name == asked.outcome).map_or("", |m| m.unit);
        let unit = if asked.log { "log" } else { metric };
        let regions = [&asked.treated_places, &asked.control_places].map(|p| p.len().to_string());
        for line in study.lines(self.task, self.seeds, self.bootstrap) {
            let name = self.task.plan.name(self.task.plan.arms[line.arm]);
            let time = line.event_time.map_or_else(String::new, |t| t.to_string());
            let head = [&name, &asked.outcome, &asked.group, line.term, &time].map(str::to_owned);
            let row = head
                .into_iter()
                .chain(numbers(&line.value))
                .chain([text(line.se_clustered)]);
            let row = row.chain(regions.clone()).chain([unit.to_owned()]);
            out.write_record(row.chain(published(asked, &line)))?;
        }
        Ok(out.flush()?)
    }
}

/// The published value, its range, whether the model agrees, and the source: beside what is comparable with it.
fn published(asked: &crate::scenario::Estimate, line: &estimate::Line) -> [String; 5] {
    match &asked.published {
        Some(p) if ["did", "true_treated"].contains(&line.term) => {
            let verdict = p.verdict(line.value.low, line.value.high);
            let [value, low, high] = [Some(p.value), p.low, p.high].map(|x| text(x.unwrap_or(f64::NAN)));
            [value, low, high, verdict.to_owned(), p.source.clone()]
        }
        _ => Default::default(),
    }
}
