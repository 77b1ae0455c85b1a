//! What a run has made, and undoing that when the run fails.

use std::collections::HashSet;
use std::path::PathBuf;

use super::{FileId, Opened};

/// What this run has made so far.
#[derive(Default)]
pub(super) struct Made {
    /// Files under names that nothing had before, each with its identity: a roll-back must not remove another file that has
    /// taken the name since.
    files: Vec<(PathBuf, FileId)>,
    /// Hard links under names that nothing had before, each with the file that it is a link of.
    links: Vec<(PathBuf, PathBuf)>,
    directories: Vec<PathBuf>,
    pub(super) temporaries: HashSet<PathBuf>,
    /// Files that were replaced or set aside, and where they are now, under temporary names.
    replaced: Vec<(PathBuf, PathBuf)>,
    /// Files that made way for directories, and where they are now.
    displaced: Vec<(PathBuf, PathBuf)>,
    /// Records that were replaced, with the bytes they had; `None`: there was none.
    records: Vec<(PathBuf, Option<Vec<u8>>)>,
    /// The manifest is in place: there is nothing to undo any more.
    is_committed: bool,
}

impl Made {
    pub(super) fn file(&mut self, path: PathBuf, id: FileId) {
        self.files.push((path, id));
    }

    pub(super) fn link(&mut self, path: PathBuf, of: PathBuf) {
        self.links.push((path, of));
    }

    pub(super) fn directory(&mut self, path: PathBuf) {
        self.directories.push(path);
    }

    pub(super) fn replaced(&mut self, path: PathBuf, backup: PathBuf) {
        self.replaced.push((path, backup));
    }

    pub(super) fn displaced(&mut self, path: PathBuf, aside: PathBuf) {
        self.displaced.push((path, aside));
    }

    pub(super) fn record(&mut self, path: PathBuf, before: Option<Vec<u8>>) {
        self.records.push((path, before));
    }

    pub(super) fn commit(&mut self) {
        self.is_committed = true;
    }
}

impl Opened {
    /// Undoes what this run has made: temporary files, new files, new directories, replaced files and records. Once the
    /// manifest is in place, only temporary files are removed. Best effort: the failure that led here is the one to report.
    pub(crate) fn roll_back(&self) {
        let mut made = self.made();
        let mut is_undone = true;
        if made.is_committed {
            made.replaced.clear(); // their backups are temporaries
            let displaced = std::mem::take(&mut made.displaced); // these do not come back
            made.temporaries
                .extend(displaced.into_iter().map(|(_, aside)| aside));
        } else {
            is_undone &= self.remove_links(std::mem::take(&mut made.links));
        }
        for (path, backup) in std::mem::take(&mut made.replaced).into_iter().rev() {
            if self.disk.rename(&backup, &path).is_ok() {
                made.temporaries.remove(&backup);
            }
        }
        for path in std::mem::take(&mut made.temporaries) {
            let _ = self.disk.remove_file(&path);
        }
        if made.is_committed {
            return;
        }
        // Without a lock, another build may name the same files by now. They are harmless.
        let files = std::mem::take(&mut made.files);
        for (path, id) in files.into_iter().filter(|_| self.is_locked()) {
            let is_ours = FileId::now(&path) == Some(id);
            if is_ours && self.disk.remove_file(&path).is_err() {
                is_undone = false;
            }
        }
        let records = std::mem::take(&mut made.records);
        let directories = std::mem::take(&mut made.directories);
        let displaced = std::mem::take(&mut made.displaced);
        drop(made);
        for (path, before) in records.into_iter().rev() {
            let restored = match before {
                Some(bytes) => self.write_beside(&path, &bytes).map(drop),
                None => self.disk.remove_file(&path),
            };
            is_undone &= restored.is_ok();
        }
        for path in directories.into_iter().rev() {
            let _ = self.disk.remove_directory(&path);
        }
        for (path, aside) in displaced {
            is_undone &= self.disk.rename(&aside, &path).is_ok();
        }
        if is_undone {
            self.drop_journal();
        }
    }

    /// Removes hard links that are still links of the files that they were made of. Whether that succeeded.
    fn remove_links(&self, links: Vec<(PathBuf, PathBuf)>) -> bool {
        let mut is_undone = true;
        for (path, of) in links.into_iter().filter(|_| self.is_locked()) {
            let linked = FileId::now(&path);
            if linked.is_some() && linked == FileId::now(&of) {
                is_undone &= self.disk.remove_file(&path).is_ok();
            }
        }
        is_undone
    }

    /// Removes what would be needed to undo this run, which has succeeded. Best effort: the next run removes temporary
    /// files.
    pub(crate) fn settle_for_good(&self) {
        let mut made = self.made();
        for (_, backup) in std::mem::take(&mut made.replaced) {
            if self.disk.remove_file(&backup).is_ok() {
                made.temporaries.remove(&backup);
            }
        }
    }
}
