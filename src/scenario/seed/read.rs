//! From tables to the rows of regions, sources and people who moved.

use std::collections::BTreeMap;

use csv::StringRecord;
use serde::Serialize;

use super::error::SeedError;
use super::table::{Column, Table, line};
use super::{MIGRATION, REGIONS, SOURCES};

/// How good a number is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub enum Grade {
    /// Official figure.
    A,
    /// Secondary copy or plain arithmetic on official figures.
    B,
    /// Derived by a rule, inferred or weak.
    C,
    /// Declared assumption.
    Assumption,
}

impl Grade {
    /// The word used in the files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::A => "A",
            Self::B => "B",
            Self::C => "C",
            Self::Assumption => "ASSUMPTION",
        }
    }
}

/// One row of `facts.csv`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FactRow {
    /// Region identifier, `city` or `nation`.
    pub region: String,
    /// Name of the field.
    pub field: String,
    /// The number.
    pub value: f64,
    /// Unit of the number.
    pub unit: String,
    /// Year that the number belongs to.
    pub year: i32,
    /// How good it is.
    pub grade: Grade,
    /// Identifier of its source.
    pub source: String,
    /// How it was derived; empty for a direct figure.
    pub rule: String,
    /// Line in the file, from 1.
    pub line: u64,
}

/// One row of `sources.csv`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SourceRow {
    /// Identifier that facts point to.
    pub id: String,
    /// Title with table numbers.
    pub title: String,
    /// Who published it.
    pub publisher: String,
    /// Where it is.
    pub address: String,
    /// When it was published.
    pub date: String,
    /// What may be done with it.
    pub licence_note: String,
}

/// One row of `migration.csv`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct MigrationCell {
    /// Place of household registration.
    pub origin: String,
    /// Place of residence.
    pub destination: String,
    /// People.
    pub persons: f64,
    /// How good it is.
    pub grade: Grade,
    /// How it was derived.
    pub rule: String,
}

/// One row of `regions.csv`.
#[derive(Clone, Debug)]
pub(super) struct RegionRow {
    pub(super) id: String,
    pub(super) code: u32,
    pub(super) name_zh: String,
    pub(super) name_en: String,
    pub(super) group: String,
    pub(super) labour_market: String,
    pub(super) lon: f64,
    pub(super) lat: f64,
    pub(super) area_km2: f64,
    pub(super) tile_row: i32,
    pub(super) tile_col: i32,
}

/// Where the parts of a region stand in the index.
struct RegionColumns {
    id: Column,
    code: Column,
    name_zh: Column,
    name_en: Column,
    group: Column,
    market: Column,
    lon: Column,
    lat: Column,
    area: Column,
    tile_row: Column,
    tile_col: Column,
}

impl RegionColumns {
    fn of(table: &Table) -> Result<Self, SeedError> {
        Ok(Self {
            id: table.column("id")?,
            code: table.column("code")?,
            name_zh: table.column("name_zh")?,
            name_en: table.column("name_en")?,
            group: table.column("group")?,
            market: table.column("labour_market")?,
            lon: table.column("lon")?,
            lat: table.column("lat")?,
            area: table.column("area_km2")?,
            tile_row: table.column("tile_row")?,
            tile_col: table.column("tile_col")?,
        })
    }

    fn read(&self, row: &StringRecord) -> Result<RegionRow, SeedError> {
        Ok(RegionRow {
            id: self.id.name(row)?,
            code: self.code.number(row, "a six-digit administrative code")?,
            name_zh: self.name_zh.name(row)?,
            name_en: self.name_en.name(row)?,
            group: self.group.name(row)?,
            labour_market: self.market.name(row)?,
            lon: self.lon.finite(row, f64::NEG_INFINITY)?,
            lat: self.lat.finite(row, f64::NEG_INFINITY)?,
            area_km2: self.area.finite(row, 0.0)?,
            tile_row: self.tile_row.number(row, "a whole number")?,
            tile_col: self.tile_col.number(row, "a whole number")?,
        })
    }
}

/// The index: inside regions, then outside regions.
pub(super) fn regions(text: &str) -> Result<(Vec<RegionRow>, Vec<RegionRow>), SeedError> {
    let table = Table::read(REGIONS, text)?;
    let columns = RegionColumns::of(&table)?;
    let kind = table.column("kind")?;
    let (mut inside, mut outside) = (Vec::new(), Vec::new());
    let mut seen: BTreeMap<String, u64> = BTreeMap::new();
    let mut tiles: BTreeMap<(i32, i32), String> = BTreeMap::new();
    table.each(|row| {
        let region = columns.read(row)?;
        if let Some(first) = seen.insert(region.id.clone(), line(row)) {
            return Err(SeedError::Duplicate {
                file: REGIONS,
                line: line(row),
                what: format!("region `{}`", region.id),
                first,
            });
        }
        let tile = (region.tile_row, region.tile_col);
        if let Some(first) = tiles.insert(tile, region.id.clone()) {
            return Err(SeedError::SameTile {
                line: line(row),
                first,
                second: region.id,
                row: tile.0,
                col: tile.1,
            });
        }
        match kind.text(row) {
            "inside" => inside.push(region),
            "outside" => outside.push(region),
            _ => return Err(kind.bad(row, "inside or outside")),
        }
        Ok(())
    })?;
    Ok((inside, outside))
}

/// The list of sources.
pub(super) fn sources(text: &str) -> Result<Vec<SourceRow>, SeedError> {
    let table = Table::read(SOURCES, text)?;
    let id = table.column("id")?;
    let title = table.column("title")?;
    let publisher = table.column("publisher")?;
    let address = table.column("address")?;
    let date = table.column("date")?;
    let licence_note = table.column("licence_note")?;
    let mut seen: BTreeMap<String, u64> = BTreeMap::new();
    let mut sources = Vec::with_capacity(table.rows.len());
    table.each(|row| {
        let id = id.name(row)?;
        if let Some(first) = seen.insert(id.clone(), line(row)) {
            return Err(SeedError::Duplicate {
                file: SOURCES,
                line: line(row),
                what: format!("source `{id}`"),
                first,
            });
        }
        sources.push(SourceRow {
            id,
            title: title.name(row)?,
            publisher: publisher.text(row).to_owned(),
            address: address.text(row).to_owned(),
            date: date.text(row).to_owned(),
            licence_note: licence_note.text(row).to_owned(),
        });
        Ok(())
    })?;
    Ok(sources)
}

/// Persons by `[origin][destination]`.
type Stocks = Vec<Vec<f64>>;

/// Stocks of people by origin and destination, and the rows they came from.
pub(super) fn migration(text: &str, ids: &[&str]) -> Result<(Stocks, Vec<MigrationCell>), SeedError> {
    let table = Table::read(MIGRATION, text)?;
    let origin = table.column("origin")?;
    let destination = table.column("destination")?;
    let persons = table.column("persons")?;
    let grade = table.column("grade")?;
    let rule = table.column("rule")?;
    let place = |column: &Column, row: &StringRecord| {
        ids.iter()
            .position(|id| *id == column.text(row))
            .ok_or_else(|| column.unknown(row, ids.iter().copied()))
    };
    let mut stocks = vec![vec![0.0; ids.len()]; ids.len()];
    let mut lines = vec![vec![None; ids.len()]; ids.len()];
    let mut cells = Vec::with_capacity(table.rows.len());
    table.each(|row| {
        let (from, to) = (place(&origin, row)?, place(&destination, row)?);
        if let Some(first) = lines[from][to].replace(line(row)) {
            return Err(SeedError::Duplicate {
                file: MIGRATION,
                line: line(row),
                what: format!("origin `{}`, destination `{}`", ids[from], ids[to]),
                first,
            });
        }
        stocks[from][to] = persons.finite(row, 0.0)?;
        cells.push(MigrationCell {
            origin: ids[from].to_owned(),
            destination: ids[to].to_owned(),
            persons: stocks[from][to],
            grade: grade.grade(row)?,
            rule: rule.text(row).to_owned(),
        });
        Ok(())
    })?;
    for (from, row) in lines.iter().enumerate() {
        if let Some(to) = row.iter().position(Option::is_none) {
            return Err(SeedError::MissingPair {
                origin: ids[from].to_owned(),
                destination: ids[to].to_owned(),
            });
        }
    }
    Ok((stocks, cells))
}
