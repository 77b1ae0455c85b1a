//! The static root on disk: every write goes through here, beside its place first and then by rename.
//!
//! Hashed files are put in place as soon as they are known: nobody can refer to them before the manifest does. Plain
//! files, which people do refer to, are only staged until [`StaticRoot::publish`]. In place, where a new file is a source
//! to a later build, no file gets its name before the journal says which ones this build makes
//! ([`StaticRoot::prepare`]). Nothing that was there before is removed until the new manifest is in place; if the build fails,
//! everything that this run has made is taken away again ([`StaticRoot::roll_back`]).

pub(crate) mod built_file;
pub(crate) mod decode;
mod durable;
pub(crate) mod encoding;
mod existing;
pub(crate) mod generations;
mod journal;
mod look;
mod made;
pub(crate) mod manifest;
mod manifest_file;
mod manifests;
pub(crate) mod own_files;
mod state;
mod twin;
mod writer;

use std::ffi::OsStr;
use std::fs;
use std::hash::{BuildHasher as _, Hasher as _};
use std::io;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError, RwLock};
use std::time::{Duration, SystemTime};

use crate::diagnostic::shown;
use crate::error::Error;
use crate::name::name_map::{NameMap, NameSet};
use crate::options::{FileMode, LinkMode};
use crate::platform::lock::Lock;

use existing::Existing;
pub(crate) use existing::FileId;
pub(crate) use journal::Finished;
use made::Made;
pub(crate) use own_files::{JOURNAL, MANIFESTS, TEMPORARY};
pub(crate) use writer::Writer;

/// What the umask takes from.
const UMASKED: u32 = 0o666;
/// The bits of a mode that `chmod` sets.
const MODE_BITS: u32 = 0o7777;

/// Whether a file had to be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Written {
    /// Yes.
    New,
    /// It was there, with these very bytes.
    Unchanged(FileId),
}

/// A file beside its place, to be moved there by [`StaticRoot::publish`].
#[derive(Debug, Clone)]
pub(crate) struct Staged {
    path: PathBuf,
    /// `None` in a dry run.
    id: Option<FileId>,
    /// It is a hard link of another file.
    is_link: bool,
}

impl Staged {
    /// Which file on disk it is, there and in its place.
    pub(crate) fn id(&self) -> Option<FileId> {
        self.id
    }
}

/// The output directory.
pub(crate) struct StaticRoot {
    dir: PathBuf,
    /// `None` in a dry run.
    lock: Option<Lock>,
    dry_run: bool,
    sync: bool,
    link_mode: LinkMode,
    /// Set by [`StaticRoot::look`].
    existing: OnceLock<Existing>,
    /// Directories known to be there, relative to `dir`.
    directories: RwLock<NameSet>,
    made: Mutex<Made>,
    /// In place: the files that have not got their names yet, by these. `None` where files get them at once.
    unnamed: Option<RwLock<NameMap<Staged>>>,
    /// What the names of this run's temporary files have in common.
    prefix: String,
    counter: AtomicU64,
    reflink_works: AtomicBool,
    file_mode: FileMode,
    directory_mode: Option<u32>,
}

/// How a static root is opened.
pub(crate) struct Opening {
    pub(crate) link_mode: LinkMode,
    pub(crate) lock_timeout: Duration,
    pub(crate) dry_run: bool,
    pub(crate) file_mode: FileMode,
    pub(crate) directory_mode: Option<u32>,
    /// Sources lie in the static root.
    pub(crate) in_place: bool,
    /// What is written survives a power cut.
    pub(crate) sync: bool,
}

impl Opening {
    /// With the usual modes.
    pub(crate) fn new(link_mode: LinkMode, lock_timeout: Duration, dry_run: bool) -> Self {
        Self {
            link_mode,
            lock_timeout,
            dry_run,
            file_mode: FileMode::Bits(0o644),
            directory_mode: None,
            in_place: false,
            sync: true,
        }
    }
}

impl StaticRoot {
    /// Opens (and makes) the directory, without a look at what is there.
    pub(crate) fn open(dir: &Path, opening: &Opening) -> Result<Self, Error> {
        let mut made = Made::default();
        let mut lock = None;
        while lock.is_none() && !opening.dry_run {
            make_directories(dir, opening.directory_mode, &mut made)?;
            lock = Lock::take(dir, opening.lock_timeout)?;
        }
        let canonical = match dir.canonicalize() {
            Err(_) if opening.dry_run => dir.to_owned(), // it need not be there
            other => other.map_err(Error::io("read", dir))?,
        };
        Ok(Self {
            dir: canonical,
            lock,
            dry_run: opening.dry_run,
            sync: opening.sync,
            link_mode: opening.link_mode,
            existing: OnceLock::new(),
            directories: RwLock::new(NameSet::from_iter([String::new()])),
            made: Mutex::new(made),
            unnamed: (opening.in_place && !opening.dry_run).then(RwLock::default),
            prefix: format!("{TEMPORARY}{:x}-", unique()),
            counter: AtomicU64::new(0),
            reflink_works: AtomicBool::new(true),
            file_mode: opening.file_mode,
            directory_mode: opening.directory_mode,
        })
    }

    /// What no other run shares with this one.
    pub(crate) fn run_id(&self) -> &str {
        self.prefix
            .trim_start_matches(TEMPORARY)
            .trim_end_matches('-')
    }

    /// Whether no other build can be at work here.
    pub(crate) fn is_locked(&self) -> bool {
        self.lock.as_ref().is_some_and(Lock::is_held)
    }

    /// The mode that files are made with.
    fn mode(&self) -> u32 {
        self.wanted_mode().unwrap_or(UMASKED)
    }

    /// The mode that files must have; `None`: what the umask leaves.
    fn wanted_mode(&self) -> Option<u32> {
        match self.file_mode {
            FileMode::Bits(mode) => Some(mode),
            FileMode::Umask => None,
        }
    }

    /// The directory's canonical path.
    pub(crate) fn dir(&self) -> &Path {
        &self.dir
    }

    /// Whether nothing is to be written.
    pub(crate) fn is_dry_run(&self) -> bool {
        self.dry_run
    }

    /// Puts a file in its place at once, unless it is there already.
    pub(crate) fn put(
        &self,
        name: &str,
        bytes: &[u8],
        modified: SystemTime,
    ) -> Result<Written, Error> {
        if let Some(id) = self.matches(name, bytes, modified)? {
            return Ok(Written::Unchanged(id));
        }
        let staged = self.stage(name, bytes, modified)?;
        self.publish(staged, name)?;
        Ok(Written::New)
    }

    /// Writes a file beside its place.
    pub(crate) fn stage(
        &self,
        name: &str,
        bytes: &[u8],
        modified: SystemTime,
    ) -> Result<Staged, Error> {
        let mut writer = self.writer(name)?;
        writer.write(bytes)?;
        writer.finish(modified)
    }

    /// Begins a file beside its place.
    pub(crate) fn writer(&self, name: &str) -> Result<Writer<'_>, Error> {
        let temporary = self.temporary(name)?;
        if self.dry_run {
            return Ok(Writer {
                root: self,
                temporary,
                file: None,
            });
        }
        let file = create_new(&temporary, self.mode()).map_err(Error::io("write", &temporary))?;
        Ok(Writer {
            root: self,
            temporary,
            file: Some(file),
        })
    }

    /// Moves a staged file to its place, replacing what is there. In place, it gets its name later.
    pub(crate) fn publish(&self, staged: Staged, name: &str) -> Result<(), Error> {
        if self.dry_run {
            return Ok(());
        }
        let Some(unnamed) = &self.unnamed else {
            return self.place(&staged, name);
        };
        let mut unnamed = unnamed.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(earlier) = unnamed.insert(name.to_owned(), staged) {
            self.discard(&earlier.path);
        }
        Ok(())
    }

    /// Gives a staged file its name.
    fn place(&self, staged: &Staged, name: &str) -> Result<(), Error> {
        let path = self.path(name);
        let is_new = !self.had(name);
        // To rename a hard link over another one of the same file does nothing (POSIX), and leaves both.
        if staged.is_link && staged.id.is_some_and(|id| self.is_now(name, id)) {
            self.discard(&staged.path);
            return Ok(());
        }
        let backup = if is_new {
            None
        } else {
            self.backup(name, &path)?
        };
        fs::rename(&staged.path, &path).map_err(Error::io("write", &path))?;
        let mut made = self.made();
        made.temporaries.remove(&staged.path);
        if let Some(backup) = backup {
            made.replaced(path, backup);
        } else if let Some(id) = staged.id.filter(|_| is_new) {
            made.file(path, id);
        }
        Ok(())
    }

    /// Another name for a file that is about to be replaced, for a roll-back. `None` where there can be none.
    fn backup(&self, name: &str, path: &Path) -> Result<Option<PathBuf>, Error> {
        let backup = self.temporary(name)?;
        if fs::hard_link(path, &backup).is_ok() {
            return Ok(Some(backup));
        }
        self.made().temporaries.remove(&backup);
        Ok(None)
    }

    /// Takes a file out of the way, if it is there, for good once the manifest is in place.
    pub(crate) fn set_aside(&self, name: &str) -> Result<(), Error> {
        if self.dry_run {
            return Ok(());
        }
        let path = self.path(name);
        let backup = self.temporary(name)?;
        match fs::rename(&path, &backup) {
            Ok(()) => self.made().replaced(path, backup),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                self.made().temporaries.remove(&backup);
            }
            Err(error) => return Err(Error::io("remove", &path)(error)),
        }
        Ok(())
    }

    /// Whether files get their names only when the journal is written.
    pub(crate) fn names_later(&self) -> bool {
        self.unnamed.is_some()
    }

    /// Whether `name` is this very file now.
    pub(crate) fn is_now(&self, name: &str, id: FileId) -> bool {
        FileId::now(&self.path(name)) == Some(id)
    }

    /// Where a file of this run is: in its place, or beside it.
    fn located(&self, name: &str) -> PathBuf {
        let unnamed = self.unnamed.as_ref().and_then(|unnamed| {
            let unnamed = unnamed.read().unwrap_or_else(PoisonError::into_inner);
            Some(unnamed.get(name)?.path.clone())
        });
        unnamed.unwrap_or_else(|| self.path(name))
    }

    /// Removes a file, if it is there.
    pub(crate) fn remove(&self, name: &str) -> Result<(), Error> {
        if self.dry_run {
            return Ok(());
        }
        let path = self.path(name);
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(Error::io("remove", &path)(error))
            }
            _ => Ok(()),
        }
    }

    /// Removes a directory that has become empty, and then its parents.
    pub(crate) fn remove_empty_directories(&self, mut name: &str) -> Result<(), Error> {
        while let Some(slash) = name.rfind('/') {
            name = &name[..slash];
            let path = self.path(name);
            if self.dry_run {
                return Ok(());
            }
            match fs::remove_dir(&path) {
                Ok(()) => {}
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) if is_in_use(&error) => return Ok(()),
                Err(error) => return Err(Error::io("remove", &path)(error)),
            }
        }
        Ok(())
    }

    fn discard(&self, temporary: &Path) {
        let _ = fs::remove_file(temporary);
        self.made().temporaries.remove(temporary);
    }

    /// A fresh name beside `name`, whose directory is made if need be.
    fn temporary(&self, name: &str) -> Result<PathBuf, Error> {
        self.make_parent(name)?;
        let number = self.counter.fetch_add(1, Ordering::Relaxed);
        let mut path = self.path(name);
        path.set_file_name(format!("{}{number:x}.tmp", self.prefix));
        self.made().temporaries.insert(path.clone());
        Ok(path)
    }

    fn make_parent(&self, name: &str) -> Result<(), Error> {
        let parent = name.rfind('/').map_or("", |at| &name[..at]);
        let known = |set: &NameSet| set.contains(parent);
        if self.dry_run
            || known(
                &self
                    .directories
                    .read()
                    .unwrap_or_else(PoisonError::into_inner),
            )
        {
            return Ok(());
        }
        make_directories(&self.path(parent), self.directory_mode, &mut self.made())?;
        let mut directories = self
            .directories
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        directories.insert(parent.to_owned());
        Ok(())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.join(name)
    }

    fn made(&self) -> MutexGuard<'_, Made> {
        self.made.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A static root that nobody has built is wrong usage.
pub(crate) fn must_be_there(dir: &Path) -> Result<(), Error> {
    if dir.is_dir() {
        return Ok(());
    }
    Err(Error::Usage(format!(
        "the static root {} is not a directory",
        shown(dir)
    )))
}

/// A new file, with a mode that the umask may take from.
fn create_new(path: &Path, mode: u32) -> io::Result<fs::File> {
    use std::os::unix::fs::OpenOptionsExt as _;
    fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(mode)
        .open(path)
}

/// Whether a directory stays because it is not empty, or more than that: a mount point, or a link to another one.
fn is_in_use(error: &io::Error) -> bool {
    use io::ErrorKind::{AlreadyExists, DirectoryNotEmpty, NotADirectory, ResourceBusy};
    matches!(
        error.kind(),
        DirectoryNotEmpty | AlreadyExists | ResourceBusy | NotADirectory
    )
}

/// The bits of a file's mode that `chmod` sets.
fn mode_of(metadata: &fs::Metadata) -> u32 {
    metadata.mode() & MODE_BITS
}

/// A number that no other run has: process ids come again, in containers with each start.
fn unique() -> u64 {
    let state = std::collections::hash_map::RandomState::new();
    let mut hasher = state.build_hasher();
    hasher.write_u32(std::process::id());
    hasher.finish()
}

fn is_temporary(name: &OsStr) -> bool {
    name.to_str()
        .is_some_and(|name| name.starts_with(TEMPORARY) && name.contains(".tmp"))
}

/// `mkdir -p` with a mode, noting what was made.
fn make_directories(dir: &Path, mode: Option<u32>, made: &mut Made) -> Result<(), Error> {
    let mut missing = Vec::new();
    let mut at = Some(dir);
    while let Some(path) = at
        && !path.as_os_str().is_empty()
        && !path.is_dir()
    {
        missing.push(path);
        at = path.parent();
    }
    for path in missing.into_iter().rev() {
        match fs::create_dir(path) {
            Ok(()) => {
                made.directory(path.to_owned());
                if let Some(mode) = mode {
                    fs::set_permissions(path, fs::Permissions::from_mode(mode))
                        .map_err(Error::io("set the mode of", path))?;
                }
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists && path.is_dir() => {}
            Err(error) => return Err(Error::io("make the directory", path)(error)),
        }
    }
    Ok(())
}
