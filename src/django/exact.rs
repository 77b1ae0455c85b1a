//! The exact mode, and what it asks of the build.

use std::path::Path;
use std::sync::OnceLock;

use super::failures::Failure;
use super::hashed_name::name_with_digest;
use super::python::{join, normpath};
use super::storage::StaticName;
use crate::diagnostic::DjangoException;
use crate::name::catalog::{AssetId, Catalog};
use crate::options::DjangoVersion;
use crate::text::missing::IgnoredErrors;

/// The exact mode of a build: versions, names, and what conversions ask for.
pub(crate) struct Exact<'a> {
    pub(crate) version: DjangoVersion,
    pub(crate) js_modules: bool,
    pub(crate) static_url: &'a str,
    /// The static root as Django's `safe_join` names it.
    pub(crate) static_root: &'a Path,
    pub(crate) catalog: &'a Catalog,
    /// The files on disk: Django also resolves references to files in the static root that no asset has made.
    pub(crate) disk: &'a (dyn Disk + Sync),
    /// Failures that `--ignore-errors` covers.
    pub(crate) ignored: IgnoredErrors,
    /// Cache of [`Exact::odd_names`].
    pub(crate) odd: OnceLock<Vec<AssetId>>,
}

/// The file system, as the exact mode asks for it.
pub(crate) trait Disk {
    /// Returns what the static root had under `name` before this build.
    fn stale(&self, name: &str) -> StaticName;
    /// Returns the MD5 (12 digits) of a source file.
    fn source_digest(&self, file: &Path) -> Option<String>;
}

/// The names and digests of assets while they are linked.
pub(crate) trait Names {
    /// Returns the asset's hashed path, Django's `hashed_files[name]`.
    fn hashed(&self, id: AssetId) -> String;
    /// Whether `hashed_files` has the asset when Django first looks it up.
    fn is_hashed_yet(&self, id: AssetId) -> bool;
    /// Returns the MD5 (12 digits) of the asset's bytes before rewriting.
    fn plain_digest(&self, id: AssetId) -> String;
    /// Returns the MD5 (12 digits) of the output with this hashed path.
    fn output_digest(&self, hashed: &str) -> Option<String>;
}

impl Exact<'_> {
    /// Returns the hashed path that Django gives an asset with this digest (`HashedFilesMixin.hashed_name`, then
    /// `_save`, which normalizes). For names with `%`, `?`, `#`, `:` or outer white space, the path is not the name
    /// with the digest inserted.
    pub(crate) fn hashed_name(&self, name: &str, digest: &str) -> Result<String, Failure> {
        let hashed = name_with_digest(self.version, name, digest)?;
        self.inside(&hashed)
    }

    /// The assets whose hashed path may differ from the name with the digest inserted. Every reference that resolves to
    /// nothing is compared with each of them.
    pub(super) fn odd_names(&self) -> &[AssetId] {
        self.odd.get_or_init(|| {
            let ids = 0..self.catalog.len();
            ids.filter(|id| {
                let name = self.catalog.name(*id).as_str();
                name.contains(['%', '?', '#', ':', ';', ' '])
            })
            .collect()
        })
    }

    /// `safe_join(STATIC_ROOT, name)`, made relative to the static root.
    pub(super) fn inside(&self, name: &str) -> Result<String, Failure> {
        let joined = join("/r", name);
        let normal = normpath(&joined);
        if normal == "/r" {
            return Ok(String::new());
        }
        if let Some(inside) = normal.strip_prefix("/r/") {
            return Ok(inside.to_owned());
        }
        let root = self.static_root.display();
        let full = normpath(&join(&root.to_string(), name));
        Err(Failure::fatal(
            DjangoException::SuspiciousFileOperation,
            format!(
                "The joined path ({full}) is located outside of the base path component ({root})"
            ),
        ))
    }
}
