//! The balance-sheet matrix: what every sector owns and owes at the end of a quarter.

use super::{World, holdings};
use crate::books::{CENTRAL, FlowMatrix, SECTORS, Sector};

/// The balance-sheet matrix: signed values by sector [fen]. Rows of financial items sum to zero; physical items are
/// assets of their owner: capital and dwellings at current prices, urban land at the price of leases, farmland at its
/// rent over the required return of firms. Firms, banks and funds are worth nothing beyond what their owners hold.
/// Net worth closes every column to zero.
pub fn balance_sheet(w: &World) -> FlowMatrix {
    let h = holdings(w);
    let at = |s: Sector| s as usize;
    let mut rows: FlowMatrix = Vec::new();
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
    let Assets {
        private,
        state,
        dwellings,
        reserve,
        farmland,
    } = assets(w);
    let mut own = |name, owner: Sector, amount: i64| {
        let mut row = [0i64; SECTORS];
        row[at(owner)] = amount;
        rows.push((name, row));
    };
    own(
        "capital and leased land of private firms",
        Sector::Firms,
        private.physical,
    );
    own("capital and leased land of state firms", Sector::Firms, state.physical);
    own("urban land in reserve", Sector::Governments, reserve);
    own("dwellings", Sector::HousingFunds, dwellings);
    own("contracted farmland", Sector::Households, farmland);
    let equity: i64 = h.equity.iter().sum();
    let fund = h.deposits[at(Sector::EquityFund)].iter().sum::<i64>() + private.net + equity;
    let outside = (fund as f64 * w.outside_ownership) as i64;
    let mut pair = |name, debtor: Sector, creditor: Sector, amount: i64| {
        let mut row = [0i64; SECTORS];
        row[at(debtor)] -= amount;
        row[at(creditor)] += amount;
        rows.push((name, row));
    };
    pair(
        "equity of private firms",
        Sector::Firms,
        Sector::EquityFund,
        private.net,
    );
    pair("equity of state firms", Sector::Firms, Sector::Governments, state.net);
    pair("equity of banks", Sector::Banks, Sector::EquityFund, equity);
    pair(
        "units of the equity fund",
        Sector::EquityFund,
        Sector::Households,
        fund - outside,
    );
    pair(
        "outside share of the equity fund",
        Sector::EquityFund,
        Sector::Outer,
        outside,
    );
    let housing = dwellings + h.deposits[at(Sector::HousingFunds)].iter().sum::<i64>();
    pair(
        "shares of the housing funds",
        Sector::HousingFunds,
        Sector::Households,
        housing,
    );
    let mut worth = [0i64; SECTORS];
    for (_, row) in &rows {
        for s in 0..SECTORS {
            worth[s] -= row[s];
        }
    }
    rows.push(("net worth (sign turned)", worth));
    rows
}

/// Firms of one ownership [fen].
#[derive(Clone, Copy, Default)]
struct Value {
    /// Capital and leased land at current prices.
    physical: i64,
    /// The same with deposits, less debt.
    net: i64,
}

/// What is owned, at current prices [fen].
struct Assets {
    private: Value,
    state: Value,
    dwellings: i64,
    reserve: i64,
    farmland: i64,
}

fn assets(w: &World) -> Assets {
    let buyer = w.buyer_prices();
    let mut of = [Value::default(); 2];
    for f in 0..w.firms.len() {
        let r = w.firms.region(f);
        let capital = w.firms.capital[f] * w.capital_price(&buyer, r);
        let physical = (capital + w.firms.land_m2[f] as f64 * w.land.price[r]) as i64;
        let v = &mut of[usize::from(w.firms.state[f])];
        v.physical += physical;
        v.net += physical + w.firms.deposits[f] - w.firms.debt[f];
    }
    // the estates of closed firms owe what banks have not written off
    of[0].net -= w.bad_loans.iter().sum::<i64>();
    let (mut dwellings, mut reserve, mut farmland) = (0.0, 0.0, 0.0);
    for r in 0..w.geography.inside {
        dwellings += w.housing.space_m2[r] * w.housing.price[r];
        reserve += w.land.reserve_m2[r] as f64 * w.land.price[r];
        farmland += w.farming.contracted_m2[r] as f64 * 4.0 * w.farming.rent[r] / w.params.firms.required_return;
    }
    Assets {
        private: of[0],
        state: of[1],
        dwellings: dwellings as i64,
        reserve: reserve as i64,
        farmland: farmland as i64,
    }
}
