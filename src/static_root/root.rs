//! The static root of a build: open, and with what lay there when the build began.

use std::ops::Deref;
use std::sync::RwLock;
use std::sync::atomic::AtomicBool;

use super::{Opened, Snapshot, Staged};
use crate::name::name_map::{NameMap, NameSet};

/// The static root of a build. It can do everything that [`Opened`] can.
pub(crate) struct StaticRoot {
    opened: Opened,
    /// What lay there when the build began.
    pub(crate) snapshot: Snapshot,
    /// Directories that were made since, relative to the static root.
    pub(super) directories: RwLock<NameSet>,
    /// Files that stand where a directory has to go. They make way when the journal lists them.
    pub(super) displaced: Vec<String>,
    /// In place, and where a file has to make way: the files that have not got their names yet, by these. `None` where files
    /// get their names at once.
    pub(super) unnamed: Option<RwLock<NameMap<Staged>>>,
    /// Plain files that have the name of a directory. They get it once the manifest is in place and the directory is empty:
    /// until then, the manifest before names what lies there.
    pub(super) late: RwLock<NameMap<Staged>>,
    pub(super) reflink_works: AtomicBool,
}

impl StaticRoot {
    /// Joins an open static root and what lies there.
    pub(crate) fn new(opened: Opened, snapshot: Snapshot) -> Self {
        Self::displacing(opened, snapshot, Vec::new())
    }

    /// The same, of a build that needs directories where these files are.
    pub(crate) fn displacing(opened: Opened, snapshot: Snapshot, displaced: Vec<String>) -> Self {
        let names_later = (opened.in_place || !displaced.is_empty()) && !opened.is_dry_run();
        Self {
            opened,
            snapshot,
            directories: RwLock::default(),
            displaced,
            unnamed: names_later.then(RwLock::default),
            late: RwLock::default(),
            reflink_works: AtomicBool::new(true),
        }
    }

    /// The files that stand where a directory has to go.
    pub(crate) fn displaced(&self) -> &[String] {
        &self.displaced
    }

    /// The file that makes way for a directory above `name`.
    pub(super) fn displaced_above(&self, name: &str) -> Option<&str> {
        let is_above = |file: &&String| {
            let below = name.strip_prefix(file.as_str());
            below.is_some_and(|below| below.starts_with('/'))
        };
        self.displaced.iter().find(is_above).map(String::as_str)
    }

    /// Whether files get their names only when the journal is written.
    pub(crate) fn names_later(&self) -> bool {
        self.unnamed.is_some()
    }
}

impl Deref for StaticRoot {
    type Target = Opened;

    fn deref(&self) -> &Opened {
        &self.opened
    }
}
