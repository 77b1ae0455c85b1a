//! Plain copies, which must be the sources of the hashed files.

use std::collections::HashMap;

use super::verifier::Verifier;
use crate::diagnostic::{Code, Diagnostic, Severity, shown};
use crate::error::Error;
use crate::finished::examine::Examined;
use crate::finished::plain::Sources;
use crate::name::catalog::AssetId;
use crate::parallel::map_in_order;

impl Verifier<'_> {
    /// Checks that every hashed file was made from its plain copy.
    pub(super) fn plain_copies(
        &mut self,
        examined: &HashMap<AssetId, Examined>,
    ) -> Result<(), Error> {
        let root = self.root;
        let sources = Sources::new(root);
        let of = |name: &str| {
            let id = root.files.find(name)?;
            Some((id, examined.get(&id)?))
        };
        let wrong: Result<Vec<Option<Diagnostic>>, Error> = map_in_order(&root.entries, |entry| {
            let (Some((plain_id, plain)), Some((hashed_id, hashed))) =
                (of(entry.logical.as_str()), of(entry.hashed.as_str()))
            else {
                return Ok(None);
            };
            if plain.content == hashed.content {
                return Ok(None);
            }
            if root.is_variant_of_neighbour(plain_id, |name| Some(of(name)?.1.content))? {
                return Ok(None); // with `--django-exact`, variants overwrite assets, as WhiteNoise's do
            }
            let syntax = root.syntax(plain_id);
            let is_text = syntax.is_text();
            if is_text
                && sources.gives(entry, syntax, &root.read(plain_id)?, &root.read(hashed_id)?)?
            {
                return Ok(None);
            }
            // The build may have had options that `verify` does not know. If the variants are of these very bytes, this
            // is a warning.
            let has_variants = is_text && root.variants(plain_id).next().is_some();
            let severity = if has_variants && plain.bad_variants.is_empty() {
                Severity::Warning
            } else {
                Severity::Error
            };
            let message = format!(
                "the plain copy is not what {} was made from",
                shown(entry.hashed.as_str())
            );
            let help = "build again (after `collectstatic`, which keeps copies newer than their source: `collectstatic --clear`); or give the --static-url of the build";
            let path = entry.logical.as_str();
            Ok(Some(
                Diagnostic::new(severity, Code::WrongPlainCopy, path, message).help(help),
            ))
        });
        self.diagnostics.extend(wrong?.into_iter().flatten());
        Ok(())
    }
}
