//! Village collectives: they borrow on farm rights, buy farm capital, and serve their loans out of farm sales.

use crate::books::{Flow, Tally};
use crate::world::{World, village_line, village_rate};

/// Banks lend part of what the credit line of a region's villages leaves free.
pub(super) fn borrow(w: &mut World, t: &mut Tally) {
    for r in 0..w.geography.inside {
        let gap = village_line(w, r) - w.collectives.debt[r] as f64;
        let loan = (w.params.credit.debt_adjustment * gap) as i64;
        if loan > 0 {
            let c = &mut w.collectives;
            let bank = w.geography.bank[r] as usize;
            t.lend(bank, &mut c.deposits[r], &mut c.debt[r], loan);
        }
    }
}

/// Collectives buy farm capital for what they borrowed; it works from the next quarter on.
pub(super) fn equip(w: &mut World, t: &mut Tally, spending: &mut [Vec<i64>]) {
    if w.collectives.debt.iter().all(|&x| x == 0) && w.collectives.capital.iter().all(|&x| x == 0.0) {
        return;
    }
    let buyer = w.buyer_prices();
    let share = w.params.goods.capital_industry_share;
    for r in 0..w.geography.inside {
        let bank = w.geography.bank[r] as usize;
        let price = w.capital_price(&buyer, r);
        let x = w.collectives.deposits[r].max(0);
        let account = (&mut w.collectives.deposits[r], bank);
        t.pay(Flow::Investment, account, (&mut w.clearing, 0), x);
        w.collectives.equip(&w.params.village_credit, r, x, price);
        let industry = (x as f64 * share) as i64;
        spending[1][r] += industry;
        spending[3][r] += x - industry;
        w.quarter.investment += x;
    }
}

/// Interest and repayment of the collectives of region `r`, at most a share of farm households' sales [fen].
pub(super) fn service(w: &World, r: usize) -> [i64; 2] {
    let p = &w.params.village_credit;
    let speed = w.params.credit.debt_adjustment;
    let [interest, back] = w.collectives.due(p, r, village_rate(w, r), village_line(w, r), speed);
    let most = p.largest_service * w.farm_household_share * w.farming.revenue[r] as f64;
    let interest = interest.min(most as i64);
    [interest, back.min(most as i64 - interest)]
}

/// Collectives keep part of farm sales, before households and agribusiness share them, pay interest and repay.
pub(super) fn serve(w: &mut World, t: &mut Tally) {
    for r in 0..w.geography.inside {
        let [interest, back] = service(w, r);
        let bank = w.geography.bank[r] as usize;
        let c = &mut w.collectives;
        let account = (&mut c.deposits[r], bank);
        t.pay(Flow::VillageService, (&mut w.clearing, 0), account, interest + back);
        let lender = (&mut w.banks.equity[bank], bank);
        t.pay(Flow::LoanInterest, (&mut c.deposits[r], bank), lender, interest);
        t.repay(bank, &mut c.deposits[r], &mut c.debt[r], back);
    }
}
