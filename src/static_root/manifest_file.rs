//! The manifest, and the records beside it: files that are replaced as a whole.

use std::fs::{self, File};
use std::io;
use std::path::Path;

use super::temporary::ending;
use super::{Opened, TEMPORARY};
use crate::error::Error;
use crate::name::digest::is_hex;
use crate::platform::regular_file;

impl Opened {
    /// The name of a manifest: relative to the static root, or its absolute path where it lies elsewhere.
    pub(crate) fn manifest_name(&self, manifest: &Path) -> Result<String, Error> {
        let relative = manifest.strip_prefix(&self.dir).unwrap_or(manifest);
        match relative.to_str() {
            Some(name) => Ok(name.to_owned()),
            None => Err(Error::option("manifest", "the path is not valid UTF-8")),
        }
    }

    /// Returns an error if a manifest cannot be put there: it may replace a file, and nothing else.
    pub(crate) fn check_manifest_place(&self, name: &str) -> Result<(), Error> {
        if self.has_file_for(name) {
            return Ok(());
        }
        Err(Error::option(
            "manifest",
            format!(
                "{} is there, and not a regular file",
                self.path(name).display()
            ),
        ))
    }

    /// Whether the manifest is, or can be, a file: Django's storage may keep it in a database, and names `/dev/null`.
    pub(crate) fn has_file_for(&self, manifest: &str) -> bool {
        fs::metadata(self.path(manifest)).map_or(true, |there| there.is_file())
    }

    /// Puts a record in its place. A build that fails puts the one before back. Whether it was written.
    pub(crate) fn put_record(&self, name: &str, bytes: &[u8]) -> Result<bool, Error> {
        let path = self.path(name);
        let before = regular_file::read(&path).ok();
        if before.as_deref() == Some(bytes) {
            return Ok(false);
        }
        let is_written = self.write_with_parents(&path, bytes)?;
        if is_written {
            self.made().record(path, before);
        }
        Ok(is_written)
    }

    /// Puts the manifest in its place: the commit point, after which nothing is undone. Whether it was written.
    pub(crate) fn put_manifest(&self, name: &str, bytes: &[u8]) -> Result<bool, Error> {
        let path = self.path(name);
        if regular_file::read(&path).is_ok_and(|there| there == bytes) {
            self.made().commit();
            return Ok(false);
        }
        let is_written = self.write_with_parents(&path, bytes)?;
        self.made().commit();
        let directory = path.parent().unwrap_or(&self.dir);
        self.disk
            .sync_directory(directory)
            .map_err(Error::io("flush", directory))?;
        Ok(is_written)
    }

    fn write_with_parents(&self, path: &Path, bytes: &[u8]) -> Result<bool, Error> {
        if let Some(parent) = path.parent() {
            self.disk
                .make_directories(parent, self.directory_mode, &mut self.made())?;
            if !path.starts_with(&self.dir) {
                let remove = || remove_left_over(parent, path);
                let _ = self.disk.act(remove); // best effort
            }
        }
        self.write_beside(path, bytes)
            .map_err(Error::io("write", path))
    }

    /// Writes a file beside its place, all of it to the disk, and renames it. Whether it was written.
    pub(super) fn write_beside(&self, path: &Path, bytes: &[u8]) -> io::Result<bool> {
        let temporary = self.temporaries.beside(path);
        self.disk.replace(path, &temporary, bytes, self.file_mode)
    }
}

/// Removes what killed runs have left beside a manifest outside of the static root: [`Opened::look`] does not come there.
fn remove_left_over(directory: &Path, manifest: &Path) -> io::Result<()> {
    let end = format!("-{}.tmp", ending(manifest));
    for entry in fs::read_dir(directory)?.filter_map(Result::ok) {
        let is_temporary = entry.file_name().to_str().is_some_and(|name| {
            name.strip_prefix(TEMPORARY)
                .and_then(|rest| rest.strip_suffix(&end))
                .is_some_and(is_hex)
        });
        let is_abandoned = || File::open(entry.path()).is_ok_and(|file| file.try_lock().is_ok());
        if is_temporary && is_abandoned() {
            let _ = fs::remove_file(entry.path());
        }
    }
    Ok(())
}
