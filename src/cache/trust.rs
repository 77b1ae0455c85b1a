//! Whose cache it is. Who may write an entry decides what is served under a name that never changes: an entry checks
//! itself against damage, not against people. So the directory must be ours, and nobody else's to write to, and an entry
//! must be ours, too.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use rustix::process::geteuid;

use crate::platform::regular_file;

/// Everybody may write.
const OTHERS: u32 = 0o002;

/// Whether a directory can be trusted as a cache. If not, the error says why.
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

/// Opens an entry. One that is no regular file of ours does not exist.
pub(super) fn open(path: &Path) -> io::Result<File> {
    let file = regular_file::open_no_link(path)?;
    if file.metadata()?.uid() == geteuid().as_raw() {
        return Ok(file);
    }
    let why = "another user's entry";
    Err(io::Error::new(io::ErrorKind::PermissionDenied, why))
}
