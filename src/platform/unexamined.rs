//! Systems whose stamps are not relied on, as no file system there was examined: every file is read. What else they do not
//! show.

use std::path::Path;
use std::time::Duration;

use super::system::Directory;

/// `None`: the system does not show which process holds a lock.
pub(super) fn holder(_: &Directory) -> Option<u32> {
    None
}

/// `None`: the system does not show when changed pages are written to disk.
pub(super) fn writeback() -> Option<Duration> {
    None
}

/// `None`: not looked up, as stamps are not relied on.
pub(crate) fn boot() -> Option<String> {
    None
}

/// `false`: stamps are not relied on.
pub(crate) fn is_reliable(_: &Directory) -> bool {
    false
}

/// `false`: stamps are not relied on.
pub(crate) fn is_reliable_at(_: &Path) -> bool {
    false
}
