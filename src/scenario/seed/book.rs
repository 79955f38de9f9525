//! The facts of a folder, found by region and field.

use std::collections::BTreeMap;

use csv::StringRecord;

use super::FACTS;
use super::error::SeedError;
use super::fields::{CityFacts, FieldSpec, NationFacts, OutsideSeed, RegionSeed};
use super::read::{FactRow, Grade, RegionRow, SourceRow};
use super::table::{Column, Table, line};

/// The fields that a region, the city or the nation has.
type Fields<'a> = BTreeMap<&'a str, &'static [FieldSpec]>;

/// Where the parts of a fact stand.
struct FactColumns {
    region: Column,
    field: Column,
    value: Column,
    unit: Column,
    year: Column,
    grade: Column,
    source: Column,
    rule: Column,
}

impl FactColumns {
    fn of(table: &Table) -> Result<Self, SeedError> {
        Ok(Self {
            region: table.column("region")?,
            field: table.column("field")?,
            value: table.column("value")?,
            unit: table.column("unit")?,
            year: table.column("year")?,
            grade: table.column("grade")?,
            source: table.column("source")?,
            rule: table.column("rule")?,
        })
    }

    /// One fact; the region, field and source that it names must exist.
    fn read(&self, row: &StringRecord, known: &Fields<'_>, sources: &[SourceRow]) -> Result<FactRow, SeedError> {
        let Self {
            region,
            field,
            value,
            unit,
            year,
            grade,
            source,
            rule,
        } = self;
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
        Ok(fact)
    }
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
        let columns = FactColumns::of(&table)?;
        let mut known: Fields<'_> = BTreeMap::new();
        known.extend(inside.iter().map(|r| (r.id.as_str(), RegionSeed::FIELDS)));
        known.extend(outside.iter().map(|r| (r.id.as_str(), OutsideSeed::FIELDS)));
        known.insert("city", CityFacts::FIELDS);
        known.insert("nation", NationFacts::FIELDS);
        let mut book = Self {
            rows: Vec::with_capacity(table.rows.len()),
            index: BTreeMap::new(),
        };
        table.each(|row| {
            let fact = columns.read(row, &known, sources)?;
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
            Ok(())
        })?;
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
