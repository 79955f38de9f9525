//! Accounts: the only place where money, land and people move.
//!
//! Money is integer fen. Every payment has a payer and a receiver; a payment between depositors of different
//! banks moves reserves. Bulk payments (a firm's wage bill to its workers) are written as many halves, and the
//! audit after every stage refuses a stage whose halves differ by one fen. For every bank
//! `reserves + loans + bonds - deposits - equity = 0`; reserves plus the outer balance are constant.

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Banks at most, the central bank included (it keeps the outer government's balance).
pub const BANKS: usize = 8;
/// The central bank's index: account of the rest of China and of the central government.
pub const CENTRAL: usize = BANKS - 1;

/// Columns of the accounting matrices.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[repr(u8)]
pub enum Sector {
    /// Workers and their dependants.
    Households,
    /// Firms.
    Firms,
    /// Regional housing funds.
    HousingFunds,
    /// The equity fund.
    EquityFund,
    /// District and municipal governments.
    Governments,
    /// Clearing houses of the goods, farmland and data markets: empty at the end of every quarter.
    Clearing,
    /// Rest of China and central government.
    Outer,
    /// Banks' own income (equity).
    Banks,
}

/// Number of sectors.
pub const SECTORS: usize = 8;

impl Sector {
    /// All sectors in column order.
    pub const ALL: [Sector; SECTORS] = [
        Sector::Households,
        Sector::Firms,
        Sector::HousingFunds,
        Sector::EquityFund,
        Sector::Governments,
        Sector::Clearing,
        Sector::Outer,
        Sector::Banks,
    ];

    /// Name in tables.
    pub fn name(self) -> &'static str {
        match self {
            Sector::Households => "households",
            Sector::Firms => "firms",
            Sector::HousingFunds => "housing_funds",
            Sector::EquityFund => "equity_fund",
            Sector::Governments => "governments",
            Sector::Clearing => "clearing",
            Sector::Outer => "outer",
            Sector::Banks => "banks",
        }
    }
}

macro_rules! flows {
    ($($name:ident: $from:ident => $to:ident, $label:literal;)*) => {
        /// Rows of the transaction-flow matrix: each has one paying and one receiving sector.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[repr(u8)]
        pub enum Flow { $(#[doc = $label] $name),* }

        impl Flow {
            /// All flows in row order.
            pub const ALL: &'static [Flow] = &[$(Flow::$name),*];

            /// Name in tables.
            pub fn name(self) -> &'static str {
                match self { $(Flow::$name => $label),* }
            }

            /// (payer, receiver).
            pub fn parties(self) -> (Sector, Sector) {
                match self { $(Flow::$name => (Sector::$from, Sector::$to)),* }
            }
        }
    };
}

flows! {
    Consumption: Households => Clearing, "consumption";
    ConsumptionOutside: Households => Outer, "consumption of away workers where they live";
    Investment: Firms => Clearing, "capital goods";
    HousingInvestment: HousingFunds => Clearing, "housing investment";
    GovernmentPurchases: Governments => Clearing, "government purchases";
    Exports: Outer => Clearing, "exports";
    Imports: Clearing => Outer, "imports";
    Sales: Clearing => Firms, "sales of firms";
    OwnAccountSales: Clearing => Households, "sales of own-account workers";
    FarmSales: Clearing => Households, "sales of farm households";
    AgribusinessSales: Clearing => EquityFund, "agribusiness share of farm output, and what rounding leaves";
    Wages: Firms => Households, "wages";
    Payroll: Firms => Governments, "payroll contributions";
    OutsideWages: Outer => Households, "wages earned outside";
    Pensions: Governments => Households, "pensions";
    Benefits: Governments => Households, "unemployment benefits";
    WageTax: Households => Governments, "wage tax";
    ProductionTax: Firms => Governments, "production tax, local share";
    ProfitTax: Firms => Governments, "profit tax, local share";
    CentralTax: Firms => Outer, "taxes, central share";
    Transfers: Outer => Governments, "transfers from above";
    TransfersDown: Governments => Governments, "transfers to districts";
    LandSales: Firms => Governments, "land fees of firms";
    HousingLand: HousingFunds => Governments, "land fees of housing";
    HousingRent: Households => HousingFunds, "housing rent and upkeep";
    HousingDividend: HousingFunds => Households, "housing fund distribution";
    FarmRentPaid: Households => Clearing, "farmland rent paid";
    FarmRentReceived: Clearing => Households, "farmland rent received";
    DataBought: Firms => Clearing, "data bought";
    DataSold: Clearing => Firms, "data sold";
    DataFee: Clearing => Governments, "data exchange fee";
    LoanInterest: Firms => Banks, "loan interest and fees";
    BondInterest: Governments => Banks, "bond interest";
    DepositInterest: Banks => Households, "deposit interest";
    BankDividend: Banks => EquityFund, "bank dividends";
    BankRescue: Outer => Banks, "capital paid in by the outer government";
    Dividends: Firms => EquityFund, "dividends of private firms";
    StateProfit: Firms => Governments, "profit of state firms";
    FundDividend: EquityFund => Households, "equity fund distribution";
    FundOutside: EquityFund => Outer, "distribution to outside owners";
    SeedCapital: EquityFund => Firms, "capital paid into private firms";
    StateCapital: Governments => Firms, "capital paid into state firms";
    ExitResidual: Firms => EquityFund, "residual of closed firms";
    Arrivals: Outer => Households, "savings brought by arrivals";
    Departures: Households => Outer, "savings taken by leavers";
}

/// Number of flows.
pub const FLOWS: usize = Flow::ALL.len();

/// What one block or one stage moved, by flow and bank.
#[derive(Clone, Debug)]
pub struct Tally {
    paid: Box<[[i64; BANKS]; FLOWS]>,
    received: Box<[[i64; BANKS]; FLOWS]>,
    lent: [i64; BANKS],
    repaid: [i64; BANKS],
    written_off: [i64; BANKS],
    bonds_sold: [i64; BANKS],
    bonds_redeemed: [i64; BANKS],
    moved: [i64; BANKS],
}

impl Default for Tally {
    fn default() -> Self {
        Self {
            paid: Box::new([[0; BANKS]; FLOWS]),
            received: Box::new([[0; BANKS]; FLOWS]),
            lent: [0; BANKS],
            repaid: [0; BANKS],
            written_off: [0; BANKS],
            bonds_sold: [0; BANKS],
            bonds_redeemed: [0; BANKS],
            moved: [0; BANKS],
        }
    }
}

impl Tally {
    /// Pays `amount` from one account to another.
    pub fn pay(&mut self, flow: Flow, from: (&mut i64, usize), to: (&mut i64, usize), amount: i64) {
        self.pay_out(flow, from.1, from.0, amount);
        self.pay_in(flow, to.1, to.0, amount);
    }

    /// The paying half of a bulk payment; its receiving halves must follow in the same stage.
    #[inline]
    pub fn pay_out(&mut self, flow: Flow, bank: usize, account: &mut i64, amount: i64) {
        *account -= amount;
        self.paid[flow as usize][bank] += amount;
    }

    /// A receiving half of a bulk payment.
    #[inline]
    pub fn pay_in(&mut self, flow: Flow, bank: usize, account: &mut i64, amount: i64) {
        *account += amount;
        self.received[flow as usize][bank] += amount;
    }

    /// A bank lends: deposits and debt grow together.
    pub fn lend(&mut self, bank: usize, deposits: &mut i64, debt: &mut i64, amount: i64) {
        *deposits += amount;
        *debt += amount;
        self.lent[bank] += amount;
    }

    /// A debtor repays: deposits and debt shrink together.
    pub fn repay(&mut self, bank: usize, deposits: &mut i64, debt: &mut i64, amount: i64) {
        *deposits -= amount;
        *debt -= amount;
        self.repaid[bank] += amount;
    }

    /// A bank gives a debt up: the debt and the bank's equity shrink together.
    pub fn write_off(&mut self, bank: usize, debt: &mut i64, equity: &mut i64, amount: i64) {
        *debt -= amount;
        *equity -= amount;
        self.written_off[bank] += amount;
    }

    /// A government sells bonds to a bank (negative: redeems).
    pub fn sell_bonds(&mut self, bank: usize, deposits: &mut i64, bonds: &mut i64, amount: i64) {
        *deposits += amount;
        *bonds += amount;
        if amount >= 0 {
            self.bonds_sold[bank] += amount;
        } else {
            self.bonds_redeemed[bank] -= amount;
        }
    }

    /// A depositor moves to another bank: deposits and reserves follow.
    pub fn move_account(&mut self, from: usize, to: usize, amount: i64) {
        self.moved[from] -= amount;
        self.moved[to] += amount;
    }

    /// Adds what another block moved.
    pub fn merge(&mut self, other: &Tally) {
        for f in 0..FLOWS {
            for b in 0..BANKS {
                self.paid[f][b] += other.paid[f][b];
                self.received[f][b] += other.received[f][b];
            }
        }
        for b in 0..BANKS {
            self.lent[b] += other.lent[b];
            self.repaid[b] += other.repaid[b];
            self.written_off[b] += other.written_off[b];
            self.bonds_sold[b] += other.bonds_sold[b];
            self.bonds_redeemed[b] += other.bonds_redeemed[b];
            self.moved[b] += other.moved[b];
        }
    }

    /// Total received under one flow [fen].
    pub fn received(&self, flow: Flow) -> i64 {
        self.received[flow as usize].iter().sum()
    }

    /// Received under one flow at one bank [fen].
    pub fn received_by(&self, flow: Flow, bank: usize) -> i64 {
        self.received[flow as usize][bank]
    }

    /// Total paid under one flow [fen].
    pub fn paid(&self, flow: Flow) -> i64 {
        self.paid[flow as usize].iter().sum()
    }
}

/// What the columns of the world hold, recomputed from them for the audit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Holdings {
    /// Deposits by sector and bank [fen].
    pub deposits: [[i64; BANKS]; SECTORS],
    /// Loans by bank [fen].
    pub loans: [i64; BANKS],
    /// Bonds by bank [fen].
    pub bonds: [i64; BANKS],
    /// Equity by bank [fen].
    pub equity: [i64; BANKS],
    /// People in agents, by scale times agents.
    pub people: i64,
    /// Dependants of agents and in the care of kin [twentieths of an agent].
    pub dependants: i64,
    /// Land by ledger line: contracted farmland by region, then urban land by region [m2].
    pub land: Vec<i64>,
    /// Contracted farmland by region, as the uses say: tilled by holders, by lessees, pooled, idle [m2].
    pub farmland_used: Vec<i64>,
    /// Contracted farmland by region, as the plots say [m2].
    pub farmland_held: Vec<i64>,
}

/// A broken account, named by stage and quarter.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("audit after `{stage}` in quarter {tick}: {what} is off by {gap} ({unit})")]
pub struct AuditError {
    /// Stage after which the audit failed.
    pub stage: &'static str,
    /// Quarter.
    pub tick: i64,
    /// What does not add up.
    pub what: String,
    /// By how much.
    pub gap: i64,
    /// Unit of the gap.
    pub unit: &'static str,
}

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

    /// Enters what a stage moved and audits the columns against it.
    ///
    /// # Errors
    /// The first account that does not add up.
    pub fn close_stage(
        &mut self,
        stage: &'static str,
        tick: i64,
        tally: &Tally,
        h: &Holdings,
    ) -> Result<(), AuditError> {
        let fail = |what: String, gap: i64, unit: &'static str| {
            if gap == 0 {
                Ok(())
            } else {
                Err(AuditError {
                    stage,
                    tick,
                    what,
                    gap,
                    unit,
                })
            }
        };
        for &flow in Flow::ALL {
            let f = flow as usize;
            let (paid, received): (i64, i64) = (tally.paid[f].iter().sum(), tally.received[f].iter().sum());
            fail(
                format!("paid minus received of `{}`", flow.name()),
                paid - received,
                "fen",
            )?;
            self.flows[f] += paid;
            let (from, to) = flow.parties();
            for b in 0..BANKS {
                let (out, inn) = (tally.paid[f][b], tally.received[f][b]);
                self.reserves[b] += inn - out;
                *self.side(from, b) -= out;
                *self.side(to, b) += inn;
            }
        }
        for b in 0..BANKS {
            let bonds = tally.bonds_sold[b] - tally.bonds_redeemed[b];
            let loans = tally.lent[b] - tally.repaid[b];
            self.deposits[Sector::Firms as usize][b] += loans;
            self.deposits[Sector::Governments as usize][b] += bonds;
            self.deposits[Sector::Households as usize][b] += tally.moved[b];
            self.reserves[b] += tally.moved[b];
            self.loans[b] += loans - tally.written_off[b];
            self.bonds[b] += bonds;
            self.equity[b] -= tally.written_off[b];
        }
        for b in 0..BANKS {
            for (k, sector) in Sector::ALL.iter().enumerate() {
                fail(
                    format!("deposits of {} at bank {b}", sector.name()),
                    h.deposits[k][b] - self.deposits[k][b],
                    "fen",
                )?;
            }
            fail(format!("loans of bank {b}"), h.loans[b] - self.loans[b], "fen")?;
            fail(format!("bonds of bank {b}"), h.bonds[b] - self.bonds[b], "fen")?;
            fail(format!("equity of bank {b}"), h.equity[b] - self.equity[b], "fen")?;
            let sheet = self.reserves[b] + self.loans[b] + self.bonds[b] - self.deposits_at(b) - self.equity[b];
            fail(format!("balance sheet of bank {b}"), sheet, "fen")?;
        }
        fail(
            "outside money".into(),
            self.reserves.iter().sum::<i64>() - self.outside_money,
            "fen",
        )?;
        fail("people".into(), h.people - self.people, "persons")?;
        fail(
            "dependants".into(),
            h.dependants - self.dependants,
            "twentieths of an agent",
        )?;
        for (line, (&now, &then)) in h.land.iter().zip(&self.land).enumerate() {
            fail(format!("land ledger line {line}"), now - then, "m2")?;
        }
        for (r, (&used, &held)) in h.farmland_used.iter().zip(&h.farmland_held).enumerate() {
            fail(format!("uses of farmland of region {r}"), used - held, "m2")?;
        }
        self.audits += 1;
        Ok(())
    }

    /// Ends a quarter: every column of the [`Books::flow_matrix`] must sum to zero.
    ///
    /// # Errors
    /// The first sector whose money came from nowhere or went nowhere.
    pub fn close_quarter(&self, tick: i64) -> Result<(), AuditError> {
        let rows = self.flow_matrix();
        for sector in Sector::ALL {
            let gap: i64 = rows.iter().map(|(_, row)| row[sector as usize]).sum();
            if gap != 0 {
                return Err(AuditError {
                    stage: "the last stage",
                    tick,
                    what: format!("column `{}` of the transaction-flow matrix", sector.name()),
                    gap,
                    unit: "fen",
                });
            }
        }
        Ok(())
    }

    fn side(&mut self, sector: Sector, bank: usize) -> &mut i64 {
        if sector == Sector::Banks {
            &mut self.equity[bank]
        } else {
            &mut self.deposits[sector as usize][bank]
        }
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
