//! The laws of the house, in one test binary: what must hold whatever the economics.

mod accounts;
mod architecture;
mod cli;
mod common;
mod compare;
mod decomposition;
mod determinism;
mod estimates;
mod levers;
mod limits;
mod mutations;
mod reports;
mod scenarios;
mod text;
