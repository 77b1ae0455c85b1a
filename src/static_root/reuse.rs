//! Using files again that are there with the right bytes.

use std::fs::File;
use std::io;
use std::time::SystemTime;

use super::compare::{holds, same_bytes};
use super::disk::missing;
use super::{FileId, StaticRoot};
use crate::error::Error;
use crate::name::digest::Content;
use crate::platform;

impl StaticRoot {
    /// The file that was there, if it has exactly these bytes; then it gets this modification time.
    pub(crate) fn matches(
        &self,
        name: &str,
        bytes: &[u8],
        modified: SystemTime,
    ) -> Result<Option<FileId>, Error> {
        self.verified(name, bytes.len() as u64, modified, |file| {
            same_bytes(file, bytes)
        })
    }

    /// The file that was there, if it has this content; then it gets this modification time.
    pub(crate) fn has_content(
        &self,
        name: &str,
        content: Content,
        modified: SystemTime,
    ) -> Result<Option<FileId>, Error> {
        self.verified(name, content.length, modified, |file| holds(file, content))
    }

    /// The file that was there, if it has this length and `is_right`.
    fn verified(
        &self,
        name: &str,
        length: u64,
        modified: SystemTime,
        is_right: impl FnOnce(&File) -> io::Result<bool>,
    ) -> Result<Option<FileId>, Error> {
        if !self.snapshot.had_file(name) {
            return Ok(None);
        }
        let Ok(file) = self.open_file(name) else {
            return Ok(None); // unreadable or gone: it will be replaced
        };
        let unreadable = |error| Error::io("read", &self.path(name))(error);
        let metadata = file.metadata().map_err(unreadable)?;
        if !metadata.is_file()
            || metadata.len() != length
            || !is_right(&file).map_err(unreadable)?
        {
            return Ok(None);
        }
        let id = FileId::of(&file, &metadata).map_err(unreadable)?;
        let is_timed = metadata.modified().is_ok_and(|time| time == modified);
        let mode = missing(self.file_mode, &metadata);
        if is_timed && mode.is_none() {
            return Ok(Some(id));
        }
        // Names elsewhere share the file, such as those of a snapshot by `cp -al`: it stays as it is for them.
        let is_shared =
            || Ok(platform::names(&file, &metadata)? > self.snapshot.names_of(id.inode));
        let modified = Some(modified).filter(|_| !is_timed);
        let can_be_used = self
            .disk
            .adjust(&file, mode, modified, is_shared)
            .map_err(|error| Error::io("set the time and mode of", &self.path(name))(error))?;
        Ok(can_be_used.then_some(id))
    }
}
