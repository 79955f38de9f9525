//! Accounts: the only place where money, land and people move.
//!
//! Money is integer fen. Every payment has a payer and a receiver; a payment between depositors of different
//! banks moves reserves. Bulk payments (a firm's wage bill to its workers) are written as many halves, and the
//! audit after every stage refuses a stage whose halves differ by one fen. For every bank
//! `reserves + loans + bonds - deposits - equity = 0`; reserves plus the outer balance are constant.

mod audit;
mod flows;
mod tally;
mod till;

pub use audit::{AuditError, Holdings};
pub use flows::{FLOWS, Flow, SECTORS, Sector};
pub use tally::{LAND_USES, LandUse, Tally};
pub use till::{Orders, Till, Tills};

use serde::{Deserialize, Serialize};

/// Banks at most, the central bank included (it keeps the outer government's balance).
pub const BANKS: usize = 8;
/// The central bank's index: account of the rest of China and of the central government.
pub const CENTRAL: usize = BANKS - 1;

/// The running accounts of an economy.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Books {
    reserves: [i64; BANKS],
    /// Deposits by sector and bank, as the payments say.
    deposits: [[i64; BANKS]; SECTORS],
    loans: [i64; BANKS],
    bonds: [i64; BANKS],
    equity: [i64; BANKS],
    outside_money: i64,
    people: i64,
    people_outside: i64,
    dependants: i64,
    land: Vec<i64>,
    /// Flows of the running quarter, by flow [fen].
    flows: Vec<i64>,
    /// Stocks when the quarter began.
    opening: Stocks,
    audits: u64,
}

/// Financial stocks of the sectors [fen].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Stocks {
    /// Deposits by sector, the outer government's account at the central bank included.
    deposits: [i64; SECTORS],
    /// Loans of firms.
    loans: i64,
    /// Bonds of governments.
    bonds: i64,
    /// Equity of banks.
    equity: i64,
}

impl Books {
    /// Opens the books on the holdings at birth: reserves are what balances each bank; the central bank's
    /// account is the outer balance.
    pub fn open(h: &Holdings, people_outside: i64) -> Self {
        let mut b = Books {
            reserves: [0; BANKS],
            deposits: h.deposits,
            loans: h.loans,
            bonds: h.bonds,
            equity: h.equity,
            outside_money: 0,
            people: h.people,
            people_outside,
            dependants: h.dependants,
            land: h.land.clone(),
            flows: vec![0; FLOWS],
            opening: Stocks::default(),
            audits: 0,
        };
        for bank in 0..BANKS {
            b.reserves[bank] = b.deposits_at(bank) + b.equity[bank] - b.loans[bank] - b.bonds[bank];
        }
        b.outside_money = b.reserves.iter().sum();
        b.opening = b.stocks();
        b
    }

    /// Stages audited so far.
    pub fn audits(&self) -> u64 {
        self.audits
    }

    /// Reserves by bank [fen]; the last is the outer balance.
    pub fn reserves(&self) -> &[i64; BANKS] {
        &self.reserves
    }

    /// Payments of the running quarter by flow [fen].
    pub fn flow(&self, flow: Flow) -> i64 {
        self.flows[flow as usize]
    }

    /// People outside the modelled regions who may arrive (scale times agents).
    pub fn people_outside(&self) -> i64 {
        self.people_outside
    }

    /// Arrivals (positive) or departures (negative) of people, with their dependants [twentieths of an agent].
    pub fn people_arrive(&mut self, persons: i64, dependants: i64) {
        self.people += persons;
        self.people_outside -= persons;
        self.dependants += dependants;
    }

    /// Starts a quarter: flows and changes of stocks count from zero.
    pub fn new_quarter(&mut self) {
        self.flows.iter_mut().for_each(|f| *f = 0);
        self.opening = self.stocks();
    }

    fn stocks(&self) -> Stocks {
        Stocks {
            deposits: std::array::from_fn(|s| self.deposits[s].iter().sum()),
            loans: self.loans.iter().sum(),
            bonds: self.bonds.iter().sum(),
            equity: self.equity.iter().sum(),
        }
    }

    /// Deposits of all sectors at a bank [fen].
    fn deposits_at(&self, bank: usize) -> i64 {
        self.deposits.iter().map(|by_bank| by_bank[bank]).sum()
    }

    /// The transaction-flow matrix of the running quarter: rows = flows, write-offs, then the changes of loans, bonds,
    /// deposits and reserves as uses of funds; columns = [`Sector::ALL`] [fen]. Every row and every column sums to
    /// zero (Godley and Lavoie 2007, ch. 2).
    ///
    /// The banks' column pays and receives as their own income: what it keeps is the change of their equity, which
    /// is the change of loans, bonds and reserves less that of deposits.
    pub fn flow_matrix(&self) -> FlowMatrix {
        let at = |s: Sector| s as usize;
        let (then, now) = (self.opening, self.stocks());
        let mut rows: FlowMatrix = Vec::with_capacity(FLOWS + 5);
        for &flow in Flow::ALL {
            let mut row = [0i64; SECTORS];
            let (from, to) = flow.parties();
            row[at(from)] -= self.flows[flow as usize];
            row[at(to)] += self.flows[flow as usize];
            rows.push((flow.name(), row));
        }
        let paid: i64 = rows.iter().map(|(_, row)| row[at(Sector::Banks)]).sum();
        let lost = paid - (now.equity - then.equity);
        let mut pair = |name, gains: Sector, loses: Sector, amount: i64| {
            let mut row = [0i64; SECTORS];
            row[at(gains)] += amount;
            row[at(loses)] -= amount;
            rows.push((name, row));
        };
        pair("loans written off", Sector::Firms, Sector::Banks, lost);
        pair("change in loans", Sector::Firms, Sector::Banks, now.loans - then.loans);
        pair(
            "change in bonds",
            Sector::Governments,
            Sector::Banks,
            now.bonds - then.bonds,
        );
        let mut deposits: [i64; SECTORS] = std::array::from_fn(|s| then.deposits[s] - now.deposits[s]);
        deposits[at(Sector::Outer)] = 0;
        deposits[at(Sector::Banks)] = -deposits.iter().sum::<i64>();
        rows.push(("change in deposits", deposits));
        let mut reserves = [0i64; SECTORS];
        reserves[at(Sector::Outer)] = then.deposits[at(Sector::Outer)] - now.deposits[at(Sector::Outer)];
        reserves[at(Sector::Banks)] = -reserves[at(Sector::Outer)];
        rows.push(("change in reserves", reserves));
        rows
    }
}

/// A named row a flow, one column a sector [fen].
pub type FlowMatrix = Vec<(&'static str, [i64; SECTORS])>;

#[cfg(test)]
mod tests {
    use super::*;

    fn holdings(a: i64, b: i64, loans: i64, equity: i64) -> Holdings {
        let mut h = Holdings::default();
        h.deposits[Sector::Households as usize][0] = a;
        h.deposits[Sector::Firms as usize][1] = b;
        h.loans[1] = loans;
        h.equity[1] = equity;
        h
    }

    #[test]
    fn a_payment_between_banks_moves_reserves_and_keeps_the_sheets() {
        let (mut a, mut b) = (100, 50);
        let mut books = Books::open(&holdings(a, b, 30, 5), 0);
        let mut t = Tally::default();
        t.pay(Flow::Wages, (&mut b, 1), (&mut a, 0), 20);
        books.close_stage("test", 0, &t, &holdings(a, b, 30, 5)).unwrap();
        assert_eq!((a, b), (120, 30));
        assert_eq!(books.flow(Flow::Wages), 20);
    }

    #[test]
    fn a_half_payment_a_lost_fen_and_a_silent_loan_are_found() {
        let (mut a, b) = (100, 50);
        let books = Books::open(&holdings(a, b, 30, 5), 0);
        let mut t = Tally::default();
        t.pay_in(Flow::Wages, 0, &mut a, 1);
        let e = books
            .clone()
            .close_stage("labour", 3, &t, &holdings(a, b, 30, 5))
            .unwrap_err();
        assert_eq!((e.stage, e.tick, e.gap), ("labour", 3, -1));
        let e = books
            .clone()
            .close_stage("x", 0, &Tally::default(), &holdings(99, b, 30, 5))
            .unwrap_err();
        assert!(
            e.what.contains("deposits of households at bank 0") && e.gap == -1,
            "{e}"
        );
        let e = books
            .clone()
            .close_stage("x", 0, &Tally::default(), &holdings(100, b, 31, 5))
            .unwrap_err();
        assert!(e.what.contains("loans"), "{e}");
    }

    #[test]
    fn credit_and_write_off_keep_the_sheets() {
        let (a, mut b, mut debt, mut equity) = (100, 50, 30, 5);
        let mut books = Books::open(&holdings(a, b, debt, equity), 0);
        let mut t = Tally::default();
        t.lend(1, &mut b, &mut debt, 10);
        t.repay(1, &mut b, &mut debt, 4);
        t.write_off(1, &mut debt, &mut equity, 3);
        books
            .close_stage("credit", 0, &t, &holdings(a, b, debt, equity))
            .unwrap();
        assert_eq!((b, debt, equity), (56, 33, 2));
    }
}
