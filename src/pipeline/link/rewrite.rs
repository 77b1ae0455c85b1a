//! Rewrites the references of one text, once the assets that it refers to have their digests.

use std::ops::Range;

use super::slots::Slots;
use crate::django::Draft;
use crate::error::Error;
use crate::name::catalog::AssetId;
use crate::name::digest::Held;
use crate::pipeline::asset::Planned;
use crate::pipeline::prepare::{Prepare, Text};
use crate::pipeline::store::Ready;
use crate::text::edges::{Edge, splice};
use crate::text::notes::Notes;

/// Rewrites and stores texts.
pub(super) struct Rewriter<'a> {
    pub(super) prepare: &'a Prepare<'a>,
    pub(super) slots: &'a Slots,
    pub(super) assets: &'a [Planned],
    /// The texts that had to wait for others.
    pub(super) texts: &'a [Text<'a>],
    /// For each asset, its index in `texts`, if it had to wait. Empty if no text had to.
    pub(super) text_of: Vec<Option<usize>>,
}

/// A text after its conversion.
pub(super) enum Converted {
    Linked(Linked),
    /// Django fails at the text.
    Failed(Notes),
}

/// A text with its references rewritten.
pub(super) struct Linked {
    /// The hashed path.
    pub(super) name: String,
    pub(super) bytes: Vec<u8>,
    pub(super) digest: String,
    pub(super) content: Held,
    pub(super) references: usize,
}

impl<'a> Rewriter<'a> {
    pub(super) fn new(
        prepare: &'a Prepare<'a>,
        slots: &'a Slots,
        assets: &'a [Planned],
        texts: &'a [Text<'a>],
    ) -> Self {
        let mut text_of = Vec::new();
        if !texts.is_empty() {
            text_of.resize(assets.len(), None);
        }
        for (index, text) in texts.iter().enumerate() {
            text_of[text.id] = Some(index);
        }
        Self {
            prepare,
            slots,
            assets,
            texts,
            text_of,
        }
    }

    /// For every text, the texts it refers to.
    pub(super) fn edges(&self) -> Vec<Vec<usize>> {
        let targets = |text: &Text<'_>| {
            let mut targets: Vec<usize> =
                text.targets().filter_map(|id| self.text_of[id]).collect();
            targets.sort_unstable();
            targets.dedup();
            targets
        };
        self.texts.iter().map(targets).collect()
    }

    /// Rewrites and stores a text that is in no cycle. Returns what Django fails at.
    pub(super) fn link(&self, text: &Text<'_>) -> Result<Notes, Error> {
        match self.converted(text, text.draft().cloned())? {
            Converted::Linked(linked) => {
                self.store(text, linked)?;
                Ok(Notes::default())
            }
            Converted::Failed(failures) => Ok(failures),
        }
    }

    /// Converts a text whose targets all have their digests: writes these into its references.
    pub(super) fn converted(
        &self,
        text: &Text<'_>,
        draft: Option<Draft>,
    ) -> Result<Converted, Error> {
        let linked = |bytes: Vec<u8>, references| {
            let (digest, content) = self.prepare.store.hash(&bytes);
            match self.prepare.hashed_name(&self.assets[text.id], &digest) {
                Ok(name) => Converted::Linked(Linked {
                    name,
                    bytes,
                    digest,
                    content,
                    references,
                }),
                Err(failure) => Converted::Failed(Notes::from(*failure)),
            }
        };
        let Some(exact) = &self.prepare.exact else {
            let edges = text.spans();
            let edits: Vec<_> = edges
                .iter()
                .map(|edge| self.digest_of(edge))
                .collect::<Result<_, _>>()?;
            return Ok(linked(splice(text.text(), edits.into_iter()), edges.len()));
        };
        if let Some((bytes, references)) = draft.and_then(|draft| self.filled(draft)) {
            return Ok(linked(bytes, references));
        }
        let Ok(content) = std::str::from_utf8(&text.source) else {
            return Err(Error::Internal("a text that was UTF-8 when it was read"));
        };
        let converted = exact.convert(text.id, text.syntax, content, self);
        let name = self.prepare.inventory.catalog.name(text.id);
        let mut notes = Notes::default();
        let failures = &converted.failures;
        if self
            .prepare
            .failures(name, &text.source, failures, &mut notes)
        {
            return Ok(Converted::Failed(notes)); // notes without an error were reported when the text was read
        }
        let bytes = converted.text.unwrap_or_else(|| content.to_owned());
        Ok(linked(bytes.into_bytes(), converted.replaced))
    }

    /// The draft with the digests filled in, and the number of its references. `None` if a digest does not fit.
    fn filled(&self, draft: Draft) -> Option<(Vec<u8>, usize)> {
        let references = draft.replaced;
        let digest = |id: AssetId| Some(self.slots.get(id)?.digest.as_str());
        Some((draft.filled(digest)?, references))
    }

    /// The edit that puts the digest into a reference to a linked asset.
    pub(super) fn digest_of(&self, edge: &Edge) -> Result<(Range<usize>, String), Error> {
        let digest = &self.slots.linked(edge.target)?.digest;
        Ok((edge.digest_at..edge.digest_at, format!(".{digest}")))
    }

    /// Stores a linked text.
    pub(super) fn store(&self, text: &Text<'_>, linked: Linked) -> Result<(), Error> {
        let Linked {
            name,
            bytes,
            digest,
            content,
            references,
        } = linked;
        let ready = Ready {
            name,
            digest,
            content,
            bytes: &bytes,
            plain: (bytes != *text.source).then_some(&*text.source),
            references,
        };
        let stored = self.prepare.store.store(&self.assets[text.id], ready)?;
        self.slots.fill(text.id, stored);
        Ok(())
    }
}
