//! Frames as Stata files, format 118 (Stata 14 and later; `help dta` describes it), written part by part.
//!
//! Text becomes numbers with value labels, dates become quarters (`%tq`), whole numbers `long`, others `double`; what is
//! not a finite number is missing. Whole numbers of 64 bits are doubles: beyond 2^53 they are rounded.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{BufWriter, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use polars::prelude::{DataFrame, DataType};

use super::{FrameError, floats, integers, text};

/// Stata's missing `long` and the bits of its missing `double`.
const NO_LONG: i32 = 2_147_483_621;
const NO_DOUBLE: u64 = 0x7FE0_0000_0000_0000;
/// Type codes.
const DOUBLE: u16 = 65_526;
const LONG: u16 = 65_528;
/// Entries of the map of the file.
const SECTIONS: usize = 14;

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Text,
    Quarter,
    Whole,
    Number,
}

/// One variable, with the labels of its numbers if it is text.
struct Variable {
    name: String,
    kind: Kind,
    labels: Vec<String>,
    codes: HashMap<String, i32>,
}

impl Variable {
    fn code(&mut self, text: &str) -> i32 {
        if let Some(&code) = self.codes.get(text) {
            return code;
        }
        let code = self.labels.len() as i32 + 1;
        self.labels.push(text.to_owned());
        self.codes.insert(text.to_owned(), code);
        code
    }
}

/// A `.dta` file in the making.
pub struct StataFile {
    path: PathBuf,
    temporary: PathBuf,
    out: BufWriter<File>,
    variables: Vec<Variable>,
    rows: u64,
    /// Where the number of rows stands.
    rows_at: u64,
    map: [u64; SECTIONS],
}

impl StataFile {
    /// A file with the columns of `first`, which is not yet written.
    ///
    /// # Errors
    /// If the file cannot be made.
    pub fn new(path: &Path, first: &DataFrame) -> Result<Self, FrameError> {
        let temporary = crate::experiment::temporary::beside(path);
        let io = |source| FrameError::Io {
            path: path.to_owned(),
            source,
        };
        let variable = |column: &polars::prelude::Column| Variable {
            name: column.name().to_string(),
            kind: match column.dtype() {
                DataType::String => Kind::Text,
                DataType::Date => Kind::Quarter,
                DataType::Int32 => Kind::Whole,
                _ => Kind::Number,
            },
            labels: Vec::new(),
            codes: HashMap::new(),
        };
        let mut file = Self {
            path: path.to_owned(),
            out: BufWriter::new(File::create(&temporary).map_err(io)?),
            temporary,
            variables: first.columns().iter().map(variable).collect(),
            rows: 0,
            rows_at: 0,
            map: [0; SECTIONS],
        };
        file.head().map_err(io)?;
        Ok(file)
    }

    fn head(&mut self) -> std::io::Result<()> {
        let count = self.variables.len() as u16;
        self.out
            .write_all(b"<stata_dta><header><release>118</release><byteorder>LSF</byteorder><K>")?;
        self.out.write_all(&count.to_le_bytes())?;
        self.out.write_all(b"</K><N>")?;
        self.rows_at = self.out.stream_position()?;
        self.out.write_all(&[0; 8])?;
        self.out
            .write_all(b"</N><label>\0\0</label><timestamp>\0</timestamp></header>")?;
        self.section(1, "map", &[0; 8 * SECTIONS])?;
        let text = |kind: Kind| kind == Kind::Text;
        let columns = |f: &dyn Fn(&Variable) -> Vec<u8>| self.variables.iter().flat_map(f).collect::<Vec<u8>>();
        let parts = [
            (
                "variable_types",
                columns(&|v| {
                    let code = if v.kind == Kind::Number { DOUBLE } else { LONG };
                    code.to_le_bytes().to_vec()
                }),
            ),
            ("varnames", columns(&|v| padded(&v.name, 129))),
            ("sortlist", vec![0; 2 * (self.variables.len() + 1)]),
            (
                "formats",
                columns(&|v| {
                    let format = match v.kind {
                        Kind::Quarter => "%tq",
                        Kind::Number => "%10.0g",
                        Kind::Text | Kind::Whole => "%12.0g",
                    };
                    padded(format, 57)
                }),
            ),
            (
                "value_label_names",
                columns(&|v| padded(if text(v.kind) { &v.name } else { "" }, 129)),
            ),
            ("variable_labels", vec![0; 321 * self.variables.len()]),
            ("characteristics", Vec::new()),
        ];
        for (k, (name, bytes)) in parts.iter().enumerate() {
            self.section(k + 2, name, bytes)?;
        }
        self.map[9] = self.out.stream_position()?;
        self.out.write_all(b"<data>")
    }

    fn section(&mut self, entry: usize, name: &str, bytes: &[u8]) -> std::io::Result<()> {
        self.map[entry] = self.out.stream_position()?;
        write!(self.out, "<{name}>")?;
        self.out.write_all(bytes)?;
        write!(self.out, "</{name}>")
    }

    /// Adds rows.
    ///
    /// # Errors
    /// If a column is missing or the file cannot be written.
    pub fn push(&mut self, part: &DataFrame) -> Result<(), FrameError> {
        let mut columns: Vec<Cells> = Vec::with_capacity(self.variables.len());
        for v in &mut self.variables {
            columns.push(match v.kind {
                Kind::Text => {
                    let values = text(part, &v.name)?;
                    Cells::Long(values.iter().map(|x| v.code(x)).collect())
                }
                Kind::Quarter => Cells::Long(integers(part, &v.name)?.iter().map(|d| quarter(*d)).collect()),
                Kind::Whole => Cells::Long(integers(part, &v.name)?.iter().map(|x| *x as i32).collect()),
                Kind::Number => Cells::Double(floats(part, &v.name)?),
            });
        }
        for row in 0..part.height() {
            for column in &columns {
                let written = match column {
                    Cells::Long(v) => self.out.write_all(&v[row].to_le_bytes()),
                    Cells::Double(v) => self.out.write_all(&double(v[row])),
                };
                written.map_err(|e| self.io(e))?;
            }
        }
        self.rows += part.height() as u64;
        Ok(())
    }

    fn io(&self, source: std::io::Error) -> FrameError {
        FrameError::Io {
            path: self.path.clone(),
            source,
        }
    }

    /// Ends the file and gives it its name.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn finish(mut self) -> Result<(), FrameError> {
        self.tail().map_err(|e| self.io(e))?;
        fs::rename(&self.temporary, &self.path).map_err(|e| self.io(e))
    }

    fn tail(&mut self) -> std::io::Result<()> {
        self.out.write_all(b"</data>")?;
        self.section(10, "strls", &[])?;
        let labels: Vec<u8> = self
            .variables
            .iter()
            .filter(|v| v.kind == Kind::Text)
            .flat_map(labels)
            .collect();
        self.section(11, "value_labels", &labels)?;
        self.map[12] = self.out.stream_position()?;
        self.out.write_all(b"</stata_dta>")?;
        self.map[13] = self.out.stream_position()?;
        self.out.seek(SeekFrom::Start(self.rows_at))?;
        self.out.write_all(&self.rows.to_le_bytes())?;
        self.out.seek(SeekFrom::Start(self.map[1] + "<map>".len() as u64))?;
        for at in self.map {
            self.out.write_all(&at.to_le_bytes())?;
        }
        self.out.flush()?;
        self.out.get_ref().sync_all()
    }
}

/// A column ready to be written.
enum Cells {
    Long(Vec<i32>),
    Double(Vec<f64>),
}

fn double(x: f64) -> [u8; 8] {
    if x.is_finite() {
        x.to_le_bytes()
    } else {
        NO_DOUBLE.to_le_bytes()
    }
}

/// Quarters since 1960Q1 of a day since 1970-01-01 that begins a quarter.
fn quarter(day: i64) -> i32 {
    if day == -1 {
        return NO_LONG;
    }
    ((day as f64 / 365.2425 + 10.0) * 4.0).round() as i32
}

/// A text in a field of `size` bytes, ended by at least one zero.
fn padded(text: &str, size: usize) -> Vec<u8> {
    let mut bytes = text.as_bytes().to_vec();
    bytes.truncate(size - 1);
    bytes.resize(size, 0);
    bytes
}

/// The value-label table of a variable.
fn labels(v: &Variable) -> Vec<u8> {
    let mut text = Vec::new();
    let mut offsets = Vec::new();
    for label in &v.labels {
        offsets.push(text.len() as i32);
        text.extend_from_slice(label.as_bytes());
        text.push(0);
    }
    let (n, length) = (v.labels.len() as i32, text.len() as i32);
    let mut out = b"<lbl>".to_vec();
    out.extend((8 + 8 * n + length).to_le_bytes());
    out.extend(padded(&v.name, 129));
    out.extend([0; 3]);
    out.extend(n.to_le_bytes());
    out.extend(length.to_le_bytes());
    offsets.iter().for_each(|o| out.extend(o.to_le_bytes()));
    (1..=n).for_each(|code| out.extend(code.to_le_bytes()));
    out.extend(text);
    out.extend_from_slice(b"</lbl>");
    out
}

#[cfg(test)]
mod tests {
    use super::super::{Row, SeriesBuilder, first_day};
    use super::*;

    #[test]
    fn quarters_are_counted_as_stata_does() {
        assert_eq!(quarter(i64::from(first_day(4 * 1960))), 0);
        assert_eq!(quarter(i64::from(first_day(4 * 2026 + 2))), 4 * 66 + 2);
        for q in 4 * 1990..4 * 2100 {
            assert_eq!(quarter(i64::from(first_day(q))), q - 4 * 1960);
        }
    }

    #[test]
    fn the_map_points_at_its_sections_and_rows_have_their_bytes() {
        let mut rows = SeriesBuilder::new(2026, 1);
        for (seed, value) in [(7, 1.5), (8, f64::NAN)] {
            rows.push(Row {
                scenario: "重庆",
                seed,
                tick: 3,
                region: "total",
                group: "all",
                metric: "gdp_real",
                value,
                unit: "yuan",
            });
        }
        let frame = rows.finish().expect("columns fit");
        let path = std::env::temp_dir().join(format!("yaosu-stata-{}.dta", std::process::id()));
        let mut file = StataFile::new(&path, &frame).expect("a file");
        file.push(&frame).expect("rows");
        file.push(&frame).expect("rows");
        file.finish().expect("an end");
        let bytes = fs::read(&path).expect("the file");
        fs::remove_file(&path).expect("removed");
        let find = |what: &str| {
            bytes
                .windows(what.len())
                .position(|w| w == what.as_bytes())
                .expect("there")
        };
        let map = find("<map>") + 5;
        let entry = |k: usize| {
            let at = map + 8 * k;
            u64::from_le_bytes(bytes[at..at + 8].try_into().expect("eight bytes")) as usize
        };
        let names = [
            "<stata_dta>",
            "<map>",
            "<variable_types>",
            "<varnames>",
            "<sortlist>",
            "<formats>",
            "<value_label_names>",
            "<variable_labels>",
            "<characteristics>",
            "<data>",
            "<strls>",
            "<value_labels>",
            "</stata_dta>",
        ];
        for (k, name) in names.iter().enumerate() {
            assert!(bytes[entry(k)..].starts_with(name.as_bytes()), "{name}");
        }
        assert_eq!(entry(13), bytes.len());
        // seven longs (five texts, quarter, tick) and two doubles (seed, value), four rows
        assert_eq!(find("</data>") - find("<data>") - 6, 4 * (7 * 4 + 2 * 8));
        let rows = find("<N>") + 3;
        assert_eq!(bytes[rows..rows + 8], 4u64.to_le_bytes());
    }
}
