//! The journal: what a build is about to do to names, written before it does so. After a kill, the next run either
//! finishes that or undoes it.
//!
//! The journal lists the files that the build removes once its manifest is in place, and, in place, the files that it gives
//! names to. It also lists files that make way for directories, and files that take the names of directories. In between, the manifest on disk decides: if it is the one that the journal names, the removals are finished; if
//! not, the new files are removed again. Both go by what a file is on disk, not by its name alone: another file that somebody
//! has put under that name since stays.

use serde::{Deserialize, Serialize};

use super::Opened;
use super::listed::Listed;
use super::own_files::JOURNAL;
use crate::error::Error;
use crate::name::logical_path::LogicalPath;

/// Raised when a field changes its meaning or goes.
const VERSION: u32 = 1;

/// What a build is about to do to names.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Journal {
    version: u32,
    /// The id of the run.
    pub(super) id: String,
    /// The manifest, relative to the static root unless absolute.
    pub(super) manifest: String,
    /// The [identity](super::manifest::Manifest::identity) of the manifest that commits the build.
    pub(super) identity: String,
    /// Files to be removed after that.
    pub(super) remove: Vec<Listed>,
    /// In place, and where a file makes way: files that were not there before the build.
    pub(super) create: Vec<Listed>,
    /// Files that make way for directories: they come back if the manifest does not follow.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) aside: Vec<Moved>,
    /// Files that get the names of directories, once these are empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) late: Vec<Moved>,
}

/// A file that has a temporary name.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Moved {
    /// The name that it had, or is to get.
    pub(super) name: String,
    pub(super) temporary: String,
}

impl Journal {
    /// A journal that lists nothing yet.
    pub(super) fn new(id: &str, manifest: &str, identity: String) -> Self {
        Self {
            version: VERSION,
            id: id.to_owned(),
            manifest: manifest.to_owned(),
            identity,
            remove: Vec::new(),
            create: Vec::new(),
            aside: Vec::new(),
            late: Vec::new(),
        }
    }

    /// Whether it lists nothing.
    pub(super) fn is_empty(&self) -> bool {
        self.remove.is_empty()
            && self.create.is_empty()
            && self.aside.is_empty()
            && self.late.is_empty()
    }

    /// Reads a journal. `None`: it cannot be understood. Names that could lead out of the static root are dropped.
    fn parse(bytes: &[u8]) -> Option<Self> {
        let mut journal: Self = serde_json::from_slice(bytes).ok()?;
        if journal.version != VERSION {
            return None;
        }
        for list in [&mut journal.remove, &mut journal.create] {
            list.retain(|file| LogicalPath::new(&file.name).is_ok());
        }
        for list in [&mut journal.aside, &mut journal.late] {
            list.retain(|file| {
                LogicalPath::new(&file.name).is_ok() && LogicalPath::new(&file.temporary).is_ok()
            });
        }
        Some(journal)
    }
}

/// The journal that is there.
pub(super) enum Found {
    /// There is none.
    Nothing,
    /// It cannot be understood.
    Unreadable,
    /// It says this.
    Journal(Journal),
}

impl Opened {
    /// Reads the journal that is there.
    pub(super) fn journal(&self) -> Result<Found, Error> {
        let bytes = self.read_if_there(JOURNAL)?;
        Ok(bytes.map_or(Found::Nothing, |bytes| {
            Journal::parse(&bytes).map_or(Found::Unreadable, Found::Journal)
        }))
    }

    /// Writes the journal, and waits until it is on disk.
    pub(super) fn write_journal(&self, journal: &Journal) -> Result<(), Error> {
        let path = self.path(JOURNAL);
        let write = || {
            let bytes = serde_json::to_vec(journal)?;
            self.write_beside(&path, &bytes)?;
            self.disk.sync_directory(&self.dir)
        };
        write().map_err(Error::io("write", &path))
    }

    /// Removes the journal, best effort: what it lists is done by then, or will be undone again by the next run.
    pub(super) fn drop_journal(&self) {
        let _ = self.disk.remove_file(&self.path(JOURNAL));
    }
}
