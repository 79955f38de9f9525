//! The accounting matrices of one quarter of a running world, as a page.

use std::fmt::Write as _;

use super::{head, row};
use crate::books::{FlowMatrix, SECTORS, Sector};
use crate::experiment::job;
use crate::scenario::{self, Known, Overrides};
use crate::world::balance_sheet;

/// The world of the page: the baseline, coarse enough for seconds.
const SETTINGS: [&str; 3] = ["seeds=[1]", "scale=5000", "birth.tolerance=1.0"];

/// Transaction flows of the first measured quarter and balance sheets at its end.
pub(super) fn page(known: &Known) -> anyhow::Result<String> {
    let mut overrides = Overrides::default();
    SETTINGS.iter().for_each(|text| overrides.set(text));
    let scenario = scenario::load("baseline", &overrides, known)?;
    let data = job::seed_economy(&scenario.world)?;
    let (mut world, _) = job::burn_in(&scenario, &data, 1, &|| false, &mut || ())?;
    let rules = job::rules_at(&scenario.schedule, 0, data.regions.len())?;
    crate::step::step(&mut world, &rules)?;
    let mut out =
        "# Accounting matrices\n\nThe accounts of one quarter of the baseline (seed 1, 5,000 people an agent, \
                   quarter 0 after the burn-in), as the program keeps them, in bn yuan; an empty cell is zero to the \
                   fen. The sums are added in fen before they are printed: each is zero. The numbers belong to this \
                   seed and scale; the rows, columns and zeros to the model. Every flow, its payer and its stage: \
                   [accounts](accounts.md).\n"
            .to_owned();
    let note = "Signs: a receipt is +, a payment is -. The rows of changes are uses of funds: a deposit that rises is -, a debt that rises is +. \
                Transfers between governments cancel in their column. Rows sum to zero because every payment has two parties; columns because what a sector has left \
                changes its deposits, debts or reserves (`src/books.rs::flow_matrix`; Godley and Lavoie 2007).";
    table(&mut out, "Transaction-flow matrix", note, &world.books.flow_matrix());
    let note = "Signs: an asset is +, a debt is -. Financial rows sum to zero; physical rows are what their sum says. \
                Net worth with its sign turned closes every column (`src/world/sheet.rs::balance_sheet`). Deposits \
                of the outer sector are its account at the central bank, in the row of reserves.";
    table(&mut out, "Balance-sheet matrix", note, &balance_sheet(&world));
    Ok(out)
}

/// bn yuan to the million; nothing for zero.
fn amount(fen: i64) -> String {
    if fen == 0 {
        return String::new();
    }
    format!("{:.3}", fen as f64 / 1e11)
}

/// A sum in bn yuan; exactly `0` if it is zero to the fen.
fn sum(fen: i64) -> String {
    if fen == 0 { "0".to_owned() } else { amount(fen) }
}

fn table(out: &mut String, title: &str, note: &str, matrix: &FlowMatrix) {
    let _ = write!(out, "\n## {title}\n\n{note}\n\n");
    let names = Sector::ALL.map(|sector| sector.name().replace('_', " "));
    let mut columns = vec![""];
    columns.extend(names.iter().map(String::as_str));
    columns.push("sum");
    head(out, &columns);
    let mut sums = [0i64; SECTORS];
    for (name, values) in matrix {
        for (total, value) in sums.iter_mut().zip(values) {
            *total += value;
        }
        let mut cells = vec![(*name).to_owned()];
        cells.extend(values.iter().map(|&fen| amount(fen)));
        cells.push(sum(values.iter().sum()));
        row(out, &cells.iter().map(String::as_str).collect::<Vec<_>>());
    }
    let mut cells = vec!["**sum**".to_owned()];
    cells.extend(sums.map(sum));
    cells.push(sum(sums.iter().sum()));
    row(out, &cells.iter().map(String::as_str).collect::<Vec<_>>());
}
