//! Power and permits are paid for: bills to suppliers and owners, permits between firms, compensation between districts.

use crate::agents::firms::SECTORS;
use crate::base::blocks;
use crate::base::split::split;
use crate::books::{CENTRAL, Flow, Tally};
use crate::world::{GRIDS, World, grid_of};

/// Settles what the quarter owes for power and permits; firms have paid their power bills.
pub(super) fn settle(w: &mut World, t: &mut Tally) {
    for g in 0..GRIDS {
        power(w, t, g);
    }
    permits(w, t);
    compensation(w, t);
}

/// The bills of a grid pay for fuel, bought power and plant outside; of what is left a part is revenue of the
/// government that owns local power companies, the rest goes to owners outside.
fn power(w: &mut World, t: &mut Tally, g: usize) {
    let regions = (0..w.geography.inside).filter(|&r| grid_of(&w.geography, r) == g);
    let (mut bills, mut kwh) = (0, 0.0);
    for r in regions {
        bills += w.quarter.resources.bills[r];
        kwh += w.power.used_kwh[r * SECTORS..(r + 1) * SECTORS].iter().sum::<f64>();
    }
    let spent = ((w.power.outside_cost[g] * kwh) as i64).min(bills);
    let local = (w.params.energy.local_share * (bills - spent) as f64) as i64;
    let owner = w.pension_pools()[g];
    let bank = w.bank_of_government(owner);
    w.governments.revenue[owner] += local;
    let outer = &mut w.governments.outer;
    t.pay(
        Flow::PowerOutside,
        (&mut w.clearing, 0),
        (outer, CENTRAL),
        bills - local,
    );
    let account = (&mut w.governments.deposits[owner], bank);
    t.pay(Flow::PowerSurplus, (&mut w.clearing, 0), account, local);
}

/// Cells that lack permits buy them from those that have more; the firms of a cell share by revenue. What no seller is
/// owed, because laws differ between regions, is the municipality's reserve.
fn permits(w: &mut World, t: &mut Tally) {
    let mut paid = 0;
    let bought = blocks::map_each(w.cell_count(), |c| shares(w, c, w.permits.due[c].max(0)));
    for (c, shares) in bought.into_iter().enumerate() {
        for (f, x) in shares {
            let bank = w.geography.bank[c / SECTORS] as usize;
            let account = (&mut w.firms.deposits[f], bank);
            t.pay(Flow::PermitsBought, account, (&mut w.clearing, 0), x);
            paid += x;
        }
    }
    let sold: Vec<f64> = w.permits.due.iter().map(|&x| (-x).max(0) as f64).collect();
    let mut parts = vec![0; sold.len()];
    let mut rest = split(paid, &sold, &mut parts);
    let sellers = blocks::map_each(w.cell_count(), |c| shares(w, c, parts[c]));
    for (c, (part, shares)) in parts.into_iter().zip(sellers).enumerate() {
        rest += part - shares.iter().map(|x| x.1).sum::<i64>();
        for (f, x) in shares {
            let bank = w.geography.bank[c / SECTORS] as usize;
            let account = (&mut w.firms.deposits[f], bank);
            t.pay(Flow::PermitsSold, (&mut w.clearing, 0), account, x);
        }
    }
    let m = w.municipality();
    w.governments.revenue[m] += rest;
    let treasury = (&mut w.governments.deposits[m], 0);
    t.pay(Flow::PermitReserve, (&mut w.clearing, 0), treasury, rest);
}

/// `amount` split over the firms of cell `c` by revenue; nothing if it has none.
fn shares(w: &World, c: usize, amount: i64) -> Vec<(usize, i64)> {
    if amount == 0 {
        return Vec::new();
    }
    let revenue: Vec<f64> = w.firms_of(c).map(|f| w.firms.revenue[f].max(0) as f64).collect();
    let mut parts = vec![0; revenue.len()];
    split(amount, &revenue, &mut parts);
    w.firms_of(c).zip(parts).filter(|x| x.1 > 0).collect()
}

/// Downstream districts pay upstream ones, and these the firms that abate more for it.
fn compensation(w: &mut World, t: &mut Tally) {
    for r in 0..w.geography.inside {
        let bank = w.geography.bank[r] as usize;
        let gov = &mut w.governments;
        let x = w.permits.compensation[r];
        if x < 0 {
            gov.fixed[r] -= x;
            t.pay_out(Flow::BasinCompensation, bank, &mut gov.deposits[r], -x);
        } else {
            gov.revenue[r] += x;
            t.pay_in(Flow::BasinCompensation, bank, &mut gov.deposits[r], x);
        }
    }
    for c in 0..w.cell_count() {
        let r = c / SECTORS;
        let bank = w.geography.bank[r] as usize;
        for (f, x) in shares(w, c, w.permits.abatement_aid[c]) {
            let gov = &mut w.governments;
            gov.fixed[r] += x;
            let district = (&mut gov.deposits[r], bank);
            t.pay(Flow::AbatementAid, district, (&mut w.firms.deposits[f], bank), x);
        }
    }
}
