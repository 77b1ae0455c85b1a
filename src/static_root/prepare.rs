//! Giving files their names once the journal lists them: those of a build in place, and of one for which a file has to make
//! way.

use std::path::Path;
use std::sync::PoisonError;

use super::journal::{Journal, Moved};
use super::listed::Listed;
use super::{Staged, StaticRoot};
use crate::error::Error;
use crate::name::logical_path::LogicalPath;

impl StaticRoot {
    /// Writes the journal, unless there is nothing to list, and, in place, gives the files of the build their names.
    /// `identity` is that of the manifest to come; `removals` are the names to be removed once it is in place.
    pub(crate) fn prepare(
        &self,
        manifest: &str,
        identity: String,
        removals: &[String],
    ) -> Result<(), Error> {
        let unnamed = self.take_unnamed();
        let mut journal = Journal::new(self.run_id(), manifest, identity);
        for name in removals
            .iter()
            .filter(|name| LogicalPath::new(name).is_ok())
        {
            journal.remove.extend(Listed::new(name, &self.path(name))?);
        }
        for (name, staged) in &unnamed {
            if !self.snapshot.had(name) {
                journal.create.extend(Listed::new(name, &staged.path)?);
            }
        }
        for name in &self.displaced {
            let temporary = self.temporary(name)?;
            journal.aside.extend(self.moved(name, &temporary));
        }
        let late = self.late.read().unwrap_or_else(PoisonError::into_inner);
        let late = late.iter();
        let moved = late.filter_map(|(name, staged)| self.moved(name, &staged.path));
        journal.late.extend(moved);
        journal.late.sort_unstable_by(|a, b| a.name.cmp(&b.name));
        if !journal.is_empty() {
            self.write_journal(&journal)?;
        }
        for Moved { name, temporary } in &journal.aside {
            self.make_way(name, temporary)?;
        }
        for (name, staged) in &unnamed {
            if self.displaced_above(name).is_some() {
                self.make_parent(name)?;
            }
            self.place(staged, name)?;
        }
        Ok(())
    }

    /// An entry of the journal; `None`: the temporary name is no name in the static root.
    fn moved(&self, name: &str, temporary: &Path) -> Option<Moved> {
        let temporary = temporary.strip_prefix(&self.dir).ok()?.to_str()?;
        Some(Moved {
            name: name.to_owned(),
            temporary: temporary.to_owned(),
        })
    }

    /// Takes out the files that have not got their names yet, sorted by name.
    fn take_unnamed(&self) -> Vec<(String, Staged)> {
        let Some(unnamed) = &self.unnamed else {
            return Vec::new();
        };
        let mut unnamed = unnamed.write().unwrap_or_else(PoisonError::into_inner);
        let mut unnamed: Vec<(String, Staged)> = unnamed.drain().collect();
        unnamed.sort_unstable_by(|a, b| a.0.cmp(&b.0));
        unnamed
    }
}
