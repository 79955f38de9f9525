//! What a quarter did with land, by inside region: counters that start from zero in the law stage.

use serde::{Deserialize, Serialize};

/// Counters of land by inside region.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct LandQuarter {
    /// Homesteads given up [m2].
    pub exits_m2: Vec<i64>,
    /// Quotas and plan quotas used [m2].
    pub quotas_m2: Vec<i64>,
    /// Land that firms leased: young firms, others [m2].
    pub leased_m2: Vec<[i64; 2]>,
    /// Leases of firms that ran out, and of these renewed [m2].
    pub run_out_m2: Vec<[i64; 2]>,
    /// Land that passed from firm to firm [m2].
    pub transferred_m2: Vec<i64>,
    /// Fees on badly used land [fen].
    pub fees: Vec<i64>,
    /// Rural land money of households [fen].
    pub rural_income: Vec<i64>,
}

impl LandQuarter {
    /// Zero counters for `inside` regions.
    pub fn empty(inside: usize) -> Self {
        LandQuarter {
            exits_m2: vec![0; inside],
            quotas_m2: vec![0; inside],
            leased_m2: vec![[0; 2]; inside],
            run_out_m2: vec![[0; 2]; inside],
            transferred_m2: vec![0; inside],
            fees: vec![0; inside],
            rural_income: vec![0; inside],
        }
    }
}
