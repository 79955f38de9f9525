//! Contributions of the levers to the package, and which of them interact.

use super::Skip;
use super::compared::{Compared, Row, estimate, readable, shown};
use super::data::Run;
use super::forest::{Line, Show, block, block_height};
use super::page::{Page, Swatch, horizon_legend, years_text};
use super::scene::{Align, Frame, Scene, wrap};
use super::spec::{FigureSpec, Item};
use super::stats::{Interval, brackets};
use super::style::{STYLE, blend, on};
use super::units;
use crate::experiment::compare::MOST_EXACT;

/// Bars of every player and the package, a block a metric.
pub fn bars(run: &Run, tables: &Compared, spec: &FigureSpec, items: &[Item]) -> Result<Scene, Skip> {
    let mut blocks: Vec<(String, Vec<Line>)> = Vec::new();
    for item in items {
        let rows: Vec<&Row> = tables.shapley.iter().filter(|r| r.metric == item.metric).collect();
        let Some(first) = rows.first() else { continue };
        let values = rows.iter().filter_map(|r| r.value.interval(1.0));
        let shown = shown(&first.unit, values.fold(0.0, |m: f64, i| m.max(i.mean.abs())));
        let unit = if shown.unit.is_empty() {
            "units"
        } else {
            shown.unit.as_str()
        };
        let title = format!("{} ({unit})", item.label);
        let names = tables.players.iter().map(String::as_str).chain(["package"]);
        let line = |name: &str| Line {
            label: readable(name),
            points: points(tables, rows.iter().copied().filter(|r| r.player == name), shown.factor),
        };
        blocks.push((title, names.map(line).collect()));
    }
    if blocks.is_empty() {
        return Err(Skip("needs a decomposition".to_owned()));
    }
    let height = blocks.iter().map(|b| block_height(b.1.len())).sum();
    let subtitle = format!("Mean gain from adding a player, {}", estimate(tables.seeds()));
    let mut page = Page::new(run, spec, &subtitle, height, &[]);
    page.legend(&horizon_legend(run, |_| Swatch::Block));
    let mut y = page.body.y;
    for (k, (title, lines)) in blocks.iter().enumerate() {
        let head = (k == 0).then(|| tables.longest());
        y = block(&mut page, y, title, lines, Show::Bars, head);
    }
    Ok(page.scene)
}

/// Intervals of rows by the number of their horizon.
pub fn points<'a>(tables: &Compared, rows: impl Iterator<Item = &'a Row>, factor: f64) -> Vec<(usize, Interval)> {
    let mut found: Vec<(usize, Interval)> = rows
        .filter_map(|r| Some((tables.place(r.horizon_years)?, r.value.interval(factor)?)))
        .collect();
    found.sort_by_key(|p| p.0);
    found
}

/// The matrix of interactions at the longest horizon.
pub fn matrix(run: &Run, tables: &Compared, spec: &FigureSpec, item: &Item) -> Result<Scene, Skip> {
    const NAMES: f64 = 170.0;
    const TOP: f64 = 44.0;
    let years = tables.longest();
    let here = |r: &&Row| r.metric == item.metric && r.horizon_years == years && r.a != "package";
    let n = tables.players.len();
    if tables.interactions.iter().filter(here).count() == 0 {
        return Err(no_matrix(n));
    }
    let value = |i: usize, j: usize| -> Option<Interval> {
        let (a, b) = (&tables.players[i], &tables.players[j]);
        if i == j {
            let row = tables.shapley.iter().filter(here).find(|r| r.player == *a);
            return row?.value.interval(1.0);
        }
        let same = |r: &&Row| (&r.a == a && &r.b == b) || (&r.a == b && &r.b == a);
        tables.interactions.iter().filter(here).find(same)?.value.interval(1.0)
    };
    let all = (0..n).flat_map(|i| (0..n).filter_map(move |j| value(i, j)));
    let largest = all.fold(1e-9, |m: f64, i| m.max(i.mean.abs()));
    let side = ((STYLE.width - 2.0 * STYLE.margin - NAMES) / n as f64).min(120.0);
    let tall = side.min(64.0);
    let subtitle = format!("Per cent of {} after {}", item.label, years_text(years));
    let notes = notes(tables, item.metric, years);
    let mut page = Page::new(run, spec, &subtitle, TOP + tall * n as f64 + 8.0, &notes);
    let (left, top) = (page.body.x + NAMES, page.body.y + TOP);
    for (i, name) in tables.players.iter().enumerate() {
        let at = (left - 8.0, top + tall * (i as f64 + 0.5) + 3.5);
        let scene = &mut page.scene;
        scene.text(at, readable(name), STYLE.label + 0.8, Align::Right, STYLE.text);
        let words = wrap(&readable(name), STYLE.label, side - 6.0);
        for (k, word) in words.iter().rev().enumerate() {
            let at = (left + side * (i as f64 + 0.5), top - 6.0 - 12.0 * k as f64);
            scene.text(at, word.clone(), STYLE.label, Align::Center, STYLE.text);
        }
        for j in 0..n {
            let Some(x) = value(i, j) else { continue };
            let (x0, y0) = (left + side * j as f64, top + tall * i as f64);
            let share = if x.holds_zero() { 0.0 } else { x.mean / largest };
            let ink = blend(&STYLE.diverging, 0.5 + 0.5 * share);
            scene.rect(Frame::new(x0 + 1.5, y0 + 1.5, side - 3.0, tall - 3.0), ink);
            let number = units::signed(x.mean, units::decimals(largest).min(3));
            let text = if x.holds_zero() { format!("({number})") } else { number };
            let at = (x0 + side / 2.0, y0 + tall / 2.0 + 4.0);
            if i == j {
                scene.bold(at, text, STYLE.label + 1.5, Align::Center, on(ink));
            } else {
                scene.text(at, text, STYLE.label + 1.5, Align::Center, on(ink));
            }
        }
    }
    Ok(page.scene)
}

/// What brackets mean, and what the package does beyond the sum of each alone.
fn notes(tables: &Compared, metric: &str, years: f64) -> Vec<String> {
    let mine = |r: &&Row| r.a == "package" && r.metric == metric && r.horizon_years == years;
    let together = tables
        .interactions
        .iter()
        .find(mine)
        .and_then(|r| r.value.interval(1.0));
    let told = together.map(|i| {
        format!(
            "All together minus the sum of each alone: {}.",
            super::forest::effect_text(&i)
        )
    });
    let brackets = format!("White and in brackets: {}.", brackets(tables.seeds()));
    [brackets].into_iter().chain(told).collect()
}

/// Why there is no matrix.
fn no_matrix(players: usize) -> Skip {
    Skip(match players {
        0 | 1 => "needs two levers or more".to_owned(),
        n if n > MOST_EXACT => {
            format!("interactions of pairs need every subset, which is run for up to {MOST_EXACT} players")
        }
        _ => "needs a decomposition".to_owned(),
    })
}
