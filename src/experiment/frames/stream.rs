//! Tables written part by part, so that no more than one part is in memory.

use std::fs::{self, File};
use std::io::BufWriter;
use std::path::{Path, PathBuf};

use polars::io::parquet::write::{BatchedWriter, KeyValueMetadata};
use polars::prelude::*;

use super::{FrameError, StataFile};

/// A Parquet file in the making: one row group a part.
pub struct SeriesFile {
    path: PathBuf,
    temporary: PathBuf,
    units: Vec<(String, String)>,
    writer: Option<BatchedWriter<BufWriter<File>>>,
}

impl SeriesFile {
    /// A file for parts with the same columns; `units` are metrics with their units, for its metadata.
    pub fn new(path: &Path, units: &[(&str, &str)]) -> Self {
        Self {
            path: path.to_owned(),
            temporary: crate::experiment::temporary::beside(path),
            units: units
                .iter()
                .map(|(m, u)| (format!("unit:{m}"), (*u).to_owned()))
                .collect(),
            writer: None,
        }
    }

    fn io(&self, source: std::io::Error) -> FrameError {
        FrameError::Io {
            path: self.path.clone(),
            source,
        }
    }

    fn polars(&self, source: PolarsError) -> FrameError {
        FrameError::Parquet {
            path: self.path.clone(),
            source,
        }
    }

    /// Writes a part.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn push(&mut self, part: &DataFrame) -> Result<(), FrameError> {
        if self.writer.is_none() {
            let file = File::create(&self.temporary).map_err(|e| self.io(e))?;
            let metadata = KeyValueMetadata::from_static(self.units.clone());
            let writer = ParquetWriter::new(BufWriter::new(file)).with_key_value_metadata(Some(metadata));
            self.writer = Some(writer.batched(part.schema()).map_err(|e| self.polars(e))?);
        }
        match &mut self.writer {
            Some(writer) => writer.write_batch(part),
            None => Ok(()),
        }
        .map_err(|e| self.polars(e))
    }

    /// Ends the file and gives it its name.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn finish(mut self) -> Result<(), FrameError> {
        if let Some(writer) = self.writer.take() {
            writer.finish().map_err(|e| self.polars(e))?;
            drop(writer);
            File::open(&self.temporary)
                .and_then(|f| f.sync_all())
                .and_then(|()| fs::rename(&self.temporary, &self.path))
                .map_err(|e| self.io(e))?;
        }
        Ok(())
    }
}

/// A table in the making: a Parquet file, and one for Stata beside it if that is wanted.
pub struct TableFile {
    parquet: SeriesFile,
    /// Path of the Stata file, and the file once its columns are known.
    stata: Option<(PathBuf, Option<StataFile>)>,
}

impl TableFile {
    /// A table at `path`, which ends in `.parquet`; `units` as for [`SeriesFile::new`].
    pub fn new(path: &Path, units: &[(&str, &str)], stata: bool) -> Self {
        Self {
            parquet: SeriesFile::new(path, units),
            stata: stata.then(|| (path.with_extension("dta"), None)),
        }
    }

    /// Writes a part.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn push(&mut self, part: &DataFrame) -> Result<(), FrameError> {
        if let Some((path, file)) = &mut self.stata {
            let file = match file {
                Some(file) => file,
                None => file.insert(StataFile::new(path, part)?),
            };
            file.push(part)?;
        }
        self.parquet.push(part)
    }

    /// Ends the files and gives them their names.
    ///
    /// # Errors
    /// If one cannot be written.
    pub fn finish(self) -> Result<(), FrameError> {
        if let Some((_, Some(file))) = self.stata {
            file.finish()?;
        }
        self.parquet.finish()
    }
}
