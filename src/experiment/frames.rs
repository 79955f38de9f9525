//! Frames: the tidy tables a run leaves behind, written to and read from Parquet.
//!
//! Everything that knows polars' file format is here; the builders are in `build`.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{BufWriter, Cursor};
use std::path::{Path, PathBuf};

use polars::io::parquet::write::KeyValueMetadata;
use polars::prelude::*;

use super::temporary;

mod build;
mod effects;
mod moves;
mod parts;
mod stata;
mod stream;

pub use build::{DistributionBuilder, DistributionRow, RegionRow, Row, SeriesBuilder, first_day, regions_frame};
pub use effects::{EffectRow, EffectsBuilder, NUMBERS};
pub use moves::{MoveRow, moves_frame};
pub use parts::Parts;
pub use stata::StataFile;
pub use stream::{SeriesFile, TableFile};

/// What can go wrong between a frame and its file.
#[derive(Debug, thiserror::Error)]
pub enum FrameError {
    /// The file could not be opened, written or renamed.
    #[error("{path}: {source}")]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The file is not the Parquet we expect.
    #[error("{path}: {source}")]
    Parquet {
        /// The file.
        path: PathBuf,
        /// What polars said.
        source: PolarsError,
    },
    /// A frame lacks a column, or has it in another type.
    #[error("column `{column}`: {source}")]
    Column {
        /// Name of the column.
        column: String,
        /// What polars said.
        source: PolarsError,
    },
    /// Columns do not fit together.
    #[error("frame: {0}")]
    Shape(#[from] PolarsError),
}

/// Stacks frames with the same columns, e.g. the parts that jobs wrote, in the order given.
pub fn stack(parts: Vec<DataFrame>) -> Result<DataFrame, FrameError> {
    let mut parts = parts.into_iter();
    let Some(mut whole) = parts.next() else {
        return Ok(DataFrame::default());
    };
    for part in parts {
        whole.vstack_mut_owned(part)?;
    }
    Ok(whole)
}

/// Writes a frame as Parquet (Zstandard) under a temporary name and renames it, so that a reader never sees half a file.
///
/// If the frame has columns `metric` and `unit`, each metric's unit also goes into the file's key-value metadata as
/// `unit:<metric>`, readable in R and Python without reading a row.
pub fn write_parquet(df: &mut DataFrame, path: &Path) -> Result<(), FrameError> {
    let io = |source| FrameError::Io {
        path: path.to_owned(),
        source,
    };
    let polars = |source| FrameError::Parquet {
        path: path.to_owned(),
        source,
    };
    let temporary = temporary::beside(path);
    let units = units(df)
        .into_iter()
        .map(|(metric, unit)| (format!("unit:{metric}"), unit))
        .collect::<Vec<_>>();
    let metadata = (!units.is_empty()).then(|| KeyValueMetadata::from_static(units));
    let write = || -> Result<(), FrameError> {
        let file = File::create(&temporary).map_err(io)?;
        let mut out = BufWriter::new(file);
        ParquetWriter::new(&mut out)
            .with_key_value_metadata(metadata)
            .finish(df)
            .map_err(polars)?;
        let file = out.into_inner().map_err(|e| io(e.into_error()))?;
        file.sync_all().map_err(io)?;
        fs::rename(&temporary, path).map_err(io)
    };
    let outcome = write();
    if outcome.is_err() {
        // The error that matters is the first one.
        let _ = fs::remove_file(&temporary);
    }
    outcome
}

/// A frame as the bytes of a Parquet file (Zstandard) with key-value metadata.
pub fn to_bytes(df: &mut DataFrame, metadata: Vec<(String, String)>) -> Result<Vec<u8>, FrameError> {
    let mut bytes = Vec::new();
    ParquetWriter::new(&mut bytes)
        .with_key_value_metadata(Some(KeyValueMetadata::from_static(metadata)))
        .finish(df)?;
    Ok(bytes)
}

/// As [`read_parquet`], from the bytes of `path`.
pub fn from_bytes(bytes: Vec<u8>, path: &Path, columns: Option<&[&str]>) -> Result<DataFrame, FrameError> {
    let columns = columns.map(|names| names.iter().map(|n| (*n).to_owned()).collect());
    let read = ParquetReader::new(Cursor::new(bytes)).with_columns(columns).finish();
    read.map_err(|source| FrameError::Parquet {
        path: path.to_owned(),
        source,
    })
}

/// Reads a Parquet file, all columns or those named.
pub fn read_parquet(path: &Path, columns: Option<&[&str]>) -> Result<DataFrame, FrameError> {
    let file = File::open(path).map_err(|source| FrameError::Io {
        path: path.to_owned(),
        source,
    })?;
    let columns = columns.map(|names| names.iter().map(|n| (*n).to_owned()).collect());
    let read = ParquetReader::new(file).with_columns(columns).finish();
    read.map_err(|source| FrameError::Parquet {
        path: path.to_owned(),
        source,
    })
}

/// The key-value metadata of a Parquet file that start with `unit:`, as metric and unit.
pub fn read_units(path: &Path) -> Result<BTreeMap<String, String>, FrameError> {
    let file = File::open(path).map_err(|source| FrameError::Io {
        path: path.to_owned(),
        source,
    })?;
    let mut reader = ParquetReader::new(file);
    let metadata = reader.get_metadata().map_err(|source| FrameError::Parquet {
        path: path.to_owned(),
        source,
    })?;
    let pairs = metadata.key_value_metadata().iter().flatten();
    Ok(pairs
        .filter_map(|kv| Some((kv.key.strip_prefix("unit:")?.to_owned(), kv.value.clone()?)))
        .collect())
}

/// Metric and unit of a tidy frame; empty if it has no such columns.
fn units(df: &DataFrame) -> BTreeMap<String, String> {
    let mut known = BTreeMap::new();
    let (Ok(metric), Ok(unit)) = (text(df, "metric"), text(df, "unit")) else {
        return known;
    };
    let mut last = "";
    for (metric, unit) in metric.iter().zip(&unit) {
        if *metric != last && !known.contains_key(*metric) {
            known.insert((*metric).to_owned(), (*unit).to_owned());
        }
        last = metric;
    }
    known
}

/// A text column; null reads as "".
pub fn text<'a>(df: &'a DataFrame, column: &str) -> Result<Vec<&'a str>, FrameError> {
    let wrong = |source| FrameError::Column {
        column: column.to_owned(),
        source,
    };
    let column = df.column(column).and_then(|c| c.str()).map_err(wrong)?;
    Ok(column.iter().map(Option::unwrap_or_default).collect())
}

/// A column of numbers; null reads as NaN.
pub fn floats(df: &DataFrame, column: &str) -> Result<Vec<f64>, FrameError> {
    let wrong = |source| FrameError::Column {
        column: column.to_owned(),
        source,
    };
    let column = df
        .column(column)
        .and_then(|c| c.cast(&DataType::Float64))
        .map_err(wrong)?;
    let values = column.f64().map_err(wrong)?;
    Ok(values.iter().map(|v| v.unwrap_or(f64::NAN)).collect())
}

/// A column of integers, or of dates as days since 1970-01-01; null reads as -1.
pub fn integers(df: &DataFrame, column: &str) -> Result<Vec<i64>, FrameError> {
    let wrong = |source| FrameError::Column {
        column: column.to_owned(),
        source,
    };
    let column = df
        .column(column)
        .and_then(|c| c.to_physical_repr().cast(&DataType::Int64))
        .map_err(wrong)?;
    let values = column.i64().map_err(wrong)?;
    Ok(values.iter().map(|v| v.unwrap_or(-1)).collect())
}
