//! The stamp of a file, which shows without reading the file whether it was changed: identity, length and times, as `git`
//! uses them.
//!
//! Any change of a file sets its change time to the system's clock (POSIX.1-2024, XBD 4.12), and unlike the modification
//! time no program can set it otherwise. What that does not cover is not relied on:
//!
//! * A file that was changed just before it was read may have been changed again at what the file system takes for the
//!   same time, or through a mapping: a store into a page of a shared mapping sets the time only if it is the first one
//!   since the page was written to disk ([`Settling`]).
//! * Where pages are never written to disk, as on tmpfs, such stores do not show. Where one file system lies over
//!   another, as with overlayfs, a file may be another one of the same numbers and times: images of squashfs and erofs
//!   are made with fixed ones. Changes by other machines may show late. So only listed file systems are relied on
//!   ([`is_reliable`]).
//! * The effects of a power failure do not show ([`boot`]).

use std::fs::Metadata;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::system;
pub(crate) use super::system::{boot, is_reliable, is_reliable_at};

/// More than the steps in which any file system counts time.
const STEPS: Duration = Duration::from_secs(2);

/// Seconds since 1970, and nanoseconds.
pub(crate) type Time = (i64, i64);

/// The state of a file, as far as its metadata shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stamp {
    pub(crate) device: u64,
    pub(super) inode: u64,
    /// Bytes.
    pub(super) length: u64,
    pub(super) modified: Time,
    /// The change time; the end of all time where the system has none, so that the file never counts as settled.
    pub(super) changed: Time,
}

impl Stamp {
    /// The stamp of a file with this metadata.
    pub(crate) fn of(metadata: &Metadata) -> Self {
        system::stamp(metadata)
    }

    /// Whether every change of the file from `time` on shows in a later stamp.
    pub(crate) fn is_settled(&self, time: SystemTime, settling: Settling) -> bool {
        let since = settling.0.and_then(|window| time.checked_sub(window));
        let since = since.and_then(seconds);
        since.is_some_and(|since| self.changed.0 < since)
    }

    /// Adds the stamp to a hash.
    pub(crate) fn hash(&self, hasher: &mut blake3::Hasher) {
        for number in [self.device, self.inode, self.length] {
            hasher.update(&number.to_le_bytes());
        }
        for (seconds, part) in [self.modified, self.changed] {
            hasher.update(&seconds.to_le_bytes());
            hasher.update(&part.to_le_bytes());
        }
    }
}

/// The time after a change during which another change may not show. `None`: for ever.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Settling(Option<Duration>);

impl Settling {
    /// The time on this system, mappings included.
    pub(crate) fn of_system() -> Self {
        Self(system::writeback().map(|writeback| STEPS + writeback))
    }

    /// The time without regard to mappings.
    pub(crate) fn of_times() -> Self {
        Self(Some(STEPS))
    }
}

/// Whole seconds since 1970; `None` for times before.
fn seconds(time: SystemTime) -> Option<i64> {
    time.duration_since(UNIX_EPOCH)
        .ok()?
        .as_secs()
        .try_into()
        .ok()
}
