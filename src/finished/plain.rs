//! Checks whether a plain copy is the source that a hashed file was made from. The plain bytes are transformed and
//! linked again, with the digests that the manifest names: with the options in the record of the build, else in every
//! way that a build could have done it.

use std::borrow::Cow;
use std::path::Path;

use super::{Entry, FinishedRoot};
use crate::django::{Disk, Exact, Names, StaticName};
use crate::error::Error;
use crate::name::catalog::{AssetId, Catalog, Named, Naming};
use crate::name::digest::Digest;
use crate::options::{DjangoVersion, HashAlgorithm, Minify};
use crate::platform::regular_file;
use crate::text::Syntax;
use crate::text::css::{Targets, transform_css};
use crate::text::edges::{edges, splice};
use crate::text::resolve::UrlSpace;

/// The assets by their logical paths, as the build saw them.
pub(super) struct Sources<'r> {
    root: &'r FinishedRoot,
    catalog: Catalog,
}

impl<'r> Sources<'r> {
    pub(super) fn new(root: &'r FinishedRoot) -> Self {
        let named = root.entries.iter().enumerate().map(|(order, entry)| Named {
            name: entry.logical.clone(),
            path: root.dir.join(entry.logical.as_str()),
            length: 0,
            naming: Naming::Digest,
            order,
        });
        Self {
            root,
            catalog: Catalog::new(named.collect()),
        }
    }

    /// Whether a build makes `hashed` from the plain bytes `source`.
    pub(super) fn gives(
        &self,
        entry: &Entry,
        syntax: Syntax,
        source: &[u8],
        hashed: &[u8],
    ) -> Result<bool, Error> {
        if let Some(options) = &self.root.options {
            let targets = options.minify.targets.as_deref().map(Targets::parse);
            let targets = targets.and_then(Result::ok);
            let text = minified(entry, syntax, source, options.minify.mode, targets.as_ref());
            return Ok(self.linked(entry, syntax, &text)? == hashed);
        }
        // Without recorded options, the build had the defaults, or it was another program or an old version.
        let ways: &[(Syntax, Minify)] = if syntax == Syntax::Css {
            &[
                (syntax, Minify::Safe),
                (syntax, Minify::Off),
                (syntax, Minify::Full),
            ]
        } else if matches!(syntax, Syntax::Script | Syntax::Module) {
            &[(Syntax::Script, Minify::Off), (Syntax::Module, Minify::Off)]
        } else {
            &[(syntax, Minify::Off)]
        };
        for (syntax, mode) in ways {
            let text = minified(entry, *syntax, source, *mode, None);
            if self.linked(entry, *syntax, &text)? == hashed {
                return Ok(true);
            }
        }
        Ok(self.django_gives(entry, syntax, source, hashed))
    }

    /// The text with digests in its references, by the rules of the default mode.
    fn linked(&self, entry: &Entry, syntax: Syntax, text: &[u8]) -> Result<Vec<u8>, Error> {
        let references = syntax.references(text);
        let space = UrlSpace {
            catalog: &self.catalog,
            static_url: &self.root.static_url,
            uses: self.root.uses(&references)?,
        };
        let edits = edges(&references, text, space, &entry.logical).filter_map(|found| {
            let edge = found.edge?;
            let target = self.catalog.name(edge.target).as_str();
            let digest = self.root.entry(target)?.digest()?;
            Some((edge.digest_at..edge.digest_at, format!(".{digest}")))
        });
        Ok(splice(text, edits))
    }

    fn django_gives(&self, entry: &Entry, syntax: Syntax, source: &[u8], hashed: &[u8]) -> bool {
        let Ok(text) = std::str::from_utf8(source) else {
            return false;
        };
        let Some(id) = self.catalog.find(entry.logical.as_str()) else {
            return false;
        };
        DjangoVersion::ALL.iter().any(|version| {
            [false, true].into_iter().any(|js_modules| {
                let exact = Exact {
                    version: *version,
                    js_modules,
                    static_url: &self.root.references.static_url,
                    static_root: &self.root.dir,
                    catalog: &self.catalog,
                    disk: self,
                    ignored: crate::text::missing::IgnoredErrors::default(),
                    odd: std::sync::OnceLock::new(),
                };
                let converted = exact.convert(id, syntax, text, self);
                let bytes = converted.text.as_deref().unwrap_or(text).as_bytes();
                // A reference that a build has let pass is left as it is. The references of both files are reported by
                // themselves.
                let mut failures = converted.failures.iter();
                failures.all(|failure| failure.introduced) && bytes == hashed
            })
        })
    }

    /// The MD5 of a file, in the 12 digits of Django's names.
    fn md5(&self, name: &str) -> Option<String> {
        let id = self.root.files.find(name)?;
        let bytes = self.root.read(id).ok()?;
        Some(Digest::of(HashAlgorithm::Md5, &bytes).hex(12))
    }
}

/// The text in which a build rewrites references.
fn minified<'s>(
    entry: &Entry,
    syntax: Syntax,
    source: &'s [u8],
    mode: Minify,
    targets: Option<&Targets>,
) -> Cow<'s, [u8]> {
    if syntax != Syntax::Css {
        return source.into();
    }
    let transformed = transform_css(&entry.logical, source, mode, targets);
    transformed.bytes.map_or(source.into(), Cow::Owned)
}

impl Names for Sources<'_> {
    fn hashed(&self, id: AssetId) -> String {
        let name = self.catalog.name(id).as_str();
        self.root
            .entry(name)
            .map_or(name, |entry| entry.hashed.as_str())
            .to_owned()
    }

    fn is_hashed_yet(&self, _: AssetId) -> bool {
        true
    }

    fn plain_digest(&self, id: AssetId) -> String {
        self.md5(self.catalog.name(id).as_str()).unwrap_or_default()
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

    fn source_digest(&self, file: &Path) -> Option<String> {
        let bytes = regular_file::read(file).ok()?;
        Some(Digest::of(HashAlgorithm::Md5, &bytes).hex(12))
    }
}
