//! Policy: levers as data, and the law that they make in a quarter and a region.
//!
//! A [`Lever`] is a text file whose only power is to move rules of the [`Law`]. A [`Switch`] says when, where and how
//! strongly a lever is on; a [`Schedule`] is the status quo with all switches, a pure function of quarter and region.

mod built_in;
mod chapters;
mod law;
mod lever;
mod moves;
mod schedule;

pub use built_in::{BUILT_IN, catalogue};
pub use chapters::{CHAPTERS, Chapter, chapter_number, chapter_of};
pub(crate) use law::insert;
pub use law::{Law, LawError, LawKey};
pub use lever::{Bilingual, Evidence, Lever, Margin, Measured, Move};
pub use schedule::{OrderError, RegionSet, Schedule, Switch, order};
