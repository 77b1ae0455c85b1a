//! Removing files and the directories that become empty.

use std::io;

use super::Opened;
use crate::error::Error;

impl Opened {
    /// Removes a file, if it is there.
    pub(crate) fn remove(&self, name: &str) -> Result<(), Error> {
        let path = self.path(name);
        match self.disk.remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(Error::io("remove", &path)(error))
            }
            _ => Ok(()),
        }
    }

    /// Removes the directory of a file, if it has become empty, and then those above it.
    pub(crate) fn remove_empty_directories(&self, mut name: &str) -> Result<(), Error> {
        while let Some(slash) = name.rfind('/') {
            name = &name[..slash];
            let path = self.path(name);
            match self.disk.remove_directory(&path) {
                Ok(()) => {}
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) if is_in_use(&error) => return Ok(()),
                Err(error) => return Err(Error::io("remove", &path)(error)),
            }
        }
        Ok(())
    }
}

/// Whether a directory stays because it is not empty, is a mount point, or is a link to another one.
fn is_in_use(error: &io::Error) -> bool {
    use io::ErrorKind::{AlreadyExists, DirectoryNotEmpty, NotADirectory, ResourceBusy};
    matches!(
        error.kind(),
        DirectoryNotEmpty | AlreadyExists | ResourceBusy | NotADirectory
    )
}
