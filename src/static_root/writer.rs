//! Files that are being written beside their place.

use std::fs::{File, FileTimes, Permissions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::{FileId, Staged, StaticRoot, mode_of};
use crate::error::Error;
use crate::platform::regular_file::CHUNK;

/// A file that is being written beside its place.
pub(crate) struct Writer<'r> {
    pub(super) root: &'r StaticRoot,
    pub(super) temporary: PathBuf,
    /// `None` in a dry run.
    pub(super) file: Option<File>,
}

impl Writer<'_> {
    pub(crate) fn write(&mut self, bytes: &[u8]) -> Result<(), Error> {
        match &mut self.file {
            Some(file) => file
                .write_all(bytes)
                .map_err(Error::io("write", &self.temporary)),
            None => Ok(()),
        }
    }

    pub(super) fn copy_from(&mut self, source: &mut File, from: &Path) -> Result<(), Error> {
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
        let is_link = false;
        let Some(file) = &self.file else {
            let id = None;
            return Ok(Staged { path, id, is_link });
        };
        file.set_times(FileTimes::new().set_modified(modified))
            .map_err(Error::io("set the time of", &path))?;
        let id = self
            .root
            .settle(file)
            .map_err(Error::io("set the mode of", &path))?;
        let id = Some(id);
        Ok(Staged { path, id, is_link })
    }

    /// Throws the file away.
    pub(crate) fn discard(self) {
        if self.file.is_some() {
            self.root.discard(&self.temporary);
        }
    }
}

impl StaticRoot {
    /// Gives a new file its mode, where the umask has taken something from it. Which file it is.
    pub(super) fn settle(&self, file: &File) -> io::Result<FileId> {
        let metadata = file.metadata()?;
        if let Some(mode) = self
            .wanted_mode()
            .filter(|mode| *mode != mode_of(&metadata))
        {
            file.set_permissions(Permissions::from_mode(mode))?;
        }
        Ok(FileId::of(&metadata))
    }
}
