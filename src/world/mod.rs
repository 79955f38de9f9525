//! Everything that persists from quarter to quarter.

mod abatement;
pub mod birth;
mod budgets;
pub mod census;
pub mod checkpoint;
mod efficiency;
mod finance;
mod holdings;
mod households;
mod normal;
mod plots;
mod quarter;
mod quarter_land;
mod resources;
mod rural;
mod sheet;
mod slots;
mod state;
mod technology;

use crate::agents::banks::Banks;
use crate::agents::firms::{Firms, SECTORS};
use crate::agents::funds::{EquityFund, HousingFunds};
use crate::agents::government::{Governments, PublicCapital};
use crate::agents::laboratories::Laboratories;
use crate::agents::workers::{Worker, Workers};
use crate::base::blocks;
use crate::base::draws::{Draws, Stage};
use crate::books::Books;
use crate::markets::computing::Hub;
use crate::markets::farmland;
use crate::markets::goods::{self, TradeShares};
use crate::markets::labour::GroupPrices;
use crate::markets::village_credit::Collectives;
use crate::rules::Rules;
use crate::scenario::behaviour::Behaviour;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::ops::Range;

pub use crate::agents::landholders::{Farming, UrbanLand};
pub use abatement::{Book, abatement_share, permit_books};
pub use budgets::{Budgets, Consumption, Households, Spending, by_good, consumption_of, household_spending};
pub use finance::{
    Desk, accepted_debt, counters, crowding, data_debt, deposit_interest, exit_rate, land_wear, leverage,
    private_scores, raw_score, shock_sd, subsidy, user_cost, village_line, village_rate, wanted_debt, wear, young,
};
pub use holdings::{ALL, Columns, Counted, FARMLAND, FIRMS, MONEY, NOTHING, PEOPLE, holdings};
pub use households::{
    FarmTerms, Farmland, GroupTerms, away_wage, benefit, bonus, efficiency_used, farm_output, farm_rent, home_class,
    housing_share, pay, pension, pension_class, pension_gain, plot_value, service_level, smooth_group_means, unit_pay,
};
pub use plots::PlotsIn;
pub use quarter::{COHORTS, Quarter};
pub use quarter_land::LandQuarter;
pub use resources::{
    GRIDS, Permits, Power, ResourceCounts, cell_gain, grid_of, permit_leverage, power_from_outside, power_law,
    power_price, resource_gain,
};
pub use rural::{RuralLand, home_of, plots};
pub use sheet::balance_sheet;
pub use slots::Slots;
pub use state::{Areas, Cells, Geography, Places};
pub use technology::{
    is_small, is_young, know_how, knowledge_wanted, licence_chance, licence_offer, licence_rate, own_productivity,
    pledged_knowledge, research_plan, research_terms, stationary_licence,
};

/// The whole economy.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct World {
    /// Quarter: 0 is the first measured one, burn-in is negative.
    pub tick: i64,
    /// People a worker agent stands for.
    pub scale: u32,
    /// Draws of this replication.
    pub seed: u64,
    /// Regions.
    pub geography: Geography,
    /// Behaviour.
    pub params: Behaviour,
    /// Rules of the running quarter by inside region.
    pub rules: Vec<Rules>,
    /// Workers.
    pub workers: Workers,
    /// Empty worker slots.
    pub free: Slots,
    /// Firms.
    pub firms: Firms,
    /// First firm of every cell (length cells + 1).
    pub cell_start: Vec<u32>,
    /// Housing funds.
    pub housing: HousingFunds,
    /// Equity fund.
    pub fund: EquityFund,
    /// Share of the fund owned outside.
    pub outside_ownership: f64,
    /// Share of farm value added that farm households get.
    pub farm_household_share: f64,
    /// Governments.
    pub governments: Governments,
    /// Public capital.
    pub public_capital: PublicCapital,
    /// Weights of districts in transfers from the municipality (start need).
    pub transfer_weight: Vec<f64>,
    /// Banks.
    pub banks: Banks,
    /// Cells.
    pub cells: Cells,
    /// Prices by good and inside region.
    pub price: Vec<Vec<f64>>,
    /// Trade.
    pub trade: TradeShares,
    /// Farming.
    pub farming: Farming,
    /// Urban land.
    pub land: UrbanLand,
    /// Places.
    pub places: Places,
    /// Residents of every inside region at the last settlement.
    pub census: Vec<census::Residents>,
    /// Areas.
    pub areas: Areas,
    /// Group prices.
    pub groups: GroupPrices,
    /// Pension by hukou kind (urban, rural) and social pool (city, others) [fen per quarter and twentieth of an
    /// old dependant of one agent].
    pub pension: [[f64; 2]; 2],
    /// Mean and standard deviation of raw credit scores at the start.
    pub score_norm: [f64; 2],
    /// Median loan per firm at the start [fen].
    pub median_loan: f64,
    /// Own-account workers by inside region [agents].
    pub own_heads: Vec<u32>,
    /// Pay for shared data expected by holders, by sector [fen per unit].
    pub data_pay: Vec<f64>,
    /// Laboratories, and what is normal of technology.
    pub laboratories: Laboratories,
    /// Clearing houses' account [fen]: zero at the end of a quarter.
    pub clearing: i64,
    /// Outside wage per efficiency unit and person, by outside region [fen per quarter].
    pub outside_wage: Vec<f64>,
    /// Income per head at the start, to which food shares are relative [fen per quarter].
    pub mean_head_income: f64,
    /// The running quarter.
    pub quarter: Quarter,
    /// Books.
    pub books: Books,
    /// Computing hub.
    pub hub: Hub,
    /// Village collectives.
    pub collectives: Collectives,
    /// Power.
    pub power: Power,
    /// Permits.
    pub permits: Permits,
    /// Rural construction land.
    pub rural: RuralLand,
}

impl World {
    /// Draws of this replication.
    pub fn draws(&self) -> Draws {
        Draws::new(self.seed)
    }

    /// The tick as a stream index (burn-in included).
    pub fn stream_tick(&self) -> u32 {
        (self.tick + 1_000_000) as u32
    }

    /// Takes an empty slot: the first at or after a drawn place, so that who else came or left hardly changes which;
    /// makes room for one worker in 64 when there is none.
    pub fn empty_slot(&mut self, place: u32) -> usize {
        if self.free.is_empty() {
            let n = self.workers.len();
            for i in n..n + n / 64 + 1 {
                self.workers.push(Worker::empty());
                self.free.insert(i as u32);
            }
        }
        let place = ((u64::from(place) * self.workers.len() as u64) >> 32) as u32;
        self.free.take_from(place).unwrap_or_default() as usize
    }

    /// Region where a worker's account is: people away bank where their hukou is.
    #[inline]
    pub fn account_place(&self, i: usize) -> usize {
        self.geography
            .account_place(self.workers.region[i], self.workers.hukou[i])
    }

    /// Bank of a worker's account.
    #[inline]
    pub fn bank_of_worker(&self, i: usize) -> usize {
        self.geography.bank[self.account_place(i)] as usize
    }

    /// Value of a fund unit to a household: its share of the fund's deposits and of firms' capital at start prices
    /// [fen].
    pub fn fund_value_per_unit(&self) -> f64 {
        let f = &self.firms;
        let net: f64 = (0..f.len())
            .filter(|&i| !f.state[i])
            .map(|i| f.capital[i] + f.deposits[i] as f64 - f.debt[i] as f64)
            .sum();
        (1.0 - self.outside_ownership) * (net + self.fund.deposits as f64) / self.fund.units.max(1) as f64
    }

    /// Government that owns the state firms of a region: the municipality for its districts.
    pub fn state_owner(&self, region: usize) -> usize {
        if self.geography.in_city[region] {
            self.municipality()
        } else {
            region
        }
    }

    /// Governments that run the social pools of the city and of the regions elsewhere.
    pub fn pension_pools(&self) -> [usize; 2] {
        let m = self.municipality();
        [m, self.geography.in_city.iter().position(|c| !c).unwrap_or(m)]
    }

    /// Firms of cell `c`.
    #[inline]
    pub fn firms_of(&self, c: usize) -> Range<usize> {
        self.cell_start[c] as usize..self.cell_start[c + 1] as usize
    }

    /// Firms of inside region `r`.
    pub fn firms_of_region(&self, r: usize) -> Range<usize> {
        self.firms_of(r * SECTORS).start..self.firms_of((r + 1) * SECTORS - 1).end
    }

    /// Lets the land of all plots for a year.
    pub fn lease_farmland(&mut self) -> Vec<farmland::Leases> {
        let tenure = self.draws().stream(Stage::Tenure, 0, 2);
        let villages = farmland::Villages {
            region: &self.farming.village_region,
            returned_m2: &self.farming.returned_m2,
            pool: &self.geography.in_city,
        };
        let scale = f64::from(self.scale);
        farmland::lease(
            &self.params.farmland,
            &self.rules,
            villages,
            &mut self.workers,
            scale,
            &tenure,
        )
    }

    /// Agents employed by area of the firm.
    pub fn heads_by_area(&self) -> Vec<f64> {
        let of_cell = |c: usize| {
            self.firms.heads[self.firms_of(c)]
                .iter()
                .map(|&n| f64::from(n))
                .sum::<f64>()
        };
        let mut heads = vec![0.0; self.geography.areas];
        for (c, of_cell) in blocks::map_each(self.cell_count(), of_cell).into_iter().enumerate() {
            heads[self.geography.area[c / SECTORS] as usize] += of_cell;
        }
        heads
    }

    /// Weight of own-account workers in the sales of cell `c` (services only): start weight x people^rho.
    pub fn own_account_weight(&self, c: usize) -> f64 {
        let people = f64::from(self.own_heads[c / SECTORS]) * f64::from(self.scale);
        self.cells.own_weight[c] * people.powf(self.cells.technology[c].rho())
    }

    /// Smoothed operating profit of a firm of mean own size in cell `c` [fen per quarter].
    pub fn firm_value(&self, c: usize) -> f64 {
        let profit: f64 = self.firms.profit[self.firms_of(c)].iter().sum();
        profit / self.effective_firms(c).max(1e-9)
    }

    /// Firms of cell `c` by the size that each has by its own level of productivity: a small firm counts as part of a
    /// mean one.
    pub fn effective_firms(&self, c: usize) -> f64 {
        self.firms_of(c)
            .map(|f| self.firms.weight[f] * self.firms.own_size[f])
            .sum()
    }

    /// Bank of a government's account.
    pub fn bank_of_government(&self, g: usize) -> usize {
        if g == self.municipality() {
            0
        } else {
            self.geography.bank[g] as usize
        }
    }

    /// Dependants of inside region `r` that kin look after [agents], by home: 0 town, 1 village.
    pub fn kin_cared(&self, r: usize, home: usize) -> f64 {
        let [old, young] = self.places.left_behind[r][home];
        (old + young) as f64 / 20.0
    }

    /// Number of cells.
    pub fn cell_count(&self) -> usize {
        self.geography.inside * SECTORS
    }

    /// Share of sales that data bring, rho eta.
    pub fn rho_eta(&self) -> f64 {
        let p = &self.params.firms;
        (p.sigma - 1.0) / p.sigma * p.data_exponent
    }

    /// Index of the municipality's account.
    pub fn municipality(&self) -> usize {
        self.geography.inside
    }

    /// Price index of capital goods in a region (Cobb-Douglas of industry and digital goods).
    pub fn capital_price(&self, buyer: &[Vec<f64>], region: usize) -> f64 {
        let a = self.params.goods.capital_industry_share;
        buyer[1][region].powf(a) * buyer[3][region].powf(1.0 - a)
    }

    /// Price index of research in a region (Cobb-Douglas of digital goods and services).
    pub fn research_price(&self, buyer: &[Vec<f64>], region: usize) -> f64 {
        let a = self.params.technology.digital_share;
        buyer[3][region].powf(a) * buyer[2][region].powf(1.0 - a)
    }

    /// Prices that buyers in every region pay, by good.
    pub fn buyer_prices(&self) -> Vec<Vec<f64>> {
        let e = self.params.goods.trade_elasticity;
        let share = self.trade_shares();
        (0..self.price.len())
            .map(|s| goods::buyer_prices(&share[s], &self.price[s], e, self.geography.inside))
            .collect()
    }

    /// Trade shares `[good][origin][destination]` at what goods of other regions cost under the law of the quarter.
    pub fn trade_shares(&self) -> Cow<'_, [Vec<Vec<f64>>]> {
        let cost = |rules: &Rules| 1.0 + rules.trade.border_cost;
        let now = self.rules.iter().zip(&self.places.start_rules);
        let relative: Vec<f64> = now.map(|(now, start)| cost(now) / cost(start)).collect();
        let mut share = Cow::Borrowed(&self.trade.share[..]);
        if relative.iter().any(|&x| x != 1.0) {
            for share in share.to_mut() {
                goods::at_border_cost(share, &relative, self.params.goods.trade_elasticity);
            }
        }
        share
    }
}
