//! Money of governments: revenue, transfers and purchases of a quarter.
//!
//! Parties are the centre, the municipality, the city's districts, and the others (the budget of Chengdu). Own revenue
//! leaves transfers out, so that it may be added over governments; `net_transfer` is what a party receives less what it
//! pays and adds up to zero.

use crate::books::Flow;
use crate::world::World;

/// What is recorded of governments: kind, group, and its value in a quarter [fen].
pub fn lines(w: &World) -> Vec<(&'static str, String, i64)> {
    let (gov, m) = (&w.governments, w.municipality());
    let regions = || 0..w.geography.inside;
    let city = |r: &usize| w.geography.in_city[*r];
    let down = &w.quarter.transfers_down;
    let sum =
        |of: &dyn Fn(usize) -> i64, inside: bool| -> i64 { regions().filter(|r| city(r) == inside).map(of).sum() };
    let (above, below) = (|r: usize| gov.transfer[r], |r: usize| down[r]);
    let to_districts = (sum(&above, true), sum(&below, true));
    let to_others = (sum(&above, false), sum(&below, false));
    let centre = w.books.flow(Flow::CentralTax);
    let revenue = sum(&|r| gov.last_revenue[r], true);
    let mut out = Vec::new();
    let mut put = |kind: &'static str, group: &str, value: i64| out.push((kind, group.to_owned(), value));
    put("government", "districts", revenue);
    put("government", "municipality", gov.last_revenue[m]);
    put("government", "centre", centre);
    put("own_revenue", "districts", revenue - to_districts.0 - to_districts.1);
    put("own_revenue", "municipality", gov.last_revenue[m] - gov.transfer[m]);
    put("own_revenue", "centre", centre);
    put("transfer", "centre_to_districts", to_districts.0);
    put("transfer", "centre_to_municipality", gov.transfer[m]);
    put("transfer", "municipality_to_districts", to_districts.1);
    put("transfer", "centre_to_others", to_others.0);
    put("net_transfer", "districts", to_districts.0 + to_districts.1);
    put(
        "net_transfer",
        "municipality",
        gov.transfer[m] - to_districts.1 - to_others.1,
    );
    put("net_transfer", "others", to_others.0 + to_others.1);
    put(
        "net_transfer",
        "centre",
        -(to_districts.0 + to_others.0 + gov.transfer[m]),
    );
    put("purchases", "districts", sum(&|r| gov.purchases[r], true));
    put("purchases", "municipality", gov.purchases[m]);
    for r in regions().filter(city) {
        put("district_revenue", &w.geography.ids[r], gov.last_revenue[r]);
        put("district_transfer", &w.geography.ids[r], gov.transfer[r] + down[r]);
    }
    out
}
