//! State of regions: geography, cells, places, labour-market areas.

use crate::agents::firms::Technology;
use crate::agents::workers::GROUPS;
use crate::base::blocks::RUN;
use crate::rules::Rules;
use serde::{Deserialize, Serialize};
use std::hint::select_unpredictable;

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

    /// Region where who lives in `region` has an account: people away bank where their hukou is.
    #[inline]
    pub fn account_place(&self, region: u8, hukou: u8) -> usize {
        if (region as usize) < self.inside {
            region as usize
        } else {
            hukou as usize
        }
    }

    /// [`Self::account_place`] of a run of workers by region and hukou.
    #[inline]
    pub fn account_places(&self, region: &[u8], hukou: &[u8]) -> [u8; RUN] {
        let (mut places, inside) = ([0; RUN], self.inside as u8);
        for (place, (&region, &hukou)) in places.iter_mut().zip(region.iter().zip(hukou)) {
            // no branch: it is done for many at a time
            *place = select_unpredictable(region < inside, region, hukou);
        }
        places
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
    /// Firms at the start, by own size.
    pub start_firms: Vec<f64>,
    /// Firms at the start over firms now, by own size.
    pub variety: Vec<f64>,
    /// Mean expected profit per firm at the start [fen per quarter].
    pub start_value: Vec<f64>,
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
