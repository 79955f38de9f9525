//! The labour market: dismissals, offers, applications in rounds.

use super::{Economy, Household, NONE, UNIT, distinct, law, luck, nearest, shuffle};
use std::cmp::Reverse;
use yaosu::base::blocks;

/// Who looks for work, and where, best offer first.
struct Seeker {
    household: u32,
    firms: [u32; law::M],
}

impl Economy {
    /// Dismissals of those in excess, the minimum wage, offers, and as many rounds as a seeker has applications.
    pub(super) fn labour(&mut self) {
        let unemployed = self.dismiss_excess();
        self.revise_minimum_wage();
        let (offers, mut vacancies) = self.offers();
        let mut seekers = self.applications(&unemployed, &offers);
        for round in 0..law::M {
            let turn = self.tick * law::M as u32 + round as u32;
            shuffle(&mut seekers, &mut self.draws.stream(luck::HIRING, turn, 1).at(0));
            seekers.retain(|s| {
                let firm = s.firms[round] as usize;
                if vacancies[firm] == 0 {
                    return true;
                }
                vacancies[firm] -= 1;
                self.firms[firm].staff += 1;
                self.firms[firm].bill += offers[firm];
                let h = &mut self.households[s.household as usize];
                (h.employer, h.wage, h.left) = (s.firms[round], offers[firm], law::THETA);
                false
            });
        }
    }

    /// Firms with more staff than they want dismiss by lot; returns who is unemployed. The lot is drawn worker by worker, with
    /// the chance of those still to go among those not yet seen (Knuth 3.4.2, algorithm S).
    fn dismiss_excess(&mut self) -> Vec<u32> {
        let mut excess: Vec<i32> = self.firms.iter().map(|f| (f.staff - f.desired).max(0)).collect();
        let lists = blocks::map(self.households.len(), |range| {
            let (mut unemployed, mut at_risk) = (Vec::new(), Vec::new());
            for i in range {
                match self.households[i].employer {
                    NONE => unemployed.push(i as u32),
                    firm if excess[firm as usize] > 0 => at_risk.push(i as u32),
                    _ => {}
                }
            }
            (unemployed, at_risk)
        });
        let mut unseen: Vec<i32> = self.firms.iter().map(|f| f.staff).collect();
        let mut words = self.draws.stream(luck::LAYOFFS, self.tick, 1).walk(0);
        let mut unemployed: Vec<u32> = lists.iter().flat_map(|l| &l.0).copied().collect();
        for &i in lists.iter().flat_map(|l| &l.1) {
            let firm = self.households[i as usize].employer as usize;
            let lot = super::below(words.to(i as usize, 0).word(), unseen[firm] as usize);
            unseen[firm] -= 1;
            if (lot as i32) < excess[firm] {
                excess[firm] -= 1;
                self.dismiss(i as usize);
                unemployed.push(i);
            }
        }
        unemployed
    }

    /// Once a year the minimum wage follows prices; contracts below it are raised.
    fn revise_minimum_wage(&mut self) {
        let t = self.prices.len() - 1;
        if t < law::REVISION || !t.is_multiple_of(law::REVISION) {
            return;
        }
        let min = nearest(self.min_wage as f64 * self.prices[t] / self.prices[t - 4]);
        self.min_wage = min;
        let raises = blocks::map_mut(&mut self.households, |_, households| {
            let low = |h: &&mut Household| h.employer != NONE && h.wage < min;
            let raise = |h: &mut Household| (h.employer, min - std::mem::replace(&mut h.wage, min));
            households.iter_mut().filter(low).map(raise).collect::<Vec<_>>()
        });
        for (firm, raise) in raises.into_iter().flatten() {
            self.firms[firm as usize].bill += raise;
        }
    }

    /// Firms with vacancies offer more; nobody offers less than the minimum. Returns offers and vacancies.
    fn offers(&mut self) -> (Vec<i64>, Vec<i32>) {
        let words = self.draws.stream(luck::OFFERS, self.tick, 1);
        let min = self.min_wage;
        let lists = blocks::map_mut(&mut self.firms, |first, firms| {
            let mut words = words.at(first);
            let list = firms.iter_mut().map(|f| {
                let growth = law::H_XI * words.uniform();
                let vacancies = (f.desired - f.staff).max(0);
                if vacancies > 0 {
                    f.offer = nearest(f.offer as f64 * (1.0 + growth));
                }
                f.offer = f.offer.max(min);
                (f.offer, vacancies)
            });
            list.collect::<Vec<_>>()
        });
        lists.into_iter().flatten().unzip()
    }

    /// Every seeker draws firms and ranks them by offer; whose contract ran out asks its last firm first.
    fn applications(&mut self, unemployed: &[u32], offers: &[i64]) -> Vec<Seeker> {
        debug_assert!(offers.iter().all(|&o| o as f64 >= 1e-3 * UNIT));
        let mut words = self.draws.stream(luck::APPLICATIONS, self.tick, law::M as u32).walk(0);
        let list = unemployed.iter().map(|&household| {
            let mut firms = distinct(words.to(household as usize, 0), offers.len());
            firms.sort_by_key(|&f| Reverse(offers[f as usize]));
            let last = std::mem::replace(&mut self.households[household as usize].last, NONE);
            if last != NONE {
                let at = firms.iter().position(|&f| f == last).unwrap_or(law::M - 1);
                firms[..=at].rotate_right(1);
                firms[0] = last;
            }
            Seeker { household, firms }
        });
        list.collect()
    }
}
