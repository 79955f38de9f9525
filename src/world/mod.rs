//! Everything that persists from quarter to quarter.

pub mod birth;
pub mod census;
pub mod checkpoint;
mod holdings;
mod sheet;

use crate::agents::firms::{Firms, Technology};
use crate::agents::funds::{EquityFund, HousingFunds};
use crate::agents::government::Governments;
use crate::agents::workers::{GROUPS, Status, Worker, Workers};
use crate::base::draws::{Draws, Stage};
use crate::books::{BANKS, Books};
use crate::markets::goods::{DepositTargets, TradeShares};
use crate::markets::labour::GroupPrices;
use crate::rules::Rules;
use crate::scenario::behaviour::Behaviour;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

pub use holdings::holdings;
pub use sheet::balance_sheet;

/// Names and constant facts of the regions. Inside regions come first, outside regions after.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Geography {
    /// Ids of all regions.
    pub ids: Vec<String>,
    /// Number of inside regions.
    pub inside: usize,
    /// Inside regions of the city (districts); the others are inside but not of the city.
    pub in_city: Vec<bool>,
    /// Labour-market area by inside region.
    pub area: Vec<u8>,
    /// Number of areas.
    pub areas: usize,
    /// Region group by region.
    pub group: Vec<u8>,
    /// Names of the groups.
    pub group_names: Vec<String>,
    /// Bank by region; people outside bank with their hukou region's bank.
    pub bank: Vec<u8>,
}

impl Geography {
    /// Number of regions, inside and outside.
    pub fn all(&self) -> usize {
        self.ids.len()
    }
}

/// State of the cells (inside region x firm sector).
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Cells {
    /// Technology.
    pub technology: Vec<Technology>,
    /// Wage at the start [fen per quarter, efficiency unit, person].
    pub start_wage: Vec<f64>,
    /// Demand that firms believe in: X P^(sigma-1) [fen].
    pub belief: Vec<f64>,
    /// Own-account output weight of the cell (services only): start CES weight of the pseudo-firm.
    pub own_weight: Vec<f64>,
    /// Revenue of own-account workers in the quarter [fen].
    pub own_revenue: Vec<i64>,
    /// Output quantity (CES aggregate) of the quarter.
    pub quantity: Vec<f64>,
    /// Firms at the start.
    pub start_firms: Vec<f64>,
    /// Firms at the start over firms now.
    pub variety: Vec<f64>,
    /// Mean expected profit per firm at the start [fen per quarter].
    pub start_value: Vec<f64>,
}

/// State of farming by inside region.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Farming {
    /// Technology A.
    pub a: Vec<f64>,
    /// Rent [fen per m2 and quarter].
    pub rent: Vec<f64>,
    /// Rent at the start.
    pub start_rent: Vec<f64>,
    /// Output of the quarter [units].
    pub output: Vec<f64>,
    /// Revenue of the quarter [fen].
    pub revenue: Vec<i64>,
    /// Land of the collectives' pool [m2].
    pub pool_m2: Vec<i64>,
    /// Idle plots [m2].
    pub idle_m2: Vec<i64>,
    /// Land leased [m2].
    pub leased_m2: Vec<i64>,
    /// All contracted land [m2].
    pub contracted_m2: Vec<i64>,
    /// Region by village.
    pub village_region: Vec<u8>,
    /// Land that converts returned to their collective, by village [m2].
    pub returned_m2: Vec<i64>,
}

/// State of urban land by inside region.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct UrbanLand {
    /// Industrial and commercial price [fen per m2].
    pub price: Vec<f64>,
    /// Residential price [fen per m2].
    pub residential_price: Vec<f64>,
    /// Residential land price over dwelling price at the start.
    pub price_to_dwelling: Vec<f64>,
    /// Tax stream of a square metre capitalised at the start [fen per m2].
    pub tax_value: Vec<f64>,
    /// Local production tax per m2 at the start [fen per quarter].
    pub tax_per_m2: Vec<f64>,
    /// Reserve [m2].
    pub reserve_m2: Vec<i64>,
}

/// What movers know, and what held at the start.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Places {
    /// Log start shares by origin and hukou kind (index origin * 2 + rural), over all regions then the farm at home.
    pub log_share: Vec<Vec<f64>>,
    /// News of income of non-farm residents by inside region and group [fen per quarter and person].
    pub income: Vec<[f64; GROUPS]>,
    /// News of farm income by inside region [fen per quarter and person].
    pub farm_income: Vec<f64>,
    /// The same at the start.
    pub start_income: Vec<[f64; GROUPS]>,
    /// The same at the start.
    pub start_farm_income: Vec<f64>,
    /// Price index of consumption by inside region.
    pub price: Vec<f64>,
    /// The same at the start.
    pub start_price: Vec<f64>,
    /// Service level by inside region: purchases per served person.
    pub service: Vec<f64>,
    /// The same at the start.
    pub start_service: Vec<f64>,
    /// Housing rent at the start [fen per m2 and quarter].
    pub start_rent: Vec<f64>,
    /// Rules of the start, by inside region.
    pub start_rules: Vec<Rules>,
    /// Workers outside who may come, by outside region and hukou kind (urban, rural) [persons].
    pub outside_people: Vec<[f64; 2]>,
    /// Chance in a quarter that one of them reviews where to live.
    pub outside_review: f64,
    /// Share of high skill among the young, by hukou region and kind (origin * 2 + rural).
    pub high_share: Vec<f64>,
    /// Mean dependants by inside region and home (village, native in town, migrant): old, young [twentieths of a
    /// person].
    pub family: Vec<[[f64; 2]; 3]>,
    /// Dependants looked after by kin, by inside region and home (town, village): old, young [twentieths of an
    /// agent].
    pub left_behind: Vec<[[i64; 2]; 2]>,
    /// Share of rural hukou holders off the farm at home who live in the village, by inside region.
    pub village_share: Vec<f64>,
    /// Share of migrants who rent from the housing fund, by inside region.
    pub tenant_share: Vec<f64>,
    /// Value of leasing the plot relative to farm income at the start.
    pub land_value: Vec<f64>,
}

/// State of labour-market areas.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Areas {
    /// Unemployment rate at the start.
    pub start_unemployment: Vec<f64>,
    /// Unemployment rate of the last quarter.
    pub unemployment: Vec<f64>,
    /// Normal share of openings that stay unfilled.
    pub normal_unfilled: Vec<f64>,
    /// Mean pay of employees per agent in the last quarter [fen].
    pub mean_pay: Vec<f64>,
    /// The same at the start.
    pub start_pay: Vec<f64>,
    /// Income of own-account workers relative to mean pay at the start.
    pub own_ratio: Vec<f64>,
    /// Quarterly chance that an unemployed worker turns to own-account work at the start.
    pub own_entry: Vec<f64>,
    /// Supply of efficiency by group.
    pub supply: Vec<[f64; GROUPS]>,
    /// Employment (heads) at the start.
    pub start_heads: Vec<f64>,
}

/// What a quarter did, for the measures; reset by the law stage.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Quarter {
    /// Household income by inside region: urban, rural [fen].
    pub income: Vec<[i64; 2]>,
    /// People by inside region: urban, rural, dependants included [agents x persons].
    pub persons: Vec<[f64; 2]>,
    /// Wages by inside region of residence and group [fen].
    pub wages: Vec<[i64; GROUPS]>,
    /// Wage earners by inside region and group [agents].
    pub earners: Vec<[u32; GROUPS]>,
    /// Status counts by inside region: farm, employed, own-account, unemployed [agents].
    pub status: Vec<[u32; 4]>,
    /// Conversions of hukou by destination [agents].
    pub conversions: Vec<u32>,
    /// Moves between regions by destination [agents].
    pub moves: Vec<u32>,
    /// Moves between farm and non-farm at home, by region [agents].
    pub farm_moves: Vec<u32>,
    /// Hires by area [agents].
    pub hires: Vec<u32>,
    /// Openings by area [agents].
    pub openings: Vec<u32>,
    /// Openings left by area [agents].
    pub unfilled: Vec<u32>,
    /// Private firms that considered a loan, applied, were refused, got a first loan, hold a loan [firms].
    pub credit: [f64; 5],
    /// Loans written off [fen].
    pub written_off: i64,
    /// Firms closed, opened, insolvent [firms].
    pub demography: [f64; 3],
    /// Data bought [fen].
    pub data_bought: i64,
    /// Share of data shared, by sector.
    pub data_shared: [f64; 3],
    /// Spending by inside region and good [fen].
    pub spending: Vec<Vec<i64>>,
    /// Exports by good [fen].
    pub exports: Vec<i64>,
    /// Imports [fen].
    pub imports: i64,
    /// Investment [fen].
    pub investment: i64,
    /// Consumption [fen].
    pub consumption: i64,
    /// Sum of log wages and number by cohort [log fen, agents].
    pub cohort_wage: Vec<[f64; 2]>,
}

impl Quarter {
    /// Zero counters of the right lengths.
    pub fn empty(w: &World) -> Self {
        let inside = w.geography.inside;
        Quarter {
            income: vec![[0; 2]; inside],
            persons: vec![[0.0; 2]; inside],
            wages: vec![[0; GROUPS]; inside],
            earners: vec![[0; GROUPS]; inside],
            status: vec![[0; 4]; inside],
            conversions: vec![0; inside],
            moves: vec![0; inside],
            farm_moves: vec![0; inside],
            hires: vec![0; w.geography.areas],
            openings: vec![0; w.geography.areas],
            unfilled: vec![0; w.geography.areas],
            cohort_wage: vec![[0.0; 2]; COHORTS],
            ..Quarter::default()
        }
    }
}

/// Frozen cohorts: region group (8) x hukou kind (2) x nativity (2) x skill (2).
pub const COHORTS: usize = 64;

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
    pub free: BTreeSet<u32>,
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
    /// Weights of districts in transfers from the municipality (start need).
    pub transfer_weight: Vec<f64>,
    /// Bank equity [fen].
    pub bank_equity: [i64; BANKS],
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
        let next = self.free.range(place..).next().or(self.free.first()).copied();
        let i = next.unwrap_or_default();
        self.free.remove(&i);
        i as usize
    }

    /// Bank of a worker's account.
    #[inline]
    pub fn bank_of_worker(&self, i: usize) -> usize {
        let r = self.workers.region[i] as usize;
        let r = if r < self.geography.inside {
            r
        } else {
            self.workers.hukou[i] as usize
        };
        self.geography.bank[r] as usize
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

    /// Feedback of the burn-in, never used in measured quarters: what is normal is learned (what movers compare with
    /// at once, what firms and wages compare with slowly), so that nobody
    /// moves, hires or enters because birth and the running economy differ by a fraction of a per cent.
    pub fn adapt(&mut self) {
        let speed = self.params.birth.learning;
        let learn = |normal: &mut f64, now: f64| *normal += speed * (now - *normal);
        let outside_review = self.review_rate_of_outsiders();
        let places = &mut self.places;
        places.outside_review = outside_review;
        places.start_income.clone_from(&places.income);
        places.start_farm_income.clone_from(&places.farm_income);
        places.start_price.clone_from(&places.price);
        places.start_service.clone_from(&places.service);
        places.start_rent.clone_from(&self.housing.rent);
        self.farming.start_rent.clone_from(&self.farming.rent);
        let firms = &self.firms;
        for c in 0..self.cell_start.len() - 1 {
            let range = self.cell_start[c] as usize..self.cell_start[c + 1] as usize;
            let (profit, mass) = range.fold((0.0, 0.0), |(s, m), f| (s + firms.profit[f], m + firms.weight[f]));
            learn(&mut self.cells.start_value[c], profit / f64::max(mass, 1.0));
        }
        let mut heads = vec![0.0; self.geography.areas];
        for f in 0..firms.len() {
            heads[self.geography.area[firms.region(f)] as usize] += f64::from(firms.heads[f]);
        }
        for (a, now) in heads.into_iter().enumerate() {
            learn(&mut self.areas.start_heads[a], now);
            learn(&mut self.areas.start_unemployment[a], self.areas.unemployment[a]);
        }
        for a in 0..self.geography.areas {
            let openings = f64::from(self.quarter.openings[a]);
            if openings > 0.0 {
                let seen = f64::from(self.quarter.unfilled[a]) / openings;
                learn(&mut self.areas.normal_unfilled[a], seen);
            }
        }
    }

    /// Mean chance of a review in a quarter over workers whose hukou is outside and who live inside: as they leave, so
    /// others come, and the stock of people from outside stays while nothing changes.
    pub fn review_rate_of_outsiders(&self) -> f64 {
        let (p, inside) = (&self.params.migration, self.geography.inside);
        let (mut young, mut all) = (0.0, 0.0);
        for i in 0..self.workers.len() {
            if self.workers.hukou[i] as usize >= inside && self.workers.status[i] != Status::Free {
                young += f64::from(u8::from(self.is_young(i)));
                all += 1.0;
            }
        }
        p.review_old + (p.review_young - p.review_old) * young / f64::max(all, 1.0)
    }

    /// Whether worker `i` is young in reviews of where to live.
    pub fn is_young(&self, i: usize) -> bool {
        let born_after = self.tick as f64 - 4.0 * self.params.migration.young_until;
        f64::from(self.workers.born[i]) > born_after
    }

    /// Freezes the cohort of every worker: region group x hukou kind x nativity x skill. Called before the first
    /// measured quarter.
    pub fn freeze_cohorts(&mut self) {
        for i in 0..self.workers.len() {
            let r = self.workers.region[i] as usize;
            let group = usize::from(self.geography.group[r]).min(6);
            let rural = usize::from(self.workers.flags[i] & crate::agents::workers::flag::RURAL_HUKOU != 0);
            self.workers.cohort[i] = (8 * group + 4 * rural + self.workers.group(i)) as u8;
        }
    }

    /// Government that owns the state firms of a region: the municipality for its districts.
    pub fn state_owner(&self, region: usize) -> usize {
        if self.geography.in_city[region] {
            self.municipality()
        } else {
            region
        }
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
        self.geography.inside * crate::agents::firms::SECTORS
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

    /// Prices that buyers in every region pay, by good.
    pub fn buyer_prices(&self) -> Vec<Vec<f64>> {
        let e = self.params.goods.trade_elasticity;
        (0..self.price.len())
            .map(|s| {
                crate::markets::goods::buyer_prices(&self.trade.share[s], &self.price[s], e, self.geography.inside)
            })
            .collect()
    }
}

/// Standard deviation of a quarter's productivity shock of a firm with `size` heads: yearly value times one half,
/// s(n) = s0 max(n/10, 1)^slope (Stanley et al. 1996).
pub fn shock_sd(p: &crate::agents::firms::Params, size: f64) -> f64 {
    0.5 * p.shock_sd * (size / 10.0).max(1.0).powf(p.shock_size_slope)
}

/// Cash flow of firm `f` relative to its capital [1/quarter].
fn cash_flow(w: &World, f: usize) -> f64 {
    w.firms.profit[f] / w.firms.capital[f].max(1.0)
}

/// Leverage that firm `f`'s bank accepts.
pub fn leverage(w: &World, f: usize) -> f64 {
    let law = &w.rules[w.firms.region(f)].credit;
    crate::markets::credit::leverage(&w.params.credit, law, cash_flow(w, f), w.firms.state[f])
}

/// User cost of capital of firm `f` without its unexplained wedge [1/quarter].
pub fn user_cost(w: &World, f: usize) -> f64 {
    let p = &w.params;
    let finance = crate::markets::credit::cost_of_finance(
        &p.credit,
        leverage(w, f),
        w.firms.borrowed[f],
        w.firms.loan_rate[f],
        p.firms.required_return,
    );
    0.25 * (finance + p.firms.depreciation)
}

/// Raw credit score of firm `f`: leverage, profit rate and what only the firm knows (`private`).
pub fn raw_score(w: &World, f: usize, private: f64) -> f64 {
    let p = &w.params.credit;
    let capital = w.firms.capital[f].max(1.0);
    -p.score_leverage * w.firms.debt[f] as f64 / capital
        + p.score_profit * 4.0 * cash_flow(w, f)
        + p.private_sd * private
}

/// What only firm `f` knows of itself, standard normal.
pub fn private_score(w: &World, f: usize) -> f64 {
    w.draws()
        .stream(Stage::Signal, 0, 4)
        .of(f, w.firms.generation[f])
        .normal()
}

/// The bank's reading error of firm `f` in a quarter (stream tick), standard normal: it stands for some years, then
/// is drawn anew, at a time of the firm's own.
pub fn reading_error(w: &World, f: usize, quarter: u32) -> f64 {
    let life = 4.0 * w.params.credit.reading_years;
    let generation = w.firms.generation[f];
    let mut own = w.draws().stream(Stage::Signal, 0, 4).of(f, generation);
    own.word();
    let number = (f64::from(quarter) / life + own.uniform()) as u32;
    w.draws().stream(Stage::Reading, number, 1).of(f, generation).normal()
}

/// What firm `f` brings to the bank in a quarter (stream tick).
pub fn borrower(w: &World, f: usize, quarter: u32) -> crate::markets::credit::Borrower {
    let p = &w.params.credit;
    let scale = f64::from(w.scale);
    let class_mean = p.size_slope * (w.firms.size(f, scale).max(1.0) / 10.0).ln();
    let [mean, sd] = w.score_norm;
    crate::markets::credit::Borrower {
        score: (raw_score(w, f, private_score(w, f)) - mean) / sd + class_mean,
        class_mean,
        loan: leverage(w, f) * w.firms.capital[f] / w.firms.weight[f],
        median_loan: w.median_loan,
        state: w.firms.state[f],
        reading: reading_error(w, f, quarter),
        known: w.firms.borrowed[f],
    }
}

/// Yearly voluntary exit of a firm with `size` heads: h0 max(size/10, 0.1)^slope [1/year].
pub fn exit_rate(p: &crate::agents::firms::Params, size: f64) -> f64 {
    (p.exit_rate * (size / 10.0).max(0.1).powf(p.exit_size_slope)).min(1.0)
}

/// Share of its net income that a resident household pays for housing: tenants the rent, owners the upkeep,
/// villagers nothing.
pub fn housing_share(w: &World, i: usize, region: usize) -> f64 {
    use crate::agents::workers::flag;
    let flags = w.workers.flags[i];
    if flags & flag::VILLAGE_HOME != 0 {
        0.0
    } else if flags & flag::TENANT != 0 {
        w.params.housing.share
    } else {
        w.params.housing.share * w.housing.upkeep[region]
    }
}

/// What a household consumes in a quarter.
pub struct Consumption {
    /// Region where the inside part is spent.
    pub place: usize,
    /// Spent inside [fen].
    pub inside: i64,
    /// Of which on farm goods [fen].
    pub food: i64,
    /// Spent outside [fen].
    pub outside: i64,
}

/// Consumption of household `i` out of `deposits`: where it lives; away workers spend part of it at home, where
/// their dependants are. `None` for an empty slot.
pub fn consumption_of(w: &World, targets: &DepositTargets, i: usize, deposits: i64) -> Option<Consumption> {
    use crate::markets::goods;
    if w.workers.status[i] == Status::Free {
        return None;
    }
    let p = &w.params.goods;
    let y = f64::from(w.workers.permanent_income[i]);
    let c = goods::consumption(p, y, deposits, targets.of(w.workers.thrift[i]));
    let r = w.workers.region[i] as usize;
    let home = r < w.geography.inside;
    let inside = if home {
        c
    } else {
        (c as f64 * p.remittance_share) as i64
    };
    let head = y / (w.workers.persons(i) * f64::from(w.scale));
    let relative = (head / w.mean_head_income).max(0.05).ln();
    Some(Consumption {
        place: if home { r } else { w.workers.hukou[i] as usize },
        inside,
        food: (inside as f64 * goods::food_share(p, relative)) as i64,
        outside: c - inside,
    })
}

/// Household spending by inside region and good, without paying it.
pub fn household_spending(w: &World) -> Vec<Vec<i64>> {
    let inside = w.geography.inside;
    let targets = DepositTargets::new(&w.params.goods);
    let mut by = vec![[0i64; 2]; inside];
    for i in 0..w.workers.len() {
        if let Some(c) = consumption_of(w, &targets, i, w.workers.deposits[i]) {
            by[c.place][0] += c.food;
            by[c.place][1] += c.inside - c.food;
        }
    }
    by.into_iter()
        .map(|[food, other]| {
            let mut parts = [0i64; crate::markets::goods::GOODS - 1];
            crate::base::split::split(other, &w.params.goods.consumption_split, &mut parts);
            vec![food, parts[0], parts[1], parts[2]]
        })
        .collect()
}

/// Means by region and group; a group without people in a region takes the city's mean of the group.
pub fn smooth_group_means(sums: &[[[f64; 2]; GROUPS]]) -> Vec<[f64; GROUPS]> {
    let mut all = [[0.0; 2]; GROUPS];
    for r in sums {
        for g in 0..GROUPS {
            all[g][0] += r[g][0];
            all[g][1] += r[g][1];
        }
    }
    sums.iter()
        .map(|r| {
            std::array::from_fn(|g| {
                let [s, n] = if r[g][1] > 0.0 { r[g] } else { all[g] };
                if n > 0.0 { s / n } else { 1.0 }
            })
        })
        .collect()
}

/// Public services per served person: purchases over people with local hukou plus a share of the others.
pub fn service_level(w: &World) -> Vec<f64> {
    (0..w.geography.inside)
        .map(|r| {
            let c = &w.census[r];
            let served = c.locals + w.rules[r].hukou.service_access_permit * c.others;
            w.governments.purchases[r] as f64 / served.max(1.0)
        })
        .collect()
}

/// Social pool (0 city, 1 elsewhere) and hukou kind (0 urban, 1 rural) of a worker's pension.
pub fn pension_class(w: &World, i: usize) -> (usize, usize) {
    let inside = w.geography.inside;
    let r = w.workers.region[i] as usize;
    let r = if r < inside { r } else { w.workers.hukou[i] as usize };
    let in_city = w.geography.in_city.get(r).copied().unwrap_or(true);
    // the old of a family that took a local hukou stay insured where its plot lies
    let rural = w.workers.plot_m2[i] > 0 || w.workers.flags[i] & crate::agents::workers::flag::RURAL_HUKOU != 0;
    (usize::from(!in_city), usize::from(rural))
}

/// Home of worker `i` where families differ: 0 village, 1 native in town, 2 migrant.
pub fn home_class(w: &World, i: usize) -> usize {
    if w.workers.flags[i] & crate::agents::workers::flag::VILLAGE_HOME != 0 {
        0
    } else if w.workers.hukou[i] == w.workers.region[i] {
        1
    } else {
        2
    }
}
