//! One build at a time per static root: an advisory lock on the directory itself, so that no file is left behind.
//! Readers are not concerned.

use std::fs::File;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::thread::sleep;
use std::time::{Duration, Instant};

use rustix::fs::{FlockOperation, flock};
use rustix::io::Errno;

use crate::error::Error;

/// How often a taken lock is tried again.
const RETRY: Duration = Duration::from_millis(20);

/// Held as long as it lives; the system lets go of it even if the process is killed.
pub(crate) struct Lock {
    directory: File,
    is_held: bool,
}

impl Lock {
    /// Locks the directory `dir`, waiting up to `timeout`. `Ok(None)`: while it waited, the directory went away (the
    /// build before this one has failed and cleaned up), so that it has to be made again.
    pub(crate) fn take(dir: &Path, timeout: Duration) -> Result<Option<Self>, Error> {
        let directory = File::open(dir).map_err(Error::io("open", dir))?;
        let deadline = Instant::now().checked_add(timeout);
        let is_early = || deadline.is_none_or(|deadline| Instant::now() < deadline);
        let is_held = loop {
            match flock(&directory, FlockOperation::NonBlockingLockExclusive) {
                Err(Errno::WOULDBLOCK) if is_early() => sleep(RETRY),
                Err(Errno::WOULDBLOCK) => {
                    return Err(Error::Locked {
                        path: dir.to_owned(),
                        holder: holder(&directory),
                        waited: timeout,
                    });
                }
                Ok(()) => break true,
                // Some network file systems have no such locks. A build without one, and a warning, is better than none.
                Err(
                    Errno::NOLCK | Errno::OPNOTSUPP | Errno::NOSYS | Errno::BADF | Errno::INVAL,
                ) => break false,
                Err(Errno::INTR) => {}
                Err(error) => return Err(Error::io("lock", dir)(error.into())),
            }
        };
        let is_still_there = match (directory.metadata(), dir.metadata()) {
            (Ok(locked), Ok(there)) => (locked.dev(), locked.ino()) == (there.dev(), there.ino()),
            _ => false,
        };
        Ok(is_still_there.then_some(Self { directory, is_held }))
    }

    /// Waits, up to `timeout`, until no build is at work on `dir`, and lets the next one begin. Best effort: it is for
    /// readers, who do without where it fails.
    pub(crate) fn wait_for_builds(dir: &Path, timeout: Duration) {
        let Ok(directory) = File::open(dir) else {
            return;
        };
        let began = Instant::now();
        while flock(&directory, FlockOperation::NonBlockingLockShared) == Err(Errno::WOULDBLOCK)
            && began.elapsed() < timeout
        {
            sleep(RETRY);
        }
    }

    /// Whether the file system has locks: without them, other builds are not kept out.
    pub(crate) fn is_held(&self) -> bool {
        self.is_held
    }

    /// The directory that is locked.
    pub(crate) fn directory(&self) -> &File {
        &self.directory
    }
}

/// The process that holds the lock, as far as Linux tells (`/proc/locks`).
fn holder(directory: &File) -> Option<u32> {
    let inode = directory.metadata().ok()?.ino().to_string();
    let locks = std::fs::read_to_string("/proc/locks").ok()?;
    locks.lines().find_map(|line| {
        // `1: FLOCK  ADVISORY  WRITE 1234 fe:00:5678 0 EOF`; a waiting one has `->` before its kind.
        let fields: Vec<&str> = line.split_whitespace().collect();
        let is_held = fields.get(1) == Some(&"FLOCK");
        let same = fields.get(5)?.rsplit(':').next() == Some(inode.as_str());
        (is_held && same)
            .then(|| fields.get(4)?.parse().ok())
            .flatten()
    })
}
