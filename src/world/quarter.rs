//! What a quarter did: counters that start from zero in the law stage.

use super::{ResourceCounts, World};
use crate::agents::workers::GROUPS;
use serde::{Deserialize, Serialize};

/// Frozen cohorts: region group (8) x hukou kind (2) x nativity (2) x skill (2).
pub const COHORTS: usize = 64;

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
    /// The same with their dependants [people].
    pub settlers: Vec<f64>,
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
    /// Private firms of the city whose loan came due [firms].
    pub loans_due: f64,
    /// Cost of bridge loans in the city [fen].
    pub bridged: i64,
    /// Cost of public programmes, services that the district buys beside those for residents, by inside region [fen].
    pub programmes: Vec<i64>,
    /// Interest subsidies by inside region [fen].
    pub subsidies: Vec<i64>,
    /// Transfers from the municipality by inside region [fen].
    pub transfers_down: Vec<i64>,
    /// Interest on deposits of households [fen].
    pub deposit_interest: i64,
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
    /// Research by inside region: of laboratories, of firms [fen].
    pub research: Vec<[i64; 2]>,
    /// New ideas by inside region: all, disclosed.
    pub ideas: Vec<[f64; 2]>,
    /// Firms that took a licence by inside region: small, large [firms].
    pub licences: Vec<[f64; 2]>,
    /// Licence fees of firms by inside region [fen].
    pub licence_fees: Vec<i64>,
    /// Sum of log wages and number by cohort [log fen, agents].
    pub cohort_wage: Vec<[f64; 2]>,
    /// Sum of log data services over own data, and number of firms of the city [log points, firms].
    pub data_use: [f64; 2],
    /// Firms of the city that use public data and all: small, large [firms].
    pub public_users: [[f64; 2]; 2],
    /// Price of computing relative to the start.
    pub computing_price: f64,
    /// Debt of firms of the city on their data [fen].
    pub data_debt: f64,
    /// Public posts by inside region [agents].
    pub posts: Vec<u32>,
    /// Pay of public posts by inside region [fen].
    pub post_pay: Vec<i64>,
    /// Own-account workers by inside region: net income [fen], number [agents]; who gave up: income [fen], number.
    pub own_account: Vec<[i64; 4]>,
    /// Loans that banks fund outside, by inside region [fen].
    pub outside_funds: Vec<f64>,
    /// Capital spending on the computing hub by inside region [fen].
    pub hub_spending: Vec<i64>,
    /// Power and permits.
    pub resources: ResourceCounts,
    /// What was done with land.
    pub land: super::LandQuarter,
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
            settlers: vec![0.0; inside],
            moves: vec![0; inside],
            farm_moves: vec![0; inside],
            programmes: vec![0; inside],
            research: vec![[0; 2]; inside],
            ideas: vec![[0.0; 2]; inside],
            licences: vec![[0.0; 2]; inside],
            licence_fees: vec![0; inside],
            subsidies: vec![0; inside],
            transfers_down: vec![0; inside],
            hires: vec![0; w.geography.areas],
            openings: vec![0; w.geography.areas],
            unfilled: vec![0; w.geography.areas],
            cohort_wage: vec![[0.0; 2]; COHORTS],
            computing_price: 1.0,
            posts: vec![0; inside],
            post_pay: vec![0; inside],
            own_account: vec![[0; 4]; inside],
            outside_funds: vec![0.0; inside],
            hub_spending: vec![0; inside],
            resources: ResourceCounts::empty(inside),
            land: super::LandQuarter::empty(inside),
            ..Quarter::default()
        }
    }
}
