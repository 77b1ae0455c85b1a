//! The identity of a file on disk, whatever its names.

use std::fs::{self, File, Metadata};
use std::io;
use std::path::Path;

use super::system;

/// The identity of a file: device and inode; on Windows, the volume's serial number and the file's index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct FileId {
    pub(crate) device: u64,
    pub(crate) inode: u64,
}

impl FileId {
    /// Identifies an open file.
    pub(crate) fn of(file: &File, metadata: &Metadata) -> io::Result<Self> {
        system::id_of_file(file, metadata)
    }

    /// Identifies what lies at `path` and has this metadata. Links are not followed.
    pub(crate) fn of_entry(path: &Path, metadata: &Metadata) -> io::Result<Self> {
        system::id_at(path, metadata, false)
    }

    /// Identifies what `path` leads to. Links are followed.
    pub(crate) fn of_target(path: &Path) -> io::Result<Self> {
        system::id_at(path, &fs::metadata(path)?, true)
    }

    /// Identifies what lies at `path` now. Links are not followed. `None`: nothing, or it cannot be looked at.
    pub(crate) fn now(path: &Path) -> Option<Self> {
        let found = fs::symlink_metadata(path).ok()?;
        Self::of_entry(path, &found).ok()
    }
}
