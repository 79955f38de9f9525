//! The list of metrics, by theme.

mod capital;
mod data;
mod labour;
mod land;
mod output;
mod public;
mod resources;
mod technology;
mod welfare;

use super::{Define, Metric};

const FEN: f64 = 100.0;

const fn metric(name: &'static str, unit: &'static str, meaning: &'static str, define: Define) -> Metric {
    Metric {
        name,
        unit,
        meaning,
        define,
    }
}

fn ratio(a: f64, b: f64) -> Option<f64> {
    (b.abs() > 0.0).then(|| a / b)
}

/// The themes, in the order of the files.
const THEMES: &[&[Metric]] = &[
    output::PRODUCT,
    labour::RESIDENTS,
    labour::JOBS,
    welfare::INCOMES,
    labour::MOVES,
    land::FARMLAND,
    capital::CREDIT,
    capital::FIRMS,
    capital::DEBTS,
    output::USES,
    data::EXCHANGE,
    land::PRICES,
    public::BUDGETS,
    capital::BANKS,
    output::SHARES,
    public::SERVICES,
    data::USE,
    labour::POSTS,
    capital::SOURCES,
    public::HUB,
    resources::POWER,
    resources::PERMITS,
    land::RURAL,
    land::URBAN,
    technology::IDEAS,
    labour::SKILL,
];

/// Every metric, in the order of the files.
pub const METRICS: &[Metric] = &joined::<{ count(THEMES) }>(THEMES);

const fn count(lists: &[&[Metric]]) -> usize {
    let (mut n, mut k) = (0, 0);
    while k < lists.len() {
        n += lists[k].len();
        k += 1;
    }
    n
}

/// The lists one after another.
const fn joined<const N: usize>(lists: &[&[Metric]]) -> [Metric; N] {
    let mut all = [lists[0][0]; N];
    let (mut n, mut k) = (0, 0);
    while k < lists.len() {
        let mut i = 0;
        while i < lists[k].len() {
            all[n] = lists[k][i];
            (n, i) = (n + 1, i + 1);
        }
        k += 1;
    }
    all
}
