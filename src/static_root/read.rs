//! Reading files of the static root.

use std::fs::{self, File};
use std::io;
use std::path::PathBuf;
use std::sync::PoisonError;

use super::compare::content_of;
use super::{FileId, Opened, Staged, StaticRoot};
use crate::error::Error;
use crate::name::digest::Content;
use crate::platform::regular_file;

impl Opened {
    /// Whether something has that name now. `name` may be absolute.
    pub(crate) fn is_there(&self, name: &str) -> Result<bool, Error> {
        let path = self.path(name);
        match fs::symlink_metadata(&path) {
            Err(error) if is_nothing(&error) => Ok(false),
            found => found.map(|_| true).map_err(Error::io("read", &path)),
        }
    }

    /// Bytes of a file; 0 if it is not there.
    pub(crate) fn length(&self, name: &str) -> u64 {
        fs::metadata(self.path(name)).map_or(0, |metadata| metadata.len())
    }

    /// Reads a file that may be missing. `None`: nothing has that name.
    pub(crate) fn read_if_there(&self, name: &str) -> Result<Option<Vec<u8>>, Error> {
        let path = self.path(name);
        match regular_file::read(&path) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if is_nothing(&error) => Ok(None),
            Err(error) => Err(Error::io("read", &path)(error)),
        }
    }

    /// Opens a file by its name below the open directory, so that the system need not look its whole path up. A pipe
    /// that has taken the place of a file does not block.
    pub(super) fn open_file(&self, name: &str) -> io::Result<File> {
        match self.disk.lock() {
            Some(lock) => lock.directory().open_file(name),
            None => regular_file::open(&self.path(name)),
        }
    }
}

impl StaticRoot {
    /// The path where a file of this run is: in its place, or beside it.
    pub(super) fn located(&self, name: &str) -> PathBuf {
        let unnamed = self.unnamed.as_ref().and_then(|unnamed| {
            let unnamed = unnamed.read().unwrap_or_else(PoisonError::into_inner);
            Some(unnamed.get(name)?.path.clone())
        });
        unnamed.unwrap_or_else(|| self.path(name))
    }

    /// Reads a staged file whole.
    #[expect(
        clippy::unused_self,
        reason = "staged files belong to their static root"
    )]
    pub(crate) fn read_staged(&self, staged: &Staged) -> Result<Vec<u8>, Error> {
        regular_file::read(&staged.path).map_err(Error::io("read", &staged.path))
    }

    /// Reads a file of the static root whole, also one that has not got its name yet.
    pub(crate) fn read(&self, name: &str) -> Result<Vec<u8>, Error> {
        let path = self.located(name);
        regular_file::read(&path).map_err(Error::io("read", &path))
    }

    /// What a file of the static root holds; `None`: nothing has that name.
    pub(crate) fn content_if_there(&self, name: &str) -> Result<Option<Content>, Error> {
        match self.content(name) {
            Ok((content, _)) => Ok(Some(content)),
            Err(Error::Io { source, .. }) if is_nothing(&source) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Reads what a file of the static root holds, and identifies the file.
    pub(crate) fn content(&self, name: &str) -> Result<(Content, FileId), Error> {
        let path = self.located(name);
        let read = || -> io::Result<(Content, FileId)> {
            let file = regular_file::open(&path)?;
            let content = content_of(&file)?;
            Ok((content, FileId::of(&file, &file.metadata()?)?))
        };
        read().map_err(Error::io("read", &path))
    }
}

/// Whether nothing has the name, nor can anything have it as things are.
pub(super) fn is_nothing(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
    )
}
