//! Stages 3 to 5 for one asset at a time: reads its source file, once; transforms it; reads its references; resolves
//! them. An asset that refers to nothing is finished here: its hashed file is written while its bytes are at hand, so
//! that only the few that must wait for others are held in memory.

use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::fs::File;
use std::io::Read;
use std::ops::Range;
use std::sync::OnceLock;

use crate::cache::{Cache, Entry, Key};
use crate::diagnostic::{Code, Diagnostic, Location, Severity};
use crate::digest::{Content, ContentHasher};
use crate::django::{Exact, Failure, decode_error};
use crate::error::Error;
use crate::logical_path::{LogicalPath, stem_length};
use crate::missing::{self, Missing};
use crate::options::{Minify, Options};
use crate::output::{Output, Plain, Store};
use crate::parallel::map_in_order;
use crate::plan::{AssetId, AssetKind, Plan, PlannedAsset};
use crate::reference::{Reference, references};
use crate::resolve::{self, Target};
use crate::static_root::{CHUNK, Written};
use crate::transform::{Targets, Transformed, transform_css};
use crate::walk::SourceFile;

/// Opaque files above this size (bytes) are streamed.
const STREAMED: u64 = 8 << 20;

/// A text asset whose references are still to be rewritten.
pub(crate) struct TextAsset {
    pub(crate) id: AssetId,
    pub(crate) kind: AssetKind,
    /// The source's bytes.
    pub(crate) source: Vec<u8>,
    /// The bytes after minifying, where that changed them.
    pub(crate) minified: Option<Vec<u8>>,
    pub(crate) references: References,
}

/// What a text asset refers to.
pub(crate) enum References {
    /// Places in its text.
    Spans(Vec<Edge>),
    /// Only the assets: with `--django-exact`, rewriting is Django's own way.
    Django(BTreeSet<AssetId>),
}

/// A reference that leads to an asset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Edge {
    pub(crate) target: AssetId,
    /// The URL's path in the text.
    pub(crate) path: Range<usize>,
    /// Where the digest goes.
    pub(crate) digest_at: usize,
}

impl TextAsset {
    /// The bytes that references are read from and rewritten in.
    pub(crate) fn text(&self) -> &[u8] {
        self.minified.as_deref().unwrap_or(&self.source)
    }

    /// The assets it refers to.
    pub(crate) fn targets(&self) -> impl Iterator<Item = AssetId> {
        let (spans, django) = match &self.references {
            References::Spans(edges) => (edges.as_slice(), None),
            References::Django(targets) => (&[][..], Some(targets)),
        };
        spans
            .iter()
            .map(|edge| edge.target)
            .chain(django.into_iter().flatten().copied())
    }
}

/// What reading an asset came to.
pub(crate) enum ReadAsset {
    /// Nothing to rewrite: hashed and in place.
    Stored(Output),
    /// To be linked.
    Text(TextAsset),
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
}

impl Reader<'_> {
    /// Reads one asset, noting what is to be said about it.
    pub(crate) fn read(
        &self,
        id: AssetId,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Result<ReadAsset, Error> {
        let asset = &self.plan.assets[id];
        if let Some(hashed) = &asset.carried {
            return self.carried(asset, hashed.as_str()).map(ReadAsset::Stored);
        }
        if asset.kind == AssetKind::Opaque && asset.source.length > STREAMED {
            return self.stream(asset, diagnostics);
        }
        let source = read_whole(&asset.source)?;
        match (asset.kind, self.exact) {
            (AssetKind::Opaque, _) => self.finish(asset, &source, None, diagnostics),
            (_, Some(exact)) => self.read_django(exact, id, source, diagnostics),
            (_, None) => self.read_text(id, source, diagnostics),
        }
    }

    /// The default mode: minify, then read and resolve what the standards call a reference.
    fn read_text(
        &self,
        id: AssetId,
        source: Vec<u8>,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Result<ReadAsset, Error> {
        let asset = &self.plan.assets[id];
        let name = &asset.source.logical;
        let minified = match asset.kind {
            AssetKind::Css => self.minified(name, &source, diagnostics),
            AssetKind::Js | AssetKind::Opaque => None,
        };
        let mut text = TextAsset {
            id,
            kind: asset.kind,
            source,
            minified,
            references: References::Spans(Vec::new()),
        };
        let edges = self.resolve(name, &text, diagnostics);
        if edges.is_empty() {
            let plain = text.minified.is_some().then_some(&*text.source);
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
        diagnostics: &mut Vec<Diagnostic>,
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
        text: &TextAsset,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Vec<Edge> {
        let mut edges = Vec::new();
        let found = references(text.kind, text.text());
        for (index, reference) in found.iter().enumerate() {
            let url = reference.url(text.text());
            let raw = |at| reference.span.start + url.raw_offset(at);
            let target = resolve::resolve(self.plan, &self.options.static_url, name, &url.text);
            let problem =
                self.missing
                    .diagnose(self.plan, reference.kind, name, &url.text, &target);
            if let Target::Asset {
                id,
                path,
                digest_at,
            } = target
            {
                edges.push(Edge {
                    target: id,
                    path: raw(path.start)..raw(path.end),
                    digest_at: raw(digest_at),
                });
            }
            if let Some(diagnostic) = problem {
                let place = source_offset(text, &found, index);
                diagnostics.push(match place {
                    Some(offset) => diagnostic.at(Location::of(&text.source, offset)),
                    None => diagnostic,
                });
            }
        }
        edges
    }

    /// `--django-exact`: reads what Django would rewrite.
    fn read_django(
        &self,
        exact: &Exact<'_>,
        id: AssetId,
        source: Vec<u8>,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Result<ReadAsset, Error> {
        let asset = &self.plan.assets[id];
        let name = &asset.source.logical;
        let text = match std::str::from_utf8(&source) {
            Ok(text) => text,
            Err(error) => {
                let failure = Failure {
                    offset: Some(error.valid_up_to()),
                    ..Failure::value_error(decode_error(&source, error))
                };
                diagnostics.push(django_diagnostic(name, &source, &failure));
                return Ok(ReadAsset::Failed);
            }
        };
        let (targets, converted) = exact.scan(id, asset.kind, text);
        let (failed, notes) = self.django_failures(name, &source, &converted.failures);
        diagnostics.extend(notes);
        if failed {
            return Ok(ReadAsset::Failed);
        }
        if converted.text.is_none() {
            return self.finish(asset, &source, None, diagnostics);
        }
        Ok(ReadAsset::Text(TextAsset {
            id,
            kind: asset.kind,
            source,
            minified: None,
            references: References::Django(targets),
        }))
    }

    /// What is to be said of references that Django fails at, and whether that is an error: `--ignore-errors` may cover
    /// all of them. Such references are left as they are.
    pub(crate) fn django_failures(
        &self,
        name: &LogicalPath,
        source: &[u8],
        failures: &[Failure],
    ) -> (bool, Vec<Diagnostic>) {
        let mut failed = false;
        let told = failures.iter().map(|failure| match &failure.url {
            Some(url) if failure.introduced && self.missing.is_ignored(name, url) => {
                let note = missing::ignored(name, url);
                match failure.offset {
                    Some(offset) => note.at(Location::of(source, offset)),
                    None => note,
                }
            }
            _ => {
                failed = true;
                django_diagnostic(name, source, failure)
            }
        });
        let told = told.collect();
        (failed, told)
    }

    /// The name of an asset's hashed file.
    pub(crate) fn hashed_name(
        &self,
        asset: &PlannedAsset,
        digest: &str,
    ) -> Result<String, Box<Diagnostic>> {
        let name = &asset.source.logical;
        match self.exact {
            None => Ok(name.with_digest(digest).as_str().to_owned()),
            Some(exact) => exact
                .hashed_name(name.as_str(), digest)
                .map_err(|failure| Box::new(django_diagnostic(name, b"", &failure))),
        }
    }

    /// Hashes and stores an asset that needs no rewriting.
    fn finish(
        &self,
        asset: &PlannedAsset,
        bytes: &[u8],
        plain: Option<&[u8]>,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Result<ReadAsset, Error> {
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

    /// Hashes and writes a large file in one go, without holding it.
    fn stream(
        &self,
        asset: &PlannedAsset,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Result<ReadAsset, Error> {
        let path = &asset.source.path;
        let root = self.store.root;
        let mut file = File::open(path).map_err(Error::io("read", path))?;
        let mut writer = root.writer(asset.plain.as_str())?;
        let mut hasher = ContentHasher::new(self.store.hash);
        let mut buffer = vec![0; CHUNK];
        loop {
            let count = file.read(&mut buffer).map_err(Error::io("read", path))?;
            if count == 0 {
                break;
            }
            hasher.update(&buffer[..count]);
            writer.write(&buffer[..count])?;
        }
        let (digest, content) = hasher.finish();
        let digest = digest.hex(self.store.hash_length);
        let hashed = match self.hashed_name(asset, &digest) {
            Ok(hashed) => hashed,
            Err(diagnostic) => {
                writer.discard();
                diagnostics.push(*diagnostic);
                return Ok(ReadAsset::Failed);
            }
        };
        let modified = asset.source.modified;
        let written = if root.has_content(&hashed, content, modified)? {
            writer.discard();
            Written::Unchanged
        } else {
            root.publish(writer.finish(modified)?, &hashed)?;
            Written::New
        };
        let plain = self.store.twin(asset, &hashed, content, written, || {
            root.has_content(asset.plain.as_str(), content, modified)
        })?;
        Ok(ReadAsset::Stored(Output {
            hashed,
            digest,
            content,
            written,
            plain,
            modified,
        }))
    }

    /// An asset whose plain file an earlier in-place run removed.
    fn carried(&self, asset: &PlannedAsset, hashed: &str) -> Result<Output, Error> {
        Ok(Output {
            digest: digest_in_name(asset.source.logical.as_str(), hashed)
                .unwrap_or_default()
                .to_owned(),
            content: self.store.root.content(hashed)?,
            hashed: hashed.to_owned(),
            written: Written::Unchanged,
            plain: Plain::None,
            modified: asset.source.modified,
        })
    }
}

/// Reads all assets, the largest first. Returns the texts that are to be linked, and the outputs of all others.
pub(crate) fn read(
    reader: &Reader<'_>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Result<(Vec<TextAsset>, Vec<OnceLock<Output>>), Error> {
    let assets = &reader.plan.assets;
    let mut order: Vec<AssetId> = (0..assets.len()).collect();
    order.sort_by_key(|id| Reverse(assets[*id].source.length));
    let mut read = map_in_order(&order, |id| {
        let mut notes = Vec::new();
        let read = reader.read(*id, &mut notes)?;
        for note in &mut notes {
            note.file = Some(assets[*id].source.path.display().to_string());
        }
        Ok((*id, read, notes))
    })?;
    read.sort_by_key(|(id, ..)| assets[*id].source.order);
    let mut texts = Vec::new();
    let mut outputs: Vec<OnceLock<Output>> = Vec::new();
    outputs.resize_with(assets.len(), OnceLock::new);
    for (id, asset, notes) in read {
        diagnostics.extend(notes);
        match asset {
            ReadAsset::Stored(output) => drop(outputs[id].set(output)),
            ReadAsset::Text(text) => texts.push(text),
            ReadAsset::Failed => {}
        }
    }
    Ok((texts, outputs))
}

/// What stands between the stem and the extension of `logical` in `hashed`.
pub(crate) fn digest_in_name<'h>(logical: &str, hashed: &'h str) -> Option<&'h str> {
    let file_name = logical.rsplit('/').next().unwrap_or(logical);
    let extension = file_name.len() - stem_length(file_name);
    let (stem, extension) = logical.split_at(logical.len() - extension);
    hashed
        .strip_prefix(stem)?
        .strip_prefix('.')?
        .strip_suffix(extension)
}

/// Where the reference `found[index]` stands in the source: the same occurrence of the same URL. Minifying may have
/// moved it, or (in `full`) dropped others.
fn source_offset(text: &TextAsset, found: &[Reference], index: usize) -> Option<usize> {
    if text.minified.is_none() {
        return Some(found[index].span.start);
    }
    let url = found[index].url(text.text());
    let same = |reference: &&Reference| reference.url(text.text()).text == url.text;
    let occurrence = found[..index].iter().filter(same).count();
    references(text.kind, &text.source)
        .iter()
        .filter(|reference| reference.url(&text.source).text == url.text)
        .nth(occurrence)
        .map(|reference| reference.span.start)
}

fn django_diagnostic(name: &LogicalPath, source: &[u8], failure: &Failure) -> Diagnostic {
    let code = if failure.introduced {
        Code::DjangoFailure
    } else {
        Code::OutsideStaticRoot
    };
    let diagnostic = Diagnostic::new(
        Severity::Error,
        code,
        name.as_str(),
        failure.message.clone(),
    );
    match failure.offset {
        Some(offset) => diagnostic.at(Location::of(source, offset)),
        None => diagnostic,
    }
}

pub(crate) fn read_whole(source: &SourceFile) -> Result<Vec<u8>, Error> {
    let path = &source.path;
    let mut file = File::open(path).map_err(Error::io("read", path))?;
    // One byte more than expected, so that reading to the end needs no second allocation.
    let capacity = usize::try_from(source.length).unwrap_or(0) + 1;
    let mut bytes = Vec::with_capacity(capacity.min(1 << 30));
    file.read_to_end(&mut bytes)
        .map_err(Error::io("read", path))?;
    Ok(bytes)
}
