//! Putting files in their places.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::PoisonError;
use std::time::SystemTime;

use super::{FileId, Opened, Staged, StaticRoot};
use crate::error::Error;

/// Whether a file had to be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Written {
    /// It was written.
    New,
    /// This file was there, with the same bytes.
    Unchanged(FileId),
}

impl StaticRoot {
    /// Puts a file in its place at once, unless it is there already.
    pub(crate) fn put(
        &self,
        name: &str,
        bytes: &[u8],
        modified: SystemTime,
    ) -> Result<Written, Error> {
        if let Some(id) = self.matches(name, bytes, modified)? {
            return Ok(Written::Unchanged(id));
        }
        let staged = self.stage(name, bytes, modified)?;
        self.publish(staged, name)?;
        Ok(Written::New)
    }

    /// Writes a file beside its place.
    pub(crate) fn stage(
        &self,
        name: &str,
        bytes: &[u8],
        modified: SystemTime,
    ) -> Result<Staged, Error> {
        let mut writer = self.writer(name)?;
        writer.write(bytes)?;
        writer.finish(modified)
    }

    /// Moves a staged file to its place, replacing what is there. In place, it gets its name later, and where a directory
    /// is in the way, later still.
    pub(crate) fn publish(&self, staged: Staged, name: &str) -> Result<(), Error> {
        let unnamed = match &self.unnamed {
            _ if self.snapshot.had_directory(name) => &self.late,
            Some(unnamed) => unnamed,
            None => return self.place(&staged, name),
        };
        let mut unnamed = unnamed.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(earlier) = unnamed.insert(name.to_owned(), staged) {
            self.discard(&earlier.path);
        }
        Ok(())
    }

    /// Gives a staged file its name.
    pub(super) fn place(&self, staged: &Staged, name: &str) -> Result<(), Error> {
        let path = self.path(name);
        let is_new = !self.snapshot.had(name);
        // To rename a hard link over another one of the same file does nothing (POSIX), and leaves both.
        if staged.is_link && staged.id.is_some_and(|id| self.is_now(name, id)) {
            self.discard(&staged.path);
            return Ok(());
        }
        let backup = if is_new {
            None
        } else {
            self.backup(name, &path)?
        };
        self.disk
            .rename(&staged.path, &path)
            .map_err(Error::io("write", &path))?;
        let mut made = self.made();
        made.temporaries.remove(&staged.path);
        if let Some(backup) = backup {
            made.replaced(path, backup);
        } else if let Some(id) = staged.id.filter(|_| is_new) {
            made.file(path, id);
        }
        Ok(())
    }

    /// Gives a file that is about to be replaced another name, for a roll-back. `None`: the file system cannot do that.
    fn backup(&self, name: &str, path: &Path) -> Result<Option<PathBuf>, Error> {
        let backup = self.temporary(name)?;
        if self.disk.hard_link(path, &backup).is_ok() {
            return Ok(Some(backup));
        }
        self.made().temporaries.remove(&backup);
        Ok(None)
    }

    /// Takes a file out of the way, if it is there, for good once the manifest is in place.
    pub(crate) fn set_aside(&self, name: &str) -> Result<(), Error> {
        let path = self.path(name);
        let backup = self.temporary(name)?;
        match self.disk.rename(&path, &backup) {
            Ok(()) => self.made().replaced(path, backup),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                self.made().temporaries.remove(&backup);
            }
            Err(error) => return Err(Error::io("remove", &path)(error)),
        }
        Ok(())
    }
}

impl Opened {
    /// Whether `name` is this very file now.
    pub(crate) fn is_now(&self, name: &str, id: FileId) -> bool {
        FileId::now(&self.path(name)) == Some(id)
    }
}
