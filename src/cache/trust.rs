//! Ownership of the cache. Whoever can write an entry decides which bytes are served as immutable: the check in an
//! entry protects against damage, not against attackers. So the directory must belong to the current user and not be
//! writable for others, and entries must belong to the current user.

use std::fs::{self, File};
use std::io;
use std::path::Path;

use crate::platform::owner::{is_own, why_not_own_directory};
use crate::platform::regular_file;

/// Checks that a directory can be trusted as a cache. The error is the reason if not.
pub(super) fn check(dir: &Path) -> io::Result<()> {
    match why_not_own_directory(&fs::metadata(dir)?) {
        Some(why) => Err(io::Error::new(io::ErrorKind::PermissionDenied, why)),
        None => Ok(()),
    }
}

/// Opens an entry, which must be a regular file of the current user.
pub(super) fn open(path: &Path) -> io::Result<File> {
    let file = regular_file::open_no_link(path)?;
    if is_own(&file.metadata()?) {
        return Ok(file);
    }
    let why = "another user's entry";
    Err(io::Error::new(io::ErrorKind::PermissionDenied, why))
}
