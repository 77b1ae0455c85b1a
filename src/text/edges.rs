//! Resolves the references of a text to edges, and rewrites texts.

use std::borrow::Cow;
use std::ops::Range;

use super::resolve::{Base, Target, Uncertain, UrlSpace, is_relative, resolve};
use super::{Escapes, Reference, ReferenceKind, RelativeTo, decode};
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
        let target = target(reference, text, space, from.directory(), &url.text);
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
            _ => None,
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

/// Resolves the URL of a reference in a text of `directory`.
fn target(
    reference: &Reference,
    text: &[u8],
    space: UrlSpace<'_>,
    directory: &str,
    url: &str,
) -> Target {
    match &reference.relative_to {
        RelativeTo::Page => resolve(space, Base::Page, url),
        RelativeTo::Users(name) | RelativeTo::Nothing(name) if is_relative(space, url) => {
            let property = decode(&text[name.clone()], Escapes::Css).text;
            let is_used = matches!(reference.relative_to, RelativeTo::Users(_));
            everywhere(space, directory, url, &property, is_used)
        }
        _ => resolve(space, Base::Directory(directory), url),
    }
}

/// Resolves a relative URL in a custom property: an asset if every place that may resolve it means that one. These are
/// the texts that use the property and, as a script may register it, the text that sets it; but this one does not count
/// if it finds nothing where others find something. `is_used`: whether browsers go by the users at all.
fn everywhere(
    space: UrlSpace<'_>,
    directory: &str,
    url: &str,
    property: &str,
    is_used: bool,
) -> Target {
    let own = resolve(space, Base::Directory(directory), url);
    let users = space.uses.places(property);
    let mut all: Vec<Target> = Vec::new();
    for user in users.iter().flatten().filter(|user| **user != directory) {
        let target = resolve(space, Base::Directory(user), url);
        if !all.contains(&target) {
            all.push(target);
        }
    }
    let is_place = users.as_ref().is_none_or(|users| users.contains(directory));
    let leads_somewhere = matches!(own, Target::Asset { .. });
    if (is_place || leads_somewhere || all.is_empty()) && !all.contains(&own) {
        all.insert(0, own);
    }
    match all.as_slice() {
        [target @ Target::Asset { .. }] if is_used && users.is_some() => target.clone(),
        all if all.iter().all(is_no_file) => Target::External,
        _ => {
            let ids = all.iter().filter_map(|target| match target {
                Target::Asset { id, .. } => Some(*id),
                _ => None,
            });
            let candidates: Vec<_> = ids.collect();
            let first = candidates.first();
            Target::Uncertain(Box::new(Uncertain {
                property: property.to_owned(),
                absolute: first
                    .map(|id| format!("{}{}", space.static_url.text, space.catalog.name(*id))),
                candidates,
            }))
        }
    }
}

fn is_no_file(target: &Target) -> bool {
    matches!(target, Target::External | Target::Directory(_))
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
