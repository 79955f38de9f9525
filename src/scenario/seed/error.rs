//! What can be wrong with a seed folder.

use std::path::PathBuf;

use thiserror::Error;

/// A fault of a seed folder: where it is, what stands there, what is allowed.
#[derive(Debug, Error)]
pub enum SeedError {
    /// More than one fault of a file.
    #[error("{}", listed(.0))]
    Several(Vec<SeedError>),
    /// A file of the folder cannot be read.
    #[error("cannot read {}: {cause}", path.display())]
    MissingFile {
        /// The file.
        path: PathBuf,
        /// What the system said.
        cause: std::io::Error,
    },
    /// A file is not well-formed CSV.
    #[error("{file}, line {line}: {cause}")]
    Csv {
        /// The file.
        file: &'static str,
        /// Line in the file, from 1.
        line: u64,
        /// What the reader said.
        cause: csv::Error,
    },
    /// A column is not there.
    #[error("{file}: column `{column}` is missing; the header has {found}")]
    MissingColumn {
        /// The file.
        file: &'static str,
        /// The column looked for.
        column: &'static str,
        /// The columns found.
        found: String,
    },
    /// A cell cannot hold what it holds.
    #[error("{file}, line {line}, column `{column}`: `{value}` is not allowed; allowed: {allowed}")]
    BadValue {
        /// The file.
        file: &'static str,
        /// Line in the file, from 1.
        line: u64,
        /// The column.
        column: &'static str,
        /// The cell.
        value: String,
        /// What is allowed.
        allowed: String,
    },
    /// A name that is not defined.
    #[error("{file}, line {line}, column `{column}`: `{value}` is unknown{}", hint(nearest))]
    UnknownName {
        /// The file.
        file: &'static str,
        /// Line in the file, from 1.
        line: u64,
        /// The column: region, field, source, origin or destination.
        column: &'static str,
        /// The name.
        value: String,
        /// The known name that is most like it.
        nearest: Option<String>,
    },
    /// A fact that the model needs is not in the file.
    #[error("facts.csv: no row for region `{region}`, field `{field}` (unit: {unit})")]
    MissingFact {
        /// The region, `city` or `nation`.
        region: String,
        /// The field.
        field: &'static str,
        /// The unit of the field.
        unit: &'static str,
    },
    /// The same thing is given twice.
    #[error("{file}, line {line}: {what} is given twice; first on line {first}")]
    Duplicate {
        /// The file.
        file: &'static str,
        /// Line of the second, from 1.
        line: u64,
        /// What is given twice.
        what: String,
        /// Line of the first.
        first: u64,
    },
    /// Two regions stand on one tile of the map.
    #[error(
        "regions.csv, line {line}: `{second}` and `{first}` both stand on tile row {row}, column {col}; one region a tile"
    )]
    SameTile {
        /// Line of the second region, from 1.
        line: u64,
        /// The first region.
        first: String,
        /// The second region.
        second: String,
        /// Row of the tile.
        row: i32,
        /// Column of the tile.
        col: i32,
    },
    /// An origin and destination pair has no row.
    #[error("migration.csv: no row for origin `{origin}`, destination `{destination}`")]
    MissingPair {
        /// The origin.
        origin: String,
        /// The destination.
        destination: String,
    },
    /// Numbers that contradict each other.
    #[error("{file}: `{region}`: {what}: {left} against {right}; allowed: {allowed}")]
    Inconsistent {
        /// The file.
        file: &'static str,
        /// The region, `city` or `nation`.
        region: String,
        /// What is compared.
        what: String,
        /// One side.
        left: f64,
        /// The other side.
        right: f64,
        /// What is allowed.
        allowed: &'static str,
    },
}

impl SeedError {
    /// The fault that was found, or all of them.
    pub(super) fn all(mut found: Vec<Self>) -> Result<(), Self> {
        match found.len() {
            0 => Ok(()),
            1 => found.pop().map_or(Ok(()), Err),
            _ => Err(Self::Several(found)),
        }
    }
}

fn listed(all: &[SeedError]) -> String {
    let lines: Vec<String> = all.iter().map(ToString::to_string).collect();
    lines.join("\n")
}

fn hint(nearest: &Option<String>) -> String {
    nearest
        .as_ref()
        .map_or_else(String::new, |name| format!("; the nearest is `{name}`"))
}
