//! The bottom-up economy (see `peers_common::bam`) on yaosu's pieces: luck by (seed, use, period), money in integers that moves
//! through a tally, books audited after every stage that moves it.
//!
//! Firms and households stand in columns: what is looked up together stands together.

mod credit;
mod exit;
mod firms;
mod goods;
mod labour;
mod luck;
mod propensity;

use exit::Tails;
use luck::Words;
use peers_common::bam as law;
use propensity::Propensity;
use std::ops::Range;
use yaosu::base::blocks::{Picked, RUN};
use yaosu::base::draws::Draws;
use yaosu::books::{AuditError, Books, CENTRAL, Holdings, Sector, Tally};

/// Money is counted in millionths.
const UNIT: f64 = 1e6;
/// Agents in a row whose words are made before the first is asked.
const TOGETHER: usize = 64;
/// No firm.
const NONE: u32 = u32::MAX;
/// The books keep the system of banks as one bank.
const BANK: usize = 0;

/// A firm on the labour market.
#[derive(Clone, Default)]
struct Employer {
    offer: i64,
    /// Wages of its staff.
    bill: i64,
    staff: i32,
    /// Staff wanted beyond what it has; below zero: in excess.
    vacancies: i32,
    /// How many still wait for the lots that it draws.
    waiting: u32,
}

/// A firm on the goods market.
#[derive(Clone, Default)]
struct Shop {
    price: f64,
    /// Goods made in the last period.
    made: f64,
}

/// A firm as its owners see it.
#[derive(Clone, Default)]
struct Account {
    worth: i64,
    /// Wages and interest of the last period.
    cost: i64,
    /// Of the last period, before dividends.
    profit: i64,
}

/// A bank.
#[derive(Clone, Default)]
struct Bank {
    equity: i64,
    loans: i64,
    supply: i64,
    /// Credit that firms ask it for and still wait for.
    asked: i64,
    shock: f64,
}

/// A firm that needs credit.
#[derive(Clone, Default)]
struct Borrower {
    firm: u32,
    demand: i64,
    /// The largest loan that a bank gives it.
    cap: i64,
    /// Demand over net worth.
    fragility: f64,
    /// Cheapest first.
    banks: [u32; law::H],
    loans: [Loan; law::H],
}

/// A loan of this period.
#[derive(Clone, Copy, Default)]
struct Loan {
    principal: i64,
    interest: i64,
}

/// A household without a contract.
#[derive(Clone, Copy)]
struct Seeker {
    household: u32,
    /// The firm whose contract has just run out.
    last: u32,
    /// Where it applies, in the order of its applications.
    firms: [u32; law::M],
}

/// What a household takes to the market.
#[derive(Clone, Copy, Default)]
struct Basket {
    /// In the order of visits.
    shops: [u32; law::Z],
    money: i64,
}

/// The economy.
pub struct Economy {
    // by firm
    employers: Vec<Employer>,
    shops: Vec<Shop>,
    /// Goods left in shops, at their price.
    shelves: Vec<i64>,
    accounts: Vec<Account>,
    funds: Vec<i64>,
    /// Firms that a search for their staff is about; the place behind the last firm is that of households without one.
    marked: Vec<bool>,

    // by household
    savings: Vec<i64>,
    employer: Vec<u32>,
    /// Nothing without a contract.
    wages: Vec<i64>,
    /// Period in which the contract ends.
    ends: Vec<u32>,
    /// Households hired, a bit each, by the period in which the contract ends, in turn.
    hired: [Vec<u64>; law::THETA as usize],
    /// The largest shop it knows.
    favourite: Vec<u32>,
    baskets: Vec<Basket>,

    seekers: Vec<Seeker>,
    banks: Vec<Bank>,
    borrowers: Vec<Borrower>,
    /// Households in the order in which they come to the market.
    queue: Vec<u32>,
    propensity: Propensity,
    tails: Tails,
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
    /// What the running stage moved.
    tally: Tally,
    words: Words,
    tick: u32,
}

/// The nearest integer to an amount below 2^51: beside a number this large no fraction has room. `f64::round` is a call on
/// machines without its instruction.
fn nearest(x: f64) -> i64 {
    const LARGE: f64 = 1.5 * (1u64 << 52) as f64;
    debug_assert!(x.abs() < 2f64.powi(51));
    (x + LARGE).to_bits() as i64 - LARGE.to_bits() as i64
}

/// The least integer that is not below an amount below 2^31.
fn up(x: f64) -> i32 {
    let whole = nearest(x) as i32;
    whole + i32::from(f64::from(whole) < x)
}

fn money(x: f64) -> i64 {
    nearest(x * UNIT)
}

/// Places of a column of `n`, run by run: agents are picked in runs.
fn runs(n: usize) -> impl Iterator<Item = Range<usize>> {
    (0..n).step_by(RUN).map(move |first| first..(first + RUN).min(n))
}

impl Economy {
    /// `times` the smallest economy, at its start.
    pub fn new(times: usize, seed: u64) -> Self {
        let (firms, households) = (times * law::FIRMS, times * law::HOUSEHOLDS);
        let employer = Employer {
            offer: money(law::WAGE),
            ..Employer::default()
        };
        let shop = Shop {
            price: law::PRICE,
            made: law::HOUSEHOLDS as f64 * law::PRODUCTIVITY / law::FIRMS as f64,
        };
        let worth = money(shop.made * law::PRICE * law::NET_WORTH_RATIO);
        let account = Account {
            worth,
            ..Account::default()
        };
        let bank = Bank {
            equity: money(law::EQUITY),
            ..Bank::default()
        };
        let mut economy = Self {
            employers: vec![employer; firms],
            shops: vec![shop; firms],
            shelves: vec![0; firms],
            accounts: vec![account; firms],
            funds: vec![worth; firms],
            marked: vec![false; firms + 1],
            savings: vec![money(law::SAVINGS); households],
            employer: vec![NONE; households],
            wages: vec![0; households],
            ends: vec![0; households],
            hired: std::array::from_fn(|_| vec![0; households.div_ceil(64)]),
            favourite: vec![NONE; households],
            baskets: vec![Basket::default(); households],
            seekers: (0..households as u32).map(Seeker::without_contract).collect(),
            banks: vec![bank; times * law::BANKS],
            borrowers: Vec::new(),
            queue: Vec::new(),
            propensity: Propensity::default(),
            tails: Tails::default(),
            fund: 0,
            outer: 0,
            prices: vec![law::PRICE],
            min_wage: money(law::MIN_WAGE),
            saved: 0,
            books: Books::open(&Holdings::default(), 0),
            tally: Tally::default(),
            words: Words::new(Draws::new(seed)),
            tick: 0,
        };
        let start = economy.holdings();
        economy.saved = start.deposits[Sector::Households as usize][BANK];
        economy.books = Books::open(&start, 0);
        economy
    }

    /// One period.
    fn step(&mut self) -> Result<(), AuditError> {
        self.revise_minimum_wage();
        self.plan();
        self.labour();
        self.credit()?;
        self.goods()?;
        self.settle()?;
        self.enter()?;
        self.tick += 1;
        Ok(())
    }

    /// What the columns hold.
    fn holdings(&self) -> Holdings {
        let mut h = Holdings::default();
        h.deposits[Sector::Households as usize][BANK] = self.savings.iter().sum();
        h.deposits[Sector::Firms as usize][BANK] = self.funds.iter().sum();
        h.deposits[Sector::EquityFund as usize][BANK] = self.fund;
        h.deposits[Sector::Outer as usize][CENTRAL] = self.outer;
        h.loans[BANK] = self.banks.iter().map(|b| b.loans).sum();
        h.equity[BANK] = self.banks.iter().map(|b| b.equity).sum();
        h
    }

    /// Audits a stage and clears the tally for the next.
    fn audit(&mut self, stage: &'static str) -> Result<(), AuditError> {
        let holdings = self.holdings();
        self.saved = holdings.deposits[Sector::Households as usize][BANK];
        self.books
            .close_stage(stage, i64::from(self.tick), &self.tally, &holdings)?;
        self.tally.clear();
        Ok(())
    }

    fn average_price(&self) -> f64 {
        self.prices[self.prices.len() - 1]
    }

    /// Households of a run that work for the firms that are marked.
    fn staff_of_marked(&self, run: Range<usize>) -> Picked {
        let nobody = self.marked.len() - 1;
        Picked::of(&self.employer[run], |&firm| self.marked[(firm as usize).min(nobody)])
    }

    /// Ends the contract of a household and returns its firm; it will not be loyal to it.
    fn dismiss(&mut self, household: u32) {
        let i = household as usize;
        let firm = &mut self.employers[self.employer[i] as usize];
        firm.staff -= 1;
        firm.bill -= self.wages[i];
        (self.employer[i], self.wages[i]) = (NONE, 0);
        self.seekers.push(Seeker::without_contract(household));
    }
}

impl Seeker {
    fn without_contract(household: u32) -> Self {
        Self {
            household,
            last: NONE,
            firms: [NONE; law::M],
        }
    }
}

impl law::Economy for Economy {
    fn period(&mut self) {
        if let Err(e) = self.step() {
            panic!("{e}");
        }
    }

    fn seen(&self) -> law::Seen {
        let (households, out) = (self.savings.len() as f64, self.seekers.len() as f64);
        debug_assert_eq!(self.seekers.len(), self.employer.iter().filter(|&&e| e == NONE).count());
        law::Seen {
            unemployment: out / households,
            price: self.average_price(),
            wage: self.wages.iter().sum::<i64>() as f64 / UNIT / (households - out),
            output: self.shops.iter().map(|s| s.made).sum::<f64>() / households,
        }
    }
}
