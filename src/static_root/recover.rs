//! Finishing or undoing what the journal lists.

use super::Opened;
use super::journal::{Found, Journal};
use super::listed::Listed;
use super::own_files::JOURNAL;
use crate::error::Error;
use crate::static_root::manifest::Manifest;

/// What became of the journal of an earlier run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Finished {
    /// There was none.
    Nothing,
    /// That run had published: as many removals were finished.
    Removed(usize),
    /// That run had not published: as many new files were removed again.
    Undone(usize),
    /// The journal cannot be understood. It was removed; nothing else was touched.
    Unreadable,
}

impl Opened {
    /// Finishes or undoes what an earlier run has begun. A dry run does neither.
    pub(crate) fn recover(&self) -> Result<Finished, Error> {
        if self.disk.is_nowhere() {
            return Ok(Finished::Nothing);
        }
        let journal = match self.journal()? {
            Found::Nothing => return Ok(Finished::Nothing),
            Found::Unreadable if self.in_place => {
                return Err(Error::StaticRoot(format!(
                    "{} cannot be read: it lists the files that an earlier build has left among the sources; remove those, and then the journal",
                    self.path(JOURNAL).display()
                )));
            }
            Found::Unreadable => {
                self.drop_journal();
                return Ok(Finished::Unreadable);
            }
            Found::Journal(journal) => journal,
        };
        if self.is_committed(&journal)? {
            // A power cut must not leave less than the new manifest names.
            self.make_own_device_durable()?;
            return self.finish(&journal).map(Finished::Removed);
        }
        let undone = self.remove_listed(&journal.create, Listed::is_like)?;
        self.bring_back(&journal);
        self.drop_journal();
        Ok(Finished::Undone(undone))
    }

    /// Removes the files that the journal of this run lists, and the journal, now that the manifest is in place.
    pub(crate) fn finish_removals(&self) -> Result<(), Error> {
        match self.journal()? {
            Found::Journal(journal) => self.finish(&journal).map(drop),
            Found::Unreadable | Found::Nothing => Ok(()),
        }
    }

    /// Removes the files that the build of this id has left to remove until its caller had written the manifest. Returns
    /// how many files. For another build, which may have begun in the meantime, nothing is done.
    pub(crate) fn finish_build(&self, id: &str) -> Result<usize, Error> {
        match self.journal()? {
            Found::Journal(journal) if journal.id == id => {
                self.make_own_device_durable()?;
                self.finish(&journal)
            }
            _ => Ok(0),
        }
    }

    /// The names that a run which was killed gave to new files, if its manifest is not in place: they are no sources. For
    /// runs that undo nothing.
    pub(crate) fn unfinished(&self) -> Result<Vec<String>, Error> {
        Ok(match self.journal()? {
            Found::Journal(journal) if !self.is_committed(&journal)? => {
                journal.create.into_iter().map(|file| file.name).collect()
            }
            _ => Vec::new(),
        })
    }

    /// Removes what a committed build has left to remove. Returns how many files.
    fn finish(&self, journal: &Journal) -> Result<usize, Error> {
        let removed = self.remove_listed(&journal.remove, Listed::is_there)?;
        self.settle_ways(journal)?;
        self.remove(JOURNAL)?;
        Ok(removed)
    }

    /// Removes the files that are still what was listed, which `is_same` decides, and the directories that have become
    /// empty, also those of files which an earlier run has removed. Returns how many files.
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

    /// Whether the manifest that commits the build of the journal is in place.
    fn is_committed(&self, journal: &Journal) -> Result<bool, Error> {
        if !self.has_file_for(&journal.manifest) {
            return Ok(false);
        }
        let manifest = self.read_if_there(&journal.manifest)?;
        let manifest = manifest.and_then(|bytes| Manifest::parse(&bytes).ok());
        Ok(manifest.is_some_and(|manifest| manifest.identity() == journal.identity))
    }
}
