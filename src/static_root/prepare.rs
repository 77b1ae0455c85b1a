//! Giving the files of a build in place their names, once the journal lists them.

use std::sync::PoisonError;

use super::journal::Journal;
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
        if !journal.remove.is_empty() || !journal.create.is_empty() {
            self.write_journal(&journal)?;
        }
        for (name, staged) in &unnamed {
            self.place(staged, name)?;
        }
        Ok(())
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
