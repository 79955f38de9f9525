//! A Parquet file read part by part.

use std::fs::File;
use std::path::{Path, PathBuf};

use polars::io::parquet::metadata::FileMetadataRef;
use polars::prelude::*;

use super::FrameError;

/// Rows of a part.
const PART: usize = 1 << 18;

/// A Parquet file that is read part by part, so that a long table need not fit into memory.
pub struct Parts {
    path: PathBuf,
    metadata: FileMetadataRef,
}

impl Parts {
    /// Opens a file.
    ///
    /// # Errors
    /// If it cannot be read, or is no Parquet file.
    pub fn open(path: &Path) -> Result<Self, FrameError> {
        let mut reader = ParquetReader::new(file(path)?);
        let metadata = reader.get_metadata().cloned();
        Ok(Self {
            path: path.to_owned(),
            metadata: metadata.map_err(|e| wrong(path, e))?,
        })
    }

    /// Number of parts.
    pub fn count(&self) -> usize {
        self.metadata.num_rows.div_ceil(PART)
    }

    /// The named columns of a part, counted from 0.
    ///
    /// # Errors
    /// If the file cannot be read, or lacks a column.
    pub fn read(&self, part: usize, columns: &[&str]) -> Result<DataFrame, FrameError> {
        let mut reader = ParquetReader::new(file(&self.path)?);
        reader.set_metadata(self.metadata.clone());
        let (from, names) = (part * PART, columns.iter().map(|n| (*n).to_owned()).collect());
        let rows = PART.min(self.metadata.num_rows.saturating_sub(from));
        let reader = reader.with_columns(Some(names)).with_slice(Some((from, rows)));
        reader.finish().map_err(|e| wrong(&self.path, e))
    }
}

fn file(path: &Path) -> Result<File, FrameError> {
    File::open(path).map_err(|source| FrameError::Io {
        path: path.to_owned(),
        source,
    })
}

fn wrong(path: &Path, source: PolarsError) -> FrameError {
    FrameError::Parquet {
        path: path.to_owned(),
        source,
    }
}
