//! Tables: key metrics for the terminal, Markdown and CSV, and the effects behind the figures.

use std::fs;
use std::path::{Path, PathBuf};

use comfy_table::{CellAlignment, ContentArrangement, Table, presets};

use super::ReportError;
use super::data::{Run, Side};
use super::forest::effect_text;
use super::page::years_text;
use super::spec::{FIGURES, Item, KEY, MapOf, Plot};
use super::stats::with_intervals;
use super::track::Track;
use super::units;

/// A table of texts with a header.
struct Sheet {
    header: Vec<String>,
    rows: Vec<Vec<String>>,
}

/// Mean of the last four quarters.
fn last_year(track: &Track) -> Option<f64> {
    let tail: Vec<f64> = track.points.iter().rev().take(4).map(|p| p.1.mean).collect();
    (!tail.is_empty()).then(|| tail.iter().sum::<f64>() / tail.len() as f64)
}

/// The key metrics: level of both scenarios in the last year, effects at the horizons.
fn key(run: &Run) -> Sheet {
    let horizons = run.horizons();
    let mut header = vec![
        "metric".to_owned(),
        "unit".to_owned(),
        format!("{} (last year)", run.baseline),
    ];
    if let Some(reform) = &run.reform {
        header.push(format!("{reform} (last year)"));
        header.push("effect in".to_owned());
        let after = |h: &(f64, i32)| with_intervals(&format!("after {}", years_text(h.0)), run.seeds);
        header.extend(horizons.iter().map(after));
    }
    let row = |item: &Item| {
        let level = |side| run.levels(side, item, item.region);
        let base = level(Side::Baseline)?;
        let value = |track: Option<Track>| {
            let value = track.as_ref().and_then(last_year);
            value.map_or("n.a.".to_owned(), |v| units::number(v, units::decimals(v)))
        };
        let unit = if base.unit.is_empty() {
            "index".to_owned()
        } else {
            base.unit.clone()
        };
        let mut row = vec![item.label.to_owned(), unit, value(Some(base))];
        if run.reform.is_some() {
            let effect = run.effect(item, item.region);
            row.push(value(level(Side::Reform)));
            row.push(effect.as_ref().map_or(String::new(), |e| e.unit.clone()));
            let at = |tick| effect.as_ref().and_then(|e| e.at(tick));
            row.extend(
                horizons
                    .iter()
                    .map(|h| at(h.1).map_or("n.a.".to_owned(), |i| effect_text(&i))),
            );
        }
        Some(row)
    };
    Sheet {
        header,
        rows: KEY.iter().filter_map(row).collect(),
    }
}

/// Every level and effect in time of the key metrics, as plain numbers.
fn tracks(run: &Run) -> Sheet {
    let header = [
        "metric", "region", "group", "series", "tick", "mean", "low", "high", "seeds", "unit",
    ];
    let mut rows = Vec::new();
    for item in KEY {
        let series = [
            (run.baseline.as_str(), run.levels(Side::Baseline, item, item.region)),
            (
                run.reform.as_deref().unwrap_or_default(),
                run.levels(Side::Reform, item, item.region),
            ),
            ("effect", run.effect(item, item.region)),
        ];
        for (name, track) in series.into_iter().filter_map(|(n, t)| Some((n, t?))) {
            for (tick, i) in &track.points {
                let text = [item.metric, item.region, item.group, name].map(str::to_owned);
                let numbers = [
                    tick.to_string(),
                    plain(i.mean),
                    plain(i.low),
                    plain(i.high),
                    i.n.to_string(),
                ];
                rows.push(text.into_iter().chain(numbers).chain([track.unit.clone()]).collect());
            }
        }
    }
    Sheet {
        header: header.map(str::to_owned).to_vec(),
        rows,
    }
}

/// What the maps show, as plain numbers.
fn districts(run: &Run) -> Sheet {
    let header = ["map", "region", "name", "tick", "mean", "low", "high", "seeds", "unit"];
    let mut rows = Vec::new();
    let Some((_, tick)) = run.horizons().last().copied() else {
        return Sheet {
            header: Vec::new(),
            rows,
        };
    };
    for figure in FIGURES {
        let Plot::Map(item, of) = figure.plot else {
            continue;
        };
        for region in &run.regions {
            let track = match of {
                MapOf::Effect => run.effect(&item, &region.id),
                MapOf::Level => run.levels(Side::Baseline, &item, &region.id),
            };
            let Some((track, i)) = track.and_then(|t| t.at(tick).map(|i| (t, i))) else {
                continue;
            };
            let text = [figure.id, region.id.as_str(), region.name.as_str()].map(str::to_owned);
            let numbers = [
                tick.to_string(),
                plain(i.mean),
                plain(i.low),
                plain(i.high),
                i.n.to_string(),
            ];
            rows.push(text.into_iter().chain(numbers).chain([track.unit]).collect());
        }
    }
    Sheet {
        header: header.map(str::to_owned).to_vec(),
        rows,
    }
}

fn plain(value: f64) -> String {
    format!("{value:.6e}")
        .parse::<f64>()
        .map_or_else(|_| value.to_string(), |v| v.to_string())
}

/// The key table, ready for a terminal.
pub fn terminal(run: &Run) -> Table {
    let sheet = key(run);
    let mut table = styled(&sheet);
    table.load_style(presets::UTF8_FULL_CONDENSED);
    table
}

fn styled(sheet: &Sheet) -> Table {
    let mut table = Table::new();
    table.set_content_arrangement(ContentArrangement::Dynamic);
    table.set_header(&sheet.header);
    for row in &sheet.rows {
        table.add_row(row);
    }
    for (k, name) in sheet.header.iter().enumerate() {
        if !["metric", "unit", "effect in"].contains(&name.as_str())
            && let Some(column) = table.column_mut(k)
        {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table
}

/// Writes `tracks.csv` and `districts.csv`, and with `summary` also `summary.md` and `summary.csv`.
pub fn write(run: &Run, dir: &Path, summary: bool) -> Result<Vec<PathBuf>, ReportError> {
    let sheet = key(run);
    let mut markdown = styled(&sheet);
    markdown.load_style(presets::ASCII_MARKDOWN);
    markdown.set_content_arrangement(ContentArrangement::Disabled);
    let notes = format!(
        "Levels: mean over seeds and the last four quarters. Effects: reform minus baseline, paired by seed; {}.",
        run.of_seeds("95% intervals of the mean across seeds (t)")
    );
    let page = format!("# Summary\n\n{markdown}\n\n{notes}\n\n{}\n", run.stamp());
    let files = [
        ("summary.md", page),
        ("summary.csv", csv(&sheet)?),
        ("tracks.csv", csv(&tracks(run))?),
        ("districts.csv", csv(&districts(run))?),
    ];
    let mut written = Vec::new();
    for (name, content) in files.into_iter().skip(if summary { 0 } else { 2 }) {
        let (part, path) = (dir.join(format!("{name}.part")), dir.join(name));
        fs::write(&part, content).map_err(|e| ReportError::io(&part, e))?;
        fs::rename(&part, &path).map_err(|e| ReportError::io(&path, e))?;
        written.push(path);
    }
    Ok(written)
}

fn csv(sheet: &Sheet) -> Result<String, ReportError> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(&sheet.header)?;
    for row in &sheet.rows {
        // A typographic minus is for readers; programs want the plain one.
        writer.write_record(row.iter().map(|cell| cell.replace('\u{2212}', "-")))?;
    }
    let bytes = writer.into_inner().map_err(|e| ReportError::Draw(e.to_string()))?;
    String::from_utf8(bytes).map_err(|e| ReportError::Draw(e.to_string()))
}
