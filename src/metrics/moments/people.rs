//! Sums over people that the stylised facts need.

use super::holders::Holders;
use crate::agents::workers::{Status, flag};
use crate::metrics::snapshot::{BINS, bin};
use crate::world::{Budgets, World, consumption_of};

/// Sums over the people of a block. City unless said otherwise; agents or agents times persons.
pub(super) struct People {
    /// Workers in town, all workers.
    pub(super) work: [f64; 2],
    /// People living in the city with hukou elsewhere; people with hukou of the city living elsewhere.
    pub(super) across: [f64; 2],
    /// Farms; farms above 3.33 ha.
    pub(super) farms: [f64; 2],
    /// Employees with local urban hukou, and with rural hukou of another region: pay [fen], number.
    pub(super) pay: [[f64; 2]; 2],
    /// The same people in town: consumption [fen], persons.
    pub(super) spent: [[f64; 2]; 2],
    /// Workers off the farm with local hukou, and with hukou elsewhere.
    pub(super) urban_work: [f64; 2],
    /// By inside region, low skill and local rural hukou: income off the farm, number, income on it, number.
    pub(super) comparable: Vec<[f64; 4]>,
    /// People by region of their hukou.
    pub(super) hukou: Vec<f64>,
    /// Histogram of permanent income and what owners of firms earn and are not paid, per head: (people, income) by bin.
    pub(super) whole_income: Vec<[f64; 2]>,
    /// Histogram of deposits, fund units and dwellings per head.
    pub(super) whole_wealth: Vec<[f64; 2]>,
    /// What households spend.
    budgets: Budgets,
}

impl People {
    pub(super) fn new(w: &World) -> Self {
        let inside = w.geography.inside;
        People {
            work: [0.0; 2],
            across: [0.0; 2],
            farms: [0.0; 2],
            pay: [[0.0; 2]; 2],
            spent: [[0.0; 2]; 2],
            urban_work: [0.0; 2],
            comparable: vec![[0.0; 4]; inside],
            hukou: vec![0.0; inside],
            whole_income: vec![[0.0; 2]; BINS],
            whole_wealth: vec![[0.0; 2]; BINS],
            budgets: Budgets::new(w),
        }
    }

    pub(super) fn add(&mut self, w: &World, i: usize, holders: &Holders) {
        let p = &w.workers;
        if p.status[i] == Status::Free {
            return;
        }
        let (r, h, inside) = (p.region[i] as usize, p.hukou[i] as usize, w.geography.inside);
        let city = |region: usize| region < inside && w.geography.in_city[region];
        // an away worker stands for the people away whom birth counted for one worker, families included
        let persons = match p.status[i] {
            Status::Away => 1.0 / w.params.birth.away_activity,
            _ => p.persons(i),
        };
        if h < inside {
            self.hukou[h] += persons;
        }
        if city(r) != city(h) {
            self.across[usize::from(city(h))] += persons;
        }
        if city(r) {
            self.resident(w, i, r, h == r, persons);
            let persons = persons * f64::from(w.scale);
            let income = f64::from(w.workers.permanent_income[i]) + holders.unpaid(w, i);
            let wealth = holders.wealth(w, i);
            for (histogram, x) in [(&mut self.whole_income, income), (&mut self.whole_wealth, wealth)] {
                let at = &mut histogram[bin(x / persons)];
                at[0] += persons;
                at[1] += x;
            }
        }
    }

    fn resident(&mut self, w: &World, i: usize, r: usize, local: bool, persons: f64) {
        let p = &w.workers;
        let has = |bit: u8| p.flags[i] & bit != 0;
        let (rural, village) = (has(flag::RURAL_HUKOU), has(flag::VILLAGE_HOME));
        let working = matches!(
            p.status[i],
            Status::Farm | Status::Employed | Status::OwnAccount | Status::Post
        );
        if working {
            self.work[1] += 1.0;
            self.work[0] += if village { 0.0 } else { 1.0 };
        }
        if p.operated_m2[i] > 0 && p.status[i] == Status::Farm {
            self.farms[0] += 1.0;
            self.farms[1] += if f64::from(p.operated_m2[i]) > 33_333.0 * f64::from(w.scale) {
                1.0
            } else {
                0.0
            };
        }
        if working && p.status[i] != Status::Farm {
            self.urban_work[usize::from(!local)] += 1.0;
        }
        if local && rural && !has(flag::HIGH_SKILL) && working {
            let at = if p.status[i] == Status::Farm { 2 } else { 0 };
            self.comparable[r][at] += f64::from(p.permanent_income[i]);
            self.comparable[r][at + 1] += 1.0;
        }
        if local == rural {
            return;
        }
        // urban hukou at home, or rural hukou away from home
        let who = usize::from(rural);
        if p.status[i] == Status::Employed {
            self.pay[who][0] += pay(w, i, r);
            self.pay[who][1] += 1.0;
        }
        if let (false, Some(c)) = (village, consumption_of(w, &self.budgets, i)) {
            self.spent[who][0] += (c.inside + c.outside) as f64;
            self.spent[who][1] += persons;
        }
    }

    pub(super) fn merge(&mut self, o: &People) {
        let add = |a: &mut [f64], b: &[f64]| a.iter_mut().zip(b).for_each(|(x, y)| *x += y);
        add(&mut self.work, &o.work);
        add(&mut self.across, &o.across);
        add(&mut self.farms, &o.farms);
        add(self.pay.as_flattened_mut(), o.pay.as_flattened());
        add(self.spent.as_flattened_mut(), o.spent.as_flattened());
        add(&mut self.urban_work, &o.urban_work);
        add(self.comparable.as_flattened_mut(), o.comparable.as_flattened());
        add(&mut self.hukou, &o.hukou);
        add(self.whole_income.as_flattened_mut(), o.whole_income.as_flattened());
        add(self.whole_wealth.as_flattened_mut(), o.whole_wealth.as_flattened());
    }
}

/// Pay of an employee for a quarter before wage tax [fen], as settlement pays it.
fn pay(w: &World, i: usize, r: usize) -> f64 {
    let f = w.workers.employer[i] as usize;
    let price = w.groups.price[w.geography.area[r] as usize][w.workers.group(i)];
    let payroll = w.rules[w.firms.region(f)].fiscal.payroll;
    w.firms.wage[f] * f64::from(w.workers.efficiency[i]) * price * f64::from(w.scale) / (1.0 + payroll)
}
