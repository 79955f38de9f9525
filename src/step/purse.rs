//! A payment that several stages make: a firm pays a fee to its district.

use crate::books::{Flow, Tally};
use crate::world::World;

/// Firm `f` pays `due` to its district, as far as it has money.
pub(super) fn to_district(w: &mut World, t: &mut Tally, flow: Flow, f: usize, due: i64) {
    let r = w.firms.region(f);
    let bank = w.geography.bank[r] as usize;
    let paid = due.min(w.firms.deposits[f]).max(0);
    w.governments.revenue[r] += paid;
    let district = (&mut w.governments.deposits[r], bank);
    t.pay(flow, (&mut w.firms.deposits[f], bank), district, paid);
}
