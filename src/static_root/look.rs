//! A look at what lies in the static root when a build begins.

use std::collections::HashMap;
use std::fs;
use std::io;
use std::os::unix::fs::{DirEntryExt as _, MetadataExt as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::Duration;

use rayon::Scope;

use super::existing::Existing;
use super::{StaticRoot, is_temporary};
use crate::error::Error;

/// Without a lock, another build may be at work: a temporary file that is younger than this may be its own.
const ABANDONED: Duration = Duration::from_secs(3600);

impl StaticRoot {
    /// Looks at what is there; before that, nothing is. Temporary files of a run that was killed are removed.
    ///
    /// In the present rayon pool.
    pub(crate) fn look(&self) -> Result<(), Error> {
        let look = Look {
            root: self,
            found: Mutex::default(),
        };
        rayon::scope(|scope| look.enter(scope, &self.dir, Some(String::new())));
        let found = look
            .found
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(error) = found.error {
            return Err(error);
        }
        let mut devices = found.devices.keys().copied();
        let existing = Existing {
            files: found.files.into_iter().collect(),
            others: found.others.into_iter().collect(),
            links: found.links,
            device: devices.next().filter(|_| devices.next().is_none()),
            devices: found.devices.into_values().collect(),
            names: OnceLock::new(),
        };
        let _ = self.existing.set(existing); // a second look sees the same
        self.directories
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .extend(found.directories);
        Ok(())
    }
}

/// A look at everything below the static root, its directories side by side.
struct Look<'r> {
    root: &'r StaticRoot,
    found: Mutex<Found>,
}

#[derive(Default)]
struct Found {
    files: Vec<(String, u64)>,
    others: Vec<String>,
    links: Vec<String>,
    directories: Vec<String>,
    /// A directory on each.
    devices: HashMap<u64, PathBuf>,
    error: Option<Error>,
}

impl Look<'_> {
    /// Looks into `dir`. `name` is its name relative to the static root, if it is UTF-8: nothing below another is ours.
    fn enter<'s>(&'s self, scope: &Scope<'s>, dir: &Path, name: Option<String>) {
        let mut found = Found::default();
        if let Err(error) = self.read(scope, dir, name.as_deref(), &mut found) {
            found.error = Some(Error::io("read", dir)(error));
        }
        found.directories.extend(name);
        let mut all = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        all.files.append(&mut found.files);
        all.others.append(&mut found.others);
        all.links.append(&mut found.links);
        all.directories.append(&mut found.directories);
        all.devices.extend(found.devices);
        all.error = all.error.take().or(found.error);
    }

    fn read<'s>(
        &'s self,
        scope: &Scope<'s>,
        dir: &Path,
        name: Option<&str>,
        found: &mut Found,
    ) -> io::Result<()> {
        let entries = match fs::read_dir(dir) {
            // Not made yet.
            Err(error) if error.kind() == io::ErrorKind::NotFound && self.root.dry_run => {
                return Ok(());
            }
            entries => entries?,
        };
        found
            .devices
            .insert(fs::metadata(dir)?.dev(), dir.to_owned());
        for entry in entries {
            let entry = entry?;
            let file_name = entry.file_name();
            let kind = entry.file_type()?;
            let name = name
                .zip(file_name.to_str())
                .map(|(directory, file_name)| joined(directory, file_name));
            if kind.is_dir() {
                let dir = entry.path();
                scope.spawn(move |scope| self.enter(scope, &dir, name));
            } else if is_temporary(&file_name) {
                if !self.root.dry_run && self.is_left_over(&entry) {
                    fs::remove_file(entry.path())?;
                }
            } else if kind.is_file() {
                found.files.extend(name.map(|name| (name, entry.ino())));
            } else if kind.is_symlink() && entry.path().is_dir() {
                found.links.extend(name);
            } else {
                found.others.extend(name);
            }
        }
        Ok(())
    }
}

impl Look<'_> {
    /// Whether a temporary file belongs to a run that is no more: under the lock, all do.
    fn is_left_over(&self, entry: &fs::DirEntry) -> bool {
        let age = || entry.metadata().ok()?.modified().ok()?.elapsed().ok();
        self.root.is_locked() || age().is_some_and(|age| age > ABANDONED)
    }
}

fn joined(directory: &str, file_name: &str) -> String {
    if directory.is_empty() {
        return file_name.to_owned();
    }
    [directory, "/", file_name].concat()
}
