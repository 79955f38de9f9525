//! What everybody is paid and owes on the same terms, known before anybody is paid.

use super::farmland::Farm;
use super::kinds::{KINDS, Kind};
use crate::agents::firms::{SECTORS, SERVICES};
use crate::agents::workers::{DWELLINGS, FAMILIES, OWNED, Status, persons_with};
use crate::base::blocks;
use crate::base::log::Log;
use crate::books::{Flow, Orders};
use crate::markets::posts;
use crate::world::{GroupTerms, World, benefit, bonus, deposit_interest, housing_share, unit_pay};

/// Terms of all households of a quarter.
pub(super) struct Terms {
    /// By region of the account.
    pub places: Vec<Place>,
    /// By inside region of residence.
    pub residents: Vec<Resident>,
    /// By inside region of the plot.
    pub farms: Vec<Farm>,
    /// What firms pay for an efficiency unit ([`unit_pay`]) [fen].
    pub pay: Vec<f64>,
    /// Distribution of the equity fund to a unit [fen].
    pub unit: f64,
    /// Wage of an efficiency unit of a person, by outside region [fen].
    pub outside_wage: Vec<f64>,
    /// People an agent stands for.
    pub scale: f64,
    /// Smoothing of permanent income.
    pub smoothing: f64,
    /// People of a household by its dependants [twentieths].
    pub people: Box<[f64; FAMILIES]>,
    /// Logarithm.
    pub log: Log,
}

/// Terms of those whose account is in a region.
pub(super) struct Place {
    /// Interest on deposits [1/quarter].
    pub interest: f64,
    /// Pension by old dependants [twentieths] and hukou kind of the family (urban, rural) [fen].
    pub pension: Box<[[i64; 2]; 256]>,
}

/// Terms of residents of an inside region.
pub(super) struct Resident {
    /// What efficiency is worth to employees.
    pub groups: GroupTerms,
    /// Tax on wages [share].
    pub wage_tax: f64,
    /// What households of a kind receive and pay alike.
    pub orders: Orders<KINDS>,
    /// Sales of an own-account worker, its contribution, what the district adds [fen].
    pub own_account: [i64; 3],
    /// Benefit of the unemployed, and what insurance adds for those who gave up own-account work [fen].
    pub benefit: [i64; 2],
    /// Rent or upkeep as a share of permanent income, by dwelling.
    pub housing: [f64; DWELLINGS],
}

impl Terms {
    /// Terms of the quarter when the equity fund distributes `to_units`.
    pub fn new(w: &World, to_units: i64) -> Self {
        let regions = 0..w.geography.inside;
        let pay = blocks::map_firms(w.firms.len(), |_| (), |(), f| unit_pay(w, f, bonus(w, f)));
        Terms {
            places: (0..w.geography.bank.len()).map(|r| Place::new(w, r)).collect(),
            residents: regions.clone().map(|r| Resident::new(w, r)).collect(),
            farms: regions.map(|r| Farm::new(w, r)).collect(),
            pay,
            unit: to_units as f64 / w.fund.units.max(1) as f64,
            outside_wage: w.outside_wage.clone(),
            scale: f64::from(w.scale),
            smoothing: w.params.goods.income_smoothing,
            people: Box::new(std::array::from_fn(persons_with)),
            log: Log::default(),
        }
    }
}

impl Place {
    /// Who neither lives inside nor has a hukou there gets neither interest nor a pension.
    fn new(w: &World, r: usize) -> Self {
        let inside = r < w.geography.inside;
        let each = if inside {
            w.pension[usize::from(!w.geography.in_city[r])]
        } else {
            [0.0; 2]
        };
        Place {
            interest: if inside { deposit_interest(w, r) } else { 0.0 },
            pension: Box::new(std::array::from_fn(|old| each.map(|x| (x * old as f64) as i64))),
        }
    }
}

impl Resident {
    fn new(w: &World, r: usize) -> Self {
        let law = &w.rules[r];
        let own = w.cells.own_revenue[r * SECTORS + SERVICES] / i64::from(w.own_heads[r].max(1));
        let [contribution, subsidy] = posts::contribution(&law.own_account, own as f64);
        let benefit = benefit(w, r);
        let post = (w.params.posts.pay * w.areas.mean_pay[w.geography.area[r] as usize]) as i64;
        let alike = Alike {
            own_account: [own, contribution],
            benefit: [benefit as i64, posts::insured(&law.own_account, own as f64, benefit)],
            post: [post, (post as f64 * law.fiscal.wage_tax) as i64],
            inventor: w.laboratories.inventors[r] / (w.high_skill(r) as i64).max(1),
            dividend: owners_part(w, r),
        };
        Resident {
            groups: GroupTerms::of(w, r),
            wage_tax: law.fiscal.wage_tax,
            orders: alike.orders(),
            own_account: [own, contribution, subsidy],
            benefit: alike.benefit,
            housing: std::array::from_fn(|dwelling| housing_share(w, dwelling, r)),
        }
    }
}

/// What residents of a region get and owe alike.
struct Alike {
    /// Sales of an own-account worker, its contribution [fen].
    own_account: [i64; 2],
    /// Benefit of the unemployed, and what insurance adds for those who gave up own-account work [fen].
    benefit: [i64; 2],
    /// Pay of a public post, wage tax withheld on it [fen].
    post: [i64; 2],
    /// Licence income of a worker of high skill off the farm [fen].
    inventor: i64,
    /// Distribution of the housing fund to a household that owns its dwelling in town [fen].
    dividend: i64,
}

impl Alike {
    /// Standing orders of all kinds.
    fn orders(&self) -> Orders<KINDS> {
        let mut orders = Orders::default();
        for kind in Kind::all() {
            let place = kind.place();
            if kind.does(Status::OwnAccount) {
                orders.receive(place, Flow::OwnAccountSales, self.own_account[0]);
                orders.pay(place, Flow::OwnAccountContribution, self.own_account[1]);
            }
            if kind.does(Status::Unemployed) {
                orders.receive(place, Flow::Benefits, self.benefit[0]);
            }
            if kind.gave_up() {
                orders.receive(place, Flow::OwnAccountBenefits, self.benefit[1]);
            }
            if kind.does(Status::Post) {
                orders.receive(place, Flow::PostWages, self.post[0]);
                orders.pay(place, Flow::WageTax, self.post[1]);
            }
            if kind.high_skill() && !kind.does(Status::Farm) {
                orders.receive(place, Flow::InventorIncome, self.inventor);
            }
            if kind.dwelling() == OWNED {
                orders.receive(place, Flow::HousingDividend, self.dividend);
            }
        }
        orders
    }
}

/// Distribution of the housing fund of region `r` to a household that owns its dwelling [fen].
fn owners_part(w: &World, r: usize) -> i64 {
    let p = &w.params.housing;
    let keep = f64::max(
        p.cash_spent * w.housing.spent[r] as f64,
        p.cash_received * w.housing.received[r] as f64,
    );
    (w.housing.deposits[r] - keep as i64).max(0) / (w.census[r].owners as i64).max(1)
}
