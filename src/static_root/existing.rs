//! What lies in the static root already, and whether it is what it should be.

use std::cell::RefCell;
use std::fs::{self, File, FileTimes};
use std::io::{self, Read as _};
use std::os::unix::fs::MetadataExt as _;
use std::sync::PoisonError;
use std::time::SystemTime;

use rustix::fs::{Mode, OFlags, openat};

use super::{Staged, StaticRoot};
use crate::digest::{Content, ContentHasher};
use crate::error::Error;
use crate::name_map::NameMap;
use crate::options::HashAlgorithm;

/// Bytes read at a time.
const BUFFER: usize = 256 << 10;

/// Which file on disk something is: device and inode.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct FileId(u64, u64);

impl FileId {
    fn of(metadata: &fs::Metadata) -> Self {
        Self(metadata.dev(), metadata.ino())
    }
}

/// What lay in the static root when the build began.
#[derive(Default)]
pub(super) struct Existing {
    /// The regular files by path relative to the static root, with their inodes.
    pub(super) files: NameMap<u64>,
    /// The device that all of them are on, if they are on one.
    pub(super) device: Option<u64>,
}

impl StaticRoot {
    fn files(&self) -> Option<&NameMap<u64>> {
        self.existing.get().map(|existing| &existing.files)
    }

    /// Whether a regular file of that name was there when the build began.
    pub(crate) fn had(&self, name: &str) -> bool {
        self.files().is_some_and(|files| files.contains_key(name))
    }

    /// Whether it had no file at all.
    pub(crate) fn is_new(&self) -> bool {
        self.files().is_none_or(NameMap::is_empty)
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

    /// The names of the regular files that were there when the build began.
    pub(crate) fn existing(&self) -> impl Iterator<Item = &str> {
        self.files()
            .into_iter()
            .flat_map(|files| files.keys())
            .map(String::as_str)
    }

    /// Opens a file by its name below the open directory: so the system need not look its whole path up.
    fn open_file(&self, name: &str) -> io::Result<File> {
        match &self.lock {
            Some(lock) => {
                let flags = OFlags::RDONLY | OFlags::CLOEXEC;
                Ok(openat(lock.directory(), name, flags, Mode::empty())?.into())
            }
            None => File::open(self.path(name)),
        }
    }

    /// Reads a staged file whole.
    #[expect(
        clippy::unused_self,
        reason = "staged files belong to their static root"
    )]
    pub(crate) fn read_staged(&self, staged: &Staged) -> Result<Vec<u8>, Error> {
        fs::read(&staged.0).map_err(Error::io("read", &staged.0))
    }

    /// Reads a file of the static root whole.
    pub(crate) fn read(&self, name: &str) -> Result<Vec<u8>, Error> {
        let path = self.path(name);
        fs::read(&path).map_err(Error::io("read", &path))
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
        if !self.had(name) {
            return Ok(None);
        }
        let Ok(file) = self.open_file(name) else {
            return Ok(None); // unreadable or gone: it will be replaced
        };
        let unreadable = |error| Error::io("read", &self.path(name))(error);
        let metadata = file.metadata().map_err(unreadable)?;
        if metadata.len() != length || !is_right(&file).map_err(unreadable)? {
            return Ok(None);
        }
        let is_timed = metadata.modified().is_ok_and(|time| time == modified);
        if !is_timed && !self.dry_run {
            file.set_times(FileTimes::new().set_modified(modified))
                .map_err(|error| Error::io("set the time of", &self.path(name))(error))?;
        }
        Ok(Some(FileId::of(&metadata)))
    }

    /// What a file of the static root holds, and which it is.
    pub(crate) fn content(&self, name: &str) -> Result<(Content, FileId), Error> {
        let path = self.path(name);
        let read = || -> io::Result<(Content, FileId)> {
            let file = File::open(&path)?;
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
            None => {
                fs::symlink_metadata(self.path(name)).is_ok_and(|found| FileId::of(&found) == to)
            }
        }
    }
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
