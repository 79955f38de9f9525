//! Efficiency that firms employ.

use super::World;
use crate::agents::firms::SECTORS;
use crate::base::blocks;

impl World {
    /// Notes that the employees of firms have these efficiency `units` [agents, at the prices of groups], which firms pay
    /// by `pay` a unit. An agent stands for `scale` people, whose luck averages out where they work: of what its employees
    /// have beyond the mean of the area, 1 over the root of the scale counts for a firm (the law of large numbers; all of it
    /// with one agent a person). Units are averaged by what they are paid, so that the pay of an area stays what it is.
    pub fn employ(&mut self, units: &[f64], pay: &[f64]) {
        let kept = f64::from(self.scale.max(1)).sqrt().recip();
        let heads = |w: &World, f: usize| f64::from(w.firms.heads[f]);
        let mean = self.ratio_by_area(|f| pay[f] * units[f], |f| pay[f] * heads(self, f));
        let mut efficiency = std::mem::take(&mut self.firms.efficiency);
        let mut skill = std::mem::take(&mut self.firms.skill);
        let view: &World = self;
        blocks::map_mut2(&mut efficiency, &mut skill, |start, efficiency, skill| {
            for (f, (efficiency, skill)) in (start..).zip(efficiency.iter_mut().zip(skill)) {
                let heads = heads(view, f);
                let usual = heads * mean[view.geography.area[view.firms.region(f)] as usize];
                *efficiency = usual + kept * (units[f] - usual);
                *skill = *efficiency / heads.max(1.0);
            }
        });
        (self.firms.efficiency, self.firms.skill) = (efficiency, skill);
    }

    /// Efficiency units of an employee at the last count, by area: what firms expect of those whom they hire [agents].
    pub fn mean_skill(&self) -> Vec<f64> {
        let heads = |f: usize| f64::from(self.firms.heads[f]);
        self.ratio_by_area(|f| self.firms.skill[f] * heads(f), heads)
    }

    /// Sum of `above` over the firms of an area, over that of `below`; 1 where the latter is nothing.
    fn ratio_by_area(&self, above: impl Fn(usize) -> f64 + Sync, below: impl Fn(usize) -> f64 + Sync) -> Vec<f64> {
        let of_cell = |c: usize| {
            self.firms_of(c)
                .fold([0.0; 2], |sum, f| [sum[0] + above(f), sum[1] + below(f)])
        };
        let mut sums = vec![[0.0; 2]; self.geography.areas];
        for (c, of_cell) in blocks::map_each(self.cell_count(), of_cell).into_iter().enumerate() {
            let sums = &mut sums[self.geography.area[c / SECTORS] as usize];
            (0..2).for_each(|k| sums[k] += of_cell[k]);
        }
        let ratio = |[above, below]: [f64; 2]| if below > 0.0 { above / below } else { 1.0 };
        sums.into_iter().map(ratio).collect()
    }
}
