//! Measured values of arms: on the disk while a comparison runs, because those of all arms and seeds need gigabytes; what
//! the small tables need, series of the total above all, in memory.

use super::panel::{Horizon, Layout};
use crate::experiment::frames::FrameError;
use std::fs::{self, File};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// Bytes of a value.
const BYTES: usize = size_of::<f64>();

/// The file of the arms of one seed, one after another; it goes when nothing stands in it any more.
#[derive(Debug)]
pub struct Scratch {
    path: PathBuf,
    file: Mutex<File>,
}

/// Values of one arm.
#[derive(Clone, Debug)]
pub struct Kept {
    /// By quarter and series that is near ([`Layout::near`]).
    near: Vec<f64>,
    /// Series near in a quarter.
    width: usize,
    scratch: Arc<Scratch>,
    /// Where all values stand in the file, and how many there are.
    from: u64,
    count: usize,
}

impl Scratch {
    /// An empty file.
    ///
    /// # Errors
    /// If it cannot be made.
    pub fn new(path: &Path) -> Result<Arc<Self>, FrameError> {
        let mut options = File::options();
        let file = options.read(true).write(true).create(true).truncate(true).open(path);
        Ok(Arc::new(Self {
            path: path.to_owned(),
            file: Mutex::new(file.map_err(|source| io(path, source))?),
        }))
    }

    /// Keeps the values of an arm, by quarter and series.
    ///
    /// # Errors
    /// If they cannot be written.
    pub fn keep(self: &Arc<Self>, layout: &Layout, full: bool, values: &[f64]) -> Result<Kept, FrameError> {
        let (all, width) = (layout.width(full), layout.near(full));
        let near = values
            .chunks(all)
            .flat_map(|row| layout.near_values(&row[..all], width));
        let near = near.collect();
        let bytes: Vec<u8> = values.iter().flat_map(|x| x.to_le_bytes()).collect();
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        let from = file.seek(SeekFrom::End(0)).map_err(|e| io(&self.path, e))?;
        file.write_all(&bytes).map_err(|e| io(&self.path, e))?;
        Ok(Kept {
            near,
            width,
            scratch: Arc::clone(self),
            from,
            count: values.len(),
        })
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.path);
    }
}

impl Kept {
    /// All values, by quarter and series.
    ///
    /// # Errors
    /// If they cannot be read.
    pub fn all(&self) -> Result<Vec<f64>, FrameError> {
        let mut bytes = vec![0; self.count * BYTES];
        let mut file = self.scratch.file.lock().unwrap_or_else(PoisonError::into_inner);
        let read = file
            .seek(SeekFrom::Start(self.from))
            .and_then(|_| file.read_exact(&mut bytes));
        drop(file);
        read.map_err(|e| io(&self.scratch.path, e))?;
        let value = |part: &[u8]| part.try_into().map_or(f64::NAN, f64::from_le_bytes);
        Ok(bytes.chunks_exact(BYTES).map(value).collect())
    }

    /// Value of a series that is near, in a quarter.
    pub fn value(&self, layout: &Layout, series: usize, tick: usize) -> f64 {
        let place = layout.place(series).filter(|place| *place < self.width);
        debug_assert!(place.is_some(), "series {series} is not near");
        place.map_or(f64::NAN, |place| self.near[tick * self.width + place])
    }

    /// Mean over a span of a series that is near.
    pub fn window(&self, layout: &Layout, series: usize, h: &Horizon) -> f64 {
        let sum: f64 = (h.from..=h.to).map(|t| self.value(layout, series, t)).sum();
        sum / h.length() as f64
    }
}

fn io(path: &Path, source: std::io::Error) -> FrameError {
    FrameError::Io {
        path: path.to_owned(),
        source,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::{ALL, Scope};

    #[test]
    fn what_is_kept_comes_back_and_the_file_goes() {
        let scope = |name: &str| Scope {
            name: name.to_owned(),
            regions: Vec::new(),
        };
        let kept = |name: &str| ["gdp_real", "population"].contains(&name);
        let mut layout = Layout::new(&[scope("total"), scope("here"), scope("there")], 3, &kept);
        let far = layout.series("there", "population", ALL).expect("a series");
        layout.bring_near(&[far, layout.find("gdp_real", ALL).expect("a series")]);
        let path = std::env::temp_dir().join(format!("yaosu-scratch-{}", std::process::id()));
        let scratch = Scratch::new(&path).expect("a file");
        let values = |full, first: f64| -> Vec<f64> { (0..3 * layout.width(full)).map(|k| first + k as f64).collect() };
        let (wide, narrow) = (values(true, 0.5), values(false, 700.0));
        let arms = [(true, &wide), (false, &narrow)];
        let arms = arms.map(|(full, values)| scratch.keep(&layout, full, values).expect("written"));
        drop(scratch);
        assert_eq!(arms[0].all().expect("read"), wide);
        assert_eq!(arms[1].all().expect("read"), narrow);
        for tick in 0..3 {
            assert_eq!(arms[0].value(&layout, far, tick), wide[tick * layout.width(true) + far]);
            for series in 0..layout.total {
                assert_eq!(
                    arms[0].value(&layout, series, tick),
                    wide[tick * layout.width(true) + series]
                );
                assert_eq!(
                    arms[1].value(&layout, series, tick),
                    narrow[tick * layout.total + series]
                );
            }
        }
        assert!(path.is_file());
        drop(arms);
        assert!(!path.exists());
    }
}
