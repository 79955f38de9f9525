//! The table of targets: what the data say, what the world starts with, how far apart they are.

use super::{BirthError, FEN, value_added};
use crate::agents::firms::{SECTOR_NAMES, SECTORS};
use crate::agents::workers::{Status, flag};
use crate::base::stats::hill;
use crate::scenario::seed::SeedEconomy;
use crate::world::World;

/// One target of birth.
#[derive(Clone, Debug)]
pub struct Target {
    /// What is matched.
    pub name: String,
    /// Region, or `city`.
    pub region: String,
    /// Value in the data.
    pub data: f64,
    /// Value at the start.
    pub start: f64,
    /// Unit.
    pub unit: &'static str,
    /// Whether a distance above tolerance refuses the birth; otherwise the row informs.
    pub binding: bool,
}

impl Target {
    /// Relative distance.
    pub fn distance(&self) -> f64 {
        if self.data.abs() > 0.0 {
            self.start / self.data - 1.0
        } else {
            self.start
        }
    }
}

/// All targets: of every region, then of the city.
pub(super) fn targets(w: &World, data: &SeedEconomy) -> Vec<Target> {
    let residents = Residents::count(w);
    let mut table = Vec::new();
    for r in 0..data.regions.len() {
        region_targets(w, data, &residents, r, &mut table);
    }
    people_targets(w, data, &residents, &mut table);
    money_targets(w, data, &mut table);
    table
}

/// Residents and incomes at the start.
struct Residents {
    /// People by region [persons].
    people: Vec<f64>,
    /// Farm workers by region [persons].
    farmers: Vec<f64>,
    /// People in villages by region [persons].
    village: Vec<f64>,
    /// The city's income and people: urban, rural [fen per quarter, persons].
    income: [[f64; 2]; 2],
    /// Non-farm labour force of the city: unemployed, all [agents].
    force: [f64; 2],
}

impl Residents {
    /// Counts workers with their dependants, and dependants with kin.
    fn count(w: &World) -> Self {
        let inside = w.geography.inside;
        let scale = f64::from(w.scale);
        let mut s = Residents {
            people: vec![0.0; inside],
            farmers: vec![0.0; inside],
            village: vec![0.0; inside],
            income: [[0.0; 2]; 2],
            force: [0.0; 2],
        };
        for i in (0..w.workers.len()).filter(|&i| (w.workers.region[i] as usize) < inside) {
            s.add(w, i, scale);
        }
        for r in 0..inside {
            let (town, village) = (w.kin_cared(r, 0), w.kin_cared(r, 1));
            s.people[r] += (town + village) * scale;
            s.village[r] += village * scale;
            if w.geography.in_city[r] {
                s.income[0][1] += town * scale;
                s.income[1][1] += village * scale;
            }
        }
        s
    }

    fn add(&mut self, w: &World, i: usize, scale: f64) {
        let r = w.workers.region[i] as usize;
        let farm = w.workers.status[i] == Status::Farm;
        let persons = w.workers.persons(i) * scale;
        let rural = w.workers.flags[i] & flag::VILLAGE_HOME != 0;
        self.people[r] += persons;
        if rural {
            self.village[r] += persons;
        }
        if farm {
            self.farmers[r] += scale;
        }
        if w.geography.in_city[r] {
            if !farm {
                self.force[0] += f64::from(u8::from(w.workers.status[i] == Status::Unemployed));
                self.force[1] += 1.0;
            }
            self.income[usize::from(rural)][0] += f64::from(w.workers.permanent_income[i]);
            self.income[usize::from(rural)][1] += persons;
        }
    }
}

/// People, farming and value added of region `r`.
fn region_targets(w: &World, data: &SeedEconomy, residents: &Residents, r: usize, table: &mut Vec<Target>) {
    let seed = &data.regions[r];
    let scale = f64::from(w.scale);
    let mut push = |name: &str, data: f64, start: f64, unit, binding| {
        table.push(Target {
            name: name.to_owned(),
            region: seed.id.clone(),
            data,
            start,
            unit,
            binding,
        });
    };
    let (people, farmers) = (residents.people[r], residents.farmers[r]);
    push("residents", seed.residents, people, "persons", true);
    // a coarse scale cannot hit a small region better than one agent in its people
    let many = seed.employed_farm > 20.0 * scale;
    push("farm workers", seed.employed_farm, farmers, "persons", many);
    let urban = 1.0 - residents.village[r] / people;
    push("urban share", seed.urban_share, urban, "share", false);
    let farm = w.farming.output[r] * 4.0 / FEN;
    push("value added, farm", seed.va_primary, farm, "yuan a year", farmers > 0.0);
    for s in 0..SECTORS {
        let c = super::cell(r, s);
        let firms: f64 = w.firms_of(c).map(|f| w.firms.revenue[f] as f64).sum();
        let outside = crate::world::power_from_outside(w, c);
        let start = (firms + w.cells.own_revenue[c] as f64 - outside) * 4.0 / FEN;
        let va = value_added(data, r, s + 1) * 4.0 / FEN;
        let name = format!("value added, {}", SECTOR_NAMES[s]);
        push(&name, va, start, "yuan a year", firms > 0.0);
    }
}

/// A target of the city.
fn city(name: &str, data: f64, start: f64, unit: &'static str, binding: bool) -> Target {
    Target {
        name: name.to_owned(),
        region: "city".to_owned(),
        data,
        start,
        unit,
        binding,
    }
}

/// Incomes, unemployment and the tail of firm sizes in the city.
fn people_targets(w: &World, data: &SeedEconomy, residents: &Residents, table: &mut Vec<Target>) {
    let [urban, rural] = residents.income.map(|[income, people]| income / people * 4.0 / FEN);
    let basis = super::budgets::macro_income(data) / data.city.income_all;
    for (name, survey, start) in [
        ("income per head, urban (accounts basis)", data.city.income_urban, urban),
        ("income per head, rural (accounts basis)", data.city.income_rural, rural),
    ] {
        table.push(city(name, survey * basis, start, "yuan a year", false));
    }
    let ratio = data.city.income_urban / data.city.income_rural;
    table.push(city("urban-rural income ratio", ratio, urban / rural, "ratio", false));
    let unemployment = residents.force[0] / residents.force[1];
    let wanted = w.params.labour.unemployment;
    table.push(city("unemployment", wanted, unemployment, "share", true));
    let scale = f64::from(w.scale);
    let sizes = (0..w.firms.len()).map(|f| (w.firms.size(f, scale), w.firms.weight[f]));
    let tail = hill(sizes, 20.0).unwrap_or(f64::NAN);
    let exponent = w.params.birth.size_exponent;
    table.push(city("firm size tail exponent", exponent, tail, "exponent", false));
}

/// Budgets, loans, deposits and leased farmland of the city.
fn money_targets(w: &World, data: &SeedEconomy, table: &mut Vec<Target>) {
    let inside = w.geography.inside;
    let in_city = |r: usize| w.geography.in_city[r];
    let over_city = |column: &[i64]| -> i64 { (0..inside).filter(|&r| in_city(r)).map(|r| column[r]).sum() };
    let bought = over_city(&w.governments.purchases) + over_city(&w.laboratories.money);
    let purchases = bought as f64 * 4.0 / FEN;
    let budget = data.city.budget_expenditure;
    table.push(city("budget expenditure", budget, purchases, "yuan a year", false));
    let debt: i64 = (0..w.firms.len())
        .filter(|&f| in_city(w.firms.region(f)))
        .map(|f| w.firms.debt[f])
        .sum();
    let loans = data.city.loans_enterprise;
    table.push(city("loans to enterprises", loans, debt as f64 / FEN, "yuan", false));
    let deposits: f64 = (0..w.workers.len())
        .filter(|&i| (w.workers.region[i] as usize) < inside && in_city(w.workers.region[i] as usize))
        .map(|i| w.workers.deposits[i] as f64)
        .sum();
    let held = data.city.deposits_household;
    table.push(city("deposits of households", held, deposits / FEN, "yuan", false));
    let leased = over_city(&w.farming.leased_m2) as f64 / over_city(&w.farming.contracted_m2) as f64;
    let rate = data.city.farmland_transfer_rate;
    table.push(city("farmland leased", rate, leased, "share", false));
}

/// Refuses a birth that misses a binding target by more than the tolerance.
pub(super) fn judge(targets: &[Target], tolerance: f64) -> Result<(), BirthError> {
    let missed: Vec<&Target> = targets
        .iter()
        .filter(|t| t.binding && !(t.distance().abs() <= tolerance))
        .collect();
    let worst = missed
        .iter()
        .max_by(|a, b| a.distance().abs().total_cmp(&b.distance().abs()));
    match worst {
        None => Ok(()),
        Some(t) => Err(BirthError::Missed {
            missed: missed.len(),
            all: targets.len(),
            worst: format!(
                "{} of {}: data {:.4}, start {:.4} {} ({:+.1} %)",
                t.name,
                t.region,
                t.data,
                t.start,
                t.unit,
                100.0 * t.distance()
            ),
        }),
    }
}
