//! Reads which style sheets use which custom properties, if a relative URL in one of these makes that matter.

use crate::error::Error;
use crate::name::catalog::Catalog;
use crate::platform::regular_file;
use crate::text::css::uses::{LazyUses, PropertyUses};
use crate::text::{Reference, Syntax};

/// The uses of custom properties in all style sheets of a build.
pub(super) struct Uses<'a> {
    catalog: &'a Catalog,
    all: LazyUses,
}

impl<'a> Uses<'a> {
    pub(super) fn new(catalog: &'a Catalog) -> Self {
        Self {
            catalog,
            all: LazyUses::default(),
        }
    }

    /// The uses, as far as they matter for these references.
    pub(super) fn of(&self, references: &[Reference]) -> Result<&PropertyUses, Error> {
        self.all.of(references, || self.read())
    }

    fn read(&self) -> Result<PropertyUses, Error> {
        let mut uses = PropertyUses::default();
        for named in self.catalog.iter() {
            if Syntax::of(&named.name, false) == Syntax::Css {
                let read = regular_file::read(&named.path);
                let text = read.map_err(Error::io("read", &named.path))?;
                uses.read(named.name.directory(), &text);
            }
        }
        Ok(uses)
    }
}
