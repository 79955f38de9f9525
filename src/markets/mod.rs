//! Where agents meet: one file a market, none of which can see the world.

pub mod credit;
pub mod data;
pub mod farmland;
pub mod goods;
pub mod housing;
pub mod labour;
pub mod talent;
pub mod technology;
pub mod urban_land;
