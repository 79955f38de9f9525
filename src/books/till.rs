//! Bulk payments of many accounts at one bank.

use super::{FLOWS, Flow, Sector, Tally};
use crate::base::by_place::{ByPlace, Places};

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

    /// The halves of standing `orders` that were carried out, for so many accounts of each kind.
    pub fn carried_out<const KINDS: usize>(&mut self, orders: &Orders<KINDS>, accounts: impl Fn(usize) -> i64) {
        for &(kind, flow, amount) in &orders.payments {
            self.0[flow as usize] += accounts(kind) * amount;
        }
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

/// Standing orders: what every account of a kind receives and pays alike, by one addition to each; a till enters them once
/// for all accounts ([`Till::carried_out`]).
#[derive(Clone, Debug)]
pub struct Orders<const KINDS: usize> {
    /// What they add to an account, by kind [fen].
    net: [i64; KINDS],
    /// Kind, flow, amount [fen].
    payments: Vec<(usize, Flow, i64)>,
}

impl<const KINDS: usize> Default for Orders<KINDS> {
    fn default() -> Self {
        Orders {
            net: [0; KINDS],
            payments: Vec::new(),
        }
    }
}

impl<const KINDS: usize> Orders<KINDS> {
    /// Accounts of a kind receive `amount`.
    pub fn receive(&mut self, kind: usize, flow: Flow, amount: i64) {
        self.net[kind] += amount;
        self.payments.push((kind, flow, amount));
    }

    /// Accounts of a kind pay `amount`.
    pub fn pay(&mut self, kind: usize, flow: Flow, amount: i64) {
        self.net[kind] -= amount;
        self.payments.push((kind, flow, amount));
    }

    /// Carries them out for one account of a kind.
    #[inline]
    pub fn carry_out(&self, kind: usize, account: &mut i64) {
        *account += self.net[kind];
    }
}

/// Tills at many places, of accounts in a row that pay or receive under `N` flows.
pub struct Tills<const N: usize> {
    flows: [Flow; N],
    moved: [ByPlace; N],
}

impl<const N: usize> Tills<N> {
    /// Tills where nobody has paid yet.
    pub fn new(flows: [Flow; N]) -> Self {
        Tills {
            flows,
            moved: std::array::from_fn(|_| ByPlace::default()),
        }
    }

    /// The paying halves of payments: a run of accounts, kept at these places, pay these amounts by flow.
    #[inline]
    pub fn pay(&mut self, places: &Places, accounts: &mut [i64], amounts: [&[i64]; N]) {
        self.move_all(places, accounts, amounts, |account, x| *account -= x);
    }

    /// The receiving halves.
    #[inline]
    pub fn receive(&mut self, places: &Places, accounts: &mut [i64], amounts: [&[i64]; N]) {
        self.move_all(places, accounts, amounts, |account, x| *account += x);
    }

    #[inline]
    fn move_all(&mut self, places: &Places, accounts: &mut [i64], amounts: [&[i64]; N], enter: impl Fn(&mut i64, i64)) {
        for (moved, amounts) in self.moved.iter_mut().zip(amounts) {
            if amounts.iter().fold(0, |any, &x| any | x) == 0 {
                continue;
            }
            accounts
                .iter_mut()
                .zip(amounts)
                .for_each(|(account, &x)| enter(account, x));
            moved.add(places, amounts);
        }
    }

    /// The till of one place.
    pub fn till(&self, place: usize) -> Till {
        let mut till = Till::default();
        for (&flow, moved) in self.flows.iter().zip(&self.moved) {
            till.0[flow as usize] += moved.of(place);
        }
        till
    }
}

impl Tally {
    /// Enters what accounts of `sector` at `bank` received and paid.
    pub fn enter(&mut self, sector: Sector, bank: usize, till: &Till) {
        for (&flow, &amount) in Flow::ALL.iter().zip(&till.0) {
            if amount == 0 {
                continue;
            }
            let (from, to) = flow.parties();
            self.busy[flow as usize] = true;
            if from == sector {
                self.paid[flow as usize][bank] += amount;
            } else {
                debug_assert!(to == sector, "{} is none of {}", flow.name(), sector.name());
                self.received[flow as usize][bank] += amount;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn standing_orders_move_what_single_payments_would() {
        let mut orders = Orders::<2>::default();
        orders.receive(1, Flow::PostWages, 70);
        orders.pay(1, Flow::WageTax, 7);
        orders.receive(0, Flow::Benefits, 20);
        let (kinds, mut at_once, mut till) = ([1, 0, 1], [5, 10, -3], Till::default());
        let accounts = at_once.iter_mut().zip(kinds);
        accounts.for_each(|(account, kind)| orders.carry_out(kind, account));
        till.carried_out(&orders, |kind| kinds.iter().filter(|&&k| k == kind).count() as i64);
        let (mut singly, mut each) = ([5, 10, -3], Till::default());
        for (account, kind) in singly.iter_mut().zip(kinds) {
            if kind == 1 {
                each.receive(Flow::PostWages, account, 70);
                each.pay(Flow::WageTax, account, 7);
            } else {
                each.receive(Flow::Benefits, account, 20);
            }
        }
        assert_eq!(at_once, singly);
        assert_eq!(till.0, each.0);
    }

    #[test]
    fn tills_of_many_places_move_what_each_would() {
        let mut tills = Tills::new([Flow::Consumption, Flow::ConsumptionOutside]);
        let mut accounts = [100, 200, 300];
        tills.pay(&Places::of(&[4, 9, 4]), &mut accounts, [&[10, 20, 30], &[0, 5, 1]]);
        assert_eq!(accounts, [90, 175, 269]);
        let moved = |place| [Flow::Consumption, Flow::ConsumptionOutside].map(|flow| tills.till(place).moved(flow));
        assert_eq!([moved(4), moved(9), moved(0)], [[40, 1], [20, 5], [0, 0]]);
    }

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
