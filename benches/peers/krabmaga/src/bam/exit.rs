//! Exit and entry: bankrupt firms and failed banks are replaced.

use super::{Firm, NONE, Shared};
use peers_common::bam as law;
use rand::RngExt;

impl Shared {
    /// Replaces firms that are bankrupt or made nothing.
    pub(super) fn enter(&mut self) {
        let closes = |f: &Firm| f.worth < law::EPS || f.made <= law::EPS;
        let closed: Vec<usize> = (0..self.firms.len()).filter(|&i| closes(&self.firms[i])).collect();
        if closed.is_empty() {
            return;
        }
        for &i in &closed {
            for worker in std::mem::take(&mut self.firms[i].staff) {
                self.dismiss(worker);
            }
        }
        let stays = |x: fn(&Firm) -> f64| self.firms.iter().filter(|f| !closes(f)).map(x).collect::<Vec<f64>>();
        let (mut worths, mut outputs) = (stays(|f| f.worth), stays(|f| f.made));
        assert!(!worths.is_empty(), "the economy has collapsed");
        let employed = self.households.iter().filter(|h| h.employer != NONE);
        let mut wages: Vec<f64> = employed.map(|h| h.wage).collect();
        let worth = law::ENTRANT * trimmed_mean(&mut worths);
        let entrant = Firm {
            price: self.average() * law::ENTRANT_PRICE,
            made: law::ENTRANT * trimmed_mean(&mut outputs),
            offer: (law::ENTRANT * trimmed_mean(&mut wages)).max(self.min_wage),
            worth,
            funds: worth,
            ..Firm::default()
        };
        for i in closed {
            self.firms[i] = entrant.clone();
        }
    }

    /// Banks without equity become copies of others.
    pub(super) fn replace_banks(&mut self) {
        let (sound, failed): (Vec<usize>, Vec<usize>) =
            (0..self.banks.len()).partition(|&b| self.banks[b].equity >= law::EPS);
        assert!(!sound.is_empty(), "all banks have failed");
        for b in failed {
            self.banks[b].equity = self.banks[sound[self.rng.random_range(0..sound.len())]].equity;
            for f in self.firms.iter_mut() {
                let lost = f.loans.iter().filter(|l| l.bank == b).map(|l| l.interest);
                f.interest -= lost.sum::<f64>();
            }
        }
    }
}

/// Mean without the lowest and the highest values.
fn trimmed_mean(x: &mut [f64]) -> f64 {
    let (n, cut) = (x.len(), (law::TRIM * x.len() as f64).round() as usize);
    let mut kept = x;
    if cut > 0 {
        kept = kept.select_nth_unstable_by(cut - 1, f64::total_cmp).2;
        kept = &mut *kept.select_nth_unstable_by(n - 2 * cut, f64::total_cmp).0;
    }
    kept.iter().sum::<f64>() / kept.len().max(1) as f64
}
