//! Where people of the reform date live at the end of the run: from region group to region group, and what the package
//! changes of it.

use std::collections::BTreeMap;
use std::path::Path;

use super::compared::{Compared, readable};
use super::data::Run;
use super::page::Page;
use super::scene::{Align, Frame, Scene, wrap};
use super::spec::FigureSpec;
use super::stats::{Interval, brackets, interval};
use super::style::{STYLE, blend, on};
use super::units;
use super::{ReportError, Skip};
use crate::experiment::frames::{floats, integers, read_parquet, text};

/// Baseline [people] and effect of the package, by origin and destination.
#[derive(Debug, Clone, Default)]
pub struct Moves {
    origins: Vec<String>,
    destinations: Vec<String>,
    cells: BTreeMap<(usize, usize), (f64, Interval)>,
}

/// Place of a name in a list, which is put there if it is new.
fn place(list: &mut Vec<String>, name: &str) -> usize {
    list.iter().position(|x| x == name).unwrap_or_else(|| {
        list.push(name.to_owned());
        list.len() - 1
    })
}

impl Moves {
    /// Reads `flows_migration.parquet`; `None` if it is not there.
    ///
    /// # Errors
    /// If a file cannot be read.
    pub fn load(dir: &Path, package: &str) -> Result<Option<Self>, ReportError> {
        let path = dir.join("flows_migration.parquet");
        if !path.is_file() {
            return Ok(None);
        }
        let regions = read_parquet(&dir.join("regions.parquet"), None)?;
        let (ids, groups) = (text(&regions, "region")?, text(&regions, "group")?);
        let group_of = |id: &str| {
            ids.iter()
                .position(|x| *x == id)
                .map_or_else(|| id.to_owned(), |k| groups[k].to_owned())
        };
        let df = read_parquet(&path, None)?;
        let (scenario, seed, people) = (text(&df, "scenario")?, integers(&df, "seed")?, floats(&df, "people")?);
        let (origin, destination) = (text(&df, "origin")?, text(&df, "destination")?);
        let mut found = Self::default();
        for group in &groups {
            place(&mut found.destinations, group);
        }
        let mut sums: BTreeMap<(usize, usize, i64), [f64; 2]> = BTreeMap::new();
        for k in 0..people.len() {
            let from = place(&mut found.origins, &group_of(origin[k]));
            let to = place(&mut found.destinations, &group_of(destination[k]));
            let side = match scenario[k] {
                "baseline" => 0,
                name if name == package => 1,
                _ => continue,
            };
            sums.entry((from, to, seed[k])).or_default()[side] += people[k];
        }
        let keys: Vec<(usize, usize)> = sums.keys().map(|k| (k.0, k.1)).collect();
        let seeds: Vec<i64> = {
            let mut all = seed.clone();
            all.sort_unstable();
            all.dedup();
            all
        };
        for (from, to) in keys {
            let pairs = seeds
                .iter()
                .map(|s| sums.get(&(from, to, *s)).copied().unwrap_or_default());
            let base = pairs.clone().map(|p| p[0]).sum::<f64>() / seeds.len() as f64;
            if let Some(effect) = interval(pairs.map(|p| p[1] - p[0])) {
                found.cells.insert((from, to), (base, effect));
            }
        }
        Ok(Some(found))
    }
}

/// The matrix: rows are origins, columns where people live at the end.
pub fn draw(run: &Run, tables: &Compared, spec: &FigureSpec) -> Result<Scene, Skip> {
    const NAMES: f64 = 140.0;
    const TOP: f64 = 40.0;
    const TALL: f64 = 52.0;
    let Some(moves) = &tables.moves else {
        return Err(Skip("no flows in this folder".to_owned()));
    };
    let (rows, columns) = (moves.origins.len(), moves.destinations.len());
    let effects = moves.cells.values().map(|c| c.1.mean.abs());
    let largest = effects.fold(1e-9, f64::max);
    let shown = units::level("people", largest);
    let digits = units::decimals(shown.factor * largest).min(2);
    let subtitle = format!(
        "Package minus baseline, {}; in grey the level of the baseline in thousands",
        shown.unit
    );
    let notes = [format!("White and in brackets: {}.", brackets(tables.seeds()))];
    let mut page = Page::new(run, spec, &subtitle, TOP + TALL * rows as f64 + 8.0, &notes);
    let side = (page.body.w - NAMES) / columns as f64;
    let (left, top) = (page.body.x + NAMES, page.body.y + TOP);
    for (j, name) in moves.destinations.iter().enumerate() {
        for (k, word) in wrap(&readable(name), STYLE.label, side - 6.0).iter().rev().enumerate() {
            let at = (left + side * (j as f64 + 0.5), top - 6.0 - 12.0 * k as f64);
            page.scene
                .text(at, word.clone(), STYLE.label, Align::Center, STYLE.text);
        }
    }
    for (i, name) in moves.origins.iter().enumerate() {
        let at = (left - 8.0, top + TALL * (i as f64 + 0.5) + 3.5);
        page.scene
            .text(at, readable(name), STYLE.label + 0.8, Align::Right, STYLE.text);
        for j in 0..columns {
            let Some((base, effect)) = moves.cells.get(&(i, j)) else {
                continue;
            };
            let frame = Frame::new(
                left + side * j as f64 + 1.5,
                top + TALL * i as f64 + 1.5,
                side - 3.0,
                TALL - 3.0,
            );
            let scaled = Interval {
                mean: shown.factor * effect.mean,
                ..*effect
            };
            cell(&mut page.scene, frame, &scaled, (*base, effect.mean / largest), digits);
        }
    }
    Ok(page.scene)
}

/// One cell: the effect, and beneath it the baseline; coloured by its share of the largest effect.
fn cell(scene: &mut Scene, f: Frame, effect: &Interval, (base, share): (f64, f64), digits: usize) {
    let null = effect.holds_zero();
    let ink = blend(&STYLE.diverging, 0.5 + if null { 0.0 } else { 0.5 * share });
    scene.rect(f, ink);
    let number = units::signed(effect.mean, digits);
    let told = if null { format!("({number})") } else { number };
    let middle = f.x + f.w / 2.0;
    scene.text(
        (middle, f.y + f.h * 0.45),
        told,
        STYLE.label + 1.0,
        Align::Center,
        on(ink),
    );
    let level = units::number(1e-3 * base, 0);
    scene.text(
        (middle, f.y + f.h * 0.8),
        level,
        STYLE.label - 0.5,
        Align::Center,
        on(ink),
    );
}
