//! A look at what lies in the static root when a build begins.

use std::collections::HashSet;
use std::fs;
use std::io;
use std::os::unix::fs::{DirEntryExt as _, MetadataExt as _};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use rayon::Scope;

use super::existing::Existing;
use super::{StaticRoot, is_temporary};
use crate::error::Error;

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
        let mut devices = found.devices.into_iter();
        let existing = Existing {
            files: found.files.into_iter().collect(),
            device: devices.next().filter(|_| devices.next().is_none()),
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
    directories: Vec<String>,
    devices: HashSet<u64>,
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
        found.devices.insert(fs::metadata(dir)?.dev());
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
                if !self.root.dry_run {
                    fs::remove_file(entry.path())?;
                }
            } else if kind.is_file() {
                found.files.extend(name.map(|name| (name, entry.ino())));
            }
        }
        Ok(())
    }
}

fn joined(directory: &str, file_name: &str) -> String {
    if directory.is_empty() {
        return file_name.to_owned();
    }
    [directory, "/", file_name].concat()
}
