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
    /// In place: the files that have not got their names yet, by these. `None` where files get their names at once.
    pub(super) unnamed: Option<RwLock<NameMap<Staged>>>,
    pub(super) reflink_works: AtomicBool,
}

impl StaticRoot {
    /// Joins an open static root and what lies there.
    pub(crate) fn new(opened: Opened, snapshot: Snapshot) -> Self {
        let names_later = opened.in_place && !opened.is_dry_run();
        Self {
            opened,
            snapshot,
            directories: RwLock::default(),
            unnamed: names_later.then(RwLock::default),
            reflink_works: AtomicBool::new(true),
        }
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
