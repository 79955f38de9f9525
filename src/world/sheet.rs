//! The balance-sheet matrix: what every sector owns and owes at the end of a quarter.

use super::{World, holdings};
use crate::base::blocks;
use crate::books::{CENTRAL, FlowMatrix, SECTORS, Sector};

/// A claim of `creditor` on `debtor`: a row that sums to zero.
fn claim(debtor: Sector, creditor: Sector, amount: i64) -> [i64; SECTORS] {
    let mut row = [0i64; SECTORS];
    row[debtor as usize] -= amount;
    row[creditor as usize] += amount;
    row
}

/// A physical asset of `owner`.
fn asset(owner: Sector, amount: i64) -> [i64; SECTORS] {
    let mut row = [0i64; SECTORS];
    row[owner as usize] = amount;
    row
}

/// The balance-sheet matrix: signed values by sector [fen]. Rows of financial items sum to zero; physical items are
/// assets of their owner: capital and dwellings at current prices, urban land at the price of leases, farmland at its
/// rent over the required return of firms. Firms, banks and funds are worth nothing beyond what their owners hold.
/// Net worth closes every column to zero.
pub fn balance_sheet(w: &World) -> FlowMatrix {
    use Sector::{Banks, EquityFund, Firms, Governments, Households, HousingFunds, Outer};
    let h = holdings(w);
    let of = assets(w);
    let mut deposits = [0i64; SECTORS];
    for (s, by_bank) in h.deposits.iter().enumerate() {
        deposits[s] = by_bank[..CENTRAL].iter().sum();
    }
    let money_of = |s: Sector| h.deposits[s as usize].iter().sum::<i64>();
    deposits[Banks as usize] = -deposits.iter().sum::<i64>();
    let reserves = w.books.reserves()[..CENTRAL].iter().sum();
    let equity: i64 = h.equity.iter().sum();
    let fund = money_of(EquityFund) + of.private.net + equity;
    let outside = (fund as f64 * w.outside_ownership) as i64;
    let housing = of.dwellings + money_of(HousingFunds);
    let mut rows: FlowMatrix = vec![
        ("deposits", deposits),
        ("loans", claim(Firms, Banks, h.loans.iter().sum())),
        ("bonds", claim(Governments, Banks, h.bonds.iter().sum())),
        ("reserves", claim(Outer, Banks, reserves)),
        (
            "capital and leased land of private firms",
            asset(Firms, of.private.physical),
        ),
        (
            "capital and leased land of state firms",
            asset(Firms, of.state.physical),
        ),
        ("urban land in reserve", asset(Governments, of.reserve)),
        ("dwellings", asset(HousingFunds, of.dwellings)),
        ("contracted farmland", asset(Households, of.farmland)),
        (
            "farm capital of village collectives",
            asset(Firms, of.collectives.physical),
        ),
        (
            "shares of village collectives",
            claim(Firms, Households, of.collectives.net),
        ),
        ("equity of private firms", claim(Firms, EquityFund, of.private.net)),
        ("equity of state firms", claim(Firms, Governments, of.state.net)),
        ("equity of banks", claim(Banks, EquityFund, equity)),
        (
            "units of the equity fund",
            claim(EquityFund, Households, fund - outside),
        ),
        ("outside share of the equity fund", claim(EquityFund, Outer, outside)),
        ("shares of the housing funds", claim(HousingFunds, Households, housing)),
    ];
    let worth = std::array::from_fn(|s| -rows.iter().map(|(_, row)| row[s]).sum::<i64>());
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
    collectives: Value,
    dwellings: i64,
    reserve: i64,
    farmland: i64,
}

/// Private and state firms, their capital at its `price` by region.
fn firms(w: &World, price: &[f64]) -> [Value; 2] {
    let parts = blocks::map(w.firms.len(), |range| {
        let mut of = [Value::default(); 2];
        for f in range {
            let r = w.firms.region(f);
            let capital = w.firms.capital[f] * price[r];
            let physical = (capital + w.firms.land_m2[f] as f64 * w.land.price[r]) as i64;
            let v = &mut of[usize::from(w.firms.state[f])];
            v.physical += physical;
            v.net += physical + w.firms.deposits[f] - w.firms.debt[f];
        }
        of
    });
    let mut of = [Value::default(); 2];
    for part in parts {
        for (all, x) in of.iter_mut().zip(part) {
            all.physical += x.physical;
            all.net += x.net;
        }
    }
    of
}

fn assets(w: &World) -> Assets {
    let buyer = w.buyer_prices();
    let price: Vec<f64> = (0..w.geography.inside).map(|r| w.capital_price(&buyer, r)).collect();
    let mut of = firms(w, &price);
    // the estates of closed firms owe what banks have not written off
    of[0].net -= w.banks.bad_loans.iter().sum::<i64>();
    let mut collectives = Value::default();
    for r in 0..w.geography.inside {
        let c = &w.collectives;
        let physical = (c.capital[r] * price[r]) as i64;
        collectives.physical += physical;
        collectives.net += physical + c.deposits[r] - c.debt[r];
    }
    let (mut dwellings, mut reserve, mut farmland) = (0.0, 0.0, 0.0);
    for r in 0..w.geography.inside {
        dwellings += w.housing.space_m2[r] * w.housing.price[r];
        let idle = w.land.housing_reserve_m2[r] + w.land.state_idle_m2[r];
        reserve += (w.land.reserve_m2[r] + idle) as f64 * w.land.price[r];
        farmland += w.farming.contracted_m2[r] as f64 * 4.0 * w.farming.rent[r] / w.params.firms.required_return;
    }
    Assets {
        private: of[0],
        state: of[1],
        collectives,
        dwellings: dwellings as i64,
        reserve: reserve as i64,
        farmland: farmland as i64,
    }
}
