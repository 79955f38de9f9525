//! From text to rows, with the line and the column of whatever does not fit.

use std::collections::BTreeMap;

use csv::{ReaderBuilder, StringRecord, Trim};
use serde::Serialize;

use super::error::SeedError;
use super::fields::{Allowed, CityFacts, FieldSpec, NationFacts, OutsideSeed, RegionSeed};
use super::{FACTS, MIGRATION, REGIONS, SOURCES};

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

/// A parsed file: header and rows with their lines.
struct Table {
    file: &'static str,
    header: StringRecord,
    rows: Vec<StringRecord>,
}

impl Table {
    fn read(file: &'static str, text: &str) -> Result<Self, SeedError> {
        let wrong = |cause: csv::Error| SeedError::Csv {
            file,
            line: cause.position().map_or(1, csv::Position::line),
            cause,
        };
        let mut reader = ReaderBuilder::new().trim(Trim::All).from_reader(text.as_bytes());
        let header = reader.headers().map_err(wrong)?.clone();
        let rows = reader.records().collect::<Result<Vec<_>, _>>().map_err(wrong)?;
        Ok(Self { file, header, rows })
    }

    fn column(&self, column: &'static str) -> Result<Column, SeedError> {
        match self.header.iter().position(|h| h == column) {
            Some(at) => Ok(Column {
                file: self.file,
                column,
                at,
            }),
            None => Err(SeedError::MissingColumn {
                file: self.file,
                column,
                found: self.header.iter().collect::<Vec<_>>().join(", "),
            }),
        }
    }
}

fn line(row: &StringRecord) -> u64 {
    row.position().map_or(0, csv::Position::line)
}

/// One column of a file.
#[derive(Clone, Copy)]
struct Column {
    file: &'static str,
    column: &'static str,
    at: usize,
}

impl Column {
    fn text<'r>(&self, row: &'r StringRecord) -> &'r str {
        row.get(self.at).unwrap_or("")
    }

    fn name(&self, row: &StringRecord) -> Result<String, SeedError> {
        match self.text(row) {
            "" => Err(self.bad(row, "a name, not empty")),
            text => Ok(text.to_owned()),
        }
    }

    fn number<T: std::str::FromStr>(&self, row: &StringRecord, allowed: &str) -> Result<T, SeedError> {
        self.text(row).parse().map_err(|_| self.bad(row, allowed))
    }

    fn finite(&self, row: &StringRecord, least: f64) -> Result<f64, SeedError> {
        let value: f64 = self.number(row, "a number")?;
        if !value.is_finite() {
            return Err(self.bad(row, "a finite number"));
        }
        if value < least {
            return Err(self.bad(row, "a number of at least 0"));
        }
        Ok(value)
    }

    fn grade(&self, row: &StringRecord) -> Result<Grade, SeedError> {
        [Grade::A, Grade::B, Grade::C, Grade::Assumption]
            .into_iter()
            .find(|grade| grade.as_str() == self.text(row))
            .ok_or_else(|| self.bad(row, "A, B, C or ASSUMPTION"))
    }

    fn bad(&self, row: &StringRecord, allowed: &str) -> SeedError {
        SeedError::BadValue {
            file: self.file,
            line: line(row),
            column: self.column,
            value: self.text(row).to_owned(),
            allowed: allowed.to_owned(),
        }
    }

    fn unknown<'k>(&self, row: &StringRecord, known: impl Iterator<Item = &'k str>) -> SeedError {
        let value = self.text(row);
        let nearest = known
            .map(|name| (strsim::jaro_winkler(value, name), name))
            .max_by(|a, b| a.0.total_cmp(&b.0))
            .map(|(_, name)| name.to_owned());
        SeedError::UnknownName {
            file: self.file,
            line: line(row),
            column: self.column,
            value: value.to_owned(),
            nearest,
        }
    }
}

/// The index: inside regions, then outside regions.
pub(super) fn regions(text: &str) -> Result<(Vec<RegionRow>, Vec<RegionRow>), SeedError> {
    let table = Table::read(REGIONS, text)?;
    let id = table.column("id")?;
    let code = table.column("code")?;
    let name_zh = table.column("name_zh")?;
    let name_en = table.column("name_en")?;
    let kind = table.column("kind")?;
    let group = table.column("group")?;
    let market = table.column("labour_market")?;
    let (lon, lat) = (table.column("lon")?, table.column("lat")?);
    let area = table.column("area_km2")?;
    let (tile_row, tile_col) = (table.column("tile_row")?, table.column("tile_col")?);
    let (mut inside, mut outside) = (Vec::new(), Vec::new());
    let mut seen: BTreeMap<String, u64> = BTreeMap::new();
    let mut tiles: BTreeMap<(i32, i32), String> = BTreeMap::new();
    for row in &table.rows {
        let region = RegionRow {
            id: id.name(row)?,
            code: code.number(row, "a six-digit administrative code")?,
            name_zh: name_zh.name(row)?,
            name_en: name_en.name(row)?,
            group: group.name(row)?,
            labour_market: market.name(row)?,
            lon: lon.finite(row, f64::NEG_INFINITY)?,
            lat: lat.finite(row, f64::NEG_INFINITY)?,
            area_km2: area.finite(row, 0.0)?,
            tile_row: tile_row.number(row, "a whole number")?,
            tile_col: tile_col.number(row, "a whole number")?,
        };
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
    }
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
    for row in &table.rows {
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
    }
    Ok(sources)
}

/// All facts, found by region and field.
pub(super) struct FactBook {
    pub(super) rows: Vec<FactRow>,
    index: BTreeMap<(String, String), usize>,
}

impl FactBook {
    /// Read the facts; every region, field and source they name must exist.
    pub(super) fn read(
        text: &str,
        inside: &[RegionRow],
        outside: &[RegionRow],
        sources: &[SourceRow],
    ) -> Result<Self, SeedError> {
        let table = Table::read(FACTS, text)?;
        let region = table.column("region")?;
        let field = table.column("field")?;
        let value = table.column("value")?;
        let unit = table.column("unit")?;
        let year = table.column("year")?;
        let grade = table.column("grade")?;
        let source = table.column("source")?;
        let rule = table.column("rule")?;
        let mut known: BTreeMap<&str, &[FieldSpec]> = BTreeMap::new();
        known.extend(inside.iter().map(|r| (r.id.as_str(), RegionSeed::FIELDS)));
        known.extend(outside.iter().map(|r| (r.id.as_str(), OutsideSeed::FIELDS)));
        known.insert("city", CityFacts::FIELDS);
        known.insert("nation", NationFacts::FIELDS);
        let mut book = Self {
            rows: Vec::with_capacity(table.rows.len()),
            index: BTreeMap::new(),
        };
        for row in &table.rows {
            let Some(specs) = known.get(region.text(row)) else {
                return Err(region.unknown(row, known.keys().copied()));
            };
            let Some(spec) = specs.iter().find(|s| s.name == field.text(row)) else {
                return Err(field.unknown(row, specs.iter().map(|s| s.name)));
            };
            if !sources.iter().any(|s| s.id == source.text(row)) {
                return Err(source.unknown(row, sources.iter().map(|s| s.id.as_str())));
            }
            if unit.text(row) != spec.unit {
                return Err(unit.bad(row, spec.unit));
            }
            let number = value.finite(row, f64::NEG_INFINITY)?;
            if !spec.allowed.admits(number) {
                return Err(value.bad(row, spec.allowed.in_words()));
            }
            let fact = FactRow {
                region: region.text(row).to_owned(),
                field: field.text(row).to_owned(),
                value: number,
                unit: unit.text(row).to_owned(),
                year: year.number(row, "a year")?,
                grade: grade.grade(row)?,
                source: source.text(row).to_owned(),
                rule: rule.text(row).to_owned(),
                line: line(row),
            };
            if fact.grade == Grade::Assumption && fact.rule.is_empty() {
                return Err(rule.bad(row, "a statement, because the grade is ASSUMPTION"));
            }
            let key = (fact.region.clone(), fact.field.clone());
            if let Some(first) = book.index.insert(key, book.rows.len()) {
                return Err(SeedError::Duplicate {
                    file: FACTS,
                    line: fact.line,
                    what: format!("region `{}`, field `{}`", fact.region, fact.field),
                    first: book.rows[first].line,
                });
            }
            book.rows.push(fact);
        }
        Ok(book)
    }

    /// The number of one region and field.
    pub(super) fn take(&self, region: &str, spec: &FieldSpec) -> Result<f64, SeedError> {
        self.index
            .get(&(region.to_owned(), spec.name.to_owned()))
            .map(|&at| self.rows[at].value)
            .ok_or_else(|| SeedError::MissingFact {
                region: region.to_owned(),
                field: spec.name,
                unit: spec.unit,
            })
    }
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
    for row in &table.rows {
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
    }
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
