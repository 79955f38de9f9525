//! A table of text: header, rows, and cells with the line and the column of whatever does not fit.

use csv::{ReaderBuilder, StringRecord, Trim};

use super::error::SeedError;
use super::read::Grade;

/// A parsed file: header and rows with their lines.
pub(super) struct Table {
    file: &'static str,
    header: StringRecord,
    pub(super) rows: Vec<StringRecord>,
}

impl Table {
    pub(super) fn read(file: &'static str, text: &str) -> Result<Self, SeedError> {
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

    /// Reads every row; faults of single rows are gathered, so that a person sees all of them at once.
    pub(super) fn each(&self, read: impl FnMut(&StringRecord) -> Result<(), SeedError>) -> Result<(), SeedError> {
        SeedError::all(self.rows.iter().map(read).filter_map(Result::err).collect())
    }

    pub(super) fn column(&self, column: &'static str) -> Result<Column, SeedError> {
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

pub(super) fn line(row: &StringRecord) -> u64 {
    row.position().map_or(0, csv::Position::line)
}

/// One column of a file.
#[derive(Clone, Copy)]
pub(super) struct Column {
    file: &'static str,
    column: &'static str,
    at: usize,
}

impl Column {
    pub(super) fn text<'r>(&self, row: &'r StringRecord) -> &'r str {
        row.get(self.at).unwrap_or("")
    }

    pub(super) fn name(&self, row: &StringRecord) -> Result<String, SeedError> {
        match self.text(row) {
            "" => Err(self.bad(row, "a name, not empty")),
            text => Ok(text.to_owned()),
        }
    }

    pub(super) fn number<T: std::str::FromStr>(&self, row: &StringRecord, allowed: &str) -> Result<T, SeedError> {
        self.text(row).parse().map_err(|_| self.bad(row, allowed))
    }

    pub(super) fn finite(&self, row: &StringRecord, least: f64) -> Result<f64, SeedError> {
        let value: f64 = self.number(row, "a number")?;
        if !value.is_finite() {
            return Err(self.bad(row, "a finite number"));
        }
        if value < least {
            return Err(self.bad(row, "a number of at least 0"));
        }
        Ok(value)
    }

    pub(super) fn grade(&self, row: &StringRecord) -> Result<Grade, SeedError> {
        [Grade::A, Grade::B, Grade::C, Grade::Assumption]
            .into_iter()
            .find(|grade| grade.as_str() == self.text(row))
            .ok_or_else(|| self.bad(row, "A, B, C or ASSUMPTION"))
    }

    pub(super) fn bad(&self, row: &StringRecord, allowed: &str) -> SeedError {
        SeedError::BadValue {
            file: self.file,
            line: line(row),
            column: self.column,
            value: self.text(row).to_owned(),
            allowed: allowed.to_owned(),
        }
    }

    pub(super) fn unknown<'k>(&self, row: &StringRecord, known: impl Iterator<Item = &'k str>) -> SeedError {
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
