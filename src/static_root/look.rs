//! The look at what lies in the static root when a build begins.

use std::collections::HashMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::Duration;

use rayon::Scope;

use super::own_files::is_temporary;
use super::{Opened, Snapshot};
use crate::error::Error;
use crate::platform::{FileId, inode_of_entry, lock};

/// Without a lock, another build may be at work: a younger temporary file may belong to it.
const ABANDONED: Duration = Duration::from_secs(3600);

impl Opened {
    /// Looks at what lies in the static root, in the present rayon pool. Temporary files of a run that was killed are
    /// removed.
    pub(crate) fn look(&self) -> Result<Snapshot, Error> {
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
        Ok(Snapshot {
            dir: self.dir.clone(),
            files: found.files.into_iter().collect(),
            others: found.others.into_iter().collect(),
            links: found.links,
            directories: found.directories.into_iter().collect(),
            device: devices.next().filter(|_| devices.next().is_none()),
            devices: found.devices.into_values().collect(),
            names: OnceLock::new(),
        })
    }
}

/// A look at everything below the static root, its directories side by side.
struct Look<'r> {
    root: &'r Opened,
    found: Mutex<Found>,
}

#[derive(Default)]
struct Found {
    files: Vec<(String, u64)>,
    others: Vec<String>,
    links: Vec<String>,
    directories: Vec<String>,
    /// A directory on each device.
    devices: HashMap<u64, PathBuf>,
    error: Option<Error>,
}

impl Look<'_> {
    /// Looks into `dir`. `name` is its name relative to the static root, if that is UTF-8: below other directories, no file
    /// is ours.
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
            Err(error)
                if error.kind() == io::ErrorKind::NotFound && self.root.disk.is_nowhere() =>
            {
                return Ok(());
            }
            entries => entries?,
        };
        let device = FileId::of_target(dir)?.device;
        found.devices.insert(device, dir.to_owned());
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
                if self.is_left_over(&entry) {
                    self.root.disk.remove_file(&entry.path())?;
                }
            } else if kind.is_file() {
                if let Some(name) = name.filter(|name| lock::FILE != Some(name)) {
                    found.files.push((name, inode_of_entry(&entry)?));
                }
            } else if kind.is_symlink() && entry.path().is_dir() {
                found.links.extend(name);
            } else {
                found.others.extend(name);
            }
        }
        Ok(())
    }

    /// Whether a temporary file belongs to a run that has ended: under the lock, all do.
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
