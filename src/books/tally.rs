//! The tally of a stage: every payment, loan and bond as it is made.

use super::BANKS;
use super::flows::{FLOWS, Flow};

/// What one block or one stage moved, by flow and bank.
#[derive(Clone, Debug)]
pub struct Tally {
    pub(super) paid: Box<[[i64; BANKS]; FLOWS]>,
    pub(super) received: Box<[[i64; BANKS]; FLOWS]>,
    /// Flows that may have moved something: of all others both halves are zero.
    pub(super) busy: [bool; FLOWS],
    pub(super) lent: [i64; BANKS],
    pub(super) repaid: [i64; BANKS],
    pub(super) written_off: [i64; BANKS],
    pub(super) bonds_sold: [i64; BANKS],
    pub(super) bonds_redeemed: [i64; BANKS],
    pub(super) moved: [i64; BANKS],
    /// Land that changed its use: region, from, to, m2.
    pub(super) land: Vec<(usize, LandUse, LandUse, i64)>,
}

/// Uses of land that the ledger tells apart, in the order of its lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LandUse {
    /// Contracted farmland.
    Farm,
    /// Firms, housing, reserves, idle land of state firms.
    Urban,
    /// Homesteads and other construction land of villages.
    Rural,
}

/// Number of uses of land.
pub const LAND_USES: usize = 3;

impl Default for Tally {
    fn default() -> Self {
        Self {
            paid: Box::new([[0; BANKS]; FLOWS]),
            received: Box::new([[0; BANKS]; FLOWS]),
            busy: [false; FLOWS],
            lent: [0; BANKS],
            repaid: [0; BANKS],
            written_off: [0; BANKS],
            bonds_sold: [0; BANKS],
            bonds_redeemed: [0; BANKS],
            moved: [0; BANKS],
            land: Vec::new(),
        }
    }
}

impl Tally {
    /// Forgets what moved, for another stage: where stages are short, cheaper than a new tally.
    pub fn clear(&mut self) {
        let Tally {
            paid,
            received,
            busy,
            lent,
            repaid,
            written_off,
            bonds_sold,
            bonds_redeemed,
            moved,
            land,
        } = self;
        for f in 0..FLOWS {
            if std::mem::take(&mut busy[f]) {
                (paid[f], received[f]) = ([0; BANKS], [0; BANKS]);
            }
        }
        for sums in [lent, repaid, written_off, bonds_sold, bonds_redeemed, moved] {
            sums.fill(0);
        }
        land.clear();
    }

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
        self.busy[flow as usize] = true;
    }

    /// A receiving half of a bulk payment.
    #[inline]
    pub fn pay_in(&mut self, flow: Flow, bank: usize, account: &mut i64, amount: i64) {
        *account += amount;
        self.received[flow as usize][bank] += amount;
        self.busy[flow as usize] = true;
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

    /// Land of a region changes its use.
    pub fn convert_land(&mut self, region: usize, from: LandUse, to: LandUse, m2: i64) {
        self.land.push((region, from, to, m2));
    }

    /// Adds what another block moved.
    pub fn merge(&mut self, other: &Tally) {
        self.land.extend_from_slice(&other.land);
        for f in (0..FLOWS).filter(|&f| other.busy[f]) {
            self.busy[f] = true;
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cleared_tally_is_as_a_new_one() {
        let (mut tally, mut x, mut y) = (Tally::default(), 100, 50);
        tally.pay(Flow::Wages, (&mut x, 0), (&mut y, 1), 7);
        tally.lend(2, &mut x, &mut y, 5);
        tally.repay(2, &mut x, &mut y, 3);
        tally.write_off(1, &mut x, &mut y, 2);
        tally.sell_bonds(0, &mut x, &mut y, 4);
        tally.move_account(0, 1, 9);
        tally.land.push((3, LandUse::Farm, LandUse::Urban, 10));
        assert_ne!(format!("{tally:?}"), format!("{:?}", Tally::default()));
        tally.clear();
        assert_eq!(format!("{tally:?}"), format!("{:?}", Tally::default()));
    }
}
