//! The labour market: dismissals, applications in rounds.

use super::luck::{self, Luck};
use super::{Economy, NONE, Picked, TOGETHER, law, nearest, runs};
use std::hint::select_unpredictable;

impl Economy {
    /// Once a year the minimum wage follows prices; contracts below it are raised.
    pub(super) fn revise_minimum_wage(&mut self) {
        let t = self.prices.len() - 1;
        if t < law::REVISION || !t.is_multiple_of(law::REVISION) {
            return;
        }
        let min = nearest(self.min_wage as f64 * self.prices[t] / self.prices[t - 4]);
        self.min_wage = min;
        for run in runs(self.wages.len()) {
            let (wages, employer) = (&mut self.wages[run.clone()], &self.employer[run]);
            for k in Picked::of(wages, |&wage| (0 < wage) & (wage < min)).iter() {
                self.employers[employer[k] as usize].bill += min - wages[k];
                wages[k] = min;
            }
        }
    }

    /// Dismissals of those in excess, and as many rounds as a seeker has applications.
    pub(super) fn labour(&mut self) {
        self.dismiss_excess();
        self.apply();
        self.words.open(luck::HIRING, self.tick, 2 * self.seekers.len());
        for round in 0..law::M {
            self.hire(round);
        }
        self.seekers.iter_mut().for_each(|s| s.last = NONE);
    }

    /// Firms with more staff than they want dismiss by lot. The lot is drawn worker by worker, with the chance of those still to
    /// go among those not yet seen (Knuth 3.4.2, algorithm S).
    fn dismiss_excess(&mut self) {
        self.words.open(luck::LAYOFFS, self.tick, self.savings.len() / 10);
        for run in runs(self.employer.len()) {
            let first = run.start;
            for household in self.staff_of_marked(run).iter().map(|k| first + k) {
                let firm = &mut self.employers[self.employer[household] as usize];
                let lot = self.words.below(firm.waiting) as i32;
                firm.waiting -= 1;
                if lot < -firm.vacancies {
                    firm.vacancies += 1;
                    self.dismiss(household as u32);
                }
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
            // those before its old place, or all but the worst, move back by one
            let (mut moved, mut moves) = (seeker.last, seeker.last != NONE);
            for firm in &mut firms {
                let here = *firm;
                *firm = select_unpredictable(moves, moved, here);
                moved = here;
                moves &= here != seeker.last;
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
        let ending = &mut self.hired[(end % law::THETA) as usize];
        let mut kept = 0;
        for first in (0..self.seekers.len()).step_by(TOGETHER) {
            let asking = first..(first + TOGETHER).min(self.seekers.len());
            let (seekers, employers) = (&mut self.seekers, &mut self.employers);
            // who is hired nobody can guess: all is written, and counts if it is meant
            let (mut hired, mut number) = ([(0, 0); TOGETHER], 0);
            self.words.ahead(asking.len(), |luck| {
                for k in asking {
                    let seeker = seekers[k];
                    let firm = &mut employers[seeker.firms[round] as usize];
                    let lot = luck.below(firm.waiting) as i32;
                    firm.waiting -= 1;
                    let lucky = lot < firm.vacancies;
                    firm.vacancies -= i32::from(lucky);
                    firm.staff += i32::from(lucky);
                    firm.bill += select_unpredictable(lucky, firm.offer, 0);
                    hired[number % TOGETHER] = (seeker.household, seeker.firms[round]);
                    number += usize::from(lucky);
                    seekers[kept] = seeker;
                    kept += usize::from(!lucky);
                }
            });
            for &(household, firm) in &hired[..number] {
                let (i, wage) = (household as usize, self.employers[firm as usize].offer);
                (self.employer[i], self.wages[i], self.ends[i]) = (firm, wage, end);
                ending[i / 64] |= 1 << (i % 64);
            }
        }
        self.seekers.truncate(kept);
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
