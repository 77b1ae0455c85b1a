//! A file that the journal lists, and whether it is still that file.

use std::fs;
use std::path::Path;
use std::time::UNIX_EPOCH;

use serde::{Deserialize, Serialize};

use super::Opened;
use super::read::is_nothing;
use crate::error::Error;
use crate::platform::{self, FileId};

/// A file, as it was when it was listed.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Listed {
    pub(super) name: String,
    inode: u64,
    /// Bytes.
    length: u64,
    /// Seconds since 1970, and nanoseconds.
    modified: (i64, i64),
    /// When the inode was made, in nanoseconds since 1970, where the file system has that: numbers of inodes are used again.
    born: Option<u128>,
}

impl Listed {
    /// Describes the file at `path`. `None`: nothing has that name, or a directory.
    pub(super) fn new(name: &str, path: &Path) -> Result<Option<Self>, Error> {
        let found = match fs::symlink_metadata(path) {
            Err(error) if is_nothing(&error) => return Ok(None),
            other => other.map_err(Error::io("read", path))?,
        };
        if found.is_dir() {
            return Ok(None);
        }
        let id = FileId::of_entry(path, &found).map_err(Error::io("read", path))?;
        let born = found.created().ok();
        Ok(Some(Self {
            name: name.to_owned(),
            inode: id.inode,
            length: found.len(),
            modified: platform::modified(&found),
            born: born
                .and_then(|born| born.duration_since(UNIX_EPOCH).ok())
                .map(|born| born.as_nanos()),
        }))
    }

    /// Describes what has the file's name now.
    fn now(&self, root: &Opened) -> Result<Option<Self>, Error> {
        Self::new(&self.name, &root.path(&self.name))
    }

    /// Whether the file under that name is the one that was listed, or a copy of it with its time: the static root may have
    /// been copied, or restored, in between. That is enough for files that the build has made, under names that carry a
    /// digest.
    pub(super) fn is_like(&self, root: &Opened) -> Result<bool, Error> {
        Ok(self.now(root)?.is_some_and(|now| {
            let is_copy = (now.length, now.modified.0) == (self.length, self.modified.0);
            is_copy || (now.inode, now.born) == (self.inode, self.born)
        }))
    }

    /// Whether the file under that name is still the one that was listed.
    pub(super) fn is_there(&self, root: &Opened) -> Result<bool, Error> {
        Ok(self.now(root)?.as_ref() == Some(self))
    }
}
