//! Files that are being written beside their place.

use std::fs::{File, FileTimes};
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::{CHUNK, Staged, StaticRoot};
use crate::error::Error;

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
        if let Some(file) = &self.file {
            file.set_times(FileTimes::new().set_modified(modified))
                .map_err(Error::io("set the time of", &self.temporary))?;
            self.root
                .chmod(file)
                .map_err(Error::io("set the mode of", &self.temporary))?;
        }
        Ok(Staged(self.temporary))
    }

    /// Throws the file away.
    pub(crate) fn discard(self) {
        if self.file.is_some() {
            self.root.discard(&self.temporary);
        }
    }
}
