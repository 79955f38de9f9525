//! The world of a scenario: one that comes with the program, or a folder.

use std::path::{Path, PathBuf};

use super::KnownWorld;
use super::seed::SeedEconomy;
use crate::base::problem::{Problem, Problems, Source};
use crate::base::spanned::Node;

impl KnownWorld {
    /// What scenarios may say of a seed economy that is called `name`.
    pub fn new(name: &str, data: &SeedEconomy) -> Self {
        let inside = data.regions.len();
        let groups = data.groups().into_iter().map(|g| {
            let members = (0..inside).filter(|&r| data.regions[r].group == g).collect();
            (g.to_owned(), members)
        });
        Self {
            name: name.to_owned(),
            groups: groups.collect(),
            regions: data.regions.iter().map(|r| r.id.clone()).collect(),
            digest: data.digest().to_owned(),
        }
    }
}

/// The world that `node` names. A folder is looked for beside the text that names it; its files are read and checked.
pub(super) fn read_world(
    source: &Source,
    node: &Node,
    key: &str,
    worlds: &[KnownWorld],
) -> Result<KnownWorld, Problems> {
    let names: Vec<&str> = worlds.iter().map(|world| world.name.as_str()).collect();
    let allowed = format!("one of: {}, or the folder of a world", names.join(", "));
    let Some(text) = node.text() else {
        return Err(node.wrong(source, key, &allowed).into());
    };
    if let Some(world) = worlds.iter().find(|world| world.name == text) {
        return Ok(world.clone());
    }
    let path = source.folder.clone().unwrap_or_default().join(text);
    if !text.is_empty() && path.is_dir() {
        let data = SeedEconomy::open(&path)?;
        let path = path.canonicalize().unwrap_or(path);
        return Ok(KnownWorld::new(&path.display().to_string(), &data));
    }
    let message = format!("`{key}` is `{text}`, but must be {allowed}");
    let problem = source.problem(&node.span, key, message);
    let problem = match text.contains(['/', '\\']) {
        true => problem.label("no such folder"),
        false => problem.label("unknown world"),
    };
    Err(problem.near(text, names).into())
}

/// Checks the folder of a world and says what is in it.
pub(super) fn check_world(folder: &Path) -> Result<String, Problems> {
    let data = SeedEconomy::open(folder)?;
    Ok(format!(
        "world `{}`, {} regions inside and {} outside, {} facts, data {}",
        data.name,
        data.regions.len(),
        data.outside.len(),
        data.facts().len(),
        data.digest(),
    ))
}

/// What to say of a file of a world where a scenario was expected.
pub(super) fn table(argument: &str) -> Problem {
    let folder = Path::new(argument).parent().map(PathBuf::from).unwrap_or_default();
    let folder = if folder.as_os_str().is_empty() {
        ".".into()
    } else {
        folder
    };
    let message = format!("`{argument}` is a table, and not a scenario, lever or experiment");
    Problem::placeless(argument, message).advice(format!(
        "tables are checked with the world they belong to: `yaosu check {}`",
        folder.display()
    ))
}
