//! The bottom-up economy (see `peers_common::bam`) on yaosu's pieces: luck by (seed, use, period, agent), fixed blocks, money in
//! integers that moves through a tally, books audited after every stage that moves it.

mod credit;
mod exit;
mod firms;
mod goods;
mod labour;

use peers_common::bam as law;
use yaosu::base::blocks;
use yaosu::base::draws::{Draws, Reader, Stage};
use yaosu::books::{AuditError, Books, CENTRAL, Holdings, Sector, Tally};

/// Money is counted in millionths.
const UNIT: f64 = 1e6;
/// No firm.
const NONE: u32 = u32::MAX;
/// The books keep the system of banks as one bank.
const BANK: usize = 0;

/// Luck, by use.
mod luck {
    use super::Stage;
    pub const PLANS: Stage = Stage::Productivity;
    pub const LAYOFFS: Stage = Stage::Separation;
    pub const OFFERS: Stage = Stage::Rounding;
    pub const APPLICATIONS: Stage = Stage::Search;
    pub const HIRING: Stage = Stage::Opening;
    pub const RATES: Stage = Stage::Signal;
    pub const LOANS: Stage = Stage::Credit;
    pub const LACK_OF_FUNDS: Stage = Stage::Turnover;
    pub const SHOPS: Stage = Stage::Taste;
    pub const FIRST_SHOP: Stage = Stage::Village;
    pub const QUEUE: Stage = Stage::Arrival;
    pub const NEW_BANKS: Stage = Stage::Entrant;
}

/// A firm.
#[derive(Clone, Default)]
struct Firm {
    price: f64,
    /// Goods made in the last period, and what is left of them.
    made: f64,
    stock: f64,
    /// Money taken in the last period.
    sold: i64,
    wanted: f64,
    staff: i32,
    desired: i32,
    offer: i64,
    /// Wages of its staff, and the bill that it paid last.
    bill: i64,
    paid: i64,
    /// Interest on its loans of the last period.
    interest: i64,
    worth: i64,
    funds: i64,
}

/// A loan of this period.
#[derive(Clone, Copy, Default)]
struct Loan {
    bank: u32,
    principal: i64,
    interest: i64,
}

/// A bank.
#[derive(Clone, Default)]
struct Bank {
    equity: i64,
    loans: i64,
    supply: i64,
    shock: f64,
}

/// A household.
#[derive(Clone)]
struct Household {
    savings: i64,
    wage: i64,
    employer: u32,
    /// The firm whose contract ran out; who was dismissed has none.
    last: u32,
    /// The largest shop it knows.
    shop: u32,
    /// Periods until the contract ends.
    left: u32,
}

/// What a household takes to the market.
#[derive(Clone, Copy, Default)]
struct Basket {
    money: i64,
    /// In the order of visits.
    shops: [u32; law::Z],
}

/// The economy.
pub struct Economy {
    firms: Vec<Firm>,
    /// Of this period, by firm.
    loans: Vec<[Loan; law::H]>,
    banks: Vec<Bank>,
    households: Vec<Household>,
    baskets: Vec<Basket>,
    /// Dividends that cannot be divided, what closed firms left, less what entrants were given.
    fund: i64,
    /// Account of who pays for new banks.
    outer: i64,
    /// Average price at the start and after every period.
    prices: Vec<f64>,
    min_wage: i64,
    /// Savings of all at the last audit.
    saved: i64,
    books: Books,
    draws: Draws,
    tick: u32,
}

/// The nearest integer to an amount that is not negative; `f64::round` is a call on machines without its instruction.
fn nearest(x: f64) -> i64 {
    (x + 0.5) as i64
}

/// The least integer that is not below an amount that is not negative.
fn up(x: f64) -> i32 {
    let whole = x as i32;
    whole + i32::from(f64::from(whole) < x)
}

fn money(x: f64) -> i64 {
    nearest(x * UNIT)
}

/// A number below `n`.
fn below(word: u32, n: usize) -> u32 {
    ((u64::from(word) * n as u64) >> 32) as u32
}

/// `K` different numbers below `n`, in the order they are drawn.
fn distinct<const K: usize>(words: &mut Reader, n: usize) -> [u32; K] {
    let (mut drawn, mut sorted) = ([0; K], [0; K]);
    for k in 0..K {
        let (mut x, mut at) = (below(words.word(), n - k), 0);
        while at < k && x >= sorted[at] {
            x += 1;
            at += 1;
        }
        sorted.copy_within(at..k, at + 1);
        sorted[at] = x;
        drawn[k] = x;
    }
    drawn
}

/// Puts `list` in an order of luck.
fn shuffle<T>(list: &mut [T], words: &mut Reader) {
    for i in (1..list.len()).rev() {
        list.swap(i, below(words.word(), i + 1) as usize);
    }
}

impl Economy {
    /// `times` the smallest economy, at its start.
    pub fn new(times: usize, seed: u64) -> Self {
        let firm = Firm {
            price: law::PRICE,
            made: law::HOUSEHOLDS as f64 * law::PRODUCTIVITY / law::FIRMS as f64,
            offer: money(law::WAGE),
            ..Firm::default()
        };
        let worth = money(firm.made * law::PRICE * law::NET_WORTH_RATIO);
        let firm = Firm {
            worth,
            funds: worth,
            ..firm
        };
        let bank = Bank {
            equity: money(law::EQUITY),
            ..Bank::default()
        };
        let household = Household {
            savings: money(law::SAVINGS),
            wage: 0,
            employer: NONE,
            last: NONE,
            shop: NONE,
            left: 0,
        };
        let mut economy = Self {
            firms: vec![firm; times * law::FIRMS],
            loans: vec![Default::default(); times * law::FIRMS],
            banks: vec![bank; times * law::BANKS],
            households: vec![household; times * law::HOUSEHOLDS],
            baskets: vec![Basket::default(); times * law::HOUSEHOLDS],
            fund: 0,
            outer: 0,
            prices: vec![law::PRICE],
            min_wage: money(law::MIN_WAGE),
            saved: 0,
            books: Books::open(&Holdings::default(), 0),
            draws: Draws::new(seed),
            tick: 0,
        };
        let start = economy.holdings();
        economy.saved = start.deposits[Sector::Households as usize][BANK];
        economy.books = Books::open(&start, 0);
        economy
    }

    /// One period.
    fn step(&mut self) -> Result<(), AuditError> {
        self.plan();
        self.labour();
        self.credit()?;
        self.goods()?;
        self.settle()?;
        self.tick += 1;
        Ok(())
    }

    /// What the columns hold.
    fn holdings(&self) -> Holdings {
        let mut h = Holdings::default();
        let of_households = blocks::map(self.households.len(), |r| {
            let saved: i64 = self.households[r.clone()].iter().map(|h| h.savings).sum();
            saved + self.baskets[r].iter().map(|b| b.money).sum::<i64>()
        });
        h.deposits[Sector::Households as usize][BANK] = of_households.iter().sum();
        h.deposits[Sector::Firms as usize][BANK] = self.firms.iter().map(|f| f.funds).sum();
        h.deposits[Sector::EquityFund as usize][BANK] = self.fund;
        h.deposits[Sector::Outer as usize][CENTRAL] = self.outer;
        h.loans[BANK] = self.banks.iter().map(|b| b.loans).sum();
        h.equity[BANK] = self.banks.iter().map(|b| b.equity).sum();
        h
    }

    /// Audits a stage.
    fn audit(&mut self, stage: &'static str, tally: &Tally) -> Result<(), AuditError> {
        let holdings = self.holdings();
        self.saved = holdings.deposits[Sector::Households as usize][BANK];
        self.books.close_stage(stage, i64::from(self.tick), tally, &holdings)
    }

    fn average_price(&self) -> f64 {
        self.prices[self.prices.len() - 1]
    }

    /// Ends the contract of a household; it will not be loyal to the firm.
    fn dismiss(&mut self, household: usize) {
        let h = &mut self.households[household];
        let firm = &mut self.firms[h.employer as usize];
        firm.staff -= 1;
        firm.bill -= h.wage;
        (h.employer, h.last, h.wage, h.left) = (NONE, NONE, 0, 0);
    }
}

impl law::Economy for Economy {
    fn period(&mut self) {
        if let Err(e) = self.step() {
            panic!("{e}");
        }
    }

    fn seen(&self) -> law::Seen {
        let employed: Vec<&Household> = self.households.iter().filter(|h| h.employer != NONE).collect();
        let n = self.households.len() as f64;
        let wages: i64 = employed.iter().map(|h| h.wage).sum();
        law::Seen {
            unemployment: 1.0 - employed.len() as f64 / n,
            price: self.average_price(),
            wage: wages as f64 / UNIT / employed.len() as f64,
            output: self.firms.iter().map(|f| f.made).sum::<f64>() / n,
        }
    }
}
