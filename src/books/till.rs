//! Bulk payments of many accounts at one bank.

use super::{FLOWS, Flow, Sector, Tally};

/// What accounts of one sector at one bank received and paid, one sum a flow: the halves of bulk payments, small enough to
/// stay in the cache while a pass goes over many accounts. [`Tally::enter`] takes it to the books.
#[derive(Clone, Debug)]
pub struct Till([i64; FLOWS]);

impl Default for Till {
    fn default() -> Self {
        Till([0; FLOWS])
    }
}

impl Till {
    /// The receiving half of a payment.
    #[inline]
    pub fn receive(&mut self, flow: Flow, account: &mut i64, amount: i64) {
        *account += amount;
        self.0[flow as usize] += amount;
    }

    /// The paying half of a payment.
    #[inline]
    pub fn pay(&mut self, flow: Flow, account: &mut i64, amount: i64) {
        *account -= amount;
        self.0[flow as usize] += amount;
    }

    /// What was moved under one flow [fen].
    pub fn moved(&self, flow: Flow) -> i64 {
        self.0[flow as usize]
    }

    /// Adds what another till moved.
    pub fn merge(&mut self, other: &Till) {
        self.0.iter_mut().zip(other.0).for_each(|(a, x)| *a += x);
    }
}

impl Tally {
    /// Enters what accounts of `sector` at `bank` received and paid.
    pub fn enter(&mut self, sector: Sector, bank: usize, till: &Till) {
        for (&flow, &amount) in Flow::ALL.iter().zip(&till.0) {
            let (from, to) = flow.parties();
            if from == sector {
                self.paid[flow as usize][bank] += amount;
            } else {
                debug_assert!(
                    to == sector || amount == 0,
                    "{} is none of {}",
                    flow.name(),
                    sector.name()
                );
                self.received[flow as usize][bank] += amount;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_till_enters_its_halves_on_the_side_of_its_sector() {
        let (mut till, mut account) = (Till::default(), 100);
        till.receive(Flow::Wages, &mut account, 50);
        till.pay(Flow::WageTax, &mut account, 5);
        let mut tally = Tally::default();
        tally.enter(Sector::Households, 2, &till);
        assert_eq!(account, 145);
        assert_eq!((tally.received_by(Flow::Wages, 2), tally.paid(Flow::Wages)), (50, 0));
        assert_eq!((tally.received(Flow::WageTax), tally.paid(Flow::WageTax)), (0, 5));
    }
}
