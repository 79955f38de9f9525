//! The laws of the house, in one test binary: what must hold whatever the economics.

mod accounts;
mod architecture;
mod baseline;
mod brief;
mod cli;
mod common;
mod compare;
mod decomposition;
mod determinism;
mod docs;
mod estimates;
mod facts;
mod hat_algebra;
mod known_answers;
mod known_worlds;
mod levers;
mod limits;
mod mutations;
mod reports;
mod scenarios;
mod sweep;
mod text;
mod tutorial;
