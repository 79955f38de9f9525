//! Jobs, and the files they leave behind.
//!
//! A job is a scenario and a seed; its result is a list of values. Jobs of one seed share the burn-in: the
//! reference and the reform branch from the same world.

pub mod calibrate;
pub mod compare;
pub mod facts;
pub mod folder;
pub mod frames;
pub mod job;
pub mod memory;
pub mod micro;
pub mod replications;
pub mod run;
pub mod sensitivity;
pub mod sweep;
pub mod temporary;
