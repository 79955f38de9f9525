//! Efficiency that firms employ.

use super::World;
use crate::agents::firms::SECTORS;
use crate::base::blocks;

impl World {
    /// Notes that the employees of firms have these efficiency `units` [agents, at the prices of groups]. An agent stands for
    /// `scale` people, whose luck averages out where they work: of what its employees have beyond the mean of the area, 1
    /// over the root of the scale counts for a firm (the law of large numbers; all of it with one agent a person).
    pub fn employ(&mut self, units: &[f64]) {
        let kept = f64::from(self.scale.max(1)).sqrt().recip();
        let mean = self.mean_by_area(units);
        for (f, own) in units.iter().enumerate() {
            let heads = f64::from(self.firms.heads[f]);
            let usual = heads * mean[self.geography.area[self.firms.region(f)] as usize];
            self.firms.efficiency[f] = usual + kept * (own - usual);
            self.firms.skill[f] = self.firms.efficiency[f] / heads.max(1.0);
        }
    }

    /// Mean of `units` by firm over its employees, by area; 1 where nobody is employed.
    fn mean_by_area(&self, units: &[f64]) -> Vec<f64> {
        let of_cell = |c: usize| units[self.firms_of(c)].iter().sum::<f64>();
        let mut mean = vec![0.0; self.geography.areas];
        for (c, of_cell) in blocks::map_each(self.cell_count(), of_cell).into_iter().enumerate() {
            mean[self.geography.area[c / SECTORS] as usize] += of_cell;
        }
        for (units, heads) in mean.iter_mut().zip(self.heads_by_area()) {
            *units = if heads > 0.0 { *units / heads } else { 1.0 };
        }
        mean
    }

    /// Efficiency units of an employee at the last count, by area: what firms expect of those whom they hire.
    pub fn mean_skill(&self) -> Vec<f64> {
        let (skill, heads) = (&self.firms.skill, &self.firms.heads);
        let units: Vec<f64> = skill
            .iter()
            .zip(heads)
            .map(|(skill, &n)| skill * f64::from(n))
            .collect();
        self.mean_by_area(&units)
    }
}
