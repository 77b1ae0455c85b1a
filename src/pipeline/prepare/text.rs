//! An asset whose bytes are in memory.

use std::borrow::Cow;
use std::collections::BTreeSet;

use crate::django::Draft;
use crate::name::catalog::AssetId;
use crate::pipeline::asset::Planned;
use crate::text::Syntax;
use crate::text::edges::Edge;

/// An asset whose references, if it has any, are still to be rewritten.
pub(crate) struct Text<'t> {
    pub(crate) id: AssetId,
    pub(crate) syntax: Syntax,
    /// The source's bytes.
    pub(crate) source: Cow<'t, [u8]>,
    /// The minified bytes; `None`: minifying changes nothing.
    pub(crate) minified: Option<Vec<u8>>,
    pub(crate) references: References,
}

/// The references of an asset.
pub(crate) enum References {
    /// None: the bytes are final.
    None,
    /// References with their places in the text.
    Spans(Vec<Edge>),
    /// The targets only: with `--django-exact`, the text is rewritten by Django's rules.
    Django {
        targets: BTreeSet<AssetId>,
        /// Whether the conversion depends only on the names of the targets.
        names_only: bool,
        /// The result of the conversion without its digests, if that is known.
        draft: Option<Draft>,
    },
}

impl<'t> Text<'t> {
    /// An asset of these bytes that refers to nothing.
    pub(super) fn new(asset: &Planned, source: &'t [u8]) -> Self {
        Self {
            id: asset.id,
            syntax: asset.syntax,
            source: Cow::Borrowed(source),
            minified: None,
            references: References::None,
        }
    }

    /// The same text with bytes of its own, which stays when the buffer is used again.
    pub(crate) fn kept(self) -> Text<'static> {
        Text {
            id: self.id,
            syntax: self.syntax,
            source: Cow::Owned(self.source.into_owned()),
            minified: self.minified,
            references: self.references,
        }
    }

    /// The bytes that references are read from and rewritten in.
    pub(crate) fn text(&self) -> &[u8] {
        self.minified.as_deref().unwrap_or(&self.source)
    }

    /// The references in the text; none in the exact mode.
    pub(crate) fn spans(&self) -> &[Edge] {
        match &self.references {
            References::Spans(edges) => edges,
            References::None | References::Django { .. } => &[],
        }
    }

    /// The result of the conversion without its digests, if there is one.
    pub(crate) fn draft(&self) -> Option<&Draft> {
        match &self.references {
            References::Django { draft, .. } => draft.as_ref(),
            References::None | References::Spans(_) => None,
        }
    }

    /// Takes the result of the conversion out of the text.
    pub(crate) fn take_draft(&mut self) -> Option<Draft> {
        match &mut self.references {
            References::Django { draft, .. } => draft.take(),
            References::None | References::Spans(_) => None,
        }
    }

    /// The targets of the text.
    pub(crate) fn targets(&self) -> impl Iterator<Item = AssetId> {
        let django = match &self.references {
            References::Django { targets, .. } => Some(targets),
            References::None | References::Spans(_) => None,
        };
        self.spans()
            .iter()
            .map(|edge| edge.target)
            .chain(django.into_iter().flatten().copied())
    }
}
