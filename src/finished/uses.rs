//! Which style sheets use which custom properties, see [`PropertyUses`].

use super::FinishedRoot;
use crate::error::Error;
use crate::text::css::uses::PropertyUses;
use crate::text::{Reference, Syntax};

impl FinishedRoot {
    /// The uses, as far as they matter for these references.
    pub(super) fn uses(&self, references: &[Reference]) -> Result<&PropertyUses, Error> {
        self.uses.of(references, || self.read_uses())
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
