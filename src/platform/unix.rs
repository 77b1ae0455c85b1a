//! What Linux, macOS and the other Unixes share.
#![allow(
    clippy::unnecessary_wraps,
    reason = "the same functions can fail on other systems"
)]

use std::ffi::OsStr;
use std::fs::{self, DirBuilder, DirEntry, File, Metadata, OpenOptions, Permissions, TryLockError};
use std::io;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::{
    DirBuilderExt as _, DirEntryExt as _, MetadataExt as _, OpenOptionsExt as _,
    PermissionsExt as _,
};
use std::path::Path;

use rustix::buffer::spare_capacity;
use rustix::fs::{AtFlags, Mode, OFlags, Stat, openat, statat};
use rustix::io::Errno;
use rustix::process::geteuid;

use super::FileId;
use super::lock::Attempt;
use super::stamp::{Stamp, Time};

/// The bits of a mode that `chmod` sets.
const MODE_BITS: u32 = 0o7777;
/// The permission of everybody to write.
const OTHERS_WRITE: u32 = 0o002;

/// Directories themselves are locked: no file is left behind.
pub(super) const LOCK_FILE: Option<&str> = None;

/// Opens a file to read from it. A pipe is opened at once, whether or not anyone writes to it.
pub(super) fn open_to_read(path: &Path, follows_links: bool) -> io::Result<File> {
    let mut flags = OFlags::NONBLOCK;
    flags.set(OFlags::NOFOLLOW, !follows_links);
    let flags = i32::try_from(flags.bits()).map_err(io::Error::other)?;
    OpenOptions::new().read(true).custom_flags(flags).open(path)
}

/// Appends to `bytes` what one call reads into their spare capacity; how many bytes.
pub(super) fn read_once(file: &File, bytes: &mut Vec<u8>) -> io::Result<usize> {
    let count = rustix::io::retry_on_intr(|| rustix::io::read(file, spare_capacity(bytes)))?;
    Ok(count)
}

/// Makes a new file with a mode, from which the umask may take bits.
pub(crate) fn create_new(path: &Path, mode: u32) -> io::Result<File> {
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(mode)
        .open(path)
}

/// An open directory: files below it are found without looking up its path.
pub(crate) struct Directory(File);

impl Directory {
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        File::open(path).map(Self)
    }

    /// Opens a file below the directory to read from it. A pipe does not block.
    pub(crate) fn open_file(&self, name: &str) -> io::Result<File> {
        let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NONBLOCK;
        Ok(openat(&self.0, name, flags, Mode::empty())?.into())
    }

    /// The stamp of a file below the directory. Links are not followed. `None`: the file cannot be looked at.
    pub(crate) fn stamp(&self, name: &str) -> Option<Stamp> {
        stamp_of_stat(&statat(&self.0, name, AtFlags::SYMLINK_NOFOLLOW).ok()?)
    }

    /// The identity of the directory.
    pub(crate) fn id(&self) -> io::Result<FileId> {
        Ok(id(&self.0.metadata()?))
    }

    pub(super) fn file(&self) -> &File {
        &self.0
    }
}

fn id(metadata: &Metadata) -> FileId {
    FileId {
        device: metadata.dev(),
        inode: metadata.ino(),
    }
}

pub(super) fn id_of_file(_: &File, metadata: &Metadata) -> io::Result<FileId> {
    Ok(id(metadata))
}

pub(super) fn id_at(_: &Path, metadata: &Metadata, _follows_links: bool) -> io::Result<FileId> {
    Ok(id(metadata))
}

/// The inode of an entry of a directory, which the directory itself lists.
pub(crate) fn inode_of_entry(entry: &DirEntry) -> io::Result<u64> {
    Ok(entry.ino())
}

/// The number of names of an open file.
pub(crate) fn names(_: &File, metadata: &Metadata) -> io::Result<u64> {
    Ok(metadata.nlink())
}

/// The bits of a file's mode that `chmod` sets; `None` where files have no modes.
pub(crate) fn mode(metadata: &Metadata) -> Option<u32> {
    Some(metadata.mode() & MODE_BITS)
}

/// Sets the mode of a file.
pub(crate) fn set_mode(file: &File, mode: u32) -> io::Result<()> {
    file.set_permissions(Permissions::from_mode(mode))
}

/// Sets the mode of a directory.
pub(crate) fn set_directory_mode(path: &Path, mode: u32) -> io::Result<()> {
    fs::set_permissions(path, Permissions::from_mode(mode))
}

/// The modification time of a file.
pub(crate) fn modified(metadata: &Metadata) -> Time {
    (metadata.mtime(), metadata.mtime_nsec())
}

pub(super) fn stamp(metadata: &Metadata) -> Stamp {
    Stamp {
        device: metadata.dev(),
        inode: metadata.ino(),
        length: metadata.len(),
        modified: modified(metadata),
        changed: (metadata.ctime(), metadata.ctime_nsec()),
    }
}

/// The stamp of a file; `None` for numbers that no file has.
#[allow(
    clippy::useless_conversion,
    clippy::unnecessary_cast,
    clippy::cast_sign_loss,
    reason = "the types of the fields differ between platforms"
)]
fn stamp_of_stat(stat: &Stat) -> Option<Stamp> {
    Some(Stamp {
        device: stat.st_dev as u64, // as the standard library has it
        inode: stat.st_ino.into(),
        length: stat.st_size.try_into().ok()?,
        modified: (stat.st_mtime.into(), stat.st_mtime_nsec.try_into().ok()?),
        changed: (stat.st_ctime.into(), stat.st_ctime_nsec.try_into().ok()?),
    })
}

/// A lock on a directory: the system releases it when the directory is closed.
pub(super) struct Held;

/// Tries to lock a directory (`flock`).
pub(super) fn try_lock(directory: &Directory) -> io::Result<Attempt> {
    loop {
        let error = match directory.0.try_lock() {
            Ok(()) => return Ok(Attempt::Locked(Held)),
            Err(TryLockError::WouldBlock) => return Ok(Attempt::Taken),
            Err(TryLockError::Error(error)) => error,
        };
        match Errno::from_io_error(&error) {
            Some(Errno::INTR) => {}
            // Some network file systems have no such locks.
            Some(Errno::NOLCK | Errno::OPNOTSUPP | Errno::NOSYS | Errno::BADF | Errno::INVAL) => {
                return Ok(Attempt::Unsupported);
            }
            None if error.kind() == io::ErrorKind::Unsupported => return Ok(Attempt::Unsupported),
            _ => return Err(error),
        }
    }
}

/// Whether another process holds the lock on a directory.
pub(super) fn is_locked_by_another(directory: &Directory) -> bool {
    matches!(directory.0.try_lock_shared(), Err(TryLockError::WouldBlock))
}

/// Waits until the names in a directory are on disk.
pub(crate) fn sync_directory(path: &Path) -> io::Result<()> {
    match File::open(path)?.sync_all() {
        // Some network file systems cannot do that for directories.
        Err(error) if error.kind() == io::ErrorKind::InvalidInput => Ok(()),
        other => other,
    }
}

/// Makes a directory and those above it. Whatever the umask, nobody else may write to them.
pub(crate) fn create_own_directory(path: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o755).create(path)
}

/// Why others may have written to a directory; `None`: only this user can have.
pub(crate) fn why_not_own_directory(metadata: &Metadata) -> Option<String> {
    let me = geteuid().as_raw();
    if metadata.uid() != me {
        return Some(format!(
            "it belongs to user {}, not to {me}",
            metadata.uid()
        ));
    }
    (metadata.mode() & OTHERS_WRITE != 0).then(|| "everybody may write to it".to_owned())
}

/// Whether a file belongs to this user.
pub(crate) fn is_own(metadata: &Metadata) -> bool {
    metadata.uid() == geteuid().as_raw()
}

/// The part of `path` below `directory`, which it begins with. Compares bytes, not components: that is faster.
pub(crate) fn below<'p>(path: &'p Path, directory: &Path) -> &'p Path {
    let path = path.as_os_str().as_bytes();
    let below = path.strip_prefix(directory.as_os_str().as_bytes());
    let below = below.map(|below| below.strip_prefix(b"/").unwrap_or(below));
    Path::new(OsStr::from_bytes(below.unwrap_or(path)))
}
