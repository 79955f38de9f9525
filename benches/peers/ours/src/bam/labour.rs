//! The labour market: dismissals, applications in rounds.

use super::{Economy, NONE, Seeker, law, luck, nearest, picked};

impl Economy {
    /// Once a year the minimum wage follows prices; contracts below it are raised.
    pub(super) fn revise_minimum_wage(&mut self) {
        let t = self.prices.len() - 1;
        if t < law::REVISION || !t.is_multiple_of(law::REVISION) {
            return;
        }
        let min = nearest(self.min_wage as f64 * self.prices[t] / self.prices[t - 4]);
        self.min_wage = min;
        for i in picked(&self.wages, |&wage| 0 < wage && wage < min) {
            let wage = &mut self.wages[i as usize];
            self.employers[self.employer[i as usize] as usize].bill += min - *wage;
            *wage = min;
        }
    }

    /// Dismissals of those in excess, and as many rounds as a seeker has applications.
    pub(super) fn labour(&mut self) {
        self.dismiss_excess();
        self.apply();
        self.words.open(luck::HIRING, self.tick, law::M * self.seekers.len());
        for round in 0..law::M {
            self.hire(round);
        }
        self.seekers.iter_mut().for_each(|s| s.last = NONE);
    }

    /// Firms with more staff than they want dismiss by lot. The lot is drawn worker by worker, with the chance of those still to
    /// go among those not yet seen (Knuth 3.4.2, algorithm S).
    fn dismiss_excess(&mut self) {
        let staff = self.staff_of_marked();
        self.words.open(luck::LAYOFFS, self.tick, staff.len());
        for household in staff {
            let firm = &mut self.employers[self.employer[household as usize] as usize];
            let lot = self.words.below(firm.waiting) as i32;
            firm.waiting -= 1;
            if lot < -firm.vacancies {
                firm.vacancies += 1;
                self.dismiss(household);
            }
        }
    }

    /// Every seeker draws firms and ranks them by offer; whose contract has just run out asks its last firm first.
    fn apply(&mut self) {
        self.words
            .open(luck::APPLICATIONS, self.tick, law::M * self.seekers.len());
        let n = self.employers.len() as u32;
        for seeker in &mut self.seekers {
            let drawn: [u32; law::M] = self.words.distinct(n);
            let offers = drawn.map(|firm| self.employers[firm as usize].offer);
            let mut firms = by_offer(drawn, offers);
            if seeker.last != NONE {
                // those before its old place, or all but the worst, move back by one
                let mut moved = seeker.last;
                for firm in &mut firms {
                    std::mem::swap(firm, &mut moved);
                    if moved == seeker.last {
                        break;
                    }
                }
            }
            seeker.firms = firms;
        }
    }

    /// One round: all apply at once, and firms with more applicants than vacancies draw lots, as those in excess do.
    fn hire(&mut self, round: usize) {
        for seeker in &self.seekers {
            self.employers[seeker.firms[round] as usize].waiting += 1;
        }
        let end = self.tick + law::THETA - 1;
        self.seekers.retain(|&Seeker { household, firms, .. }| {
            let firm = &mut self.employers[firms[round] as usize];
            let lot = self.words.below(firm.waiting) as i32;
            firm.waiting -= 1;
            let hired = lot < firm.vacancies;
            if hired {
                firm.vacancies -= 1;
                firm.staff += 1;
                firm.bill += firm.offer;
                let i = household as usize;
                (self.employer[i], self.wages[i], self.ends[i]) = (firms[round], firm.offer, end);
            }
            !hired
        });
    }
}

/// Firms in the order of their offers, best first; of equal ones the one drawn first.
fn by_offer(firms: [u32; law::M], offers: [i64; law::M]) -> [u32; law::M] {
    let (mut ranks, mut ordered) = ([0; law::M], [0; law::M]);
    for k in 0..law::M {
        for earlier in 0..k {
            let better = usize::from(offers[earlier] >= offers[k]);
            ranks[k] += better;
            ranks[earlier] += 1 - better;
        }
    }
    for (rank, firm) in ranks.into_iter().zip(firms) {
        ordered[rank % law::M] = firm;
    }
    ordered
}
