//! A static root that is open and locked. What lies there is not known yet.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::directories::make_directories;
use super::disk::Disk;
use super::made::Made;
use super::temporary::Temporaries;
use crate::error::Error;
use crate::options::{FileMode, LinkMode};
use crate::platform::lock::Lock;
use crate::progress::{Progress, Unwatched};

/// How a static root is opened.
pub(crate) struct Opening<'p> {
    pub(crate) link_mode: LinkMode,
    /// How long to wait for another build.
    pub(crate) lock_timeout: Duration,
    /// Nothing is made, changed or removed.
    pub(crate) dry_run: bool,
    pub(crate) file_mode: FileMode,
    pub(crate) directory_mode: Option<u32>,
    /// Sources lie in the static root.
    pub(crate) in_place: bool,
    /// What is written survives a power cut.
    pub(crate) sync: bool,
    /// May end the wait for another build.
    pub(crate) progress: &'p dyn Progress,
}

impl Opening<'_> {
    /// The usual modes, not in place, and what is written survives a power cut.
    pub(crate) fn new(link_mode: LinkMode, lock_timeout: Duration, dry_run: bool) -> Self {
        Self {
            link_mode,
            lock_timeout,
            dry_run,
            file_mode: FileMode::Bits(0o644),
            directory_mode: None,
            in_place: false,
            sync: true,
            progress: &Unwatched,
        }
    }
}

/// A static root that is open, and locked unless in a dry run.
pub(crate) struct Opened {
    pub(super) dir: PathBuf,
    pub(super) disk: Disk,
    pub(super) link_mode: LinkMode,
    pub(super) file_mode: FileMode,
    pub(super) directory_mode: Option<u32>,
    pub(super) in_place: bool,
    pub(super) temporaries: Temporaries,
    made: Mutex<Made>,
}

impl Opened {
    /// Opens and locks the directory, which is made if need be. In a dry run, it need not be there.
    pub(crate) fn open(dir: &Path, opening: &Opening<'_>) -> Result<Self, Error> {
        let mut made = Made::default();
        let (canonical, disk) = if opening.dry_run {
            let canonical = dir.canonicalize().unwrap_or_else(|_| dir.to_owned());
            (canonical, Disk::Nowhere)
        } else {
            let lock = loop {
                make_directories(dir, opening.directory_mode, &mut made)?;
                let is_interrupted = || opening.progress.is_interrupted();
                if let Some(lock) = Lock::take(dir, opening.lock_timeout, is_interrupted)? {
                    break lock;
                }
            };
            let sync = opening.sync;
            let canonical = dir.canonicalize().map_err(Error::io("read", dir))?;
            (canonical, Disk::There { lock, sync })
        };
        Ok(Self {
            dir: canonical,
            disk,
            link_mode: opening.link_mode,
            file_mode: opening.file_mode,
            directory_mode: opening.directory_mode,
            in_place: opening.in_place,
            temporaries: Temporaries::new(),
            made: Mutex::new(made),
        })
    }

    /// The id of this run, which no other run has.
    pub(crate) fn run_id(&self) -> &str {
        self.temporaries.run_id()
    }

    /// Whether no other build can be at work here.
    pub(crate) fn is_locked(&self) -> bool {
        self.disk.lock().is_some_and(Lock::is_held)
    }

    /// The canonical path of the directory.
    pub(crate) fn dir(&self) -> &Path {
        &self.dir
    }

    /// Whether nothing is to be written.
    pub(crate) fn is_dry_run(&self) -> bool {
        self.disk.is_nowhere()
    }

    /// The path of a file of the static root. `name` may be absolute.
    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.dir.join(name)
    }

    /// What this run has made so far.
    pub(super) fn made(&self) -> MutexGuard<'_, Made> {
        self.made.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
