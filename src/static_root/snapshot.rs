//! What lay in the static root when a build began.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use super::FileId;
use crate::name::name_map::{NameMap, NameSet};

/// What lay in the static root when a build began. Names are relative to the static root.
pub(crate) struct Snapshot {
    /// The static root.
    pub(super) dir: PathBuf,
    /// The regular files by name, with their inodes.
    pub(super) files: NameMap<u64>,
    /// Symbolic links to anything but directories, pipes, sockets and devices.
    pub(super) others: NameSet,
    /// Symbolic links to directories. What lies below them was not looked at.
    pub(super) links: Vec<String>,
    pub(super) directories: NameSet,
    /// The device of all directories, if they are on one.
    pub(super) device: Option<u64>,
    /// A directory on each device.
    pub(super) devices: Vec<PathBuf>,
    /// The number of names that each inode has among `files`: counted when it is first asked for.
    pub(super) names: OnceLock<HashMap<u64, u64, ahash::RandomState>>,
}

impl Snapshot {
    /// Whether anything but a directory had that name: a file, a link, a pipe.
    pub(crate) fn had(&self, name: &str) -> bool {
        self.files.contains_key(name)
            || self.others.contains(name)
            || self.below_link(name).is_some_and(|found| !found.is_dir())
    }

    /// Whether a regular file had that name.
    pub(crate) fn had_file(&self, name: &str) -> bool {
        self.files.contains_key(name) || self.below_link(name).is_some_and(|found| found.is_file())
    }

    /// Whether a directory had that name.
    pub(crate) fn had_directory(&self, name: &str) -> bool {
        self.directories.contains(name)
    }

    /// Whether there was no file at all.
    pub(crate) fn is_new(&self) -> bool {
        self.files.is_empty() && self.links.is_empty()
    }

    /// The names of files, of links to files, of pipes and the like.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        let names = self.files.keys().chain(&self.others);
        names.map(String::as_str)
    }

    /// The symbolic links to directories.
    pub(crate) fn links(&self) -> impl Iterator<Item = &str> {
        self.links.iter().map(String::as_str)
    }

    /// Whether `name` was this very file.
    pub(crate) fn is_linked(&self, name: &str, to: FileId) -> bool {
        let Some(inode) = self.files.get(name).copied() else {
            return false;
        };
        match self.device {
            // Saves a call for every second file of a build that changes nothing.
            Some(device) => FileId { device, inode } == to,
            None => FileId::now(&self.dir.join(name)) == Some(to),
        }
    }

    /// The number of names that a file had in the static root.
    pub(super) fn names_of(&self, inode: u64) -> u64 {
        let names = self.names.get_or_init(|| {
            let mut names = HashMap::default();
            for inode in self.files.values() {
                *names.entry(*inode).or_insert(0) += 1;
            }
            names
        });
        // Below a symbolic link, nothing was counted.
        names.get(&inode).copied().unwrap_or(1)
    }

    /// A directory on each device of the static root.
    pub(super) fn devices(&self) -> impl Iterator<Item = &Path> {
        self.devices.iter().map(PathBuf::as_path)
    }

    /// What the file system has now under a name that the look could not see.
    fn below_link(&self, name: &str) -> Option<fs::Metadata> {
        if !self.is_below_link(name) {
            return None;
        }
        fs::symlink_metadata(self.dir.join(name)).ok()
    }

    /// Whether a name lies below a symbolic link to a directory.
    fn is_below_link(&self, name: &str) -> bool {
        self.links.iter().any(|link| {
            let below = name.strip_prefix(link.as_str());
            below.is_some_and(|below| below.starts_with('/'))
        })
    }
}
