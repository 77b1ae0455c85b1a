//! Files where directories have to go, and the reverse: the source of one kind has become the other.
//!
//! A file that makes way gets a temporary name right before the manifest is put in place, and comes back if that fails. A
//! directory makes way after that: the manifest before names files in it.

use std::fs;
use std::io;
use std::path::Path;

use super::Opened;
use super::journal::{Journal, Moved};
use crate::error::Error;

impl Opened {
    /// Gives a file that stands where a directory has to go its temporary name.
    pub(super) fn make_way(&self, name: &str, temporary: &str) -> Result<(), Error> {
        let (path, aside) = (self.path(name), self.path(temporary));
        self.disk
            .rename(&path, &aside)
            .map_err(Error::io("move", &path))?;
        let mut made = self.made();
        made.temporaries.remove(&aside);
        made.displaced(path, aside);
        Ok(())
    }

    /// Gives the files that made way their names again, where the journal lists them and the names are free: the directories
    /// were removed. Best effort.
    pub(super) fn bring_back(&self, journal: &Journal) {
        for Moved { name, temporary } in &journal.aside {
            let (path, aside) = (self.path(name), self.path(temporary));
            let is_aside = fs::symlink_metadata(&aside).is_ok();
            let is_free = fs::symlink_metadata(&path).is_err();
            if is_aside && is_free {
                let _ = self.disk.rename(&aside, &path);
            }
        }
    }

    /// Removes the files that made way, and gives those files their names that directories have, now that the manifest is in
    /// place. Where somebody has put a file into such a directory meanwhile, it stays: the next build reports it.
    pub(super) fn settle_ways(&self, journal: &Journal) -> Result<(), Error> {
        for Moved { temporary, .. } in &journal.aside {
            self.remove(temporary)?;
        }
        for Moved { name, temporary } in &journal.late {
            let (path, staged) = (self.path(name), self.path(temporary));
            if fs::symlink_metadata(&staged).is_err() {
                continue; // it has its name, or is gone
            }
            self.remove_directories(&path)
                .map_err(Error::io("remove", &path))?;
            if path.is_dir() {
                self.discard(&staged);
            } else {
                self.disk
                    .rename(&staged, &path)
                    .map_err(Error::io("write", &path))?;
                self.made().temporaries.remove(&staged);
            }
        }
        Ok(())
    }

    /// Removes a directory and those below it, as far as they hold no file.
    fn remove_directories(&self, dir: &Path) -> io::Result<()> {
        let found = match fs::symlink_metadata(dir) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            found => found?,
        };
        if !found.is_dir() {
            return Ok(());
        }
        for entry in fs::read_dir(dir)? {
            let entry = entry?;
            if entry.file_type()?.is_dir() {
                self.remove_directories(&entry.path())?;
            }
        }
        match self.disk.remove_directory(dir) {
            Err(error) if error.kind() == io::ErrorKind::DirectoryNotEmpty => Ok(()),
            removed => removed,
        }
    }
}
