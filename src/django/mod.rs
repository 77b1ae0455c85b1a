//! `--django-exact`: what Django's `HashedFilesMixin` does, to the byte. Everything that is Django's way and not the
//! standards' way is in this module: its regular expressions ([`patterns`]), its URL arithmetic ([`python`] and
//! [`convert`]), its texts.
//!
//! What is not repeated is the multi-pass loop. Django rewrites every file again and again until no hash changes any
//! more. On an acyclic graph that ends where dependency order ends at once (`link.rs`); on a cycle it never ends, and
//! Django gives up with "Max post-process passes exceeded.", as we do. Only Django fails on long acyclic chains too.

mod convert;
mod draft;
mod failures;
mod lines;
mod next;
mod patterns;
mod python;

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::OnceLock;

pub(crate) use convert::StaticName;
pub(crate) use draft::Draft;
pub(crate) use failures::{Failure, Failures};
pub(crate) use python::{decode_error, unquote};

use crate::diagnostic::DjangoException;
use crate::name::catalog::{AssetId, Catalog, Naming};
use crate::name::logical_path::LogicalPath;
use crate::options::DjangoVersion;
use crate::text::Syntax;
use crate::text::missing::IgnoredErrors;
use convert::{Converter, Storage};

/// The storage's `%r` in Django's texts.
const STORAGE: &str = "<django.contrib.staticfiles.storage.ManifestStaticFilesStorage>";

/// What the exact mode must know of the build around it.
pub(crate) struct Exact<'a> {
    pub(crate) version: DjangoVersion,
    pub(crate) js_modules: bool,
    pub(crate) static_url: &'a str,
    /// The static root as Django's `safe_join` would name it.
    pub(crate) static_root: &'a Path,
    pub(crate) catalog: &'a Catalog,
    /// What already lies in the static root under a name that no asset has, Django takes for granted.
    pub(crate) disk: &'a (dyn Disk + Sync),
    /// Failures that end nothing.
    pub(crate) ignored: IgnoredErrors,
    /// See [`Exact::odd_names`].
    pub(crate) odd: OnceLock<Vec<AssetId>>,
}

/// What the exact mode asks of the file system.
pub(crate) trait Disk {
    /// What lay in the static root before this build.
    fn stale(&self, name: &str) -> StaticName;
    /// The MD5 (12 digits) of a source file.
    fn source_digest(&self, file: &Path) -> Option<String>;
}

/// What one conversion of a file made of it.
pub(crate) struct Converted {
    /// `None`: unchanged.
    pub(crate) text: Option<String>,
    /// References that were replaced.
    pub(crate) replaced: usize,
    /// The places in the text where a dry conversion has put zeros for the digests of assets, ascending, if all are known.
    digests: Option<Vec<(usize, AssetId)>>,
    pub(crate) failures: Failures,
}

/// What a dry conversion has found.
pub(crate) struct Scanned {
    /// The assets that the text refers to.
    pub(crate) targets: BTreeSet<AssetId>,
    /// Its conversion depends on nothing but their names.
    pub(crate) names_only: bool,
    pub(crate) converted: Converted,
}

impl Scanned {
    /// The true conversion but for the digests, if it can be told from the dry one.
    pub(crate) fn draft(self, catalog: &Catalog) -> Option<Draft> {
        let has_digest = |id: &AssetId| catalog.get(*id).naming == Naming::Digest;
        let Converted {
            text,
            replaced,
            digests,
            failures,
        } = self.converted;
        if !self.names_only || !failures.is_empty() || !self.targets.iter().all(has_digest) {
            return None;
        }
        Some(Draft::new(text?, digests?, replaced))
    }
}

/// What is known of the assets while they are linked.
pub(crate) trait Names {
    /// Django's `hashed_files[name]`: the asset's hashed name.
    fn hashed(&self, id: AssetId) -> String;
    /// Whether `hashed_files` has the asset the first time that Django comes to ask.
    fn is_hashed_yet(&self, id: AssetId) -> bool;
    /// The MD5 (12 digits) of the asset's bytes before any rewriting.
    fn plain_digest(&self, id: AssetId) -> String;
    /// The MD5 (12 digits) of an output that is written under this hashed name.
    fn output_digest(&self, hashed: &str) -> Option<String>;
}

impl Exact<'_> {
    /// The name that Django gives an asset with this digest (`HashedFilesMixin.hashed_name`, then `_save`, which
    /// normalizes): the path on disk. Names with `%`, `?`, `#`, `:` or outer white space come out oddly.
    pub(crate) fn hashed_name(&self, name: &str, digest: &str) -> Result<String, Failure> {
        let hashed = convert::name_with_digest(self.version, name, digest)?;
        self.inside(&hashed)
    }

    /// A dry conversion: which assets this text refers to, whether that is all that its conversion depends on, and what
    /// is wrong with it.
    pub(crate) fn scan(&self, id: AssetId, kind: Syntax, text: &str) -> Scanned {
        let mut recorder = Recorder {
            exact: self,
            id,
            seen: RefCell::default(),
            asked_more: Cell::new(false),
            true_digests: false,
            read: RefCell::default(),
        };
        let mut converted = self.convert(id, kind, text, &recorder);
        if converted
            .failures
            .iter()
            .any(|f| f.text().contains(NO_DIGEST))
        {
            // Only the text of a failure can show what digests there are in the first pass.
            recorder.true_digests = true;
            converted = self.convert(id, kind, text, &recorder);
        }
        let names_only = !recorder.asked_more.get();
        Scanned {
            targets: recorder.seen.into_inner(),
            names_only,
            converted,
        }
    }

    /// The conversion of a text whose referenced assets are all linked.
    pub(crate) fn convert(
        &self,
        id: AssetId,
        kind: Syntax,
        text: &str,
        names: &dyn Names,
    ) -> Converted {
        Converter {
            version: self.version,
            static_url: self.static_url,
            name: self.catalog.name(id).as_str(),
            storage: &AssetStorage { exact: self, names },
            ignored: &self.ignored,
        }
        .convert(patterns::Pattern::of(kind, self.js_modules), text)
    }

    /// The assets whose output may have another name than that with a digest in it. All that resolves to nothing is
    /// compared with each of them.
    fn odd_names(&self) -> &[AssetId] {
        self.odd.get_or_init(|| {
            let ids = 0..self.catalog.len();
            ids.filter(|id| {
                let name = self.catalog.name(*id).as_str();
                name.contains(['%', '?', '#', ':', ';', ' '])
            })
            .collect()
        })
    }

    /// `safe_join(STATIC_ROOT, name)`, relative to the static root again.
    fn inside(&self, name: &str) -> Result<String, Failure> {
        let joined = python::join("/r", name);
        let normal = python::normpath(&joined);
        if normal == "/r" {
            return Ok(String::new());
        }
        if let Some(inside) = normal.strip_prefix("/r/") {
            return Ok(inside.to_owned());
        }
        let root = self.static_root.display();
        let full = python::normpath(&python::join(&root.to_string(), name));
        Err(Failure::fatal(
            DjangoException::SuspiciousFileOperation,
            format!(
                "The joined path ({full}) is located outside of the base path component ({root})"
            ),
        ))
    }
}

/// A key or value of the manifest: `HashedFilesMixin.clean_name`.
pub(crate) fn manifest_name(name: &str) -> String {
    name.replace('\\', "/")
}

/// The syntax that Django takes a file for. It compares case-sensitively, and knows no `.mjs`.
pub(crate) fn syntax(name: &LogicalPath) -> Syntax {
    match name.as_str().as_bytes() {
        [.., b'.', b'c', b's', b's'] => Syntax::Css,
        [.., b'.', b'j', b's'] => Syntax::Script,
        _ => Syntax::Opaque,
    }
}

/// How deep Django counts a name: it processes the deepest files first.
pub(crate) fn level(name: &str) -> usize {
    name.split('/').count()
}

/// `STATIC_ROOT` as Django sees it while it converts one file.
struct AssetStorage<'a> {
    exact: &'a Exact<'a>,
    names: &'a dyn Names,
}

impl Storage for AssetStorage<'_> {
    fn hashed_file(&self, key: &str) -> Option<(String, AssetId)> {
        let id = self.exact.catalog.find(key)?;
        Some((manifest_name(&self.names.hashed(id)), id))
    }

    fn is_hashed_yet(&self, key: &str) -> bool {
        let id = self.exact.catalog.find(key);
        id.is_some_and(|id| self.names.is_hashed_yet(id))
    }

    /// Of an asset without its digest, which is more than its name.
    fn exists(&self, name: &str) -> Result<bool, Failure> {
        let inside = self.exact.inside(name)?;
        let is_asset = !inside.contains('\0') && self.exact.catalog.find(&inside).is_some();
        Ok(is_asset || self.look_up(name)? != StaticName::Missing)
    }

    fn look_up(&self, name: &str) -> Result<StaticName, Failure> {
        let inside = self.exact.inside(name)?;
        if inside.contains('\0') {
            return Ok(StaticName::Missing); // no file system has such a name
        }
        let catalog = self.exact.catalog;
        if let Some(id) = catalog.find(&inside) {
            return Ok(StaticName::File(self.names.plain_digest(id)));
        }
        if catalog.has_directory(&inside) {
            return Ok(StaticName::Directory);
        }
        if let Some(digest) = self.names.output_digest(&inside) {
            return Ok(StaticName::File(digest));
        }
        Ok(self.exact.disk.stale(&inside))
    }
}

/// Names for a dry conversion, Django's first pass: every digest is zeros.
struct Recorder<'a> {
    exact: &'a Exact<'a>,
    /// The asset that is being converted.
    id: AssetId,
    seen: RefCell<BTreeSet<AssetId>>,
    /// Something was asked that other assets' names do not answer.
    asked_more: Cell<bool>,
    /// Digests of source files instead of zeros, for the text of a failure.
    true_digests: bool,
    /// Those that were read so far.
    read: RefCell<BTreeMap<AssetId, String>>,
}

impl Recorder<'_> {
    fn digest(&self, id: AssetId) -> String {
        if !self.true_digests {
            return NO_DIGEST.into();
        }
        let read = || {
            let digest = self.exact.disk.source_digest(self.exact.catalog.path(id));
            digest.unwrap_or_else(|| NO_DIGEST.into())
        };
        let mut read_before = self.read.borrow_mut();
        read_before.entry(id).or_insert_with(read).clone()
    }
}

/// No file system has longer ones (`PATH_MAX`).
const LONGEST_PATH: usize = 4_096;

const NO_DIGEST: &str = "000000000000";

impl Names for Recorder<'_> {
    fn hashed(&self, id: AssetId) -> String {
        self.seen.borrow_mut().insert(id);
        let name = self.exact.catalog.name(id).as_str();
        self.exact
            .hashed_name(name, &self.digest(id))
            .unwrap_or_else(|_| name.to_owned())
    }

    /// Django takes the deepest files first, and those of one level in the order in which they were found.
    fn is_hashed_yet(&self, id: AssetId) -> bool {
        let rank = |id: AssetId| {
            let asset = self.exact.catalog.get(id);
            (std::cmp::Reverse(level(asset.name.as_str())), asset.order)
        };
        rank(id) < rank(self.id)
    }

    fn plain_digest(&self, id: AssetId) -> String {
        self.asked_more.set(true);
        self.digest(id)
    }

    fn output_digest(&self, hashed: &str) -> Option<String> {
        self.asked_more.set(true);
        if hashed.len() > LONGEST_PATH {
            return None;
        }
        // Take away each part that looks like a digest: is the rest an asset whose output would have this name?
        let quick = hashed.match_indices('.').find_map(|(at, _)| {
            let digest = hashed.get(at + 1..at + 1 + NO_DIGEST.len())?;
            let is_hex = digest.bytes().all(|b| b.is_ascii_hexdigit());
            let rest = &hashed[at + 1 + digest.len()..];
            let id = self
                .exact
                .catalog
                .find(&format!("{}{rest}", &hashed[..at]))?;
            let is_output = is_hex && self.is_hashed_yet(id) && self.digest(id) == digest;
            is_output.then(|| digest.to_owned())
        });
        // Names with a `%` or the like in them are not that of their output without the digest.
        quick.or_else(|| {
            let odd = self.exact.odd_names().iter().copied();
            odd.filter(|id| self.is_hashed_yet(*id)).find_map(|id| {
                let name = self.exact.catalog.name(id).as_str();
                let digest = self.digest(id);
                let output = self.exact.hashed_name(name, &digest).ok()?;
                (output == hashed).then_some(digest)
            })
        })
    }
}
