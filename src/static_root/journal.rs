//! The journal: what a build is about to do to names, written before it does so. After a kill, the next run either
//! finishes that or undoes it.
//!
//! It says which files the build removes once its manifest is in place, and, in place, which files it gives names to. In
//! between, the manifest on disk decides: if it is the one that the journal speaks of, the removals are finished; if not,
//! the new files are taken away again. Both go by what a file is on disk, not by its name alone: whoever has put another
//! file under that name since keeps it.

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::sync::PoisonError;
use std::time::UNIX_EPOCH;

use serde::{Deserialize, Serialize};

use super::existing::is_nothing;
use super::own_files::JOURNAL;
use super::{Staged, StaticRoot};
use crate::error::Error;
use crate::name::logical_path::LogicalPath;
use crate::static_root::manifest::Manifest;

/// Raised when a field changes its meaning or goes.
const VERSION: u32 = 1;

#[derive(Debug, Serialize, Deserialize)]
struct Journal {
    version: u32,
    /// Of this run alone.
    id: String,
    /// The manifest, relative to the static root unless absolute.
    manifest: String,
    /// [`Manifest::identity`] of the manifest that commits the build.
    identity: String,
    /// Files to be removed after that.
    remove: Vec<Listed>,
    /// In place: files that were not there before the build.
    create: Vec<Listed>,
}

/// A file, as it was when it was listed.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Listed {
    name: String,
    inode: u64,
    /// Bytes.
    length: u64,
    /// Seconds since 1970, and nanoseconds.
    modified: (i64, i64),
    /// When the inode was made, in nanoseconds since 1970, where the file system has it: numbers of inodes are used again.
    born: Option<u128>,
}

impl Listed {
    /// `None`: nothing has that name, or a directory.
    fn new(name: &str, path: &Path) -> Result<Option<Self>, Error> {
        let found = match fs::symlink_metadata(path) {
            Err(error) if is_nothing(&error) => return Ok(None),
            other => other.map_err(Error::io("read", path))?,
        };
        let born = found.created().ok();
        Ok((!found.is_dir()).then(|| Self {
            name: name.to_owned(),
            inode: found.ino(),
            length: found.len(),
            modified: (found.mtime(), found.mtime_nsec()),
            born: born
                .and_then(|born| born.duration_since(UNIX_EPOCH).ok())
                .map(|born| born.as_nanos()),
        }))
    }

    /// What has that name now.
    fn now(&self, root: &StaticRoot) -> Result<Option<Self>, Error> {
        Self::new(&self.name, &root.path(&self.name))
    }

    /// Whether the file under that name is the one that was listed, or a copy of it with its time: the static root may have
    /// been copied, or restored, in between. Enough for files that the build has made, under names that carry a digest.
    fn is_like(&self, root: &StaticRoot) -> Result<bool, Error> {
        Ok(self.now(root)?.is_some_and(|now| {
            let is_copy = (now.length, now.modified.0) == (self.length, self.modified.0);
            is_copy || (now.inode, now.born) == (self.inode, self.born)
        }))
    }

    /// Whether the file under that name is still the one that was listed.
    fn is_there(&self, root: &StaticRoot) -> Result<bool, Error> {
        Ok(self.now(root)?.as_ref() == Some(self))
    }
}

/// What became of the journal of an earlier run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Finished {
    /// There was none.
    Nothing,
    /// That run had published: so many removals were finished.
    Removed(usize),
    /// It had not: so many new files were taken away.
    Undone(usize),
    /// Nobody can read it. It was removed; nothing else was touched.
    Unreadable,
}

impl StaticRoot {
    /// Writes down what the build does to names, and, in place, gives its files theirs. `identity` is that of the manifest
    /// to come; `removals` are the names to be removed once it is in place. Nothing is written where there is nothing to say.
    pub(crate) fn prepare(
        &self,
        manifest: &str,
        identity: String,
        removals: &[String],
    ) -> Result<(), Error> {
        if self.dry_run {
            return Ok(());
        }
        let unnamed = self.take_unnamed();
        let mut remove = Vec::new();
        for name in removals
            .iter()
            .filter(|name| LogicalPath::new(name).is_ok())
        {
            remove.extend(Listed::new(name, &self.path(name))?);
        }
        let mut create = Vec::new();
        for (name, staged) in unnamed.iter().filter(|(name, _)| !self.had(name)) {
            create.extend(Listed::new(name, &staged.path)?);
        }
        let journal = Journal {
            version: VERSION,
            id: self.run_id().to_owned(),
            manifest: manifest.to_owned(),
            identity,
            remove,
            create,
        };
        if !journal.remove.is_empty() || !journal.create.is_empty() {
            self.write_journal(&journal)?;
        }
        for (name, staged) in &unnamed {
            self.place(staged, name)?;
        }
        Ok(())
    }

    /// The files that have not got their names yet, by name.
    fn take_unnamed(&self) -> Vec<(String, Staged)> {
        let Some(unnamed) = &self.unnamed else {
            return Vec::new();
        };
        let mut unnamed = unnamed.write().unwrap_or_else(PoisonError::into_inner);
        let mut unnamed: Vec<(String, Staged)> = unnamed.drain().collect();
        unnamed.sort_unstable_by(|a, b| a.0.cmp(&b.0));
        unnamed
    }

    fn write_journal(&self, journal: &Journal) -> Result<(), Error> {
        let path = self.path(JOURNAL);
        let write = || {
            let bytes = serde_json::to_vec(journal)?;
            self.write_beside(&path, &bytes)?;
            self.sync_directory(&self.dir)
        };
        write().map_err(Error::io("write", &path))
    }

    /// Removes the files of the journal that this run has written, and the journal, now that the manifest is in place.
    pub(crate) fn finish_removals(&self) -> Result<(), Error> {
        match self.journal()? {
            Some(Ok(journal)) => self.finish(&journal).map(drop),
            Some(Err(())) | None => Ok(()),
        }
    }

    /// The same for the build of this id, whose caller has written the manifest: only the caller knows which one it is. How
    /// many files. Nothing is done for another build, which may have begun in the meantime.
    pub(crate) fn finish_build(&self, id: &str) -> Result<usize, Error> {
        match self.journal()? {
            Some(Ok(journal)) if journal.id == id => {
                self.make_durable()?;
                self.finish(&journal)
            }
            _ => Ok(0),
        }
    }

    /// The names that a run which was killed gave to new files, if its manifest is not in place: no sources. For runs that
    /// undo nothing.
    pub(crate) fn unfinished(&self) -> Result<Vec<String>, Error> {
        Ok(match self.journal()? {
            Some(Ok(journal)) if !self.is_committed(&journal)? => {
                journal.create.into_iter().map(|file| file.name).collect()
            }
            _ => Vec::new(),
        })
    }

    /// Finishes or undoes what an earlier run has begun.
    pub(crate) fn recover(&self) -> Result<Finished, Error> {
        if self.dry_run {
            return Ok(Finished::Nothing);
        }
        let Some(journal) = self.journal()? else {
            return Ok(Finished::Nothing);
        };
        let Ok(journal) = journal else {
            if self.unnamed.is_some() {
                return Err(Error::StaticRoot(format!(
                    "{} cannot be read: nobody knows which files an earlier build has left among the sources; remove those, and then the journal",
                    self.path(JOURNAL).display()
                )));
            }
            self.drop_journal();
            return Ok(Finished::Unreadable);
        };
        if self.is_committed(&journal)? {
            // What goes must not be all that a power cut would leave.
            self.make_durable()?;
            return self.finish(&journal).map(Finished::Removed);
        }
        let undone = self.remove_listed(&journal.create, Listed::is_like)?;
        self.drop_journal();
        Ok(Finished::Undone(undone))
    }

    /// Removes what a committed build has left to remove; how many files.
    fn finish(&self, journal: &Journal) -> Result<usize, Error> {
        let removed = self.remove_listed(&journal.remove, Listed::is_there)?;
        self.remove(JOURNAL)?;
        Ok(removed)
    }

    /// Removes the files that are still what was listed, which `is_same` decides, and the directories that have become
    /// empty, also those of files which an earlier run has removed. How many files.
    fn remove_listed(
        &self,
        files: &[Listed],
        is_same: impl Fn(&Listed, &Self) -> Result<bool, Error>,
    ) -> Result<usize, Error> {
        let mut removed = 0;
        for file in files {
            if is_same(file, self)? {
                self.remove(&file.name)?;
                removed += 1;
            }
        }
        for file in files {
            self.remove_empty_directories(&file.name)?;
        }
        Ok(removed)
    }

    /// Whether the manifest that the journal speaks of is in place.
    fn is_committed(&self, journal: &Journal) -> Result<bool, Error> {
        if !self.has_file_for(&journal.manifest) {
            return Ok(false);
        }
        let manifest = self.read_if_there(&journal.manifest)?;
        let manifest = manifest.and_then(|bytes| Manifest::parse(&bytes).ok());
        Ok(manifest.is_some_and(|manifest| manifest.identity() == journal.identity))
    }

    /// The journal that is there. `Err(())`: it cannot be understood. Names that could lead out of the static root are
    /// dropped.
    fn journal(&self) -> Result<Option<Result<Journal, ()>>, Error> {
        let Some(bytes) = self.read_if_there(JOURNAL)? else {
            return Ok(None);
        };
        let Ok(mut journal) = serde_json::from_slice::<Journal>(&bytes) else {
            return Ok(Some(Err(())));
        };
        if journal.version != VERSION {
            return Ok(Some(Err(())));
        }
        for list in [&mut journal.remove, &mut journal.create] {
            list.retain(|file| LogicalPath::new(&file.name).is_ok());
        }
        Ok(Some(Ok(journal)))
    }

    /// Removes the journal, best effort: what it says is done by then, or will be undone again by the next run.
    pub(super) fn drop_journal(&self) {
        let _ = fs::remove_file(self.path(JOURNAL));
    }
}
