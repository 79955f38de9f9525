//! Tools that know no economics: draws by identity, fixed blocks, exact splits of integers, statistics.

pub mod blocks;
pub mod by_place;
pub mod draws;
pub mod fields;
pub mod fit;
pub mod lanes;
pub mod linear;
pub mod log;
pub mod order;
pub mod powers;
pub mod problem;
pub mod ras;
pub mod root;
pub mod spanned;
pub mod split;
pub mod stats;
pub mod whole;
