//! Stages 3 to 5 for one asset at a time: reads its source file, once; transforms it; reads its references; resolves
//! them. An asset that refers to nothing is finished here: its hashed file is written while its bytes are at hand, so
//! that only the few that must wait for others are held in memory.

mod buffer;
mod carried;
mod exact;
mod places;
mod stream;

use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::BTreeSet;

use crate::cache::{Cache, Entry, Key};
use crate::diagnostic::Diagnostic;
use crate::django::{self, Draft, Exact};
use crate::error::Error;
use crate::name::catalog::AssetId;
use crate::name::digest::Content;
use crate::name::logical_path::LogicalPath;
use crate::options::{Minify, Options};
use crate::parallel::map_in_order;
use crate::pipeline::plan::{Plan, PlannedAsset};
use crate::pipeline::store::{Output, Outputs, Store};
use crate::text::css::{Targets, Transformed, transform_css};
use crate::text::edges::{Edge, Resolved, UrlSpace, edges};
use crate::text::missing::Missing;
use crate::text::notes::{self, Notes};
use crate::text::{Scan, Syntax};
use buffer::with_buffer;
pub(crate) use carried::LastNames;
use exact::django_diagnostic;
pub(crate) use exact::django_failures;
use places::Places;

/// Opaque files above this size (bytes) are streamed.
const STREAMED: u64 = 8 << 20;

/// A text asset whose references are still to be rewritten.
pub(crate) struct TextAsset<'t> {
    pub(crate) id: AssetId,
    pub(crate) syntax: Syntax,
    /// The source's bytes.
    pub(crate) source: Cow<'t, [u8]>,
    /// The bytes after minifying, where that changed them.
    pub(crate) minified: Option<Vec<u8>>,
    pub(crate) references: References,
}

/// What a text asset refers to.
pub(crate) enum References {
    /// Places in its text.
    Spans(Vec<Edge>),
    /// Only the assets: with `--django-exact`, rewriting is Django's own way.
    Django {
        targets: BTreeSet<AssetId>,
        /// The conversion depends on nothing but the names of these.
        names_only: bool,
        /// What the conversion comes to, but for the digests, if that can be told.
        draft: Option<Draft>,
    },
}

impl TextAsset<'_> {
    /// The same, to be kept when the buffer that it was read into is used again.
    fn kept(self) -> TextAsset<'static> {
        TextAsset {
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

    /// Its conversion but for the digests, if there is one.
    pub(crate) fn draft(&self) -> Option<&Draft> {
        match &self.references {
            References::Django { draft, .. } => draft.as_ref(),
            References::Spans(_) => None,
        }
    }

    /// The same, to be used up.
    pub(crate) fn take_draft(&mut self) -> Option<Draft> {
        match &mut self.references {
            References::Django { draft, .. } => draft.take(),
            References::Spans(_) => None,
        }
    }

    /// The assets it refers to.
    pub(crate) fn targets(&self) -> impl Iterator<Item = AssetId> {
        let (spans, django) = match &self.references {
            References::Spans(edges) => (edges.as_slice(), None),
            References::Django { targets, .. } => (&[][..], Some(targets)),
        };
        spans
            .iter()
            .map(|edge| edge.target)
            .chain(django.into_iter().flatten().copied())
    }
}

/// What reading an asset came to.
pub(crate) enum ReadAsset<'t> {
    /// Nothing to rewrite: hashed and in place.
    Stored(Output),
    /// To be linked.
    Text(TextAsset<'t>),
    /// Its diagnostics say why it cannot be published.
    Failed,
}

/// How assets are read.
pub(crate) struct Reader<'a> {
    pub(crate) plan: &'a Plan,
    pub(crate) store: Store<'a>,
    pub(crate) cache: Option<&'a Cache>,
    pub(crate) options: &'a Options,
    pub(crate) targets: Option<&'a Targets>,
    pub(crate) exact: Option<&'a Exact<'a>>,
    pub(crate) missing: Missing,
    pub(crate) last_names: LastNames,
}

impl Reader<'_> {
    /// Reads one asset into `buffer`, noting what is to be said about it.
    pub(crate) fn read<'t>(
        &self,
        id: AssetId,
        buffer: &'t mut Vec<u8>,
        diagnostics: &mut Notes,
    ) -> Result<ReadAsset<'t>, Error> {
        let asset = &self.plan.assets[id];
        match &asset.carried {
            Some(hashed) => {
                if !self.read_carried(id, hashed, buffer)? {
                    return self.carried(asset, hashed, diagnostics);
                }
            }
            None if asset.syntax == Syntax::Opaque && asset.source.length > STREAMED => {
                return self.stream(asset, diagnostics);
            }
            None => asset.source.read_into(buffer)?,
        }
        match (asset.syntax, self.exact) {
            (Syntax::Opaque, _) => self.finish(asset, buffer, None, diagnostics),
            (_, Some(exact)) => self.read_django(exact, id, buffer, diagnostics),
            (_, None) => self.read_text(id, buffer, diagnostics),
        }
    }

    /// The default mode: minify, then read and resolve what the standards call a reference.
    fn read_text<'t>(
        &self,
        id: AssetId,
        source: &'t [u8],
        diagnostics: &mut Notes,
    ) -> Result<ReadAsset<'t>, Error> {
        let asset = &self.plan.assets[id];
        let name = &asset.source.logical;
        let minified = match asset.syntax {
            Syntax::Css if asset.carried.is_none() => self.minified(name, source, diagnostics),
            _ => None,
        };
        let mut text = TextAsset {
            id,
            syntax: asset.syntax,
            source: Cow::Borrowed(source),
            minified,
            references: References::Spans(Vec::new()),
        };
        let edges = self.resolve(name, &text, diagnostics);
        if edges.is_empty() {
            let plain = text.minified.is_some().then_some(source);
            return self.finish(asset, text.text(), plain, diagnostics);
        }
        text.references = References::Spans(edges);
        Ok(ReadAsset::Text(text))
    }

    /// Stage 3, from the cache where it has it. What there is something to be said about is not kept.
    fn minified(
        &self,
        name: &LogicalPath,
        source: &[u8],
        diagnostics: &mut Notes,
    ) -> Option<Vec<u8>> {
        let mode = self.options.minify;
        let cache = self.cache.filter(|_| mode != Minify::Off);
        let targets = self.options.targets.as_deref().unwrap_or("");
        let job = format!("minify {mode:?} {targets}");
        let key = cache.map(|_| Key::new(&job, Content::of(source).key));
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
        let Transformed { bytes, notes } = transform_css(name, source, mode, self.targets);
        if let (Some(cache), Some(key), true) = (cache, key, notes.is_empty()) {
            cache.put(key, bytes.as_deref());
        }
        diagnostics.extend(notes);
        bytes
    }

    /// Stages 4 and 5.
    fn resolve(
        &self,
        name: &LogicalPath,
        text: &TextAsset<'_>,
        diagnostics: &mut Notes,
    ) -> Vec<Edge> {
        let mut found_edges = Vec::new();
        let Scan {
            references: found,
            not_parsed,
        } = text.syntax.scan(text.text());
        diagnostics.extend(not_parsed.map(|why| why.diagnostic(name, text.text())));
        let mut places = Places::new(text, &found);
        let space = UrlSpace {
            catalog: &self.plan.catalog,
            static_url: &self.options.static_url,
        };
        for (index, resolved) in edges(&found, text.text(), space, name).enumerate() {
            let Resolved {
                kind, url, target, ..
            } = &resolved;
            if let Some(problem) = self.missing.diagnose(*kind, name, url, target) {
                diagnostics.diagnosed(problem, || places.of(index));
            }
            let edge = resolved.edge;
            found_edges.extend(edge.filter(|edge| !self.plan.assets[edge.target].prehashed));
        }
        found_edges
    }

    /// The name of an asset's hashed file.
    pub(crate) fn hashed_name(
        &self,
        asset: &PlannedAsset,
        digest: &str,
    ) -> Result<String, Box<Diagnostic>> {
        let name = &asset.source.logical;
        match self.exact {
            _ if asset.prehashed => Ok(asset.plain.as_str().to_owned()),
            None => Ok(name.with_digest(digest).as_str().to_owned()),
            Some(exact) => exact
                .hashed_name(name.as_str(), digest)
                .map_err(|failure| Box::new(django_diagnostic(name, &failure))),
        }
    }

    /// Hashes and stores an asset that needs no rewriting.
    fn finish<'t>(
        &self,
        asset: &PlannedAsset,
        bytes: &[u8],
        plain: Option<&[u8]>,
        diagnostics: &mut Notes,
    ) -> Result<ReadAsset<'t>, Error> {
        let hash = self.store.hash(bytes);
        match self.hashed_name(asset, &hash.0) {
            Ok(hashed) => self
                .store
                .store(asset, hashed, hash, bytes, plain)
                .map(ReadAsset::Stored),
            Err(diagnostic) => {
                diagnostics.push(*diagnostic);
                Ok(ReadAsset::Failed)
            }
        }
    }
}

/// What reading all assets came to.
pub(crate) struct Reading {
    /// The texts that are still to be linked, as they were found.
    pub(crate) texts: Vec<TextAsset<'static>>,
    /// References rewritten in those that could be linked at once.
    pub(crate) references: usize,
}

/// Reads all assets: first what refers to nothing, then the texts, each the largest first. `link` links a text whose
/// targets are all done, as most are by then, so that few are held in memory for the next stage.
pub(crate) fn read(
    reader: &Reader<'_>,
    outputs: &Outputs,
    link: impl Fn(&mut TextAsset<'_>) -> Result<Option<(Output, usize)>, Error> + Sync,
    diagnostics: &mut Vec<Diagnostic>,
) -> Result<Reading, Error> {
    let assets = &reader.plan.assets;
    let mut order: Vec<AssetId> = (0..assets.len()).collect();
    order.sort_by_key(|id| {
        let asset = &assets[*id];
        (asset.syntax != Syntax::Opaque, Reverse(asset.source.length))
    });
    let mut read = map_in_order(&order, |id| {
        let mut notes = Notes::default();
        let mut references = 0;
        let mut text = None;
        let output = with_buffer(|buffer| match reader.read(*id, buffer, &mut notes)? {
            ReadAsset::Stored(output) => Ok(Some(output)),
            ReadAsset::Text(mut read) => {
                let linked = link(&mut read)?;
                if linked.is_none() {
                    text = Some(read.kept());
                }
                Ok(linked.map(|(output, rewritten)| {
                    references = rewritten;
                    output
                }))
            }
            ReadAsset::Failed => Ok(None),
        })?;
        notes.set_file(|| assets[*id].source.path.display().to_string());
        if let Some(output) = output {
            let _ = outputs[*id].set(output); // each is read once
        }
        Ok((*id, text, references, notes))
    })?;
    read.sort_by_key(|(id, ..)| assets[*id].source.order);
    let mut reading = Reading {
        texts: Vec::new(),
        references: 0,
    };
    let mut noted = Vec::new();
    for (id, text, references, notes) in read {
        reading.texts.extend(text);
        reading.references += references;
        if !notes.is_empty() {
            noted.push((id, notes));
        }
    }
    if reader.exact.is_some() {
        // Django stops at the first: that must be among those that are kept.
        noted.sort_by_key(|(id, _)| Reverse(django::level(assets[*id].source.logical.as_str())));
    } else {
        noted.sort_by_key(|(id, _)| *id);
    }
    let noted = noted.into_iter().map(|(_, notes)| notes);
    diagnostics.extend(notes::of_files(noted, &reader.plan.catalog));
    Ok(reading)
}
