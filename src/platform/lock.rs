//! One build at a time per static root: an advisory lock. Readers are not concerned.

use std::path::Path;
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::FileId;
use super::system::{self, Directory, Held};
use crate::error::Error;

/// The time between two attempts at a lock that another build holds.
const RETRY: Duration = Duration::from_millis(20);

/// The name of the file in the static root that is locked, on systems that cannot lock a directory.
pub(crate) const FILE: Option<&str> = system::LOCK_FILE;

/// An attempt at a lock.
pub(super) enum Attempt {
    /// The lock is ours.
    Locked(Held),
    /// Another process has it.
    Taken,
    /// The file system has no locks.
    Unsupported,
}

/// A lock, held as long as the value lives; the system releases it even if the process is killed.
pub(crate) struct Lock {
    directory: Directory,
    /// `None`: the file system has no locks.
    held: Option<Held>,
}

impl Lock {
    /// Locks the directory `dir`, waiting up to `timeout`. `Ok(None)`: the directory was removed meanwhile (the build
    /// before this one has failed and cleaned up), so that it has to be made again.
    pub(crate) fn take(
        dir: &Path,
        timeout: Duration,
        is_interrupted: impl Fn() -> bool,
    ) -> Result<Option<Self>, Error> {
        let directory = Directory::open(dir).map_err(Error::io("open", dir))?;
        let deadline = Instant::now().checked_add(timeout);
        let is_early = || deadline.is_none_or(|deadline| Instant::now() < deadline);
        let held = loop {
            match system::try_lock(&directory).map_err(Error::io("lock", dir))? {
                Attempt::Locked(held) => break Some(held),
                // A build without a lock, and with a warning, is better than none.
                Attempt::Unsupported => break None,
                Attempt::Taken if is_interrupted() => return Err(Error::Interrupted),
                Attempt::Taken if is_early() => sleep(RETRY),
                Attempt::Taken => {
                    return Err(Error::Locked {
                        path: dir.to_owned(),
                        holder: system::holder(&directory),
                        waited: timeout,
                    });
                }
            }
        };
        let is_still_there = match (directory.id(), FileId::of_target(dir)) {
            (Ok(locked), Ok(there)) => locked == there,
            _ => false,
        };
        Ok(is_still_there.then_some(Self { directory, held }))
    }

    /// Waits, up to `timeout`, until no build is at work on `dir`. The next one can begin at once. Best effort: this is
    /// for readers, who go on where it fails.
    pub(crate) fn wait_for_builds(dir: &Path, timeout: Duration) {
        let Ok(directory) = Directory::open(dir) else {
            return;
        };
        let began = Instant::now();
        while system::is_locked_by_another(&directory) && began.elapsed() < timeout {
            sleep(RETRY);
        }
    }

    /// Whether other builds are kept out: not if the file system has no locks.
    pub(crate) fn is_held(&self) -> bool {
        self.held.is_some()
    }

    /// The directory that is locked.
    pub(crate) fn directory(&self) -> &Directory {
        &self.directory
    }
}
