//! The manifest, and the records beside it: files that are replaced as a whole.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use rustix::fs::{FlockOperation, flock};

use super::{StaticRoot, create_new, make_directories};
use crate::error::Error;
use crate::platform::regular_file;

impl StaticRoot {
    /// A manifest's name: relative to the static root, or its absolute path where it lies elsewhere.
    pub(crate) fn manifest_name(&self, manifest: &Path) -> Result<String, Error> {
        let relative = manifest.strip_prefix(&self.dir).unwrap_or(manifest);
        match relative.to_str() {
            Some(name) => Ok(name.to_owned()),
            None => Err(Error::option("manifest", "the path is not valid UTF-8")),
        }
    }

    /// Whether a manifest can be put there: it may replace a file, and nothing else.
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

    /// Puts a record in its place. A build that fails puts the one before back. Whether it had to be written.
    pub(crate) fn put_record(&self, name: &str, bytes: &[u8]) -> Result<bool, Error> {
        let path = self.path(name);
        if self.dry_run {
            return Ok(false);
        }
        let before = regular_file::read(&path).ok();
        if before.as_deref() == Some(bytes) {
            return Ok(false);
        }
        self.write_with_parents(&path, bytes)?;
        self.made().record(path, before);
        Ok(true)
    }

    /// Puts the manifest in its place: the commit point, after which nothing is undone. Whether it had to be written.
    pub(crate) fn put_manifest(&self, name: &str, bytes: &[u8]) -> Result<bool, Error> {
        let path = self.path(name);
        if self.dry_run {
            return Ok(false);
        }
        if regular_file::read(&path).is_ok_and(|there| there == bytes) {
            self.made().commit();
            return Ok(false);
        }
        self.write_with_parents(&path, bytes)?;
        self.made().commit();
        let directory = path.parent().unwrap_or(&self.dir);
        self.sync_directory(directory)
            .map_err(Error::io("flush", directory))?;
        Ok(true)
    }

    fn write_with_parents(&self, path: &Path, bytes: &[u8]) -> Result<(), Error> {
        if let Some(parent) = path.parent() {
            make_directories(parent, self.directory_mode, &mut self.made())?;
            if !path.starts_with(&self.dir) {
                remove_left_over(parent, path);
            }
        }
        self.write_beside(path, bytes)
            .map_err(Error::io("write", path))
    }

    /// Writes a file beside its place, all of it to the disk, and renames it.
    pub(super) fn write_beside(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        let temporary = self.temporary_beside(path);
        let write = || -> io::Result<()> {
            let mut file = create_new(&temporary, self.mode())?;
            // For who looks for what killed runs have left: this one is at work.
            let _ = flock(&file, FlockOperation::NonBlockingLockExclusive);
            file.write_all(bytes)?;
            self.settle(&file)?;
            if self.sync {
                file.sync_all()?;
            }
            fs::rename(&temporary, path)
        };
        write().inspect_err(|_| drop(fs::remove_file(&temporary)))
    }

    /// Its name ends in that of the file, so that one outside of the static root can be told from others' there.
    fn temporary_beside(&self, path: &Path) -> PathBuf {
        path.with_file_name(format!("{}{}.tmp", self.prefix, ending(path)))
    }
}

/// What temporary names of a file end in. Not all of a long name: file systems take 255 bytes.
fn ending(path: &Path) -> String {
    const MOST: usize = 40; // characters, of at most four bytes
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    name.chars().take(MOST).collect()
}

/// Removes what killed runs have left beside a manifest outside of the static root, where [`StaticRoot::look`] does not
/// come to. Best effort.
fn remove_left_over(directory: &Path, manifest: &Path) {
    let end = format!("-{}.tmp", ending(manifest));
    let Ok(entries) = fs::read_dir(directory) else {
        return;
    };
    for entry in entries.filter_map(Result::ok) {
        let is_temporary = entry.file_name().to_str().is_some_and(|name| {
            name.strip_prefix(super::TEMPORARY)
                .and_then(|rest| rest.strip_suffix(&end))
                .is_some_and(crate::name::digest::is_hex)
        });
        let is_abandoned = || {
            let file = File::open(entry.path())?;
            flock(&file, FlockOperation::NonBlockingLockExclusive)?;
            io::Result::Ok(())
        };
        if is_temporary && is_abandoned().is_ok() {
            let _ = fs::remove_file(entry.path());
        }
    }
}
