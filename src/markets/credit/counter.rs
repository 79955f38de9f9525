//! A bank's counter: what it makes of scores, what loans cost, and how a borrower and the bank decide.

use super::{Params, cost_of_funds, renewal_cost, signal_weight};
use crate::base::stats::{normal_cdf, normal_quantile};
use crate::rules::CreditRules;

/// What a firm brings to the bank.
#[derive(Clone, Copy, Debug)]
pub struct Borrower {
    /// True standardised score.
    pub score: f64,
    /// Mean score of its size class.
    pub class_mean: f64,
    /// Loan wanted by one firm [fen].
    pub loan: f64,
    /// Loan wanted by the median firm [fen].
    pub median_loan: f64,
    /// State-held.
    pub state: bool,
    /// Reading error of the bank, standard normal.
    pub reading: f64,
    /// Already has a bank: a renewal costs nothing.
    pub known: bool,
}

/// Outcome of a borrower's visit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Decision {
    /// Whether it applied.
    pub applied: bool,
    /// Whether it got the loan.
    pub approved: bool,
    /// Rate offered [1/year].
    pub rate: f64,
}

/// The bank of a region under its law, before it has met anybody.
#[derive(Clone, Debug)]
pub struct Counter<'a> {
    p: &'a Params,
    law: &'a CreditRules,
    /// Weight omega of the firm's own signal.
    omega: f64,
    /// Standard deviation of the noise in what the bank reads.
    noise: f64,
    /// Threshold c of default: such that the mean over scores, standard normal, is the mean default probability.
    threshold: f64,
    /// sqrt(1 + k^2 variance) of the posterior, whose prior variance is one.
    spread: f64,
    /// Posterior at which default is at the limit.
    cut: f64,
    /// Cost of a loan without default [1/year].
    funds: f64,
    /// What is recovered of a loan in default: it comes when the loan is written off, and is discounted until then.
    recovered: f64,
}

impl<'a> Counter<'a> {
    /// The counter that `law` leaves.
    pub fn new(p: &'a Params, law: &'a CreditRules) -> Self {
        let omega = signal_weight(law);
        let threshold = normal_quantile(p.mean_default) * (1.0 + p.default_slope.powi(2)).sqrt();
        let spread = (1.0 + p.default_slope.powi(2) * (1.0 - omega)).sqrt();
        let funds = cost_of_funds(p, law) + p.operating_cost;
        Counter {
            p,
            law,
            omega,
            noise: law.signal_noise.sqrt(),
            threshold,
            spread,
            cut: (threshold - normal_quantile(p.default_limit) * spread) / p.default_slope,
            funds,
            recovered: (1.0 - p.loss_given_default) * (1.0 + funds).powf(-law.write_off_delay),
        }
    }

    /// Probability of default of a firm whose score is believed N(posterior, variance) [1/year]:
    /// E Phi(c - k x) = Phi((c - k posterior) / sqrt(1 + k^2 variance)). By iterated expectations better information
    /// spreads these probabilities but leaves their mean unchanged.
    pub fn default_probability(&self, posterior: f64) -> f64 {
        normal_cdf((self.threshold - self.p.default_slope * posterior) / self.spread)
    }

    /// Competitive loan rate [1/year]; with full information and F = 0 it is the risk-neutral rate.
    pub fn loan_rate(&self, default: f64, loan: f64, state: bool) -> f64 {
        let pd = default.min(0.5);
        let gross = (1.0 + self.funds - pd * self.recovered) / (1.0 - pd);
        let fixed = self.law.fixed_cost * 100.0 / loan.max(1.0);
        gross - 1.0 + fixed.min(self.p.largest_fee) - if state { self.law.state_guarantee } else { 0.0 }
    }

    /// A borrower decides, then the bank.
    pub fn visit(&self, b: &Borrower) -> Decision {
        let (p, law, omega, noise) = (self.p, self.law, self.omega, self.noise);
        let expected = omega * b.score + (1.0 - omega) * b.class_mean;
        let posterior = expected + omega * noise * b.reading;
        let hope = if b.state || omega * noise < 1e-9 {
            f64::from(u8::from(b.state || expected >= self.cut))
        } else {
            normal_cdf((expected - self.cut) / (omega * noise))
        };
        let rate = self.loan_rate(self.default_probability(posterior), b.loan, b.state);
        let expected_rate = self.loan_rate(self.default_probability(expected), b.loan, b.state);
        let gain = hope * (p.informal_rate - expected_rate - renewal_cost(p, law)).max(0.0) * b.loan;
        let cost = if b.known {
            0.0
        } else {
            (1.0 - law.first_loan_relief) * law.application_cost * b.median_loan
        };
        let applied = b.state || (gain > cost && b.loan > 0.0);
        Decision {
            applied,
            approved: applied && (b.state || posterior >= self.cut),
            rate,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::outside_rate;
    use super::super::tests::{law, params};
    use super::*;

    #[test]
    fn full_information_gives_the_risk_neutral_loan() {
        // lender breaks even: (1-PD)(1+r) + PD (1-LGD) = 1 + r_f + c
        let (p, l) = (params(), law(0.0));
        for score in [-1.0, 0.0, 2.0] {
            let counter = Counter::new(&p, &l);
            let pd = counter.default_probability(score);
            let r = counter.loan_rate(pd, 1e9, false);
            let back = (1.0 - pd) * (1.0 + r) + pd * (1.0 - p.loss_given_default);
            assert!((back - 1.0 - p.policy_rate - p.operating_cost).abs() < 1e-12);
        }
    }

    #[test]
    fn a_late_write_off_costs_the_borrower_what_the_bank_loses_by_waiting() {
        let (p, mut l) = (params(), law(0.0));
        let pd = 0.04;
        let prompt = Counter::new(&p, &l).loan_rate(pd, 1e12, false);
        l.write_off_delay = 3.0;
        let late = Counter::new(&p, &l).loan_rate(pd, 1e12, false);
        let wait = 1.0 - (1.0f64 + p.policy_rate + p.operating_cost).powi(-3);
        let expected = pd * (1.0 - p.loss_given_default) * wait / (1.0 - pd);
        assert!((late - prompt - expected).abs() < 1e-12);
    }

    #[test]
    fn funds_from_outside_lower_the_rate_of_a_safe_loan_by_their_share_of_the_discount() {
        let (p, mut l) = (params(), law(0.0));
        let before = Counter::new(&p, &l).loan_rate(0.0, 1e12, false);
        l.outside_share = 0.2;
        let after = Counter::new(&p, &l).loan_rate(0.0, 1e12, false);
        assert!((before - after - 0.2 * p.outside_discount).abs() < 1e-15);
        assert!((outside_rate(&p) - 0.015).abs() < 1e-15);
    }

    #[test]
    fn information_spreads_default_probabilities_but_not_their_mean() {
        let p = params();
        let mean = |omega: f64| {
            let n = 4000;
            let l = law(1.0 / omega - 1.0);
            let counter = Counter::new(&p, &l);
            let posterior = |i: i32| omega.sqrt() * normal_quantile((f64::from(i) + 0.5) / f64::from(n));
            (0..n).map(|i| counter.default_probability(posterior(i))).sum::<f64>() / f64::from(n)
        };
        for omega in [0.2, 0.5, 0.9] {
            assert!(
                (mean(omega) / p.mean_default - 1.0).abs() < 0.02,
                "{omega} {}",
                mean(omega)
            );
        }
    }

    #[test]
    fn better_information_brings_good_firms_of_opaque_classes_to_the_bank() {
        let p = params();
        let approved = |noise: f64| {
            let n = 2000;
            let l = law(noise);
            let counter = Counter::new(&p, &l);
            (0..n)
                .filter(|&i| {
                    let reading = normal_quantile((f64::from(i) + 0.5) / f64::from(n));
                    let b = Borrower {
                        score: 1.0,
                        class_mean: -3.0,
                        loan: 1e8,
                        median_loan: 1e8,
                        state: false,
                        reading,
                        known: false,
                    };
                    counter.visit(&b).approved
                })
                .count()
        };
        assert!(approved(0.2) > 2 * approved(3.0));
    }
}
