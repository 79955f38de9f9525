//! Who gains: welfare changes of groups, with the share of losers.

use super::Skip;
use super::compared::{Compared, estimate, readable};
use super::data::Run;
use super::forest::{Line, Show, block, block_height};
use super::page::{Page, Swatch, horizon_legend};
use super::scene::Scene;
use super::shapley::points;
use super::spec::FigureSpec;

/// Kinds of groups in the figure, with their titles; districts are for the map.
const KINDS: &[(&str, &str)] = &[
    ("all", "All residents (% of income)"),
    ("hukou_status", "By hukou (% of income)"),
    ("skill", "By skill (% of income)"),
    ("income_quintile", "By fifth of income at the reform date (% of income)"),
    ("wage", "Wages of incumbents (%)"),
];

/// One block a kind of group, for the package.
pub fn draw(run: &Run, tables: &Compared, spec: &FigureSpec) -> Result<Scene, Skip> {
    let mut blocks: Vec<(&str, Vec<Line>)> = Vec::new();
    for (kind, title) in KINDS {
        let rows = || {
            tables
                .gains
                .iter()
                .filter(|r| r.lever == tables.package && r.kind == *kind)
        };
        let mut groups: Vec<&str> = Vec::new();
        for row in rows() {
            if !groups.contains(&row.group.as_str()) {
                groups.push(&row.group);
            }
        }
        let line = |group: &str| {
            let mine = || rows().filter(|r| r.group == group);
            let last = mine().find(|r| r.horizon_years == tables.longest());
            let losers = last.and_then(|r| Some((r.lose_1pct?, r.gain_1pct?)));
            let losers = losers.map(|(l, g)| format!("  ({:.0}% lose, {:.0}% gain)", 100.0 * l, 100.0 * g));
            Line {
                label: readable(group) + &losers.unwrap_or_default(),
                points: points(tables, mine(), 1.0),
            }
        };
        if !groups.is_empty() {
            blocks.push((title, groups.into_iter().map(line).collect()));
        }
    }
    if blocks.is_empty() {
        return Err(Skip("no gains in this folder".to_owned()));
    }
    let height = blocks.iter().map(|b| block_height(b.1.len())).sum();
    let subtitle = format!("{} against the baseline, {}", tables.package, estimate(tables.seeds()));
    let mut page = Page::new(run, spec, &subtitle, height, &[]);
    page.legend(&horizon_legend(run, Swatch::Marker));
    let mut y = page.body.y;
    for (k, (title, lines)) in blocks.iter().enumerate() {
        let head = (k == 0).then(|| tables.longest());
        y = block(&mut page, y, title, lines, Show::Dots, head);
    }
    Ok(page.scene)
}
