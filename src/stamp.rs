//! What tells whether a file was changed without reading it: its place on disk, length and times, as `git` goes by them.
//!
//! Any change of a file sets its change time to the system's clock (POSIX.1-2024, XBD 4.12), and unlike the modification
//! time no program can set it otherwise. What that does not cover is not relied on: a file that was changed just before it
//! was read may have been changed again at what the file system takes for the same time ([`SETTLED`]); another machine's
//! changes may be told late ([`is_local`]); and none are told of what a power failure has done ([`boot`]).

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rustix::fs::{Stat, StatFs};

/// More than the steps in which any file system counts time.
pub(crate) const SETTLED: Duration = Duration::from_secs(2);
/// Where Linux tells which boot this is.
const BOOT: &str = "/proc/sys/kernel/random/boot_id";
/// The file systems of one machine, by `f_type` of `statfs(2)`: bcachefs, Btrfs, ext2 to ext4, F2FS, overlayfs, tmpfs, XFS,
/// ZFS.
const LOCAL: [u64; 8] = [
    0xca45_1a4e,
    0x9123_683e,
    0xef53,
    0xf2f5_2010,
    0x794c_7630,
    0x0102_1994,
    0x5846_5342,
    0x2fc1_2fc1,
];

/// Seconds since 1970, and nanoseconds.
pub(crate) type Time = (i64, i64);

/// The state of a file, as far as its metadata tells. Not the modification time by itself: the others change with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stamp {
    pub(crate) device: u64,
    pub(crate) inode: u64,
    length: u64,
    modified: Time,
    changed: Time,
}

impl Stamp {
    pub(crate) fn of(metadata: &fs::Metadata) -> Self {
        Self {
            device: metadata.dev(),
            inode: metadata.ino(),
            length: metadata.len(),
            modified: (metadata.mtime(), metadata.mtime_nsec()),
            changed: (metadata.ctime(), metadata.ctime_nsec()),
        }
    }

    /// `None` for numbers that no file has.
    #[allow(
        clippy::useless_conversion,
        reason = "the types of the fields go by the platform"
    )]
    pub(crate) fn of_stat(stat: &Stat) -> Option<Self> {
        Some(Self {
            device: stat.st_dev.into(),
            inode: stat.st_ino.into(),
            length: stat.st_size.try_into().ok()?,
            modified: (stat.st_mtime.into(), stat.st_mtime_nsec.try_into().ok()?),
            changed: (stat.st_ctime.into(), stat.st_ctime_nsec.try_into().ok()?),
        })
    }

    /// Whether nothing that happened to the file from `time` on can be missed.
    pub(crate) fn is_settled(&self, time: SystemTime) -> bool {
        let since = time.checked_sub(SETTLED).and_then(seconds);
        since.is_some_and(|since| self.changed.0 < since)
    }

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

/// Whole seconds since 1970. Of times before there is no need to tell.
fn seconds(time: SystemTime) -> Option<i64> {
    time.duration_since(UNIX_EPOCH)
        .ok()?
        .as_secs()
        .try_into()
        .ok()
}

/// Which boot of the system this is; `None` where that is not told.
pub(crate) fn boot() -> Option<String> {
    fs::read_to_string(BOOT).ok()
}

/// Whether a file system belongs to this machine alone.
pub(crate) fn is_local(file_system: &StatFs) -> bool {
    u64::try_from(file_system.f_type).is_ok_and(|kind| LOCAL.contains(&kind))
}
