//! Who acts: columns, and decisions that need no counterpart.

pub mod banks;
pub mod firms;
pub mod funds;
pub mod government;
pub mod laboratories;
pub mod landholders;
pub mod places;
pub mod workers;
