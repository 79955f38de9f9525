//! Tables of what is analysed seed by seed: channels, misallocation, gains, estimates.

use super::estimate::{self, Study};
use super::files::{Csv, numbers, open, text};
use super::paired::{Bootstrap, Estimate};
use super::panel::Horizon;
use super::results::{mean_over_seeds, over_seeds};
use super::seed::{AtHorizon, SeedData, Task};
use crate::experiment::run::Watch;
use crate::metrics::METRICS;
use crate::metrics::accounts::{CHANNELS, FACTORS};
use rayon::prelude::*;
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

    /// Steps of progress of the tables by arm.
    pub fn steps(&self) -> u64 {
        3 * self.arms().len() as u64
    }

    /// Writes the records that every arm has at every horizon: arms side by side, records in order.
    pub(super) fn by_arm(
        &self,
        out: &mut Csv,
        watch: &dyn Watch,
        records: impl Fn(usize, usize) -> Vec<Vec<String>> + Sync,
    ) -> anyhow::Result<()> {
        let of = |(arm, name): &(usize, String)| -> Vec<Vec<String>> {
            let at = |(h, horizon): (usize, &Horizon)| {
                let first = [name.clone(), horizon.years.to_string()];
                let found = records(*arm, h).into_iter();
                found
                    .map(move |rest| first.iter().cloned().chain(rest).collect())
                    .collect::<Vec<Vec<String>>>()
            };
            let found = self.task.horizons.iter().enumerate().flat_map(at).collect();
            watch.tick();
            found
        };
        let parts: Vec<Vec<Vec<String>>> = self.arms().par_iter().map(of).collect();
        for record in parts.iter().flatten() {
            out.write_record(record)?;
        }
        Ok(out.flush()?)
    }

    /// `channels.csv`.
    pub fn channels(&self, path: &Path, watch: &dyn Watch) -> anyhow::Result<()> {
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
        self.by_arm(&mut open(path, &header)?, watch, |arm, h| {
            let record = |(k, channel): (usize, &&str)| {
                let numbers = numbers(&self.estimate(arm, h, |_, now| now.channels[k]));
                let first = [(*channel).to_owned()].into_iter();
                first.chain(numbers).chain(["per cent of GDP".to_owned()]).collect()
            };
            CHANNELS.iter().enumerate().map(record).collect()
        })
    }

    /// `misallocation.csv`.
    pub fn misallocation(&self, path: &Path, watch: &dyn Watch) -> anyhow::Result<()> {
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
        self.by_arm(&mut open(path, &header)?, watch, |arm, h| {
            let record = |(k, factor): (usize, &&str)| {
                let mean = |arm: usize| mean_over_seeds(self.seeds, |s| s.arms[arm].horizons[h].misallocation[k]);
                let change = self.estimate(arm, h, |base, now| now.misallocation[k] - base.misallocation[k]);
                let first = [(*factor).to_owned(), text(mean(0)), text(mean(arm))].into_iter();
                first.chain(numbers(&change)).collect()
            };
            FACTORS.iter().enumerate().map(record).collect()
        })
    }

    /// `estimates.csv`, if the scenario asks for it.
    pub fn estimates(&self, path: &Path) -> anyhow::Result<()> {
        let (scenario, layout) = (self.task.scenario, self.task.layout);
        let study = Study::of(scenario, self.task.data, layout)?;
        let (Some(study), Some(asked)) = (study, &scenario.estimate) else {
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
