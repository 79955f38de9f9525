//! Seed economies: the facts a world is born from, read from a folder of CSV files.
//!
//! A folder holds `regions.csv` (index and map), `facts.csv` (one number a row, with unit, year,
//! grade, source and rule), `migration.csv` (people by hukou region and place of residence) and
//! `sources.csv`. This module is the only door from those files to types; whatever gets through
//! it is complete, in range and adds up.

mod book;
mod check;
mod error;
mod fields;
mod place;
mod read;
mod table;
#[cfg(test)]
mod tests;

use std::path::Path;

pub use error::SeedError;
pub use fields::{Allowed, CityFacts, FieldSpec, NationFacts, OutsideSeed, RegionSeed};
pub use read::{FactRow, Grade, MigrationCell, SourceRow};

use book::FactBook;
use sha2::{Digest, Sha256};

use crate::base::problem::Problems;

/// Index of regions and tiles of the map.
pub(crate) const REGIONS: &str = "regions.csv";
/// Facts in long form.
pub(crate) const FACTS: &str = "facts.csv";
/// People by origin and destination.
pub(crate) const MIGRATION: &str = "migration.csv";
/// Where the facts come from.
pub(crate) const SOURCES: &str = "sources.csv";

/// The text of the four files of a seed folder.
struct Files<T> {
    regions: T,
    facts: T,
    migration: T,
    sources: T,
}

impl<T: AsRef<str>> Files<T> {
    fn digest(&self) -> String {
        let mut hash = Sha256::new();
        for text in [&self.regions, &self.facts, &self.migration, &self.sources] {
            let text = text.as_ref();
            hash.update((text.len() as u64).to_le_bytes());
            hash.update(text);
        }
        hash.finalize()
            .iter()
            .take(8)
            .map(|byte| format!("{byte:02x}"))
            .collect()
    }
}

/// Facts of one world: inside regions that are simulated, outside regions that are counts.
#[derive(Clone, Debug)]
pub struct SeedEconomy {
    /// Name of the world (name of its folder).
    pub name: String,
    /// Simulated regions, in file order.
    pub regions: Vec<RegionSeed>,
    /// Regions that only send and take people, in file order.
    pub outside: Vec<OutsideSeed>,
    /// Facts of the municipality as a whole.
    pub city: CityFacts,
    /// Facts of the nation.
    pub nation: NationFacts,
    /// Persons by `[origin][destination]` over `regions` then `outside`; origin is the place of
    /// household registration, destination the place of residence, the diagonal holds stayers.
    pub stocks: Vec<Vec<f64>>,
    facts: Vec<FactRow>,
    migration: Vec<MigrationCell>,
    sources: Vec<SourceRow>,
    digest: String,
}

impl SeedEconomy {
    /// A world that is compiled into the program, or `None` if there is none of that name.
    pub fn builtin(name: &str) -> Option<Result<Self, SeedError>> {
        let files = match name {
            "chongqing" => Files {
                regions: include_str!("../../seeds/chongqing/regions.csv"),
                facts: include_str!("../../seeds/chongqing/facts.csv"),
                migration: include_str!("../../seeds/chongqing/migration.csv"),
                sources: include_str!("../../seeds/chongqing/sources.csv"),
            },
            _ => return None,
        };
        Some(Self::parse(name, &files))
    }

    /// Names of the worlds that are compiled in.
    pub fn builtin_names() -> &'static [&'static str] {
        &["chongqing"]
    }

    /// Reads a world from a folder; faults are shown in the lines in which they are.
    pub fn open(dir: &Path) -> Result<Self, Problems> {
        Self::load(dir).map_err(|error| error.problems(dir))
    }

    /// Read a world from a folder.
    pub fn load(dir: &Path) -> Result<Self, SeedError> {
        let text = |file: &str| {
            let path = dir.join(file);
            std::fs::read_to_string(&path).map_err(|cause| SeedError::MissingFile { path, cause })
        };
        let files = Files {
            regions: text(REGIONS)?,
            facts: text(FACTS)?,
            migration: text(MIGRATION)?,
            sources: text(SOURCES)?,
        };
        let whole = dir.canonicalize().unwrap_or_else(|_| dir.to_owned());
        let name = whole
            .file_name()
            .map_or_else(|| "world".to_owned(), |s| s.to_string_lossy().into_owned());
        Self::parse(&name, &files)
    }

    fn parse<T: AsRef<str>>(name: &str, files: &Files<T>) -> Result<Self, SeedError> {
        let (inside, outside) = read::regions(files.regions.as_ref())?;
        let sources = read::sources(files.sources.as_ref())?;
        let book = FactBook::read(files.facts.as_ref(), &inside, &outside, &sources)?;
        let regions = inside
            .into_iter()
            .map(|row| {
                let id = row.id.clone();
                RegionSeed::build(row, |spec| book.take(&id, spec))
            })
            .collect::<Result<Vec<_>, _>>()?;
        let outside = outside
            .into_iter()
            .map(|row| {
                let id = row.id.clone();
                OutsideSeed::build(row, |spec| book.take(&id, spec))
            })
            .collect::<Result<Vec<_>, _>>()?;
        let city = CityFacts::build((), |spec| book.take("city", spec))?;
        let nation = NationFacts::build((), |spec| book.take("nation", spec))?;
        let ids: Vec<&str> = ids(&regions, &outside).collect();
        let (stocks, migration) = read::migration(files.migration.as_ref(), &ids)?;
        let seed = Self {
            name: name.to_owned(),
            regions,
            outside,
            city,
            nation,
            stocks,
            facts: book.rows,
            migration,
            sources,
            digest: files.digest(),
        };
        check::all(&seed)?;
        Ok(seed)
    }

    /// The first 16 hexadecimal digits of the SHA-256 of the files: worlds with the same data have the same digest.
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// Groups of the inside regions, each once, in file order.
    pub fn groups(&self) -> Vec<&str> {
        let mut groups: Vec<&str> = Vec::new();
        for region in &self.regions {
            if !groups.contains(&region.group.as_str()) {
                groups.push(&region.group);
            }
        }
        groups
    }

    /// Identifiers in the order of the rows and columns of `stocks`.
    pub fn ids(&self) -> Vec<&str> {
        ids(&self.regions, &self.outside).collect()
    }

    /// An inside region by its identifier.
    pub fn region(&self, id: &str) -> Option<&RegionSeed> {
        self.regions.iter().find(|r| r.id == id)
    }

    /// Every fact as it stands in the file, for documentation and checks.
    pub fn facts(&self) -> &[FactRow] {
        &self.facts
    }

    /// Every cell of the migration table as it stands in the file.
    pub fn migration(&self) -> &[MigrationCell] {
        &self.migration
    }

    /// The sources that facts point to.
    pub fn sources(&self) -> &[SourceRow] {
        &self.sources
    }
}

fn ids<'a>(regions: &'a [RegionSeed], outside: &'a [OutsideSeed]) -> impl Iterator<Item = &'a str> {
    let inside = regions.iter().map(|r| r.id.as_str());
    inside.chain(outside.iter().map(|o| o.id.as_str()))
}
