//! Where a run writes. Every call that makes, changes or removes something in the static root is made here.

use std::fs::{self, File, FileTimes};
use std::io::{self, Write as _};
use std::path::Path;
use std::time::SystemTime;

use super::directories::make_directories;
use super::made::Made;
use crate::error::Error;
use crate::options::FileMode;
use crate::platform::lock::Lock;
use crate::platform::{self, FileId, regular_file};

/// The mode that the umask takes bits from.
const UMASKED: u32 = 0o666;

/// Where a run writes.
pub(super) enum Disk {
    /// The file system, below a static root that is locked.
    There {
        lock: Lock,
        /// What is written survives a power cut.
        sync: bool,
    },
    /// Nowhere: in a dry run, nothing is made, changed, removed or locked.
    Nowhere,
}

impl Disk {
    /// The lock on the static root.
    pub(super) fn lock(&self) -> Option<&Lock> {
        match self {
            Self::There { lock, .. } => Some(lock),
            Self::Nowhere => None,
        }
    }

    pub(super) fn is_nowhere(&self) -> bool {
        matches!(self, Self::Nowhere)
    }

    /// Runs an action that changes something on the disk, or pretends to.
    pub(super) fn act<T: Default>(&self, action: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
        match self {
            Self::There { .. } => action(),
            Self::Nowhere => Ok(T::default()),
        }
    }

    /// Whether what is written must be on disk before the run goes on.
    fn is_synced(&self) -> bool {
        matches!(self, Self::There { sync: true, .. })
    }

    /// Makes a new file.
    pub(super) fn create(&self, path: &Path, mode: FileMode) -> io::Result<NewFile> {
        let file = self.act(|| platform::create_new(path, created_with(mode)).map(Some))?;
        Ok(self.new_file(file))
    }

    /// Makes a new file that shares its blocks with `from`. `None`: the file system cannot do that.
    pub(super) fn reflink(
        &self,
        from: &Path,
        to: &Path,
        mode: FileMode,
    ) -> Result<Option<NewFile>, Error> {
        if self.is_nowhere() {
            return Ok(Some(self.new_file(None)));
        }
        let source = regular_file::open(from).map_err(Error::io("read", from))?;
        let file = platform::reflink(&source, to, created_with(mode));
        let file = file.map_err(Error::io("write", to))?;
        Ok(file.map(|file| self.new_file(Some(file))))
    }

    fn new_file(&self, file: Option<File>) -> NewFile {
        let flushes = self.is_synced() && !platform::HAS_BARRIER;
        NewFile { file, flushes }
    }

    /// Gives a file another name.
    pub(super) fn hard_link(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.act(|| fs::hard_link(from, to))
    }

    /// Identifies a file that was just made.
    pub(super) fn id_of_made(&self, path: &Path) -> io::Result<Option<FileId>> {
        self.act(|| {
            let found = fs::symlink_metadata(path)?;
            FileId::of_entry(path, &found).map(Some)
        })
    }

    pub(super) fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.act(|| fs::rename(from, to))
    }

    pub(super) fn remove_file(&self, path: &Path) -> io::Result<()> {
        self.act(|| fs::remove_file(path))
    }

    pub(super) fn remove_directory(&self, path: &Path) -> io::Result<()> {
        self.act(|| fs::remove_dir(path))
    }

    /// Makes a directory and those above it, and notes which ones were new.
    pub(super) fn make_directories(
        &self,
        dir: &Path,
        mode: Option<u32>,
        made: &mut Made,
    ) -> Result<(), Error> {
        match self {
            Self::There { .. } => make_directories(dir, mode, made),
            Self::Nowhere => Ok(()),
        }
    }

    /// Writes a file beside its place, waits until it is on disk, and renames it. Whether it was written: not in a dry run.
    pub(super) fn replace(
        &self,
        path: &Path,
        temporary: &Path,
        bytes: &[u8],
        mode: FileMode,
    ) -> io::Result<bool> {
        self.act(|| {
            let mut file = platform::create_new(temporary, created_with(mode))?;
            // Shows those who look for what killed runs have left that this run is at work.
            let _ = file.try_lock();
            file.write_all(bytes)?;
            set_mode_if_needed(&file, mode)?;
            if self.is_synced() {
                file.sync_all()?;
            }
            fs::rename(temporary, path)?;
            Ok(true)
        })
        .inspect_err(|_| drop(fs::remove_file(temporary)))
    }

    /// Sets the mode (`Some`) and the modification time (`Some`) of a file with the right bytes, unless it is to stay as it
    /// is. Whether the file can be used: always in a dry run.
    pub(super) fn adjust(
        &self,
        file: &File,
        mode: Option<u32>,
        modified: Option<SystemTime>,
        must_stay: impl FnOnce() -> io::Result<bool>,
    ) -> io::Result<bool> {
        if self.is_nowhere() {
            return Ok(true);
        }
        if must_stay()? {
            return Ok(false);
        }
        let set = || -> io::Result<()> {
            if let Some(mode) = mode {
                platform::set_mode(file, mode)?;
            }
            if let Some(modified) = modified {
                file.set_times(FileTimes::new().set_modified(modified))?;
            }
            Ok(())
        };
        match set() {
            Ok(()) => Ok(true),
            // Another user's file: it is replaced, which only takes a directory that may be written to.
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Waits until everything on the file system of `dir` is on disk.
    pub(super) fn flush(&self, dir: &Path) -> Result<(), Error> {
        if !self.is_synced() {
            return Ok(());
        }
        platform::flush(dir).map_err(Error::io("flush", dir))
    }

    /// Waits until the names in a directory are on disk.
    pub(super) fn sync_directory(&self, dir: &Path) -> io::Result<()> {
        if !self.is_synced() {
            return Ok(());
        }
        platform::sync_directory(dir)
    }
}

/// A file that is being written.
pub(super) struct NewFile {
    /// `None`: it is nowhere.
    file: Option<File>,
    /// The file must be flushed by itself: the system has no barrier for all files.
    flushes: bool,
}

impl NewFile {
    pub(super) fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        match &mut self.file {
            Some(file) => file.write_all(bytes),
            None => Ok(()),
        }
    }

    pub(super) fn is_nowhere(&self) -> bool {
        self.file.is_none()
    }

    pub(super) fn set_modified(&self, modified: SystemTime) -> io::Result<()> {
        match &self.file {
            Some(file) => file.set_times(FileTimes::new().set_modified(modified)),
            None => Ok(()),
        }
    }

    /// Sets the mode, where the umask has taken something from it, and identifies the file. `None`: it is nowhere.
    pub(super) fn settle(&self, mode: FileMode) -> io::Result<Option<FileId>> {
        let Some(file) = &self.file else {
            return Ok(None);
        };
        let metadata = set_mode_if_needed(file, mode)?;
        if self.flushes {
            file.sync_all()?;
        }
        FileId::of(file, &metadata).map(Some)
    }
}

/// The mode that a file is made with.
fn created_with(mode: FileMode) -> u32 {
    wanted(mode).unwrap_or(UMASKED)
}

/// The mode that a file must have; `None`: what the umask leaves.
pub(super) fn wanted(mode: FileMode) -> Option<u32> {
    match mode {
        FileMode::Bits(mode) => Some(mode),
        FileMode::Umask => None,
    }
}

/// The mode that a file must get; `None`: the mode that it has is right.
pub(super) fn missing(mode: FileMode, metadata: &fs::Metadata) -> Option<u32> {
    let has = platform::mode(metadata);
    wanted(mode).filter(|wanted| has.is_some_and(|has| has != *wanted))
}

/// Sets the mode of a file that has another one. Returns the metadata from before.
fn set_mode_if_needed(file: &File, mode: FileMode) -> io::Result<fs::Metadata> {
    let metadata = file.metadata()?;
    if let Some(mode) = missing(mode, &metadata) {
        platform::set_mode(file, mode)?;
    }
    Ok(metadata)
}
