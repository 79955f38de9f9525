//! Farmland: villages that reallocate, a year of leases, plots that are swapped.

use crate::base::draws::Stage;
use crate::markets::farmland::{self, Leases};
use crate::world::World;

/// Villages drawn at the law's rate share out part of their plots anew.
pub(super) fn reallocate(w: &mut World) {
    if w.rules.iter().all(|rules| rules.farmland.reallocation_rate <= 0.0) {
        return;
    }
    let luck = w.draws().stream(Stage::Reallocation, w.stream_tick(), 1);
    let share = |(v, &r): (usize, &u8)| {
        let law = &w.rules[r as usize].farmland;
        if luck.at(v).uniform() < law.reallocation_rate {
            law.reallocation_share
        } else {
            0.0
        }
    };
    let shares: Vec<f64> = w.farming.village_region.iter().enumerate().map(share).collect();
    farmland::reallocate(&mut w.workers, &shares, &mut w.farming.returned_m2);
}

/// A year of leases; rents follow the value of the marginal product at last quarter's price of farm goods.
pub(super) fn lease(w: &mut World) {
    let leases = w.lease_farmland();
    for (r, l) in leases.iter().enumerate() {
        let a = w.farming.a[r] * w.collectives.gain(&w.params.village_credit, r);
        w.farming.rent[r] = w.params.farmland.theta() * a * l.log_rent.exp() * w.price[0][r] * w.farm_household_share;
        w.farming.pool_m2[r] = l.pool_m2;
        w.farming.idle_m2[r] = l.idle_m2;
        w.farming.leased_m2[r] = l.leased_m2;
        w.farming.imported_m2[r] = l.imported_m2;
        w.farming.exported_m2[r] = l.exported_m2;
    }
    let elsewhere = elsewhere(w, &leases);
    for (r, l) in leases.iter().enumerate() {
        across(w, r, l, elsewhere);
        swap(w, r, l);
    }
}

/// Mean technology and rent of land let to farmers from elsewhere.
fn elsewhere(w: &World, leases: &[Leases]) -> [f64; 2] {
    let all: i64 = leases.iter().map(|l| l.exported_m2).sum();
    let mean = |x: &[f64]| {
        let sum: f64 = leases.iter().zip(x).map(|(l, x)| l.exported_m2 as f64 * x).sum();
        sum / (all as f64).max(1.0)
    };
    [mean(&w.farming.a), mean(&w.farming.rent)]
}

/// Land that region `r` tills, wherever it lies [m2].
fn tilled(w: &World, r: usize, l: &Leases) -> i64 {
    w.farming.contracted_m2[r] - l.idle_m2 - l.pool_m2 + l.imported_m2 - l.exported_m2
}

/// Land tilled elsewhere yields what land yields there, and its rent is the owners' there: both are mixed into what the
/// region's tenants have and pay.
fn across(w: &mut World, r: usize, l: &Leases, [technology, rent]: [f64; 2]) {
    w.farming.tenant_rent[r] = w.farming.rent[r];
    w.farming.quality[r] = 1.0;
    if l.imported_m2 > 0 {
        let (far, land) = (l.imported_m2 as f64, tilled(w, r, l) as f64);
        let leased = (l.leased_m2 + l.imported_m2) as f64;
        w.farming.quality[r] = 1.0 - far / land * (1.0 - technology / w.farming.a[r]);
        w.farming.tenant_rent[r] = ((leased - far) * w.farming.rent[r] + far * rent) / leased;
    }
}

/// Idle good plots are swapped against tilled poor ones; tillers pay the holders of idle plots the difference in rent.
fn swap(w: &mut World, r: usize, l: &Leases) {
    let p = &w.params.farmland;
    let land = tilled(w, r, l);
    let (quality, moved) = farmland::swapped(p, w.rules[r].farmland.plot_swap, l.idle_m2, land);
    w.farming.quality[r] *= quality;
    let due = moved * w.farming.rent[r] * farmland::better_plot(p);
    let each = |m2: i64| if m2 > 0 { due / m2 as f64 } else { 0.0 };
    w.farming.swap_pay[r] = [each(land), each(l.idle_m2)];
}
