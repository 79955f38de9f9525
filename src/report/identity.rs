//! What a results folder says of itself.

use std::path::Path;

use super::ReportError;

/// What a folder says of itself.
pub struct Identity {
    /// Name.
    pub name: String,
    /// Hash.
    pub hash: String,
    /// Name of a comparison's package; empty for a run.
    pub package: String,
    /// Tick of the reform date.
    pub date: i32,
}

/// Name, hash, package and tick of the reform date from `manifest.toml`; name and hash else from the folder's name.
///
/// # Errors
/// If the manifest cannot be read.
pub fn identity(dir: &Path) -> Result<Identity, ReportError> {
    let folder = dir
        .file_name()
        .map(|n| n.to_string_lossy().into_owned())
        .unwrap_or_default();
    let (mut name, mut hash) = match folder.rsplit_once('-') {
        Some((name, hash)) => (name.to_owned(), hash.to_owned()),
        None => (folder.clone(), "unknown".to_owned()),
    };
    let path = dir.join("manifest.toml");
    let (mut date, mut package) = (0, String::new());
    if path.is_file() {
        let source = std::fs::read_to_string(&path).map_err(|e| ReportError::io(&path, e))?;
        let table: toml::Table = source
            .parse()
            .map_err(|e: toml::de::Error| ReportError::Manifest(e.to_string()))?;
        let field = |key: &str| table.get(key).and_then(toml::Value::as_str).map(str::to_owned);
        name = field("name").unwrap_or(name);
        hash = field("hash").unwrap_or(hash);
        package = field("package").unwrap_or_default();
        let tick = table.get("reform_tick").and_then(toml::Value::as_integer);
        date = tick.map_or(0, |t| t as i32);
    }
    hash.truncate(hash.char_indices().nth(12).map_or(hash.len(), |(i, _)| i));
    Ok(Identity {
        name,
        hash,
        package,
        date,
    })
}
