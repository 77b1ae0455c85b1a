//! Whether a plain copy is the source that a hashed file was made from. The plain bytes are transformed and linked
//! again, in every way that a build could have done it, with the digests that the manifest names.

use std::ops::Range;

use super::{Entry, FinishedRoot};
use crate::django::{Disk, Exact, Names, StaticName};
use crate::name::digest::Digest;
use crate::options::{DjangoVersion, HashAlgorithm, Minify};
use crate::pipeline::link::splice;
use crate::pipeline::plan::{AssetId, AssetKind, Plan};
use crate::pipeline::prepare::read_whole;
use crate::pipeline::walk::SourceFile;
use crate::text::css::transform_css;
use crate::text::references;
use crate::text::resolve::{Target, resolve};

/// The assets by their logical paths, as the build that made them saw them.
pub(super) struct Sources<'r> {
    root: &'r FinishedRoot,
    plan: Plan,
    static_url: &'r str,
}

impl<'r> Sources<'r> {
    pub(super) fn new(root: &'r FinishedRoot, static_url: &'r str) -> Self {
        let sources = root.entries.iter().enumerate().map(|(order, entry)| {
            let path = root.dir.join(entry.logical.as_str());
            SourceFile {
                logical: entry.logical.clone(),
                path,
                length: 0,
                modified: std::time::SystemTime::UNIX_EPOCH,
                stamp: None,
                leave_plain: false,
                order,
            }
        });
        Self {
            root,
            // Entries have different names; whatever is odd about them was told when the manifest was read.
            plan: Plan::of(sources.collect(), false), // kinds are told by who asks
            static_url,
        }
    }

    /// Whether a build makes `hashed` of the plain bytes `source`.
    pub(super) fn gives(
        &self,
        entry: &Entry,
        kind: AssetKind,
        source: &[u8],
        hashed: &[u8],
    ) -> bool {
        let ways: &[(AssetKind, Minify)] = match kind {
            AssetKind::Css => &[
                (kind, Minify::Safe),
                (kind, Minify::Off),
                (kind, Minify::Full),
            ],
            AssetKind::Js | AssetKind::Module => &[
                (AssetKind::Js, Minify::Off),
                (AssetKind::Module, Minify::Off),
            ],
            AssetKind::Opaque => return false,
        };
        ways.iter().any(|(kind, mode)| {
            let minified = (*mode != Minify::Off)
                .then(|| transform_css(&entry.logical, source, *mode, None).bytes)
                .flatten();
            let text = minified.as_deref().unwrap_or(source);
            self.linked(entry, *kind, text) == hashed
        }) || self.django_gives(entry, kind, source, hashed)
    }

    /// The default mode's references with the digests in them.
    fn linked(&self, entry: &Entry, kind: AssetKind, text: &[u8]) -> Vec<u8> {
        let edits: Vec<(Range<usize>, String)> = references(kind, text)
            .iter()
            .filter_map(|reference| {
                let url = reference.url(text);
                let Target::Asset { id, digest_at, .. } =
                    resolve(&self.plan, self.static_url, &entry.logical, &url.text)
                else {
                    return None;
                };
                let at = reference.span.start + url.raw_offset(digest_at);
                let digest = self.root.entry(self.plan.name(id).as_str())?.digest()?;
                Some((at..at, format!(".{digest}")))
            })
            .collect();
        splice(text, edits.into_iter())
    }

    fn django_gives(&self, entry: &Entry, kind: AssetKind, source: &[u8], hashed: &[u8]) -> bool {
        let Ok(text) = std::str::from_utf8(source) else {
            return false;
        };
        let Some(id) = self.plan.find(entry.logical.as_str()) else {
            return false;
        };
        DjangoVersion::ALL.iter().any(|version| {
            [false, true].into_iter().any(|js_modules| {
                let exact = Exact {
                    version: *version,
                    js_modules,
                    static_url: self.static_url,
                    static_root: &self.root.dir,
                    plan: &self.plan,
                    disk: self,
                    ignored: crate::text::missing::IgnoredErrors::default(),
                    odd: std::sync::OnceLock::new(),
                };
                let converted = exact.convert(id, kind, text, self);
                let bytes = converted.text.as_deref().unwrap_or(text).as_bytes();
                converted.failures.is_empty() && bytes == hashed
            })
        })
    }

    /// The MD5 of a file, as Django's names have it.
    fn md5(&self, name: &str) -> Option<String> {
        let id = self.root.files.find(name)?;
        let bytes = read_whole(&self.root.files.assets[id].source).ok()?;
        Some(Digest::of(HashAlgorithm::Md5, &bytes).hex(12))
    }
}

impl Names for Sources<'_> {
    fn hashed(&self, id: AssetId) -> String {
        let name = self.plan.name(id).as_str();
        self.root
            .entry(name)
            .map_or(name, |entry| entry.hashed.as_str())
            .to_owned()
    }

    fn is_hashed_yet(&self, _: AssetId) -> bool {
        true
    }

    fn plain_digest(&self, id: AssetId) -> String {
        self.md5(self.plan.name(id).as_str()).unwrap_or_default()
    }

    fn output_digest(&self, hashed: &str) -> Option<String> {
        self.md5(hashed)
    }
}

impl Disk for Sources<'_> {
    fn stale(&self, name: &str) -> StaticName {
        match self.md5(name) {
            Some(digest) => StaticName::File(digest),
            None if self.root.files.has_directory(name) => StaticName::Directory,
            None => StaticName::Missing,
        }
    }

    fn source_digest(&self, source: &SourceFile) -> Option<String> {
        self.md5(source.logical.as_str())
    }
}
