//! yaosu
pub mod agents;
pub mod base;
pub mod books;
pub mod cli;
pub mod experiment;
pub mod markets;
pub mod metrics;
pub mod policy;
pub mod report;
pub mod rules;
pub mod scenario;
pub mod step;
pub mod world;
