//! Resolves the references of a text to edges, and rewrites texts.

use std::borrow::Cow;
use std::ops::Range;

use super::resolve::{Target, UrlSpace, resolve};
use super::{Reference, ReferenceKind};
use crate::name::catalog::AssetId;
use crate::name::logical_path::LogicalPath;

/// An edge of the reference graph: a reference that leads to an asset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Edge {
    pub(crate) target: AssetId,
    /// Byte range of the URL's path in the text.
    pub(crate) path: Range<usize>,
    /// Byte offset in the text where the digest is inserted.
    pub(crate) digest_at: usize,
}

/// A resolved reference of a text.
#[derive(Debug)]
pub(crate) struct Resolved<'t> {
    pub(crate) kind: ReferenceKind,
    /// The URL with its escapes decoded.
    pub(crate) url: Cow<'t, str>,
    /// Byte offset of the URL in the text.
    pub(crate) offset: usize,
    pub(crate) target: Target,
    /// Set if the target is an asset.
    pub(crate) edge: Option<Edge>,
}

impl Resolved<'_> {
    /// Converts to a value that does not borrow the text.
    pub(crate) fn into_owned(self) -> Resolved<'static> {
        Resolved {
            kind: self.kind,
            url: Cow::Owned(self.url.into_owned()),
            offset: self.offset,
            target: self.target,
            edge: self.edge,
        }
    }
}

/// Resolves the `references` of `text`, the content of the asset `from`.
pub(crate) fn edges<'t>(
    references: &'t [Reference],
    text: &'t [u8],
    space: UrlSpace<'t>,
    from: &'t LogicalPath,
) -> impl Iterator<Item = Resolved<'t>> {
    references.iter().map(move |reference| {
        let url = reference.url(text);
        let raw = |at| reference.span.start + url.raw_offset(at);
        let target = resolve(space, from, &url.text);
        let edge = match &target {
            Target::Asset {
                id,
                path,
                digest_at,
            } => Some(Edge {
                target: *id,
                path: raw(path.start)..raw(path.end),
                digest_at: raw(*digest_at),
            }),
            Target::External | Target::Missing(_) | Target::Outside => None,
        };
        Resolved {
            kind: reference.kind,
            url: url.text,
            offset: reference.span.start,
            target,
            edge,
        }
    })
}

/// Returns `text` with the ascending, disjoint `edits` (byte range, replacement) applied.
pub(crate) fn splice(text: &[u8], edits: impl Iterator<Item = (Range<usize>, String)>) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len() + 256);
    let mut copied = 0;
    for (range, insert) in edits {
        out.extend_from_slice(&text[copied..range.start]);
        out.extend_from_slice(insert.as_bytes());
        copied = range.end;
    }
    out.extend_from_slice(&text[copied..]);
    out
}
