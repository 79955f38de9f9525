//! Names, units, ranges and meanings of all facts, and the structs that hold them.

use serde::Serialize;

use super::error::SeedError;
use super::read::RegionRow;

/// Range of a fact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Allowed {
    /// Between 0 and 1.
    Share,
    /// At least 0.
    NonNegative,
    /// Above 0.
    Positive,
    /// Any finite number.
    Any,
}

impl Allowed {
    /// Does the range hold the number?
    pub fn admits(self, value: f64) -> bool {
        match self {
            Self::Share => (0.0..=1.0).contains(&value),
            Self::NonNegative => value >= 0.0,
            Self::Positive => value > 0.0,
            Self::Any => true,
        }
    }

    /// The range in words.
    pub fn in_words(self) -> &'static str {
        match self {
            Self::Share => "a share between 0 and 1",
            Self::NonNegative => "a number of at least 0",
            Self::Positive => "a number above 0",
            Self::Any => "any finite number",
        }
    }
}

/// What a field of the facts means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct FieldSpec {
    /// Name in the file and in the struct.
    pub name: &'static str,
    /// Unit in the file.
    pub unit: &'static str,
    /// Range.
    pub allowed: Allowed,
    /// Meaning in words.
    pub meaning: &'static str,
}

macro_rules! spec {
    ($doc:literal, $field:ident, $allowed:ident, $unit:literal) => {
        FieldSpec {
            name: stringify!($field),
            unit: $unit,
            allowed: Allowed::$allowed,
            meaning: $doc.trim_ascii(),
        }
    };
}

/// A struct of facts: a head that comes from the index, then one `f64` a fact.
macro_rules! facts {
    (
        $(#[$meta:meta])*
        $name:ident from $head:ty {
            $($(#[$head_meta:meta])* $head_field:ident: $head_type:ty,)*
        }
        $(#[doc = $doc:literal] $field:ident: $allowed:ident, $unit:literal;)*
    ) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Serialize)]
        pub struct $name {
            $($(#[$head_meta])* pub $head_field: $head_type,)*
            $(#[doc = concat!($doc, " Unit: ", $unit, ".")] pub $field: f64,)*
        }

        impl $name {
            /// The facts of this struct, in order.
            pub const FIELDS: &'static [FieldSpec] = &[
                $(spec!($doc, $field, $allowed, $unit),)*
            ];

            // `head` is unused where a struct has no head
            #[allow(unused_variables)]
            pub(in crate::scenario::seed) fn build(
                head: $head,
                take: impl Fn(&FieldSpec) -> Result<f64, SeedError>,
            ) -> Result<Self, SeedError> {
                Ok(Self {
                    $($head_field: head.$head_field,)*
                    $($field: take(&spec!($doc, $field, $allowed, $unit))?,)*
                })
            }
        }
    };
}

facts! {
    /// One simulated region with its facts.
    RegionSeed from RegionRow {
        /// Lowercase identifier.
        id: String,
        /// Administrative code of six digits.
        code: u32,
        /// Chinese name.
        name_zh: String,
        /// English name.
        name_en: String,
        /// Group of regions that reports use.
        group: String,
        /// Labour market; regions of one market share jobs.
        labour_market: String,
        /// Longitude of the centroid in degrees.
        lon: f64,
        /// Latitude of the centroid in degrees.
        lat: f64,
        /// Area in square kilometres.
        area_km2: f64,
        /// Row of the tile on the map, from the north.
        tile_row: i32,
        /// Column of the tile on the map, from the west.
        tile_col: i32,
    }
    /// Gross domestic product of the year, first published basis of 2024, by place of work.
    gdp: Positive, "yuan";
    /// Resident population at the end of the year.
    residents: Positive, "persons";
    /// Share of residents who live in urban areas.
    urban_share: Share, "share";
    /// People whose household registration (hukou) is here, wherever they live.
    hukou_population: Positive, "persons";
    /// Of these, people with an urban registration; the rest are rural and may hold farmland.
    hukou_urban: NonNegative, "persons";
    /// Share of ages 16 to 29 in the resident population aged 16 and over.
    age_16_29_share: Share, "share";
    /// Share of ages 30 to 44 in the resident population aged 16 and over.
    age_30_44_share: Share, "share";
    /// Share of ages 45 to 59 in the resident population aged 16 and over.
    age_45_59_share: Share, "share";
    /// Share of ages 60 and over in the resident population aged 16 and over.
    age_60plus_share: Share, "share";
    /// Share of residents aged 15 and over with at least three-year college.
    college_share: Share, "share";
    /// Residents aged 65 and over per employed resident.
    dependants_old_per_worker: NonNegative, "persons per worker";
    /// Residents under 16 per employed resident.
    dependants_young_per_worker: NonNegative, "persons per worker";
    /// Residents registered in another township of the same county or district.
    migrants_same_county: NonNegative, "persons";
    /// Residents registered in another county of the same province (for Chengdu: also in another district of Chengdu).
    migrants_other_county: NonNegative, "persons";
    /// Residents registered in another province.
    migrants_other_province: NonNegative, "persons";
    /// Employed residents, by place of residence.
    employed: Positive, "persons";
    /// Employed residents in agriculture, forestry, animal husbandry and fishery.
    employed_farm: NonNegative, "persons";
    /// Employed residents in mining, manufacturing, utilities and construction.
    employed_industry: NonNegative, "persons";
    /// Employed residents in all other services.
    employed_services: NonNegative, "persons";
    /// Employed residents in information services and in science and technical services.
    employed_digital: NonNegative, "persons";
    /// Value added of the primary sector, by place of work.
    va_primary: NonNegative, "yuan";
    /// Value added of the secondary sector (industry and construction), by place of work.
    va_secondary: NonNegative, "yuan";
    /// Value added of the tertiary sector, digital branches included, by place of work.
    va_tertiary: NonNegative, "yuan";
    /// Part of tertiary value added made by information, research and technical services.
    va_digital: NonNegative, "yuan";
    /// Disposable income per head of urban residents.
    income_urban: Positive, "yuan per head and year";
    /// Disposable income per head of rural residents.
    income_rural: Positive, "yuan per head and year";
    /// Consumption spending per head, all residents.
    consumption_all: Positive, "yuan per head and year";
    /// General public budget revenue of the local government.
    budget_revenue: NonNegative, "yuan";
    /// General public budget expenditure of the local government.
    budget_expenditure: NonNegative, "yuan";
    /// Deposits in banks of the region, all holders.
    deposits: NonNegative, "yuan";
    /// Savings deposits of households.
    household_savings_deposits: NonNegative, "yuan";
    /// Loans of banks of the region, all borrowers.
    loans: NonNegative, "yuan";
    /// Enterprises in the statistical register, without individual businesses.
    enterprises: NonNegative, "units";
    /// Average price of new dwellings sold.
    house_price: Positive, "yuan per m2";
    /// Asking rent of a whole flat.
    rent_month: Positive, "yuan per m2 and month";
    /// Dwelling floor space per head in family households.
    living_space_per_head: Positive, "m2";
    /// Share of households that rent their dwelling.
    tenure_rent_share: Share, "share";
    /// Share of households in a self-built dwelling.
    tenure_selfbuilt_share: Share, "share";
    /// Share of households that bought, inherited or otherwise hold their dwelling.
    tenure_owner_share: Share, "share";
    /// Cultivated land.
    cultivated_ha: NonNegative, "ha";
    /// Sown area of the year, each harvest counted.
    sown_ha: NonNegative, "ha";
    /// Average size of a family household.
    household_size: Positive, "persons";
    /// Births per thousand registered people and year.
    births_rate: NonNegative, "per mille";
    /// Deaths per thousand registered people and year.
    deaths_rate: NonNegative, "per mille";
    /// Minimum wage in force at the end of 2024 as far as known.
    min_wage_month: Positive, "yuan per month";
    /// Whether the district lies upstream in the city's rivers: 1 on a tributary or above the centre, else 0.
    river_upstream: Share, "share";
}

facts! {
    /// One outside region: it sends and takes people at given wages and prices.
    OutsideSeed from RegionRow {
        /// Lowercase identifier.
        id: String,
        /// Administrative code of six digits.
        code: u32,
        /// Chinese name.
        name_zh: String,
        /// English name.
        name_en: String,
        /// Group of regions that reports use.
        group: String,
        /// Labour market; regions of one market share jobs.
        labour_market: String,
        /// Longitude of the centroid in degrees.
        lon: f64,
        /// Latitude of the centroid in degrees.
        lat: f64,
        /// Area in square kilometres.
        area_km2: f64,
        /// Row of the tile on the map, from the north.
        tile_row: i32,
        /// Column of the tile on the map, from the west.
        tile_col: i32,
    }
    /// People who live there.
    population: Positive, "persons";
    /// People aged 16 and over who live there.
    population_16plus: Positive, "persons";
    /// Employed people who live there.
    employed: Positive, "persons";
    /// Average wage relative to the average of Chongqing.
    wage_level: Positive, "ratio to Chongqing";
    /// Consumer price level without housing relative to Chongqing.
    price_level: Positive, "ratio to Chongqing";
    /// Housing rent relative to the average of Chongqing.
    rent_level: Positive, "ratio to Chongqing";
}

mod city;
mod nation;

pub use city::CityFacts;
pub use nation::NationFacts;
