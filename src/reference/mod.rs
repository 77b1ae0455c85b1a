//! Stage 4, reference: where in a text asset another asset is named. One scanner per syntax; none of them knows what a
//! URL resolves to.

mod css;
mod escape;
mod source_map;

use std::ops::Range;

pub(crate) use escape::{Decoded, Escapes, decode};

use crate::plan::AssetKind;

/// What a reference is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum ReferenceKind {
    /// `url()`, `src()`, `image-set()`
    Url,
    /// `@import`
    Import,
    /// A `sourceMappingURL` comment.
    SourceMap,
}

/// A span in a text asset that names another asset: exactly the URL's text, without quotes or outer white space.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reference {
    pub(crate) kind: ReferenceKind,
    pub(crate) span: Range<usize>,
    pub(crate) escapes: Escapes,
}

impl Reference {
    /// The URL, escapes undone.
    pub(crate) fn url<'t>(&self, text: &'t [u8]) -> Decoded<'t> {
        escape::decode(&text[self.span.clone()], self.escapes)
    }
}

/// Whether a CSS comment token names a source map.
pub(crate) fn is_css_source_map(text: &str, comment: Range<usize>) -> bool {
    source_map::in_css_comment(text, comment).is_some()
}

/// All references of a text, in its order.
pub(crate) fn references(kind: AssetKind, text: &[u8]) -> Vec<Reference> {
    match kind {
        AssetKind::Css => match std::str::from_utf8(text) {
            Ok(text) => css::references(text),
            Err(_) => latin1_references(text),
        },
        AssetKind::Js => source_map::in_script(text).into_iter().collect(),
        AssetKind::Opaque => Vec::new(),
    }
}

/// CSS that is not UTF-8. Its syntax is ASCII, so any encoding that leaves ASCII alone will do to read it.
fn latin1_references(text: &[u8]) -> Vec<Reference> {
    let decoded: String = text.iter().copied().map(char::from).collect();
    let mut found = css::references(&decoded);
    // Positions in `decoded` back to positions in `text`: one byte per character.
    let (mut at, mut chars) = (0, 0);
    let mut byte_position = |position: usize| {
        chars += decoded[at..position].chars().count();
        at = position;
        chars
    };
    for reference in &mut found {
        let start = byte_position(reference.span.start);
        reference.span = start..byte_position(reference.span.end);
    }
    found
}
