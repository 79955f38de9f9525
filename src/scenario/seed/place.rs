//! Where in the files of a folder a fault is.

use std::ops::Range;
use std::path::Path;

use super::error::SeedError;
use super::{FACTS, MIGRATION, REGIONS};
use crate::base::problem::{Problem, Problems, Source};

impl SeedError {
    /// The fault as a person reads it: with the line of the file in which it is.
    pub(super) fn problems(&self, folder: &Path) -> Problems {
        match self {
            Self::Several(all) => Problems(all.iter().map(|error| error.problem(folder)).collect()),
            one => one.problem(folder).into(),
        }
    }

    fn problem(&self, folder: &Path) -> Problem {
        let Some((file, line, column)) = self.place() else {
            let advice = "a world is a folder with regions.csv, facts.csv, migration.csv and sources.csv";
            return Problem::placeless("world", self.to_string()).advice(advice);
        };
        let path = folder.join(file);
        let text = std::fs::read_to_string(&path).unwrap_or_default();
        let source = Source::new(&path.display().to_string(), &text);
        let line = line.unwrap_or_else(|| self.about(&text));
        let problem = source.problem(&span(&text, line, column), column.unwrap_or(file), self.told());
        match self {
            Self::UnknownName {
                nearest: Some(near), ..
            } => problem.advice(format!("the nearest is `{near}`")),
            Self::BadValue { allowed, .. } => problem.advice(format!("allowed: {allowed}")),
            _ => problem,
        }
    }

    /// The message without the place, which is shown beside it.
    fn told(&self) -> String {
        match self {
            Self::Csv { cause, .. } => cause.to_string(),
            Self::BadValue { column, value, .. } => format!("`{column}` is `{value}`, which is not allowed"),
            Self::UnknownName { column, value, .. } => format!("`{column}` is `{value}`, which is unknown"),
            other => other.to_string(),
        }
    }

    /// File, line and column, as far as they are known.
    fn place(&self) -> Option<(&'static str, Option<u64>, Option<&'static str>)> {
        Some(match self {
            Self::MissingFile { .. } | Self::Several(_) => return None,
            Self::Csv { file, line, .. } | Self::Duplicate { file, line, .. } => (file, Some(*line), None),
            Self::MissingColumn { file, .. } => (file, Some(1), None),
            Self::BadValue { file, line, column, .. } | Self::UnknownName { file, line, column, .. } => {
                (file, Some(*line), Some(*column))
            }
            Self::MissingFact { .. } => (FACTS, None, None),
            Self::SameTile { line, .. } => (REGIONS, Some(*line), Some("tile_row")),
            Self::MissingPair { .. } => (MIGRATION, None, None),
            Self::Inconsistent { file, .. } => (file, None, None),
        })
    }

    /// The first line about the region of a fault that is in no single line.
    fn about(&self, text: &str) -> u64 {
        let (Self::MissingFact { region, .. }
        | Self::MissingPair { origin: region, .. }
        | Self::Inconsistent { region, .. }) = self
        else {
            return 1;
        };
        let found = text
            .lines()
            .position(|line| line.split(',').next() == Some(region.as_str()));
        found.map_or(1, |at| at as u64 + 1)
    }
}

/// Where a line, or the cell of a column in it, stands in the text of a table.
fn span(text: &str, line: u64, column: Option<&str>) -> Range<usize> {
    let mut lines = text.split_inclusive('\n');
    let header = text.lines().next().unwrap_or_default();
    let before = (line as usize).saturating_sub(1);
    let start: usize = lines.by_ref().take(before).map(str::len).sum();
    let row = lines.next().unwrap_or_default().trim_end();
    let at = column
        .and_then(|name| cells(header).position(|cell| header[cell].trim_matches(['"', ' ', '\u{feff}']) == name));
    match at.and_then(|at| cells(row).nth(at)) {
        Some(cell) if !cell.is_empty() => start + cell.start..start + cell.end,
        _ => start..start + row.len(),
    }
}

/// The cells of a line; a comma between quotes separates nothing.
fn cells(line: &str) -> impl Iterator<Item = Range<usize>> {
    let mut quoted = false;
    let commas = line.char_indices().filter_map(move |(at, c)| {
        quoted ^= c == '"';
        (c == ',' && !quoted).then_some(at)
    });
    let mut from = 0;
    commas.chain([line.len()]).map(move |to| {
        let cell = from..to;
        from = to + 1;
        cell
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_found_behind_quoted_commas() {
        let text = "id,title,value\na,\"x, y\",7\nb,z,\n";
        assert_eq!(&text[span(text, 2, Some("value"))], "7");
        assert_eq!(&text[span(text, 2, Some("title"))], "\"x, y\"");
        assert_eq!(
            &text[span(text, 3, Some("value"))],
            "b,z,",
            "an empty cell is shown with its line"
        );
        assert_eq!(&text[span(text, 2, None)], "a,\"x, y\",7");
        assert_eq!(span(text, 9, Some("value")), text.len()..text.len());
    }
}
