//! Stage 3, prepare: loads one asset, transforms it, reads its references and resolves them.

mod buffer;
mod carried;
mod django;
mod places;
mod stream;
mod text;

pub(super) use buffer::with_buffer;
pub(super) use django::diagnostic as django_diagnostic;
pub(super) use text::{References, Text};

use super::asset::{Planned, Stored};
use super::exact::exact;
use super::job::Job;
use super::plan::Inventory;
use super::store::Store;
use crate::cache::{Entry, Key};
use crate::diagnostic::Diagnostic;
use crate::django::Exact;
use crate::error::Error;
use crate::name::catalog::Naming;
use crate::name::digest::Content;
use crate::name::logical_path::LogicalPath;
use crate::options::Minify;
use crate::text::css::{Transformed, transform_css};
use crate::text::edges::{Edge, Resolved, edges};
use crate::text::missing::Missing;
use crate::text::notes::Notes;
use crate::text::resolve::UrlSpace;
use crate::text::{Scan, Syntax};
use carried::LastNames;
use places::Places;

/// Opaque files above this size (bytes) are streamed.
const STREAMED: u64 = 8 << 20;

/// An asset that was prepared.
pub(super) enum Prepared<'t> {
    /// The bytes and references of an asset that is still to be linked.
    Text(Text<'t>),
    /// Nothing to rewrite, and stored already: too large to be held in memory, or left by an earlier build.
    Stored(Stored),
    /// The asset cannot be published; its diagnostics show why.
    Failed,
}

/// Prepares assets.
pub(crate) struct Prepare<'a> {
    pub(super) job: &'a Job<'a>,
    pub(super) inventory: &'a Inventory,
    pub(super) store: Store<'a>,
    pub(super) exact: Option<Exact<'a>>,
    missing: Missing,
    last_names: LastNames,
}

impl<'a> Prepare<'a> {
    pub(super) fn new(
        job: &'a Job<'a>,
        inventory: &'a Inventory,
        assets: &[Planned],
        store: Store<'a>,
    ) -> Self {
        let options = job.options;
        Self {
            job,
            inventory,
            store,
            exact: exact(job, &inventory.catalog),
            missing: Missing::new(
                options.references.on_missing,
                options.references.missing_source_map,
                &options.references.ignore_errors,
                "any source root",
            ),
            last_names: if assets.iter().any(|asset| asset.carried.is_some()) {
                LastNames::new(&inventory.earlier)
            } else {
                LastNames::default()
            },
        }
    }

    /// Prepares one asset; `buffer` holds its source. Adds its diagnostics to `notes`.
    pub(super) fn prepare<'t>(
        &self,
        asset: &Planned,
        buffer: &'t mut Vec<u8>,
        notes: &mut Notes,
    ) -> Result<Prepared<'t>, Error> {
        match &asset.carried {
            Some(hashed) => {
                if !self.read_carried(asset, hashed, buffer)? {
                    return self.carried(asset, hashed, notes);
                }
            }
            None if !asset.syntax.is_text() && asset.source.length > STREAMED => {
                return self.stream(asset, notes);
            }
            None => asset.source.read_into(buffer)?,
        }
        let text = Text::new(asset, buffer);
        Ok(match &self.exact {
            _ if !asset.syntax.is_text() => Prepared::Text(text),
            Some(exact) => self.read_django(exact, asset, text, notes),
            None => Prepared::Text(self.read_text(asset, text, notes)),
        })
    }

    /// The default mode: minifies, then reads and resolves what the standards call a reference.
    fn read_text<'t>(&self, asset: &Planned, mut text: Text<'t>, notes: &mut Notes) -> Text<'t> {
        let name = asset.name();
        if asset.syntax == Syntax::Css && asset.carried.is_none() {
            text.minified = self.minified(name, &text.source, notes);
        }
        let edges = self.resolve(name, &text, notes);
        if !edges.is_empty() {
            text.references = References::Spans(edges);
        }
        text
    }

    /// The minified style sheet, from the cache if it is there; `None`: minifying changes nothing. A result with
    /// diagnostics is not cached.
    fn minified(&self, name: &LogicalPath, source: &[u8], notes: &mut Notes) -> Option<Vec<u8>> {
        let options = self.job.options;
        let mode = options.minify.mode;
        let cache = self.job.cache.as_ref().filter(|_| mode != Minify::Off);
        let targets = options.minify.targets.as_deref().unwrap_or("");
        let work = format!("minify {mode:?} {targets}");
        let key = cache.map(|_| Key::new(&work, Content::of(source).key));
        if let (Some(cache), Some(key)) = (cache, key) {
            match cache.get(key) {
                Some(Entry::Nothing) => return None,
                Some(Entry::Stored(stored)) => {
                    if let Some(bytes) = stored.load() {
                        return Some(bytes);
                    }
                }
                None => {}
            }
        }
        let Transformed {
            bytes,
            notes: found,
        } = transform_css(name, source, mode, self.job.targets.as_ref());
        if let (Some(cache), Some(key), true) = (cache, key, found.is_empty()) {
            cache.put(key, bytes.as_deref());
        }
        notes.extend(found);
        bytes
    }

    /// The references of a text that lead to assets whose names will change.
    fn resolve(&self, name: &LogicalPath, text: &Text<'_>, notes: &mut Notes) -> Vec<Edge> {
        let Scan {
            references,
            not_parsed,
        } = text.syntax.scan(text.text());
        notes.extend(not_parsed.map(|why| why.diagnostic(name, text.text())));
        let mut places = Places::new(text, &references);
        let space = UrlSpace {
            catalog: &self.inventory.catalog,
            static_url: &self.job.options.references.static_url,
        };
        let mut kept = Vec::new();
        for (index, found) in edges(&references, text.text(), space, name).enumerate() {
            let Resolved {
                kind, url, target, ..
            } = &found;
            if let Some(problem) = self.missing.diagnose(*kind, name, url, target) {
                notes.diagnosed(problem, || places.of(index));
            }
            let is_renamed =
                |edge: &Edge| space.catalog.get(edge.target).naming != Naming::Prehashed;
            kept.extend(found.edge.filter(is_renamed));
        }
        kept
    }

    /// The name of an asset's hashed file.
    pub(super) fn hashed_name(
        &self,
        asset: &Planned,
        digest: &str,
    ) -> Result<String, Box<Diagnostic>> {
        let name = asset.name();
        match &self.exact {
            _ if asset.prehashed => Ok(asset.plain.as_str().to_owned()),
            None => Ok(name.with_digest(digest).as_str().to_owned()),
            Some(exact) => exact
                .hashed_name(name.as_str(), digest)
                .map_err(|failure| Box::new(django_diagnostic(name, &failure))),
        }
    }
}
