//! `yaosu` (要素, factor of production): an agent-based simulator of how factors of production move between
//! Chongqing's districts, Chengdu and the rest of China, and what reforms of their markets do.
//!
//! # The map
//!
//! Data flow one way, from top to bottom; imports go only upwards.
//!
//! | room | holds |
//! |---|---|
//! | [`base`] | tools that know no economics: draws by identity, fixed blocks, exact splits, RAS, statistics, messages |
//! | [`books`] | accounts: payments, flows, the audit after every stage |
//! | [`rules`] | the law as plain numbers |
//! | [`agents`] | who acts: columns, and choices that need no counterpart |
//! | [`markets`] | where agents meet: one file a market, none of which sees the world |
//! | [`policy`] | levers as data, and the law of a quarter and a region |
//! | [`scenario`] | the only door from TOML and CSV to types |
//! | [`world`] | everything that persists; birth from data by inversion; checkpoints |
//! | [`step`] | one quarter: [`step::TIMELINE`], a line a stage |
//! | [`metrics`] | a snapshot of the quarter and the list of metrics |
//! | [`experiment`] | jobs, runs, frames |
//! | [`report`] | figures and tables, from files alone |
//! | [`cli`] | commands: the only room that prints |
//!
//! # Seven sentences
//!
//! 1. Data flow one way: scenario, world, step, metrics, frames, figures.
//! 2. [`step::TIMELINE`] is the quarter; to know what happens when, read that page.
//! 3. A market is a file that never sees the world: its arguments say what it may read and change.
//! 4. Law is data: markets read [`rules::Rules`] and cannot know which reform is on.
//! 5. Money, land and people change hands through [`books`] alone, and a stage is refused if a fen, a square metre
//!    or a person is missing.
//! 6. Luck is a function of seed, use, quarter and identity ([`base::draws`]), so threads and reforms cannot change
//!    anybody else's luck.
//! 7. The report reads files, never the world: every figure can be drawn again without a run.
//!
//! The model, with every equation beside its function, is described in `docs/model.md` after the ODD protocol; the
//! flows in `docs/accounts.md`; levers in `docs/levers.md`; what to touch when adding things in `docs/extending.md`.

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
