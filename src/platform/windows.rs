//! Windows. Files have no modes, and stamps are not relied on. This compiles; nobody has run it yet.

use std::fs::{self, DirEntry, File, Metadata, OpenOptions};
use std::io::{self, Read as _};
use std::os::windows::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use winapi_util::file::{Information, information};

pub(crate) use super::unexamined::*;

use super::FileId;
use super::lock::Attempt;
use super::stamp::{Stamp, Time};

/// Opens directories, too (`CreateFileW`).
const FILE_FLAG_BACKUP_SEMANTICS: u32 = 0x0200_0000;
/// Opens a link itself, not what it leads to.
const FILE_FLAG_OPEN_REPARSE_POINT: u32 = 0x0020_0000;
/// Removes the file when it is closed, also if the process is killed.
const FILE_FLAG_DELETE_ON_CLOSE: u32 = 0x0400_0000;
/// Others have the file open.
const ERROR_SHARING_VIOLATION: i32 = 32;
/// From 1601 to 1970, in steps of 100 ns.
const EPOCH: i64 = 116_444_736_000_000_000;
/// Steps of 100 ns in a second.
const STEPS: i64 = 10_000_000;

/// Directories cannot be locked: a file in them is, which is there as long as the lock.
pub(super) const LOCK_FILE: Option<&str> = Some(".hashstatic.lock");

/// Whether [`flush`] covers the contents of files, so that they need no flush each.
pub(crate) const HAS_BARRIER: bool = false;

/// Opens a file to read from it.
pub(super) fn open_to_read(path: &Path, follows_links: bool) -> io::Result<File> {
    let flags = if follows_links {
        0
    } else {
        FILE_FLAG_OPEN_REPARSE_POINT
    };
    OpenOptions::new().read(true).custom_flags(flags).open(path)
}

/// Appends to `bytes` what one call reads into their spare capacity; how many bytes.
pub(super) fn read_once(mut file: &File, bytes: &mut Vec<u8>) -> io::Result<usize> {
    let length = bytes.len();
    bytes.resize(bytes.capacity(), 0);
    let count = loop {
        match file.read(&mut bytes[length..]) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            other => break other,
        }
    };
    bytes.truncate(length + count.as_ref().map_or(0, |count| *count));
    count
}

/// Makes a new file. The mode means nothing here.
pub(crate) fn create_new(path: &Path, _mode: u32) -> io::Result<File> {
    File::create_new(path)
}

/// A directory that is in use.
pub(crate) struct Directory(PathBuf);

impl Directory {
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        FileId::of_target(path)?;
        Ok(Self(path.to_owned()))
    }

    /// Opens a file below the directory to read from it.
    pub(crate) fn open_file(&self, name: &str) -> io::Result<File> {
        File::open(self.0.join(name))
    }

    /// The stamp of a file below the directory. `None`: the file cannot be looked at.
    pub(crate) fn stamp(&self, name: &str) -> Option<Stamp> {
        let found = fs::symlink_metadata(self.0.join(name)).ok()?;
        Some(stamp(&found))
    }

    /// The identity of the directory.
    pub(crate) fn id(&self) -> io::Result<FileId> {
        FileId::of_target(&self.0)
    }
}

fn id(found: &Information) -> FileId {
    FileId {
        device: found.volume_serial_number(),
        inode: found.file_index(),
    }
}

pub(super) fn id_of_file(file: &File, _: &Metadata) -> io::Result<FileId> {
    Ok(id(&information(file)?))
}

pub(super) fn id_at(path: &Path, _: &Metadata, follows_links: bool) -> io::Result<FileId> {
    let mut flags = FILE_FLAG_BACKUP_SEMANTICS;
    if !follows_links {
        flags |= FILE_FLAG_OPEN_REPARSE_POINT;
    }
    let file = OpenOptions::new()
        .access_mode(0)
        .custom_flags(flags)
        .open(path)?;
    Ok(id(&information(&file)?))
}

/// The index of an entry of a directory: the file must be opened for that.
pub(crate) fn inode_of_entry(entry: &DirEntry) -> io::Result<u64> {
    Ok(id_at(&entry.path(), &entry.metadata()?, false)?.inode)
}

/// The number of names of an open file.
pub(crate) fn names(file: &File, _: &Metadata) -> io::Result<u64> {
    Ok(information(file)?.number_of_links())
}

/// `None`: files have no modes.
pub(crate) fn mode(_: &Metadata) -> Option<u32> {
    None
}

/// Does nothing: files have no modes.
pub(crate) fn set_mode(_: &File, _mode: u32) -> io::Result<()> {
    Ok(())
}

/// Does nothing: directories have no modes.
pub(crate) fn set_directory_mode(_: &Path, _mode: u32) -> io::Result<()> {
    Ok(())
}

/// The modification time of a file.
pub(crate) fn modified(metadata: &Metadata) -> Time {
    let steps = i64::try_from(metadata.last_write_time()).unwrap_or(i64::MAX) - EPOCH;
    (steps.div_euclid(STEPS), steps.rem_euclid(STEPS) * 100)
}

pub(super) fn stamp(metadata: &Metadata) -> Stamp {
    Stamp {
        device: 0,
        inode: 0,
        length: metadata.len(),
        modified: modified(metadata),
        changed: (i64::MAX, 0),
    }
}

/// A lock: the open lock file, which nobody else can open.
pub(super) struct Held {
    _file: File,
}

/// Tries to lock a directory.
pub(super) fn try_lock(directory: &Directory) -> io::Result<Attempt> {
    let Some(name) = LOCK_FILE else {
        return Ok(Attempt::Unsupported);
    };
    let file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(false)
        .share_mode(0)
        .custom_flags(FILE_FLAG_DELETE_ON_CLOSE)
        .open(directory.0.join(name));
    match file {
        Ok(file) => Ok(Attempt::Locked(Held { _file: file })),
        Err(error) if error.raw_os_error() == Some(ERROR_SHARING_VIOLATION) => Ok(Attempt::Taken),
        Err(error) => Err(error),
    }
}

/// Whether another process holds the lock on a directory.
pub(super) fn is_locked_by_another(directory: &Directory) -> bool {
    let file = LOCK_FILE.map(|name| File::open(directory.0.join(name)));
    matches!(file, Some(Err(error)) if error.raw_os_error() == Some(ERROR_SHARING_VIOLATION))
}

/// Does nothing: each file was flushed by itself, and NTFS keeps the order of changes of names.
pub(crate) fn flush(_: &Path) -> io::Result<()> {
    Ok(())
}

/// Does nothing: directories cannot be flushed.
pub(crate) fn sync_directory(_: &Path) -> io::Result<()> {
    Ok(())
}

/// `None`: NTFS cannot share blocks.
pub(crate) fn reflink(_: &File, _: &Path, _: u32) -> io::Result<Option<File>> {
    Ok(None)
}

/// Makes a directory and those above it. Below the user's profile, nobody else may write to them.
pub(crate) fn create_own_directory(path: &Path) -> io::Result<()> {
    fs::create_dir_all(path)
}

/// `None`: access is a matter of the directory's access control list, which is inherited.
pub(crate) fn why_not_own_directory(_: &Metadata) -> Option<String> {
    None
}

/// `true`: see [`why_not_own_directory`].
pub(crate) fn is_own(_: &Metadata) -> bool {
    true
}

/// The part of `path` below `directory`, which it begins with.
pub(crate) fn below<'p>(path: &'p Path, directory: &Path) -> &'p Path {
    path.strip_prefix(directory).unwrap_or(path)
}
