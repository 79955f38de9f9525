//! The balance-sheet matrix: what every sector owns and owes at the end of a quarter.

use super::{World, holdings};
use crate::books::{CENTRAL, SECTORS, Sector};

/// A row of the matrix: item, and signed value by sector in the order of [`Sector::ALL`] (fen).
pub type SheetRow = (&'static str, [i64; SECTORS]);

/// The balance-sheet matrix. Rows of financial items sum to zero; physical items are assets of their owner, capital
/// and dwellings at current prices, land at the prices of leases; net worth closes every column to zero.
pub fn balance_sheet(w: &World) -> Vec<SheetRow> {
    let h = holdings(w);
    let at = |s: Sector| s as usize;
    let mut rows: Vec<SheetRow> = Vec::new();
    let mut deposits = [0i64; SECTORS];
    for (s, by_bank) in h.deposits.iter().enumerate() {
        deposits[s] = by_bank[..CENTRAL].iter().sum();
    }
    deposits[at(Sector::Banks)] = -deposits.iter().sum::<i64>();
    rows.push(("deposits", deposits));
    let mut pair = |name, debtor: Sector, creditor: Sector, amount: i64| {
        let mut row = [0i64; SECTORS];
        row[at(debtor)] -= amount;
        row[at(creditor)] += amount;
        rows.push((name, row));
    };
    pair("loans", Sector::Firms, Sector::Banks, h.loans.iter().sum());
    pair("bonds", Sector::Governments, Sector::Banks, h.bonds.iter().sum());
    pair(
        "reserves",
        Sector::Outer,
        Sector::Banks,
        w.books.reserves()[..CENTRAL].iter().sum(),
    );
    let buyer = w.buyer_prices();
    let mut capital = 0.0;
    let mut firm_land = 0.0;
    for f in 0..w.firms.len() {
        let r = w.firms.region(f);
        capital += w.firms.capital[f] * w.capital_price(&buyer, r);
        firm_land += w.firms.land_m2[f] as f64 * w.land.price[r];
    }
    let (mut dwellings, mut reserve) = (0.0, 0.0);
    for r in 0..w.geography.inside {
        dwellings += w.housing.space_m2[r] * w.housing.price[r];
        reserve += w.land.reserve_m2[r] as f64 * w.land.price[r];
    }
    let mut own = |name, owner: Sector, amount: f64| {
        let mut row = [0i64; SECTORS];
        row[at(owner)] = amount as i64;
        rows.push((name, row));
    };
    own("capital", Sector::Firms, capital);
    own("leased urban land", Sector::Firms, firm_land);
    own("urban land in reserve", Sector::Governments, reserve);
    own("dwellings", Sector::HousingFunds, dwellings);
    let mut worth = [0i64; SECTORS];
    for (_, row) in &rows {
        for s in 0..SECTORS {
            worth[s] -= row[s];
        }
    }
    rows.push(("net worth (sign turned)", worth));
    rows
}
