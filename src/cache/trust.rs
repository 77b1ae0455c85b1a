//! The owner of a cache. Who may write an entry decides what is served under a name that never changes: an entry checks
//! itself against damage, not against people. So the directory must be ours, nobody else may write to it, and an entry must
//! be ours, too.

use std::fs::{self, File};
use std::io;
use std::path::Path;

use crate::platform::owner::{is_own, why_not_own_directory};
use crate::platform::regular_file;

/// Returns an error that says why a directory cannot be trusted as a cache.
pub(super) fn check(dir: &Path) -> io::Result<()> {
    match why_not_own_directory(&fs::metadata(dir)?) {
        Some(why) => Err(io::Error::new(io::ErrorKind::PermissionDenied, why)),
        None => Ok(()),
    }
}

/// Opens an entry. One that is no regular file of ours does not exist.
pub(super) fn open(path: &Path) -> io::Result<File> {
    let file = regular_file::open_no_link(path)?;
    if is_own(&file.metadata()?) {
        return Ok(file);
    }
    let why = "another user's entry";
    Err(io::Error::new(io::ErrorKind::PermissionDenied, why))
}
