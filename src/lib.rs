//! yaosu
pub mod agents;
pub mod base;
pub mod books;
pub mod markets;
pub mod rules;
