//! What lies in the static root already, and whether it is what it should be.

use std::cell::RefCell;
use std::collections::HashMap;
use std::fs::{self, File, FileTimes};
use std::io::{self, Read as _};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::{OnceLock, PoisonError};
use std::time::SystemTime;

use rustix::fs::{Mode, OFlags, openat};

use super::{Staged, StaticRoot, mode_of};
use crate::error::Error;
use crate::name::digest::{Content, ContentHasher};
use crate::name::name_map::{NameMap, NameSet};
use crate::options::HashAlgorithm;
use crate::platform::regular_file;

/// Bytes read at a time.
const BUFFER: usize = 256 << 10;

/// Which file on disk something is: device and inode.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct FileId(u64, u64);

impl FileId {
    pub(super) fn of(metadata: &fs::Metadata) -> Self {
        Self(metadata.dev(), metadata.ino())
    }

    /// Of what has that name now, links not followed; `None`: nothing, or it cannot be looked at.
    pub(super) fn now(path: &Path) -> Option<Self> {
        let found = fs::symlink_metadata(path).ok()?;
        Some(Self::of(&found))
    }
}

/// What lay in the static root when the build began.
#[derive(Default)]
pub(super) struct Existing {
    /// The regular files by path relative to the static root, with their inodes.
    pub(super) files: NameMap<u64>,
    /// Symbolic links to anything but directories, pipes, sockets and devices.
    pub(super) others: NameSet,
    /// Symbolic links to directories. What lies below them was not looked at.
    pub(super) links: Vec<String>,
    /// The device that all files are on, if they are on one.
    pub(super) device: Option<u64>,
    /// A directory on each device.
    pub(super) devices: Vec<PathBuf>,
    /// How many of `files` each inode has, counted when that is first asked for.
    pub(super) names: OnceLock<HashMap<u64, u64, ahash::RandomState>>,
}

impl Existing {
    /// Whether a name lies below a symbolic link to a directory.
    fn is_below_link(&self, name: &str) -> bool {
        self.links.iter().any(|link| {
            let below = name.strip_prefix(link.as_str());
            below.is_some_and(|below| below.starts_with('/'))
        })
    }
}

impl StaticRoot {
    /// What the file system has now under a name that [`StaticRoot::look`] could not see.
    fn below_link(&self, name: &str) -> Option<fs::Metadata> {
        let existing = self.existing.get()?;
        if !existing.is_below_link(name) {
            return None;
        }
        fs::symlink_metadata(self.path(name)).ok()
    }

    /// Whether anything but a directory had that name when the build began: a file, a link, a pipe.
    pub(crate) fn had(&self, name: &str) -> bool {
        let looked_at = |existing: &Existing| {
            existing.files.contains_key(name) || existing.others.contains(name)
        };
        self.existing.get().is_some_and(looked_at)
            || self.below_link(name).is_some_and(|found| !found.is_dir())
    }

    /// Whether a regular file had that name when the build began.
    pub(crate) fn had_file(&self, name: &str) -> bool {
        let looked_at = |existing: &Existing| existing.files.contains_key(name);
        self.existing.get().is_some_and(looked_at)
            || self.below_link(name).is_some_and(|found| found.is_file())
    }

    /// Whether it had no file at all.
    pub(crate) fn is_new(&self) -> bool {
        let is_empty = |existing: &Existing| existing.files.is_empty() && existing.links.is_empty();
        self.existing.get().is_none_or(is_empty)
    }

    /// Whether something has that name now. `name` may be absolute.
    pub(crate) fn is_there(&self, name: &str) -> Result<bool, Error> {
        let path = self.path(name);
        match fs::symlink_metadata(&path) {
            Err(error) if is_nothing(&error) => Ok(false),
            found => found.map(|_| true).map_err(Error::io("read", &path)),
        }
    }

    /// Bytes of a file; 0 if it is not there.
    pub(crate) fn length(&self, name: &str) -> u64 {
        fs::metadata(self.path(name)).map_or(0, |metadata| metadata.len())
    }

    /// Whether a directory of that name is there.
    pub(crate) fn had_directory(&self, name: &str) -> bool {
        self.directories
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .contains(name)
    }

    /// The names that were there when the build began: of files, of links to files, of pipes and the like.
    pub(crate) fn existing(&self) -> impl Iterator<Item = &str> {
        let existing = self.existing.get().into_iter();
        existing
            .flat_map(|existing| existing.files.keys().chain(&existing.others))
            .map(String::as_str)
    }

    /// Opens a file by its name below the open directory, so that the system need not look its whole path up. A pipe
    /// that has taken the place of a file does not block.
    fn open_file(&self, name: &str) -> io::Result<File> {
        match &self.lock {
            Some(lock) => {
                let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NONBLOCK;
                Ok(openat(lock.directory(), name, flags, Mode::empty())?.into())
            }
            None => regular_file::open(&self.path(name)),
        }
    }

    /// Reads a staged file whole.
    #[expect(
        clippy::unused_self,
        reason = "staged files belong to their static root"
    )]
    pub(crate) fn read_staged(&self, staged: &Staged) -> Result<Vec<u8>, Error> {
        regular_file::read(&staged.path).map_err(Error::io("read", &staged.path))
    }

    /// Reads a file of the static root whole, also one that has not got its name yet.
    pub(crate) fn read(&self, name: &str) -> Result<Vec<u8>, Error> {
        let path = self.located(name);
        regular_file::read(&path).map_err(Error::io("read", &path))
    }

    /// Reads a file that may be missing. `None`: nothing has that name.
    pub(crate) fn read_if_there(&self, name: &str) -> Result<Option<Vec<u8>>, Error> {
        let path = self.path(name);
        match regular_file::read(&path) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if is_nothing(&error) => Ok(None),
            Err(error) => Err(Error::io("read", &path)(error)),
        }
    }

    /// The file that was there, if it has exactly these bytes; then it gets this modification time.
    pub(crate) fn matches(
        &self,
        name: &str,
        bytes: &[u8],
        modified: SystemTime,
    ) -> Result<Option<FileId>, Error> {
        self.proved(name, bytes.len() as u64, modified, |file| {
            same_bytes(file, bytes)
        })
    }

    /// Like [`StaticRoot::matches`], for bytes that are not at hand.
    pub(crate) fn has_content(
        &self,
        name: &str,
        content: Content,
        modified: SystemTime,
    ) -> Result<Option<FileId>, Error> {
        self.proved(name, content.length, modified, |file| holds(file, content))
    }

    /// The file that was there, if it has this length and `is_right`.
    fn proved(
        &self,
        name: &str,
        length: u64,
        modified: SystemTime,
        is_right: impl FnOnce(&File) -> io::Result<bool>,
    ) -> Result<Option<FileId>, Error> {
        if !self.had_file(name) {
            return Ok(None);
        }
        let Ok(file) = self.open_file(name) else {
            return Ok(None); // unreadable or gone: it will be replaced
        };
        let unreadable = |error| Error::io("read", &self.path(name))(error);
        let metadata = file.metadata().map_err(unreadable)?;
        if !metadata.is_file()
            || metadata.len() != length
            || !is_right(&file).map_err(unreadable)?
        {
            return Ok(None);
        }
        let is_timed = metadata.modified().is_ok_and(|time| time == modified);
        let mode = self
            .wanted_mode()
            .filter(|mode| *mode != mode_of(&metadata));
        if (is_timed && mode.is_none()) || self.dry_run {
            return Ok(Some(FileId::of(&metadata)));
        }
        // Names elsewhere share the file, such as those of a snapshot by `cp -al`: they keep it as it is.
        if metadata.nlink() > self.names_of(metadata.ino()) {
            return Ok(None);
        }
        let repair = || -> io::Result<()> {
            if let Some(mode) = mode {
                file.set_permissions(fs::Permissions::from_mode(mode))?;
            }
            if !is_timed {
                file.set_times(FileTimes::new().set_modified(modified))?;
            }
            Ok(())
        };
        match repair() {
            Ok(()) => Ok(Some(FileId::of(&metadata))),
            // Another user's file: it is replaced, which only takes a directory that may be written to.
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => Ok(None),
            Err(error) => Err(Error::io("set the time and mode of", &self.path(name))(
                error,
            )),
        }
    }

    /// How many names in the static root a file had when the build began.
    fn names_of(&self, inode: u64) -> u64 {
        let Some(existing) = self.existing.get() else {
            return 0;
        };
        let names = existing.names.get_or_init(|| {
            let mut names = HashMap::default();
            for inode in existing.files.values() {
                *names.entry(*inode).or_insert(0) += 1;
            }
            names
        });
        // Below a symbolic link, nothing was counted.
        names.get(&inode).copied().unwrap_or(1)
    }

    /// What a file of the static root holds, and which it is.
    pub(crate) fn content(&self, name: &str) -> Result<(Content, FileId), Error> {
        let path = self.located(name);
        let read = || -> io::Result<(Content, FileId)> {
            let file = regular_file::open(&path)?;
            Ok((content_of(&file)?, FileId::of(&file.metadata()?)))
        };
        read().map_err(Error::io("read", &path))
    }

    /// Whether `name` was this very file on disk when the build began.
    pub(crate) fn is_linked(&self, name: &str, to: FileId) -> bool {
        let Some(existing) = self.existing.get() else {
            return false;
        };
        let Some(inode) = existing.files.get(name) else {
            return false;
        };
        match existing.device {
            // The directory has told the inode: a question less to the system for every second file of a re-run.
            Some(device) => FileId(device, *inode) == to,
            None => FileId::now(&self.path(name)) == Some(to),
        }
    }
}

/// Whether there is no such name, nor can there be one as things are.
pub(super) fn is_nothing(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
    )
}

/// Whether a file of as many bytes holds exactly `bytes`.
fn same_bytes(mut file: &File, mut bytes: &[u8]) -> io::Result<bool> {
    with_buffer(|buffer| {
        while !bytes.is_empty() {
            let count = file.read(buffer)?;
            if count == 0 || !bytes.starts_with(&buffer[..count]) {
                return Ok(false);
            }
            bytes = &bytes[count..];
        }
        Ok(true)
    })
}

/// What a file holds.
fn content_of(mut file: impl io::Read) -> io::Result<Content> {
    with_buffer(|buffer| {
        let mut hasher = ContentHasher::new(HashAlgorithm::Blake3);
        loop {
            match file.read(buffer)? {
                0 => return Ok(hasher.finish().1),
                count => hasher.update(&buffer[..count]),
            }
        }
    })
}

/// Whether a file of this length holds `content`.
fn holds(mut file: &File, content: Content) -> io::Result<bool> {
    if content.length > BUFFER as u64 {
        return Ok(content_of(file)? == content);
    }
    with_buffer(|buffer| {
        let mut count = 0;
        while let read @ 1.. = file.read(&mut buffer[count..])? {
            count += read;
        }
        Ok(Content::of(&buffer[..count]) == content)
    })
}

/// Lends this thread's buffer, which stays in the processor's cache: a new one for every file costs page faults.
fn with_buffer<R>(work: impl FnOnce(&mut [u8]) -> R) -> R {
    thread_local! {
        static BYTES: RefCell<Vec<u8>> = RefCell::new(vec![0; BUFFER]);
    }
    BYTES.with_borrow_mut(|buffer| work(buffer))
}
