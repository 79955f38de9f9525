//! On yaosu's pieces: luck by (seed, stage, tick, agent), fixed blocks, payments through a tally, books audited after every step.
//! Gifts are proposed from what everybody had, then settled in the order of blocks, so the number of threads cannot matter.

use peers_common::wealth::Society;
use yaosu::base::blocks::{self, RUN};
use yaosu::base::draws::{Draws, Stage};
use yaosu::books::{AuditError, Books, Flow, Holdings, Sector, Tally, Till};

/// The list of flows is closed; this one has both of its ends in one sector.
const GIFT: Flow = Flow::LandTransfers;
const SECTOR: usize = Sector::Firms as usize;
const BANK: usize = 0;

/// Accounts that are settled together: 32 KB, about the first cache, so that gifts can reach them in any order.
const NEAR: usize = 1 << 12;
/// So few accounts stay in the second cache together: sorting their gifts first does not pay.
const FEW: usize = 1 << 15;

/// Accounts and their books.
pub struct Yaosu {
    wealth: Vec<i64>,
    /// Receivers of proposed gifts; those of a block of givers stand at its beginning.
    proposed: Vec<u32>,
    /// Receivers, sorted by ranges of [`NEAR`] accounts.
    dealt: Vec<u32>,
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
            proposed: vec![0; agents],
            dealt: vec![0; agents],
            wealth,
            tick: 0,
        }
    }

    /// One step: propose, settle, audit.
    fn transfer(&mut self) -> Result<i64, AuditError> {
        let n = self.wealth.len() as u64;
        let luck = self.draws.stream(Stage::Search, self.tick, 1);
        let parts = blocks::map_mut2(&mut self.wealth, &mut self.proposed, |first, wealth, receivers| {
            let (mut luck_of_run, mut till, mut gifts) = ([0; RUN], Till::default(), 0);
            for (k, wealth) in wealth.chunks_mut(RUN).enumerate() {
                let words = &mut luck_of_run[..wealth.len()];
                luck.words(first + k * RUN, words);
                // a place for everybody; it is kept where there is a gift, which costs no branch
                for (account, &word) in wealth.iter_mut().zip(&*words) {
                    receivers[gifts] = ((u64::from(word) * n) >> 32) as u32;
                    let gift = i64::from(*account > 0);
                    till.pay(GIFT, account, gift);
                    gifts += gift as usize;
                }
            }
            (gifts, till)
        });
        let mut paid = Till::default();
        parts.iter().for_each(|(_, till)| paid.merge(till));
        let received = self.settle(parts.iter().map(|&(gifts, _)| gifts));
        // both ends are in one sector, whose till is entered as paid: what was received is entered by its sum
        let mut tally = Tally::default();
        tally.enter(Sector::Firms, BANK, &paid);
        tally.pay_in(GIFT, BANK, &mut 0, received.moved(GIFT));
        let tick = i64::from(self.tick);
        self.tick += 1;
        self.books.close_stage("gifts", tick, &tally, &holdings(&self.wealth))?;
        Ok(tally.paid(GIFT))
    }

    /// Pays out what was proposed, so many `gifts` by every block: many accounts range by range ([`NEAR`]), after one counting pass.
    fn settle(&mut self, gifts: impl Iterator<Item = usize> + Clone) -> Till {
        let proposed = self
            .proposed
            .chunks(blocks::BLOCK)
            .zip(gifts)
            .flat_map(|(all, gifts)| &all[..gifts]);
        let mut received = Till::default();
        let mut receive = |wealth: &mut [i64], receiver: u32| received.receive(GIFT, &mut wealth[receiver as usize], 1);
        if self.wealth.len() <= FEW {
            proposed.for_each(|&receiver| receive(&mut self.wealth, receiver));
            return received;
        }
        let mut next = vec![0; self.wealth.len().div_ceil(NEAR) + 1];
        proposed
            .clone()
            .for_each(|&receiver| next[receiver as usize / NEAR + 1] += 1);
        (1..next.len()).for_each(|k| next[k] += next[k - 1]);
        proposed.for_each(|&receiver| {
            let at = &mut next[receiver as usize / NEAR];
            self.dealt[*at] = receiver;
            *at += 1;
        });
        let gifts = next[next.len() - 1];
        self.dealt[..gifts]
            .iter()
            .for_each(|&receiver| receive(&mut self.wealth, receiver));
        received
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
