//! The names of temporary files.

use std::hash::{BuildHasher as _, Hasher as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use super::own_files::TEMPORARY;
use super::{Opened, StaticRoot};
use crate::error::Error;

/// The names of the temporary files of a run.
pub(super) struct Temporaries {
    /// The beginning of all these names.
    prefix: String,
    counter: AtomicU64,
}

impl Temporaries {
    /// Names that no other run uses.
    pub(super) fn new() -> Self {
        Self {
            prefix: format!("{TEMPORARY}{:x}-", unique()),
            counter: AtomicU64::new(0),
        }
    }

    /// The part of the names that tells runs apart.
    pub(super) fn run_id(&self) -> &str {
        self.prefix
            .trim_start_matches(TEMPORARY)
            .trim_end_matches('-')
    }

    /// A new name.
    fn next(&self) -> String {
        let number = self.counter.fetch_add(1, Ordering::Relaxed);
        format!("{}{number:x}.tmp", self.prefix)
    }

    /// The name beside `path`, of which it has the end: outside of the static root, it cannot be mistaken for a temporary
    /// file of another manifest.
    pub(super) fn beside(&self, path: &Path) -> PathBuf {
        path.with_file_name(format!("{}{}.tmp", self.prefix, ending(path)))
    }
}

impl StaticRoot {
    /// A new name beside `name`, whose directory is made if need be.
    pub(super) fn temporary(&self, name: &str) -> Result<PathBuf, Error> {
        let beside = self.displaced_above(name).unwrap_or(name);
        self.make_parent(beside)?;
        let mut path = self.path(beside);
        path.set_file_name(self.temporaries.next());
        self.made().temporaries.insert(path.clone());
        Ok(path)
    }
}

impl Opened {
    /// Removes a temporary file, best effort: the next run does otherwise.
    pub(super) fn discard(&self, temporary: &Path) {
        let _ = self.disk.remove_file(temporary);
        self.made().temporaries.remove(temporary);
    }
}

/// The end of the temporary names beside `path`. Not all of a long name: file systems take 255 bytes.
pub(super) fn ending(path: &Path) -> String {
    const MOST: usize = 40; // characters, of at most four bytes
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    name.chars().take(MOST).collect()
}

/// A number that no other run has. Process ids come again, in containers with each start.
fn unique() -> u64 {
    let state = std::collections::hash_map::RandomState::new();
    let mut hasher = state.build_hasher();
    hasher.write_u32(std::process::id());
    hasher.finish()
}
