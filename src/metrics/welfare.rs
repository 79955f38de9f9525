//! Who gains: value of life of people in groups frozen at the reform date, person by person.
//!
//! ```text
//! V = ln y - (1-h) ln(P/P0) - h ln(R/R0) [tenants] + chi ( ln(g/g0) + ln access [hukou elsewhere] )
//! ```
//!
//! y is the worker's expected income net of housing costs, P and R prices and rent where the person lives, g services
//! per served person, relative to the start as movers compare them (model, section 7.12). Owners and villagers live in
//! their own house and bear no rent. V is the realised value and not the log-sum over options: losers must be
//! counted person by person, and the log-sum is one number for all people of an origin. It leaves out the taste for
//! the place, so the gain of those whom a reform makes move is understated (to first order they are indifferent).

use crate::agents::workers::{GROUP_NAMES, Status, flag};
use crate::world::World;

/// Kinds of groups, in the order of [`Frozen::groups`].
pub const KINDS: [&str; 5] = ["all", "hukou_status", "skill", "income_quintile", "district"];

/// Least income in a log, relative to mean income at the start (as movers count it).
const LEAST: f64 = 0.05;

/// The city's residents at the reform date and their groups.
#[derive(Clone, Debug, Default)]
pub struct Frozen {
    /// Slots of the people.
    pub slots: Vec<u32>,
    /// Generation of each slot: a successor is somebody else.
    generation: Vec<u16>,
    /// People whom each stands for, dependants included.
    pub people: Vec<f64>,
    /// Group of each in every kind, as an index into [`Self::names`].
    pub groups: Vec<[u16; KINDS.len()]>,
    /// Kind and name of every group.
    pub names: Vec<(&'static str, String)>,
    /// Workers by skill and nativity, in the order of [`GROUP_NAMES`].
    pub workers: [f64; GROUP_NAMES.len()],
}

impl Frozen {
    /// Freezes the groups of the city's residents.
    pub fn of(w: &World) -> Self {
        let mut frozen = Self::default();
        let mut put = |kind: usize, name: &str| frozen.names.push((KINDS[kind], name.to_owned()));
        put(0, "all");
        ["rural_at_home", "migrants", "urban_locals"]
            .iter()
            .for_each(|n| put(1, n));
        ["low_skill", "high_skill"].iter().for_each(|n| put(2, n));
        ["q1", "q2", "q3", "q4", "q5"].iter().for_each(|n| put(3, n));
        let districts: Vec<usize> = (0..w.geography.inside).filter(|&r| w.geography.in_city[r]).collect();
        districts.iter().for_each(|&r| put(4, &w.geography.ids[r]));
        let p = &w.workers;
        let resident = |i: &usize| {
            p.status[*i] != Status::Free && w.geography.in_city.get(p.region[*i] as usize).copied().unwrap_or(false)
        };
        let slots: Vec<usize> = (0..p.len()).filter(resident).collect();
        let quintile = quintiles(w, &slots);
        for (k, &i) in slots.iter().enumerate() {
            let place = districts.iter().position(|&r| r == p.region[i] as usize).unwrap_or(0);
            let status = match (p.hukou[i] == p.region[i], p.flags[i] & flag::RURAL_HUKOU != 0) {
                (false, _) => 1,
                (true, true) => 0,
                (true, false) => 2,
            };
            let skill = u16::from(p.flags[i] & flag::HIGH_SKILL != 0);
            frozen
                .groups
                .push([0, 1 + status, 4 + skill, 6 + quintile[k], 11 + place as u16]);
            frozen.slots.push(i as u32);
            frozen.generation.push(p.generation[i]);
            frozen.people.push(p.persons(i) * f64::from(w.scale));
            frozen.workers[p.group(i)] += f64::from(w.scale);
        }
        frozen
    }

    /// Adds every person's value of the running quarter to `sums`; NaN for who is no more there.
    pub fn add_values(&self, w: &World, sums: &mut [f64]) {
        let place = places(w);
        for ((&slot, &generation), sum) in self.slots.iter().zip(&self.generation).zip(sums) {
            let i = slot as usize;
            let there = w.workers.status[i] != Status::Free && w.workers.generation[i] == generation;
            *sum += if there { value(w, &place, i) } else { f64::NAN };
        }
    }

    /// People of every group.
    pub fn group_people(&self) -> Vec<f64> {
        let mut people = vec![0.0; self.names.len()];
        for (groups, n) in self.groups.iter().zip(&self.people) {
            groups.iter().for_each(|&g| people[g as usize] += n);
        }
        people
    }

    /// Welfare change exp(E[V1 - V0]) - 1 and share of losers of every group; `quarters` values were added to each
    /// sum. Only who is there in both economies counts.
    pub fn gains(&self, before: &[f64], after: &[f64], quarters: f64) -> Vec<[f64; 2]> {
        let mut sums = vec![[0.0; 3]; self.names.len()];
        for (k, (a, b)) in before.iter().zip(after).enumerate() {
            let change = (b - a) / quarters;
            if !change.is_finite() {
                continue;
            }
            for &g in &self.groups[k] {
                let s = &mut sums[g as usize];
                s[0] += self.people[k];
                s[1] += self.people[k] * change;
                s[2] += if change < 0.0 { self.people[k] } else { 0.0 };
            }
        }
        sums.iter().map(|s| [(s[1] / s[0]).exp_m1(), s[2] / s[0]]).collect()
    }
}

/// Fifth of each person in permanent income per head, by people.
fn quintiles(w: &World, slots: &[usize]) -> Vec<u16> {
    let p = &w.workers;
    let head = |i: usize| f64::from(p.permanent_income[i]) / p.persons(i);
    let mut order: Vec<usize> = (0..slots.len()).collect();
    order.sort_by(|&a, &b| head(slots[a]).total_cmp(&head(slots[b])));
    let total: f64 = slots.iter().map(|&i| p.persons(i)).sum();
    let mut out = vec![0; slots.len()];
    let mut below = 0.0;
    for k in order {
        let people = p.persons(slots[k]);
        out[k] = ((below + 0.5 * people) / total * 5.0).clamp(0.0, 4.0) as u16;
        below += people;
    }
    out
}

/// What a place adds to V, by inside region: for a tenant, for others, and for who has no local hukou.
fn places(w: &World) -> Vec<[f64; 3]> {
    let h = w.params.housing.share;
    let chi = w.params.migration.service_weight;
    let place = |r: usize| {
        let price = (1.0 - h) * (w.places.price[r] / w.places.start_price[r]).ln();
        let rent = h * (w.housing.rent[r] / w.places.start_rent[r]).ln();
        let services = chi * (w.places.service[r] / w.places.start_service[r]).ln();
        let access = chi * w.rules[r].hukou.service_access_permit.max(1e-3).ln();
        [services - price - rent, services - price, access]
    };
    (0..w.geography.inside).map(place).collect()
}

fn value(w: &World, places: &[[f64; 3]], i: usize) -> f64 {
    let least = LEAST * w.mean_head_income * f64::from(w.scale);
    let income = f64::from(w.workers.permanent_income[i]).max(least).ln();
    let Some([tenant, owner, access]) = places.get(w.workers.region[i] as usize) else {
        return income;
    };
    let home = if w.workers.flags[i] & flag::TENANT != 0 {
        tenant
    } else {
        owner
    };
    let barred = if w.workers.hukou[i] == w.workers.region[i] {
        0.0
    } else {
        *access
    };
    income + home + barred
}
