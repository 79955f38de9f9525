//! What is normal: references that the burn-in learns and the measured quarters compare with.

use super::World;
use crate::agents::workers::{Status, flag};

impl World {
    /// Feedback of the burn-in, never used in measured quarters: what is normal is learned (what movers compare with
    /// at once, what firms and wages compare with slowly), so that nobody
    /// moves, hires or enters because birth and the running economy differ by a fraction of a per cent.
    pub fn adapt(&mut self) {
        let speed = self.params.birth.learning;
        let learn = |normal: &mut f64, now: f64| *normal += speed * (now - *normal);
        let outside_review = self.review_rate_of_outsiders();
        self.normal_technology();
        let places = &mut self.places;
        places.outside_review = outside_review;
        places.start_income.clone_from(&places.income);
        places.start_farm_income.clone_from(&places.farm_income);
        places.start_price.clone_from(&places.price);
        places.start_service.clone_from(&places.service);
        places.start_rent.clone_from(&self.housing.rent);
        for (normal, &now) in self.power.start_demand.iter_mut().zip(&self.power.demand) {
            learn(normal, now);
        }
        for (normal, &now) in self.permits.start_output.iter_mut().zip(&self.cells.quantity) {
            learn(normal, now);
        }
        self.permits.start_share = self.start_abatement();
        self.farming.start_rent.clone_from(&self.farming.rent);
        self.normalise_quotas();
        for (normal, &now) in self.rural.normal_settlers.iter_mut().zip(&self.quarter.settlers) {
            learn(normal, now);
        }
        for c in 0..self.cell_count() {
            let now = self.firm_value(c);
            learn(&mut self.cells.start_value[c], now);
        }
        for (a, now) in self.heads_by_area().into_iter().enumerate() {
            learn(&mut self.areas.start_heads[a], now);
            learn(&mut self.areas.start_unemployment[a], self.areas.unemployment[a]);
        }
        for a in 0..self.geography.areas {
            let openings = f64::from(self.quarter.openings[a]);
            if openings > 0.0 {
                let seen = f64::from(self.quarter.unfilled[a]) / openings;
                learn(&mut self.areas.normal_unfilled[a], seen);
            }
        }
    }

    /// Mean chance of a review in a quarter over workers whose hukou is outside and who live inside: as they leave, so
    /// others come, and the stock of people from outside stays while nothing changes.
    pub fn review_rate_of_outsiders(&self) -> f64 {
        let (p, inside) = (&self.params.migration, self.geography.inside);
        let (mut young, mut all) = (0.0, 0.0);
        for i in 0..self.workers.len() {
            if self.workers.hukou[i] as usize >= inside && self.workers.status[i] != Status::Free {
                young += f64::from(u8::from(self.is_young(i)));
                all += 1.0;
            }
        }
        p.review_old + (p.review_young - p.review_old) * young / f64::max(all, 1.0)
    }

    /// Whether worker `i` is young in reviews of where to live.
    pub fn is_young(&self, i: usize) -> bool {
        let born_after = self.tick as f64 - 4.0 * self.params.migration.young_until;
        f64::from(self.workers.born[i]) > born_after
    }

    /// Freezes the cohort of every worker: region group x hukou kind x nativity x skill. Called before the first
    /// measured quarter.
    pub fn freeze_cohorts(&mut self) {
        for i in 0..self.workers.len() {
            let r = self.workers.region[i] as usize;
            let group = usize::from(self.geography.group[r]).min(6);
            let rural = usize::from(self.workers.flags[i] & flag::RURAL_HUKOU != 0);
            self.workers.cohort[i] = (8 * group + 4 * rural + self.workers.group(i)) as u8;
        }
    }
}
