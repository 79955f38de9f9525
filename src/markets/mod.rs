//! Where agents meet: one file a market, none of which can see the world.

pub mod credit;
pub mod data;
pub mod energy;
pub mod equity;
pub mod farmland;
pub mod goods;
pub mod housing;
pub mod labour;
pub mod permits;
pub mod rural_land;
pub mod talent;
pub mod technology;
pub mod urban_land;

pub mod computing;
pub mod posts;
pub mod public_data;
pub mod village_credit;
