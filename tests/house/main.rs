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
mod kept;
mod known_answers;
mod levers;
mod limits;
mod mutations;
mod plan;
mod reports;
mod scenarios;
mod schema;
mod sweep;
mod text;
mod tutorial;
mod worlds;
