//! What differs between operating systems in the command. No other file of the command names one.

use std::fs::{File, OpenOptions};
use std::io;
use std::path::Path;

/// The user's directory for caches, below the home directory.
pub(super) const CACHES: &str = if cfg!(target_os = "macos") {
    "Library/Caches"
} else {
    ".cache"
};

/// Opens a file to read from it. A pipe is opened at once, whether or not anyone writes to it.
pub(super) fn open_without_waiting(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.custom_flags(rustix::fs::OFlags::NONBLOCK.bits().cast_signed());
    }
    options.read(true).open(path)
}
