//! Terms of leases and what firms may do with land: flexible terms, renewal, evaluation by output, transfers between
//! firms, conversion, redevelopment. A closed form each.
//!
//! A lease of T years costs P_T = a (1 - e^(-rT)) / r at ground rent a. A firm that closes with chance h a year gets
//! nothing back, so a year of use costs it P_T (r+h) / (1 - e^(-(r+h)T)): more the longer the lease.

use super::Params;
use crate::rules::UrbanLandRules;

/// Present value of a year's unit flow over `term` years at rate `r`.
fn annuity(r: f64, term: f64) -> f64 {
    if r.abs() < 1e-12 {
        term
    } else {
        (1.0 - (-r * term).exp()) / r
    }
}

/// Price of a lease of `term` years over that of `full` years at interest `r`.
fn short_price(r: f64, term: f64, full: f64) -> f64 {
    annuity(r, term) / annuity(r, full)
}

/// Cost of a year of use under a lease of `term` years, over the ground rent, to a firm that closes with chance `h` a
/// year and gets nothing back.
fn cost_of_use(r: f64, h: f64, term: f64) -> f64 {
    annuity(r, term) / annuity(r + h, term)
}

/// What young firms pay on entry for a square metre, over the price of a full term: a share of their leases is short.
pub fn entry_fee(p: &Params, law: &UrbanLandRules, r: f64) -> f64 {
    1.0 - law.flexible_share * (1.0 - short_price(r, p.flexible_term.min(law.lease_term), law.lease_term))
}

/// Cost of a year of use over that under full terms alone, for a young firm that closes with chance `h` a year.
pub fn lease_saving(p: &Params, law: &UrbanLandRules, r: f64, h: f64) -> f64 {
    let short = cost_of_use(r, h, p.flexible_term.min(law.lease_term));
    1.0 - law.flexible_share * (1.0 - short / cost_of_use(r, h, law.lease_term))
}

/// Share of leases that runs out in a year: short ones sooner.
pub fn expiry(p: &Params, law: &UrbanLandRules, young: bool) -> f64 {
    let short = if young { law.flexible_share } else { 0.0 };
    (1.0 - short) / law.lease_term + short / p.flexible_term.min(law.lease_term)
}

/// Holding cost with the cost of renewal over that without: the part of the lease that runs out costs more.
pub fn renewal(law: &UrbanLandRules, r: f64) -> f64 {
    let runs_out = 1.0 / law.lease_term;
    (r + runs_out * (1.0 + law.renewal_cost)) / (r + runs_out)
}

/// Land that the administration admits a firm to that wants `wanted`: blurred by noise whose `luck` is standard normal,
/// with the mean kept.
pub fn admitted(law: &UrbanLandRules, wanted: f64, luck: f64) -> f64 {
    let sd = law.allocation_noise;
    wanted * (sd * luck - 0.5 * sd * sd).exp()
}

/// Yearly fee over the price of land by output: what a square metre makes (`output`) falls short of the sector's mean.
pub fn evaluation_fee(law: &UrbanLandRules, output: f64, mean: f64) -> f64 {
    law.evaluation_fee * (1.0 - output / mean.max(1e-9)).max(0.0)
}

/// Land taken under evaluation of what is on offer (`plain`): above `line` (revenue over the sector's mean output of a
/// square metre) another metre bears the whole fee, which raises the holding cost by the factor `dearer`.
pub fn evaluated(plain: f64, line: f64, dearer: f64) -> f64 {
    plain.min(line.max(plain / dearer))
}

/// Land that a firm offers to others: above wanted / (1 - transfer cost), where what the land makes for it is worth less
/// than the price net of the cost of transfer.
pub fn offered(law: &UrbanLandRules, held: f64, wanted: f64) -> f64 {
    if law.transfer_cost < 1.0 {
        (held - wanted / (1.0 - law.transfer_cost)).max(0.0)
    } else {
        0.0
    }
}

/// Share of land that comes back to the district which is turned to residential use.
pub fn conversion_share(law: &UrbanLandRules) -> f64 {
    1.0 - law.conversion_cost
}

/// What consent to redevelopment leaves of the value of new floor space, over that of the start.
pub fn gain_from_consent(law: &UrbanLandRules, start: &UrbanLandRules) -> f64 {
    (1.0 - law.consent_cost) / (1.0 - start.consent_cost)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn law() -> UrbanLandRules {
        UrbanLandRules {
            lease_term: 40.0,
            allocation_noise: 0.5,
            digital_priority: 0.0,
            renewal_cost: 0.1,
            flexible_share: 1.0,
            evaluation_fee: 0.04,
            transfer_cost: 0.2,
            conversion_cost: 0.9,
            consent_cost: 0.3,
            state_idle_release: 0.0,
            quota_follows_people: 0.0,
            quota_per_settler: 0.0,
        }
    }

    #[test]
    fn the_term_of_a_lease_does_not_matter_to_a_firm_that_stays() {
        assert!((cost_of_use(0.08, 0.0, 40.0) - 1.0).abs() < 1e-12);
        assert!((cost_of_use(0.08, 0.0, 10.0) - 1.0).abs() < 1e-12);
        // with chance .06 of closing: (1 - e^-3.2)/.08 x .14/(1 - e^-5.6) and (1 - e^-.8)/.08 x .14/(1 - e^-1.4)
        assert!((cost_of_use(0.08, 0.06, 40.0) - 1.6850).abs() < 1e-3);
        assert!((cost_of_use(0.08, 0.06, 10.0) - 1.2791).abs() < 1e-3);
    }

    #[test]
    fn under_evaluation_land_stays_on_the_line_or_pays() {
        // below the line the fee does not bind; far above it the dearer cost rules; between, the firm stays on the line
        assert_eq!(evaluated(80.0, 100.0, 1.25), 80.0);
        assert_eq!(evaluated(150.0, 100.0, 1.25), 120.0);
        assert_eq!(evaluated(110.0, 100.0, 1.25), 100.0);
        assert!((evaluation_fee(&law(), 50.0, 100.0) - 0.02).abs() < 1e-12);
        assert_eq!(evaluation_fee(&law(), 150.0, 100.0), 0.0);
    }

    #[test]
    fn land_is_offered_where_its_product_is_below_the_net_price() {
        // marginal product over cost = wanted / held = .5 < .8: down to 50 / .8
        assert!((offered(&law(), 100.0, 50.0) - 37.5).abs() < 1e-9);
        assert_eq!(offered(&law(), 100.0, 90.0), 0.0);
        let mut none = law();
        none.transfer_cost = 1.0;
        assert_eq!(offered(&none, 100.0, 1.0), 0.0);
    }

    #[test]
    fn noise_keeps_the_mean() {
        let n = 20_000;
        let luck = |i: i32| crate::base::stats::normal_quantile((f64::from(i) + 0.5) / f64::from(n));
        let mean = (0..n).map(|i| admitted(&law(), 1.0, luck(i))).sum::<f64>() / f64::from(n);
        assert!((mean - 1.0).abs() < 1e-3, "{mean}");
    }
}
