//! Making the directories of a static root.

use std::fs;
use std::io;
use std::path::Path;
use std::sync::PoisonError;

use super::StaticRoot;
use super::made::Made;
use crate::diagnostic::shown;
use crate::error::Error;
use crate::platform;

impl StaticRoot {
    /// Makes the directory of a file.
    pub(super) fn make_parent(&self, name: &str) -> Result<(), Error> {
        let parent = name.rfind('/').map_or("", |at| &name[..at]);
        if self.snapshot.had_directory(parent) {
            return Ok(());
        }
        let made = self.directories.read();
        if made
            .unwrap_or_else(PoisonError::into_inner)
            .contains(parent)
        {
            return Ok(());
        }
        self.disk
            .make_directories(&self.path(parent), self.directory_mode, &mut self.made())?;
        let made = self.directories.write();
        made.unwrap_or_else(PoisonError::into_inner)
            .insert(parent.to_owned());
        Ok(())
    }
}

/// Makes a directory and those above it, with a mode, and notes which ones were new.
pub(super) fn make_directories(
    dir: &Path,
    mode: Option<u32>,
    made: &mut Made,
) -> Result<(), Error> {
    let mut missing = Vec::new();
    let mut at = Some(dir);
    while let Some(path) = at
        && !path.as_os_str().is_empty()
        && !path.is_dir()
    {
        missing.push(path);
        at = path.parent();
    }
    for path in missing.into_iter().rev() {
        match fs::create_dir(path) {
            Ok(()) => {
                made.directory(path.to_owned());
                if let Some(mode) = mode {
                    platform::set_directory_mode(path, mode)
                        .map_err(Error::io("set the mode of", path))?;
                }
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists && path.is_dir() => {}
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                let path = shown(path);
                let why = format!("the directory {path} cannot be made: a file has its name");
                return Err(Error::StaticRoot(why));
            }
            Err(error) => return Err(Error::io("make the directory", path)(error)),
        }
    }
    Ok(())
}
