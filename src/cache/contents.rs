//! Counts and removes the files of a cache directory.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::error::Error;
use crate::name::digest::is_hex;

/// The size of a cache.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CacheContents {
    /// The directory.
    pub dir: PathBuf,
    /// Number of entries.
    pub entries: usize,
    /// Bytes of all entries.
    pub bytes: u64,
}

/// Returns the size of the cache `dir`.
///
/// # Errors
///
/// [`Error::Io`] if the directory cannot be read. A missing directory is an empty cache.
pub fn cache_contents(dir: &Path) -> Result<CacheContents, Error> {
    let mut contents = CacheContents {
        dir: dir.to_owned(),
        entries: 0,
        bytes: 0,
    };
    for file in files(dir).map_err(Error::io("read", dir))? {
        if let Ok(metadata) = file.metadata()
            && !is_temporary(&file)
        {
            contents.entries += 1;
            contents.bytes += metadata.len();
        }
    }
    Ok(contents)
}

/// Removes all entries of the cache `dir`, and no other files. Returns the size of what was removed.
///
/// # Errors
///
/// [`Error::Io`] if the file system refuses.
pub fn clear_cache(dir: &Path) -> Result<CacheContents, Error> {
    let contents = cache_contents(dir)?;
    for file in files(dir).map_err(Error::io("read", dir))? {
        match fs::remove_file(&file) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(Error::io("remove", &file)(error));
            }
            _ => {}
        }
        if let Some(parent) = file.parent() {
            let _ = fs::remove_dir(parent); // only works once it is empty
        }
    }
    Ok(contents)
}

/// Returns the files of a cache: entries, whose names are hex digits, and temporary files.
pub(super) fn files(dir: &Path) -> io::Result<Vec<PathBuf>> {
    let is_hex = |name: &str, length: usize| name.len() == length && is_hex(name);
    let mut files = Vec::new();
    let directories = match fs::read_dir(dir) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(files),
        other => other?,
    };
    for directory in directories {
        let directory = directory?;
        let is_ours = directory.file_name().to_str().is_some_and(|n| is_hex(n, 2));
        if !is_ours || !directory.file_type()?.is_dir() {
            continue; // links are not followed: their targets do not belong to the cache
        }
        let Ok(entries) = fs::read_dir(directory.path()) else {
            continue; // removed meanwhile, or not a directory
        };
        for entry in entries {
            let entry = entry?;
            let name = entry.file_name();
            let stem = name
                .to_str()
                .and_then(|name| name.split('.').next())
                .unwrap_or("");
            if is_hex(stem, 62) {
                files.push(entry.path());
            }
        }
    }
    Ok(files)
}

pub(super) fn is_temporary(file: &Path) -> bool {
    file.extension().is_some()
}
