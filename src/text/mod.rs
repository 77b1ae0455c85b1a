//! Text assets: the references in them, what they resolve to, and minifying. One scanner per syntax; scanners do not
//! know what a URL resolves to.

pub(crate) mod css;
mod decoded;
pub(crate) mod edges;
mod escape;
#[cfg(feature = "modules")]
mod js;
pub(crate) mod mentions;
pub(crate) mod missing;
pub(crate) mod notes;
pub(crate) mod own_name;
mod reference;
pub(crate) mod resolve;
mod source_map;
pub(crate) mod syntax;
pub(crate) mod unread;

use std::ops::Range;

pub(crate) use escape::{Escapes, decode, hex_pair};
pub(crate) use reference::{NotParsed, Reference, ReferenceKind, RelativeTo, Scan, Unread, Why};
pub(crate) use syntax::Syntax;

/// The scripts that a script registers as service workers.
#[cfg(feature = "modules")]
pub(crate) fn service_workers(text: &[u8]) -> Vec<Reference> {
    decoded::decoded(text, |text| js::modules::service_workers(text).into()).references
}

/// Without the feature, no build asks for modules (`Options::validate`).
#[cfg(not(feature = "modules"))]
pub(crate) fn service_workers(_: &[u8]) -> Vec<Reference> {
    Vec::new()
}

/// Whether a CSS comment token names a source map.
pub(crate) fn is_css_source_map(text: &str, comment: Range<usize>) -> bool {
    source_map::in_css_comment(text, comment).is_some()
}

/// Returns all references of a style sheet, read token by token.
#[cfg(feature = "fuzzing")]
pub(crate) fn css_references_by_tokens(text: &[u8]) -> Vec<Reference> {
    decoded::decoded(text, |text| {
        css::references::references_by_tokens(text).into()
    })
    .references
}
