//! Ownership of the cache. Whoever can write an entry decides which bytes are served as immutable: the check in an
//! entry protects against damage, not against attackers. So the directory must belong to the current user and not be
//! writable for others, and entries must belong to the current user.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use rustix::process::geteuid;

use crate::platform::regular_file;

/// Mode bit: writable for others.
const OTHERS: u32 = 0o002;

/// Checks that a directory can be trusted as a cache. The error is the reason if not.
pub(super) fn check(dir: &Path) -> io::Result<()> {
    let found = fs::metadata(dir)?;
    let me = geteuid().as_raw();
    let why = if found.uid() != me {
        format!("it belongs to user {}, not to {me}", found.uid())
    } else if found.mode() & OTHERS != 0 {
        "everybody may write to it".to_owned()
    } else {
        return Ok(());
    };
    Err(io::Error::new(io::ErrorKind::PermissionDenied, why))
}

/// Opens an entry, which must be a regular file of the current user.
pub(super) fn open(path: &Path) -> io::Result<File> {
    let file = regular_file::open_no_link(path)?;
    if file.metadata()?.uid() == geteuid().as_raw() {
        return Ok(file);
    }
    let why = "another user's entry";
    Err(io::Error::new(io::ErrorKind::PermissionDenied, why))
}
