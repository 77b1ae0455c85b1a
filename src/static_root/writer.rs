//! Files that are written beside their place.

use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::disk::NewFile;
use super::{FileId, StaticRoot};
use crate::error::Error;
use crate::platform::regular_file;
use crate::platform::regular_file::CHUNK;

/// A file beside its place, to be moved there by [`StaticRoot::publish`].
#[derive(Debug, Clone)]
pub(crate) struct Staged {
    pub(super) path: PathBuf,
    /// `None` in a dry run.
    pub(super) id: Option<FileId>,
    /// The file is a hard link of another file.
    pub(super) is_link: bool,
}

impl Staged {
    /// Identifies the file, which stays the same file in its place.
    pub(crate) fn id(&self) -> Option<FileId> {
        self.id
    }
}

/// A file that is being written beside its place.
pub(crate) struct Writer<'r> {
    pub(super) root: &'r StaticRoot,
    pub(super) temporary: PathBuf,
    pub(super) file: NewFile,
}

impl StaticRoot {
    /// Begins a file beside its place.
    pub(crate) fn writer(&self, name: &str) -> Result<Writer<'_>, Error> {
        let temporary = self.temporary(name)?;
        let file = self.disk.create(&temporary, self.file_mode);
        let file = file.map_err(Error::io("write", &temporary))?;
        Ok(Writer {
            root: self,
            temporary,
            file,
        })
    }
}

impl Writer<'_> {
    /// Appends to the file.
    pub(crate) fn write(&mut self, bytes: &[u8]) -> Result<(), Error> {
        self.file
            .write(bytes)
            .map_err(Error::io("write", &self.temporary))
    }

    /// Appends a whole file. In a dry run, `from` need not be there.
    pub(super) fn copy_from(&mut self, from: &Path) -> Result<(), Error> {
        if self.file.is_nowhere() {
            return Ok(());
        }
        let mut source = regular_file::open(from).map_err(Error::io("read", from))?;
        let mut buffer = vec![0; CHUNK];
        loop {
            let count = source.read(&mut buffer).map_err(Error::io("read", from))?;
            if count == 0 {
                return Ok(());
            }
            self.write(&buffer[..count])?;
        }
    }

    /// Closes the file.
    pub(crate) fn finish(self, modified: SystemTime) -> Result<Staged, Error> {
        let path = self.temporary;
        self.file
            .set_modified(modified)
            .map_err(Error::io("set the time of", &path))?;
        let id = self.file.settle(self.root.file_mode);
        let id = id.map_err(Error::io("set the mode of", &path))?;
        let is_link = false;
        Ok(Staged { path, id, is_link })
    }

    /// Removes the file.
    pub(crate) fn discard(self) {
        self.root.discard(&self.temporary);
    }
}
