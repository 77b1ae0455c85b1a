//! Linux.

use std::fs::{self, File};
use std::io;
use std::path::Path;
use std::time::Duration;

use rustix::fs::{StatFs, fstatfs, ioctl_ficlone, statfs, sync, syncfs};
use rustix::io::Errno;

pub(crate) use super::unix::*;

/// Where Linux shows for how long a page may stay changed before it is written to disk, and how often it looks for such
/// pages; both in hundredths of a second.
const WRITEBACK: [&str; 2] = [
    "/proc/sys/vm/dirty_expire_centisecs",
    "/proc/sys/vm/dirty_writeback_centisecs",
];
/// The factor by which these times are exceeded: disks can be slow.
const PATIENCE: u32 = 2;
/// Where Linux shows which boot this is.
const BOOT: &str = "/proc/sys/kernel/random/boot_id";
/// The file systems whose stamps are relied on, by `f_type` of `statfs(2)`: bcachefs, Btrfs, ext2 to ext4, F2FS, XFS, ZFS.
const RELIABLE: [u64; 6] = [
    0xca45_1a4e,
    0x9123_683e,
    0xef53,
    0xf2f5_2010,
    0x5846_5342,
    0x2fc1_2fc1,
];

/// Whether [`flush`] covers the contents of files, so that they need no `fsync` each.
pub(crate) const HAS_BARRIER: bool = true;

/// Waits until everything of the file system of `dir` is on disk.
pub(crate) fn flush(dir: &Path) -> io::Result<()> {
    match syncfs(File::open(dir)?) {
        Err(Errno::NOSYS) => sync(), // sandboxes with a kernel of their own
        other => other?,
    }
    Ok(())
}

/// Makes a new file that shares its blocks with `source`. `None`: the file system cannot do that.
pub(crate) fn reflink(source: &File, to: &Path, mode: u32) -> io::Result<Option<File>> {
    let file = create_new(to, mode)?;
    if ioctl_ficlone(&file, source).is_ok() {
        return Ok(Some(file));
    }
    let _ = fs::remove_file(to);
    Ok(None)
}

/// The process that holds the lock on a directory, as far as `/proc/locks` shows it.
pub(super) fn holder(directory: &Directory) -> Option<u32> {
    let inode = directory.id().ok()?.inode.to_string();
    let locks = fs::read_to_string("/proc/locks").ok()?;
    locks.lines().find_map(|line| {
        // `1: FLOCK  ADVISORY  WRITE 1234 fe:00:5678 0 EOF`; a waiting one has `->` before its kind.
        let fields: Vec<&str> = line.split_whitespace().collect();
        let is_held = fields.get(1) == Some(&"FLOCK");
        let same = fields.get(5)?.rsplit(':').next() == Some(inode.as_str());
        (is_held && same)
            .then(|| fields.get(4)?.parse().ok())
            .flatten()
    })
}

/// The time after which a changed page has been written to disk. `None`: that only happens when somebody asks for it.
pub(super) fn writeback() -> Option<Duration> {
    let mut time = Duration::ZERO;
    for file in WRITEBACK {
        let text = fs::read_to_string(file).ok()?;
        let hundredths = text.trim().parse::<u32>().ok().filter(|time| *time > 0)?;
        time += PATIENCE * Duration::from_millis(u64::from(hundredths) * 10);
    }
    Some(time)
}

/// The id of this boot of the system; `None` where the system does not show it.
pub(crate) fn boot() -> Option<String> {
    fs::read_to_string(BOOT).ok()
}

/// Whether every change of a file shows in its stamp, on the file system of `directory`.
pub(crate) fn is_reliable(directory: &Directory) -> bool {
    fstatfs(directory.file()).is_ok_and(|found| is_listed(&found))
}

/// Whether every change of a file shows in its stamp, on the file system of `path`.
pub(crate) fn is_reliable_at(path: &Path) -> bool {
    statfs(path).is_ok_and(|found| is_listed(&found))
}

fn is_listed(file_system: &StatFs) -> bool {
    u64::try_from(file_system.f_type).is_ok_and(|kind| RELIABLE.contains(&kind))
}
