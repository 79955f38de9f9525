//! The table of targets: what the data say, what the world starts with, how far apart they are.

use super::{BirthError, FEN, value_added};
use crate::agents::firms::{SECTOR_NAMES, SECTORS};
use crate::agents::workers::Status;
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

pub(super) fn targets(w: &World, data: &SeedEconomy) -> Vec<Target> {
    let mut t = Vec::new();
    let scale = f64::from(w.scale);
    let inside = w.geography.inside;
    let mut people = vec![0.0; inside];
    let mut farmers = vec![0.0; inside];
    let mut village = vec![0.0; inside];
    let mut income = [[0.0; 2]; 2];
    let (mut unemployed, mut force) = (0.0, 0.0);
    for i in 0..w.workers.len() {
        let r = w.workers.region[i] as usize;
        if r >= inside {
            continue;
        }
        let persons = w.workers.persons(i) * scale;
        people[r] += persons;
        let rural = w.workers.flags[i] & crate::agents::workers::flag::VILLAGE_HOME != 0;
        if rural {
            village[r] += persons;
        }
        if w.workers.status[i] == Status::Farm {
            farmers[r] += scale;
        }
        if w.geography.in_city[r] && w.workers.status[i] != Status::Farm {
            force += 1.0;
            unemployed += f64::from(u8::from(w.workers.status[i] == Status::Unemployed));
        }
        if w.geography.in_city[r] {
            income[usize::from(rural)][0] += f64::from(w.workers.permanent_income[i]);
            income[usize::from(rural)][1] += persons;
        }
    }
    for r in 0..inside {
        people[r] += (w.kin_cared(r, 0) + w.kin_cared(r, 1)) * scale;
        village[r] += w.kin_cared(r, 1) * scale;
        if w.geography.in_city[r] {
            income[0][1] += w.kin_cared(r, 0) * scale;
            income[1][1] += w.kin_cared(r, 1) * scale;
        }
    }
    // a coarse scale cannot hit a small region better than one agent in its people
    for (r, seed) in data.regions.iter().enumerate() {
        let mut push = |name: &str, data: f64, start: f64, unit, binding| {
            t.push(Target {
                name: name.to_owned(),
                region: seed.id.clone(),
                data,
                start,
                unit,
                binding,
            });
        };
        push("residents", seed.residents, people[r], "persons", true);
        push(
            "farm workers",
            seed.employed_farm,
            farmers[r],
            "persons",
            seed.employed_farm > 20.0 * scale,
        );
        push(
            "urban share",
            seed.urban_share,
            1.0 - village[r] / people[r],
            "share",
            false,
        );
        push(
            "value added, farm",
            seed.va_primary,
            w.farming.output[r] * 4.0 / FEN,
            "yuan a year",
            farmers[r] > 0.0,
        );
        for s in 0..SECTORS {
            let c = super::cell(r, s);
            let firms: f64 = (w.cell_start[c] as usize..w.cell_start[c + 1] as usize)
                .map(|f| w.firms.revenue[f] as f64)
                .sum();
            let start = (firms + w.cells.own_revenue[c] as f64) * 4.0 / FEN;
            let va = value_added(data, r, s + 1) * 4.0 / FEN;
            push(
                &format!("value added, {}", SECTOR_NAMES[s]),
                va,
                start,
                "yuan a year",
                firms > 0.0,
            );
        }
    }
    let mut city = |name: &str, data: f64, start: f64, unit, binding| {
        t.push(Target {
            name: name.to_owned(),
            region: "city".to_owned(),
            data,
            start,
            unit,
            binding,
        });
    };
    let urban = income[0][0] / income[0][1] * 4.0 / FEN;
    let rural = income[1][0] / income[1][1] * 4.0 / FEN;
    let basis = super::budgets::macro_income(data) / data.city.income_all;
    city(
        "income per head, urban (accounts basis)",
        data.city.income_urban * basis,
        urban,
        "yuan a year",
        false,
    );
    city(
        "income per head, rural (accounts basis)",
        data.city.income_rural * basis,
        rural,
        "yuan a year",
        false,
    );
    city(
        "urban-rural income ratio",
        data.city.income_urban / data.city.income_rural,
        urban / rural,
        "ratio",
        false,
    );
    city(
        "unemployment",
        w.params.labour.unemployment,
        unemployed / force,
        "share",
        true,
    );
    let sizes = (0..w.firms.len()).map(|f| (w.firms.size(f, scale), w.firms.weight[f]));
    let tail = hill(sizes, 20.0).unwrap_or(f64::NAN);
    city(
        "firm size tail exponent",
        w.params.birth.size_exponent,
        tail,
        "exponent",
        false,
    );
    let purchases: i64 = (0..inside)
        .filter(|&r| w.geography.in_city[r])
        .map(|r| w.governments.purchases[r])
        .sum();
    city(
        "budget expenditure",
        data.city.budget_expenditure,
        purchases as f64 * 4.0 / FEN,
        "yuan a year",
        false,
    );
    let debt: i64 = (0..w.firms.len())
        .filter(|&f| w.geography.in_city[w.firms.region(f)])
        .map(|f| w.firms.debt[f])
        .sum();
    city(
        "loans to enterprises",
        data.city.loans_enterprise,
        debt as f64 / FEN,
        "yuan",
        false,
    );
    let deposits: f64 = (0..w.workers.len())
        .filter(|&i| (w.workers.region[i] as usize) < inside && w.geography.in_city[w.workers.region[i] as usize])
        .map(|i| w.workers.deposits[i] as f64)
        .sum();
    city(
        "deposits of households",
        data.city.deposits_household,
        deposits / FEN,
        "yuan",
        false,
    );
    let leased: i64 = (0..inside)
        .filter(|&r| w.geography.in_city[r])
        .map(|r| w.farming.leased_m2[r])
        .sum();
    let land: i64 = (0..inside)
        .filter(|&r| w.geography.in_city[r])
        .map(|r| w.farming.contracted_m2[r])
        .sum();
    city(
        "farmland leased",
        data.city.farmland_transfer_rate,
        leased as f64 / land as f64,
        "share",
        false,
    );
    city(
        "outside ownership of the equity fund (inverted)",
        w.outside_ownership,
        w.outside_ownership,
        "share",
        false,
    );
    t
}

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
