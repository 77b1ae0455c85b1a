//! What makes a build survive a power cut: everything that the manifest names is on disk before the manifest is.

use std::fs::File;
use std::io;
use std::path::Path;

use super::StaticRoot;
use crate::error::Error;

impl StaticRoot {
    /// Waits until everything written so far is on disk: one barrier per file system instead of an `fsync` per file, which
    /// takes five times as long.
    pub(crate) fn make_durable(&self) -> Result<(), Error> {
        if !self.sync || self.dry_run {
            return Ok(());
        }
        let looked_at = self.existing.get();
        let devices = looked_at.map_or(&[][..], |existing| &existing.devices);
        if devices.is_empty() {
            return flush(&self.dir).map_err(Error::io("flush", &self.dir));
        }
        for dir in devices {
            flush(dir).map_err(Error::io("flush", dir))?;
        }
        Ok(())
    }

    /// Waits until the names in a directory are on disk.
    pub(super) fn sync_directory(&self, dir: &Path) -> io::Result<()> {
        if !self.sync {
            return Ok(());
        }
        match File::open(dir)?.sync_all() {
            // Some network file systems know no such thing for directories.
            Err(error) if error.kind() == io::ErrorKind::InvalidInput => Ok(()),
            other => other,
        }
    }
}

/// Writes everything of the file system of `dir` to disk.
#[cfg(target_os = "linux")]
fn flush(dir: &Path) -> io::Result<()> {
    match rustix::fs::syncfs(File::open(dir)?) {
        Err(rustix::io::Errno::NOSYS) => rustix::fs::sync(), // sandboxes with a kernel of their own
        other => other?,
    }
    Ok(())
}

/// Writes everything to disk.
#[cfg(not(target_os = "linux"))]
fn flush(_: &Path) -> io::Result<()> {
    rustix::fs::sync();
    Ok(())
}
