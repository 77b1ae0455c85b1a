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

use std::borrow::Cow;
use std::ops::Range;

use super::asset::{Planned, Stored};
use super::exact::exact;
use super::job::Job;
use super::plan::Inventory;
use super::store::Store;
use super::uses::Uses;
use crate::cache::{Entry, Key};
use crate::diagnostic::{Code, Diagnostic, Location, Locator, Severity};
use crate::django::Exact;
use crate::error::Error;
use crate::name::catalog::{AssetId, Naming};
use crate::name::digest::Content;
use crate::name::glob::Glob;
use crate::name::logical_path::{LONGEST_NAME, LogicalPath};
use crate::options::Minify;
use crate::text::css::uses::NO_USES;
use crate::text::css::utf16::as_utf8;
use crate::text::css::{Transformed, transform_css};
use crate::text::edges::{Edge, Resolved, edges};
use crate::text::missing::Missing;
use crate::text::notes::Notes;
use crate::text::own_name;
use crate::text::resolve::UrlSpace;
use crate::text::{Reference, Scan, Syntax, mentions, unread};
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

/// Whether an asset that is large is streamed. An unhashed one replaces a file that others read: it is staged.
fn is_streamed(asset: &Planned) -> bool {
    !asset.syntax.is_text() && !asset.is_unhashed()
}

/// The warning about a script that tests its own file name, and gets another one.
fn tests_own_name(asset: &Planned, text: &[u8]) -> Option<Diagnostic> {
    let is_script = matches!(asset.syntax, Syntax::Script | Syntax::Module);
    if !is_script || asset.naming.keeps_name() {
        return None;
    }
    let name = asset.name();
    let at = own_name::tested(text, name.file_name())?;
    let what = "tests its own file name, which has a digest in its hashed path: the script will not find itself";
    let help = format!(
        "--unhashed {name} keeps the name; with --keep-only-hashed, what it loads needs --keep-original"
    );
    let diagnostic = Diagnostic::new(Severity::Warning, Code::TestsOwnName, name.as_str(), what);
    Some(diagnostic.at(Location::of(text, at)).help(help))
}

/// Prepares assets.
pub(crate) struct Prepare<'a> {
    pub(super) job: &'a Job<'a>,
    pub(super) inventory: &'a Inventory,
    pub(super) store: Store<'a>,
    pub(super) exact: Option<Exact<'a>>,
    missing: Missing,
    last_names: LastNames,
    uses: Uses<'a>,
    keep_original: Vec<Glob>,
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
            uses: Uses::new(&inventory.catalog),
            keep_original: options
                .root
                .keep_original
                .iter()
                .map(|glob| Glob::new(glob))
                .collect(),
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
            None if asset.source.length > STREAMED && is_streamed(asset) => {
                return self.stream(asset, notes);
            }
            None => asset.source.read_into(buffer)?,
        }
        let text = Text::new(asset, buffer);
        notes.extend(tests_own_name(asset, &text.source).filter(|_| self.exact.is_none()));
        Ok(match &self.exact {
            _ if !asset.syntax.is_text() => {
                if self.exact.is_none() && asset.naming != Naming::Prehashed {
                    self.mentions(asset.name(), &text, &[], notes);
                }
                Prepared::Text(text)
            }
            Some(exact) => self.read_django(exact, asset, text, notes),
            None => Prepared::Text(self.read_text(asset, text, notes)?),
        })
    }

    /// The default mode: minifies, then reads and resolves what the standards call a reference.
    fn read_text<'t>(
        &self,
        asset: &Planned,
        mut text: Text<'t>,
        notes: &mut Notes,
    ) -> Result<Text<'t>, Error> {
        let name = asset.name();
        if asset.syntax == Syntax::Css && asset.carried.is_none() {
            text.minified = self.minified(name, &text.source, notes);
        }
        if matches!(asset.syntax, Syntax::Script | Syntax::Module) {
            notes.extend(not_read(name, &text.source));
        }
        let edges = self.resolve(name, &text, notes)?;
        if !edges.is_empty() {
            text.references = References::Spans(edges);
        }
        Ok(text)
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
    fn resolve(
        &self,
        name: &LogicalPath,
        text: &Text<'_>,
        notes: &mut Notes,
    ) -> Result<Vec<Edge>, Error> {
        let Scan {
            references,
            not_parsed,
            unread,
        } = text.syntax.scan(text.text());
        notes.extend(not_parsed.map(|why| why.diagnostic(name, text.text())));
        let source = match text.syntax {
            Syntax::Css => as_utf8(&text.source),
            _ => Cow::Borrowed(&*text.source),
        };
        let mut places = Places::new(text, &source, &references);
        let space = self.space(&references)?;
        let mut kept = Vec::new();
        for (index, found) in edges(&references, text.text(), space, name).enumerate() {
            let Resolved {
                kind, url, target, ..
            } = &found;
            if let Some(problem) = self.missing.diagnose(*kind, name, url, target) {
                notes.diagnosed(problem, || places.of(index));
            }
            let is_renamed = |edge: &Edge| !space.catalog.get(edge.target).naming.keeps_name();
            kept.extend(found.edge.filter(is_renamed));
        }
        let spans = references.iter().map(|reference| &reference.span);
        let spans = spans.chain(unread.iter().map(|unread| &unread.span));
        let mut read: Vec<_> = spans.cloned().collect();
        read.sort_unstable_by_key(|span| span.start);
        self.mentions(name, text, &read, notes);
        let mut locator = Locator::new(text.text());
        for unread in unread {
            let lacks_plain = |id| self.lacks_plain(id);
            let found = unread::diagnose(&unread, text.text(), space, name, lacks_plain);
            notes.extend(found.map(|found| found.at(locator.at(unread.span.start))));
        }
        Ok(kept)
    }

    /// Reports the assets that a text names where references are not read. `read`: the spans of those that are.
    fn mentions(
        &self,
        name: &LogicalPath,
        text: &Text<'_>,
        read: &[Range<usize>],
        notes: &mut Notes,
    ) {
        let Some(kind) = mentions::Kind::of(name, text.syntax) else {
            return;
        };
        let space = UrlSpace {
            catalog: &self.inventory.catalog,
            static_url: &self.job.static_url,
            uses: &NO_USES,
        };
        let lacks_plain = |id| self.lacks_plain(Some(id));
        let source = text.text();
        let mut locator = Locator::new(source);
        for (at, found) in mentions::diagnose(kind, source, space, name, read, lacks_plain) {
            notes.push(found.at(locator.at(at)));
        }
    }

    /// The space in which the references of a text are resolved.
    fn space(&self, references: &[Reference]) -> Result<UrlSpace<'_>, Error> {
        Ok(UrlSpace {
            catalog: &self.inventory.catalog,
            static_url: &self.job.static_url,
            uses: self.uses.of(references)?,
        })
    }

    /// Whether an asset has no plain copy; `None`: whether some have none.
    fn lacks_plain(&self, id: Option<AssetId>) -> bool {
        let is_kept = |id| {
            let named = self.inventory.catalog.get(id);
            let name = named.name.as_str();
            named.naming.keeps_name() || self.keep_original.iter().any(|glob| glob.matches(name))
        };
        self.job.options.root.keep_only_hashed && !id.is_some_and(is_kept)
    }

    /// The name of an asset's hashed file.
    pub(super) fn hashed_name(
        &self,
        asset: &Planned,
        digest: &str,
    ) -> Result<String, Box<Diagnostic>> {
        let name = asset.name();
        let hashed = match &self.exact {
            _ if asset.naming.keeps_name() => asset.plain.as_str().to_owned(),
            None => name.with_digest(digest).as_str().to_owned(),
            Some(exact) => exact
                .hashed_name(name.as_str(), digest)
                .map_err(|failure| Box::new(django_diagnostic(name, &failure)))?,
        };
        let length = hashed.rsplit('/').next().map_or(0, str::len);
        if length > LONGEST_NAME {
            let what = format!(
                "its hashed path would end in a name of {length} bytes, and file systems take {LONGEST_NAME}"
            );
            let error = Diagnostic::new(Severity::Error, Code::LongName, name.as_str(), what);
            return Err(Box::new(error.help("give the file a shorter name")));
        }
        Ok(hashed)
    }
}

/// The warning about a script in UTF-16. (Modules are UTF-8 to browsers, whatever they begin with.)
fn not_read(name: &LogicalPath, source: &[u8]) -> Option<Diagnostic> {
    let what = "in UTF-16: references in it are left as they are, and not looked at";
    matches!(as_utf8(source), Cow::Owned(_)).then(|| {
        Diagnostic::new(Severity::Warning, Code::NotUtf8, name.as_str(), what)
            .help("save it as UTF-8")
    })
}
