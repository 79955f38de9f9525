//! What farmland brings and costs households.

use super::columns::Columns;
use crate::agents::workers::{Status, flag};
use crate::base::blocks::RUN;
use crate::base::by_place::Places;
use crate::base::whole::whole;
use crate::books::{Flow, Tills};
use crate::markets::rural_land::CLASSES;
use crate::step::village;
use crate::world::{FarmTerms, Farmland, PlotsIn, World, home_of};
use multiversion::multiversion;

/// Terms of those whose plot is in an inside region.
pub(super) struct Farm {
    /// What land costs and brings to who leases it.
    land: FarmTerms,
    /// Farm household's part of a unit of output [fen].
    sales: f64,
    /// Rural land money by home of the holder [fen per m2 of plot].
    rural: [f64; CLASSES],
}

impl Farm {
    /// Terms of inside region `r`.
    pub fn new(w: &World, r: usize) -> Self {
        let served: i64 = village::service(w, r).iter().sum();
        let revenue = (w.farming.revenue[r] - served) as f64;
        Farm {
            land: FarmTerms::of(w, r),
            sales: w.farm_household_share * revenue / w.farming.output[r].max(1e-9),
            rural: w.rural.pay[r],
        }
    }
}

/// What households received and paid for farmland, by place of their accounts.
pub(super) struct FarmTills {
    pub received: Tills<3>,
    pub paid: Tills<1>,
}

impl Default for FarmTills {
    fn default() -> Self {
        FarmTills {
            received: Tills::new([Flow::RuralLandIncome, Flow::FarmRentReceived, Flow::FarmSales]),
            paid: Tills::new([Flow::FarmRentPaid]),
        }
    }
}

/// Amounts of a run of households [fen].
pub(super) struct Amounts {
    /// Rural land money of the plot.
    rural: [i64; RUN],
    /// Rent of land leased out.
    received: [i64; RUN],
    /// Sales of the crop.
    sales: [i64; RUN],
    /// Rent of land leased in.
    paid: [i64; RUN],
    /// Crops [units].
    crops: [f64; RUN],
}

impl Default for Amounts {
    fn default() -> Self {
        Amounts {
            rural: [0; RUN],
            received: [0; RUN],
            sales: [0; RUN],
            paid: [0; RUN],
            crops: [0.0; RUN],
        }
    }
}

impl Amounts {
    /// Settles a run of households with accounts `at` these places: plots of one region after another. Takes the `crops` of
    /// those who till.
    pub fn settle(
        &mut self,
        (farms, village_region): (&[Farm], &[u8]),
        (c, at): (&Columns, &[u8]),
        crops: &mut std::slice::Iter<f64>,
        (accounts, tills): (&mut [i64], &mut FarmTills),
    ) {
        let n = c.status.len();
        let plots = PlotsIn::of(village_region, (c.plot, c.operated), c.village);
        if plots == PlotsIn::Nowhere {
            debug_assert!(c.leased.iter().all(|&leased| leased == 0), "leases of nobody's land");
            return;
        }
        for (crop, (&operated, &status)) in self.crops.iter_mut().zip(c.operated.iter().zip(c.status)) {
            *crop = 0.0;
            if operated != 0 && status != Status::Free {
                let grown = crops.next().copied();
                debug_assert!(grown.is_some(), "a crop that nobody grew");
                *crop = grown.unwrap_or_default();
            }
        }
        let region = |k: usize| village_region[c.village[k] as usize];
        let mut from = 0;
        while from < n {
            let (of, to) = match plots {
                PlotsIn::One(region) => (region, n),
                _ => (
                    region(from),
                    (from + 1..n).find(|&k| region(k) != region(from)).unwrap_or(n),
                ),
            };
            work_out(&farms[of as usize], c, from, to, self);
            from = to;
        }
        let received = [&self.rural, &self.received, &self.sales].map(|all| &all[..n]);
        let at = Places::of(at);
        tills.received.receive(&at, accounts, received);
        tills.paid.pay(&at, accounts, [&self.paid[..n]]);
    }
}

/// Amounts of the households of a run between two places, whose plots lie in one region.
#[multiversion(targets("x86_64+avx512f+avx512dq+avx512bw+avx512vl", "x86_64+avx2"))]
fn work_out(farm: &Farm, c: &Columns, from: usize, to: usize, amounts: &mut Amounts) {
    let (plot, operated, leased) = (&c.plot[from..to], &c.operated[from..to], &c.leased[from..to]);
    let (flags, status) = (&c.flags[from..to], &c.status[from..to]);
    let (rural, sales) = (&mut amounts.rural[from..to], &mut amounts.sales[from..to]);
    let (received, paid) = (&mut amounts.received[from..to], &mut amounts.paid[from..to]);
    let crops = &amounts.crops[from..to];
    for k in 0..to - from {
        // all bits for who is there, none for an empty slot
        let there = u32::from(status[k] != Status::Free).wrapping_neg();
        let land = Farmland {
            plot: plot[k] & there,
            operated: operated[k] & there,
            leased: leased[k] & there as i32,
            idle: flags[k] & flag::IDLE_PLOT != 0,
        };
        // who pays, pays no less than is due; who gets, gets no more
        let rent = farm.land.rent(land);
        let (due, owed) = (rent.max(0.0), (-rent).max(0.0));
        let least = whole(due);
        paid[k] = least + i64::from((least as f64) < due);
        received[k] = whole(owed);
        rural[k] = whole(f64::from(land.plot) * farm.rural[home_of(flags[k])]);
        sales[k] = whole(crops[k] * farm.sales);
    }
}
