//! Public posts and the insurance of own-account workers: the other halves of what households got and paid.

use super::kinds::Kind;
use super::sums::Place;
use super::terms::Resident;
use crate::agents::workers::Status;
use crate::books::{Flow, Tally};
use crate::world::World;

/// What households of one region got from posts and paid to and got from insurance.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Measures {
    /// Pay of public posts [fen].
    pub posts: i64,
    /// Contributions that own-account workers pay [fen].
    pub own: i64,
    /// Contributions that the district pays for them [fen].
    pub subsidy: i64,
    /// What insurance adds to benefits [fen].
    pub insured: i64,
    /// Own-account workers: net income [fen], number; who gave up: income [fen], number.
    pub risk: [i64; 4],
}

impl Measures {
    /// What the households of `place`, who live there on these terms, got and paid.
    pub fn of(place: &Place, terms: &Resident) -> Self {
        let [y, own, subsidy] = terms.own_account;
        let at_work = i64::from(place.heads_of(|k| k.does(Status::OwnAccount)));
        let gave_up = i64::from(place.heads_of(Kind::gave_up));
        Measures {
            posts: place.till.moved(Flow::PostWages),
            own: place.till.moved(Flow::OwnAccountContribution),
            subsidy: at_work * subsidy,
            insured: place.till.moved(Flow::OwnAccountBenefits),
            risk: [
                at_work * (y - own),
                at_work,
                gave_up * terms.benefit.iter().sum::<i64>(),
                gave_up,
            ],
        }
    }
}

/// Districts pay posts and subsidies; the social pools take contributions and pay what insurance adds.
pub(super) fn settle(w: &mut World, t: &mut Tally, by_region: &[Measures]) {
    let pools = w.pension_pools();
    for (r, m) in by_region.iter().enumerate() {
        let bank = w.geography.bank[r] as usize;
        let pool = pools[usize::from(!w.geography.in_city[r])];
        let pool_bank = w.bank_of_government(pool);
        let city = pool == w.municipality();
        let gov = &mut w.governments;
        t.pay_out(Flow::PostWages, bank, &mut gov.deposits[r], m.posts);
        t.pay_out(Flow::ContributionSubsidy, bank, &mut gov.deposits[r], m.subsidy);
        gov.fixed[r] += m.posts + m.subsidy;
        t.pay_in(Flow::ContributionSubsidy, pool_bank, &mut gov.deposits[pool], m.subsidy);
        t.pay_in(Flow::OwnAccountContribution, pool_bank, &mut gov.deposits[pool], m.own);
        t.pay_out(Flow::OwnAccountBenefits, pool_bank, &mut gov.deposits[pool], m.insured);
        gov.revenue[pool] += m.own + m.subsidy;
        if !city {
            gov.fixed[pool] += m.insured;
        }
        w.quarter.post_pay[r] = m.posts;
        w.quarter.own_account[r] = m.risk;
    }
}
