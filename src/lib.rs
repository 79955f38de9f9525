//! Simulates how factors of production move and what reforms of their markets do.
//!
//! Data flows one way: scenario, world, a timeline of stages, metrics, tables and figures. A room imports only rooms
//! above it in this table; a test reads the sources and fails when one does not.
//!
//! | room | what is in it |
//! |---|---|
//! | [`base`] | no economics: draws, sums in fixed blocks, exact splits, texts with places |
//! | [`books`] | accounts: the only place where money, land and people move |
//! | [`rules`] | the law as plain numbers |
//! | [`agents`] | columns of workers, firms, funds and governments, and what they decide alone |
//! | [`markets`] | one file a market; none sees the world or knows which lever is on |
//! | [`policy`] | levers as data, and the law that they make in a quarter and a region |
//! | [`scenario`] | the only door from TOML and CSV to types |
//! | [`world`] | everything that persists; birth from data; checkpoints |
//! | [`step`] | the timeline of one quarter |
//! | [`metrics`] | what is measured |
//! | [`experiment`] | jobs and the files they leave behind |
//! | [`report`] | tables and figures, from those files alone |
//! | [`cli`] | commands; the only room that prints |

#![deny(missing_docs)]

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
