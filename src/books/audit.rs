//! The audit after every stage: what the columns hold against what the payments say.

use super::flows::{Flow, SECTORS, Sector};
use super::{BANKS, Books, LAND_USES, Tally};
use thiserror::Error;

/// What the columns of the world hold, recomputed from them for the audit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Holdings {
    /// Deposits by sector and bank [fen].
    pub deposits: [[i64; BANKS]; SECTORS],
    /// Loans by bank [fen].
    pub loans: [i64; BANKS],
    /// Bonds by bank [fen].
    pub bonds: [i64; BANKS],
    /// Equity by bank [fen].
    pub equity: [i64; BANKS],
    /// People in agents, by scale times agents.
    pub people: i64,
    /// Dependants of agents and in the care of kin [twentieths of an agent].
    pub dependants: i64,
    /// Land by ledger line: contracted farmland by region, then urban land, then rural construction land [m2].
    pub land: Vec<i64>,
    /// Contracted farmland by region, as the uses say: tilled by holders, by lessees, pooled, idle [m2].
    pub farmland_used: Vec<i64>,
    /// Contracted farmland by region, as the plots say [m2].
    pub farmland_held: Vec<i64>,
}

/// A broken account, named by stage and quarter.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("audit after `{stage}` in quarter {tick}: {what} is off by {gap} ({unit})")]
pub struct AuditError {
    /// Stage after which the audit failed.
    pub stage: &'static str,
    /// Quarter.
    pub tick: i64,
    /// What does not add up.
    pub what: String,
    /// By how much.
    pub gap: i64,
    /// Unit of the gap.
    pub unit: &'static str,
}

/// When an audit is made.
#[derive(Clone, Copy)]
struct Audit {
    stage: &'static str,
    tick: i64,
}

impl Audit {
    /// Refuses a `gap` that is not zero.
    fn zero(self, gap: i64, unit: &'static str, what: impl FnOnce() -> String) -> Result<(), AuditError> {
        if gap == 0 {
            return Ok(());
        }
        Err(AuditError {
            stage: self.stage,
            tick: self.tick,
            what: what(),
            gap,
            unit,
        })
    }
}

impl Books {
    /// Enters what a stage moved and audits the columns against it.
    ///
    /// # Errors
    /// The first account that does not add up.
    pub fn close_stage(
        &mut self,
        stage: &'static str,
        tick: i64,
        tally: &Tally,
        h: &Holdings,
    ) -> Result<(), AuditError> {
        let audit = Audit { stage, tick };
        self.enter_payments(audit, tally)?;
        self.enter_balance_sheets(tally);
        self.enter_land(tally);
        self.check_banks(audit, h)?;
        self.check_people_and_land(audit, h)?;
        self.audits += 1;
        Ok(())
    }

    /// Payments move deposits from payer to receiver, and reserves between their banks; both halves must agree.
    fn enter_payments(&mut self, audit: Audit, tally: &Tally) -> Result<(), AuditError> {
        for &flow in Flow::ALL {
            let f = flow as usize;
            if !tally.busy[f] {
                debug_assert!(tally.paid[f] == tally.received[f] && tally.paid(flow) == 0);
                continue;
            }
            let (paid, received) = (tally.paid(flow), tally.received(flow));
            let what = || format!("paid minus received of `{}`", flow.name());
            audit.zero(paid - received, "fen", what)?;
            self.flows[f] += paid;
            let (from, to) = flow.parties();
            for b in 0..BANKS {
                let (out, inn) = (tally.paid[f][b], tally.received[f][b]);
                self.reserves[b] += inn - out;
                *self.side(from, b) -= out;
                *self.side(to, b) += inn;
            }
        }
        Ok(())
    }

    /// Loans, bonds, write-offs and moved accounts change both sides of a bank's balance sheet.
    fn enter_balance_sheets(&mut self, tally: &Tally) {
        for b in 0..BANKS {
            let bonds = tally.bonds_sold[b] - tally.bonds_redeemed[b];
            let loans = tally.lent[b] - tally.repaid[b];
            self.deposits[Sector::Firms as usize][b] += loans;
            self.deposits[Sector::Governments as usize][b] += bonds;
            self.deposits[Sector::Households as usize][b] += tally.moved[b];
            self.reserves[b] += tally.moved[b];
            self.loans[b] += loans - tally.written_off[b];
            self.bonds[b] += bonds;
            self.equity[b] -= tally.written_off[b];
        }
    }

    /// Land that changed its use leaves one line of the region and joins another.
    fn enter_land(&mut self, tally: &Tally) {
        let regions = self.land.len() / LAND_USES;
        for &(region, from, to, m2) in &tally.land {
            self.land[from as usize * regions + region] -= m2;
            self.land[to as usize * regions + region] += m2;
        }
    }

    /// For every bank the columns hold what the payments say, and `reserves + loans + bonds - deposits - equity = 0`;
    /// reserves of all banks are outside money.
    fn check_banks(&self, audit: Audit, h: &Holdings) -> Result<(), AuditError> {
        let sheets = self.balance_sheets();
        // all at once: which account is off is asked only if one is
        let held = h.deposits == self.deposits && h.loans == self.loans && h.bonds == self.bonds;
        let held = held && h.equity == self.equity && sheets == [0; BANKS];
        for b in if held { 0..0 } else { 0..BANKS } {
            for (k, sector) in Sector::ALL.iter().enumerate() {
                let gap = h.deposits[k][b] - self.deposits[k][b];
                audit.zero(gap, "fen", || format!("deposits of {} at bank {b}", sector.name()))?;
            }
            for (name, gap) in [
                ("loans", h.loans[b] - self.loans[b]),
                ("bonds", h.bonds[b] - self.bonds[b]),
                ("equity", h.equity[b] - self.equity[b]),
                ("balance sheet", sheets[b]),
            ] {
                audit.zero(gap, "fen", || format!("{name} of bank {b}"))?;
            }
        }
        let gap = self.reserves.iter().sum::<i64>() - self.outside_money;
        audit.zero(gap, "fen", || "outside money".into())
    }

    /// `reserves + loans + bonds - deposits - equity` by bank.
    fn balance_sheets(&self) -> [i64; BANKS] {
        let mut sheets = std::array::from_fn(|b| self.reserves[b] + self.loans[b] + self.bonds[b] - self.equity[b]);
        for deposits in &self.deposits {
            sheets.iter_mut().zip(deposits).for_each(|(sheet, d)| *sheet -= d);
        }
        sheets
    }

    /// Nobody, no dependant and no square metre appears or vanishes; every plot has one use.
    fn check_people_and_land(&self, audit: Audit, h: &Holdings) -> Result<(), AuditError> {
        audit.zero(h.people - self.people, "persons", || "people".into())?;
        let gap = h.dependants - self.dependants;
        audit.zero(gap, "twentieths of an agent", || "dependants".into())?;
        for (line, (&now, &then)) in h.land.iter().zip(&self.land).enumerate() {
            audit.zero(now - then, "m2", || format!("land ledger line {line}"))?;
        }
        for (r, (&used, &held)) in h.farmland_used.iter().zip(&h.farmland_held).enumerate() {
            audit.zero(used - held, "m2", || format!("uses of farmland of region {r}"))?;
        }
        Ok(())
    }

    /// Ends a quarter: every column of the [`Books::flow_matrix`] must sum to zero.
    ///
    /// # Errors
    /// The first sector whose money came from nowhere or went nowhere.
    pub fn close_quarter(&self, tick: i64) -> Result<(), AuditError> {
        let rows = self.flow_matrix();
        let audit = Audit {
            stage: "the last stage",
            tick,
        };
        for sector in Sector::ALL {
            let gap: i64 = rows.iter().map(|(_, row)| row[sector as usize]).sum();
            let what = || format!("column `{}` of the transaction-flow matrix", sector.name());
            audit.zero(gap, "fen", what)?;
        }
        Ok(())
    }

    fn side(&mut self, sector: Sector, bank: usize) -> &mut i64 {
        if sector == Sector::Banks {
            &mut self.equity[bank]
        } else {
            &mut self.deposits[sector as usize][bank]
        }
    }
}
