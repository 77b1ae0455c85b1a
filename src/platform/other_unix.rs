//! macOS and the BSDs. Stamps are not relied on: no file system there was examined.

use std::fs::File;
use std::io;
use std::path::Path;

pub(crate) use super::unexamined::*;
pub(crate) use super::unix::*;

/// Whether [`flush`] covers the contents of files, so that they need no `fsync` each. `sync(2)` may return before.
pub(crate) const HAS_BARRIER: bool = false;

/// Writes the names of all files to disk, as far as the system can. Each file was flushed by itself (on macOS with
/// `F_FULLFSYNC`, as the standard library does it).
pub(crate) fn flush(dir: &Path) -> io::Result<()> {
    rustix::fs::sync();
    sync_directory(dir)
}

/// Makes a new file that shares its blocks with `source`, and gives it a mode. `None`: the file system cannot do that.
#[cfg(target_vendor = "apple")]
pub(crate) fn reflink(source: &File, to: &Path, mode: u32) -> io::Result<Option<File>> {
    use rustix::fs::{CWD, CloneFlags, fclonefileat};
    if fclonefileat(source, CWD, to, CloneFlags::empty()).is_err() {
        return Ok(None);
    }
    let file = File::open(to)?;
    set_mode(&file, mode)?;
    Ok(Some(file))
}

/// `None`: there is no such call.
#[cfg(not(target_vendor = "apple"))]
pub(crate) fn reflink(_: &File, _: &Path, _: u32) -> io::Result<Option<File>> {
    Ok(None)
}
