//! The laws of the house, in one test binary: what must hold whatever the economics.

mod accounts;
mod architecture;
mod brief;
mod cli;
mod common;
mod determinism;
mod levers;
mod limits;
mod mutations;
mod reports;
mod scenarios;
mod text;
