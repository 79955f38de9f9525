//! Checkpoints: a compact binary file that resumes or branches a run, bit by bit.

use super::World;
use std::io::Write;
use std::path::{Path, PathBuf};
use thiserror::Error;

const MAGIC: &[u8; 8] = b"yaosu\0cp";
/// Version of the file format; grows with every change of the state.
pub const FORMAT: u32 = 6;

/// Why a checkpoint was refused.
#[derive(Debug, Error)]
pub enum CheckpointError {
    /// The file cannot be read or written.
    #[error("checkpoint {path}: {source}")]
    Io {
        /// File.
        path: PathBuf,
        /// Cause.
        source: std::io::Error,
    },
    /// Not a checkpoint, or a broken one.
    #[error("checkpoint {path}: not a complete checkpoint of yaosu ({what})")]
    Broken {
        /// File.
        path: PathBuf,
        /// What is wrong.
        what: String,
    },
    /// A checkpoint of something else.
    #[error("checkpoint {path}: `{field}` is {found}, but this run has {expected}")]
    Mismatch {
        /// File.
        path: PathBuf,
        /// Which field differs.
        field: &'static str,
        /// In the file.
        found: String,
        /// In this run.
        expected: String,
    },
}

/// What a checkpoint must agree on with the run that takes it up.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Identity {
    /// Program version.
    pub version: String,
    /// World.
    pub world: String,
    /// Scale.
    pub scale: u32,
    /// Seed.
    pub seed: u64,
    /// Digest of the files of the world.
    pub data: String,
    /// Hash of behaviour, base law and the files of the world: everything but levers.
    pub economy: String,
}

/// Writes a checkpoint to a temporary name, then renames it.
///
/// # Errors
/// If the file cannot be written.
pub fn save(path: &Path, identity: &Identity, world: &World) -> Result<(), CheckpointError> {
    let io = |source| CheckpointError::Io {
        path: path.to_owned(),
        source,
    };
    let encode = |what: postcard::Error| CheckpointError::Broken {
        path: path.to_owned(),
        what: what.to_string(),
    };
    let mut bytes = MAGIC.to_vec();
    bytes.extend(FORMAT.to_le_bytes());
    let bytes = postcard::to_extend(identity, bytes).map_err(encode)?;
    let bytes = postcard::to_extend(world, bytes).map_err(encode)?;
    let mut bytes = bytes;
    bytes.extend(digest(&bytes));
    let mut partial = path.as_os_str().to_owned();
    partial.push(".partial");
    let partial = PathBuf::from(partial);
    let mut file = std::fs::File::create(&partial).map_err(io)?;
    file.write_all(&bytes).map_err(io)?;
    file.sync_all().map_err(io)?;
    std::fs::rename(&partial, path).map_err(io)
}

/// Reads a checkpoint and checks that it belongs to this run.
///
/// # Errors
/// If the file cannot be read, is broken, or differs in a field (named).
pub fn load(path: &Path, expected: &Identity) -> Result<World, CheckpointError> {
    let (bytes, from) = read(path, expected)?;
    match postcard::take_from_bytes(&bytes[from..]) {
        Ok((world, end)) if end.len() == 32 => Ok(world),
        Ok(_) => Err(broken(path, "bytes after its end")),
        Err(e) => Err(broken(path, &e.to_string())),
    }
}

/// As [`load`], without making a world of it.
///
/// # Errors
/// If the file cannot be read, is broken, or differs in a field (named).
pub fn check(path: &Path, expected: &Identity) -> Result<(), CheckpointError> {
    read(path, expected).map(|_| ())
}

fn broken(path: &Path, what: &str) -> CheckpointError {
    CheckpointError::Broken {
        path: path.to_owned(),
        what: what.to_owned(),
    }
}

/// The bytes of a whole checkpoint that belongs to this run, and where its world begins in them.
fn read(path: &Path, expected: &Identity) -> Result<(Vec<u8>, usize), CheckpointError> {
    let bytes = std::fs::read(path).map_err(|source| CheckpointError::Io {
        path: path.to_owned(),
        source,
    })?;
    if bytes.len() < 12 || &bytes[..8] != MAGIC {
        return Err(broken(path, "wrong first bytes"));
    }
    let format = u32::from_le_bytes([bytes[8], bytes[9], bytes[10], bytes[11]]);
    let mismatch = |field, found: String, expected: String| CheckpointError::Mismatch {
        path: path.to_owned(),
        field,
        found,
        expected,
    };
    if format != FORMAT {
        return Err(mismatch("format", format.to_string(), FORMAT.to_string()));
    }
    let (found, rest): (Identity, &[u8]) =
        postcard::take_from_bytes(&bytes[12..]).map_err(|e| broken(path, &e.to_string()))?;
    for (field, a, b) in [
        ("version", &found.version, &expected.version),
        ("world", &found.world, &expected.world),
        ("scale", &found.scale.to_string(), &expected.scale.to_string()),
        ("seed", &found.seed.to_string(), &expected.seed.to_string()),
        ("data", &found.data, &expected.data),
        ("economy", &found.economy, &expected.economy),
    ] {
        if a != b {
            return Err(mismatch(field, a.clone(), b.clone()));
        }
    }
    let from = bytes.len() - rest.len();
    let body = bytes.len().saturating_sub(32);
    if body < from || digest(&bytes[..body]) != bytes[body..] {
        return Err(broken(path, "its checksum does not fit its bytes"));
    }
    Ok((bytes, from))
}

/// SHA-256 of everything in front of it, at the end of the file.
fn digest(bytes: &[u8]) -> [u8; 32] {
    use sha2::{Digest, Sha256};
    Sha256::digest(bytes).into()
}

/// SHA-256 of the whole state (hexadecimal, first 16 digits): equal worlds have equal hashes.
pub fn hash(world: &World) -> String {
    use sha2::{Digest, Sha256};
    let bytes = postcard::to_allocvec(world).unwrap_or_default();
    Sha256::digest(&bytes)
        .iter()
        .take(8)
        .map(|b| format!("{b:02x}"))
        .collect()
}
