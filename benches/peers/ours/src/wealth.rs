//! On yaosu's pieces: luck by (seed, stage, tick, agent), fixed blocks, payments through a tally, books audited after every step.
//! Gifts are proposed from what everybody had, then settled in the order of blocks, so the number of threads cannot matter.

use peers_common::wealth::Society;
use yaosu::base::blocks;
use yaosu::base::draws::{Draws, Stage};
use yaosu::books::{AuditError, Books, Flow, Holdings, Sector, Tally, Till};

/// The list of flows is closed; this one has both of its ends in one sector.
const GIFT: Flow = Flow::LandTransfers;
const SECTOR: usize = Sector::Firms as usize;
const BANK: usize = 0;

/// Accounts and their books.
pub struct Yaosu {
    wealth: Vec<i64>,
    draws: Draws,
    books: Books,
    tick: u32,
}

fn holdings(wealth: &[i64]) -> Holdings {
    let mut h = Holdings::default();
    h.deposits[SECTOR][BANK] = wealth.iter().sum();
    h
}

impl Yaosu {
    /// All have one unit.
    pub fn new(agents: usize, seed: u64) -> Self {
        let wealth = vec![1; agents];
        Self {
            books: Books::open(&holdings(&wealth), 0),
            draws: Draws::new(seed),
            wealth,
            tick: 0,
        }
    }

    /// One step: propose, settle, audit.
    fn transfer(&mut self) -> Result<i64, AuditError> {
        let n = self.wealth.len() as u64;
        let luck = self.draws.stream(Stage::Search, self.tick, 1);
        let proposed = blocks::map_mut(&mut self.wealth, |first, wealth| {
            let mut words = luck.at(first);
            let mut till = Till::default();
            // a place for everybody; it is kept where there is a gift, which costs no branch
            let mut receivers = vec![0u32; wealth.len()];
            let mut gifts = 0;
            for account in wealth.iter_mut() {
                receivers[gifts] = ((u64::from(words.word()) * n) >> 32) as u32;
                let gift = i64::from(*account > 0);
                till.pay(GIFT, account, gift);
                gifts += gift as usize;
            }
            receivers.truncate(gifts);
            (receivers, till)
        });
        let (mut paid, mut received) = (Till::default(), Till::default());
        for (receivers, till) in &proposed {
            paid.merge(till);
            for &receiver in receivers {
                received.receive(GIFT, &mut self.wealth[receiver as usize], 1);
            }
        }
        // both ends are in one sector, whose till is entered as paid: what was received is entered by its sum
        let mut tally = Tally::default();
        tally.enter(Sector::Firms, BANK, &paid);
        tally.pay_in(GIFT, BANK, &mut 0, received.moved(GIFT));
        let tick = i64::from(self.tick);
        self.tick += 1;
        self.books.close_stage("gifts", tick, &tally, &holdings(&self.wealth))?;
        Ok(tally.paid(GIFT))
    }
}

impl Society for Yaosu {
    fn step(&mut self) -> i64 {
        match self.transfer() {
            Ok(gave) => gave,
            Err(e) => panic!("{e}"),
        }
    }

    fn total(&self) -> i64 {
        self.wealth.iter().sum()
    }
}
