//! The static root on disk: every write goes through here, beside its place first and then by rename.
//!
//! Hashed files are put in place as soon as they are known: nobody can refer to them before the manifest does. Plain
//! files, which people do refer to, are only staged until [`StaticRoot::publish`]. If the build fails, everything that
//! this run has made is taken away again ([`StaticRoot::roll_back`]).

mod existing;
mod look;
mod state;
mod twin;
mod writer;

use std::collections::HashSet;
use std::ffi::OsStr;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError, RwLock};
use std::time::{Duration, SystemTime};

use crate::error::Error;
use crate::lock::Lock;
use crate::name_map::NameSet;
use crate::options::{FileMode, LinkMode};

use existing::Existing;
pub(crate) use existing::FileId;
pub(crate) use writer::Writer;

/// How names of temporary files begin. Never an asset: Django and we ignore names with a leading dot.
pub(crate) const TEMPORARY: &str = ".hashstatic-";
/// What the umask takes from.
const UMASKED: u32 = 0o666;
/// Bytes read or written at a time where files are streamed.
pub(crate) const CHUNK: usize = 1 << 20;

/// Whether a file had to be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Written {
    /// Yes.
    New,
    /// It was there, with these very bytes.
    Unchanged(FileId),
}

/// A file beside its place, to be moved there by [`StaticRoot::publish`].
#[derive(Debug)]
pub(crate) struct Staged(PathBuf);

/// The output directory.
pub(crate) struct StaticRoot {
    dir: PathBuf,
    /// `None` in a dry run.
    lock: Option<Lock>,
    dry_run: bool,
    link_mode: LinkMode,
    /// Set by [`StaticRoot::look`].
    existing: OnceLock<Existing>,
    /// Directories known to be there, relative to `dir`.
    directories: RwLock<NameSet>,
    made: Mutex<Made>,
    /// What the names of this run's temporary files have in common.
    prefix: String,
    counter: AtomicU64,
    reflink_works: AtomicBool,
    file_mode: FileMode,
    directory_mode: Option<u32>,
    /// The umask takes something from the mode, so that every file needs a `chmod`.
    needs_chmod: bool,
}

/// How a static root is opened.
pub(crate) struct Opening {
    pub(crate) link_mode: LinkMode,
    pub(crate) lock_timeout: Duration,
    pub(crate) dry_run: bool,
    pub(crate) file_mode: FileMode,
    pub(crate) directory_mode: Option<u32>,
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
        }
    }
}

/// What this run has made, to be undone on failure.
#[derive(Default)]
struct Made {
    files: Vec<PathBuf>,
    directories: Vec<PathBuf>,
    temporaries: HashSet<PathBuf>,
}

impl StaticRoot {
    /// Opens (and makes) the directory, without a look at what is there.
    pub(crate) fn open(dir: &Path, opening: &Opening) -> Result<Self, Error> {
        let Opening {
            link_mode,
            dry_run,
            file_mode,
            directory_mode,
            ..
        } = *opening;
        let mut made = Made::default();
        let mut lock = None;
        while lock.is_none() && !dry_run {
            make_directories(dir, directory_mode, &mut made)?;
            lock = Lock::take(dir, opening.lock_timeout)?;
        }
        let mut root = Self {
            dir: dir.canonicalize().unwrap_or_else(|_| dir.to_owned()),
            lock,
            dry_run,
            link_mode,
            existing: OnceLock::new(),
            directories: RwLock::new(NameSet::from_iter([String::new()])),
            made: Mutex::new(made),
            prefix: format!("{TEMPORARY}{:x}-", std::process::id()),
            counter: AtomicU64::new(0),
            reflink_works: AtomicBool::new(true),
            file_mode,
            directory_mode,
            needs_chmod: false,
        };
        if !dry_run {
            root.needs_chmod = match root.file_mode {
                FileMode::Bits(mode) => root.umask_bites(mode)?,
                FileMode::Umask => false,
            };
        }
        Ok(root)
    }

    /// The mode that files are made with.
    fn mode(&self) -> u32 {
        match self.file_mode {
            FileMode::Bits(mode) => mode,
            FileMode::Umask => UMASKED,
        }
    }

    /// Whether a new file does not get `wanted` by itself. The umask can only be asked for by changing it, which is not
    /// for a library to do; so a file is tried.
    fn umask_bites(&self, wanted: u32) -> Result<bool, Error> {
        let probe = self.temporary("probe")?;
        let mode = || -> io::Result<u32> {
            let file = OpenOptions::new()
                .write(true)
                .create_new(true)
                .mode(wanted)
                .open(&probe)?;
            Ok(file.metadata()?.mode() & 0o7777)
        };
        let mode = mode().map_err(Error::io("write", &probe))?;
        self.discard(&probe);
        Ok(mode != wanted)
    }

    /// The directory's canonical path.
    pub(crate) fn dir(&self) -> &Path {
        &self.dir
    }

    /// A manifest's name: relative to the static root, or its absolute path where it lies elsewhere.
    pub(crate) fn manifest_name(&self, manifest: &Path) -> Result<String, Error> {
        let relative = manifest.strip_prefix(&self.dir).unwrap_or(manifest);
        match relative.to_str() {
            Some(name) => Ok(name.to_owned()),
            None => Err(Error::Usage(
                "--manifest: the path is not valid UTF-8".into(),
            )),
        }
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

    /// Puts the manifest in its place: the commit point. `name` may be absolute. Whether it had to be written.
    pub(crate) fn put_manifest(&self, name: &str, bytes: &[u8]) -> Result<bool, Error> {
        let path = self.path(name);
        if self.dry_run {
            return Ok(false);
        }
        if fs::read(&path).is_ok_and(|there| there == bytes) {
            return Ok(false);
        }
        if let Some(parent) = path.parent() {
            make_directories(parent, self.directory_mode, &mut self.made())?;
        }
        let mut temporary = path.clone();
        temporary.set_file_name(format!("{}manifest.tmp", self.prefix));
        let write = || -> io::Result<()> {
            let _ = fs::remove_file(&temporary); // a leftover's mode would stay
            let mut file = OpenOptions::new()
                .write(true)
                .create_new(true)
                .mode(self.mode())
                .open(&temporary)?;
            file.write_all(bytes)?;
            self.chmod(&file)?;
            file.sync_all()?;
            fs::rename(&temporary, &path)
        };
        write().map_err(|error| {
            let _ = fs::remove_file(&temporary);
            Error::io("write", &path)(error)
        })?;
        Ok(true)
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

    /// Gives a new file its mode, where the umask has not.
    fn chmod(&self, file: &File) -> io::Result<()> {
        if self.needs_chmod {
            file.set_permissions(fs::Permissions::from_mode(self.mode()))?;
        }
        Ok(())
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
        let file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(self.mode())
            .open(&temporary)
            .map_err(Error::io("write", &temporary))?;
        Ok(Writer {
            root: self,
            temporary,
            file: Some(file),
        })
    }

    /// Moves a staged file to its place, replacing what is there.
    #[expect(clippy::needless_pass_by_value, reason = "it is used up")]
    pub(crate) fn publish(&self, staged: Staged, name: &str) -> Result<(), Error> {
        if self.dry_run {
            return Ok(());
        }
        let path = self.path(name);
        fs::rename(&staged.0, &path).map_err(Error::io("write", &path))?;
        let mut made = self.made();
        made.temporaries.remove(&staged.0);
        if !self.had(name) {
            made.files.push(path);
        }
        Ok(())
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
    pub(crate) fn remove_empty_directories(&self, mut name: &str) {
        while let Some(slash) = name.rfind('/') {
            name = &name[..slash];
            if self.dry_run || fs::remove_dir(self.path(name)).is_err() {
                return;
            }
        }
    }

    /// Undoes what this run has made: temporaries, new files, new directories. Best effort, the failure that led here
    /// is the one to report.
    pub(crate) fn roll_back(&self) {
        let mut made = self.made();
        for path in std::mem::take(&mut made.temporaries) {
            let _ = fs::remove_file(path);
        }
        for path in made.files.drain(..) {
            let _ = fs::remove_file(path);
        }
        for path in made.directories.drain(..).rev() {
            let _ = fs::remove_dir(path);
        }
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
                made.directories.push(path.to_owned());
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
