//! Which style sheets use which custom properties, see [`PropertyUses`].

use std::sync::{Mutex, OnceLock, PoisonError};

use super::FinishedRoot;
use crate::error::Error;
use crate::text::css::uses::{NO_USES, PropertyUses};
use crate::text::{Reference, Syntax};

/// The uses of custom properties in all style sheets of the build, read when they are first asked for.
#[derive(Default)]
pub(super) struct Uses {
    all: OnceLock<PropertyUses>,
    reading: Mutex<()>,
}

impl FinishedRoot {
    /// The uses, as far as they matter for these references.
    pub(super) fn uses(&self, references: &[Reference]) -> Result<&PropertyUses, Error> {
        let Uses { all, reading } = &self.uses;
        if !PropertyUses::matter(references) {
            return Ok(&NO_USES);
        }
        let _one = reading.lock().unwrap_or_else(PoisonError::into_inner);
        match all.get() {
            Some(all) => Ok(all),
            None => self.read_uses().map(|read| all.get_or_init(|| read)),
        }
    }

    /// Reads the plain copies, which are the sources; hashed files where there are none.
    fn read_uses(&self) -> Result<PropertyUses, Error> {
        let mut uses = PropertyUses::default();
        for entry in &self.entries {
            let names = [entry.logical.as_str(), entry.hashed.as_str()];
            let file = names.iter().find_map(|name| self.files.find(name));
            if let Some(file) = file.filter(|_| Syntax::of(&entry.logical, false) == Syntax::Css) {
                uses.read(entry.logical.directory(), &self.read(file)?);
            }
        }
        Ok(uses)
    }
}
