//! The land stage: quotas, farmland reallocation and leases in the first quarter of a year; housing rents and land
//! prices; state land.

mod farm;
mod rural;
mod urban;

use crate::books::Tally;
use crate::markets::housing;
use crate::world::World;

pub(super) fn run(w: &mut World) -> Tally {
    let mut t = Tally::default();
    w.rural.pay.iter_mut().for_each(|pay| *pay = Default::default());
    if w.tick.rem_euclid(4) == 0 {
        rural::year(w, &mut t);
        farm::reallocate(w);
        farm::lease(w);
    }
    rents(w);
    urban::run(w, &mut t);
    t
}

/// Housing rents clear the stock at permanent incomes; prices of dwellings and land follow.
fn rents(w: &mut World) {
    let p = &w.params.housing;
    for r in 0..w.geography.inside {
        let now = housing::rent(p, w.census[r].town_income, w.housing.space_m2[r]);
        w.housing.rent[r] += p.rent_smoothing * (now - w.housing.rent[r]);
        w.housing.price[r] = housing::price(p, w.housing.rent[r]);
        w.land.residential_price[r] = w.land.price_to_dwelling[r] * w.housing.price[r];
    }
}
