//! What shows whether a file was changed without reading it: its place on disk, length and times, as `git` goes by them.
//!
//! Any change of a file sets its change time to the system's clock (POSIX.1-2024, XBD 4.12), and unlike the modification
//! time no program can set it otherwise. What that does not cover is not relied on:
//!
//! * A file that was changed just before it was read may have been changed again at what the file system takes for the
//!   same time, or through a mapping: a store into a page of a shared mapping sets the time only if it is the first one
//!   since the page was written to disk ([`Settling`]).
//! * Where pages are never written to disk, as on tmpfs, nothing shows of such stores. Where one file system lies over
//!   another, as with overlayfs, a file may be another one of the same numbers and times: images of squashfs and erofs
//!   are made with fixed ones. Other machines' changes may show late. So it is a list of file systems that are relied on
//!   ([`is_reliable`]).
//! * Nothing shows of what a power failure has done ([`boot`]).

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rustix::fs::{Stat, StatFs};

/// More than the steps in which any file system counts time.
const STEPS: Duration = Duration::from_secs(2);
/// Where Linux says for how long a page may stay changed before it is written to disk, and how often it looks for such
/// pages; both in hundredths of a second.
const WRITEBACK: [&str; 2] = [
    "/proc/sys/vm/dirty_expire_centisecs",
    "/proc/sys/vm/dirty_writeback_centisecs",
];
/// How many times as long it is waited: disks can be slow.
const PATIENCE: u32 = 2;
/// Where Linux tells which boot this is.
const BOOT: &str = "/proc/sys/kernel/random/boot_id";
/// The file systems that are relied on, by `f_type` of `statfs(2)`: bcachefs, Btrfs, ext2 to ext4, F2FS, XFS, ZFS.
const RELIABLE: [u64; 6] = [
    0xca45_1a4e,
    0x9123_683e,
    0xef53,
    0xf2f5_2010,
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
    pub(crate) fn is_settled(&self, time: SystemTime, settling: Settling) -> bool {
        let since = settling.0.and_then(|window| time.checked_sub(window));
        let since = since.and_then(seconds);
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

/// For how long after a change another one may not show. `None`: for ever.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Settling(Option<Duration>);

impl Settling {
    /// As the system has it.
    pub(crate) fn of_system() -> Self {
        let mut window = STEPS;
        for file in WRITEBACK {
            let text = fs::read_to_string(file).ok();
            match text.and_then(|text| text.trim().parse::<u32>().ok()) {
                Some(hundredths @ 1..) => {
                    window += PATIENCE * Duration::from_millis(u64::from(hundredths) * 10);
                }
                _ => return Self(None), // pages are written when somebody asks for it
            }
        }
        Self(Some(window))
    }

    /// Without regard to mappings.
    pub(crate) fn of_times() -> Self {
        Self(Some(STEPS))
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

/// Whether every change of a file shows in its stamp, on this file system.
pub(crate) fn is_reliable(file_system: &StatFs) -> bool {
    u64::try_from(file_system.f_type).is_ok_and(|kind| RELIABLE.contains(&kind))
}
