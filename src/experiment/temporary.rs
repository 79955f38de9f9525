//! Files that appear whole or not at all: written under another name, then renamed.

use std::fs::{self, File};
use std::hash::{BuildHasher, Hasher, RandomState};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

/// What every temporary name has.
const MARK: &str = "tmp-";

/// Age from which a temporary file has surely no writer, even where clocks of machines differ.
const OLD: Duration = Duration::from_secs(24 * 3600);

/// A number that no other writer draws: random, for in containers every program is process 1.
pub fn luck() -> u64 {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let mut luck = RandomState::new().build_hasher();
    luck.write_u32(std::process::id());
    luck.write_u64(COUNT.fetch_add(1, Ordering::Relaxed));
    luck.finish()
}

/// A name beside `path` that no other writer takes.
pub fn beside(path: &Path) -> PathBuf {
    path.with_extension(format!("{MARK}{:016x}", luck()))
}

/// Writes a file under another name and renames it.
///
/// # Errors
/// If it cannot be written; no temporary file is left then.
pub fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let temporary = beside(path);
    let write = || {
        let mut file = File::create(&temporary)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&temporary, path)
    };
    let outcome = write();
    if outcome.is_err() {
        // the error that matters is the first one
        let _ = fs::remove_file(&temporary);
    }
    outcome
}

/// Writes a file that stays as the first of several writers has it.
///
/// # Errors
/// If it cannot be written; no temporary file is left then.
pub fn first(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let temporary = beside(path);
    let placed = fs::write(&temporary, bytes).and_then(|()| match fs::hard_link(&temporary, path) {
        // a disk without links
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => fs::rename(&temporary, path),
        _ => Ok(()),
    });
    let _ = fs::remove_file(&temporary);
    placed
}

/// Removes temporary files that killed writers left in `folder` more than a day ago; what cannot be removed stays.
pub fn clear(folder: &Path) {
    let old = |path: &Path| {
        let written = fs::metadata(path).and_then(|m| m.modified()).ok();
        written.and_then(|w| SystemTime::now().duration_since(w).ok()) > Some(OLD)
    };
    let ours = |path: &PathBuf| {
        let extension = path.extension().map(|e| e.to_string_lossy().into_owned());
        extension.is_some_and(|e| e.starts_with(MARK)) && path.is_file()
    };
    let names = fs::read_dir(folder).into_iter().flatten().flatten();
    for path in names.map(|entry| entry.path()).filter(ours).filter(|p| old(p)) {
        let _ = fs::remove_file(path);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn no_two_writers_take_the_same_name() {
        let names = || {
            (0..100)
                .map(|_| beside(Path::new("a/plan.toml")))
                .collect::<Vec<PathBuf>>()
        };
        let all: BTreeSet<PathBuf> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..8).map(|_| scope.spawn(names)).collect();
            threads.into_iter().flat_map(|t| t.join().expect("names")).collect()
        });
        assert_eq!(all.len(), 800);
        // a process of the same number and count, as in another container, differs by its own random keys
        let number = std::process::id().to_string();
        assert!(
            all.iter()
                .any(|n| !n.extension().expect("one").to_string_lossy().contains(&number))
        );
    }

    #[test]
    fn only_old_temporary_files_are_cleared() {
        let folder = std::env::temp_dir().join(format!("yaosu-clear-{}", std::process::id()));
        fs::create_dir_all(&folder).expect("a folder");
        let [new, old, kept] = ["a.tmp-1", "b.tmp-2", "c.toml"].map(|name| folder.join(name));
        for path in [&new, &old, &kept] {
            fs::write(path, "x").expect("a file");
        }
        let long_ago = SystemTime::now() - 2 * OLD;
        for path in [&old, &kept] {
            let file = File::options().write(true).open(path).expect("a file");
            file.set_modified(long_ago).expect("a time");
        }
        clear(&folder);
        assert!(new.is_file() && kept.is_file() && !old.exists());
        fs::remove_dir_all(&folder).expect("removed");
    }
}
