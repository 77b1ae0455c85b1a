//! The names and digests that Django's rules ask for while texts are linked.

use super::rewrite::Rewriter;
use crate::django::Names;
use crate::name::catalog::AssetId;
use crate::pipeline::asset::{Plain, Stored};

impl Names for Rewriter<'_> {
    fn hashed(&self, id: AssetId) -> String {
        match self.slots.get(id) {
            Some(stored) => stored.name.clone(),
            None => self.prepare.inventory.catalog.name(id).as_str().to_owned(),
        }
    }

    /// Linking stands for Django's last pass.
    fn is_hashed_yet(&self, _: AssetId) -> bool {
        true
    }

    fn plain_digest(&self, id: AssetId) -> String {
        match (self.text_of.get(id).copied().flatten(), self.slots.get(id)) {
            (Some(text), _) => self.prepare.job.digest(&self.texts[text].source),
            (None, Some(stored)) => self.source_digest(id, stored),
            (None, None) => String::new(),
        }
    }

    fn output_digest(&self, hashed: &str) -> Option<String> {
        let mut stored = self.slots.iter();
        stored
            .find(|stored| stored.name == hashed)
            .map(|stored| stored.digest.clone())
    }
}

impl Rewriter<'_> {
    /// The digest of the source of an asset that is linked already, as the source was read then: the plain copy has
    /// those bytes, if there is one.
    fn source_digest(&self, id: AssetId, stored: &Stored) -> String {
        let job = self.prepare.job;
        let Some(asset) = self.assets.get(id) else {
            return String::new();
        };
        let bytes = match &stored.plain {
            _ if !asset.syntax.is_text() => return stored.digest.clone(),
            Plain::Twin => return stored.digest.clone(),
            Plain::Staged(staged, _) => job.root.read_staged(staged),
            Plain::Unchanged(_) => match job.root.read(asset.plain.as_str()) {
                Err(error) if error.is_not_found() => asset.source.read(), // left to the caller to copy
                read => read,
            },
            Plain::None => asset.source.read(),
        };
        match bytes {
            Ok(bytes) => job.digest(&bytes),
            Err(error) => {
                job.log.fail(error);
                String::new()
            }
        }
    }
}
