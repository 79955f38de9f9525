//! Who gains: value of life of people in groups frozen at the reform date, person by person.
//!
//! ```text
//! V = ln y - (1-h) ln(P/P0) - h ln(R/R0) [town] + chi ( ln(g/g0) + ln access [hukou elsewhere] )
//! ```
//!
//! y is the worker's expected income net of housing costs, P and R prices and rent where the person lives, g services
//! per served person, relative to the start as movers compare them (model, section 7.12). Expected income follows what
//! is earned by 15 % of the difference a quarter, so that V smooths over about two years. Everybody in town
//! lives on the space that rent allots, h y / R: tenants pay for it in cash, owners have the rent of the rest as income.
//! Villagers live in their own house. V is the value where the person is and not the log-sum over options: losers must be
//! counted person by person, and the log-sum is one number for all people of an origin. It leaves out the taste for
//! the place, so the gain of those whom a reform makes move is understated (to first order they are indifferent).

use crate::agents::workers::{GROUP_NAMES, Status, flag};
use crate::world::World;
use std::collections::BTreeMap;

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

    /// Where people who lived in a district (its place among the districts) live now: district, region of the world or
    /// nowhere in it any more, and people.
    pub fn moves(&self, w: &World) -> BTreeMap<(usize, Option<usize>), f64> {
        let mut found = BTreeMap::new();
        for (k, (&slot, &generation)) in self.slots.iter().zip(&self.generation).enumerate() {
            let i = slot as usize;
            let there = w.workers.status[i] != Status::Free && w.workers.generation[i] == generation;
            let now = there.then(|| w.workers.region[i] as usize);
            let origin = usize::from(self.groups[k][4]) - FIRST_DISTRICT;
            *found.entry((origin, now)).or_insert(0.0) += self.people[k];
        }
        found
    }

    /// Identifiers of the districts.
    pub fn districts(&self) -> Vec<&str> {
        self.names
            .iter()
            .skip(FIRST_DISTRICT)
            .map(|(_, name)| name.as_str())
            .collect()
    }

    /// People of every group.
    pub fn group_people(&self) -> Vec<f64> {
        let mut people = vec![0.0; self.names.len()];
        for (groups, n) in self.groups.iter().zip(&self.people) {
            groups.iter().for_each(|&g| people[g as usize] += n);
        }
        people
    }

    /// Changes of value of every group and every cell; `quarters` values were added to each sum. Only who is there in
    /// both economies counts.
    pub fn gains(&self, before: &[f64], after: &[f64], quarters: f64) -> Gains {
        let mut changes: Vec<(f64, usize)> = before
            .iter()
            .zip(after)
            .enumerate()
            .map(|(k, (a, b))| ((b - a) / quarters, k))
            .filter(|(change, _)| change.is_finite())
            .collect();
        changes.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        let mut found = Gains {
            groups: vec![Gained::default(); self.names.len()],
            cells: vec![[0.0; 2]; self.cells()],
        };
        let mut people = vec![0.0; self.names.len()];
        for &(change, k) in &changes {
            let n = self.people[k];
            self.groups[k].iter().for_each(|&g| people[g as usize] += n);
            let cell = &mut found.cells[self.cell(k)];
            (cell[0], cell[1]) = (cell[0] + n, cell[1] + n * change);
        }
        let mut below = vec![0.0; self.names.len()];
        for &(change, k) in &changes {
            for &g in &self.groups[k] {
                let (s, g) = (&mut found.groups[g as usize], g as usize);
                let share = self.people[k] / people[g];
                s.add(change, share);
                if below[g] < 0.5 && below[g] + share >= 0.5 {
                    s.median = change.exp_m1();
                }
                below[g] += share;
            }
        }
        for (s, n) in found.groups.iter_mut().zip(&people) {
            s.mean = if *n > 0.0 { s.mean.exp_m1() } else { f64::NAN };
        }
        found
    }

    /// Number of cells: district, hukou, skill and fifth of income crossed.
    pub fn cells(&self) -> usize {
        (self.names.len() - FIRST_DISTRICT) * CELLS_A_DISTRICT
    }

    /// Cell of person `k`: every group is a union of cells.
    fn cell(&self, k: usize) -> usize {
        let [_, hukou, skill, fifth, district] = self.groups[k].map(usize::from);
        let inside = ((hukou - 1) * 2 + (skill - 4)) * 5 + (fifth - 6);
        (district - FIRST_DISTRICT) * CELLS_A_DISTRICT + inside
    }

    /// Whether a cell belongs to a group, given by its place in [`Self::names`].
    pub fn holds(group: usize, cell: usize) -> bool {
        let (district, inside) = (cell / CELLS_A_DISTRICT, cell % CELLS_A_DISTRICT);
        match group {
            0 => true,
            1..=3 => inside / 10 == group - 1,
            4..=5 => inside / 5 % 2 == group - 4,
            6..=10 => inside % 5 == group - 6,
            _ => district == group - FIRST_DISTRICT,
        }
    }
}

/// Place of the first district among the groups.
const FIRST_DISTRICT: usize = 11;
/// Cells of a district: hukou (3), skill (2), fifth of income (5).
const CELLS_A_DISTRICT: usize = 30;

/// Changes of value between two economies.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Gains {
    /// By group, in the order of [`Frozen::names`].
    pub groups: Vec<Gained>,
    /// People and their sum of V1 - V0, by cell.
    pub cells: Vec<[f64; 2]>,
}

/// How the value of a group changed.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Gained {
    /// exp(E[V1 - V0]) - 1.
    pub mean: f64,
    /// exp(median of V1 - V0) - 1.
    pub median: f64,
    /// Share of people who lose at all, by however little.
    pub losers: f64,
    /// Shares of people who lose more than 1 % and 5 %.
    pub lose: [f64; 2],
    /// Shares of people who gain more than 1 % and 5 %.
    pub gain: [f64; 2],
}

impl Gained {
    fn add(&mut self, change: f64, share: f64) {
        self.mean += share * change;
        self.losers += if change < 0.0 { share } else { 0.0 };
        for (k, limit) in [0.01, 0.05].into_iter().enumerate() {
            self.lose[k] += if change.exp_m1() < -limit { share } else { 0.0 };
            self.gain[k] += if change.exp_m1() > limit { share } else { 0.0 };
        }
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

/// What a place adds to V, by inside region: in town, in a village, and for who has no local hukou.
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
    let Some([town, village, access]) = places.get(w.workers.region[i] as usize) else {
        return income;
    };
    let home = if w.workers.flags[i] & flag::VILLAGE_HOME != 0 {
        village
    } else {
        town
    };
    let barred = if w.workers.hukou[i] == w.workers.region[i] {
        0.0
    } else {
        *access
    };
    income + home + barred
}
