//! Other tables of a comparison as Markdown and LaTeX (booktabs): variance reduction, Shapley values, channels, gains,
//! estimates. Variance reduction as CSV too; the other CSV files stand in the folder itself.

use std::fs;
use std::path::{Path, PathBuf};

use super::ReportError;
use super::compared::{Compared, EffectRow, Row, readable, shown};
use super::effect_tables::{escape, math};
use super::forest::effect_text;
use super::page::years_text;
use super::stats::of_seeds;
use super::units::number;

/// A table of text.
struct Grid {
    name: &'static str,
    title: String,
    note: String,
    head: Vec<String>,
    rows: Vec<Vec<String>>,
}

/// Writes every table for which there are rows.
pub fn write(tables: &Compared, dir: &Path) -> Result<Vec<PathBuf>, ReportError> {
    let grids = [
        reduction(tables),
        shapley(tables),
        channels(tables),
        gains(tables),
        estimates(tables),
    ];
    let mut files = vec![("variance_reduction.csv".to_owned(), reduction_csv(tables)?)];
    for grid in grids.iter().filter(|g| !g.rows.is_empty()) {
        files.push((format!("{}.md", grid.name), markdown(grid)));
        files.push((format!("{}.tex", grid.name), latex(grid)));
    }
    let mut written = Vec::new();
    for (name, content) in files {
        let (part, path) = (dir.join(format!("{name}.part")), dir.join(name));
        fs::write(&part, content).map_err(|e| ReportError::io(&part, e))?;
        fs::rename(&part, &path).map_err(|e| ReportError::io(&path, e))?;
        written.push(path);
    }
    Ok(written)
}

fn markdown(g: &Grid) -> String {
    let line = |cells: &[String]| format!("| {} |\n", cells.join(" | "));
    let rule = format!("|---{}|\n", "|---:".repeat(g.head.len().saturating_sub(1)));
    let rows: String = g.rows.iter().map(|r| line(r)).collect();
    format!("# {}\n\n{}\n\n{}{rule}{rows}", g.title, g.note, line(&g.head))
}

/// A table to `\input`; needs `booktabs`.
fn latex(g: &Grid) -> String {
    let number =
        |cell: &String| match cell.starts_with(['+', '\u{2212}']) || cell.starts_with(|c: char| c.is_ascii_digit()) {
            true => math(&cell.replace(' ', "\\ ").replace('%', "\\%")),
            false => escape(cell),
        };
    let line = |cells: &[String]| format!("{} \\\\\n", cells.iter().map(number).collect::<Vec<_>>().join(" & "));
    let rows: String = g.rows.iter().map(|r| line(r)).collect();
    format!(
        "% Needs \\usepackage{{booktabs}}.\n\\begin{{tabular}}{{l{}}}\n\\toprule\n{}\\midrule\n{rows}\\bottomrule\n\\end{{tabular}}\n\n% {} {}\n",
        "r".repeat(g.head.len().saturating_sub(1)),
        line(&g.head),
        escape(&g.title),
        escape(&g.note)
    )
}

fn heads(first: &str, arms: &[&str]) -> Vec<String> {
    let arms = arms.iter().map(|a| readable(a));
    std::iter::once(first.to_owned()).chain(arms).collect()
}

/// A ratio: two digits of it.
fn ratio(x: f64) -> String {
    match x {
        x if x.is_infinite() => "inf".to_owned(),
        x => number(x, if x < 10.0 { 1 } else { 0 }),
    }
}

fn reductions(tables: &Compared) -> impl Iterator<Item = &EffectRow> {
    tables
        .effects
        .iter()
        .filter(|e| e.group == "all" && e.variance_reduction.is_some())
}

fn reduction(tables: &Compared) -> Grid {
    let (arms, years) = (tables.arms(), tables.longest());
    let mine = || reductions(tables).filter(|e| e.horizon_years == years);
    let mut metrics: Vec<&str> = Vec::new();
    for e in mine() {
        if !metrics.contains(&e.metric.as_str()) {
            metrics.push(&e.metric);
        }
    }
    let cell = |metric: &str, arm: &str| {
        let found = mine().find(|e| e.metric == metric && e.lever == arm)?;
        let value = ratio(found.variance_reduction?);
        Some(match (found.reduction_low, found.reduction_high) {
            (Some(low), Some(high)) => format!("{value} [{}, {}]", ratio(low), ratio(high)),
            _ => value,
        })
    };
    let row = |metric: &&str| {
        let cells = arms
            .iter()
            .map(|arm| cell(metric, arm).unwrap_or_else(|| "n.a.".to_owned()));
        std::iter::once((*metric).to_owned()).chain(cells).collect()
    };
    Grid {
        name: "variance_reduction",
        title: format!("Variance reduction by pairing, after {}", years_text(years)),
        note: format!(
            "How many times more seeds independent runs would need: (var baseline + var arm) / var of the difference, {} seeds; 95% jackknife interval of its log in brackets. inf: the difference does not vary.",
            tables.seeds()
        ),
        head: heads("metric", &arms),
        rows: metrics.iter().map(row).collect(),
    }
}

fn reduction_csv(tables: &Compared) -> Result<String, ReportError> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let head = [
        "lever",
        "horizon_years",
        "metric",
        "variance_reduction",
        "low",
        "high",
        "n_seeds",
    ];
    writer.write_record(head)?;
    let text = |x: Option<f64>| x.map_or_else(String::new, |x| x.to_string());
    for e in reductions(tables) {
        let numbers = [e.variance_reduction, e.reduction_low, e.reduction_high].map(text);
        let first = [e.lever.clone(), e.horizon_years.to_string(), e.metric.clone()];
        writer.write_record(first.into_iter().chain(numbers).chain([e.n_seeds.to_string()]))?;
    }
    let bytes = writer.into_inner().map_err(|e| ReportError::Draw(e.to_string()))?;
    String::from_utf8(bytes).map_err(|e| ReportError::Draw(e.to_string()))
}

/// Different values of a column, in order of the file.
fn values<'a>(rows: &'a [Row], of: &dyn Fn(&'a Row) -> &'a str) -> Vec<&'a str> {
    let mut found = Vec::new();
    for row in rows {
        if !found.contains(&of(row)) {
            found.push(of(row));
        }
    }
    found
}

fn interval(row: Option<&Row>, factor: f64) -> String {
    let found = row.and_then(|r| r.value.interval(factor));
    found.map_or("n.a.".to_owned(), |i| effect_text(&i))
}

fn shapley(tables: &Compared) -> Grid {
    let years = tables.longest();
    let players: Vec<&str> = tables.players.iter().map(String::as_str).chain(["package"]).collect();
    let row = |metric: &str| {
        let mine = || {
            tables
                .shapley
                .iter()
                .filter(|r| r.metric == metric && r.horizon_years == years)
        };
        let largest = mine()
            .filter_map(|r| r.value.interval(1.0))
            .fold(0.0, |m: f64, i| m.max(i.mean.abs()));
        let shown = shown(mine().next().map_or("", |r| r.unit.as_str()), largest);
        let cells = players
            .iter()
            .map(|p| interval(mine().find(|r| r.player == *p), shown.factor));
        let unit = if shown.unit.is_empty() { "units" } else { &shown.unit };
        std::iter::once(format!("{} ({unit})", readable(metric)))
            .chain(cells)
            .collect()
    };
    Grid {
        name: "shapley",
        title: format!("Shapley values after {}", years_text(years)),
        note: format!(
            "Mean gain from adding a player to all sets of the others; the values add up to the package; {}.",
            intervals(tables)
        ),
        head: heads("metric", &players),
        rows: values(&tables.shapley, &|r| &r.metric).into_iter().map(row).collect(),
    }
}

/// What stands in brackets.
fn intervals(tables: &Compared) -> &'static str {
    of_seeds(tables.seeds(), "95% intervals over seeds in brackets")
}

fn channels(tables: &Compared) -> Grid {
    let (arms, years) = (tables.arms(), tables.longest());
    let row = |channel: &str| {
        let mine = |arm: &str| {
            let mut rows = tables.channels.iter();
            rows.find(|r| r.channel == channel && r.lever == arm && r.horizon_years == years)
        };
        let cells = arms.iter().map(|arm| interval(mine(arm), 1.0));
        std::iter::once(readable(channel)).chain(cells).collect()
    };
    Grid {
        name: "channels",
        title: format!("Channels of the effect on real GDP after {}", years_text(years)),
        note: format!(
            "Per cent of GDP of the baseline; the channels add up to the effect; {}.",
            intervals(tables)
        ),
        head: heads("channel", &arms),
        rows: values(&tables.channels, &|r| &r.channel).into_iter().map(row).collect(),
    }
}

fn gains(tables: &Compared) -> Grid {
    let years = tables.longest();
    let mine = tables
        .gains
        .iter()
        .filter(|r| r.lever == tables.package && r.horizon_years == years);
    let row = |r: &Row| {
        let largest = r.value.interval(1.0).map_or(0.0, |i| i.mean.abs());
        let shown = shown(&r.unit, largest);
        let share = |x: Option<f64>| x.map_or_else(String::new, |x| format!("{:.0}%", 100.0 * x));
        let name = format!("{}: {}", readable(&r.kind), readable(&r.group));
        let shares = [share(r.lose_1pct), share(r.gain_1pct), share(r.sure_losers)];
        [name, shown.unit.clone(), interval(Some(r), shown.factor)]
            .into_iter()
            .chain(shares)
            .collect()
    };
    let head = [
        "group",
        "unit",
        "gain",
        "lose over 1 %",
        "gain over 1 %",
        "in cells that surely lose",
    ];
    Grid {
        name: "gains",
        title: format!("Who gains from the package, after {}", years_text(years)),
        note: format!(
            "Groups frozen at the reform date, the same people with and without the reform; {}.",
            intervals(tables)
        ),
        head: head.map(str::to_owned).to_vec(),
        rows: mine.map(row).collect(),
    }
}

fn estimates(tables: &Compared) -> Grid {
    let mine = || {
        tables
            .estimates
            .iter()
            .filter(|e| e.lever == tables.package && e.event_time.is_none())
    };
    let largest = mine()
        .filter_map(|e| e.value.interval(1.0))
        .fold(0.0, |m: f64, i| m.max(i.mean.abs()));
    let first = mine().next();
    let shown = shown(first.map_or("", |e| e.unit.as_str()), largest);
    let row = |e: &super::compared::Estimate| {
        let value = e
            .value
            .interval(shown.factor)
            .map_or("n.a.".to_owned(), |i| effect_text(&i));
        let se = e.se_clustered.filter(|x| x.is_finite());
        let se = se.map_or_else(String::new, |x| number(x * shown.factor, 2));
        vec![e.term.replace('_', " "), value, se, e.verdict.clone()]
    };
    Grid {
        name: "estimates",
        title: first.map_or_else(String::new, |e| {
            format!("Estimate inside the model: {} ({})", readable(&e.outcome), shown.unit)
        }),
        note: format!(
            "did = did baseline + true treated - true control where nothing happens before the reform; {}; clustered error: what one world tells.",
            intervals(tables)
        ),
        head: ["term", "value", "clustered error", "against published"]
            .map(str::to_owned)
            .to_vec(),
        rows: mine().map(row).collect(),
    }
}
