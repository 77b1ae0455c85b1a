//! Stages 3 to 5 for one asset at a time: reads its source file, once; transforms it; reads its references; resolves
//! them. An asset that refers to nothing is finished here: its hashed file is written while its bytes are at hand, so
//! that only the few that must wait for others are held in memory.

use std::borrow::Cow;
use std::cell::Cell;
use std::cmp::Reverse;
use std::collections::{BTreeSet, HashMap, VecDeque};
use std::fs::File;
use std::io::Read as _;
use std::ops::Range;

use rustix::buffer::spare_capacity;

use crate::cache::{Cache, Entry, Key};
use crate::diagnostic::{Code, Diagnostic, Location, Locator, Severity};
use crate::digest::{Content, ContentHasher};
use crate::django::{Exact, Failure, decode_error};
use crate::error::Error;
use crate::logical_path::{LogicalPath, stem_length};
use crate::missing::{self, Missing};
use crate::options::{Minify, Options};
use crate::output::{Output, Outputs, Plain, Store};
use crate::parallel::map_in_order;
use crate::plan::{AssetId, AssetKind, Plan, PlannedAsset};
use crate::reference::{Reference, Scan, references, scan};
use crate::resolve::{self, Target};
use crate::static_root::{CHUNK, Written};
use crate::transform::{Targets, Transformed, transform_css};
use crate::walk::SourceFile;

/// Opaque files above this size (bytes) are streamed.
const STREAMED: u64 = 8 << 20;

/// A text asset whose references are still to be rewritten.
pub(crate) struct TextAsset<'t> {
    pub(crate) id: AssetId,
    pub(crate) kind: AssetKind,
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
    },
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

impl TextAsset<'_> {
    /// The same, to be kept when the buffer that it was read into is used again.
    fn kept(self) -> TextAsset<'static> {
        TextAsset {
            id: self.id,
            kind: self.kind,
            source: Cow::Owned(self.source.into_owned()),
            minified: self.minified,
            references: self.references,
        }
    }

    /// The bytes that references are read from and rewritten in.
    pub(crate) fn text(&self) -> &[u8] {
        self.minified.as_deref().unwrap_or(&self.source)
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
}

impl Reader<'_> {
    /// Reads one asset into `buffer`, noting what is to be said about it.
    pub(crate) fn read<'t>(
        &self,
        id: AssetId,
        buffer: &'t mut Vec<u8>,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Result<ReadAsset<'t>, Error> {
        let asset = &self.plan.assets[id];
        if let Some(hashed) = &asset.carried {
            return self.carried(asset, hashed.as_str()).map(ReadAsset::Stored);
        }
        if asset.kind == AssetKind::Opaque && asset.source.length > STREAMED {
            return self.stream(asset, diagnostics);
        }
        read_into(&asset.source, buffer)?;
        match (asset.kind, self.exact) {
            (AssetKind::Opaque, _) => self.finish(asset, buffer, None, diagnostics),
            (_, Some(exact)) => self.read_django(exact, id, buffer, diagnostics),
            (_, None) => self.read_text(id, buffer, diagnostics),
        }
    }

    /// The default mode: minify, then read and resolve what the standards call a reference.
    fn read_text<'t>(
        &self,
        id: AssetId,
        source: &'t [u8],
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Result<ReadAsset<'t>, Error> {
        let asset = &self.plan.assets[id];
        let name = &asset.source.logical;
        let minified = match asset.kind {
            AssetKind::Css => self.minified(name, source, diagnostics),
            AssetKind::Js | AssetKind::Module | AssetKind::Opaque => None,
        };
        let mut text = TextAsset {
            id,
            kind: asset.kind,
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
        text: &TextAsset<'_>,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Vec<Edge> {
        let mut edges = Vec::new();
        let Scan {
            references: found,
            not_parsed,
        } = scan(text.kind, text.text());
        diagnostics.extend(not_parsed.map(|why| why.diagnostic(name, text.text())));
        let mut places = Places::new(text, &found);
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
                && !self.plan.assets[id].prehashed
            {
                edges.push(Edge {
                    target: id,
                    path: raw(path.start)..raw(path.end),
                    digest_at: raw(digest_at),
                });
            }
            if let Some(diagnostic) = problem {
                diagnostics.push(match places.of(index) {
                    Some(location) => diagnostic.at(location),
                    None => diagnostic,
                });
            }
        }
        edges
    }

    /// `--django-exact`: reads what Django would rewrite.
    fn read_django<'t>(
        &self,
        exact: &Exact<'_>,
        id: AssetId,
        source: &'t [u8],
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Result<ReadAsset<'t>, Error> {
        let asset = &self.plan.assets[id];
        let name = &asset.source.logical;
        let text = match std::str::from_utf8(source) {
            Ok(text) => text,
            Err(error) => {
                let failure = Failure {
                    offset: Some(error.valid_up_to()),
                    ..Failure::value_error(decode_error(source, error))
                };
                diagnostics.push(django_diagnostic(name, source, &failure));
                return Ok(ReadAsset::Failed);
            }
        };
        let (targets, names_only, converted) = exact.scan(id, asset.kind, text);
        let (failed, notes) = self.django_failures(name, source, &converted.failures);
        diagnostics.extend(notes);
        if failed {
            return Ok(ReadAsset::Failed);
        }
        if converted.text.is_none() {
            return self.finish(asset, source, None, diagnostics);
        }
        Ok(ReadAsset::Text(TextAsset {
            id,
            kind: asset.kind,
            source: Cow::Borrowed(source),
            minified: None,
            references: References::Django {
                targets,
                names_only,
            },
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
            _ if asset.prehashed => Ok(asset.plain.as_str().to_owned()),
            None => Ok(name.with_digest(digest).as_str().to_owned()),
            Some(exact) => exact
                .hashed_name(name.as_str(), digest)
                .map_err(|failure| Box::new(django_diagnostic(name, b"", &failure))),
        }
    }

    /// Hashes and stores an asset that needs no rewriting.
    fn finish<'t>(
        &self,
        asset: &PlannedAsset,
        bytes: &[u8],
        plain: Option<&[u8]>,
        diagnostics: &mut Vec<Diagnostic>,
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

    /// Hashes and writes a large file in one go, without holding it.
    fn stream<'t>(
        &self,
        asset: &PlannedAsset,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Result<ReadAsset<'t>, Error> {
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
        let written = if let Some(id) = root.has_content(&hashed, content, modified)? {
            writer.discard();
            Written::Unchanged(id)
        } else {
            root.publish(writer.finish(modified)?, &hashed)?;
            Written::New
        };
        let plain = self.store.twin(asset, content, written, || {
            let plain = asset.plain.as_str();
            Ok(root.has_content(plain, content, modified)?.is_some())
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
        let (content, id) = self.store.root.content(hashed)?;
        Ok(Output {
            digest: digest_in_name(asset.source.logical.as_str(), hashed)
                .unwrap_or_default()
                .to_owned(),
            content,
            hashed: hashed.to_owned(),
            written: Written::Unchanged(id),
            plain: Plain::None,
            modified: asset.source.modified,
        })
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
    link: impl Fn(&TextAsset<'_>) -> Result<Option<(Output, usize)>, Error> + Sync,
    diagnostics: &mut Vec<Diagnostic>,
) -> Result<Reading, Error> {
    let assets = &reader.plan.assets;
    let mut order: Vec<AssetId> = (0..assets.len()).collect();
    order.sort_by_key(|id| {
        let asset = &assets[*id];
        (
            asset.kind != AssetKind::Opaque,
            Reverse(asset.source.length),
        )
    });
    let mut read = map_in_order(&order, |id| {
        let mut notes = Vec::new();
        let mut references = 0;
        let mut text = None;
        let output = with_buffer(|buffer| match reader.read(*id, buffer, &mut notes)? {
            ReadAsset::Stored(output) => Ok(Some(output)),
            ReadAsset::Text(read) => {
                let linked = link(&read)?;
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
        for note in &mut notes {
            note.file = Some(assets[*id].source.path.display().to_string());
        }
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
    for (_, text, references, notes) in read {
        diagnostics.extend(notes);
        reading.texts.extend(text);
        reading.references += references;
    }
    Ok(reading)
}

/// Lends this thread's buffer: a new one for every file costs page faults.
fn with_buffer<R>(work: impl FnOnce(&mut Vec<u8>) -> R) -> R {
    thread_local! {
        static BUFFER: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
    }
    let mut buffer = BUFFER.take();
    let result = work(&mut buffer);
    BUFFER.set(buffer);
    result
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

/// Where the references of a text stand in its source. Minifying may have moved them, or (in `full`) dropped some.
struct Places<'t> {
    text: &'t TextAsset<'t>,
    found: &'t [Reference],
    locator: Locator<'t>,
    /// For each of `found`, its offset in the source; made when it is first asked for.
    offsets: Option<Vec<Option<usize>>>,
}

impl<'t> Places<'t> {
    fn new(text: &'t TextAsset<'t>, found: &'t [Reference]) -> Self {
        Self {
            text,
            found,
            locator: Locator::new(&text.source),
            offsets: None,
        }
    }

    fn of(&mut self, index: usize) -> Option<Location> {
        let (text, found) = (self.text, self.found);
        let offsets = self
            .offsets
            .get_or_insert_with(|| source_offsets(text, found));
        offsets[index].map(|offset| self.locator.at(offset))
    }
}

/// The n-th occurrence of a URL in the text is its n-th in the source.
fn source_offsets(text: &TextAsset<'_>, found: &[Reference]) -> Vec<Option<usize>> {
    if text.minified.is_none() {
        return found.iter().map(|found| Some(found.span.start)).collect();
    }
    let mut in_source: HashMap<String, VecDeque<usize>> = HashMap::new();
    for reference in references(text.kind, &text.source) {
        let url = reference.url(&text.source).text.into_owned();
        let offsets = in_source.entry(url).or_default();
        offsets.push_back(reference.span.start);
    }
    found
        .iter()
        .map(|reference| {
            let url = reference.url(text.text());
            in_source.get_mut(&*url.text)?.pop_front()
        })
        .collect()
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
    let mut bytes = Vec::new();
    read_into(source, &mut bytes)?;
    Ok(bytes)
}

/// Reads a source file, all of it.
fn read_into(source: &SourceFile, bytes: &mut Vec<u8>) -> Result<(), Error> {
    let path = &source.path;
    let file = File::open(path).map_err(Error::io("read", path))?;
    bytes.clear();
    // One byte more than expected: a read that leaves it free has seen the end of the file.
    let expected = usize::try_from(source.length).unwrap_or(0);
    bytes.reserve(expected.min(1 << 30) + 1);
    loop {
        let room = bytes.capacity() - bytes.len();
        let count = rustix::io::retry_on_intr(|| rustix::io::read(&file, spare_capacity(bytes)))
            .map_err(|error| Error::io("read", path)(error.into()))?;
        if count == 0 || (count < room && bytes.len() == expected) {
            return Ok(());
        }
        if count == room {
            bytes.reserve(CHUNK);
        }
    }
}
