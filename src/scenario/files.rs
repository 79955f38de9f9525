//! Finds and reads the texts that scenarios name: files and built-in ones.

use std::ops::Range;
use std::path::{Path, PathBuf};

use super::load::Library;
use crate::base::problem::{Problem, Source, decode, nearest};

/// Files longer than this are not read `[bytes]`.
const LONGEST_FILE: u64 = 4 << 20;

/// A text that was found, and a name that tells whether two are the same.
pub(super) struct Opened {
    pub id: String,
    pub stem: String,
    pub source: Source,
}

/// A path if it ends in `.toml` or is a file, else the name of a built-in scenario.
pub(super) fn open(argument: &str, folder: Option<&Path>, library: &Library<'_>) -> Result<Opened, Problem> {
    let path = folder.map_or_else(|| PathBuf::from(argument), |folder| folder.join(argument));
    if argument.ends_with(".toml") || path.is_file() {
        let source = read_file(&path).map_err(|error| Problem::placeless(argument, error.message()))?;
        let id = path.canonicalize().unwrap_or(path).display().to_string();
        return Ok(Opened {
            id,
            stem: stem(argument),
            source: source?,
        });
    }
    let found = library.scenarios.iter().find(|(name, _)| *name == argument);
    found
        .map(|(name, text)| Opened {
            id: format!("built-in {name}"),
            stem: (*name).to_owned(),
            source: Source::new(&format!("built-in scenario {name}"), text),
        })
        .ok_or_else(|| {
            let names = library.scenarios.iter().map(|(name, _)| *name);
            let list = names.clone().collect::<Vec<_>>().join(", ");
            let message = format!("`{argument}` is neither a file nor a built-in scenario");
            let help = match nearest(argument, names) {
                Some(near) => format!("did you mean `{near}`? built-in scenarios: {list}"),
                None => format!("built-in scenarios: {list}"),
            };
            Problem::placeless(argument, message).advice(help)
        })
}

/// Why there is no text; the inner result tells of a text that is not UTF-8.
fn read_file(path: &Path) -> Result<Result<Source, Problem>, Problem> {
    let name = path.display().to_string();
    let fail = |why: String| Problem::placeless(&name, format!("cannot read `{name}`: {why}"));
    let about = std::fs::metadata(path).map_err(|error| fail(error.to_string()))?;
    if !about.is_file() {
        return Err(fail("it is not a file".to_owned()));
    }
    if about.len() > LONGEST_FILE {
        return Err(fail(format!("it is longer than {} MiB", LONGEST_FILE >> 20)));
    }
    let bytes = std::fs::read(path).map_err(|error| fail(error.to_string()))?;
    let folder = path.parent().map(Path::to_path_buf).unwrap_or_default();
    Ok(decode(&name, bytes, Some(folder)))
}

/// A file that `source` names at `span`: beside it, or among the files of the program.
pub(super) fn read_beside(
    source: &Source,
    span: &Range<usize>,
    key: &str,
    path: &Path,
    library: &Library<'_>,
) -> Result<Source, Problem> {
    let beside = source.folder.as_ref().map(|folder| folder.join(path));
    let read = match beside.filter(|path| path.exists()) {
        Some(path) => read_file(&path),
        None => match library.files.iter().find(|(name, _)| Path::new(name) == path) {
            Some((name, text)) => return Ok(Source::new(name, text)),
            None => read_file(&source.folder.clone().unwrap_or_default().join(path)),
        },
    };
    match read {
        Ok(text) => text,
        Err(error) => Err(source.problem(span, key, format!("`{key}`: {}", error.message()))),
    }
}

/// The file name without its ending, with other characters than a name may have replaced.
pub(super) fn stem(argument: &str) -> String {
    let stem = Path::new(argument)
        .file_stem()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    let clean = |c: char| {
        if c.is_alphanumeric() || c == '_' { c } else { '-' }
    };
    let name: String = stem.chars().map(clean).take(64).collect();
    if is_name(&name) { name } else { "scenario".to_owned() }
}

/// Whether a run may be called so: the name becomes that of a folder.
pub(super) fn is_name(name: &str) -> bool {
    let good = |c: char| c.is_alphanumeric() || c == '_' || c == '-';
    name.starts_with(char::is_alphanumeric) && name.chars().all(good) && name.chars().count() <= 64
}
